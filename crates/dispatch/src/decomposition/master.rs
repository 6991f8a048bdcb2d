//! The master program: mixes the columns of each group so that the budgets hold, within a box around the multipliers.
//!
//! `max Σ value w − high · short + low · surplus` with `Σ counted w + short − surplus = target` for every budget and
//! `Σ w = 1` in every group: a primal simplex. Groups are carried implicitly: each has a key column and other basic
//! columns enter as differences to it; budgets whose slack is basic define that slack alone. What is left to invert is as
//! large as the number of budgets that bind, and is inverted anew at each pivot, so that nothing drifts.

use super::columns::Columns;
use nalgebra::{DMatrix, DVector};

/// Pivots without progress after which the first candidate enters instead of the best, which cannot cycle.
const PATIENCE: usize = 30;

/// What is basic in a budget's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    /// Columns: the budget binds.
    Binding,
    /// Energy beyond the target.
    Surplus,
    /// Energy short of the target.
    Short,
}

/// A variable that may enter.
#[derive(Debug, Clone, Copy)]
enum Entering {
    Column(usize),
    Surplus(usize),
    Short(usize),
}

/// A variable that leaves.
#[derive(Debug, Clone, Copy)]
enum Leaving {
    Column(usize),
    Key(usize),
    Row(usize),
}

/// The master program and its current basis.
pub(super) struct Master {
    pub(super) columns: Columns,
    target_mwh: Vec<f64>,
    /// The box of the multipliers, USD/MWh.
    pub(super) low: Vec<f64>,
    pub(super) high: Vec<f64>,
    rows: Vec<Row>,
    /// Basic columns beside the keys.
    basis: Vec<usize>,
    /// Weight of each basic column, beside the keys.
    pub(super) weight: Vec<f64>,
    /// Energy beyond each target, negative where short, MWh.
    pub(super) excess_mwh: Vec<f64>,
    /// Multipliers at the basis, USD/MWh.
    pub(super) multipliers: Vec<f64>,
    pub(super) pivots: usize,
}

/// The basis as it is inverted: binding budgets, the inverse, and the key columns' sum.
struct Inverse {
    binding: Vec<usize>,
    inverse: DMatrix<f64>,
    /// Target less what the keys count, MWh.
    rest_mwh: Vec<f64>,
}

impl Master {
    pub(super) fn new(columns: Columns, target_mwh: Vec<f64>) -> Self {
        let n = target_mwh.len();
        Self {
            columns,
            target_mwh,
            low: vec![0.0; n],
            high: vec![0.0; n],
            rows: vec![Row::Short; n],
            basis: Vec::new(),
            weight: Vec::new(),
            excess_mwh: vec![0.0; n],
            multipliers: vec![0.0; n],
            pivots: 0,
        }
    }

    /// Starts from the best column of every group at `multipliers`, with a slack in every row.
    pub(super) fn restart(&mut self, multipliers: &[f64]) {
        self.basis.clear();
        for g in 0..self.columns.groups.len() {
            let worth = |c: usize| self.columns.worth(c, multipliers);
            let group = &self.columns.groups[g];
            let best = group.columns.iter().copied().max_by(|&a, &b| worth(a).total_cmp(&worth(b)));
            self.columns.groups[g].key = best.unwrap_or(0);
        }
        let rest = self.rest_mwh();
        for (row, rest) in self.rows.iter_mut().zip(rest) {
            *row = if rest > 0.0 { Row::Short } else { Row::Surplus };
        }
    }

    /// Target of every budget less what the keys count, MWh.
    fn rest_mwh(&self) -> Vec<f64> {
        let mut rest = self.target_mwh.clone();
        for group in &self.columns.groups {
            let counted = &self.columns.all[group.key].counted_mwh;
            group.touched.iter().zip(counted).for_each(|(&j, mwh)| rest[j] -= mwh);
        }
        rest
    }

    /// Optimises within the box; `noise_usd` is the rounding noise of reduced costs. Returns whether it ended well.
    pub(super) fn solve(&mut self, noise_usd: f64, most_pivots: usize) -> bool {
        let (mut stalled, mut restarted) = (0, false);
        for _ in 0..most_pivots {
            let Some(inverse) = self.invert() else {
                if std::mem::replace(&mut restarted, true) {
                    return false;
                }
                let multipliers = self.multipliers.clone();
                self.restart(&multipliers);
                continue;
            };
            self.read_solution(&inverse);
            let Some(entering) = self.price(noise_usd, stalled > PATIENCE) else { return true };
            let direction = self.direction(&inverse, entering);
            let Some((step, leaving)) = self.ratio(&inverse, entering, &direction) else { return false };
            stalled = if step > 0.0 { 0 } else { stalled + 1 };
            self.pivot(entering, leaving);
            self.pivots += 1;
        }
        false
    }

    /// Objective without the slacks, USD: what the mix earns.
    pub(super) fn value_usd(&self) -> f64 {
        let mut value = crate::sum::Sum::default();
        self.for_each_weight(|c, weight| value.add(weight * self.columns.all[c].value_usd));
        value.get()
    }

    /// Objective with the slacks at the box's prices, USD.
    pub(super) fn boxed_usd(&self) -> f64 {
        let mut value = crate::sum::Sum::default();
        value.add(self.value_usd());
        for (j, excess) in self.excess_mwh.iter().enumerate() {
            value.add(if *excess < 0.0 { self.high[j] * excess } else { self.low[j] * excess });
        }
        value.get()
    }

    /// Calls `each` with every column of weight and its weight.
    pub(super) fn for_each_weight(&self, mut each: impl FnMut(usize, f64)) {
        let keys = self.key_weights();
        for (group, weight) in self.columns.groups.iter().zip(keys) {
            if weight > 0.0 {
                each(group.key, weight);
            }
        }
        for (&c, &weight) in self.basis.iter().zip(&self.weight) {
            if weight > 0.0 {
                each(c, weight);
            }
        }
    }

    fn key_weights(&self) -> Vec<f64> {
        let mut weights = vec![1.0; self.columns.groups.len()];
        for (&c, weight) in self.basis.iter().zip(&self.weight) {
            weights[self.columns.all[c].group] -= weight.max(0.0);
        }
        weights
    }

    /// Difference of a column to its group's key in budget `j`, MWh.
    fn difference(&self, c: usize, j: usize) -> f64 {
        let key = self.columns.groups[self.columns.all[c].group].key;
        self.columns.counted(c, j) - self.columns.counted(key, j)
    }

    fn invert(&self) -> Option<Inverse> {
        let binding: Vec<usize> = (0..self.rows.len()).filter(|&j| self.rows[j] == Row::Binding).collect();
        let matrix = DMatrix::from_fn(binding.len(), self.basis.len(), |row, column| {
            self.difference(self.basis[column], binding[row])
        });
        let inverse = if binding.is_empty() { matrix } else { matrix.try_inverse()? };
        Some(Inverse { binding, inverse, rest_mwh: self.rest_mwh() })
    }

    /// Weights, excesses and multipliers of the basis.
    fn read_solution(&mut self, inverse: &Inverse) {
        let right = DVector::from_iterator(
            inverse.binding.len(),
            inverse.binding.iter().map(|&j| inverse.rest_mwh[j]),
        );
        let weight = &inverse.inverse * right;
        self.weight.clear();
        self.weight.extend(weight.iter());
        for j in 0..self.rows.len() {
            self.excess_mwh[j] = match self.rows[j] {
                Row::Binding => 0.0,
                Row::Surplus | Row::Short => {
                    let mixed: f64 =
                        self.basis.iter().zip(&self.weight).map(|(&c, w)| w * self.difference(c, j)).sum();
                    mixed - inverse.rest_mwh[j]
                }
            };
            self.multipliers[j] = match self.rows[j] {
                Row::Binding => 0.0,
                Row::Surplus => self.low[j],
                Row::Short => self.high[j],
            };
        }
        let costs = DVector::from_iterator(
            self.basis.len(),
            self.basis.iter().map(|&c| {
                let key = self.columns.groups[self.columns.all[c].group].key;
                self.columns.worth(key, &self.multipliers) - self.columns.worth(c, &self.multipliers)
            }),
        );
        let binding = inverse.inverse.tr_mul(&costs);
        inverse.binding.iter().zip(binding.iter()).for_each(|(&j, price)| self.multipliers[j] = *price);
    }

    /// The variable with the largest reduced cost (or the first with any), if one would gain.
    fn price(&self, noise_usd: f64, first: bool) -> Option<Entering> {
        let (mut best, mut entering) = (noise_usd, None);
        for group in &self.columns.groups {
            if group.columns.len() < 2 {
                continue;
            }
            let key = self.columns.worth(group.key, &self.multipliers);
            for &c in &group.columns {
                let reduced = self.columns.worth(c, &self.multipliers) - key;
                if reduced > best && c != group.key && !self.basis.contains(&c) {
                    (best, entering) = (reduced, Some(Entering::Column(c)));
                    if first {
                        return entering;
                    }
                }
            }
        }
        for j in (0..self.rows.len()).filter(|&j| self.rows[j] == Row::Binding) {
            let scale = self.target_mwh[j].abs().max(1.0);
            let (surplus, short) = (self.low[j] - self.multipliers[j], self.multipliers[j] - self.high[j]);
            for (reduced, variable) in [(surplus, Entering::Surplus(j)), (short, Entering::Short(j))] {
                if reduced * scale > best {
                    (best, entering) = (reduced * scale, Some(variable));
                    if first {
                        return entering;
                    }
                }
            }
        }
        entering
    }

    /// How fast each basic column's weight falls as the entering variable grows.
    fn direction(&self, inverse: &Inverse, entering: Entering) -> DVector<f64> {
        let row = |j: usize| inverse.binding.iter().position(|b| *b == j);
        let n = inverse.binding.len();
        let column = match entering {
            Entering::Column(c) => {
                DVector::from_iterator(n, inverse.binding.iter().map(|&j| self.difference(c, j)))
            }
            Entering::Surplus(j) => DVector::from_fn(n, |i, _| if Some(i) == row(j) { -1.0 } else { 0.0 }),
            Entering::Short(j) => DVector::from_fn(n, |i, _| if Some(i) == row(j) { 1.0 } else { 0.0 }),
        };
        &inverse.inverse * column
    }

    /// How far the entering variable may grow, and what it drives out.
    fn ratio(
        &self,
        inverse: &Inverse,
        entering: Entering,
        direction: &DVector<f64>,
    ) -> Option<(f64, Leaving)> {
        let mut best: Option<(f64, f64, Leaving)> = None;
        let mut offer = |value: f64, fall: f64, least_fall: f64, leaving: Leaving| {
            if fall <= least_fall {
                return;
            }
            let step = value.max(0.0) / fall;
            let better = best.is_none_or(|(least, pivot, _)| {
                step < least - 1e-12 * least.abs() || (step <= least + 1e-12 * least.abs() && fall > pivot)
            });
            if better {
                best = Some((step, fall, leaving));
            }
        };
        let mut key_rise = vec![0.0; self.columns.groups.len()];
        if let Entering::Column(c) = entering {
            key_rise[self.columns.all[c].group] -= 1.0;
        }
        for (i, &c) in self.basis.iter().enumerate() {
            offer(self.weight[i], direction[i], 1e-11, Leaving::Column(i));
            key_rise[self.columns.all[c].group] += direction[i];
        }
        for (g, weight) in self.key_weights().into_iter().enumerate() {
            offer(weight, -key_rise[g], 1e-11, Leaving::Key(g));
        }
        for j in (0..self.rows.len()).filter(|j| !inverse.binding.contains(j)) {
            let own = match entering {
                Entering::Column(c) => self.difference(c, j),
                Entering::Surplus(_) | Entering::Short(_) => 0.0,
            };
            let mixed: f64 =
                self.basis.iter().zip(direction.iter()).map(|(&c, d)| d * self.difference(c, j)).sum();
            let rise = own - mixed;
            let least = 1e-11 * self.target_mwh[j].abs().max(1.0);
            match self.rows[j] {
                Row::Surplus => offer(self.excess_mwh[j], -rise, least, Leaving::Row(j)),
                Row::Short => offer(-self.excess_mwh[j], rise, least, Leaving::Row(j)),
                Row::Binding => {}
            }
        }
        best.map(|(step, _, leaving)| (step, leaving))
    }

    fn pivot(&mut self, entering: Entering, leaving: Leaving) {
        match leaving {
            Leaving::Column(i) => {
                self.basis.swap_remove(i);
            }
            Leaving::Row(j) => self.rows[j] = Row::Binding,
            Leaving::Key(g) => {
                let of_group = |c: &usize| self.columns.all[*c].group == g;
                let heaviest = (0..self.basis.len())
                    .filter(|&i| of_group(&self.basis[i]))
                    .max_by(|&a, &b| self.weight[a].total_cmp(&self.weight[b]));
                match (heaviest, entering) {
                    (Some(i), _) => self.columns.groups[g].key = self.basis.swap_remove(i),
                    (None, Entering::Column(c)) => {
                        self.columns.groups[g].key = c;
                        return;
                    }
                    (None, _) => return,
                }
            }
        }
        match entering {
            Entering::Column(c) => self.basis.push(c),
            Entering::Surplus(j) => self.rows[j] = Row::Surplus,
            Entering::Short(j) => self.rows[j] = Row::Short,
        }
    }
}

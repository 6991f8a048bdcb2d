//! The sparse linear program of a case: minimise `q · u` subject to `A u + s = b`, slacks `s ≥ 0` or `s = 0`.
//!
//! A variable is a load's running or a reserve sold in one step, as a share of the largest capacity. What a step without
//! capacity or without interconnect fixes at 0 has no variable, and limits that cannot bind have no row, so that the
//! program has an inside to walk through wherever the case has one. Budgets are rows of shares of their size.

use crate::case::{BudgetOf, Case};
use crate::optimum::Multipliers;
use crate::segments::sign;

/// What stands still below this share of the largest capacity counts as none.
const NO_CAPACITY_SHARE: f64 = 1e-12;

/// Coefficients by variable.
type Row = Vec<(usize, f64)>;

/// The linear program, and where its numbers come from.
pub(super) struct Model {
    /// Variables of running load, `[load][step]`.
    run: Vec<Vec<Option<usize>>>,
    /// Variables of reserves sold, `[reserve][place][step]`.
    sold: Vec<Vec<Vec<Option<usize>>>>,
    /// Cost by variable, in units of `unit_usd`.
    pub(super) cost: Vec<f64>,
    /// Rows with a slack of at least 0, and right-hand sides.
    pub(super) limits: Vec<(Row, f64)>,
    /// Rows without a slack, after the others, and right-hand sides.
    pub(super) equalities: Vec<(Row, f64)>,
    ramps: Vec<RampRow>,
    /// Row and scale of each budget, MWh.
    budgets: Vec<(usize, f64)>,
    /// Rows of reserves' limits, `[reserve][step]`.
    reserve_limits: Vec<Vec<Option<usize>>>,
    /// One unit of a variable, MW.
    unit_mw: f64,
    /// One unit of the objective, USD.
    unit_usd: f64,
}

/// A row that limits the change into a step.
struct RampRow {
    load: usize,
    step: usize,
    /// 1 where it limits rising, −1 where it limits falling.
    sign: f64,
    row: usize,
    equality: bool,
}

impl Model {
    /// The program of a case without its restarts; with `elastic`, every budget may fail at 1 USD per MWh.
    pub(super) fn new(case: &Case, elastic: bool) -> Self {
        let mut model = Self {
            run: Vec::new(),
            sold: Vec::new(),
            cost: Vec::new(),
            limits: Vec::new(),
            equalities: Vec::new(),
            ramps: Vec::new(),
            budgets: Vec::new(),
            reserve_limits: Vec::new(),
            unit_mw: unit_mw(case),
            unit_usd: 1.0,
        };
        model.add_variables(case);
        model.add_step_limits(case);
        model.add_reserves(case);
        for k in 0..case.loads.len() {
            model.add_ramps(case, k);
        }
        model.add_budgets(case, elastic);
        let (sum, count) = model
            .cost
            .iter()
            .filter(|cost| **cost != 0.0)
            .fold((0.0, 0), |(sum, count), cost| (sum + cost.abs(), count + 1));
        model.unit_usd = if count > 0 { sum / f64::from(count) } else { 1.0 };
        model.cost.iter_mut().for_each(|cost| *cost /= model.unit_usd);
        model
    }

    fn variable(&mut self, usd_per_mw: f64, most_mw: f64) -> usize {
        let variable = self.cost.len();
        self.cost.push(-usd_per_mw * self.unit_mw);
        self.limit(vec![(variable, -1.0)], 0.0);
        if most_mw.is_finite() {
            self.limit(vec![(variable, 1.0)], most_mw / self.unit_mw);
        }
        variable
    }

    fn limit(&mut self, row: Row, most: f64) -> usize {
        self.limits.push((row, most));
        self.limits.len() - 1
    }

    fn add_variables(&mut self, case: &Case) {
        let price = &case.price_usd_per_mwh;
        let least_mw = self.least_mw();
        for load in &case.loads {
            let mut run = Vec::with_capacity(case.steps());
            for (t, price) in price.iter().enumerate() {
                let most_mw = load.capacity_it_mw.at(t);
                let margin = load.value_usd_per_it_mwh.at(t) - load.pue * price;
                let runs = most_mw.min(case.interconnect_mw.at(t)) > least_mw;
                run.push(runs.then(|| self.variable(case.step_hours * margin, most_mw)));
            }
            self.run.push(run);
        }
        for reserve in &case.reserves {
            let mut sold = Vec::with_capacity(reserve.loads.len());
            for &k in &reserve.loads {
                let load = &case.loads[k];
                let mut of_load = Vec::with_capacity(case.steps());
                for (t, price) in price.iter().enumerate() {
                    let lost = load.value_usd_per_it_mwh.at(t) / load.pue - price;
                    let paid = reserve.price_usd_per_mw_h.at(t) - reserve.called_share * lost;
                    let sells = self.run[k][t].is_some() && reserve.limit_mw > least_mw;
                    of_load.push(sells.then(|| self.variable(case.step_hours * paid, f64::INFINITY)));
                }
                sold.push(of_load);
            }
            self.sold.push(sold);
        }
    }

    /// The interconnect, where the loads could ask for more.
    fn add_step_limits(&mut self, case: &Case) {
        for t in 0..case.steps() {
            let asked_mw: f64 = (0..case.loads.len()).map(|k| case.meter_mw(k, t)).sum();
            let most_mw = case.interconnect_mw.at(t);
            if asked_mw > most_mw {
                let loads = self.run.iter().zip(&case.loads);
                let row: Row = loads.filter_map(|(run, load)| Some((run[t]?, load.pue))).collect();
                if !row.is_empty() {
                    self.limit(row, most_mw / self.unit_mw);
                }
            }
        }
    }

    /// Limits of reserves, and what each load can stand for.
    fn add_reserves(&mut self, case: &Case) {
        for (reserve, j) in case.reserves.iter().zip(0..) {
            let mut rows = vec![None; case.steps()];
            if reserve.limit_mw.is_finite() {
                for (t, place) in rows.iter_mut().enumerate() {
                    let row: Row = self.sold[j].iter().filter_map(|sold| Some((sold[t]?, 1.0))).collect();
                    *place = (!row.is_empty()).then(|| self.limit(row, reserve.limit_mw / self.unit_mw));
                }
            }
            self.reserve_limits.push(rows);
        }
        for (k, load) in case.loads.iter().enumerate() {
            for t in 0..case.steps() {
                let mut row: Row = Vec::new();
                for (reserve, sold) in case.reserves.iter().zip(&self.sold) {
                    let own = reserve.loads.iter().zip(sold).filter(|(of, _)| **of == k);
                    row.extend(own.filter_map(|(_, sold)| Some((sold[t]?, 1.0))));
                }
                if let Some(run) = self.run[k][t].filter(|_| !row.is_empty()) {
                    row.push((run, -load.pue));
                    self.limit(row, 0.0);
                }
            }
        }
    }

    fn add_ramps(&mut self, case: &Case, k: usize) {
        let Some(most_mw) = case.ramp_it_mw_per_step(k) else { return };
        let capacity = &case.loads[k].capacity_it_mw;
        for step in 1..case.steps() {
            let change = |sign: f64| -> Row {
                let to = self.run[k][step].map(|to| (to, sign));
                to.into_iter().chain(self.run[k][step - 1].map(|from| (from, -sign))).collect()
            };
            if most_mw <= self.least_mw() {
                let (row, place) = (change(1.0), self.equalities.len());
                if !row.is_empty() {
                    self.equalities.push((row, 0.0));
                    self.ramps.push(RampRow { load: k, step, sign: 1.0, row: place, equality: true });
                }
                continue;
            }
            for (sign, from_mw) in [(1.0, capacity.at(step)), (-1.0, capacity.at(step - 1))] {
                let row = change(sign);
                if from_mw > most_mw && !row.is_empty() {
                    self.limits.push((row, most_mw / self.unit_mw));
                    let row = self.limits.len() - 1;
                    self.ramps.push(RampRow { load: k, step, sign, row, equality: false });
                }
            }
        }
    }

    fn add_budgets(&mut self, case: &Case, elastic: bool) {
        for budget in &case.budgets {
            let scale_mwh = budget.mwh.abs().max(case.step_hours * self.unit_mw);
            // Both sides read as "at most": a least energy is the most of its negative.
            let signed = -sign(budget.side) * case.step_hours * self.unit_mw / scale_mwh;
            let mut row: Row = Vec::new();
            for (k, load) in case.loads.iter().enumerate() {
                let weight = match budget.of {
                    BudgetOf::Load(of) if of != k => continue,
                    BudgetOf::Load(_) => signed,
                    BudgetOf::Site => signed * load.pue,
                };
                row.extend(self.run[k][budget.steps.clone()].iter().flatten().map(|run| (*run, weight)));
                for (reserve, sold) in case.reserves.iter().zip(&self.sold) {
                    let called = -weight * reserve.called_share / load.pue;
                    for (_, sold) in
                        reserve.loads.iter().zip(sold).filter(|(of, _)| **of == k && called != 0.0)
                    {
                        row.extend(sold[budget.steps.clone()].iter().flatten().map(|sold| (*sold, called)));
                    }
                }
            }
            if elastic {
                let missed = self.variable(-scale_mwh / self.unit_mw, f64::INFINITY);
                row.push((missed, -1.0));
            }
            let place = self.limit(row, -sign(budget.side) * budget.mwh / scale_mwh);
            self.budgets.push((place, scale_mwh));
        }
    }

    /// Capacities and limits up to this have no variable, MW.
    pub(super) fn least_mw(&self) -> f64 {
        NO_CAPACITY_SHARE * self.unit_mw
    }

    /// Running load and reserves sold of a solution, MW.
    pub(super) fn dispatch(&self, solution: &[f64]) -> (Vec<Vec<f64>>, Vec<Vec<Vec<f64>>>) {
        let mw = |variable: &Option<usize>| variable.map_or(0.0, |i| solution[i] * self.unit_mw);
        let series = |variables: &Vec<Option<usize>>| variables.iter().map(mw).collect::<Vec<f64>>();
        let it_mw = self.run.iter().map(series).collect();
        (it_mw, self.sold.iter().map(|loads| loads.iter().map(series).collect()).collect())
    }

    /// Multipliers of a dual solution (limits first, equalities after them).
    pub(super) fn multipliers(&self, case: &Case, dual: &[f64]) -> Multipliers {
        let per_mw = self.unit_usd / self.unit_mw;
        let mut multipliers = Multipliers::default();
        for (row, scale_mwh) in &self.budgets {
            multipliers.budget_usd_per_mwh.push((dual[*row] * self.unit_usd / scale_mwh).max(0.0));
        }
        for load in &case.loads {
            let prices =
                if load.ramp_it_mw_per_hour.is_some() { vec![0.0; case.steps()] } else { Vec::new() };
            multipliers.ramp_usd_per_it_mw.push(prices);
        }
        for ramp in &self.ramps {
            let row = if ramp.equality { self.limits.len() + ramp.row } else { ramp.row };
            multipliers.ramp_usd_per_it_mw[ramp.load][ramp.step] += ramp.sign * dual[row] * per_mw;
        }
        for (reserve, rows) in case.reserves.iter().zip(&self.reserve_limits) {
            let price = |row: &Option<usize>| row.map_or(0.0, |row| (dual[row] * per_mw).max(0.0));
            let limited = reserve.limit_mw.is_finite();
            let prices = if limited { rows.iter().map(price).collect() } else { Vec::new() };
            multipliers.reserve_usd_per_mw.push(prices);
        }
        multipliers
    }
}

/// The largest capacity, MW; 1 where there is none.
fn unit_mw(case: &Case) -> f64 {
    let steps = 0..case.steps();
    let capacity = case.loads.iter().flat_map(|load| steps.clone().map(|t| load.capacity_it_mw.at(t)));
    let most = capacity.fold(0.0, f64::max);
    if most > 0.0 { most } else { 1.0 }
}

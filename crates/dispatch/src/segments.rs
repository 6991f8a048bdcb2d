//! Segments: runs of steps in which every load is worth the same and the same budgets count.
//!
//! Within a segment load `k` earns `w_k = (value_k + m_k) / pue_k + λ` per MWh at the meter before the price of power,
//! where `m_k` sums the multipliers of its own budgets and `λ` those of the site's, so its merit order is sorted once.

use crate::case::{BudgetOf, Case, Series, Side};
use std::ops::Range;

/// The segments of a case.
pub(crate) struct Segments {
    /// First step of each segment, and the number of steps at the end.
    pub(crate) start: Vec<usize>,
    /// Segments that each budget covers.
    pub(crate) of_budget: Vec<Range<usize>>,
    loads: usize,
    /// Worth at the meter without multipliers, USD/MWh, `[segment][load]`.
    base: Vec<f64>,
}

impl Segments {
    /// Cuts the horizon of a checked case.
    pub(crate) fn of(case: &Case) -> Self {
        let steps = case.steps();
        let mut edge = vec![false; steps + 1];
        (edge[0], edge[steps]) = (true, true);
        for budget in &case.budgets {
            edge[budget.steps.start] = true;
            edge[budget.steps.end] = true;
        }
        for load in &case.loads {
            if let Series::Steps(values) = &load.value_usd_per_it_mwh {
                (1..steps).filter(|&t| values[t] != values[t - 1]).for_each(|t| edge[t] = true);
            }
        }
        let start: Vec<usize> = (0..=steps).filter(|&t| edge[t]).collect();
        let find = |t: usize| start.partition_point(|&s| s < t);
        let of_budget = case.budgets.iter().map(|b| find(b.steps.start)..find(b.steps.end)).collect();
        let mut base = Vec::with_capacity((start.len() - 1) * case.loads.len());
        for &t in &start[..start.len() - 1] {
            base.extend(case.loads.iter().map(|load| load.value_usd_per_it_mwh.at(t) / load.pue));
        }
        Self { start, of_budget, loads: case.loads.len(), base }
    }

    /// Number of segments.
    pub(crate) fn len(&self) -> usize {
        self.start.len() - 1
    }

    /// Steps of a segment.
    pub(crate) fn steps(&self, segment: usize) -> Range<usize> {
        self.start[segment]..self.start[segment + 1]
    }

    /// Worth of a segment's loads without multipliers, USD/MWh at the meter.
    pub(crate) fn base(&self, segment: usize) -> &[f64] {
        &self.base[segment * self.loads..(segment + 1) * self.loads]
    }

    /// Worth of every load at the meter with `multipliers` on the budgets, USD/MWh, `[segment][load]`, into `worth`.
    ///
    /// With `earns` off, only the multipliers count: the worth that the check of feasibility needs.
    pub(crate) fn worth(&self, case: &Case, multipliers: &[f64], earns: bool, worth: &mut Vec<f64>) {
        worth.clear();
        if earns {
            worth.extend_from_slice(&self.base);
        } else {
            worth.resize(self.base.len(), 0.0);
        }
        for ((budget, segments), &multiplier) in case.budgets.iter().zip(&self.of_budget).zip(multipliers) {
            if multiplier == 0.0 {
                continue;
            }
            let signed = sign(budget.side) * multiplier;
            for row in
                worth[segments.start * self.loads..segments.end * self.loads].chunks_mut(self.loads.max(1))
            {
                match budget.of {
                    BudgetOf::Load(k) => row[k] += signed / case.loads[k].pue,
                    BudgetOf::Site => row.iter_mut().for_each(|w| *w += signed),
                }
            }
        }
    }
}

/// 1 for a least energy, −1 for a most.
pub(crate) fn sign(side: Side) -> f64 {
    match side {
        Side::AtLeast => 1.0,
        Side::AtMost => -1.0,
    }
}

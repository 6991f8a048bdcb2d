//! The certificate of a dispatch: its value recomputed from the megawatts alone, a bound recomputed from the multipliers
//! alone, and the largest violation.
//!
//! For any multipliers `π ≥ 0` on budgets, `ρ` on changes between steps and `ν ≥ 0` on limits of reserves, no dispatch
//! earns more than
//!
//! `Σ_t best split of hour t at worths w_kt + (ρ_k,t+1 − ρ_kt) / (pue_k h) + Σ R_k |ρ_kt| + Σ ν limit − Σ ± π · budget`,
//!
//! since each hour then stands alone and is a merit order. So the bound rests on no solver: wrong multipliers only widen it.

use crate::case::{Budget, BudgetOf, Case, Side};
use crate::optimum::Multipliers;
use crate::segments::{Segments, sign};
use crate::sum::Sum;

/// Proof of how good a dispatch is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certificate {
    /// No dispatch earns more, USD (block included).
    pub dual_usd: f64,
    /// This dispatch earns so much, USD (block included).
    pub primal_usd: f64,
    /// `(dual − primal)` over the larger of the dual value without the block and a ten-thousandth of gross revenue.
    pub relative_gap: f64,
    /// Largest violation of a capacity, the interconnect, a ramp or a reserve's limit in any step, MW.
    pub worst_step_mw: f64,
    /// Largest violation of a budget, as a share of its size.
    pub worst_budget_share: f64,
}

impl Certificate {
    /// Puts together the two values; `block_usd` is in both, `gross_usd` is revenue before power.
    pub(crate) fn new(
        case: &Case,
        values: (f64, f64),
        gross_usd: f64,
        it_mw: &[Vec<f64>],
        reserve_mw: &[Vec<Vec<f64>>],
    ) -> Self {
        let (dual_usd, primal_usd) = values;
        let scale = (dual_usd - case.block_value_usd()).abs().max(1e-4 * gross_usd).max(f64::MIN_POSITIVE);
        Self {
            dual_usd,
            primal_usd,
            relative_gap: (dual_usd - primal_usd) / scale,
            worst_step_mw: worst_step_mw(case, it_mw, reserve_mw),
            worst_budget_share: worst_budget_share(case, it_mw, reserve_mw),
        }
    }
}

/// Energy of each load at the machines with calls of reserves taken off, IT MWh, over `steps`.
pub(crate) fn energy_it_mwh(
    case: &Case,
    it_mw: &[Vec<f64>],
    reserve_mw: &[Vec<Vec<f64>>],
    k: usize,
    steps: std::ops::Range<usize>,
) -> f64 {
    let mut energy = Sum::default();
    it_mw[k][steps.clone()].iter().for_each(|mw| energy.add(*mw));
    for (reserve, sold) in case.reserves.iter().zip(reserve_mw) {
        for (_, mw) in reserve.loads.iter().zip(sold).filter(|(load, _)| **load == k) {
            mw[steps.clone()]
                .iter()
                .for_each(|mw| energy.add(-mw * reserve.called_share / case.loads[k].pue));
        }
    }
    energy.get() * case.step_hours
}

/// Energy that a budget counts, MWh.
pub(crate) fn budget_mwh(
    case: &Case,
    budget: &Budget,
    it_mw: &[Vec<f64>],
    reserve_mw: &[Vec<Vec<f64>>],
) -> f64 {
    let energy = |k| energy_it_mwh(case, it_mw, reserve_mw, k, budget.steps.clone());
    match budget.of {
        BudgetOf::Load(k) => energy(k),
        BudgetOf::Site => (0..case.loads.len()).map(|k| case.loads[k].pue * energy(k)).sum(),
    }
}

/// Value of a dispatch from its megawatts, and its revenue before power and block, USD.
#[must_use]
pub fn value_usd(case: &Case, it_mw: &[Vec<f64>], reserve_mw: &[Vec<Vec<f64>>]) -> (f64, f64) {
    let (mut value, mut gross) = (Sum::default(), 0.0);
    let price = &case.price_usd_per_mwh;
    for (load, run) in case.loads.iter().zip(it_mw) {
        for (t, mw) in run.iter().enumerate() {
            let worth = load.value_usd_per_it_mwh.at(t);
            value.add(case.step_hours * (worth - load.pue * price[t]) * mw);
            gross += case.step_hours * worth.abs() * mw;
        }
    }
    for (reserve, sold) in case.reserves.iter().zip(reserve_mw) {
        for (&k, mw) in reserve.loads.iter().zip(sold) {
            let load = &case.loads[k];
            for (t, mw) in mw.iter().enumerate() {
                let margin = load.value_usd_per_it_mwh.at(t) / load.pue - price[t];
                let paid = reserve.price_usd_per_mw_h.at(t) - reserve.called_share * margin;
                value.add(case.step_hours * paid * mw);
            }
        }
    }
    value.add(case.block_value_usd());
    (value.get(), gross)
}

/// Largest violation of any limit of a single step or change between steps, MW.
#[must_use]
pub fn worst_step_mw(case: &Case, it_mw: &[Vec<f64>], reserve_mw: &[Vec<Vec<f64>>]) -> f64 {
    let mut worst = 0.0_f64;
    let mut draw_mw = vec![0.0; case.steps()];
    for (k, run) in it_mw.iter().enumerate() {
        let load = &case.loads[k];
        for (t, &mw) in run.iter().enumerate() {
            worst = worst.max(-mw).max(mw - load.capacity_it_mw.at(t));
            draw_mw[t] += load.pue * mw;
        }
        if let Some(ramp) = case.ramp_it_mw_per_step(k) {
            worst = run.windows(2).fold(worst, |worst, pair| worst.max((pair[1] - pair[0]).abs() - ramp));
        }
    }
    for (t, draw) in draw_mw.iter().enumerate() {
        worst = worst.max(draw - case.interconnect_mw.at(t));
    }
    if case.reserves.is_empty() {
        return worst;
    }
    for t in 0..case.steps() {
        let mut free: Vec<f64> = (0..case.loads.len()).map(|k| case.loads[k].pue * it_mw[k][t]).collect();
        for (reserve, sold) in case.reserves.iter().zip(reserve_mw) {
            let mut total = 0.0;
            for (&k, mw) in reserve.loads.iter().zip(sold) {
                worst = worst.max(-mw[t]);
                free[k] -= mw[t];
                total += mw[t];
            }
            worst = worst.max(total - reserve.limit_mw);
        }
        worst = free.iter().fold(worst, |worst, free| worst.max(-free));
    }
    worst
}

/// Largest violation of a budget as a share of its size (of 1 MWh where it is smaller).
#[must_use]
pub fn worst_budget_share(case: &Case, it_mw: &[Vec<f64>], reserve_mw: &[Vec<Vec<f64>>]) -> f64 {
    case.budgets.iter().fold(0.0, |worst, budget| {
        let mwh = budget_mwh(case, budget, it_mw, reserve_mw);
        let over = match budget.side {
            Side::AtLeast => budget.mwh - mwh,
            Side::AtMost => mwh - budget.mwh,
        };
        (over / budget.mwh.abs().max(1.0)).max(worst)
    })
}

/// Bound on the value of any dispatch from multipliers alone, USD; fills the interconnect's multipliers on the way.
///
/// Restart costs are left out, which can only raise it. Multipliers of the wrong sign count as 0.
#[must_use]
pub fn bound_usd(case: &Case, multipliers: &mut Multipliers) -> f64 {
    let segments = Segments::of(case);
    let prices: Vec<f64> = multipliers.budget_usd_per_mwh.iter().map(|price| price.max(0.0)).collect();
    let (mut worth, mut bound) = (Vec::new(), Sum::default());
    segments.worth(case, &prices, true, &mut worth);
    for (budget, price) in case.budgets.iter().zip(&prices) {
        bound.add(-sign(budget.side) * price * budget.mwh);
    }
    for (k, ramp) in multipliers.ramp_usd_per_it_mw.iter().enumerate() {
        let most = case.ramp_it_mw_per_step(k).unwrap_or(f64::INFINITY);
        ramp.iter().filter(|price| **price != 0.0).for_each(|price| bound.add(most * price.abs()));
    }
    for (reserve, prices) in case.reserves.iter().zip(&multipliers.reserve_usd_per_mw) {
        prices.iter().filter(|price| **price > 0.0).for_each(|price| bound.add(reserve.limit_mw * price));
    }
    let mut interconnect = Vec::with_capacity(case.steps());
    let mut hour = HourBound::new(case.loads.len());
    for segment in 0..segments.len() {
        hour.enter(&worth[segment * case.loads.len()..][..case.loads.len()]);
        for t in segments.steps(segment) {
            let (usd, marginal) = hour.best(case, multipliers, t);
            bound.add(usd);
            interconnect.push(marginal);
        }
    }
    multipliers.interconnect_usd_per_mw = interconnect;
    bound.add(case.block_value_usd());
    bound.get()
}

/// The best split of one hour at given worths.
struct HourBound {
    /// Worth by load in the segment, USD/MWh at the meter.
    worth: Vec<f64>,
    /// Worth less price and with the multipliers of the hour, by load.
    margin: Vec<f64>,
    /// Loads, dearest first; kept from hour to hour since it seldom changes.
    order: Vec<usize>,
}

impl HourBound {
    fn new(loads: usize) -> Self {
        Self { worth: vec![0.0; loads], margin: vec![0.0; loads], order: (0..loads).collect() }
    }

    fn enter(&mut self, worth: &[f64]) {
        self.worth.copy_from_slice(worth);
    }

    /// Value of the best split of step `t`, USD, and of one more MW of interconnect, USD/MW.
    fn best(&mut self, case: &Case, multipliers: &Multipliers, t: usize) -> (f64, f64) {
        let price = case.price_usd_per_mwh[t];
        for (margin, worth) in self.margin.iter_mut().zip(&self.worth) {
            *margin = worth - price;
        }
        for (k, ramp) in
            multipliers.ramp_usd_per_it_mw.iter().enumerate().filter(|(_, ramp)| !ramp.is_empty())
        {
            let next = ramp.get(t + 1).copied().unwrap_or(0.0);
            self.margin[k] += (next - ramp[t]) / (case.loads[k].pue * case.step_hours);
        }
        self.add_reserves(case, multipliers, t);
        for i in 1..self.order.len() {
            let mut j = i;
            while j > 0 && self.margin[self.order[j - 1]] < self.margin[self.order[j]] {
                self.order.swap(j - 1, j);
                j -= 1;
            }
        }
        let (mut left, mut value, mut marginal) = (case.interconnect_mw.at(t), 0.0, 0.0);
        for &k in &self.order {
            let margin = self.margin[k];
            if margin <= 0.0 {
                break;
            }
            let asked = case.meter_mw(k, t);
            if asked > left {
                value += margin * left;
                marginal = margin;
                break;
            }
            value += margin * asked;
            left -= asked;
        }
        (value * case.step_hours, marginal * case.step_hours)
    }

    /// Adds to each load's margin what its best reserve pays over it.
    fn add_reserves(&mut self, case: &Case, multipliers: &Multipliers, t: usize) {
        if case.reserves.is_empty() {
            return;
        }
        for (k, worth) in self.worth.iter().enumerate() {
            let lost = worth - case.price_usd_per_mwh[t];
            let mut best = 0.0_f64;
            for (j, reserve) in case.reserves.iter().enumerate().filter(|(_, r)| r.loads.contains(&k)) {
                let limit = multipliers.reserve_usd_per_mw.get(j).and_then(|prices| prices.get(t));
                let limit = limit.copied().unwrap_or(0.0).max(0.0) / case.step_hours;
                best = best.max(reserve.price_usd_per_mw_h.at(t) - reserve.called_share * lost - limit);
            }
            self.margin[k] += best;
        }
    }
}

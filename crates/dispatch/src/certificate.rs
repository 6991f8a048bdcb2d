//! The certificate of a dispatch: its value recomputed from the megawatts alone, a bound recomputed from the multipliers
//! alone, and the largest violation.
//!
//! For any multipliers `π ≥ 0` on budgets, `ρ` on changes between steps and `ν ≥ 0` on limits of reserves, no dispatch
//! earns more than
//!
//! `Σ_t best split of hour t at worths w_kt + (ρ_k,t+1 − ρ_kt) / (pue_k h) + Σ R_k |ρ_kt| + Σ ν limit − Σ ± π · budget`,
//!
//! since each hour then stands alone and is a merit order. So the bound rests on no solver: wrong multipliers only widen it.

use crate::case::{Budget, BudgetOf, Case, Load, Series, Side};
use crate::optimum::Multipliers;
use crate::segments::{Segments, sign};
use crate::sum::{Sum, largest};

/// Proof of how good a dispatch is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certificate {
    /// No dispatch earns more, USD (block included).
    pub dual_usd: f64,
    /// This dispatch earns so much, USD (block included).
    pub primal_usd: f64,
    /// `(dual − primal)` over the larger of the dual value without the block and a ten-thousandth of the revenue
    /// of all loads running always: at break-even prices the optimum is 0 and a gap relative to it means nothing.
    pub relative_gap: f64,
    /// Largest violation of a capacity, the interconnect, a ramp or a reserve's limit in any step, MW.
    pub worst_step_mw: f64,
    /// Largest violation of a budget, as a share of its size.
    pub worst_budget_share: f64,
}

impl Certificate {
    /// Puts together the two values, dual and primal, USD with the block, and looks for violations.
    pub(crate) fn new(
        case: &Case,
        values: (f64, f64),
        it_mw: &[Vec<f64>],
        reserve_mw: &[Vec<Vec<f64>>],
    ) -> Self {
        let (dual_usd, primal_usd) = values;
        let scale = (dual_usd - case.block_value_usd())
            .abs()
            .max(1e-4 * full_revenue_usd(case))
            .max(f64::MIN_POSITIVE);
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
    energy.add_each(steps.clone(), |t| it_mw[k][t]);
    for (reserve, sold) in case.reserves.iter().zip(reserve_mw) {
        let share = reserve.called_share / case.loads[k].pue;
        for (_, mw) in reserve.loads.iter().zip(sold).filter(|(load, _)| **load == k) {
            energy.add_each(steps.clone(), |t| -mw[t] * share);
        }
    }
    energy.get() * case.step_hours
}

/// Energy that a budget counts, MWh.
#[must_use]
pub fn budget_mwh(case: &Case, budget: &Budget, it_mw: &[Vec<f64>], reserve_mw: &[Vec<Vec<f64>>]) -> f64 {
    let energy = |k| energy_it_mwh(case, it_mw, reserve_mw, k, budget.steps.clone());
    match budget.of {
        BudgetOf::Load(k) => energy(k),
        BudgetOf::Site => (0..case.loads.len()).map(|k| case.loads[k].pue * energy(k)).sum(),
    }
}

/// Value of a dispatch from its megawatts, USD with the block.
#[must_use]
pub fn value_usd(case: &Case, it_mw: &[Vec<f64>], reserve_mw: &[Vec<Vec<f64>>]) -> f64 {
    let mut value = Sum::default();
    let price = &case.price_usd_per_mwh;
    let hours = case.step_hours;
    for (load, run) in case.loads.iter().zip(it_mw) {
        let (run, price) = (&run[..case.steps()], &price[..case.steps()]);
        match &load.value_usd_per_it_mwh {
            Series::Constant(worth) => {
                value.add_each(0..case.steps(), |t| hours * (worth - load.pue * price[t]) * run[t]);
            }
            Series::Steps(worth) => {
                value.add_each(0..case.steps(), |t| hours * (worth[t] - load.pue * price[t]) * run[t]);
            }
        }
    }
    for (reserve, sold) in case.reserves.iter().zip(reserve_mw) {
        for (&k, mw) in reserve.loads.iter().zip(sold) {
            let load = &case.loads[k];
            value.add_each(0..case.steps(), |t| {
                let margin = load.value_usd_per_it_mwh.at(t) / load.pue - price[t];
                let paid = reserve.price_usd_per_mw_h.at(t) - reserve.called_share * margin;
                hours * paid * mw[t]
            });
        }
    }
    value.add(case.block_value_usd());
    value.get()
}

/// Revenue of all loads running at capacity in every step, whatever the interconnect, USD.
fn full_revenue_usd(case: &Case) -> f64 {
    let of_load = |load: &Load| match (&load.capacity_it_mw, &load.value_usd_per_it_mwh) {
        (Series::Constant(mw), Series::Constant(value)) => mw * value.abs() * case.steps() as f64,
        (mw, value) => (0..case.steps()).map(|t| mw.at(t) * value.at(t).abs()).sum(),
    };
    case.step_hours * case.loads.iter().map(of_load).sum::<f64>()
}

/// Largest violation of any limit of a single step or change between steps, MW.
#[must_use]
pub fn worst_step_mw(case: &Case, it_mw: &[Vec<f64>], reserve_mw: &[Vec<Vec<f64>>]) -> f64 {
    let mut worst = 0.0_f64;
    let mut draw_mw = vec![0.0; case.steps()];
    let steps = case.steps();
    for (k, run) in it_mw.iter().enumerate() {
        let load = &case.loads[k];
        let run = &run[..steps];
        draw_mw.iter_mut().zip(run).for_each(|(draw, mw)| *draw += load.pue * mw);
        worst = worst.max(largest(steps, |t| -run[t])).max(over(run, &load.capacity_it_mw));
        if let Some(ramp) = case.ramp_it_mw_per_step(k) {
            worst = worst.max(largest(steps - 1, |t| (run[t + 1] - run[t]).abs() - ramp));
        }
    }
    worst = worst.max(over(&draw_mw, &case.interconnect_mw));
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

/// Most by which `mw` exceeds `limit` in any step, MW, or 0.
fn over(mw: &[f64], limit: &Series) -> f64 {
    match limit {
        Series::Constant(limit) => largest(mw.len(), |t| mw[t] - limit),
        Series::Steps(limit) => largest(mw.len(), |t| mw[t] - limit[t]),
    }
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
    let mut hours = Vec::with_capacity(case.steps());
    let mut hour = HourBound::new(case);
    for segment in 0..segments.len() {
        hour.enter(&worth[segment * case.loads.len()..][..case.loads.len()]);
        for t in segments.steps(segment) {
            let (usd, marginal) = hour.best(multipliers, t);
            hours.push(usd);
            interconnect.push(marginal);
        }
    }
    bound.add_each(0..hours.len(), |t| hours[t]);
    multipliers.interconnect_usd_per_mw = interconnect;
    bound.add(case.block_value_usd());
    bound.get()
}

/// The best split of one hour at given worths.
struct HourBound<'a> {
    case: &'a Case,
    /// Worth by load in the segment, USD/MWh at the meter.
    worth: Vec<f64>,
    /// What the step adds to the worth, USD/MWh, by load: ramps and reserves.
    extra: Vec<f64>,
    /// Most draw by load, MW; the entries of `varying` change from step to step.
    meter_mw: Vec<f64>,
    varying: Vec<usize>,
    /// Loads, dearest first.
    order: Vec<usize>,
    /// Whether the order holds for the worths without extras.
    plain: bool,
}

impl<'a> HourBound<'a> {
    fn new(case: &'a Case) -> Self {
        let n = case.loads.len();
        let varies = |k: &usize| matches!(case.loads[*k].capacity_it_mw, Series::Steps(_));
        Self {
            case,
            worth: vec![0.0; n],
            extra: vec![0.0; n],
            meter_mw: (0..n).map(|k| case.meter_mw(k, 0)).collect(),
            varying: (0..n).filter(varies).collect(),
            order: (0..n).collect(),
            plain: false,
        }
    }

    fn enter(&mut self, worth: &[f64]) {
        self.worth.copy_from_slice(worth);
        self.plain = false;
    }

    /// Value of the best split of step `t`, USD, and of one more MW of interconnect, USD/MW.
    fn best(&mut self, multipliers: &Multipliers, t: usize) -> (f64, f64) {
        let price = self.case.price_usd_per_mwh[t];
        let plain = !self.add_extras(multipliers, t);
        if !(plain && self.plain) {
            self.sort();
        }
        self.plain = plain;
        for &k in &self.varying {
            self.meter_mw[k] = self.case.meter_mw(k, t);
        }
        let (mut left, mut value, mut marginal) = (self.case.interconnect_mw.at(t), 0.0, 0.0);
        for &k in &self.order {
            let margin = self.worth[k] + self.extra[k] - price;
            if margin <= 0.0 {
                break;
            }
            let asked = self.meter_mw[k];
            if asked > left {
                value += margin * left;
                marginal = margin;
                break;
            }
            value += margin * asked;
            left -= asked;
        }
        (value * self.case.step_hours, marginal * self.case.step_hours)
    }

    /// What ramps and reserves add to the worths in step `t`; returns whether there is anything.
    fn add_extras(&mut self, multipliers: &Multipliers, t: usize) -> bool {
        let mut any = !self.case.reserves.is_empty();
        self.extra.fill(0.0);
        for (k, ramp) in
            multipliers.ramp_usd_per_it_mw.iter().enumerate().filter(|(_, ramp)| !ramp.is_empty())
        {
            let change = ramp.get(t + 1).copied().unwrap_or(0.0) - ramp[t];
            if change != 0.0 {
                self.extra[k] = change / (self.case.loads[k].pue * self.case.step_hours);
                any = true;
            }
        }
        if !self.case.reserves.is_empty() {
            self.add_reserves(multipliers, t);
        }
        any
    }

    /// Adds to each load what its best reserve pays over its margin.
    fn add_reserves(&mut self, multipliers: &Multipliers, t: usize) {
        for (k, worth) in self.worth.iter().enumerate() {
            let lost = worth - self.case.price_usd_per_mwh[t];
            let mut best = 0.0_f64;
            for (j, reserve) in self.case.reserves.iter().enumerate().filter(|(_, r)| r.loads.contains(&k)) {
                let limit = multipliers.reserve_usd_per_mw.get(j).and_then(|prices| prices.get(t));
                let limit = limit.copied().unwrap_or(0.0).max(0.0) / self.case.step_hours;
                best = best.max(reserve.price_usd_per_mw_h.at(t) - reserve.called_share * lost - limit);
            }
            self.extra[k] += best;
        }
    }

    fn sort(&mut self) {
        let total = |k: usize| self.worth[k] + self.extra[k];
        for i in 1..self.order.len() {
            let mut j = i;
            while j > 0 && total(self.order[j - 1]) < total(self.order[j]) {
                self.order.swap(j - 1, j);
                j -= 1;
            }
        }
    }
}

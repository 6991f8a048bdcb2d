//! The rule an operator can follow: each step sees its own price and what has been served, never the next step.
//!
//! Every load bids its worth, and loads under budgets bid more or less by the multipliers of a forecast; the dearest bids
//! run first. Budgets are guarded: a load runs whatever the price once the energy still owed could not be served in the
//! steps left at the capacity that holds now, and stops once a most is used up. What a perfect forecast would have added
//! is the optimum of the same prices less the value of the rule.

use crate::case::{BudgetOf, Case, Side};
use crate::certificate::{value_usd, worst_step_mw};
use crate::error::DispatchError;
use crate::segments::Segments;
use crate::sum::Sum;

/// What the rule did.
#[derive(Debug, Clone, PartialEq)]
pub struct RealTime {
    /// Running load at the machines, IT MW, `[load][step]`.
    pub it_mw: Vec<Vec<f64>>,
    /// Reserves sold, MW at the meter, `[reserve][place in its list of loads][step]`.
    pub reserve_mw: Vec<Vec<Vec<f64>>>,
    /// Value with the fixed-price block and reserves, USD.
    pub value_usd: f64,
    /// By how much each budget is missed, MWh: energy short of a least, or beyond a most; 0 where it is met.
    pub missed_mwh: Vec<f64>,
    /// Largest violation of a ramp or capacity, MW: above 0 only where a capacity or the interconnect falls faster than a
    /// ramp allows, which a rule that does not look ahead cannot prepare for.
    pub worst_step_mw: f64,
}

/// Dispatches `case` step by step with `bids_usd_per_mwh` on its budgets (multipliers of a forecast, at least 0).
///
/// # Errors
/// What [`Case::check`] finds, bids of another number than the budgets, and loads with restarts, which the rule does not know.
pub fn real_time(case: &Case, bids_usd_per_mwh: &[f64]) -> Result<RealTime, DispatchError> {
    case.check()?;
    if bids_usd_per_mwh.len() != case.budgets.len() {
        let (found, steps) = (bids_usd_per_mwh.len(), case.budgets.len());
        return Err(DispatchError::Bids { found, budgets: steps });
    }
    if let Some(load) = case.loads.iter().find(|load| load.restart.is_some()) {
        return Err(DispatchError::Restart { load: load.name.clone() });
    }
    let mut operator = Operator::new(case, bids_usd_per_mwh);
    for segment in 0..operator.segments.len() {
        for t in operator.segments.steps(segment) {
            operator.step(segment, t);
        }
    }
    let Operator { it_mw, reserve_mw, served_mwh, .. } = operator;
    let missed = case.budgets.iter().zip(&served_mwh).map(|(budget, served)| match budget.side {
        Side::AtLeast => (budget.mwh - served.get()).max(0.0),
        Side::AtMost => (served.get() - budget.mwh).max(0.0),
    });
    Ok(RealTime {
        value_usd: value_usd(case, &it_mw, &reserve_mw),
        missed_mwh: missed.collect(),
        worst_step_mw: worst_step_mw(case, &it_mw, &reserve_mw),
        it_mw,
        reserve_mw,
    })
}

/// What the operator knows, and what was done so far.
struct Operator<'a> {
    case: &'a Case,
    segments: Segments,
    /// Bids at the meter with the forecast's multipliers, USD/MWh, `[segment][load]`.
    bids: Vec<f64>,
    it_mw: Vec<Vec<f64>>,
    reserve_mw: Vec<Vec<Vec<f64>>>,
    /// Energy counted by budget so far, MWh.
    served_mwh: Vec<Sum>,
    order: Vec<usize>,
}

/// What a step allows a load, IT MW.
#[derive(Clone, Copy)]
struct Room {
    least: f64,
    most: f64,
}

impl<'a> Operator<'a> {
    fn new(case: &'a Case, multipliers: &[f64]) -> Self {
        let segments = Segments::of(case);
        let multipliers: Vec<f64> = multipliers.iter().map(|price| price.max(0.0)).collect();
        let mut bids = Vec::new();
        segments.worth(case, &multipliers, true, &mut bids);
        let of_reserve = |loads: &Vec<usize>| vec![vec![0.0; case.steps()]; loads.len()];
        Self {
            case,
            segments,
            bids,
            it_mw: vec![vec![0.0; case.steps()]; case.loads.len()],
            reserve_mw: case.reserves.iter().map(|reserve| of_reserve(&reserve.loads)).collect(),
            served_mwh: vec![Sum::default(); case.budgets.len()],
            order: (0..case.loads.len()).collect(),
        }
    }

    fn step(&mut self, segment: usize, t: usize) {
        let (case, n) = (self.case, self.case.loads.len());
        let price = case.price_usd_per_mwh[t];
        let margin: Vec<f64> = (0..n)
            .map(|k| {
                let plain = self.bids[segment * n + k] - price;
                plain + self.best_reserve(k, t, plain).map_or(0.0, |(_, paid)| paid)
            })
            .collect();
        let room: Vec<Room> = (0..n).map(|k| self.room(k, t)).collect();
        self.order.sort_by(|&a, &b| margin[b].total_cmp(&margin[a]));
        let most_mw = case.interconnect_mw.at(t).min(self.site_most_mw(t));
        let mut left = most_mw;
        for (k, room) in room.iter().enumerate() {
            self.it_mw[k][t] = room.least.min((left / case.loads[k].pue).max(0.0));
            left -= case.loads[k].pue * self.it_mw[k][t];
        }
        let site_floor = self.site_floor_mw(t);
        for i in 0..n {
            let k = self.order[i];
            let drawn = most_mw - left;
            let free = (room[k].most - self.it_mw[k][t]).max(0.0) * case.loads[k].pue;
            let asked = if margin[k] > 0.0 { free } else { free.min((site_floor - drawn).max(0.0)) };
            let taken = asked.min(left.max(0.0));
            self.it_mw[k][t] += taken / case.loads[k].pue;
            left -= taken;
        }
        self.sell_reserves(segment, t);
        self.count(t);
    }

    /// What ramps, capacity and budgets allow load `k` in step `t`, and what they ask of it.
    fn room(&self, k: usize, t: usize) -> Room {
        let case = self.case;
        let capacity = case.loads[k].capacity_it_mw.at(t);
        let mut room = Room { least: 0.0, most: capacity };
        let before = if t > 0 { Some(self.it_mw[k][t - 1]) } else { None };
        for (j, budget) in self.budgets_of(BudgetOf::Load(k), t) {
            let left_mwh = budget.mwh - self.served_mwh[j].get();
            match budget.side {
                Side::AtLeast => {
                    let rest = budget.steps.end - t - 1;
                    let later = self.possible_mwh(k, capacity, rest);
                    room.least = room.least.max((left_mwh - later) / case.step_hours);
                }
                Side::AtMost => room.most = room.most.min((left_mwh / case.step_hours).max(0.0)),
            }
        }
        room.least = room.least.clamp(0.0, room.most);
        if let (Some(ramp), Some(before)) = (case.ramp_it_mw_per_step(k), before) {
            room.most = room.most.min(before + ramp).max((before - ramp).min(capacity)).max(0.0);
            room.least = room.least.max(before - ramp).min(room.most);
        }
        room
    }

    /// Most energy that load `k` can serve in the `rest` steps after this one at `capacity`, coming back at its ramp, MWh.
    fn possible_mwh(&self, k: usize, capacity: f64, rest: usize) -> f64 {
        let case = self.case;
        let full = capacity * rest as f64 * case.step_hours;
        let Some(ramp) = case.ramp_it_mw_per_step(k).filter(|ramp| *ramp > 0.0) else { return full };
        // From nothing, the first steps serve ramp, 2 ramp, …: what they lack to capacity is lost.
        let climb = ((capacity / ramp).ceil() as usize).min(rest) as f64;
        full - case.step_hours * (climb * capacity - ramp * climb * (climb + 1.0) / 2.0).max(0.0)
    }

    /// Draw that the site's budgets ask of step `t`, MW at the meter.
    fn site_floor_mw(&self, t: usize) -> f64 {
        let case = self.case;
        let asked: f64 = (0..case.loads.len()).map(|k| case.meter_mw(k, t)).sum();
        let possible = asked.min(case.interconnect_mw.at(t));
        let floors = self.budgets_of(BudgetOf::Site, t).filter(|(_, budget)| budget.side == Side::AtLeast);
        floors.fold(0.0, |floor: f64, (j, budget)| {
            let later = possible * (budget.steps.end - t - 1) as f64 * case.step_hours;
            floor.max((budget.mwh - self.served_mwh[j].get() - later) / case.step_hours)
        })
    }

    /// Draw that the site's budgets leave to step `t`, MW at the meter.
    fn site_most_mw(&self, t: usize) -> f64 {
        let mosts = self.budgets_of(BudgetOf::Site, t).filter(|(_, budget)| budget.side == Side::AtMost);
        mosts.fold(f64::INFINITY, |most: f64, (j, budget)| {
            most.min(((budget.mwh - self.served_mwh[j].get()) / self.case.step_hours).max(0.0))
        })
    }

    fn budgets_of(
        &self,
        of: BudgetOf,
        t: usize,
    ) -> impl Iterator<Item = (usize, &'a crate::case::Budget)> + use<'a> {
        let case = self.case;
        case.budgets.iter().enumerate().filter(move |(_, b)| b.of == of && b.steps.contains(&t))
    }

    /// The reserve that pays load `k` most over its margin, and by how much, USD/MWh.
    fn best_reserve(&self, k: usize, t: usize, margin: f64) -> Option<(usize, f64)> {
        let paid = |r: &crate::case::Reserve| r.price_usd_per_mw_h.at(t) - r.called_share * margin;
        let offers = self.case.reserves.iter().enumerate().filter(|(_, r)| r.loads.contains(&k));
        let best = offers.map(|(j, r)| (j, paid(r))).max_by(|a, b| a.1.total_cmp(&b.1));
        best.filter(|(_, paid)| *paid > 0.0)
    }

    /// Sells the running loads' best reserves, dearest bids last to give way, within the limits.
    fn sell_reserves(&mut self, segment: usize, t: usize) {
        let (case, n) = (self.case, self.case.loads.len());
        let mut left: Vec<f64> = case.reserves.iter().map(|reserve| reserve.limit_mw).collect();
        for i in (0..n).rev() {
            let k = self.order[i];
            let margin = self.bids[segment * n + k] - case.price_usd_per_mwh[t];
            let Some((j, _)) = self.best_reserve(k, t, margin) else { continue };
            let Some(place) = case.reserves[j].loads.iter().position(|load| *load == k) else { continue };
            let sold = (case.loads[k].pue * self.it_mw[k][t]).min(left[j]);
            self.reserve_mw[j][place][t] = sold;
            left[j] -= sold;
        }
    }

    /// Counts the step for every budget.
    fn count(&mut self, t: usize) {
        let case = self.case;
        let energy = |k: usize| {
            let mut called = 0.0;
            for (reserve, sold) in case.reserves.iter().zip(&self.reserve_mw) {
                let sold = reserve.loads.iter().zip(sold).filter(|(load, _)| **load == k);
                called += sold.map(|(_, mw)| mw[t]).sum::<f64>() * reserve.called_share;
            }
            case.step_hours * (self.it_mw[k][t] - called / case.loads[k].pue)
        };
        for (j, budget) in case.budgets.iter().enumerate().filter(|(_, b)| b.steps.contains(&t)) {
            let mwh = match budget.of {
                BudgetOf::Load(k) => energy(k),
                BudgetOf::Site => (0..case.loads.len()).map(|k| case.loads[k].pue * energy(k)).sum(),
            };
            self.served_mwh[j].add(mwh);
        }
    }
}

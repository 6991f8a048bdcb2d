//! The bound on any dispatch with restarts at given multipliers, and the states that reach it.
//!
//! Multipliers price budgets, ramps and limits of reserves; what remains couples loads through the interconnect alone and
//! steps through starts alone, which [`Group`] solves exactly for few loads with restarts. For many, the interconnect
//! is priced too and every such load stands alone. Either way the bound holds for any multipliers.

use super::states::{Group, least_it_mw};
use crate::case::{Budget, Case};
use crate::certificate::budget_mwh;
use crate::optimum::Multipliers;
use crate::segments::{Segments, sign};
use crate::sum::Sum;

/// Most loads with restarts whose states are sought together: a step has two to that power.
const MOST_TOGETHER: usize = 5;
/// Slack that is rounding, as a share of the budget or interconnect.
const NO_SLACK_SHARE: f64 = 1e-9;
/// Rounding of a bound, as a share of the terms that cancel in it; added, so that dear multipliers never lower it falsely.
const ROUNDING_SHARE: f64 = 1e-13;

/// The best dispatch at given multipliers.
pub(super) struct Relaxed {
    /// No dispatch earns more, USD (block included).
    pub(super) bound_usd: f64,
    /// Whether a load is on, `[load][step]`; empty for loads without restart.
    pub(super) states: Vec<Vec<bool>>,
    /// Energy beyond each budget, MWh; negative where it is missed.
    pub(super) slack_mwh: Vec<f64>,
    /// Interconnect left in each step, MW; negative where it is overloaded; empty where its price does not count.
    left_mw: Vec<f64>,
    /// Change into each step, IT MW, `[load][step]`; empty for loads without a ramp.
    change_mw: Vec<Vec<f64>>,
}

impl Relaxed {
    /// Moves multipliers against the slacks so that the bound would fall by `length_usd` if it were smooth; false if every
    /// slack is rounding or belongs to what is free already.
    pub(super) fn step(&self, case: &Case, length_usd: f64, multipliers: &mut Multipliers) -> bool {
        let mut pulls: Vec<(f64, &mut f64, bool)> = Vec::new();
        let sizes = case.budgets.iter().map(|budget| budget.mwh.abs().max(1.0));
        let budgets = self.slack_mwh.iter().zip(&mut multipliers.budget_usd_per_mwh).zip(sizes);
        let sizes = (0..self.left_mw.len()).map(|t| case.interconnect_mw.at(t));
        let steps = self.left_mw.iter().zip(&mut multipliers.interconnect_usd_per_mw).zip(sizes);
        for ((slack, price), size) in budgets.chain(steps) {
            if slack.abs() > NO_SLACK_SHARE * size && (*slack < 0.0 || *price > 0.0) {
                pulls.push((*slack, price, false));
            }
        }
        for (k, prices) in multipliers.ramp_usd_per_it_mw.iter_mut().enumerate() {
            let most = case.ramp_it_mw_per_step(k).unwrap_or(0.0);
            for (price, change) in prices.iter_mut().zip(&self.change_mw[k]).skip(1) {
                // At 0 the price moves only where the change breaks the ramp, and then towards it.
                let side = if *price == 0.0 { change.signum() } else { price.signum() };
                let slack = most - side * change;
                let size = most.max(change.abs());
                if slack.abs() > NO_SLACK_SHARE * size && (slack < 0.0 || *price != 0.0) {
                    pulls.push((side * slack, price, true));
                }
            }
        }
        let norm: f64 = pulls.iter().map(|(pull, _, _)| pull * pull).sum();
        for (pull, price, signed) in pulls {
            let moved = *price - length_usd * pull / norm;
            let crosses = moved * *price < 0.0 || !signed && moved < 0.0;
            *price = if crosses { 0.0 } else { moved };
        }
        norm > 0.0
    }
}

/// What a MWh of a load earns at given multipliers.
struct Margins {
    /// Margin with its best reserve, USD/MWh at the meter, `[load][step]`.
    usd_per_mwh: Vec<Vec<f64>>,
    /// Share of its energy that calls of that reserve leave, `[load][step]`.
    served: Vec<Vec<f64>>,
}

/// Solves what multipliers leave; the interconnect's count only where there are many loads with restarts.
pub(super) fn relax(case: &Case, multipliers: &Multipliers) -> Relaxed {
    let switched: Vec<usize> = (0..case.loads.len()).filter(|k| case.loads[*k].restart.is_some()).collect();
    let mut margins = margins(case, multipliers);
    let mut room_mw: Vec<f64> = (0..case.steps()).map(|t| case.interconnect_mw.at(t)).collect();
    let plain: Vec<usize> = (0..case.loads.len()).filter(|k| case.loads[*k].restart.is_none()).collect();
    let mut bound_usd = constant_usd(case, multipliers);
    let mut states = vec![Vec::new(); case.loads.len()];
    let mut it_mw = vec![vec![0.0; case.steps()]; case.loads.len()];
    let together = switched.len() <= MOST_TOGETHER;
    if together {
        let group = Group { case, margins: &margins.usd_per_mwh, switched, plain, room_mw: &room_mw };
        let (usd, sets) = group.best();
        bound_usd += usd;
        group.dispatch(&sets, &mut it_mw);
        for (i, &k) in group.switched.iter().enumerate() {
            states[k] = sets.iter().map(|set| set & (1 << i) != 0).collect();
        }
    } else {
        for (t, price) in multipliers.interconnect_usd_per_mw.iter().enumerate() {
            bound_usd += price * room_mw[t];
            margins.usd_per_mwh.iter_mut().for_each(|margin| margin[t] -= price / case.step_hours);
        }
        let whole_mw = room_mw.clone();
        let margins = &margins.usd_per_mwh;
        for k in plain {
            let group = Group { case, margins, switched: Vec::new(), plain: vec![k], room_mw: &whole_mw };
            bound_usd += group.best().0;
            group.dispatch(&vec![0; case.steps()], &mut it_mw);
        }
        // The bound gives every load the whole interconnect; the states must fit into it one after another.
        for k in switched {
            let group = Group { case, margins, switched: vec![k], plain: Vec::new(), room_mw: &whole_mw };
            let (usd, sets) = group.best();
            bound_usd += usd;
            group.dispatch(&sets, &mut it_mw);
            states[k] = Group { room_mw: &room_mw, ..group }.best().1.iter().map(|set| *set != 0).collect();
            for (t, room) in room_mw.iter_mut().enumerate().filter(|(t, _)| states[k][*t]) {
                *room = (*room - least_it_mw(case, k, t) * case.loads[k].pue).max(0.0);
            }
        }
    }
    bound_usd += ROUNDING_SHARE * bound_usd.abs();
    let left_mw = if together { Vec::new() } else { left_mw(case, &it_mw) };
    let ramped = |k: usize| case.loads[k].ramp_it_mw_per_hour.is_some();
    let change = |k: usize| match &it_mw[k] {
        run if ramped(k) => {
            std::iter::once(0.0).chain(run.windows(2).map(|pair| pair[1] - pair[0])).collect()
        }
        _ => Vec::new(),
    };
    let change_mw = (0..case.loads.len()).map(change).collect();
    let slack_mwh = slack_mwh(case, &margins.served, it_mw);
    Relaxed { bound_usd, slack_mwh, left_mw, change_mw, states }
}

/// Interconnect left in each step, MW.
fn left_mw(case: &Case, it_mw: &[Vec<f64>]) -> Vec<f64> {
    let draw = |t: usize| case.loads.iter().zip(it_mw).map(|(load, run)| load.pue * run[t]).sum::<f64>();
    (0..case.steps()).map(|t| case.interconnect_mw.at(t) - draw(t)).collect()
}

/// Energy beyond each budget, MWh, where calls leave a share of what runs.
fn slack_mwh(case: &Case, served: &[Vec<f64>], mut it_mw: Vec<Vec<f64>>) -> Vec<f64> {
    for (run, served) in it_mw.iter_mut().zip(served) {
        run.iter_mut().zip(served).for_each(|(mw, served)| *mw *= served);
    }
    let slack = |budget: &Budget| sign(budget.side) * (budget_mwh(case, budget, &it_mw, &[]) - budget.mwh);
    case.budgets.iter().map(slack).collect()
}

/// What the multipliers cost or earn whatever the dispatch, with the block and an allowance for rounding, USD.
fn constant_usd(case: &Case, multipliers: &Multipliers) -> f64 {
    let mut terms = vec![case.block_value_usd()];
    let budgets = case.budgets.iter().zip(&multipliers.budget_usd_per_mwh);
    terms.extend(budgets.map(|(budget, price)| -sign(budget.side) * price * budget.mwh));
    for (k, ramp) in multipliers.ramp_usd_per_it_mw.iter().enumerate() {
        let most = case.ramp_it_mw_per_step(k).unwrap_or(0.0);
        terms.push(most * ramp.iter().map(|price| price.abs()).sum::<f64>());
    }
    for (reserve, prices) in case.reserves.iter().zip(&multipliers.reserve_usd_per_mw) {
        let priced = prices.iter().filter(|price| **price > 0.0);
        terms.push(priced.map(|price| reserve.limit_mw * price).sum());
    }
    let (mut sum, mut gross) = (Sum::default(), 0.0);
    for term in terms {
        sum.add(term);
        gross += term.abs();
    }
    sum.get() + ROUNDING_SHARE * gross
}

fn margins(case: &Case, multipliers: &Multipliers) -> Margins {
    let (segments, mut worth) = (Segments::of(case), Vec::new());
    segments.worth(case, &multipliers.budget_usd_per_mwh, true, &mut worth);
    let loads = case.loads.len();
    let mut usd_per_mwh = vec![vec![0.0; case.steps()]; loads];
    let mut served = vec![vec![1.0; case.steps()]; loads];
    for segment in 0..segments.len() {
        for t in segments.steps(segment) {
            for k in 0..loads {
                let lost = worth[segment * loads + k] - case.price_usd_per_mwh[t];
                let (mut paid, mut called) = (0.0, 0.0);
                for (j, reserve) in case.reserves.iter().enumerate().filter(|(_, r)| r.loads.contains(&k)) {
                    let limit = multipliers.reserve_usd_per_mw.get(j).and_then(|prices| prices.get(t));
                    let limit = limit.map_or(0.0, |price| price.max(0.0) / case.step_hours);
                    let net = reserve.price_usd_per_mw_h.at(t) - reserve.called_share * lost - limit;
                    if net > paid {
                        (paid, called) = (net, reserve.called_share);
                    }
                }
                let ramp = multipliers.ramp_usd_per_it_mw.get(k).map_or(&[][..], Vec::as_slice);
                let at = |t: usize| ramp.get(t).copied().unwrap_or(0.0);
                let change = (at(t + 1) - at(t)) / (case.loads[k].pue * case.step_hours);
                usd_per_mwh[k][t] = lost + paid + change;
                served[k][t] = 1.0 - called;
            }
        }
    }
    Margins { usd_per_mwh, served }
}

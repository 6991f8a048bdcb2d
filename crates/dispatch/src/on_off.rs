//! Dispatch where loads are either off or on: a start costs, and a load that is on runs at least at a share of its capacity.
//!
//! A load may be on at 0 MW where its least is 0, so a step without capacity may be passed on or off, and the state of
//! the first step is free. The bound prices what couples steps and solves the states exactly (`lagrangian`, `states`); the
//! dispatch takes states found on the way and solves the linear program that they leave (`fixed`). What is between the
//! two is the gap. Source: Lagrangian relaxation of unit commitment; Muckstadt, Koenig, "An application of Lagrangian
//! relaxation to scheduling in power-generation systems", Operations Research 25 (1977); steps after Polyak (1969).

mod fixed;
mod lagrangian;
mod states;
#[cfg(test)]
mod tests;

use crate::case::Case;
use crate::certificate::{Certificate, energy_it_mwh, value_usd, worst_budget_share, worst_step_mw};
use crate::error::DispatchError;
use crate::optimum::{Effort, Method, Multipliers, Optimum};
use fixed::Dispatch;
use lagrangian::{Relaxed, relax};
use states::least_it_mw;
use std::ops::Range;

/// Steps on the multipliers.
const STEPS: usize = 40;
/// Steps without a better bound after which the step is halved.
const PATIENCE: usize = 4;
/// Relative gap that is none.
const NO_GAP: f64 = 1e-9;
/// Relative gap up to which further states are not worth their linear programs.
const SMALL_GAP: f64 = 1e-4;
/// Most states met under way for which the linear program is solved.
const ATTEMPTS: usize = 8;
/// Most loads times steps of all states turned over.
const FLIP_WORK: usize = 20_000;
/// Rounds of raised multipliers while no states meet the budgets.
const REPAIRS: usize = 12;
/// Largest violation with which a dispatch is kept: MW in a step, share of a budget.
const LARGEST_VIOLATION: f64 = 1e-6;

/// A good dispatch of a checked case in which some loads have restarts, with a bound that proves how good.
///
/// `linear` solves cases without restarts. The answer's `value_usd` and certificate have the cost of starts taken off.
///
/// # Errors
/// Those of `linear`: budgets that cannot be met even without restarts are [`DispatchError::Infeasible`]. If they can,
/// but no states tried meet them, [`DispatchError::Solver`] says so.
pub(crate) fn solve(
    case: &Case,
    linear: fn(&Case) -> Result<Optimum, DispatchError>,
) -> Result<Optimum, DispatchError> {
    let mut search = Search::new(case, linear)?;
    let first = relax(case, &search.multipliers);
    search.bound(&first);
    search.attempt(first.states.clone())?;
    let seen = search.lower_bound(first);
    for states in search.plain_states() {
        search.attempt(states)?;
    }
    let most = search.tried.len() + ATTEMPTS;
    for (place, states) in seen.into_iter().rev().enumerate() {
        if place == 0 || !search.within(SMALL_GAP) && search.tried.len() < most {
            search.attempt(states)?;
        }
    }
    search.repair()?;
    search.flip()?;
    search.answer()
}

/// The best of both sides so far.
struct Search<'a> {
    case: &'a Case,
    linear: fn(&Case) -> Result<Optimum, DispatchError>,
    /// The optimum without restarts.
    relaxed_it_mw: Vec<Vec<f64>>,
    multipliers: Multipliers,
    dual_usd: f64,
    best: Option<(f64, Dispatch)>,
    /// Place of the best dispatch's states among those tried.
    best_states: usize,
    tried: Vec<Vec<Vec<bool>>>,
    passes: usize,
}

impl<'a> Search<'a> {
    fn new(
        case: &'a Case,
        linear: fn(&Case) -> Result<Optimum, DispatchError>,
    ) -> Result<Self, DispatchError> {
        let mut relaxed = case.clone();
        relaxed.loads.iter_mut().for_each(|load| load.restart = None);
        let optimum = linear(&relaxed)?;
        let mut multipliers = optimum.multipliers.unwrap_or_default();
        multipliers.budget_usd_per_mwh.resize(case.budgets.len(), 0.0);
        let signed =
            multipliers.budget_usd_per_mwh.iter_mut().chain(&mut multipliers.interconnect_usd_per_mw);
        // The bound holds for prices of at least 0 alone.
        signed.for_each(|price| *price = price.max(0.0));
        Ok(Self {
            case,
            linear,
            relaxed_it_mw: optimum.it_mw,
            multipliers,
            dual_usd: optimum.certificate.dual_usd,
            best: None,
            best_states: 0,
            tried: Vec::new(),
            passes: optimum.effort.passes,
        })
    }

    /// Counts a bound.
    fn bound(&mut self, relaxed: &Relaxed) {
        self.passes += 1;
        self.dual_usd = self.dual_usd.min(relaxed.bound_usd);
    }

    /// Whether the gap is at most a share of the bound.
    fn within(&self, share: f64) -> bool {
        let Some((value, _)) = &self.best else { return false };
        self.dual_usd - value <= share * (self.dual_usd - self.case.block_value_usd()).abs()
    }

    /// Solves what states leave and keeps the dispatch if it is better.
    fn attempt(&mut self, states: Vec<Vec<bool>>) -> Result<(), DispatchError> {
        if self.within(NO_GAP) || self.tried.contains(&states) {
            return Ok(());
        }
        let (dispatches, passes) = fixed::dispatches(self.case, &states, self.linear)?;
        self.passes += passes;
        for dispatch in dispatches {
            let (it_mw, reserve_mw) = &dispatch;
            let step = worst_step_mw(self.case, it_mw, reserve_mw);
            let violation = step.max(worst_budget_share(self.case, it_mw, reserve_mw));
            let value = value_usd(self.case, it_mw, reserve_mw) - restart_cost_usd(self.case, it_mw);
            if violation <= LARGEST_VIOLATION && self.best.as_ref().is_none_or(|(best, _)| value > *best) {
                self.best = Some((value, dispatch));
                self.best_states = self.tried.len();
            }
        }
        self.tried.push(states);
        Ok(())
    }

    /// Lowers the bound by subgradient steps on the multipliers; returns the states met, those of the best bound last.
    fn lower_bound(&mut self, first: Relaxed) -> Vec<Vec<Vec<bool>>> {
        let (mut share, mut idle) = (1.0, 0);
        let mut at = self.multipliers.clone();
        let mut least = first.bound_usd;
        let (mut best, mut seen) = (first.states.clone(), Vec::new());
        let mut relaxed = first;
        for _ in 0..STEPS {
            let own = (least - self.case.block_value_usd()).abs();
            let aim = self.best.as_ref().map_or(least - 1e-3 * own, |(value, _)| *value);
            let length = share * (relaxed.bound_usd - aim).max(0.0);
            if self.within(NO_GAP) || !relaxed.step(self.case, length, &mut at) {
                break;
            }
            relaxed = relax(self.case, &at);
            self.bound(&relaxed);
            if relaxed.bound_usd < least {
                least = relaxed.bound_usd;
                seen.push(std::mem::replace(&mut best, relaxed.states.clone()));
                self.multipliers.clone_from(&at);
                idle = 0;
            } else {
                seen.push(relaxed.states.clone());
                idle += 1;
                if idle == PATIENCE {
                    (share, idle) = (0.5 * share, 0);
                    at.clone_from(&self.multipliers);
                }
            }
        }
        seen.push(best);
        seen
    }

    /// States that do not come from multipliers: as the optimum without restarts runs, and always on.
    fn plain_states(&self) -> Vec<Vec<Vec<bool>>> {
        let of_loads = |on: &dyn Fn(usize, usize) -> bool| -> Vec<Vec<bool>> {
            let of_load = |k: usize| match self.case.loads[k].restart {
                None => Vec::new(),
                Some(_) => (0..self.case.steps()).map(|t| on(k, t)).collect(),
            };
            (0..self.case.loads.len()).map(of_load).collect()
        };
        let runs = |k: usize, t: usize| {
            2.0 * self.relaxed_it_mw[k][t] >= least_it_mw(self.case, k, t) && self.relaxed_it_mw[k][t] > 0.0
        };
        vec![of_loads(&runs), of_loads(&|_, _| true), of_loads(&|_, _| false)]
    }

    /// Raises the prices of missed budgets until states meet them.
    fn repair(&mut self) -> Result<(), DispatchError> {
        let mut at = self.multipliers.clone();
        let mut rise = 1.0;
        for _ in 0..REPAIRS {
            if self.best.is_some() {
                break;
            }
            let relaxed = relax(self.case, &at);
            self.bound(&relaxed);
            for (price, slack) in at.budget_usd_per_mwh.iter_mut().zip(&relaxed.slack_mwh) {
                if *slack < 0.0 {
                    *price += rise;
                }
            }
            rise *= 2.0;
            self.attempt(relaxed.states)?;
        }
        Ok(())
    }

    /// Turns single steps and whole runs of the best states over while that helps: for short horizons alone.
    fn flip(&mut self) -> Result<(), DispatchError> {
        let size = self.case.steps() * self.case.loads.len();
        let most = self.tried.len() + FLIP_WORK / size.max(1);
        loop {
            let base = self.best_states;
            for states in neighbours(&self.tried[base]) {
                if self.within(NO_GAP) || self.tried.len() >= most {
                    return Ok(());
                }
                self.attempt(states)?;
            }
            if self.best_states == base {
                return Ok(());
            }
        }
    }

    fn answer(self) -> Result<Optimum, DispatchError> {
        let case = self.case;
        let Some((value, (it_mw, reserve_mw))) = self.best else {
            let why = format!("none of {} patterns of off and on states meets the budgets", self.tried.len());
            return Err(DispatchError::Solver { solver: "search for off and on states", why });
        };
        let energy = |k| energy_it_mwh(case, &it_mw, &reserve_mw, k, 0..case.steps());
        Ok(Optimum {
            method: Method::OnOff,
            value_usd: value,
            block_value_usd: case.block_value_usd(),
            energy_it_mwh: (0..case.loads.len()).map(energy).collect(),
            multipliers: None,
            certificate: Certificate::new(case, (self.dual_usd, value), &it_mw, &reserve_mw),
            effort: Effort { passes: self.passes, ..Effort::default() },
            it_mw,
            reserve_mw,
        })
    }
}

/// States that differ in one step or one run of one load.
fn neighbours(states: &[Vec<bool>]) -> Vec<Vec<Vec<bool>>> {
    let mut found = Vec::new();
    for (k, load) in states.iter().enumerate() {
        let mut runs: Vec<Range<usize>> = (0..load.len()).map(|t| t..t + 1).collect();
        let mut start = 0;
        for run in load.chunk_by(|a, b| a == b) {
            runs.push(start..start + run.len());
            start += run.len();
        }
        for run in runs {
            let mut turned = states.to_vec();
            turned[k][run].iter_mut().for_each(|on| *on = !*on);
            found.push(turned);
        }
    }
    found
}

/// Cost of the starts that a dispatch needs at least, USD.
///
/// A load at 0 is off where its least load is above 0, and as it was before where that is 0.
#[must_use]
pub fn restart_cost_usd(case: &Case, it_mw: &[Vec<f64>]) -> f64 {
    let mut cost = 0.0;
    for (k, load) in case.loads.iter().enumerate() {
        let Some(restart) = load.restart else { continue };
        let mut was_on = true;
        for (t, mw) in it_mw[k].iter().enumerate() {
            let on = *mw > 0.0;
            if on || least_it_mw(case, k, t) > 0.0 {
                if on && !was_on {
                    cost += restart.cost_usd;
                }
                was_on = on;
            }
        }
    }
    cost
}

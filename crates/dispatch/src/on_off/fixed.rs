//! The best dispatch at given off and on states, as a case without restarts.
//!
//! Off steps get no capacity. The least load of an on step is a fixed part: it is taken off the capacity, the
//! interconnect and the budgets, and put back onto the answer. A ramp counts the whole load, so a load that has one keeps
//! its capacity and gets a budget per on step instead. Both are exact without reserves. With them, the first cannot weigh
//! sales from a fixed part against others (they are added afterwards, as far as limits and budgets leave room), and in
//! the second calls count against the least load; so both are tried.

use super::states::least_it_mw;
use crate::case::{Budget, BudgetOf, Case, Series, Side};
use crate::certificate::budget_mwh;
use crate::error::DispatchError;
use crate::optimum::Optimum;
use crate::segments::sign;

/// Shortfall of the interconnect behind the fixed parts that is rounding, as a share of it.
const ROUNDING_SHARE: f64 = 1e-12;

/// A dispatch: IT MW `[load][step]`, and reserves sold, MW `[reserve][place][step]`.
pub(super) type Dispatch = (Vec<Vec<f64>>, Vec<Vec<Vec<f64>>>);

/// The best dispatches found at the given states, `[load][step]` (empty for loads without restart), and the passes taken.
///
/// None if the states cannot meet budgets, interconnect and ramps; two where reserves may stand on fixed parts, one by
/// either construction.
///
/// # Errors
/// What `linear` reports beside budgets that cannot be met.
pub(super) fn dispatches(
    case: &Case,
    states: &[Vec<bool>],
    linear: fn(&Case) -> Result<Optimum, DispatchError>,
) -> Result<(Vec<Dispatch>, usize), DispatchError> {
    let fixed_mw = fixed_it_mw(case, states);
    let mut constructions = Vec::new();
    if !case.reserves.is_empty() && fixed_mw.iter().flatten().any(|mw| *mw > 0.0) {
        constructions.push(vec![Vec::new(); case.loads.len()]);
    }
    constructions.push(fixed_mw);
    let (mut dispatches, mut passes) = (Vec::new(), 0);
    for fixed_mw in constructions {
        let Some(fixed) = without_restarts(case, states, &fixed_mw) else { continue };
        let optimum = match linear(&fixed) {
            Ok(optimum) => optimum,
            Err(DispatchError::Infeasible(_)) => continue,
            Err(fault) => return Err(fault),
        };
        let (mut it_mw, mut reserve_mw) = (optimum.it_mw, optimum.reserve_mw);
        for (run, fixed) in it_mw.iter_mut().zip(&fixed_mw) {
            run.iter_mut().zip(fixed).for_each(|(mw, fixed)| *mw += fixed);
        }
        sell_free_load(case, &it_mw, &mut reserve_mw);
        passes += optimum.effort.passes;
        dispatches.push((it_mw, reserve_mw));
    }
    Ok((dispatches, passes))
}

/// Fixed part of every load, IT MW, `[load][step]`; empty where there is none.
fn fixed_it_mw(case: &Case, states: &[Vec<bool>]) -> Vec<Vec<f64>> {
    let of_load = |(k, states): (usize, &Vec<bool>)| match case.loads[k].ramp_it_mw_per_hour {
        Some(_) => Vec::new(),
        None => {
            let least = |(t, on): (usize, &bool)| if *on { least_it_mw(case, k, t) } else { 0.0 };
            states.iter().enumerate().map(least).collect()
        }
    };
    states.iter().enumerate().map(of_load).collect()
}

/// The case that is left beside the fixed parts; none if these overload the interconnect.
fn without_restarts(case: &Case, states: &[Vec<bool>], fixed_mw: &[Vec<f64>]) -> Option<Case> {
    let mut left = case.clone();
    let mut interconnect: Vec<f64> = (0..case.steps()).map(|t| case.interconnect_mw.at(t)).collect();
    for (k, states) in states.iter().enumerate() {
        left.loads[k].restart = None;
        if states.is_empty() {
            continue;
        }
        let part = |t: usize| fixed_mw[k].get(t).copied().unwrap_or(0.0);
        let capacity = |(t, on): (usize, &bool)| {
            let most = case.loads[k].capacity_it_mw.at(t);
            if *on { (most - part(t)).max(0.0) } else { 0.0 }
        };
        left.loads[k].capacity_it_mw = Series::Steps(states.iter().enumerate().map(capacity).collect());
        interconnect.iter_mut().enumerate().for_each(|(t, mw)| *mw -= case.loads[k].pue * part(t));
        if fixed_mw[k].is_empty() {
            for t in (0..states.len()).filter(|t| states[*t] && least_it_mw(case, k, *t) > 0.0) {
                let (of, side, steps) = (BudgetOf::Load(k), Side::AtLeast, t..t + 1);
                let name = format!("least load of '{}' in step {t}", case.loads[k].name);
                let mwh = case.step_hours * least_it_mw(case, k, t);
                left.budgets.push(Budget { name, of, side, steps, mwh });
            }
        }
    }
    for (t, mw) in interconnect.iter_mut().enumerate() {
        if *mw < -ROUNDING_SHARE * case.interconnect_mw.at(t) {
            return None;
        }
        *mw = mw.max(0.0);
    }
    left.interconnect_mw = Series::Steps(interconnect);
    let whole: Vec<Vec<f64>> =
        fixed_mw.iter().map(|mw| if mw.is_empty() { vec![0.0; case.steps()] } else { mw.clone() }).collect();
    for (budget, of_case) in left.budgets.iter_mut().zip(&case.budgets) {
        budget.mwh -= budget_mwh(case, of_case, &whole, &[]);
    }
    Some(left)
}

/// Sells running load that stands for no reserve yet, the best paid first, where no least energy is put at risk.
fn sell_free_load(case: &Case, it_mw: &[Vec<f64>], reserve_mw: &mut [Vec<Vec<f64>>]) {
    let mut slacks: Vec<f64> = Vec::new();
    for budget in &case.budgets {
        slacks.push(sign(budget.side) * (budget_mwh(case, budget, it_mw, reserve_mw) - budget.mwh));
    }
    for t in 0..case.steps() {
        let mut sales: Vec<(f64, usize, usize, usize)> = Vec::new();
        for (j, reserve) in case.reserves.iter().enumerate() {
            for (place, &k) in reserve.loads.iter().enumerate() {
                let lost =
                    case.loads[k].value_usd_per_it_mwh.at(t) / case.loads[k].pue - case.price_usd_per_mwh[t];
                let paid = reserve.price_usd_per_mw_h.at(t) - reserve.called_share * lost;
                sales.push((paid, j, place, k));
            }
        }
        sales.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, j, place, k) in sales.into_iter().take_while(|sale| sale.0 > 0.0) {
            let reserve = &case.reserves[j];
            let sold_of = |(reserve, sold): (&crate::case::Reserve, &Vec<Vec<f64>>)| -> f64 {
                reserve.loads.iter().zip(sold).filter(|(of, _)| **of == k).map(|(_, mw)| mw[t]).sum()
            };
            let stood: f64 = case.reserves.iter().zip(reserve_mw.iter()).map(sold_of).sum();
            let sold: f64 = reserve_mw[j].iter().map(|mw| mw[t]).sum();
            let mut most = (case.loads[k].pue * it_mw[k][t] - stood).min(reserve.limit_mw - sold);
            // Energy at the meter that a MW sold takes off the budgets.
            let called = reserve.called_share * case.step_hours;
            let taken = |budget: &Budget| match budget.of {
                BudgetOf::Site => called,
                BudgetOf::Load(of) if of == k => called / case.loads[k].pue,
                BudgetOf::Load(_) => 0.0,
            };
            let here = |budget: &Budget| budget.steps.contains(&t);
            for (budget, slack) in case.budgets.iter().zip(&slacks).filter(|(budget, _)| here(budget)) {
                if budget.side == Side::AtLeast && taken(budget) > 0.0 {
                    most = most.min(slack / taken(budget));
                }
            }
            if most > 0.0 {
                reserve_mw[j][place][t] += most;
                for (budget, slack) in case.budgets.iter().zip(&mut slacks).filter(|(budget, _)| here(budget))
                {
                    *slack -= sign(budget.side) * taken(budget) * most;
                }
            }
        }
    }
}

//! From a solver's nearly feasible dispatch to a feasible one, and from its multipliers to the best bound they give.

use crate::case::{BudgetOf, Case};
use crate::certificate::{bound_usd, budget_mwh};
use crate::optimum::Multipliers;
use crate::segments::{Segments, sign};

/// Multipliers below this share of the largest of their kind may be noise of the solver.
const NOISE_SHARE: f64 = 1e-8;

/// A load this close to 0 or to its capacity, as a share of it, belongs there if its margin says so.
const BESIDE_SHARE: f64 = 1e-7;
/// Margins this small beside price and worth may be ties.
const TIE_SHARE: f64 = 1e-6;

/// Puts loads that the solver left beside 0 or their capacity onto it where their margin is no tie.
pub(super) fn onto_bounds(case: &Case, margins: &[Vec<f64>], it_mw: &mut [Vec<f64>]) {
    for ((load, run), margins) in case.loads.iter().zip(it_mw).zip(margins) {
        for (t, mw) in run.iter_mut().enumerate() {
            let size = case.price_usd_per_mwh[t].abs() + load.value_usd_per_it_mwh.at(t).abs();
            let most = load.capacity_it_mw.at(t);
            let bound = if margins[t] > 0.0 { most } else { 0.0 };
            if margins[t].abs() > TIE_SHARE * size && (*mw - bound).abs() < BESIDE_SHARE * most {
                *mw = bound;
            }
        }
    }
}

/// Moves a dispatch into capacities, interconnect, ramps and limits of reserves; it only lowers, by what was broken.
pub(super) fn into_limits(case: &Case, it_mw: &mut [Vec<f64>], reserve_mw: &mut [Vec<Vec<f64>>]) {
    for (load, run) in case.loads.iter().zip(it_mw.iter_mut()) {
        run.iter_mut().enumerate().for_each(|(t, mw)| *mw = mw.min(load.capacity_it_mw.at(t)).max(0.0));
    }
    for t in 0..case.steps() {
        let draw: f64 = case.loads.iter().zip(it_mw.iter()).map(|(load, run)| load.pue * run[t]).sum();
        let most = case.interconnect_mw.at(t);
        if draw > most {
            it_mw.iter_mut().for_each(|run| run[t] *= most / draw);
        }
    }
    for (k, run) in it_mw.iter_mut().enumerate() {
        let Some(ramp) = case.ramp_it_mw_per_step(k) else { continue };
        // The largest path below this one that keeps to the ramp.
        (1..run.len()).for_each(|t| run[t] = run[t].min(run[t - 1] + ramp));
        (1..run.len()).rev().for_each(|t| run[t - 1] = run[t - 1].min(run[t] + ramp));
    }
    for t in 0..case.steps() {
        for (reserve, sold) in case.reserves.iter().zip(reserve_mw.iter_mut()) {
            let total: f64 = sold.iter().map(|mw| mw[t].max(0.0)).sum();
            let share = if total > reserve.limit_mw { reserve.limit_mw / total } else { 1.0 };
            sold.iter_mut().for_each(|mw| mw[t] = mw[t].max(0.0) * share);
        }
        for (k, load) in case.loads.iter().enumerate() {
            let (sold, most) = (sold_mw(case, reserve_mw, k, t), load.pue * it_mw[k][t]);
            if sold > most {
                for (reserve, places) in case.reserves.iter().zip(reserve_mw.iter_mut()) {
                    let own = reserve.loads.iter().zip(places).filter(|(of, _)| **of == k);
                    own.for_each(|(_, mw)| mw[t] *= most / sold);
                }
            }
        }
    }
}

/// What load `k` stands for in all reserves of step `t`, MW at the meter.
fn sold_mw(case: &Case, reserve_mw: &[Vec<Vec<f64>>], k: usize, t: usize) -> f64 {
    let places =
        case.reserves.iter().zip(reserve_mw).flat_map(|(reserve, sold)| reserve.loads.iter().zip(sold));
    places.filter(|(of, _)| **of == k).map(|(_, mw)| mw[t]).sum()
}

/// Moves single loads of single steps to meet budgets that are missed, the moves that cost least first.
pub(super) fn into_budgets(
    case: &Case,
    margins: &[Vec<f64>],
    it_mw: &mut [Vec<f64>],
    reserve_mw: &[Vec<Vec<f64>>],
) {
    let slack = |it_mw: &[Vec<f64>], b: usize| {
        let budget = &case.budgets[b];
        sign(budget.side) * (budget_mwh(case, budget, it_mw, reserve_mw) - budget.mwh)
    };
    let mut slacks: Vec<f64> = (0..case.budgets.len()).map(|b| slack(it_mw, b)).collect();
    if slacks.iter().all(|slack| *slack >= 0.0) {
        return;
    }
    let mut draw_mw: Vec<f64> = (0..case.steps())
        .map(|t| case.loads.iter().zip(it_mw.iter()).map(|(load, run)| load.pue * run[t]).sum())
        .collect();
    for (b, budget) in case.budgets.iter().enumerate() {
        if slacks[b] >= 0.0 {
            continue;
        }
        let up = sign(budget.side);
        let counts = |k: usize| budget.of == BudgetOf::Site || budget.of == BudgetOf::Load(k);
        let mut moves: Vec<(usize, usize)> = (0..case.loads.len())
            .filter(|k| counts(*k))
            .flat_map(|k| budget.steps.clone().map(move |t| (k, t)))
            .collect();
        moves.sort_by(|a, b| (up * margins[b.0][b.1]).total_cmp(&(up * margins[a.0][a.1])));
        for (k, t) in moves {
            let hours = energy_per_mw(case, budget.of, k);
            let mut most = (-slacks[b] / hours).min(room_mw(case, it_mw, reserve_mw, &draw_mw, (k, t, up)));
            for (other, slack) in case.budgets.iter().zip(&slacks).filter(|(o, _)| o.steps.contains(&t)) {
                let lost = -sign(other.side) * up * energy_per_mw(case, other.of, k);
                let touched = other.of == BudgetOf::Site || other.of == BudgetOf::Load(k);
                if touched && lost > 0.0 {
                    most = most.min(slack / lost);
                }
            }
            if most <= 0.0 {
                continue;
            }
            it_mw[k][t] += up * most;
            draw_mw[t] += up * most * case.loads[k].pue;
            for (other, slack) in case.budgets.iter().zip(&mut slacks) {
                let touched = other.of == BudgetOf::Site || other.of == BudgetOf::Load(k);
                if touched && other.steps.contains(&t) {
                    *slack += sign(other.side) * up * most * energy_per_mw(case, other.of, k);
                }
            }
            if slacks[b] >= 0.0 {
                break;
            }
        }
    }
}

/// Energy that a budget counts per IT MW of load `k` in a step, MWh.
fn energy_per_mw(case: &Case, of: BudgetOf, k: usize) -> f64 {
    match of {
        BudgetOf::Load(_) => case.step_hours,
        BudgetOf::Site => case.step_hours * case.loads[k].pue,
    }
}

/// How far load `k` may rise (`up` 1) or fall (−1) in step `t` while all others stand, IT MW.
fn room_mw(
    case: &Case,
    it_mw: &[Vec<f64>],
    reserve_mw: &[Vec<Vec<f64>>],
    draw_mw: &[f64],
    (k, t, up): (usize, usize, f64),
) -> f64 {
    let (load, run) = (&case.loads[k], &it_mw[k]);
    let mut room = if up > 0.0 {
        let free = (case.interconnect_mw.at(t) - draw_mw[t]) / load.pue;
        free.min(load.capacity_it_mw.at(t) - run[t])
    } else {
        run[t] - sold_mw(case, reserve_mw, k, t) / load.pue
    };
    if let Some(ramp) = case.ramp_it_mw_per_step(k) {
        let before = t.checked_sub(1).map(|t| run[t]);
        for beside in before.into_iter().chain(run.get(t + 1).copied()) {
            room = room.min(ramp - up * (run[t] - beside));
        }
    }
    room
}

/// What a MWh at the meter of a load earns beyond all multipliers, USD/MWh, `[load][step]`; about 0 where it may move.
///
/// It fills the interconnect's multipliers on the way.
pub(super) fn margins_usd_per_mwh(case: &Case, multipliers: &mut Multipliers) -> Vec<Vec<f64>> {
    let _ = bound_usd(case, multipliers);
    let segments = Segments::of(case);
    let mut worth = Vec::new();
    segments.worth(case, &multipliers.budget_usd_per_mwh, true, &mut worth);
    let loads = case.loads.len();
    let mut margins = vec![vec![0.0; case.steps()]; loads];
    for segment in 0..segments.len() {
        for t in segments.steps(segment) {
            let hour = multipliers.interconnect_usd_per_mw[t] / case.step_hours + case.price_usd_per_mwh[t];
            for (k, margins) in margins.iter_mut().enumerate() {
                let ramp = &multipliers.ramp_usd_per_it_mw[k];
                let at = |t: usize| ramp.get(t).copied().unwrap_or(0.0);
                let change = (at(t + 1) - at(t)) / (case.loads[k].pue * case.step_hours);
                margins[t] = worth[segment * loads + k] - hour + change;
            }
        }
    }
    margins
}

/// The multipliers, or the same without those that look like noise: whichever bounds lower, and the bound, USD.
pub(super) fn best_bound(case: &Case, multipliers: &Multipliers) -> (Multipliers, f64) {
    let mut best = multipliers.clone();
    let mut least = bound_usd(case, &mut best);
    let mut clean = multipliers.clone();
    clear_noise(clean.budget_usd_per_mwh.iter_mut());
    clear_noise(clean.ramp_usd_per_it_mw.iter_mut().flatten());
    // Limits of 0 have prices far above the others' noise, but each reserve is measured by its own.
    clean.reserve_usd_per_mw.iter_mut().for_each(|prices| clear_noise(prices.iter_mut()));
    let bound = bound_usd(case, &mut clean);
    if bound < least {
        (best, least) = (clean, bound);
    }
    (best, least)
}

fn clear_noise<'a>(prices: impl Iterator<Item = &'a mut f64>) {
    let prices: Vec<&mut f64> = prices.collect();
    let most = prices.iter().fold(0.0_f64, |most, price| most.max(price.abs()));
    prices.into_iter().filter(|price| price.abs() < NOISE_SHARE * most).for_each(|price| *price = 0.0);
}

/// Prices the limits of at most `least_mw`, which the program leaves out with all that they close, above what any sale could earn.
pub(super) fn price_closed_reserves(case: &Case, least_mw: f64, multipliers: &mut Multipliers) {
    let budgets: f64 = multipliers.budget_usd_per_mwh.iter().sum();
    for (reserve, prices) in case.reserves.iter().zip(&mut multipliers.reserve_usd_per_mw) {
        if reserve.limit_mw > least_mw {
            continue;
        }
        for (t, price) in prices.iter_mut().enumerate() {
            let values = case.loads.iter().map(|load| load.value_usd_per_it_mwh.at(t).abs());
            let lost = values.fold(0.0, f64::max) + budgets + case.price_usd_per_mwh[t].abs();
            *price = case.step_hours * (reserve.price_usd_per_mw_h.at(t).abs() + reserve.called_share * lost);
        }
    }
}

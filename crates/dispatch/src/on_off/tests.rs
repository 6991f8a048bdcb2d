//! Hand cases, and small random cases against every pattern of off and on states.

#![expect(
    clippy::print_stderr,
    reason = "what was measured, and what was skipped, is told to who runs the test"
)]

use super::*;
use crate::case::{Budget, BudgetOf, Load, Restart, Series, Side};
use crate::interior_point;
use crate::test_support::random_cases::{Variety, random_case};
use crate::test_support::reference::dispatch_100mw;
use crate::test_support::simplex;
use std::time::Instant;

/// Most bits of a pattern that are tried one by one.
const MOST_BITS: usize = 9;

fn with_restart(mw: f64, value: f64, cost_usd: f64, minimum_share: f64) -> Load {
    Load {
        name: format!("load of {value} USD/MWh"),
        capacity_it_mw: Series::Constant(mw),
        value_usd_per_it_mwh: Series::Constant(value),
        pue: 1.0,
        ramp_it_mw_per_hour: None,
        restart: Some(Restart { cost_usd, minimum_share }),
    }
}

fn case(prices: &[f64], interconnect_mw: f64, loads: Vec<Load>) -> Case {
    Case {
        step_hours: 1.0,
        price_usd_per_mwh: prices.to_vec(),
        interconnect_mw: Series::Constant(interconnect_mw),
        loads,
        budgets: Vec::new(),
        block: None,
        reserves: Vec::new(),
    }
}

/// Solves a case and holds that the value is the given one, and the gap closed.
fn check(case: &Case, value_usd: f64) -> Optimum {
    let optimum = solve(case, interior_point::solve).expect("a dispatch");
    let close = 1e-7 * value_usd.abs().max(1.0);
    assert!((optimum.value_usd - value_usd).abs() < close, "{} for {value_usd}", optimum.value_usd);
    assert!((optimum.certificate.dual_usd - value_usd).abs() < close, "{:?}", optimum.certificate);
    optimum
}

#[test]
fn start_dearer_than_the_loss_keeps_a_load_on_at_its_least() {
    // The spike loses 40 per MW: at 4 of 10 MW 160, less than a start of 300 or the 200 of staying off, more than one of 100.
    let prices = [30.0, 90.0, 30.0];
    let optimum = check(&case(&prices, 100.0, vec![with_restart(10.0, 50.0, 300.0, 0.4)]), 400.0 - 160.0);
    assert!((optimum.it_mw[0][1] - 4.0).abs() < 1e-6, "{:?}", optimum.it_mw);
    assert_eq!(optimum.method, Method::OnOff);
    let optimum = check(&case(&prices, 100.0, vec![with_restart(10.0, 50.0, 100.0, 0.4)]), 400.0 - 100.0);
    assert_eq!(optimum.it_mw[0][1], 0.0);
}

#[test]
fn first_state_is_free() {
    let load = with_restart(10.0, 50.0, 1e6, 1.0);
    check(&case(&[30.0, 30.0, 120.0], 100.0, vec![load.clone()]), 400.0);
    // Off first: the start at the end would cost more than it earns.
    check(&case(&[120.0, 120.0, 30.0], 100.0, vec![load]), 0.0);
}

#[test]
fn least_loads_contend_for_the_interconnect() {
    let loads = vec![with_restart(10.0, 60.0, 5.0, 0.5), with_restart(10.0, 50.0, 5.0, 0.9)];
    // Together 10 and 5 of 14 MW overload it with the 9 that the second needs at least: 5 and 9 earn 30·5 + 20·9.
    check(&case(&[30.0; 4], 14.0, loads), 4.0 * 330.0);
}

#[test]
fn states_stay_within_a_ramp() {
    let mut load = with_restart(10.0, 50.0, 0.0, 0.5);
    load.ramp_it_mw_per_hour = Some(4.0);
    // It can neither leave 5 MW for 0 nor rise from 0 to 5: on throughout, at 6 MW in the spike, which loses 46 per MWh.
    check(&case(&[20.0, 96.0, 20.0], 100.0, vec![load.clone()]), 30.0 * 20.0 - 46.0 * 6.0);
    load.ramp_it_mw_per_hour = Some(5.0);
    // Off in the spike, from and to 5 MW: less than 5 MW in it between full hours only if it loses above 60 per MWh.
    let optimum = check(&case(&[20.0, 116.0, 20.0], 100.0, vec![load]), 30.0 * 10.0);
    assert_eq!(optimum.it_mw[0][1], 0.0);
}

#[test]
fn budget_that_only_lies_below_the_least_load_is_reported() {
    let mut case = case(&[30.0], 100.0, vec![with_restart(10.0, 50.0, 0.0, 0.5)]);
    let (of, steps) = (BudgetOf::Load(0), 0..1);
    case.budgets.push(Budget {
        name: "least".to_owned(),
        of,
        side: Side::AtLeast,
        steps: steps.clone(),
        mwh: 2.0,
    });
    case.budgets.push(Budget { name: "most".to_owned(), of, side: Side::AtMost, steps, mwh: 3.0 });
    let found = solve(&case, interior_point::solve);
    assert!(matches!(found, Err(DispatchError::Solver { .. })), "{found:?}");
    case.budgets[0].mwh = 11.0;
    let found = solve(&case, interior_point::solve);
    assert!(matches!(found, Err(DispatchError::Infeasible(_))), "{found:?}");
}

/// The best value over all patterns of off and on states; none if no pattern is possible.
fn best_of_all_patterns(case: &Case, switched: &[usize]) -> Option<f64> {
    let steps = case.steps();
    let mut best: Option<f64> = None;
    for pattern in 0..1_u32 << (switched.len() * steps) {
        let mut fixed = case.clone();
        let mut least = vec![vec![0.0; steps]; case.loads.len()];
        let mut cost = 0.0;
        for (i, &k) in switched.iter().enumerate() {
            let on = |t: usize| pattern & (1 << (i * steps + t)) != 0;
            let restart = case.loads[k].restart.expect("a restart");
            let capacity = |t: usize| if on(t) { case.loads[k].capacity_it_mw.at(t) } else { 0.0 };
            least[k] = (0..steps).map(|t| restart.minimum_share * capacity(t)).collect();
            fixed.loads[k].capacity_it_mw = Series::Steps((0..steps).map(capacity).collect());
            cost += restart.cost_usd * (1..steps).filter(|&t| on(t) && !on(t - 1)).count() as f64;
        }
        if let Some(found) = simplex::optimum_above(&fixed, &least) {
            let value = found.value_usd - cost;
            best = Some(best.map_or(value, |best: f64| best.max(value)));
        }
    }
    best
}

/// Runs a load at 0 or between its least and its capacity.
fn check_least_loads(case: &Case, found: &Optimum) {
    for (k, run) in found.it_mw.iter().enumerate().filter(|(k, _)| case.loads[*k].restart.is_some()) {
        for (t, mw) in run.iter().enumerate() {
            let least = least_it_mw(case, k, t);
            assert!(*mw == 0.0 || *mw > least - 1e-8 * least.max(1.0), "load {k} at {mw} of {least} MW");
        }
    }
}

/// Random cases with restarts that are small enough to try every pattern, and their loads with restarts.
///
/// The last one has a budget met to rounding, which once sent its price beyond all bounds.
fn small_cases() -> impl Iterator<Item = (u64, Case, Vec<usize>)> {
    let variety = Variety {
        most_steps: 5,
        most_loads: 3,
        most_ramped: 1,
        most_budgets: 2,
        reserves: true,
        restarts: true,
    };
    let with_switched = move |seed| {
        let case = random_case(seed, variety);
        let restarts = |k: &usize| case.loads[*k].restart.is_some();
        let switched: Vec<usize> = (0..case.loads.len()).filter(restarts).collect();
        (seed, case, switched)
    };
    let small = |(_, case, switched): &(u64, Case, Vec<usize>)| {
        !switched.is_empty() && switched.len() * case.steps() <= MOST_BITS
    };
    (0..400).chain([5550]).map(with_switched).filter(small)
}

#[test]
fn random_cases_lie_between_the_best_pattern_and_the_bound() {
    let (mut cases, mut free, mut gaps, mut missed, mut none) = (0, 0, Vec::new(), Vec::new(), 0);
    let (mut plain, mut plain_missed) = (0, 0);
    for (seed, case, switched) in small_cases() {
        let best = best_of_all_patterns(&case, &switched);
        let (found, best) = match (solve(&case, interior_point::solve), best) {
            (Ok(found), Some(best)) => (found, best),
            (Err(DispatchError::Infeasible(_) | DispatchError::Solver { .. }), None) => continue,
            (Err(DispatchError::Solver { .. }), Some(_)) => {
                none += 1;
                continue;
            }
            (found, best) => panic!("seed {seed}: {:?} for {best:?}", found.map(|found| found.value_usd)),
        };
        cases += 1;
        let gross_usd: f64 = case
            .loads
            .iter()
            .zip(0..)
            .map(|(load, k)| load.value_usd_per_it_mwh.at(0) * case.meter_mw(k, 0))
            .sum();
        let scale = (best - case.block_value_usd()).abs().max(1e-2 * gross_usd).max(1.0);
        let certificate = &found.certificate;
        assert!(found.value_usd <= best + 1e-7 * scale, "seed {seed}: {} above {best}", found.value_usd);
        assert!(certificate.dual_usd >= best - 1e-7 * scale, "seed {seed}: {best} above {certificate:?}");
        assert!(
            certificate.worst_step_mw < 1e-8 && certificate.worst_budget_share < 1e-8,
            "seed {seed}: {certificate:?}"
        );
        check_least_loads(&case, &found);
        gaps.push((certificate.dual_usd - found.value_usd) / scale);
        missed.push((best - found.value_usd) / scale);
        let ramps = case.loads.iter().any(|load| load.ramp_it_mw_per_hour.is_some());
        let limits = case.reserves.iter().any(|reserve| reserve.limit_mw.is_finite());
        if case.budgets.is_empty() && !ramps && !limits {
            free += 1;
            assert!(gaps[gaps.len() - 1] < 1e-7, "seed {seed}: {certificate:?} though nothing couples steps");
        }
        if case.reserves.is_empty() {
            plain += 1;
            plain_missed += usize::from(missed[missed.len() - 1] > 1e-7);
        }
    }
    gaps.sort_by(f64::total_cmp);
    missed.sort_by(f64::total_cmp);
    let at = |sorted: &[f64], share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    eprintln!(
        "{cases} cases, {free} free, {none} without answer, {plain_missed} of {plain} without reserves below the best; gap median {:e}, 9 of 10 {:e}, worst {:e}; below best pattern {:e}, {:e}, {:e}",
        at(&gaps, 0.5),
        at(&gaps, 0.9),
        at(&gaps, 1.0),
        at(&missed, 0.5),
        at(&missed, 0.9),
        at(&missed, 1.0)
    );
    assert!(
        cases > 60 && free > 10 && none == 0 && plain > 50 && plain_missed == 0,
        "{cases} cases, {free} free"
    );
}

#[test]
fn many_loads_are_bounded_one_by_one() {
    let loads: Vec<Load> =
        (0..8).map(|k| with_restart(10.0, 45.0 + f64::from(k), 20.0 + 10.0 * f64::from(k), 0.5)).collect();
    let prices = [30.0, 60.0, 30.0, 90.0, 20.0, 48.0, 47.0, 30.0];
    let wide = check_bound(&case(&prices, 100.0, loads.clone()));
    assert!(wide < 1e-7, "nothing couples: {wide:e}");
    let narrow = check_bound(&case(&prices, 43.0, loads));
    assert!(narrow < 0.05, "{narrow:e}");
}

/// Relative gap of a case, which the certificate must hold.
fn check_bound(case: &Case) -> f64 {
    let found = solve(case, interior_point::solve).expect("a dispatch");
    check_least_loads(case, &found);
    let certificate = &found.certificate;
    assert!(certificate.relative_gap > -1e-8 && certificate.worst_step_mw < 1e-8, "{certificate:?}");
    certificate.relative_gap
}

#[test]
fn reference_year_with_restarts_has_a_small_gap() {
    let Some((mut case, _)) = dispatch_100mw() else {
        return;
    };
    for load in &mut case.loads[..3] {
        load.restart = Some(Restart { cost_usd: 500.0, minimum_share: 0.5 });
    }
    let start = Instant::now();
    let found = solve(&case, interior_point::solve).expect("a dispatch");
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("reference year with restarts: {:?}, {:?}, {seconds:.1} s", found.certificate, found.effort);
    check_least_loads(&case, &found);
    assert!((0.0..1e-3).contains(&found.certificate.relative_gap), "{:?}", found.certificate);
}

//! Hand cases, the reference year, and random cases against a simplex.

#![expect(
    clippy::print_stderr,
    reason = "what was measured, and what was skipped, is told to who runs the test"
)]

use super::*;
use crate::case::{Block, Budget, BudgetOf, Reserve};
use crate::test_support::random_cases::{Variety, random_case};
use crate::test_support::reference::dispatch_100mw;
use crate::test_support::simplex;
use std::time::Instant;

fn load(mw: f64, value: f64, pue: f64) -> Load {
    Load {
        name: format!("load of {value} USD/MWh"),
        capacity_it_mw: Series::Constant(mw),
        value_usd_per_it_mwh: Series::Constant(value),
        pue,
        ramp_it_mw_per_hour: None,
        restart: None,
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

fn budget(of: BudgetOf, side: Side, steps: std::ops::Range<usize>, mwh: f64) -> Budget {
    Budget { name: "budget".to_owned(), of, side, steps, mwh }
}

/// Solves a case and holds value, gap and limits.
fn check(case: &Case, value_usd: f64) -> Optimum {
    case.check().expect("a good case");
    let optimum = solve(case).expect("an optimum");
    let close = 1e-8 * value_usd.abs().max(1.0);
    assert!((optimum.value_usd - value_usd).abs() < close, "{} for {value_usd}", optimum.value_usd);
    let certificate = &optimum.certificate;
    assert!(certificate.relative_gap.abs() < 1e-8, "{certificate:?}");
    assert!(certificate.worst_step_mw < 1e-9 && certificate.worst_budget_share < 1e-9, "{certificate:?}");
    optimum
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{found} for {expected}");
}

#[test]
fn single_load_runs_where_it_earns() {
    // Worth 120/1.2 = 100 at the meter.
    let optimum = check(&case(&[40.0, 99.0, 101.0, -10.0], 100.0, vec![load(10.0, 120.0, 1.2)]), 2052.0);
    near(optimum.it_mw[0][2], 0.0);
    near(optimum.energy_it_mwh[0], 30.0);
}

#[test]
fn contest_prices_the_interconnect() {
    let case = case(&[50.0, 90.0], 15.0, vec![load(10.0, 80.0, 1.0), load(10.0, 120.0, 1.2)]);
    let multipliers = check(&case, 810.0).multipliers.expect("multipliers");
    near(multipliers.interconnect_usd_per_mw[0], 30.0);
    near(multipliers.interconnect_usd_per_mw[1], 0.0);
}

#[test]
fn binding_budgets_carry_their_price() {
    let mut case = case(&[50.0, 90.0, 120.0], 100.0, vec![load(10.0, 60.0, 1.0)]);
    case.budgets.push(budget(BudgetOf::Load(0), Side::AtLeast, 0..3, 15.0));
    // Ten MWh earn 10, five lose 30; a sixteenth would lose 30 too.
    let optimum = check(&case, -50.0);
    near(optimum.multipliers.expect("multipliers").budget_usd_per_mwh[0], 30.0);
    case.budgets[0] = budget(BudgetOf::Site, Side::AtMost, 0..3, 4.0);
    let optimum = check(&case, 40.0);
    near(optimum.multipliers.expect("multipliers").budget_usd_per_mwh[0], 10.0);
}

#[test]
fn ramp_falls_before_a_spike() {
    let mut training = load(30.0, 100.0, 1.0);
    training.ramp_it_mw_per_hour = Some(10.0);
    // An hour earns 50 per MW, the spike loses 900: stopping pays, and costs 10 + 20 MW on either side.
    let case = case(&[50.0, 50.0, 50.0, 1000.0, 50.0, 50.0, 50.0], 100.0, vec![training]);
    let optimum = check(&case, 50.0 * 2.0 * (30.0 + 20.0 + 10.0));
    for (mw, expected) in optimum.it_mw[0].iter().zip([30.0, 20.0, 10.0, 0.0, 10.0, 20.0, 30.0]) {
        near(*mw, expected);
    }
    let ramp = &optimum.multipliers.expect("multipliers").ramp_usd_per_it_mw[0];
    assert!(ramp[3] < -1.0 && ramp[4] > 1.0, "{ramp:?}");
    assert_eq!(ramp[0], 0.0);
}

#[test]
fn no_ramp_at_all_holds_a_load_still() {
    let mut still = load(10.0, 100.0, 1.0);
    still.ramp_it_mw_per_hour = Some(0.0);
    check(&case(&[50.0, 130.0], 100.0, vec![still.clone()]), 200.0);
    check(&case(&[50.0, 230.0], 100.0, vec![still]), 0.0);
}

#[test]
fn reserve_above_energy_runs_a_load_at_a_loss_up_to_its_limit() {
    let mut case = case(&[70.0, 20.0], 100.0, vec![load(10.0, 60.0, 1.0)]);
    let price = Series::Constant(15.0);
    let name = "ECRS".to_owned();
    case.reserves.push(Reserve {
        name,
        price_usd_per_mw_h: price,
        called_share: 0.0,
        limit_mw: 4.0,
        loads: vec![0],
    });
    let optimum = check(&case, 4.0 * 5.0 + 10.0 * 40.0 + 4.0 * 15.0);
    near(optimum.it_mw[0][0], 4.0);
    let multipliers = optimum.multipliers.expect("multipliers");
    near(multipliers.reserve_usd_per_mw[0][0], 5.0);
    near(multipliers.reserve_usd_per_mw[0][1], 15.0);
    case.reserves[0].limit_mw = 0.0;
    check(&case, 400.0);
}

#[test]
fn calls_take_energy_off_a_budget() {
    let mut case = case(&[20.0], 100.0, vec![load(10.0, 60.0, 1.25)]);
    let (name, price) = ("RRS".to_owned(), Series::Constant(15.0));
    let limit_mw = f64::INFINITY;
    case.reserves.push(Reserve {
        name,
        price_usd_per_mw_h: price,
        called_share: 0.5,
        limit_mw,
        loads: vec![0],
    });
    // Energy earns 60/1.25 - 20 = 28 per MWh at the meter: a call costs 14, so 1 is left per MW offered.
    check(&case, 12.5 * 28.0 + 12.5);
    case.budgets.push(budget(BudgetOf::Load(0), Side::AtLeast, 0..1, 8.0));
    // 8 IT MWh are 10 at the meter: of 12.5 MW, 2.5 may be called, so 5 MW are offered.
    let optimum = check(&case, 12.5 * 28.0 + 5.0);
    near(optimum.energy_it_mwh[0], 8.0);
}

#[test]
fn block_adds_its_spread_whatever_the_draw() {
    let mut case = case(&[50.0, 200.0], 100.0, vec![load(10.0, 100.0, 1.0)]);
    case.step_hours = 0.25;
    case.block = Some(Block { mw: 20.0, strike_usd_per_mwh: 40.0 });
    let optimum = check(&case, 0.25 * (500.0 + 20.0 * (10.0 + 160.0)));
    near(optimum.block_value_usd, 850.0);
}

#[test]
fn impossible_budgets_are_split() {
    let mut case = case(&[50.0; 4], 15.0, vec![load(10.0, 60.0, 1.0), load(10.0, 60.0, 1.0)]);
    case.budgets.push(budget(BudgetOf::Load(0), Side::AtLeast, 0..4, 40.0));
    case.budgets.push(budget(BudgetOf::Load(1), Side::AtLeast, 0..4, 25.0));
    let Err(DispatchError::Infeasible(found)) = solve(&case) else { panic!("60 MWh cannot serve 65") };
    near(found.shortfalls.iter().map(|short| short.mwh).sum(), 5.0);
    case.loads.clear();
    case.budgets = vec![budget(BudgetOf::Site, Side::AtLeast, 0..4, 1.0)];
    assert!(matches!(solve(&case), Err(DispatchError::Infeasible(_))));
    case.budgets.clear();
    check(&case, 0.0);
}

#[test]
fn reference_year_reaches_its_optimum() {
    let Some((case, optimum_usd)) = dispatch_100mw() else {
        return;
    };
    let start = Instant::now();
    let optimum = solve(&case).expect("an optimum");
    let seconds = start.elapsed().as_secs_f64();
    let (certificate, effort) = (&optimum.certificate, optimum.effort);
    let off = optimum.value_usd / optimum_usd - 1.0;
    eprintln!("reference year: {off:e} of the optimum, {certificate:?}, {effort:?}, {seconds:.2} s");
    assert!(off.abs() < 1e-8 && certificate.relative_gap.abs() < 1e-8, "{off:e} {certificate:?}");
    assert!(certificate.worst_step_mw < 1e-9 && certificate.worst_budget_share < 1e-9, "{certificate:?}");
}

#[test]
fn random_cases_agree_with_the_simplex() {
    let (mut worst, mut gap, mut budgets, mut infeasible) = (0.0_f64, 0.0_f64, 0.0_f64, 0);
    for seed in 0..200 {
        let case = random_case(seed, Variety::linear(seed % 2 == 0));
        match (solve(&case), simplex::optimum(&case)) {
            (Ok(found), Some(expected)) => {
                // Relative to the value without the block; where nothing pays, to a share of what is at stake.
                let own_usd = (expected.value_usd - case.block_value_usd()).abs();
                let scale =
                    own_usd.max(1e-4 * size_usd(&case)).max(1e-6 * case.block_value_usd().abs()).max(1e-3);
                let off = (found.value_usd - expected.value_usd).abs() / scale;
                assert!(off < 1e-7, "seed {seed}: {off:e}, {} for {}", found.value_usd, expected.value_usd);
                let certificate = &found.certificate;
                assert!(certificate.worst_step_mw < 1e-9, "seed {seed}: {certificate:?}");
                worst = worst.max(off);
                gap = gap.max((certificate.dual_usd - certificate.primal_usd).abs() / scale);
                budgets = budgets.max(certificate.worst_budget_share);
            }
            (Err(DispatchError::Infeasible(found)), None) => {
                infeasible += 1;
                let (sum, least) = (
                    found.shortfalls.iter().map(|s| s.mwh).sum::<f64>(),
                    simplex::least_shortfall_mwh(&case),
                );
                assert!((sum - least).abs() < 1e-6 * least.max(1.0), "seed {seed}: {sum} for {least}");
            }
            (found, expected) => {
                let expected = expected.map(|expected| expected.value_usd);
                panic!("seed {seed}: {:?} for {expected:?}", found.map(|found| found.value_usd));
            }
        }
    }
    eprintln!("worst value {worst:e}, gap {gap:e}, budget {budgets:e}; {infeasible} infeasible");
    assert!(gap < 1e-7 && budgets < 1e-8 && infeasible > 20, "{gap:e} {budgets:e} {infeasible}");
}

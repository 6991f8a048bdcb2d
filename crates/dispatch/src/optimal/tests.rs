//! What must hold of every optimum, on random cases.

use super::*;
use crate::case::{Block, BudgetOf, Series, Side};
use crate::error::DispatchError;
use crate::real_time::real_time;
use crate::test_support::random_cases::{Variety, random_case};

/// One ramped load at most, so that the optimum is exact.
const EXACT: Variety = Variety {
    most_steps: 60,
    most_loads: 6,
    most_ramped: 1,
    most_budgets: 5,
    reserves: false,
    restarts: false,
};

/// Feasible random cases with their optimum.
fn feasible(seeds: std::ops::Range<u64>) -> impl Iterator<Item = (u64, Case, Optimum)> {
    seeds.filter_map(|seed| {
        let case = random_case(seed, EXACT);
        optimal(&case).ok().map(|found| (seed, case, found))
    })
}

fn value(case: &Case) -> f64 {
    optimal(case).expect("still feasible").value_usd
}

/// USD by which two optima of the case may differ for rounding.
fn noise(case: &Case, found: &Optimum) -> f64 {
    let full: f64 = (0..case.loads.len()).map(|k| case.meter_mw(k, 0)).sum();
    1e-9 * (found.value_usd.abs() + full * case.steps() as f64 * 100.0).max(1.0)
}

#[test]
fn more_interconnect_looser_budgets_and_higher_values_never_hurt() {
    for (seed, case, found) in feasible(0..400) {
        let noise = noise(&case, &found);
        let mut wider = case.clone();
        wider.interconnect_mw = match &case.interconnect_mw {
            Series::Constant(mw) => Series::Constant(mw + 3.0),
            Series::Steps(mw) => Series::Steps(mw.iter().map(|mw| mw + 3.0).collect()),
        };
        assert!(value(&wider) >= found.value_usd - noise, "seed {seed}");
        let mut looser = case.clone();
        for budget in &mut looser.budgets {
            budget.mwh += if budget.side == Side::AtLeast { -2.0 } else { 2.0 };
        }
        assert!(value(&looser) >= found.value_usd - noise, "seed {seed}");
        let mut dearer = case.clone();
        for load in &mut dearer.loads {
            load.value_usd_per_it_mwh = match &load.value_usd_per_it_mwh {
                Series::Constant(usd) => Series::Constant(usd + 5.0),
                Series::Steps(usd) => Series::Steps(usd.iter().map(|usd| usd + 5.0).collect()),
            };
        }
        assert!(value(&dearer) >= found.value_usd - noise, "seed {seed}");
    }
}

#[test]
fn multipliers_lie_between_left_and_right_differences() {
    let mut priced = 0;
    for (seed, case, found) in feasible(0..400) {
        let multipliers = found.multipliers.as_ref().expect("a linear case has multipliers");
        for (j, budget) in case.budgets.iter().enumerate() {
            let shift = 1e-3 * budget.mwh.abs().max(1.0);
            let tighter = if budget.side == Side::AtLeast { shift } else { -shift };
            let moved = |by: f64| {
                let mut moved = case.clone();
                moved.budgets[j].mwh += by;
                optimal(&moved).map(|moved| moved.value_usd)
            };
            let tolerance = noise(&case, &found) / shift + 1e-9;
            let price = multipliers.budget_usd_per_mwh[j];
            let gained = (moved(-tighter).expect("looser is feasible") - found.value_usd) / shift;
            assert!(price >= gained - tolerance, "seed {seed}: {price} below {gained}");
            if let Ok(tight) = moved(tighter) {
                let lost = (found.value_usd - tight) / shift;
                assert!(price <= lost + tolerance, "seed {seed}: {price} above {lost}");
                priced += usize::from(price > 0.0);
            }
        }
    }
    assert!(priced > 50, "{priced} budgets bind");
}

#[test]
fn interconnect_multipliers_lie_between_left_and_right_differences() {
    for (seed, case, found) in feasible(0..120) {
        let multipliers = found.multipliers.as_ref().expect("a linear case has multipliers");
        let t = seed as usize % case.steps();
        let moved = |by: f64| {
            let mut moved = case.clone();
            let mw = |s| case.interconnect_mw.at(s) + if s == t { by } else { 0.0 };
            moved.interconnect_mw = Series::Steps((0..case.steps()).map(mw).collect());
            optimal(&moved).map(|moved| moved.value_usd)
        };
        let (shift, price) = (1e-3, multipliers.interconnect_usd_per_mw[t]);
        let tolerance = noise(&case, &found) / shift + 1e-9;
        let gained = (moved(shift).expect("wider is feasible") - found.value_usd) / shift;
        assert!(price >= gained - tolerance, "seed {seed}: {price} below {gained}");
        if let Ok(narrow) = moved(-shift) {
            let lost = (found.value_usd - narrow) / shift;
            assert!(price <= lost + tolerance, "seed {seed}: {price} above {lost}");
        }
    }
}

#[test]
fn a_rule_without_foresight_never_beats_the_optimum() {
    let (mut compared, mut met) = (0, 0);
    for (seed, case, found) in feasible(0..1_000) {
        let multipliers = found.multipliers.as_ref().expect("a linear case has multipliers");
        let bids: Vec<f64> = multipliers.budget_usd_per_mwh.iter().map(|price| 0.7 * price + 1.0).collect();
        let walked = real_time(&case, &bids).expect("the rule runs");
        if walked.worst_step_mw > 1e-9 {
            // A capacity fell faster than a ramp: no rule without foresight could keep it.
            assert!(case.loads.iter().any(|load| load.ramp_it_mw_per_hour.is_some()), "seed {seed}");
            continue;
        }
        // What is missed is charged at the optimum's multipliers, what is over is paid for.
        let mut charged = walked.value_usd;
        for (budget, price) in case.budgets.iter().zip(&multipliers.budget_usd_per_mwh) {
            let mwh = crate::certificate::budget_mwh(&case, budget, &walked.it_mw, &[]);
            let over = if budget.side == Side::AtLeast { mwh - budget.mwh } else { budget.mwh - mwh };
            charged += price * over;
        }
        assert!(charged <= found.value_usd + noise(&case, &found), "seed {seed}");
        compared += 1;
        met += usize::from(walked.missed_mwh.iter().all(|mwh| *mwh < 1e-9));
    }
    assert!(compared > 300 && met > compared / 2, "{compared} compared, {met} met all budgets");
}

#[test]
fn the_rule_stops_where_the_site_has_used_its_most() {
    let mut case = random_case(3, EXACT);
    case.budgets.clear();
    case.loads.iter_mut().for_each(|load| load.ramp_it_mw_per_hour = None);
    let free = real_time(&case, &[]).expect("the rule runs");
    let drawn = |it_mw: &[Vec<f64>]| -> f64 {
        let of_load = |(load, mw): (&crate::case::Load, &Vec<f64>)| load.pue * mw.iter().sum::<f64>();
        case.step_hours * case.loads.iter().zip(it_mw).map(of_load).sum::<f64>()
    };
    let mwh = 0.4 * drawn(&free.it_mw);
    assert!(mwh > 1.0, "{mwh}");
    let (name, steps) = ("most".to_owned(), 0..case.steps());
    let most = crate::case::Budget { name, of: BudgetOf::Site, side: Side::AtMost, steps, mwh };
    let mut capped = case.clone();
    capped.budgets.push(most);
    let walked = real_time(&capped, &[0.0]).expect("the rule runs");
    assert!((drawn(&walked.it_mw) - mwh).abs() < 1e-9 && walked.missed_mwh[0] < 1e-9, "{walked:?}");
}

#[test]
fn a_block_changes_the_money_but_not_the_dispatch() {
    for (seed, mut case, _) in feasible(0..100) {
        case.block = None;
        let without = optimal(&case).expect("feasible");
        case.block = Some(Block { mw: 40.0, strike_usd_per_mwh: 35.0 });
        let with = optimal(&case).expect("feasible");
        assert_eq!(with.it_mw, without.it_mw, "seed {seed}");
        assert_eq!(with.block_value_usd, case.block_value_usd());
        let difference = with.value_usd - without.value_usd - case.block_value_usd();
        assert!(difference.abs() <= 1e-9 * (with.value_usd.abs() + without.value_usd.abs() + 1.0));
    }
}

#[test]
fn parts_that_nothing_couples_add_up() {
    for (seed, mut case, _) in feasible(0..200) {
        case.loads.iter_mut().for_each(|load| load.ramp_it_mw_per_hour = None);
        let cut = case.steps() / 2;
        case.budgets.retain(|budget| budget.steps.end <= cut || budget.steps.start >= cut);
        let (Ok(whole), true) = (optimal(&case), cut > 0) else { continue };
        let part = |from: usize, to: usize| {
            let mut part = case.clone();
            let series = |series: &Series| match series {
                Series::Constant(value) => Series::Constant(*value),
                Series::Steps(values) => Series::Steps(values[from..to].to_vec()),
            };
            part.price_usd_per_mwh = case.price_usd_per_mwh[from..to].to_vec();
            part.interconnect_mw = series(&case.interconnect_mw);
            for (load, old) in part.loads.iter_mut().zip(&case.loads) {
                load.capacity_it_mw = series(&old.capacity_it_mw);
                load.value_usd_per_it_mwh = series(&old.value_usd_per_it_mwh);
            }
            part.budgets.retain(|budget| (from..to).contains(&budget.steps.start));
            for budget in &mut part.budgets {
                budget.steps = budget.steps.start - from..budget.steps.end - from;
            }
            value(&part)
        };
        let sum = part(0, cut) + part(cut, case.steps());
        assert!((sum - whole.value_usd).abs() <= noise(&case, &whole), "seed {seed}");
    }
}

#[test]
fn a_start_from_other_multipliers_ends_at_the_same_optimum() {
    for (seed, case, found) in feasible(0..300) {
        let far: Vec<f64> = (0..case.budgets.len()).map(|j| 300.0 * (j % 3) as f64).collect();
        let own = found.multipliers.as_ref().expect("multipliers").budget_usd_per_mwh.clone();
        for start in [far, own] {
            let again = optimal_from(&case, &start).expect("an optimum");
            let noise = noise(&case, &found);
            assert!((again.value_usd - found.value_usd).abs() <= noise, "seed {seed}");
        }
    }
}

#[test]
fn a_budget_out_of_reach_is_named_with_what_is_missing() {
    let mut case = random_case(3, EXACT);
    case.budgets.clear();
    let steps = case.steps();
    let possible: f64 = (0..steps)
        .map(|t| {
            case.step_hours
                * case.loads[0].capacity_it_mw.at(t).min(case.interconnect_mw.at(t) / case.loads[0].pue)
        })
        .sum();
    case.loads[0].ramp_it_mw_per_hour = None;
    case.budgets.push(crate::case::Budget {
        name: "too much".to_owned(),
        of: BudgetOf::Load(0),
        side: Side::AtLeast,
        steps: 0..steps,
        mwh: possible + 5.0,
    });
    let Err(error @ DispatchError::Infeasible(_)) = optimal(&case) else { panic!("infeasible") };
    let text = error.to_string();
    assert!(text.contains("'too much'") && text.contains("by 5.000000 MWh"), "{text}");
}

#[test]
fn bad_numbers_are_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Case), words: &str| {
        let mut case = random_case(3, EXACT);
        change(&mut case);
        let text = optimal(&case).expect_err("refused").to_string();
        assert!(text.contains(words), "{text}");
    };
    refused(&|case| case.price_usd_per_mwh[0] = f64::NAN, "price_usd_per_mwh of step 0");
    refused(&|case| case.price_usd_per_mwh.clear(), "no steps");
    refused(&|case| case.step_hours = 0.0, "step_hours is 0");
    refused(&|case| case.loads[0].pue = 0.9, "pue of 'load 0' is 0.9");
    refused(&|case| case.loads[0].ramp_it_mw_per_hour = Some(-1.0), "ramp of 'load 0'");
    refused(&|case| case.loads[0].capacity_it_mw = Series::Steps(vec![1.0]), "has 1 steps");
    refused(&|case| case.interconnect_mw = Series::Constant(-1.0), "interconnect_mw is -1");
    let budget = |load, steps| crate::case::Budget {
        name: "b".to_owned(),
        of: BudgetOf::Load(load),
        side: Side::AtLeast,
        steps,
        mwh: 1.0,
    };
    refused(&|case| case.budgets.push(budget(99, 0..1)), "names load 99");
    refused(&|case| case.budgets.push(budget(0, 5..5)), "covers steps 5 to 5");
    refused(&|case| case.budgets.push(budget(0, 0..1_000_000)), "covers steps 0 to 1000000");
}

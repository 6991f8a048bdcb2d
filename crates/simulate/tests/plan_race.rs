//! The two-sided bound of the computed policy within its planning model, on the shipped campus.

#![allow(clippy::print_stdout, reason = "figures are meant to be read")]

use scenario::Scenario;
use simulate::{PlanRace, Silent, run};
use std::path::Path;

fn texas(overrides: &[&str]) -> Scenario {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios/texas-campus.toml");
    let mut all = vec!["run.paths=16".to_owned(), "run.tuning_paths=2".to_owned()];
    all.extend(overrides.iter().map(|text| (*text).to_owned()));
    Scenario::load(&file, &all).expect("a scenario")
}

fn race(overrides: &[&str]) -> PlanRace {
    run(&texas(overrides), 2, &Silent).expect("a run").outcomes.plan_race.expect("a race within the model")
}

#[test]
fn the_plan_is_proven_to_be_close_to_the_best_possible() {
    let outcomes = run(&texas(&[]), 2, &Silent).expect("a run").outcomes;
    // Asked: 0.1 % of the bound and 2 % of what is at stake.
    let of_bound = outcomes.gap_limit_of_bound().expect("a bound");
    let race = outcomes.plan_race.expect("a race within the model");
    let of_stake = race.gap_limit_of_stake().expect("something at stake");
    println!("{race:#?}");
    println!("gap limit {:.6} % of the bound, {:.4} % of the stake", 100.0 * of_bound, 100.0 * of_stake);
    assert!(race.lower_usd.mean > 1e8 && race.lower_usd.mean <= race.upper_usd.mean);
    assert!(race.upper_usd.mean <= race.foresight_usd.mean + 4.0 * race.foresight_usd.standard_error);
    assert!(race.gap_limit_usd() > 0.0 && of_bound < 1e-3 && of_stake < 0.02);
    // Waiting, planning against chance and knowing are each worth something.
    for worth in
        [race.value_of_waiting_usd, race.value_of_stochastic_solution_usd, race.value_of_foresight_usd]
    {
        assert!(worth.mean > 4.0 * worth.standard_error, "{worth:?}");
    }
}

#[test]
fn every_policy_stands_below_the_bound_and_own_gpus_are_left_out() {
    let race = race(&["policies[dp].bound_paths=128"]);
    assert_eq!(race.left_out, ["gpu-pilot"]);
    for standing in &race.standings {
        assert!(standing.below_bound_usd.mean > 0.0, "{standing:?}");
        let sum = standing.gain_usd.mean + standing.below_bound_usd.mean;
        assert!((sum - race.upper_usd.mean).abs() < 1e-6 * race.upper_usd.mean, "{standing:?}");
    }
    let all_mining = &race.standings[0];
    assert_eq!(all_mining.name, "all-mining");
    // Its starts gain nothing on any path, so the bound less it is the bound.
    assert_eq!((all_mining.gain_usd.mean, all_mining.gain_usd.standard_error), (0.0, 0.0));
    assert_eq!(all_mining.below_bound_usd, race.upper_usd);
}

#[test]
fn a_bound_that_keeps_histories_apart_is_below_the_envelope() {
    let held = race(&["company.cash_limit=\"funded\"", "policies[dp].bound_paths=128"]);
    println!("{held:#?}");
    let unlimited = held.upper_without_cash_limit_usd.expect("the bound without the limit");
    assert!(held.upper_usd.mean < unlimited.mean - 1e6);
    // More buckets keep more histories apart, so the bound never rises.
    let envelope = race(&[
        "company.cash_limit=\"funded\"",
        "policies[dp].bound_paths=128",
        "policies[dp].cash_buckets=1",
    ]);
    println!("envelope {:?}", envelope.gap_usd);
    assert!(held.upper_usd.mean < envelope.upper_usd.mean - 1e6);
    assert_eq!(held.lower_usd, envelope.lower_usd);
}

#[test]
fn starts_held_to_cash_are_bounded_within_a_percent_when_funds_are_in_the_state() {
    let outcomes = run(
        &texas(&[
            "company.cash_limit=\"funded\"",
            "policies[dp].funds=\"in-state\"",
            "policies[dp].bound_paths=128",
        ]),
        2,
        &Silent,
    )
    .expect("a run")
    .outcomes;
    let of_bound = outcomes.gap_limit_of_bound().expect("a bound");
    let race = outcomes.plan_race.expect("a race within the model");
    println!("gap {:?}, limit {:.4} % of the bound", race.gap_usd, 100.0 * of_bound);
    // Asked: 1 % of the bound.
    assert!(race.gap_usd.mean > 0.0 && of_bound < 0.01, "{of_bound}");
}

#[test]
fn the_bound_does_not_depend_on_threads_and_can_be_left_out() {
    let few = texas(&["policies[dp].bound_paths=64"]);
    let [one, two] = [1, 2].map(|threads| run(&few, threads, &Silent).expect("a run").outcomes.plan_race);
    assert_eq!(one, two);
    assert_eq!(one.expect("bounds").n_paths, 64);
    let none = texas(&["policies[dp].bound_paths=0"]);
    assert!(run(&none, 2, &Silent).expect("a run").outcomes.plan_race.is_none());
}

#[test]
fn the_market_bounds_every_policy_that_lets_halls_on_the_paths_of_the_race() {
    let set = ["run.paths=128", "policies[dp].bound_paths=0", "policies[dp].race_bound_paths=128"];
    let outcomes = run(&texas(&set), 2, &Silent).expect("a run").outcomes;
    let bounds = outcomes.market_bounds.expect("bounds of the market");
    assert_eq!(bounds.n_paths, 128);
    for (policy, below) in outcomes.policies.iter().zip(&bounds.below_bound_usd) {
        match below {
            Some(below) => {
                println!(
                    "{}: {:.2} ± {:.2} million below",
                    policy.name,
                    below.mean() / 1e6,
                    below.standard_error() / 1e6
                );
                assert!(below.mean() > 0.0, "{}", policy.name);
                // The penalties have mean zero: bound less policy is what it is without them, within the error.
                let plain = policy.difference_usd.mean() + below.mean() - bounds.upper_usd.mean();
                let error = policy.difference_usd.standard_error() + below.standard_error();
                assert!(plain.abs() < 4.0 * error, "{}: {plain}", policy.name);
            }
            None => assert_eq!(policy.name, "gpu-pilot"),
        }
    }
    // Far below perfect foresight, which charges nothing.
    assert!(bounds.upper_usd.mean() < outcomes.foresight.difference_usd.mean() - 10e6);
    let [one, two] = [1, 2].map(|threads| {
        let found = run(&texas(&set), threads, &Silent).expect("a run").outcomes;
        found.market_bounds.expect("bounds").upper_usd.mean()
    });
    assert_eq!(one.to_bits(), two.to_bits());
}

//! The two-sided bound of the computed policy within its planning model, on the shipped campus.

#![allow(clippy::print_stdout, reason = "figures are meant to be read")]

use scenario::Scenario;
use simulate::{Silent, run};
use std::path::Path;

fn texas(overrides: &[&str]) -> Scenario {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios/texas-campus.toml");
    let mut all = vec!["run.paths=16".to_owned(), "policies[gpu-pilot].max_gross_mw=20".to_owned()];
    all.extend(overrides.iter().map(|text| (*text).to_owned()));
    Scenario::load(&file, &all).expect("a scenario")
}

#[test]
fn the_plan_is_proven_to_be_close_to_the_best_possible() {
    let found = run(&texas(&[]), 2, &Silent).expect("a run").outcomes;
    let bounds = found.plan_bounds.expect("bounds");
    let (lower, upper) = (bounds.lower_usd, bounds.upper_usd);
    println!("{bounds:?}");
    assert!(lower.mean > 1e8 && lower.mean <= upper.mean);
    assert!(upper.mean <= bounds.foresight_usd.mean + 4.0 * bounds.foresight_usd.standard_error);
    // Asked: 0.1 % of the bound.
    assert!(bounds.gap_limit_usd() < 1e-3 * upper.mean, "{}", bounds.gap_limit_usd());
    assert!(bounds.gap_limit_usd() > 0.0);
}

#[test]
fn the_bound_does_not_depend_on_threads_and_can_be_left_out() {
    let few = texas(&["policies[dp].bound_paths=32"]);
    let [one, two] = [1, 2].map(|threads| run(&few, threads, &Silent).expect("a run").outcomes.plan_bounds);
    assert_eq!(one, two);
    assert_eq!(one.expect("bounds").n_paths, 32);
    let none = texas(&["policies[dp].bound_paths=0"]);
    assert!(run(&none, 2, &Silent).expect("a run").outcomes.plan_bounds.is_none());
}

//! Scenarios for the tests: the shipped one with fields set.

use scenario::Scenario;
use simulate::{Outcomes, Silent, run};
use std::path::Path;

pub(crate) const TEXAS: &str = include_str!("../../../../data/scenarios/texas-campus.toml");

#[allow(dead_code, reason = "some test files add policies of their own")]
pub(crate) fn scenario(set: &[&str]) -> Scenario {
    scenario_of(TEXAS, set)
}

pub(crate) fn scenario_of(text: &str, set: &[&str]) -> Scenario {
    let set: Vec<String> = set.iter().map(|s| (*s).to_string()).collect();
    Scenario::parse("texas", text, Path::new("."), &set).unwrap_or_else(|faults| panic!("{faults}"))
}

#[allow(dead_code, reason = "not every test file runs a scenario")]
pub(crate) fn outcomes(scenario: &Scenario, threads: usize) -> Outcomes {
    run(scenario, threads, &Silent).unwrap_or_else(|error| panic!("{error}")).outcomes
}

//! Scenarios for the tests: the shipped one with fields set.

use scenario::Scenario;
use simulate::{Outcomes, Silent, run};
use std::path::Path;

pub(crate) const TEXAS: &str = include_str!("../../../../data/scenarios/texas-campus.toml");

#[allow(dead_code, reason = "not every test file takes the shipped policies")]
pub(crate) fn scenario(set: &[&str]) -> Scenario {
    scenario_of(TEXAS, set)
}

/// Rules stay at the numbers that the text states: tuning has tests of its own.
pub(crate) fn scenario_of(text: &str, set: &[&str]) -> Scenario {
    let text = &text.replace("tune = true", "tune = false");
    let set: Vec<String> = set.iter().map(|s| (*s).to_string()).collect();
    Scenario::parse("texas", text, Path::new("."), &set).unwrap_or_else(|faults| panic!("{faults}"))
}

#[allow(dead_code, reason = "not every test file runs a scenario")]
pub(crate) fn outcomes(scenario: &Scenario, threads: usize) -> Outcomes {
    run(scenario, threads, &Silent).unwrap_or_else(|error| panic!("{error}")).outcomes
}

/// The scenario with everything that can end a lease early: two tenants, a guarantor, outages, rights to shorten, vacancies.
#[allow(dead_code, reason = "not every test file has risky leases")]
pub(crate) fn risky(text: &str) -> String {
    const TERMS: &str = "relet_months = 6\nrelet_rent_share = 0.9\nrenewal_gap_months = 1\nrenewal_rent_share = 0.95\nbreak_months = [36, 60]\ndefault_correlation = 0.3\n";
    const SECTIONS: &str = "[hosting.backstop]\nfee_usd_per_it_mw = 4e6\nassumed_rent_share = 0.85\nguarantor_default_per_year = 0.01\n\n[hosting.service]\noutages_per_year = 2.0\noutage_mean_hours = 2.0\n\n";
    const TENANTS: &str = "\n[[tenants]]\nname = \"neocloud\"\ndefault_per_year = 0.1\noffer_weight = 2.0\n\n[[tenants]]\nname = \"hyperscaler\"\ndefault_per_year = 0.01\nbacked = false\n";
    let with_terms = text.replacen("[hosting]\n", &format!("[hosting]\n{TERMS}"), 1);
    let with_sections = with_terms.replacen("[hosting.offers]", &format!("{SECTIONS}[hosting.offers]"), 1);
    format!("{with_sections}{TENANTS}")
}

//! Tuning: never worse in sample than the stated number, the same on any number of threads, and judged on other paths.

use scenario::Scenario;
use simulate::{Outcomes, PolicyOutcome, Silent, Tuning, TuningRow, run};
use std::path::Path;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");
/// Told from the race's seed by the same constant as in the crate.
const TUNING_SEED: u64 = 0x7475_6e69_6e67_5f70;
const SMALL: [&str; 3] = ["scenario.end_month=2030-12", "run.paths=96", "run.tuning_paths=80"];

fn scenario(more: &[&str]) -> Scenario {
    // The plan is not what is tested here, and takes longest.
    let text = TEXAS.replace("kind = \"dp\"", "kind = \"all-ai-asap\"\nname = \"again\"");
    let set: Vec<String> = SMALL.iter().chain(more).map(|s| (*s).to_string()).collect();
    Scenario::parse("texas", &text, Path::new("."), &set).unwrap_or_else(|faults| panic!("{faults}"))
}

fn outcomes(scenario: &Scenario, threads: usize) -> Outcomes {
    run(scenario, threads, &Silent).unwrap_or_else(|error| panic!("{error}")).outcomes
}

fn named<'a>(outcomes: &'a Outcomes, name: &str) -> &'a PolicyOutcome {
    outcomes.policies.iter().find(|policy| policy.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn row<'a>(tuning: &'a Tuning, policy: &str, is: fn(&TuningRow) -> bool) -> &'a TuningRow {
    let mut rows = tuning.rows.iter().filter(|row| row.policy == policy && is(row));
    let first = rows.next().unwrap_or_else(|| panic!("no such row of {policy}"));
    assert!(rows.next().is_none(), "one such row of {policy}");
    first
}

#[test]
fn a_tuned_rule_is_never_worth_less_in_sample_than_its_stated_number() {
    for weight in ["run.objective_cvar_weight=0", "run.objective_cvar_weight=3"] {
        let found = outcomes(&scenario(&[weight]), 2);
        let tuning = found.tuning.as_ref().expect("three rules are tuned");
        for policy in ["hurdle", "trigger", "myopic-npv"] {
            let (start, chosen) =
                (row(tuning, policy, |row| row.is_start), row(tuning, policy, |row| row.is_chosen));
            assert!(chosen.objective_usd >= start.objective_usd, "{policy}");
            let of_policy = || tuning.rows.iter().filter(|row| row.policy == policy);
            assert!(of_policy().all(|row| row.objective_usd <= chosen.objective_usd), "{policy}");
            assert!(of_policy().count() > 12 && of_policy().is_sorted_by(|a, b| a.value < b.value));
            for row in of_policy() {
                let expected = row.npv_usd.mean() + tuning.objective_cvar_weight * row.cvar5_usd;
                assert_eq!(row.objective_usd, expected);
                assert_eq!(row.npv_usd.n(), 80);
            }
        }
    }
}

#[test]
fn tuning_agrees_bit_for_bit_on_any_number_of_threads() {
    let scenario = scenario(&["run.objective_cvar_weight=0.5"]);
    let one = format!("{:?}", outcomes(&scenario, 1));
    for threads in [2, 5] {
        assert!(format!("{:?}", outcomes(&scenario, threads)) == one, "{threads} threads differ from one");
    }
}

#[test]
fn a_tuned_rule_races_as_the_same_rule_with_the_number_stated() {
    let found = outcomes(&scenario(&[]), 2);
    let tuning = found.tuning.as_ref().expect("three rules are tuned");
    let off: Vec<String> = [
        ("hurdle", "required_rent_usd_per_kw_month"),
        ("trigger", "spread_usd_per_gross_mw_month"),
        ("myopic-npv", "margin_usd_per_gross_mw"),
    ]
    .iter()
    .flat_map(|(policy, key)| {
        let number = row(tuning, policy, |row| row.is_chosen).value;
        [format!("policies[{policy}].tune=false"), format!("policies[{policy}].{key}={number:?}")]
    })
    .collect();
    let stated = scenario(&off.iter().map(String::as_str).collect::<Vec<_>>());
    let stated = outcomes(&stated, 2);
    assert!(stated.tuning.is_none());
    assert_eq!(found.policies.len(), stated.policies.len(), "hidden numbers are not among the policies");
    for (tuned, plain) in found.policies.iter().zip(&stated.policies) {
        assert_eq!(tuned.name, plain.name);
        assert_eq!(tuned.kept_npv_usd, plain.kept_npv_usd, "{}", tuned.name);
        assert_eq!(tuned.ledger, plain.ledger);
    }
    assert_eq!(found.week.policy, stated.week.policy);
    assert!(named(&found, "hurdle").description.ends_with("tuned on 80 other paths, from 160 on"));
}

#[test]
fn candidates_are_worth_what_a_run_of_the_tuning_seed_says() {
    let found = outcomes(&scenario(&[]), 2);
    let tuning = found.tuning.as_ref().expect("three rules are tuned");
    let seed = format!("run.seed={}", scenario(&[]).run.seed ^ TUNING_SEED);
    let off = ["hurdle", "trigger", "myopic-npv"].map(|policy| format!("policies[{policy}].tune=false"));
    let set = [&off[0], &off[1], &off[2], seed.as_str(), "run.paths=80", "run.keep_paths=80"];
    let there = outcomes(&scenario(&set), 2);
    // The myopic rule's pilot paths follow the seed, so it is another rule under another one.
    for policy in ["hurdle", "trigger"] {
        let (start, run) = (row(tuning, policy, |row| row.is_start), named(&there, policy));
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * b.abs(), "{policy}: {a} is not {b}");
        close(start.npv_usd.mean(), run.npv_usd.mean());
        close(start.npv_usd.standard_error(), run.npv_usd.standard_error());
        close(start.cvar5_usd, run.cvar5_usd);
    }
}

#[test]
fn the_frontier_holds_every_policy_and_every_number_that_is_best_for_a_weight() {
    let found = outcomes(&scenario(&["run.frontier_cvar_weights=[0.0, 1.0, 10.0]"]), 2);
    let tuning = found.tuning.as_ref().expect("three rules are tuned");
    let best = tuning.rows.iter().filter(|row| !row.frontier_weights.is_empty());
    let hidden = found.frontier.iter().filter(|row| !row.in_race).count();
    assert_eq!(best.count(), hidden + 3);
    assert_eq!(found.frontier.iter().filter(|row| row.in_race).count(), found.policies.len());
    for policy in ["hurdle", "trigger", "myopic-npv"] {
        let mut weights: Vec<f64> = tuning
            .rows
            .iter()
            .filter(|row| row.policy == policy)
            .flat_map(|row| row.frontier_weights.clone())
            .collect();
        weights.sort_by(f64::total_cmp);
        assert_eq!(weights, [0.0, 1.0, 10.0]);
        // More weight on the tail never takes a number with a worse tail in sample.
        let tail = |weight: f64| {
            let best =
                tuning.rows.iter().find(|row| row.policy == policy && row.frontier_weights.contains(&weight));
            best.map_or(f64::NAN, |row| row.cvar5_usd)
        };
        assert!(tail(0.0) <= tail(1.0) && tail(1.0) <= tail(10.0), "{policy}");
    }
    for row in &found.frontier {
        let beaten = found
            .frontier
            .iter()
            .any(|other| other.npv_usd.mean() > row.npv_usd.mean() && other.cvar5_usd > row.cvar5_usd);
        assert_eq!(row.is_efficient, !beaten, "{}", row.policy);
        assert_eq!(row.npv_usd.n(), 96, "out of sample");
    }
}

#[test]
fn a_search_that_ends_at_the_end_of_its_list_says_so() {
    let found = outcomes(&scenario(&["policies[hurdle].required_rent_usd_per_kw_month=300"]), 2);
    let warning = found.warnings.iter().find(|text| text.contains("policy hurdle")).expect("a warning");
    assert!(warning.contains("240 USD/kW-month") && warning.contains("a start nearer to it"), "{warning}");
}

//! A policy that comes with the run: shown many paths at once, it does what the same rule in the scenario does path by path.

mod common;

use common::scenario;
use optimizer::{FunctionRule, FunctionTerms, Openings};
use scenario::Scenario;
use simulate::{Guest, PolicyOutcome, Run, RunError, Silent, run_with};
use site::AiForm;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The rule `margin-rule` of the shipped scenario, as a function.
fn margin_rule(openings: &Openings) -> Vec<f64> {
    let of = |name: &str| openings.column(name).unwrap_or_else(|| panic!("{name} is known"));
    let [offered, mined] =
        ["offer_margin_usd_per_gross_mw_month", "last_mining_margin_usd_per_gross_mw_month"].map(of);
    let [liquidity, halls] = ["liquidity_musd", "startable_halls"].map(of);
    let [hall_mw, capex] = ["next_hall_gross_mw", "conversion_capex_usd_per_gross_mw"].map(of);
    (0..openings.n_paths())
        .map(|n| {
            let is_wanted =
                offered[n] - mined[n] > 75_000.0 && liquidity[n] * 1e6 > halls[n] * hall_mw[n] * capex[n];
            if is_wanted { halls[n] } else { 0.0 }
        })
        .collect()
}

fn guest(
    name: &str,
    scenario: &Scenario,
    halls: impl Fn(&Openings) -> Vec<f64> + Send + Sync + 'static,
) -> Guest {
    let calendar = &scenario.market.calendar;
    let terms = FunctionTerms {
        form: AiForm::Hosting,
        max_gross_mw: f64::INFINITY,
        first_month: calendar.month(0),
        n_months: calendar.n_months() as u32,
    };
    let policy = Arc::new(FunctionRule::new(terms, Box::new(halls)));
    Guest { name: name.into(), description: "a function".into(), policy }
}

fn run_guest(scenario: &Scenario, threads: usize) -> Run {
    run_with(scenario, &[guest("own", scenario, margin_rule)], threads, &Silent).unwrap()
}

/// Everything that a policy's outcome holds, but for its name and description.
fn figures(policy: &PolicyOutcome) -> String {
    let mut policy = policy.clone();
    policy.name.clear();
    policy.description.clear();
    format!("{policy:?}")
}

fn same_as_the_rule(set: &[&str]) {
    let outcomes = run_guest(&scenario(set), 2).outcomes;
    let find = |name: &str| outcomes.policies.iter().find(|policy| policy.name == name).unwrap();
    let (rule, own) = (find("margin-rule"), find("own"));
    assert!(rule.capex_usd > 0.0, "the rule does something");
    assert_eq!(figures(rule), figures(own));
    if let Some(race) = &outcomes.plan_race {
        let standing = |name: &str| race.standings.iter().find(|standing| standing.name == name).unwrap();
        let (rule, own) = (standing("margin-rule"), standing("own"));
        assert_eq!((rule.gain_usd, rule.below_bound_usd), (own.gain_usd, own.below_bound_usd));
    }
}

#[test]
fn a_function_does_what_the_same_formula_does() {
    same_as_the_rule(&["run.paths=130", "run.keep_paths=130", "scenario.end_month=2029-12"]);
}

#[test]
fn it_does_so_where_loads_compete_for_the_interconnect() {
    same_as_the_rule(&["run.paths=70", "scenario.end_month=2027-12", "site.interconnect_firm_mw=150"]);
}

#[test]
fn the_other_policies_do_not_notice_it_and_threads_do_not_show() {
    let scenario = scenario(&["run.paths=130", "scenario.end_month=2028-12"]);
    let alone = simulate::run(&scenario, 1, &Silent).unwrap().outcomes;
    let [one, two] = [1, 2].map(|threads| run_guest(&scenario, threads).outcomes);
    for (n, policy) in alone.policies.iter().enumerate() {
        assert_eq!(figures(policy), figures(&one.policies[n]), "{}", policy.name);
    }
    let all = |policies: &[PolicyOutcome]| policies.iter().map(figures).collect::<String>();
    assert_eq!(all(&one.policies), all(&two.policies));
}

/// It is shown many paths at a time, and only those on which a hall could be started.
#[test]
fn it_is_asked_for_many_paths_at_once() {
    let scenario = scenario(&["run.paths=128", "scenario.end_month=2028-12", "run.lens=outcomes"]);
    let (calls, paths) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = {
        let (calls, paths) = (Arc::clone(&calls), Arc::clone(&paths));
        move |openings: &Openings| {
            calls.fetch_add(1, Ordering::Relaxed);
            paths.fetch_add(openings.n_paths(), Ordering::Relaxed);
            assert!(openings.column("startable_halls").unwrap().iter().all(|halls| *halls > 0.0));
            vec![0.0; openings.n_paths()]
        }
    };
    run_with(&scenario, &[guest("own", &scenario, counted)], 1, &Silent).unwrap();
    let (calls, paths) = (calls.load(Ordering::Relaxed), paths.load(Ordering::Relaxed));
    assert!(paths > 5 * calls, "{paths} paths in {calls} calls");
}

#[test]
fn what_is_no_number_waits_and_is_told() {
    let scenario = scenario(&["run.paths=64", "scenario.end_month=2027-06"]);
    let nobody = |openings: &Openings| vec![f64::NAN; openings.n_paths()];
    let outcomes = run_with(&scenario, &[guest("own", &scenario, nobody)], 1, &Silent).unwrap().outcomes;
    let own = outcomes.policies.iter().find(|policy| policy.name == "own").unwrap();
    assert_eq!(own.capex_usd, 0.0);
    assert!(
        outcomes
            .warnings
            .iter()
            .any(|warning| warning.starts_with("policy own: its function gave no number"))
    );
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let scenario = scenario(&["run.paths=64"]);
    let taken = run_with(&scenario, &[guest("All-Mining", &scenario, margin_rule)], 1, &Silent);
    assert!(matches!(taken, Err(RunError::NameTaken { name }) if name == "All-Mining"));
}

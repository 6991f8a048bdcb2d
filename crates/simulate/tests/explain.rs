//! Explanations against what runs do: the same decisions, and reasons that lead to them.

mod common;

use common::{TEXAS, outcomes, scenario_of};
use scenario::Scenario;
use simulate::{ExplainError, Explanation, best_of, explain};
use site::YearMonth;

const PATHS: usize = 2;

/// Every kind of policy over four years.
fn every_kind() -> Scenario {
    let more = "\n[[policies]]\nkind = \"contract-backed-only\"\nmin_rent_over_market = 0.9\n";
    scenario_of(
        &format!("{TEXAS}{more}"),
        &[
            "run.paths=2",
            "scenario.end_month=2029-12",
            "policies[dp].bound_paths=0",
            "policies[dp].map_months=[]",
        ],
    )
}

/// Months in which a policy of the run started something on a path, and the gross MW.
fn starts(ai_mw: &[f64]) -> Vec<(usize, f64)> {
    let before = std::iter::once(&0.0).chain(ai_mw);
    ai_mw
        .iter()
        .zip(before)
        .map(|(after, before)| after - before)
        .enumerate()
        .filter(|(_, mw)| *mw > 0.0)
        .collect()
}

/// The reasons lead to the decision.
fn check_reasons(found: &Explanation) {
    let decided = found.decision.hosting_halls + found.decision.gpu_halls;
    let told = format!("{} path {} {}: {:?}", found.policy, found.path, found.month, found.reasons);
    if !found.reasons.alternatives.is_empty() {
        assert_eq!(best_of(&found.reasons.alternatives) as u32, decided, "{told}");
        for alternative in &found.reasons.alternatives {
            let sum = alternative.own_gain_usd() + alternative.left_to_gain_usd;
            assert!((sum - alternative.value_usd).abs() < 1.0, "{told}");
        }
    }
    let holds = found.reasons.comparisons.iter().all(|comparison| comparison.holds);
    assert!(holds || decided == 0, "{told}");
}

#[test]
fn explained_is_what_the_run_did_and_the_reasons_lead_to_it() {
    let scenario = every_kind();
    let outcomes = outcomes(&scenario, 2);
    let n_months = outcomes.months.len();
    for policy in &outcomes.policies {
        for path in 0..PATHS {
            let found = starts(&policy.ai_mw.kept()[path * n_months..][..n_months]);
            // The first start, and a month in which nothing was started.
            let quiet = (3..n_months).find(|m| !found.iter().any(|(start, _)| start == m)).map(|m| (m, 0.0));
            for (m, mw) in found.first().copied().into_iter().chain(quiet) {
                let explained = explain(&scenario, &policy.name, path as u64, outcomes.months[m])
                    .unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(explained.started_gross_mw, mw, "{} path {path} month {m}", policy.name);
                assert_eq!(explained.month_index as usize, m);
                check_reasons(&explained);
            }
        }
    }
}

#[test]
fn the_opening_is_that_of_the_scenario() {
    let scenario = every_kind();
    let found = explain(&scenario, "hurdle", 77, YearMonth { year: 2026, month: 1 }).unwrap();
    assert_eq!((found.halls.mining.halls, found.halls.mining.gross_mw), (10, 200.0));
    assert_eq!((found.cash_usd, found.last_month), (60e6, None));
    assert_eq!(
        (found.room.builders_mw, found.room.firm_mw, found.room.next_hall_mw),
        (40.0, 200.0, Some(20.0))
    );
    assert!((found.opening.lease_rate_usd_per_kw_month - 134.5).abs() < 1e-9);
}

#[test]
fn months_outside_and_unknown_policies_are_named() {
    let scenario = every_kind();
    let month = |year| YearMonth { year, month: 1 };
    for year in [2025, 2030] {
        let error = explain(&scenario, "hurdle", 0, month(year)).unwrap_err();
        assert!(matches!(error, ExplainError::Month { .. }));
        assert!(error.to_string().contains("allowed are 2026-01 to 2029-12"), "{error}");
    }
    let error = explain(&scenario, "hurdel", 0, month(2026)).unwrap_err().to_string();
    assert!(error.contains("no policy is called `hurdel`; known are all-mining, "), "{error}");
}

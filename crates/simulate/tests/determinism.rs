//! Same seed, same bits: whatever the threads, and however many paths follow.

mod common;

use common::{outcomes, scenario};
use simulate::Outcomes;

const SHORT: [&str; 2] = ["scenario.end_month=2028-12", "conversion.lead_months=8"];

fn fingerprint(outcomes: &Outcomes) -> String {
    // Debug output of every field, to the last digit of every number.
    format!("{outcomes:?}")
}

#[test]
fn one_two_and_five_threads_agree_bit_for_bit() {
    let scenario = scenario(&[SHORT[0], SHORT[1], "run.paths=200"]);
    let one = fingerprint(&outcomes(&scenario, 1));
    for threads in [2, 5] {
        assert!(fingerprint(&outcomes(&scenario, threads)) == one, "{threads} threads differ from one");
    }
}

#[test]
fn the_first_paths_of_a_long_run_are_the_paths_of_a_short_one() {
    let short = outcomes(&scenario(&[SHORT[0], SHORT[1], "run.paths=100"]), 2);
    let long = outcomes(&scenario(&[SHORT[0], SHORT[1], "run.paths=1000"]), 2);
    let n_months = short.months.len();
    for (a, b) in short.policies.iter().zip(&long.policies) {
        assert_eq!(a.kept_npv_usd, b.kept_npv_usd[..100]);
        assert_eq!(a.ai_mw.kept(), &b.ai_mw.kept()[..100 * n_months]);
        assert_eq!(a.flow_usd.kept(), &b.flow_usd.kept()[..100 * n_months]);
    }
    assert_eq!(short.foresight.kept_npv_usd, long.foresight.kept_npv_usd[..100]);
    for (a, b) in short.markets.iter().zip(&long.markets) {
        assert_eq!(a.fan.kept(), &b.fan.kept()[..100 * n_months]);
    }
}

#[test]
fn another_seed_gives_other_paths() {
    let one = outcomes(&scenario(&[SHORT[0], "run.paths=10", "run.seed=1"]), 1);
    let two = outcomes(&scenario(&[SHORT[0], "run.paths=10", "run.seed=2"]), 1);
    assert_ne!(one.policies[0].kept_npv_usd, two.policies[0].kept_npv_usd);
}

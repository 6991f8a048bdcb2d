//! One valid scenario, one fault at a time: the message names file, line, field, value and what is allowed.

use scenario::{Faults, Scenario};
use std::path::Path;

const VALID: &str = include_str!("../../../data/scenarios/texas-campus.toml");

fn load(text: &str) -> Result<Scenario, Faults> {
    Scenario::parse("test.toml", text, Path::new("."), &[])
}

/// Replaces one line's value and expects a message with all of `wanted`, at the line of the change.
fn broken(from: &str, to: &str, wanted: &[&str]) {
    assert!(VALID.contains(from), "the valid scenario has no `{from}`");
    let text = VALID.replacen(from, to, 1);
    let faults = load(&text).expect_err(to);
    let message = faults.to_string();
    for part in wanted {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
    assert!(message.contains("test.toml"), "{message}");
    let line = text.lines().position(|l| l.contains(to.lines().next().unwrap())).unwrap() + 1;
    if faults.lines().iter().flatten().next().is_some() {
        assert!(
            faults.lines().contains(&Some(line)),
            "line {line} is not among {:?}:\n{message}",
            faults.lines()
        );
        assert!(message.contains(&format!("test.toml:{line}:")), "{message}");
    }
}

#[test]
fn the_shipped_scenario_is_valid_and_its_resolved_form_reads_the_same() {
    let scenario = load(VALID).unwrap();
    let again = load(&scenario.resolved).unwrap_or_else(|faults| panic!("{faults}\n{}", scenario.resolved));
    assert_eq!(scenario.campus, again.campus);
    assert_eq!(scenario.policies, again.policies);
    assert_eq!(scenario.resolved, again.resolved);
}

#[test]
fn an_unknown_field_is_named_with_the_nearest_known_one() {
    broken("mining_pue = 1.04", "minig_pue = 1.04", &["site.minig_pue", "did you mean `mining_pue`"]);
    broken("[company]", "[compani]", &["compani", "did you mean `company`"]);
    broken("kind = \"hurdle\"", "kind = \"hurdel\"", &["hurdel", "did you mean `hurdle`"]);
}

#[test]
fn numbers_outside_their_range_are_named_with_it() {
    broken("mining_pue = 1.04", "mining_pue = 0.97", &["site.mining_pue", "0.97", "1 to 3"]);
    broken("peak_ratio_gross_per_it = 1.45", "peak_ratio_gross_per_it = 0.9", &["0.9", "1 to 3"]);
    broken("gross_mw = 20.0", "gross_mw = -20.0", &["halls[0].gross_mw", "-20", "above 0"]);
    broken("price_usd = 90000.0", "price_usd = nan", &["bitcoin.price_usd", "NaN", "above 0"]);
    broken("difficulty = 146.4e12", "difficulty = inf", &["bitcoin.difficulty", "inf"]);
    broken("paths = 1000", "paths = 0", &["run.paths", "is 0", "1 to"]);
    broken("lead_months = 12", "lead_months = 12.5", &["conversion.lead_months", "12.5", "whole number"]);
    broken("uptime = 0.95 ", "uptime = 1.5 ", &["fleets[0].uptime", "1.5", "0 to 1"]);
}

#[test]
fn wrong_types_and_missing_fields_are_named() {
    broken("difficulty = 146.4e12", "difficulty = \"high\"", &["bitcoin.difficulty", "text", "a number"]);
    let without = VALID.replace("lead_months = 12 ", "# ");
    let message = load(&without).unwrap_err().to_string();
    assert!(
        message.contains("conversion.lead_months: is missing; wanted is a whole number 1 to 60"),
        "{message}"
    );
    broken("fleet = \"mixed-20\"", "fleet = \"mixd-20\"", &["halls[0].fleet", "did you mean `mixed-20`"]);
}

#[test]
fn an_end_before_the_start_is_refused() {
    broken(
        "end_month = \"2035-12\"",
        "end_month = \"2025-12\"",
        &["end_month", "2025-12", "2026-01 or later"],
    );
    broken("end_month = \"2035-12\"", "end_month = \"2075-12\"", &["at most 360"]);
    broken("start_month = \"2026-01\"", "start_month = \"2026-13\"", &["start_month", "2026-13"]);
}

#[test]
fn what_is_no_correlation_matrix_is_refused() {
    let text = VALID
        .replace("lease_rate_gpu_hour = 0.40", "lease_rate_gpu_hour = -0.95\nbitcoin_power_level = 0.0")
        .replace("bitcoin_lease_rate = 0.10", "bitcoin_lease_rate = 0.9")
        .replace("bitcoin_gpu_hour = 0.10", "bitcoin_gpu_hour = 0.9");
    let message = load(&text).unwrap_err().to_string();
    assert!(message.contains("correlation matrix") && message.contains("positive semidefinite"), "{message}");
}

#[test]
fn contracted_ai_above_the_firm_interconnect_is_refused() {
    let text = VALID
        .replace("gross_mw = 20.0\n", "gross_mw = 20.0\nlease_rent_usd_per_kw_month = 130.0\n")
        .replace("interconnect_firm_mw = 200.0", "interconnect_firm_mw = 150.0");
    let message = load(&text).unwrap_err().to_string();
    assert!(message.contains("200 gross MW of AI") && message.contains("150"), "{message}");
}

#[test]
fn all_faults_come_in_one_message() {
    let text = VALID
        .replace("mining_pue = 1.04", "mining_pue = 0.5")
        .replace("paths = 1000", "pahts = 1000")
        .replace("lead_months = 12 ", "lead_months = \"x\" ");
    let faults = load(&text).unwrap_err();
    assert_eq!(faults.faults.len(), 3, "{faults}");
    let message = faults.to_string();
    for part in ["site.mining_pue", "run.pahts", "conversion.lead_months", "3 faults"] {
        assert!(message.contains(part), "{part}:\n{message}");
    }
}

#[test]
fn two_ways_of_stating_hosting_cost_exclude_each_other() {
    broken(
        "noi_margin_share = 0.85 ",
        "noi_margin_share = 0.85\nopex_usd_per_it_mw_year = 254000 ",
        &["hosting.noi_margin_share", "never both"],
    );
}

#[test]
fn files_that_are_missing_are_named() {
    broken("calibration = \"lz-west\"", "calibration = \"lz-wets\"", &["lz-wets", "lz-west"]);
    broken("calibration = \"lz-west\"", "calibration = \"no/such.toml\"", &["no/such.toml", "cannot read"]);
    let missing = Scenario::load(Path::new("no-such-scenario.toml"), &[]).unwrap_err().to_string();
    assert!(missing.contains("no-such-scenario.toml") && missing.contains("wattshift init"), "{missing}");
}

#[test]
fn broken_syntax_shows_its_line() {
    broken("mining_pue = 1.04", "mining_pue = = 1.04", &["syntax"]);
    for hostile in ["", "\u{0}\u{1}", "[[[[", "[scenario]\nname = 3", "= = =", "[a]\n[a]\n"] {
        assert!(load(hostile).is_err(), "{hostile:?}");
    }
}

#[test]
fn overrides_set_fields_and_name_themselves_when_wrong() {
    let with = |set: &[&str]| {
        let set: Vec<String> = set.iter().map(|s| (*s).to_string()).collect();
        Scenario::parse("test.toml", VALID, Path::new("."), &set)
    };
    let scenario = with(&[
        "run.paths=7",
        "halls.0.gross_mw=10",
        "conversion.max_under_construction_gross_mw=20",
        "policies[hurdle].required_rent_usd_per_kw_month=99",
    ]);
    let scenario = scenario.unwrap();
    assert_eq!(scenario.run.paths, 7);
    assert_eq!(scenario.campus.gross_mw(), 100.0);
    for (set, wanted) in [
        ("run.paths=0", "run.paths"),
        ("site.mining_peu=1", "did you mean `mining_pue`"),
        ("nonsense", "path.to.field=value"),
        ("halls[9].gross_mw=1", "no such table"),
        ("site.mining_pue=high", "wanted is a number"),
        ("site.mining_pue=1.03\nseed = 3", "wanted is a number"),
        ("halls[0].gross_mw=10", "make more than 8000 states"),
        ("power.level_usd_per_mwh=6000", "allowed is"),
        ("policies[hurdle].name=DP", "taken by another policy"),
        (".=1", "names joined by dots"),
    ] {
        let message = with(&[set]).unwrap_err().to_string();
        assert!(message.contains(wanted), "{message}");
        assert!(message.contains(&format!("--set {set}")) || !wanted.contains("wanted"), "{message}");
    }
}

#[test]
fn the_order_of_halls_and_policies_does_not_matter() {
    let text = VALID.replace(
        "[[halls]]\nname = \"hall\"\ncount = 10\n",
        "[[halls]]\nname = \"b\"\ngross_mw = 40.0\nfleet = \"mixed-20\"\n\n[[halls]]\nname = \"a\"\ncount = 8\n",
    );
    let swapped = VALID.replace(
        "[[halls]]\nname = \"hall\"\ncount = 10\ngross_mw = 20.0\nfleet = \"mixed-20\"\n",
        "[[halls]]\nname = \"a\"\ncount = 8\ngross_mw = 20.0\nfleet = \"mixed-20\"\n\n[[halls]]\nname = \"b\"\ngross_mw = 40.0\nfleet = \"mixed-20\"\n",
    );
    assert_ne!(text, swapped);
    assert_eq!(load(&text).unwrap().campus, load(&swapped).unwrap().campus);
    let last = VALID.rfind("[[policies]]").unwrap();
    let first = VALID.find("[[policies]]").unwrap();
    let reordered = format!("{}{}\n{}", &VALID[..first], &VALID[last..], &VALID[first..last]);
    assert_eq!(load(&reordered).unwrap().policies, load(VALID).unwrap().policies);
}

#[test]
fn options_of_the_power_model_are_checked() {
    let calibration = "calibration = \"lz-west\"";
    let with = |line: &str| format!("{line}\n{calibration}");
    broken(calibration, &with("initial_level = 7.5"), &["power.initial_level", "7.5", "-5 to 5"]);
    broken(
        calibration,
        &with("initial_level = \"period-ende\""),
        &["power.initial_level", "did you mean `period-end`", "long-run"],
    );
    broken(calibration, &with("initial_level = true"), &["power.initial_level", "true or false"]);
    broken(calibration, &with("model = \"bootstap\""), &["power.model", "did you mean `bootstrap`"]);
    broken(calibration, &with("storms.per_year = 3.0"), &["power.storms.per_year", "3", "0 to 2 a year"]);
    broken(
        calibration,
        &with("storms.per_yaer = 0.1"),
        &["power.storms.per_yaer", "did you mean `per_year`"],
    );
    broken(calibration, &with("spikes.multiple = -1.0"), &["power.spikes.multiple", "-1", "0 to 10"]);
    broken(
        calibration,
        &with("spikes.above_usd_per_mhw = 50.0"),
        &["power.spikes.above_usd_per_mhw", "did you mean `above_usd_per_mwh`"],
    );
    // What the fitted model does not read is said to be the other's.
    broken(
        calibration,
        &with("mean_block_days = 30.0"),
        &["power.mean_block_days", "belongs to model = \"bootstrap\""],
    );
    broken(
        calibration,
        &with("curve_file = \"no-such.csv\""),
        &["power.curve_file", "no-such.csv", "cannot read"],
    );
    broken(
        calibration,
        &with("curve_file = \"no-such.csv\""),
        &["power.level_usd_per_mwh", "one of the two"],
    );
}

#[test]
fn options_of_the_bootstrap_are_checked() {
    let calibration = "calibration = \"lz-west\"";
    let bootstrap = |lines: &str| format!("model = \"bootstrap\"\npoint = \"HB_WEST\"\n{lines}");
    let file = "history_file = \"no-such.csv\"\n";
    // The fault may stand on any of several lines, so the message alone is looked at.
    let named = |lines: &str, wanted: &[&str]| {
        let message = load(&VALID.replacen(calibration, lines, 1)).unwrap_err().to_string();
        for part in wanted {
            assert!(message.contains(part), "`{part}` is not in:\n{message}");
        }
    };
    let without = VALID.replacen(calibration, &bootstrap(""), 1);
    let message = load(&without).unwrap_err().to_string();
    assert!(message.contains("power.history_file: is missing"), "{message}");
    named(&bootstrap(file), &["power.history_file", "no-such.csv", "cannot read"]);
    named(&bootstrap("history_file = [1, 2]"), &["power.history_file", "no list of texts"]);
    for (line, wanted) in [
        ("mean_block_days = 0.5", ["power.mean_block_days", "0.5", "1 to 365 days"]),
        ("history_start_month = \"22-01\"", ["power.history_start_month", "22-01", "a month such as"]),
        ("calibration = \"lz-west\"", ["power.calibration", "belongs to", "bootstrap"]),
        ("initial_level = 1.0", ["power.initial_level", "belongs to", "slow level"]),
    ] {
        named(&bootstrap(&format!("{file}{line}")), &wanted);
    }
}

#[test]
fn options_of_a_replay_are_checked() {
    let calibration = "calibration = \"lz-west\"";
    let replay = |lines: &str| format!("replay_file = \"no-such.csv\"\n{lines}");
    broken(calibration, &replay(""), &["power.replay_price_column", "replay_point"]);
    broken(calibration, &replay("replay_point = \"HB_WEST\""), &["power.replay_file", "cannot read"]);
    broken(
        calibration,
        &replay("replay_point = \"HB_WEST\"\nreplay_price_column = \"p\""),
        &["power.replay_price_column", "beside replay_point"],
    );
    broken(
        calibration,
        &replay("replay_point = \"HB_WEST\"\nstorms.per_year = 0.1"),
        &["power.storms", "history has its own storms"],
    );
    broken(
        calibration,
        &replay("replay_point = \"HB_WEST\"\nspikes.multiple = 2.0"),
        &["power.spikes", "history has its own spikes"],
    );
}

#[test]
fn a_forward_curve_of_rents_is_checked() {
    let start = "start_usd_per_kw_month = 134.5";
    let with = |line: &str| format!("{line}\n{start}");
    broken(start, &with("curve_file = \"no-such.csv\""), &["hosting.rate.curve_file", "cannot read"]);
    broken(
        start,
        &with("curve_file = \"no-such.csv\""),
        &["hosting.rate.curve_growth_per_year", "one of the two"],
    );
}

//! Policies of the scenario file: what they take, what is refused and with which words.

use scenario::{Faults, PolicyKind, Scenario};
use std::path::Path;

const VALID: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const REPLAY: &str = include_str!("../../../data/scenarios/houston-replay.toml");

/// The shipped scenario with one more policy.
fn with(policy: &str) -> Result<Scenario, Faults> {
    let text = format!("{VALID}\n[[policies]]\nname = \"mine\"\n{policy}\n");
    Scenario::parse("test.toml", &text, Path::new("."), &[])
}

/// What the added policy does, in words; its resolved form must read the same.
fn described(policy: &str) -> String {
    let scenario = with(policy).unwrap_or_else(|faults| panic!("{policy}\n{faults}"));
    let again = Scenario::parse("again.toml", &scenario.resolved, Path::new("."), &[])
        .unwrap_or_else(|faults| panic!("{faults}\n{}", scenario.resolved));
    assert_eq!(scenario.policies, again.policies);
    assert_eq!(scenario.resolved, again.resolved);
    scenario.policies.iter().find(|plan| plan.name == "mine").unwrap().description()
}

/// The added policy is refused with all of `wanted`, at a line of it (0 is its header, 2 its kind).
fn refused(policy: &str, line: usize, wanted: &[&str]) {
    let faults = with(policy).expect_err(policy);
    let message = faults.to_string();
    for part in wanted {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
    let first = VALID.lines().count() + 2;
    assert_eq!(faults.lines(), [Some(first + line)], "{message}");
}

#[test]
fn each_policy_is_described_with_its_parameters() {
    for (policy, words) in [
        (
            "kind = \"fixed-schedule\"\nstarts = [{ month = \"2026-03\", halls = 1 }, { month = \"2028-01\", halls = 4 }]",
            "follows a schedule under any offer: 1 hall from 2026-03, 4 halls from 2028-01",
        ),
        (
            "kind = \"fixed-schedule\"\nform = \"own-gpus\"\nstarts = [{ month = \"2026-03\", gross_mw = 30.5 }]",
            "follows a schedule for own GPUs: 30.5 gross MW from 2026-03",
        ),
        (
            "kind = \"constant-share\"\nshare_of_gross_mw = 0.55",
            "takes every lease offer until 55 % of gross MW serve AI, and holds that share",
        ),
        (
            "kind = \"contract-backed-only\"",
            "takes offers whose lease alone is worth at least 0 USD per gross MW after capex",
        ),
        (
            "kind = \"contract-backed-only\"\nmin_rent_over_market = 1.05\nmin_offer_gross_mw = 40.0\nmax_gross_mw = 80.0",
            "after capex, rent at least 1.05 times the market's, for 40 gross MW or more, up to 80 gross MW",
        ),
        (
            "kind = \"myopic-npv\"\nmargin_usd_per_gross_mw = 250000.0",
            "worth more than 250,000 USD per gross MW over mining on if today's prices held on their curves",
        ),
        (
            "kind = \"rule\"\nwhen = \"\"\"cash_musd > 50 &&\n  month <= 6\"\"\"\nhalls = \"2\"\nmax_gross_mw = 80.0",
            "own rule: starts 2 halls when cash_musd > 50 && month <= 6, up to 80 gross MW",
        ),
        (
            "kind = \"lsmc\"\ndegree = 3\nfit_paths = 500",
            "computed: regression Monte Carlo of degree 3 on hashprice, lease rate and Bitcoin, fitted to 500 paths of its own",
        ),
        ("kind = \"lsmc\"", "of degree 2 on hashprice, lease rate and Bitcoin, fitted to 2,000 paths"),
        (
            "kind = \"rule\"\nwhen = \"year >= 2_028\"\nform = \"own-gpus\"",
            "own rule: starts startable_halls for own GPUs when year >= 2_028",
        ),
    ] {
        let found = described(policy);
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn simple_policies_come_before_computed_ones() {
    let text = format!(
        "{VALID}\n[[policies]]\nkind = \"rule\"\nname = \"r\"\nwhen = \"1 > 0\"\n[[policies]]\nkind = \"constant-share\"\nname = \"s\"\nshare_of_gross_mw = 0.5\n"
    );
    let scenario = Scenario::parse("test.toml", &text, Path::new("."), &[]).unwrap();
    let place = |name: &str| scenario.policies.iter().position(|plan| plan.name == name).unwrap();
    assert_eq!(scenario.policies[0].kind, PolicyKind::AllMining);
    assert!(place("s") < place("hurdle") && place("trigger") < place("r"));
    assert_eq!(place("dp"), scenario.policies.len() - 1);
}

#[test]
fn faults_of_a_schedule_are_named() {
    let schedule = |starts: &str| format!("kind = \"fixed-schedule\"\nstarts = {starts}");
    let one = |start: &str| schedule(&format!("[{start}]"));
    refused("kind = \"fixed-schedule\"", 0, &["starts: is missing; wanted is a list such as"]);
    refused(&schedule("[]"), 3, &["holds no start"]);
    refused(&schedule("\"2027-01\""), 3, &["is text; wanted is a list of tables"]);
    refused(
        &one("{ month = \"2027-13\", halls = 1 }"),
        3,
        &["starts[0].month", "`2027-13`", "a month from \"2026-01\" on"],
    );
    refused(&one("{ month = \"2025-12\", halls = 1 }"), 3, &["`2025-12`", "from \"2026-01\" on"]);
    refused(&one("{ halls = 1 }"), 3, &["starts[0].month: is missing"]);
    refused(&one("{ month = \"2027-01\" }"), 3, &["starts[0].halls: is missing", "whole number 1 to"]);
    refused(&one("{ month = \"2027-01\", halls = 0 }"), 3, &["starts[0].halls: is 0"]);
    refused(&one("{ month = \"2027-01\", hals = 1 }"), 3, &["did you mean `halls`"]);
    refused(&one("{ month = \"2027-01\", halls = 1, gross_mw = 20.0 }"), 3, &["stands beside halls"]);
    refused(
        &one("{ month = \"2027-01\", halls = 1 }, { month = \"2028-01\", gross_mw = 20.0 }"),
        3,
        &["starts[1].gross_mw", "another unit"],
    );
    refused(
        &one("{ month = \"2027-01\", halls = 1 }, { month = \"2027-01\", halls = 1 }"),
        3,
        &["starts[1].month", "rising order"],
    );
}

#[test]
fn starts_that_cannot_come_are_warned_of() {
    for (starts, words) in [
        ("{ month = \"2027-01\", halls = 11 }", "policy mine: its starts sum to 11 halls, and 10 mine"),
        (
            "{ month = \"2027-01\", gross_mw = 201.0 }",
            "policy mine: its starts sum to 201 gross MW, and 200 mine",
        ),
        (
            "{ month = \"2035-12\", halls = 1 }, { month = \"2036-01\", halls = 1 }",
            "policy mine: 1 of its starts lie",
        ),
    ] {
        let scenario = with(&format!("kind = \"fixed-schedule\"\nstarts = [{starts}]")).unwrap();
        assert_eq!(
            scenario.warnings.iter().filter(|w| w.contains(words)).count(),
            1,
            "{:?}",
            scenario.warnings
        );
        assert_eq!(scenario.warnings.iter().filter(|w| w.contains("policy mine")).count(), 1);
    }
    let scenario = with("kind = \"fixed-schedule\"\nstarts = [{ month = \"2035-12\", halls = 10 }]").unwrap();
    assert!(!scenario.warnings.iter().any(|w| w.contains("policy mine")));
}

#[test]
fn faults_of_a_rule_are_named_with_what_may_be_used() {
    let when = |formula: &str| format!("kind = \"rule\"\nwhen = \"{formula}\"");
    refused("kind = \"rule\"", 0, &["when: is missing; wanted is a condition in quotes"]);
    refused(
        &when("hash_price_usd_per_ph_day > 40"),
        3,
        &[
            "].when: uses `hash_price_usd_per_ph_day`, which is unknown",
            "did you mean `hashprice_usd_per_ph_day`?",
            "known here are year, month, months_passed",
            "liquidity_musd",
        ],
    );
    refused(&when("open(1) > 0"), 3, &["uses `open`, which is unknown; known here are"]);
    refused(&when("cash_musd"), 3, &["yields a number; wanted is a condition"]);
    refused(&when("1 < cash_musd < 2"), 3, &["mixes truths and numbers"]);
    refused(&when("cash_musd >"), 3, &["cannot be read", "allowed are numbers, names"]);
    refused(&when("cash_musd > 1; 2"), 3, &["holds `;` at character 14"]);
    refused(&when(" "), 3, &["when: is empty text"]);
    refused("kind = \"rule\"\nwhen = true", 3, &["when: is true or false; wanted is text in quotes"]);
    refused(&format!("{}\nhalls = 2", when("1 > 0")), 4, &["halls: is a whole number; wanted is text"]);
    refused(&format!("{}\nhalls = \"month > 2\"", when("1 > 0")), 4, &["halls: mixes", "wanted is a number"]);
    refused(&format!("{}\nhallls = \"2\"", when("1 > 0")), 4, &["did you mean `halls`"]);
}

#[test]
fn parameters_out_of_range_are_named() {
    refused("kind = \"constant-share\"", 0, &["share_of_gross_mw: is missing"]);
    refused("kind = \"constant-share\"\nshare_of_gross_mw = 40", 3, &["is 40; allowed is above 0 up to 1"]);
    refused(
        "kind = \"contract-backed-only\"\nmin_rent_over_market = -1.0",
        3,
        &["min_rent_over_market", "0 to 10 of the market rent"],
    );
    refused("kind = \"contract-backed-only\"\ntenant = \"a\"", 3, &["tenant: is unknown"]);
    refused("kind = \"myopic-npv\"\nmargin_usd_per_gross_mw = \"high\"", 3, &["wanted is a number"]);
    refused("kind = \"lsmc\"\nfit_paths = 99", 3, &["fit_paths: is 99", "100 to 20000"]);
    refused("kind = \"lsmc\"\nfit_paths = 20001", 3, &["fit_paths: is 20001"]);
    refused("kind = \"lsmc\"\ndegree = 0", 3, &["degree: is 0", "1 to 4"]);
    refused("kind = \"lsmc\"\ndegree = 2.5", 3, &["degree"]);
    refused("kind = \"lsmc\"\nfit_path = 500", 3, &["did you mean `fit_paths`"]);
    refused("kind = \"myopic\"", 2, &["did you mean `myopic-npv`"]);
}

#[test]
fn policies_that_need_modelled_prices_are_refused_where_they_are_replayed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios");
    for (kind, words) in [
        ("myopic-npv", "is myopic-npv, which values mining on modelled prices"),
        ("lsmc", "is lsmc, which is fitted to other paths of modelled prices"),
    ] {
        let text = format!("{REPLAY}\n[[policies]]\nkind = \"{kind}\"\n");
        let message = Scenario::parse("replay.toml", &text, &folder, &[]).unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn lsmc_with_too_many_states_is_refused_like_dp() {
    let start = VALID.find("# The race.").unwrap();
    let text = format!("{}[[policies]]\nkind = \"lsmc\"\n", &VALID[..start]);
    let set = ["halls[0].count=40".to_owned(), "conversion.max_under_construction_gross_mw=200".to_owned()];
    let message = Scenario::parse("many.toml", &text, Path::new("."), &set).unwrap_err().to_string();
    assert!(
        message.contains("policies[lsmc]: cannot be computed") && message.contains("states"),
        "{message}"
    );
}

#[test]
fn months_of_trigger_maps_have_a_default_and_lie_within_the_horizon() {
    let months = |policy: &str| {
        let scenario = with(policy).unwrap_or_else(|faults| panic!("{policy}\n{faults}"));
        let again = Scenario::parse("again.toml", &scenario.resolved, Path::new("."), &[]).unwrap();
        assert_eq!(scenario.policies, again.policies);
        match &scenario.policies.iter().find(|plan| plan.name == "mine").unwrap().kind {
            PolicyKind::Dp(plan) => plan.map_months.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(months("kind = \"dp\""), [0, 24, 48, 72]);
    assert_eq!(months("kind = \"dp\"\nmap_months = []"), [0; 0]);
    assert_eq!(months("kind = \"dp\"\nmap_months = [\"2026-02\", \"2035-12\"]"), [1, 119]);
    let short = ["scenario.end_month=2029-12".to_owned()];
    let short = Scenario::parse("short.toml", VALID, Path::new("."), &short).unwrap();
    assert!(short.resolved.contains("map_months = [\"2026-01\", \"2028-01\"]"), "{}", short.resolved);
    for (given, words) in [
        ("[\"2036-01\"]", "holds `2036-01`; allowed are months of the study, \"2026-01\" to \"2035-12\""),
        ("[\"2025-12\"]", "holds `2025-12`; allowed are months of the study"),
        ("[\"June\"]", "holds `June`; allowed are months of the study"),
        ("[\"2027-01\", \"2027-01\"]", "holds `2027-01`; allowed are months in rising order, each once"),
        ("\"2027-01\"", "is no list of texts; wanted is a list such as [\"2026-01\", \"2028-01\"]"),
        ("[2027]", "is no list of texts"),
    ] {
        refused(&format!("kind = \"dp\"\nmap_months = {given}"), 3, &["map_months", words]);
    }
}

#[test]
fn bounds_and_funds_are_read_and_refused_with_their_ranges() {
    refused(
        "kind = \"dp\"\nbound_paths = 16",
        3,
        &["bound_paths: is 16", "0 for no bound, or 64 to 100,000"],
    );
    refused("kind = \"dp\"\nrace_bound_paths = 1", 3, &["race_bound_paths: is 1", "0 for no bound, or 64"]);
    refused("kind = \"dp\"\nfunds = \"in-state\"", 3, &["allowed only with company.cash_limit = \"funded\""]);
    refused("kind = \"dp\"\ncash_buckets = 1000", 3, &["cash_buckets", "1 to 100"]);
    let funded = |set: &[&str]| {
        let text = format!("{VALID}\n[[policies]]\nname = \"mine\"\nkind = \"dp\"\nfunds = \"in-state\"\n");
        let set: Vec<String> = set.iter().map(|s| (*s).to_string()).collect();
        Scenario::parse("test.toml", &text, Path::new("."), &set).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let warned = |scenario: &Scenario, part: &str| scenario.warnings.iter().any(|text| text.contains(part));
    let limit = "company.cash_limit=\"funded\"";
    let scenario = funded(&[limit]);
    assert!(scenario.campus.company.hold_to_cash);
    assert!(warned(&scenario, "no trigger maps are drawn") && !warned(&scenario, "may earn more"));
    let rich = funded(&[limit, "company.committed_funding_usd=1000e6"]);
    assert!(warned(&rich, "pays for 7.7 halls"), "{:?}", rich.warnings);
}

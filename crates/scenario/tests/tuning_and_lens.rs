//! `tune`, the objective and the two lenses in the scenario file: defaults, what is refused, and with which words.

use scenario::{Faults, Lens, Scenario};
use std::path::Path;

const VALID: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const REPLAY: &str = include_str!("../../../data/scenarios/houston-replay.toml");

fn load(text: &str) -> Result<Scenario, Faults> {
    Scenario::parse("test.toml", text, Path::new("."), &[])
}

fn set(overrides: &[&str]) -> Scenario {
    let set: Vec<String> = overrides.iter().map(|s| (*s).to_string()).collect();
    Scenario::parse("test.toml", VALID, Path::new("."), &set).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Replaces one line of the shipped scenario and expects one fault at that line, with all of `wanted`.
fn broken(from: &str, to: &str, wanted: &[&str]) {
    let line = VALID.lines().position(|line| line.starts_with(from)).unwrap_or_else(|| panic!("no `{from}`"));
    let text: Vec<&str> = VALID.lines().enumerate().map(|(n, l)| if n == line { to } else { l }).collect();
    let faults = load(&text.join("\n")).expect_err(to);
    let message = faults.to_string();
    for part in wanted {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
    assert_eq!(faults.lines(), [Some(line + 1)], "{message}");
}

fn with(policy: &str) -> Result<Scenario, Faults> {
    load(&format!("{VALID}\n[[policies]]\nname = \"mine\"\n{policy}\n"))
}

#[test]
fn each_kind_with_a_main_number_may_leave_it_out_and_starts_at_a_sensible_one() {
    for (kind, start, words) in [
        ("hurdle", 134.5, "from 134.5 USD/kW-month"),
        ("constant-share", 0.5, "until 50 %"),
        // 9.5 million x 1.05 / 1.45 x 0.1163 / 12.
        ("trigger", 66_672.0, "by 66,672 USD"),
        ("myopic-npv", 0.0, "more than 0 USD"),
        ("contract-backed-only", 0.0, "at least 0 USD"),
    ] {
        let scenario = with(&format!("kind = \"{kind}\"\ntune = true")).unwrap_or_else(|f| panic!("{f}"));
        let plan = scenario.policies.iter().find(|plan| plan.name == "mine").unwrap();
        let main = plan.kind.main_number().unwrap();
        assert_eq!(main.value, start, "{kind}");
        let description = plan.description_before_tuning();
        assert!(description.contains(words) && description.contains("tuned on other paths"), "{description}");
        let list = main.coarse_list();
        assert!(list.len() > 8 && list.contains(&start) && list.is_sorted_by(|a, b| a < b), "{list:?}");
        let other = plan.kind.with_main_number(list[1]);
        assert_eq!(other.main_number().unwrap().value, list[1]);
        // What is resolved states the number and that it is tuned.
        let again = load(&scenario.resolved).unwrap_or_else(|f| panic!("{f}"));
        assert_eq!(again.policies, scenario.policies);
        assert_eq!(again.resolved, scenario.resolved);
    }
    let mut kinds = set(&[]).policies.into_iter().filter(|plan| plan.kind.main_number().is_none());
    assert!(kinds.all(|plan| plan.kind.with_main_number(1.0) == plan.kind));
}

#[test]
fn lists_stay_within_what_the_field_allows() {
    let list = |policy: &str| {
        let scenario = with(policy).unwrap_or_else(|faults| panic!("{faults}"));
        let plan = scenario.policies.iter().find(|plan| plan.name == "mine").unwrap();
        plan.kind.main_number().unwrap().coarse_list()
    };
    let shares = list("kind = \"constant-share\"\nshare_of_gross_mw = 0.95\ntune = true");
    assert!(shares[0] > 0.0 && shares[shares.len() - 1] == 1.0, "{shares:?}");
    let rents = list("kind = \"hurdle\"\nrequired_rent_usd_per_kw_month = 7.5\ntune = true");
    assert_eq!(rents[..4], [0.0, 2.5, 7.5, 12.5]);
}

#[test]
fn tune_is_refused_where_there_is_no_number_or_nothing_to_learn_from() {
    let refused = |policy: &str, line: usize, wanted: &[&str]| {
        let faults = with(policy).expect_err(policy);
        let message = faults.to_string();
        assert!(wanted.iter().all(|part| message.contains(part)), "{message}");
        assert_eq!(faults.lines(), [Some(VALID.lines().count() + 2 + line)], "{message}");
    };
    for kind in ["all-ai-asap", "all-mining"] {
        let wanted =
            ["policies[10].tune", "has no main number to tune", "allowed with constant-share, hurdle"];
        refused(&format!("kind = \"{kind}\"\ntune = true"), 3, &wanted);
    }
    refused("kind = \"rule\"\nwhen = \"month > 2\"\ntune = false", 4, &["rule has no main number"]);
    refused("kind = \"myopic-npv\"\ntune = \"yes\"", 3, &["tune: is text; wanted is true or false"]);
    refused("kind = \"hurdle\"\ntune = false", 0, &["required_rent_usd_per_kw_month: is missing"]);
    let text = format!("{REPLAY}\n[[policies]]\nkind = \"hurdle\"\nname = \"mine\"\ntune = true\n");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios");
    let message = Scenario::parse("replay.toml", &text, &folder, &[]).unwrap_err().to_string();
    assert!(message.contains("is true where prices are replayed"), "{message}");
}

#[test]
fn weights_and_paths_out_of_range_are_refused_at_their_line() {
    broken(
        "objective_cvar_weight",
        "objective_cvar_weight = 10.5",
        &["run.objective_cvar_weight", "is 10.5; allowed is 0 to 10"],
    );
    broken("objective_cvar_weight", "objective_cvar_weight = -0.1", &["is -0.1; allowed is 0 to 10"]);
    broken("objective_cvar_weight", "tuning_paths = 1", &["run.tuning_paths", "is 1", "2 to 100000"]);
    broken("objective_cvar_weight", "frontier_cvar_weights = [0.0, 11.0]", &["holds 11; allowed is 0 to 10"]);
    broken("objective_cvar_weight", "frontier_cvar_weights = []", &["an empty list"]);
    broken("lens = ", "lens = \"worth\"", &["run.lens", "is `worth`; allowed is one of outcomes, value"]);
    broken(
        "bitcoin_premium_per_year",
        "bitcoin_premium_per_year = 1.5",
        &["value.bitcoin_premium_per_year", "-1 to 1"],
    );
    broken(
        "bitcoin_premium_per_year",
        "btc_premium_per_year = 0.1",
        &["value.btc_premium_per_year: is unknown"],
    );
}

#[test]
fn an_objective_with_the_tail_in_it_says_what_stays_outside() {
    let warned = |scenario: &Scenario, part: &str| scenario.warnings.iter().any(|text| text.contains(part));
    assert!(!warned(&set(&[]), "CVaR"));
    let tuned = set(&["run.objective_cvar_weight=0.5"]);
    assert!(
        warned(&tuned, "mean + 0.5 x CVaR 5 % of the NPV; what is computed (dp) still maximises the mean"),
        "{:?}",
        tuned.warnings
    );
    assert_eq!(tuned.tuning.all_weights(), [0.0, 0.25, 0.5, 1.0, 2.0, 4.0]);
    assert_eq!(
        set(&["run.objective_cvar_weight=3"]).tuning.all_weights(),
        [0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0]
    );
    let off = ["hurdle", "trigger", "myopic-npv"].map(|policy| format!("policies[{policy}].tune=false"));
    let none = set(&[&off[0], &off[1], &off[2], "run.objective_cvar_weight=0.5"]);
    assert!(warned(&none, "does nothing here: no policy has tune = true"), "{:?}", none.warnings);
}

#[test]
fn the_value_lens_takes_its_rate_and_its_premia_and_outcomes_neither() {
    let premia = ["value.lease_rate_premium_per_year=0.04", "value.discount_rate_per_year=0.06"];
    let outcomes = set(&premia);
    assert_eq!(outcomes.lens.shown, Lens::Outcomes);
    assert_eq!(outcomes.campus.company.discount_rate_per_year, 0.1163);
    let value = set(&[premia[0], premia[1], "run.lens=value"]);
    assert_eq!(value.campus.company.discount_rate_per_year, 0.06);
    let rate = |scenario: &Scenario| scenario.market.lease_rate.expected_rate(24);
    assert!((rate(&value) / rate(&outcomes) - (-0.08_f64).exp()).abs() < 1e-12);
    assert!(!value.warnings.iter().any(|text| text.contains("run.lens")), "{:?}", value.warnings);
    // Without a rate of its own it takes the run's; without premia it says that it shows nothing new.
    let start = VALID.find("\n[value]\n").unwrap();
    let end = start + VALID[start..].find("# The race").unwrap();
    let bare =
        format!("{}{}", &VALID[..start], &VALID[end..]).replace("lens = \"outcomes\"", "lens = \"value\"");
    let bare = load(&bare).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(bare.lens.value_discount_rate_per_year, 0.1163);
    assert!(bare.warnings.iter().any(|text| text.contains("it shows what \"outcomes\" shows")));
}

#[test]
fn premia_of_factors_without_a_drift_are_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios");
    let value = "\n[value]\nbitcoin_premium_per_year = 0.05\npower_premium_per_year = -0.02\ngpu_hour_premium_per_year = 0.1\n";
    let message =
        Scenario::parse("replay.toml", &format!("{REPLAY}{value}"), &folder, &[]).unwrap_err().to_string();
    for wanted in ["here Bitcoin is replayed", "here power is replayed", "it needs a table [gpus]"] {
        assert!(message.contains(wanted), "`{wanted}` is not in:\n{message}");
    }
}

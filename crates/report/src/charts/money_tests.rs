//! Charts of the money: which there are, what they say, and that labels keep apart.

use super::tests::{check_labels, check_points, check_well_formed};
use super::*;
use crate::test_finance::with_money;
use crate::test_support::{build, financed, outcomes, smallest, zeros};
use simulate::Fan;

fn charts(outcomes: &Outcomes) -> Vec<(String, Scene)> {
    all(outcomes).into_iter().filter(|(name, _)| name.starts_with("money_")).collect()
}

fn texts(outcomes: &Outcomes, chart: &str) -> String {
    let charts = charts(outcomes);
    let (_, scene) = charts.iter().find(|(name, _)| name == chart).unwrap_or_else(|| panic!("no {chart}"));
    scene.labels().map(|label| label.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn charts_of_the_money_come_with_a_capital_structure_alone() {
    assert!(charts(&outcomes()).is_empty());
    let names: Vec<String> = charts(&financed()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["money_cash", "money_dscr", "money_debt", "money_shares", "money_sources_uses"]);
}

#[test]
fn titles_name_policy_unit_and_bands() {
    let outcomes = financed();
    for (chart, wanted) in [
        ("money_cash", ["Company cash: dp", "Million USD; the policy with the highest", "Middle 90 %"]),
        ("money_dscr", ["Debt service coverage (DSCR): dp", "Covenant breached below", "Middle 90 %"]),
        ("money_debt", ["Debt by kind: dp", "Convertible notes", "Total, middle 90 %"]),
        ("money_shares", ["Shares: dp", "Diluted", "First opening"]),
        ("money_sources_uses", ["Sources and uses: dp", "loans drawn: ", "construction: "]),
    ] {
        let text = texts(&outcomes, chart);
        for words in wanted {
            assert!(text.contains(words), "`{words}` is not in {chart}:\n{text}");
        }
    }
}

#[test]
fn labels_stay_inside_and_apart_whatever_the_money() {
    let mut bare = financed();
    for policy in &mut bare.policies {
        let money = policy.finance.as_mut().unwrap();
        let n_months = money.statement.len();
        money.dscr = Fan::of(vec![f64::NAN; n_months], n_months);
        money.debt_usd = Fan::of(vec![0.0; n_months], n_months);
        money.statement.fill(simulate::Statement::default());
    }
    let short = with_money(build(&["all-mining", "dp"], 7, 3));
    for outcomes in [financed(), with_money(smallest()), with_money(zeros()), short, bare] {
        for (name, scene) in charts(&outcomes) {
            check_labels(&name, &scene);
            check_points(&name, &scene);
            check_well_formed(&name, &paint::svg(&scene).unwrap());
        }
    }
}

#[test]
fn one_path_shows_no_spread() {
    let one = with_money(build(&["all-mining", "dp"], 60, 1));
    for (name, _) in charts(&one) {
        let text = texts(&one, &name).to_lowercase();
        for word in ["median", "middle", "quantile", "mean over", "all paths"] {
            assert!(!text.contains(word), "{name} speaks of `{word}`:\n{text}");
        }
    }
}

use super::*;
use crate::test_finance::with_money;
use crate::test_support::{POLICIES, build, financed, outcomes, smallest, zeros};

fn flat(outcomes: &Outcomes) -> String {
    block(outcomes, Paint::Plain).replace('\n', " ")
}

#[test]
fn without_a_capital_structure_nothing_is_said() {
    assert_eq!(block(&outcomes(), Paint::Plain), "");
}

#[test]
fn lines_fit_whatever_the_outcomes() {
    let long = ["all-mining", "a-policy-with-a-name-that-is-much-too-long-for-any-table", "dp"];
    for outcomes in
        [financed(), with_money(smallest()), with_money(zeros()), with_money(build(&long, 36, 30))]
    {
        let text = block(&outcomes, Paint::Plain);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

#[test]
fn sentences_name_the_winner_the_bound_the_lenders_and_the_terminal_value() {
    let outcomes = financed();
    let text = flat(&outcomes);
    for wanted in [
        "value ±   vs mining ±",
        "Per share dp is worth most, ",
        "ahead of trigger (400 paths), within two standard errors, so this run cannot tell",
        "The ranking by mean value per share is that by mean NPV.",
        "Money kept policies from starting more: all-ai-asap on 25.0 % of paths (1.5 months of a path).",
        "Under dp, senior notes at 8.00 %: ",
        "bp pays for; something due is unpaid on 4.0 % of paths, and if lenders then enforced and recovered 55 % of the balance, a spread of 18 bp would pay for it.",
        "a guarantor pays fees worth",
        "a line of its own within the equity: ",
    ] {
        assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
    }
}

#[test]
fn a_winner_that_the_run_can_tell_and_a_ranking_that_money_turns() {
    let mut outcomes = with_money(build(&POLICIES[..3], 60, 200));
    let money = outcomes.policies[2].finance.as_mut().unwrap();
    let mut raised = Moments::default();
    for value in &mut money.kept_value_per_share_usd {
        *value += 9.0;
        raised.add(*value);
    }
    money.value_per_share_usd = raised;
    money.terminal_usd = Moments::default();
    outcomes.policies.iter_mut().for_each(|policy| policy.share_bound_by_money = 0.0);
    let text = flat(&outcomes);
    assert!(text.contains("more than two standard errors."), "{text}");
    let wanted =
        "By mean NPV, before tax and unlevered, all-ai-asap is first, per share constant-share, both by more";
    assert!(text.contains(wanted), "{text}");
    assert!(text.contains("Money kept no policy") && text.contains("No terminal value"), "{text}");
}

#[test]
fn one_path_claims_no_error() {
    let text = flat(&with_money(build(&["all-mining", "dp"], 12, 1)));
    assert!(!text.contains('±') && !text.contains("P5") && !text.contains("standard error"), "{text}");
}

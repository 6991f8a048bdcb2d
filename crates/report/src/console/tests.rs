use super::*;
use crate::test_support::financed;
use crate::test_support::{POLICIES, build, moments, outcomes, smallest, zeros};

/// The text without line breaks, so that sentences can be looked for.
fn flat(outcomes: &Outcomes) -> String {
    comparison(outcomes).replace('\n', " ")
}

fn check_lines(outcomes: &Outcomes) -> String {
    let text = comparison(outcomes);
    assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    assert!(!text.contains("NaN") && !text.contains("inf "), "{text}");
    text
}

#[test]
fn lines_fit_even_with_long_names_and_large_sums() {
    let long = ["all-mining", "a-policy-with-a-name-that-is-much-too-long-for-any-table", "dp"];
    let mut wide = build(&long, 36, 30);
    for policy in &mut wide.policies {
        policy.capex_usd = 123_456e6;
        policy.cvar5_usd = -98_765e6;
    }
    for outcomes in [outcomes(), smallest(), zeros(), wide] {
        check_lines(&outcomes);
    }
}

#[test]
fn names_of_24_letters_are_never_cut_and_large_money_changes_its_unit() {
    let names = ["all-mining", "policy-of-24-characters!", "dp"];
    for (times, unit) in [
        (1.0, "Money in million USD,"),
        (300.0, "Money in "),
        (1e4, "Money in billion USD,"),
        (1e7, "Money in "),
        (1e12, "Money in 1e18 USD,"),
    ] {
        let mut large = build(&names, 24, 40);
        for policy in &mut large.policies {
            let scaled: Vec<f64> = policy.kept_npv_usd.iter().map(|v| v * times).collect();
            policy.npv_usd = moments(&scaled);
            policy.difference_usd = moments(&scaled);
            policy.npv_quantiles_usd = policy.npv_quantiles_usd.map(|v| v * -times);
            policy.cvar5_usd *= -times;
            policy.capex_usd *= times;
            policy.incremental_irrs = vec![1e9, 2e9];
        }
        let text = check_lines(&large);
        assert!(text.contains(names[1]) && text.contains("perfect foresight"), "{text}");
        assert!(text.contains(unit), "{text}");
    }
}

#[test]
fn tuned_rules_say_from_where_to_where_and_money_names_its_lens() {
    let mut outcomes = outcomes();
    let text = flat(&outcomes);
    let wanted = "trigger was tuned from 60,000 to 67,500 USD per gross MW and month, the best mean NPV of 3 numbers on 512 paths of another seed: mean 360 there (350 before), ";
    assert!(text.contains(wanted), "{text}");
    assert!(text.contains("NPVs are under the outcomes lens (expected drifts), nominal USD"), "{text}");
    outcomes.lens = simulate::Lens::Value;
    let tuning = outcomes.tuning.as_mut().unwrap();
    tuning.objective_cvar_weight = 0.5;
    tuning.rows.iter_mut().for_each(|row| row.is_chosen = row.is_start);
    let text = check_lines(&outcomes).replace('\n', " ");
    assert!(
        text.contains(
            "stays at 60,000 USD per gross MW and month, the best mean + 0.5 x CVaR 5 % of the NPV of 3"
        ),
        "{text}"
    );
    assert!(text.contains("under the value lens (risk-adjusted drifts)"), "{text}");
    outcomes.tuning = None;
    assert!(!flat(&outcomes).contains("another seed"));
}

#[test]
fn sentences_name_the_best_the_mark_and_the_losers() {
    let text = flat(&build(&POLICIES[..6], 120, 400));
    assert!(text.contains("dp and hurdle have the highest mean NPVs, and this run cannot"), "{text}");
    assert!(text.contains("path by path dp is "), "{text}");
    let won = flat(&build(&POLICIES[..3], 120, 400));
    assert!(won.contains("all-ai-asap has the highest mean NPV; path by path it is 1"), "{won}");
    assert!(won.contains("ahead of constant-share (400 paths), more than two"), "{won}");
    assert!(text.contains("Perfect foresight, the upper mark"), "{text}");
    assert!(text.contains("gpu-pilot is worth less than all-mining"), "{text}");
    assert!(text.contains("nominal USD, before tax, unlevered"), "{text}");
    assert!(text.contains("past the horizon (leases in force, machines, GPUs, site)"), "{text}");
    assert!(text.contains("± one standard error (charts: ± two)"), "{text}");
    assert!(!text.contains("loose") && !text.contains("skewed"), "{text}");
}

#[test]
fn equal_policies_are_worth_the_same_and_the_simpler_comes_first() {
    let mut outcomes = build(&["all-mining", "dp"], 12, 50);
    outcomes.policies[1] = PolicyOutcome { name: "twin".into(), ..outcomes.policies[0].clone() };
    let text = flat(&outcomes);
    assert!(text.contains("all-mining and twin are worth the same on every path kept."), "{text}");
    assert!(text.contains("twin is worth the same."), "{text}");
    assert!(text.contains("more than all-mining."), "{text}");
    assert!(!text.contains("ahead"), "{text}");
}

#[test]
fn a_lead_within_two_errors_is_no_win() {
    let mut outcomes = build(&["all-mining", "dp"], 12, 50);
    let mining = outcomes.policies[0].kept_npv_usd.clone();
    let gains: Vec<f64> = (0..50).map(|i| if i % 2 == 0 { 1.1e7 } else { -1e7 }).collect();
    let dp = &mut outcomes.policies[1];
    dp.kept_npv_usd = mining.iter().zip(&gains).map(|(m, g)| m + g).collect();
    dp.npv_usd = moments(&dp.kept_npv_usd);
    dp.difference_usd = moments(&gains);
    let text = flat(&outcomes);
    assert!(text.contains("all-mining and dp have the highest mean NPVs, and this run cannot tell the two apart: path by path dp is 0.5"), "{text}");
    assert!(!text.contains("has the highest") && !text.contains("ahead of"), "{text}");
}

#[test]
fn one_path_claims_no_error_and_no_spread() {
    let mut one = build(&["all-mining", "dp"], 12, 1);
    one.policies[1].shortfall_probability = 1.0;
    // Tuning has paths of its own, and so a mean.
    one.tuning = None;
    let text = check_lines(&one);
    assert!(!text.contains('±') && !text.contains("mean"), "{text}");
    let mining: Vec<&str> = text.lines().nth(3).unwrap().split_whitespace().collect();
    assert_eq!(mining[2..6], ["–", "–", "–", "–"], "{text}");
    assert!(text.contains("Money in million USD, on the one path."), "{text}");
    let text = flat(&one);
    assert!(
        text.contains("is worth most on the one path:")
            && text.contains("one path says nothing about the error"),
        "{text}"
    );
    assert!(text.contains("runs out of cash and committed funding on the one path"), "{text}");
    assert!(comparison(&smallest()).contains("is the only policy"));
    one.policies[1] = PolicyOutcome { name: "dp".into(), ..one.policies[0].clone() };
    assert!(flat(&one).contains("all-mining and dp are worth the same on the one path"));
}

#[test]
fn a_mark_that_leaves_something_out_is_called_loose() {
    let mut outcomes = outcomes();
    outcomes.warnings.push("halls stand behind 5 MW: loads compete, every policy is slower".into());
    let text = flat(&outcomes);
    assert!(text.contains("The mark leaves the contest for the interconnect out, so it is loose."), "{text}");
    outcomes.warnings.push("until then the builders' limit is left out of perfect foresight".into());
    let text = flat(&outcomes);
    assert!(
        text.contains("contest for the interconnect and the builders' limit out, so it is loose."),
        "{text}"
    );
    outcomes.warnings.remove(1);
    assert!(flat(&outcomes).contains("The mark leaves the builders' limit out, so it is loose."));
}

#[test]
fn a_best_policy_without_money_and_a_mean_on_few_paths_are_said() {
    let mut outcomes = outcomes();
    let best = outcomes.policies.iter().position(|p| p.name == outcomes.best().name).unwrap();
    outcomes.policies[best].shortfall_probability = 0.05;
    assert!(!flat(&outcomes).contains("runs out of cash"));
    outcomes.policies[best].shortfall_probability = 0.352;
    *outcomes.markets[0].effective_sample.last_mut().unwrap() = 12.4;
    let text = flat(&outcomes);
    assert!(
        text.contains("runs out of cash and committed funding on 35.2 % of paths: it needs more money"),
        "{text}"
    );
    assert!(text.contains("rest on few of the 400 paths (skewed laws): Bitcoin price about 12."), "{text}");
}

#[test]
fn any_number_of_market_factors_will_do() {
    let mut outcomes = build(&POLICIES, 24, 30);
    outcomes.markets.retain(|factor| !factor.name.starts_with("gpu_"));
    check_lines(&outcomes);
}

#[test]
fn the_map_of_the_first_month_is_said_in_a_sentence() {
    use simulate::Call;
    let mut outcomes = outcomes();
    let said = |outcomes: &Outcomes, wanted: &str| {
        let text = flat(outcomes);
        assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
    };
    said(
        &outcomes,
        "with an offer of 80 gross MW at the market's 134.5 USD/kW-month, dp would wait: one start now gains",
    );
    said(&outcomes, "at this hashprice the first hall starts from 143.4 USD/kW-month on.");
    outcomes.trigger_maps[0].map.at_mark.call = Call::Stay;
    outcomes.trigger_maps[0].map.first_start_rent = None;
    said(&outcomes, "dp would stay with mining");
    said(&outcomes, "no rent from 80.0 to 230.0 would start a hall");
    outcomes.trigger_maps[0].map.at_mark.call = Call::Convert(2);
    outcomes.trigger_maps[0].map.first_start_rent = Some(80.0);
    said(&outcomes, "dp would start 2 halls");
    said(&outcomes, "every rent looked at, from 80.0 on, starts a hall");
    outcomes.trigger_maps[0].map.month = 24;
    assert!(!flat(&outcomes).contains("Today, at"));
}

/// The text without the codes of a terminal.
fn stripped(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[test]
fn colours_leave_the_text_as_it_is_and_mark_the_best_and_the_losers() {
    for outcomes in [outcomes(), smallest(), zeros(), financed()] {
        let painted = painted_comparison(&outcomes, Paint::Coloured);
        assert_eq!(stripped(&painted), comparison(&outcomes));
        assert!(!comparison(&outcomes).contains('\u{1b}'));
    }
    let mut outcomes = build(&POLICIES, 24, 40);
    let worst = &mut outcomes.policies[1];
    worst.difference_usd = moments(&[-3e6, -3.1e6, -2.9e6]);
    worst.npv_usd = moments(&[-3e12, -3.1e12, -2.9e12]);
    let painted = painted_comparison(&outcomes, Paint::Coloured);
    let line = |name: &str| painted.lines().find(|line| stripped(line).starts_with(name)).unwrap().to_owned();
    let best = outcomes.best().name.clone();
    assert!(line(&best).starts_with("\u{1b}[1m"), "{painted}");
    assert!(line(POLICIES[1]).contains("\u{1b}[31m"), "{painted}");
    assert!(!line("perfect foresight").contains('\u{1b}'), "{painted}");
}

//! What the table shows, in words: who is best, how sure that is, and what to be careful with.

use super::plan_sentences::plan_sentences;
use super::tuned::tuned_rules;
use super::{WIDTH, percent};
use crate::lens::lens_words;
use crate::numbers::{counted_paths, grouped, million_usd, million_usd_with_error};
use crate::trigger_words::todays_call;
use crate::turning::caveats;
use simulate::{Lens, Moments, Outcomes, PolicyOutcome};

/// Values this close are the same, USD.
const SAME_USD: f64 = 1.0;

/// What the table shows, a sentence or two for each thing, the most important first.
pub(crate) fn sentences(outcomes: &Outcomes) -> Vec<String> {
    let best = outcomes.best();
    let mut sentences = vec![best_and_second(outcomes, best)];
    sentences.extend(caveats(outcomes));
    sentences.push(foresight_gap(outcomes, best));
    sentences.extend(plan_sentences(outcomes));
    sentences.extend(outcomes.trigger_maps.iter().filter(|found| found.map.month == 0).map(todays_call));
    sentences.extend(losers(outcomes));
    sentences.extend(tuned_rules(outcomes));
    if outcomes.policies.iter().any(|policy| policy.incremental_irrs.len() > 1) {
        sentences.push(
            "* The flow changes sign more than once and has several rates of return; the lowest is shown."
                .into(),
        );
    }
    let beyond = best.npv_usd.mean() - best.npv_horizon_usd.mean();
    sentences.push(format!(
        "NPVs are {}nominal USD, before tax, unlevered, with what is carried past the horizon (leases in force, machines, \
         GPUs, site); for {} that is worth {} million, and without it the NPV is {} million USD.",
        // One path, such as a replay of history, has no expected drifts to speak of.
        match (outcomes.n_paths, outcomes.lens) {
            (1, Lens::Outcomes) => String::new(),
            (_, lens) => format!("under the {}, ", lens_words(lens)),
        },
        best.name,
        million_usd(beyond),
        stated(&best.npv_horizon_usd),
    ));
    if best.shortfall_probability > 0.05 {
        sentences.push(format!(
            "{} runs out of cash and committed funding on {}: it needs more money than the scenario has.",
            best.name,
            match outcomes.n_paths {
                1 => "the one path".into(),
                _ => format!("{} of paths", percent(best.shortfall_probability)),
            }
        ));
    }
    sentences.extend(thin_means(outcomes));
    sentences
}

/// Factors whose mean at the horizon rests on few paths.
fn thin_means(outcomes: &Outcomes) -> Vec<String> {
    let thin = |factor: &&simulate::FactorOutcome| {
        let n = factor.effective_sample.last().copied().unwrap_or(f64::INFINITY);
        outcomes.n_paths > 1 && n < 0.1 * outcomes.n_paths as f64
    };
    let names: Vec<String> = outcomes
        .markets
        .iter()
        .filter(thin)
        .map(|factor| {
            let n = factor.effective_sample.last().copied().unwrap_or_default();
            format!("{} about {}", factor.title, grouped(n, 0))
        })
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "Means at the horizon that rest on few of the {} paths (skewed laws): {}. Treat what hangs on them with care.",
        grouped(outcomes.n_paths as f64, 0),
        names.join(", ")
    )]
}

/// Who leads, by how much over the next on the same paths, and whether the run can tell.
pub(crate) fn best_and_second(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
    let second = outcomes
        .policies
        .iter()
        .filter(|policy| !std::ptr::eq(*policy, best))
        // Of equals the first in the list, which is the simpler one.
        .rev()
        .max_by(|a, b| a.npv_usd.mean().total_cmp(&b.npv_usd.mean()));
    let Some(second) = second else {
        return format!("{} is the only policy, so there is nothing to compare it with.", best.name);
    };
    let same: Vec<&str> = outcomes
        .policies
        .iter()
        .filter(|policy| are_the_same(policy, best))
        .map(|p| p.name.as_str())
        .collect();
    if same.len() > 1 {
        let paths = if outcomes.n_paths == 1 { "the one path" } else { "every path kept" };
        let more = if same.len() < outcomes.policies.len() { ", more than any other" } else { "" };
        return format!("{} are worth the same on {paths}{more}.", listed(&same));
    }
    let mut lead = Moments::default();
    best.kept_npv_usd.iter().zip(&second.kept_npv_usd).for_each(|(a, b)| lead.add(a - b));
    let leads = format!("{} has the highest mean NPV", best.name);
    let n = counted_paths(lead.n() as usize);
    let paths = if lead.n() < outcomes.n_paths as u64 { format!("the first {n}") } else { n };
    match lead.n() {
        0 => format!("{leads}; no path was kept to set it against {}.", second.name),
        1 if outcomes.n_paths == 1 => format!(
            "{} is worth most on the one path: {} million USD more than {}; one path says nothing about the error.",
            best.name,
            million_usd(lead.mean()),
            second.name
        ),
        1 => format!(
            "{leads}; on the one path kept it is {} million USD ahead of {}, and one path says nothing about the error.",
            million_usd(lead.mean()),
            second.name
        ),
        _ => {
            let by = million_usd_with_error(lead.mean(), lead.standard_error());
            if lead.mean().abs() > 2.0 * lead.standard_error() {
                return format!(
                    "{leads}; path by path it is {by} million USD ahead of {} ({paths}), more than two standard errors.",
                    second.name
                );
            }
            let mut pair = [best.name.as_str(), second.name.as_str()];
            pair.sort_by_key(|name| outcomes.policies.iter().position(|policy| policy.name == *name));
            format!(
                "{} and {} have the highest mean NPVs, and this run cannot tell the two apart: path by path {} is {by} \
                 million USD ahead ({paths}), within two standard errors of zero.",
                pair[0], pair[1], best.name
            )
        }
    }
}

/// Whether two policies are worth the same on every path that can be looked at.
fn are_the_same(a: &PolicyOutcome, b: &PolicyOutcome) -> bool {
    let apart = |a: f64, b: f64| (a - b).abs() >= SAME_USD;
    let on_some = a.kept_npv_usd.iter().zip(&b.kept_npv_usd).any(|(a, b)| apart(*a, *b));
    !on_some && !apart(a.npv_usd.mean(), b.npv_usd.mean())
}

fn foresight_gap(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
    let [gap, mark] = [&best.foresight_less_policy_usd, &outcomes.foresight.npv_usd].map(stated);
    let warned = |text: &str| outcomes.warnings.iter().any(|warning| warning.contains(text));
    let loose = match (warned("loads compete"), warned("builders' limit is left out")) {
        (true, true) => {
            " The mark leaves the contest for the interconnect and the builders' limit out, so it is loose."
        }
        (true, false) => " The mark leaves the contest for the interconnect out, so it is loose.",
        (false, true) => " The mark leaves the builders' limit out, so it is loose.",
        (false, false) => "",
    };
    if outcomes.n_paths < 2 && best.foresight_less_policy_usd.mean() == 0.0 {
        return format!(
            "Perfect foresight, the upper mark, would have done the same as {}.{loose}",
            best.name
        );
    }
    format!(
        "Perfect foresight, the upper mark that no policy can exceed, is worth {mark} million USD, {gap} million more than {}.{loose}",
        best.name
    )
}

fn losers(outcomes: &Outcomes) -> Option<String> {
    let all_mining = outcomes.policies.first()?;
    if outcomes.policies.len() < 2 {
        return None;
    }
    let (mut surely, mut perhaps, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for policy in &outcomes.policies[1..] {
        let (mean, error) = (policy.difference_usd.mean(), policy.difference_usd.standard_error());
        if mean.abs() < SAME_USD && error < SAME_USD {
            same.push(policy.name.as_str());
        } else if mean < -2.0 * error {
            surely.push(policy.name.as_str());
        } else if mean.abs() <= 2.0 * error {
            perhaps.push(policy.name.as_str());
        }
    }
    let name = &all_mining.name;
    let mut parts = vec![match surely.as_slice() {
        [] if outcomes.n_paths == 1 => format!("No policy is worth less than {name} on the one path"),
        [] => format!("No policy is worth less than {name} by more than two standard errors"),
        [one] => format!("{one} is worth less than {name}"),
        many => format!("{} are worth less than {name}", listed(many)),
    }];
    match same.as_slice() {
        [] => {}
        [one] => parts.push(format!("{one} is worth the same")),
        many => parts.push(format!("{} are worth the same", listed(many))),
    }
    if !perhaps.is_empty() {
        parts.push(format!("{} cannot be told from it", listed(&perhaps)));
    }
    Some(format!("{}.", parts.join("; ")))
}

pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

pub(crate) fn wrap_into(text: &mut String, sentence: &str) {
    let mut length = 0;
    for word in sentence.split(' ') {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > WIDTH {
            text.push('\n');
            length = 0;
        }
        if length > 0 {
            text.push(' ');
            length += 1;
        }
        text.push_str(word);
        length += word_length;
    }
    text.push('\n');
}

/// Million USD with the standard error in a sentence, or the one value there is.
pub(crate) fn stated(moments: &Moments) -> String {
    if moments.n() < 2 {
        million_usd(moments.mean())
    } else {
        million_usd_with_error(moments.mean(), moments.standard_error())
    }
}

//! What a run found, for the terminal: one table and a few sentences.

use crate::numbers::{
    common_decimals, counted_paths, decimals_of_size, grouped, million_usd, million_usd_with_error,
};
use simulate::{Moments, Outcomes, PolicyOutcome};

/// Widest line, in characters.
const WIDTH: usize = 100;
const MILLION: f64 = 1e6;
/// The two lines above the table, by column.
const HEADER: [[&str; 2]; 9] = [
    ["", "policy"],
    ["NPV mean", "± s.e."],
    ["over all-", "mining ± s.e."],
    ["NPV", "P5"],
    ["NPV", "CVaR 5 %"],
    ["IRR of", "difference"],
    ["", "capex"],
    ["AI MW", "at end"],
    ["short", "of cash"],
];

/// The policies side by side, and in words which is best, by how much, and how sure that is.
///
/// Lines have at most 100 characters. Money is in million USD.
#[must_use]
pub fn comparison(outcomes: &Outcomes) -> String {
    let mut text = table(outcomes);
    text.push('\n');
    for sentence in sentences(outcomes) {
        wrap_into(&mut text, &sentence);
    }
    text
}

/// What the reader should know before trusting a number, a paragraph each; empty without any.
#[must_use]
pub fn warnings(outcomes: &Outcomes) -> String {
    let mut text = String::new();
    for warning in &outcomes.warnings {
        wrap_into(&mut text, &format!("warning: {warning}"));
    }
    text
}

fn table(outcomes: &Outcomes) -> String {
    let money = Decimals::of(outcomes);
    let mut rows: Vec<[String; 9]> =
        outcomes.policies.iter().enumerate().map(|(i, policy)| policy_row(policy, i, &money)).collect();
    rows.push(foresight_row(outcomes, &money));
    let width_of = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain(HEADER[column].iter().map(|h| h.chars().count())).max().unwrap_or(0)
    };
    let mut widths: [usize; 9] = std::array::from_fn(width_of);
    let others: usize = widths[1..].iter().map(|w| w + 2).sum();
    // Names give way to numbers.
    widths[0] = widths[0].min(WIDTH.saturating_sub(others).max(8));
    let mut text = String::new();
    push_row(&mut text, &HEADER.map(|[upper, _]| upper.to_owned()), &widths);
    push_row(&mut text, &HEADER.map(|[_, lower]| lower.to_owned()), &widths);
    text.push_str(&"─".repeat(widths.iter().sum::<usize>() + 2 * 8));
    text.push('\n');
    rows.iter().for_each(|row| push_row(&mut text, row, &widths));
    text.push_str(if outcomes.n_paths < 2 {
        "Money in million USD, on the one path.\n"
    } else {
        "Money in million USD, ± one standard error.\n"
    });
    text
}

fn push_row(text: &mut String, cells: &[String; 9], widths: &[usize; 9]) {
    let mut line = cut(&cells[0], widths[0]);
    line.push_str(&" ".repeat(widths[0] - line.chars().count()));
    for (cell, width) in cells.iter().zip(widths).skip(1) {
        line.push_str(&format!("  {cell:>width$}"));
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

fn cut(name: &str, width: usize) -> String {
    if name.chars().count() <= width {
        return name.to_owned();
    }
    name.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// Decimals of money, the same down each column.
struct Decimals {
    npv: usize,
    difference: usize,
    capex: usize,
}

impl Decimals {
    fn of(outcomes: &Outcomes) -> Self {
        let of = |moments: fn(&PolicyOutcome) -> Moments, foresight: Moments| {
            let all = outcomes.policies.iter().map(moments).chain([foresight]);
            common_decimals(all.map(|m| (m.mean() / MILLION, m.standard_error() / MILLION)))
        };
        let capex = outcomes.policies.iter().map(|p| p.capex_usd / MILLION).fold(0.0, f64::max);
        Self {
            npv: of(|p| p.npv_usd, outcomes.foresight.npv_usd),
            difference: of(|p| p.difference_usd, outcomes.foresight.difference_usd),
            capex: decimals_of_size(capex),
        }
    }
}

/// A mean with its standard error, or the one value there is.
fn with_error(moments: &Moments, decimals: usize) -> String {
    if moments.n() < 2 {
        return grouped(moments.mean() / MILLION, decimals);
    }
    let [mean, error] = [moments.mean(), moments.standard_error()].map(|v| grouped(v / MILLION, decimals));
    format!("{mean} ± {error}")
}

fn policy_row(policy: &PolicyOutcome, index: usize, money: &Decimals) -> [String; 9] {
    let irr = match policy.incremental_irrs.as_slice() {
        [] => "–".into(),
        [only] => percent(*only),
        // More than one rate solves the equation; the table has how many.
        [lowest, ..] => format!("{}*", percent(*lowest)),
    };
    let ai_mw = policy.ledger.last().map(|l| l.hosting_mw + l.inference_mw + l.training_mw);
    [
        policy.name.clone(),
        with_error(&policy.npv_usd, money.npv),
        if index == 0 { "–".into() } else { with_error(&policy.difference_usd, money.difference) },
        quantile(policy, policy.npv_quantiles_usd[0], money),
        quantile(policy, policy.cvar5_usd, money),
        irr,
        grouped(policy.capex_usd / MILLION, money.capex),
        ai_mw.map_or_else(|| "–".into(), |mw| grouped(mw, 0)),
        percent(policy.shortfall_probability),
    ]
}

/// A figure of the distribution of NPVs; one path has none.
fn quantile(policy: &PolicyOutcome, usd: f64, money: &Decimals) -> String {
    if policy.npv_usd.n() < 2 { "–".into() } else { grouped(usd / MILLION, money.npv) }
}

/// Million USD with the standard error in a sentence, or the one value there is.
fn stated(moments: &Moments) -> String {
    if moments.n() < 2 {
        million_usd(moments.mean())
    } else {
        million_usd_with_error(moments.mean(), moments.standard_error())
    }
}

fn foresight_row(outcomes: &Outcomes, money: &Decimals) -> [String; 9] {
    let mut row: [String; 9] = std::array::from_fn(|_| "–".to_owned());
    row[0] = "perfect foresight".into();
    row[1] = with_error(&outcomes.foresight.npv_usd, money.npv);
    row[2] = with_error(&outcomes.foresight.difference_usd, money.difference);
    row
}

fn percent(share: f64) -> String {
    format!("{} %", grouped(100.0 * share, 1))
}

fn sentences(outcomes: &Outcomes) -> Vec<String> {
    let best = outcomes.best();
    let mut sentences = vec![best_and_second(outcomes, best), foresight_gap(outcomes, best)];
    sentences.extend(losers(outcomes));
    if outcomes.policies.iter().any(|policy| policy.incremental_irrs.len() > 1) {
        sentences.push(
            "* The flow changes sign more than once and has several rates of return; the lowest is shown."
                .into(),
        );
    }
    let beyond = best.npv_usd.mean() - best.npv_horizon_usd.mean();
    sentences.push(format!(
        "NPVs are nominal USD, before tax, unlevered, with what is carried past the horizon (leases in force, machines, \
         GPUs, site); for {} that is worth {} million, and without it the NPV is {} million USD.",
        best.name,
        million_usd(beyond),
        stated(&best.npv_horizon_usd),
    ));
    if best.shortfall_probability > 0.05 {
        sentences.push(format!(
            "{} runs out of cash and committed funding on {} of paths: it needs more money than the scenario has.",
            best.name,
            percent(best.shortfall_probability)
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
fn best_and_second(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
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
    let mut lead = Moments::default();
    best.kept_npv_usd.iter().zip(&second.kept_npv_usd).for_each(|(a, b)| lead.add(a - b));
    if lead.n() > 0 && lead.mean() == 0.0 && lead.standard_error() == 0.0 {
        return format!("{} and {} are worth the same on every path kept.", best.name, second.name);
    }
    let leads = format!("{} has the highest mean NPV", best.name);
    let n = counted_paths(lead.n() as usize);
    let paths = if lead.n() < outcomes.n_paths as u64 { format!("the first {n}") } else { n };
    match lead.n() {
        0 => format!("{leads}; no path was kept to set it against {}.", second.name),
        1 => format!(
            "{} is worth most on the one path: {} million USD more than {}; one path says nothing about the error.",
            best.name,
            million_usd(lead.mean()),
            second.name
        ),
        _ => {
            let by = million_usd_with_error(lead.mean(), lead.standard_error());
            let verdict = if lead.mean().abs() <= 2.0 * lead.standard_error() {
                "within two standard errors of zero: this run cannot tell the two apart"
            } else {
                "more than two standard errors"
            };
            format!(
                "{leads}; path by path it is {by} million USD ahead of {} ({paths}), {verdict}.",
                second.name
            )
        }
    }
}

fn foresight_gap(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
    let [gap, mark] = [&best.foresight_less_policy_usd, &outcomes.foresight.npv_usd].map(stated);
    let warned = |text: &str| outcomes.warnings.iter().any(|warning| warning.contains(text));
    let loose = match (warned("loads compete"), warned("builders' limit is left out")) {
        (true, _) => " The mark leaves the contest for the interconnect out, so it is loose.",
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
    let (mut surely, mut perhaps) = (Vec::new(), Vec::new());
    for policy in &outcomes.policies[1..] {
        let (mean, error) = (policy.difference_usd.mean(), policy.difference_usd.standard_error());
        if mean < -2.0 * error {
            surely.push(policy.name.as_str());
        } else if mean.abs() <= 2.0 * error {
            perhaps.push(policy.name.as_str());
        }
    }
    let name = &all_mining.name;
    let lost = match surely.as_slice() {
        [] => format!("No policy is worth less than {name} by more than two standard errors"),
        [one] => format!("{one} is worth less than {name}"),
        many => format!("{} are worth less than {name}", listed(many)),
    };
    Some(match perhaps.as_slice() {
        [] => format!("{lost}."),
        unclear => format!("{lost}; {} cannot be told from it.", listed(unclear)),
    })
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn wrap_into(text: &mut String, sentence: &str) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{build, outcomes, smallest, zeros};

    #[test]
    fn lines_fit_even_with_long_names_and_large_sums() {
        let long = ["all-mining", "a-policy-with-a-name-that-is-much-too-long-for-any-table", "dp"];
        let mut wide = build(&long, 36, 30);
        for policy in &mut wide.policies {
            policy.capex_usd = 123_456e6;
            policy.cvar5_usd = -98_765e6;
        }
        for outcomes in [outcomes(), smallest(), zeros(), wide] {
            let text = comparison(&outcomes);
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
            assert!(!text.contains("NaN") && !text.contains("inf "), "{text}");
        }
    }

    #[test]
    fn sentences_name_the_best_the_mark_and_the_losers() {
        let text = comparison(&outcomes()).replace('\n', " ");
        assert!(text.contains("has the highest mean NPV; path by path"), "{text}");
        assert!(text.contains("Perfect foresight, the upper mark"), "{text}");
        assert!(text.contains("gpu-pilot is worth less than all-mining"), "{text}");
        assert!(text.contains("nominal USD, before tax, unlevered"), "{text}");
    }

    #[test]
    fn close_policies_are_said_to_be_indistinguishable() {
        let mut outcomes = build(&["all-mining", "dp"], 12, 50);
        outcomes.policies[1] = PolicyOutcome { name: "twin".into(), ..outcomes.policies[0].clone() };
        let text = comparison(&outcomes).replace('\n', " ");
        assert!(text.contains("all-mining and twin are worth the same"), "{text}");
        assert!(text.contains("twin cannot be told from it"), "{text}");
    }

    #[test]
    fn one_path_claims_no_error() {
        let text = comparison(&build(&["all-mining", "dp"], 12, 1)).replace('\n', " ");
        assert!(text.contains("one path says nothing about the error"), "{text}");
        assert!(comparison(&smallest()).contains("is the only policy"));
    }
}

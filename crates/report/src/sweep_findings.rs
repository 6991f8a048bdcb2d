//! What a person reads at the end of a sweep: the best policy, what it costs to be wrong, and where the choice turns.

mod break_even;

use self::break_even::crossings;
use crate::charts::sweep::Measure;
use crate::numbers::grouped;
use crate::sweep_console::counted;
use crate::sweep_results::Findings;
use crate::sweep_words::{lens_words, measure_of, parameter_value, shown, value_in_words};
use crate::text_table::text_table;
use std::fmt::Write as _;
use sweep::answers::sensitivity::Output;
use sweep::spec::ParameterSpec;
use sweep::{Spec, Value};

/// Parameters of a sensitivity study that are named.
const MOST_NAMED: usize = 5;
/// Flips and crossings that are named.
const MOST_LINES: usize = 6;

/// What follows from a sweep of which so many points are done, whatever came out, in at most 100 columns.
#[must_use]
pub fn sweep_findings(spec: &Spec, n_done: usize, findings: &Findings) -> String {
    let measure = measure_of(&spec.objective);
    let mut text = heading(spec, n_done, findings, &measure);
    if findings.results.points.is_empty() {
        return text;
    }
    if findings.results.n_warned > 0 {
        let n = counted(findings.results.n_warned, "point has", "points have");
        let _ = writeln!(text, "{n} warnings that the base does not have: warnings.csv.");
    }
    text.push_str(&regrets(spec, findings, &measure));
    text.push_str(&best_words(spec, findings, &measure));
    text.push_str(&crossings(spec, findings, n_done));
    text.push_str(&flips(spec, findings, &measure));
    text.push_str(&indices(spec, findings, &measure));
    text
}

fn heading(spec: &Spec, n_done: usize, findings: &Findings, measure: &Measure) -> String {
    let mut text = format!(
        "{}: {} of {} points compared, by {}.\n",
        spec.name,
        grouped(findings.results.points.len() as f64, 0),
        grouped(spec.n_points as f64, 0),
        measure.label.clone() + &lens_words(spec)
    );
    if !spec.description.is_empty() {
        let _ = writeln!(text, "{}.", spec.description.trim_end_matches('.'));
    }
    if findings.answers.best.iter().any(|best| best.lead.is_some_and(|lead| lead.standard_error.is_some())) {
        text.push_str("± is one standard error over paths.\n");
    }
    let missing = spec.n_points - n_done;
    if missing > 0 {
        let _ = writeln!(
            text,
            "{} not done yet: what follows is of the others.",
            counted(missing, "point is", "points are")
        );
    }
    text
}

fn regrets(spec: &Spec, findings: &Findings, measure: &Measure) -> String {
    let mean = format!("mean regret{}", measure.comma_unit());
    let header = ["policy", "best at", "decided at", &mean, "worst regret", "at point"];
    let rows = findings.answers.regrets.iter().map(|regret| {
        let (won, decided) = findings.points_won(regret.policy);
        vec![
            spec.policies[regret.policy].clone(),
            won.to_string(),
            decided.map_or_else(|| "–".into(), |decided| decided.to_string()),
            shown(measure, regret.mean),
            shown(measure, regret.worst) + &error_words(measure, regret.standard_error),
            regret.worst_point.to_string(),
        ]
    });
    format!("\n{}", text_table(&header, &rows.collect::<Vec<_>>()))
}

/// ` ± 2.4`, one standard error; nothing where none is known.
fn error_words(measure: &Measure, error: Option<f64>) -> String {
    error.map_or_else(String::new, |error| format!(" ± {}", shown(measure, error)))
}

fn best_words(spec: &Spec, findings: &Findings, measure: &Measure) -> String {
    let mut text = String::new();
    let n_points = findings.results.points.len();
    let winner = (0..spec.policies.len())
        .max_by_key(|policy| (findings.points_won(*policy).0, usize::MAX - policy))
        .filter(|_| spec.policies.len() > 1);
    if let Some(winner) = winner {
        let (won, decided) = findings.points_won(winner);
        let decided =
            decided.map_or_else(String::new, |n| format!(", by more than two standard errors at {n}"));
        let points = counted(n_points, "point", "points");
        let _ = writeln!(text, "\n{} is the best at {won} of {points}{decided}.", spec.policies[winner]);
    }
    if let (Some(regret), true) = (findings.answers.regrets.first(), n_points > 1 && winner.is_some()) {
        let at = findings.results.points.iter().find(|point| point.point == regret.worst_point);
        let least = &spec.policies[regret.policy];
        let place = at.map_or_else(String::new, |point| place(spec, &point.values));
        let _ = match regret.worst {
            worst if worst > 0.0 => writeln!(
                text,
                "Least worst-case regret: {least}, which gives up {}{}{} at most, at\n  {place}.",
                shown(measure, worst),
                error_words(measure, regret.standard_error),
                measure.space_unit()
            ),
            _ => writeln!(text, "No regret: {least} is behind at no point."),
        };
    }
    text
}

/// Parameters of which all are named.
const FEW: usize = 3;

/// Where a point is: its values, of many parameters those that are not the base's, on one line as far as it goes.
fn place(spec: &Spec, values: &[Value]) -> String {
    let is_base = |parameter: &ParameterSpec, value: &Value| parameter.base.as_ref() == Some(value);
    let is_few = spec.parameters.len() <= FEW;
    let all = spec.parameters.iter().zip(values);
    let moved = all.filter(|(parameter, value)| is_few || !is_base(parameter, value));
    let parts: Vec<String> = moved.map(|(parameter, value)| parameter_value(parameter, value)).collect();
    if parts.is_empty() {
        return "the base".into();
    }
    let text = parts.join(", ");
    if text.chars().count() <= 96 {
        text
    } else {
        format!("{}…", text.chars().take(95).collect::<String>())
    }
}

/// A number to so many digits.
fn rounded(value: f64, n_digits: i32) -> Value {
    if value == 0.0 || !value.is_finite() {
        return Value::Number(value);
    }
    let digits = 10_f64.powi(n_digits - 1 - value.abs().log10().floor() as i32);
    Value::Number((value * digits).round() / digits)
}

fn flips(spec: &Spec, findings: &Findings, measure: &Measure) -> String {
    let Some(tornado) = &findings.answers.tornado else { return String::new() };
    let mut text = format!("\nAt the base {} is the best", spec.policies[tornado.base.policy]);
    if let Some(lead) = &tornado.base.lead {
        let doubt = if lead.decided() == Some(false) { " (not decided)" } else { "" };
        let margin = shown(measure, lead.margin) + &error_words(measure, lead.standard_error);
        let _ =
            write!(text, ", {margin}{} ahead of {}{doubt}", measure.space_unit(), spec.policies[lead.over]);
    }
    text.push_str(".\n");
    if tornado.flips.is_empty() {
        text.push_str("No parameter by itself changes that within its range.\n");
        return text;
    }
    text.push_str("What would change that, the nearest to the base first:\n");
    for flip in tornado.flips.iter().take(MOST_LINES) {
        let parameter = &spec.parameters[flip.parameter];
        let at = flip.at.map_or_else(|| flip.lost.clone(), |at| rounded(at, 4));
        let base = parameter
            .base
            .as_ref()
            .map_or_else(String::new, |base| format!(" (base {})", value_in_words(base)));
        let side = flip_side(&flip.lost, parameter.base.as_ref());
        let doubt = if flip.lead.decided() == Some(false) { ", within two standard errors" } else { "" };
        let place = parameter_value(parameter, &at);
        let _ = writeln!(text, "  {side}{place}{base}: {}{doubt}", spec.policies[flip.to]);
    }
    if tornado.flips.len() > MOST_LINES {
        let _ = writeln!(text, "  and {} more, in flips.csv", tornado.flips.len() - MOST_LINES);
    }
    text
}

/// On which side of the base the choice is lost.
fn flip_side(lost: &Value, base: Option<&Value>) -> &'static str {
    match lost.number().zip(base.and_then(Value::number)) {
        Some((lost, base)) if lost < base => "below ",
        Some(_) => "above ",
        None => "at ",
    }
}

fn indices(spec: &Spec, findings: &Findings, measure: &Measure) -> String {
    let Some(sensitivity) = &findings.answers.sensitivity else { return String::new() };
    let mut text = String::new();
    for (output, indices) in &sensitivity.outputs {
        let what = match output {
            Output::BestObjective => format!("{} of the best policy", measure.label),
            Output::Margin(first, second) => {
                format!("the lead of {} over {}", spec.policies[*first], spec.policies[*second])
            }
            Output::Objective(_) | Output::BestAiShare => continue,
        };
        let Some(by_parameter) = &indices.by_parameter else {
            let _ = writeln!(text, "\n{what} does not vary.");
            continue;
        };
        let mut order: Vec<usize> = (0..by_parameter.len()).collect();
        order.sort_by(|a, b| by_parameter[*b].total.estimate.total_cmp(&by_parameter[*a].total.estimate));
        let header = ["parameter", "first-order", "95 % interval", "total", "95 % interval"];
        let rows = order.iter().take(MOST_NAMED).map(|at| {
            let both = &by_parameter[*at];
            let interval = |index: &sweep::answers::jansen::Index| {
                index.interval.map_or_else(
                    || "–".into(),
                    |i| format!("{} to {}", grouped(i.low, 2), grouped(i.high, 2)),
                )
            };
            vec![
                spec.parameters[*at].label.clone(),
                grouped(both.first.estimate, 2),
                interval(&both.first),
                grouped(both.total.estimate, 2),
                interval(&both.total),
            ]
        });
        let table = text_table(&header, &rows.collect::<Vec<_>>());
        let left_out = match sensitivity.n_left_out {
            0 => String::new(),
            n => format!(" ({n} left out, since a point of theirs is not done)"),
        };
        let _ = write!(text, "\nSobol indices of {what}, {} base rows{left_out}:\n{table}", indices.n_rows);
    }
    text
}

#[cfg(test)]
mod tests;

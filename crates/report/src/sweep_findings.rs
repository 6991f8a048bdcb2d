//! What a person reads at the end of a sweep: the best policy, what it costs to be wrong, and where the choice turns.

use crate::charts::sweep::Measure;
use crate::numbers::grouped;
use crate::sweep_console::counted;
use crate::sweep_results::Findings;
use crate::sweep_words::{lens_words, measure_of, parameter_value, shown, value_in_words};
use crate::text_table::text_table;
use std::fmt::Write as _;
use sweep::answers::break_even::{BreakEven, Crossing};
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
    text.push_str(&crossings(spec, findings));
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
            shown(measure, regret.worst),
            regret.worst_point.to_string(),
        ]
    });
    format!("\n{}", text_table(&header, &rows.collect::<Vec<_>>()))
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
        let _ = writeln!(
            text,
            "Least worst-case regret: {}, which gives up {}{} at most, at\n  {}.",
            spec.policies[regret.policy],
            shown(measure, regret.worst),
            measure.space_unit(),
            at.map_or_else(String::new, |point| place(spec, &point.values))
        );
    }
    text
}

/// Where a point is: the values that are not the base's, on one line as far as it goes.
fn place(spec: &Spec, values: &[Value]) -> String {
    let is_base = |parameter: &ParameterSpec, value: &Value| parameter.base.as_ref() == Some(value);
    let moved = spec.parameters.iter().zip(values).filter(|(parameter, value)| !is_base(parameter, value));
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

fn crossings(spec: &Spec, findings: &Findings) -> String {
    let mut text = String::new();
    for pair in &findings.answers.break_evens {
        let (first, second) = (&spec.policies[pair.first], &spec.policies[pair.second]);
        if pair.crossings.is_empty() {
            text.push_str(&without_crossing(pair, first, second));
            continue;
        }
        // Along the upright axis where something crosses there: a line for each column of the map.
        let upright = findings.answers.map.as_ref().and_then(|map| map.y.as_ref()).map(|y| y.parameter);
        let is_upright = |crossing: &&Crossing| upright.is_none_or(|up| crossing.parameter == up);
        let mut along: Vec<&Crossing> = pair.crossings.iter().filter(is_upright).collect();
        if along.is_empty() {
            along = pair.crossings.iter().collect();
        }
        // Said once where it is the same all along.
        let is_same = along.iter().all(|crossing| crossing.ahead_above == along[0].ahead_above);
        let above = if is_same { format!("; above, {}", ahead_words(spec, along[0])) } else { String::new() };
        let _ = writeln!(text, "\n{first} and {second} break even here{above} (break_even.csv has all):");
        let step = along.len().div_ceil(MOST_LINES).max(1);
        for crossing in along.iter().step_by(step) {
            let ahead =
                if is_same { String::new() } else { format!("; above, {}", ahead_words(spec, crossing)) };
            let _ = writeln!(text, "  {}{ahead}", crossing_words(spec, crossing));
        }
    }
    text
}

/// What two policies are to each other on a map on which no line between neighbours crosses.
fn without_crossing(pair: &BreakEven, first: &str, second: &str) -> String {
    let known = || pair.differences.iter().flatten().flatten();
    let (is_ahead, is_behind) = (known().any(|d| *d > 0.0), known().any(|d| *d < 0.0));
    match (is_ahead, is_behind) {
        (true, true) => format!(
            "{first} and {second} break even between points of which one is missing; see differences.csv.\n"
        ),
        (true, false) => format!("{first} is never behind {second} on this map.\n"),
        (false, true) => format!("{second} is never behind {first} on this map.\n"),
        (false, false) => format!("{first} and {second} are level on this map.\n"),
    }
}

/// `Market rent 133.8 ± 5.1 USD/kW-month where Hashprice is 25`.
fn crossing_words(spec: &Spec, crossing: &Crossing) -> String {
    let parameter = &spec.parameters[crossing.parameter];
    let error = crossing.standard_error.filter(|error| *error > 0.0);
    let error = error.map_or_else(String::new, |error| format!(" ± {}", value_in_words(&rounded(error, 2))));
    let at = value_in_words(&rounded(crossing.at, 4));
    let beside = crossing.beside.map_or_else(String::new, |(beside, value)| {
        format!(" where {} is {}", spec.parameters[beside].label, value_in_words(&rounded(value, 4)))
    });
    format!("{} {at}{error} {}{beside}", parameter.label, parameter.unit)
}

fn ahead_words(spec: &Spec, crossing: &Crossing) -> String {
    match crossing.ahead_above {
        Some(policy) => format!("{} is ahead", spec.policies[policy]),
        None => "they are level".into(),
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
        let error =
            lead.standard_error.map_or_else(String::new, |error| format!(" ± {}", shown(measure, error)));
        let _ = write!(
            text,
            ", {}{error} {} ahead of {}",
            shown(measure, lead.margin),
            measure.unit,
            spec.policies[lead.over]
        );
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

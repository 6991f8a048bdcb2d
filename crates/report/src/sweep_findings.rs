//! What a person reads at the end of a sweep: the best policy, what it costs to be wrong, and where the choice turns.

use crate::charts::sweep::Measure;
use crate::numbers::grouped;
use crate::sweep_console::counted;
use crate::sweep_results::Findings;
use crate::sweep_words::{measure_of, parameter_value, shown, value_in_words};
use crate::text_table::text_table;
use std::fmt::Write as _;
use sweep::answers::break_even::Crossing;
use sweep::answers::sensitivity::Output;
use sweep::{Merge, Spec, Value};

/// Parameters of a sensitivity study that are named.
const MOST_NAMED: usize = 5;
/// Flips and crossings that are named.
const MOST_LINES: usize = 6;

/// What follows from a sweep, in at most 100 columns.
#[must_use]
pub fn sweep_findings(merge: &Merge, findings: &Findings) -> String {
    let spec = merge.spec();
    let measure = measure_of(&spec.objective);
    let mut text = heading(merge, findings, &measure);
    if findings.results.points.is_empty() {
        return text;
    }
    text.push_str(&regrets(spec, findings, &measure));
    text.push_str(&best_words(spec, findings, &measure));
    text.push_str(&crossings(spec, findings));
    text.push_str(&flips(spec, findings, &measure));
    text.push_str(&indices(spec, findings, &measure));
    text
}

fn heading(merge: &Merge, findings: &Findings, measure: &Measure) -> String {
    let spec = merge.spec();
    let mut text = format!(
        "{}: {} of {} points compared, by {}.\n",
        spec.name,
        grouped(findings.results.points.len() as f64, 0),
        grouped(spec.n_points as f64, 0),
        measure.label
    );
    let missing = spec.n_points - merge.n_done();
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
    let unit = if measure.unit.is_empty() { String::new() } else { format!(", {}", measure.unit) };
    let mean = format!("mean regret{unit}");
    let header = ["policy", "best at", "decided at", &mean, "worst regret", "at point"];
    let knows_errors =
        findings.answers.best.iter().any(|best| best.lead.is_some_and(|lead| lead.standard_error.is_some()));
    let rows = findings.answers.regrets.iter().map(|regret| {
        let (won, decided) = findings.points_won(regret.policy);
        vec![
            spec.policies[regret.policy].clone(),
            won.to_string(),
            if knows_errors { decided.to_string() } else { "–".into() },
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
    let winner =
        (0..spec.policies.len()).max_by_key(|policy| (findings.points_won(*policy).0, usize::MAX - policy));
    if let Some(winner) = winner {
        let (won, decided) = findings.points_won(winner);
        let _ = writeln!(
            text,
            "\n{} is the best at {won} of {}, by more than two standard errors at {decided}.",
            spec.policies[winner],
            counted(n_points, "point", "points")
        );
    }
    if let (Some(regret), true) = (findings.answers.regrets.first(), n_points > 1) {
        let at = findings.results.points.iter().find(|point| point.point == regret.worst_point);
        let place = at.map_or_else(String::new, |point| place(spec, &point.values));
        let unit = if measure.unit.is_empty() { String::new() } else { format!(" {}", measure.unit) };
        let _ = writeln!(
            text,
            "Least worst-case regret: {}, which gives up {}{unit} at most, at\n  {place}.",
            spec.policies[regret.policy],
            shown(measure, regret.worst)
        );
    }
    text
}

/// The values of a point in words, on one line as far as it goes.
fn place(spec: &Spec, values: &[Value]) -> String {
    let parts =
        spec.parameters.iter().zip(values).map(|(parameter, value)| parameter_value(parameter, value));
    let text = parts.collect::<Vec<_>>().join(", ");
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
            let ahead = findings
                .results
                .points
                .first()
                .map(|point| point.result.between(pair.first, pair.second).0 >= 0.0);
            if let Some(ahead) = ahead {
                let (ahead, behind) = if ahead { (first, second) } else { (second, first) };
                let _ = writeln!(text, "{behind} is never ahead of {ahead} on this map.");
            }
            continue;
        }
        // Along the upright axis where there is one: a line for each column of the map.
        let upright = findings.answers.map.as_ref().and_then(|map| map.y.as_ref()).map(|y| y.parameter);
        let along: Vec<&Crossing> =
            pair.crossings.iter().filter(|c| upright.is_none_or(|up| c.parameter == up)).collect();
        let _ = writeln!(text, "\n{first} and {second} break even at");
        let step = along.len().div_ceil(MOST_LINES).max(1);
        for crossing in along.iter().step_by(step) {
            let _ = writeln!(text, "  {}", crossing_words(spec, crossing));
        }
        if step > 1 {
            let _ = writeln!(text, "  and so on: break_even.csv has all {}.", pair.crossings.len());
        }
    }
    text
}

/// `Market rent 133.8 ± 5.1 USD/kW-month where Hashprice is 25; above it dp is ahead`.
fn crossing_words(spec: &Spec, crossing: &Crossing) -> String {
    let parameter = &spec.parameters[crossing.parameter];
    let error = crossing.standard_error.filter(|error| *error > 0.0);
    let error = error.map_or_else(String::new, |error| format!(" ± {}", value_in_words(&rounded(error, 2))));
    let at = value_in_words(&rounded(crossing.at, 4));
    let beside = crossing.beside.map_or_else(String::new, |(beside, value)| {
        format!(" where {} is {}", spec.parameters[beside].label, value_in_words(&rounded(value, 4)))
    });
    let ahead = match crossing.ahead_above {
        Some(policy) => format!("{} is ahead", spec.policies[policy]),
        None => "they are level".into(),
    };
    format!("{} {at}{error} {}{beside}; above it {ahead}", parameter.label, parameter.unit)
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
        let side = flip_side(flip.at, parameter.base.as_ref());
        let _ =
            writeln!(text, "  {side}{}{base}: {}", parameter_value(parameter, &at), spec.policies[flip.to]);
    }
    text
}

fn flip_side(at: Option<f64>, base: Option<&Value>) -> &'static str {
    match (at, base.and_then(Value::number)) {
        (Some(at), Some(base)) if at < base => "below ",
        (Some(_), Some(_)) => "above ",
        _ => "at ",
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
        let _ = write!(text, "\nSobol indices of {what}, {} base rows:\n{table}", indices.n_rows);
    }
    text
}

//! Where two policies break even, in words.

use super::{MOST_LINES, rounded};
use crate::sweep_results::Findings;
use crate::sweep_words::{parameter_value, value_in_words};
use std::fmt::Write as _;
use sweep::Spec;
use sweep::answers::axes::Map;
use sweep::answers::break_even::{BreakEven, Crossing};

/// Share of an axis beyond which the error of a crossing leaves its place open.
const OPEN: f64 = 0.5;

/// Every pair: where it breaks even, or who is never behind.
pub(super) fn crossings(spec: &Spec, findings: &Findings, n_done: usize) -> String {
    let Some(map) = &findings.answers.map else { return String::new() };
    let n_failed = findings.results.failed.len();
    let is_whole = n_done == spec.n_points && n_failed == 0;
    let scope =
        format!("{}{}", if is_whole { "on this map" } else { "at the points done" }, held_words(spec, map));
    let mut text = String::new();
    for pair in &findings.answers.break_evens {
        let (first, second) = (&spec.policies[pair.first], &spec.policies[pair.second]);
        if pair.crossings.is_empty() {
            text.push_str(&without_crossing(pair, (first, second), &scope));
            continue;
        }
        let _ = writeln!(text, "\n{first} and {second} break even {scope} (break_even.csv has all):");
        let lines = lines_of(map, pair);
        let step = lines.len().div_ceil(MOST_LINES).max(1);
        for crossing in lines.iter().step_by(step).flatten() {
            let _ = writeln!(text, "  {}", crossing_words(spec, map, crossing));
        }
    }
    text
}

/// `, where Lead time is 8 months`: what a map of more parameters holds.
fn held_words(spec: &Spec, map: &Map) -> String {
    let held = map.held.iter().map(|(parameter, value)| parameter_value(&spec.parameters[*parameter], value));
    let held: Vec<String> = held.collect();
    if held.is_empty() {
        String::new()
    } else {
        format!(" at {} (other values not looked at)", held.join(", "))
    }
}

/// Crossings by the line that they lie on: along the upright axis, a line for each column, or across where none lies upright.
fn lines_of<'a>(map: &Map, pair: &'a BreakEven) -> Vec<Vec<&'a Crossing>> {
    let upright = map.y.as_ref().map(|y| y.parameter);
    let is_upright = |crossing: &&Crossing| upright.is_none_or(|up| crossing.parameter == up);
    let mut along: Vec<&Crossing> = pair.crossings.iter().filter(is_upright).collect();
    if along.is_empty() {
        along = pair.crossings.iter().collect();
    }
    along.chunk_by(|one, other| one.beside == other.beside).map(<[&Crossing]>::to_vec).collect()
}

/// What two policies are to each other where no line between neighbours crosses.
fn without_crossing(pair: &BreakEven, (first, second): (&str, &str), scope: &str) -> String {
    let known = || pair.differences.iter().flatten().flatten();
    let (is_ahead, is_behind) = (known().any(|d| *d > 0.0), known().any(|d| *d < 0.0));
    match (is_ahead, is_behind) {
        (true, true) => {
            format!(
                "{first} and {second} break even between points of which one is missing; see differences.csv.\n"
            )
        }
        (true, false) => format!("{first} is never behind {second} {scope}.\n"),
        (false, true) => format!("{second} is never behind {first} {scope}.\n"),
        (false, false) => format!("{first} and {second} are level {scope}.\n"),
    }
}

/// `Market rent 133.8 ± 5.1 USD/kW-month where Hashprice is 25; above, dp is ahead`.
fn crossing_words(spec: &Spec, map: &Map, crossing: &Crossing) -> String {
    let parameter = &spec.parameters[crossing.parameter];
    let error = crossing.standard_error.filter(|error| *error > 0.0);
    let plus_minus = error.map_or_else(String::new, |e| format!(" ± {}", value_in_words(&rounded(e, 2))));
    let at = value_in_words(&rounded(crossing.at, 4));
    let unit = if parameter.unit.is_empty() { String::new() } else { format!(" {}", parameter.unit) };
    let beside = crossing.beside.map_or_else(String::new, |(beside, value)| {
        format!(" where {} is {}", spec.parameters[beside].label, value_in_words(&rounded(value, 4)))
    });
    let ahead = match (crossing.ahead_below, crossing.ahead_above) {
        _ if error.is_some_and(|error| error > OPEN * span(map, crossing.parameter)) => {
            "; too uncertain to say".into()
        }
        (None, Some(policy)) => format!("; level below, {} ahead above", spec.policies[policy]),
        (_, Some(policy)) => format!("; above, {}", spec.policies[policy]),
        (_, None) => "; level above".into(),
    };
    let text = format!("{} {at}{plus_minus}{unit}{beside}", parameter.label);
    // Where the line is too long for a terminal, who is ahead comes on the next.
    if text.chars().count() + ahead.chars().count() <= 96 {
        text + &ahead
    } else {
        format!("{text}\n    {}", &ahead[2..])
    }
}

/// From the lowest to the highest value of an axis.
fn span(map: &Map, parameter: usize) -> f64 {
    let axis = std::iter::once(&map.x).chain(&map.y).find(|axis| axis.parameter == parameter);
    axis.and_then(|axis| Some(axis.values.last()? - axis.values.first()?)).unwrap_or(f64::INFINITY)
}

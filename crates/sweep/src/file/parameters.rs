//! `[[parameters]]` of a sweep file.

use super::ANY;
use crate::design::Design;
use crate::outputs;
use crate::parameter::{Levels, Parameter, Range, Scale, Target};
use crate::value::Value;
use scenario::reader::Section;
use scenario::tree::{Node, Table};

/// Most values of one parameter.
const MAX_STEPS: u64 = 10_000;

/// Reads all parameters for a design.
pub(super) fn read(root: &Section<'_>, design: Design) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for section in root.list("parameters") {
        section.begin_item("parameters");
        let parameter = read_one(&section, design);
        if parameters.iter().any(|other| other.name == parameter.name) {
            section.fault("name", format!("is {} for a second parameter; give each its own", parameter.name));
        }
        let clash = clash(&parameters, &parameter);
        if let Some(path) = clash {
            section.fault_here(format!(
                "sets {path}, which another parameter sets; one of them would have no effect"
            ));
        }
        parameters.push(parameter);
    }
    parameters
}

/// A field that a parameter sets and an earlier one sets too.
fn clash<'a>(earlier: &[Parameter], parameter: &'a Parameter) -> Option<&'a str> {
    let is_set =
        |path: &str| earlier.iter().flat_map(|other| &other.targets).any(|target| target.path == path);
    parameter.targets.iter().map(|target| target.path.as_str()).find(|path| is_set(path))
}

/// Faults columns of a table that set what another parameter sets, or that a sweep sets itself.
pub(super) fn check_columns(about: &Section<'_>, parameters: &[Parameter]) {
    for (n, parameter) in parameters.iter().enumerate() {
        if let Some(path) = clash(&parameters[..n], parameter) {
            about.fault(
                "points_file",
                format!("sets {path} by two columns; one of them would have no effect"),
            );
        }
        if let Some(problem) = refused(parameter) {
            about.fault("points_file", format!("has the column {}, which {problem}", parameter.name));
        }
    }
}

/// Why a parameter may not be one, if it may not.
fn refused(parameter: &Parameter) -> Option<String> {
    let Parameter { name, targets, .. } = parameter;
    if RESERVED.contains(&name.as_str()) || outputs::names().contains(&name.as_str()) {
        return Some("is a column of its own in the results; choose another name".into());
    }
    let is_seed = targets.iter().any(|target| target.path == "run.seed");
    is_seed.then(|| {
        "sets run.seed; a sweep sets it itself: random_numbers = \"independent\" gives each point its own"
            .into()
    })
}

fn read_one(section: &Section<'_>, design: Design) -> Parameter {
    let targets = read_targets(section);
    let first = targets.first().map(|target| target.path.clone()).unwrap_or_default();
    let name = section.optional_text("name").unwrap_or(first);
    let label = section.optional_text("label").unwrap_or_else(|| name.clone());
    let unit = section.optional_text("unit").unwrap_or_default();
    let base = section.value("base").and_then(|node| scalar(section, "base", node));
    let (levels, scale) = read_levels(section, design);
    section.finish();
    let parameter = Parameter { name, label, unit, targets, levels, base, scale };
    if let Some(problem) = refused(&parameter) {
        section.fault_here(format!("{} {problem}", parameter.name));
    }
    parameter
}

/// Columns of results that are no parameters.
const RESERVED: [&str; 17] = [
    "point",
    "policy",
    "n_paths",
    "seed",
    "version",
    "reason",
    "other",
    "best",
    "objective",
    "second",
    "margin",
    "standard_error",
    "decided",
    "difference",
    "parameter",
    "level",
    "at",
];

fn read_targets(section: &Section<'_>) -> Vec<Target> {
    let path = section.optional_text("path");
    let sets = section.value("sets");
    match (path, sets) {
        (Some(path), None) => vec![Target { path, times: 1.0 }],
        (None, Some(Node::List(items))) if !items.is_empty() => items
            .iter()
            .filter_map(|item| match &item.node {
                Node::Table(table) => target(section, table),
                other => {
                    section.fault("sets", format!("holds {}; {WANTED}", other.type_name()));
                    None
                }
            })
            .collect(),
        (None, Some(other)) => {
            section.fault("sets", format!("is {}; {WANTED}", other.type_name()));
            Vec::new()
        }
        (Some(_), Some(_)) => {
            section.fault("sets", "stands beside path; allowed is one of the two");
            Vec::new()
        }
        (None, None) => {
            section.fault_here(
                "has neither path nor sets; wanted is path = \"conversion.lead_months\" or the like",
            );
            Vec::new()
        }
    }
}

const WANTED: &str = "wanted is a list such as [{ path = \"bitcoin.price_usd\", times = 2307.7 }]";

fn target(section: &Section<'_>, table: &Table) -> Option<Target> {
    for (key, ..) in &table.entries {
        if key != "path" && key != "times" {
            section.fault("sets", format!("has the unknown key {key}; known are path and times"));
        }
    }
    let times = match table.get("times").map(|entry| &entry.node) {
        None => Some(1.0),
        Some(Node::Number(times)) if times.is_finite() && *times != 0.0 => Some(*times),
        Some(Node::Whole(times)) if *times != 0 => Some(*times as f64),
        Some(_) => None,
    };
    match (table.get("path").map(|entry| &entry.node), times) {
        (Some(Node::Text(path)), Some(times)) => Some(Target { path: path.clone(), times }),
        (Some(Node::Text(path)), None) => {
            section.fault("sets", format!("has times of {path} that is no number other than 0"));
            None
        }
        _ => {
            section.fault("sets", format!("holds a table without path; {WANTED}"));
            None
        }
    }
}

const SCALES: [&str; 2] = ["linear", "log"];

/// What a parameter takes, and what equal steps of it are equal in where that is stated.
fn read_levels(section: &Section<'_>, design: Design) -> (Levels, Option<Scale>) {
    let values = section.value("values");
    let ranged = section.has("from") || section.has("to");
    if design == Design::Table {
        if values.is_some() || ranged {
            section.fault_here("has values of its own, and those of a table of points come from its file");
        }
        return (Levels::Table, read_scale(section));
    }
    match (values, ranged) {
        (Some(_), true) => {
            section.fault("values", "stands beside from and to; allowed is one of the two");
            (Levels::Table, None)
        }
        (Some(node), false) => {
            section.belongs_elsewhere(&["steps", "whole"], "belongs to from and to, and values are listed");
            (Levels::List(listed(section, node)), read_scale(section))
        }
        (None, true) => {
            let scale = [Scale::Linear, Scale::Log][section.choice("scale", &SCALES, Some(0))];
            (read_range(section, design, scale), Some(scale))
        }
        (None, false) => {
            section.fault_here("has no values; wanted is values = […], or from and to");
            (Levels::Table, None)
        }
    }
}

fn read_scale(section: &Section<'_>) -> Option<Scale> {
    section.has("scale").then(|| [Scale::Linear, Scale::Log][section.choice("scale", &SCALES, Some(0))])
}

fn listed(section: &Section<'_>, node: &Node) -> Vec<Value> {
    let Node::List(items) = node else {
        section.fault("values", format!("is {}; wanted is a list", node.type_name()));
        return Vec::new();
    };
    if items.is_empty() {
        section.fault("values", "is an empty list; a parameter needs at least one value");
    }
    let values: Vec<Value> = items.iter().filter_map(|item| scalar(section, "values", &item.node)).collect();
    let is_text = |value: &Value| matches!(value, Value::Text(_));
    if values.iter().any(is_text) && values.iter().any(|value| value.number().is_some()) {
        section.fault("values", "mixes texts and numbers; take the quotes off numbers");
    }
    for (n, value) in values.iter().enumerate() {
        // 90 and 90.0 are one point.
        let is_same =
            |other: &Value| other == value || other.number().zip(value.number()).is_some_and(|(a, b)| a == b);
        if values[..n].iter().any(is_same) {
            section.fault("values", format!("holds {} twice", value.literal()));
        }
    }
    values
}

fn read_range(section: &Section<'_>, design: Design, scale: Scale) -> Levels {
    let (low, high) = (section.number("from", ANY), section.number("to", ANY));
    let whole = section.flag_or("whole", false);
    if low >= high && section.log().is_clean() {
        section.fault("to", format!("is {high}, not above from = {low}"));
    }
    if scale == Scale::Log && low <= 0.0 {
        section.fault("from", format!("is {low}; a log scale needs numbers above 0"));
    }
    if whole && (low.fract() != 0.0 || high.fract() != 0.0) {
        section.fault("whole", format!("needs whole ends, and the range is {low} to {high}"));
    }
    let range = Range { low, high, scale, whole };
    if matches!(design, Design::LatinHypercube { .. } | Design::Sobol { .. } | Design::Sensitivity { .. }) {
        section.belongs_elsewhere(
            &["steps"],
            "belongs to designs that take values one by one; this one draws from the range",
        );
        return Levels::Range(range);
    }
    let steps = section.whole("steps", 2, MAX_STEPS, None) as usize;
    let mut values = range.steps(steps);
    // Whole numbers closer together than the steps would come twice.
    values.dedup();
    Levels::List(values)
}

/// A number, a text or a flag.
fn scalar(section: &Section<'_>, key: &'static str, node: &Node) -> Option<Value> {
    match node {
        Node::Number(number) if number.is_finite() => Some(Value::Number(*number)),
        Node::Whole(whole) => Some(Value::Whole(*whole)),
        Node::Flag(flag) => Some(Value::Flag(*flag)),
        Node::Text(text) => Some(Value::Text(text.clone())),
        other => {
            section.fault(
                key,
                format!("holds {}; allowed are numbers, texts, true and false", other.type_name()),
            );
            None
        }
    }
}

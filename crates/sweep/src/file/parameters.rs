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
        let paths: Vec<&str> = parameter.targets.iter().map(|target| target.path.as_str()).collect();
        let twice = parameters
            .iter()
            .flat_map(|other| &other.targets)
            .find(|target| paths.contains(&target.path.as_str()));
        if let Some(target) = twice {
            section.fault_here(format!(
                "sets {}, which another parameter sets; one of them would have no effect",
                target.path
            ));
        }
        parameters.push(parameter);
    }
    parameters
}

fn read_one(section: &Section<'_>, design: Design) -> Parameter {
    let targets = read_targets(section);
    let first = targets.first().map(|target| target.path.clone()).unwrap_or_default();
    let name = section.optional_text("name").unwrap_or(first);
    if let Some(column) = RESERVED.iter().copied().chain(outputs::names()).find(|column| *column == name) {
        section.fault(
            "name",
            format!("is {column}, which is a column of its own in the results; choose another"),
        );
    }
    let label = section.optional_text("label").unwrap_or_else(|| name.clone());
    let unit = section.optional_text("unit").unwrap_or_default();
    let base = section.value("base").and_then(|node| scalar(section, "base", node));
    let levels = read_levels(section, design);
    section.finish();
    Parameter { name, label, unit, targets, levels, base }
}

/// Columns of results that are no parameters.
const RESERVED: [&str; 7] = ["point", "policy", "n_paths", "seed", "version", "reason", "other"];

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

fn read_levels(section: &Section<'_>, design: Design) -> Levels {
    let values = section.value("values");
    let ranged = section.has("from") || section.has("to");
    match (values, ranged) {
        (Some(_), true) => {
            section.fault("values", "stands beside from and to; allowed is one of the two");
            Levels::Table
        }
        (Some(node), false) => {
            section.belongs_elsewhere(
                &["steps", "scale", "whole"],
                "belongs to from and to, and values are listed",
            );
            Levels::List(listed(section, node))
        }
        (None, true) => read_range(section, design),
        (None, false) if design == Design::Table => Levels::Table,
        (None, false) => {
            section.fault_here("has no values; wanted is values = […], or from and to");
            Levels::Table
        }
    }
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
    for (n, value) in values.iter().enumerate() {
        if values[..n].contains(value) {
            section.fault("values", format!("holds {} twice", value.literal()));
        }
    }
    values
}

fn read_range(section: &Section<'_>, design: Design) -> Levels {
    let (low, high) = (section.number("from", ANY), section.number("to", ANY));
    let scale = [Scale::Linear, Scale::Log][section.choice("scale", &["linear", "log"], Some(0))];
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

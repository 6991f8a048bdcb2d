//! What differs between two specifications, in words that tell whoever changed something what it was.

use crate::spec::{ParameterSpec, Spec};
use std::fmt::Debug;

/// What differs between the sweep found and the one asked for; not empty if they are not equal.
pub(super) fn between(found: &Spec, asked: &Spec) -> Vec<String> {
    // Every field is named, so that a new one cannot be forgotten here.
    let Spec {
        tool: _,
        version,
        name,
        description,
        design,
        n_points,
        parameters,
        policies,
        outputs,
        objective,
        compare,
        common_random_numbers,
        set,
        resolved_scenario,
        resolved_sweep,
        inputs,
        points_sha256,
    } = found;
    let mut differences = Vec::new();
    let mut note = |differs: bool, words: String| {
        if differs {
            differences.push(words);
        }
    };
    note(*name != asked.name, format!("it is sweep `{name}`, not `{}`", asked.name));
    let words = format!("it was begun by version {version} of the program, and this is {}", asked.version);
    note(*version != asked.version, words);
    note(*design != asked.design, changed("design", design, &asked.design));
    note(*parameters != asked.parameters, parameters_changed(parameters, &asked.parameters));
    if *n_points != asked.n_points {
        note(true, format!("it has {n_points} points, not {}", asked.n_points));
    } else {
        note(*points_sha256 != asked.points_sha256, "the values of its points are others".into());
    }
    note(*policies != asked.policies, lists("policies", policies, &asked.policies));
    note(*outputs != asked.outputs, lists("outputs", outputs, &asked.outputs));
    note(*objective != asked.objective, format!("its objective is {objective}, not {}", asked.objective));
    note(*compare != asked.compare, changed("pair of policies to compare", compare, &asked.compare));
    let random = |common: bool| if common { "the same random numbers" } else { "random numbers of its own" };
    let (there, now) = (random(*common_random_numbers), random(asked.common_random_numbers));
    note(there != now, format!("each point has {there}, not {now}"));
    note(*set != asked.set, lists("settings", set, &asked.set));
    note(*inputs != asked.inputs, inputs_changed(inputs, &asked.inputs));
    let (there, now) = (resolved_scenario, &asked.resolved_scenario);
    note(there != now, lines_changed("its base scenario", there, now));
    note(*description != asked.description, "its description is another".into());
    // The sweep file in full repeats what stands above; alone it says what else differs.
    let (there, now) = (resolved_sweep, &asked.resolved_sweep);
    if differences.is_empty() && there != now {
        differences.push(lines_changed("its sweep file", there, now));
    }
    differences
}

fn changed(what: &str, found: &impl Debug, asked: &impl Debug) -> String {
    format!("its {what} is {found:?}, not {asked:?}")
}

fn parameters_changed(found: &[ParameterSpec], asked: &[ParameterSpec]) -> String {
    let names = |parameters: &[ParameterSpec]| {
        parameters.iter().map(|parameter| parameter.name.clone()).collect::<Vec<_>>()
    };
    let (there, now) = (names(found), names(asked));
    if there != now {
        return lists("parameters", &there, &now);
    }
    let changed: Vec<String> = found
        .iter()
        .zip(asked)
        .filter(|(there, now)| there != now)
        .map(|(there, _)| there.name.clone())
        .collect();
    format!("parameters have another base, label, unit or scale: {}", super::names(&changed))
}

/// What is in one list and not in the other.
fn lists(what: &str, found: &[String], asked: &[String]) -> String {
    let only = |these: &[String], those: &[String]| {
        these.iter().filter(|item| !those.contains(item)).cloned().collect::<Vec<_>>()
    };
    let (there, now) = (only(found, asked), only(asked, found));
    match (there.is_empty(), now.is_empty()) {
        (true, true) => format!("its {what} are the same in another order or number"),
        (false, true) => format!("its {what} have {} more", super::names(&there)),
        (true, false) => format!("its {what} lack {}", super::names(&now)),
        (false, false) => {
            format!("its {what} have {} instead of {}", super::names(&there), super::names(&now))
        }
    }
}

fn inputs_changed(found: &[(String, String)], asked: &[(String, String)]) -> String {
    let changed: Vec<String> = asked
        .iter()
        .filter(|(name, digest)| found.iter().any(|(other, before)| other == name && before != digest))
        .map(|(name, _)| name.clone())
        .collect();
    if !changed.is_empty() {
        return format!("input files have changed since: {}", super::names(&changed));
    }
    let names = |inputs: &[(String, String)]| inputs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    lists("input files", &names(found), &names(asked))
}

/// The first line in which two texts differ.
fn lines_changed(what: &str, found: &str, asked: &str) -> String {
    let (mut there, mut now) = (found.lines(), asked.lines());
    loop {
        let shown = |line: Option<&str>| line.map_or("nothing".into(), |line| format!("`{}`", line.trim()));
        match (there.next(), now.next()) {
            (None, None) => return format!("{what} differs in spaces or line breaks"),
            (a, b) if a != b => return format!("{what} says {} where it now says {}", shown(a), shown(b)),
            _ => {}
        }
    }
}

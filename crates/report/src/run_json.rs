//! What a run found, for programs: one JSON object with the figures of the tables under the names of their columns.
//!
//! The figures are rows of `summary.csv`, `bounds.csv` and `finance.csv` (see [`crate::tables`]), made by the functions that write
//! those files. Beside them stand the answer in words and what the run cost.

#[cfg(test)]
mod tests;

use crate::console::{money_sentences, sentences};
use crate::json_rows::{Object, objects};
use crate::manifest::TOOL;
use crate::tables;
use serde_json::json;
use simulate::Outcomes;
use std::path::Path;

/// What a run knows beside its outcomes.
#[derive(Debug, Clone, Copy)]
pub struct RunFacts<'a> {
    /// Version of the program.
    pub version: &'a str,
    /// Seed of every random number.
    pub seed: u64,
    /// Wall-clock seconds by stage, in order; the last is `all`.
    pub timings_seconds: &'a [(String, f64)],
    /// Threads used.
    pub threads: usize,
    /// Peak memory of the process, MB, where the system tells.
    pub peak_memory_mb: Option<f64>,
    /// Folder of the results.
    pub folder: &'a Path,
    /// Files in it.
    pub files: &'a [String],
}

/// A run as indented JSON with a final line break; what has no value is null.
///
/// `policies` are rows of `summary.csv` with `description`, `difference_to_best_usd` and its paired error; with a capital structure
/// also `value_per_share_usd` and its error. `foresight` is the row of perfect foresight, `bounds` and `finance` are the rows of
/// those tables. `answer` is what the terminal says in words.
#[must_use]
pub fn run_json(outcomes: &Outcomes, facts: &RunFacts<'_>) -> String {
    let mut rows = objects(tables::summary(outcomes));
    // Perfect foresight stands after the policies.
    let foresight = rows.pop();
    let finance = if outcomes.capital.is_some() { objects(tables::finance(outcomes)) } else { Vec::new() };
    for (index, row) in rows.iter_mut().enumerate() {
        complete(row, index, outcomes, &finance);
    }
    let answer: Vec<String> = sentences(outcomes).into_iter().chain(money_sentences(outcomes)).collect();
    let seconds: Object = facts.timings_seconds.iter().map(|(name, s)| (name.clone(), json!(s))).collect();
    let value = json!({
        "tool": TOOL,
        "version": facts.version,
        "scenario": outcomes.scenario,
        "lens": outcomes.lens.name(),
        "seed": facts.seed,
        "paths": outcomes.n_paths,
        "paths_kept": outcomes.n_kept,
        "months": {
            "first": outcomes.months.first().map(ToString::to_string),
            "last": outcomes.months.last().map(ToString::to_string),
            "count": outcomes.months.len(),
        },
        "interrupted": outcomes.interrupted,
        "best_policy": outcomes.best().name,
        "answer": answer,
        "policies": rows,
        "foresight": foresight,
        "bounds": objects(tables::bounds(outcomes)),
        "finance": finance,
        "warnings": outcomes.warnings,
        "timings_seconds": seconds,
        "threads": facts.threads,
        "peak_memory_mb": facts.peak_memory_mb,
        "folder": facts.folder.display().to_string(),
        "files": facts.files,
    });
    // Keys of a map are text, so it can always be written.
    format!("{value:#}\n")
}

/// Adds to a policy's row what other tables have of it.
fn complete(row: &mut Object, index: usize, outcomes: &Outcomes, finance: &[Object]) {
    let policy = &outcomes.policies[index];
    let [mean, error] = outcomes.differences.between(index, outcomes.best_place());
    row.insert("description".into(), policy.description.clone().into());
    row.insert("difference_to_best_usd".into(), mean.into());
    row.insert("se_difference_to_best_usd".into(), error.into());
    let figure = finance
        .iter()
        .find(|figure| figure["policy"] == policy.name.as_str() && figure["metric"] == "value_per_share");
    if let Some(figure) = figure {
        row.insert("value_per_share_usd".into(), figure["value"].clone());
        row.insert("se_value_per_share_usd".into(), figure["standard_error"].clone());
    }
}

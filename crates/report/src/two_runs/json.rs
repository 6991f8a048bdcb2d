//! The same for programs: every number to its last digit, units in the names.

use super::{TwoRuns, words};
use serde_json::{Value, json};
use simulate::{Moments, PolicyOutcome};

/// Two runs as indented JSON with a final line break; what has no value is null.
#[must_use]
pub fn two_runs_json(runs: &TwoRuns<'_>) -> String {
    let side = |side: &super::Side<'_>| {
        json!({
            "folder": side.name,
            "scenario": side.outcomes.scenario,
            "lens": side.outcomes.lens.name(),
            "seed": side.manifest.seed,
            "n_paths": side.outcomes.n_paths,
            "best": side.outcomes.best().name,
        })
    };
    let npv = |policy: Option<&PolicyOutcome>| policy.map(|policy| moments(&policy.npv_usd));
    let policies: Vec<Value> = runs
        .policies
        .iter()
        .map(|policy| {
            json!({
                "policy": policy.name,
                "first_npv_usd": npv(policy.first),
                "second_npv_usd": npv(policy.second),
                "change_usd": policy.change_usd.as_ref().map(moments),
                "change_over_mining_usd": policy.change_over_mining_usd.as_ref().map(moments),
            })
        })
        .collect();
    let settings: Vec<Value> = runs
        .settings
        .iter()
        .map(|change| json!({ "path": change.path, "first": change.first, "second": change.second }))
        .collect();
    let value = json!({
        "first": side(&runs.first),
        "second": side(&runs.second),
        "same_seed": runs.same_seed(),
        "n_common_paths": runs.n_common,
        "policies": policies,
        "settings": settings,
        "findings": words::sentences(runs),
    });
    // Keys of a map are text, so it can always be written.
    format!("{value:#}\n")
}

fn moments(moments: &Moments) -> Value {
    json!({ "mean": moments.mean(), "standard_error": moments.standard_error() })
}

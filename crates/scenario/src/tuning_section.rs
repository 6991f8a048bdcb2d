//! How rules are tuned: on how many paths, for which objective, and for which others the frontier looks.

use crate::inputs::Inputs;
use crate::policies_section::PolicyPlan;
use crate::reader::{Rule, Section};

/// Weights of CVaR 5 % in the objectives of the frontier: from the mean alone to mostly the tail.
const FRONTIER_WEIGHTS: [f64; 6] = [0.0, 0.25, 0.5, 1.0, 2.0, 4.0];
/// Most tuning paths: every candidate's value on each is kept.
const MAX_PATHS: u64 = 100_000;

/// How rules with `tune = true` are tuned.
#[derive(Debug, Clone, PartialEq)]
pub struct TuningSettings {
    /// Paths of a seed of their own on which candidates are compared.
    pub paths: usize,
    /// Rules are tuned for `mean + weight · CVaR 5 %` of the NPV.
    pub objective_cvar_weight: f64,
    /// Weights for which the frontier looks for each rule's best number.
    pub frontier_cvar_weights: Vec<f64>,
}

impl TuningSettings {
    /// The objective's weight and the frontier's, ascending, each once.
    #[must_use]
    pub fn all_weights(&self) -> Vec<f64> {
        let mut weights = self.frontier_cvar_weights.clone();
        weights.push(self.objective_cvar_weight);
        weights.sort_by(f64::total_cmp);
        weights.dedup();
        weights
    }
}

/// Reads its keys of `[run]`.
pub(crate) fn read(run: &Section<'_>) -> TuningSettings {
    let weight = Rule::between(0.0, 10.0, "of CVaR 5 % against the mean");
    TuningSettings {
        paths: run.whole("tuning_paths", 2, MAX_PATHS, Some(512)) as usize,
        objective_cvar_weight: run.number_or("objective_cvar_weight", weight, 0.0),
        frontier_cvar_weights: run.numbers_or("frontier_cvar_weights", weight, &FRONTIER_WEIGHTS),
    }
}

/// Says what an objective with CVaR in it does not reach.
pub(crate) fn warn(settings: &TuningSettings, policies: &[PolicyPlan], inputs: &mut Inputs) {
    let weight = settings.objective_cvar_weight;
    if weight == 0.0 {
        return;
    }
    let named = |of: fn(&&PolicyPlan) -> bool| {
        let names: Vec<&str> = policies.iter().filter(of).map(|plan| plan.name.as_str()).collect();
        names.join(", ")
    };
    if named(|plan| plan.tune).is_empty() {
        inputs.warn(format!(
            "run.objective_cvar_weight = {weight} does nothing here: no policy has tune = true"
        ));
    }
    let computed = named(|plan| plan.lists_states());
    if !computed.is_empty() {
        inputs.warn(format!(
            "rules are tuned for mean + {weight} x CVaR 5 % of the NPV; what is computed ({computed}) still maximises the mean, and a gap is one of means: no gap is claimed for an objective with CVaR in it"
        ));
    }
}

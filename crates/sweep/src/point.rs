//! One point: its scenario, run, and what is kept of it.

use crate::outputs::{self, NPV, Output, PER_SHARE};
use crate::record::{PointOutcome, PointResult};
use crate::sweep::Sweep;
use crate::value::Value;
use crate::work::{Job, Task};
use simulate::{Outcomes, PairedDifferences};

/// Warnings of a point that are kept; a point with more is not read by its warnings.
const MOST_WARNINGS: usize = 8;

impl Job for Sweep {
    fn values(&self, point: usize) -> Vec<Value> {
        self.points.rows[point].clone()
    }

    fn seed(&self, point: usize) -> u64 {
        Self::seed(self, point)
    }

    fn run(&self, task: &Task<'_>) -> PointOutcome {
        // Read twice before it fails: a file that was away for a moment is no fault of the point.
        match self.scenario(task.point).or_else(|_| self.scenario(task.point)) {
            Err(faults) => PointOutcome::Failed(faults.in_short()),
            Ok(scenario) => match simulate::run(&scenario, task.threads, task) {
                Ok(run) => done(self, &run.outcomes),
                Err(error) => PointOutcome::Failed(error.to_string()),
            },
        }
    }
}

fn done(sweep: &Sweep, outcomes: &Outcomes) -> PointOutcome {
    let spec = &sweep.spec;
    let names: Vec<&String> = outcomes.policies.iter().map(|policy| &policy.name).collect();
    if names.iter().ne(spec.policies.iter().collect::<Vec<_>>().iter()) {
        return PointOutcome::Failed(format!(
            "has the policies {names:?} where the base has {:?}; a parameter may not change which there are",
            spec.policies
        ));
    }
    let wanted: Vec<&Output> = spec.outputs.iter().filter_map(|name| outputs::find(name)).collect();
    let row = |policy| wanted.iter().map(|output| output.of(outcomes, policy)).collect();
    let outputs: Vec<Vec<Option<f64>>> = outcomes.policies.iter().map(row).collect();
    let at = spec.outputs.iter().position(|name| *name == spec.objective);
    let objective: Option<Vec<f64>> = outputs.iter().map(|row| row[at?]).collect();
    match objective {
        Some(objective) => PointOutcome::Done(PointResult {
            n_paths: outcomes.n_paths,
            differences: differences(spec.objective.as_str(), &objective, outcomes),
            warnings: own_warnings(sweep, outcomes),
            outputs,
        }),
        None => {
            PointOutcome::Failed(format!("a policy has no {}, by which policies are ranked", spec.objective))
        }
    }
}

/// Warnings of a point that its base does not have, but for those about policies that are left out.
fn own_warnings(sweep: &Sweep, outcomes: &Outcomes) -> Vec<String> {
    let is_own = |warning: &&String| !sweep.warnings.contains(warning) && !sweep.is_of_others(warning);
    outcomes.warnings.iter().filter(is_own).take(MOST_WARNINGS).cloned().collect()
}

/// Differences between policies: path by path where the objective is, else of the means alone.
fn differences(name: &str, objective: &[f64], outcomes: &Outcomes) -> Vec<(f64, Option<f64>)> {
    let paired: Option<&PairedDifferences> = match name {
        NPV => Some(&outcomes.differences),
        PER_SHARE => outcomes.share_differences.as_ref(),
        _ => None,
    };
    let n = objective.len();
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    pairs
        .map(|(i, j)| match paired {
            Some(paired) => {
                let [mean, error] = paired.between(i, j);
                (mean, Some(error))
            }
            None => (objective[i] - objective[j], None),
        })
        .collect()
}

//! What follows from the results of a whole sweep.

use crate::outputs::AI_SHARE;
use crate::record::{PointOutcome, PointRecord, PointResult};
use crate::spec::Spec;
use crate::value::Value;

/// Done points of a sweep, as answers need them.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// Policies, all-mining first.
    pub policies: Vec<String>,
    /// Done points, in order.
    pub points: Vec<PointAnswer>,
    /// Columns of objective and AI share among the outputs.
    columns: [usize; 2],
}

/// One done point.
#[derive(Debug, Clone)]
pub struct PointAnswer {
    /// Its number.
    pub point: usize,
    /// Value of each parameter.
    pub values: Vec<Value>,
    /// Objective of each policy.
    pub objective: Vec<f64>,
    /// Mean gross MW committed to AI over the horizon, as a share of the campus, of each policy.
    pub ai_share: Vec<f64>,
    /// Differences of the objective between policies.
    pub result: PointResult,
}

impl Results {
    /// Of a sweep of which no point is known yet.
    #[must_use]
    pub fn new(spec: &Spec) -> Self {
        Self { policies: spec.policies.clone(), points: Vec::new(), columns: columns(spec) }
    }

    /// Takes a point; one that failed has no answer.
    pub fn push(&mut self, record: &PointRecord) {
        let PointOutcome::Done(result) = &record.outcome else { return };
        let column = |at: usize| result.outputs.iter().map(|row| row[at]).collect::<Option<Vec<f64>>>();
        let [objective, ai_share] = self.columns.map(column);
        // A done point has both, since its sweep keeps them.
        if let (Some(objective), Some(ai_share)) = (objective, ai_share) {
            let result = PointResult { outputs: vec![Vec::new(); result.outputs.len()], ..result.clone() };
            self.points.push(PointAnswer {
                point: record.point,
                values: record.values.clone(),
                objective,
                ai_share,
                result,
            });
        }
    }
}

/// Where objective and AI share stand among the outputs.
fn columns(spec: &Spec) -> [usize; 2] {
    [spec.objective.as_str(), AI_SHARE]
        .map(|name| spec.outputs.iter().position(|output| output == name).unwrap_or(0))
}

//! What is kept of a point: its values, and what came out or why nothing did.

use crate::value::Value;
use serde::{Deserialize, Serialize};

/// A point that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointRecord {
    /// Its number, from 0.
    pub point: usize,
    /// Value of each parameter.
    pub values: Vec<Value>,
    /// Seed of its random numbers.
    pub seed: u64,
    /// What came out.
    pub outcome: PointOutcome,
    /// Wall time that it took, seconds; for progress alone, and in no table.
    pub seconds: f64,
}

/// What came out of a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PointOutcome {
    /// Its policies were compared.
    Done(PointResult),
    /// It could not be run, and why.
    Failed(String),
}

/// The outputs of a point's policies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointResult {
    /// Paths simulated.
    pub n_paths: usize,
    /// Outputs by policy, in the order of the specification; `None` where there is none, such as a rate of return that does not exist.
    pub outputs: Vec<Vec<Option<f64>>>,
    /// Objective of the earlier less that of the later policy and its standard error, `(0,1), (0,2), …, (1,2), …`; the error is `None`
    /// where the objective is not compared path by path.
    pub differences: Vec<(f64, Option<f64>)>,
    /// What the reader should know of this point and not of the base.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl PointResult {
    /// Objective of the first policy less that of the second, with its error.
    ///
    /// # Panics
    /// If an index is not one of the race.
    #[must_use]
    pub fn between(&self, first: usize, second: usize) -> (f64, Option<f64>) {
        let n = self.outputs.len();
        let (low, high) = (first.min(second), first.max(second));
        if low == high {
            return (0.0, Some(0.0));
        }
        let before = low * (2 * n - low - 1) / 2;
        let (mean, error) = self.differences[before + high - low - 1];
        (if first < second { mean } else { -mean }, error)
    }
}

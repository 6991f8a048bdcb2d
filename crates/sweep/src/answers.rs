//! What follows from the results of a whole sweep.

pub mod axes;
pub mod best;
pub mod break_even;
pub mod contour;
pub mod jansen;
pub mod pairs;
pub mod regret;
#[cfg(test)]
pub(crate) mod testing;

use crate::record::PointResult;
use crate::value::Value;

/// Done points of a sweep, as answers need them.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// Policies, all-mining first.
    pub policies: Vec<String>,
    /// Done points, in order.
    pub points: Vec<PointAnswer>,
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

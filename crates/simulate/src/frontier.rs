//! Mean against tail: every policy of the race, and tuned rules at the numbers that are best for other weights of the tail.
//!
//! Numbers were found on the tuning paths; both coordinates here come from the race's paths. A row is efficient if no other
//! row has both a higher mean and a higher CVaR 5 %. Source: Rockafellar and Uryasev (2000).

use crate::outcomes::PolicyOutcome;
use crate::statistics::Moments;
use crate::tuning::{Tuning, TuningRow};
use serde::{Deserialize, Serialize};

/// A policy, or a rule at another number than its own, on the race's paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrontierRow {
    /// The policy.
    pub policy: String,
    /// Its place among the policies of the race.
    pub place: usize,
    /// Field of the scenario file, unit and number of a tuned rule.
    pub number: Option<(String, String, f64)>,
    /// Weights of CVaR 5 % for which the number is the rule's best on the tuning paths.
    pub weights: Vec<f64>,
    /// NPV, USD.
    pub npv_usd: Moments,
    /// Mean of the worst 5 % of the kept NPVs, USD.
    pub cvar5_usd: f64,
    /// Whether it is the policy as it runs in the race.
    pub in_race: bool,
    /// Whether no other row has both a higher mean and a higher CVaR 5 %.
    pub is_efficient: bool,
}

/// The frontier's rows: policies in the order of the race, each followed by its other numbers.
///
/// `hidden` are outcomes of rules at other numbers, each with its row of the tuning.
pub(crate) fn frontier(
    policies: &[PolicyOutcome],
    hidden: &[(usize, PolicyOutcome)],
    tuning: Option<&Tuning>,
) -> Vec<FrontierRow> {
    let tuned: &[TuningRow] = tuning.map_or(&[], |tuning| &tuning.rows);
    let mut rows = Vec::new();
    for (place, policy) in policies.iter().enumerate() {
        let chosen = tuned.iter().find(|row| row.is_chosen && row.policy == policy.name);
        rows.push(row(place, policy, chosen, true));
        let others = hidden.iter().filter(|(_, outcome)| outcome.name == policy.name);
        rows.extend(others.map(|(n, outcome)| row(place, outcome, Some(&tuned[*n]), false)));
    }
    let points: Vec<[f64; 2]> = rows.iter().map(|row| [row.npv_usd.mean(), row.cvar5_usd]).collect();
    for (row, efficient) in rows.iter_mut().zip(efficient(&points)) {
        row.is_efficient = efficient;
    }
    rows
}

fn row(place: usize, outcome: &PolicyOutcome, tuned: Option<&TuningRow>, in_race: bool) -> FrontierRow {
    FrontierRow {
        policy: outcome.name.clone(),
        place,
        number: tuned.map(|row| (row.parameter.clone(), row.unit.clone(), row.value)),
        weights: tuned.map_or_else(Vec::new, |row| row.frontier_weights.clone()),
        npv_usd: outcome.npv_usd,
        cvar5_usd: outcome.cvar5_usd,
        in_race,
        is_efficient: false,
    }
}

/// Whether no other point is higher in both coordinates, point by point.
fn efficient(points: &[[f64; 2]]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[b][0].total_cmp(&points[a][0]));
    let mut flags = vec![false; points.len()];
    // Highest second coordinate among points whose first is higher than that of the group in hand.
    let mut above = f64::NEG_INFINITY;
    for group in order.chunk_by(|&a, &b| points[a][0] == points[b][0]) {
        for &n in group {
            flags[n] = points[n][1] >= above;
        }
        above = group.iter().map(|&n| points[n][1]).fold(above, f64::max);
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brute_force(points: &[[f64; 2]]) -> Vec<bool> {
        let beaten = |p: &[f64; 2]| points.iter().any(|q| q[0] > p[0] && q[1] > p[1]);
        points.iter().map(|p| !beaten(p)).collect()
    }

    proptest! {
        /// Few distinct values, so that ties in one or both coordinates are common.
        #[test]
        fn efficient_points_are_those_of_brute_force(
            points in proptest::collection::vec([-3..4_i32, -3..4_i32], 0..14)
        ) {
            let points: Vec<[f64; 2]> = points.iter().map(|p| p.map(f64::from)).collect();
            prop_assert_eq!(efficient(&points), brute_force(&points));
        }
    }
}

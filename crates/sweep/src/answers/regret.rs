//! Regret: what a policy gives away at a point against the best of the race there.
//!
//! `regret(policy, point) = max over policies of the objective at the point − objective of the policy at the point`, at least zero. The
//! policy whose worst regret is least is the choice of someone who gives the points no probabilities.
//! Source: Savage, "The theory of statistical decision" (J. Am. Stat. Assoc. 46, 1951).
//!
//! Objectives are estimates. The highest of several is on average too high, so regret is biased upwards, by at most a few of the standard
//! errors that stand beside it; worst regret, a maximum over points, once more. Points that failed are left out.

use super::Results;
use super::best::best_at;

/// The regret of a policy over the points of a sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regret {
    /// The policy.
    pub policy: usize,
    /// Its largest regret.
    pub worst: f64,
    /// Number of the point where that is; of several, the first.
    pub worst_point: usize,
    /// Standard error of the regret there, against the best there; `None` where it is not known.
    pub standard_error: Option<f64>,
    /// Mean regret over the points, each counted once.
    pub mean: f64,
    /// Share of the points at which it is the best; points that tie count for the first policy.
    pub share_best: f64,
}

/// Regret of every policy, least worst regret first, then least mean regret; empty without points.
#[must_use]
pub fn regrets(results: &Results) -> Vec<Regret> {
    let bests: Vec<usize> = results.points.iter().map(|point| best_at(point).policy).collect();
    let mut regrets: Vec<Regret> =
        (0..results.policies.len()).filter_map(|policy| regret(results, &bests, policy)).collect();
    // The sort is stable, so that policies that tie stay in the order of the race.
    regrets.sort_by(|one, other| one.worst.total_cmp(&other.worst).then(one.mean.total_cmp(&other.mean)));
    regrets
}

/// The regret of one policy, given the best at each point.
fn regret(results: &Results, bests: &[usize], policy: usize) -> Option<Regret> {
    let points = || results.points.iter().zip(bests);
    let by_point: Vec<f64> =
        points().map(|(point, best)| point.objective[*best] - point.objective[policy]).collect();
    let worst =
        (0..by_point.len()).reduce(|worst, i| if by_point[i] > by_point[worst] { i } else { worst })?;
    let n_points = by_point.len() as f64;
    Some(Regret {
        policy,
        worst: by_point[worst],
        worst_point: results.points[worst].point,
        standard_error: results.points[worst].result.between(bests[worst], policy).1,
        mean: by_point.iter().sum::<f64>() / n_points,
        share_best: bests.iter().filter(|best| **best == policy).count() as f64 / n_points,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::testing::{point, results};

    #[test]
    fn least_worst_regret_comes_first_even_if_it_is_never_best() {
        // Policy 2 is second everywhere; the winners of one point lose the other by much.
        let results = results(&[
            point(4, &[1.0], &[10.0, 0.0, 8.0], Some(0.5)),
            point(7, &[2.0], &[0.0, 20.0, 17.0], Some(0.5)),
        ]);
        let regrets = regrets(&results);
        let expected = |policy, worst, worst_point, mean, share_best| Regret {
            policy,
            worst,
            worst_point,
            standard_error: Some(0.5),
            mean,
            share_best,
        };
        assert_eq!(
            regrets,
            [expected(2, 3.0, 7, 2.5, 0.0), expected(1, 10.0, 4, 5.0, 0.5), expected(0, 20.0, 7, 10.0, 0.5)]
        );
    }

    #[test]
    fn a_policy_that_is_always_best_has_none_and_no_error() {
        let results = results(&[point(0, &[1.0], &[2.0, 1.0], Some(0.3))]);
        let first = regrets(&results)[0];
        assert_eq!((first.policy, first.worst, first.standard_error), (0, 0.0, Some(0.0)));
        assert_eq!(first.share_best, 1.0);
    }

    #[test]
    fn without_points_there_is_none() {
        assert!(regrets(&Results { policies: vec!["AllMining".into()], ..Results::default() }).is_empty());
    }
}

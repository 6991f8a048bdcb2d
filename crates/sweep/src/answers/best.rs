//! The best policy by point, and whether the paths can tell it from the second.
//!
//! Policies of a point meet the same paths, so their margin is a mean of differences path by path, with a standard error far below that of
//! either objective.

use super::{PointAnswer, Results};
use std::cmp::Reverse;

/// Standard errors by which a margin must lie above zero to be called decided: about 97.5 % one-sided.
pub const ERRORS_TO_DECIDE: f64 = 2.0;

/// The best policy at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// Number of the point.
    pub point: usize,
    /// The policy with the highest objective; of several, the first.
    pub policy: usize,
    /// What it leads by over the best that does not do the very same on every path; `None` in a race of one.
    pub lead: Option<Lead>,
    /// Mean share of the campus that the best policy commits to AI.
    pub ai_share: f64,
}

/// How far a policy is ahead of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lead {
    /// The policy behind.
    pub over: usize,
    /// Objective of the one less that of the other.
    pub margin: f64,
    /// Standard error of the margin, where it is known.
    pub standard_error: Option<f64>,
}

impl Lead {
    /// The lead of one policy over another at a point; negative where it is behind.
    ///
    /// # Panics
    /// If an index is not one of the race.
    #[must_use]
    pub fn of(point: &PointAnswer, policy: usize, over: usize) -> Self {
        let (margin, standard_error) = point.result.between(policy, over);
        Self { over, margin, standard_error }
    }

    /// Whether the margin is above [`ERRORS_TO_DECIDE`] standard errors; `None` where no error is known.
    #[must_use]
    pub fn decided(&self) -> Option<bool> {
        self.standard_error.map(|error| self.margin > ERRORS_TO_DECIDE * error)
    }
}

/// The best policy of each done point, in their order.
#[must_use]
pub fn best(results: &Results) -> Vec<Best> {
    results.points.iter().map(best_at).collect()
}

/// The best policy at a point.
///
/// # Panics
/// If the point has no policy, or no AI share of its best.
#[must_use]
pub fn best_at(point: &PointAnswer) -> Best {
    let policy = first_highest(&point.objective, |_| true).expect("a race has at least one policy");
    let ties = |p: usize| point.result.between(policy, p) == (0.0, Some(0.0));
    // A policy that did the very same on every path is no rival, unless there is no other.
    let second = first_highest(&point.objective, |p| p != policy && !ties(p))
        .or_else(|| first_highest(&point.objective, |p| p != policy));
    let lead = second.map(|second| Lead::of(point, policy, second));
    Best { point: point.point, policy, lead, ai_share: point.ai_share[policy] }
}

/// How often each policy is best and how often second, over all points: `[n_policies]` of `(best, second)`.
pub(crate) fn places(results: &Results) -> Vec<(usize, usize)> {
    let mut places = vec![(0, 0); results.policies.len()];
    for best in best(results) {
        places[best.policy].0 += 1;
        if let Some(lead) = best.lead {
            places[lead.over].1 += 1;
        }
    }
    places
}

/// The policy of a group that is most often best, then most often second, then first in the race.
pub(crate) fn most_often_ahead(places: &[(usize, usize)], in_group: impl Fn(usize) -> bool) -> Option<usize> {
    (0..places.len()).filter(|p| in_group(*p)).max_by_key(|p| (places[*p], Reverse(*p)))
}

/// Index of the highest of some values; of several, the first.
fn first_highest(values: &[f64], among: impl Fn(usize) -> bool) -> Option<usize> {
    let indices = (0..values.len()).filter(|i| among(*i));
    indices.reduce(|highest, i| if values[i] > values[highest] { i } else { highest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::testing::{point, results};

    #[test]
    fn margin_is_the_paired_difference_and_is_decided_beyond_two_errors() {
        let results = results(&[
            point(0, &[1.0], &[5.0, 9.0, 8.0], Some(0.4)),
            point(1, &[2.0], &[5.0, 9.0, 8.5], Some(0.4)),
        ]);
        let best = best(&results);
        assert_eq!((best[0].policy, best[0].ai_share), (1, 0.1));
        assert_eq!(best[0].lead, Some(Lead { over: 2, margin: 1.0, standard_error: Some(0.4) }));
        assert_eq!(best[0].lead.and_then(|lead| lead.decided()), Some(true));
        assert_eq!(best[1].lead.and_then(|lead| lead.decided()), Some(false));
    }

    #[test]
    fn ties_go_to_the_first_and_are_undecided() {
        let best = best_at(&point(3, &[1.0], &[4.0, 7.0, 7.0], Some(0.1)));
        assert_eq!(best.policy, 1);
        let lead = best.lead.unwrap();
        assert_eq!((lead.over, lead.margin, lead.decided()), (2, 0.0, Some(false)));
    }

    #[test]
    fn a_policy_that_did_the_very_same_is_no_rival_unless_there_is_no_other() {
        let mut race = point(3, &[1.0], &[4.0, 7.0, 7.0], Some(0.1));
        race.result.differences[2] = (0.0, Some(0.0));
        let lead = best_at(&race).lead.unwrap();
        assert_eq!((lead.over, lead.margin, lead.decided()), (0, 3.0, Some(true)));
        let alone = best_at(&point(3, &[1.0], &[7.0, 7.0], Some(0.0))).lead.unwrap();
        assert_eq!((alone.over, alone.decided()), (1, Some(false)));
    }

    #[test]
    fn without_an_error_nothing_is_decided_and_a_race_of_one_has_no_lead() {
        let unknown = best_at(&point(0, &[1.0], &[4.0, 7.0], None));
        assert_eq!(unknown.lead.unwrap().decided(), None);
        assert_eq!(best_at(&point(0, &[1.0], &[4.0], None)).lead, None);
    }

    #[test]
    fn places_count_firsts_before_seconds() {
        let results = results(&[
            point(0, &[1.0], &[1.0, 3.0, 2.0], None),
            point(1, &[2.0], &[1.0, 3.0, 2.0], None),
            point(2, &[3.0], &[9.0, 3.0, 2.0], None),
        ]);
        let places = places(&results);
        assert_eq!(places, [(1, 0), (2, 1), (0, 2)]);
        assert_eq!(most_often_ahead(&places, |p| p != 1), Some(0));
        assert_eq!(most_often_ahead(&places, |_| false), None);
    }
}

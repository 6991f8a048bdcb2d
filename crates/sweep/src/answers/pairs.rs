//! Which two policies are compared where a sweep does not say so.

use super::Results;
use super::best::{most_often_ahead, places};
use crate::spec::Spec;

/// Pairs of policies whose difference is of interest, the one expected ahead first.
///
/// Those named by [`Spec::compare`], if any. Else the leader, which is the policy other than all-mining that is most often best (then
/// most often second, then first in the race), against all-mining; and the leader against the one of the rest that is most often ahead.
/// Empty in a race of one, and where `compare` names no policy of the race, which reading a sweep refuses.
#[must_use]
pub fn pairs(results: &Results, spec: &Spec) -> Vec<(usize, usize)> {
    if let Some((first, second)) = &spec.compare {
        let index = |name: &String| results.policies.iter().position(|policy| policy == name);
        return index(first).zip(index(second)).into_iter().collect();
    }
    let places = places(results);
    let Some(leader) = most_often_ahead(&places, |p| p != ALL_MINING) else { return Vec::new() };
    let rival = most_often_ahead(&places, |p| p != ALL_MINING && p != leader);
    [(leader, ALL_MINING)].into_iter().chain(rival.map(|rival| (leader, rival))).collect()
}

/// The place of all-mining in every race.
const ALL_MINING: usize = 0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::testing::{point, results, spec};
    use crate::design::Design;

    #[test]
    fn leader_is_held_against_all_mining_and_against_its_rival() {
        let mut spec = spec(Design::Grid, &["a"]);
        let race = results(&[
            point(0, &[1.0], &[9.0, 1.0, 2.0, 3.0], None),
            point(1, &[2.0], &[1.0, 4.0, 2.0, 9.0], None),
            point(2, &[3.0], &[1.0, 4.0, 2.0, 9.0], None),
        ]);
        assert_eq!(pairs(&race, &spec), [(3, 0), (3, 1)]);
        spec.compare = Some(("policy-2".into(), "policy-1".into()));
        assert_eq!(pairs(&race, &spec), [(2, 1)]);
    }

    #[test]
    fn small_races_have_fewer_pairs() {
        let spec = spec(Design::Grid, &["a"]);
        assert_eq!(pairs(&results(&[point(0, &[1.0], &[1.0, 2.0], None)]), &spec), [(1, 0)]);
        assert!(pairs(&results(&[point(0, &[1.0], &[1.0], None)]), &spec).is_empty());
    }
}

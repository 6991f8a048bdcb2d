//! Paired differences between all policies of a race, path by path.

use crate::statistics::Moments;
use serde::{Deserialize, Serialize};

/// Differences of the NPV (or value per share) of every two policies on the same paths, USD.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PairedDifferences {
    n_policies: usize,
    /// Earlier less later policy, `(0,1), (0,2), …, (1,2), …`.
    differences: Vec<Moments>,
}

impl PairedDifferences {
    /// Of policies of which nothing is known yet.
    #[must_use]
    pub fn new(n_policies: usize) -> Self {
        Self {
            n_policies,
            differences: vec![Moments::default(); n_policies * n_policies.saturating_sub(1) / 2],
        }
    }

    /// Policies that are compared.
    #[must_use]
    pub fn n_policies(&self) -> usize {
        self.n_policies
    }

    /// Whether every pair has its difference, which what was read from a file may not.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.differences.len() == self.n_policies * self.n_policies.saturating_sub(1) / 2
    }

    /// Adds a path with the value of each policy.
    pub fn add(&mut self, values: &[f64]) {
        let pairs = (0..self.n_policies).flat_map(|i| (i + 1..self.n_policies).map(move |j| (i, j)));
        for (moments, (i, j)) in self.differences.iter_mut().zip(pairs) {
            moments.add(values[i] - values[j]);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.differences.iter_mut().zip(&other.differences) {
            mine.merge(theirs);
        }
    }

    /// Mean of the first policy less the second, and its standard error, USD; zeros for a policy and itself.
    ///
    /// # Panics
    /// If an index is not one of the race.
    #[must_use]
    pub fn between(&self, first: usize, second: usize) -> [f64; 2] {
        assert!(first < self.n_policies && second < self.n_policies, "no such policy");
        let (low, high) = (first.min(second), first.max(second));
        if low == high {
            return [0.0, 0.0];
        }
        let before = low * (2 * self.n_policies - low - 1) / 2;
        let moments = &self.differences[before + high - low - 1];
        let sign = if first < second { 1.0 } else { -1.0 };
        [sign * moments.mean(), moments.standard_error()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_its_own_difference() {
        let mut pairs = PairedDifferences::new(4);
        pairs.add(&[1.0, 3.0, 6.0, 10.0]);
        let mut more = PairedDifferences::new(4);
        more.add(&[2.0, 3.0, 9.0, 10.0]);
        pairs.merge(&more);
        // Standard error of two values: half their distance.
        let expected = [
            (0, 1, [-1.5, 0.5]),
            (1, 0, [1.5, 0.5]),
            (3, 2, [2.5, 1.5]),
            (0, 3, [-8.5, 0.5]),
            (2, 2, [0.0, 0.0]),
        ];
        for (first, second, [mean, error]) in expected {
            let found = pairs.between(first, second);
            assert!((found[0] - mean).abs() < 1e-12 && (found[1] - error).abs() < 1e-12, "{found:?}");
        }
    }
}

//! The search over one policy's numbers: what each is worth on the tuning paths, which is best, and what to try next.

use crate::statistics::{Moments, lower_cvar_of_sorted};
use scenario::MainNumber;

/// A number and its worth on the tuning paths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tried {
    pub(super) number: f64,
    pub(super) npv_usd: Moments,
    /// Mean of the worst 5 %, USD.
    pub(super) cvar5_usd: f64,
}

impl Tried {
    /// From the NPV on each path, USD, in the order of the paths.
    pub(super) fn new(number: f64, mut values_usd: Vec<f64>) -> Self {
        let mut npv_usd = Moments::default();
        values_usd.iter().for_each(|value| npv_usd.add(*value));
        values_usd.sort_by(f64::total_cmp);
        Self { number, npv_usd, cvar5_usd: lower_cvar_of_sorted(&values_usd, 0.05) }
    }

    /// Mean plus `weight` times CVaR 5 %, USD.
    pub(super) fn objective_usd(&self, weight: f64) -> f64 {
        self.npv_usd.mean() + weight * self.cvar5_usd
    }
}

/// Place of the number with the highest objective; of equals the nearest to `start`, of those the first.
pub(super) fn best_for(tried: &[&Tried], start: f64, weight: f64) -> usize {
    let mut best = 0;
    for (n, candidate) in tried.iter().enumerate().skip(1) {
        let (ours, theirs) = (candidate.objective_usd(weight), tried[best].objective_usd(weight));
        let nearer = (candidate.number - start).abs() < (tried[best].number - start).abs();
        if ours > theirs || (ours == theirs && nearer) {
            best = n;
        }
    }
    best
}

/// Numbers between the best of a coarse list and its neighbours, for each weight; `tried` ascends.
pub(super) fn finer(tried: &[&Tried], start: f64, weights: &[f64]) -> Vec<f64> {
    let mut numbers = Vec::new();
    for weight in weights {
        let best = best_for(tried, start, *weight);
        let around = best.saturating_sub(1)..=(best + 1).min(tried.len() - 1);
        for pair in tried[around].windows(2) {
            numbers.extend(MainNumber::between(pair[0].number, pair[1].number));
        }
    }
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    numbers.retain(|number| tried.iter().all(|candidate| candidate.number != *number));
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers whose mean is `mean` and whose paths lie `spread` to either side of it.
    fn tried(number: f64, mean: f64, spread: f64) -> Tried {
        Tried::new(number, vec![mean - spread, mean + spread])
    }

    #[test]
    fn the_weight_of_the_tail_moves_the_best_and_equals_stay_near_the_start() {
        let candidates = [tried(1.0, 10.0, 1.0), tried(2.0, 11.0, 5.0), tried(3.0, 11.0, 5.0)];
        let all: Vec<&Tried> = candidates.iter().collect();
        assert_eq!(best_for(&all, 3.0, 0.0), 2);
        assert_eq!(best_for(&all, 1.0, 0.0), 1);
        assert_eq!(best_for(&all, 2.5, 0.0), 1, "of two as near the first");
        // 10 + 0.5 x 9 against 11 + 0.5 x 6.
        assert_eq!(best_for(&all, 3.0, 0.5), 0);
    }

    #[test]
    fn finer_numbers_lie_between_the_best_and_its_neighbours_for_every_weight() {
        let candidates =
            [tried(0.0, 1.0, 0.0), tried(4.0, 2.0, 0.5), tried(8.0, 3.0, 9.0), tried(16.0, 2.5, 0.0)];
        let all: Vec<&Tried> = candidates.iter().collect();
        assert_eq!(finer(&all, 4.0, &[0.0]), [5.0, 6.0, 7.0, 10.0, 12.0, 14.0]);
        assert_eq!(finer(&all, 4.0, &[0.0, 4.0]), [5.0, 6.0, 7.0, 10.0, 12.0, 14.0]);
        // Without the mean alone the last is best, and has a neighbour on one side only.
        assert_eq!(finer(&all, 4.0, &[4.0]), [10.0, 12.0, 14.0]);
        assert!(finer(&all[..1], 0.0, &[0.0]).is_empty());
    }
}

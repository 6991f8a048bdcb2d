//! Long sums whose error does not grow with their length, and largest values, eight lanes at a time.

use std::ops::Range;

const LANES: usize = 8;
/// Terms that are summed plainly before they are added with compensation.
const RUN: usize = 256;

/// A running sum and the rounding that it lost (Neumaier's compensated summation).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    /// Adds a term.
    pub(crate) fn add(&mut self, term: f64) {
        let next = self.sum + term;
        self.lost +=
            if self.sum.abs() >= term.abs() { (self.sum - next) + term } else { (term - next) + self.sum };
        self.sum = next;
    }

    /// Adds a term for each of `steps`: runs of 256 by eight plain sums, the runs with compensation.
    #[inline]
    pub(crate) fn add_each(&mut self, steps: Range<usize>, term: impl Fn(usize) -> f64) {
        for from in steps.clone().step_by(RUN) {
            let to = (from + RUN).min(steps.end);
            let mut sums = [0.0; LANES];
            let whole = from + (to - from) / LANES * LANES;
            for at in (from..whole).step_by(LANES) {
                for (lane, sum) in sums.iter_mut().enumerate() {
                    *sum += term(at + lane);
                }
            }
            (whole..to).for_each(|at| sums[at - whole] += term(at));
            self.add(sums.iter().sum());
        }
    }

    /// The sum.
    pub(crate) fn get(self) -> f64 {
        self.sum + self.lost
    }
}

/// The largest of 0 and `value` over all of `0..steps`.
#[inline]
pub(crate) fn largest(steps: usize, value: impl Fn(usize) -> f64) -> f64 {
    let mut most = [0.0_f64; LANES];
    let whole = steps / LANES * LANES;
    for at in (0..whole).step_by(LANES) {
        for (lane, most) in most.iter_mut().enumerate() {
            let value = value(at + lane);
            *most = if value > *most { value } else { *most };
        }
    }
    (whole..steps).for_each(|at| most[0] = most[0].max(value(at)));
    most.into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_terms_survive_beside_large_ones() {
        let mut sum = Sum::default();
        for term in [1.0, 1e100, 1.0, -1e100] {
            sum.add(term);
        }
        assert_eq!(sum.get(), 2.0);
    }

    #[test]
    fn every_term_counts_once() {
        for steps in [0, 1, 7, 8, 255, 256, 257, 1_000] {
            let mut sum = Sum::default();
            sum.add_each(3..3 + steps, |t| t as f64);
            assert_eq!(sum.get(), (3..3 + steps).sum::<usize>() as f64);
            for place in 0..steps {
                assert_eq!(largest(steps, |t| if t == place { 5.0 } else { -1.0 }), 5.0);
            }
        }
        assert_eq!(largest(9, |_| -1.0), 0.0);
    }
}

//! A policy's distribution as a drawing small enough for a cell of a table.
//!
//! All rows share one axis, from the lowest 1 % quantile to the highest 99 % one, with zero on it.

use crate::numbers::million_usd;
use serde::Serialize;
use simulate::statistics::quantile_of_sorted;

/// Size of the drawing; the templates know it, too.
const WIDTH: f64 = 160.0;
const BASE: f64 = 26.0;
const BINS: usize = 40;
/// Rounds of smoothing over neighbours, so that a thousand paths make a shape.
const ROUNDS: usize = 2;

/// What is drawn, in units of the cell.
#[derive(Debug, Serialize)]
pub(super) struct Spread {
    /// Outline of the histogram.
    path: String,
    colour: String,
    zero: String,
    median: String,
    /// Middle 90 %.
    low: String,
    high: String,
    /// The same in words.
    words: String,
}

/// The axis that rows share, USD.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// An axis for samples, each sorted.
    pub(super) fn of<'a>(samples: impl Iterator<Item = &'a [f64]>) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for sorted in samples {
            low = low.min(quantile_of_sorted(sorted, 0.01));
            high = high.max(quantile_of_sorted(sorted, 0.99));
        }
        Self { low, high: if high > low { high } else { low + 1.0 } }
    }

    fn share(self, usd: f64) -> f64 {
        (usd - self.low) / (self.high - self.low)
    }

    fn x(self, usd: f64) -> String {
        format!("{:.1}", WIDTH * self.share(usd).clamp(0.0, 1.0))
    }
}

impl Spread {
    /// Of a sorted sample, USD; `None` of fewer than two values.
    pub(super) fn of(sorted: &[f64], axis: Axis, colour: String) -> Option<Self> {
        if sorted.len() < 2 {
            return None;
        }
        let [low, median, high] = [0.05, 0.5, 0.95].map(|p| quantile_of_sorted(sorted, p));
        Some(Self {
            path: outline(&heights(sorted, axis)),
            colour,
            zero: axis.x(0.0),
            median: axis.x(median),
            low: axis.x(low),
            high: axis.x(high),
            words: format!(
                "NPV in million USD: P5 {}, median {}, P95 {}",
                million_usd(low),
                million_usd(median),
                million_usd(high)
            ),
        })
    }
}

/// Share of the sample by bin, smoothed; values beyond the axis are not counted.
fn heights(sorted: &[f64], axis: Axis) -> Vec<f64> {
    let mut counts = vec![0.0; BINS];
    for share in sorted.iter().map(|usd| axis.share(*usd)).filter(|share| (0.0..=1.0).contains(share)) {
        counts[((share * BINS as f64) as usize).min(BINS - 1)] += 1.0 / sorted.len() as f64;
    }
    for _ in 0..ROUNDS {
        let at = |i: usize| counts.get(i).copied().unwrap_or(0.0);
        let before = |i: usize| if i == 0 { 0.0 } else { at(i - 1) };
        counts = (0..BINS).map(|i| 0.25 * before(i) + 0.5 * at(i) + 0.25 * at(i + 1)).collect();
    }
    counts
}

fn outline(heights: &[f64]) -> String {
    let highest = heights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let place = |(i, height): (usize, &f64)| {
        let x = (i as f64 + 0.5) * WIDTH / BINS as f64;
        format!("L{x:.0} {:.1}", BASE - 24.0 * height / highest)
    };
    let middle: String = heights.iter().enumerate().map(place).collect();
    format!("M0 {BASE}{middle}L{WIDTH} {BASE}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_bins_sum_to_the_part_on_the_axis() {
        let sorted: Vec<f64> = (0..=1000).map(|i| f64::from(i) * 1e6).collect();
        let axis = Axis { low: -5e8, high: 1.5e9 };
        let sum: f64 = heights(&sorted, axis).iter().sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        let spread = Spread::of(&sorted, axis, "#000000".into()).unwrap();
        assert_eq!((spread.zero.as_str(), spread.median.as_str()), ("40.0", "80.0"));
        assert_eq!(spread.words, "NPV in million USD: P5 50.0, median 500, P95 950");
    }

    #[test]
    fn equal_values_and_single_ones_do_not_divide_by_zero() {
        let zeros = [0.0, 0.0];
        let axis = Axis::of([&zeros[..]].into_iter());
        assert!(!Spread::of(&zeros, axis, String::new()).unwrap().path.contains("NaN"));
        assert!(Spread::of(&[1.0], axis, String::new()).is_none());
    }
}

//! How a quantity spreads over the kept paths, period by period.
//!
//! The values themselves stay in memory with the run that made them; quantiles are taken when they are first asked for, since a sweep
//! of many runs asks for few of them, and they alone are stored.

use crate::statistics::quantile_of_sorted;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::OnceLock;

/// Values over paths by period, and their quantiles. A value that is not a number is no value of its period.
#[derive(Debug, Clone, Default)]
pub struct Fan {
    /// `[n_kept, n_periods]` row-major; empty in results that were read again.
    kept: Vec<f64>,
    n_periods: usize,
    spreads: OnceLock<Vec<Option<Spread>>>,
}

/// One period's values over the paths that have one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Paths with a value.
    pub n_paths: usize,
    /// Those whose value is above zero.
    pub n_positive: usize,
    /// Mean over them.
    pub mean: f64,
    /// Quantiles at [`Fan::PROBABILITIES`].
    pub quantiles: [f64; 5],
}

impl Spread {
    /// 5th, 50th and 95th percentile.
    #[must_use]
    pub fn outer(&self) -> [f64; 3] {
        let [p5, _, p50, _, p95] = self.quantiles;
        [p5, p50, p95]
    }
}

impl Fan {
    /// Probabilities of the quantiles.
    pub const PROBABILITIES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// Of values `[n_kept, n_periods]` row-major.
    #[must_use]
    pub fn of(kept: Vec<f64>, n_periods: usize) -> Self {
        Self { kept, n_periods, spreads: OnceLock::new() }
    }

    /// The values, `[n_kept, n_periods]` row-major; empty in results that were read again.
    #[must_use]
    pub fn kept(&self) -> &[f64] {
        &self.kept
    }

    /// By period; `None` where no path has a value.
    #[must_use]
    pub fn spreads(&self) -> &[Option<Spread>] {
        self.spreads.get_or_init(|| (0..self.n_periods).map(|period| self.spread(period)).collect())
    }

    /// The quantiles of [`Self::PROBABILITIES`], each by period; 0 where no path has a value.
    #[must_use]
    pub fn quantiles(&self) -> [Vec<f64>; 5] {
        let of = |i: usize| self.spreads().iter().map(|s| s.map_or(0.0, |s| s.quantiles[i])).collect();
        std::array::from_fn(of)
    }

    /// 5th, 50th and 95th percentile, each by period; 0 where no path has a value.
    #[must_use]
    pub fn outer_quantiles(&self) -> [Vec<f64>; 3] {
        let [p5, _, p50, _, p95] = self.quantiles();
        [p5, p50, p95]
    }

    /// Of a fan of one period, that; `None` where no path has a value.
    #[must_use]
    pub fn only(&self) -> Option<Spread> {
        self.spreads().first().copied().flatten()
    }

    fn spread(&self, period: usize) -> Option<Spread> {
        let of_period = self.kept.iter().skip(period).step_by(self.n_periods);
        let mut values: Vec<f64> = of_period.copied().filter(|value| !value.is_nan()).collect();
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then(|| Spread {
            n_paths: values.len(),
            n_positive: values.iter().filter(|value| **value > 0.0).count(),
            mean: values.iter().sum::<f64>() / values.len() as f64,
            quantiles: Self::PROBABILITIES.map(|p| quantile_of_sorted(&values, p)),
        })
    }
}

impl Serialize for Fan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.spreads().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spreads: Vec<Option<Spread>> = Vec::deserialize(deserializer)?;
        Ok(Self { kept: Vec::new(), n_periods: spreads.len(), spreads: OnceLock::from(spreads) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_columns_and_what_is_no_number_is_left_out() {
        let nan = f64::NAN;
        let fan = Fan::of(vec![1.0, nan, nan, 3.0, 5.0, nan, 2.0, 0.0, nan], 3);
        let [first, second, third] = fan.spreads() else { panic!("three periods") };
        let first = first.unwrap();
        assert_eq!((first.n_paths, first.n_positive, first.mean), (3, 3, 2.0));
        assert_eq!(first.quantiles, [1.1, 1.5, 2.0, 2.5, 2.9]);
        let second = second.unwrap();
        assert_eq!((second.n_paths, second.n_positive, second.quantiles[2]), (2, 1, 2.5));
        assert_eq!(*third, None);
        assert_eq!(fan.quantiles()[2], [2.0, 2.5, 0.0]);
        assert!(Fan::default().spreads().is_empty());
    }
}

//! A level by month: the values of a curve, and growth beyond its last one.

use crate::import::ForwardCurve;
use site::calendar::YearMonth;
use thiserror::Error;

/// Why a forward curve does not serve a study.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CurveError {
    /// The study begins before the curve.
    #[error(
        "begins at {first}, the scenario at {start}; allowed is a curve that begins at {start} or earlier"
    )]
    BeginsLate {
        /// First month of the curve.
        first: YearMonth,
        /// First month of the study.
        start: YearMonth,
    },
    /// The curve has no month.
    #[error("has no month; allowed is at least one")]
    Empty,
}

/// A value for every month from the first opening on.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Values of the first months, at least one.
    values: Vec<f64>,
    /// Yearly growth after the last of them, negative for a decline.
    pub growth_per_year: f64,
}

impl Curve {
    /// A curve that grows by the same share all the time from `first` on.
    #[must_use]
    pub fn growing(first: f64, growth_per_year: f64) -> Self {
        Self { values: vec![first], growth_per_year }
    }

    /// The months of `curve` from `start` on, then growth; and the months that had no value and lie on a line between their
    /// neighbours.
    ///
    /// # Errors
    /// When the curve begins after `start`, or has no month.
    pub fn from_forward(
        curve: &ForwardCurve,
        start: YearMonth,
        growth_per_year: f64,
    ) -> Result<(Self, Vec<YearMonth>), CurveError> {
        let (Some(&first), Some(&last_value)) = (curve.months.first(), curve.values.last()) else {
            return Err(CurveError::Empty);
        };
        if first > start {
            return Err(CurveError::BeginsLate { first, start });
        }
        let (mut values, mut filled) = (Vec::new(), Vec::new());
        for (n, pair) in curve.months.windows(2).enumerate() {
            let span = pair[1].months_since(pair[0]);
            for step in 0..span {
                let month = pair[0].plus(step as u32);
                if month < start {
                    continue;
                }
                let share = f64::from(step) / f64::from(span);
                values.push(curve.values[n] + share * (curve.values[n + 1] - curve.values[n]));
                if step > 0 {
                    filled.push(month);
                }
            }
        }
        // A curve that ends before the study grows up to its first month.
        let last = curve.months[curve.months.len() - 1];
        let late = start.months_since(last).max(0);
        values.push(last_value * (1.0 + growth_per_year).powf(f64::from(late) / 12.0));
        Ok((Self { values, growth_per_year }, filled))
    }

    /// The value of month `m`.
    #[must_use]
    pub fn at(&self, m: u32) -> f64 {
        let last = self.values.len() - 1;
        match self.values.get(m as usize) {
            Some(value) if (m as usize) < last => *value,
            _ => self.values[last] * (1.0 + self.growth_per_year).powf(f64::from(m - last as u32) / 12.0),
        }
    }

    /// The curve with a log drift a year taken off it from month 0 on.
    #[must_use]
    pub fn less_drift(&self, log_per_year: f64) -> Self {
        let tilted = |(m, value): (usize, &f64)| value * (-log_per_year * m as f64 / 12.0).exp();
        Self {
            values: self.values.iter().enumerate().map(tilted).collect(),
            growth_per_year: (self.growth_per_year.ln_1p() - log_per_year).exp_m1(),
        }
    }

    /// Values that stand in the curve itself, before growth takes over.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> YearMonth {
        YearMonth::parse(text).expect("a month")
    }

    fn forward(rows: &[(&str, f64)]) -> ForwardCurve {
        ForwardCurve {
            months: rows.iter().map(|(text, _)| month(text)).collect(),
            values: rows.iter().map(|(_, value)| *value).collect(),
            column: "price".into(),
        }
    }

    #[test]
    fn months_are_taken_from_the_start_and_growth_carries_on() {
        let curve = forward(&[("2025-12", 20.0), ("2026-01", 30.0), ("2026-02", 40.0), ("2026-05", 70.0)]);
        let (curve, filled) = Curve::from_forward(&curve, month("2026-01"), 0.21).expect("it covers");
        assert_eq!(filled, [month("2026-03"), month("2026-04")]);
        assert_eq!(curve.values(), [30.0, 40.0, 50.0, 60.0, 70.0]);
        assert_eq!(curve.at(2), 50.0);
        assert!((curve.at(4 + 24) / 70.0 - 1.21f64.powi(2)).abs() < 1e-12);
    }

    #[test]
    fn a_curve_that_begins_late_is_refused_and_one_that_ended_grows_to_the_start() {
        let late = Curve::from_forward(&forward(&[("2026-03", 1.0)]), month("2026-01"), 0.0);
        assert!(late.expect_err("it begins late").to_string().contains("begins at 2026-03"));
        let (curve, _) = Curve::from_forward(&forward(&[("2025-01", 50.0)]), month("2026-01"), 0.1)
            .expect("it ended before");
        assert!((curve.at(0) - 55.0).abs() < 1e-9);
        assert!((curve.at(12) - 60.5).abs() < 1e-9);
    }

    #[test]
    fn a_drift_taken_off_bends_values_and_growth_alike() {
        let rows = [("2026-01", 30.0), ("2026-02", 40.0), ("2026-04", 70.0)];
        let (curve, _) = Curve::from_forward(&forward(&rows), month("2026-01"), 0.21).expect("it covers");
        let tilted = curve.less_drift(0.06);
        for m in [0, 1, 2, 3, 4, 15, 120] {
            let expected = curve.at(m) * (-0.06 * f64::from(m) / 12.0).exp();
            assert!((tilted.at(m) / expected - 1.0).abs() < 1e-12, "month {m}");
        }
    }

    #[test]
    fn constant_growth_compounds_from_the_first_month() {
        let curve = Curve::growing(120.0, 0.02);
        assert_eq!(curve.at(0), 120.0);
        assert_eq!(curve.at(7), 120.0 * 1.02f64.powf(7.0 / 12.0));
    }
}

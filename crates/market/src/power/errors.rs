//! Standard errors of a fitted calibration.

use serde::Deserialize;

use super::CalibrationError;
use super::file::require;

/// Standard errors of a factor's law.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorError {
    /// Standard error of the weight.
    pub weight: f64,
    /// Standard error of the time constant, hours.
    pub hours: f64,
    /// Quantiles at 16 % and 84 % of the resampled time constant, hours: time constants err upwards further than down.
    pub hours_16_84: [f64; 2],
}

/// How far the estimates of a calibration may be off, because its history is one of many that could have been.
///
/// From resamples of the history made of blocks of calendar months, drawn with replacement.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandardErrors {
    /// Number of resamples.
    pub n_resamples: usize,
    /// Length of a block, calendar months.
    pub block_months: usize,
    /// Errors of the slow level's law.
    pub slow: FactorError,
    /// Errors of the daily factor's law.
    pub daily: FactorError,
    /// Errors of the hourly factor's law.
    pub hourly: FactorError,
    /// Errors of the day-shape factor's law.
    pub shape: FactorError,
    /// Standard error of the mean price, USD/MWh.
    pub mean_usd_per_mwh: f64,
    /// Standard error of the median price, USD/MWh.
    pub median_usd_per_mwh: f64,
    /// Standard error of the standard deviation of hourly prices, USD/MWh.
    pub sd_usd_per_mwh: f64,
    /// Standard error of the share of hours above 100 USD/MWh.
    pub share_above_100: f64,
    /// Standard error of the share of hours above 1000 USD/MWh.
    pub share_above_1000: f64,
    /// Standard error of the share of hours below zero.
    pub share_below_zero: f64,
}

impl StandardErrors {
    /// The errors of the four factors with their names.
    pub fn factors(&self) -> [(&'static str, FactorError); 4] {
        [("slow", self.slow), ("daily", self.daily), ("hourly", self.hourly), ("shape", self.shape)]
    }

    /// The errors of the statistics, named as in [`PowerStatistics::labelled`](super::PowerStatistics::labelled).
    pub fn labelled(&self) -> [(&'static str, f64); 6] {
        [
            ("mean_usd_per_mwh", self.mean_usd_per_mwh),
            ("median_usd_per_mwh", self.median_usd_per_mwh),
            ("sd_usd_per_mwh", self.sd_usd_per_mwh),
            ("share_above_100", self.share_above_100),
            ("share_above_1000", self.share_above_1000),
            ("share_below_zero", self.share_below_zero),
        ]
    }

    pub(crate) fn check(&self) -> Result<(), CalibrationError> {
        let not_negative = |field: &str, value: f64| {
            require(field, value, "a finite number, 0 or more", |v| v.is_finite() && v >= 0.0)
        };
        require("standard_errors.n_resamples", self.n_resamples as f64, "2 or more", |n| n >= 2.0)?;
        require("standard_errors.block_months", self.block_months as f64, "1 or more", |n| n >= 1.0)?;
        for (name, error) in self.factors() {
            let field = |part: &str| format!("standard_errors.{name}.{part}");
            not_negative(&field("weight"), error.weight)?;
            not_negative(&field("hours"), error.hours)?;
            let [low, high] = error.hours_16_84;
            not_negative(&field("hours_16_84"), low)?;
            require(&field("hours_16_84"), high, "finite, not below its lower end", |v| {
                v.is_finite() && v >= low
            })?;
        }
        for (name, value) in self.labelled() {
            not_negative(&format!("standard_errors.{name}"), value)?;
        }
        Ok(())
    }
}

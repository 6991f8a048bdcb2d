//! What history shows of a market, beside what a run assumes of it.

use market::bitcoin_fit::BitcoinCalibration;
use market::marks_fit::RateCalibration;
use market::power::{PowerCalibration, PowerStatistics};
use serde::{Deserialize, Serialize};

/// A statistic of a market's history and its counterpart in the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryMark {
    /// What it is of.
    pub subject: String,
    /// The statistic.
    pub statistic: String,
    /// Its unit.
    pub unit: String,
    /// Value of the history.
    pub history: f64,
    /// Its standard error, in the same unit, where one was estimated.
    pub history_error: Option<f64>,
    /// What the run assumes, or the mean over histories that the model simulates.
    pub model: f64,
    /// Middle 90 % over simulated histories, where there are any.
    pub model_range: Option<[f64; 2]>,
    /// First and last day or month of the history.
    pub period: [String; 2],
    /// Where the history came from.
    pub source: String,
}

/// A statistic of power prices: name, unit, value.
type Reading = (&'static str, &'static str, fn(&PowerStatistics) -> f64);

const POWER: [Reading; 6] = [
    ("mean price of an hour", "USD/MWh", |s| s.mean_usd_per_mwh),
    ("median price of an hour", "USD/MWh", |s| s.median_usd_per_mwh),
    ("standard deviation of hours", "USD/MWh", |s| s.sd_usd_per_mwh),
    ("standard deviation of monthly means", "USD/MWh", |s| s.sd_of_monthly_means_usd_per_mwh),
    ("share of hours above 100 USD/MWh", "share", |s| s.share_above_100),
    ("share of hours below zero", "share", |s| s.share_below_zero),
];

/// Simulated histories of a power model against the history that it was fitted to, before level, growth and storms of the scenario.
pub(crate) fn of_power(calibration: &PowerCalibration) -> Vec<HistoryMark> {
    let mark = |(statistic, unit, of): Reading| HistoryMark {
        subject: format!("Power at {}", calibration.point),
        statistic: statistic.into(),
        unit: unit.into(),
        history: of(&calibration.history),
        history_error: None,
        model: of(&calibration.simulated),
        model_range: Some([of(&calibration.simulated_low), of(&calibration.simulated_high)]),
        period: calibration.period.clone(),
        source: calibration.source.clone(),
    };
    POWER.map(mark).into()
}

/// Volatility of Bitcoin as fitted, and that of the run.
pub(crate) fn of_bitcoin(calibration: &BitcoinCalibration, volatility: f64) -> HistoryMark {
    let fitted = &calibration.price.volatility;
    HistoryMark {
        subject: "Bitcoin price".into(),
        statistic: "volatility".into(),
        unit: "per square root of a year".into(),
        history: fitted.value,
        history_error: Some(fitted.standard_error),
        model: volatility,
        model_range: None,
        period: calibration.period.clone(),
        source: calibration.source.clone(),
    }
}

/// Level of public marks of a rate, and where the run starts.
pub(crate) fn of_rate(calibration: &RateCalibration, subject: &str, start: f64) -> HistoryMark {
    let level = &calibration.level;
    HistoryMark {
        subject: subject.into(),
        statistic: format!(
            "level of {} public marks in {}, and at the first opening",
            calibration.n, calibration.level_month
        ),
        unit: calibration.unit.clone(),
        history: level.value,
        // The error of a level is one of logs.
        history_error: Some(level.value * level.standard_error),
        model: start,
        model_range: None,
        period: calibration.period.clone(),
        source: calibration.source.clone(),
    }
}

//! Fits the hourly power model of [`crate::power`] to a history of prices.
//!
//! In order: quantile tables by month and local hour, smoothed over neighbouring months and hours; the rank
//! variable `z` of each price within its own table; its mean by weekday; then weights and time constants of the
//! factors, by least squares between the model's and the sample's autocorrelation of `z`; their standard errors, from
//! resampled blocks of months; and at last the statistics of simulated histories beside those of the real one.

mod bootstrap;
mod factors;
mod history;
mod long_run;
mod margins;
mod nelder_mead;
mod panels;
mod replay;
mod write;

use jiff::civil::Date;
use thiserror::Error;

use crate::normal_table::normal_quantile;
use crate::panel::Panel;
use crate::power::{
    CalibrationError, FIRST_KNOT, KNOT_STEP, PowerCalibration, PowerFile, PowerStatistics, QuantileTable,
};

pub use bootstrap::BootstrapSettings;
use factors::FittedFactors;
pub use history::{HourlyHistory, LocalDay, local_days, part_days};
pub use long_run::{FittedHistory, long_run_power};
use panels::Tail;
pub use replay::{ReplaySettings, simulated_statistics};
use write::to_toml;

/// Ranks further out than this say more about the sample size than about the price.
const LARGEST_RANK: f64 = 3.6;

/// Why a history could not be read or fitted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PowerFitError {
    /// Intervals of this length do not make up hours.
    #[error("intervals of the history are {step_s} s long, allowed is a length that divides 3600 s")]
    Interval {
        /// Length of an interval, s.
        step_s: i64,
    },
    /// A day asked for is not in the series.
    #[error("{asked} lies outside the prices, which go from {first_seen} to {last_seen}")]
    Period {
        /// First or last local day wanted.
        asked: Date,
        /// First local day of the series.
        first_seen: Date,
        /// Last local day of the series.
        last_seen: Date,
    },
    /// The period ends before it begins.
    #[error("the period from {first} to {last} is empty, it ends before it begins")]
    Backwards {
        /// First local day wanted.
        first: Date,
        /// Last local day wanted.
        last: Date,
    },
    /// No month is left.
    #[error("no whole local month is left: the prices go from {first_seen} to {last_seen}")]
    NoWholeMonth {
        /// First local day of the series.
        first_seen: Date,
        /// Last local day of the series.
        last_seen: Date,
    },
    /// Days to drop are not in the series.
    #[error(
        "the days {first} to {last} to drop lie outside the prices, at least in part, which go from {first_seen} to {last_seen}"
    )]
    Dropped {
        /// First local day to drop.
        first: Date,
        /// Last local day to drop.
        last: Date,
        /// First local day of the series.
        first_seen: Date,
        /// Last local day of the series.
        last_seen: Date,
    },
    /// All prices are the same, so there is nothing to fit.
    #[error("every price is {price} USD/MWh; a fit needs prices that move")]
    Constant {
        /// The price.
        price: f64,
    },
    /// No hour of the period has a price.
    #[error("no hour from {first} to {last} has a price")]
    NoPrices {
        /// First local day of the period.
        first: Date,
        /// Last local day of the period.
        last: Date,
    },
    /// A date or the time zone could not be resolved.
    #[error("calendar: {0}")]
    Calendar(#[from] jiff::Error),
    /// The table of some month and hour would rest on too few prices.
    #[error("month {month} and local hour {hour} have {found} prices, at least {expected} are needed")]
    TooFewPrices {
        /// Calendar month, 1 to 12.
        month: usize,
        /// Local hour, 0 to 23.
        hour: usize,
        /// Number of prices within the smoothing window.
        found: usize,
        /// Number of prices required.
        expected: usize,
    },
    /// The fitted numbers do not make a valid calibration.
    #[error("fitted calibration is not valid: {0}")]
    Invalid(#[from] CalibrationError),
}

/// What a fit states about itself, and how it treats the history.
#[derive(Clone, Debug)]
pub struct PowerFitSettings {
    /// Settlement point, for example `LZ_WEST`.
    pub point: String,
    /// Where the prices came from, with the checksum of the file.
    pub source: String,
    /// Date of the fit, `YYYY-MM-DD`.
    pub fit_date: String,
    /// How the simulated histories are made; its floor and cap bound the tables too.
    pub replay: ReplaySettings,
    /// How standard errors are estimated.
    pub bootstrap: BootstrapSettings,
}

impl PowerFitSettings {
    /// Settings with the defaults of [`ReplaySettings`] and [`BootstrapSettings`].
    pub fn new(point: &str, source: &str, fit_date: &str) -> Self {
        Self {
            point: point.to_owned(),
            source: source.to_owned(),
            fit_date: fit_date.to_owned(),
            replay: ReplaySettings::default(),
            bootstrap: BootstrapSettings::default(),
        }
    }
}

/// A statistic of the history beside that of simulated histories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StatisticRow {
    /// Name with the unit as suffix, as in the file.
    pub name: &'static str,
    /// Value of the history.
    pub history: f64,
    /// Its standard error, where one is estimated.
    pub standard_error: Option<f64>,
    /// Mean over simulated histories.
    pub simulated: f64,
    /// Quantile at 5 % over simulated histories.
    pub low: f64,
    /// Quantile at 95 % over simulated histories.
    pub high: f64,
}

/// A fitted calibration with its diagnostics.
#[derive(Clone, Debug)]
pub struct PowerFit {
    /// The calibration file.
    pub toml: String,
    /// The file as it reads back.
    pub calibration: PowerCalibration,
    /// The statistics of the file as a table.
    pub statistics: Vec<StatisticRow>,
    /// Lag (h), autocorrelation of the sample's `z`, autocorrelation of the model's; empty for a calibration not fitted to them.
    pub autocorrelations: Vec<(usize, f64, f64)>,
    /// Model against history: mean by local hour, by calendar month, tail, and persistence of `z` where it was fitted.
    pub panels: Vec<Panel>,
}

/// Fits the model to `history` and simulates it over the same days.
///
/// # Errors
/// A month and hour with too few prices, or a fit that is no valid calibration.
pub fn fit_power(history: &HourlyHistory, settings: &PowerFitSettings) -> Result<PowerFit, PowerFitError> {
    let (table, ranks) = ranks(history, settings)?;
    let factors = factors::fit(&history.clock, ranks);
    let mut file = file_of(history, settings, &factors, table);
    file.standard_errors = bootstrap::standard_errors(history, &factors, &settings.bootstrap);
    complete(file, history, settings, factors.autocorrelations)
}

/// The model of a history as it is used, without errors and without simulated histories beside it.
pub(crate) fn model_of(
    history: &HourlyHistory,
    bounds: &ReplaySettings,
) -> Result<PowerCalibration, PowerFitError> {
    let settings = PowerFitSettings { replay: *bounds, ..PowerFitSettings::new("", "", "") };
    let (table, ranks) = ranks(history, &settings)?;
    let factors = factors::fit(&history.clock, ranks);
    Ok(file_of(history, &settings, &factors, table).check()?)
}

/// The file of a fit before anything was simulated.
fn file_of(
    history: &HourlyHistory,
    settings: &PowerFitSettings,
    factors: &FittedFactors,
    table: QuantileTable,
) -> PowerFile {
    let statistics = PowerStatistics::of(&history.clock, &history.prices);
    PowerFile {
        point: settings.point.clone(),
        source: settings.source.clone(),
        period: history.period.clone(),
        fit_date: settings.fit_date.clone(),
        level_at_period_end: factors.level_at_end.0,
        level_error_at_period_end: factors.level_at_end.1,
        assumption: None,
        factors: factors.table.clone(),
        standard_errors: None,
        history: statistics.clone(),
        simulated: statistics.clone(),
        simulated_low: statistics.clone(),
        simulated_high: statistics,
        table,
    }
}

/// Tables of a history, and the rank variable of each of its prices.
fn ranks(
    history: &HourlyHistory,
    settings: &PowerFitSettings,
) -> Result<(QuantileTable, Vec<f64>), PowerFitError> {
    let (floor, cap) = (settings.replay.floor_usd_per_mwh, settings.replay.cap_usd_per_mwh);
    let prices: Vec<f64> = history.prices.iter().map(|price| price.clamp(floor, cap)).collect();
    if let Some(&price) = prices.first().filter(|first| prices.iter().all(|price| price == *first)) {
        return Err(PowerFitError::Constant { price });
    }
    let margins = margins::fit(&history.clock, &prices)?;
    let rank = |&p: &f64| normal_quantile(p).clamp(-LARGEST_RANK, LARGEST_RANK);
    Ok((margins.table, margins.probabilities.iter().map(rank).collect()))
}

/// Simulates the calibration in `file` over the days of `history` and writes what came out into it.
fn complete(
    mut file: PowerFile,
    history: &HourlyHistory,
    settings: &PowerFitSettings,
    autocorrelations: Vec<(usize, f64, f64)>,
) -> Result<PowerFit, PowerFitError> {
    // What is simulated is the file as it will be read back, with its rounded numbers.
    let calibration = PowerCalibration::parse(&to_toml(&file))?;
    let simulated = replay::each_history(&calibration, &history.days, &settings.replay, |clock, prices| {
        (PowerStatistics::of(clock, prices), Tail::of(prices))
    });
    let mut panels = panels::price_panels(history, &file.history, &simulated);
    if !autocorrelations.is_empty() {
        let of_ranks = panels::rank_autocorrelations(&calibration, &history.days, &settings.replay);
        let sample: Vec<f64> = autocorrelations.iter().map(|(_, sample, _)| *sample).collect();
        panels.push(panels::rank_panel(&sample, &of_ranks));
    }
    let all: Vec<PowerStatistics> = simulated.into_iter().map(|(statistics, _)| statistics).collect();
    if let Some([mean, low, high]) = replay::summaries(&all) {
        file.simulated = mean;
        file.simulated_low = low;
        file.simulated_high = high;
    }
    let toml = to_toml(&file);
    let calibration = PowerCalibration::parse(&toml)?;
    Ok(PowerFit { toml, statistics: rows(&calibration), calibration, autocorrelations, panels })
}

/// The statistics of a calibration as a table.
fn rows(calibration: &PowerCalibration) -> Vec<StatisticRow> {
    let errors = calibration.standard_errors.as_ref().map_or(Vec::new(), |errors| errors.labelled().to_vec());
    let [simulated, low, high] =
        [&calibration.simulated, &calibration.simulated_low, &calibration.simulated_high]
            .map(PowerStatistics::labelled);
    let history = calibration.history.labelled();
    history
        .iter()
        .enumerate()
        .map(|(index, &(name, history))| StatisticRow {
            name,
            history,
            standard_error: errors.iter().find(|(other, _)| *other == name).map(|(_, error)| *error),
            simulated: simulated[index].1,
            low: low[index].1,
            high: high[index].1,
        })
        .collect()
}

/// The rank variable at knot number `knot`.
fn knot_position(knot: usize) -> f64 {
    FIRST_KNOT + KNOT_STEP * knot as f64
}

#[cfg(test)]
mod tests;

//! Fits the hourly power model of [`crate::power`] to a history of prices.
//!
//! In order: quantile tables by month and local hour, smoothed over neighbouring months and hours; the rank
//! variable `z` of each price within its own table; its mean by weekday; then weights and time constants of the
//! factors, by least squares between the model's and the sample's autocorrelation of `z`; and at last the statistics
//! of simulated histories beside those of the real one.

mod factors;
mod history;
mod margins;
mod nelder_mead;
mod replay;
mod write;

use thiserror::Error;

use crate::normal_table::normal_quantile;
use crate::power::{CalibrationError, FIRST_KNOT, KNOT_STEP, PowerCalibration, PowerFile, PowerStatistics};

pub use history::{HourlyHistory, HourlySource, LocalDay, local_days};
pub use replay::{ReplaySettings, simulated_statistics};
use write::to_toml;

/// Ranks further out than this say more about the sample size than about the price.
const LARGEST_RANK: f64 = 3.6;

/// Why a history could not be read or fitted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PowerFitError {
    /// The file could not be read as CSV.
    #[error("history is not readable: {0}")]
    Csv(#[from] csv::Error),
    /// The file has no column of this name.
    #[error("history has no column {0}")]
    NoColumn(String),
    /// A cell is neither empty nor what its column holds.
    #[error("line {line} of the history: {text:?} is not {expected}")]
    BadCell {
        /// Line of the file, counted from one.
        line: u64,
        /// Text of the cell.
        text: String,
        /// What was expected there.
        expected: &'static str,
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
    /// Lowest price kept, USD/MWh: the ERCOT floor of -251 unless stated otherwise.
    pub floor_usd_per_mwh: f64,
    /// Highest price kept, USD/MWh: the ERCOT cap of 5000 since 2022 unless stated otherwise.
    pub cap_usd_per_mwh: f64,
    /// How the simulated histories are made.
    pub replay: ReplaySettings,
}

/// A fitted calibration with the diagnostics that are not part of the file.
#[derive(Clone, Debug)]
pub struct PowerFit {
    /// The calibration file.
    pub toml: String,
    /// Lag (h), autocorrelation of the sample's `z`, autocorrelation of the model's.
    pub autocorrelations: Vec<(usize, f64, f64)>,
    /// Statistics of the history, then mean, 5 % and 95 % quantile over simulated histories.
    pub statistics: [PowerStatistics; 4],
}

/// Fits the model to `history` and simulates it over the same days.
///
/// # Errors
/// A month and hour with too few prices, or a fit that is no valid calibration.
pub fn fit_power(history: &HourlyHistory, settings: &PowerFitSettings) -> Result<PowerFit, PowerFitError> {
    let (floor, cap) = (settings.floor_usd_per_mwh, settings.cap_usd_per_mwh);
    let prices: Vec<f64> = history.prices.iter().map(|p| p.clamp(floor, cap)).collect();
    let margins = margins::fit(&history.clock, &prices)?;
    let ranks = margins
        .probabilities
        .iter()
        .map(|&p| normal_quantile(p).clamp(-LARGEST_RANK, LARGEST_RANK))
        .collect();
    let factors = factors::fit(&history.clock, ranks);
    let statistics = PowerStatistics::of(&history.clock, &history.prices);
    let mut file = PowerFile {
        point: settings.point.clone(),
        source: settings.source.clone(),
        period: history.period.clone(),
        fit_date: settings.fit_date.clone(),
        level_at_period_end: factors.level_at_end,
        factors: factors.table,
        history: statistics.clone(),
        simulated: statistics.clone(),
        simulated_low: statistics.clone(),
        simulated_high: statistics.clone(),
        table: margins.table,
    };
    // What is simulated is the file as it will be read back, with its rounded numbers.
    let calibration = PowerCalibration::parse(&to_toml(&file))?;
    let simulated = simulated_statistics(&calibration, &history.days, &settings.replay);
    if let Some([mean, low, high]) = replay::summaries(&simulated) {
        file.simulated = mean;
        file.simulated_low = low;
        file.simulated_high = high;
    }
    let toml = to_toml(&file);
    PowerCalibration::parse(&toml)?;
    Ok(PowerFit {
        toml,
        autocorrelations: factors.autocorrelations,
        statistics: [file.history, file.simulated, file.simulated_low, file.simulated_high],
    })
}

/// The rank variable at knot number `knot`.
fn knot_position(knot: usize) -> f64 {
    FIRST_KNOT + KNOT_STEP * knot as f64
}

#[cfg(test)]
mod tests;

//! The market models held against history: forecasts from rolling origins, each made from what preceded it.
//!
//! At the end of every month of a range, everything is estimated on the record up to that day; paths are simulated, and
//! the monthly means of the next months are compared with what came. A forecast is judged by its CRPS in log units, by
//! the share of outcomes inside its central intervals, and by where outcomes fall in it (PIT), beside random walks that
//! start from the same day, know the halvings, and have the record's daily volatility.
//! Source of the score: Gneiting and Raftery, *J. Amer. Stat. Assoc.* 102 (2007) 359.

mod bitcoin;
mod origin;
mod panels;
mod scores;

use crate::bitcoin_fit::DailyRecord;
use jiff::civil::Date;
use site::YearMonth;
use thiserror::Error;

pub use panels::panels;
pub use scores::{INTERVALS, PIT_CLASSES, RivalScore, Score, scores};

/// Months ahead at which forecasts are judged.
pub const HORIZONS: [u32; 4] = [1, 3, 6, 12];

/// Probabilities of the quantiles kept of each forecast.
pub const PROBABILITIES: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/// What is forecast, as the mean of a calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantity {
    /// Price of Bitcoin, USD.
    BitcoinPrice,
    /// Difficulty of the network.
    Difficulty,
    /// Hashprice, USD/PH/day.
    Hashprice,
    /// Power price, USD/MWh.
    Power,
}

impl Quantity {
    /// Name as it stands in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["bitcoin_price", "difficulty", "hashprice", "power"][self as usize]
    }

    /// Unit of the levels.
    #[must_use]
    pub fn unit(self) -> &'static str {
        ["USD", "difficulty", "USD/PH/day", "USD/MWh"][self as usize]
    }
}

/// What a backtest covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BacktestSettings {
    /// First month at whose end a forecast is made.
    pub first: YearMonth,
    /// Last such month.
    pub last: YearMonth,
    /// Simulated paths per origin.
    pub n_paths: usize,
    /// Seed of every random number.
    pub seed: u64,
}

/// A forecast of a month's mean and what came.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// What is forecast.
    pub quantity: Quantity,
    /// Last day that the forecast knows.
    pub origin: Date,
    /// Months ahead: 1 is the month after the origin.
    pub horizon_months: u32,
    /// The month forecast.
    pub month: YearMonth,
    /// Its mean, in the quantity's unit.
    pub outcome: f64,
    /// Quantiles of the forecast at [`PROBABILITIES`], in the quantity's unit.
    pub quantiles: [f64; PROBABILITIES.len()],
    /// Share of simulated paths below the outcome.
    pub pit: f64,
    /// Continuous ranked probability score, log units.
    pub crps: f64,
    /// The rivals' forecasts, in the order of [`Forecast::rival_names`].
    pub rivals: Vec<RivalForecast>,
}

/// A rival's normal forecast of the log of a month's mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RivalForecast {
    /// Name of the rival.
    pub name: &'static str,
    /// Mean of the log.
    pub mean_ln: f64,
    /// Standard deviation of the log.
    pub sd_ln: f64,
}

/// Why a backtest cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BacktestError {
    /// The record leaves no origin with a past to fit on and a month after it.
    #[error(
        "no forecast can be made at the ends of {first} to {last}: the record covers {from} to {to}, and an origin needs \
         {years} years before it and a whole month after it"
    )]
    NoOrigin {
        /// First month asked for.
        first: YearMonth,
        /// Last month asked for.
        last: YearMonth,
        /// First day of the record.
        from: Date,
        /// Last day of the record.
        to: Date,
        /// Years needed before an origin.
        years: f64,
    },
}

/// Years of record before the first forecast of Bitcoin and its network.
const YEARS_BEFORE: f64 = 2.0;

/// Forecasts Bitcoin's price, difficulty and hashprice from every origin; `progress` is called once per origin done.
///
/// Days without fees count [`MISSING_FEES_BTC`](crate::bitcoin_fit::MISSING_FEES_BTC) a block, in fits, forecasts and
/// outcomes alike.
///
/// # Errors
/// When the record leaves no origin.
pub fn bitcoin(
    days: &[DailyRecord],
    settings: &BacktestSettings,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Forecast>, BacktestError> {
    let origins = origin::origins(days, settings, YEARS_BEFORE);
    if let ([], Some(from), Some(to)) = (origins.as_slice(), days.first(), days.last()) {
        return Err(BacktestError::NoOrigin {
            first: settings.first,
            last: settings.last,
            from: from.date,
            to: to.date,
            years: YEARS_BEFORE,
        });
    }
    Ok(bitcoin::forecasts(days, &origins, settings, progress))
}

#[cfg(test)]
mod tests;

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
mod power;
mod scores;

use crate::bitcoin_fit::DailyRecord;
use crate::power_fit::{HourlyHistory, PowerFitError};
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
    /// The rivals' forecasts, one or more.
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
    /// The history of power leaves no origin with a past to fit on and a month after it.
    #[error(
        "no forecast can be made at the ends of {first} to {last}: the prices cover {} to {}, and an origin needs {months} \
         months of prices up to it and a month after it", .period[0], .period[1]
    )]
    NoPowerOrigin {
        /// First month asked for.
        first: YearMonth,
        /// Last month asked for.
        last: YearMonth,
        /// First and last month of the history.
        period: [String; 2],
        /// Months needed up to an origin.
        months: usize,
    },
    /// The record is too short for any origin.
    #[error(
        "no forecast of {what} can be made: the record covers {from} to {to}, and an origin needs {needs} and a whole month \
         after it"
    )]
    TooShort {
        /// What would be forecast.
        what: &'static str,
        /// First day or month of the record.
        from: String,
        /// Last day or month of the record.
        to: String,
        /// What an origin needs before it, in words.
        needs: String,
    },
    /// A month asked for is none at whose end a forecast can be made.
    #[error("no forecast of {what} can be made at the end of {asked}; the record allows {first} to {last}")]
    Outside {
        /// What would be forecast.
        what: &'static str,
        /// The month asked for.
        asked: YearMonth,
        /// First month that the record allows.
        first: YearMonth,
        /// Last month that the record allows.
        last: YearMonth,
    },
    /// The months asked for end before they begin.
    #[error("the months from {first} to {last} are none: they end before they begin")]
    Backwards {
        /// First month asked for.
        first: YearMonth,
        /// Last month asked for.
        last: YearMonth,
    },
    /// The history up to some origin could not be fitted.
    #[error("the prices before an origin cannot be fitted: {0}")]
    Fit(#[from] PowerFitError),
}

/// Years of record before the first forecast of Bitcoin and its network.
const YEARS_BEFORE: f64 = 2.0;

/// Months at whose ends forecasts can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginMonths {
    /// What is forecast.
    pub what: &'static str,
    /// First such month.
    pub first: YearMonth,
    /// Last such month.
    pub last: YearMonth,
}

impl OriginMonths {
    /// Those that the daily record of Bitcoin allows.
    ///
    /// # Errors
    /// When it allows none.
    pub fn of_bitcoin(days: &[DailyRecord]) -> Result<Self, BacktestError> {
        let what = "Bitcoin";
        let date = |day: Option<&DailyRecord>| day.map_or_else(String::new, |day| day.date.to_string());
        let month_of = |day: &DailyRecord| YearMonth { year: day.date.year(), month: day.date.month() };
        let all = days.first().map(month_of).zip(days.last().map(month_of)).map_or_else(
            Vec::new,
            |(first, last)| {
                let settings = BacktestSettings { first, last, n_paths: 0, seed: 0 };
                origin::origins(days, &settings, YEARS_BEFORE)
            },
        );
        match all.as_slice() {
            [] => Err(BacktestError::TooShort {
                what,
                from: date(days.first()),
                to: date(days.last()),
                needs: format!("{YEARS_BEFORE} years before it"),
            }),
            [first, .., last] => Ok(Self { what, first: first.month, last: last.month }),
            [only] => Ok(Self { what, first: only.month, last: only.month }),
        }
    }

    /// Those that a history of power allows.
    ///
    /// # Errors
    /// When it allows none.
    pub fn of_power(history: &HourlyHistory) -> Result<Self, BacktestError> {
        let what = "power";
        let [from, to] = history.period.clone();
        power::origin_months(history).map(|[first, last]| Self { what, first, last }).ok_or_else(|| {
            let needs = format!("{} months of prices up to it", power::MONTHS_BEFORE);
            BacktestError::TooShort { what, from, to, needs }
        })
    }

    /// The months from `from` to `to`; without a first one from `usual` or the first that is allowed, without a last one to
    /// the last that is.
    ///
    /// # Errors
    /// When a month asked for is not allowed, or `to` comes before `from`.
    pub fn choose(
        self,
        [from, to]: [Option<YearMonth>; 2],
        usual: YearMonth,
    ) -> Result<[YearMonth; 2], BacktestError> {
        let Self { what, first, last } = self;
        let allowed = |month: &YearMonth| (first..=last).contains(month);
        if let Some((first, last)) = from.zip(to).filter(|(from, to)| from > to) {
            return Err(BacktestError::Backwards { first, last });
        }
        if let Some(asked) = [from, to].into_iter().flatten().find(|month| !allowed(month)) {
            return Err(BacktestError::Outside { what, asked, first, last });
        }
        let to = to.unwrap_or(last);
        // What is usual may lie outside, or after the last month asked for.
        let usual = Some(usual).filter(|month| allowed(month) && *month <= to).unwrap_or(first);
        Ok([from.unwrap_or(usual), to])
    }
}

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

/// Forecasts the monthly mean of power from every origin; `progress` is called once per origin done.
///
/// # Errors
/// When the history leaves no origin, or what precedes one cannot be fitted.
pub fn power(
    history: &HourlyHistory,
    settings: &BacktestSettings,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Forecast>, BacktestError> {
    let made = power::forecasts(history, settings, progress)?;
    if made.is_empty() {
        return Err(BacktestError::NoPowerOrigin {
            first: settings.first,
            last: settings.last,
            period: history.period.clone(),
            months: power::MONTHS_BEFORE,
        });
    }
    Ok(made)
}

#[cfg(test)]
mod tests;

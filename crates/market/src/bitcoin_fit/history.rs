//! Reads the daily record of Bitcoin's price, difficulty and fees.

use std::io::Read;

use jiff::civil::Date;
use thiserror::Error;

/// Why the daily record could not be read or fitted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BitcoinFitError {
    /// The file could not be read as CSV.
    #[error("daily record is not readable: {0}")]
    Csv(#[from] csv::Error),
    /// The file has no column of this name.
    #[error("daily record has no column {0}")]
    NoColumn(&'static str),
    /// A cell is empty or out of range where a value is required.
    #[error("line {line} of the daily record: {text:?} is not {expected}")]
    BadCell {
        /// Line of the file, counted from one.
        line: u64,
        /// Text of the cell.
        text: String,
        /// What was expected there.
        expected: &'static str,
    },
    /// The record is too short for a fit.
    #[error("daily record has {found} days, at least {expected} are needed")]
    TooShort {
        /// Days found.
        found: usize,
        /// Days required.
        expected: usize,
    },
}

/// One UTC day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DailyRecord {
    /// The day.
    pub date: Date,
    /// Price at the close, USD.
    pub price_usd: f64,
    /// Difficulty; on the day of a retarget a blend of old and new.
    pub difficulty: f64,
    /// Mean fees of the day's blocks, BTC per block; missing in some years.
    pub fees_btc_per_block: Option<f64>,
}

/// Reads columns `date_utc`, `price_usd`, `difficulty`, `blocks` and `fees_btc` of a CSV file with a header.
///
/// # Errors
/// Unreadable CSV, a missing column, a day out of order, or a price or difficulty that is not a positive number.
pub fn read_daily(reader: impl Read) -> Result<Vec<DailyRecord>, BitcoinFitError> {
    const COLUMNS: [&str; 5] = ["date_utc", "price_usd", "difficulty", "blocks", "fees_btc"];
    let mut csv = csv::Reader::from_reader(reader);
    let headers = csv.headers()?.clone();
    let mut positions = [0; COLUMNS.len()];
    for (position, column) in positions.iter_mut().zip(COLUMNS) {
        *position =
            headers.iter().position(|name| name == column).ok_or(BitcoinFitError::NoColumn(column))?;
    }
    let mut days: Vec<DailyRecord> = Vec::new();
    for record in csv.into_records() {
        let record = record?;
        let [date, price, difficulty, blocks, fees] =
            positions.map(|position| record.get(position).unwrap_or(""));
        let bad_cell = |text: &str, expected| BitcoinFitError::BadCell {
            line: record.position().map_or(0, csv::Position::line),
            text: text.to_owned(),
            expected,
        };
        let day = DailyRecord {
            date: date.parse().map_err(|_| bad_cell(date, "a date"))?,
            price_usd: positive(price).ok_or_else(|| bad_cell(price, "a price above zero"))?,
            difficulty: positive(difficulty)
                .ok_or_else(|| bad_cell(difficulty, "a difficulty above zero"))?,
            fees_btc_per_block: positive(fees).zip(positive(blocks)).map(|(f, b)| f / b),
        };
        // Lags are counted in rows, so the days must follow one another.
        if let Some(last) = days.last()
            && last.date.tomorrow().ok() != Some(day.date)
        {
            return Err(bad_cell(date, "the day after the line before"));
        }
        days.push(day);
    }
    Ok(days)
}

/// A finite number above zero, or nothing.
fn positive(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite() && *value > 0.0)
}

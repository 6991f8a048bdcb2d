//! Real history from CSV files: power prices by interval and Bitcoin by day.
//!
//! Readers refuse what they cannot use with the row at fault: a gap, a doubled interval, an order that goes back, text
//! that is no number. A file may be gzip-compressed; timestamps are UTC starts of intervals in ISO 8601.

mod layouts;

use crate::import::ImportError;
use crate::import::table::{self, At, Row, Visitor};
use jiff::Timestamp;
use jiff::civil::Date;
use site::hashprice::hashprice_usd_per_ph_day;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a file of history cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The file cannot be opened or read.
    #[error("{}: cannot read the file ({source}); check the path", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A column is absent.
    #[error("{}: no column `{column}`; the header has {found}", .path.display())]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The column looked for.
        column: String,
        /// The columns there are.
        found: String,
    },
    /// A row cannot be used.
    #[error("{}: row {row}: {problem}", .path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Row counted from 1 with the header as row 1.
        row: u64,
        /// What is wrong and what is allowed.
        problem: String,
    },
    /// A layout could not be read.
    #[error(transparent)]
    Import(ImportError),
    /// The file as a whole does not serve.
    #[error("{}: {problem}", .path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

/// Power prices on an unbroken grid of intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerHistory {
    /// Start of the first interval, seconds since 1970-01-01 UTC.
    pub start_unix_s: i64,
    /// Length of an interval, s: 900 or 3600.
    pub step_s: i64,
    /// Price of each interval, USD/MWh.
    pub prices_usd_per_mwh: Vec<f64>,
}

impl PowerHistory {
    /// Reads two columns of a CSV file and keeps the intervals from `from_unix_s` up to, not including, `to_unix_s`.
    ///
    /// # Errors
    /// When the file cannot be read, or those intervals are not there once each and in order.
    pub fn read(
        path: &Path,
        columns: (&str, &str),
        from_unix_s: i64,
        to_unix_s: i64,
    ) -> Result<Self, ReplayError> {
        let mut kept: Vec<(u64, i64, f64)> = Vec::new();
        for_each_row(path, &[columns.0, columns.1], |row, fields| {
            let at = fields[0]
                .parse::<Timestamp>()
                .map_err(|_| format!("`{}` is no UTC time such as 2021-02-01T06:00:00Z", fields[0]))?
                .as_second();
            if at < from_unix_s || at >= to_unix_s {
                return Ok(());
            }
            let price = number(fields[1], columns.1)?;
            if !(-1e4..=2e4).contains(&price) {
                return Err(format!("{} is {price}, allowed is -10000 to 20000 USD/MWh", columns.1));
            }
            kept.push((row, at, price));
            Ok(())
        })?;
        let unfit = |problem: String| ReplayError::Unfit { path: path.into(), problem };
        if kept.len() < 2 {
            return Err(unfit(format!(
                "no prices between {} and {}, which the scenario replays",
                iso(from_unix_s),
                iso(to_unix_s)
            )));
        }
        let step_s = kept[1].1 - kept[0].1;
        if step_s != 900 && step_s != 3_600 {
            return Err(unfit(format!(
                "rows {} and {} are {step_s} s apart, allowed is 900 or 3600 s",
                kept[0].0, kept[1].0
            )));
        }
        check_grid(path, &kept, step_s, from_unix_s, to_unix_s)?;
        Ok(Self {
            start_unix_s: from_unix_s,
            step_s,
            prices_usd_per_mwh: kept.into_iter().map(|k| k.2).collect(),
        })
    }
}

/// Checks that times go from `from` to `to` in equal steps.
fn check_grid(
    path: &Path,
    kept: &[(u64, i64, f64)],
    step_s: i64,
    from_unix_s: i64,
    to_unix_s: i64,
) -> Result<(), ReplayError> {
    let mut expected = from_unix_s;
    for &(row, at, _) in kept {
        let problem = match at - expected {
            0 => None,
            gap if gap > 0 && gap % step_s == 0 => Some(format!(
                "{} interval(s) missing before {}, from {} on",
                gap / step_s,
                iso(at),
                iso(expected)
            )),
            gap if gap == -step_s => Some(format!("the interval {} stands there twice", iso(at))),
            gap if gap < 0 => Some(format!("the interval {} is out of order", iso(at))),
            _ => Some(format!("{} is not on the grid of {step_s} s", iso(at))),
        };
        if let Some(problem) = problem {
            return Err(ReplayError::Row { path: path.into(), row, problem });
        }
        expected = at + step_s;
    }
    if expected < to_unix_s {
        return Err(ReplayError::Unfit {
            path: path.into(),
            problem: format!(
                "prices end at {}, the scenario replays up to {}: the file may be cut short",
                iso(expected),
                iso(to_unix_s)
            ),
        });
    }
    Ok(())
}

/// A day of Bitcoin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplayDay {
    /// Price, USD.
    pub price_usd: f64,
    /// Difficulty.
    pub difficulty: f64,
    /// Hashprice, USD/PH/day.
    pub hashprice_usd_per_ph_day: f64,
}

/// Bitcoin by day, as a daily file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct BitcoinHistory {
    /// Days in order.
    pub days: Vec<ReplayDay>,
    /// The day before the first, where the file has it.
    pub before: Option<ReplayDay>,
    /// Days whose fees were missing and were filled with the stated default.
    pub filled_fee_days: usize,
}

/// The halving that set the subsidy of a day, by UTC date; the last column is BTC per block.
const SUBSIDY_FROM: [(i16, i8, i8, f64); 5] =
    [(2009, 1, 3, 50.0), (2012, 11, 28, 25.0), (2016, 7, 9, 12.5), (2020, 5, 11, 6.25), (2024, 4, 20, 3.125)];

/// Days of the halvings so far, in order.
pub(crate) fn halving_days() -> impl Iterator<Item = Date> {
    SUBSIDY_FROM.iter().skip(1).map(|(y, m, d, _)| jiff::civil::date(*y, *m, *d))
}

/// Subsidy of a UTC day, BTC per block; on the day of a halving the new one.
pub(crate) fn subsidy_on(day: Date) -> f64 {
    SUBSIDY_FROM
        .iter()
        .rev()
        .find(|(y, m, d, _)| jiff::civil::date(*y, *m, *d) <= day)
        .map_or(50.0, |(.., subsidy)| *subsidy)
}

const COLUMNS: [&str; 5] = ["date_utc", "price_usd", "difficulty", "blocks", "fees_btc"];

impl BitcoinHistory {
    /// Reads `date_utc, price_usd, difficulty, blocks, fees_btc` for `n_days` days from `first` on.
    ///
    /// Empty fees or blocks mean `default_fees_btc` per block and are counted. A row holds for its whole day.
    ///
    /// # Errors
    /// When the file cannot be read, a day is missing, doubled or out of order, or a number is out of range.
    pub fn read(path: &Path, first: Date, n_days: usize, default_fees_btc: f64) -> Result<Self, ReplayError> {
        let mut history = Self { days: Vec::with_capacity(n_days), before: None, filled_fee_days: 0 };
        let day_before = first.yesterday().ok();
        let mut expected = first;
        for_each_row(path, &COLUMNS, |_, fields| {
            let day: Date =
                fields[0].parse().map_err(|_| format!("`{}` is no date such as 2021-02-01", fields[0]))?;
            if Some(day) == day_before && history.days.is_empty() {
                history.before = read_day(day, fields, default_fees_btc).ok().map(|(day, _)| day);
            }
            if day < first || history.days.len() == n_days {
                return if day < expected && day >= first {
                    Err(format!("the day {day} is doubled or out of order"))
                } else {
                    Ok(())
                };
            }
            if day != expected {
                return Err(format!(
                    "expected the day {expected}, found {day}: a day is missing, doubled or out of order"
                ));
            }
            let (row, filled) = read_day(day, fields, default_fees_btc)?;
            history.days.push(row);
            history.filled_fee_days += usize::from(filled);
            expected = day.tomorrow().map_err(|e| e.to_string())?;
            Ok(())
        })?;
        if history.days.len() < n_days {
            return Err(ReplayError::Unfit {
                path: path.into(),
                problem: format!(
                    "holds {} of the {n_days} days from {first} on that are needed: it ends too early or is cut short",
                    history.days.len()
                ),
            });
        }
        Ok(history)
    }

    /// What is known at the opening of day `n`: the row of the day before, or of the first day where the file starts with it.
    #[must_use]
    pub fn opening(&self, n: usize) -> ReplayDay {
        match n.checked_sub(1) {
            Some(before) => self.days[before],
            None => self.before.unwrap_or(self.days[0]),
        }
    }
}

/// A row and whether its fees were missing.
fn read_day(day: Date, fields: &[&str], default_fees_btc: f64) -> Result<(ReplayDay, bool), String> {
    let price_usd = within(fields[1], COLUMNS[1], 1e-3, 1e8)?;
    let difficulty = within(fields[2], COLUMNS[2], 1.0, 1e20)?;
    let filled = fields[3].is_empty() || fields[4].is_empty();
    let fees = if filled {
        default_fees_btc
    } else {
        within(fields[4], COLUMNS[4], 0.0, 1e5)? / within(fields[3], COLUMNS[3], 1.0, 1e4)?
    };
    let hashprice_usd_per_ph_day = hashprice_usd_per_ph_day(difficulty, subsidy_on(day), fees, price_usd);
    Ok((ReplayDay { price_usd, difficulty, hashprice_usd_per_ph_day }, filled))
}

fn iso(unix_s: i64) -> String {
    Timestamp::from_second(unix_s).map_or_else(|_| unix_s.to_string(), |t| t.to_string())
}

fn number(text: &str, column: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ if text.is_empty() => Err(format!("{column} is missing")),
        _ => Err(format!("{column} is `{text}`, which is no finite number")),
    }
}

fn within(text: &str, column: &str, low: f64, high: f64) -> Result<f64, String> {
    let value = number(text, column)?;
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        let value = if value.abs() < 1e15 { value.to_string() } else { format!("{value:e}") };
        Err(format!("{column} is {value}, allowed is {low:e} to {high:e}"))
    }
}

/// Calls `each` with the row number and the named columns of every row.
pub(crate) fn for_each_row(
    path: &Path,
    columns: &[&str],
    each: impl FnMut(u64, &[&str]) -> Result<(), String>,
) -> Result<(), ReplayError> {
    table::read(path, &mut Columns { columns, places: Vec::new(), each }).map(|_| ())
}

/// Picks columns by their exact names.
struct Columns<'a, F> {
    columns: &'a [&'a str],
    places: Vec<usize>,
    each: F,
}

impl<F: FnMut(u64, &[&str]) -> Result<(), String>> Visitor for Columns<'_, F> {
    type Error = ReplayError;

    fn header(&mut self, at: &At<'_>, header: &[&str]) -> Result<(), ReplayError> {
        let missing = |column: &str| ReplayError::MissingColumn {
            path: at.path.into(),
            column: column.into(),
            found: header.join(", "),
        };
        self.places = self
            .columns
            .iter()
            .map(|column| header.iter().position(|name| name == column).ok_or_else(|| missing(column)))
            .collect::<Result<_, _>>()?;
        Ok(())
    }

    fn row(&mut self, at: &At<'_>, row: &Row<'_>) -> Result<(), ReplayError> {
        let fields: Vec<&str> = self.places.iter().map(|place| row.fields[*place]).collect();
        let number = u64::from(row.number);
        (self.each)(number, &fields).map_err(|problem| ReplayError::Row {
            path: at.path.into(),
            row: number,
            problem,
        })
    }
}

impl From<ImportError> for ReplayError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Unreadable { path, source } => Self::Unreadable { path, source },
            ImportError::Row { path, place, problem } => {
                Self::Row { path, row: u64::from(place.row), problem: problem.into() }
            }
            ImportError::Unfit { path, problem } => Self::Unfit { path, problem: problem.into() },
            other => Self::Import(other),
        }
    }
}

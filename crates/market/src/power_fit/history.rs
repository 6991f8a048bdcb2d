//! Reads a price column and sets its hours on the local clock.

use std::collections::BTreeMap;
use std::io::Read;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

use super::PowerFitError;
use crate::power::LocalHour;

/// Time zone of the ERCOT market.
const MARKET_ZONE: &str = "America/Chicago";

/// Which part of a file is the history.
#[derive(Clone, Debug)]
pub struct HourlySource {
    /// Column of prices, USD/MWh; the first column holds the UTC start of each interval.
    pub column: String,
    /// First local day.
    pub first_day: Date,
    /// Last local day.
    pub last_day: Date,
    /// Local days left out as known defects: first and last of each stretch.
    pub dropped: Vec<[Date; 2]>,
}

/// Hourly prices with gaps, in order of time.
#[derive(Clone, Debug)]
pub struct HourlyHistory {
    /// Hours that have a price.
    pub clock: Vec<LocalHour>,
    /// Price of each of these hours, USD/MWh.
    pub prices: Vec<f64>,
    /// Every local day of the period, complete, also where prices are missing.
    pub days: Vec<LocalDay>,
    /// First and last month, `YYYY-MM`.
    pub period: [String; 2],
}

impl HourlyHistory {
    /// Reads CSV from `reader`; intervals shorter than an hour are averaged, empty cells are missing.
    ///
    /// # Errors
    /// Unreadable CSV, a missing column, or a cell that is neither empty nor a number or time.
    pub fn read(reader: impl Read, source: &HourlySource) -> Result<Self, PowerFitError> {
        let by_hour = read_hours(reader, &source.column)?;
        let days = local_days(source.first_day, source.last_day)?;
        let dropped: Vec<bool> = days
            .iter()
            .map(|day| source.dropped.iter().any(|[a, b]| (*a..=*b).contains(&day.date)))
            .collect();
        let mut history = Self {
            clock: Vec::new(),
            prices: Vec::new(),
            days: Vec::new(),
            period: [source.first_day, source.last_day].map(|d| d.strftime("%Y-%m").to_string()),
        };
        for (day, dropped) in days.iter().zip(dropped) {
            for hour in day.hours().filter(|_| !dropped) {
                if let Some((sum, n)) = by_hour.get(&hour.utc_hour) {
                    history.clock.push(hour);
                    history.prices.push(sum / f64::from(*n));
                }
            }
        }
        history.days = days;
        Ok(history)
    }
}

/// One day of the local calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalDay {
    /// The local date.
    pub date: Date,
    /// First hour of the day, in hours since 1970-01-01 00:00 UTC.
    pub first_utc_hour: i64,
    /// Local clock hour of each hour in order of time: 23, 24 or 25 entries.
    pub local_hours: Vec<u8>,
}

impl LocalDay {
    /// Weekday, Monday 0 to Sunday 6.
    pub fn weekday(&self) -> u8 {
        self.date.weekday().to_monday_zero_offset() as u8
    }

    /// Twelve times the year plus the month counted from zero.
    pub fn month_number(&self) -> i32 {
        12 * i32::from(self.date.year()) + i32::from(self.date.month()) - 1
    }

    /// The hours of the day in order of time.
    pub fn hours(&self) -> impl Iterator<Item = LocalHour> + '_ {
        (self.first_utc_hour..).zip(&self.local_hours).map(|(utc_hour, &hour)| LocalHour {
            utc_hour,
            month_number: self.month_number(),
            hour,
            weekday: self.weekday(),
        })
    }
}

/// The local days from `first` to `last`, both included, on the clock of the ERCOT market.
///
/// # Errors
/// A date at the end of the calendar, or a missing time zone.
pub fn local_days(first: Date, last: Date) -> Result<Vec<LocalDay>, PowerFitError> {
    let zone = TimeZone::get(MARKET_ZONE)?;
    let mut days = Vec::new();
    let mut date = first;
    while date <= last {
        let start = date.to_zoned(zone.clone())?;
        let end = date.tomorrow()?.to_zoned(zone.clone())?;
        let n_hours = (end.timestamp().as_second() - start.timestamp().as_second()) / 3600;
        let hour_at = |offset: i64| -> Result<u8, jiff::Error> {
            let hour: Zoned = start.checked_add(Span::new().hours(offset))?;
            Ok(hour.hour() as u8)
        };
        days.push(LocalDay {
            date,
            first_utc_hour: start.timestamp().as_second().div_euclid(3600),
            local_hours: (0..n_hours).map(hour_at).collect::<Result<_, _>>()?,
        });
        date = date.tomorrow()?;
    }
    Ok(days)
}

/// Sum and number of the prices within each UTC hour.
fn read_hours(reader: impl Read, column: &str) -> Result<BTreeMap<i64, (f64, u32)>, PowerFitError> {
    let mut csv = csv::Reader::from_reader(reader);
    let position = csv
        .headers()?
        .iter()
        .position(|name| name == column)
        .ok_or_else(|| PowerFitError::NoColumn(column.to_owned()))?;
    let mut by_hour = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    while csv.read_record(&mut record)? {
        let bad_cell = |text: &str, expected| PowerFitError::BadCell {
            line: record.position().map_or(0, csv::Position::line),
            text: text.to_owned(),
            expected,
        };
        let (time, price) = (record.get(0).unwrap_or(""), record.get(position).unwrap_or(""));
        if price.is_empty() {
            continue;
        }
        let start: Timestamp = time.parse().map_err(|_| bad_cell(time, "a UTC time"))?;
        let price: f64 =
            price.parse().ok().filter(|p: &f64| p.is_finite()).ok_or_else(|| bad_cell(price, "a price"))?;
        let (sum, n) = by_hour.entry(start.as_second().div_euclid(3600)).or_insert((0.0, 0));
        *sum += price;
        *n += 1;
    }
    Ok(by_hour)
}

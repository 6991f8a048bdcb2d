//! Hourly prices on the local clock, out of an imported series.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use site::YearMonth;

use super::PowerFitError;
use crate::import::PriceSeries;
use crate::power::LocalHour;

/// Time zone of the ERCOT market.
const MARKET_ZONE: &str = "America/Chicago";

const HOUR_S: i64 = 3600;

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
    /// Takes the hours of the local days `first_day ..= last_day` out of `series`, less the stretches `dropped`.
    ///
    /// Without a first day the history begins with the first local month of which the series has every day, if only
    /// in part, without a last day it ends with the last such month. Intervals shorter than an hour are averaged; an hour that lacks one is absent.
    /// Each stretch of `dropped` is a first and a last local day, both included: known defects of the source.
    ///
    /// # Errors
    /// Intervals that do not make up hours, a period that is empty or reaches beyond the series, days to drop that do, or a
    /// period without prices.
    pub fn from_series(
        series: &PriceSeries,
        first_day: Option<Date>,
        last_day: Option<Date>,
        dropped: &[[Date; 2]],
    ) -> Result<Self, PowerFitError> {
        if series.step_s <= 0 || HOUR_S % series.step_s != 0 {
            return Err(PowerFitError::Interval { step_s: series.step_s });
        }
        let [first_seen, last_seen] = days_seen(series)?;
        let [first_day, last_day] = period([first_seen, last_seen], first_day, last_day)?;
        if let Some(&[first, last]) =
            dropped.iter().find(|[first, last]| *first < first_seen || *last > last_seen)
        {
            return Err(PowerFitError::Dropped { first, last, first_seen, last_seen });
        }
        let days = local_days(first_day, last_day)?;
        let mut history = Self {
            clock: Vec::new(),
            prices: Vec::new(),
            days: Vec::new(),
            period: [first_day, last_day].map(|day| day.strftime("%Y-%m").to_string()),
        };
        for day in &days {
            if dropped.iter().any(|[first, last]| (*first..=*last).contains(&day.date)) {
                continue;
            }
            for hour in day.hours() {
                if let Some(price) = hourly_price(series, hour.utc_hour) {
                    history.clock.push(hour);
                    history.prices.push(price);
                }
            }
        }
        if history.prices.is_empty() {
            return Err(PowerFitError::NoPrices { first: first_day, last: last_day });
        }
        history.days = days;
        Ok(history)
    }
}

impl HourlyHistory {
    /// The history up to the end of a local month.
    pub(crate) fn until(&self, month: YearMonth) -> Self {
        let last = 12 * i32::from(month.year) + i32::from(month.month) - 1;
        let n_hours = self.clock.partition_point(|at| at.month_number <= last);
        let n_days = self.days.partition_point(|day| day.month_number() <= last);
        Self {
            clock: self.clock[..n_hours].to_vec(),
            prices: self.prices[..n_hours].to_vec(),
            days: self.days[..n_days].to_vec(),
            period: [self.period[0].clone(), month.to_string()],
        }
    }
}

/// Mean of the intervals of a UTC hour; `None` unless all of them are there.
fn hourly_price(series: &PriceSeries, utc_hour: i64) -> Option<f64> {
    let start_s = utc_hour * HOUR_S - series.start_unix_s;
    // An hour that begins between two intervals has none that makes it up.
    let first =
        usize::try_from(start_s).ok().filter(|_| start_s % series.step_s == 0)? / series.step_s as usize;
    let n = (HOUR_S / series.step_s) as usize;
    let intervals = series.prices_usd_per_mwh.get(first..first + n)?;
    let mean = intervals.iter().sum::<f64>() / n as f64;
    // Missing intervals are NaN, and make the mean NaN.
    (!mean.is_nan()).then_some(mean)
}

/// First and last local day of which the series has anything.
fn days_seen(series: &PriceSeries) -> Result<[Date; 2], PowerFitError> {
    let zone = TimeZone::get(MARKET_ZONE)?;
    let day_of = |unix_s: i64| -> Result<Date, jiff::Error> {
        Ok(Timestamp::from_second(unix_s)?.to_zoned(zone.clone()).date())
    };
    Ok([day_of(series.start_unix_s)?, day_of(end_unix_s(series) - 1)?])
}

fn end_unix_s(series: &PriceSeries) -> i64 {
    series.start_unix_s + series.prices_usd_per_mwh.len() as i64 * series.step_s
}

/// Local days at either end of a series of which it has only a part, as a file in UTC or one cut short has them.
///
/// # Errors
/// A date at the end of the calendar, or a missing time zone.
pub fn part_days(series: &PriceSeries) -> Result<Vec<Date>, PowerFitError> {
    let zone = TimeZone::get(MARKET_ZONE)?;
    let midnight =
        |day: Date| -> Result<i64, jiff::Error> { Ok(day.to_zoned(zone.clone())?.timestamp().as_second()) };
    let [first, last] = days_seen(series)?;
    let mut days = Vec::new();
    if midnight(first)? < series.start_unix_s {
        days.push(first);
    }
    if end_unix_s(series) < midnight(last.tomorrow()?)? {
        days.push(last);
    }
    days.dedup();
    Ok(days)
}

/// First and last local day: those asked for, or those of the local months of which the series has every day.
fn period(
    [first_seen, last_seen]: [Date; 2],
    first_day: Option<Date>,
    last_day: Option<Date>,
) -> Result<[Date; 2], PowerFitError> {
    if let Some((first, last)) = first_day.zip(last_day).filter(|(first, last)| first > last) {
        return Err(PowerFitError::Backwards { first, last });
    }
    let mut asked = [first_day, last_day].into_iter().flatten();
    if let Some(asked) = asked.find(|day| !(first_seen..=last_seen).contains(day)) {
        return Err(PowerFitError::Period { asked, first_seen, last_seen });
    }
    let first = match first_day {
        Some(day) => day,
        None if first_seen.day() == 1 => first_seen,
        None => first_seen.last_of_month().tomorrow()?,
    };
    let last = match last_day {
        Some(day) => day,
        None if last_seen == last_seen.last_of_month() => last_seen,
        None => last_seen.first_of_month().yesterday()?,
    };
    if first > last {
        return Err(PowerFitError::NoWholeMonth { first_seen, last_seen });
    }
    Ok([first, last])
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

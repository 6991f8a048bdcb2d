//! Origins of forecasts and the months after them.

use super::{BacktestSettings, HORIZONS};
use crate::bitcoin_fit::DailyRecord;
use site::YearMonth;
use std::ops::Range;

/// The end of a month from which forecasts are made.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// The origin's month.
    pub(super) month: YearMonth,
    /// Number of the origin's month, which keys its random streams.
    pub(super) number: u64,
    /// Index of its last day in the record.
    pub(super) last_day: usize,
    /// Days in each of the months ahead, up to the longest horizon, complete or not.
    pub(super) months: Vec<MonthAhead>,
}

/// A month after an origin.
#[derive(Debug, Clone)]
pub(super) struct MonthAhead {
    pub(super) month: YearMonth,
    /// Its days as indices of the record, which may end before it does.
    pub(super) days: Range<usize>,
}

/// Every month end of the range that has enough record before it and a whole month after it.
pub(super) fn origins(days: &[DailyRecord], settings: &BacktestSettings, years_before: f64) -> Vec<Origin> {
    let Some(first_date) = days.first().map(|day| day.date) else { return Vec::new() };
    let start_of = |month: YearMonth| {
        // Days follow one another, so a date's place is its distance from the first.
        first_date.until(month.first_day()).map_or(-1, |span| i64::from(span.get_days()))
    };
    let n_months = settings.last.months_since(settings.first) + 1;
    let longest = HORIZONS[HORIZONS.len() - 1];
    (0..n_months.max(0) as u32)
        .filter_map(|offset| {
            let month = settings.first.plus(offset);
            let end = usize::try_from(start_of(month.plus(1))).ok()?;
            if (end as f64) < years_before * 365.25 || start_of(month.plus(2)) > days.len() as i64 {
                return None;
            }
            let at = |m: YearMonth| start_of(m) as usize;
            let months = (1..=longest)
                .map(|ahead| month.plus(ahead))
                .map(|ahead| MonthAhead { month: ahead, days: at(ahead)..at(ahead.plus(1)) })
                .collect();
            let number = month.months_since(YearMonth::parse("2009-01")?) as u64;
            Some(Origin { month, number, last_day: end - 1, months })
        })
        .collect()
}

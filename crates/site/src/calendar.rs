//! Months, local days and their hours.
//!
//! A month is a decision stage; its hours follow the site's local clock, so that a day has 23 hours in spring and 25 in
//! autumn. Instants are UTC seconds; local time appears only here and where files are read.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct YearMonth {
    /// Calendar year, 2009 to 2200.
    pub year: i16,
    /// Month of the year, 1 to 12.
    pub month: i8,
}

impl YearMonth {
    /// Reads `YYYY-MM`; `None` when it is not that, or outside 2009 to 2200.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        let parsed = Self { year: year.parse().ok()?, month: month.parse().ok()? };
        ((1..=12).contains(&parsed.month) && (2009..=2200).contains(&parsed.year)).then_some(parsed)
    }

    /// The month `n` months later.
    #[must_use]
    pub fn plus(self, n: u32) -> Self {
        let index = i32::from(self.year) * 12 + i32::from(self.month) - 1 + n as i32;
        Self { year: (index / 12) as i16, month: (index % 12 + 1) as i8 }
    }

    /// Months from `earlier` to this one; negative when this one comes first.
    #[must_use]
    pub fn months_since(self, earlier: Self) -> i32 {
        (i32::from(self.year) - i32::from(earlier.year)) * 12 + i32::from(self.month)
            - i32::from(earlier.month)
    }

    /// Days of the month.
    #[must_use]
    pub fn days(self) -> usize {
        usize::try_from(self.first_day().days_in_month()).unwrap_or(31)
    }

    /// Month of the year counted from zero, 0 to 11.
    #[must_use]
    pub fn month0(self) -> usize {
        (self.month - 1) as usize
    }

    /// The first day of the month.
    #[must_use]
    pub fn first_day(self) -> Date {
        date(self.year, self.month, 1)
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The clock by which months, days and hours of the site are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// ERCOT's local clock, with daylight-saving time.
    Central,
    /// UTC−6 the whole year.
    FixedUtcMinus6,
    /// UTC.
    Utc,
}

impl Zone {
    /// The names used in files, in the order of the variants.
    pub const NAMES: [&'static str; 3] = ["america-chicago", "utc-6", "utc"];

    /// The zone of a name in [`Self::NAMES`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "america-chicago" => Some(Self::Central),
            "utc-6" => Some(Self::FixedUtcMinus6),
            "utc" => Some(Self::Utc),
            _ => None,
        }
    }

    /// The time zone as the time library knows it.
    #[must_use]
    pub fn time_zone(self) -> TimeZone {
        match self {
            // The zone database is compiled in, so the lookup cannot fail on any machine.
            Self::Central => TimeZone::get("America/Chicago").unwrap_or(TimeZone::UTC),
            Self::FixedUtcMinus6 => TimeZone::fixed(jiff::tz::offset(-6)),
            Self::Utc => TimeZone::UTC,
        }
    }
}

const NORMAL_HOURS: [u8; 24] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];
const SPRING_HOURS: [u8; 23] =
    [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];
const AUTUMN_HOURS: [u8; 25] =
    [0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];

/// One local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Day of the week, Monday is 0.
    pub weekday_monday0: usize,
    /// Local clock hours in the order in which they pass: 23, 24 or 25 of them.
    pub hours: &'static [u8],
    /// Start of the day, seconds since 1970-01-01 UTC.
    pub start_unix_s: i64,
}

/// The months of a study and their local days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// First month.
    pub start: YearMonth,
    /// The local clock.
    pub zone: Zone,
    /// Days by month, `[n_months][days of that month]`.
    pub days: Vec<Vec<Day>>,
}

impl Calendar {
    /// The `n_months` months from `start` on.
    #[must_use]
    pub fn new(start: YearMonth, n_months: u32, zone: Zone) -> Self {
        let tz = zone.time_zone();
        let unix = |day: Date| day.to_zoned(tz.clone()).map_or(0, |instant| instant.timestamp().as_second());
        let days = (0..n_months)
            .map(|m| {
                let first = start.plus(m).first_day();
                first
                    .series(jiff::Span::new().days(1))
                    .take(start.plus(m).days())
                    .map(|day| {
                        let (from, to) = (unix(day), unix(day.tomorrow().unwrap_or(day)));
                        let hours: &'static [u8] = match (to - from) / 3_600 {
                            23 => &SPRING_HOURS,
                            25 => &AUTUMN_HOURS,
                            _ => &NORMAL_HOURS,
                        };
                        let weekday_monday0 =
                            usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
                        Day { weekday_monday0, hours, start_unix_s: from }
                    })
                    .collect()
            })
            .collect();
        Self { start, zone, days }
    }

    /// Number of months.
    #[must_use]
    pub fn n_months(&self) -> usize {
        self.days.len()
    }

    /// The calendar month at index `m`.
    #[must_use]
    pub fn month(&self, m: usize) -> YearMonth {
        self.start.plus(m as u32)
    }

    /// Hours in month `m`: 743 in a March with a spring change, 721 in a November with an autumn change.
    #[must_use]
    pub fn hours(&self, m: usize) -> usize {
        self.days[m].iter().map(|day| day.hours.len()).sum()
    }

    /// Start of the first month, seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn start_unix_s(&self) -> i64 {
        self.days.first().and_then(|month| month.first()).map_or(0, |day| day.start_unix_s)
    }

    /// End of the last month, seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn end_unix_s(&self) -> i64 {
        self.start_unix_s() + self.total_hours() as i64 * 3_600
    }

    /// The first local day.
    #[must_use]
    pub fn first_date(&self) -> Date {
        self.start.first_day()
    }

    /// Hours of the whole study.
    #[must_use]
    pub fn total_hours(&self) -> usize {
        (0..self.n_months()).map(|m| self.hours(m)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_changes_make_short_and_long_days() {
        let calendar = Calendar::new(YearMonth::parse("2026-01").unwrap(), 12, Zone::Central);
        assert_eq!(calendar.hours(0), 744);
        assert_eq!(calendar.hours(2), 743);
        assert_eq!(calendar.hours(10), 721);
        assert_eq!(calendar.total_hours(), 8_760);
        // 1 January 2026 is a Thursday and starts at 06:00 UTC in Texas.
        assert_eq!(calendar.days[0][0].weekday_monday0, 3);
        assert_eq!(calendar.days[0][0].start_unix_s, 1_767_247_200);
    }

    #[test]
    fn a_fixed_zone_has_no_clock_changes() {
        let calendar = Calendar::new(YearMonth::parse("2021-01").unwrap(), 12, Zone::FixedUtcMinus6);
        assert!(calendar.days.iter().flatten().all(|day| day.hours.len() == 24));
    }

    #[test]
    fn months_count_across_years() {
        let start = YearMonth::parse("2024-11").unwrap();
        assert_eq!(start.plus(3).to_string(), "2025-02");
        assert_eq!(start.plus(3).months_since(start), 3);
        for bad in ["2024-13", "2024-00", "24-01", "2024/01", "2024-1", ""] {
            assert!(YearMonth::parse(bad).is_none(), "{bad}");
        }
    }
}

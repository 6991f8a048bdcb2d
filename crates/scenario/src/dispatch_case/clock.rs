//! The steps of a case on the site's local calendar, and the windows that budgets count in.

use jiff::Timestamp;
use jiff::civil::DateTime;
use site::calendar::YearMonth;
use site::{Calendar, Zone};
use std::ops::Range;

/// The words of a budget's `every`, in the order of [`Every`].
pub(super) const EVERY: [&str; 5] = ["horizon", "year", "month", "week", "day"];

/// How often a budget begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Every {
    Horizon,
    Year,
    Month,
    /// From Monday to Sunday.
    Week,
    Day,
}

impl Every {
    /// The window of a word in [`EVERY`], by its index.
    pub(super) fn of(index: usize) -> Self {
        [Self::Horizon, Self::Year, Self::Month, Self::Week, Self::Day][index]
    }
}

/// A stretch of local calendar within the horizon.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Window {
    /// Its name: empty for the horizon, `2024`, `2024-03`, `2024-W09` or `2024-03-01`.
    pub(super) label: String,
    /// Its steps.
    pub(super) steps: Range<usize>,
    /// How much of it lies within the horizon, above 0 to 1: less than 1 for a year or week that the horizon cuts.
    pub(super) share: f64,
}

/// Equal steps over whole local months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepClock {
    /// The months, their local days and hours.
    pub calendar: Calendar,
    /// Length of a step, minutes: 15 or 60.
    pub step_minutes: u32,
}

impl StepClock {
    /// Number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.calendar.total_hours() * self.steps_per_hour()
    }

    /// Steps in an hour.
    #[must_use]
    pub fn steps_per_hour(&self) -> usize {
        60 / self.step_minutes as usize
    }

    /// Length of a step, hours.
    #[must_use]
    pub fn step_hours(&self) -> f64 {
        f64::from(self.step_minutes) / 60.0
    }

    /// Start of step `t`, seconds since 1970-01-01 UTC; that of `steps()` is the end of the horizon.
    #[must_use]
    pub fn unix_s(&self, t: usize) -> i64 {
        self.calendar.start_unix_s() + t as i64 * i64::from(self.step_minutes) * 60
    }

    /// Steps of each local day, in order.
    #[must_use]
    pub fn days(&self) -> Vec<Range<usize>> {
        let mut start = 0;
        let days = self.calendar.days.iter().flatten().map(|day| {
            let steps = start..start + day.hours.len() * self.steps_per_hour();
            start = steps.end;
            steps
        });
        days.collect()
    }

    /// The months in words, such as `2024-01 to 2024-12`.
    pub(super) fn span(&self) -> String {
        let last = self.calendar.month(self.calendar.n_months().saturating_sub(1));
        format!("{} to {last}", self.calendar.start)
    }

    /// Seconds since 1970-01-01 UTC of a local time; of one that the clock skips or repeats, the first that fits.
    pub(super) fn local_unix_s(&self, local: DateTime) -> Option<i64> {
        local.to_zoned(self.calendar.zone.time_zone()).ok().map(|zoned| zoned.timestamp().as_second())
    }

    /// Steps that lie in a span of time at least in part, empty where none does.
    pub(super) fn steps_between(&self, from_unix_s: i64, to_unix_s: i64) -> Range<usize> {
        let step_s = i64::from(self.step_minutes) * 60;
        let start = self.calendar.start_unix_s();
        let within = |step: i64| usize::try_from(step.max(0)).map_or(0, |step| step.min(self.steps()));
        let first = (from_unix_s - start).div_euclid(step_s);
        let end = -(start - to_unix_s).div_euclid(step_s);
        within(first)..within(end)
    }

    /// The windows of the horizon, in order.
    pub(super) fn windows(&self, every: Every) -> Vec<Window> {
        if every == Every::Horizon {
            return vec![Window { label: String::new(), steps: 0..self.steps(), share: 1.0 }];
        }
        let mut windows: Vec<Window> = Vec::new();
        let dates = self.calendar.first_date().series(jiff::Span::new().days(1));
        for (date, steps) in dates.zip(self.days()) {
            let label = match every {
                Every::Year => format!("{:04}", date.year()),
                Every::Month => YearMonth { year: date.year(), month: date.month() }.to_string(),
                Every::Week => {
                    let week = date.iso_week_date();
                    format!("{:04}-W{:02}", week.year(), week.week())
                }
                Every::Day | Every::Horizon => date.to_string(),
            };
            match windows.last_mut() {
                Some(open) if open.label == label => open.steps.end = steps.end,
                _ => {
                    let whole_hours = self.whole_hours(every, date);
                    windows.push(Window { label, steps, share: whole_hours });
                }
            }
        }
        for window in &mut windows {
            let hours = window.steps.len() as f64 * self.step_hours();
            // A window that was met whole is whole to the bit.
            window.share = if window.share > 0.0 { (hours / window.share).min(1.0) } else { 1.0 };
        }
        windows
    }

    /// Hours of the whole window that holds a date, or 0 where a horizon of whole months never cuts it.
    fn whole_hours(&self, every: Every, date: jiff::civil::Date) -> f64 {
        let zone: Zone = self.calendar.zone;
        match every {
            Every::Year => {
                let january = YearMonth { year: date.year(), month: 1 };
                Calendar::new(january, 12, zone).total_hours() as f64
            }
            Every::Week => {
                let back = i64::from(date.weekday().to_monday_zero_offset());
                let monday = date.saturating_sub(jiff::Span::new().days(back));
                let next = monday.saturating_add(jiff::Span::new().days(7));
                let at = |day: jiff::civil::Date| self.local_unix_s(day.at(0, 0, 0, 0));
                match (at(monday), at(next)) {
                    (Some(from), Some(to)) => (to - from) as f64 / 3_600.0,
                    _ => 168.0,
                }
            }
            Every::Horizon | Every::Month | Every::Day => 0.0,
        }
    }

    /// The moment of a step in UTC.
    #[must_use]
    pub fn utc(&self, t: usize) -> Timestamp {
        Timestamp::from_second(self.unix_s(t)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(start: &str, months: u32, step_minutes: u32) -> StepClock {
        let start = YearMonth::parse(start).expect("a month");
        StepClock { calendar: Calendar::new(start, months, Zone::Central), step_minutes }
    }

    #[test]
    fn windows_follow_the_local_calendar_and_cover_the_horizon_once() {
        let clock = clock("2024-11", 5, 60);
        for every in [Every::Horizon, Every::Year, Every::Month, Every::Week, Every::Day] {
            let windows = clock.windows(every);
            assert_eq!(windows[0].steps.start, 0);
            assert_eq!(windows.last().expect("one").steps.end, clock.steps());
            assert!(windows.windows(2).all(|pair| pair[0].steps.end == pair[1].steps.start));
        }
        let months = clock.windows(Every::Month);
        assert_eq!((months[0].label.as_str(), months[0].steps.len()), ("2024-11", 721));
        assert_eq!((months[4].label.as_str(), months[4].steps.len()), ("2025-03", 743));
        let years = clock.windows(Every::Year);
        assert!((years[0].share - 1_465.0 / 8_784.0).abs() < 1e-15, "{years:?}");
        assert!((years[1].share - 2_159.0 / 8_760.0).abs() < 1e-15);
        // 1 November 2024 is a Friday; its week has the 25-hour day.
        let weeks = clock.windows(Every::Week);
        assert_eq!((weeks[0].label.as_str(), weeks[0].steps.len()), ("2024-W44", 73));
        assert!((weeks[0].share - 73.0 / 169.0).abs() < 1e-15);
        assert_eq!((weeks[1].share, weeks[1].steps.len()), (1.0, 168));
        assert_eq!(clock.windows(Every::Day)[2].steps.len(), 25);
    }

    #[test]
    fn steps_that_a_span_touches_are_found() {
        let clock = clock("2024-01", 1, 15);
        let start = clock.unix_s(0);
        assert_eq!(clock.steps(), 744 * 4);
        assert_eq!(clock.steps_between(start + 3_600, start + 7_200), 4..8);
        assert_eq!(clock.steps_between(start + 3_601, start + 7_201), 4..9);
        assert_eq!(clock.steps_between(start - 7_200, start - 3_600), 0..0);
        assert_eq!(clock.steps_between(start - 900, start + 900), 0..1);
        assert_eq!(clock.steps_between(clock.unix_s(clock.steps()), i64::MAX / 2).len(), 0);
    }
}

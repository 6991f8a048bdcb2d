//! The second power model: blocks of whole local days of a history, drawn by the season.
//!
//! On each day a new block begins with probability `1 / mean block length`; it starts on a day of any year of the history that
//! lies within 20 days of the calendar day. Otherwise the next day of the history follows. Days with a missing hour are skipped.
//! Prices are taken by local clock hour, so that the shape of a day and what follows a spike are history's own; no price or
//! sequence that never happened can come out, and the slow level of the fitted model has no part in it.
//! Source: Politis and Romano, "The stationary bootstrap" (1994), with starts restricted to the season.

use crate::empirical::EmpiricalLaw;
use crate::import::PriceSeries;
use crate::power::{LANES, PowerDay};
use crate::spikes::SpikeLaw;
use crate::storm::uniform;
use crate::stream::{Factor, Stream};
use jiff::Timestamp;
use site::calendar::{Calendar, Day, YearMonth, Zone};
use thiserror::Error;

/// Days of a leap year: a calendar day has its place there, whatever the year.
const SLOTS: usize = 366;

/// A block starts within so many days of the calendar day, and ends where history has a longer gap.
const WINDOW_DAYS: usize = 20;

const HOURS: usize = 24;
const MONTHS: usize = 12;

/// Place of the first day of each month in a leap year.
const FIRST_SLOT: [usize; MONTHS] = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];

/// The leap day, which most years skip.
const LEAP_SLOT: usize = 59;

/// Years over which the long-run law settles: what is left of the start after them is below rounding for blocks up to a year.
const SETTLING_YEARS: usize = 40;

/// Why a history does not serve as a bootstrap.
#[derive(Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum BootstrapError {
    /// Some part of the year has no whole day in the history.
    #[error(
        "no whole local day within {WINDOW_DAYS} days of {day} (month-day) in {whole_days} whole days of history; \
         allowed is a history that covers every season"
    )]
    SeasonMissing {
        /// The calendar day, `MM-DD`.
        day: String,
        /// Days of the history with all their hours.
        whole_days: usize,
    },
    /// Blocks of no length, or longer than a year.
    #[error("mean block length is {0} days, allowed is 1 to 365")]
    BlockLength(f64),
}

/// Place of a day in a leap year: calendar month and day of the month, both counted from zero.
///
/// # Panics
/// If the month is not below 12.
#[must_use]
pub fn slot_of(month0: usize, day0: usize) -> usize {
    (FIRST_SLOT[month0] + day0).min(SLOTS - 1)
}

/// A day of the history.
#[derive(Debug, Clone, PartialEq)]
struct HistoryDay {
    slot: usize,
    /// Price by local clock hour, USD/MWh.
    prices: [f64; HOURS],
    /// Whether the next day in the list goes on from this one.
    goes_on: bool,
}

/// Whole days of a history, and how blocks of them are drawn.
#[derive(Debug, Clone)]
pub struct PowerBootstrap {
    days: Vec<HistoryDay>,
    /// Days at which a block may start, by place in the year.
    starts: Vec<Vec<u32>>,
    mean_block_days: f64,
    law: EmpiricalLaw,
    /// Local days of the period that have a missing hour.
    skipped_days: usize,
}

impl PowerBootstrap {
    /// Takes the whole local days of `series` on the clock of `zone`, from the first to the last month of `period` if given.
    ///
    /// Quarter-hours are averaged. A day of 23 hours gives the hour it lacks the price of the hour before, one of 25 gives its
    /// doubled hour the mean of both.
    ///
    /// # Errors
    /// A mean block length outside 1 to 365 days, or a season without a whole day.
    pub fn new(
        series: &PriceSeries,
        zone: Zone,
        period: Option<[YearMonth; 2]>,
        mean_block_days: f64,
    ) -> Result<Self, BootstrapError> {
        if !(1.0..=365.0).contains(&mean_block_days) {
            return Err(BootstrapError::BlockLength(mean_block_days));
        }
        let (days, skipped_days) = whole_days(series, zone, period);
        let starts: Vec<Vec<u32>> = (0..SLOTS).map(|slot| near(&days, slot)).collect();
        if let Some(slot) = starts.iter().position(Vec::is_empty) {
            let month0 = FIRST_SLOT.partition_point(|first| *first <= slot) - 1;
            let day = format!("{:02}-{:02}", month0 + 1, slot - FIRST_SLOT[month0] + 1);
            return Err(BootstrapError::SeasonMissing { day, whole_days: days.len() });
        }
        let law = long_run_law(&days, &starts, mean_block_days);
        Ok(Self { days, starts, mean_block_days, law, skipped_days })
    }

    /// The same blocks of the same days, with the prices above a threshold multiplied.
    #[must_use]
    pub fn with_spikes(mut self, spikes: &SpikeLaw) -> Self {
        if spikes.is_as_observed() {
            return self;
        }
        for day in &mut self.days {
            day.prices = day.prices.map(|price| spikes.price(price));
        }
        self.law = long_run_law(&self.days, &self.starts, self.mean_block_days);
        self
    }

    /// Long-run distribution of an hour's price by calendar month.
    #[must_use]
    pub fn law(&self) -> &EmpiricalLaw {
        &self.law
    }

    /// Mean length of a block, days.
    #[must_use]
    pub fn mean_block_days(&self) -> f64 {
        self.mean_block_days
    }

    /// Whole days in use.
    #[must_use]
    pub fn n_days(&self) -> usize {
        self.days.len()
    }

    /// Local days left out because an hour is missing.
    #[must_use]
    pub fn skipped_days(&self) -> usize {
        self.skipped_days
    }

    /// The start of a block on a day of the year, chosen by a random word.
    fn start(&self, slot: usize, word: u64) -> u32 {
        let starts = &self.starts[slot];
        starts[((u128::from(word) * starts.len() as u128) >> 64) as usize]
    }
}

/// First and last month, on the clock of `zone`, of which a series has anything.
#[must_use]
pub fn months_of(series: &PriceSeries, zone: Zone) -> [YearMonth; 2] {
    let last = series.prices_usd_per_mwh.len().saturating_sub(1) as i64;
    [series.start_unix_s, series.start_unix_s + series.step_s * last].map(|unix_s| {
        let date = Timestamp::from_second(unix_s).unwrap_or_default().to_zoned(zone.time_zone()).date();
        YearMonth { year: date.year(), month: date.month() }
    })
}

/// The local days with all their hours, and how many there are without.
fn whole_days(series: &PriceSeries, zone: Zone, period: Option<[YearMonth; 2]>) -> (Vec<HistoryDay>, usize) {
    let end_s = series.start_unix_s + series.step_s * series.prices_usd_per_mwh.len() as i64;
    let mut months = months_of(series, zone);
    if let Some([first, last]) = period {
        months = [months[0].max(first), months[1].min(last)];
    }
    let n_months = u32::try_from(months[1].months_since(months[0]) + 1).unwrap_or(0);
    let calendar = Calendar::new(months[0], n_months, zone);
    let mut days: Vec<HistoryDay> = Vec::new();
    let (mut n_skipped, mut since_last) = (0, 0);
    for (m, month) in calendar.days.iter().enumerate() {
        for (day0, day) in month.iter().enumerate() {
            since_last += 1;
            let Some(prices) = prices_by_clock(series, day) else {
                // Days before the file begins and after it ends are not part of the history.
                let within = day.start_unix_s < end_s
                    && day.start_unix_s + 3_600 * day.hours.len() as i64 > series.start_unix_s;
                n_skipped += usize::from(within);
                continue;
            };
            if let Some(last) = days.last_mut() {
                last.goes_on = since_last <= WINDOW_DAYS;
            }
            since_last = 0;
            days.push(HistoryDay { slot: slot_of(calendar.month(m).month0(), day0), prices, goes_on: false });
        }
    }
    (days, n_skipped)
}

/// Mean price of each local clock hour of a day; `None` when one of its intervals is missing.
fn prices_by_clock(series: &PriceSeries, day: &Day) -> Option<[f64; HOURS]> {
    let per_hour = (3_600 / series.step_s).max(1) as usize;
    let first = usize::try_from((day.start_unix_s - series.start_unix_s).checked_div(series.step_s)?).ok()?;
    let intervals = series.prices_usd_per_mwh.get(first..first + per_hour * day.hours.len())?;
    let mut prices = [f64::NAN; HOURS];
    let mut times = [0.0; HOURS];
    for (hour, quarters) in day.hours.iter().zip(intervals.chunks_exact(per_hour)) {
        let price = quarters.iter().sum::<f64>() / per_hour as f64;
        if price.is_nan() {
            return None;
        }
        let hour = usize::from(*hour);
        let sum = if times[hour] > 0.0 { prices[hour] * times[hour] } else { 0.0 };
        times[hour] += 1.0;
        prices[hour] = (sum + price) / times[hour];
    }
    for hour in 1..HOURS {
        if prices[hour].is_nan() {
            prices[hour] = prices[hour - 1];
        }
    }
    Some(prices)
}

/// Days of the history within the window of a place in the year.
fn near(days: &[HistoryDay], slot: usize) -> Vec<u32> {
    let distance = |other: usize| {
        let apart = other.abs_diff(slot);
        apart.min(SLOTS - apart)
    };
    let all = days.iter().enumerate();
    all.filter(|(_, day)| distance(day.slot) <= WINDOW_DAYS).map(|(n, _)| n as u32).collect()
}

/// How often each day of the history stands in each calendar month, exactly: the day's law is followed from calendar day to
/// calendar day until it no longer depends on where it began.
fn long_run_law(days: &[HistoryDay], starts: &[Vec<u32>], mean_block_days: f64) -> EmpiricalLaw {
    let begins = 1.0 / mean_block_days;
    let mut weight = vec![0.0; days.len()];
    let mut next = weight.clone();
    let mut by_month = vec![vec![0.0; days.len()]; MONTHS];
    for year in 0..SETTLING_YEARS {
        for (slot, starts) in starts.iter().enumerate().filter(|(slot, _)| *slot != LEAP_SLOT) {
            let fresh = year == 0 && slot == 0;
            let mut ended = if fresh { 1.0 } else { begins };
            next[0] = 0.0;
            for (day, weight) in weight.iter().enumerate() {
                let on = (1.0 - begins) * weight;
                let goes_on = days[day].goes_on;
                if !goes_on {
                    ended += on;
                }
                if let Some(next) = next.get_mut(day + 1) {
                    *next = if goes_on { on } else { 0.0 };
                }
            }
            let share = ended / starts.len() as f64;
            for &start in starts {
                next[start as usize] += share;
            }
            std::mem::swap(&mut weight, &mut next);
            if year == SETTLING_YEARS - 1 {
                let month0 = FIRST_SLOT.partition_point(|first| *first <= slot) - 1;
                for (sum, weight) in by_month[month0].iter_mut().zip(&weight) {
                    *sum += weight;
                }
            }
        }
    }
    EmpiricalLaw::new(std::array::from_fn(|month0| {
        let weighted = days.iter().zip(&by_month[month0]).filter(|(_, weight)| **weight > 0.0);
        weighted.flat_map(|(day, weight)| day.prices.iter().map(|price| (*price, *weight))).collect()
    }))
}

/// Up to [`LANES`] bootstrapped paths, day by day.
///
/// Start, then for each month [`start_month`](Self::start_month) and for each of its local days
/// [`fill_day`](Self::fill_day). A block under way at a month's end goes on.
#[derive(Debug, Clone)]
pub struct BootstrapLanes<'a> {
    bootstrap: &'a PowerBootstrap,
    seed: u64,
    first_path: u64,
    n_lanes: usize,
    streams: Vec<Stream>,
    /// Day of the history that each lane is at; `None` before the first day.
    current: [Option<u32>; LANES],
}

impl<'a> BootstrapLanes<'a> {
    /// Paths `first_path .. first_path + n_lanes`, each of which begins with a new block.
    ///
    /// # Panics
    /// If `n_lanes` exceeds [`LANES`].
    #[must_use]
    pub fn new(bootstrap: &'a PowerBootstrap, seed: u64, first_path: u64, n_lanes: usize) -> Self {
        assert!(n_lanes <= LANES, "at most {LANES} lanes, not {n_lanes}");
        let mut lanes =
            Self { bootstrap, seed, first_path, n_lanes, streams: Vec::new(), current: [None; LANES] };
        lanes.start_month(0);
        lanes
    }

    /// Takes the random stream of `month` for each path; blocks carry over.
    pub fn start_month(&mut self, month: u32) {
        let paths = (0..self.n_lanes as u64).map(|lane| self.first_path.wrapping_add(lane));
        self.streams.clear();
        self.streams.extend(paths.map(|path| Stream::new(self.seed, path, Factor::Bootstrap, month)));
    }

    /// Prices of one local day, USD/MWh, written to `out` as `[n_hours, LANES]` row-major; `slot` is [`slot_of`] the day.
    ///
    /// Month, weekday and innovations of `day` are not looked at. Lanes beyond the number of paths are left as they are.
    ///
    /// # Panics
    /// If the slot or an hour is out of range, or `out` is not `n_hours * LANES` long.
    pub fn fill_day(&mut self, slot: usize, day: &PowerDay<'_>, out: &mut [f64]) {
        assert_eq!(out.len(), day.local_hours.len() * LANES, "length of the output");
        let bootstrap = self.bootstrap;
        for (lane, stream) in self.streams.iter_mut().enumerate() {
            // Both words are drawn every day, so that a day's place in the stream does not depend on what came before.
            let (begins, choice) = (uniform(stream.next_word()), stream.next_word());
            let following = self.current[lane].filter(|today| bootstrap.days[*today as usize].goes_on);
            let today = match following {
                Some(today) if begins >= 1.0 / bootstrap.mean_block_days => today + 1,
                _ => bootstrap.start(slot, choice),
            };
            self.current[lane] = Some(today);
            let prices = &bootstrap.days[today as usize].prices;
            for (row, hour) in out.chunks_exact_mut(LANES).zip(day.local_hours) {
                row[lane] = (prices[usize::from(*hour)] * day.scale).max(day.floor).min(day.cap);
            }
        }
    }
}

#[cfg(test)]
mod tests;

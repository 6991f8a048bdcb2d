//! Winter storms of the kind of February 2021, laid over a model's prices.
//!
//! A storm begins at midnight of a day of December to February, each day alike, lasts nine days and holds
//! `price = max(model price, share(hour) · cap)`. There is at most one at a time; the probability of a start on a free day is
//! set so that the mean number a winter is the stated rate. One event cannot tell its own rate: it is an assumption.
//! Source of the profile: ERCOT real-time prices at HB_HOUSTON, hourly means, 12 to 20 February 2021 (216 h), clipped at 5,000
//! USD/MWh and cut into the 24 stretches of least squared error that keep each hour on its side of 1,000.

use crate::power::LANES;
use crate::stream::{Factor, Stream};
use site::calendar::Day;

/// Hours and share of the cap at which they are held, in order; 0 holds nothing.
const PROFILE: [(usize, f64); 24] = [
    (12, 0.038),
    (1, 0.203),
    (5, 0.077),
    (1, 0.249),
    (5, 0.098),
    (1, 0.224),
    (1, 0.150),
    (6, 0.251),
    (3, 0.946),
    (1, 0.712),
    (13, 0.292),
    (4, 0.145),
    (2, 0.209),
    (1, 0.182),
    (2, 0.244),
    (7, 0.370),
    (5, 0.790),
    (13, 1.0),
    (2, 0.488),
    (2, 0.341),
    (1, 0.588),
    (89, 1.0),
    (1, 0.165),
    (38, 0.0),
];

/// Length of a storm, hours.
pub const STORM_HOURS: usize = 216;

const STORM_DAYS: usize = STORM_HOURS / 24;

/// Random words a month takes from its stream, one a day of the longest month. Emergencies draw after them.
pub(crate) const STORM_WORDS: usize = 31;

/// Days of the calendar months, the leap day as a quarter.
const DAYS: [f64; 12] = [31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];

/// Days of December to February.
const WINTER_DAYS: f64 = 90.25;

/// Share of the cap at which hour `hour` of a storm is held, 0 for hours that are not held.
///
/// # Panics
/// If the hour is not below [`STORM_HOURS`].
#[must_use]
pub fn storm_share(hour: usize) -> f64 {
    assert!(hour < STORM_HOURS, "hour {hour} of a storm");
    let mut left = hour;
    for (hours, share) in PROFILE {
        if left < hours {
            return share;
        }
        left -= hours;
    }
    0.0
}

/// How often storms come.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StormLaw {
    per_year: f64,
    /// Probability that a storm starts on a winter day on which none is under way.
    start_probability: f64,
}

impl StormLaw {
    /// Storms at a mean rate of `per_year`, 0 to [`Self::MOST_PER_YEAR`]; rates beyond are taken as that.
    #[must_use]
    pub fn new(per_year: f64) -> Self {
        let per_year = per_year.clamp(0.0, Self::MOST_PER_YEAR);
        let (mut low, mut high) = (0.0, 1.0);
        // The mean rises with the probability, so halving finds it to the last bit.
        for _ in 0..64 {
            let middle = 0.5 * (low + high);
            if storms_a_winter(middle) < per_year {
                low = middle;
            } else {
                high = middle;
            }
        }
        Self { per_year, start_probability: if per_year > 0.0 { high } else { 0.0 } }
    }

    /// Highest rate, storms a year.
    pub const MOST_PER_YEAR: f64 = 2.0;

    /// Mean number of storms a year.
    #[must_use]
    pub fn per_year(&self) -> f64 {
        self.per_year
    }

    /// What a year of storms adds to the mean price, USD/MWh: against a model that stands at `mean` (USD/MWh) all the time.
    #[must_use]
    pub fn added_to_mean(&self, mean: f64, cap: f64) -> f64 {
        if self.per_year == 0.0 {
            return 0.0;
        }
        let per_storm: f64 = (0..STORM_HOURS).map(|hour| (storm_share(hour) * cap - mean).max(0.0)).sum();
        self.per_year * per_storm / 8_766.0
    }

    /// Probability that an hour of calendar month `month0` lies in each day of a storm, under even starts over the winter.
    pub(crate) fn presence(&self, month0: usize) -> [f64; STORM_DAYS] {
        let a_day = self.per_year / WINTER_DAYS;
        std::array::from_fn(|day| {
            let days = match month0 {
                11 => DAYS[11] - day as f64,
                0 | 1 => DAYS[month0],
                2 => day as f64,
                _ => 0.0,
            };
            a_day * days / DAYS[month0]
        })
    }
}

/// Mean number of starts in a winter of 90.25 days, when each free day starts a storm with probability `p`.
fn storms_a_winter(p: f64) -> f64 {
    let mut mean = [0.0f64; 92];
    for free in 1..mean.len() {
        let after = free.checked_sub(STORM_DAYS).map_or(0.0, |left| mean[left]);
        mean[free] = p * (1.0 + after) + (1.0 - p) * mean[free - 1];
    }
    0.75 * mean[90] + 0.25 * mean[91]
}

/// The storms of up to [`LANES`] paths, month by month.
#[derive(Debug, Clone)]
pub struct StormLanes {
    law: StormLaw,
    seed: u64,
    first_path: u64,
    /// Hours of the storm that have passed, by lane; [`STORM_HOURS`] when there is none.
    passed: [usize; LANES],
    n_lanes: usize,
    /// Storms begun so far on all lanes.
    n_storms: usize,
}

impl StormLanes {
    /// Paths `first_path .. first_path + n_lanes` without a storm under way.
    ///
    /// # Panics
    /// If `n_lanes` exceeds [`LANES`].
    #[must_use]
    pub fn new(law: StormLaw, seed: u64, first_path: u64, n_lanes: usize) -> Self {
        assert!(n_lanes <= LANES, "at most {LANES} lanes, not {n_lanes}");
        Self { law, seed, first_path, passed: [STORM_HOURS; LANES], n_lanes, n_storms: 0 }
    }

    /// Raises the prices (USD/MWh, `[n_hours, LANES]` row-major) of month `m`, which is calendar month `month0`.
    ///
    /// Months must come one after another, for a storm goes on over a month's end.
    ///
    /// # Panics
    /// If there are fewer prices than hours.
    pub fn raise_month(&mut self, m: u32, month0: usize, days: &[Day], cap: f64, prices: &mut [f64]) {
        let winter = matches!(month0, 0 | 1 | 11);
        for lane in 0..self.n_lanes {
            let path = self.first_path.wrapping_add(lane as u64);
            let mut stream = Stream::new(self.seed, path, Factor::Emergency, m);
            let mut first_hour = 0;
            for day in days {
                let draw = uniform(stream.next_word());
                if winter && self.passed[lane] >= STORM_HOURS && draw < self.law.start_probability {
                    self.passed[lane] = 0;
                    self.n_storms += 1;
                }
                for hour in first_hour..first_hour + day.hours.len() {
                    if self.passed[lane] >= STORM_HOURS {
                        break;
                    }
                    let share = storm_share(self.passed[lane]);
                    let price = &mut prices[hour * LANES + lane];
                    if share > 0.0 && *price < share * cap {
                        *price = share * cap;
                    }
                    self.passed[lane] += 1;
                }
                first_hour += day.hours.len();
            }
        }
    }

    /// Storms begun so far on all paths.
    #[must_use]
    pub fn n_storms(&self) -> usize {
        self.n_storms
    }
}

/// A number from 0 to 1, 1 excluded, from the upper 53 bits of a word.
pub(crate) fn uniform(word: u64) -> f64 {
    (word >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use site::calendar::{Calendar, YearMonth, Zone};

    const CAP: f64 = 5_000.0;

    fn calendar(n_months: u32) -> Calendar {
        Calendar::new(YearMonth::parse("2026-01").expect("a month"), n_months, Zone::Central)
    }

    #[test]
    fn the_profile_costs_and_lasts_what_february_2021_did_at_the_present_cap() {
        let prices: Vec<f64> = (0..STORM_HOURS).map(|hour| storm_share(hour) * CAP).collect();
        assert_eq!(PROFILE.iter().map(|(hours, _)| hours).sum::<usize>(), STORM_HOURS);
        let total: f64 = prices.iter().sum();
        assert!((total - 618_000.0).abs() < 1_500.0, "{total}");
        assert_eq!(prices.iter().filter(|price| **price > 1_000.0).count(), 149);
        let (mut run, mut longest) = (0, 0);
        for price in &prices {
            run = if *price > 1_000.0 { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        assert_eq!(longest, 121);
        // One in ten years is about 7 USD/MWh on the mean.
        assert!((StormLaw::new(0.1).added_to_mean(0.0, CAP) - 7.05).abs() < 0.05);
    }

    /// Prices of chunks of paths over a calendar, from a model that stands at 20, with the storms counted.
    fn walk(per_year: f64, first_path: u64, n_lanes: usize, calendar: &Calendar) -> (Vec<Vec<f64>>, usize) {
        let mut lanes = StormLanes::new(StormLaw::new(per_year), 5, first_path, n_lanes);
        let months = (0..calendar.n_months())
            .map(|m| {
                let mut prices = vec![20.0; calendar.hours(m) * LANES];
                lanes.raise_month(m as u32, calendar.month(m).month0(), &calendar.days[m], CAP, &mut prices);
                prices
            })
            .collect();
        (months, lanes.n_storms())
    }

    #[test]
    fn storms_come_at_the_stated_rate_and_in_season_only() {
        for per_year in [0.2, 2.0] {
            let (calendar, n_chunks) = (calendar(240), 8);
            let mut counts = Vec::new();
            for chunk in 0..n_chunks {
                let (months, n) = walk(per_year, chunk * LANES as u64, LANES, &calendar);
                counts.push(n as f64);
                for (m, prices) in months.iter().enumerate() {
                    let raised = prices.iter().any(|price| *price > 100.0);
                    assert!(!raised || matches!(calendar.month(m).month0(), 0 | 1 | 2 | 11));
                }
            }
            let years = 20.0 * LANES as f64;
            let total: f64 = counts.iter().sum::<f64>() / n_chunks as f64;
            // Poisson errors are an upper mark: storms that exclude each other vary less.
            let error = (per_year * years / n_chunks as f64).sqrt();
            assert!((total - per_year * years).abs() < 4.0 * error, "{total} against {}", per_year * years);
        }
    }

    #[test]
    fn a_storm_goes_on_over_the_months_end_and_none_starts_within_it() {
        let calendar = calendar(36);
        let (months, n) = walk(2.0, 0, LANES, &calendar);
        let mut crossed = 0;
        let mut held = 0;
        for lane in 0..LANES {
            let column = |m: usize| months[m].chunks_exact(LANES).map(move |row| row[lane]);
            let path: Vec<f64> = (0..36).flat_map(column).collect();
            crossed += usize::from((1..36).any(|m| {
                let last = column(m - 1).next_back();
                last == Some(CAP) && column(m).next() == Some(CAP)
            }));
            held += path.iter().filter(|price| **price > 1_000.0).count();
            let longest = path.split(|price| *price <= 1_000.0).map(<[f64]>::len).max().unwrap_or(0);
            assert!(longest == 0 || longest <= 121, "{longest}");
        }
        assert!(crossed > 0);
        // Every storm but those cut by the last month has all its hours.
        assert!(held <= 149 * n && held + 149 * 20 >= 149 * n, "{held} of {}", 149 * n);
    }

    #[test]
    fn a_path_has_its_storms_in_any_chunk() {
        let calendar = calendar(24);
        let (all, _) = walk(1.0, 0, LANES, &calendar);
        let (some, _) = walk(1.0, 37, 3, &calendar);
        for (all, some) in all.iter().zip(&some) {
            for (all, some) in all.chunks_exact(LANES).zip(some.chunks_exact(LANES)) {
                assert_eq!(all[37..40], some[..3]);
            }
        }
        assert!(all.iter().flatten().any(|price| *price > 1_000.0));
    }

    #[test]
    fn presence_over_the_year_is_the_length_of_the_storms() {
        let law = StormLaw::new(0.3);
        let hours: f64 = (0..12).map(|m| 24.0 * DAYS[m] * law.presence(m).iter().sum::<f64>()).sum();
        assert!((hours - 0.3 * 216.0).abs() < 1e-9, "{hours}");
    }
}

//! Many paths of the hourly power price, advanced side by side.
//!
//! All paths are at the same local hour, so one row of the quantile table serves them all, and plain loops over
//! fixed arrays become vector instructions. A lane computes the same bits whichever lane it is and whoever its
//! neighbours are.

mod constants;
mod hours;
mod instructions;

use std::ops::{Deref, DerefMut};

use rand_distr::{Distribution, StandardNormal};

use super::{FIRST_KNOT, KNOT_STEP, KNOTS, PowerCalibration};
use crate::normal_table::{TABLE_SIZE, normal_table};
use crate::stream::{Factor, Stream, Streams};
use constants::{Constants, noise_of, retained_after};
use hours::{FillDay, NoRanks, RanksTo};
pub use instructions::{Instructions, Kernel};

/// Number of paths advanced side by side.
pub const LANES: usize = 64;

/// Hours of the shortest and of the longest local day, those on which clocks change.
const SHORTEST_DAY: usize = 23;
const LONGEST_DAY: usize = 25;

/// Position of `z` on the grid of knots is `z * KNOTS_PER_UNIT + ORIGIN`.
const KNOTS_PER_UNIT: f64 = 1.0 / KNOT_STEP;
const ORIGIN: f64 = -FIRST_KNOT / KNOT_STEP;
const LAST_KNOT: f64 = (KNOTS - 1) as f64;

/// One value a lane, on cache lines of its own: an unaligned vector would often lie across two.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Row<T>([T; LANES]);

impl<T> Deref for Row<T> {
    type Target = [T; LANES];

    #[inline(always)]
    fn deref(&self) -> &[T; LANES] {
        &self.0
    }
}

impl<T> DerefMut for Row<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T; LANES] {
        &mut self.0
    }
}

type Lane = Row<f64>;

/// A factor held at the two knots of a day: midnight before and midnight after.
#[derive(Clone, Debug)]
struct DailyFactor {
    before: Lane,
    after: Lane,
    /// Correlation of successive knots.
    retained: f64,
    /// Size of a knot's innovation.
    noise: f64,
}

impl DailyFactor {
    fn new(hours: f64) -> Self {
        let retained = retained_after(24.0, hours);
        Self { before: Row([0.0; LANES]), after: Row([0.0; LANES]), retained, noise: noise_of(retained) }
    }

    /// Takes the knot after as the knot before, and moves on to the next one.
    #[inline(always)]
    fn advance(&mut self, innovations: &Lane) {
        self.before = self.after;
        for i in 0..LANES {
            self.after[i] = self.retained * self.before[i] + self.noise * innovations[i];
        }
    }
}

/// Up to [`LANES`] paths of the hourly power price at one settlement point, day by day.
///
/// Start, then for each month [`start_month`](Self::start_month) and for each of its local days
/// [`fill_day`](Self::fill_day).
#[derive(Clone, Debug)]
pub struct PowerLanes<'a> {
    calibration: &'a PowerCalibration,
    constants: Constants,
    normals: &'static [f64; TABLE_SIZE],
    seed: u64,
    first_path: u64,
    n_lanes: usize,
    instructions: Instructions,
    streams: Streams<LANES>,
    level: Lane,
    hourly: Lane,
    daily: DailyFactor,
    shape_cosine: DailyFactor,
    shape_sine: DailyFactor,
}

impl<'a> PowerLanes<'a> {
    /// Paths `first_path .. first_path + n_lanes`, with every factor drawn from its long-run law.
    ///
    /// The draws of the start have a stream of their own, so they are the same whichever month comes first.
    ///
    /// # Panics
    /// If `n_lanes` exceeds [`LANES`].
    pub fn new(calibration: &'a PowerCalibration, seed: u64, first_path: u64, n_lanes: usize) -> Self {
        assert!(n_lanes <= LANES, "at most {LANES} lanes, not {n_lanes}");
        let shape = calibration.factors().shape.hours;
        let mut lanes = Self {
            calibration,
            constants: Constants::new(calibration.factors()),
            normals: normal_table(),
            seed,
            first_path,
            n_lanes,
            instructions: Instructions::detected(),
            streams: Streams::new(|_| Stream::new(seed, first_path, Factor::Power, 0)),
            level: Row([0.0; LANES]),
            hourly: Row([0.0; LANES]),
            daily: DailyFactor::new(calibration.factors().daily.hours),
            shape_cosine: DailyFactor::new(shape),
            shape_sine: DailyFactor::new(shape),
        };
        for lane in 0..LANES {
            let path = first_path.wrapping_add(lane as u64);
            let mut stream = Stream::new(seed, path, Factor::PowerStart, 0);
            let mut draw = || -> f64 { StandardNormal.sample(&mut stream) };
            lanes.hourly[lane] = draw();
            lanes.daily.after[lane] = draw();
            lanes.shape_cosine.after[lane] = draw();
            lanes.shape_sine.after[lane] = draw();
            lanes.level[lane] = draw();
        }
        lanes.start_month(0);
        lanes
    }

    /// Sets the slow level `M` of every path, in standard deviations of its long-run law.
    #[must_use]
    pub fn with_initial_level(mut self, level: f64) -> Self {
        self.level = Row([level; LANES]);
        self
    }

    /// The same paths, to the bit, computed with `instructions` instead of those detected.
    #[must_use]
    pub fn with_instructions(mut self, instructions: Instructions) -> Self {
        self.instructions = instructions;
        self
    }

    /// Slow level `M` of each path after the last day filled, `[n_lanes]`.
    pub fn level(&self) -> &[f64] {
        &self.level[..self.n_lanes]
    }

    /// Number of paths asked for.
    pub fn n_lanes(&self) -> usize {
        self.n_lanes
    }

    /// Takes the random stream of `month` for each path; the factors carry over.
    pub fn start_month(&mut self, month: u32) {
        let path = |lane: usize| self.first_path.wrapping_add(lane as u64);
        self.streams = Streams::new(|lane| Stream::new(self.seed, path(lane), Factor::Power, month));
    }

    /// Prices of one local day, USD/MWh, written to `out` as `[n_hours, LANES]` row-major.
    ///
    /// `day.slow_innovation` moves the slow level before the day's first hour. Lanes beyond the number of paths are written
    /// too, with values of no meaning.
    ///
    /// # Panics
    /// If the day has not 23 to 25 hours, the month, the weekday or an hour is out of range, `out` is not `n_hours * LANES`
    /// long, or there are fewer innovations than paths.
    pub fn fill_day(&mut self, day: &PowerDay<'_>, out: &mut [f64]) {
        self.check(day, out);
        self.instructions.run(FillDay { lanes: self, day, out, ranks: NoRanks });
    }

    /// The same prices, with the rank variable behind each, in standard normal units, written to `ranks` in the same shape.
    ///
    /// Ranks are not held to the ends of the table, as prices are.
    ///
    /// # Panics
    /// As [`fill_day`](Self::fill_day), and if `ranks` is not as long as `out`.
    pub fn fill_day_with_ranks(&mut self, day: &PowerDay<'_>, out: &mut [f64], ranks: &mut [f64]) {
        self.check(day, out);
        assert_eq!(ranks.len(), out.len(), "length of the ranks");
        self.instructions.run(FillDay { lanes: self, day, out, ranks: RanksTo(ranks) });
    }

    fn check(&self, day: &PowerDay<'_>, out: &[f64]) {
        let n_hours = day.local_hours.len();
        assert!((SHORTEST_DAY..=LONGEST_DAY).contains(&n_hours), "a day of {n_hours} hours");
        assert_eq!(out.len(), n_hours * LANES, "length of the output");
        assert!(day.slow_innovation.len() >= self.n_lanes, "one innovation a path");
    }
}

/// One local day of one price path chunk: the clock, the innovations of the level, and the transformation of prices.
#[derive(Clone, Copy, Debug)]
pub struct PowerDay<'a> {
    /// Calendar month counted from zero, 0 to 11.
    pub calendar_month0: usize,
    /// Weekday, Monday 0 to Sunday 6.
    pub weekday_monday0: usize,
    /// Local clock hour (0 to 23) of each hour in order of time: 24 entries, or 23 or 25 when clocks change.
    pub local_hours: &'a [u8],
    /// Today's standard normal innovation of the slow level, one per path.
    pub slow_innovation: &'a [f64],
    /// Multiplies every price: forward curve over calibrated level.
    pub scale: f64,
    /// Lowest price after scaling, USD/MWh.
    pub floor: f64,
    /// Highest price after scaling, USD/MWh.
    pub cap: f64,
}

//! Many paths of the hourly power price, advanced side by side.
//!
//! All paths are at the same local hour, so one row of the quantile table serves them all, and plain loops over
//! fixed arrays become vector instructions. A lane computes the same bits whichever lane it is and whoever its
//! neighbours are.

mod instructions;

use rand_distr::{Distribution, StandardNormal};

pub use instructions::{Instructions, Kernel};

use super::{FIRST_KNOT, KNOT_STEP, KNOTS, Piece, PowerCalibration, PowerFactors};
use crate::normal_table::{INDICES_PER_WORD, TABLE_SIZE, normal_table, table_index};
use crate::stream::{Factor, Stream};

/// Number of paths advanced side by side.
pub const LANES: usize = 64;

/// Hours of the shortest and of the longest local day, those on which clocks change.
const SHORTEST_DAY: usize = 23;
const LONGEST_DAY: usize = 25;

/// Random words a lane uses for the hourly factor of a day, of 23, 24 or 25 hours alike.
const WORDS_PER_DAY: usize = LONGEST_DAY.div_ceil(INDICES_PER_WORD);

/// Position of `z` on the grid of knots is `z * KNOTS_PER_UNIT + ORIGIN`.
const KNOTS_PER_UNIT: f64 = 1.0 / KNOT_STEP;
const ORIGIN: f64 = -FIRST_KNOT / KNOT_STEP;
const LAST_KNOT: f64 = (KNOTS - 1) as f64;

/// Added to a small number, this rounds it to a whole one, which then stands in the lowest bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

type Lane = [f64; LANES];

/// A factor held at the two knots of a day: midnight before and midnight after.
#[derive(Clone, Debug)]
struct DailyFactor {
    before: Lane,
    after: Lane,
    /// Correlation of successive knots.
    retained: f64,
}

impl DailyFactor {
    fn new(hours: f64) -> Self {
        Self { before: [0.0; LANES], after: [0.0; LANES], retained: retained_after(24.0, hours) }
    }

    /// Takes the knot after as the knot before, and draws the next one of `lane`.
    fn advance(&mut self, lane: usize, innovation: f64) {
        self.before[lane] = self.after[lane];
        self.after[lane] = self.retained * self.before[lane] + noise_of(self.retained) * innovation;
    }
}

/// Numbers of the calibration that every hour needs, computed once; positions are in knots.
#[derive(Clone, Debug)]
struct Constants {
    slow_amplitude: f64,
    slow_retained: f64,
    hourly_amplitude: f64,
    hourly_retained: f64,
    hourly_noise: f64,
    weekday_shift: [f64; 7],
    /// Shape amplitude times cosine and sine of each local hour's angle.
    shape: [[f64; 2]; 24],
    /// Weights of the daily factor's knots by length of day less 23 and hour index, amplitude included.
    daily_knots: [[[f64; 2]; LONGEST_DAY]; 3],
    /// The same for the shape factors, amplitude left out.
    shape_knots: [[[f64; 2]; LONGEST_DAY]; 3],
}

impl Constants {
    fn new(factors: &PowerFactors) -> Self {
        let [slow, daily, hourly, shape] = factors.amplitudes().map(|a| KNOTS_PER_UNIT * a);
        let hourly_retained = retained_after(1.0, factors.hourly.hours);
        let angle = |hour: usize| std::f64::consts::TAU * hour as f64 / 24.0;
        let by_day = |amplitude: f64, hours: f64| {
            std::array::from_fn(|length| {
                std::array::from_fn(|index| {
                    let fraction = index as f64 / (SHORTEST_DAY + length) as f64;
                    knot_weights(fraction, retained_after(24.0, hours)).map(|w| amplitude * w)
                })
            })
        };
        Self {
            slow_amplitude: slow,
            slow_retained: retained_after(24.0, factors.slow.hours),
            hourly_amplitude: hourly,
            hourly_retained,
            hourly_noise: noise_of(hourly_retained),
            weekday_shift: factors.weekday_shift.map(|shift| KNOTS_PER_UNIT * shift),
            shape: std::array::from_fn(|hour| {
                [libm::cos(angle(hour)), libm::sin(angle(hour))].map(|part| shape * part)
            }),
            daily_knots: by_day(daily, factors.daily.hours),
            shape_knots: by_day(1.0, factors.shape.hours),
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
    streams: Vec<Stream>,
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
            streams: Vec::new(),
            level: [0.0; LANES],
            hourly: [0.0; LANES],
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
        self.level = [level; LANES];
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
        self.streams.clear();
        self.streams
            .extend((0..LANES as u64).map(|lane| {
                Stream::new(self.seed, self.first_path.wrapping_add(lane), Factor::Power, month)
            }));
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
        let n_hours = day.local_hours.len();
        assert!((SHORTEST_DAY..=LONGEST_DAY).contains(&n_hours), "a day of {n_hours} hours");
        assert_eq!(out.len(), n_hours * LANES, "length of the output");
        self.instructions.run(FillDay { lanes: self, day, out });
    }

    #[inline(always)]
    fn fill(&mut self, day: &PowerDay<'_>, out: &mut [f64]) {
        let n_hours = day.local_hours.len();
        self.advance_level(day.slow_innovation);
        let words = self.draw_day();
        let constants = &self.constants;
        let base = ORIGIN + constants.weekday_shift[day.weekday_monday0];
        let level_position: Lane = std::array::from_fn(|i| base + constants.slow_amplitude * self.level[i]);
        for (index, row_out) in out.chunks_exact_mut(LANES).enumerate() {
            let hour = usize::from(day.local_hours[index]);
            let word_row = &words[index / INDICES_PER_WORD];
            let innovations = self.innovations(word_row, index % INDICES_PER_WORD);
            self.advance_hourly(&innovations);
            let positions = self.positions(&level_position, hour, index, n_hours);
            let row = self.calibration.row(day.calendar_month0, hour);
            read_prices(row, &positions, day, row_out);
        }
    }

    fn advance_level(&mut self, innovation: &[f64]) {
        assert!(innovation.len() >= self.n_lanes, "one innovation a path");
        let retained = self.constants.slow_retained;
        let noise = noise_of(retained);
        for (level, innovation) in self.level.iter_mut().zip(innovation) {
            *level = retained * *level + noise * innovation;
        }
    }

    /// Draws the day's knots, then the words of its hours, in the order the path alone would.
    #[inline(always)]
    fn draw_day(&mut self) -> [[u64; LANES]; WORDS_PER_DAY] {
        let mut words = [[0; LANES]; WORDS_PER_DAY];
        for (lane, stream) in self.streams.iter_mut().enumerate() {
            self.daily.advance(lane, StandardNormal.sample(stream));
            self.shape_cosine.advance(lane, StandardNormal.sample(stream));
            self.shape_sine.advance(lane, StandardNormal.sample(stream));
            for row in &mut words {
                row[lane] = stream.next_word();
            }
        }
        words
    }

    /// Table entry number `position` of each lane's word.
    #[inline(always)]
    fn innovations(&self, words: &[u64; LANES], position: usize) -> Lane {
        std::array::from_fn(|i| self.normals[table_index(words[i], position)])
    }

    #[inline(always)]
    fn advance_hourly(&mut self, innovations: &Lane) {
        let (retained, noise) = (self.constants.hourly_retained, self.constants.hourly_noise);
        for (hourly, innovation) in self.hourly.iter_mut().zip(innovations) {
            *hourly = retained * *hourly + noise * innovation;
        }
    }

    /// Position of each lane on the grid of knots, at hour number `index` of a day of `n_hours`.
    #[inline(always)]
    fn positions(&self, level: &Lane, hour: usize, index: usize, n_hours: usize) -> Lane {
        let constants = &self.constants;
        let [d0, d1] = constants.daily_knots[n_hours - SHORTEST_DAY][index];
        let [s0, s1] = constants.shape_knots[n_hours - SHORTEST_DAY][index];
        let [along_cosine, along_sine] = constants.shape[hour];
        let [a0, a1, b0, b1] = [along_cosine * s0, along_cosine * s1, along_sine * s0, along_sine * s1];
        let (daily, cosine, sine) = (&self.daily, &self.shape_cosine, &self.shape_sine);
        std::array::from_fn(|i| {
            let day_part = (d0 * daily.before[i] + d1 * daily.after[i])
                + (a0 * cosine.before[i] + a1 * cosine.after[i])
                + (b0 * sine.before[i] + b1 * sine.after[i]);
            let position = level[i] + day_part + constants.hourly_amplitude * self.hourly[i];
            at_most(at_least(position, 0.0), LAST_KNOT)
        })
    }
}

struct FillDay<'s, 'a, 'd> {
    lanes: &'s mut PowerLanes<'a>,
    day: &'s PowerDay<'d>,
    out: &'s mut [f64],
}

impl Kernel for FillDay<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.lanes.fill(self.day, self.out);
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

/// Prices at `positions` of one row of the table, scaled and held between floor and cap.
#[inline(always)]
fn read_prices(row: &[Piece; KNOTS], positions: &Lane, day: &PowerDay<'_>, out: &mut [f64]) {
    // A position exactly on a knot may round to the piece below it, which ends at the same price.
    let rounded: Lane = std::array::from_fn(|i| (positions[i] - 0.5) + ROUNDER);
    for i in 0..LANES {
        let piece = row[rounded[i].to_bits() as usize & (KNOTS - 1)];
        out[i] = piece.value + (positions[i] - (rounded[i] - ROUNDER)) * piece.slope;
    }
    for price in out {
        *price = at_most(at_least(*price * day.scale, day.floor), day.cap);
    }
}

/// Weights of a day's two knots at `fraction` of the day, such that the variance stays one.
fn knot_weights(fraction: f64, retained: f64) -> [f64; 2] {
    let rest = 1.0 - fraction;
    let variance = rest * rest + fraction * fraction + 2.0 * fraction * rest * retained;
    [rest / variance.sqrt(), fraction / variance.sqrt()]
}

/// Share of a factor with time constant `hours` that is left after `span` hours.
fn retained_after(span: f64, hours: f64) -> f64 {
    libm::exp(-span / hours)
}

/// Size of the innovation that keeps the variance at one.
fn noise_of(retained: f64) -> f64 {
    (1.0 - retained * retained).sqrt()
}

/// The greater of two numbers; unlike `f64::max` a single instruction, because it lets NaN be either.
#[inline(always)]
fn at_least(value: f64, bound: f64) -> f64 {
    if value > bound { value } else { bound }
}

#[inline(always)]
fn at_most(value: f64, bound: f64) -> f64 {
    if value < bound { value } else { bound }
}

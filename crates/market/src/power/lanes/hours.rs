//! The hours of a day for all lanes: the loops that a run spends most of its prices' time in.
//!
//! Each hour passes over the lanes four times: normals are read out of their table, positions on the row of quantiles are
//! computed, the row's pieces are read, and prices are computed. Reading stays apart from computing, and goes through small
//! arrays, so that computing is vector instructions and reading is one load after another.

use super::constants::{Constants, Weights};
use super::{Kernel, LANES, LAST_KNOT, Lane, ORIGIN, PowerDay, PowerLanes, Row};
use crate::normal_table::{INDICES_PER_WORD, TABLE_SIZE, table_index};
use crate::power::{FIRST_KNOT, KNOT_STEP, KNOTS, Piece};

/// Random words a lane uses for the hourly factor of a day, of 23, 24 or 25 hours alike.
const WORDS_PER_DAY: usize = super::LONGEST_DAY.div_ceil(INDICES_PER_WORD);

/// Random words a lane uses for the three knots of a day, two entries of the table each.
const WORDS_OF_KNOTS: usize = 6_usize.div_ceil(INDICES_PER_WORD);

/// Added to a small number, this rounds it to a whole one, which then stands in the lowest bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Where the rank variable of an hour goes.
pub(super) trait Ranks {
    /// Takes the positions of hour number `index`, in knots, not yet held to the table.
    fn take(&mut self, index: usize, positions: &Lane);
}

/// Ranks are not asked for.
pub(super) struct NoRanks;

impl Ranks for NoRanks {
    #[inline(always)]
    fn take(&mut self, _: usize, _: &Lane) {}
}

/// Ranks go to a table of the shape of the prices.
pub(super) struct RanksTo<'a>(pub(super) &'a mut [f64]);

impl Ranks for RanksTo<'_> {
    #[inline(always)]
    fn take(&mut self, index: usize, positions: &Lane) {
        for (rank, position) in self.0[index * LANES..][..LANES].iter_mut().zip(&positions.0) {
            *rank = FIRST_KNOT + KNOT_STEP * position;
        }
    }
}

/// One day of all lanes; its arguments have been checked.
pub(super) struct FillDay<'s, 'a, 'd, R> {
    pub(super) lanes: &'s mut PowerLanes<'a>,
    pub(super) day: &'s PowerDay<'d>,
    pub(super) out: &'s mut [f64],
    pub(super) ranks: R,
}

impl<R: Ranks> Kernel for FillDay<'_, '_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { lanes, day, out, mut ranks } = self;
        let n_hours = day.local_hours.len();
        lanes.advance_level(day.slow_innovation);
        lanes.draw_knots();
        let mut words = [Row([0; LANES]); WORDS_PER_DAY];
        for words in &mut words {
            lanes.streams.next_words(words);
        }
        let base = ORIGIN + lanes.constants.weekday_shift[day.weekday_monday0];
        let level = Row(std::array::from_fn(|i| base + lanes.constants.slow_amplitude * lanes.level[i]));
        let (mut innovations, mut positions, mut above) =
            (Row([0.0; LANES]), Row([0.0; LANES]), Row([0.0; LANES]));
        let mut knots = Row([0; LANES]);
        let mut pieces = Row([Piece::default(); LANES]);
        for (index, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let hour = usize::from(day.local_hours[index]);
            let row = lanes.calibration.row(day.calendar_month0, hour);
            let words = &words[index / INDICES_PER_WORD];
            read_normals(lanes.normals, words, index % INDICES_PER_WORD, &mut innovations);
            let weights = lanes.constants.weights(hour, index, n_hours);
            lanes.advance_hour(&weights, &level, &innovations, &mut positions);
            ranks.take(index, &positions);
            split(&positions, &mut knots, &mut above);
            read_pieces(row, &knots, &mut pieces);
            for i in 0..LANES {
                let price = pieces[i].value + above[i] * pieces[i].slope;
                out[i] = at_most(at_least(price * day.scale, day.floor), day.cap);
            }
        }
    }
}

impl PowerLanes<'_> {
    #[inline(always)]
    fn advance_level(&mut self, innovation: &[f64]) {
        let (retained, noise) = (self.constants.slow_retained, self.constants.slow_noise);
        for (level, innovation) in self.level.0.iter_mut().zip(innovation) {
            *level = retained * *level + noise * innovation;
        }
    }

    /// Draws the knots at the end of the day, which come before the words of its hours in a path's stream.
    ///
    /// A knot's innovation is the sum of two entries of the table over the root of two: its tails reach beyond five.
    #[inline(always)]
    fn draw_knots(&mut self) {
        let mut words = [Row([0; LANES]); WORDS_OF_KNOTS];
        for words in &mut words {
            self.streams.next_words(words);
        }
        let (mut one, mut other) = (Row([0.0; LANES]), Row([0.0; LANES]));
        let factors = [&mut self.daily, &mut self.shape_cosine, &mut self.shape_sine];
        for (number, factor) in factors.into_iter().enumerate() {
            for (entry, part) in [&mut one, &mut other].into_iter().enumerate() {
                let index = 2 * number + entry;
                read_normals(self.normals, &words[index / INDICES_PER_WORD], index % INDICES_PER_WORD, part);
            }
            for (part, other) in one.iter_mut().zip(other.iter()) {
                *part = std::f64::consts::FRAC_1_SQRT_2 * (*part + other);
            }
            factor.advance(&one);
        }
    }

    /// Moves the hourly factor on and computes each lane's position on the grid of knots, not held to its ends.
    #[inline(always)]
    fn advance_hour(&mut self, weights: &Weights, level: &Lane, innovations: &Lane, positions: &mut Lane) {
        let Constants { hourly_retained: retained, hourly_noise: noise, hourly_amplitude: amplitude, .. } =
            self.constants;
        let ([d0, d1], [a0, a1], [b0, b1]) = (weights.daily, weights.cosine, weights.sine);
        let Self { hourly, daily, shape_cosine: cosine, shape_sine: sine, .. } = self;
        for i in 0..LANES {
            hourly[i] = retained * hourly[i] + noise * innovations[i];
            let day_part = (d0 * daily.before[i] + d1 * daily.after[i])
                + (a0 * cosine.before[i] + a1 * cosine.after[i])
                + (b0 * sine.before[i] + b1 * sine.after[i]);
            positions[i] = level[i] + day_part + amplitude * hourly[i];
        }
    }
}

/// Table entry number `position` of each lane's word.
#[inline(always)]
fn read_normals(normals: &[f64; TABLE_SIZE], words: &Row<u64>, position: usize, out: &mut Lane) {
    for i in 0..LANES {
        out[i] = normals[table_index(words[i], position)];
    }
}

/// The knot at or below each position held to the table, in the lowest bits, and how far above it the position is.
#[inline(always)]
fn split(positions: &Lane, knots: &mut Row<u64>, above: &mut Lane) {
    for i in 0..LANES {
        let position = at_most(at_least(positions[i], 0.0), LAST_KNOT);
        // A position exactly on a knot may round to the piece below it, which ends at the same price.
        let rounded = (position - 0.5) + ROUNDER;
        knots[i] = rounded.to_bits();
        above[i] = position - (rounded - ROUNDER);
    }
}

#[inline(always)]
fn read_pieces(row: &[Piece; KNOTS], knots: &Row<u64>, out: &mut Row<Piece>) {
    for i in 0..LANES {
        out[i] = row[knots[i] as usize & (KNOTS - 1)];
    }
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

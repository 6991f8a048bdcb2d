//! The backward sweep of an exchange on one grid.

use super::convolution::{convolve, weights};
use super::kink::NearKink;
use super::{Exchange, ExchangeError};
use market::power::{Instructions, Kernel};
use std::ops::Range;

/// Noise deviations that a step's weights reach to either side.
const BAND: f64 = 5.5;
/// Deviations from today's point that the cone reaches.
const REACH: f64 = 5.0;
/// Most points of a grid.
const MAX_POINTS: usize = 1 << 22;

/// Value of the exchange on a grid of spacing `h` in noise deviations of the shortest step.
pub(super) fn value(exchange: &Exchange, h: f64) -> Result<f64, ExchangeError> {
    let sweep = Sweep::new(exchange, h)?;
    Ok(Instructions::detected().run(sweep))
}

/// Points of a grid of spacing one over all dates and groups of units.
pub(super) fn point_sums(exchange: &Exchange) -> f64 {
    let Ok(sweep) = Sweep::new(exchange, 1.0) else { return f64::INFINITY };
    let area = |date: usize| {
        let radius = sweep.radius(sweep.time(date));
        sweep.active.iter().filter(|active| **active).map(|_| 1.8 * radius).product::<f64>()
    };
    sweep.n_groups() as f64 * (0..exchange.dates.len()).map(area).sum::<f64>()
}

/// Geometry of the grid, and the exponentials of the factors at its points.
struct Sweep<'a> {
    exchange: &'a Exchange,
    h: f64,
    /// Time that makes one unit of noise, years.
    unit_years: f64,
    /// Rows (first coordinate) and columns (second), margins included.
    shape: [usize; 2],
    /// Row and column of today's point.
    origin: [usize; 2],
    /// Shift of the cone's centre along the first coordinate per unit of time: half of what the received flow's own measure shifts.
    tilt: f64,
    /// Coordinates along which anything changes.
    active: [bool; 2],
    /// `E1` without its drift, by row.
    received: Vec<f64>,
    /// `E2` without its drift is the product of these by row and by column.
    paid: [Vec<f64>; 2],
}

/// Values and scratch of the sweep, `[rows, columns]` row-major each.
struct Grids {
    /// Value of one more unit by group, after the best exchange on the date.
    steps: Vec<Vec<f64>>,
    /// Expectation of one group's value on the next date.
    ahead: Vec<f64>,
    /// Gain of an exchange on the date.
    gain: Vec<f64>,
    /// Gain less `ahead`.
    difference: Vec<f64>,
    /// Smoothed positive part of the difference for this group and for the one before.
    positive: [Vec<f64>; 2],
    /// One row summed across rows.
    half: Vec<f64>,
    near: NearKink,
}

impl<'a> Sweep<'a> {
    fn new(exchange: &'a Exchange, h: f64) -> Result<Self, ExchangeError> {
        let steps = || {
            let before = std::iter::once(0.0).chain(exchange.dates.iter().map(|date| date.years));
            exchange.dates.iter().zip(before).map(|(date, before)| date.years - before)
        };
        let shortest = steps().filter(|step| *step > 0.0).fold(f64::INFINITY, f64::min);
        let unit_years = if shortest.is_finite() { shortest } else { 1.0 };
        // The step from today is taken at one point only and needs no margin.
        let longest = steps().skip(1).fold(0.0, f64::max) / unit_years;
        let time = steps().sum::<f64>() / unit_years;
        let [v1, v2] = exchange.volatility.map(|v| v * unit_years.sqrt());
        let rho = if v1 == 0.0 || v2 == 0.0 { 0.0 } else { exchange.correlation };
        let loading = v2 * (1.0 - rho * rho).sqrt();
        let active = [v1 > 0.0, loading > 0.0];
        let radius = REACH * time.sqrt() + 0.5 * v1 * time;
        let half = |active: bool, reach: f64, tilt: f64| {
            if active { (reach / h).ceil() + 2.0 + band(longest, tilt, h) as f64 } else { 0.0 }
        };
        let halves = [half(active[0], radius + 0.5 * v1 * time, v1), half(active[1], radius, 0.0)];
        let points = (2.0 * halves[0] + 1.0) * (2.0 * halves[1] + 1.0);
        if points > MAX_POINTS as f64 {
            return Err(ExchangeError::TooManyPoints { spacing: h, points, most: MAX_POINTS });
        }
        let origin = halves.map(|half| half as usize);
        let shape = origin.map(|origin| 2 * origin + 1);
        let table = |i: usize, per_unit: f64| -> Vec<f64> {
            (0..shape[i]).map(|n| (per_unit * h * (n as f64 - origin[i] as f64)).exp()).collect()
        };
        Ok(Self {
            exchange,
            h,
            unit_years,
            shape,
            origin,
            tilt: 0.5 * v1,
            active,
            received: table(0, v1),
            paid: [table(0, rho * v2), table(1, loading)],
        })
    }

    /// Groups of units that are exchanged alike.
    fn n_groups(&self) -> usize {
        self.exchange.units.div_ceil(self.exchange.units_per_date).min(self.exchange.dates.len())
    }

    /// Time from today in units of noise.
    fn time(&self, date: usize) -> f64 {
        self.exchange.dates[date].years / self.unit_years
    }

    /// Weights of a step of some length in the two coordinates.
    fn weights(&self, step: f64, most: [usize; 2]) -> [Vec<f64>; 2] {
        [0, 1].map(|i| {
            let reach = band(step, if i == 0 { 2.0 * self.tilt } else { 0.0 }, self.h).min(most[i]);
            if self.active[i] { weights(step.sqrt(), self.h, reach) } else { vec![1.0] }
        })
    }

    /// Factors of the gain on a date: what `E1` and `E2` without their drift are multiplied by.
    fn levels(&self, date: usize) -> [f64; 2] {
        let date = &self.exchange.dates[date];
        let [v1, v2] = self.exchange.volatility.map(|v| (-0.5 * v * v * date.years).exp());
        [date.receive * v1, date.pay * v2]
    }

    /// Radius of the cone at a time, noise deviations.
    fn radius(&self, time: f64) -> f64 {
        REACH * time.sqrt() + self.tilt * time
    }

    /// Cells in the cone at a time, `widened` by some, row by row.
    fn cone(&self, time: f64, widened: usize) -> Vec<Range<usize>> {
        let radius = self.radius(time) + widened as f64 * self.h;
        let centre = self.origin[0] as f64 * self.h + self.tilt * time;
        let half = |from_centre: f64| (radius.powi(2) - from_centre.powi(2)).sqrt() / self.h;
        let rows = if self.active[0] {
            ((centre - radius) / self.h).ceil() as usize..((centre + radius) / self.h) as usize + 1
        } else {
            0..1
        };
        rows.map(|row| {
            let from_centre = if self.active[0] { row as f64 * self.h - centre } else { 0.0 };
            let half = if self.active[1] { half(from_centre) as usize } else { 0 };
            let middle = row * self.shape[1] + self.origin[1];
            middle - half..middle + half + 1
        })
        .collect()
    }

    /// Distance in memory of neighbours along each coordinate; zero where nothing changes.
    fn strides(&self) -> [usize; 2] {
        [if self.active[0] { self.shape[1] } else { 0 }, usize::from(self.active[1])]
    }

    /// Gain of an exchange on a date in the cells given.
    #[inline(always)]
    fn gains(&self, date: usize, cells: &[Range<usize>], out: &mut [f64]) {
        let [receive, pay] = self.levels(date);
        let cost = self.exchange.dates[date].cost;
        for cells in cells {
            let (row, column) = (cells.start / self.shape[1], cells.start % self.shape[1]);
            let (receive, pay) = (receive * self.received[row] - cost, pay * self.paid[0][row]);
            for (gain, paid) in out[cells.clone()].iter_mut().zip(&self.paid[1][column..]) {
                *gain = receive - pay * paid;
            }
        }
    }

    /// Expectation of a group's value on the next date, and the gain less it, in the cells given.
    #[inline(always)]
    fn look_ahead(&self, group: usize, weights: &[Vec<f64>; 2], cells: &[Range<usize>], grids: &mut Grids) {
        let reach = weights[1].len() - 1;
        for cells in cells {
            let half = &mut grids.half[..cells.len() + 2 * reach];
            convolve(&grids.steps[group], cells.start - reach, self.shape[1], &weights[0], half);
            let ahead = &mut grids.ahead[cells.clone()];
            convolve(half, reach, 1, &weights[1], ahead);
            let difference = &mut grids.difference[cells.clone()];
            for ((d, gain), ahead) in difference.iter_mut().zip(&grids.gain[cells.clone()]).zip(ahead) {
                *d = gain - *ahead;
            }
        }
    }

    /// One group's value with the best exchange, in the cells given.
    #[inline(always)]
    fn exchange(&self, group: usize, cells: &[Range<usize>], grids: &mut Grids) {
        let strides = self.strides();
        let [positive, before] = &mut grids.positive;
        for cells in cells {
            positive_parts(&grids.difference, cells, strides, positive, &mut grids.near);
        }
        grids.near.average(&grids.difference, strides, positive);
        for cells in cells {
            let target = &mut grids.steps[group][cells.clone()];
            let after = grids.ahead[cells.clone()].iter().zip(&positive[cells.clone()]);
            if group == 0 {
                for (step, (ahead, positive)) in target.iter_mut().zip(after) {
                    *step = ahead + positive;
                }
            } else {
                for ((step, (ahead, positive)), before) in
                    target.iter_mut().zip(after).zip(&before[cells.clone()])
                {
                    *step = ahead + positive - before;
                }
            }
        }
        std::mem::swap(positive, before);
    }

    /// The last date, on the whole grid: what is not exchanged now never is.
    #[inline(always)]
    fn last_date(&self, grids: &mut Grids) {
        let [rows, columns] = self.shape;
        let whole: Vec<Range<usize>> = (0..rows).map(|row| row * columns..(row + 1) * columns).collect();
        self.gains(self.exchange.dates.len() - 1, &whole, &mut grids.difference);
        for (value, d) in grids.steps[0].iter_mut().zip(&grids.difference) {
            *value = d.max(0.0);
        }
        let strides = self.strides();
        let rim = strides.map(|stride| usize::from(stride > 0));
        for cells in &whole[rim[0]..rows - rim[0]] {
            let inner = cells.start + rim[1]..cells.end - rim[1];
            positive_parts(&grids.difference, &inner, strides, &mut grids.steps[0], &mut grids.near);
        }
        grids.near.average(&grids.difference, strides, &mut grids.steps[0]);
    }

    /// Value today, by the exact maximum where today is a date.
    fn today(&self, grids: &Grids) -> f64 {
        let dates = &self.exchange.dates;
        let next = dates.iter().position(|date| date.years > 0.0);
        let weights = next.map(|next| self.weights(self.time(next), self.origin));
        let ahead = |group: usize| -> f64 {
            let Some([across, along]) = &weights else { return 0.0 };
            let signed = |weights: &[f64]| {
                let reach = weights.len() as isize - 1;
                (-reach..=reach).map(move |r| (r, r.unsigned_abs()))
            };
            signed(across)
                .map(|(r, i)| {
                    let at = self.origin[0].wrapping_add_signed(r) * self.shape[1] + self.origin[1];
                    let row: f64 = signed(along)
                        .map(|(c, j)| along[j] * grids.steps[group][at.wrapping_add_signed(c)])
                        .sum();
                    across[i] * row
                })
                .sum()
        };
        let gain = (dates[0].years == 0.0).then(|| dates[0].receive - dates[0].pay - dates[0].cost);
        let (units, per_date) = (self.exchange.units, self.exchange.units_per_date);
        let mut value = 0.0;
        let mut before = 0.0;
        for group in 0..self.n_groups() {
            let ahead = ahead(group);
            let positive = gain.map_or(0.0, |gain| (gain - ahead).max(0.0));
            let in_group = per_date.min(units - group * per_date);
            value += in_group as f64 * (ahead + positive - before);
            before = positive;
        }
        value
    }
}

impl Grids {
    fn new(sweep: &Sweep<'_>) -> Self {
        let n = sweep.shape[0] * sweep.shape[1];
        let grid = || vec![0.0; n];
        Self {
            steps: (0..sweep.n_groups()).map(|_| grid()).collect(),
            ahead: grid(),
            gain: grid(),
            difference: grid(),
            positive: [grid(), grid()],
            half: vec![0.0; sweep.shape[1]],
            near: NearKink::default(),
        }
    }
}

impl Kernel for Sweep<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut grids = Grids::new(&self);
        let last = self.exchange.dates.len() - 1;
        self.last_date(&mut grids);
        for date in (0..last).rev().filter(|&date| self.exchange.dates[date].years > 0.0) {
            let time = self.time(date);
            let weights = self.weights(self.time(date + 1) - time, self.shape);
            // The slope of a difference needs its neighbours.
            let (cone, widened) = (self.cone(time, 0), self.cone(time, 1));
            self.gains(date, &widened, &mut grids.gain);
            for group in 0..self.n_groups() {
                self.look_ahead(group, &weights, &widened, &mut grids);
                self.exchange(group, &cone, &mut grids);
            }
        }
        self.today(&grids)
    }
}

/// Cells that the weights of a step reach, so that little is lost in the measure of a flow that shifts the mean by `tilt` per unit of time.
fn band(step: f64, tilt: f64, h: f64) -> usize {
    ((BAND * step.sqrt() + tilt * step) / h).ceil() as usize
}

/// Positive parts of the differences of some cells; cells near the kink are noted for averaging.
#[inline(always)]
fn positive_parts(
    difference: &[f64],
    cells: &Range<usize>,
    strides: [usize; 2],
    out: &mut [f64],
    near: &mut NearKink,
) {
    let len = cells.len();
    let (start, [across, along]) = (cells.start, strides);
    let here = &difference[start..][..len];
    let (down, up) = (&difference[start - across..][..len], &difference[start + across..][..len]);
    let (left, right) = (&difference[start - along..][..len], &difference[start + along..][..len]);
    let out = &mut out[start..][..len];
    for i in 0..len {
        out[i] = here[i].max(0.0);
    }
    near.note(start, here, [down, up], [left, right]);
}

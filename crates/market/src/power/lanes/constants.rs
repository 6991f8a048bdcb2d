//! Numbers of a calibration that every hour needs, computed once.

use super::{KNOTS_PER_UNIT, LONGEST_DAY, SHORTEST_DAY};
use crate::power::PowerFactors;

/// What the hours of every day are computed with; positions are in knots.
#[derive(Clone, Debug)]
pub(super) struct Constants {
    pub(super) slow_amplitude: f64,
    pub(super) slow_retained: f64,
    pub(super) slow_noise: f64,
    pub(super) hourly_amplitude: f64,
    pub(super) hourly_retained: f64,
    pub(super) hourly_noise: f64,
    pub(super) weekday_shift: [f64; 7],
    /// Shape amplitude times cosine and sine of each local hour's angle.
    pub(super) shape: [[f64; 2]; 24],
    /// Weights of the daily factor's knots by length of day less 23 and hour index, amplitude included.
    pub(super) daily_knots: [[[f64; 2]; LONGEST_DAY]; 3],
    /// The same for the shape factors, amplitude left out.
    pub(super) shape_knots: [[[f64; 2]; LONGEST_DAY]; 3],
}

impl Constants {
    pub(super) fn new(factors: &PowerFactors) -> Self {
        let [slow, daily, hourly, shape] = factors.amplitudes().map(|a| KNOTS_PER_UNIT * a);
        let slow_retained = retained_after(24.0, factors.slow.hours);
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
            slow_retained,
            slow_noise: noise_of(slow_retained),
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
    /// Weights of the knots at hour number `index`, on the clock `hour`, of a day of `n_hours`.
    #[inline(always)]
    pub(super) fn weights(&self, hour: usize, index: usize, n_hours: usize) -> Weights {
        let shape_knots = self.shape_knots[n_hours - SHORTEST_DAY][index];
        let [along_cosine, along_sine] = self.shape[hour];
        Weights {
            daily: self.daily_knots[n_hours - SHORTEST_DAY][index],
            cosine: shape_knots.map(|weight| along_cosine * weight),
            sine: shape_knots.map(|weight| along_sine * weight),
        }
    }
}

/// Weights of the day's knots, before and after, in the position of one hour; amplitudes included.
pub(super) struct Weights {
    pub(super) daily: [f64; 2],
    pub(super) cosine: [f64; 2],
    pub(super) sine: [f64; 2],
}

/// Weights of a day's two knots at `fraction` of the day, such that the variance stays one.
fn knot_weights(fraction: f64, retained: f64) -> [f64; 2] {
    let rest = 1.0 - fraction;
    let variance = rest * rest + fraction * fraction + 2.0 * fraction * rest * retained;
    [rest / variance.sqrt(), fraction / variance.sqrt()]
}

/// Share of a factor with time constant `hours` that is left after `span` hours.
pub(super) fn retained_after(span: f64, hours: f64) -> f64 {
    libm::exp(-span / hours)
}

/// Size of the innovation that keeps the variance at one.
pub(super) fn noise_of(retained: f64) -> f64 {
    (1.0 - retained * retained).sqrt()
}

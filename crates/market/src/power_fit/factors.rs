//! Weekday means of the rank variable, and the factors behind its autocorrelation.

use super::nelder_mead::minimise;
use crate::power::{FactorLaw, FactorsTable, LocalHour, autocovariance, mean_of, on_hour_grid};

/// Lags in hours at which model and sample are compared, from an hour to ninety days.
pub(super) const LAGS: [usize; 22] =
    [1, 2, 3, 4, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72, 96, 168, 240, 336, 720, 1080, 1440, 2160];

/// Where the search starts: weights and time constants (h) of the slow, daily, hourly and shape factors.
const START_LAWS: Laws = Laws([
    FactorLaw { weight: 0.20, hours: 3000.0 },
    FactorLaw { weight: 0.20, hours: 24.0 },
    FactorLaw { weight: 0.50, hours: 5.0 },
    FactorLaw { weight: 0.10, hours: 45.0 },
]);

/// Edges of the simplex in logs, search after search.
const START_EDGES: [f64; 4] = [0.5, 0.3, 0.2, 0.1];

/// Time constants (h) between which each factor keeps its meaning.
const HOURS: [(f64, f64); 4] = [(1000.0, 15_000.0), (6.0, 200.0), (1.5, 24.0), (12.0, 400.0)];

/// Range of each weight relative to the hourly factor's, so that none vanishes or takes all.
const RELATIVE_WEIGHT: (f64, f64) = (1e-3, 1e3);

/// Days at the end of the history from which the slow level there is estimated.
const DAYS_OF_LAST_LEVEL: usize = 28;

/// The fitted factors.
pub(super) struct FittedFactors {
    pub(super) table: FactorsTable,
    /// The laws before their weights are scaled to what the weekday shift leaves.
    pub(super) laws: Laws,
    /// The rank variable less its weekday shift, on a grid of every hour.
    pub(super) dense: Vec<f64>,
    pub(super) level_at_end: f64,
    /// Lag (h), autocorrelation of the sample, autocorrelation of the model.
    pub(super) autocorrelations: Vec<(usize, f64, f64)>,
}

/// Weights (adding to one) and time constants of the four factors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Laws(pub(super) [FactorLaw; 4]);

/// Fits the factors to the rank variable `ranks` at the hours `clock`.
pub(super) fn fit(clock: &[LocalHour], ranks: Vec<f64>) -> FittedFactors {
    let (ranks, weekday_shift) = less_weekday_means(clock, ranks);
    let dense = on_hour_grid(clock, &ranks, 0.0);
    let sample = autocorrelations(&dense);
    let laws = least_squares(&sample, START_LAWS, &START_EDGES);
    let model = Curve::new(&laws);
    let autocorrelations =
        LAGS.iter().zip(&sample).map(|(&lag, &value)| (lag, value, model.at(lag))).collect();
    // Weights are written as shares of the whole variance of z, weekday shift included.
    let shift_variance = mean_of(&weekday_shift.map(|shift| shift * shift));
    let [slow, daily, hourly, shape] =
        laws.0.map(|law| FactorLaw { weight: law.weight * (1.0 - shift_variance), hours: law.hours });
    FittedFactors {
        level_at_end: level_at_end(&laws, &dense, 1.0 - shift_variance),
        table: FactorsTable { slow, daily, hourly, shape, weekday_shift: weekday_shift.to_vec() },
        laws,
        dense,
        autocorrelations,
    }
}

/// Autocorrelation of a series on an hourly grid at each of [`LAGS`], about zero.
pub(super) fn autocorrelations(dense: &[f64]) -> Vec<f64> {
    let variance = autocovariance(dense, 0);
    LAGS.iter().map(|&lag| autocovariance(dense, lag) / variance).collect()
}

/// The rank variable less its means by weekday, and these means, less the mean of them.
pub(super) fn less_weekday_means(clock: &[LocalHour], mut ranks: Vec<f64>) -> (Vec<f64>, [f64; 7]) {
    let mut sums = [(0.0, 0usize); 7];
    for (at, rank) in clock.iter().zip(&ranks) {
        let (sum, n) = &mut sums[usize::from(at.weekday)];
        *sum += rank;
        *n += 1;
    }
    let means = sums.map(|(sum, n)| sum / n.max(1) as f64);
    let centre = mean_of(&means);
    let shift = means.map(|mean| mean - centre);
    for (rank, at) in ranks.iter_mut().zip(clock) {
        *rank -= shift[usize::from(at.weekday)];
    }
    (ranks, shift)
}

/// The laws whose autocorrelation is closest to the sample's at [`LAGS`].
///
/// The search runs once from `start` and then from its own answer, with a simplex of each of `edges`.
pub(super) fn least_squares(sample: &[f64], start: Laws, edges: &[f64]) -> Laws {
    let misfit = |parameters: &[f64]| {
        let (laws, outside) = Laws::from_parameters(parameters);
        let model = Curve::new(&laws);
        let squares: f64 = LAGS
            .iter()
            .zip(sample)
            .map(|(&lag, value)| lag_weight(lag) * (model.at(lag) - value).powi(2))
            .sum();
        squares + outside
    };
    let mut best = start.to_parameters();
    for &edge in edges {
        best = minimise(misfit, &best, edge);
    }
    Laws::from_parameters(&best).0
}

/// The first hours decide how long a spike lasts, so they count for more.
fn lag_weight(lag: usize) -> f64 {
    match lag {
        1 => 6.0,
        2 => 2.0,
        _ => 1.0,
    }
}

impl Laws {
    /// Logs of the weights relative to the hourly factor, then logs of the time constants.
    fn to_parameters(self) -> Vec<f64> {
        let [slow, daily, hourly, shape] = self.0;
        let weights = [slow, daily, shape].map(|law| (law.weight / hourly.weight).ln());
        let hours = self.0.map(|law| law.hours.ln());
        weights.into_iter().chain(hours).collect()
    }

    /// The laws of a parameter vector, and a penalty for parameters beyond their bounds.
    fn from_parameters(parameters: &[f64]) -> (Self, f64) {
        let mut outside = 0.0;
        let mut held = |wanted: f64, (least, most): (f64, f64)| {
            let allowed = wanted.clamp(least.ln(), most.ln());
            outside += (wanted - allowed).powi(2);
            allowed.exp()
        };
        let mut relative = [1.0; 4];
        for (parameter, factor) in [0, 1, 3].into_iter().enumerate() {
            relative[factor] = held(parameters[parameter], RELATIVE_WEIGHT);
        }
        let total: f64 = relative.iter().sum();
        let laws = std::array::from_fn(|i| FactorLaw {
            weight: relative[i] / total,
            hours: held(parameters[3 + i], HOURS[i]),
        });
        (Self(laws), outside)
    }
}

/// Autocorrelation of `z`, less its weekday shift, averaged over the hours of the day.
struct Curve {
    laws: Laws,
    daily: Interpolated,
    shape: Interpolated,
}

impl Curve {
    fn new(laws: &Laws) -> Self {
        let [_, daily, _, shape] = laws.0;
        Self { laws: *laws, daily: Interpolated::new(daily.hours), shape: Interpolated::new(shape.hours) }
    }

    /// The autocorrelation after `lag` hours.
    fn at(&self, lag: usize) -> f64 {
        let [slow, daily, hourly, shape] = self.laws.0;
        let hours = lag as f64;
        let turn = (std::f64::consts::TAU * hours / 24.0).cos();
        slow.weight * (-hours / slow.hours).exp()
            + daily.weight * self.daily.correlation(lag)
            + hourly.weight * (-hours / hourly.hours).exp()
            + shape.weight * turn * self.shape.correlation(lag)
    }
}

/// A daily factor interpolated between midnights and divided by its own standard deviation.
struct Interpolated {
    /// Correlation of successive midnights.
    retained: f64,
    /// Standard deviation before the division, at each hour of the day.
    sd: [f64; 24],
}

impl Interpolated {
    fn new(hours: f64) -> Self {
        let retained = (-24.0 / hours).exp();
        let sd = std::array::from_fn(|hour| {
            let f = hour as f64 / 24.0;
            ((1.0 - f).powi(2) + f * f + 2.0 * f * (1.0 - f) * retained).sqrt()
        });
        Self { retained, sd }
    }

    /// Correlation over `lag` hours, mean over the starting hours of the day.
    fn correlation(&self, lag: usize) -> f64 {
        // The end falls `lag / 24` days after the start's day, or a day later.
        let days = (lag / 24) as i32;
        let knots: [f64; 4] = std::array::from_fn(|i| self.retained.powi((days + i as i32 - 1).abs()));
        let mut sum = 0.0;
        for start in 0..24 {
            let (later, end) = (((start + lag) / 24) - lag / 24, (start + lag) % 24);
            let (f, g) = (start as f64 / 24.0, end as f64 / 24.0);
            let covariance = ((1.0 - f) * (1.0 - g) + f * g) * knots[later + 1]
                + (1.0 - f) * g * knots[later + 2]
                + f * (1.0 - g) * knots[later];
            sum += covariance / (self.sd[start] * self.sd[end]);
        }
        sum / 24.0
    }
}

/// Linear estimate of the slow level at the end of `dense`, from the mean of `z` over the last weeks.
fn level_at_end(laws: &Laws, dense: &[f64], variance: f64) -> f64 {
    let n = (24 * DAYS_OF_LAST_LEVEL).min(dense.len());
    let last: Vec<f64> = dense[dense.len() - n..].iter().copied().filter(|z| !z.is_nan()).collect();
    let slow = laws.0[0];
    let curve = Curve::new(laws);
    let amplitude = (slow.weight * variance).sqrt();
    let retained = |lag: usize| (-(lag as f64) / slow.hours).exp();
    let covariance = amplitude * mean_of(&(0..n).map(retained).collect::<Vec<_>>());
    let mut spread = n as f64;
    for lag in 1..n {
        spread += 2.0 * (n - lag) as f64 * curve.at(lag);
    }
    covariance / (variance * spread / (n * n) as f64) * mean_of(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolated_factor_has_unit_variance_and_decays() {
        let factor = Interpolated::new(20.0);
        assert!((factor.correlation(0) - 1.0).abs() < 1e-12);
        assert!(factor.correlation(24) < factor.correlation(6));
        assert!(factor.correlation(240) < 1e-4);
    }

    #[test]
    fn known_laws_are_recovered_from_their_own_autocorrelation() {
        let truth = Laws(
            [(0.385, 4600.0), (0.137, 19.0), (0.390, 3.7), (0.088, 47.0)]
                .map(|(weight, hours)| FactorLaw { weight, hours }),
        );
        let curve = Curve::new(&truth);
        let sample: Vec<f64> = LAGS.iter().map(|&lag| curve.at(lag)).collect();
        let fitted = least_squares(&sample, START_LAWS, &START_EDGES);
        for (found, expected) in fitted.0.iter().zip(truth.0) {
            assert!((found.weight - expected.weight).abs() < 0.01, "{fitted:?}");
            assert!((found.hours / expected.hours).ln().abs() < 0.1, "{fitted:?}");
        }
    }
}

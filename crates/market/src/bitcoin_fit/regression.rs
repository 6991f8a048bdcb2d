//! How the growth of difficulty answers hashprice: a linear regression with normal priors.

use nalgebra::{SMatrix, SVector};

use super::history::{DailyRecord, retargets};
use super::{COST_DECLINE_PER_YEAR, Estimate};

/// Half-life of the smoothing of log hashprice, days.
pub(crate) const HALF_LIFE_DAYS: f64 = 7.0;

/// Growth at the cost curve, response, change of growth per year, entry less exit.
pub(crate) const N_COEFFICIENTS: usize = 4;

/// Prior means and standard deviations of the coefficients; entry and exit are centred on equal speeds.
const PRIORS: [(f64, f64); N_COEFFICIENTS] = [(0.02, 0.02), (0.03, 0.02), (0.0, 0.0025), (0.0, 0.02)];

/// Prior of the noise: as many observations, of this size.
const NOISE_PRIOR: (f64, f64) = (5.0, 0.06);

/// Rounds in which noise and coefficients settle on each other; five reach the sixth digit.
const ROUNDS: usize = 8;

/// Largest change counted: the ban of 2021 took more, once.
const LARGEST_CHANGE: f64 = 0.3;

/// Years counted as recent.
const RECENT_YEARS: f64 = 4.0;

const DAYS_PER_YEAR: f64 = 365.25;

/// Blocks of an epoch; the time they take has a relative variance of one over their number.
const EPOCH_BLOCKS: f64 = 2016.0;

type Coefficients = SVector<f64, N_COEFFICIENTS>;
type Square = SMatrix<f64, N_COEFFICIENTS, N_COEFFICIENTS>;

/// Outcome of the regression.
pub(crate) struct NetworkFit {
    /// Growth, response, change of growth per year, entry less exit.
    pub(crate) coefficients: Coefficients,
    pub(crate) covariance: Square,
    pub(crate) least_squares_response: Estimate,
    pub(crate) centre: f64,
    pub(crate) centre_years: f64,
    pub(crate) noise: f64,
    pub(crate) recent_noise: f64,
    pub(crate) residual_kurtosis: f64,
    pub(crate) residual_autocorrelation: f64,
    pub(crate) recent_residual_autocorrelation: f64,
    pub(crate) n_retargets: usize,
    pub(crate) n_recent: usize,
}

/// One retarget: log change of difficulty, and the regressors at the start of its epoch.
struct Observation {
    change: f64,
    regressors: Coefficients,
    years: f64,
}

/// Log gap between smoothed hashprice and the cost curve at the start of each epoch, and the log change of difficulty over it.
pub fn epochs(days: &[DailyRecord]) -> Vec<[f64; 2]> {
    let (observations, ..) = observe(days);
    observations.iter().map(|o| [o.regressors[1], o.change]).collect()
}

/// The observations of a record, and the centres of the gap and of time.
fn observe(days: &[DailyRecord]) -> (Vec<Observation>, f64, f64) {
    let hashprice = smoothed_log_hashprice(days);
    let years = |index: usize| index as f64 / DAYS_PER_YEAR;
    let n = days.len() as f64;
    let gap = |index: usize| hashprice[index] + COST_DECLINE_PER_YEAR * years(index);
    let centre = (0..days.len()).map(gap).sum::<f64>() / n;
    let centre_years = (0..days.len()).map(years).sum::<f64>() / n;
    let observations = retargets(days)
        .windows(2)
        .map(|pair| {
            // The epoch's hashrate answers what was known on the day before it began.
            let start = pair[0].day - 1;
            let from_centre = gap(start) - centre;
            Observation {
                change: (pair[1].after / pair[0].after).ln().clamp(-LARGEST_CHANGE, LARGEST_CHANGE),
                regressors: [1.0, from_centre, years(start) - centre_years, 0.5 * from_centre.abs()].into(),
                years: years(start),
            }
        })
        .collect();
    (observations, centre, centre_years)
}

/// Fits the network's growth to at least two retargets' worth of `days`.
pub(crate) fn fit_network(days: &[DailyRecord]) -> NetworkFit {
    let (observations, centre, centre_years) = observe(days);
    let (coefficients, covariance, noise) = posterior(&observations);
    let residuals = residuals(&observations, &coefficients);
    let end = (days.len() - 1) as f64 / DAYS_PER_YEAR;
    let recent: Vec<f64> = observations
        .iter()
        .zip(&residuals)
        .filter(|(observation, _)| observation.years > end - RECENT_YEARS)
        .map(|(_, residual)| *residual)
        .collect();
    let moment = |power: i32| residuals.iter().map(|r| r.powi(power)).sum::<f64>() / residuals.len() as f64;
    NetworkFit {
        coefficients,
        covariance,
        least_squares_response: least_squares_response(&observations),
        centre,
        centre_years,
        noise,
        recent_noise: (recent.iter().map(|r| r * r).sum::<f64>() / recent.len() as f64).sqrt(),
        residual_kurtosis: moment(4) / moment(2).powi(2),
        residual_autocorrelation: lag_one_autocorrelation(&residuals),
        recent_residual_autocorrelation: lag_one_autocorrelation(&recent),
        n_retargets: observations.len(),
        n_recent: recent.len(),
    }
}

/// Noise of hashrate per epoch, given that of difficulty.
///
/// Each retarget measures hashrate by block arrivals and undoes the error of the one before, so arrivals bring twice
/// the relative variance of the time of an epoch's blocks.
pub(crate) fn without_arrival_noise(noise: f64) -> f64 {
    (noise * noise - 2.0 / EPOCH_BLOCKS).max(0.0).sqrt()
}

/// Log of expected revenue per PH/s and day (USD), exponentially smoothed by day.
pub(crate) fn smoothed_log_hashprice(days: &[DailyRecord]) -> Vec<f64> {
    let retained = 0.5f64.powf(1.0 / HALF_LIFE_DAYS);
    let mut smoothed: Option<f64> = None;
    days.iter()
        .map(|day| {
            let today = day.hashprice().ln();
            let value = smoothed.map_or(today, |last| retained * last + (1.0 - retained) * today);
            smoothed = Some(value);
            value
        })
        .collect()
}

/// Posterior mean and covariance of the coefficients, and the noise that goes with them.
fn posterior(observations: &[Observation]) -> (Coefficients, Square, f64) {
    let (weight, prior_noise) = NOISE_PRIOR;
    let prior_precision = Square::from_diagonal(&PRIORS.map(|(_, sd)| 1.0 / (sd * sd)).into());
    let prior_mean: Coefficients = PRIORS.map(|(mean, _)| mean).into();
    let (gram, moment) = normal_equations(observations);
    let mut noise = prior_noise;
    let mut coefficients = prior_mean;
    let mut covariance = Square::zeros();
    for _ in 0..ROUNDS {
        let precision = prior_precision + gram / (noise * noise);
        // A positive definite prior makes the sum positive definite.
        covariance = precision.cholesky().map_or(covariance, |root| root.inverse());
        coefficients = covariance * (prior_precision * prior_mean + moment / (noise * noise));
        let squares: f64 = residuals(observations, &coefficients).iter().map(|r| r * r).sum();
        let total = weight * prior_noise * prior_noise + squares;
        noise = (total / (weight + observations.len() as f64)).sqrt();
    }
    (coefficients, covariance, noise)
}

/// Response by least squares without priors, one speed for entry and exit, with an error robust to changing noise.
fn least_squares_response(observations: &[Observation]) -> Estimate {
    let (gram, moment) = normal_equations(observations);
    let gram = gram.fixed_view::<3, 3>(0, 0).into_owned();
    let Some(root) = gram.cholesky() else {
        return Estimate { value: f64::NAN, standard_error: f64::NAN };
    };
    let inverse = root.inverse();
    let three = inverse * moment.fixed_rows::<3>(0);
    let coefficients = Coefficients::new(three[0], three[1], three[2], 0.0);
    let variance: f64 = observations
        .iter()
        .zip(residuals(observations, &coefficients))
        .map(|(o, residual)| ((inverse * o.regressors.fixed_rows::<3>(0))[1] * residual).powi(2))
        .sum();
    Estimate { value: three[1], standard_error: variance.sqrt() }
}

fn normal_equations(observations: &[Observation]) -> (Square, Coefficients) {
    observations.iter().fold((Square::zeros(), Coefficients::zeros()), |(gram, moment), o| {
        (gram + o.regressors * o.regressors.transpose(), moment + o.regressors * o.change)
    })
}

fn residuals(observations: &[Observation], coefficients: &Coefficients) -> Vec<f64> {
    observations.iter().map(|o| o.change - o.regressors.dot(coefficients)).collect()
}

fn lag_one_autocorrelation(residuals: &[f64]) -> f64 {
    let products: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    products / residuals.iter().map(|r| r * r).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrival_noise_is_taken_out_once_for_measuring_and_once_for_undoing() {
        assert!((without_arrival_noise(0.041) - 0.027).abs() < 1e-3);
        assert!((without_arrival_noise(0.060) - 0.051).abs() < 1e-3);
        assert_eq!(without_arrival_noise(0.02), 0.0);
    }

    #[test]
    fn known_coefficients_are_recovered() {
        let observations: Vec<Observation> = (0..40_000)
            .map(|k| {
                let years = k as f64 / 260.0 - 75.0;
                let gap = (k as f64 * 0.37).sin();
                let noise = 0.04 * (k as f64 * 1.7).cos();
                let speed = if gap > 0.0 { 0.026 } else { 0.016 };
                let regressors = [1.0, gap, years, 0.5 * gap.abs()].into();
                Observation { change: 0.028 + speed * gap + noise, regressors, years }
            })
            .collect();
        let (coefficients, _, noise) = posterior(&observations);
        for (found, expected) in coefficients.iter().zip([0.028, 0.021, 0.0, 0.010]) {
            assert!((found - expected).abs() < 1e-3, "{coefficients}");
        }
        assert!((noise - 0.04 / 2f64.sqrt()).abs() < 1e-3);
        assert!((least_squares_response(&observations).value - 0.021).abs() < 1e-3);
    }
}

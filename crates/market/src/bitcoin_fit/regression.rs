//! How the growth of difficulty answers hashprice: a linear regression with normal priors.

use jiff::civil::{Date, date};
use site::hashprice::hashprice_usd_per_ph_day;

use super::history::DailyRecord;
use super::{COST_DECLINE_PER_YEAR, Estimate};

/// Half-life of the smoothing of log hashprice, days.
pub(super) const HALF_LIFE_DAYS: f64 = 7.0;

/// Prior means and standard deviations of growth, response, and change of growth per year.
const PRIORS: [(f64, f64); 3] = [(0.02, 0.02), (0.03, 0.02), (0.0, 0.0025)];

/// Prior of the noise: as many observations, of this size.
const NOISE_PRIOR: (f64, f64) = (5.0, 0.06);

/// Rounds in which noise and coefficients settle on each other; five reach the sixth digit.
const ROUNDS: usize = 8;

/// Largest change counted: the ban of 2021 took more, once.
const LARGEST_CHANGE: f64 = 0.3;

/// Fees where the record has none, BTC per block.
const MISSING_FEES_BTC: f64 = 0.10;

/// Changes of difficulty closer than this are parts of one retarget, blended over days.
const SHORTEST_EPOCH_DAYS: usize = 5;

/// Relative changes of difficulty below this are rounding in the record.
const SMALLEST_CHANGE: f64 = 1e-6;

/// Years counted as recent.
const RECENT_YEARS: f64 = 4.0;

const DAYS_PER_YEAR: f64 = 365.25;

/// Blocks of an epoch; the time they take has a relative variance of one over their number.
const EPOCH_BLOCKS: f64 = 2016.0;

/// First full days after each halving, and the subsidy before the first, BTC.
const HALVINGS: [Date; 3] = [date(2016, 7, 10), date(2020, 5, 12), date(2024, 4, 20)];
const FIRST_SUBSIDY_BTC: f64 = 25.0;

/// Outcome of the regression.
pub(super) struct NetworkFit {
    /// Growth, response, change of growth per year.
    pub(super) coefficients: [f64; 3],
    pub(super) covariance: [[f64; 3]; 3],
    pub(super) least_squares_response: Estimate,
    pub(super) centre: f64,
    pub(super) centre_years: f64,
    pub(super) noise: f64,
    pub(super) recent_noise: f64,
    pub(super) residual_kurtosis: f64,
    pub(super) residual_autocorrelation: f64,
    pub(super) recent_residual_autocorrelation: f64,
    pub(super) n_retargets: usize,
}

/// One retarget: log change of difficulty, and the regressors at the start of its epoch.
struct Observation {
    change: f64,
    regressors: [f64; 3],
    years: f64,
}

/// Fits the network's growth to at least two retargets' worth of `days`.
pub(super) fn fit_network(days: &[DailyRecord]) -> NetworkFit {
    let hashprice = smoothed_log_hashprice(days);
    let years = |index: usize| index as f64 / DAYS_PER_YEAR;
    let n = days.len() as f64;
    let gap = |index: usize| hashprice[index] + COST_DECLINE_PER_YEAR * years(index);
    let centre = (0..days.len()).map(gap).sum::<f64>() / n;
    let centre_years = (0..days.len()).map(years).sum::<f64>() / n;
    let retargets = retargets(days);
    let observations: Vec<Observation> = retargets
        .windows(2)
        .map(|pair| {
            // The epoch's hashrate answers what was known on the day before it began.
            let start = pair[0].day - 1;
            Observation {
                change: (pair[1].after / pair[0].after).ln().clamp(-LARGEST_CHANGE, LARGEST_CHANGE),
                regressors: [1.0, gap(start) - centre, years(start) - centre_years],
                years: years(start),
            }
        })
        .collect();
    let (coefficients, covariance, noise) = posterior(&observations);
    let residuals = residuals(&observations, &coefficients);
    let end = years(days.len() - 1);
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
    }
}

/// Noise of hashrate per epoch, given that of difficulty.
///
/// Each retarget measures hashrate by block arrivals and undoes the error of the one before, so arrivals bring twice
/// the relative variance of the time of an epoch's blocks.
pub(super) fn without_arrival_noise(noise: f64) -> f64 {
    (noise * noise - 2.0 / EPOCH_BLOCKS).max(0.0).sqrt()
}

/// Log of expected revenue per PH/s and day (USD), exponentially smoothed by day.
fn smoothed_log_hashprice(days: &[DailyRecord]) -> Vec<f64> {
    let retained = 0.5f64.powf(1.0 / HALF_LIFE_DAYS);
    let mut smoothed: Option<f64> = None;
    days.iter()
        .map(|day| {
            let halvings = HALVINGS.iter().filter(|date| day.date >= **date).count();
            let subsidy = FIRST_SUBSIDY_BTC * 0.5f64.powi(halvings as i32);
            let fees = day.fees_btc_per_block.unwrap_or(MISSING_FEES_BTC);
            let today = hashprice_usd_per_ph_day(day.difficulty, subsidy, fees, day.price_usd).ln();
            let value = smoothed.map_or(today, |last| retained * last + (1.0 - retained) * today);
            smoothed = Some(value);
            value
        })
        .collect()
}

/// A change of difficulty: the day of its first trace, and the difficulty once it is complete.
struct Retarget {
    day: usize,
    after: f64,
}

fn retargets(days: &[DailyRecord]) -> Vec<Retarget> {
    let mut retargets: Vec<Retarget> = Vec::new();
    for day in 1..days.len() {
        let after = days[day].difficulty;
        let before = days[day - 1].difficulty;
        if (after / before - 1.0).abs() < SMALLEST_CHANGE {
            continue;
        }
        match retargets.last_mut() {
            Some(last) if day - last.day < SHORTEST_EPOCH_DAYS => last.after = after,
            _ => retargets.push(Retarget { day, after }),
        }
    }
    retargets
}

/// Posterior mean and covariance of the coefficients, and the noise that goes with them.
fn posterior(observations: &[Observation]) -> ([f64; 3], [[f64; 3]; 3], f64) {
    let (weight, prior_noise) = NOISE_PRIOR;
    let mut noise = prior_noise;
    let mut coefficients = PRIORS.map(|(mean, _)| mean);
    let mut covariance = [[0.0; 3]; 3];
    for _ in 0..ROUNDS {
        let mut precision = [[0.0; 3]; 3];
        let mut moment = [0.0; 3];
        for (i, (mean, sd)) in PRIORS.iter().enumerate() {
            precision[i][i] = 1.0 / (sd * sd);
            moment[i] = mean / (sd * sd);
        }
        accumulate(observations, 1.0 / (noise * noise), &mut precision, &mut moment);
        covariance = inverse(&precision);
        coefficients = product(&covariance, &moment);
        let squares: f64 = residuals(observations, &coefficients).iter().map(|r| r * r).sum();
        let total = weight * prior_noise * prior_noise + squares;
        noise = (total / (weight + observations.len() as f64)).sqrt();
    }
    (coefficients, covariance, noise)
}

/// Response by least squares, with an error robust to changing noise.
fn least_squares_response(observations: &[Observation]) -> Estimate {
    let (mut precision, mut moment) = ([[0.0; 3]; 3], [0.0; 3]);
    accumulate(observations, 1.0, &mut precision, &mut moment);
    let inverse = inverse(&precision);
    let coefficients = product(&inverse, &moment);
    let variance: f64 = observations
        .iter()
        .zip(residuals(observations, &coefficients))
        .map(|(observation, residual)| (product(&inverse, &observation.regressors)[1] * residual).powi(2))
        .sum();
    Estimate { value: coefficients[1], standard_error: variance.sqrt() }
}

fn accumulate(
    observations: &[Observation],
    weight: f64,
    precision: &mut [[f64; 3]; 3],
    moment: &mut [f64; 3],
) {
    for observation in observations {
        for (i, left) in observation.regressors.iter().enumerate() {
            moment[i] += weight * left * observation.change;
            for (j, right) in observation.regressors.iter().enumerate() {
                precision[i][j] += weight * left * right;
            }
        }
    }
}

fn residuals(observations: &[Observation], coefficients: &[f64; 3]) -> Vec<f64> {
    observations.iter().map(|o| o.change - dot(&o.regressors, coefficients)).collect()
}

fn lag_one_autocorrelation(residuals: &[f64]) -> f64 {
    let products: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    products / residuals.iter().map(|r| r * r).sum::<f64>()
}

fn dot(left: &[f64; 3], right: &[f64; 3]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn product(matrix: &[[f64; 3]; 3], vector: &[f64; 3]) -> [f64; 3] {
    matrix.each_ref().map(|row| dot(row, vector))
}

/// Inverse of a symmetric matrix with positive determinant, by cofactors.
fn inverse(m: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let cofactor = |i: usize, j: usize| {
        let (a, b) = ((i + 1) % 3, (i + 2) % 3);
        let (c, d) = ((j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: f64 = (0..3).map(|j| m[0][j] * cofactor(0, j)).sum();
    std::array::from_fn(|i| std::array::from_fn(|j| cofactor(j, i) / determinant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_times_matrix_is_the_identity() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]];
        let inverse = inverse(&matrix);
        // The inverse of a symmetric matrix is symmetric, so its rows serve as its columns.
        for (i, column) in inverse.iter().enumerate() {
            for (j, value) in product(&matrix, column).iter().enumerate() {
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((value - expected).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn arrival_noise_is_taken_out_once_for_measuring_and_once_for_undoing() {
        assert!((without_arrival_noise(0.041) - 0.027).abs() < 1e-3);
        assert!((without_arrival_noise(0.060) - 0.051).abs() < 1e-3);
        assert_eq!(without_arrival_noise(0.02), 0.0);
    }

    #[test]
    fn known_coefficients_are_recovered() {
        let observations: Vec<Observation> = (0..4000)
            .map(|k| {
                let years = k as f64 / 26.0 - 75.0;
                let gap = (k as f64 * 0.37).sin();
                let noise = 0.04 * (k as f64 * 1.7).cos();
                Observation { change: 0.028 + 0.021 * gap + noise, regressors: [1.0, gap, years], years }
            })
            .collect();
        let (coefficients, _, noise) = posterior(&observations);
        assert!((coefficients[0] - 0.028).abs() < 1e-3);
        assert!((coefficients[1] - 0.021).abs() < 1e-3);
        assert!((noise - 0.04 / 2f64.sqrt()).abs() < 1e-3);
        assert!((least_squares_response(&observations).value - 0.021).abs() < 1e-3);
    }

    #[test]
    fn blended_days_belong_to_one_retarget() {
        let difficulties = [10.0, 10.0, 11.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0 + 1e-9, 13.0];
        let days: Vec<DailyRecord> = difficulties
            .iter()
            .map(|&difficulty| DailyRecord {
                date: date(2020, 1, 1),
                price_usd: 1.0,
                difficulty,
                fees_btc_per_block: None,
            })
            .collect();
        let found: Vec<(usize, f64)> = retargets(&days).iter().map(|r| (r.day, r.after)).collect();
        assert_eq!(found, [(2, 12.0), (9, 13.0)]);
    }
}

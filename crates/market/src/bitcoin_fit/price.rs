//! Volatility of daily log returns, and their jumps.

use super::{DailyRecord, Estimate, JumpFit, PriceFit};
use crate::stream::{Factor, Stream};
use rand_distr::{Distribution, StandardUniform};

/// Days in a year, for annual volatility: Bitcoin trades every day.
const DAYS_PER_YEAR: f64 = 365.0;

/// Lag of the last correlation of squared returns counted in the error of volatility.
const VOLATILITY_CLUSTER_DAYS: usize = 90;

/// Resamplings behind the errors of the jumps, and the days of a block in each.
const RESAMPLES: u64 = 100;
const BLOCK_DAYS: usize = 91;

/// Rounds of the search for the jumps; a hundred reach the third digit.
const ROUNDS: usize = 100;

/// Volatility with an error that allows for fat tails and for calm and wild spells.
pub(super) fn price_fit(days: &[DailyRecord]) -> PriceFit {
    let returns: Vec<f64> =
        days.windows(2).map(|pair| (pair[1].price_usd / pair[0].price_usd).ln()).collect();
    let n = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / n;
    let squares: Vec<f64> = returns.iter().map(|r| (r - mean).powi(2)).collect();
    let variance = squares.iter().sum::<f64>() / (n - 1.0);
    let deviations: Vec<f64> = squares.iter().map(|square| square - variance).collect();
    let covariance =
        |lag: usize| deviations.iter().zip(&deviations[lag..]).map(|(a, b)| a * b).sum::<f64>() / n;
    // Newey and West: weights that fall linearly keep the long-run variance above zero.
    let long_run = covariance(0)
        + (1..=VOLATILITY_CLUSTER_DAYS)
            .map(|lag| {
                let weight = 1.0 - lag as f64 / (VOLATILITY_CLUSTER_DAYS + 1) as f64;
                2.0 * weight * covariance(lag)
            })
            .sum::<f64>();
    let sd = variance.sqrt();
    let annual = DAYS_PER_YEAR.sqrt();
    PriceFit {
        volatility: Estimate {
            value: sd * annual,
            standard_error: (long_run / n).sqrt() / (2.0 * sd) * annual,
        },
        jumps: fit_jumps(&returns),
        daily_kurtosis: squares.iter().map(|s| s * s).sum::<f64>() / n / (variance * variance),
    }
}

/// Jumps of a mixture of two normal laws, with errors from resampled blocks.
fn fit_jumps(returns: &[f64]) -> JumpFit {
    let fitted = mixture(returns);
    let n_blocks = returns.len().div_ceil(BLOCK_DAYS);
    let mut sums = [[0.0; 2]; 3];
    for number in 0..RESAMPLES {
        let mut stream = Stream::new(1, number, Factor::BitcoinBlocks, 0);
        let sample: Vec<f64> = (0..n_blocks)
            .flat_map(|_| {
                let uniform: f64 = StandardUniform.sample(&mut stream);
                let start = (uniform * n_blocks as f64) as usize * BLOCK_DAYS;
                returns[start..(start + BLOCK_DAYS).min(returns.len())].iter().copied()
            })
            .collect();
        for (sum, value) in sums.iter_mut().zip(mixture(&sample)) {
            sum[0] += value;
            sum[1] += value * value;
        }
    }
    let n = RESAMPLES as f64;
    let [per_year, mean, sd] = std::array::from_fn(|i| {
        let centre = sums[i][0] / n;
        Estimate { value: fitted[i], standard_error: (sums[i][1] / n - centre * centre).max(0.0).sqrt() }
    });
    JumpFit { per_year, mean, sd }
}

/// Jumps per year, their mean and standard deviation, by expectation and maximisation: a return is normal on most days,
/// and on a share of the days a normal jump is added to it.
fn mixture(returns: &[f64]) -> [f64; 3] {
    let n = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / n;
    let variance = returns.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n;
    let mut law = [(0.9, mean, 0.5 * variance), (0.1, mean, 5.5 * variance)];
    for _ in 0..ROUNDS {
        let mut sums = [[0.0; 3]; 2];
        for r in returns {
            let weights = law.map(|(share, m, v)| share * (-0.5 * (r - m).powi(2) / v).exp() / v.sqrt());
            let total: f64 = weights.iter().sum();
            if total > 0.0 {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    let share = weight / total;
                    *sum = [sum[0] + share, sum[1] + share * r, sum[2] + share * r * r];
                }
            }
        }
        law = sums.map(|[share, first, second]| {
            let share = share.max(1e-9);
            let m = first / share;
            (share / n, m, (second / share - m * m).max(1e-3 * variance))
        });
    }
    let [(_, calm, calm_variance), (share, jumpy, jumpy_variance)] = law;
    [share * DAYS_PER_YEAR, jumpy - calm, (jumpy_variance - calm_variance).max(0.0).sqrt()]
}

//! Persistence of the noise and its correlation between products.

use super::sample::Sample;
use crate::power::{autocovariance, on_hour_grid};
use crate::reserves::NoiseWeights;

/// Lags in hours at which model and sample are compared.
const LAGS: [usize; 20] = [1, 2, 3, 4, 6, 8, 12, 18, 23, 24, 25, 36, 48, 72, 96, 168, 336, 504, 720, 1_440];

/// Time constants that are tried: slow level (h), memory of a clock hour (days), hourly part (h).
const SLOW_HOURS: [f64; 9] = [24.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1_500.0, 3_000.0, 6_000.0];
const PROFILE_DAYS: [f64; 9] = [2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 35.0, 60.0, 100.0];
const HOURLY_HOURS: [f64; 8] = [1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 12.0];

/// Steps in which the shares are tried.
const SHARES: usize = 50;

pub(super) struct FittedNoise {
    pub(super) slow_hours: f64,
    pub(super) profile_days: f64,
    pub(super) hourly_hours: f64,
    pub(super) weights: Vec<NoiseWeights>,
    pub(super) correlation: Vec<Vec<f64>>,
    /// Lag (h), autocorrelation of the sample, of the model, by product.
    pub(super) autocorrelations: Vec<Vec<(usize, f64, f64)>>,
}

/// Fits the noise to the residuals `[product][hour]`.
pub(super) fn fit(sample: &Sample, residuals: &[Vec<f64>]) -> FittedNoise {
    let dense: Vec<Vec<f64>> = residuals
        .iter()
        .map(|all| on_hour_grid(&sample.clock, all, all.iter().sum::<f64>() / all.len() as f64))
        .collect();
    let seen: Vec<Vec<f64>> = dense
        .iter()
        .map(|d| LAGS.iter().map(|lag| autocovariance(d, *lag) / autocovariance(d, 0)).collect())
        .collect();
    let mut best: Option<(f64, [f64; 3], Vec<[f64; 2]>)> = None;
    for slow in SLOW_HOURS {
        for days in PROFILE_DAYS {
            for hours in HOURLY_HOURS {
                let parts = parts([slow, days, hours]);
                let fits: Vec<(f64, [f64; 2])> = seen.iter().map(|seen| best_shares(seen, &parts)).collect();
                let misfit: f64 = fits.iter().map(|fit| fit.0).sum();
                if best.as_ref().is_none_or(|(least, ..)| misfit < *least) {
                    best = Some((misfit, [slow, days, hours], fits.into_iter().map(|fit| fit.1).collect()));
                }
            }
        }
    }
    let (_, constants, shares) = best.unwrap_or_default();
    let parts = parts(constants);
    let weights: Vec<NoiseWeights> = shares
        .iter()
        .map(|[slow, profile]| NoiseWeights { slow: *slow, profile: *profile, hourly: 1.0 - slow - profile })
        .collect();
    let autocorrelations = seen
        .iter()
        .zip(&shares)
        .map(|(seen, shares)| {
            let model = parts.iter().map(|part| of_shares(part, *shares));
            LAGS.iter().zip(seen).zip(model).map(|((lag, seen), model)| (*lag, *seen, model)).collect()
        })
        .collect();
    FittedNoise {
        slow_hours: constants[0],
        profile_days: constants[1],
        hourly_hours: constants[2],
        correlation: correlation(&dense, &weights),
        weights,
        autocorrelations,
    }
}

/// Autocorrelation of the three parts at each lag.
fn parts([slow, days, hours]: [f64; 3]) -> Vec<[f64; 3]> {
    LAGS.iter()
        .map(|&lag| {
            let lag_hours = lag as f64;
            // Two hours of the clock are alike as far as the innovations of their days were drawn together.
            let (whole, rest) = ((lag / 24) as f64, (lag % 24) as f64);
            let across = |days_apart: f64, hours_apart: f64| (-days_apart / days - hours_apart / hours).exp();
            let profile =
                across(whole, rest) + if rest > 0.0 { across(whole + 1.0, 24.0 - rest) } else { 0.0 };
            [(-lag_hours / slow).exp(), profile.min(1.0), (-lag_hours / hours).exp()]
        })
        .collect()
}

fn of_shares(part: &[f64; 3], [slow, profile]: [f64; 2]) -> f64 {
    slow * part[0] + profile * part[1] + (1.0 - slow - profile) * part[2]
}

/// The shares of slow level and profile of least squares, with the misfit first.
fn best_shares(seen: &[f64], parts: &[[f64; 3]]) -> (f64, [f64; 2]) {
    let mut best = (f64::INFINITY, [0.0; 2]);
    for slow in 0..=SHARES {
        for profile in 0..=SHARES - slow {
            let shares = [slow as f64 / SHARES as f64, profile as f64 / SHARES as f64];
            let misfit: f64 =
                seen.iter().zip(parts).map(|(seen, part)| (of_shares(part, shares) - seen).powi(2)).sum();
            if misfit < best.0 {
                best = (misfit, shares);
            }
        }
    }
    best
}

/// Correlation of the parts that gives the noises of the products the correlation they have in the sample.
fn correlation(dense: &[Vec<f64>], weights: &[NoiseWeights]) -> Vec<Vec<f64>> {
    let covariance = |a: &[f64], b: &[f64]| {
        let both = a.iter().zip(b).map(|(x, y)| x * y).filter(|product| !product.is_nan());
        let (sum, n) = both.fold((0.0, 0usize), |(sum, n), product| (sum + product, n + 1));
        sum / n.max(1) as f64
    };
    let n = dense.len();
    let mut matrix = vec![vec![1.0; n]; n];
    for i in 0..n {
        for j in 0..i {
            let of_sample = covariance(&dense[i], &dense[j])
                / (covariance(&dense[i], &dense[i]) * covariance(&dense[j], &dense[j])).sqrt();
            let (a, b) = (weights[i], weights[j]);
            let shared =
                (a.slow * b.slow).sqrt() + (a.profile * b.profile).sqrt() + (a.hourly * b.hourly).sqrt();
            // Held below one, so that the matrix keeps a root when shares differ much; rounded as it will be written.
            let value = ((of_sample / shared).clamp(-0.95, 0.95) * 1e4).round() / 1e4;
            matrix[i][j] = value;
            matrix[j][i] = value;
        }
    }
    matrix
}

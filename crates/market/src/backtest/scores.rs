//! How good forecasts are: CRPS, coverage, PIT, and ratios to rivals with their ranges.

use super::{Forecast, PROBABILITIES, Quantity};
use crate::normal_table::{normal_cdf, normal_pdf, normal_quantile};
use crate::power::quantile;
use crate::stream::{Factor, Stream};
use rand_distr::{Distribution, StandardUniform};

/// Probabilities of the central intervals whose coverage is counted.
pub const INTERVALS: [f64; 3] = [0.5, 0.8, 0.95];

/// Classes of the histogram of PIT values.
pub const PIT_CLASSES: usize = 10;

/// Origins of a block when ratios are resampled: neighbours share most of their outcomes.
const BLOCK_ORIGINS: usize = 12;
/// Resamplings behind the range of a ratio.
const RESAMPLES: u64 = 4_000;

/// How the forecasts of one quantity at one horizon did.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// What was forecast.
    pub quantity: Quantity,
    /// Months ahead.
    pub horizon_months: u32,
    /// Number of origins.
    pub n_origins: usize,
    /// Mean CRPS, log units.
    pub crps: f64,
    /// Mean of outcome less median forecast, log units: positive where forecasts were low.
    pub mean_error: f64,
    /// Share of outcomes inside each of [`INTERVALS`].
    pub coverage: [f64; INTERVALS.len()],
    /// Number of outcomes in each tenth of their forecast.
    pub pit_counts: [usize; PIT_CLASSES],
    /// The rivals.
    pub rivals: Vec<RivalScore>,
}

/// How a rival did on the same outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct RivalScore {
    /// Name of the rival.
    pub name: &'static str,
    /// Mean CRPS, log units.
    pub crps: f64,
    /// Share of outcomes inside its central 80 %.
    pub coverage_80: f64,
    /// Model's CRPS over the rival's: below 1 the model is better.
    pub ratio: f64,
    /// 5 % and 95 % quantile of the ratio over resampled blocks of twelve origins; `None` with twelve or fewer, which are one
    /// block and always give the same ratio.
    pub ratio_range: Option<[f64; 2]>,
}

/// Scores of every quantity and horizon met, in order.
#[must_use]
pub fn scores(forecasts: &[Forecast]) -> Vec<Score> {
    let mut keys: Vec<_> = forecasts.iter().map(|f| (f.quantity, f.horizon_months)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .map(|key| {
            let of_key: Vec<_> = forecasts.iter().filter(|f| (f.quantity, f.horizon_months) == key).collect();
            score(key, &of_key)
        })
        .collect()
}

fn score((quantity, horizon_months): (Quantity, u32), forecasts: &[&Forecast]) -> Score {
    let n = forecasts.len() as f64;
    let mean = |value: &dyn Fn(&Forecast) -> f64| forecasts.iter().map(|f| value(f)).sum::<f64>() / n;
    let median = PROBABILITIES.len() / 2;
    let mut pit_counts = [0; PIT_CLASSES];
    for forecast in forecasts {
        pit_counts[((forecast.pit * PIT_CLASSES as f64) as usize).min(PIT_CLASSES - 1)] += 1;
    }
    let n_rivals = forecasts.first().map_or(0, |f| f.rivals.len());
    Score {
        quantity,
        horizon_months,
        n_origins: forecasts.len(),
        crps: mean(&|f| f.crps),
        mean_error: mean(&|f| (f.outcome / f.quantiles[median]).ln()),
        coverage: INTERVALS.map(|p| mean(&|f| f64::from((f.pit - 0.5).abs() <= 0.5 * p))),
        pit_counts,
        rivals: (0..n_rivals).map(|rival| rival_score(forecasts, rival)).collect(),
    }
}

fn rival_score(forecasts: &[&Forecast], rival: usize) -> RivalScore {
    let n = forecasts.len();
    let edge = normal_quantile(0.9);
    let pairs: Vec<(f64, f64)> = forecasts
        .iter()
        .map(|f| {
            let law = &f.rivals[rival];
            (f.crps, crps_of_normal(law.mean_ln, law.sd_ln, f.outcome.ln()))
        })
        .collect();
    let inside =
        |f: &&&Forecast| (f.outcome.ln() - f.rivals[rival].mean_ln).abs() <= edge * f.rivals[rival].sd_ln;
    let total = pairs.iter().map(|(_, rival)| rival).sum::<f64>();
    RivalScore {
        name: forecasts[0].rivals[rival].name,
        crps: total / n as f64,
        coverage_80: forecasts.iter().filter(inside).count() as f64 / n as f64,
        ratio: pairs.iter().map(|(model, _)| model).sum::<f64>() / total,
        ratio_range: (n > BLOCK_ORIGINS).then(|| ratio_range(&pairs)),
    }
}

/// 5 % and 95 % quantile of the ratio of sums over circular blocks of neighbouring pairs.
fn ratio_range(pairs: &[(f64, f64)]) -> [f64; 2] {
    let n = pairs.len();
    let mut ratios: Vec<f64> = (0..RESAMPLES)
        .map(|number| {
            let mut stream = Stream::new(1, number, Factor::Bootstrap, 0);
            let (mut model, mut rival) = (0.0, 0.0);
            for _ in 0..n.div_ceil(BLOCK_ORIGINS) {
                let uniform: f64 = StandardUniform.sample(&mut stream);
                let start = (uniform * n as f64) as usize;
                for pair in (start..start + BLOCK_ORIGINS).map(|i| pairs[i % n]) {
                    model += pair.0;
                    rival += pair.1;
                }
            }
            model / rival
        })
        .collect();
    [quantile(&mut ratios, 0.05), quantile(&mut ratios, 0.95)]
}

/// CRPS of equally likely `samples`, ascending: mean distance to the outcome less half the mean distance between two.
pub(super) fn crps_of_samples(samples: &[f64], outcome: f64) -> f64 {
    let n = samples.len() as f64;
    let distance = samples.iter().map(|x| (x - outcome).abs()).sum::<f64>() / n;
    // Of two different draws: the sample of one path is not compared with itself.
    let spread = samples.iter().zip(0..).map(|(x, rank)| x * (2.0 * f64::from(rank) + 1.0 - n)).sum::<f64>();
    distance - spread / (n * (n - 1.0))
}

/// CRPS of a normal law.
pub(super) fn crps_of_normal(mean: f64, sd: f64, outcome: f64) -> f64 {
    let z = (outcome - mean) / sd;
    sd * (z * (2.0 * normal_cdf(z) - 1.0) + 2.0 * normal_pdf(z) - 1.0 / std::f64::consts::PI.sqrt())
}

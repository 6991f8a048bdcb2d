//! Fits the reserve prices of [`crate::reserves`] to a history.
//!
//! In order: quantile tables by season and local hour; ranks of reserves in them, and of power among the prices of the same
//! hour and of neighbouring months; slope and bend, by least squares and by the mean price in scarce hours; persistence of the
//! noise, by least squares on its autocorrelation; its correlation between products; and at last the statistics of
//! simulations at the history's own power prices. Errors come from leaving out blocks of three calendar months.

mod noise;
mod ranks;
mod sample;
mod summary;
mod write;

use crate::import::{PriceSeries, ReserveSeries};
use crate::panel::Panel;
use crate::reserves::{
    FIRST_RESERVE_KNOT, Loading, NoiseWeights, ProductTable, RESERVE_KNOT_STEP, ReserveCalibration,
    ReserveError, ReserveEstimate, ReserveFile, ReserveModel,
};
use sample::Sample;
use thiserror::Error;

/// Power ranks above which reserves follow more closely.
const BEND_FROM: f64 = 1.5;

/// Why reserve prices could not be fitted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReserveFitError {
    /// No series, or one twice.
    #[error("{0} series of reserves, allowed are 1 to 5 of different products")]
    Series(usize),
    /// Too few hours have all prices.
    #[error("{found} hours have a power price and a price of every product, at least {needed} are needed")]
    TooFewHours {
        /// Hours with every price.
        found: usize,
        /// Hours needed.
        needed: usize,
    },
    /// A season and hour has too few prices.
    #[error("season {season} and local hour {hour} have {found} prices, at least {needed} are needed")]
    TooFewPrices {
        /// 0 winter (December to February), 1 spring, 2 summer, 3 autumn.
        season: usize,
        /// Local hour.
        hour: usize,
        /// Prices there are.
        found: usize,
        /// Prices needed.
        needed: usize,
    },
    /// A time could not be set on the local clock.
    #[error("calendar: {0}")]
    Calendar(String),
    /// The fitted numbers make no valid calibration.
    #[error("fitted calibration is not valid: {0}")]
    Invalid(#[from] ReserveError),
}

/// What a fit states about itself.
#[derive(Clone, Debug)]
pub struct ReserveFitSettings {
    /// Where the prices came from, with the checksums of the files.
    pub source: String,
    /// Date of the fit, `YYYY-MM-DD`.
    pub fit_date: String,
    /// Seed of the simulations.
    pub seed: u64,
}

/// A fitted calibration.
#[derive(Clone, Debug)]
pub struct ReserveFit {
    /// The calibration file.
    pub toml: String,
    /// The calibration as it will be read back.
    pub calibration: ReserveCalibration,
    /// Model beside history: price by hour, autocorrelation, ratio to power by its price.
    pub panels: Vec<Panel>,
}

/// Fits the model to the hours in which power and all products have a price.
///
/// `power` is the price at one point; quarter-hours are averaged.
///
/// # Errors
/// No series, too few common hours or too few prices of a season and hour.
pub fn fit_reserves(
    series: &[ReserveSeries],
    power: &PriceSeries,
    settings: &ReserveFitSettings,
) -> Result<ReserveFit, ReserveFitError> {
    let sample = Sample::align(series, power)?;
    let tables =
        (0..sample.n_products()).map(|p| ranks::tables(&sample, p)).collect::<Result<Vec<_>, _>>()?;
    let power_ranks = ranks::power(&sample);
    let product_ranks: Vec<Vec<f64>> =
        (0..sample.n_products()).map(|p| ranks::reserves(&sample, p)).collect();
    let loadings: Vec<(Loading, [f64; 2])> = (0..sample.n_products())
        .map(|p| loading_with_errors(&sample, &tables[p], p, (&power_ranks, &product_ranks[p])))
        .collect();
    let residual = |p: usize| -> Vec<f64> {
        let loading = loadings[p].0;
        let pairs = product_ranks[p].iter().zip(&power_ranks);
        pairs.map(|(rank, z)| (rank - loading.mean(*z)) / loading.noise()).collect()
    };
    let residuals: Vec<Vec<f64>> = (0..sample.n_products()).map(residual).collect();
    let noise = noise::fit(&sample, &residuals);
    let history = summary::history(&sample);
    let products = (0..sample.n_products())
        .map(|p| product_table(&sample, p, loadings[p], noise.weights[p], &tables[p], &history[p]))
        .collect();
    let mut file = ReserveFile {
        source: settings.source.clone(),
        period: sample.period(),
        fit_date: settings.fit_date.clone(),
        bend_from: BEND_FROM,
        slow_hours: noise.slow_hours,
        profile_days: noise.profile_days,
        hourly_hours: noise.hourly_hours,
        correlation: noise.correlation.clone(),
        products,
    };
    // What is simulated is the file as it will be read back, with its rounded numbers.
    let calibration = ReserveCalibration::parse(&write::to_toml(&file))?;
    let simulated = summary::simulate(&sample, &calibration, &power_ranks, settings.seed);
    for (product, [mean, low, high]) in file.products.iter_mut().zip(simulated) {
        product.simulated = mean;
        product.simulated_low = low;
        product.simulated_high = high;
    }
    let toml = write::to_toml(&file);
    let calibration = ReserveCalibration::parse(&toml)?;
    let panels = summary::panels(&calibration, &noise);
    Ok(ReserveFit { toml, calibration, panels })
}

fn product_table(
    sample: &Sample,
    p: usize,
    (loading, errors): (Loading, [f64; 2]),
    weights: NoiseWeights,
    table: &ReserveTable,
    history: &crate::reserves::ReserveStatistics,
) -> ProductTable {
    ProductTable {
        name: sample.products[p].name().into(),
        slope: ReserveEstimate { value: loading.slope, error: errors[0] },
        bend: ReserveEstimate { value: loading.bend, error: errors[1] },
        weights,
        history: history.clone(),
        simulated: history.clone(),
        simulated_low: history.clone(),
        simulated_high: history.clone(),
        first_knot: FIRST_RESERVE_KNOT,
        knot_step: RESERVE_KNOT_STEP,
        quantiles_usd_per_mw_h: table.clone(),
    }
}

/// Quantiles `[season][hour][knot]`, USD/MW-h.
pub(crate) type ReserveTable = Vec<Vec<Vec<f64>>>;

/// Slope and bend of a product with their errors.
fn loading_with_errors(
    sample: &Sample,
    table: &ReserveTable,
    p: usize,
    ranks: (&[f64], &[f64]),
) -> (Loading, [f64; 2]) {
    let history = &sample.reserves[p];
    let blocks = sample.blocks();
    let without: Vec<Loading> = (0..blocks.n)
        .map(|block| {
            let kept: Vec<bool> = blocks.of_hour.iter().map(|b| *b != block).collect();
            fit_loading(sample, table, history, ranks, &kept)
        })
        .collect();
    let fitted = fit_loading(sample, table, history, ranks, &vec![true; sample.n_hours()]);
    let slopes = without.iter().map(|part| part.slope);
    (fitted, [jackknife(slopes), jackknife(without.iter().map(|part| part.bend))])
}

/// Standard error from the estimates that leave out one block each.
fn jackknife(without: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = without.clone().count() as f64;
    let mean = without.clone().sum::<f64>() / n;
    ((n - 1.0) / n * without.map(|value| (value - mean).powi(2)).sum::<f64>()).sqrt()
}

/// Slope and bend: for each bend the slope of least squares, and the bend at which the expected price in scarce hours of power
/// is the mean of history there.
fn fit_loading(
    sample: &Sample,
    table: &ReserveTable,
    history: &[f64],
    (power, ranks): (&[f64], &[f64]),
    kept: &[bool],
) -> Loading {
    let used = || (0..sample.n_hours()).filter(|n| kept[*n]);
    let n_used = used().count() as f64;
    let above = |z: f64| (z - BEND_FROM).max(0.0);
    let mean = |value: &dyn Fn(usize) -> f64| used().map(value).sum::<f64>() / n_used;
    let (z_mean, r_mean, g_mean) = (mean(&|n| power[n]), mean(&|n| ranks[n]), mean(&|n| above(power[n])));
    let z_variance = mean(&|n| (power[n] - z_mean).powi(2));
    let with_rank = mean(&|n| (power[n] - z_mean) * (ranks[n] - r_mean)) / z_variance;
    let with_bend = mean(&|n| (power[n] - z_mean) * (above(power[n]) - g_mean)) / z_variance;
    let of_bend = |bend: f64| Loading { slope: with_rank - bend * with_bend, bend, bend_from: BEND_FROM };
    let scarce: Vec<usize> = used().filter(|n| sample.power[*n] > summary::SCARCE_USD_PER_MWH).collect();
    let wanted: f64 = scarce.iter().map(|n| history[*n]).sum();
    let expected = |loading: Loading| -> f64 {
        let size = loading.noise();
        let price = |n: &usize| {
            let at = &sample.clock[*n];
            let row = &table[crate::reserves::season_of(at.month0())][usize::from(at.hour)];
            ranks::expected_price(row, loading.mean(power[*n]), size)
        };
        scarce.iter().map(price).sum()
    };
    let (mut low, mut high) = (0.0, 3.0);
    while of_bend(high).noise().is_nan() || of_bend(high).noise() < 0.5 {
        high *= 0.9;
    }
    for _ in 0..30 {
        let middle = 0.5 * (low + high);
        if expected(of_bend(middle)) < wanted { low = middle } else { high = middle }
    }
    of_bend(0.5 * (low + high))
}

/// Model of a product by its place in a calibration, for the summaries.
fn model(calibration: &ReserveCalibration, p: usize) -> &ReserveModel {
    &calibration.products[p]
}

#[cfg(test)]
mod tests;

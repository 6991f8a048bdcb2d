//! Standard errors by resampling the history in blocks of calendar months.
//!
//! A resample draws blocks of successive months with replacement, starting at any month, the ends of the history joined. Each
//! pair of hours a lag apart counts as often as the month of its first hour was drawn, so that no pair crosses the joint of
//! two blocks. The tables stay those of the whole history: ranks within the few blocks of a resample would hide how
//! high the drawn months stand, which is what the slow level measures.
//! Source: Künsch, "The jackknife and the bootstrap for general stationary observations" (1989), for pairs drawn whole; Politis
//! and Romano, "A circular block-resampling procedure for stationary data" (1992), for the joined ends.

use super::HourlyHistory;
use super::factors::{FittedFactors, LAGS, Laws, least_squares};
use crate::power::{FactorError, StandardErrors, mean_of, quantile};
use crate::stream::{Factor, Stream};

/// Edges of the simplex in logs: a resample's answer is near that of the whole history.
const EDGES: [f64; 2] = [0.3, 0.1];

/// How standard errors are estimated.
#[derive(Clone, Copy, Debug)]
pub struct BootstrapSettings {
    /// Number of resamples, 200 by default, which leave 5 % of noise in an error; below two there are no errors.
    pub n_resamples: usize,
    /// Length of a block in calendar months, three by default: a season hangs together.
    pub block_months: usize,
    /// Seed of the random streams.
    pub seed: u64,
}

impl Default for BootstrapSettings {
    fn default() -> Self {
        Self { n_resamples: 200, block_months: 3, seed: 1 }
    }
}

/// Standard errors of the factors `fitted` to `history` and of the history's own statistics.
pub(super) fn standard_errors(
    history: &HourlyHistory,
    fitted: &FittedFactors,
    settings: &BootstrapSettings,
) -> Option<StandardErrors> {
    let block_months = settings.block_months.max(1);
    if settings.n_resamples < 2 {
        return None;
    }
    let months = Months::new(history, &fitted.dense);
    let scale = fitted.table.slow.weight / fitted.laws.0[0].weight;
    let mut laws = Vec::with_capacity(settings.n_resamples);
    let mut statistics = Vec::with_capacity(settings.n_resamples);
    for resample in 0..settings.n_resamples {
        let mut stream = Stream::new(settings.seed, resample as u64, Factor::Bootstrap, 0);
        let counts = months.draw(&mut stream, block_months);
        laws.push(least_squares(&months.autocorrelations(&counts), fitted.laws, &EDGES));
        statistics.push(months.statistics(&counts));
    }
    let factor = |index: usize| factor_error(&laws, index, scale);
    let error = |index: usize| sd_of(&statistics.iter().map(|s| s[index]).collect::<Vec<_>>());
    Some(StandardErrors {
        n_resamples: settings.n_resamples,
        block_months,
        slow: factor(0),
        daily: factor(1),
        hourly: factor(2),
        shape: factor(3),
        mean_usd_per_mwh: error(0),
        median_usd_per_mwh: error(1),
        sd_usd_per_mwh: error(2),
        share_above_100: error(3),
        share_above_1000: error(4),
        share_below_zero: error(5),
    })
}

/// Errors of factor number `index`, whose weights are written `scale` times what they are here.
fn factor_error(laws: &[Laws], index: usize, scale: f64) -> FactorError {
    let weights: Vec<f64> = laws.iter().map(|laws| scale * laws.0[index].weight).collect();
    let mut hours: Vec<f64> = laws.iter().map(|laws| laws.0[index].hours).collect();
    FactorError {
        weight: sd_of(&weights),
        hours: sd_of(&hours),
        hours_16_84: [quantile(&mut hours, 0.16), quantile(&mut hours, 0.84)],
    }
}

fn sd_of(values: &[f64]) -> f64 {
    let centre = mean_of(values);
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// Sums of a history by month, from which any resample of its months is put together.
struct Months {
    /// Sum and number of products of the rank variable by lag and month of the first hour; lag zero first.
    products: Vec<Vec<[f64; 2]>>,
    /// By month: number, sum and sum of squares of prices, hours above 100, above 1000 and below zero.
    prices: Vec<[f64; 6]>,
    /// Prices (USD/MWh), ascending, with their months.
    ascending: Vec<(f64, usize)>,
}

impl Months {
    fn new(history: &HourlyHistory, dense: &[f64]) -> Self {
        let first_hour = history.clock[0].utc_hour;
        let first_month = history.days[0].month_number();
        let n_months = history.days.last().map_or(0, |day| day.month_number() - first_month) as usize + 1;
        let mut prices = vec![[0.0; 6]; n_months];
        let mut ascending = Vec::with_capacity(history.prices.len());
        let mut month_of_hour = vec![0; dense.len()];
        for (at, &price) in history.clock.iter().zip(&history.prices) {
            let month = (at.month_number - first_month) as usize;
            month_of_hour[(at.utc_hour - first_hour) as usize] = month;
            ascending.push((price, month));
            let flag = |holds: bool| f64::from(u8::from(holds));
            let terms =
                [1.0, price, price * price, flag(price > 100.0), flag(price > 1000.0), flag(price < 0.0)];
            for (sum, term) in prices[month].iter_mut().zip(terms) {
                *sum += term;
            }
        }
        ascending.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let products = std::iter::once(0)
            .chain(LAGS)
            .map(|lag| products_by_month(dense, &month_of_hour, lag, n_months))
            .collect();
        Self { products, prices, ascending }
    }

    /// How often each month is drawn.
    fn draw(&self, stream: &mut Stream, block_months: usize) -> Vec<f64> {
        let n_months = self.prices.len();
        let mut counts = vec![0.0; n_months];
        for _ in 0..n_months.div_ceil(block_months) {
            let start = (stream.next_word() % n_months as u64) as usize;
            for month in start..start + block_months {
                counts[month % n_months] += 1.0;
            }
        }
        counts
    }

    /// Autocorrelation of the rank variable at each of [`LAGS`].
    fn autocorrelations(&self, counts: &[f64]) -> Vec<f64> {
        let covariance = |by_month: &Vec<[f64; 2]>| {
            let [sum, n] = weighted(by_month, counts);
            sum / n.max(1.0)
        };
        let variance = covariance(&self.products[0]);
        self.products[1..].iter().map(|by_month| covariance(by_month) / variance).collect()
    }

    /// Mean, median and standard deviation of prices, shares above 100, above 1000 and below zero.
    fn statistics(&self, counts: &[f64]) -> [f64; 6] {
        let [n, sum, squares, above_100, above_1000, below_zero] = weighted(&self.prices, counts);
        let mean = sum / n;
        let mut below = 0.0;
        let mut middle = self.ascending.iter().skip_while(|(_, month)| {
            below += counts[*month];
            below < 0.5 * n
        });
        let median = middle.next().map_or(mean, |(price, _)| *price);
        [mean, median, (squares / n - mean * mean).sqrt(), above_100 / n, above_1000 / n, below_zero / n]
    }
}

/// Sums over months, each counted as often as it was drawn.
fn weighted<const N: usize>(by_month: &[[f64; N]], counts: &[f64]) -> [f64; N] {
    let mut sums = [0.0; N];
    for (terms, count) in by_month.iter().zip(counts) {
        for (sum, term) in sums.iter_mut().zip(terms) {
            *sum += count * term;
        }
    }
    sums
}

/// Sum and number of the products of values `lag` hours apart, by month of the first of the two.
fn products_by_month(dense: &[f64], month_of_hour: &[usize], lag: usize, n_months: usize) -> Vec<[f64; 2]> {
    let mut sums = vec![[0.0; 2]; n_months];
    for ((left, right), &month) in dense.iter().zip(dense.iter().skip(lag)).zip(month_of_hour) {
        let product = left * right;
        if !product.is_nan() {
            sums[month][0] += product;
            sums[month][1] += 1.0;
        }
    }
    sums
}

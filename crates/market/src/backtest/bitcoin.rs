//! Forecasts of Bitcoin's price, difficulty and hashprice from one origin after another.

use super::origin::Origin;
use super::scores::crps_of_samples;
use super::{BacktestSettings, Forecast, HORIZONS, PROBABILITIES, Quantity, RivalForecast};
use crate::bitcoin_fit::history::{DailyRecord, Retarget, height_of_last, retargets};
use crate::bitcoin_fit::regression::{
    N_COEFFICIENTS, NetworkFit, fit_network, smoothed_log_hashprice, without_arrival_noise,
};
use crate::bitcoin_fit::{COST_DECLINE_PER_YEAR, SURPRISE_LAW};
use crate::network::{
    BitcoinSettings, LevelCurve, NetworkPath, NetworkStart, PathParameters, PriceLaw, ResponseLaw,
};
use crate::power::quantile;
use crate::replay::subsidy_on;
use crate::stream::{Factor, Stream};
use nalgebra::{SMatrix, SVector};
use rand_distr::{ChiSquared, Distribution, StandardNormal};
use rayon::prelude::*;

const DAYS_PER_YEAR: f64 = 365.25;

/// Prior spread of the yearly log drift of the price, about zero.
const DRIFT_PRIOR: f64 = 0.3;
/// Spread of the log of volatility: single years ran from 0.43 to 0.94.
const VOLATILITY_LOG_ERROR: f64 = 0.15;
/// Persistence and innovation of log fees by day, and the days from which their level is taken.
const FEES: (f64, f64, usize) = (0.985, 0.12, 730);

/// Forecasts from every origin, in order of origin, quantity and horizon.
pub(super) fn forecasts(
    days: &[DailyRecord],
    origins: &[Origin],
    settings: &BacktestSettings,
    progress: &(dyn Fn() + Sync),
) -> Vec<Forecast> {
    let by_origin: Vec<Vec<Forecast>> = origins
        .par_iter()
        .map(|origin| {
            let model = Model::fit(&days[..=origin.last_day]);
            let made = model.forecasts(days, origin, settings);
            progress();
            made
        })
        .collect();
    by_origin.into_iter().flatten().collect()
}

/// Everything estimated on the record up to an origin.
struct Model {
    settings: BitcoinSettings,
    start: NetworkStart,
    fit: NetworkFit,
    /// Lower-triangular root of the coefficients' covariance.
    root: SMatrix<f64, N_COEFFICIENTS, N_COEFFICIENTS>,
    /// Years from the record's first day to the origin.
    years: f64,
    /// Mean and spread of the posterior of the yearly log drift.
    drift: (f64, f64),
}

impl Model {
    fn fit(past: &[DailyRecord]) -> Self {
        let fit = fit_network(past);
        let smoothed = smoothed_log_hashprice(past);
        let last = past.len() - 1;
        let years = last as f64 / DAYS_PER_YEAR;
        let (mean_return, daily_sd) = moments(&log_changes(past, |day| day.price_usd));
        let volatility = daily_sd * DAYS_PER_YEAR.sqrt();
        let precision = years / (volatility * volatility) + 1.0 / (DRIFT_PRIOR * DRIFT_PRIOR);
        let seen = mean_return * DAYS_PER_YEAR;
        let all = retargets(past);
        let Retarget { day, after } =
            all.last().copied().unwrap_or(Retarget { day: last, after: past[last].difficulty });
        let fees: Vec<f64> =
            past[past.len().saturating_sub(FEES.2)..].iter().map(|d| d.filled_fees().ln()).collect();
        let cost = (fit.centre - COST_DECLINE_PER_YEAR * years).exp();
        let settings = BitcoinSettings {
            price: LevelCurve::growing(past[last].price_usd, 0.0),
            risk_premium_per_year: 0.0,
            price_law: PriceLaw::Gaussian,
            volatility,
            volatility_log_error: VOLATILITY_LOG_ERROR,
            height: height_of_last(past, &all),
            difficulty: after,
            fees_btc_per_block: (fees.iter().sum::<f64>() / fees.len() as f64).exp(),
            fee_persistence: FEES.0,
            fee_innovation: FEES.1,
            cost_curve: LevelCurve::growing(cost, (-COST_DECLINE_PER_YEAR).exp_m1()),
            reward_in_curve: None,
            ai_pull: 0.0,
            response: ResponseLaw::known(0.0),
            innovation_per_epoch: fit.noise,
            innovation_log_error: 0.0,
            surprise_persistence: SURPRISE_LAW.0,
            surprise_innovation: SURPRISE_LAW.1,
        };
        let start = NetworkStart {
            fees_btc_per_block: past[last].filled_fees(),
            epoch_days: (last - day) as f64 + 0.5,
            smoothed_at_retarget: smoothed[day.saturating_sub(1)],
            smoothed_ln_hashprice: smoothed[last],
        };
        // The covariance is positive definite, as its prior is.
        let root = fit.covariance.cholesky().map_or_else(SMatrix::zeros, |c| c.l());
        let drift = (seen * years / (volatility * volatility) / precision, precision.sqrt().recip());
        Self { settings, start, fit, root, years, drift }
    }

    /// Parameters of a path, drawn from what the past leaves open.
    fn draw(&self, seed: u64, path: u64) -> PathParameters {
        let mut stream = Stream::new(seed, path, Factor::Parameters, 0);
        let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
        let drift = self.drift.0 + self.drift.1 * normal();
        let volatility = self.settings.volatility * (VOLATILITY_LOG_ERROR * normal()).exp();
        let normals = SVector::<f64, N_COEFFICIENTS>::from_fn(|_, _| normal());
        let [growth, response, change, difference] = (self.fit.coefficients + self.root * normals).into();
        let degrees = self.fit.n_retargets as f64 + 5.0;
        // More than four degrees of freedom, so the law exists.
        let square = ChiSquared::new(degrees).map_or(degrees, |law| law.sample(&mut stream));
        let noise = self.fit.noise * (degrees / square).sqrt();
        let pace = growth + change * (self.years - self.fit.centre_years);
        PathParameters {
            volatility,
            // The settings' price is flat in its mean; the drift is that of the log.
            drift_per_day: (drift + 0.5 * volatility * volatility) / DAYS_PER_YEAR,
            pace_per_epoch: pace - self.settings.pace(0.0, volatility),
            pace_change_per_year: change,
            entry_per_epoch: (response + 0.5 * difference).max(0.0),
            exit_per_epoch: (response - 0.5 * difference).max(0.0),
            innovation_per_epoch: without_arrival_noise(noise),
        }
    }

    /// Logs of the monthly means of a path: price, difficulty, hashprice.
    fn walk(&self, origin: &Origin, seed: u64, path: u64) -> Vec<[f64; 3]> {
        let seed = seed ^ (origin.number << 32);
        let parameters = self.draw(seed, path);
        let mut network = NetworkPath::within_epoch(&self.settings, parameters, &self.start, (seed, path));
        let mut innovations = Vec::new();
        origin
            .months
            .iter()
            .zip(0..)
            .map(|(ahead, month)| {
                innovations.resize(ahead.days.len(), 0.0);
                let key = (seed, path, month);
                let monthly: f64 =
                    StandardNormal.sample(&mut Stream::new(seed, path, Factor::Correlated, month));
                network.draw_price(&self.settings, key, monthly, &mut innovations);
                let mut sums = [0.0; 3];
                network.month(&self.settings, key, &innovations, 1.0, |_, day| {
                    sums[0] += day.price_usd;
                    sums[1] += day.difficulty;
                    sums[2] += day.hashprice_usd_per_ph_day;
                });
                sums.map(|sum| (sum / ahead.days.len() as f64).ln())
            })
            .collect()
    }

    fn forecasts(&self, days: &[DailyRecord], origin: &Origin, settings: &BacktestSettings) -> Vec<Forecast> {
        let paths: Vec<Vec<[f64; 3]>> =
            (0..settings.n_paths as u64).map(|path| self.walk(origin, settings.seed, path)).collect();
        let quantities = [Quantity::BitcoinPrice, Quantity::Difficulty, Quantity::Hashprice];
        let mut made = Vec::new();
        for (index, quantity) in quantities.into_iter().enumerate() {
            let rivals = Rivals::new(&days[..=origin.last_day], quantity);
            for horizon in HORIZONS {
                let ahead = &origin.months[horizon as usize - 1];
                let Some(month) = days.get(ahead.days.clone()) else { continue };
                let outcome = month.iter().map(|day| level(day, quantity)).sum::<f64>() / month.len() as f64;
                let mut samples: Vec<f64> =
                    paths.iter().map(|path| path[horizon as usize - 1][index]).collect();
                samples.sort_unstable_by(f64::total_cmp);
                let below = samples.partition_point(|x| *x < outcome.ln());
                made.push(Forecast {
                    quantity,
                    origin: days[origin.last_day].date,
                    horizon_months: horizon,
                    month: ahead.month,
                    outcome,
                    quantiles: PROBABILITIES.map(|p| quantile(&mut samples, p).exp()),
                    pit: (below as f64 + 0.5) / (samples.len() as f64 + 1.0),
                    crps: crps_of_samples(&samples, outcome.ln()),
                    rivals: rivals.forecasts(ahead.days.start - origin.last_day - 1, month),
                });
            }
        }
        made
    }
}

fn level(day: &DailyRecord, quantity: Quantity) -> f64 {
    match quantity {
        Quantity::BitcoinPrice => day.price_usd,
        Quantity::Difficulty => day.difficulty,
        Quantity::Hashprice | Quantity::Power => day.hashprice(),
    }
}

/// Log of what the halvings make of hashprice; zero for other quantities.
fn reward(day: &DailyRecord, fees_btc: f64, quantity: Quantity) -> f64 {
    if quantity == Quantity::Hashprice { (subsidy_on(day.date) + fees_btc).ln() } else { 0.0 }
}

/// Random walks from the last daily value, halvings known.
struct Rivals {
    quantity: Quantity,
    last_ln: f64,
    fees_btc: f64,
    drift: f64,
    sd: f64,
}

impl Rivals {
    fn new(past: &[DailyRecord], quantity: Quantity) -> Self {
        let last = &past[past.len() - 1];
        let fees_btc = last.filled_fees();
        // What a halving changed is known, so it is neither drift nor noise.
        let changes: Vec<f64> = past
            .windows(2)
            .map(|pair| {
                let halving = match quantity {
                    Quantity::Hashprice => (subsidy_on(pair[1].date) / subsidy_on(pair[0].date)).ln(),
                    _ => 0.0,
                };
                (level(&pair[1], quantity) / level(&pair[0], quantity)).ln() - halving
            })
            .collect();
        let (drift, sd) = moments(&changes);
        Self {
            quantity,
            last_ln: level(last, quantity).ln() - reward(last, fees_btc, quantity),
            fees_btc,
            drift,
            sd,
        }
    }

    /// The log of a month's mean, `wait` days after the origin.
    fn forecasts(&self, wait: usize, month: &[DailyRecord]) -> Vec<RivalForecast> {
        let (wait, n) = (wait as f64, month.len() as f64);
        let known = month.iter().map(|day| reward(day, self.fees_btc, self.quantity)).sum::<f64>() / n;
        let mean_ln = self.last_ln + known;
        // Variance of the mean of a walk over days wait + 1 to wait + n.
        let sd_ln = self.sd * (wait + (n + 1.0) * (2.0 * n + 1.0) / (6.0 * n)).sqrt();
        let drifted = mean_ln + self.drift * (wait + 0.5 * (n + 1.0));
        vec![
            RivalForecast { name: "random walk", mean_ln, sd_ln },
            RivalForecast { name: "random walk with drift", mean_ln: drifted, sd_ln },
        ]
    }
}

fn log_changes(days: &[DailyRecord], value: impl Fn(&DailyRecord) -> f64) -> Vec<f64> {
    days.windows(2).map(|pair| (value(&pair[1]) / value(&pair[0])).ln()).collect()
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance.sqrt())
}

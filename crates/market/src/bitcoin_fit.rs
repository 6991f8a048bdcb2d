//! Bitcoin's price, fees and network as fitted to daily history.
//!
//! Price: volatility of daily log returns; its drift is an input of a study and never fitted. Fees: log of BTC per block,
//! reverting by day. Network: log change of difficulty per epoch,
//! `y = a + κ (x + γ t − c) + δ (t − t̄) + u + s ε`, with `x` the smoothed log hashprice, so that mining grows when it pays more
//! than a cost curve that falls with machine efficiency. Estimated by conjugate linear regression with stated priors.

mod history;
mod regression;
mod write;

use serde::Deserialize;

use crate::power::{CalibrationError, require};

pub use history::{BitcoinFitError, DailyRecord, read_daily};
use regression::{NetworkFit, fit_network};

/// Rate at which the log cost curve of mining falls, per year: the pace of machine efficiency.
pub const COST_DECLINE_PER_YEAR: f64 = 0.25;

/// Persistence per epoch, and innovation, of the slow surprises `u` in hashrate (bans, waves of machines).
///
/// From forecasts at rolling origins 2018 to 2024, where they lift the coverage of the 95 % band; not fitted here.
pub const SURPRISE_LAW: (f64, f64) = (0.93, 0.008);

/// Days in a year, for annual volatility: Bitcoin trades every day.
const DAYS_PER_YEAR: f64 = 365.0;

/// Days with fees over which their present level is taken.
const FEE_LEVEL_DAYS: usize = 730;

/// Lag from which the persistence of fees is taken: the noise of single days hides it at one day.
const FEE_LAG_DAYS: usize = 7;

/// Lag of the last correlation of squared returns counted in the error of volatility.
const VOLATILITY_CLUSTER_DAYS: usize = 90;

/// An estimate with its standard error, in the unit of the field that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Law of Bitcoin's daily log return.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceLaw {
    /// Volatility per square root of a year of 365 days.
    pub volatility: Estimate,
    /// Kurtosis of daily log returns; a normal law has 3.
    pub daily_kurtosis: f64,
}

/// Law of the log of fees in BTC per block: `ln F' = f + ρ (ln F − f) + s ε`, once a day.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeLaw {
    /// Mean `f` over the last two years of days with fees.
    pub mean_log_btc_per_block: f64,
    /// Persistence `ρ` per day, from the autocorrelation after a week.
    pub retained_per_day: f64,
    /// Innovation `s` per day, for the spread that fees have within a year.
    pub noise_per_day: f64,
    /// Standard deviation of log fees within calendar years.
    pub sd_within_year: f64,
    /// Standard deviation of the daily change, most of which is gone the next day.
    pub sd_of_daily_change: f64,
    /// First and last day from which the mean was taken.
    pub mean_period: [String; 2],
}

/// Law of the network's log growth per difficulty epoch.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkLaw {
    /// Growth `a` at the cost curve, per epoch.
    pub growth_per_epoch: Estimate,
    /// Response `κ` to the log gap between hashprice and cost curve, per epoch.
    pub response_per_epoch: Estimate,
    /// Change `δ` of the growth per epoch and year.
    pub growth_change_per_year: Estimate,
    /// Posterior covariance of `a`, `κ` and `δ`, `[3, 3]`.
    pub covariance: [[f64; 3]; 3],
    /// Least squares without priors: `κ` with its heteroskedasticity-robust error.
    pub least_squares_response: Estimate,
    /// Fall `γ` of the log cost curve per year.
    pub cost_decline_per_year: f64,
    /// Centre `c`: mean of `x + γ t`, hashprice in USD per PH/s and day, `t` in years since `origin`.
    pub centre: f64,
    /// Mean `t̄` of the time of the sample, years since `origin`.
    pub centre_years: f64,
    /// Day on which `t` is zero.
    pub origin: String,
    /// Noise `s` of a change of difficulty over all history, arrival noise of blocks included.
    pub noise_per_epoch: f64,
    /// The same over the last four years.
    pub recent_noise_per_epoch: f64,
    /// Innovation of hashrate per epoch over all history: the noise less what block arrivals alone bring.
    pub hashrate_noise_per_epoch: f64,
    /// The same over the last four years.
    pub recent_hashrate_noise_per_epoch: f64,
    /// Kurtosis of the residuals over all history.
    pub residual_kurtosis: f64,
    /// Autocorrelation of the residuals after one epoch.
    pub residual_autocorrelation: f64,
    /// The same over the last four years; arrival noise alone would give about -0.3.
    pub recent_residual_autocorrelation: f64,
    /// Persistence of the slow surprise per epoch.
    pub surprise_retained: f64,
    /// Innovation of the slow surprise per epoch.
    pub surprise_noise: f64,
    /// Half-life of the smoothing of log hashprice, days.
    pub smoothing_half_life_days: f64,
    /// Number of retargets in the regression.
    pub n_retargets: f64,
}

/// A checked calibration of Bitcoin's price, fees and network.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BitcoinCalibration {
    /// Where the data came from, with the checksum of the file.
    pub source: String,
    /// First and last day of the data.
    pub period: [String; 2],
    /// Date of the fit, `YYYY-MM-DD`.
    pub fit_date: String,
    /// Bitcoin price.
    pub price: PriceLaw,
    /// Transaction fees.
    pub fees: FeeLaw,
    /// Hashrate and difficulty.
    pub network: NetworkLaw,
}

impl BitcoinCalibration {
    /// Reads and checks the text of a calibration file.
    ///
    /// # Errors
    /// Text that is not a calibration, or a number that is not finite or outside its range.
    pub fn parse(text: &str) -> Result<Self, CalibrationError> {
        let calibration: Self = toml::from_str(text)?;
        calibration.check()?;
        Ok(calibration)
    }

    /// The calibration shipped with the program.
    pub fn builtin() -> Self {
        // A shipped file that fails its checks is a bug of this crate, and a test parses it.
        Self::parse(include_str!("../../../data/calibration/bitcoin.toml"))
            .expect("shipped calibration is valid")
    }

    /// The calibration file.
    pub fn to_toml(&self) -> String {
        write::to_toml(self)
    }

    fn check(&self) -> Result<(), CalibrationError> {
        let (price, fees, network) = (&self.price, &self.fees, &self.network);
        for (name, estimate) in [
            ("price.volatility", price.volatility),
            ("network.growth_per_epoch", network.growth_per_epoch),
            ("network.response_per_epoch", network.response_per_epoch),
            ("network.growth_change_per_year", network.growth_change_per_year),
            ("network.least_squares_response", network.least_squares_response),
        ] {
            require(name, estimate.value, "-10 to 10", |v| v.abs() <= 10.0)?;
            let error = format!("{name}.standard_error");
            require(&error, estimate.standard_error, "0 to 10", |v| (0.0..=10.0).contains(&v))?;
        }
        for (name, value) in [
            ("price.volatility", price.volatility.value),
            ("fees.noise_per_day", fees.noise_per_day),
            ("fees.sd_within_year", fees.sd_within_year),
            ("fees.sd_of_daily_change", fees.sd_of_daily_change),
            ("network.noise_per_epoch", network.noise_per_epoch),
            ("network.recent_noise_per_epoch", network.recent_noise_per_epoch),
            ("network.hashrate_noise_per_epoch", network.hashrate_noise_per_epoch),
            ("network.recent_hashrate_noise_per_epoch", network.recent_hashrate_noise_per_epoch),
            ("network.surprise_noise", network.surprise_noise),
        ] {
            require(name, value, "0 to 10", |v| (0.0..=10.0).contains(&v))?;
        }
        for (name, value) in [
            ("fees.retained_per_day", fees.retained_per_day),
            ("network.surprise_retained", network.surprise_retained),
            ("network.cost_decline_per_year", network.cost_decline_per_year),
        ] {
            require(name, value, "0 to 1, 1 excluded", |v| (0.0..1.0).contains(&v))?;
        }
        let covariance = network.covariance.as_flattened().iter();
        let named = covariance.map(|&value| ("network.covariance", value)).chain([
            ("price.daily_kurtosis", price.daily_kurtosis),
            ("fees.mean_log_btc_per_block", fees.mean_log_btc_per_block),
            ("network.centre", network.centre),
            ("network.centre_years", network.centre_years),
            ("network.residual_kurtosis", network.residual_kurtosis),
            ("network.residual_autocorrelation", network.residual_autocorrelation),
            ("network.recent_residual_autocorrelation", network.recent_residual_autocorrelation),
            ("network.n_retargets", network.n_retargets),
        ]);
        for (name, value) in named {
            require(name, value, "a finite number", f64::is_finite)?;
        }
        let half_life = network.smoothing_half_life_days;
        require("network.smoothing_half_life_days", half_life, "above 0", |d| d > 0.0)
    }
}

/// Fits every law to `days`, in order of date; `source` and `fit_date` are written down as they are.
///
/// # Errors
/// Less than eight years of data, which is two halvings.
pub fn fit_bitcoin(
    days: &[DailyRecord],
    source: &str,
    fit_date: &str,
) -> Result<BitcoinCalibration, BitcoinFitError> {
    const FEWEST_DAYS: usize = 8 * 365;
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Err(BitcoinFitError::TooShort { found: 0, expected: FEWEST_DAYS });
    };
    if days.len() < FEWEST_DAYS {
        return Err(BitcoinFitError::TooShort { found: days.len(), expected: FEWEST_DAYS });
    }
    let fit = fit_network(days);
    Ok(BitcoinCalibration {
        source: source.to_owned(),
        period: [first.date.to_string(), last.date.to_string()],
        fit_date: fit_date.to_owned(),
        price: price_law(days),
        fees: fee_law(days),
        network: network_law(&fit, first.date.to_string()),
    })
}

/// Volatility with an error that allows for fat tails and for calm and wild spells.
fn price_law(days: &[DailyRecord]) -> PriceLaw {
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
    PriceLaw {
        volatility: Estimate {
            value: sd * annual,
            standard_error: (long_run / n).sqrt() / (2.0 * sd) * annual,
        },
        daily_kurtosis: squares.iter().map(|s| s * s).sum::<f64>() / n / (variance * variance),
    }
}

fn fee_law(days: &[DailyRecord]) -> FeeLaw {
    let logs: Vec<Option<f64>> = days.iter().map(|day| day.fees_btc_per_block.map(f64::ln)).collect();
    let present: Vec<usize> = (0..logs.len()).filter(|&i| logs[i].is_some()).collect();
    let recent = &present[present.len().saturating_sub(FEE_LEVEL_DAYS)..];
    let mean = mean_of_logs(recent.iter().map(|&i| logs[i]));
    let centre = mean_of_logs(logs.iter().copied());
    let product = |lag: usize| {
        mean_of_logs(
            logs.iter()
                .zip(&logs[lag..])
                .map(|(left, right)| Some(((*left)? - centre) * ((*right)? - centre))),
        )
    };
    let change = mean_of_logs(logs.windows(2).map(|pair| Some((pair[1]? - pair[0]?).powi(2))));
    let retained = (product(FEE_LAG_DAYS) / product(0)).powf(1.0 / FEE_LAG_DAYS as f64);
    let sd_within_year = sd_within_year(days, &logs);
    let date = |index: Option<&usize>| index.map_or_else(String::new, |&i| days[i].date.to_string());
    FeeLaw {
        mean_log_btc_per_block: mean,
        retained_per_day: retained,
        // The level of a year is what the mean stands for, so only the spread within years is noise.
        noise_per_day: sd_within_year * (1.0 - retained * retained).sqrt(),
        sd_within_year,
        sd_of_daily_change: change.sqrt(),
        mean_period: [date(recent.first()), date(recent.last())],
    }
}

/// Root of the mean over calendar years of the variance of log fees within each.
fn sd_within_year(days: &[DailyRecord], logs: &[Option<f64>]) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for year in days.chunk_by(|a, b| a.date.year() == b.date.year()).scan(0, |start, chunk| {
        let range = *start..*start + chunk.len();
        *start += chunk.len();
        Some(range)
    }) {
        let year = &logs[year];
        if year.iter().any(Option::is_some) {
            let mean = mean_of_logs(year.iter().copied());
            sum += mean_of_logs(year.iter().map(|log| Some(((*log)? - mean).powi(2))));
            n += 1.0;
        }
    }
    (sum / n).sqrt()
}

/// Mean of the values that are there.
fn mean_of_logs(values: impl Iterator<Item = Option<f64>>) -> f64 {
    let (sum, n) = values.flatten().fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / n
}

fn network_law(fit: &NetworkFit, origin: String) -> NetworkLaw {
    let estimate =
        |i: usize| Estimate { value: fit.coefficients[i], standard_error: fit.covariance[i][i].sqrt() };
    NetworkLaw {
        growth_per_epoch: estimate(0),
        response_per_epoch: estimate(1),
        growth_change_per_year: estimate(2),
        covariance: fit.covariance,
        least_squares_response: fit.least_squares_response,
        cost_decline_per_year: COST_DECLINE_PER_YEAR,
        centre: fit.centre,
        centre_years: fit.centre_years,
        origin,
        noise_per_epoch: fit.noise,
        recent_noise_per_epoch: fit.recent_noise,
        hashrate_noise_per_epoch: regression::without_arrival_noise(fit.noise),
        recent_hashrate_noise_per_epoch: regression::without_arrival_noise(fit.recent_noise),
        residual_kurtosis: fit.residual_kurtosis,
        residual_autocorrelation: fit.residual_autocorrelation,
        recent_residual_autocorrelation: fit.recent_residual_autocorrelation,
        surprise_retained: SURPRISE_LAW.0,
        surprise_noise: SURPRISE_LAW.1,
        smoothing_half_life_days: regression::HALF_LIFE_DAYS,
        n_retargets: fit.n_retargets as f64,
    }
}

#[cfg(test)]
mod tests;

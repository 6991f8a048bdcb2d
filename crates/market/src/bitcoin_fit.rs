//! Bitcoin's price, fees and network as fitted to daily history.
//!
//! Price: volatility of daily log returns; its drift is an input of a study and never fitted. Fees: log of BTC per block,
//! reverting by day. Network: log change of difficulty per epoch,
//! `y = a + κ± (x + γ t − c) + δ (t − t̄) + u + s ε`, with `x` the smoothed log hashprice and speeds of their own for
//! entry (above the curve) and exit (below), so that mining grows when it pays more
//! than a cost curve that falls with machine efficiency. Estimated by conjugate linear regression with stated priors.

mod fees;
pub(crate) mod history;
mod price;
pub(crate) mod regression;
mod write;

use serde::Deserialize;

use nalgebra::SMatrix;

use crate::network::ResponseLaw;
use crate::power::{CalibrationError, require};

pub use history::{BitcoinFitError, DailyRecord, MISSING_FEES_BTC};
pub use regression::epochs;
use regression::{N_COEFFICIENTS, NetworkFit, fit_network};

/// Rate at which the log cost curve of mining falls, per year: the pace of machine efficiency.
pub const COST_DECLINE_PER_YEAR: f64 = 0.25;

/// Persistence per epoch, and innovation, of the slow surprises `u` in hashrate (bans, waves of machines).
///
/// From forecasts at rolling origins 2018 to 2024, where they lift the coverage of the 95 % band; not fitted here.
pub const SURPRISE_LAW: (f64, f64) = (0.93, 0.008);

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
pub struct PriceFit {
    /// Volatility per square root of a year of 365 days.
    pub volatility: Estimate,
    /// Jumps, for studies that want them.
    pub jumps: JumpFit,
    /// Kurtosis of daily log returns; a normal law has 3.
    pub daily_kurtosis: f64,
}

/// Jumps of the daily log return: the wider of two normal laws, less the narrower.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JumpFit {
    /// Days with a jump per year.
    pub per_year: Estimate,
    /// Mean log size.
    pub mean: Estimate,
    /// Standard deviation of the log size.
    pub sd: Estimate,
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
    /// Response `κ` to the log gap between hashprice and cost curve, per epoch: the mean of entry and exit.
    pub response_per_epoch: Estimate,
    /// Response above the cost curve (entry) less that below it (exit), per epoch; no order is imposed.
    pub entry_less_exit_per_epoch: Estimate,
    /// Change `δ` of the growth per epoch and year.
    pub growth_change_per_year: Estimate,
    /// Posterior covariance of `a`, `κ`, `δ` and entry less exit, `[4, 4]`.
    pub covariance: [[f64; N_COEFFICIENTS]; N_COEFFICIENTS],
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
    /// Number of those in the last four years.
    pub n_recent_retargets: f64,
}

impl NetworkLaw {
    /// Speeds of entry and exit, with the covariance of growth, entry and exit that paths draw from.
    pub fn response(&self) -> ResponseLaw {
        let (mean, difference) = (self.response_per_epoch.value, self.entry_less_exit_per_epoch.value);
        let rows = SMatrix::<f64, 3, N_COEFFICIENTS>::from_rows(&[
            [1.0, 0.0, 0.0, 0.0].into(),
            [0.0, 1.0, 0.0, 0.5].into(),
            [0.0, 1.0, 0.0, -0.5].into(),
        ]);
        let all = SMatrix::<f64, N_COEFFICIENTS, N_COEFFICIENTS>::from_fn(|i, j| self.covariance[i][j]);
        let covariance = rows * all * rows.transpose();
        ResponseLaw {
            entry_per_epoch: mean + 0.5 * difference,
            exit_per_epoch: mean - 0.5 * difference,
            // The growth that the record has at equal speeds is the one without this.
            pace_per_epoch: self.covariance[0][3] / self.covariance[3][3] * difference,
            covariance: std::array::from_fn(|i| std::array::from_fn(|j| covariance[(i, j)])),
        }
    }

    /// Standard error of the log of the recent innovation of hashrate, from the number of retargets behind it.
    pub fn innovation_log_error(&self) -> f64 {
        1.0 / (2.0 * self.n_recent_retargets.max(1.0)).sqrt()
    }
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
    pub price: PriceFit,
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
            ("network.entry_less_exit_per_epoch", network.entry_less_exit_per_epoch),
            ("price.jumps.mean", price.jumps.mean),
            ("network.least_squares_response", network.least_squares_response),
        ] {
            require(name, estimate.value, "-10 to 10", |v| v.abs() <= 10.0)?;
            let error = format!("{name}.standard_error");
            require(&error, estimate.standard_error, "0 to 10", |v| (0.0..=10.0).contains(&v))?;
        }
        for (name, value) in [
            ("price.volatility", price.volatility.value),
            ("price.jumps.sd", price.jumps.sd.value),
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
        let jumps = price.jumps.per_year;
        for (name, value) in [
            ("price.jumps.per_year", jumps.value),
            ("price.jumps.per_year.standard_error", jumps.standard_error),
        ] {
            require(name, value, "0 to 366", |v| (0.0..=366.0).contains(&v))?;
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
            ("network.n_recent_retargets", network.n_recent_retargets),
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
/// Less than eight years of data, which is two halvings, or a price or difficulty that never moves.
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
    for (what, value) in
        [("price", (|day| day.price_usd) as fn(&DailyRecord) -> f64), ("difficulty", |day| day.difficulty)]
    {
        if days.iter().all(|day| value(day) == value(first)) {
            return Err(BitcoinFitError::Constant { what });
        }
    }
    let fit = fit_network(days);
    Ok(BitcoinCalibration {
        source: source.to_owned(),
        period: [first.date.to_string(), last.date.to_string()],
        fit_date: fit_date.to_owned(),
        price: price::price_fit(days),
        fees: fees::fee_law(days),
        network: network_law(&fit, first.date.to_string()),
    })
}

fn network_law(fit: &NetworkFit, origin: String) -> NetworkLaw {
    let estimate =
        |i: usize| Estimate { value: fit.coefficients[i], standard_error: fit.covariance[(i, i)].sqrt() };
    NetworkLaw {
        growth_per_epoch: estimate(0),
        response_per_epoch: estimate(1),
        growth_change_per_year: estimate(2),
        entry_less_exit_per_epoch: estimate(3),
        covariance: fit.covariance.transpose().into(),
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
        n_recent_retargets: fit.n_recent as f64,
    }
}

#[cfg(test)]
mod tests;

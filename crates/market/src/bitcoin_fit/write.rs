//! Writes the Bitcoin calibration file.

use std::fmt::Write;

use super::{BitcoinCalibration, Estimate};

const HEADER: &str = "\
# Bitcoin price, fees and network growth, with standard errors. Drift of the price is an input of a study, not fitted.
# Epochs are 2016 blocks. Written by wattshift calibrate bitcoin.
";

/// The text of the calibration file, numbers with six significant digits.
pub(super) fn to_toml(calibration: &BitcoinCalibration) -> String {
    let (price, fees, network) = (&calibration.price, &calibration.fees, &calibration.network);
    let mut text = HEADER.to_owned();
    // Writing to a string cannot fail, so the results of `write!` are dropped.
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name}{}{value}", if value.is_empty() { "" } else { " = " });
    };
    line("source", quoted(&calibration.source));
    line("period", pair(&calibration.period));
    line("fit_date", quoted(&calibration.fit_date));
    line("\n[price]", String::new());
    line("volatility", estimate(price.volatility));
    line("daily_kurtosis", number(price.daily_kurtosis));
    line("\n[price.jumps]", String::new());
    line("per_year", estimate(price.jumps.per_year));
    line("mean", estimate(price.jumps.mean));
    line("sd", estimate(price.jumps.sd));
    line("\n[fees]", String::new());
    line("mean_log_btc_per_block", number(fees.mean_log_btc_per_block));
    line("retained_per_day", number(fees.retained_per_day));
    line("noise_per_day", number(fees.noise_per_day));
    line("sd_within_year", number(fees.sd_within_year));
    line("sd_of_daily_change", number(fees.sd_of_daily_change));
    line("mean_period", pair(&fees.mean_period));
    line("\n[network]", String::new());
    line("growth_per_epoch", estimate(network.growth_per_epoch));
    line("response_per_epoch", estimate(network.response_per_epoch));
    line("growth_change_per_year", estimate(network.growth_change_per_year));
    line("entry_less_exit_per_epoch", estimate(network.entry_less_exit_per_epoch));
    let rows = network.covariance.map(|row| format!("[{}]", row.map(number).join(", ")));
    line("covariance", format!("[{}]", rows.join(", ")));
    line("least_squares_response", estimate(network.least_squares_response));
    line("origin", quoted(&network.origin));
    for (name, value) in [
        ("cost_decline_per_year", network.cost_decline_per_year),
        ("centre", network.centre),
        ("centre_years", network.centre_years),
        ("noise_per_epoch", network.noise_per_epoch),
        ("recent_noise_per_epoch", network.recent_noise_per_epoch),
        ("hashrate_noise_per_epoch", network.hashrate_noise_per_epoch),
        ("recent_hashrate_noise_per_epoch", network.recent_hashrate_noise_per_epoch),
        ("residual_kurtosis", network.residual_kurtosis),
        ("residual_autocorrelation", network.residual_autocorrelation),
        ("recent_residual_autocorrelation", network.recent_residual_autocorrelation),
        ("surprise_retained", network.surprise_retained),
        ("surprise_noise", network.surprise_noise),
        ("smoothing_half_life_days", network.smoothing_half_life_days),
        ("n_retargets", network.n_retargets),
        ("n_recent_retargets", network.n_recent_retargets),
    ] {
        line(name, number(value));
    }
    text
}

fn estimate(estimate: Estimate) -> String {
    let (value, error) = (number(estimate.value), number(estimate.standard_error));
    format!("{{ value = {value}, standard_error = {error} }}")
}

/// Six significant digits, always with a decimal point or an exponent.
fn number(value: f64) -> String {
    // Text of six digits always reads back as a number; the value itself stands in where it does not.
    format!("{:?}", format!("{value:.5e}").parse().unwrap_or(value))
}

fn pair(texts: &[String; 2]) -> String {
    format!("[{}, {}]", quoted(&texts[0]), quoted(&texts[1]))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

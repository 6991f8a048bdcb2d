//! Writes the calibration file of reserves: short numbers, one row of quantiles per line.

use crate::reserves::{ReserveEstimate, ReserveFile, ReserveStatistics};
use std::fmt::Write;

const HEADER: &str = "\
# Hourly prices of ERCOT reserves: quantile tables by season and local hour, the tie to the rank of power, and the noise.
# Prices in USD per MW and hour, local clock of the market. Standard errors by blocks of three months. `simulated` is the mean,
# low and high the 5 % and 95 % quantile of 64 simulations at the history's own power prices. Written by wattshift calibrate reserves.
";

// Writing to a string cannot fail, so the results of `write!` in this file are dropped.

/// The text of a calibration file.
pub(super) fn to_toml(file: &ReserveFile) -> String {
    let mut text = HEADER.to_owned();
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let _ = writeln!(text, "source = {}", quoted(&file.source));
    let _ = writeln!(text, "period = [{}, {}]", quoted(&file.period[0]), quoted(&file.period[1]));
    let _ = writeln!(text, "fit_date = {}", quoted(&file.fit_date));
    for (name, value) in [
        ("bend_from", file.bend_from),
        ("slow_hours", file.slow_hours),
        ("profile_days", file.profile_days),
        ("hourly_hours", file.hourly_hours),
    ] {
        let _ = writeln!(text, "{name} = {}", number(value));
    }
    let rows: Vec<String> = file.correlation.iter().map(|row| list(row, number)).collect();
    let _ = writeln!(text, "correlation = [{}]", rows.join(", "));
    for product in &file.products {
        let _ = writeln!(text, "\n[[products]]\nname = {}", quoted(&product.name));
        for (name, ReserveEstimate { value, error }) in [("slope", product.slope), ("bend", product.bend)] {
            let _ = writeln!(text, "{name} = {{ value = {}, error = {} }}", number(value), number(error));
        }
        let weights = product.weights;
        let [slow, profile, hourly] = [weights.slow, weights.profile, weights.hourly].map(number);
        let _ = writeln!(text, "weights = {{ slow = {slow}, profile = {profile}, hourly = {hourly} }}");
        let _ = writeln!(text, "first_knot = {:?}\nknot_step = {:?}", product.first_knot, product.knot_step);
        text.push_str("quantiles_usd_per_mw_h = [\n");
        for hours in &product.quantiles_usd_per_mw_h {
            text.push_str("  [\n");
            for row in hours {
                let _ = writeln!(text, "    {},", list(row, price));
            }
            text.push_str("  ],\n");
        }
        text.push_str("]\n");
        for (name, statistics) in [
            ("history", &product.history),
            ("simulated", &product.simulated),
            ("simulated_low", &product.simulated_low),
            ("simulated_high", &product.simulated_high),
        ] {
            section(&mut text, name, statistics);
        }
    }
    text
}

fn section(text: &mut String, name: &str, s: &ReserveStatistics) {
    let _ = writeln!(text, "[products.{name}]");
    for (label, value) in [
        ("mean_usd_per_mw_h", s.mean_usd_per_mw_h),
        ("median_usd_per_mw_h", s.median_usd_per_mw_h),
        ("rank_correlation", s.rank_correlation),
        ("mean_ratio_above_200", s.mean_ratio_above_200),
        ("median_ratio_above_200", s.median_ratio_above_200),
        ("autocorrelation_1h", s.autocorrelation_1h),
        ("autocorrelation_24h", s.autocorrelation_24h),
        ("autocorrelation_168h", s.autocorrelation_168h),
    ] {
        let _ = writeln!(text, "{label} = {}", number(value));
    }
    let by_hour = list(&s.mean_by_local_hour_usd_per_mw_h, price);
    let _ = writeln!(text, "mean_by_local_hour_usd_per_mw_h = {by_hour}");
}

fn list(values: &[f64], text: impl Fn(f64) -> String) -> String {
    let texts: Vec<String> = values.iter().map(|&value| text(value)).collect();
    format!("[{}]", texts.join(", "))
}

/// Two decimals, trailing zeros left out, always with a decimal point.
fn price(value: f64) -> String {
    format!("{:?}", (value * 100.0).round() / 100.0 + 0.0)
}

/// Five decimals at most.
fn number(value: f64) -> String {
    format!("{:?}", (value * 1e5).round() / 1e5 + 0.0)
}

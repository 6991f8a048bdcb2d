//! Writes a power calibration file: short numbers, one row of quantiles per line.

use std::fmt::Write;

use crate::power::{FactorLaw, PowerFile, PowerStatistics};

const HEADER: &str = "\
# Hourly power price: quantile tables by calendar month and local hour, and the factors behind the rank variable.
# Prices in USD/MWh, local clock of the market. Shares are of hours. Written by the example fit_power.
";

/// The text of a calibration file.
///
/// Quantiles have two decimals, which is the resolution of the prices they come from.
pub(crate) fn to_toml(file: &PowerFile) -> String {
    let mut text = HEADER.to_owned();
    for (name, value) in [("point", &file.point), ("source", &file.source), ("fit_date", &file.fit_date)] {
        line(&mut text, name, &quoted(value));
    }
    let period = file.period.each_ref().map(|month| quoted(month)).join(", ");
    line(&mut text, "period", &format!("[{period}]"));
    line(&mut text, "level_at_period_end", &number(file.level_at_period_end));
    text.push_str("\n[factors]\n");
    for (name, law) in [
        ("slow", file.factors.slow),
        ("daily", file.factors.daily),
        ("hourly", file.factors.hourly),
        ("shape", file.factors.shape),
    ] {
        line(&mut text, name, &law_text(law));
    }
    line(&mut text, "weekday_shift", &list(&file.factors.weekday_shift, number));
    for (name, statistics) in [
        ("history", &file.history),
        ("simulated", &file.simulated),
        ("simulated_low", &file.simulated_low),
        ("simulated_high", &file.simulated_high),
    ] {
        statistics_section(&mut text, name, statistics);
    }
    text.push_str("\n[table]\n");
    line(&mut text, "first_knot", &format!("{:?}", file.table.first_knot));
    line(&mut text, "knot_step", &format!("{:?}", file.table.knot_step));
    text.push_str("quantiles_usd_per_mwh = [\n");
    for (month0, hours) in file.table.quantiles_usd_per_mwh.iter().enumerate() {
        let _ = writeln!(text, "  [ # month {}", month0 + 1);
        for quantiles in hours {
            let _ = writeln!(text, "    {},", list(quantiles, price));
        }
        text.push_str("  ],\n");
    }
    text.push_str("]\n");
    text
}

// Writing to a string cannot fail, so the results of `write!` in this file are dropped.

fn line(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name} = {value}");
}

fn statistics_section(text: &mut String, name: &str, statistics: &PowerStatistics) {
    let _ = writeln!(text, "\n[{name}]");
    for (label, value) in statistics.labelled() {
        line(text, label, &number(value));
    }
    line(text, "mean_by_local_hour_usd_per_mwh", &list(&statistics.mean_by_local_hour_usd_per_mwh, price));
}

fn law_text(law: FactorLaw) -> String {
    let (weight, hours) = (number(law.weight), number(law.hours));
    format!("{{ weight = {weight}, hours = {hours} }}")
}

fn list(values: &[f64], text: impl Fn(f64) -> String) -> String {
    let texts: Vec<String> = values.iter().map(|&value| text(value)).collect();
    format!("[{}]", texts.join(", "))
}

/// Two decimals, trailing zeros left out, always with a decimal point.
fn price(value: f64) -> String {
    // Adding zero turns minus zero into zero.
    format!("{:?}", (value * 100.0).round() / 100.0 + 0.0)
}

/// Five decimals at most, always with a decimal point.
fn number(value: f64) -> String {
    format!("{:?}", (value * 1e5).round() / 1e5 + 0.0)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

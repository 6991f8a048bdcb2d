//! Writes a power calibration file: short numbers, one row of quantiles per line.

use std::fmt::Write;

use crate::power::{FactorLaw, PowerFile, PowerStatistics, QuantileTable, StandardErrors};

const HEADER: &str = "\
# Hourly power price: quantile tables by calendar month and local hour, and the factors behind the rank variable.
# Prices in USD/MWh, local clock of the market. Shares are of hours. Written by the crate market, power_fit.
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
    if let Some(assumption) = &file.assumption {
        line(&mut text, "assumption", &quoted(assumption));
    }
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
    if let Some(errors) = &file.standard_errors {
        errors_section(&mut text, errors);
    }
    for (name, statistics) in [
        ("history", &file.history),
        ("simulated", &file.simulated),
        ("simulated_low", &file.simulated_low),
        ("simulated_high", &file.simulated_high),
    ] {
        statistics_section(&mut text, name, statistics);
    }
    table_section(&mut text, &file.table);
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
    let by_month = &statistics.mean_by_calendar_month_usd_per_mwh;
    line(text, "mean_by_calendar_month_usd_per_mwh", &list(by_month, price));
}

fn errors_section(text: &mut String, errors: &StandardErrors) {
    text.push_str("\n[standard_errors]\n");
    line(text, "n_resamples", &errors.n_resamples.to_string());
    line(text, "block_months", &errors.block_months.to_string());
    for (name, error) in errors.factors() {
        let (weight, hours) = (number(error.weight), number(error.hours));
        let range = list(&error.hours_16_84, number);
        line(text, name, &format!("{{ weight = {weight}, hours = {hours}, hours_16_84 = {range} }}"));
    }
    for (name, value) in errors.labelled() {
        line(text, name, &number(value));
    }
}

fn table_section(text: &mut String, table: &QuantileTable) {
    text.push_str("\n[table]\n");
    line(text, "first_knot", &format!("{:?}", table.first_knot));
    line(text, "knot_step", &format!("{:?}", table.knot_step));
    text.push_str("quantiles_usd_per_mwh = [\n");
    for (month0, hours) in table.quantiles_usd_per_mwh.iter().enumerate() {
        let _ = writeln!(text, "  [ # month {}", month0 + 1);
        for quantiles in hours {
            let _ = writeln!(text, "    {},", list(quantiles, price));
        }
        text.push_str("  ],\n");
    }
    text.push_str("]\n");
}

fn law_text(law: FactorLaw) -> String {
    let (weight, hours) = (number(law.weight), number(law.hours));
    format!("{{ weight = {weight}, hours = {hours} }}")
}

fn list(values: &[f64], text: impl Fn(f64) -> String) -> String {
    let texts: Vec<String> = values.iter().map(|&value| text(value)).collect();
    format!("[{}]", texts.join(", "))
}

/// Two decimals at most.
fn price(value: f64) -> String {
    rounded(value, 1e2)
}

/// Five decimals at most.
fn number(value: f64) -> String {
    rounded(value, 1e5)
}

/// To the nearest part of one, trailing zeros left out, always with a decimal point.
fn rounded(value: f64, parts: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    // Adding zero turns minus zero into zero.
    format!("{:?}", (value * parts).round() / parts + 0.0)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

//! `wattshift calibrate power`.

use super::args::PowerArgs;
use super::output::{Target, source_line};
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use market::import::{Gaps, Imported, PointQuery, PriceSeries, power_files};
use market::power::PowerStatistics;
use market::power_fit::{HourlyHistory, PowerFit, PowerFitSettings, ReplaySettings, fit_power, local_days};
use market::{CurveRole, Panel, PanelCurve};
use report::FitRow;
use std::path::Path;

/// Floor and cap of real-time prices since 2022, USD/MWh.
const FLOOR: f64 = -251.0;
const CAP: f64 = 5_000.0;
const SIMULATED_HISTORIES: usize = 1_000;

/// Fits the hourly price of a settlement point.
pub(super) fn power(args: &PowerArgs) -> Result<(), Failure> {
    let point = args.name.as_ref().unwrap_or(&args.point);
    let target = Target::open(&args.output, &format!("power_{}", file_name(point)))?;
    let files: Vec<&Path> = args.files.iter().map(AsRef::as_ref).collect();
    let source = source_line(&files)?;
    let progress = Progress::new(false);
    progress.begin("reading prices", 0);
    let imported = power_files(&files, &query(args));
    progress.end();
    let Imported { data: series, notes } = imported.map_err(|error| {
        let hint = match error {
            market::import::ImportError::Gaps { .. } => "; --allow-gaps fits around them",
            _ => "",
        };
        Failure::BadInput(format!("error: {error}{hint}"))
    })?;
    say(&format!("{notes}\n"))?;
    let history = history(&series, args)?;
    say(&missing(&history))?;
    progress.begin("fitting power", 0);
    let settings = PowerFitSettings {
        point: point.clone(),
        source,
        fit_date: target.fit_date.clone(),
        floor_usd_per_mwh: FLOOR,
        cap_usd_per_mwh: CAP,
        replay: ReplaySettings {
            n_histories: SIMULATED_HISTORIES,
            seed: 1,
            floor_usd_per_mwh: FLOOR,
            cap_usd_per_mwh: CAP,
        },
    };
    let fit = fit_power(&history, &settings);
    progress.end();
    let fit = fit.map_err(|error| Failure::BadInput(format!("error: {error}")))?;
    say(&format!(
        "\n{}\n{}",
        report::fit_table(&rows(&fit)),
        report::autocorrelation_table(&fit.autocorrelations)
    ))?;
    target.write(&format!("Power at {point}: model and history"), &fit.toml, &panels(&fit))?;
    say(&format!("use it in a scenario: [power] calibration = \"{}\"\n", target.toml().display()))
}

/// A point as part of a file's name: lower case, and nothing that a file system minds.
fn file_name(point: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    point.chars().take(60).map(plain).collect()
}

fn query(args: &PowerArgs) -> PointQuery {
    PointQuery {
        point: args.point.clone(),
        point_type: args.point_type.clone(),
        market: args.market.map(Into::into),
        gaps: if args.allow_gaps { Gaps::Report } else { Gaps::Refuse },
    }
}

/// The hours of the months asked for.
fn history(series: &PriceSeries, args: &PowerArgs) -> Result<HourlyHistory, Failure> {
    let bad = |text: String| Failure::BadInput(format!("error: {text}"));
    let day_of = |unix_s: i64| -> Result<Date, Failure> {
        let instant = Timestamp::from_second(unix_s).map_err(|error| bad(error.to_string()))?;
        let zone = TimeZone::get("America/Chicago").map_err(|error| bad(error.to_string()))?;
        Ok(instant.to_zoned(zone).date())
    };
    let end = series.start_unix_s + series.prices_usd_per_mwh.len() as i64 * series.step_s;
    let first = match args.from {
        Some(first) => first,
        None => day_of(series.start_unix_s)?,
    };
    let last = match args.to {
        Some(last) => last.last_of_month(),
        None => day_of(end - 1)?,
    };
    let days = local_days(first, last).map_err(|error| bad(error.to_string()))?;
    let mut history = HourlyHistory {
        clock: Vec::new(),
        prices: Vec::new(),
        days: Vec::new(),
        period: [first, last].map(|day| day.strftime("%Y-%m").to_string()),
    };
    let per_hour = (3_600 / series.step_s) as usize;
    for day in &days {
        if args.drop.iter().any(|[a, b]| (*a..=*b).contains(&day.date)) {
            continue;
        }
        for hour in day.hours() {
            let from = (hour.utc_hour * 3_600 - series.start_unix_s).div_euclid(series.step_s);
            let prices = usize::try_from(from)
                .ok()
                .and_then(|from| series.prices_usd_per_mwh.get(from..from + per_hour));
            let mean = prices.map_or(f64::NAN, |prices| prices.iter().sum::<f64>() / per_hour as f64);
            if mean.is_finite() {
                history.clock.push(hour);
                history.prices.push(mean);
            }
        }
    }
    history.days = days;
    if history.prices.is_empty() {
        return Err(bad(format!("no prices from {first} to {last}; widen --from and --to")));
    }
    Ok(history)
}

/// How many hours of the period the fit goes around.
fn missing(history: &HourlyHistory) -> String {
    let hours: usize = history.days.iter().map(|day| day.local_hours.len()).sum();
    report::hours_line(&history.period, history.prices.len(), hours)
}

fn rows(fit: &PowerFit) -> Vec<FitRow> {
    let [history, simulated, low, high] = fit.statistics.each_ref().map(PowerStatistics::labelled);
    let row = |i: usize| FitRow {
        name: history[i].0.to_owned(),
        history: history[i].1,
        standard_error: None,
        simulated: simulated[i].1,
        range: [low[i].1, high[i].1],
    };
    // The number of hours is no statistic of the model.
    (0..history.len()).filter(|i| history[*i].0 != "n_hours").map(row).collect()
}

fn panels(fit: &PowerFit) -> Vec<Panel> {
    let [history, simulated, low, high] = &fit.statistics;
    let hours = |values: &[f64]| values.iter().enumerate().map(|(h, v)| (h as f64, *v)).collect::<Vec<_>>();
    let edges = low.mean_by_local_hour_usd_per_mwh.iter().zip(&high.mean_by_local_hour_usd_per_mwh);
    let lag = |pick: fn(&(usize, f64, f64)) -> f64| {
        fit.autocorrelations.iter().map(move |row| (row.0 as f64, pick(row))).collect::<Vec<_>>()
    };
    vec![
        Panel {
            title: "Mean price by hour of day".into(),
            x_label: "local hour".into(),
            y_label: "USD/MWh".into(),
            log_y: false,
            curves: vec![
                PanelCurve::band(
                    "simulated, middle 90 %",
                    edges.enumerate().map(|(h, (low, high))| (h as f64, *low, *high)),
                ),
                PanelCurve::line(
                    "history",
                    CurveRole::History,
                    hours(&history.mean_by_local_hour_usd_per_mwh),
                ),
                PanelCurve::line(
                    "simulated",
                    CurveRole::Model,
                    hours(&simulated.mean_by_local_hour_usd_per_mwh),
                ),
            ],
        },
        Panel {
            title: "Autocorrelation of the rank of a price within its month and hour".into(),
            x_label: "lag, hours".into(),
            y_label: "correlation".into(),
            log_y: false,
            curves: vec![
                PanelCurve::line("history", CurveRole::History, lag(|row| row.1)),
                PanelCurve::line("model", CurveRole::Model, lag(|row| row.2)),
            ],
        },
    ]
}

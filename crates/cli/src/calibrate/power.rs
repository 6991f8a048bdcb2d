//! `wattshift calibrate power`.

use super::args::PowerArgs;
use super::output::{Target, source_line};
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use market::import::{Gaps, ImportError, Imported, PointQuery, PriceSeries, power_files};
use market::power_fit::{HourlyHistory, PowerFitError, PowerFitSettings, fit_power};
use std::path::Path;

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
            ImportError::Gaps { .. } => "; --allow-gaps fits around them",
            _ => "",
        };
        Failure::BadInput(format!("error: {error}{hint}"))
    })?;
    say(&format!("{notes}\n"))?;
    let history = history(&series, args)?;
    say(&hours(&history))?;
    progress.begin("fitting power", 0);
    let fit = fit_power(&history, &PowerFitSettings::new(point, &source, &target.fit_date));
    progress.end();
    let fit = fit.map_err(|error| {
        let hint = match error {
            PowerFitError::TooFewPrices { .. } => "; widen --from and --to: a year of prices at least",
            _ => "",
        };
        Failure::BadInput(format!("error: {error}{hint}"))
    })?;
    say(&format!("\n{}", report::power_fit_report(&fit)))?;
    target.write(&format!("Power at {point}: model and history"), &fit.toml, &fit.panels)?;
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

/// The months asked for, less the days dropped.
fn history(series: &PriceSeries, args: &PowerArgs) -> Result<HourlyHistory, Failure> {
    let last_day = args.to.map(|month| month.last_of_month());
    HourlyHistory::from_series(series, args.from, last_day, &args.drop).map_err(|error| {
        let hint = match error {
            PowerFitError::Period { .. } | PowerFitError::NoPrices { .. } => "; change --from and --to",
            _ => "",
        };
        Failure::BadInput(format!("error: {error}{hint}"))
    })
}

/// How many hours of the period the fit goes around.
fn hours(history: &HourlyHistory) -> String {
    let all: usize = history.days.iter().map(|day| day.local_hours.len()).sum();
    report::hours_line(&history.period, history.prices.len(), all)
}

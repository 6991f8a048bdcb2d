//! `wattshift calibrate power`.

use super::args::{PowerArgs, Stretch};
use super::output::{Target, source_line};
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use market::import::{Gaps, ImportError, Imported, PointQuery, PriceSeries, power_files};
use market::power_fit::{HourlyHistory, PowerFitError, PowerFitSettings, fit_power, part_days};
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
            ImportError::Field { ref value, .. } if value.is_empty() => {
                "; --allow-gaps takes blank prices as missing and fits around them"
            }
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
    let title = format!("Power at {point}: model and history");
    target.write(&title, &fit.toml, &fit.panels, Some("power"))
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

/// The months asked for, less the days dropped and those of which the files have only a part.
fn history(series: &PriceSeries, args: &PowerArgs) -> Result<HourlyHistory, Failure> {
    let last_day = args.to.map(|month| month.last_of_month());
    let part_days = part_days(series).map_err(|error| Failure::BadInput(format!("error: {error}")))?;
    for day in &part_days {
        say(&format!("{day} is not whole in the files and is left out\n"))?;
    }
    let dropped: Vec<Stretch> =
        part_days.iter().map(|day| [*day; 2]).chain(args.drop.iter().copied()).collect();
    HourlyHistory::from_series(series, args.from, last_day, &dropped).map_err(|error| {
        let hint = match error {
            PowerFitError::Period { .. }
            | PowerFitError::Backwards { .. }
            | PowerFitError::NoPrices { .. } => "; change --from and --to",
            PowerFitError::Dropped { .. } => "; change --drop",
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

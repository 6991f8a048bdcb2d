//! `wattshift calibrate reserves`.

use super::args::ReservesArgs;
use super::output::{Target, source_line};
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;
use market::import::{Gaps, PointQuery, power_files, reserves_files};
use market::reserve_fit::{ReserveFitSettings, fit_reserves};
use std::path::Path;

/// Fits the prices of every reserve product in the files.
pub(super) fn reserves(args: &ReservesArgs) -> Result<(), Failure> {
    let bad = |error: &dyn std::fmt::Display| Failure::BadInput(format!("error: {error}"));
    let target = Target::open(&args.output, "reserves")?;
    let mut files: Vec<&Path> = args.files.iter().chain(&args.power).map(AsRef::as_ref).collect();
    // One file may hold both.
    files.sort_unstable();
    files.dedup();
    let source = format!("{}; power at {}", source_line(&files)?, args.point);
    let progress = Progress::new(false);
    progress.begin("reading prices", 0);
    let query = PointQuery {
        point_type: args.point_type.clone(),
        gaps: Gaps::Report,
        ..PointQuery::new(args.point.as_str())
    };
    let series = reserves_files(&args.files, Gaps::Report);
    let prices = power_files(&args.power, &query);
    progress.end();
    let (series, prices) = (series.map_err(|error| bad(&error))?, prices.map_err(|error| bad(&error))?);
    say(&format!("{}\n{}\n", series.notes, prices.notes))?;
    progress.begin("fitting reserves", 0);
    let settings = ReserveFitSettings { source, fit_date: target.fit_date.clone(), seed: args.seed };
    let fit = fit_reserves(&series.data, &prices.data, &settings);
    progress.end();
    let fit = fit.map_err(|error| bad(&error))?;
    say(&format!("\n{}", report::reserve_fit_report(&fit.calibration)))?;
    target.write(&format!("Reserves beside power at {}", args.point), &fit.toml, &fit.panels, None)?;
    say("no scenario takes reserve prices yet\n")
}

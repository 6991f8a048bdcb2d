//! `wattshift dispatch`: a case in, its optimal dispatch with a certificate out.

use crate::args::DispatchArgs;
use crate::failure::Failure;
use crate::interrupt;
use crate::output::say;
use crate::run::peak_memory_mb;
use anyhow::Context;
use dispatch::DispatchError;
use dispatch::study::StudyError;
use report::{FolderError, Manifest, OutputFolder};
use scenario::DispatchCase;
use simulate::{DispatchStudy, study_dispatch};
use std::path::PathBuf;
use std::time::Instant;

/// Dispatches a case and writes its folder.
pub(crate) fn dispatch(args: &DispatchArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let case = DispatchCase::load(&args.case, &args.set).map_err(|f| Failure::BadInput(f.to_string()))?;
    let build_seconds = started.elapsed().as_secs_f64();
    let inputs = report::checksums(&args.case, &case.inputs).map_err(anyhow::Error::from)?;
    let target = args.out.clone().unwrap_or_else(|| PathBuf::from("out").join(&case.name));
    let bad_folder = |error: FolderError| Failure::BadInput(format!("error: {error}"));
    let mut folder = OutputFolder::open(&target, &case.name, args.force).map_err(bad_folder)?;
    interrupt::guard(Some(folder.staging().to_path_buf()));
    interrupt::listen_to_end();

    let study = study_dispatch(&case).map_err(ended)?;
    let clock = Instant::now();
    report::write_dispatch_tables(&study, &mut folder).context("writing tables")?;
    let tables_seconds = clock.elapsed().as_secs_f64();
    let clock = Instant::now();
    report::write_dispatch_charts(&study, &mut folder).context("drawing charts")?;
    let charts_seconds = clock.elapsed().as_secs_f64();

    let mut timings: Vec<(String, f64)> =
        vec![("build".into(), build_seconds), ("solve".into(), study.solve_seconds)];
    timings.extend(study.real_time.iter().map(|real_time| ("real time".into(), real_time.seconds)));
    timings.extend([("tables".into(), tables_seconds), ("charts".into(), charts_seconds)]);
    timings.push(("all".into(), started.elapsed().as_secs_f64()));
    let manifest = Manifest {
        version: env!("CARGO_PKG_VERSION").into(),
        scenario: case.name.clone(),
        resolved_scenario: case.resolved.clone(),
        overrides: args.set.clone(),
        inputs,
        timings_seconds: timings,
        peak_memory_mb: peak_memory_mb(),
        warnings: case.warnings.clone(),
        ..Manifest::default()
    };
    let files = folder.publish(manifest).context("putting the results in place")?;
    interrupt::guard(None);
    if !args.quiet {
        tell(&study, build_seconds)?;
        say(&format!("\n{} files in {}\n", files.len(), target.display()))?;
    }
    Ok(())
}

fn tell(study: &DispatchStudy<'_>, build_seconds: f64) -> Result<(), Failure> {
    say(&report::dispatch_report(study, build_seconds))?;
    say(&report::dispatch_warnings(study))
}

/// Budgets that cannot be met are bad input; a solver that gives up is not.
fn ended(error: StudyError) -> Failure {
    match error {
        StudyError::Dispatch(DispatchError::Solver { .. })
        | StudyError::Disturbed(DispatchError::Solver { .. }) => Failure::Broken(anyhow::Error::new(error)),
        _ => Failure::BadInput(format!("error: {error}")),
    }
}

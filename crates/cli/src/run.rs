//! `wattshift run`: scenario in, comparison out.

use crate::args::RunArgs;
use crate::color::paint_of;
use crate::failure::Failure;
use crate::interrupt;
use crate::output::{complain, say};
use crate::progress::Progress;
use anyhow::Context;
use report::{FolderError, OutputFolder, RunFacts};
use scenario::Scenario;
use simulate::{Run, RunError};
use std::io::stdout;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Runs a scenario and writes its folder.
pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let overrides = args.overrides();
    let scenario =
        Scenario::load(&args.scenario, &overrides).map_err(|f| Failure::BadInput(f.to_string()))?;
    let inputs = report::Inputs::of(&args.scenario, &scenario.inputs).map_err(anyhow::Error::from)?;
    let target = args.out.clone().unwrap_or_else(|| PathBuf::from("out").join(&scenario.name));
    let bad_folder = |error: FolderError| Failure::BadInput(format!("error: {error}"));
    let mut folder = OutputFolder::open(&target, &scenario.name, args.force).map_err(bad_folder)?;
    interrupt::guard(Some(folder.staging().to_path_buf()));
    interrupt::listen();

    let progress = Progress::new(args.quiet);
    let mut run = simulate::run(&scenario, usize::from(args.threads), &progress).map_err(|error| {
        progress.end();
        ended(error)
    })?;
    let mut manifest = report::run_manifest(&scenario, &overrides, inputs, &run);
    let written = report::write_run(&run.outcomes, &manifest, &mut folder, |stage| progress.begin(stage, 0));
    run.timings.extend(written.context("writing the results")?);
    progress.end();
    run.timings.push(("all".into(), started.elapsed().as_secs_f64()));

    let memory = peak_memory_mb();
    manifest.timings_seconds.clone_from(&run.timings);
    manifest.peak_memory_mb = memory;
    let files = folder.publish(manifest).context("putting the results in place")?;
    interrupt::guard(None);
    tell(args, &scenario, &run, memory, &target, &files)?;
    if run.outcomes.interrupted {
        return Err(Failure::Interrupted(format!(
            "interrupted: the results cover the first {} of {} paths",
            run.outcomes.n_paths, scenario.run.paths
        )));
    }
    Ok(())
}

/// Prints what was found: for people, or as one JSON object.
fn tell(
    args: &RunArgs,
    scenario: &Scenario,
    run: &Run,
    peak_memory_mb: Option<f64>,
    folder: &Path,
    files: &[String],
) -> Result<(), Failure> {
    let warnings = report::warnings(&run.outcomes);
    if args.json {
        if !args.quiet && !warnings.is_empty() {
            complain(&warnings.trim_end());
        }
        return say(&report::run_json(
            &run.outcomes,
            &RunFacts {
                version: env!("CARGO_PKG_VERSION"),
                seed: scenario.run.seed,
                timings_seconds: &run.timings,
                threads: run.threads,
                peak_memory_mb,
                folder,
                files,
            },
        ));
    }
    if args.quiet {
        return Ok(());
    }
    let paint = paint_of(&stdout());
    say(&format!(
        "{}\n{}\n{} files in {}\n",
        report::painted_comparison(&run.outcomes, paint),
        report::timing_line(&run.outcomes, &run.timings, run.threads, peak_memory_mb),
        files.len(),
        folder.display()
    ))?;
    say(&paint.notices(&warnings))
}

/// A scenario that is too large for its computed marks is bad input; a broken theorem is a bug.
fn ended(error: RunError) -> Failure {
    match error {
        RunError::Stopped => Failure::Interrupted(format!("interrupted: {error}")),
        RunError::Dp(_) | RunError::Threads { .. } => Failure::BadInput(format!("error: {error}")),
        other => {
            Failure::Broken(anyhow::Error::new(other).context("the run contradicts itself; please report it"))
        }
    }
}

/// Peak resident memory of this process, MB; known on Linux.
pub(crate) fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib * 1_024.0 / 1e6)
}

//! `wattshift run`: scenario in, comparison out.

use crate::args::RunArgs;
use crate::color::paint_of;
use crate::failure::Failure;
use crate::interrupt;
use crate::output::{complain, say};
use crate::progress::Progress;
use anyhow::Context;
use report::{FolderError, InputFile, Manifest, OutputFolder, RunFacts, Source};
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
    let inputs = checksums(&args.scenario, &scenario.inputs)?;
    let sources = sources(&args.scenario, &scenario.inputs)?;
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
    let mut manifest = manifest(&scenario, &overrides, inputs, sources, &run);
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

/// Checksums of the file that was run and of the files that it names.
pub(crate) fn checksums(file: &Path, inputs: &[scenario::InputFile]) -> Result<Vec<InputFile>, Failure> {
    let named = std::iter::once((file.display().to_string(), file.to_path_buf(), false))
        .chain(inputs.iter().map(|input| (input.named.clone(), input.path.clone(), input.is_base)));
    named
        .map(|(path, file, is_base)| {
            let bytes = std::fs::read(&file).with_context(|| format!("reading {} again", file.display()))?;
            Ok(InputFile { path, is_base, sha256: report::sha256_hex(&bytes) })
        })
        .collect()
}

/// What the scenario and its bases say beside their values, bases first.
fn sources(file: &Path, inputs: &[scenario::InputFile]) -> Result<Vec<Source>, Failure> {
    let bases = inputs.iter().filter(|input| input.is_base).map(|input| input.path.as_path());
    let mut found = Vec::new();
    for path in bases.chain([file]) {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("reading {} again", path.display()))?;
        let source = |remark: scenario::Remark| Source {
            field: remark.field,
            value: remark.value,
            remark: remark.text,
        };
        found.extend(scenario::remarks(&text).into_iter().map(source));
    }
    Ok(found)
}

/// What is known of a run before its last file is written.
fn manifest(
    scenario: &Scenario,
    overrides: &[String],
    inputs: Vec<InputFile>,
    sources: Vec<Source>,
    run: &Run,
) -> Manifest {
    Manifest {
        tool: report::TOOL.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        scenario: scenario.name.clone(),
        lens: scenario.lens.shown.name().into(),
        seed: scenario.run.seed,
        paths_simulated: run.outcomes.n_paths,
        paths_kept: run.outcomes.n_kept,
        interrupted: run.outcomes.interrupted,
        resolved_scenario: scenario.resolved.clone(),
        resolved_sweep: None,
        overrides: overrides.to_vec(),
        sources,
        inputs,
        outputs: Vec::new(),
        timings_seconds: Vec::new(),
        threads: run.threads,
        peak_memory_mb: None,
        warnings: run.outcomes.warnings.clone(),
    }
}

/// Peak resident memory of this process, MB; known on Linux.
pub(crate) fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib * 1_024.0 / 1e6)
}

//! `wattshift sweep`: many scenarios from one, kept point by point.

pub(crate) mod args;
mod progress;

use crate::failure::Failure;
use crate::interrupt;
use crate::output::say;
use crate::sweep::args::{SweepCommand, SweepMergeArgs, SweepPointsArgs, SweepRunArgs, SweepStatusArgs};
use crate::sweep::progress::SweepProgress;
use anyhow::Context;
use report::{FolderError as ResultsError, OutputFolder};
use std::path::{Path, PathBuf};
use std::time::Instant;
use sweep::{FolderError, Merge, PointRecord, Shard, Status, Sweep, SweepError, SweepFolder, work};

/// Carries out a command on sweeps.
pub(crate) fn sweep(command: &SweepCommand) -> Result<(), Failure> {
    match command {
        SweepCommand::Run(args) => run(args),
        SweepCommand::Status(args) => status(args),
        SweepCommand::Merge(args) => merge(args),
        SweepCommand::Points(args) => points(args),
    }
}

fn bad_sweep(error: SweepError) -> Failure {
    Failure::BadInput(error.to_string())
}

/// What the user can mend is bad input; a disk that fails is not.
fn bad_folder(error: FolderError) -> Failure {
    match error {
        FolderError::Io { .. } | FolderError::Broken { .. } => Failure::Broken(anyhow::anyhow!("{error}")),
        other => Failure::BadInput(format!("error: {other}")),
    }
}

fn run(args: &SweepRunArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let sweep = Sweep::load(&args.file, &args.settings()).map_err(bad_sweep)?;
    let target = args.out.clone().unwrap_or_else(|| PathBuf::from("out/sweeps").join(&sweep.spec.name));
    let folder = SweepFolder::open_or_create(&target, &sweep.spec).map_err(bad_folder)?;
    let shard = args.shard.unwrap_or(Shard::WHOLE);
    let begun = if args.retry_failed { folder.begin_with_failed(shard) } else { folder.begin(shard) };
    let mut begun = begun.map_err(bad_folder)?;
    interrupt::listen();
    if !args.quiet {
        say(&report::sweep_begins(&sweep, &begun, shard, &target))?;
    }
    let progress = SweepProgress::new(begun.todo.len(), args.quiet);
    let journal = &mut begun.journal;
    let keep = |record: &PointRecord| -> Result<(), Failure> {
        sweep.check_inputs().map_err(|error| Failure::Broken(anyhow::anyhow!("{error}")))?;
        journal.append(record).map_err(bad_folder)
    };
    let worked = work(&begun.todo, usize::from(args.threads), &sweep, keep, &progress);
    progress.end();
    let worked = worked?;
    // Nothing is at work on the shard any more.
    drop(begun.journal);
    let status = Status::of(&folder).map_err(bad_folder)?;
    if worked.is_stopped {
        return Err(Failure::Interrupted(format!(
            "interrupted: {} of {} points are done and kept; the same command goes on from there",
            status.n_done, status.n_points
        )));
    }
    if args.shard.is_some() {
        if !args.quiet {
            say(&report::sweep_shard_ends(&status, shard, &target))?;
        }
        let of_shard = begun.n_failed + worked.n_failed;
        let n_points = begun.n_done + worked.n_done;
        return failed_points(of_shard, n_points, "`sweep merge` writes failed.csv with the reason of each");
    }
    let merge = Merge::of(std::slice::from_ref(&folder)).map_err(bad_folder)?;
    write_results(&merge, &target, true, args.quiet, started)
}

fn status(args: &SweepStatusArgs) -> Result<(), Failure> {
    let folder = SweepFolder::read(&args.folder).map_err(bad_folder)?;
    let status = Status::of(&folder).map_err(bad_folder)?;
    if args.json {
        return say(&report::sweep_status_json(folder.spec(), &status));
    }
    say(&report::sweep_status(folder.spec(), &status))
}

fn merge(args: &SweepMergeArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let folders: Vec<SweepFolder> = args
        .folders
        .iter()
        .map(|folder| SweepFolder::read(folder))
        .collect::<Result<_, _>>()
        .map_err(bad_folder)?;
    let (target, into_sweep) = match (&args.out, args.folders.as_slice()) {
        (Some(out), folders) => (out.clone(), folders.contains(out)),
        (None, [only]) => (only.clone(), true),
        (None, _) => {
            return Err(Failure::BadInput(
                "error: several folders are merged; name the folder for tables and charts with --out".into(),
            ));
        }
    };
    let merge = Merge::of(&folders).map_err(bad_folder)?;
    let missing: Vec<usize> = merge.missing().take(3).collect();
    if let (Some(first), false) = (missing.first(), args.partial) {
        let n = merge.spec().n_points;
        return Err(Failure::BadInput(format!(
            "error: {} of {n} points are not done, the first of them {first}; run their shards, or add --partial to go on without them",
            n - merge.n_done()
        )));
    }
    if merge.n_done() == 0 {
        return Err(Failure::BadInput("error: no point is done; there is nothing to merge".into()));
    }
    write_results(&merge, &target, into_sweep || args.force, args.quiet, started)
}

fn points(args: &SweepPointsArgs) -> Result<(), Failure> {
    let sweep = Sweep::load(&args.file, &args.set).map_err(bad_sweep)?;
    say(&report::sweep_points_csv(&sweep))
}

/// Tables, charts and what they say, in the sweep's own folder or another.
fn write_results(
    merge: &Merge,
    target: &Path,
    force: bool,
    quiet: bool,
    started: Instant,
) -> Result<(), Failure> {
    let bad_place = |error: ResultsError| Failure::BadInput(format!("error: {error}"));
    let mut results = OutputFolder::open(target, &merge.spec().name, force).map_err(bad_place)?;
    interrupt::guard(Some(results.staging().to_path_buf()));
    let findings = report::write_sweep(merge, &mut results).context("writing tables and charts")?;
    let manifest = report::sweep_manifest(merge, started.elapsed().as_secs_f64());
    let files = results.publish(manifest).context("putting the results in place")?;
    interrupt::guard(None);
    if !quiet {
        say(&format!(
            "{}\n{} files in {}\n",
            report::sweep_findings(merge.spec(), merge.n_done(), &findings),
            files.len(),
            target.display()
        ))?;
    }
    failed_points(merge.n_failed(), merge.n_done(), "failed.csv has the reason of each")
}

/// Failed points are a result; the exit code says that there are some.
fn failed_points(n_failed: usize, n_done: usize, where_why: &str) -> Result<(), Failure> {
    if n_failed == 0 {
        return Ok(());
    }
    Err(Failure::SomeFailed(format!("{n_failed} of {n_done} points failed; {where_why}")))
}

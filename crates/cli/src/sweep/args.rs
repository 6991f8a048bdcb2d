//! What can be said of sweeps on the command line.

use crate::args::exit_codes;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use sweep::Shard;

#[derive(Debug, Subcommand)]
pub(crate) enum SweepCommand {
    /// Run the points of a sweep that are not done yet, and write its tables and charts when all are
    Run(SweepRunArgs),
    /// Say how far a sweep is and who is at work on it
    Status(SweepStatusArgs),
    /// Write tables and charts from one folder, or from the folders of several machines
    Merge(SweepMergeArgs),
    /// Print the points of a sweep as CSV without running any
    Points(SweepPointsArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift sweep run data/scenarios/sweeps/hashprice-rent.toml\n  wattshift sweep run my-sweep.toml --set run.paths=500 -o out/finer\n  wattshift sweep run my-sweep.toml -o /shared/finer --shard 3/8\n\nEach finished point is kept at once. Started again, the same command does what is left. Shards of a sweep may share a folder or have one each;\n`sweep merge` puts them together. docs/sweeps.md describes the file.", exit_codes!(), "\nPoints that cannot be run are listed in failed.csv and do not stop the others; with any of them the command ends with 3. Interrupted it ends with 130.")
)]
pub(crate) struct SweepRunArgs {
    /// The sweep file
    pub(crate) file: PathBuf,
    /// Folder for the sweep; by default `out/sweeps/` and its name
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Do the points of one shard alone, such as 3/8, and leave tables and charts to `sweep merge`
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<Shard>,
    /// Try points again that failed before
    #[arg(long)]
    pub(crate) retry_failed: bool,
    /// Number of paths at each point, 1 to 10,000,000, in place of run.paths
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) paths: Option<String>,
    /// Seed of every random number, a whole number from 0, in place of run.seed
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) seed: Option<String>,
    /// Set a field of the base at every point, on top of the sweep file; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Threads, 0 to 256; 0 takes one per core. Results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=256), allow_hyphen_values = true)]
    pub(crate) threads: u16,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl SweepRunArgs {
    /// `--set` arguments, the named options last so that they win.
    pub(crate) fn settings(&self) -> Vec<String> {
        let named = [("run.paths", &self.paths), ("run.seed", &self.seed)];
        let named = named.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value.as_ref()?)));
        self.set.iter().cloned().chain(named).collect()
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift sweep status out/sweeps/hashprice-rent\n  wattshift sweep status out/sweeps/hashprice-rent --json", exit_codes!())
)]
pub(crate) struct SweepStatusArgs {
    /// The folder of a sweep
    pub(crate) folder: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Examples:\n  wattshift sweep merge out/sweeps/hashprice-rent\n  wattshift sweep merge a/rent b/rent c/rent -o out/rent\n  wattshift sweep merge out/sweeps/hashprice-rent --partial", exit_codes!(), "\nWith points that failed it ends with 3.")
)]
pub(crate) struct SweepMergeArgs {
    /// The folders of a sweep's shards
    #[arg(required = true, value_name = "FOLDER")]
    pub(crate) folders: Vec<PathBuf>,
    /// Folder for tables and charts; by default that of the sweep where there is one folder
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Go on with the points that are done when some are missing
    #[arg(long)]
    pub(crate) partial: bool,
    /// Write into a folder that holds other files; those are left alone
    #[arg(long)]
    pub(crate) force: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("Example:\n  wattshift sweep points data/scenarios/sweeps/hashprice-rent.toml | head", exit_codes!())
)]
pub(crate) struct SweepPointsArgs {
    /// The sweep file
    pub(crate) file: PathBuf,
    /// Set a field of the base at every point; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
}

//! `wattshift compare`: the folders of two runs in, what changes between them out.

use crate::args::CompareArgs;
use crate::failure::Failure;
use crate::output::say;
use anyhow::Context;
use report::{Manifest, OutputFolder, Side, TwoRuns, tables};
use std::path::Path;

/// Compares two runs.
pub(crate) fn compare(args: &CompareArgs) -> Result<(), Failure> {
    let bad = |text: String| Failure::BadInput(format!("error: {text}"));
    let read = |folder: &Path| report::read_results(folder).map_err(|error| bad(error.to_string()));
    let [first, second] = [read(&args.first)?, read(&args.second)?];
    let names = [&args.first, &args.second].map(|folder| folder.display().to_string());
    let [one, two] = [(&names[0], &first), (&names[1], &second)].map(|(name, (manifest, outcomes))| Side {
        name,
        manifest,
        outcomes,
    });
    let runs = TwoRuns::of(one, two);
    if let Some(out) = &args.out {
        write(&runs, out, args.force)?;
    }
    say(&if args.json { report::two_runs_json(&runs) } else { report::two_runs_report(&runs) })
}

/// Writes the tables, the chart and what they are of.
fn write(runs: &TwoRuns<'_>, out: &Path, force: bool) -> Result<(), Failure> {
    let name = format!("{} and {}", runs.first.outcomes.scenario, runs.second.outcomes.scenario);
    let mut folder = OutputFolder::open(out, &name, force)
        .map_err(|error| Failure::BadInput(format!("error: {error}")))?;
    folder
        .write("compare.csv", &tables::two_runs::compare(runs).into_bytes())
        .and_then(|()| folder.write("settings.csv", &tables::two_runs::settings(runs).into_bytes()))
        .context("writing tables")?;
    report::write_change_chart(runs, &mut folder).context("drawing the chart")?;
    let manifest = Manifest {
        scenario: name,
        seed: runs.second.manifest.seed,
        resolved_scenario: runs.second.manifest.resolved_scenario.clone(),
        ..Manifest::default()
    };
    folder.publish(manifest).context("putting the results in place")?;
    Ok(())
}

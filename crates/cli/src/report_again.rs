//! `wattshift report`: the folder of a run in, its tables, charts and pages made anew.

use crate::args::ReportArgs;
use crate::failure::Failure;
use crate::interrupt;
use crate::output::say;
use crate::progress::Progress;
use anyhow::Context;
use report::OutputFolder;

/// Makes everything but the results themselves again, without simulating.
pub(crate) fn report_again(args: &ReportArgs) -> Result<(), Failure> {
    let bad = |text: String| Failure::BadInput(format!("error: {text}"));
    let (mut manifest, outcomes) =
        report::read_results(&args.folder).map_err(|error| bad(error.to_string()))?;
    let target = args.out.as_ref().unwrap_or(&args.folder);
    let mut folder =
        OutputFolder::open(target, &manifest.scenario, args.force).map_err(|error| bad(error.to_string()))?;
    interrupt::guard(Some(folder.staging().to_path_buf()));
    interrupt::listen();
    let progress = Progress::new(args.quiet);
    // What is made is this version's; what the run says of itself stays.
    manifest.version = env!("CARGO_PKG_VERSION").into();
    let written = report::write_run(&outcomes, &manifest, &mut folder, |stage| progress.begin(stage, 0));
    progress.end();
    let seconds: f64 = written.context("writing the results")?.iter().map(|(_, seconds)| seconds).sum();
    let files = folder.publish(manifest).context("putting the results in place")?;
    interrupt::guard(None);
    if args.quiet {
        return Ok(());
    }
    say(&format!(
        "{}\n{} files made again in {} in {seconds:.2} s, without simulating\n{}",
        report::comparison(&outcomes),
        files.len(),
        target.display(),
        report::warnings(&outcomes)
    ))
}

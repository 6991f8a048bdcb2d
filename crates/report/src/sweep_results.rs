//! The results of a sweep as a folder: tables of its points, of what follows from them, and charts.
//!
//! Records are read point by point, once for each table that holds them all, so that memory does not grow with their outputs.

use crate::charts::{self, ChartError};
use crate::folder::{FolderError, OutputFolder};
use crate::manifest::{InputFile, Manifest};
use crate::parquet::{self, ParquetError};
use crate::points_parquet::{PointsParquet, ValueKinds};
use crate::tables::sweep::{DifferenceRows, FailureRows, PointRows, WarningRows};
use sweep::answers::best::Best;
use sweep::answers::{Answers, Results};
use sweep::{Merge, PointRecord, Spec, Value};
use thiserror::Error;

/// Why the results of a sweep could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ResultsError {
    /// The folder of results refused.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The sweep's own folder could not be read.
    #[error(transparent)]
    Sweep(#[from] sweep::FolderError),
    /// A CSV file could not be written.
    #[error("cannot write a table: {0}")]
    Csv(#[from] csv::Error),
    /// A chart could not be drawn or stored.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// A Parquet file could not be written.
    #[error(transparent)]
    Parquet(#[from] ParquetError),
}

/// The points of a sweep and what follows from them.
#[derive(Debug, Clone)]
pub struct Findings {
    /// Done points.
    pub results: Results,
    /// What follows from them.
    pub answers: Answers,
}

impl Findings {
    /// Points at which a policy is best, and those among them where its lead is beyond two standard errors; `None` where errors are not known or
    /// nobody is beside it.
    #[must_use]
    pub fn points_won(&self, policy: usize) -> (usize, Option<usize>) {
        let decided = |best: &Best| best.lead.and_then(|lead| lead.decided());
        let knows_errors = self.answers.best.iter().any(|best| decided(best).is_some());
        let won = self.answers.best.iter().filter(|best| best.policy == policy);
        let n_decided = won.clone().filter(|best| decided(best) == Some(true)).count();
        (won.count(), knows_errors.then_some(n_decided))
    }
}

/// Writes all results of a sweep, as far as its points are done.
///
/// # Errors
/// [`ResultsError`].
pub fn write_sweep(merge: &Merge, folder: &mut OutputFolder) -> Result<Findings, ResultsError> {
    let spec = merge.spec();
    let mut results = Results::new(spec);
    let mut kinds = ValueKinds::new(spec.parameters.len());
    folder.write_with("points.csv", |file| {
        let mut rows = PointRows::new(spec, file)?;
        each(merge, |record| {
            kinds.see(&record.values);
            rows.push(record)?;
            results.push(spec, record);
            Ok(())
        })?;
        Ok::<(), ResultsError>(rows.finish()?)
    })?;
    folder.write_with("differences.csv", |file| {
        let mut rows = DifferenceRows::new(spec, file)?;
        each(merge, |record| Ok(rows.push(record)?))?;
        Ok::<(), ResultsError>(rows.finish()?)
    })?;
    if results.n_warned > 0 {
        folder.write_with("warnings.csv", |file| {
            let mut rows = WarningRows::new(spec, file)?;
            each(merge, |record| Ok(rows.push(record)?))?;
            Ok::<(), ResultsError>(rows.finish()?)
        })?;
    }
    if merge.n_failed() > 0 {
        folder.write_with("failed.csv", |file| {
            let mut rows = FailureRows::new(spec, file)?;
            each(merge, |record| Ok(rows.push(record)?))?;
            Ok::<(), ResultsError>(rows.finish()?)
        })?;
    }
    if parquet::IS_COMPILED {
        folder.write_with("points.parquet", |file| {
            let mut rows = PointsParquet::new(spec, &kinds, file)?;
            each(merge, |record| Ok(rows.push(record)?))?;
            Ok::<(), ResultsError>(rows.finish()?)
        })?;
    }
    let findings = Findings { answers: Answers::of(&results, spec), results };
    write_answers(spec, &findings, folder)?;
    charts::write_sweep_charts(&charts::sweep::sweep_charts(spec, &findings), folder)?;
    Ok(findings)
}

/// Tables of what follows from the points.
fn write_answers(spec: &Spec, findings: &Findings, folder: &mut OutputFolder) -> Result<(), FolderError> {
    use crate::tables::sweep_answers as tables;
    let always = [("best.csv", tables::best(spec, findings)), ("regret.csv", tables::regret(spec, findings))];
    let break_even =
        findings.answers.map.is_some().then(|| ("break_even.csv", tables::break_even(spec, findings)));
    let of_design = [
        ("tornado.csv", tables::tornado(spec, findings)),
        ("flips.csv", tables::flips(spec, findings)),
        ("sobol.csv", tables::sobol(spec, findings)),
        ("convergence.csv", tables::convergence(spec, findings)),
    ];
    let of_design = of_design.into_iter().filter_map(|(file, sheet)| Some((file, sheet?)));
    for (file, sheet) in always.into_iter().chain(break_even).chain(of_design) {
        folder.write(file, &sheet.into_bytes())?;
    }
    Ok(())
}

/// Hands over every record in the order of the points.
fn each(
    merge: &Merge,
    mut take: impl FnMut(&PointRecord) -> Result<(), ResultsError>,
) -> Result<(), ResultsError> {
    merge.records().try_for_each(|record| take(&record?))
}

/// What a folder of results says of itself.
#[must_use]
pub fn sweep_manifest(merge: &Merge, seconds: f64) -> Manifest {
    let spec = merge.spec();
    let text = |path| match spec.setting(path) {
        Some(Value::Text(text)) => text,
        _ => String::new(),
    };
    let number = |path| match spec.setting(path) {
        Some(Value::Whole(whole)) => u64::try_from(whole).unwrap_or(0),
        _ => 0,
    };
    let inputs = spec.inputs.iter().map(|(path, sha256)| InputFile {
        path: path.clone(),
        is_base: false,
        sha256: sha256.clone(),
    });
    let n_missing = spec.n_points - merge.n_done();
    let mut warnings = Vec::new();
    if n_missing > 0 {
        warnings.push(format!("{n_missing} of {} points are missing", spec.n_points));
    }
    if merge.n_failed() > 0 {
        warnings.push(format!("{} points failed, see failed.csv", merge.n_failed()));
    }
    Manifest {
        scenario: spec.name.clone(),
        lens: text("run.lens"),
        seed: number("run.seed"),
        resolved_scenario: spec.resolved_scenario.clone(),
        resolved_sweep: Some(spec.resolved_sweep.clone()),
        overrides: spec.set.clone(),
        inputs: inputs.collect(),
        interrupted: n_missing > 0,
        timings_seconds: vec![("all".into(), seconds)],
        warnings,
        ..Manifest::default()
    }
}

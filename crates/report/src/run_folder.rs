//! All that the folder of a run holds: results, tables, charts, the page, the workbook.
//!
//! The same call serves a run that has just ended and results that were read again, so that both give the same bytes.

use crate::charts::{ChartError, write_charts};
use crate::folder::{FolderError, OutputFolder};
use crate::html::{PageError, write_page};
use crate::manifest::Manifest;
use crate::stored::write_results;
use crate::tables::write_tables;
use crate::workbook::{WorkbookError, write_workbook};
use simulate::Outcomes;
use std::time::Instant;
use thiserror::Error;

/// Why the folder of a run could not be filled.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunFolderError {
    /// A table or the results could not be stored.
    #[error("writing tables: {0}")]
    Tables(#[from] FolderError),
    /// A chart could not be drawn or stored.
    #[error("drawing charts: {0}")]
    Charts(#[from] ChartError),
    /// The page could not be filled in or stored.
    #[error("writing the report: {0}")]
    Page(#[from] PageError),
    /// The workbook could not be made or stored.
    #[error("writing the workbook: {0}")]
    Workbook(#[from] WorkbookError),
}

/// Stages everything but the manifest, and returns the seconds of each stage; `begin` is told what begins.
///
/// # Errors
/// If anything cannot be made or stored.
pub fn write_run(
    outcomes: &Outcomes,
    manifest: &Manifest,
    folder: &mut OutputFolder,
    mut begin: impl FnMut(&'static str),
) -> Result<Vec<(String, f64)>, RunFolderError> {
    let mut seconds = Vec::new();
    let mut ended =
        |stage: &str, clock: Instant| seconds.push((stage.to_owned(), clock.elapsed().as_secs_f64()));
    begin("writing tables");
    let clock = Instant::now();
    write_tables(outcomes, folder)?;
    write_results(outcomes, folder)?;
    ended("tables", clock);
    begin("drawing charts");
    let clock = Instant::now();
    let charts = write_charts(outcomes, folder)?;
    ended("charts", clock);
    begin("writing the report");
    let clock = Instant::now();
    write_page(outcomes, &charts, manifest, folder)?;
    ended("report", clock);
    begin("writing the workbook");
    let clock = Instant::now();
    write_workbook(outcomes, manifest, folder)?;
    ended("workbook", clock);
    Ok(seconds)
}

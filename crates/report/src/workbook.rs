//! `report.xlsx`: a run's figures in a workbook whose cash flow is alive.
//!
//! What the run found stands in sheet Ledger as plain numbers, means over paths. What a spreadsheet can work out from them is a formula:
//! net flows, the present value `Σ flow_m (1+r)^(−m/12)` with month m counted from 1 and carried values in the last month, the difference to
//! all-mining and its rate of return. Every formula carries the result that the run found, so that viewers which do not calculate show it too.
//! Decisions are not formulas: at other inputs the policies would do something else, which only another run knows.

mod assumptions;
mod cash_flow;
mod debt;
mod figures;
mod grid;
mod ledger;
mod look;
mod markets;
mod places;
mod policies;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod uses;
mod valuation;
mod words;

use crate::folder::{FolderError, OutputFolder};
use crate::manifest::Manifest;
use figures::Figures;
use places::Places;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use simulate::Outcomes;
use thiserror::Error;

/// Name of the workbook within its folder.
pub const WORKBOOK_FILE: &str = "report.xlsx";

/// Why the workbook could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WorkbookError {
    /// A cell, a sheet or the archive could not be made.
    #[error("cannot make the workbook: {0}")]
    Cells(#[from] XlsxError),
    /// The manifest's scenario is no TOML.
    #[error("cannot read the resolved scenario: {0}")]
    Scenario(#[from] toml::de::Error),
    /// The workbook could not be stored.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// What every sheet is made from.
#[derive(Clone, Copy)]
struct Source<'a> {
    outcomes: &'a Outcomes,
    manifest: &'a Manifest,
    figures: &'a Figures,
    places: Places,
}

/// Writes the workbook of a run.
///
/// It says nothing of threads, seconds or dates, so that equal runs give equal bytes.
///
/// # Errors
/// If a cell cannot be written (more policies or months than a sheet has room for), the manifest's scenario is no TOML, or the file cannot be
/// stored.
pub fn write_workbook(
    outcomes: &Outcomes,
    manifest: &Manifest,
    folder: &mut OutputFolder,
) -> Result<(), WorkbookError> {
    Ok(folder.write(WORKBOOK_FILE, &bytes(outcomes, manifest)?)?)
}

/// The workbook as it is stored.
fn bytes(outcomes: &Outcomes, manifest: &Manifest) -> Result<Vec<u8>, WorkbookError> {
    let figures = Figures::of(outcomes);
    let source = Source { outcomes, manifest, figures: &figures, places: Places::of(outcomes) };
    let mut book = Workbook::new();
    summary::add(&mut book, source)?;
    assumptions::add(&mut book, source)?;
    cash_flow::add(&mut book, source)?;
    uses::add(&mut book, source)?;
    valuation::add(&mut book, source)?;
    ledger::add(&mut book, source)?;
    debt::add(&mut book, source)?;
    policies::add(&mut book, source)?;
    markets::add(&mut book, source)?;
    book.set_properties(&properties(outcomes)?);
    Ok(book.save_to_buffer()?)
}

/// What the file says of itself. Its date is a fixed one: the day of the run would make equal runs differ.
fn properties(outcomes: &Outcomes) -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new()
        .set_title(format!("Policies of {}", outcomes.scenario))
        .set_subject("Megawatts of a mining campus moved to AI: values, cash flows and assumptions")
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?))
}

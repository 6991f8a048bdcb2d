//! `report.html`: the answer of a run in one page that opens without a network, in any browser, with or without scripts.
//!
//! The page is made in three steps. `Page` gathers what is said, as text, from [`Outcomes`] and the [`Manifest`]; the templates in
//! `templates/` set it; the charts are the SVGs of the folder, put into the page. Everything that comes from a user is escaped by the engine.

mod answer;
mod caveat;
mod engine;
mod figures;
mod limits;
mod markets;
mod page;
mod policies;
mod provenance;
mod spread;
#[cfg(test)]
mod tests;

use crate::charts::Drawing;
use crate::folder::{FolderError, OutputFolder};
use crate::manifest::Manifest;
use crate::turning::caveats;
use answer::Answer;
use page::Page;
pub(crate) use provenance::command;
use simulate::Outcomes;
use thiserror::Error;

/// Name of the page within its folder.
pub const PAGE_FILE: &str = "report.html";

/// The question, the answer and the first caveat of the page, a paragraph each.
pub(crate) fn answer_in_words(outcomes: &Outcomes) -> Vec<String> {
    let mut words = Answer::of(outcomes).into_words();
    words.extend(caveats(outcomes));
    words
}

/// Why the page could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PageError {
    /// A template could not be filled in.
    #[error("cannot fill in the page: {0}")]
    Template(#[from] minijinja::Error),
    /// The page could not be stored.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// Writes the page of a run; `charts` are those that were written beside it, in their order.
///
/// The page says nothing of threads or seconds, so that equal runs give equal bytes.
///
/// # Errors
/// If a template cannot be filled in or the page cannot be stored.
pub fn write_page(
    outcomes: &Outcomes,
    charts: &[Drawing],
    manifest: &Manifest,
    folder: &mut OutputFolder,
) -> Result<(), PageError> {
    let page = engine::render(&Page::of(outcomes, charts, manifest))?;
    Ok(folder.write(PAGE_FILE, page.as_bytes())?)
}

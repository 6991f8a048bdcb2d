//! What the page says, in the order in which it says it.

use super::answer::Answer;
use super::caveat::Caveat;
use super::figures::{Chapter, Uses, chapters};
use super::limits::limits;
use super::markets::{HistoryRow, MarketRow, history_rows, market_rows};
use super::policies::PolicyTable;
use super::provenance::Provenance;
use crate::charts::Drawing;
use crate::console;
use crate::manifest::Manifest;
use serde::Serialize;
use simulate::Outcomes;

/// Everything that the templates put in place.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    scenario: &'a str,
    /// What the figures rest on, in a line.
    basis: String,
    answer: Answer,
    caveat: Caveat,
    warnings: &'a [String],
    policies: PolicyTable,
    /// More of what the run found, a sentence or two each.
    findings: Vec<String>,
    uses: Uses<'a>,
    chapters: Vec<Chapter<'a>>,
    markets: Vec<MarketRow>,
    history: Vec<HistoryRow>,
    limits: Vec<String>,
    provenance: Provenance<'a>,
}

impl<'a> Page<'a> {
    pub(super) fn of(outcomes: &'a Outcomes, charts: &'a [Drawing], manifest: &'a Manifest) -> Self {
        let (answer, caveat) = (Answer::of(outcomes), Caveat::of(outcomes));
        let is_new = |said: &String| !answer.support.contains(said) && !caveat.sentences.contains(said);
        let findings = console::sentences(outcomes).into_iter().filter(is_new).collect();
        Self {
            scenario: &outcomes.scenario,
            basis: basis(outcomes),
            answer,
            caveat,
            warnings: &outcomes.warnings,
            policies: PolicyTable::of(outcomes),
            findings,
            uses: Uses::of(outcomes, charts),
            chapters: chapters(outcomes, charts),
            markets: market_rows(outcomes),
            history: history_rows(outcomes),
            limits: limits(outcomes),
            provenance: Provenance::of(manifest),
        }
    }
}

/// Paths, months and lens.
fn basis(outcomes: &Outcomes) -> String {
    let (Some(first), Some(last)) = (outcomes.months.first(), outcomes.months.last()) else {
        return String::new();
    };
    format!(
        "{} over {first} to {last}, {}{}",
        crate::numbers::counted_paths(outcomes.n_paths),
        crate::lens::lens_words(outcomes.lens),
        if outcomes.interrupted { ", stopped before all paths were done" } else { "" },
    )
}

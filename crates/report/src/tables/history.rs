//! `history.csv`: what history shows of the markets, beside what the run assumes.

use super::Sheet;
use crate::numbers::{exact, exact_or_empty};
use simulate::Outcomes;

/// A row per statistic.
///
/// Columns: `subject` and `statistic`; `unit`; `history`, its value in the history, with its standard error `se_history` where one was
/// estimated; `model`, what the run assumes or the mean over histories that the fitted model simulates, with their 5th and 95th percentile
/// `p5_model` and `p95_model`; first and last month or day of the history, and its `source`. No rows where history itself is replayed.
#[must_use]
pub fn history(outcomes: &Outcomes) -> Sheet {
    let mut sheet = Sheet::new(&[
        "subject",
        "statistic",
        "unit",
        "history",
        "se_history",
        "model",
        "p5_model",
        "p95_model",
        "first",
        "last",
        "source",
    ]);
    for mark in &outcomes.history {
        let mut row = vec![mark.subject.clone(), mark.statistic.clone(), mark.unit.clone()];
        let [low, high] = mark.model_range.map_or([None, None], |range| range.map(Some));
        row.extend([exact(mark.history), exact_or_empty(mark.history_error), exact(mark.model)]);
        row.extend([low, high].map(exact_or_empty));
        row.extend(mark.period.iter().chain([&mark.source]).cloned());
        sheet.row(row);
    }
    sheet
}

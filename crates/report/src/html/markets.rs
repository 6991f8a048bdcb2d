//! The market assumptions as they came out, each factor at the first opening and at the last, and what history shows beside them.

use crate::numbers::{decimals_of_error, decimals_of_size, grouped, unit};
use serde::Serialize;
use simulate::{FactorOutcome, HistoryMark, Outcomes};

/// A factor's row, for people.
#[derive(Debug, Serialize)]
pub(super) struct MarketRow {
    title: String,
    unit: String,
    first: String,
    last: String,
    multiple: String,
    /// 5 % and 95 % quantile of the last opening over the kept paths; a dash of one path.
    spread: String,
}

pub(super) fn market_rows(outcomes: &Outcomes) -> Vec<MarketRow> {
    outcomes.markets.iter().map(|factor| row(factor, outcomes)).collect()
}

fn row(factor: &FactorOutcome, outcomes: &Outcomes) -> MarketRow {
    let shown = |value: f64| grouped(value, decimals_of_size(value.abs()));
    let stated = |value: Option<&f64>| value.map_or_else(|| "–".into(), |value| shown(*value));
    let [low, _, high] = factor.fan.outer_quantiles();
    let ends = (low.last(), high.last());
    let spread = match ends {
        (Some(low), Some(high)) if outcomes.n_kept > 1 => format!("{} to {}", shown(*low), shown(*high)),
        _ => "–".into(),
    };
    MarketRow {
        title: factor.title.clone(),
        unit: unit(&factor.unit).into(),
        first: stated(factor.mean.first()),
        last: stated(factor.mean.last()),
        multiple: factor.mean_multiple.last().map_or_else(|| "–".into(), |multiple| grouped(*multiple, 2)),
        spread,
    }
}

/// A statistic of history beside the run's, for people.
#[derive(Debug, Serialize)]
pub(super) struct HistoryRow {
    subject: String,
    statistic: String,
    unit: String,
    history: String,
    model: String,
    period: String,
    source: String,
}

pub(super) fn history_rows(outcomes: &Outcomes) -> Vec<HistoryRow> {
    outcomes.history.iter().map(history_row).collect()
}

/// A value with two digits of its error, where it has one.
fn stated(value: f64, error: Option<f64>) -> String {
    match error.and_then(|error| Some((error, decimals_of_error(error)?))) {
        Some((error, decimals)) => format!("{} ± {}", grouped(value, decimals), grouped(error, decimals)),
        None => grouped(value, decimals_of_size(value.abs())),
    }
}

fn history_row(mark: &HistoryMark) -> HistoryRow {
    let is_share = mark.unit == "share";
    let scale = if is_share { 100.0 } else { 1.0 };
    let shown = |value: f64| grouped(scale * value, decimals_of_size((scale * value).abs()));
    let range = mark
        .model_range
        .map_or_else(String::new, |[low, high]| format!(" ({} to {})", shown(low), shown(high)));
    HistoryRow {
        subject: mark.subject.clone(),
        statistic: mark.statistic.clone(),
        unit: if is_share { "%".into() } else { mark.unit.clone() },
        history: stated(scale * mark.history, mark.history_error.map(|error| scale * error)),
        model: format!("{}{range}", shown(mark.model)),
        period: format!("{} to {}", mark.period[0], mark.period[1]),
        source: mark.source.clone(),
    }
}

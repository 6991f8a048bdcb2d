//! The picture of a backtest: forecasts over time, where outcomes fell, and scores by horizon.

use super::{Forecast, HORIZONS, PIT_CLASSES, PROBABILITIES, Quantity, Score};
use crate::panel::{CurveRole, Panel, PanelCurve};

/// Panels for each quantity met: forecasts six months ahead beside what came, the PIT histogram, and CRPS by horizon.
#[must_use]
pub fn panels(forecasts: &[Forecast], scores: &[Score]) -> Vec<Panel> {
    let mut quantities: Vec<Quantity> = scores.iter().map(|score| score.quantity).collect();
    quantities.dedup();
    quantities
        .into_iter()
        .flat_map(|quantity| {
            let scores: Vec<&Score> = scores.iter().filter(|score| score.quantity == quantity).collect();
            [over_time(quantity, forecasts), pit(quantity, &scores), by_horizon(quantity, &scores)]
        })
        .collect()
}

fn words(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::BitcoinPrice => "Bitcoin price",
        Quantity::Difficulty => "Difficulty",
        Quantity::Hashprice => "Hashprice",
        Quantity::Power => "Power price",
    }
}

/// Forecasts made half a year before, over the months they were made for.
fn over_time(quantity: Quantity, forecasts: &[Forecast]) -> Panel {
    const HORIZON: u32 = HORIZONS[2];
    let median = PROBABILITIES.len() / 2;
    let shown: Vec<(f64, &Forecast)> = forecasts
        .iter()
        .filter(|f| f.quantity == quantity && f.horizon_months == HORIZON)
        .map(|f| (f64::from(f.month.first_day().year()) + (f.month.month0() as f64 + 0.5) / 12.0, f))
        .collect();
    let band = shown.iter().map(|(x, f)| (*x, f.quantiles[1], f.quantiles[PROBABILITIES.len() - 2]));
    Panel {
        title: format!("{}, forecast {HORIZON} months before", words(quantity)),
        x_label: "year".into(),
        y_label: format!("monthly mean, {}", quantity.unit()),
        log_y: quantity != Quantity::Power,
        curves: vec![
            PanelCurve::band("central 80 %", band),
            PanelCurve::line(
                "median",
                CurveRole::Model,
                shown.iter().map(|(x, f)| (*x, f.quantiles[median])),
            ),
            PanelCurve::line("what came", CurveRole::History, shown.iter().map(|(x, f)| (*x, f.outcome))),
        ],
    }
}

/// Where outcomes fell in their forecasts, all horizons together.
fn pit(quantity: Quantity, scores: &[&Score]) -> Panel {
    let share = |class: usize| {
        let counts: usize = scores.iter().map(|score| score.pit_counts[class]).sum();
        let all: usize = scores.iter().map(|score| score.n_origins).sum();
        counts as f64 / all as f64
    };
    let classes = (0..PIT_CLASSES).map(|class| ((class as f64 + 0.5) / PIT_CLASSES as f64, share(class)));
    let even = 1.0 / PIT_CLASSES as f64;
    Panel {
        title: format!("{}, where outcomes fell", words(quantity)),
        x_label: "probability that the forecast gave to less".into(),
        y_label: "share of outcomes".into(),
        log_y: false,
        curves: vec![
            PanelCurve::line("outcomes", CurveRole::Bars, classes),
            PanelCurve::line("a perfect forecast", CurveRole::Rival, [(0.0, even), (1.0, even)]),
        ],
    }
}

/// CRPS of the model and of its rivals by horizon.
fn by_horizon(quantity: Quantity, scores: &[&Score]) -> Panel {
    let model = scores.iter().map(|score| (f64::from(score.horizon_months), score.crps));
    let mut curves = vec![PanelCurve::line("model", CurveRole::Model, model)];
    let n_rivals = scores.first().map_or(0, |score| score.rivals.len());
    for rival in 0..n_rivals {
        let points = scores.iter().map(|score| (f64::from(score.horizon_months), score.rivals[rival].crps));
        curves.push(PanelCurve::line(scores[0].rivals[rival].name, CurveRole::Rival, points));
    }
    Panel {
        title: format!("{}, error by horizon", words(quantity)),
        x_label: "months ahead".into(),
        y_label: "mean CRPS, log units".into(),
        log_y: false,
        curves,
    }
}

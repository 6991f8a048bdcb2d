//! Bitcoin's fitted laws beside the record they were fitted to.

use market::bitcoin_fit::{BitcoinCalibration, DailyRecord, epochs};
use market::{CurveRole, Panel, PanelCurve};

/// Half of the width that holds 90 % of a normal law, in standard deviations.
const Z90: f64 = 1.645;
/// Fewest days from which the volatility of a year is shown.
const FEWEST_DAYS: usize = 90;

/// Volatility by calendar year against the one fitted, fees by month against their law, and what difficulty did at each
/// distance of hashprice from the cost curve against the speeds of entry and exit.
#[must_use]
pub fn bitcoin_panels(days: &[DailyRecord], calibration: &BitcoinCalibration) -> Vec<Panel> {
    vec![volatility(days, calibration), fees(days, calibration), network(days, calibration)]
}

fn volatility(days: &[DailyRecord], calibration: &BitcoinCalibration) -> Panel {
    let years: Vec<(f64, f64)> = days
        .chunk_by(|a, b| a.date.year() == b.date.year())
        .filter(|year| year.len() >= FEWEST_DAYS)
        .map(|year| (f64::from(year[0].date.year()), yearly_volatility(year)))
        .collect();
    let fitted = calibration.price.volatility;
    let ends = || [0.5, -0.5].into_iter().zip([years.first(), years.last()]);
    let at_ends = ends().filter_map(|(out, year)| Some(year?.0 - out)).collect::<Vec<_>>();
    let error = Z90 * fitted.standard_error;
    Panel {
        title: "Volatility of the price by calendar year".into(),
        x_label: "year".into(),
        y_label: "per square root of a year".into(),
        log_y: false,
        curves: vec![
            PanelCurve::line("history", CurveRole::Bars, years.iter().copied()),
            PanelCurve::band(
                "90 % of the estimate",
                at_ends.iter().map(|x| (*x, fitted.value - error, fitted.value + error)),
            ),
            PanelCurve::line("fitted", CurveRole::Model, at_ends.iter().map(|x| (*x, fitted.value))),
        ],
    }
}

/// Root of the sum of squared daily log returns over the days of a year.
fn yearly_volatility(days: &[DailyRecord]) -> f64 {
    let squares: f64 = days.windows(2).map(|pair| (pair[1].price_usd / pair[0].price_usd).ln().powi(2)).sum();
    (squares / (days.len() - 1) as f64 * 365.0).sqrt()
}

fn network(days: &[DailyRecord], calibration: &BitcoinCalibration) -> Panel {
    let law = &calibration.network;
    let response = law.response();
    let seen: Vec<[f64; 2]> = epochs(days);
    let ends = seen.iter().fold([0.0_f64, 0.0], |[low, high], [gap, _]| [low.min(*gap), high.max(*gap)]);
    let growth = |gap: f64| {
        let speed = if gap > 0.0 { response.entry_per_epoch } else { response.exit_per_epoch };
        law.growth_per_epoch.value + speed * gap
    };
    let line = [ends[0], 0.0, ends[1]].map(|gap| (gap, growth(gap)));
    let noise = Z90 * law.noise_per_epoch;
    Panel {
        title: "Growth of difficulty against hashprice".into(),
        x_label: "smoothed hashprice over the cost curve, log".into(),
        y_label: "change of difficulty per epoch, log".into(),
        log_y: false,
        curves: vec![
            PanelCurve::band("90 % of epochs", line.map(|(gap, y)| (gap, y - noise, y + noise))),
            PanelCurve::line("epochs", CurveRole::Points, seen.iter().map(|[gap, change]| (*gap, *change))),
            PanelCurve::line("entry and exit as fitted", CurveRole::Model, line),
        ],
    }
}

fn fees(days: &[DailyRecord], calibration: &BitcoinCalibration) -> Panel {
    let law = &calibration.fees;
    let month = |chunk: &[DailyRecord]| {
        let date = chunk[0].date;
        let logs: Vec<f64> = chunk.iter().filter_map(|day| Some(day.fees_btc_per_block?.ln())).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        // A month without fees is no number and breaks the line.
        (f64::from(date.year()) + (f64::from(date.month()) - 0.5) / 12.0, mean.exp())
    };
    let months: Vec<(f64, f64)> =
        days.chunk_by(|a, b| a.date.first_of_month() == b.date.first_of_month()).map(month).collect();
    let ends: Vec<f64> = [months.first(), months.last()].into_iter().flatten().map(|(x, _)| *x).collect();
    let level = |z: f64| (law.mean_log_btc_per_block + z * law.sd_within_year).exp();
    Panel {
        title: "Fees by month, and the law of the last two years".into(),
        x_label: "year".into(),
        y_label: "BTC per block, mean of logs".into(),
        log_y: true,
        curves: vec![
            PanelCurve::band("90 % of days", ends.iter().map(|x| (*x, level(-Z90), level(Z90)))),
            PanelCurve::line("history", CurveRole::History, months.iter().copied()),
            PanelCurve::line("fitted level", CurveRole::Model, ends.iter().map(|x| (*x, level(0.0)))),
        ],
    }
}

//! Pictures of the model beside the history it was fitted to.

use super::factors::{LAGS, autocorrelations, less_weekday_means};
use super::replay::{ReplaySettings, each_history};
use super::{HourlyHistory, LocalDay};
use crate::panel::{CurveRole, Panel, PanelCurve};
use crate::power::{PowerCalibration, PowerStatistics, mean_of, on_hour_grid, quantile};

/// Prices (USD/MWh) above which hours are counted for the tail.
const THRESHOLDS: [f64; 23] = [
    0.0, 25.0, 50.0, 75.0, 100.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1000.0, 1250.0,
    1500.0, 2000.0, 2500.0, 3000.0, 3500.0, 4000.0, 4500.0, 4900.0,
];

/// Beyond any value of the rank variable.
const NO_BOUND: f64 = 9.0;

/// What the panels need of a history beyond its statistics.
pub(super) struct Tail(Vec<f64>);

impl Tail {
    /// Share of `prices` above each of the thresholds.
    pub(super) fn of(prices: &[f64]) -> Self {
        let mut ascending = prices.to_vec();
        ascending.sort_unstable_by(f64::total_cmp);
        let above = |threshold: &f64| ascending.len() - ascending.partition_point(|price| price <= threshold);
        Self(THRESHOLDS.iter().map(|t| above(t) as f64 / prices.len() as f64).collect())
    }
}

/// Autocorrelations of the rank variable of each simulated history over `days`, less its means by weekday.
pub(super) fn rank_autocorrelations(
    calibration: &PowerCalibration,
    days: &[LocalDay],
    settings: &ReplaySettings,
) -> Vec<Vec<f64>> {
    let settings = ReplaySettings { floor_usd_per_mwh: -NO_BOUND, cap_usd_per_mwh: NO_BOUND, ..*settings };
    each_history(&calibration.rank_as_price(), days, &settings, |clock, ranks| {
        let (ranks, _) = less_weekday_means(clock, ranks.to_vec());
        autocorrelations(&on_hour_grid(clock, &ranks, 0.0))
    })
}

/// Means by local hour and by calendar month, and the tail, beside those of simulated histories.
pub(super) fn price_panels(
    history: &HourlyHistory,
    observed: &PowerStatistics,
    simulated: &[(PowerStatistics, Tail)],
) -> Vec<Panel> {
    let of_all = |values: &dyn Fn(&(PowerStatistics, Tail)) -> Vec<f64>| -> Vec<Vec<f64>> {
        simulated.iter().map(values).collect()
    };
    let hours: Vec<f64> = (0..24).map(f64::from).collect();
    let months: Vec<f64> = (1..=12).map(f64::from).collect();
    let price = "mean price, USD/MWh";
    vec![
        panel(
            ["Mean by local hour", "hour of the local day", price],
            &hours,
            &observed.mean_by_local_hour_usd_per_mwh,
            &of_all(&|(statistics, _)| statistics.mean_by_local_hour_usd_per_mwh.clone()),
        ),
        panel(
            ["Mean by calendar month", "calendar month", price],
            &months,
            &observed.mean_by_calendar_month_usd_per_mwh,
            &of_all(&|(statistics, _)| statistics.mean_by_calendar_month_usd_per_mwh.clone()),
        ),
        Panel {
            log_y: true,
            ..panel(
                ["Tail of prices", "price, USD/MWh", "share of hours above"],
                &THRESHOLDS,
                &Tail::of(&history.prices).0,
                &of_all(&|(_, tail)| tail.0.clone()),
            )
        },
    ]
}

/// Autocorrelation of the rank variable by lag: that of the history, and those of simulated histories.
pub(super) fn rank_panel(observed: &[f64], simulated: &[Vec<f64>]) -> Panel {
    let days: Vec<f64> = LAGS.iter().map(|&lag| lag as f64 / 24.0).collect();
    panel(["Persistence of the rank variable", "lag, days", "autocorrelation"], &days, observed, simulated)
}

/// History, mean and central 90 % of simulated histories at the positions `x`; a position without history is left out.
fn panel([title, x_label, y_label]: [&str; 3], x: &[f64], history: &[f64], simulated: &[Vec<f64>]) -> Panel {
    let at = |index: usize| simulated.iter().map(|values| values[index]).collect::<Vec<f64>>();
    let kept: Vec<usize> = (0..x.len()).filter(|&index| !history[index].is_nan()).collect();
    let line = |name, role, value: &dyn Fn(usize) -> f64| {
        PanelCurve::line(name, role, kept.iter().map(|&index| (x[index], value(index))))
    };
    let mut curves = vec![line("history", CurveRole::History, &|index| history[index])];
    if !simulated.is_empty() {
        let band = kept.iter().map(|&index| {
            let mut values = at(index);
            (x[index], quantile(&mut values, 0.05), quantile(&mut values, 0.95))
        });
        let band = PanelCurve::band("model, central 90 % of simulated histories", band);
        let mean = line("model, mean", CurveRole::Model, &|index| mean_of(&at(index)));
        curves = [vec![band, mean], curves].concat();
    }
    Panel {
        title: title.to_owned(),
        x_label: x_label.to_owned(),
        y_label: y_label.to_owned(),
        log_y: false,
        curves,
    }
}

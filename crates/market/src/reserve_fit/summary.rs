//! Statistics of history and of simulations at its own power prices, and pictures of both.

use super::noise::FittedNoise;
use super::sample::Sample;
use crate::panel::{CurveRole, Panel, PanelCurve};
use crate::power::{LANES, LocalHour, autocovariance, mean_of, on_hour_grid, quantile};
use crate::reserves::{HOURS, ReserveCalibration, ReserveLanes, ReserveMonth, ReserveStatistics};
use site::calendar::{Calendar, YearMonth, Zone};

/// Power price from which an hour counts as scarce, USD/MWh.
pub(super) const SCARCE_USD_PER_MWH: f64 = 200.0;

/// Statistics of every product's history.
pub(super) fn history(sample: &Sample) -> Vec<ReserveStatistics> {
    let power = ranked(&sample.power);
    sample.reserves.iter().map(|prices| statistics(sample, &power, prices)).collect()
}

/// Mean, 5 % and 95 % quantile of the statistics over [`LANES`] simulations, by product.
pub(super) fn simulate(
    sample: &Sample,
    calibration: &ReserveCalibration,
    power_ranks: &[f64],
    seed: u64,
) -> Vec<[ReserveStatistics; 3]> {
    let n_products = sample.n_products();
    let mut all = vec![vec![Vec::new(); LANES]; n_products];
    let number = |at: Option<&LocalHour>| at.map_or(0, |at| at.month_number);
    let (first, last) = (number(sample.clock.first()), number(sample.clock.last()));
    let start = YearMonth { year: first.div_euclid(12) as i16, month: (first.rem_euclid(12) + 1) as i8 };
    let calendar = Calendar::new(start, (last - first + 1).max(0) as u32, Zone::Central);
    let mut lanes = ReserveLanes::new(calibration, seed, 0, LANES);
    let mut month = ReserveMonth::default();
    let mut next = 0;
    for (m, days) in calendar.days.iter().enumerate() {
        let first_hour = days[0].start_unix_s.div_euclid(3_600);
        let n_hours = calendar.hours(m);
        let mut ranks = vec![0.0; n_hours * LANES];
        let mut places = Vec::new();
        while let Some(at) = sample.clock.get(next).filter(|at| at.utc_hour < first_hour + n_hours as i64) {
            let place = (at.utc_hour - first_hour) as usize;
            ranks[place * LANES..][..LANES].fill(power_ranks[next]);
            places.push(place);
            next += 1;
        }
        lanes.fill_month(m as u32, calendar.month(m).month0(), days, &ranks, &mut month);
        for (product, prices) in all.iter_mut().zip(&month.prices_usd_per_mw_h) {
            for (lane, path) in product.iter_mut().enumerate() {
                path.extend(places.iter().map(|place| prices[place * LANES + lane]));
            }
        }
    }
    let power = ranked(&sample.power);
    all.iter()
        .map(|paths| {
            let each: Vec<_> = paths.iter().map(|path| statistics(sample, &power, path)).collect();
            [
                combine(&each, |values| mean_of(values)),
                combine(&each, |values| quantile(values, 0.05)),
                combine(&each, |values| quantile(values, 0.95)),
            ]
        })
        .collect()
}

fn combine(all: &[ReserveStatistics], summary: impl Fn(&mut [f64]) -> f64) -> ReserveStatistics {
    let over =
        |field: &dyn Fn(&ReserveStatistics) -> f64| summary(&mut all.iter().map(field).collect::<Vec<_>>());
    ReserveStatistics {
        mean_usd_per_mw_h: over(&|s| s.mean_usd_per_mw_h),
        median_usd_per_mw_h: over(&|s| s.median_usd_per_mw_h),
        rank_correlation: over(&|s| s.rank_correlation),
        mean_ratio_above_200: over(&|s| s.mean_ratio_above_200),
        median_ratio_above_200: over(&|s| s.median_ratio_above_200),
        autocorrelation_1h: over(&|s| s.autocorrelation_1h),
        autocorrelation_24h: over(&|s| s.autocorrelation_24h),
        autocorrelation_168h: over(&|s| s.autocorrelation_168h),
        mean_by_local_hour_usd_per_mw_h: (0..HOURS)
            .map(|hour| over(&|s| s.mean_by_local_hour_usd_per_mw_h[hour]))
            .collect(),
    }
}

/// Centred ranks, ties at their middle.
fn ranked(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for end in 1..=order.len() {
        if end == order.len() || values[order[end]] != values[order[start]] {
            let middle = 0.5 * (start + end - 1) as f64 - 0.5 * (values.len() - 1) as f64;
            order[start..end].iter().for_each(|n| ranks[*n] = middle);
            start = end;
        }
    }
    ranks
}

fn statistics(sample: &Sample, power_ranks: &[f64], prices: &[f64]) -> ReserveStatistics {
    let ranks = ranked(prices);
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let dense = on_hour_grid(&sample.clock, &ranks, 0.0);
    let variance = autocovariance(&dense, 0);
    let scarce: Vec<(f64, f64)> = prices
        .iter()
        .copied()
        .zip(sample.power.iter().copied())
        .filter(|(_, power)| *power > SCARCE_USD_PER_MWH)
        .collect();
    let of_power = scarce.iter().map(|(_, power)| power).sum::<f64>();
    let mut ratios: Vec<f64> = scarce.iter().map(|(price, power)| price / power).collect();
    let mut by_hour = vec![(0.0, 0usize); HOURS];
    for (at, price) in sample.clock.iter().zip(prices) {
        let (sum, n) = &mut by_hour[usize::from(at.hour)];
        *sum += price;
        *n += 1;
    }
    ReserveStatistics {
        mean_usd_per_mw_h: mean_of(prices),
        median_usd_per_mw_h: quantile(&mut prices.to_vec(), 0.5),
        rank_correlation: product(&ranks, power_ranks)
            / (product(&ranks, &ranks) * product(power_ranks, power_ranks)).sqrt(),
        mean_ratio_above_200: if scarce.is_empty() {
            0.0
        } else {
            scarce.iter().map(|(price, _)| price).sum::<f64>() / of_power
        },
        median_ratio_above_200: if ratios.is_empty() { 0.0 } else { quantile(&mut ratios, 0.5) },
        autocorrelation_1h: autocovariance(&dense, 1) / variance,
        autocorrelation_24h: autocovariance(&dense, 24) / variance,
        autocorrelation_168h: autocovariance(&dense, 168) / variance,
        mean_by_local_hour_usd_per_mw_h: by_hour.iter().map(|(sum, n)| sum / (*n).max(1) as f64).collect(),
    }
}

/// Price by local hour and autocorrelation of the noise, two panels a product.
pub(super) fn panels(calibration: &ReserveCalibration, noise: &FittedNoise) -> Vec<Panel> {
    let mut panels = Vec::new();
    for p in 0..calibration.products.len() {
        let model = super::model(calibration, p);
        let by_hour = |s: &ReserveStatistics| -> Vec<(f64, f64)> {
            s.mean_by_local_hour_usd_per_mw_h
                .iter()
                .enumerate()
                .map(|(h, price)| (h as f64, *price))
                .collect()
        };
        let (low, high) = (by_hour(&model.simulated_low), by_hour(&model.simulated_high));
        let band = low.into_iter().zip(high).map(|((hour, low), (_, high))| (hour, low, high));
        panels.push(Panel {
            title: format!("{} by local hour", model.product),
            x_label: "local hour".into(),
            y_label: "mean price, USD/MW-h".into(),
            log_y: false,
            curves: vec![
                PanelCurve::band("90 % of simulations", band),
                PanelCurve::line("model", CurveRole::Model, by_hour(&model.simulated)),
                PanelCurve::line("history", CurveRole::History, by_hour(&model.history)),
            ],
        });
        let lags = &noise.autocorrelations[p];
        panels.push(Panel {
            title: format!("{}: autocorrelation of the noise", model.product),
            x_label: "lag, h".into(),
            y_label: "autocorrelation".into(),
            log_y: false,
            curves: vec![
                PanelCurve::line(
                    "model",
                    CurveRole::Model,
                    lags.iter().map(|(lag, _, model)| (*lag as f64, *model)),
                ),
                PanelCurve::line(
                    "history",
                    CurveRole::History,
                    lags.iter().map(|(lag, seen, _)| (*lag as f64, *seen)),
                ),
            ],
        });
    }
    panels
}

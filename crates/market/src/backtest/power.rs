//! Forecasts of the monthly mean of power from one month end after another.

use super::scores::crps_of_samples;
use super::{BacktestSettings, Forecast, HORIZONS, PROBABILITIES, Quantity, RivalForecast};
use crate::power::{LANES, PowerCalibration, PowerDay, PowerLanes, quantile};
use crate::power_fit::{HourlyHistory, LocalDay, PowerFitError, ReplaySettings, local_days, model_of};
use crate::stream::{Factor, Stream};
use jiff::civil::Date;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use site::YearMonth;
use std::ops::Range;

/// Whole months of history before the first forecast: every calendar month once, and a season more.
pub(super) const MONTHS_BEFORE: usize = 15;

/// Means below this count as this much in logs, USD/MWh.
const LEAST_MEAN: f64 = 0.1;

/// A month of the history.
#[derive(Debug, Clone, Copy)]
struct Month {
    month: YearMonth,
    /// Mean of its hours that have a price, USD/MWh.
    mean: f64,
}

/// Forecasts from every month end of the range that has enough history before it and a month after it.
pub(super) fn forecasts(
    history: &HourlyHistory,
    settings: &BacktestSettings,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Forecast>, PowerFitError> {
    let months = months(history);
    let by_origin: Vec<Vec<Forecast>> = origin_places(&months)
        .into_par_iter()
        .filter(|&origin| (settings.first..=settings.last).contains(&months[origin].month))
        .map(|origin| {
            let made = from_origin(history, &months, origin, settings);
            progress();
            made
        })
        .collect::<Result<_, _>>()?;
    Ok(by_origin.into_iter().flatten().collect())
}

/// Places among the months at whose ends a forecast can be made.
fn origin_places(months: &[Month]) -> Range<usize> {
    MONTHS_BEFORE - 1..months.len().saturating_sub(1)
}

/// First and last month at whose end a forecast can be made.
pub(super) fn origin_months(history: &HourlyHistory) -> Option<[YearMonth; 2]> {
    let months = months(history);
    let places = months.get(origin_places(&months))?;
    Some([places.first()?.month, places.last()?.month])
}

/// Months of the history with their means, in order.
fn months(history: &HourlyHistory) -> Vec<Month> {
    let mut found: Vec<(i32, f64, f64)> = Vec::new();
    for (at, price) in history.clock.iter().zip(&history.prices) {
        match found.last_mut() {
            Some((number, sum, n)) if *number == at.month_number => {
                *sum += price;
                *n += 1.0;
            }
            _ => found.push((at.month_number, *price, 1.0)),
        }
    }
    found
        .into_iter()
        .map(|(number, sum, n)| {
            let month =
                YearMonth { year: number.div_euclid(12) as i16, month: number.rem_euclid(12) as i8 + 1 };
            Month { month, mean: sum / n }
        })
        .collect()
}

fn from_origin(
    history: &HourlyHistory,
    months: &[Month],
    origin: usize,
    settings: &BacktestSettings,
) -> Result<Vec<Forecast>, PowerFitError> {
    let known = months[origin].month;
    let past = history.until(known);
    let calibration = model_of(&past, &ReplaySettings::default())?;
    let longest = HORIZONS[HORIZONS.len() - 1];
    let end = known.plus(longest + 1).first_day().yesterday()?;
    let ahead = local_days(known.plus(1).first_day(), end)?;
    let number = (i64::from(known.year) * 12 + i64::from(known.month)) as u64;
    let paths = simulate(&calibration, &ahead, settings.seed ^ (number << 32), settings.n_paths);
    let logs: Vec<f64> = months[..=origin].iter().map(|m| m.mean.max(LEAST_MEAN).ln()).collect();
    let last_day: Date = known.plus(1).first_day().yesterday()?;
    Ok(HORIZONS
        .into_iter()
        .filter_map(|horizon| {
            let month = known.plus(horizon);
            // Gaps of the history may lack whole months.
            let outcome = months.iter().find(|m| m.month == month)?.mean;
            let mut samples = paths[horizon as usize - 1].clone();
            samples.sort_unstable_by(f64::total_cmp);
            let ln = outcome.max(LEAST_MEAN).ln();
            let below = samples.partition_point(|x| *x < ln);
            Some(Forecast {
                quantity: Quantity::Power,
                origin: last_day,
                horizon_months: horizon,
                month,
                outcome: outcome.max(LEAST_MEAN),
                quantiles: PROBABILITIES.map(|p| quantile(&mut samples, p).exp()),
                pit: (below as f64 + 0.5) / (samples.len() as f64 + 1.0),
                crps: crps_of_samples(&samples, ln),
                rivals: rivals(&logs, horizon),
            })
        })
        .collect())
}

/// Logs of the monthly means of each path, `[month][path]`.
fn simulate(calibration: &PowerCalibration, days: &[LocalDay], seed: u64, n_paths: usize) -> Vec<Vec<f64>> {
    let bounds = ReplaySettings::default();
    let mut by_month: Vec<Vec<f64>> = Vec::new();
    for first in (0..n_paths).step_by(LANES) {
        let n_lanes = LANES.min(n_paths - first);
        let mut lanes = PowerLanes::new(calibration, seed, first as u64, n_lanes)
            .with_initial_level(calibration.level_at_period_end, calibration.level_error_at_period_end);
        for (number, month) in days.chunk_by(|a, b| a.month_number() == b.month_number()).enumerate() {
            let sums = month_sums(&mut lanes, month, (seed, first as u64, number as u32), &bounds);
            if by_month.len() == number {
                by_month.push(Vec::with_capacity(n_paths));
            }
            let n_hours = month.iter().map(|day| day.local_hours.len()).sum::<usize>() as f64;
            by_month[number].extend(sums[..n_lanes].iter().map(|sum| (sum / n_hours).max(LEAST_MEAN).ln()));
        }
    }
    by_month
}

/// Sum of the prices of a month's hours, one per lane.
fn month_sums(
    lanes: &mut PowerLanes<'_>,
    month: &[LocalDay],
    (seed, first, number): (u64, u64, u32),
    bounds: &ReplaySettings,
) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    let mut prices = Vec::new();
    let mut levels: Vec<Stream> =
        (0..LANES as u64).map(|lane| Stream::new(seed, first + lane, Factor::PowerLevel, number)).collect();
    lanes.start_month(number);
    for day in month {
        prices.resize(day.local_hours.len() * LANES, 0.0);
        let innovations: Vec<f64> = levels.iter_mut().map(|stream| StandardNormal.sample(stream)).collect();
        let today = PowerDay {
            calendar_month0: day.month_number().rem_euclid(12) as usize,
            weekday_monday0: usize::from(day.weekday()),
            local_hours: &day.local_hours,
            slow_innovation: &innovations,
            scale: 1.0,
            floor: bounds.floor_usd_per_mwh,
            cap: bounds.cap_usd_per_mwh,
        };
        lanes.fill_day(&today, &mut prices);
        for row in prices.chunks_exact(LANES) {
            for (sum, price) in sums.iter_mut().zip(row) {
                *sum += price;
            }
        }
    }
    sums
}

/// A random walk from the last month's mean, and the mean of all months so far.
///
/// A single day says little about the level of power, so a walk from the last day would be a weaker rival.
fn rivals(logs: &[f64], horizon: u32) -> Vec<RivalForecast> {
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let sd = (logs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let squares: f64 = logs.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    let step = (squares / (n - 1.0)).sqrt();
    vec![
        RivalForecast {
            name: "random walk by month",
            mean_ln: logs[logs.len() - 1],
            sd_ln: step * f64::from(horizon).sqrt(),
        },
        RivalForecast { name: "mean of the past", mean_ln: mean, sd_ln: sd * (1.0 + 1.0 / n).sqrt() },
    ]
}

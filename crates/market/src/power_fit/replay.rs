//! Simulates a calibration over the days of a history, for comparison with it.

use rand_distr::{Distribution, StandardNormal};

use super::history::LocalDay;
use crate::power::{
    LANES, LocalHour, PowerCalibration, PowerDay, PowerLanes, PowerStatistics, mean_of, quantile,
};
use crate::stream::{Factor, Stream};

/// Lowest and highest real-time price of ERCOT since 2022, USD/MWh.
const ERCOT_PRICES: (f64, f64) = (-251.0, 5000.0);

/// How simulated histories are made.
#[derive(Clone, Copy, Debug)]
pub struct ReplaySettings {
    /// Number of simulated histories, 1000 by default, which bring the mean of a Houston-like series to within 2 %.
    pub n_histories: usize,
    /// Seed of the random streams.
    pub seed: u64,
    /// Lowest price, USD/MWh; by default ERCOT's floor of -251.
    pub floor_usd_per_mwh: f64,
    /// Highest price, USD/MWh; by default ERCOT's cap of 5000, in force since 2022.
    pub cap_usd_per_mwh: f64,
}

impl Default for ReplaySettings {
    fn default() -> Self {
        let (floor_usd_per_mwh, cap_usd_per_mwh) = ERCOT_PRICES;
        Self { n_histories: 1000, seed: 1, floor_usd_per_mwh, cap_usd_per_mwh }
    }
}

/// Statistics of each simulated history over `days`, every one started from the long-run law.
pub fn simulated_statistics(
    calibration: &PowerCalibration,
    days: &[LocalDay],
    settings: &ReplaySettings,
) -> Vec<PowerStatistics> {
    each_history(calibration, days, settings, PowerStatistics::of)
}

/// What `read` makes of each simulated history over `days`, given its hours and its prices.
pub(super) fn each_history<T>(
    calibration: &PowerCalibration,
    days: &[LocalDay],
    settings: &ReplaySettings,
    mut read: impl FnMut(&[LocalHour], &[f64]) -> T,
) -> Vec<T> {
    let clock: Vec<LocalHour> = days.iter().flat_map(LocalDay::hours).collect();
    let mut all = Vec::with_capacity(settings.n_histories);
    let mut prices = vec![0.0; clock.len() * LANES];
    let mut column = vec![0.0; clock.len()];
    for first in (0..settings.n_histories).step_by(LANES) {
        let n_lanes = LANES.min(settings.n_histories - first);
        fill_chunk(calibration, days, settings, first as u64, n_lanes, &mut prices);
        for lane in 0..n_lanes {
            for (price, row) in column.iter_mut().zip(prices.chunks_exact(LANES)) {
                *price = row[lane];
            }
            all.push(read(&clock, &column));
        }
    }
    all
}

/// Mean, 5 % and 95 % quantile of each statistic; `None` without histories.
pub(super) fn summaries(all: &[PowerStatistics]) -> Option<[PowerStatistics; 3]> {
    Some([
        PowerStatistics::combine(all, |values| mean_of(values))?,
        PowerStatistics::combine(all, |values| quantile(values, 0.05))?,
        PowerStatistics::combine(all, |values| quantile(values, 0.95))?,
    ])
}

/// Prices of one chunk of paths over all days, `[n_hours, LANES]`.
fn fill_chunk(
    calibration: &PowerCalibration,
    days: &[LocalDay],
    settings: &ReplaySettings,
    first_path: u64,
    n_lanes: usize,
    prices: &mut [f64],
) {
    let mut lanes = PowerLanes::new(calibration, settings.seed, first_path, n_lanes);
    let mut levels: Vec<Stream> = Vec::new();
    let mut innovations = vec![0.0; n_lanes];
    let mut rest = prices;
    let first_month = days.first().map_or(0, LocalDay::month_number);
    for day in days {
        if day.date.day() == 1 || levels.is_empty() {
            let month = (day.month_number() - first_month) as u32;
            lanes.start_month(month);
            levels = (first_path..first_path + n_lanes as u64)
                .map(|path| Stream::new(settings.seed, path, Factor::PowerLevel, month))
                .collect();
        }
        for (innovation, stream) in innovations.iter_mut().zip(&mut levels) {
            *innovation = StandardNormal.sample(stream);
        }
        let (today, later) = rest.split_at_mut(day.local_hours.len() * LANES);
        let day = PowerDay {
            calendar_month0: day.month_number().rem_euclid(12) as usize,
            weekday_monday0: usize::from(day.weekday()),
            local_hours: &day.local_hours,
            slow_innovation: &innovations,
            scale: 1.0,
            floor: settings.floor_usd_per_mwh,
            cap: settings.cap_usd_per_mwh,
        };
        lanes.fill_day(&day, today);
        rest = later;
    }
}

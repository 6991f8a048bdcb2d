//! Statistics by which an hourly price series is compared with its model.

use serde::Deserialize;

/// Where an hour stands in time and on the local clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalHour {
    /// Hours since 1970-01-01 00:00 UTC.
    pub utc_hour: i64,
    /// Local calendar month: twelve times the year plus the month counted from zero.
    pub month_number: i32,
    /// Local clock hour, 0 to 23.
    pub hour: u8,
    /// Local weekday, Monday 0 to Sunday 6.
    pub weekday: u8,
}

impl LocalHour {
    /// Calendar month counted from zero, 0 to 11.
    pub fn month0(&self) -> usize {
        self.month_number.rem_euclid(12) as usize
    }
}

/// Statistics of hourly prices over a period; shares are of hours, between 0 and 1.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PowerStatistics {
    /// Number of hours with a price.
    pub n_hours: f64,
    /// Mean price, USD/MWh.
    pub mean_usd_per_mwh: f64,
    /// Median price, USD/MWh.
    pub median_usd_per_mwh: f64,
    /// Standard deviation of hourly prices, USD/MWh.
    pub sd_usd_per_mwh: f64,
    /// Share of hours above 100 USD/MWh.
    pub share_above_100: f64,
    /// Share of hours above 1000 USD/MWh.
    pub share_above_1000: f64,
    /// Number of hours above 1000 USD/MWh.
    pub hours_above_1000: f64,
    /// Share of hours below zero.
    pub share_below_zero: f64,
    /// Standard deviation of the means of local calendar months, USD/MWh.
    pub sd_of_monthly_means_usd_per_mwh: f64,
    /// Autocorrelation of the price after one hour.
    pub autocorrelation_1h: f64,
    /// Autocorrelation of the price after a day.
    pub autocorrelation_24h: f64,
    /// Autocorrelation of the price after a week.
    pub autocorrelation_168h: f64,
    /// Most hours in a row above 1000 USD/MWh.
    pub longest_run_above_1000_h: f64,
    /// Mean price of each local hour, USD/MWh, 24 entries; NaN for an hour without a price.
    pub mean_by_local_hour_usd_per_mwh: Vec<f64>,
    /// Mean price of each calendar month over all its years, USD/MWh, 12 entries; NaN for a month without a price.
    pub mean_by_calendar_month_usd_per_mwh: Vec<f64>,
}

impl PowerStatistics {
    /// Statistics of `prices` (USD/MWh) at the hours `clock`, both in order of time and of the same length.
    ///
    /// Missing hours are simply absent; autocorrelations use the pairs of hours that are both there.
    ///
    /// # Panics
    /// If the lengths differ or the series is empty.
    pub fn of(clock: &[LocalHour], prices: &[f64]) -> Self {
        assert_eq!(clock.len(), prices.len());
        assert!(!prices.is_empty());
        let n = prices.len() as f64;
        let mean = mean_of(prices);
        let count = |holds: fn(f64) -> bool| prices.iter().filter(|&&price| holds(price)).count() as f64;
        let above_1000 = count(|price| price > 1000.0);
        let dense = on_hour_grid(clock, prices, mean);
        let variance = autocovariance(&dense, 0);
        let autocorrelation = |lag| autocovariance(&dense, lag) / variance;
        Self {
            n_hours: n,
            mean_usd_per_mwh: mean,
            median_usd_per_mwh: quantile(&mut prices.to_vec(), 0.5),
            sd_usd_per_mwh: variance.sqrt(),
            share_above_100: count(|price| price > 100.0) / n,
            share_above_1000: above_1000 / n,
            hours_above_1000: above_1000,
            share_below_zero: count(|price| price < 0.0) / n,
            sd_of_monthly_means_usd_per_mwh: sd_of_monthly_means(clock, prices),
            autocorrelation_1h: autocorrelation(1),
            autocorrelation_24h: autocorrelation(24),
            autocorrelation_168h: autocorrelation(168),
            longest_run_above_1000_h: longest_run(&dense, 1000.0 - mean),
            mean_by_local_hour_usd_per_mwh: means_by::<24>(clock, prices, |at| usize::from(at.hour)),
            mean_by_calendar_month_usd_per_mwh: means_by::<12>(clock, prices, LocalHour::month0),
        }
    }

    /// Every single number with its field name, in the order of the fields.
    pub fn labelled(&self) -> [(&'static str, f64); 13] {
        [
            ("n_hours", self.n_hours),
            ("mean_usd_per_mwh", self.mean_usd_per_mwh),
            ("median_usd_per_mwh", self.median_usd_per_mwh),
            ("sd_usd_per_mwh", self.sd_usd_per_mwh),
            ("share_above_100", self.share_above_100),
            ("share_above_1000", self.share_above_1000),
            ("hours_above_1000", self.hours_above_1000),
            ("share_below_zero", self.share_below_zero),
            ("sd_of_monthly_means_usd_per_mwh", self.sd_of_monthly_means_usd_per_mwh),
            ("autocorrelation_1h", self.autocorrelation_1h),
            ("autocorrelation_24h", self.autocorrelation_24h),
            ("autocorrelation_168h", self.autocorrelation_168h),
            ("longest_run_above_1000_h", self.longest_run_above_1000_h),
        ]
    }

    /// Field by field, `summary` of the values that the series in `all` have; `None` when `all` is empty.
    pub fn combine(all: &[Self], summary: impl Fn(&mut [f64]) -> f64) -> Option<Self> {
        let first = all.first()?;
        let over = |field: &dyn Fn(&Self) -> f64| summary(&mut all.iter().map(field).collect::<Vec<_>>());
        let by_hour = 0..first.mean_by_local_hour_usd_per_mwh.len();
        let by_month = 0..first.mean_by_calendar_month_usd_per_mwh.len();
        Some(Self {
            n_hours: over(&|s| s.n_hours),
            mean_usd_per_mwh: over(&|s| s.mean_usd_per_mwh),
            median_usd_per_mwh: over(&|s| s.median_usd_per_mwh),
            sd_usd_per_mwh: over(&|s| s.sd_usd_per_mwh),
            share_above_100: over(&|s| s.share_above_100),
            share_above_1000: over(&|s| s.share_above_1000),
            hours_above_1000: over(&|s| s.hours_above_1000),
            share_below_zero: over(&|s| s.share_below_zero),
            sd_of_monthly_means_usd_per_mwh: over(&|s| s.sd_of_monthly_means_usd_per_mwh),
            autocorrelation_1h: over(&|s| s.autocorrelation_1h),
            autocorrelation_24h: over(&|s| s.autocorrelation_24h),
            autocorrelation_168h: over(&|s| s.autocorrelation_168h),
            longest_run_above_1000_h: over(&|s| s.longest_run_above_1000_h),
            mean_by_local_hour_usd_per_mwh: by_hour
                .map(|hour| over(&|s| s.mean_by_local_hour_usd_per_mwh[hour]))
                .collect(),
            mean_by_calendar_month_usd_per_mwh: by_month
                .map(|month| over(&|s| s.mean_by_calendar_month_usd_per_mwh[month]))
                .collect(),
        })
    }

    /// Correlation of the mean price by local hour with that of another series.
    pub fn hour_shape_correlation(&self, other: &Self) -> f64 {
        let (left, right) = (&self.mean_by_local_hour_usd_per_mwh, &other.mean_by_local_hour_usd_per_mwh);
        let covariance = |a: &[f64], b: &[f64]| {
            let (mean_a, mean_b) = (mean_of(a), mean_of(b));
            a.iter().zip(b).map(|(x, y)| (x - mean_a) * (y - mean_b)).sum::<f64>()
        };
        covariance(left, right) / (covariance(left, left) * covariance(right, right)).sqrt()
    }
}

/// The quantile of `values` at `probability`, linear between order statistics; reorders the values.
pub(crate) fn quantile(values: &mut [f64], probability: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let position = probability * (values.len() - 1) as f64;
    let below = values[position.floor() as usize];
    let above = values[position.ceil() as usize];
    below + (above - below) * position.fract()
}

/// Arithmetic mean; NaN of nothing.
pub(crate) fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Values less `centre` on a grid of every hour from first to last, NaN where an hour is missing.
pub(crate) fn on_hour_grid(clock: &[LocalHour], values: &[f64], centre: f64) -> Vec<f64> {
    let (Some(first), Some(last)) = (clock.first(), clock.last()) else {
        return Vec::new();
    };
    let mut dense = vec![f64::NAN; (last.utc_hour - first.utc_hour + 1) as usize];
    for (hour, value) in clock.iter().zip(values) {
        dense[(hour.utc_hour - first.utc_hour) as usize] = value - centre;
    }
    dense
}

/// Mean product of values `lag` hours apart, over the pairs of which neither is missing.
pub(crate) fn autocovariance(dense: &[f64], lag: usize) -> f64 {
    let (mut sum, mut n) = (0.0, 0usize);
    for (left, right) in dense.iter().zip(dense.iter().skip(lag)) {
        let product = left * right;
        if !product.is_nan() {
            sum += product;
            n += 1;
        }
    }
    sum / n.max(1) as f64
}

fn longest_run(dense: &[f64], threshold: f64) -> f64 {
    let (mut run, mut longest) = (0usize, 0usize);
    for &value in dense {
        run = if value > threshold { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest as f64
}

fn sd_of_monthly_means(clock: &[LocalHour], prices: &[f64]) -> f64 {
    let mut means = Vec::new();
    let mut start = 0;
    for end in 1..=clock.len() {
        if end == clock.len() || clock[end].month_number != clock[start].month_number {
            means.push(mean_of(&prices[start..end]));
            start = end;
        }
    }
    let centre = mean_of(&means);
    let squares = means.iter().map(|mean| (mean - centre).powi(2)).sum::<f64>();
    (squares / (means.len().max(2) - 1) as f64).sqrt()
}

/// Mean price of each of `N` classes of hours, NaN for a class without a price.
fn means_by<const N: usize>(
    clock: &[LocalHour],
    prices: &[f64],
    class: impl Fn(&LocalHour) -> usize,
) -> Vec<f64> {
    let mut sums = [(0.0, 0usize); N];
    for (hour, price) in clock.iter().zip(prices) {
        let (sum, n) = &mut sums[class(hour)];
        *sum += price;
        *n += 1;
    }
    sums.iter().map(|(sum, n)| sum / *n as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(utc_hour: i64) -> LocalHour {
        LocalHour {
            utc_hour,
            month_number: 24_000 + (utc_hour / 24) as i32,
            hour: utc_hour.rem_euclid(24) as u8,
            weekday: 0,
        }
    }

    #[test]
    fn small_series_has_the_statistics_one_can_count() {
        // Hour 3 is missing, so neither a pair nor a run crosses it.
        let clock: Vec<LocalHour> = [0, 1, 2, 4, 24].map(hour).to_vec();
        let prices = [-10.0, 1500.0, 1200.0, 1100.0, 20.0];
        let statistics = PowerStatistics::of(&clock, &prices);
        assert_eq!(statistics.median_usd_per_mwh, 1100.0);
        assert_eq!(statistics.mean_usd_per_mwh, 762.0);
        assert_eq!(statistics.share_above_1000, 0.6);
        assert_eq!(statistics.share_below_zero, 0.2);
        assert_eq!(statistics.longest_run_above_1000_h, 2.0);
        assert_eq!(statistics.hours_above_1000, 3.0);
        assert_eq!(statistics.mean_by_local_hour_usd_per_mwh[0], 5.0);
        let by_month = &statistics.mean_by_calendar_month_usd_per_mwh;
        assert_eq!(by_month[..2], [947.5, 20.0]);
        assert!(by_month[2..].iter().all(|mean| mean.is_nan()), "months without a price");
        // The first day averages 947.5, the second 20.
        let expected = (947.5 - 20.0) / 2f64.sqrt();
        assert!((statistics.sd_of_monthly_means_usd_per_mwh - expected).abs() < 1e-9);
    }

    #[test]
    fn summary_is_taken_field_by_field() {
        let clock: Vec<LocalHour> = (0..48).map(hour).collect();
        let one = PowerStatistics::of(&clock, &[10.0; 48]);
        let two = PowerStatistics::of(&clock, &[30.0; 48]);
        let mean = PowerStatistics::combine(&[one, two], |values| mean_of(values));
        assert_eq!(mean.map(|s| s.median_usd_per_mwh), Some(20.0));
    }

    #[test]
    fn quantile_interpolates() {
        assert_eq!(quantile(&mut [3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile(&mut [0.0, 10.0], 0.05), 0.5);
    }
}

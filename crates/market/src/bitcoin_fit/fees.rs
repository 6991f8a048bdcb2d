//! The law of fees: level, persistence, spread.

use super::{DailyRecord, FeeLaw};

/// Days with fees over which their present level is taken.
const FEE_LEVEL_DAYS: usize = 730;

/// Lag from which the persistence of fees is taken: the noise of single days hides it at one day.
const FEE_LAG_DAYS: usize = 7;

pub(super) fn fee_law(days: &[DailyRecord]) -> FeeLaw {
    let logs: Vec<Option<f64>> = days.iter().map(|day| day.fees_btc_per_block.map(f64::ln)).collect();
    let present: Vec<usize> = (0..logs.len()).filter(|&i| logs[i].is_some()).collect();
    let recent = &present[present.len().saturating_sub(FEE_LEVEL_DAYS)..];
    let mean = mean_of_logs(recent.iter().map(|&i| logs[i]));
    let centre = mean_of_logs(logs.iter().copied());
    let product = |lag: usize| {
        mean_of_logs(
            logs.iter()
                .zip(&logs[lag..])
                .map(|(left, right)| Some(((*left)? - centre) * ((*right)? - centre))),
        )
    };
    let change = mean_of_logs(logs.windows(2).map(|pair| Some((pair[1]? - pair[0]?).powi(2))));
    let retained = (product(FEE_LAG_DAYS) / product(0)).powf(1.0 / FEE_LAG_DAYS as f64);
    let sd_within_year = sd_within_year(days, &logs);
    let date = |index: Option<&usize>| index.map_or_else(String::new, |&i| days[i].date.to_string());
    FeeLaw {
        mean_log_btc_per_block: mean,
        retained_per_day: retained,
        // The level of a year is what the mean stands for, so only the spread within years is noise.
        noise_per_day: sd_within_year * (1.0 - retained * retained).sqrt(),
        sd_within_year,
        sd_of_daily_change: change.sqrt(),
        mean_period: [date(recent.first()), date(recent.last())],
    }
}

/// Root of the mean over calendar years of the variance of log fees within each.
fn sd_within_year(days: &[DailyRecord], logs: &[Option<f64>]) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for year in days.chunk_by(|a, b| a.date.year() == b.date.year()).scan(0, |start, chunk| {
        let range = *start..*start + chunk.len();
        *start += chunk.len();
        Some(range)
    }) {
        let year = &logs[year];
        if year.iter().any(Option::is_some) {
            let mean = mean_of_logs(year.iter().copied());
            sum += mean_of_logs(year.iter().map(|log| Some(((*log)? - mean).powi(2))));
            n += 1.0;
        }
    }
    (sum / n).sqrt()
}

/// Mean of the values that are there.
fn mean_of_logs(values: impl Iterator<Item = Option<f64>>) -> f64 {
    let (sum, n) = values.flatten().fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / n
}

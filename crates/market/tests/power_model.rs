//! The shipped power calibrations, simulated over their own period, against the statistics of the history they hold.

use jiff::civil::Date;
use market::power::{BUILTIN_NAMES, PowerCalibration, PowerStatistics};
use market::power_fit::{ReplaySettings, local_days, simulated_statistics};

const N_HISTORIES: usize = 192;

/// Statistics of each of [`N_HISTORIES`] simulated histories over the calibration's own months.
fn simulate(calibration: &PowerCalibration) -> Vec<PowerStatistics> {
    let [first, last] = calibration
        .period
        .each_ref()
        .map(|month| format!("{month}-01").parse::<Date>().expect("period holds months"));
    let days = local_days(first, last.last_of_month()).expect("dates of this century");
    let settings = ReplaySettings {
        n_histories: N_HISTORIES,
        seed: 2026,
        floor_usd_per_mwh: -251.0,
        cap_usd_per_mwh: 5000.0,
    };
    simulated_statistics(calibration, &days, &settings)
}

fn mean(all: &[PowerStatistics]) -> PowerStatistics {
    PowerStatistics::combine(all, |values| values.iter().sum::<f64>() / values.len() as f64)
        .expect("there are histories")
}

#[test]
fn simulated_histories_resemble_the_real_one() {
    for name in BUILTIN_NAMES {
        let calibration = PowerCalibration::builtin(name).expect("shipped under this name");
        let history = &calibration.history;
        let simulated = mean(&simulate(&calibration));
        let ratio_within = |label: &str, limit: f64| {
            let value = |statistics: &PowerStatistics| {
                let all = statistics.labelled();
                all.into_iter().find(|(l, _)| *l == label).expect("a statistic").1
            };
            let ratio = value(&simulated) / value(history);
            let message = format!("{name} {label}: ratio {ratio}");
            assert!(ratio < limit && ratio > 1.0 / limit, "{message}");
        };
        ratio_within("mean_usd_per_mwh", 1.1);
        ratio_within("median_usd_per_mwh", 1.1);
        ratio_within("sd_usd_per_mwh", 1.25);
        ratio_within("share_above_100", 4.0 / 3.0);
        ratio_within("share_below_zero", 4.0 / 3.0);
        ratio_within("share_above_1000", 2.0);
        ratio_within("sd_of_monthly_means_usd_per_mwh", 1.5);
        ratio_within("autocorrelation_1h", 1.25);
        let shape = history.hour_shape_correlation(&simulated);
        assert!(shape > 0.95, "{name}: hour shape correlation {shape}");
    }
}

#[test]
fn history_lies_within_the_simulated_range() {
    // The band holds 90 % of histories of the same length, and the tables make it centre on this one.
    for name in BUILTIN_NAMES {
        let calibration = PowerCalibration::builtin(name).expect("shipped under this name");
        let (low, high) = (&calibration.simulated_low, &calibration.simulated_high);
        for (index, (label, value)) in calibration.history.labelled().into_iter().enumerate().skip(1) {
            let (low, high) = (low.labelled()[index].1, high.labelled()[index].1);
            assert!(low <= value && value <= high, "{name} {label}: {value} not in {low} to {high}");
        }
    }
}

#[test]
fn statistics_in_the_file_are_those_of_the_model() {
    for name in BUILTIN_NAMES {
        let calibration = PowerCalibration::builtin(name).expect("shipped under this name");
        let all = simulate(&calibration);
        let n = all.len() as f64;
        let centre = mean(&all).mean_usd_per_mwh;
        let variance = all.iter().map(|s| (s.mean_usd_per_mwh - centre).powi(2)).sum::<f64>() / (n - 1.0);
        // Another seed, so both means carry an error; the file's is the smaller.
        let error = (variance / n).sqrt();
        let stated = calibration.simulated.mean_usd_per_mwh;
        assert!((centre - stated).abs() < 4.5 * error, "{name}: {centre} {stated} {error}");
    }
}

#[test]
fn long_run_mean_of_the_tables_is_the_mean_of_simulations() {
    for name in BUILTIN_NAMES {
        let calibration = PowerCalibration::builtin(name).expect("shipped under this name");
        let [first, last] = calibration
            .period
            .each_ref()
            .map(|month| format!("{month}-01").parse::<Date>().expect("period holds months"));
        let days = local_days(first, last.last_of_month()).expect("dates of this century");
        let month0 = |day: &market::power_fit::LocalDay| day.date.month() as usize - 1;
        let expected = days.iter().map(|day| calibration.mean(month0(day))).sum::<f64>() / days.len() as f64;
        let all = simulate(&calibration);
        let n = all.len() as f64;
        let centre = mean(&all).mean_usd_per_mwh;
        let variance = all.iter().map(|s| (s.mean_usd_per_mwh - centre).powi(2)).sum::<f64>() / (n - 1.0);
        // The weekday shift makes z a mixture of normals with unit variance: a bias well below a percent.
        let tolerance = 4.0 * (variance / n).sqrt() + 0.01 * expected;
        assert!((centre - expected).abs() < tolerance, "{name}: {centre} {expected}");
    }
}

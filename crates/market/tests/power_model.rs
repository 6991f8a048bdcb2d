//! The shipped power calibrations judged: each simulated over its own months, against the statistics of the history it holds.
//!
//! What is judged, line by line, is in [`judged`]; the table is printed whether or not a line fails.
#![allow(clippy::print_stdout, reason = "the judged table is meant to be read")]

use jiff::civil::{Date, date};
use market::import::{Gaps, PointQuery, power};
use market::power::{BUILTIN_NAMES, PowerCalibration, PowerStatistics};
use market::power_fit::{
    FittedHistory, HourlyHistory, LocalDay, PowerFit, PowerFitSettings, ReplaySettings, fit_power,
    local_days, long_run_power, simulated_statistics,
};
use std::path::{Path, PathBuf};

/// Enough for the mean of a Houston-like series to within 2 %.
const N_HISTORIES: usize = 512;

/// Not the seed of the files, so that their own numbers are tested too.
const SEED: u64 = 2026;

fn shipped(name: &str) -> PowerCalibration {
    PowerCalibration::builtin(name).expect("shipped under this name")
}

/// The local days of the calibration's own months.
fn days_of(calibration: &PowerCalibration) -> Vec<LocalDay> {
    let [first, last] = calibration
        .period
        .each_ref()
        .map(|month| format!("{month}-01").parse::<Date>().expect("period holds months"));
    local_days(first, last.last_of_month()).expect("dates of this century")
}

/// Statistics of each of [`N_HISTORIES`] simulated histories over the calibration's own months.
fn simulate(calibration: &PowerCalibration) -> Vec<PowerStatistics> {
    let settings = ReplaySettings { n_histories: N_HISTORIES, seed: SEED, ..ReplaySettings::default() };
    simulated_statistics(calibration, &days_of(calibration), &settings)
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The value at rank `probability` among `values`.
fn quantile(values: &[f64], probability: f64) -> f64 {
    let mut ascending = values.to_vec();
    ascending.sort_by(f64::total_cmp);
    ascending[(probability * (values.len() - 1) as f64).round() as usize]
}

/// A statistic of the history, of simulated histories, and how the first is held against the second.
struct Line {
    label: String,
    history: f64,
    simulated: f64,
    low: f64,
    high: f64,
    rule: Rule,
}

#[derive(Clone, Copy)]
enum Rule {
    /// The mean over simulated histories is the history's times a factor between these two.
    Between(f64, f64),
    /// The history lies within the central 90 % of simulated histories.
    Inside,
    /// The value is at least this.
    AtLeast(f64),
    /// Stated without judgement.
    Stated,
}

impl Line {
    /// A line about one number of a history.
    fn of(
        label: &str,
        history: &PowerStatistics,
        all: &[PowerStatistics],
        rule: Rule,
        value: impl Fn(&PowerStatistics) -> f64,
    ) -> Self {
        let values: Vec<f64> = all.iter().map(&value).collect();
        Self {
            label: label.to_owned(),
            history: value(history),
            simulated: mean_of(&values),
            low: quantile(&values, 0.05),
            high: quantile(&values, 0.95),
            rule,
        }
    }

    /// A line about a single number, which stands in the column of the simulated ones.
    fn single(label: &str, value: f64, rule: Rule) -> Self {
        Self {
            label: label.to_owned(),
            history: f64::NAN,
            simulated: value,
            low: f64::NAN,
            high: f64::NAN,
            rule,
        }
    }

    fn inside(&self) -> bool {
        self.low <= self.history && self.history <= self.high
    }

    fn passes(&self) -> bool {
        match self.rule {
            Rule::Between(least, most) => (least..=most).contains(&(self.simulated / self.history)),
            Rule::Inside => self.inside(),
            Rule::AtLeast(least) => self.simulated >= least,
            Rule::Stated => true,
        }
    }

    fn print(&self) {
        let (verdict, rule) = match self.rule {
            Rule::Stated => ("", String::new()),
            _ if self.passes() => ("pass", self.rule.words()),
            _ => ("FAIL", self.rule.words()),
        };
        let number = |value: f64| if value.is_nan() { String::new() } else { format!("{value:.4}") };
        let range = if self.low.is_nan() {
            String::new()
        } else {
            format!("[{}, {}]", number(self.low), number(self.high))
        };
        println!(
            "{:34} {:>12} -> {:>12} {range:24} {verdict:4} {rule}",
            self.label,
            number(self.history),
            number(self.simulated)
        );
    }
}

impl Rule {
    fn words(self) -> String {
        match self {
            Self::Between(least, most) => format!("ratio {least:.2} to {most:.2}"),
            Self::Inside => "inside".to_owned(),
            Self::AtLeast(least) => format!("at least {least}"),
            Self::Stated => String::new(),
        }
    }
}

/// Every line of the table of one calibration, with the rules of one that is as observed.
fn judged(history: &PowerStatistics, all: &[PowerStatistics]) -> Vec<Line> {
    let within = |share: f64| Rule::Between(1.0 - share, 1.0 + share);
    let line = |label: &str, rule: Rule, value: fn(&PowerStatistics) -> f64| {
        Line::of(label, history, all, rule, value)
    };
    let mut lines = vec![
        line("mean, USD/MWh", within(0.1), |s| s.mean_usd_per_mwh),
        line("median, USD/MWh", Rule::Stated, |s| s.median_usd_per_mwh),
        line("above 100, % of hours", within(1.0 / 3.0), |s| 100.0 * s.share_above_100),
        line("above 1000, % of hours", Rule::Between(0.5, 2.0), |s| 100.0 * s.share_above_1000),
        line("below 0, % of hours", within(1.0 / 3.0), |s| 100.0 * s.share_below_zero),
        line("sd, USD/MWh", Rule::Inside, |s| s.sd_usd_per_mwh),
        line("hours above 1000", Rule::Inside, |s| s.hours_above_1000),
        line("autocorrelation, 1 h", Rule::Inside, |s| s.autocorrelation_1h),
        line("autocorrelation, 24 h", Rule::Inside, |s| s.autocorrelation_24h),
        line("autocorrelation, 168 h", Rule::Inside, |s| s.autocorrelation_168h),
        line("sd of monthly means, USD/MWh", Rule::Inside, |s| s.sd_of_monthly_means_usd_per_mwh),
        line("longest run above 1000, h", Rule::Inside, |s| s.longest_run_above_1000_h),
    ];
    let mean = PowerStatistics::combine(all, |values| mean_of(values)).expect("there are histories");
    let shape = history.hour_shape_correlation(&mean);
    lines.push(Line::single("correlation of mean by local hour", shape, Rule::AtLeast(0.95)));
    let months: Vec<Line> = (0..12)
        .map(|month| {
            let label = format!("mean of calendar month {}", month + 1);
            Line::of(&label, history, all, Rule::Stated, |s| s.mean_by_calendar_month_usd_per_mwh[month])
        })
        .collect();
    let n_inside = months.iter().filter(|line| line.inside()).count();
    lines.extend(months);
    lines.push(Line::single("calendar months inside, of 12", n_inside as f64, Rule::AtLeast(10.0)));
    lines
}

#[test]
fn simulated_histories_resemble_the_real_one() {
    let mut failed = Vec::new();
    println!("history -> mean over {N_HISTORIES} simulated histories [5 %, 95 %]");
    for name in BUILTIN_NAMES {
        let calibration = shipped(name);
        let [first, last] = &calibration.period;
        println!("\n{name}, {first} to {last}");
        if let Some(assumption) = &calibration.assumption {
            println!("Not judged. {assumption}");
        }
        let mut lines = judged(&calibration.history, &simulate(&calibration));
        for line in &mut lines {
            if calibration.assumption.is_some() {
                line.rule = Rule::Stated;
            }
            line.print();
            if !line.passes() {
                failed.push(format!("{name}: {}", line.label));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn three_calibrations_are_judged_and_two_state_what_they_assume() {
    let assumed: Vec<bool> = BUILTIN_NAMES.map(|name| shipped(name).assumption.is_some()).to_vec();
    assert_eq!(assumed, [false, false, false, true, true]);
    let with_errors: Vec<bool> = BUILTIN_NAMES.map(|name| shipped(name).standard_errors.is_some()).to_vec();
    assert_eq!(with_errors, [true, true, true, false, false]);
}

/// Standard error of the mean over `all` of the mean price, USD/MWh.
fn error_of_mean(all: &[PowerStatistics]) -> (f64, f64) {
    let means: Vec<f64> = all.iter().map(|s| s.mean_usd_per_mwh).collect();
    let centre = mean_of(&means);
    let variance = means.iter().map(|m| (m - centre).powi(2)).sum::<f64>() / (means.len() - 1) as f64;
    (centre, (variance / means.len() as f64).sqrt())
}

#[test]
fn statistics_in_the_file_are_those_of_the_model() {
    for name in BUILTIN_NAMES {
        let calibration = shipped(name);
        // Another seed, so both means carry an error; the file's is the smaller.
        let (centre, error) = error_of_mean(&simulate(&calibration));
        let stated = calibration.simulated.mean_usd_per_mwh;
        assert!((centre - stated).abs() < 4.5 * error, "{name}: {centre} {stated} {error}");
    }
}

#[test]
fn long_run_mean_of_the_tables_is_the_mean_of_simulations() {
    for name in BUILTIN_NAMES {
        let calibration = shipped(name);
        let days = days_of(&calibration);
        let means: Vec<f64> =
            days.iter().map(|day| calibration.mean(day.date.month() as usize - 1)).collect();
        let expected = mean_of(&means);
        let (centre, error) = error_of_mean(&simulate(&calibration));
        // The weekday shift makes z a mixture of normals with unit variance: a bias well below a percent.
        let tolerance = 4.0 * error + 0.01 * expected;
        assert!((centre - expected).abs() < tolerance, "{name}: {centre} {expected}");
    }
}

/// The folder of the price files, which are not part of the repository.
fn shared_data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no folder {}", folder.display());
    None
}

/// The history of a shipped calibration, and its fit with fewer simulated histories than the file's.
fn refit(data: &Path, point: &str, file: &str, column: &str, from: Date) -> (HourlyHistory, PowerFit) {
    let query = PointQuery { gaps: Gaps::Report, ..PointQuery::new(column) };
    let series = power(&data.join(file), &query).expect("a known layout").data;
    // The weeks after spring clock changes are copies of the week before in the zone's cells.
    let copied = [[date(2024, 3, 10), date(2024, 3, 16)], [date(2025, 3, 9), date(2025, 3, 15)]];
    let dropped = if point == "LZ_WEST" { &copied[..] } else { &[] };
    let history =
        HourlyHistory::from_series(&series, Some(from), None, dropped).expect("prices of the period");
    let fit = fit_power(&history, &few_histories(point)).expect("a valid fit");
    (history, fit)
}

fn few_histories(point: &str) -> PowerFitSettings {
    let mut settings = PowerFitSettings::new(point, "as shipped", "2026-11-22");
    settings.replay.n_histories = 64;
    settings
}

/// Holds what is estimated equal to the digits written, and what is simulated equal within Monte Carlo error.
fn assert_same(name: &str, fit: &PowerFit) {
    let (shipped, fitted) = (shipped(name), &fit.calibration);
    let near = |label: &str, left: f64, right: f64| {
        let tolerance = 2e-5 * (1.0 + left.abs());
        assert!((left - right).abs() < tolerance, "{name} {label}: shipped {left}, fitted {right}");
    };
    assert_eq!((&shipped.point, &shipped.period), (&fitted.point, &fitted.period));
    let laws = |calibration: &PowerCalibration| {
        let f = calibration.factors();
        let laws = [f.slow, f.daily, f.hourly, f.shape];
        laws.iter().flat_map(|law| [law.weight, law.hours]).chain(f.weekday_shift).collect::<Vec<f64>>()
    };
    for (left, right) in laws(&shipped).into_iter().zip(laws(fitted)) {
        near("factors", left, right);
    }
    near("level", shipped.level_at_period_end, fitted.level_at_period_end);
    for ((label, left), (_, right)) in shipped.history.labelled().into_iter().zip(fitted.history.labelled()) {
        near(label, left, right);
    }
    let errors = |calibration: &PowerCalibration| -> Vec<f64> {
        let Some(errors) = &calibration.standard_errors else { return Vec::new() };
        let of_factors = errors.factors().into_iter().flat_map(|(_, e)| [e.weight, e.hours]);
        of_factors.chain(errors.labelled().map(|(_, value)| value)).collect()
    };
    let (left, right) = (errors(&shipped), errors(fitted));
    assert_eq!(left.len(), right.len());
    left.into_iter().zip(right).for_each(|(left, right)| near("standard errors", left, right));
    for (month, hour, knot) in
        (0..12).flat_map(|m| (0..24).flat_map(move |h| (0..64).map(move |k| (m, h, k))))
    {
        let z = -4.0 + 0.125 * f64::from(knot);
        let (left, right) = (shipped.price(month, hour, z), fitted.price(month, hour, z));
        assert!((left - right).abs() < 0.0101, "{name} month {month} hour {hour} z {z}: {left} {right}");
    }
    // The band holds nine tenths of histories: the error of a mean of 64 is a sixth of its standard deviation or less.
    let [low, high] = [&shipped.simulated_low, &shipped.simulated_high].map(|s| s.mean_usd_per_mwh);
    let error = (high - low) / 3.3 / 8.0;
    let (left, right) = (shipped.simulated.mean_usd_per_mwh, fitted.simulated.mean_usd_per_mwh);
    assert!((left - right).abs() < 5.0 * error, "{name} simulated mean: {left} {right}");
}

#[test]
fn refits_agree_with_the_shipped_files() {
    let Some(data) = shared_data() else { return };
    let file = "ercot_rt15_hb_houston_2021_2025h1.csv.gz";
    let (houston, reference) = refit(&data, "HB_HOUSTON", file, "hb_houston_usd_mwh", date(2022, 1, 1));
    assert_same("hb-houston", &reference);
    let file = "ercot_hourly_dam_rtm_as_2024_2025h1.csv.gz";
    for (point, name, column) in
        [("HB_WEST", "hb-west", "hb_west_rtm"), ("LZ_WEST", "lz-west", "lz_west_rtm")]
    {
        let (west, observed) = refit(&data, point, file, column, date(2024, 1, 1));
        assert_same(name, &observed);
        let long_run = long_run_power(
            FittedHistory { calibration: &observed.calibration, history: &west },
            FittedHistory { calibration: &reference.calibration, history: &houston },
            &few_histories(point),
        );
        assert_same(&format!("{name}-long-run"), &long_run.expect("a valid calibration"));
    }
}

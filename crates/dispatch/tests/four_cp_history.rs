//! The rule against the coincident peaks on the system's real load: defaults from 2021 and 2022, later years out of sample.

use dispatch::four_cp::{AvoidanceRule, AvoidanceYear, PEAK_MONTHS, SystemHour, monthly_peaks, replay};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use site::{YearMonth, Zone};
use std::fs::File;
use std::path::Path;

const LAST_FITTED_YEAR: i16 = 2022;

/// Hourly native load of ERCOT on the local clock, 2021 to June 2025; `None`, with a message, when it is not there.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn history() -> Option<Vec<SystemHour>> {
    let name = "ercot_load_hourly_2021_2025h1.csv.gz";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let Ok(file) = File::open(&path) else {
        eprintln!("skipped: ../shared/data/{name} is absent");
        return None;
    };
    let mut reader = csv::Reader::from_reader(GzDecoder::new(file));
    assert_eq!(&reader.headers().unwrap()[1], "ercot_mw");
    let zone = Zone::Central.time_zone();
    let hour = |row: csv::StringRecord| {
        let local = row[0].parse::<Timestamp>().unwrap().to_zoned(zone.clone());
        SystemHour {
            month: YearMonth { year: local.year(), month: local.month() },
            day: local.day(),
            hour: local.hour() as u8,
            load_mw: row[1].parse().unwrap(),
        }
    };
    Some(reader.records().map(|row| hour(row.unwrap())).collect())
}

/// Three standard deviations below the mean, down to a whole percent.
fn low_side(ratios: &[f64]) -> f64 {
    let n = ratios.len() as f64;
    let mean = ratios.iter().sum::<f64>() / n;
    let variance = ratios.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    ((mean - 3.0 * variance.sqrt()) * 100.0).floor() / 100.0
}

/// The rule that the peaks up to the last fitted year give, and nothing after it.
fn fitted(hours: &[SystemHour]) -> AvoidanceRule {
    let end = hours.partition_point(|hour| hour.month.year <= LAST_FITTED_YEAR);
    let hours = &hours[..end];
    let peaks = monthly_peaks(hours);
    let (mut of_month, mut of_last_year, mut clock) = (Vec::new(), Vec::new(), Vec::new());
    for (&month, &peak) in peaks.iter().filter(|(month, _)| PEAK_MONTHS.contains(&month.month)) {
        let last_known = hours[peak - 1].load_mw;
        let so_far = hours[..peak]
            .iter()
            .filter(|hour| hour.month == month)
            .map(|hour| hour.load_mw)
            .fold(0.0, f64::max);
        of_month.push(last_known / so_far);
        clock.push(hours[peak].hour);
        if let Some(&before) = peaks.get(&YearMonth { year: month.year - 1, ..month }) {
            of_last_year.push(last_known / hours[before].load_mw);
        }
    }
    assert_eq!((of_month.len(), of_last_year.len()), (8, 4));
    AvoidanceRule {
        first_hour: clock.iter().min().unwrap() - 1,
        last_hour: clock.iter().max().unwrap() + 1,
        share_of_month: low_side(&of_month),
        share_of_last_year: low_side(&of_last_year),
    }
}

#[test]
fn defaults_are_what_the_fitted_years_give() {
    let Some(hours) = history() else { return };
    assert_eq!(fitted(&hours), AvoidanceRule::default());
}

/// Hits, and what they cost: in and out of sample every peak, at eight to eleven false alarms for one hit.
#[test]
fn record_by_year_in_and_out_of_sample() {
    let Some(hours) = history() else { return };
    let record = |year, hours_curtailed, days_curtailed, hits, peaks| AvoidanceYear {
        year,
        hours_curtailed,
        days_curtailed,
        peaks,
        hits,
        false_alarm_days: days_curtailed - hits,
    };
    let expected = [
        record(2021, 77, 35, 4, 4),
        record(2022, 97, 46, 4, 4),
        // Out of sample.
        record(2023, 87, 39, 4, 4),
        record(2024, 81, 37, 4, 4),
        // June only.
        record(2025, 29, 14, 1, 1),
    ];
    assert_eq!(replay(AvoidanceRule::default(), &hours).unwrap(), expected);
}

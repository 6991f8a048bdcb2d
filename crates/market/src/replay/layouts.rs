//! Replayed power prices from any layout that the importers know.

use super::{PowerHistory, ReplayError, iso};
use crate::import::{Gaps, PointQuery, power_files};
use std::path::{Path, PathBuf};

/// Stretches of missing intervals that a message names before it only counts them.
const NAMED_GAPS: usize = 3;

impl PowerHistory {
    /// Reads the prices of a point from files in any layout of [`crate::import::power_files`], and keeps the intervals from
    /// `from_unix_s` up to, not including, `to_unix_s`; files may overlap the period in any way and come in any order.
    ///
    /// # Errors
    /// When a file cannot be imported, or an interval of the period is missing; what is missing elsewhere does not matter.
    pub fn read_point(
        paths: &[PathBuf],
        query: &PointQuery,
        from_unix_s: i64,
        to_unix_s: i64,
    ) -> Result<Self, ReplayError> {
        let query = PointQuery { gaps: Gaps::Report, ..query.clone() };
        let series = power_files(paths, &query)?.data;
        let step_s = series.step_s;
        let first_path = paths.first().map_or(Path::new(""), PathBuf::as_path);
        let unfit = |problem: String| ReplayError::Unfit { path: first_path.into(), problem };
        if (from_unix_s - series.start_unix_s) % step_s != 0 {
            return Err(unfit(format!("the grid of {step_s} s does not meet {}", iso(from_unix_s))));
        }
        let end = series.start_unix_s + step_s * series.prices_usd_per_mwh.len() as i64;
        let n_missing = |from: i64, to: i64| ((to - from) / step_s).max(0);
        let mut missing: Vec<(i64, i64)> = Vec::new();
        let mut miss = |from: i64, to: i64| {
            let (from, to) = (from.max(from_unix_s), to.min(to_unix_s));
            if n_missing(from, to) > 0 {
                missing.push((from, n_missing(from, to)));
            }
        };
        miss(from_unix_s, series.start_unix_s);
        for gap in &series.gaps {
            miss(gap.from_unix_s, gap.from_unix_s + step_s * gap.intervals as i64);
        }
        miss(end.max(from_unix_s), to_unix_s);
        if !missing.is_empty() {
            let named: Vec<String> =
                missing.iter().take(NAMED_GAPS).map(|(at, n)| format!("{n} from {} on", iso(*at))).collect();
            let more = missing.len().saturating_sub(NAMED_GAPS);
            let more = if more > 0 { format!(", and {more} more stretch(es)") } else { String::new() };
            return Err(unfit(format!(
                "{} interval(s) of {} are missing between {} and {}, which the scenario replays: {}{more}; allowed is none",
                missing.iter().map(|(_, n)| n).sum::<i64>(),
                query.point,
                iso(from_unix_s),
                iso(to_unix_s),
                named.join(", ")
            )));
        }
        let first = usize::try_from((from_unix_s - series.start_unix_s) / step_s).unwrap_or(0);
        let n = usize::try_from(n_missing(from_unix_s, to_unix_s)).unwrap_or(0);
        let prices_usd_per_mwh = series.prices_usd_per_mwh[first..first + n].to_vec();
        Ok(Self { start_unix_s: from_unix_s, step_s, prices_usd_per_mwh })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 January 2025, 00:00 in Texas.
    const FROM: i64 = 1_735_711_200;

    fn written(skip: &[i64]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut text = String::from("DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n");
        for hour in (0..48).filter(|hour| !skip.contains(hour)) {
            let (day, ending) = (1 + hour / 24, 1 + hour % 24);
            text += &format!("01/{day:02}/2025,{ending:02}:00,HB_WEST,{hour},N\n");
        }
        let path = folder.path().join("dam.csv");
        std::fs::write(&path, text).expect("it can be written");
        (folder, path)
    }

    fn read(skip: &[i64], from: i64, to: i64) -> Result<PowerHistory, String> {
        let (_folder, path) = written(skip);
        PowerHistory::read_point(&[path], &PointQuery::new("HB_WEST"), from, to)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_period_is_cut_out_of_a_publishers_layout() {
        let history = read(&[], FROM + 6 * 3_600, FROM + 9 * 3_600).expect("it is there");
        assert_eq!(history.prices_usd_per_mwh, [6.0, 7.0, 8.0]);
        assert_eq!((history.start_unix_s, history.step_s), (FROM + 6 * 3_600, 3_600));
        // A gap outside the period does not matter.
        assert!(read(&[30, 31], FROM, FROM + 24 * 3_600).is_ok());
    }

    #[test]
    fn missing_intervals_of_the_period_are_named() {
        let message = read(&[5, 6, 30], FROM, FROM + 48 * 3_600).expect_err("hours are missing");
        for part in ["3 interval(s) of HB_WEST", "2 from 2025-01-01T11:00:00Z", "1 from 2025-01-02T12:00:00Z"]
        {
            assert!(message.contains(part), "{part}: {message}");
        }
        let message = read(&[], FROM - 7_200, FROM + 50 * 3_600).expect_err("it begins late and ends early");
        assert!(
            message.contains("4 interval(s)") && message.contains("2 from 2025-01-03T06:00:00Z"),
            "{message}"
        );
        let message = read(&[], FROM + 200 * 3_600, FROM + 210 * 3_600).expect_err("it lies outside");
        assert!(message.contains("10 interval(s)"), "{message}");
    }

    #[test]
    fn a_fault_of_the_layout_names_the_file_once() {
        let (_folder, path) = written(&[]);
        let error = PowerHistory::read_point(&[path], &PointQuery::new("HB_NORTH"), FROM, FROM + 3_600);
        let message = error.expect_err("no such point").to_string();
        assert!(message.contains("dam.csv: no prices of HB_NORTH") && !message.starts_with(':'), "{message}");
    }
}

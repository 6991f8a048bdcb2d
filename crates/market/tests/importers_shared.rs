//! The publisher's own slices and the shared series, and the daily and monthly importers.

#[path = "importers_common/mod.rs"]
mod common;

use common::*;
use market::import::{CurveKind, Gaps, PointQuery, bitcoin, forward_curve, power, reserves};

#[test]
fn the_publishers_real_time_slice_is_read() {
    let Some(path) = shared("raw_layout/rtm_lzhb_spp_2025-02-19_20.csv") else { return };
    let read = power(&path, &PointQuery::new("HB_HOUSTON")).unwrap();
    assert_eq!((read.data.prices_usd_per_mwh.len(), read.data.step_s), (192, 900));
    assert_eq!(read.data.start_unix_s, 1_739_944_800);
    assert_eq!(read.data.prices_usd_per_mwh[..4], [34.35, 27.34, 26.88, 28.03]);
    assert_eq!(read.notes.rows_of_other_points, 3 * 192);
    // The same days from another source, in the shared layout.
    let Some(path) = shared("ercot_rt15_hb_houston_2021_2025h1.csv.gz") else { return };
    let long = power(&path, &PointQuery::new("HB_HOUSTON")).unwrap().data;
    assert_eq!((long.prices_usd_per_mwh.len(), long.start_unix_s), (156_936, 1_610_085_600));
    let from = usize::try_from((read.data.start_unix_s - long.start_unix_s) / 900).unwrap();
    assert_eq!(long.prices_usd_per_mwh[from..from + 192], read.data.prices_usd_per_mwh);
}

/// A slice with a spring and an autumn day: each is read alone, since the months between them are not there.
fn days_of(path: &std::path::Path, day: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let text = std::fs::read_to_string(path).unwrap();
    let kept: Vec<&str> =
        text.lines().enumerate().filter(|(n, l)| *n == 0 || l.starts_with(day)).map(|(_, l)| l).collect();
    file("day.csv", kept.join("\n") + "\n")
}

#[test]
fn the_publishers_day_ahead_slice_agrees_with_the_shared_series() {
    let Some(path) = shared("raw_layout/dam_lzhb_spp_dst_days_2016.csv") else { return };
    let error = power(&path, &PointQuery::new("LZ_WEST")).unwrap_err().to_string();
    assert!(
        error.contains("5688 interval(s) missing in 1 stretch(es), the first is 2016-03-14T05:00:00Z"),
        "{error}"
    );
    let Some(series) = shared("ercot_hourly_dam_as_2015_2016.csv.gz") else { return };
    let whole = power(&series, &PointQuery::new("LZ_WEST")).unwrap().data;
    for (day, hours) in [("03/13/2016", 23), ("11/06/2016", 25)] {
        let (_folder, path) = days_of(&path, day);
        let read = power(&path, &PointQuery::new("LZ_WEST")).unwrap();
        assert_eq!(read.data.prices_usd_per_mwh.len(), hours);
        assert!(read.notes.remarks.is_empty(), "{}", read.notes);
        let from = usize::try_from((read.data.start_unix_s - whole.start_unix_s) / 3_600).unwrap();
        assert_eq!(read.data.prices_usd_per_mwh, whole.prices_usd_per_mwh[from..from + hours]);
    }
}

#[test]
fn the_publishers_reserve_slice_agrees_with_the_shared_series() {
    let Some(path) = shared("raw_layout/dam_as_mcpc_dst_days_2016.csv") else { return };
    let Some(series) = shared("ercot_hourly_dam_as_2015_2016.csv.gz") else { return };
    let whole = reserves(&series, Gaps::Refuse).unwrap().data;
    assert!(reserves(&path, Gaps::Refuse).unwrap_err().to_string().contains("missing"));
    for (day, hours) in [("03/13/2016", 23), ("11/06/2016", 25)] {
        let (_folder, path) = days_of(&path, day);
        let read = reserves(&path, Gaps::Refuse).unwrap().data;
        assert_eq!(read.len(), 4);
        for (one, all) in read.iter().zip(&whole) {
            assert_eq!((one.product, one.prices_usd_per_mw_h.len()), (all.product, hours));
            let from = usize::try_from((one.start_unix_s - all.start_unix_s) / 3_600).unwrap();
            assert_eq!(one.prices_usd_per_mw_h, all.prices_usd_per_mw_h[from..from + hours]);
        }
    }
}

#[test]
fn gaps_of_the_shared_series_are_those_its_notes_name() {
    let Some(path) = shared("ercot_hourly_dam_rtm_as_2024_2025h1.csv.gz") else { return };
    let mut query = PointQuery::new("hb_west_rtm");
    assert!(power(&path, &query).unwrap_err().to_string().contains("2024-11-03T07:00:00Z"));
    query.gaps = Gaps::Report;
    let read = power(&path, &query).unwrap().data;
    assert_eq!(read.gaps.len(), 1);
    let Some(path) = shared("ercot_as_prices_2021.csv.gz") else { return };
    for series in reserves(&path, Gaps::Report).unwrap().data {
        assert_eq!(series.gaps.len(), 1, "{}", series.product);
    }
}

#[test]
fn the_shared_bitcoin_file_is_read_with_its_missing_fees() {
    let Some(path) = shared("btc_daily_2015_2025h1.csv.gz") else { return };
    let read = bitcoin(&path).unwrap();
    assert_eq!((read.data.first, read.data.days.len()), (jiff::civil::date(2015, 1, 1), 3_834));
    assert_eq!(read.data.days[0].price_usd, 314.25);
    let missing = read.data.days.iter().filter(|day| day.fees_btc.is_none()).count();
    // 1 September 2022 to 29 April 2023, and from 28 April 2024 on.
    assert_eq!(missing, 241 + 429);
    assert!(
        read.notes.to_string().contains("fees: missing on 670 of 3834 days, the first is 2022-09-01"),
        "{}",
        read.notes
    );
}

#[test]
fn bitcoin_is_read_in_other_layouts() {
    let metrics = "time,PriceUSD,DiffMean,FeeTotNtv,BlkCnt\n\
        2010-07-17T00:00:00.000000000Z,,181,0.1,160\n2010-07-18T00:00:00.000000000Z,0.08,182,0.2,161\n\
        2010-07-19,0.09,183,,162\n2010-07-20 00:00:00+00:00,0.1,184,0.4,163\n2010-07-21,,184,,\n";
    let (_folder, path) = file("metrics.csv", metrics);
    let read = bitcoin(&path).unwrap();
    assert_eq!(read.data.first, jiff::civil::date(2010, 7, 18));
    assert_eq!(
        read.data.days.iter().map(|day| day.fees_btc).collect::<Vec<_>>(),
        [Some(0.2), None, Some(0.4)]
    );
    assert_eq!(read.data.days[2].blocks, Some(163.0));
    assert!(
        read.notes.to_string().contains("2 row(s) without a price before 2010-07-18 or after 2010-07-20")
    );
    let (_folder, path) = file("two.csv", "date,close\n2024-01-02,43000\n2024-01-01,42000\n");
    let read = bitcoin(&path).unwrap();
    assert!(
        read.notes.sorted
            && read.data.days[0].price_usd == 42_000.0
            && read.data.days[0].difficulty.is_none()
    );
}

#[test]
fn bitcoin_with_faults_is_refused() {
    let check = |text: &str, wanted: &[&str]| {
        let (_folder, path) = file("btc.csv", text);
        let error = bitcoin(&path).unwrap_err().to_string();
        assert!(wanted.iter().all(|part| error.contains(part)), "{error}");
    };
    check("date,price\n2024-01-01,1\n2024-01-03,1\n", &["row 3", "1 interval(s) missing", "2024-01-02"]);
    check("date,price\n2024-01-01,1\n2024-01-02,\n2024-01-03,1\n", &["row 3", "2024-01-02"]);
    check("date,price\n2024-01-01,1\n2024-01-01,2\n", &["row 3", "twice", "first at row 2"]);
    check("date,price\n2024-01-01,-1\n", &["row 2", "price is `-1`", "allowed"]);
    check("date,price\n2024-01-01T05:00:00Z,1\n", &["row 2", "midnight"]);
    check("date,price,fees_btc\n2024-01-01,1,-5\n", &["fees_btc", "0 to"]);
    check("date,cost\n2024-01-01,1\n", &["no known layout", "date, cost"]);
    check("date,price\n", &["header without prices"]);
}

#[test]
fn forward_curves_are_read_or_refused() {
    let (_folder, path) = file("curve.csv", "month,power_usd_mwh\n2026-01,41.5\n2026-02,3\n2026-04,40\n");
    let read = forward_curve(&path, CurveKind::Power).unwrap();
    assert_eq!(read.data.values, [41.5, 3.0, 40.0]);
    assert_eq!(read.data.months[2].to_string(), "2026-04");
    assert_eq!(read.data.column, "power_usd_mwh");
    assert!(read.notes.to_string().contains("1 month(s) between 2026-01 and 2026-04"), "{}", read.notes);
    let check = |text: &str, wanted: &[&str]| {
        let (_folder, path) = file("curve.csv", text);
        let error = forward_curve(&path, CurveKind::LeaseRate).unwrap_err().to_string();
        assert!(wanted.iter().all(|part| error.contains(part)), "{error}");
    };
    check("month,rate\n2026-02,100\n2026-01,100\n", &["row 3", "2026-01", "after 2026-02", "row 2"]);
    check("month,rate\n2026-02,100\n2026-02,100\n", &["row 3", "after 2026-02"]);
    check("month,rate\n2026-2,100\n", &["row 2", "YYYY-MM"]);
    check("month,rate\n2026-02,\n", &["row 2", "blank", "USD/kW/month"]);
    check("month,rate\n2026-02,0\n", &["outside the range", "1 to 10000"]);
    check("month,rate,more\n2026-02,1,2\n", &["two columns"]);
    check("month,rate\n", &["without rows"]);
    check("rate,month\n1,2026-02\n", &["two columns"]);
    check("month,usd_per_mwh\n2026-02,40\n", &["`usd_per_mwh`", "per MWh", "lease rates in USD/kW/month"]);
}

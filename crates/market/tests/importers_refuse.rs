//! Files with faults: the error names the file, the row, the column, the value and what is allowed, or the series is right.

#[path = "importers_common/mod.rs"]
mod common;

use common::*;
use market::PowerHistory;
use market::import::{Gaps, ImportError, PointQuery, PriceMarket, power};

/// Quarter-hours around the change in spring, one point.
fn spring() -> Vec<String> {
    let all = intervals((2024, 3, 9), (2024, 3, 11), 900);
    yearly_real_time(&all)
        .lines()
        .filter(|line| !line.contains("HB_NORTH") && !line.contains("LZEW"))
        .map(String::from)
        .collect()
}

/// Imports rows and returns the error's text, which must name the file.
fn refused(rows: &[String], wanted: &[&str]) {
    refused_bytes((rows.join("\n") + "\n").as_bytes(), wanted);
}

fn refused_bytes(content: &[u8], wanted: &[&str]) {
    let (_folder, path) = file("spoiled.csv", content);
    let error = power(&path, &PointQuery::new("LZ_WEST")).expect_err("spoiled").to_string();
    for part in ["spoiled.csv"].iter().chain(wanted) {
        assert!(error.contains(part), "{part:?} not in: {error}");
    }
}

#[test]
fn a_clean_file_is_read() {
    let (_folder, path) = file("clean.csv", spring().join("\n") + "\n");
    let read = power(&path, &PointQuery::new("lz_west")).unwrap();
    assert_eq!(read.data.prices_usd_per_mwh.len(), (24 + 23 + 24) * 4);
}

#[test]
fn a_missing_row_is_an_error_or_a_reported_gap() {
    let mut rows = spring();
    rows.remove(100);
    rows.drain(150..153);
    refused(&rows, &["row 101", "4 interval(s) missing in 2 stretch(es)", "2024-03-10T06:45:00Z"]);
    let (_folder, path) = file("gaps.csv", rows.join("\n") + "\n");
    let mut query = PointQuery::new("LZ_WEST");
    query.gaps = Gaps::Report;
    let read = power(&path, &query).unwrap();
    assert_eq!(read.data.gaps.iter().map(|gap| gap.intervals).collect::<Vec<_>>(), [1, 3]);
    let missing = read.data.prices_usd_per_mwh.iter().filter(|price| price.is_nan()).count();
    assert_eq!((missing, read.data.prices_usd_per_mwh.len()), (4, 284));
    assert!(read.notes.to_string().contains("4 interval(s) missing"), "{}", read.notes);
}

#[test]
fn a_doubled_row_is_an_error_that_names_both() {
    let mut rows = spring();
    rows.insert(120, rows[60].clone());
    refused(&rows, &["row 121", "stands there twice", "first at row 61", "both"]);
    rows[120] = rows[60].rsplit_once(',').unwrap().0.to_string() + ",77.5";
    refused(&rows, &["row 121", "first at row 61", "then 77.5"]);
}

#[test]
fn rows_out_of_order_are_sorted_and_said_to_be() {
    let rows = spring();
    let straight = file("a.csv", rows.join("\n") + "\n");
    let mut turned = rows.clone();
    turned[1..].reverse();
    turned.swap(10, 200);
    let turned = file("b.csv", turned.join("\n") + "\n");
    let query = PointQuery::new("LZ_WEST");
    let (one, other) = (power(&straight.1, &query).unwrap(), power(&turned.1, &query).unwrap());
    assert_eq!(one.data, other.data);
    assert!(!one.notes.sorted && other.notes.sorted);
    assert!(other.notes.to_string().contains("out of order"));
}

#[test]
fn fields_that_hold_something_else_are_named() {
    let spoil = |column: usize, value: &str, wanted: &[&str]| {
        let mut rows = spring();
        let mut fields: Vec<&str> = rows[41].split(',').collect();
        fields[column] = value;
        rows[41] = fields.join(",");
        refused(&rows, &[&["row 42"], wanted].concat());
    };
    spoil(0, "2024-02-30", &["Delivery Date", "2024-02-30", "allowed is MM/DD/YYYY"]);
    spoil(0, "03.09.2024", &["Delivery Date", "allowed"]);
    spoil(1, "0", &["Delivery Hour", "1 to 24"]);
    spoil(1, "25", &["Delivery Hour", "25th hour", "clocks go back"]);
    spoil(1, "eleven", &["Delivery Hour is `eleven`"]);
    spoil(2, "5", &["Delivery Interval is `5`", "1 to 4"]);
    spoil(3, "Y", &["Repeated Hour Flag is `Y`", "clocks go back"]);
    spoil(3, "maybe", &["Repeated Hour Flag is `maybe`", "Y or N"]);
    spoil(6, "", &["Settlement Point Price is ``", "blank", "allowed"]);
    for number in ["inf", "NaN", "1e999", "$5", "(3.5)", "5,5"] {
        let wanted: &[&str] =
            if number == "5,5" { &["8 fields", "thousands"] } else { &["no finite number"] };
        spoil(6, number, wanted);
    }
    spoil(6, "\"1,234.50\"", &["1,234.50", "without thousands separators"]);
    spoil(6, "123456", &["outside the range", "-10000 to 20000 USD/MWh"]);
    spoil(6, &"9".repeat(50_000), &["(50000 bytes)"]);
    spoil(4, "\"LZ_WEST", &["a quote is not closed in field 5"]);
    spoil(4, "LZ\"WEST", &["a quote inside a field in field 5"]);
    spoil(4, "\"LZ\"WEST", &["text after a closing quote"]);
    spoil(6, &"9".repeat(70_000), &["longer than 65536 bytes"]);
}

#[test]
fn the_hour_that_spring_skips_is_refused() {
    let mut rows = spring();
    let hour = rows.iter().position(|row| row.starts_with("03/10/2024,4,1")).unwrap();
    rows[hour] = rows[hour].replace(",4,1,", ",3,1,");
    refused(&rows, &["Delivery Hour is `3`", "skips"]);
}

#[test]
fn quoted_fields_and_further_columns_are_read() {
    let rows: Vec<String> =
        spring().iter().map(|row| format!("\"{}\", \"x\"", row.replace(',', "\" ,\""))).collect();
    let (_folder, path) = file("quoted.csv", rows.join("\r\n"));
    let read = power(&path, &PointQuery::new("LZ_WEST")).unwrap();
    assert_eq!(read.data.prices_usd_per_mwh.len(), 284);
    assert!(read.notes.to_string().contains("no line break"), "{}", read.notes);
}

#[test]
fn files_that_are_no_table_are_refused() {
    let clean = spring().join("\n");
    refused_bytes(b"", &["empty"]);
    refused_bytes(b"\xef\xbb\xbf\r\n\r\n", &["empty"]);
    refused_bytes(spring()[0].as_bytes(), &["header without rows"]);
    refused_bytes(&clean.as_bytes()[..clean.len() - 30], &["row 285", "cut short"]);
    let mut bytes = clean.clone().into_bytes();
    bytes[900] = 0xff;
    refused_bytes(&bytes, &["UTF-8", "row"]);
    bytes[900] = 0;
    refused_bytes(&bytes, &["NUL", "row"]);
    refused_bytes(&[0xff, 0xfe, b'D', 0], &["UTF-16"]);
    refused_bytes(b"PK\x03\x04 not a workbook", &["zip", "workbook"]);
    refused_bytes(b"\x1f\x8b not gzip", &["cannot read"]);
    refused_bytes(&vec![b'x'; 200_000], &["row 1", "longer than"]);
    refused_bytes(",".repeat(1_000).as_bytes(), &["1001 fields", "at most 256"]);
    let missing = power(std::path::Path::new("no-such-file.csv"), &PointQuery::new("X"));
    assert!(matches!(missing, Err(ImportError::Unreadable { .. })));
}

#[test]
fn headers_that_fit_nothing_are_refused() {
    let header = |from: &str, to: &str, wanted: &[&str]| {
        let mut rows = spring();
        rows[0] = rows[0].replace(from, to);
        refused(&rows, &[&["row 1", "the header has"], wanted].concat());
    };
    header("Settlement Point Price", "Cost", &["no column `Settlement Point Price`", "Cost"]);
    header("Delivery Date", "Day", &["no known layout", "Delivery Date"]);
    header("Delivery Hour", "Hour", &["no column `Delivery Hour`"]);
    header("Settlement Point Type", "Settlement Point Price", &["stands there twice"]);
    refused(
        &["DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag".into(), "01/01/2024,01:00,RRS,1,N".into()],
        &["reserve prices"],
    );
    refused(&["interval_start_utc".into(), "2024-01-01T00:00:00Z".into()], &["no known layout"]);
}

#[test]
fn a_name_with_several_types_or_an_absent_one_lists_what_there_is() {
    let all = intervals((2024, 7, 1), (2024, 7, 1), 900);
    let text = yearly_real_time(&all);
    refused_bytes(text.as_bytes(), &["LZ_WEST stands for several series", "LZ real-time", "LZEW real-time"]);
    let (_folder, path) = file("mixed.csv", &text);
    let ask = |point: &str, kind: Option<&str>| {
        let mut query = PointQuery::new(point);
        query.point_type = kind.map(String::from);
        power(&path, &query)
    };
    let weighted = ask("LZ_WEST", Some("LZEW")).unwrap();
    assert!(weighted.data.prices_usd_per_mwh.iter().all(|price| *price == 9_002.0));
    assert_eq!(weighted.notes.rows_of_other_points, 2 * 96);
    for (point, kind) in [("HB_WEST", None), ("LZ_WEST", Some("HU"))] {
        let error = ask(point, kind).unwrap_err().to_string();
        assert!(error.contains("HB_NORTH (HU), LZ_WEST (LZ), LZ_WEST (LZEW)"), "{error}");
    }
    let mut many = String::from("DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n");
    for n in 0..30 {
        many += &format!("07/01/2024,01:00,NODE_{n:02},1,N\n");
    }
    refused_bytes(many.as_bytes(), &["NODE_00, ", "NODE_19 and 10 more"]);
    // Without a column of types an energy-weighted price cannot be told from the plain one.
    let (_folder, path) = file("untyped.csv", &many);
    let mut query = PointQuery::new("NODE_00");
    query.point_type = Some("LZEW".into());
    assert!(power(&path, &query).unwrap_err().to_string().contains("no column of types"));
}

#[test]
fn a_type_or_market_that_a_file_with_a_column_per_series_cannot_have_is_refused() {
    let rows = "2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,2\n";
    let ask = |column: &str, kind: Option<&str>, market: Option<PriceMarket>| {
        let (_folder, path) = file("wide.csv", format!("time,{column}\n{rows}"));
        let query = PointQuery { point_type: kind.map(String::from), market, ..PointQuery::new(column) };
        power(&path, &query).map_err(|error| error.to_string())
    };
    let typed = ask("lz_west_rtm", Some("LZ"), None).unwrap_err();
    assert!(typed.contains("the type LZ says nothing here"), "{typed}");
    let other = ask("lz_west_rtm", None, Some(PriceMarket::DayAhead)).unwrap_err();
    assert!(other.contains("lz_west_rtm is of the real-time market, not of the day-ahead one"), "{other}");
    let silent = ask("lz_west", None, Some(PriceMarket::DayAhead)).unwrap();
    assert!(silent.notes.to_string().contains("does not say its market"), "{}", silent.notes);
    let stated = ask("lz_west_rtm", None, Some(PriceMarket::RealTime)).unwrap();
    assert!(!stated.notes.to_string().contains("market"), "{}", stated.notes);
}

#[test]
fn utc_files_state_their_offset_and_their_step() {
    let rows = |times: &[&str]| -> Vec<String> {
        std::iter::once("timestamp,price".into())
            .chain(times.iter().map(|time| format!("{time},5")))
            .collect()
    };
    refused(&rows(&["2024-01-01 00:00:00"]), &["row 2", "timestamp is `2024-01-01 00:00:00`", "offset"]);
    refused(&rows(&["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"]), &["86400 s", "900 or 3600"]);
    refused(&rows(&["2024-01-01T00:00:00Z"]), &["single interval"]);
    refused(
        &rows(&["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z", "2024-01-01T02:20:00Z"]),
        &["row 4", "not on the grid"],
    );
    refused(
        &["time,hb_north_usd_mwh,hb_south_usd_mwh".into(), "2024-01-01T00:00:00Z,1,2".into()],
        &["no prices of LZ_WEST", "hb_north_usd_mwh, hb_south_usd_mwh"],
    );
}

/// The replay reader stands on the same tables and keeps its own messages.
#[test]
fn replay_names_what_it_cannot_use() {
    let all = intervals((2022, 1, 1), (2022, 1, 31), 3_600);
    let rows: Vec<String> = utc(&all, "price").lines().map(String::from).collect();
    let (from, to) = (all[0].unix_s, all[0].unix_s + all.len() as i64 * 3_600);
    let read = |content: &[u8]| {
        let (_folder, path) = file("power.csv", content);
        PowerHistory::read(&path, ("interval_start_utc", "price"), from, to)
            .map_err(|error| error.to_string())
    };
    assert_eq!(read(rows.join("\r\n").as_bytes()).unwrap().prices_usd_per_mwh.len(), all.len());
    let check = |change: &dyn Fn(&mut Vec<String>), wanted: &[&str]| {
        let mut rows = rows.clone();
        change(&mut rows);
        let error = read(rows.join("\n").as_bytes()).unwrap_err();
        assert!(["power.csv"].iter().chain(wanted).all(|part| error.contains(part)), "{error}");
    };
    check(&|rows| drop(rows.remove(100)), &["row 101", "missing"]);
    check(&|rows| rows.insert(100, rows[100].clone()), &["row 102", "twice"]);
    check(&|rows| rows.swap(100, 110), &["row 101"]);
    check(&|rows| rows.truncate(500), &["cut short"]);
    check(&|rows| rows.clear(), &["empty"]);
    check(&|rows| rows[50] = "2022-01-03T07:00:00Z,NaN".into(), &["row 51", "NaN"]);
    check(&|rows| rows[0] = "time,price".into(), &["interval_start_utc", "time, price"]);
    check(&|rows| rows[700] = "2022-01".into(), &["row 701", "1 fields"]);
    let mut bytes = rows.join("\n").into_bytes();
    bytes[900] = 0xff;
    assert!(read(&bytes).unwrap_err().contains("UTF-8"));
}

/// Bytes changed at random end in an error or in a series, never in a panic; a series never has a hidden gap.
#[test]
fn random_damage_is_survived() {
    let text = spring().join("\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.csv");
    let mut state: u64 = 1;
    let mut draw = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    for _ in 0..3_000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=draw(3) {
            let at = draw(bytes.len());
            match draw(4) {
                0 => bytes[at] = b"\"\n\r,:/-T\0\xff\xc3"[draw(11)],
                1 => bytes[at] = b'0' + draw(10) as u8,
                2 => drop(bytes.remove(at)),
                _ => drop(bytes.drain(at..(at + draw(200)).min(bytes.len()))),
            }
        }
        std::fs::write(&path, &bytes).unwrap();
        if let Ok(read) = power(&path, &PointQuery::new("LZ_WEST")) {
            assert!(read.data.prices_usd_per_mwh.iter().all(|price| price.is_finite()));
        }
    }
}

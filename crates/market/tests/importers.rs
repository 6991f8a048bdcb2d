//! Each layout, written by the test and read back: right to the last interval.

#[path = "importers_common/mod.rs"]
mod common;

use common::*;
use market::import::{
    Gaps, ImportNotes, PointQuery, PriceMarket, PriceSeries, ReserveProduct, power, power_files, reserves,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::Write;
use std::path::Path;

const YEAR: ((i16, i8, i8), (i16, i8, i8)) = ((2024, 1, 1), (2024, 12, 31));

fn zone_west() -> PointQuery {
    let mut query = PointQuery::new("LZ_WEST");
    query.point_type = Some("LZ".into());
    query
}

fn expect(path: &Path, all: &[Interval], step_s: i64) -> ImportNotes {
    // Files with a column per series have no types, and refuse one.
    let name = path.file_name().unwrap().to_string_lossy();
    let wide = ["utc", "generic"].iter().any(|start| name.starts_with(start));
    let query = if wide { PointQuery::new("LZ_WEST") } else { zone_west() };
    let imported = power(path, &query).unwrap_or_else(|error| panic!("{error}"));
    let wanted = PriceSeries {
        start_unix_s: all[0].unix_s,
        step_s,
        prices_usd_per_mwh: all.iter().map(|i| i.price).collect(),
        gaps: Vec::new(),
    };
    assert!(imported.data == wanted, "{}: {}", path.display(), imported.notes);
    assert_eq!(imported.notes.rows_used, all.len() as u64);
    imported.notes
}

#[test]
fn a_year_of_quarter_hours_is_the_same_in_every_layout() {
    let all = intervals(YEAR.0, YEAR.1, 900);
    assert_eq!(all.len(), 366 * 96);
    let layouts = [
        ("yearly", yearly_real_time(&all), "ERCOT yearly file, real-time by quarter-hour"),
        ("posting", posting_real_time(&all), "ERCOT daily posting, real-time by quarter-hour"),
        ("api", api_real_time(&all), "ERCOT public interface, real-time by quarter-hour"),
        ("gridstatus", gridstatus(&all, 900), "gridstatus"),
        ("utc", utc(&all, "lz_west_usd_mwh"), "UTC time and prices"),
    ];
    for (name, text, layout) in layouts {
        let (_folder, path) = file(&format!("{name}.csv"), &text);
        let notes = expect(&path, &all, 900);
        assert_eq!(notes.layouts, [layout]);
        assert!(!notes.sorted && notes.hours_moved == 0 && notes.remarks.is_empty(), "{notes}");
        let (_folder, path) =
            file(&format!("{name}-crlf-bom.csv"), format!("\u{feff}{}", text.replace('\n', "\r\n")));
        expect(&path, &all, 900);
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(yearly_real_time(&all).as_bytes()).unwrap();
    let (_folder, path) = file("yearly.csv.gz", packed.finish().unwrap());
    expect(&path, &all, 900);
}

#[test]
fn a_year_of_hours_is_the_same_in_every_layout() {
    let all = intervals(YEAR.0, YEAR.1, 3_600);
    let layouts = [
        ("yearly", yearly_day_ahead(&all), 0),
        ("posting", posting_day_ahead(&all), 0),
        ("api", api_day_ahead(&all), 0),
        ("gridstatus", gridstatus(&all, 3_600), 0),
        ("utc", utc(&all, "lz_west_dam"), 0),
        ("generic", utc(&all, "price_usd_per_mwh"), 0),
        ("vendor", vendor_25th_hour(&all), 1),
    ];
    for (name, text, moved) in layouts {
        let (_folder, path) = file(&format!("{name}.csv"), &text);
        let notes = expect(&path, &all, 3_600);
        assert_eq!((notes.hours_moved, notes.sorted), (moved, false), "{name}");
    }
}

/// Other ways in which a vendor may write the repeated hour.
#[test]
fn a_repeated_hour_without_a_flag_is_told_by_its_place() {
    let all = intervals((2024, 11, 1), (2024, 11, 5), 3_600);
    let plain = yearly_day_ahead(&all).replace(",Y,", ",N,");
    let lines: Vec<&str> = plain.lines().filter(|line| !line.contains("HB_NORTH")).collect();
    // A 25th row after 24:00 which repeats the label 02:00, with a flag that says N.
    let mut late = lines.clone();
    let twice: Vec<usize> = (0..late.len()).filter(|i| late[*i].starts_with("11/03/2024,02:00")).collect();
    let row = late.remove(twice[1]);
    let last = late.iter().rposition(|line| line.starts_with("11/03/2024,24:00")).unwrap();
    late.insert(last + 1, row);
    let (_folder, path) = file("late.csv", late.join("\n") + "\n");
    assert_eq!(expect(&path, &all, 3_600).hours_moved, 1);
    // No flag column, the two hours one after the other.
    let bare: String = lines
        .iter()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            format!("{},{},{},{}\n", fields[0], fields[1], fields[3], fields[4])
        })
        .collect();
    let (_folder, path) = file("bare.csv", &bare);
    let notes = expect(&path, &all, 3_600);
    assert!(notes.to_string().contains("no flag tells repeated hours"), "{notes}");
    // The same rows backwards: nothing tells the two hours apart.
    let mut back: Vec<&str> = bare.lines().collect();
    back[1..].reverse();
    let (_folder, path) = file("back.csv", back.join("\n") + "\n");
    let error = power(&path, &zone_west()).unwrap_err().to_string();
    assert!(error.contains("no flag tells the two hours"), "{error}");
}

/// A workbook with a sheet per month; dates as text, as the publisher writes them, or as Excel's own.
fn workbook(all: &[Interval], path: &Path, excel_dates: bool) {
    let mut book = Workbook::new();
    for month in 1..=12 {
        let sheet = book
            .add_worksheet()
            .set_name(all[0].local.with().month(month).day(1).build().unwrap().strftime("%b").to_string())
            .unwrap();
        let header = [
            "Delivery Date",
            "Delivery Hour",
            "Delivery Interval",
            "Repeated Hour Flag",
            "Settlement Point Name",
            "Settlement Point Type",
            "Settlement Point Price",
        ];
        for (column, name) in header.iter().enumerate() {
            sheet.write_string(0, column as u16, *name).unwrap();
        }
        let format = Format::new().set_num_format("mm/dd/yyyy");
        for (row, i) in all.iter().filter(|i| i.local.month() == month).enumerate() {
            let row = row as u32 + 1;
            if excel_dates {
                let day =
                    ExcelDateTime::from_ymd(i.local.year() as u16, month as u8, i.local.day() as u8).unwrap();
                sheet.write_datetime_with_format(row, 0, &day, &format).unwrap();
            } else {
                sheet.write_string(row, 0, i.us_date()).unwrap();
            }
            sheet.write_number(row, 1, i.ending()).unwrap();
            sheet.write_number(row, 2, i.quarter()).unwrap();
            sheet.write_string(row, 3, if i.repeated { "Y" } else { "N" }).unwrap();
            sheet.write_string(row, 4, "LZ_WEST").unwrap();
            sheet.write_string(row, 5, "LZ").unwrap();
            sheet.write_number(row, 6, i.price).unwrap();
        }
    }
    book.add_worksheet().set_name("Blank").unwrap();
    book.save(path).unwrap();
}

#[test]
fn a_workbook_with_a_sheet_per_month_is_the_same_year() {
    let all = intervals(YEAR.0, YEAR.1, 900);
    let folder = tempfile::tempdir().unwrap();
    for excel_dates in [false, true] {
        let path = folder.path().join("rtm.xlsx");
        workbook(&all, &path, excel_dates);
        let notes = expect(&path, &all, 900);
        let text = notes.to_string();
        assert!(text.contains("sheets read: Jan, Feb") && text.contains("without content: Blank"), "{text}");
    }
}

#[test]
fn a_day_ahead_workbook_may_hold_hours_as_times() {
    let all = intervals((2024, 11, 2), (2024, 11, 4), 3_600);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let header =
        ["Delivery Date", "Hour Ending", "Repeated Hour Flag", "Settlement Point", "Settlement Point Price"];
    for (column, name) in header.iter().enumerate() {
        sheet.write_string(0, column as u16, *name).unwrap();
    }
    let (date, time) = (Format::new().set_num_format("m/d/yyyy"), Format::new().set_num_format("[h]:mm"));
    for (row, i) in all.iter().enumerate() {
        let row = row as u32 + 1;
        let day = ExcelDateTime::from_ymd(2024, 11, i.local.day() as u8).unwrap();
        sheet.write_datetime_with_format(row, 0, &day, &date).unwrap();
        sheet.write_number_with_format(row, 1, f64::from(i.ending()) / 24.0, &time).unwrap();
        sheet.write_boolean(row, 2, i.repeated).unwrap();
        sheet.write_string(row, 3, "LZ_WEST").unwrap();
        sheet.write_number(row, 4, i.price).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dam.xlsx");
    book.save(&path).unwrap();
    expect(&path, &all, 3_600);
    // A fault in a workbook names its sheet.
    let sheet = book.worksheet_from_index(0).unwrap();
    sheet.write_string(7, 4, "n/a").unwrap();
    book.save(&path).unwrap();
    let error = power(&path, &zone_west()).unwrap_err().to_string();
    assert!(error.contains("sheet Sheet1, row 8: Settlement Point Price is `n/a`"), "{error}");
}

#[test]
fn daily_files_join_in_any_order() {
    let days: Vec<Vec<Interval>> = [(11, 4), (11, 2), (11, 3)]
        .iter()
        .map(|(m, d)| intervals((2024, *m, *d), (2024, *m, *d), 900))
        .collect();
    let files: Vec<_> = days.iter().map(|day| file("day.csv", posting_real_time(day))).collect();
    let paths: Vec<_> = files.iter().map(|(_, path)| path).collect();
    let imported = power_files(&paths, &zone_west()).unwrap();
    let all = intervals((2024, 11, 2), (2024, 11, 4), 900);
    assert_eq!(imported.data.prices_usd_per_mwh, all.iter().map(|i| i.price).collect::<Vec<_>>());
    assert!(imported.notes.sorted);
    let error = power_files(&[paths[0], paths[1]], &zone_west()).unwrap_err().to_string();
    assert!(
        error.contains("100 interval(s) missing in 1 stretch(es), the first is 2024-11-03T05:00:00Z"),
        "{error}"
    );
    let error = power_files(&[paths[0], paths[0]], &zone_west()).unwrap_err().to_string();
    assert!(error.contains("twice"), "{error}");
}

#[test]
fn the_market_tells_columns_and_rows_apart() {
    let all = intervals((2024, 3, 9), (2024, 3, 11), 3_600);
    let mut wide = String::from("hour_start_utc,lz_west_dam,lz_west_rtm,regup\n");
    for i in &all {
        let at = jiff::Timestamp::from_second(i.unix_s).unwrap();
        wide += &format!("{at},{},{},1\n", i.price, i.price + 1.0);
    }
    let (_folder, path) = file("wide.csv", wide);
    let error = power(&path, &PointQuery::new("LZ_WEST")).unwrap_err().to_string();
    assert!(error.contains("lz_west_dam, lz_west_rtm"), "{error}");
    let mut query = PointQuery::new("LZ_WEST");
    query.market = Some(PriceMarket::RealTime);
    for query in [query, PointQuery::new("lz_west_rtm")] {
        let read = power(&path, &query).unwrap().data;
        assert_eq!(read.prices_usd_per_mwh[5], all[5].price + 1.0);
    }
    let both = gridstatus(&all, 3_600)
        + gridstatus(&all, 3_600).replace("DAY_AHEAD_HOURLY", "REAL_TIME").split_once('\n').unwrap().1;
    let (_folder, path) = file("both.csv", both);
    let error = power(&path, &zone_west()).unwrap_err().to_string();
    assert!(error.contains("real-time") && error.contains("day-ahead"), "{error}");
    let mut query = zone_west();
    query.market = Some(PriceMarket::DayAhead);
    assert_eq!(power(&path, &query).unwrap().data.prices_usd_per_mwh.len(), 71);
}

#[test]
fn reserves_are_the_same_in_every_layout() {
    let all = intervals(YEAR.0, YEAR.1, 3_600);
    let yes = |flag: bool| if flag { "Y" } else { "N" };
    let (mut yearly, mut posting, mut api, mut utc) = (
        String::from("Delivery Date,Hour Ending,Repeated Hour Flag,REGDN, REGUP ,RRS,NSPIN,ECRS\n"),
        String::from("DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag\n"),
        String::from("deliveryDate,hourEnding,ancillaryType,MCPC,DSTFlag\n"),
        String::from("hour_start_utc,regdn,regup,rrs,nspin,ecrs\n"),
    );
    let june = all.iter().position(|i| i.iso_date() == "2024-06-10").unwrap();
    for (n, i) in all.iter().enumerate() {
        let p = i.price + 100.0;
        let ecrs = if n < june { String::new() } else { (p + 4.0).to_string() };
        let wide = format!("{p},{},{},{},{ecrs}", p + 1.0, p + 2.0, p + 3.0);
        yearly += &format!("{},{:02}:00,{},{wide}\n", i.us_date(), i.ending(), yes(i.repeated));
        utc += &format!("{},{wide}\n", jiff::Timestamp::from_second(i.unix_s).unwrap());
        for (name, value) in ["REGDN", "REGUP", "RRS", "NSPIN", "ECRS"].iter().zip(wide.split(',')) {
            if !value.is_empty() {
                posting +=
                    &format!("{},{:02}:00,{name},{value},{}\n", i.us_date(), i.ending(), yes(i.repeated));
                api += &format!("{},{:02}:00,{name},{value},{}\n", i.iso_date(), i.ending(), i.repeated);
            }
        }
    }
    for text in [&yearly, &posting, &api, &utc] {
        let (_folder, path) = file("reserves.csv", text);
        let read = reserves(&path, Gaps::Refuse).unwrap().data;
        assert_eq!(read.iter().map(|series| series.product).collect::<Vec<_>>(), ReserveProduct::ALL);
        for (k, series) in read.iter().enumerate() {
            let from = if k == 4 { june } else { 0 };
            assert_eq!(series.start_unix_s, all[from].unix_s);
            let wanted: Vec<f64> = all[from..].iter().map(|i| i.price + 100.0 + k as f64).collect();
            assert_eq!(series.prices_usd_per_mw_h, wanted, "{}", series.product);
        }
    }
    // A blank price within a series is a gap.
    let row = utc.lines().nth(5_000).unwrap();
    let blank = format!("{},", row.rsplit_once(',').unwrap().0);
    let (_folder, path) = file("blank.csv", utc.replace(row, &blank));
    let error = reserves(&path, Gaps::Refuse).unwrap_err().to_string();
    assert!(error.contains("row 5001: 1 interval(s) missing"), "{error}");
    let series = reserves(&path, Gaps::Report).unwrap().data.pop().unwrap();
    assert_eq!((series.gaps.len(), series.gaps[0].from_unix_s), (1, all[4_999].unix_s));
}

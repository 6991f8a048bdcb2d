//! Import of five years of quarter-hours.
//!
//! A text file of 175,000 rows should take at most 0.3 s; a slowdown here is felt at the start of every command that
//! reads history. The same rows among those of four other points stand beside it.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use market::import::{PointQuery, power};
use std::fmt::Write as _;

const DAYS: i64 = 1_826;

/// Five years in the layout of the yearly real-time file, with the clock's changes, a row per quarter-hour and point.
fn yearly_file(points: &[&str]) -> String {
    let zone = site::calendar::Zone::Central.time_zone();
    let start = jiff::civil::date(2020, 1, 1).to_zoned(zone).expect("a date of the calendar");
    let mut text = String::from(
        "Delivery Date,Delivery Hour,Delivery Interval,Repeated Hour Flag,Settlement Point Name,Settlement Point Type,Settlement Point Price\n",
    );
    for quarter in 0..DAYS * 96 {
        let at = &start + jiff::Span::new().minutes(quarter * 15);
        let before = &at - jiff::Span::new().hours(1);
        let flag = if before.time() == at.time() { "Y" } else { "N" };
        for point in points {
            let _ = writeln!(
                text,
                "{},{},{},{flag},{point},HU,{}.{:02}",
                at.strftime("%m/%d/%Y"),
                at.hour() + 1,
                at.minute() / 15 + 1,
                quarter % 97,
                quarter % 89
            );
        }
    }
    text
}

fn import(criterion: &mut Criterion) {
    let folder = std::env::temp_dir().join(format!("wattshift-bench-import-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let one = folder.join("one_point.csv");
    let five = folder.join("five_points.csv");
    std::fs::write(&one, yearly_file(&["HB_WEST"])).expect("the file is written");
    let points = ["HB_HOUSTON", "HB_NORTH", "HB_SOUTH", "HB_WEST", "LZ_WEST"];
    std::fs::write(&five, yearly_file(&points)).expect("the file is written");
    let mut group = criterion.benchmark_group("import");
    group.sample_size(20);
    group.throughput(Throughput::Elements(DAYS as u64 * 96));
    for (name, path) in [("one_point_5_years", &one), ("five_points_5_years", &five)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let read = power(path, &PointQuery::new("HB_WEST")).expect("a clean file");
                assert_eq!(read.data.prices_usd_per_mwh.len() as i64, DAYS * 96);
                read.data.prices_usd_per_mwh[7]
            });
        });
    }
    group.finish();
    let _ = std::fs::remove_dir_all(&folder);
}

criterion_group!(benches, import);
criterion_main!(benches);

//! A year of made-up prices on the local clock, and every layout it can be written in.

#![allow(dead_code, reason = "each test file uses a part")]

use jiff::civil::date;
use jiff::tz::TimeZone;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// One interval as the layouts state it.
#[derive(Debug, Clone)]
pub(crate) struct Interval {
    pub(crate) unix_s: i64,
    pub(crate) local: jiff::Zoned,
    pub(crate) repeated: bool,
    pub(crate) price: f64,
}

impl Interval {
    /// Hour ending, 1 to 24.
    pub(crate) fn ending(&self) -> i8 {
        self.local.hour() + 1
    }

    /// Quarter of the hour, 1 to 4.
    pub(crate) fn quarter(&self) -> i8 {
        self.local.minute() / 15 + 1
    }

    pub(crate) fn us_date(&self) -> String {
        self.local.strftime("%m/%d/%Y").to_string()
    }

    pub(crate) fn iso_date(&self) -> String {
        self.local.strftime("%Y-%m-%d").to_string()
    }
}

/// Intervals of the local days from one date to another, both included.
pub(crate) fn intervals(from: (i16, i8, i8), to: (i16, i8, i8), step_s: i64) -> Vec<Interval> {
    let zone = TimeZone::get("America/Chicago").unwrap();
    let midnight = |(y, m, d)| date(y, m, d).to_zoned(zone.clone()).unwrap();
    let end = midnight(to).tomorrow().unwrap().timestamp().as_second();
    let start = midnight(from).timestamp().as_second();
    (start..end)
        .step_by(step_s as usize)
        .map(|unix_s| {
            let at = |s| jiff::Timestamp::from_second(s).unwrap().to_zoned(zone.clone());
            let (local, before) = (at(unix_s), at(unix_s - 3_600));
            Interval {
                repeated: local.time() == before.time() && local.date() == before.date(),
                price: price(unix_s),
                unix_s,
                local,
            }
        })
        .collect()
}

/// A price with two decimals, negative at times, that differs from one interval to the next.
pub(crate) fn price(unix_s: i64) -> f64 {
    let k = (unix_s / 900).wrapping_mul(7_919) % 100_003;
    (k - 2_000) as f64 / 100.0
}

/// A number for each point apart from the wanted one, so that a mix-up shows.
const OTHERS: [(&str, &str, f64); 3] =
    [("HB_NORTH", "HU", 9_001.0), ("LZ_WEST", "LZEW", 9_002.0), ("LZ_WEST", "LZ", 0.0)];

fn yes(flag: bool) -> &'static str {
    if flag { "Y" } else { "N" }
}

fn truth(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

/// Every row of a layout with a row per point; the wanted one is LZ_WEST of type LZ.
fn rows(all: &[Interval], typed: bool, row: impl Fn(&Interval, &str, &str, f64) -> String) -> String {
    let mut text = String::new();
    for interval in all {
        for (name, kind, other) in OTHERS {
            if !typed && kind == "LZEW" {
                continue;
            }
            let price = if other > 0.0 { other } else { interval.price };
            text += &row(interval, name, kind, price);
            text.push('\n');
        }
    }
    text
}

pub(crate) fn yearly_real_time(all: &[Interval]) -> String {
    String::from(
        "Delivery Date,Delivery Hour,Delivery Interval,Repeated Hour Flag,Settlement Point Name,Settlement Point Type,Settlement Point Price\n",
    ) + &rows(all, true, |i, name, kind, price| {
        format!("{},{},{},{},{name},{kind},{price}", i.us_date(), i.ending(), i.quarter(), yes(i.repeated))
    })
}

pub(crate) fn yearly_day_ahead(all: &[Interval]) -> String {
    String::from("Delivery Date,Hour Ending,Repeated Hour Flag,Settlement Point,Settlement Point Price\n")
        + &rows(all, false, |i, name, _, price| {
            format!("{},{:02}:00,{},{name},{price}", i.us_date(), i.ending(), yes(i.repeated))
        })
}

pub(crate) fn posting_real_time(all: &[Interval]) -> String {
    String::from(
        "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag\n",
    ) + &rows(all, true, |i, name, kind, price| {
        format!("{},{},{},{name},{kind},{price},{}", i.us_date(), i.ending(), i.quarter(), yes(i.repeated))
    })
}

pub(crate) fn posting_day_ahead(all: &[Interval]) -> String {
    String::from("DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n")
        + &rows(all, false, |i, name, _, price| {
            format!("{},{:02}:00,{name},{price},{}", i.us_date(), i.ending(), yes(i.repeated))
        })
}

pub(crate) fn api_real_time(all: &[Interval]) -> String {
    String::from(
        "deliveryDate,deliveryHour,deliveryInterval,settlementPoint,settlementPointType,settlementPointPrice,DSTFlag\n",
    ) + &rows(all, true, |i, name, kind, price| {
        format!("{},{},{},{name},{kind},{price},{}", i.iso_date(), i.ending(), i.quarter(), truth(i.repeated))
    })
}

pub(crate) fn api_day_ahead(all: &[Interval]) -> String {
    String::from("deliveryDate,hourEnding,settlementPoint,settlementPointPrice,DSTFlag\n")
        + &rows(all, false, |i, name, _, price| {
            let flag = if i.repeated { "True" } else { "False" };
            format!("{},{:02}:00,{name},{price},{flag}", i.iso_date(), i.ending())
        })
}

pub(crate) fn gridstatus(all: &[Interval], step_s: i64) -> String {
    let market = if step_s == 900 { "REAL_TIME_15_MIN" } else { "DAY_AHEAD_HOURLY" };
    let stamp = |zoned: &jiff::Zoned| zoned.strftime("%Y-%m-%d %H:%M:%S%:z").to_string();
    String::from("Time,Interval Start,Interval End,Location,Location Type,Market,SPP\n")
        + &rows(all, true, |i, name, kind, price| {
            let start = stamp(&i.local);
            let end = stamp(&(&i.local + jiff::Span::new().seconds(step_s)));
            let kind = match kind {
                "HU" => "Trading Hub",
                "LZ" => "Load Zone",
                _ => "Load Zone Energy Weighted",
            };
            format!("{start},{start},{end},{name},{kind},{market},{price}")
        })
}

pub(crate) fn utc(all: &[Interval], column: &str) -> String {
    let mut text = format!("interval_start_utc,{column}\n");
    for i in all {
        let _ = writeln!(text, "{},{}", jiff::Timestamp::from_second(i.unix_s).unwrap(), i.price);
    }
    text
}

/// A vendor's day-ahead file without flags: the repeated hour comes as hour ending 25:00 at the end of the day.
pub(crate) fn vendor_25th_hour(all: &[Interval]) -> String {
    let mut text = String::from("Delivery Date,Hour Ending,Settlement Point,Settlement Point Price\n");
    let mut late: Option<&Interval> = None;
    for i in all {
        if i.repeated {
            late = Some(i);
            continue;
        }
        let _ = writeln!(text, "{},{:02}:00,LZ_WEST,{}", i.us_date(), i.ending(), i.price);
        if let Some(repeated) = late.filter(|_| i.ending() == 24) {
            let _ = writeln!(text, "{},25:00,LZ_WEST,{}", repeated.us_date(), repeated.price);
            late = None;
        }
    }
    text
}

/// Writes a file into a fresh folder.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// The publisher's slices and the shared series; `None`, with a message, when they are not there.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: ../shared/data/{name} is absent");
    None
}

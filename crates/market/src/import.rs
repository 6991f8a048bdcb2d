//! Importers: prices in the layouts in which users have them, turned into series on an unbroken UTC grid.
//!
//! A layout is recognised by its header, a workbook, a compressed file or plain text by its first bytes. Local time with its
//! short and long days becomes UTC; nothing is filled in, dropped or averaged in silence: what does not fit is an error that
//! names file, row, column, value and what is allowed, and what was done is in the [`ImportNotes`].
//!
//! Source of the layouts: ERCOT's products NP6-785 and NP4-180 (yearly prices), NP6-905 and NP4-190 (daily postings), NP4-181
//! and NP4-188 (reserves), and the column names of gridstatus and Coin Metrics.

mod bitcoin;
mod column;
mod column_unit;
mod error;
mod forward;
mod grid;
mod layout;
mod local;
mod number;
mod point_names;
mod power;
mod reserves;
pub(crate) mod table;
mod time;
#[cfg(feature = "xlsx")]
mod workbook;

use std::fmt;

pub use bitcoin::{BitcoinDay, BitcoinDays, bitcoin};
pub use column::column;
pub use error::{ImportError, Place};
pub use forward::{CurveKind, ForwardCurve, forward_curve};
pub use power::{power, power_files};
pub use reserves::{ReserveProduct, ReserveSeries, reserves, reserves_files};

/// Whether missing intervals are an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gaps {
    /// A missing interval or a blank price is an error. The default, so that nobody overlooks one.
    #[default]
    Refuse,
    /// Missing intervals and blank prices come back as a list, and are NaN in the series.
    Report,
}

/// An unbroken stretch of missing intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Start of the first missing interval, seconds since 1970-01-01 UTC.
    pub from_unix_s: i64,
    /// Number of missing intervals.
    pub intervals: usize,
}

/// The market in which a price formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PriceMarket {
    /// Real-time settlement, usually by quarter-hour.
    RealTime,
    /// The day-ahead auction, by hour.
    DayAhead,
}

impl fmt::Display for PriceMarket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RealTime => "real-time",
            Self::DayAhead => "day-ahead",
        })
    }
}

/// Which series of a file is wanted.
///
/// ```
/// use market::import::{Gaps, PointQuery};
///
/// let mut west = PointQuery::new("LZ_WEST");
/// west.point_type = Some("LZ".into());
/// west.gaps = Gaps::Report;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PointQuery {
    /// Name of the settlement point, such as `HB_WEST`, or of the price column of a file with a column per series.
    pub point: String,
    /// Type of the point, such as `LZ` or `LZEW`; needed only where a name has several. Default none.
    pub point_type: Option<String>,
    /// The market; needed only where a file mixes them. Default none.
    pub market: Option<PriceMarket>,
    /// What to do about missing intervals. Default [`Gaps::Refuse`].
    pub gaps: Gaps,
}

impl PointQuery {
    /// Asks for a point by name alone and refuses gaps.
    #[must_use]
    pub fn new(point: impl Into<String>) -> Self {
        Self { point: point.into(), ..Self::default() }
    }
}

/// Prices of one point, interval by interval.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceSeries {
    /// Start of the first interval, seconds since 1970-01-01 UTC.
    pub start_unix_s: i64,
    /// Length of an interval, s: 900 or 3600.
    pub step_s: i64,
    /// Price of each interval, USD/MWh; NaN in the intervals of [`Self::gaps`] and nowhere else.
    pub prices_usd_per_mwh: Vec<f64>,
    /// The missing intervals, in order; empty unless asked for by [`Gaps::Report`].
    pub gaps: Vec<Gap>,
}

/// What an importer returns.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported<T> {
    /// The series.
    pub data: T,
    /// What was recognised and done.
    pub notes: ImportNotes,
}

/// What an importer recognised and did; [`Self::lines`] says it in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportNotes {
    /// Name of each layout met, in order.
    pub layouts: Vec<String>,
    /// Rows that gave a value.
    pub rows_used: u64,
    /// Rows of other points, types, markets or products.
    pub rows_of_other_points: u64,
    /// Whether rows were out of order and had to be sorted.
    pub sorted: bool,
    /// Hours that stood at the end of a 25-hour day and were moved to their place.
    pub hours_moved: usize,
    /// Anything else worth knowing, a sentence each.
    pub remarks: Vec<String>,
}

impl ImportNotes {
    /// The notes as lines of text.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("layout: {}", self.layouts.join("; ")),
            format!(
                "{} rows used, {} rows of other series left aside",
                self.rows_used, self.rows_of_other_points
            ),
        ];
        if self.sorted {
            lines.push("rows were out of order and have been sorted by time".into());
        }
        if self.hours_moved > 0 {
            lines.push(format!(
                "{} repeated hour(s) stood at the end of the day as a 25th hour and were moved to 01:00 local",
                self.hours_moved
            ));
        }
        lines.extend(self.remarks.iter().cloned());
        lines
    }

    fn add_layout(&mut self, name: String) {
        if !self.layouts.contains(&name) {
            self.layouts.push(name);
        }
    }

    fn add_table(&mut self, path: &std::path::Path, table: &table::TableNotes) {
        let file = path.display();
        if table.open_end {
            self.remarks.push(format!(
                "{file}: the last row has no line break: if the file was cut short there, its last value may be too"
            ));
        }
        if !table.sheets.is_empty() {
            self.remarks.push(format!("{file}: sheets read: {}", table.sheets.join(", ")));
        }
        if !table.empty_sheets.is_empty() {
            self.remarks.push(format!("{file}: sheets without content: {}", table.empty_sheets.join(", ")));
        }
    }

    fn add_gaps(&mut self, what: &str, gaps: &[Gap], label: fn(i64) -> String) {
        if let Some(first) = gaps.first() {
            self.remarks.push(format!(
                "{what}: {} interval(s) missing in {} stretch(es), the first is {}",
                gaps.iter().map(|gap| gap.intervals).sum::<usize>(),
                gaps.len(),
                label(first.from_unix_s)
            ));
        }
    }

    /// Says when a series begins or ends within a local day, as a file cut short does.
    fn add_part_days(&mut self, clock: &time::LocalClock, start: i64, end: i64) {
        if clock.day_of(start).start_unix_s != start {
            self.remarks
                .push(format!("the first local day is not whole: the series begins at {}", time::iso(start)));
        }
        if clock.day_of(end).start_unix_s != end {
            self.remarks
                .push(format!("the last local day is not whole: the series ends at {}", time::iso(end)));
        }
    }
}

impl fmt::Display for ImportNotes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

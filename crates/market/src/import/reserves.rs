//! Clearing prices of reserves, hour by hour.
//!
//! A product that began later than the file (ECRS in June 2023) has blank fields before; its series starts where its prices do.

use std::fmt;
use std::path::Path;

use super::error::ImportError;
use super::grid::{Grid, Sample, Sources};
use super::layout::{Header, LocalColumns, plain, utc_time};
use super::local::LocalTimes;
use super::number::RESERVES;
use super::table::{self, At, Row, Visitor, unfit};
use super::time::{HourStart, iso, parse_instant};
use super::{Gap, Gaps, ImportNotes, Imported};

/// A reserve product of the day-ahead market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReserveProduct {
    /// Regulation down, `REGDN`.
    RegDown,
    /// Regulation up, `REGUP`.
    RegUp,
    /// Responsive reserve, `RRS`.
    Responsive,
    /// Non-spinning reserve, `NSPIN`.
    NonSpin,
    /// Contingency reserve, `ECRS`, since June 2023.
    Contingency,
}

impl ReserveProduct {
    /// All products, in the order of the yearly files.
    pub const ALL: [Self; 5] =
        [Self::RegDown, Self::RegUp, Self::Responsive, Self::NonSpin, Self::Contingency];

    /// The publisher's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["REGDN", "REGUP", "RRS", "NSPIN", "ECRS"][self as usize]
    }

    /// The product of the publisher's name, in any case and with any spaces.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = plain(name).to_ascii_uppercase();
        Self::ALL.into_iter().find(|product| product.name() == name)
    }
}

impl fmt::Display for ReserveProduct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Prices of one product, hour by hour.
#[derive(Debug, Clone, PartialEq)]
pub struct ReserveSeries {
    /// The product.
    pub product: ReserveProduct,
    /// Start of the first hour, seconds since 1970-01-01 UTC.
    pub start_unix_s: i64,
    /// Clearing price of each hour, USD per MW and hour; NaN in the hours of [`Self::gaps`] and nowhere else.
    pub prices_usd_per_mw_h: Vec<f64>,
    /// The missing hours, in order; empty unless asked for by [`Gaps::Report`].
    pub gaps: Vec<Gap>,
}

/// Reads the prices of every reserve product in a file, in the order of [`ReserveProduct::ALL`].
///
/// # Errors
/// When the file cannot be read, its header fits no layout, a field does not hold what it should, an hour is doubled, or one
/// is missing while [`Gaps::Refuse`] holds.
pub fn reserves(path: &Path, gaps: Gaps) -> Result<Imported<Vec<ReserveSeries>>, ImportError> {
    reserves_files(&[path], gaps)
}

/// As [`reserves`], for series spread over several files; their order does not matter.
///
/// # Errors
/// As [`reserves`]; also when there is no file.
pub fn reserves_files<P: AsRef<Path>>(
    paths: &[P],
    gaps: Gaps,
) -> Result<Imported<Vec<ReserveSeries>>, ImportError> {
    let mut reader = ReserveReader {
        gaps,
        table: None,
        times: LocalTimes::new(),
        sources: Sources::default(),
        products: Default::default(),
        notes: ImportNotes::default(),
    };
    for path in paths {
        let table = table::read(path.as_ref(), &mut reader)?;
        reader.notes.add_table(path.as_ref(), &table);
    }
    reader.finish(paths.first().map_or(Path::new("no file"), AsRef::as_ref))
}

struct ReserveReader {
    gaps: Gaps,
    table: Option<Table>,
    times: LocalTimes,
    sources: Sources,
    /// Samples by product.
    products: [Vec<Sample<f64>>; 5],
    notes: ImportNotes,
}

struct Table {
    header: Header,
    time: Time,
    prices: Prices,
}

enum Time {
    Local(LocalColumns),
    Utc(usize),
}

enum Prices {
    /// A column per product.
    Wide(Vec<(ReserveProduct, usize)>),
    /// A row per product.
    Long { product: usize, price: usize },
}

impl Table {
    fn recognise(at: &At<'_>, header: Header) -> Result<(Self, String), ImportError> {
        const KNOWN: &str = "allowed are `Delivery Date, Hour Ending, Repeated Hour Flag` followed by `REGDN, REGUP, RRS, NSPIN` \
            and perhaps `ECRS`, or `DeliveryDate, HourEnding, AncillaryType, MCPC, DSTFlag`, or a UTC time followed by columns of \
            these products";
        let (time, publication) = match (LocalColumns::find(at, &header)?, utc_time(&header)) {
            (Some((columns, publication)), _) if columns.interval.is_none() => {
                (Time::Local(columns), publication)
            }
            (None, Some(column)) => (Time::Utc(column), "UTC time"),
            _ => return Err(header.unknown(at, KNOWN)),
        };
        let wide: Vec<_> = ReserveProduct::ALL
            .into_iter()
            .filter_map(|product| Some((product, header.find(&[product.name()])?)))
            .collect();
        let prices = match header.find(&["AncillaryType"]) {
            Some(product) => Prices::Long { product, price: header.need(at, &["MCPC"])? },
            None if wide.is_empty() => return Err(header.unknown(at, KNOWN)),
            None => Prices::Wide(wide),
        };
        Ok((Self { header, time, prices }, format!("{publication}, reserves by hour")))
    }
}

impl ReserveReader {
    fn start(
        &mut self,
        at: &At<'_>,
        table: &Table,
        row: &Row<'_>,
        series: usize,
    ) -> Result<HourStart, ImportError> {
        match &table.time {
            Time::Local(columns) => self.times.instant(at, &table.header, columns, row, series),
            Time::Utc(column) => {
                let start = parse_instant(row.fields[*column]).filter(|start| start % 3_600 == 0);
                let unix_s = start.ok_or_else(|| {
                    let allowed = "allowed is a whole hour with its offset, such as 2021-02-01T06:00:00Z";
                    at.field_error(row.number, &table.header.names[*column], row.fields[*column], allowed)
                })?;
                Ok(HourStart { unix_s, moved: false })
            }
        }
    }

    fn take(
        &mut self,
        at: &At<'_>,
        table: &Table,
        row: &Row<'_>,
        (product, column): (ReserveProduct, usize),
        start: HourStart,
    ) -> Result<(), ImportError> {
        let value = RESERVES.read(at, &table.header, row, column)?;
        let origin = self.sources.origin(row.number);
        let sample = Sample { at: start.unix_s, value, origin, moved: start.moved };
        self.products[product as usize].push(sample);
        Ok(())
    }

    fn read_row(&mut self, at: &At<'_>, table: &Table, row: &Row<'_>) -> Result<(), ImportError> {
        match &table.prices {
            Prices::Wide(columns) => {
                let start = self.start(at, table, row, 0)?;
                for column in columns {
                    self.take(at, table, row, *column, start)?;
                }
            }
            Prices::Long { product, price } => {
                let Some(product) = ReserveProduct::parse(row.fields[*product]) else {
                    self.notes.rows_of_other_points += 1;
                    let remark =
                        format!("rows of {} were left aside", super::error::shown(row.fields[*product]));
                    if self.notes.remarks.len() < 20 && !self.notes.remarks.contains(&remark) {
                        self.notes.remarks.push(remark);
                    }
                    return Ok(());
                };
                let start = self.start(at, table, row, product as usize)?;
                self.take(at, table, row, (product, *price), start)?;
            }
        }
        self.notes.rows_used += 1;
        Ok(())
    }

    fn finish(mut self, path: &Path) -> Result<Imported<Vec<ReserveSeries>>, ImportError> {
        let mut all = Vec::new();
        for (product, samples) in ReserveProduct::ALL.into_iter().zip(std::mem::take(&mut self.products)) {
            if samples.is_empty() {
                continue;
            }
            match self.lay(product, samples)? {
                Some(series) => all.push(series),
                None => self.notes.remarks.push(format!("{product}: every field is blank")),
            }
        }
        if self.times.told_by_order() > 0 && self.notes.sorted {
            return Err(unfit(path, super::local::NO_ORDER));
        }
        let Some(first) = all.first() else {
            return Err(unfit(
                path,
                "a header without prices of reserves, allowed is at least one row with a price",
            ));
        };
        let end = first.start_unix_s + first.prices_usd_per_mw_h.len() as i64 * 3_600;
        self.notes.add_part_days(self.times.clock(), first.start_unix_s, end);
        self.notes.hours_moved = self.times.hours_moved();
        Ok(Imported { data: all, notes: self.notes })
    }

    /// The series of a product from its first price on; `None` when it has none.
    fn lay(
        &mut self,
        product: ReserveProduct,
        mut samples: Vec<Sample<f64>>,
    ) -> Result<Option<ReserveSeries>, ImportError> {
        let priced = samples.iter().filter(|sample| sample.value.is_some());
        let Some(begin) = priced.map(|sample| sample.at).min() else { return Ok(None) };
        let rows = samples.len();
        samples.retain(|sample| sample.at >= begin);
        if samples.len() < rows {
            let before = rows - samples.len();
            self.notes
                .remarks
                .push(format!("{product}: no prices in the {before} rows before {}", iso(begin)));
        }
        let grid = Grid { step_s: 3_600, gaps: self.gaps, sources: &self.sources, label: iso };
        let laid = grid.lay(samples, f64::to_string)?;
        self.notes.sorted |= laid.sorted;
        self.notes.add_gaps(product.name(), &laid.gaps, iso);
        Ok(Some(ReserveSeries {
            product,
            start_unix_s: laid.start,
            prices_usd_per_mw_h: laid.values.into_iter().map(|price| price.unwrap_or(f64::NAN)).collect(),
            gaps: laid.gaps,
        }))
    }
}

impl Visitor for ReserveReader {
    type Error = ImportError;

    fn header(&mut self, at: &At<'_>, names: &[&str]) -> Result<(), ImportError> {
        let (table, layout) = Table::recognise(at, Header::new(at, names)?)?;
        self.sources.push(at.path.into(), at.sheet);
        self.notes.add_layout(layout);
        self.table = Some(table);
        Ok(())
    }

    fn row(&mut self, at: &At<'_>, row: &Row<'_>) -> Result<(), ImportError> {
        // Taken out for the row, so that the table can be read while the samples grow.
        let Some(table) = self.table.take() else { return Ok(()) };
        let done = self.read_row(at, &table, row);
        self.table = Some(table);
        done
    }
}

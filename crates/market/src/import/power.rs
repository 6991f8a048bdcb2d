//! Power prices of one settlement point.

use std::collections::HashMap;
use std::path::Path;

use super::error::ImportError;
use super::grid::{Grid, Sample, Sources};
use super::layout::{Header, PowerColumns};
use super::local::LocalTimes;
use super::number::POWER;
use super::point_names::{is_reserve, market_of, names_no_point, point_of_column, same_type, short_type};
use super::table::{self, At, Row, Visitor, unfit};
use super::time::{iso, parse_instant};
use super::{ImportNotes, Imported, PointQuery, PriceMarket, PriceSeries};

/// Reads the prices of one point from a file in any of the known layouts.
///
/// # Errors
/// When the file cannot be read, its header fits no layout, a field does not hold what it should, the point is absent or
/// stands for several series, an interval is doubled, or one is missing while [`Gaps::Refuse`](super::Gaps::Refuse) holds.
///
/// # Example
/// ```
/// use market::import::{PointQuery, power};
///
/// let file = std::env::temp_dir().join("wattshift-import-example.csv");
/// std::fs::write(
///     &file,
///     "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n\
///      01/01/2025,01:00,HB_WEST,11.5,N\n\
///      01/01/2025,02:00,HB_WEST,-2,N\n",
/// )?;
/// let west = power(&file, &PointQuery::new("HB_WEST"))?;
/// assert_eq!(west.data.prices_usd_per_mwh, [11.5, -2.0]);
/// // Midnight in Texas is 06:00 UTC in winter.
/// assert_eq!(west.data.start_unix_s, 1_735_711_200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn power(path: &Path, query: &PointQuery) -> Result<Imported<PriceSeries>, ImportError> {
    power_files(&[path], query)
}

/// As [`power`], for a series spread over several files, such as a year each or a day each; their order does not matter.
///
/// # Errors
/// As [`power`]; also when there is no file, or the files differ in the length of their intervals.
pub fn power_files<P: AsRef<Path>>(
    paths: &[P],
    query: &PointQuery,
) -> Result<Imported<PriceSeries>, ImportError> {
    let mut reader = PowerReader::new(query);
    for path in paths {
        let table = table::read(path.as_ref(), &mut reader)?;
        reader.notes.add_table(path.as_ref(), &table);
    }
    let first = paths.first().map_or(Path::new("no file"), AsRef::as_ref);
    reader.finish(first)
}

/// Rows by type and market of one point.
type Series = Vec<(String, Option<PriceMarket>, u64)>;

struct PowerReader<'a> {
    query: &'a PointQuery,
    /// The wanted type in the publisher's short form.
    point_type: Option<String>,
    table: Option<Table>,
    times: LocalTimes,
    sources: Sources,
    samples: Vec<Sample<f64>>,
    step_s: Option<i64>,
    /// Every point met, with its rows.
    points: HashMap<String, Series>,
    notes: ImportNotes,
}

/// The header of the table being read, and where its columns are.
struct Table {
    header: Header,
    columns: PowerColumns,
    /// The price column chosen in a layout with a column per series.
    price: usize,
}

/// The point of a row as it stands there.
struct RowPoint<'a> {
    name: &'a str,
    point_type: &'a str,
    market: Option<PriceMarket>,
}

impl<'a> PowerReader<'a> {
    fn new(query: &'a PointQuery) -> Self {
        Self {
            query,
            point_type: query.point_type.as_deref().map(short_type),
            table: None,
            times: LocalTimes::new(),
            sources: Sources::default(),
            samples: Vec::new(),
            step_s: None,
            points: HashMap::new(),
            notes: ImportNotes::default(),
        }
    }

    /// Counts a row and says whether it is one of the wanted series.
    fn wanted(&mut self, point: &RowPoint<'_>) -> bool {
        match self.points.get_mut(point.name) {
            Some(series) => {
                let mut known = series.iter_mut();
                match known.find(|(kind, market, _)| kind == point.point_type && *market == point.market) {
                    Some((.., rows)) => *rows += 1,
                    None => series.push((point.point_type.into(), point.market, 1)),
                }
            }
            None => {
                self.points.insert(point.name.into(), vec![(point.point_type.into(), point.market, 1)]);
            }
        }
        let wanted = self.fits(point);
        if !wanted {
            self.notes.rows_of_other_points += 1;
        }
        wanted
    }

    fn fits(&self, point: &RowPoint<'_>) -> bool {
        let type_fits = |wanted: &String| point.point_type.is_empty() || same_type(wanted, point.point_type);
        let market_fits = |wanted| point.market.is_none_or(|market| market == wanted);
        point.name.eq_ignore_ascii_case(&self.query.point)
            && self.point_type.as_ref().is_none_or(type_fits)
            && self.query.market.is_none_or(market_fits)
    }

    fn set_step(&mut self, at: &At<'_>, row: u32, step_s: i64) -> Result<(), ImportError> {
        let before = *self.step_s.get_or_insert(step_s);
        if before == step_s {
            return Ok(());
        }
        Err(at.row_error(
            row,
            format!("an interval of {step_s} s after ones of {before} s, allowed is one length"),
        ))
    }

    fn local_row(&mut self, at: &At<'_>, table: &Table, row: &Row<'_>) -> Result<(), ImportError> {
        let PowerColumns::Local { time, name, point_type, .. } = &table.columns else { return Ok(()) };
        let (step_s, market) = match time.interval {
            Some(_) => (900, PriceMarket::RealTime),
            None => (3_600, PriceMarket::DayAhead),
        };
        let point = RowPoint {
            name: row.fields[*name],
            point_type: point_type.map_or("", |column| row.fields[column]),
            market: Some(market),
        };
        if !self.wanted(&point) {
            return Ok(());
        }
        self.set_step(at, row.number, step_s)?;
        // Types asked for are told apart here too, so that an ambiguous name ends in its own error and not in a doubled row.
        let series = self.series_index(&point);
        let start = self.times.instant(at, &table.header, time, row, series)?;
        let value = POWER.read_unless_blank(at, &table.header, row, table.price, self.query.gaps)?;
        self.push(start.unix_s, value, row, start.moved);
        Ok(())
    }

    fn series_index(&self, point: &RowPoint<'_>) -> usize {
        let series = self.points.get(point.name);
        series.and_then(|all| all.iter().position(|(kind, ..)| kind == point.point_type)).unwrap_or(0)
    }

    fn gridstatus_row(&mut self, at: &At<'_>, table: &Table, row: &Row<'_>) -> Result<(), ImportError> {
        let PowerColumns::Gridstatus { start, end, name, point_type, market, .. } = &table.columns else {
            return Ok(());
        };
        let point = RowPoint {
            name: row.fields[*name],
            point_type: point_type.map_or("", |column| row.fields[column]),
            market: match market {
                Some(column) => Some(market_of(row.fields[*column]).ok_or_else(|| {
                    let allowed = "allowed is a name with REAL_TIME or DAY_AHEAD in it";
                    at.field_error(row.number, &table.header.names[*column], row.fields[*column], allowed)
                })?),
                None => None,
            },
        };
        if !self.wanted(&point) {
            return Ok(());
        }
        let from = instant(at, &table.header, row, *start)?;
        let step_s = instant(at, &table.header, row, *end)? - from;
        if step_s != 900 && step_s != 3_600 {
            let allowed = format!("{step_s} s after the start, allowed is 900 or 3600 s");
            return Err(at.field_error(row.number, &table.header.names[*end], row.fields[*end], allowed));
        }
        self.set_step(at, row.number, step_s)?;
        let value = POWER.read_unless_blank(at, &table.header, row, table.price, self.query.gaps)?;
        self.push(from, value, row, false);
        Ok(())
    }

    fn push(&mut self, at: i64, value: Option<f64>, row: &Row<'_>, moved: bool) {
        self.samples.push(Sample { at, value, origin: self.sources.origin(row.number), moved });
        self.notes.rows_used += 1;
    }

    /// Chooses the price column of a layout with a column per series.
    fn choose_column(&mut self, at: &At<'_>, header: &Header, time: usize) -> Result<usize, ImportError> {
        if let Some(kind) = &self.query.point_type {
            let problem = format!(
                "a column per series and none of types, so the type {kind} says nothing here; leave the type out and name the column"
            );
            return Err(header.error(at, problem));
        }
        let column = self.find_column(at, header, time)?;
        self.check_market(at, header, column)?;
        Ok(column)
    }

    /// Holds the market asked for against the one that the column's name states, if it states one.
    fn check_market(&mut self, at: &At<'_>, header: &Header, column: usize) -> Result<(), ImportError> {
        let name = &header.names[column];
        match (self.query.market, point_of_column(name).1) {
            (Some(wanted), Some(found)) if wanted != found => Err(header
                .error(at, format!("the column {name} is of the {found} market, not of the {wanted} one"))),
            (Some(wanted), None) => {
                let file = at.path.display();
                self.notes.remarks.push(format!(
                    "{file}: the column {name} does not say its market; that it is {wanted} was not checked"
                ));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn find_column(&mut self, at: &At<'_>, header: &Header, time: usize) -> Result<usize, ImportError> {
        let wanted = &self.query.point;
        let prices: Vec<usize> = (0..header.names.len())
            .filter(|column| *column != time && !is_reserve(&header.names[*column]))
            .collect();
        if let Some(exact) = prices.iter().find(|column| header.names[**column].eq_ignore_ascii_case(wanted))
        {
            return Ok(*exact);
        }
        let meant: Vec<usize> = prices
            .iter()
            .copied()
            .filter(|column| {
                let (point, market) = point_of_column(&header.names[*column]);
                point.eq_ignore_ascii_case(wanted)
                    && self.query.market.is_none_or(|wanted| market.is_none_or(|market| market == wanted))
            })
            .collect();
        let listed = |columns: &[usize]| {
            let names: Vec<&str> =
                columns.iter().take(20).map(|column| header.names[*column].as_str()).collect();
            names.join(", ")
        };
        match (meant.as_slice(), prices.as_slice()) {
            ([one], _) => Ok(*one),
            ([], [only]) if names_no_point(&header.names[*only]) => {
                self.notes.remarks.push(format!(
                    "{}: the column {} names no point; it is taken for {wanted}",
                    at.path.display(),
                    header.names[*only]
                ));
                Ok(*only)
            }
            ([], _) => Err(ImportError::PointAbsent {
                path: at.path.into(),
                point: self.asked().into(),
                found: format!("the columns {}", listed(&prices)).into(),
            }),
            (several, _) => Err(ImportError::Ambiguous {
                path: at.path.into(),
                point: wanted.as_str().into(),
                found: listed(several).into(),
                remedy: "name the column, or the market".into(),
            }),
        }
    }

    /// The query in words.
    fn asked(&self) -> String {
        let mut words = self.query.point.clone();
        if let Some(kind) = &self.query.point_type {
            words += &format!(" of type {kind}");
        }
        if let Some(market) = self.query.market {
            words += &format!(" in the {market} market");
        }
        words
    }

    /// Says which points there are, or which series the point stands for.
    fn check_point(&self, path: &Path) -> Result<(), ImportError> {
        if self.points.is_empty() {
            return Ok(());
        }
        let mut found: Vec<String> = Vec::new();
        let mut met: Vec<(String, String)> = Vec::new();
        for (name, series) in &self.points {
            for (point_type, market, _) in series {
                let point = RowPoint { name, point_type, market: *market };
                let kind = if point_type.is_empty() { String::new() } else { format!(" ({point_type})") };
                found.push(format!("{name}{kind}"));
                if self.fits(&point) {
                    let market = market.map_or_else(String::new, |market| market.to_string());
                    met.push((point_type.clone(), market));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        met.sort_unstable();
        match met.as_slice() {
            [] => Err(ImportError::PointAbsent {
                path: path.into(),
                point: self.asked().into(),
                found: first_twenty(&found).into(),
            }),
            [_] => Ok(()),
            several => Err(ImportError::Ambiguous {
                path: path.into(),
                point: self.asked().into(),
                found: several
                    .iter()
                    .map(|(kind, market)| format!("{kind} {market}"))
                    .collect::<Vec<_>>()
                    .join(", ")
                    .into(),
                remedy: "ask for one type and market".into(),
            }),
        }
    }

    fn finish(mut self, path: &Path) -> Result<Imported<PriceSeries>, ImportError> {
        self.check_point(path)?;
        if self.samples.is_empty() {
            return Err(unfit(path, "a header without rows, allowed is at least one row"));
        }
        let step_s = match self.step_s {
            Some(step_s) => step_s,
            None => smallest_step(path, &self.samples)?,
        };
        let grid = Grid { step_s, gaps: self.query.gaps, sources: &self.sources, label: iso };
        let laid = grid.lay(self.samples, f64::to_string)?;
        if self.times.told_by_order() > 0 {
            if laid.sorted {
                return Err(unfit(path, super::local::NO_ORDER));
            }
            self.notes
                .remarks
                .push("no flag tells repeated hours: they were taken in the order of the rows".into());
        }
        self.notes.sorted = laid.sorted;
        self.notes.hours_moved = self.times.hours_moved();
        self.notes.add_gaps(&self.query.point, &laid.gaps, iso);
        let end = laid.start + laid.values.len() as i64 * step_s;
        self.notes.add_part_days(self.times.clock(), laid.start, end);
        let data = PriceSeries {
            start_unix_s: laid.start,
            step_s,
            prices_usd_per_mwh: laid.values.into_iter().map(|price| price.unwrap_or(f64::NAN)).collect(),
            gaps: laid.gaps,
        };
        Ok(Imported { data, notes: self.notes })
    }
}

impl Visitor for PowerReader<'_> {
    type Error = ImportError;

    fn header(&mut self, at: &At<'_>, names: &[&str]) -> Result<(), ImportError> {
        let header = Header::new(at, names)?;
        let (columns, layout) = PowerColumns::recognise(at, &header)?;
        let price = match &columns {
            PowerColumns::Local { price, .. } | PowerColumns::Gridstatus { price, .. } => *price,
            PowerColumns::Utc { time } => self.choose_column(at, &header, *time)?,
        };
        let typed = match &columns {
            PowerColumns::Local { point_type, .. } | PowerColumns::Gridstatus { point_type, .. } => {
                point_type.is_some()
            }
            PowerColumns::Utc { .. } => false,
        };
        if let Some(kind) = self.point_type.as_ref().filter(|kind| !typed && kind.ends_with("EW")) {
            let problem = format!("no column of types, so {kind} cannot be told from the plain point");
            return Err(header.error(at, problem));
        }
        self.sources.push(at.path.into(), at.sheet);
        self.notes.add_layout(layout);
        self.table = Some(Table { header, columns, price });
        Ok(())
    }

    fn row(&mut self, at: &At<'_>, row: &Row<'_>) -> Result<(), ImportError> {
        // Taken out for the row, so that the table can be read while the samples grow.
        let Some(table) = self.table.take() else { return Ok(()) };
        let done = match &table.columns {
            PowerColumns::Local { .. } => self.local_row(at, &table, row),
            PowerColumns::Gridstatus { .. } => self.gridstatus_row(at, &table, row),
            PowerColumns::Utc { time } => instant(at, &table.header, row, *time).and_then(|start| {
                let value = POWER.read_unless_blank(at, &table.header, row, table.price, self.query.gaps)?;
                self.push(start, value, row, false);
                Ok(())
            }),
        };
        self.table = Some(table);
        done
    }
}

fn instant(at: &At<'_>, header: &Header, row: &Row<'_>, column: usize) -> Result<i64, ImportError> {
    parse_instant(row.fields[column]).ok_or_else(|| {
        let allowed =
            "allowed is a time with its offset, such as 2021-02-01T06:00:00Z or 2021-02-01 00:00:00-06:00";
        at.field_error(row.number, &header.names[column], row.fields[column], allowed)
    })
}

/// The length of an interval where no column states it.
pub(super) fn smallest_step<T>(path: &Path, samples: &[Sample<T>]) -> Result<i64, ImportError> {
    let mut times: Vec<i64> = samples.iter().map(|sample| sample.at).collect();
    times.sort_unstable();
    let step = times.windows(2).map(|pair| pair[1] - pair[0]).filter(|apart| *apart > 0).min();
    match step {
        Some(step @ (900 | 3_600)) => Ok(step),
        Some(step) => Err(unfit(path, format!("intervals of {step} s, allowed is 900 or 3600 s"))),
        None => Err(unfit(path, "a single interval, allowed are two or more, which show their length")),
    }
}

fn first_twenty(names: &[String]) -> String {
    let more = names.len().saturating_sub(20);
    let listed = names[..names.len() - more].join(", ");
    if more == 0 { listed } else { format!("{listed} and {more} more") }
}

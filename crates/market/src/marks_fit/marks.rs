//! Reads tables of marks: leases as announced, and quotes of a GPU-hour.

use std::path::Path;

use site::YearMonth;

use super::MarksError;
use super::lease::first_year_rent_usd_per_kw_month;
use crate::import::ImportError;
use crate::import::table::{self, At, Row, Visitor};

/// The lease marks shipped with the program: file name and text.
pub const BUILTIN_LEASE_MARKS: (&str, &str) =
    ("leases.csv", include_str!("../../../../data/catalogue/leases.csv"));
/// The GPU marks shipped with the program: file name and text.
pub const BUILTIN_GPU_MARKS: (&str, &str) =
    ("gpu_hour_prices.csv", include_str!("../../../../data/marks/gpu_hour_prices.csv"));

const LEASE_COLUMNS: [&str; 7] =
    ["deal", "month", "total_usd", "years", "it_mw", "escalator_per_year", "in_fit"];
const LEASE_EXTRAS: [&str; 1] = ["first_year_usd_per_kw_month"];
const GPU_COLUMNS: [&str; 4] = ["gpu", "month", "price_usd_per_gpu_hour", "in_fit"];

/// An announced lease.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaseMark {
    /// Landlord, tenant and place.
    pub deal: String,
    /// Month of the announcement.
    pub month: YearMonth,
    /// Rent of the whole term, USD.
    pub total_usd: f64,
    /// Term, years.
    pub years: f64,
    /// Critical IT power, MW.
    pub it_mw: f64,
    /// Yearly growth of the rent.
    pub escalator_per_year: f64,
    /// Whether the fit counts it.
    pub in_fit: bool,
}

impl LeaseMark {
    /// Rent of the first year, USD per kW of IT and month.
    #[must_use]
    pub fn first_year_usd_per_kw_month(&self) -> f64 {
        first_year_rent_usd_per_kw_month(self.total_usd, self.years, self.it_mw, self.escalator_per_year)
    }
}

/// A quote of a GPU-hour.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuMark {
    /// The GPU.
    pub gpu: String,
    /// Month of the quote.
    pub month: YearMonth,
    /// USD per GPU-hour; `None` for a mark that is a change and not a level.
    pub price_usd_per_gpu_hour: Option<f64>,
    /// Whether the fit counts it.
    pub in_fit: bool,
}

/// Rows of a table of marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Marks<T> {
    /// Every row, in the order of the file.
    pub rows: Vec<T>,
    /// Written down as they are: where the marks came from, with the checksum of the file.
    pub source: String,
    /// Date of the fit, `YYYY-MM-DD`.
    pub fit_date: String,
    /// What to mind about these very marks, a sentence each; none for a file of the user's own.
    pub caveats: Vec<String>,
}

/// What to mind about the shipped leases.
const LEASE_CAVEATS: [&str; 2] = [
    "Announced deals are those of companies that got one: a selected sample, and no market price.",
    "Escalators are assumed where the deal does not state one; a higher one means a lower first year.",
];
/// What to mind about the shipped quotes.
const GPU_CAVEATS: [&str; 2] = [
    "A handful of secondary marks of mixed kinds (on demand, contracts of a year, medians of listings): no price index.",
    "Marks known to a year or a quarter stand in the middle of it.",
];

/// Reads leases: columns `deal, month, total_usd, years, it_mw, escalator_per_year, in_fit`; others are left aside.
///
/// Where the file also has `first_year_usd_per_kw_month` it must agree with the total within 1 %.
///
/// # Errors
/// When the file cannot be read, lacks a column, or a field does not hold what it should.
pub fn lease_marks(path: &Path, source: &str, fit_date: &str) -> Result<Marks<LeaseMark>, MarksError> {
    let rows = read(path, &LEASE_COLUMNS, &LEASE_EXTRAS, lease_mark)?;
    Ok(Marks { rows, source: source.to_owned(), fit_date: fit_date.to_owned(), caveats: Vec::new() })
}

/// Reads quotes: columns `gpu, month, price_usd_per_gpu_hour, in_fit`; others are left aside.
///
/// # Errors
/// When the file cannot be read, lacks a column, or a field does not hold what it should.
pub fn gpu_marks(path: &Path, source: &str, fit_date: &str) -> Result<Marks<GpuMark>, MarksError> {
    let rows = read(path, &GPU_COLUMNS, &[], gpu_mark)?;
    Ok(Marks { rows, source: source.to_owned(), fit_date: fit_date.to_owned(), caveats: Vec::new() })
}

/// The leases shipped with the program.
#[must_use]
pub fn builtin_lease_marks(source: &str, fit_date: &str) -> Marks<LeaseMark> {
    // Shipped marks that do not read are a bug of this crate, and a test reads them.
    let (name, text) = BUILTIN_LEASE_MARKS;
    let mut reader = Reader::new(&LEASE_COLUMNS, &LEASE_EXTRAS, lease_mark);
    table::read_text(Path::new(name), text.as_bytes(), &mut reader).expect("shipped marks are valid");
    let caveats = LEASE_CAVEATS.map(String::from).to_vec();
    Marks { rows: reader.rows, source: source.to_owned(), fit_date: fit_date.to_owned(), caveats }
}

/// The quotes shipped with the program.
#[must_use]
pub fn builtin_gpu_marks(source: &str, fit_date: &str) -> Marks<GpuMark> {
    // As above.
    let (name, text) = BUILTIN_GPU_MARKS;
    let mut reader = Reader::new(&GPU_COLUMNS, &[], gpu_mark);
    table::read_text(Path::new(name), text.as_bytes(), &mut reader).expect("shipped marks are valid");
    let caveats = GPU_CAVEATS.map(String::from).to_vec();
    Marks { rows: reader.rows, source: source.to_owned(), fit_date: fit_date.to_owned(), caveats }
}

fn lease_mark(cells: &Cells<'_>) -> Result<LeaseMark, ImportError> {
    let mark = LeaseMark {
        deal: cells.text(0).into(),
        month: cells.month(1)?,
        total_usd: cells.number(2, 1.0..=1e13, "USD")?,
        years: cells.number(3, 1.0..=100.0, "years")?,
        it_mw: cells.number(4, 1e-3..=1e6, "MW")?,
        escalator_per_year: cells.number(5, 0.0..=0.2, "a year")?,
        in_fit: cells.yes_or_no(6)?,
    };
    if !cells.text(7).is_empty() {
        let stated = cells.number(7, 1e-6..=1e6, "USD per kW and month")?;
        let computed = mark.first_year_usd_per_kw_month();
        if (stated / computed - 1.0).abs() > 0.01 {
            return Err(cells.error(
                7,
                format!("total, years, MW and escalator give {computed:.1}, allowed is that within 1 %"),
            ));
        }
    }
    Ok(mark)
}

fn gpu_mark(cells: &Cells<'_>) -> Result<GpuMark, ImportError> {
    let in_fit = cells.yes_or_no(3)?;
    let is_blank = cells.text(2).is_empty() && !in_fit;
    let price = if is_blank { None } else { Some(cells.number(2, 1e-3..=1e4, "USD per GPU-hour")?) };
    Ok(GpuMark { gpu: cells.text(0).into(), month: cells.month(1)?, price_usd_per_gpu_hour: price, in_fit })
}

/// Makes a mark of a row.
type MarkOf<T> = fn(&Cells<'_>) -> Result<T, ImportError>;

/// Reads every row of a file; `row` sees the columns in the order of `needed` and then of `optional`.
fn read<T>(
    path: &Path,
    needed: &'static [&'static str],
    optional: &'static [&'static str],
    row: MarkOf<T>,
) -> Result<Vec<T>, MarksError> {
    let mut reader = Reader::new(needed, optional, row);
    table::read(path, &mut reader)?;
    match reader.faults.len() {
        0 => Ok(reader.rows),
        1 => Err(reader.faults.remove(0).into()),
        _ => Err(MarksError::Rows(reader.faults)),
    }
}

struct Reader<T> {
    needed: &'static [&'static str],
    optional: &'static [&'static str],
    /// Name and place of each column wanted.
    columns: Vec<(&'static str, Option<usize>)>,
    row: MarkOf<T>,
    rows: Vec<T>,
    /// The first fault of each row that has one.
    faults: Vec<ImportError>,
}

impl<T> Reader<T> {
    fn new(needed: &'static [&'static str], optional: &'static [&'static str], row: MarkOf<T>) -> Self {
        Self { needed, optional, columns: Vec::new(), row, rows: Vec::new(), faults: Vec::new() }
    }
}

impl<T> Visitor for Reader<T> {
    type Error = ImportError;

    fn header(&mut self, at: &At<'_>, header: &[&str]) -> Result<(), ImportError> {
        let place = |name: &str| header.iter().position(|column| *column == name);
        if let Some(missing) = self.needed.iter().find(|name| place(name).is_none()) {
            let problem = format!("no column {missing}, wanted are {}", self.needed.join(", "));
            return Err(at.header_error(header, problem));
        }
        self.columns = self.needed.iter().chain(self.optional).map(|name| (*name, place(name))).collect();
        Ok(())
    }

    fn row(&mut self, at: &At<'_>, row: &Row<'_>) -> Result<(), ImportError> {
        match (self.row)(&Cells { at, row, columns: &self.columns }) {
            Ok(mark) => self.rows.push(mark),
            Err(fault) => self.faults.push(fault),
        }
        Ok(())
    }
}

/// The fields of a row by the place of their column in the list of wanted ones.
struct Cells<'a> {
    at: &'a At<'a>,
    row: &'a Row<'a>,
    columns: &'a [(&'static str, Option<usize>)],
}

impl Cells<'_> {
    fn text(&self, column: usize) -> &str {
        self.columns[column].1.map_or("", |place| self.row.fields[place])
    }

    fn error(&self, column: usize, allowed: impl Into<Box<str>>) -> ImportError {
        self.at.field_error(self.row.number, self.columns[column].0, self.text(column), allowed)
    }

    fn number(
        &self,
        column: usize,
        range: std::ops::RangeInclusive<f64>,
        unit: &str,
    ) -> Result<f64, ImportError> {
        self.text(column).parse().ok().filter(|value| range.contains(value)).ok_or_else(|| {
            self.error(
                column,
                format!("allowed is a number from {} to {} {unit}", range.start(), range.end()),
            )
        })
    }

    fn month(&self, column: usize) -> Result<YearMonth, ImportError> {
        YearMonth::parse(self.text(column))
            .ok_or_else(|| self.error(column, "allowed is a month such as 2025-08"))
    }

    fn yes_or_no(&self, column: usize) -> Result<bool, ImportError> {
        match self.text(column) {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(self.error(column, "allowed is yes or no")),
        }
    }
}

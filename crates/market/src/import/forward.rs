//! Monthly forward curves: a month and a value per row.

use std::path::Path;

use site::calendar::YearMonth;

use super::column_unit;
use super::error::{ImportError, Place};
use super::layout::Header;
use super::number::Allowed;
use super::table::{self, At, Row, Visitor, unfit};
use super::{ImportNotes, Imported};

/// What a curve quotes, and with it the range of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveKind {
    /// Power, USD/MWh, 0.01 to 20,000.
    Power,
    /// Bitcoin, USD, 1 to 1e9.
    Bitcoin,
    /// Hashprice, USD per PH/s and day, 0.01 to 1e5.
    Hashprice,
    /// Lease rate, USD per kW and month, 1 to 10,000.
    LeaseRate,
}

impl CurveKind {
    fn allowed(self) -> Allowed {
        let (range, unit) = match self {
            Self::Power => (0.01..=2e4, "USD/MWh"),
            Self::Bitcoin => (1.0..=1e9, "USD"),
            Self::Hashprice => (0.01..=1e5, "USD/PH/day"),
            Self::LeaseRate => (1.0..=1e4, "USD/kW/month"),
        };
        Allowed { range, unit }
    }

    /// What is quoted, in words.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Bitcoin => "Bitcoin",
            Self::Hashprice => "hashprice",
            Self::LeaseRate => "lease rates",
        }
    }
}

/// A value per month.
#[derive(Debug, Clone, PartialEq)]
pub struct ForwardCurve {
    /// The months, strictly increasing; a remark says when some are skipped.
    pub months: Vec<YearMonth>,
    /// The value of each month, in the unit of its [`CurveKind`].
    pub values: Vec<f64>,
    /// The column of values, as the file names it.
    pub column: String,
}

/// Reads a forward curve: a column `month` of `YYYY-MM` and one of values.
///
/// # Errors
/// When the file cannot be read, there are not two columns, the column's name states another unit, a field does not hold what it should, or a month does not come
/// after the one above it.
pub fn forward_curve(path: &Path, kind: CurveKind) -> Result<Imported<ForwardCurve>, ImportError> {
    let mut reader = ForwardReader {
        kind,
        allowed: kind.allowed(),
        header: None,
        curve: ForwardCurve { months: Vec::new(), values: Vec::new(), column: String::new() },
        last: None,
        notes: ImportNotes::default(),
    };
    let table = table::read(path, &mut reader)?;
    let mut notes = reader.notes;
    notes.add_table(path, &table);
    let months = &reader.curve.months;
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        return Err(unfit(path, "a header without rows, allowed is at least one month"));
    };
    let skipped = last.months_since(*first) + 1 - months.len() as i32;
    if skipped > 0 {
        notes.remarks.push(format!("{skipped} month(s) between {first} and {last} have no value"));
    }
    notes.rows_used = months.len() as u64;
    Ok(Imported { data: reader.curve, notes })
}

struct ForwardReader {
    kind: CurveKind,
    allowed: Allowed,
    header: Option<Header>,
    curve: ForwardCurve,
    /// The last month and its place.
    last: Option<(YearMonth, Place)>,
    notes: ImportNotes,
}

impl Visitor for ForwardReader {
    type Error = ImportError;

    fn header(&mut self, at: &At<'_>, names: &[&str]) -> Result<(), ImportError> {
        let header = Header::new(at, names)?;
        if header.names.len() != 2 || header.find(&["month"]) != Some(0) {
            return Err(header.unknown(at, "allowed are two columns, `month` and one of values"));
        }
        if let Some(said) = column_unit::misfit(&header.names[1], self.kind) {
            let (noun, unit) = (self.kind.noun(), self.allowed.unit);
            return Err(header.error(
                at,
                format!(
                    "the name of the column `{}` says that its values are {said}; wanted is {noun} in {unit}",
                    header.names[1]
                ),
            ));
        }
        self.curve.column.clone_from(&header.names[1]);
        self.notes.add_layout(format!("forward curve `{}`", header.names[1]));
        self.header = Some(header);
        Ok(())
    }

    fn row(&mut self, at: &At<'_>, row: &Row<'_>) -> Result<(), ImportError> {
        let Some(header) = &self.header else { return Ok(()) };
        let wrong = |allowed: String| at.field_error(row.number, &header.names[0], row.fields[0], allowed);
        let month = YearMonth::parse(row.fields[0])
            .ok_or_else(|| wrong("allowed is YYYY-MM from 2009-01 to 2200-12".into()))?;
        if let Some((last, place)) = self.last.as_ref().filter(|(last, _)| *last >= month) {
            return Err(wrong(format!("allowed is a month after {last}, which stands at {place}")));
        }
        let value = self
            .allowed
            .read(at, header, row, 1)?
            .ok_or_else(|| self.allowed.error(at, header, row, 1, "blank"))?;
        self.last = Some((month, at.place(row.number)));
        self.curve.months.push(month);
        self.curve.values.push(value);
        Ok(())
    }
}

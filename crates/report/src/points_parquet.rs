//! The points of a sweep as Parquet: a row for each point and policy, in types that need no guess.
//!
//! Columns are `point`, one per parameter, `policy`, `n_paths`, `seed`, the outputs in order, and `version`. Points that failed have no
//! rows, as in the CSV. A parameter's column is whole, a number, a flag or text by the values of all its points, which a first
//! look at the records ([`ValueKinds`]) finds out; then rows are written as records come, in memory that points do not add to.

use crate::numbers;
use crate::parquet::{Column, Field, Kind, ParquetError, Writer};
use std::io::Write;
use sweep::{PointOutcome, PointRecord, PointResult, Spec, Value};

/// Rows of a group: few enough for a flat memory, enough that readers go through few groups.
const GROUP_ROWS: usize = 8_192;

/// The kind of each parameter's column, as its values seen so far allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueKinds {
    kinds: Vec<Option<Kind>>,
}

impl ValueKinds {
    /// Of parameters of which nothing has been seen.
    #[must_use]
    pub fn new(n_parameters: usize) -> Self {
        Self { kinds: vec![None; n_parameters] }
    }

    /// Takes the values of a point into account.
    pub fn see(&mut self, values: &[Value]) {
        for (seen, value) in self.kinds.iter_mut().zip(values) {
            let kind = match value {
                Value::Flag(_) => Kind::Flag,
                Value::Whole(_) => Kind::Whole,
                Value::Number(_) => Kind::Number,
                Value::Text(_) => Kind::Text,
            };
            *seen = Some(seen.map_or(kind, |seen| joined(seen, kind)));
        }
    }

    /// The kind of a parameter's column; that of numbers where no value was seen.
    fn kind(&self, parameter: usize) -> Kind {
        self.kinds.get(parameter).copied().flatten().unwrap_or(Kind::Number)
    }
}

/// The narrowest kind that holds values of both: whole numbers are numbers, anything is text.
fn joined(one: Kind, other: Kind) -> Kind {
    match (one, other) {
        _ if one == other => one,
        (Kind::Whole, Kind::Number) | (Kind::Number, Kind::Whole) => Kind::Number,
        _ => Kind::Text,
    }
}

/// The file being written.
pub struct PointsParquet<W: Write + Send> {
    writer: Writer<W>,
    fields: Vec<Field>,
    policies: Vec<String>,
    version: String,
    rows: Vec<Column>,
}

impl<W: Write + Send> PointsParquet<W> {
    /// Begins the file of a sweep whose values were all seen.
    ///
    /// # Errors
    /// A build without Parquet, a parameter named like another column, and a sink that refuses.
    pub fn new(spec: &Spec, kinds: &ValueKinds, sink: W) -> Result<Self, ParquetError> {
        let fields = fields(spec, kinds);
        let common = spec.common_random_numbers.to_string();
        let metadata = [
            ("tool", spec.tool.as_str()),
            ("version", &spec.version),
            ("sweep", &spec.name),
            ("description", &spec.description),
            ("objective", &spec.objective),
            ("common_random_numbers", &common),
            ("points_sha256", &spec.points_sha256),
            ("resolved_sweep", &spec.resolved_sweep),
            ("resolved_scenario", &spec.resolved_scenario),
        ];
        let writer = Writer::new(&fields, &metadata, sink)?;
        let rows = empty(&fields);
        Ok(Self { writer, fields, policies: spec.policies.clone(), version: spec.version.clone(), rows })
    }

    /// Adds a point's rows, one for each policy; none for a point that failed.
    ///
    /// # Errors
    /// A seed beyond the format's whole numbers, a value of a kind that was not seen, and a sink that refuses.
    pub fn push(&mut self, record: &PointRecord) -> Result<(), ParquetError> {
        let PointOutcome::Done(result) = &record.outcome else { return Ok(()) };
        for policy in 0..self.policies.len().min(result.outputs.len()) {
            self.push_row(record, result, policy)?;
        }
        if self.rows.first().map_or(0, Column::len) >= GROUP_ROWS { self.flush() } else { Ok(()) }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// A sink that refuses.
    pub fn finish(mut self) -> Result<(), ParquetError> {
        self.flush()?;
        self.writer.finish()
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::replace(&mut self.rows, empty(&self.fields));
        self.writer.row_group(&rows)
    }

    fn push_row(
        &mut self,
        record: &PointRecord,
        result: &PointResult,
        policy: usize,
    ) -> Result<(), ParquetError> {
        let seed = i64::try_from(record.seed)
            .map_err(|_| ParquetError::TooLarge { name: "seed", value: record.seed })?;
        let whole = |value: i64| Some(Value::Whole(value));
        let text = |value: &str| Some(Value::Text(value.to_owned()));
        let n_paths = i64::try_from(result.n_paths).unwrap_or(i64::MAX);
        let point = i64::try_from(record.point).unwrap_or(i64::MAX);
        let cells = std::iter::once(whole(point))
            .chain(record.values.iter().cloned().map(Some))
            .chain([text(&self.policies[policy]), whole(n_paths), whole(seed)])
            .chain(result.outputs[policy].iter().map(|output| output.map(Value::Number)))
            .chain([text(&self.version)]);
        for ((column, field), cell) in self.rows.iter_mut().zip(&self.fields).zip(cells) {
            push_cell(column, field, cell)?;
        }
        Ok(())
    }
}

fn fields(spec: &Spec, kinds: &ValueKinds) -> Vec<Field> {
    let mut fields = vec![Field::new("point", Kind::Whole)];
    fields.extend(spec.parameters.iter().enumerate().map(|(i, p)| Field::new(&p.name, kinds.kind(i))));
    fields.extend([
        Field::new("policy", Kind::Text),
        Field::new("n_paths", Kind::Whole),
        Field::new("seed", Kind::Whole),
    ]);
    fields.extend(spec.outputs.iter().map(|output| Field::new(output, Kind::Number)));
    fields.push(Field::new("version", Kind::Text));
    fields
}

fn empty(fields: &[Field]) -> Vec<Column> {
    fields.iter().map(|field| Column::of(field.kind)).collect()
}

/// Adds a value to a column that is wide enough for it.
fn push_cell(column: &mut Column, field: &Field, cell: Option<Value>) -> Result<(), ParquetError> {
    match (column, cell) {
        (Column::Whole(values), Some(Value::Whole(whole))) => values.push(whole),
        (Column::Flag(values), Some(Value::Flag(flag))) => values.push(flag),
        (Column::Number(values), cell) if cell.as_ref().is_none_or(|value| value.number().is_some()) => {
            values.push(cell.and_then(|value| value.number()));
        }
        (Column::Text(values), Some(Value::Text(text))) => values.push(text),
        (Column::Text(values), Some(value)) => values.push(numbers::value(&value)),
        (column, cell) => {
            let what = format!("it holds {:?}, and {cell:?} came", column.kind());
            return Err(ParquetError::Shape { name: field.name.clone(), what });
        }
    }
    Ok(())
}

#[cfg(all(test, feature = "parquet"))]
mod tests;

//! `failed.csv`: points that could not be run, and why.

use super::{parameter_cells, parameter_columns, told};
use std::io::{self, Write};
use sweep::{PointOutcome, PointRecord, Spec};

/// Writes a row for each point that failed.
///
/// Columns: `point`; each parameter by its name; `reason`.
#[derive(Debug)]
pub struct FailedWriter<'a, W: Write> {
    csv: csv::Writer<W>,
    spec: &'a Spec,
    n_failed: usize,
}

impl<'a, W: Write> FailedWriter<'a, W> {
    /// A table with its header.
    ///
    /// # Errors
    /// If the header cannot be written.
    pub fn new(writer: W, spec: &'a Spec) -> io::Result<Self> {
        let parameters = parameter_columns(spec, ["point", "reason"]);
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(
            ["point"].into_iter().chain(parameters.iter().map(String::as_str)).chain(["reason"]),
        )
        .map_err(told)?;
        Ok(Self { csv, spec, n_failed: 0 })
    }

    /// Adds the row of a point that failed; none of one that was done.
    ///
    /// # Errors
    /// If the row cannot be written.
    pub fn write(&mut self, record: &PointRecord) -> io::Result<()> {
        let PointOutcome::Failed(reason) = &record.outcome else { return Ok(()) };
        let head = [record.point.to_string()].into_iter().chain(parameter_cells(self.spec, &record.values));
        self.csv.write_record(head.chain([reason.clone()]).map(String::into_bytes)).map_err(told)?;
        self.n_failed += 1;
        Ok(())
    }

    /// Points that failed so far.
    #[must_use]
    pub fn n_failed(&self) -> usize {
        self.n_failed
    }

    /// Writes what is still held, and gives the writer back.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

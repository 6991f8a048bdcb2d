//! `differences.csv` of a sweep: at each point every policy against every other, on the same paths.

use super::points::check;
use super::told;
use crate::numbers::{exact, exact_or_empty};
use std::io::{self, Write};
use sweep::{PointOutcome, PointRecord, Spec};

/// Writes a row for each pair of policies at each point that was done.
///
/// Columns: `point`, `policy`, `other`, `difference` (objective of `policy` less that of `other`) and `se_difference`, its standard error,
/// in the objective's unit; the error is empty where the objective is not compared path by path. Each pair stands once, the policy that
/// comes first in the race as `policy`.
#[derive(Debug)]
pub struct PointDifferencesWriter<'a, W: Write> {
    csv: csv::Writer<W>,
    spec: &'a Spec,
}

impl<'a, W: Write> PointDifferencesWriter<'a, W> {
    /// A table with its header.
    ///
    /// # Errors
    /// If the header cannot be written.
    pub fn new(writer: W, spec: &'a Spec) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(["point", "policy", "other", "difference", "se_difference"]).map_err(told)?;
        Ok(Self { csv, spec })
    }

    /// Adds the rows of a point; none of one that failed.
    ///
    /// # Errors
    /// If the record has not the sweep's policies and outputs, or a row cannot be written.
    pub fn write(&mut self, record: &PointRecord) -> io::Result<()> {
        let PointOutcome::Done(result) = &record.outcome else { return Ok(()) };
        check(self.spec, record.point, result)?;
        let names = &self.spec.policies;
        for (i, policy) in names.iter().enumerate() {
            for (j, other) in names.iter().enumerate().skip(i + 1) {
                let (mean, error) = result.between(i, j);
                let numbers = [exact(mean), exact_or_empty(error)];
                let pair = [record.point.to_string(), policy.clone(), other.clone()];
                self.csv
                    .write_record(pair.into_iter().chain(numbers).map(String::into_bytes))
                    .map_err(told)?;
            }
        }
        Ok(())
    }

    /// Writes what is still held, and gives the writer back.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

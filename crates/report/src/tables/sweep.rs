//! Tables with a row for every point of a sweep, written record by record.

use crate::numbers::{exact, exact_or_empty, value};
use std::io::Write;
use sweep::{PointOutcome, PointRecord, Spec};

/// `point` and the names of the parameters, with which every row begins.
fn begin(spec: &Spec) -> Vec<String> {
    let names = spec.parameters.iter().map(|parameter| parameter.name.clone());
    std::iter::once("point".to_owned()).chain(names).collect()
}

fn begin_row(record: &PointRecord) -> Vec<String> {
    std::iter::once(record.point.to_string()).chain(record.values.iter().map(value)).collect()
}

/// `points.csv`: a row per point and policy.
///
/// Columns: `point`, one per parameter, `policy`, `n_paths`, `seed`, the outputs that the sweep keeps (empty where there is none), `version`.
/// Points that failed have no rows.
pub struct PointRows<'a, W: Write> {
    spec: &'a Spec,
    writer: csv::Writer<W>,
}

impl<'a, W: Write> PointRows<'a, W> {
    /// Begins the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(spec: &'a Spec, sink: W) -> csv::Result<Self> {
        let mut header = begin(spec);
        header.extend(["policy", "n_paths", "seed"].map(str::to_owned));
        header.extend(spec.outputs.iter().cloned());
        header.push("version".into());
        let mut writer = csv::Writer::from_writer(sink);
        writer.write_record(header)?;
        Ok(Self { spec, writer })
    }

    /// Adds the rows of a point.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn push(&mut self, record: &PointRecord) -> csv::Result<()> {
        let PointOutcome::Done(result) = &record.outcome else { return Ok(()) };
        for (policy, outputs) in self.spec.policies.iter().zip(&result.outputs) {
            let mut row = begin_row(record);
            row.extend([policy.clone(), result.n_paths.to_string(), record.seed.to_string()]);
            row.extend(outputs.iter().copied().map(exact_or_empty));
            row.push(self.spec.version.clone());
            self.writer.write_record(row)?;
        }
        Ok(())
    }

    /// Ends the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> csv::Result<()> {
        Ok(self.writer.flush()?)
    }
}

/// `differences.csv`: a row per point and pair of policies.
///
/// Columns: `point`, one per parameter, `policy`, `other`, `difference` of the objective (the policy less the other, in the objective's
/// unit), `standard_error` (empty where the objective is not compared path by path).
pub struct DifferenceRows<'a, W: Write> {
    spec: &'a Spec,
    writer: csv::Writer<W>,
}

impl<'a, W: Write> DifferenceRows<'a, W> {
    /// Begins the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(spec: &'a Spec, sink: W) -> csv::Result<Self> {
        let mut header = begin(spec);
        header.extend(["policy", "other", "difference", "standard_error"].map(str::to_owned));
        let mut writer = csv::Writer::from_writer(sink);
        writer.write_record(header)?;
        Ok(Self { spec, writer })
    }

    /// Adds the rows of a point.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn push(&mut self, record: &PointRecord) -> csv::Result<()> {
        let PointOutcome::Done(result) = &record.outcome else { return Ok(()) };
        let policies = &self.spec.policies;
        for (i, policy) in policies.iter().enumerate() {
            for (j, other) in policies.iter().enumerate().skip(i + 1) {
                let (difference, error) = result.between(i, j);
                let mut row = begin_row(record);
                row.extend([policy.clone(), other.clone(), exact(difference), exact_or_empty(error)]);
                self.writer.write_record(row)?;
            }
        }
        Ok(())
    }

    /// Ends the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> csv::Result<()> {
        Ok(self.writer.flush()?)
    }
}

/// `failed.csv`: a row per point that could not be run. Columns: `point`, one per parameter, `reason`.
pub struct FailureRows<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> FailureRows<W> {
    /// Begins the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(spec: &Spec, sink: W) -> csv::Result<Self> {
        let mut header = begin(spec);
        header.push("reason".into());
        let mut writer = csv::Writer::from_writer(sink);
        writer.write_record(header)?;
        Ok(Self { writer })
    }

    /// Adds the row of a point that failed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn push(&mut self, record: &PointRecord) -> csv::Result<()> {
        let PointOutcome::Failed(reason) = &record.outcome else { return Ok(()) };
        let mut row = begin_row(record);
        row.push(reason.clone());
        self.writer.write_record(row)
    }

    /// Ends the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> csv::Result<()> {
        Ok(self.writer.flush()?)
    }
}

/// `warnings.csv`: a row per warning of a point that its base does not have. Columns: `point`, one per parameter, `warning`.
pub struct WarningRows<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> WarningRows<W> {
    /// Begins the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(spec: &Spec, sink: W) -> csv::Result<Self> {
        let mut header = begin(spec);
        header.push("warning".into());
        let mut writer = csv::Writer::from_writer(sink);
        writer.write_record(header)?;
        Ok(Self { writer })
    }

    /// Adds the rows of a point.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn push(&mut self, record: &PointRecord) -> csv::Result<()> {
        let PointOutcome::Done(result) = &record.outcome else { return Ok(()) };
        for warning in &result.warnings {
            let mut row = begin_row(record);
            row.push(warning.clone());
            self.writer.write_record(row)?;
        }
        Ok(())
    }

    /// Ends the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> csv::Result<()> {
        Ok(self.writer.flush()?)
    }
}

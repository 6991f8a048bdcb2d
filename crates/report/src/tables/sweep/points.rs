//! `points.csv`: a row for each point that was done and each policy.

use super::{fault, parameter_cells, parameter_columns, told};
use crate::numbers::exact_or_empty;
use std::io::{self, Write};
use sweep::{PointOutcome, PointRecord, PointResult, Spec};

/// Columns before the parameters.
const HEAD: [&str; 1] = ["point"];
/// Columns between the parameters and the outputs.
const MIDDLE: [&str; 3] = ["policy", "n_paths", "seed"];
/// Columns after the outputs.
const TAIL: [&str; 4] = ["objective_less_best", "se_objective_less_best", "is_best", "version"];

/// Writes the rows of points as they come.
///
/// Columns: `point`; each parameter by its name; `policy`, `n_paths`, `seed`; the outputs in the sweep's order; `objective_less_best`, the
/// objective less that of the best policy of the point on the same paths, and its standard error, in the objective's unit; `is_best`;
/// `version` of the program. Of policies with the same objective the first is the best. Cells are empty where a value is not defined.
#[derive(Debug)]
pub struct PointsWriter<'a, W: Write> {
    csv: csv::Writer<W>,
    spec: &'a Spec,
    /// Place of the objective among the outputs.
    objective: usize,
}

impl<'a, W: Write> PointsWriter<'a, W> {
    /// A table with its header.
    ///
    /// # Errors
    /// If the objective is not among the outputs, or the header cannot be written.
    pub fn new(writer: W, spec: &'a Spec) -> io::Result<Self> {
        let objective = spec.outputs.iter().position(|output| *output == spec.objective);
        let objective = objective
            .ok_or_else(|| fault(format!("the objective `{}` is not among the outputs", spec.objective)))?;
        let outputs = spec.outputs.iter().map(String::as_str);
        let others = HEAD.into_iter().chain(MIDDLE).chain(outputs.clone()).chain(TAIL);
        let parameters = parameter_columns(spec, others);
        let mut csv = csv::Writer::from_writer(writer);
        let columns = HEAD.into_iter().chain(parameters.iter().map(String::as_str));
        csv.write_record(columns.chain(MIDDLE).chain(outputs).chain(TAIL)).map_err(told)?;
        Ok(Self { csv, spec, objective })
    }

    /// Adds the rows of a point; none of one that failed.
    ///
    /// # Errors
    /// If the record has not the sweep's policies and outputs, or a row cannot be written.
    pub fn write(&mut self, record: &PointRecord) -> io::Result<()> {
        let PointOutcome::Done(result) = &record.outcome else { return Ok(()) };
        check(self.spec, record.point, result)?;
        let best = best(result, self.objective);
        for (policy, outputs) in result.outputs.iter().enumerate() {
            let less_best = best.map(|best| result.between(policy, best));
            let head =
                [record.point.to_string()].into_iter().chain(parameter_cells(self.spec, &record.values));
            let middle =
                [self.spec.policies[policy].clone(), result.n_paths.to_string(), record.seed.to_string()];
            let tail = [
                exact_or_empty(less_best.map(|(mean, _)| mean)),
                exact_or_empty(less_best.and_then(|(_, error)| error)),
                (best == Some(policy)).to_string(),
                self.spec.version.clone(),
            ];
            let outputs = outputs.iter().map(|output| exact_or_empty(*output));
            self.csv
                .write_record(head.chain(middle).chain(outputs).chain(tail).map(String::into_bytes))
                .map_err(told)?;
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

/// The policy with the highest objective, the first of equals; `None` where none has one.
fn best(result: &PointResult, objective: usize) -> Option<usize> {
    let values =
        result.outputs.iter().enumerate().filter_map(|(policy, outputs)| Some((policy, outputs[objective]?)));
    values
        .fold(None, |best: Option<(usize, f64)>, (policy, value)| match best {
            Some((_, highest)) if value <= highest => best,
            _ => Some((policy, value)),
        })
        .map(|(policy, _)| policy)
}

/// Whether a result has the sweep's policies, their outputs and each pair's difference.
pub(super) fn check(spec: &Spec, point: usize, result: &PointResult) -> io::Result<()> {
    let n = spec.policies.len();
    let has_all = result.outputs.len() == n
        && result.outputs.iter().all(|outputs| outputs.len() == spec.outputs.len())
        && result.differences.len() == n * n.saturating_sub(1) / 2;
    let message = || format!("point {point} has not the policies and outputs of the sweep");
    if has_all { Ok(()) } else { Err(fault(message())) }
}

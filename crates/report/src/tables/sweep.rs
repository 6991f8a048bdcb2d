//! The CSV tables of a sweep, written record by record, so that memory does not grow with points.
//!
//! Each writer takes the records of a sweep in their order. Parameters stand in columns of their names; one whose name is already a column of the
//! table gets a number behind it.

mod differences;
mod failed;
mod points;
#[cfg(test)]
mod tests;

pub use differences::PointDifferencesWriter;
pub use failed::FailedWriter;
pub use points::PointsWriter;

use crate::numbers::exact;
use std::io;
use sweep::{Spec, Value};

/// The value of a parameter, as other programs read it.
fn cell(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Whole(whole) => whole.to_string(),
        Value::Number(number) => exact(*number),
        Value::Text(text) => text.clone(),
    }
}

/// Columns of the parameters beside columns that are there already.
fn parameter_columns<'a>(spec: &Spec, others: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = others.into_iter().map(str::to_owned).collect();
    let n_others = taken.len();
    for parameter in &spec.parameters {
        let mut column = parameter.name.clone();
        let mut number = 2;
        while taken.contains(&column) {
            column = format!("{}_{number}", parameter.name);
            number += 1;
        }
        taken.push(column);
    }
    taken.split_off(n_others)
}

/// The text of every parameter's value; empty where a record has none.
fn parameter_cells<'a>(spec: &'a Spec, values: &'a [Value]) -> impl Iterator<Item = String> + 'a {
    (0..spec.parameters.len()).map(|p| values.get(p).map_or_else(String::new, cell))
}

/// What the disk said, with its kind.
fn told(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => fault(format!("{other:?}")),
    }
}

/// A fault of what is handed in.
fn fault(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

//! A table of points: a CSV file with a column for each parameter and a row for each point.

use crate::design::MAX_POINTS;
use crate::parameter::{Levels, Parameter, Target};
use crate::value::Value;
use std::path::Path;

/// Reads the rows in the order of the parameters. A column that no parameter has becomes one, its header being the dotted path.
///
/// # Errors
/// A clause that says what is wrong with the file.
pub(super) fn read(path: &Path, parameters: &mut Vec<Parameter>) -> Result<Vec<Vec<Value>>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(unreadable)?;
    let header = reader.headers().map_err(unreadable)?.clone();
    let columns: Vec<&str> = header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    for (n, column) in columns.iter().enumerate() {
        if column.is_empty() || columns[..n].contains(column) {
            return Err(format!(
                "whose column {} has {} header",
                n + 1,
                if column.is_empty() { "no" } else { "another's" }
            ));
        }
        if !parameters.iter().any(|parameter| names(parameter).contains(column)) {
            parameters.push(of_column(column));
        }
    }
    let order: Vec<usize> = parameters
        .iter()
        .map(|parameter| {
            let mut found = (0..columns.len()).filter(|column| names(parameter).contains(&columns[*column]));
            match (found.next(), found.next()) {
                (Some(column), None) => Ok(column),
                (None, _) => Err(format!("which has no column {}", parameter.name)),
                (Some(one), Some(two)) => {
                    Err(format!("whose columns {} and {} are the same parameter", columns[one], columns[two]))
                }
            }
        })
        .collect::<Result<_, _>>()?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        if rows.len() == MAX_POINTS {
            return Err(format!("which has more than {MAX_POINTS} rows"));
        }
        let row = order.iter().map(|at| {
            let cell = record.get(*at).unwrap_or_default();
            if cell.is_empty() {
                Err(format!("whose line {line} has no {}", columns[*at]))
            } else {
                Ok(value(cell))
            }
        });
        rows.push(row.collect::<Result<Vec<Value>, String>>()?);
    }
    if rows.is_empty() { Err("which has no rows".into()) } else { Ok(rows) }
}

/// Headers by which a parameter goes: its name, and the path of its field if it sets one alone and as it is.
fn names(parameter: &Parameter) -> Vec<&str> {
    let path = match parameter.targets.as_slice() {
        [Target { path, times }] if *times == 1.0 => Some(path.as_str()),
        _ => None,
    };
    std::iter::once(parameter.name.as_str()).chain(path).collect()
}

fn unreadable(error: csv::Error) -> String {
    format!("which cannot be read as CSV ({error})")
}

fn of_column(path: &str) -> Parameter {
    Parameter {
        name: path.into(),
        label: path.into(),
        unit: String::new(),
        targets: vec![Target { path: path.into(), times: 1.0 }],
        levels: Levels::Table,
        base: None,
        scale: None,
    }
}

/// A cell as the nearest kind of value: whole number, number, flag, or text.
fn value(cell: &str) -> Value {
    if let Ok(whole) = cell.parse::<i64>() {
        return Value::Whole(whole);
    }
    match cell.parse::<f64>() {
        Ok(number) if number.is_finite() => Value::Number(number),
        _ => match cell {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            text => Value::Text(text.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<(Vec<Vec<Value>>, Vec<String>), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.csv");
        std::fs::write(&path, text).unwrap();
        let rent = Parameter { name: "rent".into(), ..of_column("lease.rent") };
        let mut parameters = vec![of_column("b")];
        if text.contains("rent") {
            parameters.push(rent);
        }
        let rows = read(&path, &mut parameters)?;
        Ok((rows, parameters.into_iter().map(|p| p.name).collect()))
    }

    #[test]
    fn columns_become_parameters_and_cells_keep_their_kind() {
        let (rows, names) = read_text("a,b\n1,2.5\nx, true \n").unwrap();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(rows[0], [Value::Number(2.5), Value::Whole(1)]);
        assert_eq!(rows[1], [Value::Flag(true), Value::Text("x".into())]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, said) in [
            ("a\n1\n", "no column b"),
            ("b,b\n1,2\n", "another's header"),
            ("b,\n1,2\n", "no header"),
            ("b\n", "no rows"),
            ("rent,b,lease.rent\n1,2,3\n", "columns rent and lease.rent are the same parameter"),
            ("b,a\n1\n", "as CSV"),
            ("b,a\n1,\n", "line 2 has no a"),
        ] {
            let error = read_text(text).unwrap_err();
            assert!(error.contains(said), "{text:?}: {error}");
        }
        assert!(read(Path::new("absent.csv"), &mut Vec::new()).unwrap_err().contains("cannot be read"));
    }
}

//! Rows of a table as JSON objects, for programs.
//!
//! The objects are made of the very text that the CSV has: its header gives the names, and each cell reads back to the same
//! number to the last bit. So the two cannot disagree.

use crate::tables::Sheet;
use serde_json::{Map, Value};

/// Columns that hold text, whatever it looks like.
const TEXT: [&str; 6] = ["policy", "other", "metric", "unit", "period", "lens"];

/// A row of a table as an object.
pub(crate) type Object = Map<String, Value>;

/// The rows of a table in order; what is empty in the CSV is null.
pub(crate) fn objects(sheet: Sheet) -> Vec<Object> {
    let bytes = sheet.into_bytes();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let names = reader.headers().cloned().unwrap_or_default();
    // The table was written a moment ago with as many cells as names in every row.
    let rows = reader.records().filter_map(Result::ok);
    let object = |row: csv::StringRecord| {
        names.iter().zip(&row).map(|(name, cell)| (name.to_owned(), value(name, cell))).collect()
    };
    rows.map(object).collect()
}

fn value(column: &str, cell: &str) -> Value {
    if cell.is_empty() {
        return Value::Null;
    }
    if TEXT.contains(&column) {
        return cell.into();
    }
    let whole = cell.parse::<i64>().ok().map(Value::from);
    let number = || cell.parse::<f64>().ok().map(Value::from);
    let flag = || cell.parse::<bool>().ok().map(Value::from);
    whole.or_else(number).or_else(flag).unwrap_or_else(|| cell.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_keep_their_type_and_their_last_bit() {
        let mut sheet = Sheet::new(&["policy", "n_paths", "value", "is_best", "standard_error"]);
        sheet.row(["12", "12", "0.1", "true", ""].map(str::to_owned));
        sheet.row(
            ["a, b", "1", "1000000000000000000000000", "false", "-0.30000000000000004"].map(str::to_owned),
        );
        let rows = objects(sheet);
        let first =
            json!({ "policy": "12", "n_paths": 12, "value": 0.1, "is_best": true, "standard_error": null });
        assert_eq!(Value::Object(rows[0].clone()), first);
        assert_eq!(rows[1]["policy"], "a, b");
        assert_eq!(rows[1]["value"].as_f64(), Some(1e24));
        assert_eq!(rows[1]["standard_error"].as_f64(), Some(-0.1 - 0.2));
    }
}

//! Tables as typed columns, for programs that take columns rather than text.
//!
//! The values are read from the very text that the CSV has, whose numbers read back to the last bit, so that the two cannot disagree. What a
//! column holds is what the dictionary says of it, never a guess at the cells of one run; where it leaves that to the scenario (a swept
//! parameter, a figure whose unit stands beside it), the narrowest kind that holds all cells.

use crate::dictionary::{self, ColumnEntry, FileEntry};
use crate::parquet::Kind;

/// A column with what it holds; a cell is `None` where the CSV is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedColumn {
    /// Its name.
    pub name: String,
    /// Its unit or kind, as the dictionary has it; empty where that does not know the column.
    pub unit: &'static str,
    /// What it is, as the dictionary has it.
    pub meaning: String,
    /// Its values.
    pub values: Values,
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Text.
    Text(Vec<Option<String>>),
    /// True or false.
    Flag(Vec<Option<bool>>),
}

/// What the dictionary says of a column's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// They are of this kind.
    Of(Kind),
    /// It depends on the scenario.
    Depends,
}

/// The columns of a table that a command writes: its name for the command (`run`), the file within the folder, and the CSV.
///
/// # Errors
/// If the bytes are no table: a row is not as wide as the header, or text is not UTF-8.
pub fn typed(command: &str, file: &str, csv: &[u8]) -> Result<Vec<TypedColumn>, csv::Error> {
    let files = dictionary::files();
    let entry = dictionary::file(&files, command, file);
    let mut reader = csv::Reader::from_reader(csv);
    let names = reader.headers()?.clone();
    let rows = reader.records().collect::<Result<Vec<_>, _>>()?;
    let column = |(n, name): (usize, &str)| {
        let cells: Vec<&str> = rows.iter().map(|row| &row[n]).collect();
        column(entry, name, &cells)
    };
    Ok(names.iter().enumerate().map(column).collect())
}

fn column(file: Option<&FileEntry>, name: &str, cells: &[&str]) -> TypedColumn {
    let entry = file.and_then(|file| file.column(name));
    TypedColumn {
        name: name.to_owned(),
        unit: entry.map_or("", |entry| entry.unit),
        meaning: entry.map_or_else(String::new, |entry| entry.meaning.clone()),
        values: values(entry.map_or(Said::Depends, said), cells),
    }
}

fn said(entry: &ColumnEntry) -> Said {
    match entry.unit {
        "text" | "ISO 8601" | "TOML" | "hexadecimal" | "unit" | "numbers with spaces between" => {
            Said::Of(Kind::Text)
        }
        unit if unit.starts_with("YYYY") || unit.starts_with("list") => Said::Of(Kind::Text),
        "true or false" => Said::Of(Kind::Flag),
        "count" | "paths" | "from 0" | "from 1" | "0 to 23" | "whole number" => Said::Of(Kind::Whole),
        "as `unit` says" | "as the sweep file says" | "of the parameter" | "of that parameter" => {
            Said::Depends
        }
        _ => Said::Of(Kind::Number),
    }
}

/// The cells as the kind that is said, or the narrowest wider one that holds them all.
fn values(said: Said, cells: &[&str]) -> Values {
    let wider: &[Kind] = match said {
        Said::Of(Kind::Text) => &[],
        Said::Of(Kind::Flag) => &[Kind::Flag],
        Said::Of(Kind::Whole) => &[Kind::Whole, Kind::Number],
        Said::Of(Kind::Number) => &[Kind::Number],
        // Of cells that are all empty nothing is known but that they could be numbers.
        Said::Depends if cells.iter().all(|cell| cell.is_empty()) => &[Kind::Number],
        Said::Depends => &[Kind::Whole, Kind::Number, Kind::Flag],
    };
    wider.iter().find_map(|kind| read(*kind, cells)).unwrap_or_else(|| {
        Values::Text(cells.iter().map(|cell| (!cell.is_empty()).then(|| (*cell).to_owned())).collect())
    })
}

fn read(kind: Kind, cells: &[&str]) -> Option<Values> {
    fn all<T: std::str::FromStr>(cells: &[&str]) -> Option<Vec<Option<T>>> {
        cells
            .iter()
            .map(|cell| if cell.is_empty() { Some(None) } else { cell.parse().ok().map(Some) })
            .collect()
    }
    match kind {
        Kind::Whole => all(cells).map(Values::Whole),
        Kind::Number => all(cells).map(Values::Number),
        Kind::Flag => all(cells).map(Values::Flag),
        Kind::Text => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tables_of;
    use crate::test_support;

    /// A cell as the CSV would have it.
    fn text(values: &Values, row: usize) -> String {
        match values {
            Values::Whole(cells) => cells[row].map_or_else(String::new, |whole| whole.to_string()),
            Values::Number(cells) => crate::numbers::exact_or_empty(cells[row]),
            Values::Text(cells) => cells[row].clone().unwrap_or_default(),
            Values::Flag(cells) => cells[row].map_or_else(String::new, |flag| flag.to_string()),
        }
    }

    #[test]
    fn every_cell_of_every_table_of_a_run_is_that_of_the_csv() {
        let outcomes = test_support::outcomes();
        for (file, table) in tables_of(&outcomes) {
            let bytes = table(&outcomes).into_bytes();
            let columns = typed("run", file, &bytes).unwrap();
            let rows = table(&outcomes).into_rows();
            assert_eq!(rows[0], columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
            for (n, column) in columns.iter().enumerate() {
                assert!(!column.meaning.is_empty(), "{file}: {} is not in the dictionary", column.name);
                for (row, cells) in rows[1..].iter().enumerate() {
                    assert_eq!(cells[n], text(&column.values, row), "{file}: {}", column.name);
                }
            }
        }
    }

    #[test]
    fn kinds_are_those_of_the_dictionary_whatever_the_cells_look_like() {
        let csv = b"policy,n_paths,mean_npv_usd\n12,64,1\n13,64,\n";
        let columns = typed("run", "summary.csv", csv).unwrap();
        assert_eq!(columns[0].values, Values::Text(vec![Some("12".into()), Some("13".into())]));
        assert_eq!(columns[1].values, Values::Whole(vec![Some(64); 2]));
        assert_eq!(columns[2].values, Values::Number(vec![Some(1.0), None]));
        assert_eq!((columns[2].unit, columns[1].unit), ("USD", "paths"));
    }

    #[test]
    fn a_parameter_is_the_narrowest_kind_that_holds_its_values() {
        let kind = |cells: &[&str]| match values(Said::Depends, cells) {
            Values::Whole(_) => Kind::Whole,
            Values::Number(_) => Kind::Number,
            Values::Text(_) => Kind::Text,
            Values::Flag(_) => Kind::Flag,
        };
        assert_eq!(kind(&["1", "2", ""]), Kind::Whole);
        assert_eq!(kind(&["1", "2.5"]), Kind::Number);
        assert_eq!(kind(&["true", "false"]), Kind::Flag);
        assert_eq!(kind(&["1", "x"]), Kind::Text);
        assert_eq!(kind(&["", ""]), Kind::Number);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(typed("run", "summary.csv", b"a,b\n1\n").is_err());
        assert!(typed("run", "summary.csv", b"a\n\xff\n").is_err());
    }
}

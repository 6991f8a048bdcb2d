//! One column of numbers from a plain table, row by row.

use std::ops::RangeInclusive;
use std::path::Path;

use super::error::ImportError;
use super::layout::Header;
use super::number::Allowed;
use super::table::{self, At, Row, Visitor};

/// Reads the numbers of the column named `column` in the order of the rows; `unit` stands in messages beside `range`.
///
/// # Errors
/// When the file cannot be read, has no such column, or a field of it is blank, no number or out of range.
///
/// # Example
/// ```
/// let file = std::env::temp_dir().join("wattshift-column-example.csv");
/// std::fs::write(&file, "hour,demand_it_mw\n0,11.5\n1,12\n")?;
/// let demand = market::import::column(&file, "demand_it_mw", 0.0..=1e6, "MW")?;
/// assert_eq!(demand, [11.5, 12.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn column(
    path: &Path,
    column: &str,
    range: RangeInclusive<f64>,
    unit: &'static str,
) -> Result<Vec<f64>, ImportError> {
    let allowed = Allowed { range, unit };
    let mut reader = ColumnReader { wanted: column, allowed, place: None, values: Vec::new() };
    table::read(path, &mut reader)?;
    Ok(reader.values)
}

struct ColumnReader<'a> {
    wanted: &'a str,
    allowed: Allowed,
    /// The header and the column's place in it.
    place: Option<(Header, usize)>,
    values: Vec<f64>,
}

impl Visitor for ColumnReader<'_> {
    type Error = ImportError;

    fn header(&mut self, at: &At<'_>, names: &[&str]) -> Result<(), ImportError> {
        let header = Header::new(at, names)?;
        let place = header.names.iter().position(|name| name.eq_ignore_ascii_case(self.wanted));
        let place = place.ok_or_else(|| header.error(at, format!("no column `{}`", self.wanted)))?;
        self.place = Some((header, place));
        Ok(())
    }

    fn row(&mut self, at: &At<'_>, row: &Row<'_>) -> Result<(), ImportError> {
        let Some((header, place)) = &self.place else { return Ok(()) };
        let value = self.allowed.read(at, header, row, *place)?;
        self.values.push(value.ok_or_else(|| self.allowed.error(at, header, row, *place, "blank"))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::column;

    fn read(text: &str) -> Result<Vec<f64>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("series.csv");
        std::fs::write(&path, text).expect("it can be written");
        column(&path, "mw", 0.0..=100.0, "MW").map_err(|error| error.to_string())
    }

    #[test]
    fn a_column_is_read_in_order_and_its_faults_are_named_with_their_row() {
        assert_eq!(read("a,MW\n1,2.5\n1,0\n"), Ok(vec![2.5, 0.0]));
        for (text, wanted) in [
            ("a,b\n1,2\n", "no column `mw`"),
            ("a,mw\n1,2\n1,\n", "row 3: mw is ``, blank"),
            ("a,mw\n1,-2\n", "outside the range; allowed is 0 to 100 MW"),
            ("a,mw\n1,x\n", "no finite number"),
        ] {
            let message = read(text).expect_err(text);
            assert!(message.contains(wanted), "{message}");
        }
    }
}

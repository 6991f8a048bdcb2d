//! Rows of an XLSX workbook, sheet by sheet.
//!
//! Cells are streamed, never laid out as a rectangle, so that a stray cell far out costs no memory. Excel's dates become
//! `MM/DD/YYYY` and its times of day `HH:MM`, the publisher's own text forms; numbers keep every digit.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx};

use super::table::{At, MOST_COLUMNS, Row, TableNotes, Visitor, empty, unfit};
use super::time::civil;

/// Excel's day 25,569 is 1 January 1970.
const EXCEL_UNIX_DAY: i64 = 25_569;

pub(crate) fn read<V: Visitor>(path: &Path, file: File, visitor: &mut V) -> Result<TableNotes, V::Error> {
    let broken = |error: calamine::XlsxError| {
        unfit(
            path,
            format!(
                "a zip archive that is no XLSX workbook or is damaged ({error}); allowed is a workbook or CSV, unpack other archives first"
            ),
        )
    };
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(broken)?;
    if workbook.has_1904_epoch() {
        return Err(unfit(
            path,
            "the workbook counts dates from 1904, allowed is Excel's usual count from 1900",
        )
        .into());
    }
    let mut notes = TableNotes::default();
    for sheet in workbook.sheet_names() {
        let mut table = Sheet { at: At { path, sheet: Some(&sheet) }, columns: 0, cells: Vec::new(), row: 0 };
        let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            let (row, column) = cell.get_position();
            let text = text_of(cell.get_value());
            if text.is_empty() {
                continue;
            }
            table.take(row + 1, column as usize, text, visitor)?;
        }
        table.flush(visitor)?;
        if table.columns == 0 { &mut notes.empty_sheets } else { &mut notes.sheets }.push(sheet.clone());
    }
    if notes.sheets.is_empty() { Err(empty(path).into()) } else { Ok(notes) }
}

/// A sheet being read.
struct Sheet<'a> {
    at: At<'a>,
    columns: usize,
    cells: Vec<String>,
    row: u32,
}

impl Sheet<'_> {
    /// Takes a cell; rows and cells come in order.
    fn take<V: Visitor>(
        &mut self,
        row: u32,
        column: usize,
        text: String,
        visitor: &mut V,
    ) -> Result<(), V::Error> {
        if row != self.row {
            self.flush(visitor)?;
            self.row = row;
        }
        if column >= MOST_COLUMNS {
            return Err(self
                .at
                .row_error(
                    row,
                    format!("a cell in column {}, allowed are at most {MOST_COLUMNS}", column + 1),
                )
                .into());
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
        Ok(())
    }

    /// Hands the gathered row on.
    fn flush<V: Visitor>(&mut self, visitor: &mut V) -> Result<(), V::Error> {
        if self.cells.is_empty() {
            return Ok(());
        }
        if self.columns == 0 {
            self.columns = self.cells.len();
            let header: Vec<&str> = self.cells.iter().map(|cell| cell.trim()).collect();
            visitor.header(&self.at, &header)?;
        } else if self.cells.len() > self.columns {
            return Err(self
                .at
                .row_error(
                    self.row,
                    format!("{} fields where the header has {}", self.cells.len(), self.columns),
                )
                .into());
        } else {
            self.cells.resize(self.columns, String::new());
            let fields: Vec<&str> = self.cells.iter().map(|cell| cell.trim()).collect();
            visitor.row(&self.at, &Row { fields: &fields, number: self.row })?;
        }
        self.cells.clear();
        Ok(())
    }
}

fn text_of(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => value.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_string(),
        DataRef::Bool(value) => if *value { "True" } else { "False" }.to_string(),
        DataRef::DateTime(value) => date_text(value.as_f64()),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// The text of an Excel serial number: whole days are dates, parts of the first day are times, up to 25:00.
fn date_text(serial: f64) -> String {
    let minutes = (serial * 1_440.0).round();
    if !(0.0..=4e9).contains(&minutes) {
        return serial.to_string();
    }
    let (days, minute) = (minutes as i64 / 1_440, minutes as i64 % 1_440);
    if days < 2 {
        return format!("{:02}:{:02}", minutes as i64 / 60, minutes as i64 % 60);
    }
    let (year, month, day) = civil(days - EXCEL_UNIX_DAY);
    match minute {
        0 => format!("{month:02}/{day:02}/{year:04}"),
        _ => format!("{month:02}/{day:02}/{year:04} {:02}:{:02}", minute / 60, minute % 60),
    }
}

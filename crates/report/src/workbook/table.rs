//! A table of the folder as a sheet: the same cells in the same order, with heads in words and numbers as numbers.

use super::grid::Grid;
use super::look::{Kind, Look, Role};
use super::words::{Spoken, spoken};
use rust_xlsxwriter::XlsxError;
use site::YearMonth;

/// The columns of a table that a sheet shows.
pub(super) struct Columns {
    shown: Vec<(usize, Spoken)>,
}

impl Columns {
    /// All columns of a table but some; the first row is the header.
    pub(super) fn of(rows: &[Vec<String>], left_out: &[&str]) -> Self {
        let names = rows.first().into_iter().flatten().enumerate();
        let shown = names
            .filter(|(_, name)| !left_out.contains(&name.as_str()))
            .map(|(place, name)| (place, spoken(name)))
            .collect();
        Self { shown }
    }

    pub(super) fn len(&self) -> usize {
        self.shown.len()
    }

    /// The columns: place in the table, and name.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(usize, Spoken)> {
        self.shown.iter()
    }
}

/// Writes heads and rows; returns the last row written.
pub(super) fn fill<'a>(
    grid: &mut Grid<'_>,
    head: u32,
    columns: &Columns,
    rows: impl Iterator<Item = &'a Vec<String>>,
) -> Result<u32, XlsxError> {
    grid.heads(head, 0, &columns.iter().map(|(_, name)| name.head()).collect::<Vec<_>>())?;
    let mut last = head;
    for (row, cells) in (head + 1..).zip(rows) {
        for (column, (place, name)) in (0..).zip(columns.iter()) {
            put(grid, (row, column), &cells[*place], name.kind)?;
        }
        last = row;
    }
    Ok(last)
}

/// A cell of a table: a number or a month where it is one, nothing where it is empty, else text.
pub(super) fn put(
    grid: &mut Grid<'_>,
    (row, column): (u32, u16),
    text: &str,
    kind: Kind,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    if let Some(month) = month(text) {
        return grid.month(row, column, month);
    }
    match text.parse::<f64>() {
        Ok(value) => grid.number(row, column, value, Look(kind, Role::Plain)),
        Err(_) => grid.text(row, column, text),
    }
}

/// `2026-01` as a month.
fn month(text: &str) -> Option<YearMonth> {
    let (year, month) = text.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2)?;
    let (year, month) = (year.parse().ok()?, month.parse().ok()?);
    (1..=12).contains(&month).then_some(YearMonth { year, month })
}

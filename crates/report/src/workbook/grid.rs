//! A sheet as the other files fill it: cells by look, formulas with their results, and one print set-up for all.

use super::look::{self, Kind, Look, Role};
use crate::numbers::exact;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};
use site::YearMonth;

/// Longest text of a cell, UTF-16 units.
const LONGEST_TEXT: usize = 32_767;
/// Paper: A4.
const A4: u8 = 9;

/// What a formula is found to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    Number(f64),
    Text(String),
}

impl From<f64> for Found {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

/// A sheet under way.
pub(super) struct Grid<'a> {
    pub(super) sheet: &'a mut Worksheet,
}

impl<'a> Grid<'a> {
    /// A new sheet with its title and a note of what it is.
    pub(super) fn new(
        book: &'a mut Workbook,
        name: &str,
        title: &str,
        note: &str,
    ) -> Result<Self, XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
        sheet.set_footer("&L&A&RPage &P of &N");
        let mut grid = Self { sheet };
        grid.words(0, 0, title, &look::title())?;
        grid.words(1, 0, note, &look::note())?;
        Ok(grid)
    }

    /// Text in a format; text that is longer than a cell may hold is cut.
    pub(super) fn words(
        &mut self,
        row: u32,
        column: u16,
        text: &str,
        format: &Format,
    ) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(row, column, cut(text), format)?;
        Ok(())
    }

    /// Text, which stays text whatever it looks like.
    pub(super) fn text(&mut self, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        self.words(row, column, text, &Look(Kind::Text, Role::Plain).format())
    }

    /// Text over several columns and lines.
    pub(super) fn paragraph(
        &mut self,
        row: u32,
        columns: (u16, u16),
        text: &str,
        lines: usize,
    ) -> Result<(), XlsxError> {
        let format = Look(Kind::Lines, Role::Plain).format();
        self.sheet.merge_range(row, columns.0, row, columns.1, &cut(text), &format)?;
        self.sheet.set_row_height(row, 15.0 * lines as f64)?;
        Ok(())
    }

    /// A number; what is no number leaves the cell empty.
    pub(super) fn number(&mut self, row: u32, column: u16, value: f64, look: Look) -> Result<(), XlsxError> {
        if value.is_finite() {
            // Adding zero turns negative zero into zero.
            self.sheet.write_number_with_format(row, column, value + 0.0, &look.format())?;
        } else {
            self.sheet.write_blank(row, column, &look.format())?;
        }
        Ok(())
    }

    /// A month as the date of its first day.
    pub(super) fn month(&mut self, row: u32, column: u16, month: YearMonth) -> Result<(), XlsxError> {
        let format = Look(Kind::Month, Role::Plain).format();
        let date = ExcelDateTime::from_ymd(month.year.clamp(0, 9_999) as u16, month.month as u8, 1)?;
        self.sheet.write_datetime_with_format(row, column, &date, &format)?;
        Ok(())
    }

    /// A formula and what the run makes of it.
    pub(super) fn live(
        &mut self,
        row: u32,
        column: u16,
        formula: &str,
        found: impl Into<Found>,
        look: Look,
    ) -> Result<(), XlsxError> {
        let result = match found.into() {
            Found::Number(value) => exact(value),
            Found::Text(text) => text,
        };
        let formula = Formula::new(formula).set_result(result);
        self.sheet.write_formula_with_format(row, column, formula, &look.format())?;
        Ok(())
    }

    /// Heads of columns, from one column on.
    pub(super) fn heads<S: AsRef<str>>(
        &mut self,
        row: u32,
        first: u16,
        heads: &[S],
    ) -> Result<(), XlsxError> {
        for (column, head) in (first..).zip(heads) {
            self.words(row, column, head.as_ref(), &look::head())?;
        }
        Ok(())
    }

    /// Keeps the rows above `row` and the columns before `column` in sight, on the screen and, from `head` on, on every page.
    pub(super) fn freeze(&mut self, row: u32, column: u16, head: u32) -> Result<(), XlsxError> {
        self.sheet.set_freeze_panes(row, column)?;
        self.sheet.set_repeat_rows(head, row - 1)?;
        Ok(())
    }

    /// Widths of columns, in characters, from the first on; the last one holds for `more` columns after it.
    pub(super) fn widths(&mut self, widths: &[f64], more: u16) -> Result<(), XlsxError> {
        for (column, width) in (0..).zip(widths) {
            self.sheet.set_column_width(column, *width)?;
        }
        let next = widths.len() as u16;
        if let (Some(width), true) = (widths.last(), more > 0) {
            self.sheet.set_column_range_width(next, next + more - 1, *width)?;
        }
        Ok(())
    }
}

/// As much of a text as a cell may hold.
fn cut(text: &str) -> String {
    let mut left = LONGEST_TEXT;
    let fits = |c: &char| {
        let enough = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        enough
    };
    text.chars().take_while(fits).collect()
}

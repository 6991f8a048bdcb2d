//! Sheet Markets: mean and quantiles of each factor by month; the rows of `markets.csv`.

use super::Source;
use super::grid::Grid;
use super::places::MARKETS;
use super::table::{self, Columns};
use crate::tables;
use rust_xlsxwriter::{Workbook, XlsxError};

const HEAD: u32 = 3;

pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), XlsxError> {
    let mut grid = Grid::new(
        book,
        MARKETS,
        "Markets: what all policies saw",
        "At each opening; power is the mean of the month. Means are over all paths, quantiles over the paths kept; a small effective sample says that few paths carry a mean.",
    )?;
    let rows = tables::markets(source.outcomes).into_rows();
    let columns = Columns::of(&rows, &["lens"]);
    let last = table::fill(&mut grid, HEAD, &columns, rows.iter().skip(1))?;
    grid.sheet.autofilter(HEAD, 0, last, columns.len() as u16 - 1)?;
    grid.widths(&[30.0, 15.0, 10.0, 13.0], columns.len() as u16 - 4)?;
    grid.sheet.set_row_height(HEAD, 32)?;
    grid.freeze(HEAD + 1, 3, HEAD)
}

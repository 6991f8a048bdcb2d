//! Sheet Ledger: every column of the books by policy and month, mean over paths. These are the inputs of all formulas.

use super::Source;
use super::grid::Grid;
use super::look::{Look, Role};
use super::places::{LEDGER, LEDGER_FIRST, LEDGER_LEAD, ledger_place};
use super::words::{Spoken, spoken};
use rust_xlsxwriter::{Workbook, XlsxError};
use site::Ledger;

pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), XlsxError> {
    let mut grid = Grid::new(
        book,
        LEDGER,
        "Ledger: what the run found, mean over paths",
        "Inputs of all formulas: change a cell and NPV and IRR follow. Revenues and costs are positive. Rows keep their order: formulas count on it.",
    )?;
    let columns: Vec<Spoken> = Ledger::names().map(spoken).collect();
    let head = LEDGER_FIRST - 1;
    grid.heads(head, 0, &["Policy", "Month"])?;
    grid.heads(head, LEDGER_LEAD, &columns.iter().map(Spoken::head).collect::<Vec<_>>())?;
    for (p, policy) in source.outcomes.policies.iter().enumerate() {
        for (m, (month, ledger)) in source.outcomes.months.iter().zip(&policy.ledger).enumerate() {
            let row = source.places.ledger_row(p, m);
            grid.text(row, 0, &policy.name)?;
            grid.month(row, 1, *month)?;
            for (c, (value, column)) in ledger.columns().into_iter().zip(&columns).enumerate() {
                grid.number(row, ledger_place(c), value, Look(column.kind, Role::Input))?;
            }
        }
    }
    grid.widths(&[22.0, 9.0, 11.5], Ledger::WIDTH as u16 - 1)?;
    grid.sheet.set_print_fit_to_pages(2, 0).set_repeat_columns(0, LEDGER_LEAD - 1)?;
    grid.sheet.set_row_height(head, 48)?;
    grid.freeze(LEDGER_FIRST, LEDGER_LEAD, head)
}

//! Sheet Policies: everything that `summary.csv` says of each policy, and paired differences between all of them.

use super::Source;
use super::grid::Grid;
use super::look::{self, Kind, Look, Role};
use super::places::POLICIES;
use super::table::{self, Columns};
use crate::tables;
use rust_xlsxwriter::{Workbook, XlsxError};
use simulate::Outcomes;

const HEAD: u32 = 3;

pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), XlsxError> {
    let outcomes = source.outcomes;
    let mut grid = Grid::new(
        book,
        POLICIES,
        "Policies side by side",
        "Results of the run, on the same paths for all; quantiles, CVaR and shortfall over paths cannot be worked out from means and do not recompute.",
    )?;
    let rows = tables::summary(outcomes).into_rows();
    let columns = Columns::of(&rows, &["policy", "lens"]);
    grid.heads(HEAD, 0, &["Quantity"])?;
    for (column, policy) in (1..).zip(rows.iter().skip(1)) {
        grid.heads(HEAD, column, &[&policy[0]])?;
        for (row, (place, name)) in (HEAD + 1..).zip(columns.iter()) {
            table::put(&mut grid, (row, column), &policy[*place], name.kind)?;
        }
    }
    for (row, (_, name)) in (HEAD + 1..).zip(columns.iter()) {
        grid.words(row, 0, &name.head(), &look::label())?;
    }
    let mut first = HEAD + 2 + columns.len() as u32;
    for (part, title) in [
        "Mean NPV of the policy of the row less that of the column, path by path, million USD",
        "Standard error of that difference, million USD",
    ]
    .into_iter()
    .enumerate()
    {
        grid.words(first, 0, title, &look::label())?;
        differences(&mut grid, first + 1, outcomes, part)?;
        first += outcomes.policies.len() as u32 + 3;
    }
    grid.widths(&[46.0, 14.0], rows.len() as u16 - 2)?;
    grid.sheet.set_row_height(HEAD, 48)?;
    grid.freeze(HEAD + 1, 1, HEAD)
}

/// Every policy against every other: means (`part` 0) or standard errors (1).
fn differences(grid: &mut Grid<'_>, head: u32, outcomes: &Outcomes, part: usize) -> Result<(), XlsxError> {
    let policies = &outcomes.policies;
    grid.heads(head, 0, &["Policy"])?;
    grid.sheet.set_row_height(head, 32)?;
    for (i, policy) in policies.iter().enumerate() {
        let (row, column) = (head + 1 + i as u32, 1 + i as u16);
        grid.heads(head, column, &[&policy.name])?;
        grid.words(row, 0, &policy.name, &look::label())?;
        for j in (0..policies.len()).filter(|j| *j != i) {
            let value = outcomes.differences.between(i, j)[part];
            grid.number(row, 1 + j as u16, value, Look(Kind::Millions, Role::Plain))?;
        }
    }
    Ok(())
}

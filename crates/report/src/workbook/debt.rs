//! Sheet Debt: what the policy that is best per share owes, pays and covers, month by month; the columns of `debt.csv`.

use super::Source;
use super::grid::Grid;
use super::places::DEBT;
use super::table::{self, Columns};
use crate::tables;
use rust_xlsxwriter::{Workbook, XlsxError};
use simulate::{Outcomes, PolicyOutcome};

const HEAD: u32 = 3;

/// Adds the sheet where the scenario has a capital structure.
pub(super) fn add(book: &mut Workbook, source: Source<'_>) -> Result<(), XlsxError> {
    let outcomes = source.outcomes;
    let Some(best) = best_per_share(outcomes) else { return Ok(()) };
    let mut grid = Grid::new(
        book,
        DEBT,
        &format!("Debt under {}, the best policy per share", best.name),
        "Balances at month end and flows are means over all paths, quantiles over the paths kept; coverage (DSCR) is over twelve months.",
    )?;
    let rows = tables::debt(outcomes).into_rows();
    let columns = Columns::of(&rows, &["policy", "lens"]);
    let of_best = rows.iter().skip(1).filter(|row| row.first() == Some(&best.name));
    table::fill(&mut grid, HEAD, &columns, of_best)?;
    grid.widths(&[9.0, 11.0], columns.len() as u16 - 1)?;
    grid.sheet.set_row_height(HEAD, 64)?;
    grid.sheet.set_print_fit_to_pages(2, 0).set_repeat_columns(0, 0)?;
    grid.freeze(HEAD + 1, 1, HEAD)
}

fn best_per_share(outcomes: &Outcomes) -> Option<&PolicyOutcome> {
    let value = |policy: &PolicyOutcome| Some(policy.finance.as_ref()?.value_per_share_usd.mean());
    let valued = outcomes.policies.iter().filter_map(|policy| value(policy).map(|usd| (policy, usd)));
    // Of equals the first.
    valued.rev().max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(policy, _)| policy)
}

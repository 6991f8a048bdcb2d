//! The optimal dispatch of a case, by the method that its structure allows.

use crate::case::Case;
use crate::decomposition;
use crate::error::DispatchError;
use crate::optimum::Optimum;

/// The best dispatch of `case` with all its prices known in advance.
///
/// # Errors
/// What [`Case::check`] finds, and [`DispatchError::Infeasible`] where the budgets cannot all be met.
pub fn optimal(case: &Case) -> Result<Optimum, DispatchError> {
    solve(case, None)
}

/// [`optimal`], starting from the multipliers of a similar case (USD/MWh by budget), which saves passes in a sweep.
///
/// The optimum is the same; a start of another length than the budgets is not used.
///
/// # Errors
/// As [`optimal`].
pub fn optimal_from(case: &Case, budget_usd_per_mwh: &[f64]) -> Result<Optimum, DispatchError> {
    let fits = budget_usd_per_mwh.len() == case.budgets.len();
    solve(case, fits.then_some(budget_usd_per_mwh))
}

fn solve(case: &Case, start: Option<&[f64]>) -> Result<Optimum, DispatchError> {
    case.check()?;
    match decomposition::solve(case, start) {
        Some(found) => found,
        None => Err(DispatchError::Solver { solver: "decomposition", why: "outside its structure".into() }),
    }
}

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
    case.check()?;
    match decomposition::solve(case, None) {
        Some(found) => found,
        None => Err(DispatchError::Solver { solver: "decomposition", why: "outside its structure".into() }),
    }
}

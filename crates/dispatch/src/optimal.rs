//! The optimal dispatch of a case, by the method that its structure allows.
//!
//! At most one ramped load, without reserves and restarts: the decomposition, exact. Otherwise a sparse linear program, by
//! interior point; and where loads start up, off and on states around either. The answer says which it was.

#[cfg(test)]
mod tests;

use crate::case::Case;
use crate::error::DispatchError;
use crate::optimum::Optimum;
use crate::{decomposition, interior_point, on_off};

/// Budgets beyond which the decomposition's master program takes longer than the interior point.
const MOST_BUDGETS: usize = 5_000;

/// The best dispatch of `case` with all its prices known in advance.
///
/// # Errors
/// What [`Case::check`] finds; [`DispatchError::Infeasible`] where the budgets cannot all be met; [`DispatchError::Solver`]
/// where a solver gives up.
///
/// # Example
/// ```
/// use dispatch::{Case, Load, Series, optimal};
///
/// let miner = Load {
///     name: "miner".into(),
///     capacity_it_mw: Series::Constant(10.0),
///     value_usd_per_it_mwh: Series::Constant(60.0),
///     pue: 1.0,
///     ramp_it_mw_per_hour: None,
///     restart: None,
/// };
/// let case = Case {
///     step_hours: 1.0,
///     price_usd_per_mwh: vec![40.0, 75.0, 20.0],
///     interconnect_mw: Series::Constant(12.0),
///     loads: vec![miner],
///     budgets: Vec::new(),
///     block: None,
///     reserves: Vec::new(),
/// };
/// let best = optimal(&case)?;
/// assert_eq!(best.it_mw[0], [10.0, 0.0, 10.0]);
/// assert_eq!(best.value_usd, 600.0);
/// assert_eq!(best.certificate.relative_gap, 0.0);
/// # Ok::<(), dispatch::DispatchError>(())
/// ```
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
    if case.loads.iter().any(|load| load.restart.is_some()) {
        on_off::solve(case, |case| linear(case, None))
    } else {
        linear(case, start)
    }
}

/// A case without restarts. What the decomposition cannot prove, or has too many budgets for it, goes to the interior point.
fn linear(case: &Case, start: Option<&[f64]>) -> Result<Optimum, DispatchError> {
    if case.budgets.len() > MOST_BUDGETS {
        return interior_point::solve(case);
    }
    match decomposition::solve(case, start) {
        None | Some(Err(DispatchError::Solver { .. })) => interior_point::solve(case),
        Some(found) => found,
    }
}

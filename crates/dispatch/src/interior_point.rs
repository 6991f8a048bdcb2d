//! Dispatch as one sparse linear program, by an interior point method: any case without restarts.
//!
//! Capacities, the interconnect, ramps both ways, limits of reserves and budgets are rows; the solver's duals become the
//! [`Multipliers`], and its dispatch is moved into its limits by `polish`. The certificate then judges both anew, so
//! nothing rests on the solver's own tolerances, and budgets count as impossible only where multipliers prove it.
//! Source: the solver is Clarabel; Goulart, Chen, "Clarabel: an interior-point solver for conic programs with
//! quadratic objectives", 2024.

mod model;
mod polish;
#[cfg(test)]
mod tests;

use crate::case::{Case, Load, Series, Side};
use crate::certificate::{Certificate, budget_mwh, energy_it_mwh, value_usd};
use crate::error::{DispatchError, Infeasibility, Shortfall};
use crate::optimum::{Effort, Method, Multipliers, Optimum};
use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, ZeroConeT};
use model::Model;

/// Tolerance asked of the solver: duality gap and residuals, as shares.
const TOLERANCE: f64 = 1e-11;
/// Largest relative gap with which a dispatch is returned.
const LARGEST_GAP: f64 = 1e-6;
/// Gap below which a dispatch is returned whatever its value, as a share of what all loads at capacity gain or lose.
const NO_GAP_SHARE: f64 = 1e-9;
/// Largest violation of a budget, as a share of its size, with which a dispatch is returned.
const LARGEST_BUDGET_SHARE: f64 = 1e-6;
/// Share of a budget's size below which a shortfall is rounding.
const NO_SHORTFALL_SHARE: f64 = 1e-9;

/// The best dispatch of a checked case; restarts are left out.
///
/// Every limit of a step and every ramp holds to rounding. Budgets hold to about 1e-9 of their size: where no load can
/// move alone (a ramp of 0, budgets that leave nothing free), what the solver left over remains, and the certificate
/// says how much.
///
/// # Errors
/// [`DispatchError::Infeasible`] with the split of the least summed shortfall where multipliers prove one, and
/// [`DispatchError::Solver`] where the solver stops with a gap above 1e-6 or a budget missed by more than 1e-6 of its size.
pub(crate) fn solve(case: &Case) -> Result<Optimum, DispatchError> {
    let answer = Answer::of(case, false);
    let optimum = answer.optimum(case);
    let certificate = &optimum.certificate;
    // Written so that a value that is not a number fails.
    let gap_usd = (certificate.dual_usd - certificate.primal_usd).abs();
    let close = certificate.relative_gap.abs() <= LARGEST_GAP || gap_usd <= NO_GAP_SHARE * size_usd(case);
    let met = certificate.worst_budget_share <= NO_SHORTFALL_SHARE;
    if close && met {
        return Ok(optimum);
    }
    if !met && let Some(infeasibility) = infeasibility(case) {
        return Err(DispatchError::Infeasible(infeasibility));
    }
    if close && certificate.worst_budget_share <= LARGEST_BUDGET_SHARE {
        return Ok(optimum);
    }
    let why = format!(
        "status {:?} after {} iterations; gap {:e}, worst budget missed by {:e} of its size",
        answer.status, answer.iterations, certificate.relative_gap, certificate.worst_budget_share
    );
    Err(DispatchError::Solver { solver: "interior point method", why })
}

/// What all loads at capacity gain or lose hour by hour, USD.
fn size_usd(case: &Case) -> f64 {
    let of_step = |load: &Load, t: usize| {
        let margin = load.value_usd_per_it_mwh.at(t) - load.pue * case.price_usd_per_mwh[t];
        case.step_hours * load.capacity_it_mw.at(t) * margin.abs()
    };
    case.loads.iter().map(|load| (0..case.steps()).map(|t| of_step(load, t)).sum::<f64>()).sum()
}

/// What the solver returned, in MW and USD.
struct Answer {
    status: SolverStatus,
    iterations: usize,
    it_mw: Vec<Vec<f64>>,
    reserve_mw: Vec<Vec<Vec<f64>>>,
    multipliers: Multipliers,
}

impl Answer {
    fn of(case: &Case, elastic: bool) -> Self {
        let model = Model::new(case, elastic);
        let (status, iterations, primal, dual) = run(&model);
        let (mut it_mw, mut reserve_mw) = model.dispatch(&primal);
        let mut multipliers = model.multipliers(case, &dual);
        if case.loads.is_empty() {
            // Prices of energy that no load can give bound nothing.
            multipliers.budget_usd_per_mwh.fill(0.0);
        }
        polish::price_closed_reserves(case, model.least_mw(), &mut multipliers);
        let margins = polish::margins_usd_per_mwh(case, &mut multipliers);
        polish::onto_bounds(case, &margins, &mut it_mw);
        polish::into_limits(case, &mut it_mw, &mut reserve_mw);
        polish::into_budgets(case, &margins, &mut it_mw, &reserve_mw);
        Self { status, iterations, it_mw, reserve_mw, multipliers }
    }

    fn optimum(&self, case: &Case) -> Optimum {
        let (it_mw, reserve_mw) = (&self.it_mw, &self.reserve_mw);
        let primal_usd = value_usd(case, it_mw, reserve_mw);
        let (multipliers, dual_usd) = polish::best_bound(case, &self.multipliers);
        let steps = 0..case.steps();
        let energy = |k| energy_it_mwh(case, it_mw, reserve_mw, k, steps.clone());
        Optimum {
            method: Method::InteriorPoint,
            value_usd: primal_usd,
            block_value_usd: case.block_value_usd(),
            energy_it_mwh: (0..case.loads.len()).map(energy).collect(),
            certificate: Certificate::new(case, (dual_usd, primal_usd), it_mw, reserve_mw),
            multipliers: Some(multipliers),
            effort: Effort { passes: self.iterations, ..Effort::default() },
            it_mw: it_mw.clone(),
            reserve_mw: reserve_mw.clone(),
        }
    }
}

/// Status, iterations, and the primal and dual solution of a program.
fn run(model: &Model) -> (SolverStatus, usize, Vec<f64>, Vec<f64>) {
    let variables = model.cost.len();
    if variables == 0 {
        let rows = model.limits.len() + model.equalities.len();
        return (SolverStatus::Solved, 0, Vec::new(), vec![0.0; rows]);
    }
    let rows = || model.limits.iter().chain(&model.equalities);
    let (mut places, mut columns, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (row, _)) in rows().enumerate() {
        for &(column, value) in row {
            places.push(place);
            columns.push(column);
            values.push(value);
        }
    }
    let right: Vec<f64> = rows().map(|(_, right)| *right).collect();
    let matrix = CscMatrix::new_from_triplets(right.len(), variables, places, columns, values);
    let cones = [NonnegativeConeT(model.limits.len()), ZeroConeT(model.equalities.len())];
    let settings = DefaultSettings {
        verbose: false,
        max_threads: 1,
        tol_gap_abs: TOLERANCE,
        tol_gap_rel: TOLERANCE,
        tol_feas: TOLERANCE,
        ..DefaultSettings::default()
    };
    let quadratic = CscMatrix::zeros((variables, variables));
    let mut solver = DefaultSolver::new(&quadratic, &model.cost, &matrix, &right, &cones, settings)
        .expect("a program of matching dimensions");
    solver.solve();
    let solution = solver.solution;
    (solution.status, solution.iterations as usize, solution.x, solution.z)
}

/// The dispatch that misses the budgets by the least sum, where multipliers prove that none meets them.
///
/// With all margins at 0, a dispatch that meets the budgets earns 0; multipliers that bound it below 0 are the proof.
fn infeasibility(case: &Case) -> Option<Infeasibility> {
    let mut idle = case.clone();
    idle.price_usd_per_mwh.fill(0.0);
    idle.block = None;
    idle.loads.iter_mut().for_each(|load| load.value_usd_per_it_mwh = Series::Constant(0.0));
    idle.reserves.iter_mut().for_each(|reserve| reserve.price_usd_per_mw_h = Series::Constant(0.0));
    let answer = Answer::of(&idle, true);
    let mut shortfalls = Vec::new();
    let mut rounding_mwh = 0.0;
    for (place, budget) in case.budgets.iter().enumerate() {
        let mwh = budget_mwh(&idle, budget, &answer.it_mw, &answer.reserve_mw);
        let missing = budget.side == Side::AtLeast;
        let short = if missing { budget.mwh - mwh } else { mwh - budget.mwh };
        let size_mwh = budget.mwh.abs().max(1.0);
        rounding_mwh += NO_SHORTFALL_SHARE * size_mwh;
        if short > NO_SHORTFALL_SHARE * size_mwh {
            let name = budget.name.clone();
            shortfalls.push(Shortfall { budget: place, name, mwh: short, of_mwh: budget.mwh, missing });
        }
    }
    // Without loads there is nothing to bound: the shortfall is what the budgets ask.
    let proven = case.loads.is_empty() || -polish::best_bound(&idle, &answer.multipliers).1 > rounding_mwh;
    (proven && !shortfalls.is_empty()).then_some(Infeasibility { shortfalls })
}

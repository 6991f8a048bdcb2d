//! The computed policy: backward induction over the conversion problem, compressed so that many paths can follow it.
//!
//! Per stage and state the continuation value is fitted on the grid by a polynomial of total degree [`DEGREE`] in the two
//! grid coordinates, weighted by where paths go; a path then needs a few dozen coefficients instead of the grid.

use crate::backward::{Observer, solve};
use crate::conversion::{ExpectedGains, FactorFit};
use crate::gains::{ContractValues, hall_kinds};
use crate::kernel::{BLOCK, Kernel};
use crate::plan::PlanningModel;
use crate::policy::{Policy, View, most_valuable};
use crate::states::{HallLine, StateGraph, TooManyStates};
use market::Market;
use nalgebra::{DMatrix, DVector};
use site::{Campus, Decision};
use thiserror::Error;

/// Total degree of the fitted polynomials.
pub const DEGREE: usize = 6;
const N_TERMS: usize = (DEGREE + 1) * (DEGREE + 2) / 2;

/// Why a plan cannot be computed.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum DpError {
    /// The state space is too large.
    #[error(transparent)]
    TooManyStates(#[from] TooManyStates),
    /// Power is replayed, so there is no law to plan against.
    #[error(
        "dp and myopic-npv value mining against modelled power; a replayed power price has no expectation"
    )]
    ReplayedPower,
    /// Power or Bitcoin is replayed, so that other paths of the market would show what is to come.
    #[error(
        "lsmc is fitted to other paths of the market; where prices are replayed they are the path that is to come"
    )]
    ReplayedPath,
}

/// How finely the plan is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DpSettings {
    /// Grid spacing in monthly noise deviations, 0.5 to 1.5; 1.25 costs nothing visible here because offers smooth the kink.
    pub grid_spacing: f64,
    /// Pilot paths on which the hashprice factor is fitted.
    pub pilot_paths: u64,
}

impl Default for DpSettings {
    fn default() -> Self {
        Self { grid_spacing: 1.25, pilot_paths: 512 }
    }
}

/// The computed plan of a scenario.
#[derive(Debug)]
pub struct Dp {
    market: Market,
    fit: FactorFit,
    graph: StateGraph,
    contracts: Vec<ContractValues>,
    gains: ExpectedGains,
    axis1: Vec<f64>,
    reach: [f64; 2],
    /// Scale of the coordinates by stage.
    scales: Vec<[f64; 2]>,
    /// Coefficients by stage, then `[n_states, N_TERMS]` row-major.
    coefficients: Vec<Vec<f64>>,
}

/// The line of halls of a campus under a market's offers.
#[must_use]
pub fn hall_line(campus: &Campus, market: &Market) -> HallLine {
    let committed: f64 =
        campus.halls.iter().filter(|h| h.opening.is_committed()).map(|h| h.gross.get()).sum();
    HallLine {
        gross_mw: campus.halls.iter().filter(|h| !h.opening.is_committed()).map(|h| h.gross.get()).collect(),
        kind: hall_kinds(campus).0,
        lead_months: campus.conversion.lead_months,
        max_under_construction_mw: campus.conversion.max_under_construction.get(),
        max_committed_mw: campus.firm.get() - committed,
        offer_sizes_mw: market.offers.sizes_gross_mw.iter().map(|(mw, _)| *mw).collect(),
    }
}

/// Contract values of each kind of hall.
#[must_use]
pub fn contract_values(campus: &Campus, market: &Market) -> Vec<ContractValues> {
    let hours: Vec<f64> = (0..market.calendar.n_months()).map(|m| market.calendar.hours(m) as f64).collect();
    hall_kinds(campus).1.iter().map(|&i| ContractValues::new(campus, &campus.halls[i], &hours)).collect()
}

impl Dp {
    /// Computes the plan.
    ///
    /// # Errors
    /// [`DpError`] when the state space is too large or power is replayed.
    pub fn new(campus: &Campus, market: &Market, settings: DpSettings) -> Result<Self, DpError> {
        Ok(Self::solve(PlanningModel::new(campus, market, settings)?))
    }

    /// Solves a planning model.
    #[must_use]
    pub fn solve(model: PlanningModel) -> Self {
        let PlanningModel { market, fit, kernel, graph, contracts, gains, stages } = model;
        let fitter = Fitter::new(&kernel, stages.len() as u32);
        // Gains are in money of the first opening already, so stages are not discounted again.
        let (_, kept) = solve(&kernel, &graph, 1.0, &stages, &fitter, kernel.origin());
        let coefficients = kept.into_iter().map(|blocks| blocks.into_iter().flatten().collect()).collect();
        let reach = [kernel.axis1[kernel.axis1.len() - 1], kernel.axis2[kernel.axis2.len() - 1]];
        let scales = fitter.scales;
        let axis1 = kernel.axis1;
        Self { market, fit, graph, contracts, gains, axis1, reach, scales, coefficients }
    }

    fn continuation(&self, stage: usize, state: usize, terms: &[f64; N_TERMS]) -> f64 {
        let coefficients = &self.coefficients[stage][state * N_TERMS..][..N_TERMS];
        coefficients.iter().zip(terms).map(|(c, t)| c * t).sum()
    }

    /// What waiting and each number of starts are worth at a view, USD; the gain of hosting plus what is left to gain.
    fn alternatives(&self, view: &View<'_>, rent: f64, most: usize) -> Option<Vec<f64>> {
        let t = view.state.month as usize;
        let state = self.graph.state_at(view)?;
        let opening = view.opening;
        let z = self.fit.deviations(
            &self.market,
            t,
            opening.hashprice_usd_per_ph_day,
            opening.lease_rate_usd_per_kw_month,
        );
        let u = self.fit.factors.to_grid(z);
        let u = [0, 1].map(|i| u[i].clamp(-self.reach[i], self.reach[i]));
        let terms = terms(u, self.scales[t]);
        let mut gained = 0.0;
        let mut values = Vec::with_capacity(most + 1);
        for (starts, &next) in self.graph.moves(state).iter().enumerate().take(most + 1) {
            if starts > 0 {
                let kind = self.graph.kind_of_next(state, starts - 1);
                gained += self.contracts[kind].hosting_start[t].at(rent)
                    + self.gains.at(kind, t, &self.axis1, u[0]);
            }
            values.push(gained + self.continuation(t, next, &terms));
        }
        Some(values)
    }
}

impl Policy for Dp {
    fn decide(&self, view: &View<'_>) -> Decision {
        let most = view.limits.hosting_halls as usize;
        let (Some(offer), true) = (view.offer, most > 0) else { return Decision::WAIT };
        let Some(values) = self.alternatives(view, offer.rent.get(), most) else { return Decision::WAIT };
        Decision { hosting_halls: most_valuable(&values) as u32, gpu_halls: 0 }
    }
}

/// Powers of the scaled coordinates up to the total degree.
fn terms(u: [f64; 2], scale: [f64; 2]) -> [f64; N_TERMS] {
    let (x, y) = (u[0] / scale[0], u[1] / scale[1]);
    let mut terms = [0.0; N_TERMS];
    let mut n = 0;
    let mut xi = 1.0;
    for i in 0..=DEGREE {
        let mut term = xi;
        for _ in 0..=DEGREE - i {
            terms[n] = term;
            term *= y;
            n += 1;
        }
        xi *= x;
    }
    terms
}

/// Fits polynomials to continuation values, stage by stage.
struct Fitter<'a> {
    kernel: &'a Kernel,
    scales: Vec<[f64; 2]>,
}

/// Points that matter at a stage, and the matrix that takes their values to coefficients.
struct Projection {
    nodes: Vec<usize>,
    /// `[nodes, N_TERMS]` row-major.
    weights: Vec<f64>,
}

impl<'a> Fitter<'a> {
    fn new(kernel: &'a Kernel, n_months: u32) -> Self {
        // At the first opening there is one point only; a scale of one noise deviation keeps the fit well posed.
        let scales = (0..n_months).map(|t| kernel.factors.spread(t).map(|s| s.max(1.0))).collect();
        Self { kernel, scales }
    }
}

impl Observer for Fitter<'_> {
    type Prepared = Projection;
    /// Coefficients of the block's states, `[BLOCK, N_TERMS]` row-major.
    type Kept = Vec<f64>;

    fn prepare(&self, stage: usize) -> Projection {
        let scale = self.scales[stage];
        let n2 = self.kernel.axis2.len();
        let coordinates = |node: usize| [self.kernel.axis1[node / n2], self.kernel.axis2[node % n2]];
        let weight = |node: usize| {
            let u = coordinates(node);
            (-0.25 * ((u[0] / scale[0]).powi(2) + (u[1] / scale[1]).powi(2))).exp()
        };
        let nodes: Vec<usize> = (0..self.kernel.n_nodes()).filter(|&node| weight(node) > 1e-3).collect();
        let design = DMatrix::from_fn(nodes.len(), N_TERMS, |r, c| {
            weight(nodes[r]) * terms(coordinates(nodes[r]), scale)[c]
        });
        // Least squares by QR: coefficients = R⁻¹ Qᵀ (weights · values).
        let qr = design.qr();
        let mut projection = qr.q().transpose();
        if !qr.r().solve_upper_triangular_mut(&mut projection) {
            projection.fill(0.0);
        }
        for (column, &node) in nodes.iter().enumerate() {
            let scaled: DVector<f64> = projection.column(column) * weight(node);
            projection.set_column(column, &scaled);
        }
        Projection { weights: projection.as_slice().to_vec(), nodes }
    }

    fn keep(&self, projection: &Projection, continuation: &[f64]) -> Vec<f64> {
        let mut sums = [[0.0; BLOCK]; N_TERMS];
        for (node, weights) in projection.nodes.iter().zip(projection.weights.chunks_exact(N_TERMS)) {
            let values = &continuation[node * BLOCK..][..BLOCK];
            for (sum, w) in sums.iter_mut().zip(weights) {
                for (s, v) in sum.iter_mut().zip(values) {
                    *s += w * v;
                }
            }
        }
        (0..BLOCK).flat_map(|state| sums.iter().map(move |sum| sum[state])).collect()
    }
}

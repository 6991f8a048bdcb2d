//! The computed policy: backward induction over the conversion problem, compressed so that many paths can follow it.
//!
//! Per stage and state the continuation value is fitted on the grid by a polynomial of total degree [`DEGREE`] in the two
//! grid coordinates, weighted by where paths go; a path then needs a few dozen coefficients instead of the grid.

use crate::backward::{Observer, sweep_with_values};
use crate::conversion::{ExpectedGains, FactorFit};
use crate::gains::{ContractValues, hall_kinds};
use crate::kernel::{BLOCK, Kernel};
use crate::plan::PlanningModel;
use crate::policy::{Policy, View};
use crate::reasons::{Alternative, Reasons, best_of};
use crate::states::{HallLine, StateGraph, TooManyStates};
use market::Market;
use nalgebra::{DMatrix, DVector};
use site::{Campus, Decision, HallUse};
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
    pub(crate) market: Market,
    pub(crate) fit: FactorFit,
    pub(crate) kernel: Kernel,
    pub(crate) graph: StateGraph,
    contracts: Vec<ContractValues>,
    gains: ExpectedGains,
    /// Initial number of halls that could be converted.
    n_halls: usize,
    /// Scale of the coordinates by stage.
    scales: Vec<[f64; 2]>,
    /// Coefficients by stage, then `[n_states, N_TERMS]` row-major.
    coefficients: Vec<Vec<f64>>,
    /// The plan's own values on its grid, for the stages of trigger maps.
    pub(crate) kept_stages: Vec<KeptStage>,
}

/// Values of a stage's successors on the whole grid, for the state in which nothing has been started.
#[derive(Debug)]
pub(crate) struct KeptStage {
    pub(crate) month: u32,
    /// Value a month later by number of starts, then grid point.
    pub(crate) after_starts: Vec<Vec<f64>>,
}

/// Where halls may be started: month, discrete state, first grid coordinate, and the rent that would be signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) month: usize,
    pub(crate) state: usize,
    pub(crate) u1: f64,
    pub(crate) rent_usd_per_kw_month: f64,
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
        Self::solve_keeping(model, &[])
    }

    /// Solves a planning model and keeps what trigger maps of some months need, see [`crate::trigger_map()`].
    #[must_use]
    pub fn solve_keeping(model: PlanningModel, map_months: &[u32]) -> Self {
        let PlanningModel { market, fit, kernel, graph, contracts, gains, stages, n_halls } = model;
        let fitter = Fitter::new(&kernel, stages.len() as u32);
        let mut coefficients: Vec<Vec<f64>> = Vec::with_capacity(stages.len());
        let mut kept_stages = Vec::new();
        let n_nodes = kernel.n_nodes();
        // Gains are in money of the first opening already, so stages are not discounted again.
        sweep_with_values(&kernel, &graph, 1.0, &stages, &fitter, kernel.origin(), |t, blocks, next| {
            coefficients.push(blocks.into_iter().flatten().collect());
            if map_months.contains(&(t as u32)) {
                let of = |state: &usize| next[state * n_nodes..][..n_nodes].to_vec();
                let after_starts = graph.moves(graph.start()).iter().map(of).collect();
                kept_stages.push(KeptStage { month: t as u32, after_starts });
            }
        });
        coefficients.reverse();
        let scales = fitter.scales;
        Self { market, fit, kernel, graph, contracts, gains, n_halls, scales, coefficients, kept_stages }
    }

    fn continuation(&self, stage: usize, state: usize, terms: &[f64; N_TERMS]) -> f64 {
        let coefficients = &self.coefficients[stage][state * N_TERMS..][..N_TERMS];
        coefficients.iter().zip(terms).map(|(c, t)| c * t).sum()
    }

    /// What waiting and each number of starts up to `most` are worth, USD of the first opening; `left(starts, state)` is what is
    /// left to gain after them.
    pub(crate) fn value_starts(
        &self,
        spot: Spot,
        most: usize,
        left: impl Fn(usize, usize) -> f64,
    ) -> Vec<Alternative> {
        let Spot { month, state, u1, rent_usd_per_kw_month } = spot;
        let mut so_far = Alternative::default();
        let mut gained = 0.0;
        let mut alternatives = Vec::with_capacity(most + 1);
        for (starts, &next) in self.graph.moves(state).iter().enumerate().take(most + 1) {
            if starts > 0 {
                let kind = self.graph.kind_of_next(state, starts - 1);
                let lease = self.contracts[kind].hosting_start[month].at(rent_usd_per_kw_month);
                let [leaving, relet] = self.gains.parts_at(kind, month, &self.kernel.axis1, u1);
                gained += lease + (leaving + relet);
                so_far.lease_usd += lease;
                so_far.relet_usd += relet;
                so_far.leaving_mining_usd += leaving;
            }
            let left_to_gain_usd = left(starts, next);
            alternatives.push(Alternative {
                halls: starts as u32,
                value_usd: gained + left_to_gain_usd,
                left_to_gain_usd,
                ..so_far
            });
        }
        alternatives
    }

    /// What waiting and each number of starts are worth at a view, USD of the first opening.
    fn alternatives(&self, view: &View<'_>, rent: f64, most: usize) -> Option<Vec<Alternative>> {
        let t = view.state.month as usize;
        let mut months_left: Vec<u32> = Vec::new();
        let mut mining = 0;
        for (hall, described) in view.state.halls.iter().zip(&view.campus.halls) {
            match hall {
                HallUse::Mining => mining += 1,
                HallUse::Building { months_left: left, .. } if !described.opening.is_committed() => {
                    months_left.push(*left);
                }
                _ => {}
            }
        }
        let state = self.graph.find(self.n_halls - mining, &mut months_left)?;
        let opening = view.opening;
        let u = self.coordinates(t, opening.hashprice_usd_per_ph_day, opening.lease_rate_usd_per_kw_month);
        let reach = self.kernel.reach();
        let u = [0, 1].map(|i| u[i].clamp(-reach[i], reach[i]));
        let terms = terms(u, self.scales[t]);
        let spot = Spot { month: t, state, u1: u[0], rent_usd_per_kw_month: rent };
        Some(self.value_starts(spot, most, |_, next| self.continuation(t, next, &terms)))
    }

    /// Grid coordinates of the prices of an opening.
    pub(crate) fn coordinates(&self, month: usize, hashprice: f64, lease_rate: f64) -> [f64; 2] {
        self.fit.factors.to_grid(self.fit.deviations(&self.market, month, hashprice, lease_rate))
    }
}

impl Policy for Dp {
    fn decide(&self, view: &View<'_>) -> Decision {
        let most = view.limits.hosting_halls as usize;
        let (Some(offer), true) = (view.offer, most > 0) else { return Decision::WAIT };
        let Some(alternatives) = self.alternatives(view, offer.rent.get(), most) else {
            return Decision::WAIT;
        };
        Decision { hosting_halls: best_of(&alternatives) as u32, gpu_halls: 0 }
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        let rent = view.offer.map_or(0.0, |offer| offer.rent.get());
        let found = self.alternatives(view, rent, view.limits.hosting_halls as usize);
        let money = view.money_of_the_opening();
        let alternatives = found.unwrap_or_default().into_iter().map(|a| a.times(money)).collect();
        Reasons { alternatives, ..Reasons::default() }
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

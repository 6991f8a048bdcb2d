//! The computed policy: backward induction over the conversion problem, compressed so that many paths can follow it.
//!
//! Of the grid only the polynomials of [`crate::continuation`] are kept, so memory does not grow with the paths that follow
//! the plan.

use crate::backward::{Stage, sweep_with_values};
use crate::continuation::{Continuation, Fitter};
use crate::conversion::{ExpectedGains, FactorFit};
use crate::gains::{ContractValues, hall_kinds};
use crate::kernel::Kernel;
use crate::plan::PlanningModel;
use crate::policy::{Policy, View};
use crate::reasons::{Alternative, Reasons};
use crate::starts::{Gain, decide_by, reasons_by, value_starts};
use crate::states::{HallLine, StateGraph, TooManyStates};
use market::{Market, PowerModel, PowerSource};
use site::{Campus, Decision, LeaseOffer};
use thiserror::Error;

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
    pub(crate) market: Market,
    pub(crate) fit: FactorFit,
    pub(crate) kernel: Kernel,
    pub(crate) graph: StateGraph,
    pub(crate) contracts: Vec<ContractValues>,
    pub(crate) gains: ExpectedGains,
    pub(crate) continuation: Continuation,
    /// Probabilities of offers by size class and by rent class.
    pub(crate) size_probability: Vec<f64>,
    pub(crate) class_probability: Vec<f64>,
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
        let PlanningModel { market, fit, kernel, graph, contracts, gains, stages } = model;
        let fitter = Fitter::new(&kernel, stages.len() as u32);
        let mut kept = Vec::with_capacity(stages.len());
        let mut kept_stages = Vec::new();
        let n_nodes = kernel.n_nodes();
        // Gains are in money of the first opening already, so stages are not discounted again.
        sweep_with_values(&kernel, &graph, 1.0, &stages, &fitter, kernel.origin(), |t, blocks, next| {
            kept.push(blocks);
            if map_months.contains(&(t as u32)) {
                let of = |state: &usize| next[state * n_nodes..][..n_nodes].to_vec();
                let after_starts = graph.moves(graph.start()).iter().map(of).collect();
                kept_stages.push(KeptStage { month: t as u32, after_starts });
            }
        });
        kept.reverse();
        let continuation = Continuation::new(fitter, kept);
        let Stage { class_probability, size_probability, .. } = stages.into_iter().next().unwrap_or_default();
        Self {
            market,
            fit,
            kernel,
            graph,
            contracts,
            gains,
            continuation,
            size_probability,
            class_probability,
            kept_stages,
        }
    }

    /// The law of power, which a plan always has.
    pub(crate) fn power(&self) -> &PowerModel {
        match &self.market.power {
            PowerSource::Model(power) => power,
            PowerSource::Replay(_) => unreachable!("a planning model is refused where power is replayed"),
        }
    }

    /// Grid coordinates held to the grid.
    pub(crate) fn within_reach(&self, u: [f64; 2]) -> [f64; 2] {
        let reach = self.kernel.reach();
        [0, 1].map(|i| u[i].clamp(-reach[i], reach[i]))
    }

    /// Grid coordinates of a view's prices, held to the grid.
    pub(crate) fn grid_point(&self, view: &View<'_>) -> [f64; 2] {
        let opening = view.opening;
        let (hashprice, rent) = (opening.hashprice_usd_per_ph_day, opening.lease_rate_usd_per_kw_month);
        self.within_reach(self.coordinates(view.state.month as usize, hashprice, rent))
    }

    /// Gain of a start in month `t` of a kind of hall under a rent, USD discounted to the first opening.
    pub(crate) fn gain(&self, t: usize, kind: usize, rent: f64, u: [f64; 2]) -> f64 {
        self.contracts[kind].hosting_start[t].at(rent) + self.gains.at(kind, t, &self.kernel.axis1, u[0])
    }

    /// Gain of a start now of a kind of hall under an offer, USD discounted to the first opening.
    pub(crate) fn gain_now(&self, view: &View<'_>, offer: &LeaseOffer, kind: usize) -> f64 {
        self.gain(view.state.month as usize, kind, offer.rent.get(), self.grid_point(view))
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
        let parts = |kind: usize| {
            let lease_usd = self.contracts[kind].hosting_start[month].at(rent_usd_per_kw_month);
            let [leaving_mining_usd, relet_usd] = self.gains.parts_at(kind, month, &self.kernel.axis1, u1);
            Gain { lease_usd, leaving_mining_usd, relet_usd }
        };
        value_starts(&self.graph, state, most, parts, left)
    }

    /// What waiting and each number of starts are worth at a view, USD of the first opening.
    fn alternatives(&self, view: &View<'_>, rent: f64, most: usize) -> Option<Vec<Alternative>> {
        let t = view.state.month as usize;
        let state = self.graph.state_of(view.campus, view.state)?;
        let u = self.grid_point(view);
        let terms = self.continuation.terms(t, self.fit.factors.step(u, [0.0, 0.0]));
        let spot = Spot { month: t, state, u1: u[0], rent_usd_per_kw_month: rent };
        Some(self.value_starts(spot, most, |_, next| self.continuation.value(t, next, &terms)))
    }

    /// Grid coordinates of the prices of an opening.
    pub(crate) fn coordinates(&self, month: usize, hashprice: f64, lease_rate: f64) -> [f64; 2] {
        self.fit.factors.to_grid(self.fit.deviations(&self.market, month, hashprice, lease_rate))
    }
}

impl Policy for Dp {
    fn decide(&self, view: &View<'_>) -> Decision {
        decide_by(view, |rent, most| self.alternatives(view, rent, most))
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        reasons_by(view, |rent, most| self.alternatives(view, rent, most))
    }
}

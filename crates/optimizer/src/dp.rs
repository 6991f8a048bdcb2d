//! The computed policy: backward induction over the conversion problem, compressed so that many paths can follow it.
//!
//! Of the grid only the polynomials of [`crate::continuation`] are kept, so memory does not grow with the paths that follow
//! the plan.

use crate::backward::{Stage, solve};
use crate::continuation::{Continuation, Fitter};
use crate::conversion::{ExpectedGains, FactorFit};
use crate::gains::{ContractValues, hall_kinds};
use crate::plan::PlanningModel;
use crate::policy::{Policy, View};
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
    pub(crate) graph: StateGraph,
    pub(crate) contracts: Vec<ContractValues>,
    pub(crate) gains: ExpectedGains,
    pub(crate) axis1: Vec<f64>,
    reach: [f64; 2],
    pub(crate) continuation: Continuation,
    /// Probabilities of offers by size class and by rent class.
    pub(crate) size_probability: Vec<f64>,
    pub(crate) class_probability: Vec<f64>,
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
        let continuation = Continuation::new(fitter, kept);
        let reach = [kernel.axis1[kernel.axis1.len() - 1], kernel.axis2[kernel.axis2.len() - 1]];
        let axis1 = kernel.axis1;
        let Stage { class_probability, size_probability, .. } = stages.into_iter().next().unwrap_or_default();
        Self {
            market,
            fit,
            graph,
            contracts,
            gains,
            axis1,
            reach,
            continuation,
            size_probability,
            class_probability,
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
        [0, 1].map(|i| u[i].clamp(-self.reach[i], self.reach[i]))
    }

    /// Grid coordinates of a view's prices.
    pub(crate) fn grid_point(&self, view: &View<'_>) -> [f64; 2] {
        let (opening, t) = (view.opening, view.state.month as usize);
        let z = self.fit.deviations(
            &self.market,
            t,
            opening.hashprice_usd_per_ph_day,
            opening.lease_rate_usd_per_kw_month,
        );
        self.within_reach(self.fit.factors.to_grid(z))
    }

    /// Gain of a start in month `t` of a kind of hall under a rent, USD discounted to the first opening.
    pub(crate) fn gain(&self, t: usize, kind: usize, rent: f64, u: [f64; 2]) -> f64 {
        self.contracts[kind].hosting_start[t].at(rent) + self.gains.at(kind, t, &self.axis1, u[0])
    }

    /// Gain of a start now of a kind of hall under an offer, USD discounted to the first opening.
    pub(crate) fn gain_now(&self, view: &View<'_>, offer: &LeaseOffer, kind: usize) -> f64 {
        self.gain(view.state.month as usize, kind, offer.rent.get(), self.grid_point(view))
    }

    /// What waiting and each number of starts are worth at a view, USD; the gain of hosting plus what is left to gain.
    fn alternatives(&self, view: &View<'_>, rent: f64, most: usize) -> Option<Vec<f64>> {
        let t = view.state.month as usize;
        let state = self.graph.state_of(view.campus, view.state)?;
        let u = self.grid_point(view);
        let terms = self.continuation.terms(t, self.fit.factors.step(u, [0.0, 0.0]));
        let mut gained = 0.0;
        let mut values = Vec::with_capacity(most + 1);
        for (starts, &next) in self.graph.moves(state).iter().enumerate().take(most + 1) {
            if starts > 0 {
                gained += self.gain(t, self.graph.kind_of_next(state, starts - 1), rent, u);
            }
            values.push(gained + self.continuation.value(t, next, &terms));
        }
        Some(values)
    }
}

impl Policy for Dp {
    fn decide(&self, view: &View<'_>) -> Decision {
        let most = view.limits.hosting_halls as usize;
        let (Some(offer), true) = (view.offer, most > 0) else { return Decision::WAIT };
        let Some(values) = self.alternatives(view, offer.rent.get(), most) else { return Decision::WAIT };
        let mut best = 0;
        for (starts, value) in values.iter().enumerate() {
            if *value > values[best] {
                best = starts;
            }
        }
        Decision { hosting_halls: best as u32, gpu_halls: 0 }
    }
}

//! The computed policy by regression Monte Carlo: the halls' states are listed, the market is regressed.
//!
//! Fitted on paths of the scenario's whole market under another seed, so nothing of the valued paths is seen and nothing of the market
//! is left out but own GPUs and a contest for the interconnect. Backwards over the months, on every fit path at once:
//! `W_t(x) = Σ_o P_o · max_{c ≤ c_o(x)} { Σ_{i<c} (lease_t(o, hall_i) + L_t(hall_i)) + C_t(x_c) }`, `W_T = 0`,
//! where offers are taken in expectation at the path's own market rent. The lease is known at signing. What else a start changes
//! (`L`: machines sold, mining given up, later leases) and the continuation (`C`: the next month's `W`) are least-squares
//! projections on polynomials of what is known at the opening. `W` comes out of the fitted `C`, not out of sums along a path,
//! which are noisier. Money is that of the first opening, so stages are not discounted again.
//! Source: Tsitsiklis and Van Roy (2001); Longstaff and Schwartz (2001) for the projection.

mod basis;
mod fit_paths;

use crate::backward::{Stage, best_starts};
use crate::conversion::offer_probabilities;
use crate::dp::{DpError, contract_values, hall_line};
use crate::gains::ContractValues;
use crate::policy::{Policy, View};
use crate::reasons::{Alternative, Reasons};
use crate::starts::{Gain, decide_by, reasons_by, value_starts};
use crate::states::{MAX_DP_STATES, StateGraph};
use basis::{Basis, Regression, dot};
use fit_paths::{FitPaths, features};
use market::{BitcoinSource, Market, PowerSource};
use rayon::prelude::*;
use site::{Campus, Decision};

pub use fit_paths::FIT_SEED;

/// States whose continuation values are regressed together.
const BLOCK: usize = 16;

/// How the regression is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LsmcSettings {
    /// Paths of the fit, at least 1. More of them pay where a higher degree does not.
    pub fit_paths: u64,
    /// Total degree of the polynomials, 1 to 4.
    pub degree: u32,
}

impl Default for LsmcSettings {
    fn default() -> Self {
        Self { fit_paths: 2_000, degree: 2 }
    }
}

/// The fitted plan of a scenario.
#[derive(Debug)]
pub struct Lsmc {
    graph: StateGraph,
    contracts: Vec<ContractValues>,
    /// What is left of each month's regression.
    months: Vec<FittedMonth>,
    in_sample_usd: f64,
}

/// Coefficients of one month.
#[derive(Debug)]
struct FittedMonth {
    basis: Basis,
    /// What a start changes besides its lease, `[n_kinds, n_terms]` row-major.
    leaving: Vec<f64>,
    /// Continuation values, `[n_states, n_terms]` row-major.
    continuation: Vec<f64>,
}

impl Lsmc {
    /// Fits the plan. Memory is about `16 · states · fit_paths` bytes while it works.
    ///
    /// # Errors
    /// [`DpError`] when there are too many states, or where power or Bitcoin is replayed: there the fit would see what is to come.
    pub fn new(campus: &Campus, market: &Market, settings: LsmcSettings) -> Result<Self, DpError> {
        let replayed = matches!(market.power, PowerSource::Replay(_))
            || matches!(market.bitcoin, BitcoinSource::Replay(_));
        if replayed {
            return Err(DpError::ReplayedPath);
        }
        let graph = StateGraph::new(hall_line(campus, market), MAX_DP_STATES)?;
        let contracts = contract_values(campus, market);
        let paths = FitPaths::walk(campus, market, &contracts, settings.fit_paths.max(1));
        let mut plan = Self { graph, contracts, months: Vec::new(), in_sample_usd: 0.0 };
        plan.sweep(market, &paths, settings.degree);
        Ok(plan)
    }

    /// Mean value over mining for ever on the paths of the fit, USD discounted to the first opening. Biased, and no bound of anything: the
    /// plan has seen these paths.
    #[must_use]
    pub fn in_sample_value_usd(&self) -> f64 {
        self.in_sample_usd
    }

    /// Backwards over the months; values by state, then path.
    fn sweep(&mut self, market: &Market, paths: &FitPaths, degree: u32) {
        let n_paths = paths.n_paths();
        let mut value = vec![0.0; self.graph.n_states() * n_paths];
        let mut continuation = value.clone();
        for (t, month) in paths.months.iter().enumerate().rev() {
            let regression = Regression::new(&month.features, degree);
            let coefficients: Vec<Vec<f64>> = continuation
                .par_chunks_mut(BLOCK * n_paths)
                .zip(value.par_chunks(BLOCK * n_paths))
                .map(|(fitted, from)| regression.project(from, fitted))
                .collect();
            let mut leaving_fitted = vec![0.0; month.leaving_usd.len()];
            let leaving = regression.project(&month.leaving_usd, &mut leaving_fitted);
            let stage = self.stage(market, t, &month.market_rent, &leaving_fitted);
            value.par_chunks_mut(n_paths).enumerate().for_each(|(x, out)| {
                best_starts(&self.graph, &stage, 1.0, &continuation, n_paths, x, out);
            });
            let continuation = coefficients.concat();
            self.months.push(FittedMonth { basis: regression.basis, leaving, continuation });
        }
        self.months.reverse();
        let at_start = &value[self.graph.start() * n_paths..][..n_paths];
        self.in_sample_usd = at_start.iter().sum::<f64>() / n_paths as f64;
    }

    /// Gains of a start on every fit path, which stand where the backward induction on a grid has its points.
    fn stage(&self, market: &Market, t: usize, market_rent: &[f64], leaving: &[f64]) -> Stage {
        let n_paths = market_rent.len();
        let mut gain = Vec::with_capacity(market.offers.log_spreads.len() * leaving.len());
        for (spread, _) in &market.offers.log_spreads {
            for (contract, leaving) in self.contracts.iter().zip(leaving.chunks_exact(n_paths)) {
                let start = contract.hosting_start[t];
                let of_path = |(rent, leaving): (&f64, &f64)| start.at(rent * spread.exp()) + leaving;
                gain.extend(market_rent.iter().zip(leaving).map(of_path));
            }
        }
        let (class_probability, size_probability) = offer_probabilities(&market.offers);
        Stage { gain, class_probability, size_probability }
    }

    /// What waiting and each number of starts are worth at a view, USD of the first opening. Later leases are not told apart
    /// from the mining given up: one regression holds both.
    fn alternatives(&self, view: &View<'_>, rent: f64, most: usize) -> Option<Vec<Alternative>> {
        let t = view.state.month as usize;
        let state = self.graph.state_of(view.campus, view.state)?;
        let month = self.months.get(t)?;
        let terms = month.basis.terms(&features(view.opening));
        let of = |table: &[f64], row: usize| dot(&table[row * terms.len()..][..terms.len()], &terms);
        let gain = |kind: usize| Gain {
            lease_usd: self.contracts[kind].hosting_start[t].at(rent),
            leaving_mining_usd: of(&month.leaving, kind),
            relet_usd: 0.0,
        };
        Some(value_starts(&self.graph, state, most, gain, |_, next| of(&month.continuation, next)))
    }
}

impl Policy for Lsmc {
    fn decide(&self, view: &View<'_>) -> Decision {
        decide_by(view, |rent, most| self.alternatives(view, rent, most))
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        reasons_by(view, |rent, most| self.alternatives(view, rent, most))
    }

    fn remark(&self) -> Option<String> {
        let millions = self.in_sample_usd / 1e6;
        Some(format!(
            "its value on the paths that it was fitted to, {millions:.1} million USD over all-mining, is in-sample: biased, and no bound"
        ))
    }
}

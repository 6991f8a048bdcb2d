//! The planning model: the two factors, gains and offers that the computed policy plans on, and how good any policy can be within it.
//!
//! Factor 1 is log hashprice about its expected path, factor 2 the log deviation of the lease rate; power enters by its expected strip. Within
//! this model the plan's value and an upper bound on every policy's value stand side by side, on paths of the model's own that
//! played no part in the plan. What the full market adds (power level, jumps, luck of blocks) is outside it.

use crate::backward::Stage;
use crate::bound::{BoundPaths, Bounds, bounds};
use crate::conversion::{ExpectedGains, FactorFit, fit_factors};
use crate::dp::{DpError, DpSettings, contract_values, hall_line};
use crate::gains::{ContractValues, hall_kinds};
use crate::kernel::Kernel;
use crate::states::{MAX_DP_STATES, StateGraph};
use market::Market;
use site::Campus;

/// A campus and its market as the computed policy sees them.
#[derive(Debug)]
pub struct PlanningModel {
    pub(crate) market: Market,
    pub(crate) fit: FactorFit,
    pub(crate) kernel: Kernel,
    pub(crate) graph: StateGraph,
    pub(crate) contracts: Vec<ContractValues>,
    pub(crate) gains: ExpectedGains,
    pub(crate) stages: Vec<Stage>,
}

impl PlanningModel {
    /// Fits the factors and values every start.
    ///
    /// # Errors
    /// [`DpError`] when the state space is too large or power is replayed.
    pub fn new(campus: &Campus, market: &Market, settings: DpSettings) -> Result<Self, DpError> {
        let graph = StateGraph::new(hall_line(campus, market), MAX_DP_STATES)?;
        let fit = fit_factors(market, settings.pilot_paths);
        let n_months = market.calendar.n_months() as u32;
        let kernel = Kernel::for_horizon(fit.factors, settings.grid_spacing, n_months);
        let contracts = contract_values(campus, market);
        let examples = hall_kinds(campus).1;
        let kinds: Vec<_> = examples.iter().map(|&i| &campus.halls[i]).zip(&contracts).collect();
        let gains =
            ExpectedGains::new(campus, market, &fit, &kernel, &kinds).ok_or(DpError::ReplayedPower)?;
        let stages = gains.stages(market, &kernel, &contracts);
        Ok(Self { market: market.clone(), fit, kernel, graph, contracts, gains, stages })
    }

    /// Value of the plan over mining for ever, and what no policy can exceed, on `n_pairs` antithetic pairs of the model's paths,
    /// USD discounted to the first opening. Memory is about `2 · n_pairs · states · 40` bytes.
    #[must_use]
    pub fn bounds(&self, seed: u64, n_pairs: usize) -> Bounds {
        let paths = BoundPaths::antithetic(seed, n_pairs, &self.stages);
        let rate = &self.market.lease_rate;
        let gains_at = |t: usize, z: [f64; 2], out: &mut [f64]| {
            let u1 = self.fit.factors.to_grid(z)[0];
            let market_rent = rate.rate_at(t as u32, rate.expected_deviation(t as u32) + z[1]);
            let spreads = &self.market.offers.log_spreads;
            for ((spread, _), row) in spreads.iter().zip(out.chunks_mut(self.contracts.len())) {
                for (kind, (gain, contract)) in row.iter_mut().zip(&self.contracts).enumerate() {
                    let leaving = self.gains.at(kind, t, &self.kernel.axis1, u1);
                    *gain = contract.hosting_start[t].at(market_rent * spread.exp()) + leaving;
                }
            }
        };
        bounds(&self.kernel, &self.graph, 1.0, &self.stages, &gains_at, &paths)
    }
}

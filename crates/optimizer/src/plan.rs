//! The planning model: the two factors, gains and offers that the computed policy plans on.
//!
//! Factor 1 is log hashprice about its expected path, factor 2 the log deviation of the lease rate; power enters by its expected strip.
//! Within this model [`crate::plan_path`] holds every policy against an upper bound on paths of the model's own that played no part
//! in the plan. What the full market adds (power level, jumps, luck of blocks) is outside it.

use crate::backward::Stage;
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
}

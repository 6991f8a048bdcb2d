//! What the optimal dispatch of a case returns.

use crate::certificate::Certificate;

/// The method that found a dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Multipliers on budgets, merit order, and a concave value function across ramps: exact.
    Decomposition,
    /// Interior point on the sparse linear program.
    InteriorPoint,
    /// Off and on states by dynamic programming around a linear program: feasible, with a gap.
    OnOff,
}

/// Prices of the constraints at the optimum.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Multipliers {
    /// Value lost per MWh by which a budget is tightened, USD/MWh, by budget, at least 0.
    pub budget_usd_per_mwh: Vec<f64>,
    /// Value of one more MW of interconnect in the step, USD/MW, at least 0 (budgets held in MWh of load).
    pub interconnect_usd_per_mw: Vec<f64>,
    /// Price of a change between steps `t − 1` and `t`, USD per IT MW, `[load][t]`; positive where rising is limited,
    /// negative where falling is; empty for loads without a ramp. Entry 0 is 0.
    pub ramp_usd_per_it_mw: Vec<Vec<f64>>,
    /// Value of one more MW of a reserve's limit in the step, USD/MW, `[reserve][t]`; empty where there is no limit.
    pub reserve_usd_per_mw: Vec<Vec<f64>>,
}

/// How much work the answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// Passes over the steps, or iterations of the interior point.
    pub passes: usize,
    /// Pivots of the master program.
    pub pivots: usize,
    /// Blocks joined because their mix broke a ramp between them.
    pub merges: usize,
}

/// The best dispatch of a case, with its certificate.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// How it was found.
    pub method: Method,
    /// Running load at the machines, IT MW, `[load][step]`.
    pub it_mw: Vec<Vec<f64>>,
    /// Reserves sold, MW at the meter, `[reserve][place in its list of loads][step]`.
    pub reserve_mw: Vec<Vec<Vec<f64>>>,
    /// Value of the dispatch with the fixed-price block and reserves, less restarts, USD.
    pub value_usd: f64,
    /// The part of the value that is the block's: the same whatever the dispatch, USD.
    pub block_value_usd: f64,
    /// Energy served by load at the machines (calls of reserves taken off), IT MWh.
    pub energy_it_mwh: Vec<f64>,
    /// Prices of the constraints; none are claimed where restarts make the problem not convex.
    pub multipliers: Option<Multipliers>,
    /// Dual and primal value, the gap between them, and the largest violation.
    pub certificate: Certificate,
    /// Work done.
    pub effort: Effort,
}

//! What a month of operations hands to the money.

/// One month of operations and the prices that the money looks at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Operations {
    /// Months since the first opening.
    pub month: u32,
    /// Rent and GPU-hours sold, USD.
    pub ai_revenue_usd: f64,
    /// Cost of serving tenants and GPUs, power and service credits included, USD.
    pub ai_cost_usd: f64,
    /// Paid by a guarantor for tenants that failed, USD.
    pub termination_fees_usd: f64,
    /// Conversions, USD.
    pub conversion_capex_usd: f64,
    /// GPUs bought, USD.
    pub gpu_capex_usd: f64,
    /// Mining revenue after pool fee, USD.
    pub mining_revenue_usd: f64,
    /// Power and operation of mining, USD.
    pub mining_cost_usd: f64,
    /// Gain of the fixed-price power block, USD, and mining machines sold.
    pub other_income_usd: f64,
    /// General and administrative cost, USD.
    pub overhead_usd: f64,
    /// Price of a bitcoin, USD.
    pub btc_price_usd: f64,
    /// Standard normal innovation of the share price.
    pub share_shock: f64,
    /// Uniform draw for a change of control.
    pub change_of_control: f64,
    /// Net operating income of leases in force, USD a year.
    pub contracted_noi_usd_per_year: f64,
    /// Net operating income of leases signed and not delivered, USD a year.
    pub pipeline_noi_usd_per_year: f64,
    /// What conversions under way still cost after this month, USD.
    pub capex_left_usd: f64,
    /// Cost of the conversions delivered this month, USD.
    pub conversions_placed_usd: f64,
    /// Tenants that fail this month, bit `i` for tenant `i`.
    pub failing_tenants: u32,
}

impl Operations {
    /// Revenue of the AI business less its cost, USD: what serves the project's debt.
    #[must_use]
    pub fn ai_income_usd(&self) -> f64 {
        self.ai_revenue_usd - self.ai_cost_usd
    }

    /// Mining revenue less its cost, USD.
    #[must_use]
    pub fn mining_margin_usd(&self) -> f64 {
        self.mining_revenue_usd - self.mining_cost_usd
    }

    /// Conversions and GPUs, USD.
    #[must_use]
    pub fn capex_usd(&self) -> f64 {
        self.conversion_capex_usd + self.gpu_capex_usd
    }

    /// What operations and construction leave, USD.
    #[must_use]
    pub fn net_usd(&self) -> f64 {
        self.ai_income_usd() + self.termination_fees_usd + self.mining_margin_usd() + self.other_income_usd
            - self.overhead_usd
            - self.capex_usd()
    }
}

//! What a share trades at, month by month.
//!
//! Either the value of equity as the company stands, scaled so that the first month's is the opening price:
//! `mining multiple · (margin − overhead of twelve months) + contracted income / cap rate + weight · (signed income / cap rate
//! − cost left) + cash and bitcoin − debt`, over diluted shares; or a process of its own,
//! `Δln S = (g − ½σ²)/12 + β · (Δln BTC) + σ ε/√12`. The first conversion moves the price once by the announcement's effect.

use crate::books::Books;
use crate::operations::Operations;
use crate::terms::{Level, SharePrice, Terms};

/// Lowest share price, USD: a share is never worth nothing, so that counts and prices stay finite.
const LEAST_PRICE_USD: f64 = 0.01;

/// Bound on the ratio of the opening price to the first month's value, either way: a first month is one month.
const MOST_SCALE: f64 = 4.0;

/// What the price needs to know of the past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PriceBooks {
    /// Bitcoin price of the month before, USD.
    btc_price_usd: f64,
    /// Opening price over the first month's value a share.
    scale: Option<f64>,
    /// One plus the announcement's effect, once it has been announced.
    pub(crate) announced: f64,
    /// Price of the process, announcement apart, over the opening price.
    process: f64,
}

impl PriceBooks {
    pub(crate) fn new(btc_price_usd: f64) -> Self {
        Self { btc_price_usd, scale: None, announced: 1.0, process: 1.0 }
    }
}

impl Books {
    pub(crate) fn move_share_price(&mut self, terms: &Terms, operations: &Operations) {
        let ratio = match terms.shares.price {
            SharePrice::Process { beta, volatility_per_sqrt_year: sigma, growth_per_year } => {
                let bitcoin = (operations.btc_price_usd / self.price.btc_price_usd).ln();
                let drift = (growth_per_year - 0.5 * sigma * sigma) / 12.0;
                let own = sigma * operations.share_shock / 12f64.sqrt();
                if bitcoin.is_finite() {
                    self.price.process *= (drift + beta * bitcoin + own).exp();
                }
                self.price.process
            }
            SharePrice::EquityValue { mining_multiple, cap_rate_per_year, pipeline_weight } => {
                let value = self.equity_estimate_usd(
                    terms,
                    operations,
                    mining_multiple,
                    cap_rate_per_year,
                    pipeline_weight,
                );
                let per_share = value / self.diluted_shares(terms);
                let opening = terms.shares.price_usd;
                // What is started in the first month is not in the opening price.
                let started = self.pipeline_usd(operations, cap_rate_per_year, pipeline_weight);
                let before = (value - terms.project.company_share * started) / self.shares;
                let first =
                    if before > 0.0 { (opening / before).clamp(1.0 / MOST_SCALE, MOST_SCALE) } else { 1.0 };
                let scale = *self.price.scale.get_or_insert(first);
                scale * per_share / opening
            }
        };
        self.price.btc_price_usd = operations.btc_price_usd;
        self.share_price_usd = (terms.shares.price_usd * self.price.announced * ratio).max(LEAST_PRICE_USD);
    }

    /// Value of contracts that are signed and not delivered, USD.
    fn pipeline_usd(&self, operations: &Operations, cap_rate: f64, weight: f64) -> f64 {
        let value = operations.pipeline_noi_usd_per_year / cap_rate - operations.capex_left_usd;
        weight * value.max(0.0)
    }

    /// Value of equity as the company stands at the end of a month, USD.
    fn equity_estimate_usd(
        &self,
        terms: &Terms,
        operations: &Operations,
        mining_multiple: f64,
        cap_rate: f64,
        pipeline_weight: f64,
    ) -> f64 {
        let share = terms.project.company_share;
        let mining = mining_multiple * self.mining.annualised().max(0.0);
        let contracts = operations.contracted_noi_usd_per_year / cap_rate;
        let accounts: f64 = self.loans.iter().map(|loan| loan.reserve_usd + loan.collateral_usd).sum();
        let project = contracts
            + self.pipeline_usd(operations, cap_rate, pipeline_weight)
            + self.project_cash_usd
            + self.construction_usd
            + accounts
            - self.loans_usd(terms, Level::Project)
            - self.project_rescue_usd;
        let company = mining + self.company_cash_usd + self.bitcoin_usd()
            - self.loans_usd(terms, Level::Company)
            - self.revolver_usd
            - self.company_rescue_usd
            - self.notes_claim_usd(terms);
        share * project.max(0.0) + company
    }
}

//! What part of a policy's value follows each assumption, its decisions and run hours held.
//!
//! A mean present value is linear in a factor on all rents, on all mining revenue, on the cost of power and so on: with factor `s` the
//! value is `V + (s − 1) E`, and `E` is the exposure kept here. An exposure is negative for costs.

use serde::{Deserialize, Serialize};
use site::{HostingCost, Ledger};

/// Below this a present value counts as none, USD.
pub(crate) const NOTHING_USD: f64 = 1.0;

/// Something that the scenario assumes and that moves a policy's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assumption {
    /// All rents, those carried past the horizon too, less what follows them.
    Rents,
    /// All mining revenue.
    Hashprice,
    /// All revenue of own GPUs.
    GpuHourPrice,
    /// Cost of the power that mining and own GPUs draw, adders included; blocks at a fixed price are held.
    PowerCost,
    /// Conversion of halls, what is still to be paid at the horizon included.
    ConversionCapex,
    /// Price of GPUs.
    GpuCapex,
    /// Cost of serving tenants.
    HostingCost,
    /// Cost of mining other than power.
    MiningCost,
    /// What sold mining machines bring, and what those left are worth at the horizon.
    AsicResale,
    /// All that is counted past the horizon.
    CarriedValue,
    /// The rate at which flows are discounted.
    DiscountRate,
}

impl Assumption {
    /// Those that a value is linear in, in the order of [`Exposures`].
    pub const LINEAR: [Self; 10] = [
        Self::Rents,
        Self::Hashprice,
        Self::GpuHourPrice,
        Self::PowerCost,
        Self::ConversionCapex,
        Self::GpuCapex,
        Self::HostingCost,
        Self::MiningCost,
        Self::AsicResale,
        Self::CarriedValue,
    ];

    /// The market factor whose level it scales, if it is the level of one.
    #[must_use]
    pub fn factor(self) -> Option<&'static str> {
        match self {
            Self::Rents => Some("lease_rate_usd_per_kw_month"),
            Self::Hashprice => Some("hashprice_usd_per_ph_day"),
            Self::GpuHourPrice => Some("gpu_hour_price_usd"),
            _ => None,
        }
    }
}

/// Mean present values by assumption, USD.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Exposures([f64; Assumption::LINEAR.len()]);

impl Exposures {
    /// The part of the value that follows an assumption, USD; 0 for the discount rate, in which a value is not linear.
    #[must_use]
    pub fn of(&self, assumption: Assumption) -> f64 {
        Assumption::LINEAR.iter().position(|other| *other == assumption).map_or(0.0, |at| self.0[at])
    }

    /// States the part that follows one of [`Assumption::LINEAR`].
    pub(crate) fn set(&mut self, assumption: Assumption, usd: f64) {
        if let Some(at) = Assumption::LINEAR.iter().position(|other| *other == assumption) {
            self.0[at] = usd;
        }
    }

    fn add(&mut self, assumption: Assumption, usd: f64) {
        self.set(assumption, self.of(assumption) + usd);
    }

    /// Of mean months and their discount factors.
    pub(crate) fn of_months(ledgers: &[Ledger], discount: &[f64], cost: HostingCost) -> Self {
        let mut all = Self::default();
        for (ledger, factor) in ledgers.iter().zip(discount) {
            let served = match cost {
                HostingCost::NoiMargin(_) => ledger.hosting_opex_usd,
                HostingCost::PerItMwYear(_) => 0.0,
            };
            for (assumption, usd) in [
                (Assumption::Rents, ledger.hosting_rent_usd - ledger.sla_credits_usd - served),
                (Assumption::Hashprice, ledger.mining_revenue_usd),
                (Assumption::GpuHourPrice, ledger.inference_revenue_usd + ledger.training_revenue_usd),
                (Assumption::PowerCost, -ledger.mining_power_usd - ledger.gpu_power_usd),
                (Assumption::ConversionCapex, -ledger.conversion_capex_usd),
                (Assumption::GpuCapex, -ledger.gpu_capex_usd),
                (Assumption::HostingCost, -ledger.hosting_opex_usd),
                (Assumption::MiningCost, -ledger.mining_opex_usd),
                (Assumption::AsicResale, ledger.asic_sales_usd),
            ] {
                all.add(assumption, factor * usd);
            }
        }
        all
    }

    /// Adds what is carried past the horizon: parts as in [`crate::PolicyOutcome::carried_usd`], and the cost of serving in the leases.
    pub(crate) fn carry(&mut self, carried_usd: &[f64; 5], lease_cost_usd: f64) {
        let [leases, construction, asics, gpus, site] = *carried_usd;
        self.add(Assumption::Rents, leases + lease_cost_usd);
        self.add(Assumption::HostingCost, -lease_cost_usd);
        self.add(Assumption::ConversionCapex, -construction);
        self.add(Assumption::AsicResale, asics);
        self.add(Assumption::CarriedValue, leases - construction + asics + gpus + site);
    }
}

//! One month's books: megawatts by use, energy, and money by part.
//!
//! Revenues and costs are positive numbers; the one subtraction is [`Ledger::net_cash_flow_usd`].

use serde::{Deserialize, Serialize};

macro_rules! ledger {
    (
        megawatts { $($(#[doc = $mw_doc:literal])* $mw:ident,)* }
        energy { $($(#[doc = $e_doc:literal])* $e:ident,)* }
        revenue { $($(#[doc = $r_doc:literal])* $r:ident,)* }
        cost { $($(#[doc = $c_doc:literal])* $c:ident,)* }
    ) => {
        /// What a month did, in parts. Columns come in the order megawatts, energy, revenue, cost.
        #[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
        pub struct Ledger {
            $($(#[doc = $mw_doc])* pub $mw: f64,)*
            $($(#[doc = $e_doc])* pub $e: f64,)*
            $($(#[doc = $r_doc])* pub $r: f64,)*
            $($(#[doc = $c_doc])* pub $c: f64,)*
        }

        impl Ledger {
            /// Names of the megawatt columns, mean gross MW over the month by use.
            pub const MEGAWATTS: &'static [&'static str] = &[$(stringify!($mw)),*];
            /// Names of the energy columns, MWh at the meter.
            pub const ENERGY: &'static [&'static str] = &[$(stringify!($e)),*];
            /// Names of the revenue columns, USD.
            pub const REVENUES: &'static [&'static str] = &[$(stringify!($r)),*];
            /// Names of the cost columns, USD.
            pub const COSTS: &'static [&'static str] = &[$(stringify!($c)),*];
            /// What each column is, in the order of [`Self::columns`]: the documentation of its field.
            pub const DOCS: [&'static str; Self::WIDTH] = [
                $(concat!($($mw_doc),*),)* $(concat!($($e_doc),*),)* $(concat!($($r_doc),*),)* $(concat!($($c_doc),*),)*
            ];
            /// Number of columns.
            pub const WIDTH: usize =
                Self::MEGAWATTS.len() + Self::ENERGY.len() + Self::REVENUES.len() + Self::COSTS.len();

            /// All columns in order: megawatts, energy, revenues, costs.
            #[must_use]
            pub fn columns(&self) -> [f64; Self::WIDTH] {
                [$(self.$mw,)* $(self.$e,)* $(self.$r,)* $(self.$c,)*]
            }

            /// A ledger from its columns in the order of [`Self::columns`].
            #[must_use]
            pub fn from_columns(columns: [f64; Self::WIDTH]) -> Self {
                let [$($mw,)* $($e,)* $($r,)* $($c,)*] = columns;
                Self { $($mw,)* $($e,)* $($r,)* $($c,)* }
            }

            /// Names of all columns in the order of [`Self::columns`].
            pub fn names() -> impl Iterator<Item = &'static str> {
                Self::MEGAWATTS.iter().chain(Self::ENERGY).chain(Self::REVENUES).chain(Self::COSTS).copied()
            }

            /// Gross MW over all uses, idle included.
            #[must_use]
            pub fn total_mw(&self) -> f64 {
                0.0 $(+ self.$mw)*
            }

            /// Revenues less costs, USD.
            #[must_use]
            pub fn net_cash_flow_usd(&self) -> f64 {
                (0.0 $(+ self.$r)*) - (0.0 $(+ self.$c)*)
            }
        }
    };
}

ledger! {
    megawatts {
        /// Gross MW of mining halls while their machines run.
        mining_mw,
        /// Gross MW of halls let to tenants.
        hosting_mw,
        /// Gross MW of own GPUs at inference.
        inference_mw,
        /// Gross MW of own GPUs at training.
        training_mw,
        /// Gross MW of halls that are being rebuilt and no longer mine.
        building_mw,
        /// Gross MW that stand still: curtailed, down or unsold.
        idle_mw,
    }
    energy {
        /// Energy of mining, MWh at the meter.
        mining_mwh,
        /// Energy of tenants, MWh at the meter, paid by them.
        hosting_mwh,
        /// Energy of own GPUs, MWh at the meter.
        gpu_mwh,
    }
    revenue {
        /// Mining revenue after pool fee.
        mining_revenue_usd,
        /// Rent.
        hosting_rent_usd,
        /// Inference hours sold.
        inference_revenue_usd,
        /// Training hours sold.
        training_revenue_usd,
        /// Gain of the fixed-price block, negative when the market is below its strike.
        power_block_gain_usd,
        /// Mining machines sold.
        asic_sales_usd,
        /// Termination fees paid by the guarantor of leases.
        termination_fees_usd,
    }
    cost {
        /// Power of mining with adders.
        mining_power_usd,
        /// Power of own GPUs with adders.
        gpu_power_usd,
        /// Mining cost other than power.
        mining_opex_usd,
        /// Cost of serving tenants.
        hosting_opex_usd,
        /// Rent given back for failures of service.
        sla_credits_usd,
        /// Operation of own GPUs.
        gpu_opex_usd,
        /// General and administrative cost.
        overhead_usd,
        /// Conversion of halls.
        conversion_capex_usd,
        /// GPUs bought.
        gpu_capex_usd,
    }
}

impl Ledger {
    /// Money put into conversions and GPUs, USD.
    #[must_use]
    pub fn capex_usd(&self) -> f64 {
        self.conversion_capex_usd + self.gpu_capex_usd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_carry_the_names_in_order_and_sum_to_the_net() {
        let ledger = Ledger {
            mining_mw: 1.0,
            mining_revenue_usd: 10.0,
            overhead_usd: 3.0,
            gpu_capex_usd: 2.0,
            ..Ledger::default()
        };
        let named: Vec<_> = Ledger::names().zip(ledger.columns()).filter(|(_, v)| *v != 0.0).collect();
        assert_eq!(
            named,
            [("mining_mw", 1.0), ("mining_revenue_usd", 10.0), ("overhead_usd", 3.0), ("gpu_capex_usd", 2.0)]
        );
        assert_eq!(ledger.net_cash_flow_usd(), 5.0);
    }

    #[test]
    fn every_column_carries_the_documentation_of_its_field() {
        let overhead = Ledger::names().position(|name| name == "overhead_usd").unwrap();
        assert_eq!(Ledger::DOCS[overhead].trim(), "General and administrative cost.");
    }
}

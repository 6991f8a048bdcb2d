//! The backstop of a lease: a guarantor pays a termination fee or takes the lease over, whichever is cheaper for it.
//!
//! The fee of a lease of age `a` is `B0 · (1 − (a/A)^p)` per IT MW, with `A` the months over which it is amortised from the start of
//! the rent and `p` its shape: 1 is a straight line, and 1.2 leaves 57 % after half the time, as the balance of one offering model does
//! (1.3 billion USD to 742 million in about five of ten years). Taking over costs the guarantor the present value of the discounted
//! rents to the expiry, less what the hall is worth to it: a lease that it need not sign elsewhere at the market rent of that month
//! times the share at which such a hall would be let again. Once the fee has been amortised the guarantor owes nothing.
//! Source: recognition agreements of TeraWulf (8-K, October 2025); the straight line and the use value are assumptions.

use crate::campus::Campus;
use crate::lease::Lease;
use crate::units::UsdPerKwMonth;

/// Terms of a guarantor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backstop {
    /// Termination fee when the rent starts, USD per IT MW.
    pub fee_usd_per_it_mw: f64,
    /// Months from the start of the rent over which the fee is amortised to nothing; at least 1.
    pub amortisation_months: u32,
    /// Power of the age in the amortisation: 1 a straight line, more a slower start.
    pub shape_power: f64,
    /// Rent that the guarantor pays when it takes a lease over, as a share of the lease's own.
    pub assumed_rent_share: f64,
    /// Hazard of default of the guarantor, per year.
    pub guarantor_default_per_year: f64,
}

/// What a guarantor does about a lease whose tenant has failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GuarantorChoice {
    /// It owes nothing any more.
    Nothing,
    /// It pays this fee, USD per IT MW, and the lease ends.
    Fee(f64),
    /// It goes on with the lease on these terms.
    Assume(Lease),
}

impl Backstop {
    /// Termination fee at an age of the lease, USD per IT MW.
    #[must_use]
    pub fn fee_at(&self, age_months: u32) -> f64 {
        let passed = (f64::from(age_months) / f64::from(self.amortisation_months)).min(1.0);
        self.fee_usd_per_it_mw * (1.0 - passed.powf(self.shape_power))
    }

    /// The lease as the guarantor would carry it on.
    #[must_use]
    pub fn assumed(&self, lease: &Lease) -> Lease {
        Lease {
            rent: lease.rent.times(self.assumed_rent_share),
            tenant: lease.tenant.taken_over(),
            backed: false,
            ..*lease
        }
    }

    /// What the guarantor does about a lease whose tenant has failed at an age, at a market rent in USD/kW-month.
    #[must_use]
    pub fn choice(
        &self,
        campus: &Campus,
        lease: &Lease,
        age_months: u32,
        market_rent_usd_per_kw_month: f64,
    ) -> GuarantorChoice {
        let fee_usd_per_it_mw = self.fee_at(age_months);
        if !lease.backed || fee_usd_per_it_mw <= 0.0 {
            return GuarantorChoice::Nothing;
        }
        let beta = campus.company.monthly_discount();
        let assumed = self.assumed(lease);
        let elsewhere = campus.hosting.risks.relet.rent_share * market_rent_usd_per_kw_month;
        let own_use = Lease::steady(
            UsdPerKwMonth::try_new(elsewhere).unwrap_or(UsdPerKwMonth::ZERO),
            campus.hosting.escalator_per_year,
            lease.term_months.saturating_sub(age_months),
        );
        let net_usd_per_kw =
            assumed.present_value_usd_per_kw(age_months, beta) - own_use.present_value_usd_per_kw(0, beta);
        if net_usd_per_kw * 1_000.0 <= fee_usd_per_it_mw {
            GuarantorChoice::Assume(assumed)
        } else {
            GuarantorChoice::Fee(fee_usd_per_it_mw)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_runs_off_in_a_line_or_more_slowly() {
        let line = Backstop {
            fee_usd_per_it_mw: 8e6,
            amortisation_months: 120,
            shape_power: 1.0,
            assumed_rent_share: 0.8,
            guarantor_default_per_year: 0.0,
        };
        let fees = [0, 30, 60, 120, 300].map(|age| line.fee_at(age));
        assert_eq!(fees, [8e6, 6e6, 4e6, 0.0, 0.0]);
        // Fact F4.2: 742 million of 1.3 billion USD are left after about five years.
        let slow = Backstop { shape_power: 1.22, ..line };
        assert!((slow.fee_at(60) / 8e6 - 742.0 / 1_300.0).abs() < 1e-3, "{}", slow.fee_at(60) / 8e6);
    }
}

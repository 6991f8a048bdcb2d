//! Leases and offers of leases: the rent is fixed when the offer is accepted.

use crate::units::{GrossMw, UsdPerKwMonth};

/// A tenant's offer, open for the month in which it arrives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeaseOffer {
    /// Size wanted, in gross MW of halls; it may be taken in part, by whole halls.
    pub gross: GrossMw,
    /// Rent of the first year from delivery.
    pub rent: UsdPerKwMonth,
}

/// A signed lease: take-or-pay rent on critical IT power, power passed through to the tenant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lease {
    /// Rent of the first year, fixed at signing.
    pub rent: UsdPerKwMonth,
    /// Yearly rise of the rent.
    pub escalator_per_year: f64,
    /// Months from delivery to expiry.
    pub term_months: u32,
}

impl Lease {
    /// Rent in the month that starts `age_months` after delivery, USD per kW-month.
    #[must_use]
    pub fn rent_usd_per_kw_month(&self, age_months: u32) -> f64 {
        self.rent.get() * (1.0 + self.escalator_per_year).powi((age_months / 12) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rent_rises_on_each_anniversary() {
        let lease = Lease {
            rent: UsdPerKwMonth::try_new(100.0).unwrap(),
            escalator_per_year: 0.03,
            term_months: 180,
        };
        assert_eq!(lease.rent_usd_per_kw_month(11), 100.0);
        assert!((lease.rent_usd_per_kw_month(12) - 103.0).abs() < 1e-12);
        assert!((lease.rent_usd_per_kw_month(24) - 106.09).abs() < 1e-12);
    }

    /// Fact F2.1: 154.2 USD/kW-month on average over ten years is 134.5 in the first year at 3 % a year.
    #[test]
    fn first_year_rent_of_a_published_contract_follows_from_total_and_escalator() {
        let lease = Lease {
            rent: UsdPerKwMonth::try_new(134.5).unwrap(),
            escalator_per_year: 0.03,
            term_months: 120,
        };
        let mean = (0..120).map(|age| lease.rent_usd_per_kw_month(age)).sum::<f64>() / 120.0;
        assert!((mean - 154.2).abs() < 0.1, "{mean}");
    }
}

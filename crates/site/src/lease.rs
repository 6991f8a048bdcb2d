//! Leases and offers of leases: the rent is fixed when the offer is accepted.

use crate::campus::Campus;
use crate::events::MonthEvents;
use crate::units::{GrossMw, UsdPerKwMonth};

/// Who pays the rent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Tenant {
    /// Somebody who never fails.
    #[default]
    Steady,
    /// A tenant by its index into [`crate::LeaseRisks::tenants`].
    Named(u8),
    /// The guarantor in the place of the tenant of an index, which has failed.
    Guarantor(u8),
}

impl Tenant {
    /// Whether it fails in a month.
    #[must_use]
    pub fn fails(self, events: &MonthEvents) -> bool {
        match self {
            Self::Steady => false,
            Self::Named(tenant) => events.fails(tenant),
            Self::Guarantor(_) => events.guarantor_failed,
        }
    }

    /// The guarantor in its place.
    #[must_use]
    pub fn taken_over(self) -> Self {
        match self {
            Self::Named(tenant) => Self::Guarantor(tenant),
            other => other,
        }
    }

    /// Who signs next for a hall that it leaves: a successor under the same name.
    #[must_use]
    pub fn successor(self) -> Self {
        match self {
            Self::Guarantor(tenant) => Self::Named(tenant),
            other => other,
        }
    }
}

/// A tenant's offer, open for the month in which it arrives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeaseOffer {
    /// Size wanted, in gross MW of halls; it may be taken in part, by whole halls.
    pub gross: GrossMw,
    /// Rent of the first year from delivery.
    pub rent: UsdPerKwMonth,
    /// Who makes it.
    pub tenant: Tenant,
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
    /// Who pays.
    pub tenant: Tenant,
    /// Whether the guarantor stands behind it.
    pub backed: bool,
}

impl Lease {
    /// A lease whose tenant never fails.
    #[must_use]
    pub fn steady(rent: UsdPerKwMonth, escalator_per_year: f64, term_months: u32) -> Self {
        Self { rent, escalator_per_year, term_months, tenant: Tenant::Steady, backed: false }
    }

    /// A lease on a campus's terms at a rent, of which the share that is counted on is kept
    /// (see [`crate::LeaseRisks::expected_rent_share`]).
    #[must_use]
    pub fn on_terms(campus: &Campus, rent: UsdPerKwMonth, tenant: Tenant) -> Self {
        let hosting = &campus.hosting;
        let counted = rent.times(hosting.risks.expected_rent_share);
        Self { tenant, ..Self::steady(counted, hosting.escalator_per_year, hosting.term_months) }
    }

    /// Rent in the month that starts `age_months` after delivery, USD per kW-month.
    #[must_use]
    pub fn rent_usd_per_kw_month(&self, age_months: u32) -> f64 {
        self.rent.get() * (1.0 + self.escalator_per_year).powi((age_months / 12) as i32)
    }

    /// Present value of the rents from an age to expiry, paid at month ends, USD per kW, with a monthly discount factor.
    #[must_use]
    pub fn present_value_usd_per_kw(&self, age_months: u32, monthly_discount: f64) -> f64 {
        let mut factor = 1.0;
        let mut value = 0.0;
        let mut age = age_months;
        while age < self.term_months {
            // Rent is constant to the next anniversary.
            let months = (12 - age % 12).min(self.term_months - age);
            value += factor * self.rent_usd_per_kw_month(age) * annuity(monthly_discount, months);
            factor *= monthly_discount.powi(months as i32);
            age += months;
        }
        value
    }
}

/// Value of 1 at the end of each of `n` months with a monthly discount factor.
pub(crate) fn annuity(monthly_discount: f64, n: u32) -> f64 {
    if (1.0 - monthly_discount).abs() < 1e-12 {
        f64::from(n)
    } else {
        monthly_discount * (1.0 - monthly_discount.powi(n as i32)) / (1.0 - monthly_discount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(rent: f64, escalator_per_year: f64, term_months: u32) -> Lease {
        Lease::steady(UsdPerKwMonth::try_new(rent).unwrap(), escalator_per_year, term_months)
    }

    #[test]
    fn rent_rises_on_each_anniversary() {
        let lease = lease(100.0, 0.03, 180);
        assert_eq!(lease.rent_usd_per_kw_month(11), 100.0);
        assert!((lease.rent_usd_per_kw_month(12) - 103.0).abs() < 1e-12);
        assert!((lease.rent_usd_per_kw_month(179) - 100.0 * 1.03_f64.powi(14)).abs() < 1e-9);
    }

    /// Fact F2.1: 154.2 USD/kW-month on average over ten years is 134.5 in the first year at 3 % a year.
    #[test]
    fn first_year_rent_of_a_published_contract_follows_from_total_and_escalator() {
        let lease = lease(134.5, 0.03, 120);
        let mean = (0..120).map(|age| lease.rent_usd_per_kw_month(age)).sum::<f64>() / 120.0;
        assert!((mean - 154.2).abs() < 0.1, "{mean}");
    }

    #[test]
    fn present_value_is_the_sum_of_discounted_rents() {
        let lease = lease(120.0, 0.03, 47);
        let beta = 1.1_f64.powf(-1.0 / 12.0);
        for from in [0, 5, 24, 46, 47] {
            let sum: f64 = (from..47)
                .map(|age| beta.powi((age - from) as i32 + 1) * lease.rent_usd_per_kw_month(age))
                .sum();
            assert!((lease.present_value_usd_per_kw(from, beta) - sum).abs() < 1e-9 * (1.0 + sum));
        }
    }
}

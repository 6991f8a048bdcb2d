//! What a lease is expected to be worth in months that nobody follows: beyond the horizon, and in the model that policies plan with.
//!
//! Backwards over the months `k` of the lease, discounted to the opening of the first, with `s` the monthly survival of the tenant:
//! `W_k = β^(k+1) net_k + s W_{k+1} + (1 − s) D_{k+1}`, where `D` is what follows a failure. Approximations, each on its own line:
//! - the market rent stays where it is in money that grows with costs;
//! - a hall that has lost its tenant stands empty, then earns its share of the market rent to the lost lease's expiry, and nobody fails twice;
//! - the guarantor lives on at its own hazard, independent of the tenant, and does not fail once it has taken a lease over;
//! - a tenant uses a right to shorten when the market rent so carried on is below its own; chronic failure is left out;
//! - credits are their expectation.
//!
//! Nothing is assumed about leases after the expiry.

use crate::backstop::{Backstop, GuarantorChoice};
use crate::campus::Campus;
use crate::lease::{Lease, Tenant};
use crate::tail::hall_rents;
use crate::tenancy::{Vacancy, hosting_cost_usd};
use crate::units::UsdPerKwMonth;

/// Months that are valued by expectation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outlook<'a> {
    pub(crate) campus: &'a Campus,
    pub(crate) it_mw: f64,
    /// The first of them, months since the first opening.
    pub(crate) first: u32,
    /// Market rent at its opening, USD/kW-month.
    pub(crate) market_rent: f64,
    pub(crate) guarantor_failed: bool,
}

impl Outlook<'_> {
    /// A lease from an age to its expiry, USD at the opening of the first month.
    pub(crate) fn lease_usd(&self, lease: &Lease, age_months: u32) -> f64 {
        let campus = self.campus;
        let months = lease.term_months.saturating_sub(age_months);
        let market = self.market_from(months);
        let survival = (-campus.hosting.risks.default_per_year(lease.tenant) / 12.0).exp();
        let mut worth = 0.0;
        for k in (0..months).rev() {
            let (age, rent) = (age_months + k, lease.rent_usd_per_kw_month(age_months + k));
            let after = if k + 1 == months {
                0.0
            } else {
                let lost = self.empty_usd(k + 1, rent, &market);
                let leaves = campus.hosting.risks.break_months.contains(&(age + 1))
                    && self.market_rent(k + 1) < lease.rent_usd_per_kw_month(age + 1);
                let kept = if leaves { lost } else { worth };
                if survival < 1.0 {
                    survival * kept + (1.0 - survival) * self.failed_usd(lease, age_months, k + 1, lost)
                } else {
                    kept
                }
            };
            worth = self.net_usd(k, rent) + after;
        }
        worth
    }

    /// A lease that starts after some months of construction, in which its tenant may fail, USD at the opening of the first month.
    pub(crate) fn signed_usd(&self, lease: Option<&Lease>, months_to_delivery: u32) -> f64 {
        let delivered = Self {
            first: self.first + months_to_delivery,
            market_rent: self.market_rent(months_to_delivery),
            ..*self
        };
        let term = lease.map_or(self.campus.hosting.term_months, |lease| lease.term_months);
        let lost = delivered.empty_usd(0, delivered.market_rent, &delivered.market_from(term));
        let at_delivery = lease.map_or(lost, |lease| {
            let hazard = self.campus.hosting.risks.default_per_year(lease.tenant);
            let survival = (-hazard * f64::from(months_to_delivery) / 12.0).exp();
            survival * delivered.lease_usd(lease, 0) + (1.0 - survival) * lost
        });
        self.campus.company.monthly_discount().powi(months_to_delivery as i32) * at_delivery
    }

    /// An empty hall to the expiry of the lease that it lost, USD at the opening of the first month.
    pub(crate) fn vacancy_usd(&self, vacancy: &Vacancy) -> f64 {
        let risks = &self.campus.hosting.risks;
        let passed = risks.relet.months.saturating_sub(vacancy.months_left);
        let months = vacancy.lost_months.saturating_sub(passed);
        if months == 0 {
            return 0.0;
        }
        let empty = vacancy.months_left.min(months);
        self.costs_usd(0, empty, vacancy.last_rent.get()) + self.market_from(months)[empty as usize]
    }

    /// Market rent at the opening of month `k`, USD/kW-month.
    fn market_rent(&self, k: u32) -> f64 {
        self.market_rent * (1.0 + self.campus.company.inflation_per_year).powf(f64::from(k) / 12.0)
    }

    /// Discount from the end of month `k` to the opening of the first.
    fn discount(&self, k: u32) -> f64 {
        self.campus.company.monthly_discount().powi(k as i32 + 1)
    }

    /// Net rent of month `k` at a rent in USD/kW-month, discounted.
    fn net_usd(&self, k: u32, rent: f64) -> f64 {
        let rent_usd = rent * self.it_mw * 1_000.0;
        let credits = self.campus.hosting.risks.service.as_ref().map_or(0.0, |s| s.expected_credit_share);
        let index = self.campus.company.cost_index(self.first + k);
        self.discount(k)
            * (rent_usd * (1.0 - credits) - hosting_cost_usd(self.campus, rent_usd, self.it_mw, index))
    }

    /// Net rent of a hall let again, from each month to the last of `months`, discounted, `[months + 1]`.
    fn market_from(&self, months: u32) -> Vec<f64> {
        let share = self.campus.hosting.risks.relet.rent_share;
        let mut from = vec![0.0; months as usize + 1];
        for k in (0..months).rev() {
            from[k as usize] = from[k as usize + 1] + self.net_usd(k, share * self.market_rent(k));
        }
        from
    }

    /// Cost of standing empty from month `from` up to `to`, discounted, as a negative number.
    fn costs_usd(&self, from: u32, to: u32, last_rent: f64) -> f64 {
        let rent_usd = last_rent * self.it_mw * 1_000.0;
        let cost = |k: u32| {
            let index = self.campus.company.cost_index(self.first + k);
            self.discount(k) * hosting_cost_usd(self.campus, rent_usd, self.it_mw, index)
        };
        -(from..to).map(cost).sum::<f64>()
    }

    /// A hall that has fallen empty at the opening of month `k`, discounted.
    fn empty_usd(&self, k: u32, last_rent: f64, market: &[f64]) -> f64 {
        let end = market.len() as u32 - 1;
        let relet = (k + self.campus.hosting.risks.relet.months).min(end);
        self.costs_usd(k, relet, last_rent) + market[relet as usize]
    }

    /// What follows a failure at the opening of month `k`, when the hall without a tenant is worth `lost`, discounted.
    fn failed_usd(&self, lease: &Lease, age_months: u32, k: u32, lost: f64) -> f64 {
        let Some(backstop) = self.campus.hosting.risks.backstop.filter(|_| !self.guarantor_failed) else {
            return lost;
        };
        let alive = (-backstop.guarantor_default_per_year * f64::from(k) / 12.0).exp();
        let backed = self.backed_usd(&backstop, lease, (age_months, k), lost);
        alive * backed + (1.0 - alive) * lost
    }

    fn backed_usd(&self, backstop: &Backstop, lease: &Lease, (age_months, k): (u32, u32), lost: f64) -> f64 {
        match backstop.choice(self.campus, lease, age_months + k, self.market_rent(k)) {
            GuarantorChoice::Nothing => lost,
            GuarantorChoice::Fee(usd_per_it_mw) => {
                lost + self.campus.company.monthly_discount().powi(k as i32) * usd_per_it_mw * self.it_mw
            }
            GuarantorChoice::Assume(assumed) => (age_months + k..lease.term_months)
                .map(|age| self.net_usd(age - age_months, assumed.rent_usd_per_kw_month(age)))
                .sum(),
        }
    }
}

/// Share of the rent of a new lease with a tenant that is expected to be left by failure, vacancy, breaks and credits, in present value
/// from signing at the first opening: the rent of a lease without risks that is worth as much, over the lease's own.
#[must_use]
pub fn expected_rent_share(campus: &Campus, tenant: Tenant, market_rent_usd_per_kw_month: f64) -> f64 {
    let lead = campus.conversion.lead_months;
    let rent = UsdPerKwMonth::try_new(market_rent_usd_per_kw_month).unwrap_or(UsdPerKwMonth::ZERO);
    let terms = Lease::on_terms(campus, rent, tenant);
    let lease = Lease { backed: campus.hosting.risks.backs(tenant), ..terms };
    let outlook = Outlook {
        campus,
        it_mw: 1.0,
        first: 0,
        market_rent: market_rent_usd_per_kw_month,
        guarantor_failed: false,
    };
    let expected = outlook.signed_usd(Some(&lease), lead);
    let certain = |rent: UsdPerKwMonth| {
        campus.company.monthly_discount().powi(lead as i32)
            * hall_rents(campus, 1.0, &Lease { rent, ..lease }, 0, lead)
    };
    let (without, with) = (certain(UsdPerKwMonth::ZERO), certain(rent));
    if with > without { ((expected - without) / (with - without)).max(0.0) } else { 1.0 }
}

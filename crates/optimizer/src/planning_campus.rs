//! The campus that policies plan with: its leases run to their expiry, and their rents carry the expected cost of what can end them.
//!
//! Rents signed in the plan are multiplied by the share that failures, vacancies, breaks and credits are expected to leave of a lease in
//! present value ([`site::expected_rent_share`]), the mean over the tenants that make offers. So planned values price default in, and
//! within the planning model there is no chance in tenants. A lease is worth signing when rents stand high, while those of later tenants
//! return to the mean: the share is taken at a rent one standard deviation (of the log rate, over the horizon) above the market's at
//! the first opening, an assumption. Months between an expiry and a renewal are taken off the renewal's rent as a share of the time
//! from one expiry to the next.
//!
//! Plans know no capital structure: they value the campus unlevered and before tax, and what the money allows holds them when they
//! decide in a run.

use market::Market;
use site::units::UsdPerKwMonth;
use site::{Campus, Hall, HallUse, LeaseRisks, Letting, Tenant, expected_rent_share};

/// The campus for planning; without a capital structure the campus itself where nothing can end a lease.
#[must_use]
pub fn planning_campus(campus: &Campus, market: &Market) -> Campus {
    let mut plan = campus.clone();
    if plan.finance.take().is_some() {
        plan.company.hold_to_cash = false;
    }
    let risks = &campus.hosting.risks;
    if risks.are_none() {
        return plan;
    }
    let rate = &market.lease_rate;
    let years = market.calendar.n_months() as f64 / 12.0;
    let market_rent = rate.expected_rate(0);
    let high = market_rent * rate.process.variance(years).sqrt().exp();
    let high = UsdPerKwMonth::try_new(high).unwrap_or(UsdPerKwMonth::ZERO);
    let share = |tenant: Tenant, rent: UsdPerKwMonth| expected_rent_share(campus, tenant, rent, market_rent);
    for hall in &mut plan.halls {
        count_on(hall, &share);
    }
    let term = f64::from(campus.hosting.term_months);
    let let_of_the_time = term / (term + f64::from(risks.renewal.months));
    plan.hosting.risks = LeaseRisks {
        renewal: Letting { months: 0, rent_share: risks.renewal.rent_share * let_of_the_time },
        expected_rent_share: mean_over_tenants(&market.offers.tenant_weights, |tenant| share(tenant, high)),
        ..LeaseRisks::default()
    };
    plan
}

/// Mean over the tenants that make offers.
fn mean_over_tenants(weights: &[f64], value: impl Fn(Tenant) -> f64) -> f64 {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return value(Tenant::Steady);
    }
    (0..).zip(weights).map(|(i, weight)| value(Tenant::Named(i)) * weight / total).sum()
}

/// Takes the expected cost of failure off the lease with which a hall opens.
fn count_on(hall: &mut Hall, share: &dyn Fn(Tenant, UsdPerKwMonth) -> f64) {
    let (HallUse::Hosting { lease, .. } | HallUse::Building { lease: Some(lease), .. }) = &mut hall.opening
    else {
        return;
    };
    lease.rent = lease.rent.times(share(lease.tenant, lease.rent));
    lease.tenant = Tenant::Steady;
    lease.backed = false;
}

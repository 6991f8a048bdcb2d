//! The month of a hall that is let or stands empty, and who comes next.
//!
//! A tenant pays the rent of the month in which it fails or leaves; the lease ends with the month. The order at the month's end is
//! expiry, then failure, then a right to leave: a right is used when the market rent of the month is below the tenant's own.

use crate::backstop::GuarantorChoice;
use crate::campus::{Campus, Hall};
use crate::economics::MonthEconomics;
use crate::hosting::{HostingCost, Letting};
use crate::lease::{Lease, Tenant};
use crate::ledger::Ledger;
use crate::state::HallUse;
use crate::units::UsdPerKwMonth;

/// Books the month of a let hall; returns its use at the next opening.
pub(crate) fn step_let(
    campus: &Campus,
    hall: &Hall,
    (lease, age_months): (Lease, u32),
    month: &MonthEconomics<'_>,
    ledger: &mut Ledger,
) -> HallUse {
    let it = campus.conversion.it_mw(hall);
    let (hosting, events) = (&campus.hosting, &month.events);
    let rent = lease.rent_usd_per_kw_month(age_months) * it.kilowatts();
    ledger.hosting_mw += hall.gross.get();
    ledger.hosting_mwh +=
        it.get() * hosting.energy_pue.get() * hosting.load_factor.get() * month.hours * events.availability;
    ledger.hosting_rent_usd += rent;
    if let Some(service) = &hosting.risks.service {
        ledger.sla_credits_usd += rent * service.sla.credit_share(events.availability);
    }
    ledger.hosting_opex_usd += hosting_cost_usd(campus, rent, it.get(), month.cost_index);
    let age_months = age_months + 1;
    if age_months >= lease.term_months {
        return let_again(campus, hosting.risks.renewal, Ended::of(&lease, age_months), month);
    }
    if lease.tenant.fails(events) {
        return after_failure(campus, it.get(), (lease, age_months), month, ledger);
    }
    if may_leave(campus, age_months, events.chronic)
        && month.lease_rate_usd_per_kw_month < lease.rent_usd_per_kw_month(age_months)
    {
        return let_again(campus, hosting.risks.relet, Ended::of(&lease, age_months), month);
    }
    HallUse::Hosting { lease, age_months }
}

/// Books the month of an empty hall; returns its use at the next opening.
pub(crate) fn step_vacant(
    campus: &Campus,
    hall: &Hall,
    vacancy: &Vacancy,
    month: &MonthEconomics<'_>,
    ledger: &mut Ledger,
) -> HallUse {
    let it = campus.conversion.it_mw(hall);
    let rent = vacancy.last_rent.get() * it.kilowatts();
    ledger.idle_mw += hall.gross.get();
    ledger.hosting_opex_usd += hosting_cost_usd(campus, rent, it.get(), month.cost_index);
    match vacancy.months_left {
        0 | 1 => let_at_market(campus, vacancy.rent_share, vacancy.tenant, month),
        months => HallUse::Vacant(Vacancy { months_left: months - 1, ..*vacancy }),
    }
}

/// A hall that stands empty between two tenants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vacancy {
    /// Months until it is let, this one included; at least 1.
    pub months_left: u32,
    /// Rent of the last tenant's last month, USD/kW-month; the cost of an empty hall follows it where costs are a share of rent.
    pub last_rent: UsdPerKwMonth,
    /// Rent of the next lease over the market's.
    pub rent_share: f64,
    /// Who signs next.
    pub tenant: Tenant,
    /// Months for which the lost lease would still have run when the hall fell empty; 0 after an expiry.
    pub lost_months: u32,
}

/// A lease that has ended.
struct Ended {
    last_rent: f64,
    tenant: Tenant,
    lost_months: u32,
}

impl Ended {
    fn of(lease: &Lease, age_months: u32) -> Self {
        Self {
            last_rent: lease.rent_usd_per_kw_month(age_months.saturating_sub(1)),
            tenant: lease.tenant.successor(),
            lost_months: lease.term_months.saturating_sub(age_months),
        }
    }
}

/// Use of a hall at its delivery: its signed lease starts, or, where the tenant has failed meanwhile, it waits for another.
pub(crate) fn deliver(campus: &Campus, lease: Option<Lease>, month: &MonthEconomics<'_>) -> HallUse {
    match lease {
        Some(lease) => HallUse::Hosting { lease, age_months: 0 },
        None => let_again(campus, campus.hosting.risks.relet, lost_before_delivery(campus, month), month),
    }
}

/// Nobody has paid rent yet, so costs follow the market's.
fn lost_before_delivery(campus: &Campus, month: &MonthEconomics<'_>) -> Ended {
    Ended {
        last_rent: month.lease_rate_usd_per_kw_month,
        tenant: campus.hosting.risks.first_tenant(),
        lost_months: campus.hosting.term_months,
    }
}

/// Use of a hall whose GPUs are retired.
pub(crate) fn let_for_the_first_time(campus: &Campus, month: &MonthEconomics<'_>) -> HallUse {
    let risks = &campus.hosting.risks;
    let_at_market(campus, risks.renewal.rent_share, risks.first_tenant(), month)
}

/// What becomes of a lease whose tenant has failed; fees are booked.
fn after_failure(
    campus: &Campus,
    it_mw: f64,
    (lease, age_months): (Lease, u32),
    month: &MonthEconomics<'_>,
    ledger: &mut Ledger,
) -> HallUse {
    let risks = &campus.hosting.risks;
    let choice = risks
        .backstop
        .filter(|_| !month.events.guarantor_failed)
        .map(|backstop| backstop.choice(campus, &lease, age_months, month.lease_rate_usd_per_kw_month));
    match choice {
        Some(GuarantorChoice::Assume(lease)) => return HallUse::Hosting { lease, age_months },
        Some(GuarantorChoice::Fee(usd_per_it_mw)) => ledger.termination_fees_usd += usd_per_it_mw * it_mw,
        Some(GuarantorChoice::Nothing) | None => {}
    }
    let_again(campus, risks.relet, Ended::of(&lease, age_months), month)
}

/// Whether a tenant has a right to leave at an age.
fn may_leave(campus: &Campus, age_months: u32, chronic: bool) -> bool {
    let risks = &campus.hosting.risks;
    risks.break_months.contains(&age_months) || (chronic && risks.service.is_some())
}

/// Use of a hall without a tenant: empty for some months, or let at once.
fn let_again(campus: &Campus, letting: Letting, ended: Ended, month: &MonthEconomics<'_>) -> HallUse {
    let Ended { last_rent, tenant, lost_months } = ended;
    if letting.months == 0 {
        return let_at_market(campus, letting.rent_share, tenant, month);
    }
    HallUse::Vacant(Vacancy {
        months_left: letting.months,
        last_rent: rent_of(last_rent),
        rent_share: letting.rent_share,
        tenant,
        lost_months,
    })
}

/// A lease at a share of the rent of this month's opening, in force from the next month on, which nobody backs.
fn let_at_market(campus: &Campus, share: f64, tenant: Tenant, month: &MonthEconomics<'_>) -> HallUse {
    let rent = rent_of(month.lease_rate_usd_per_kw_month * share);
    HallUse::Hosting { lease: Lease::on_terms(campus, rent, tenant), age_months: 0 }
}

/// Rents come from a price path, which is positive; one that is not becomes no rent.
fn rent_of(usd_per_kw_month: f64) -> UsdPerKwMonth {
    UsdPerKwMonth::try_new(usd_per_kw_month).unwrap_or(UsdPerKwMonth::ZERO)
}

/// Cost of serving a tenant for a month, USD.
#[must_use]
pub fn hosting_cost_usd(campus: &Campus, rent_usd: f64, it_mw: f64, cost_index: f64) -> f64 {
    match campus.hosting.cost {
        HostingCost::NoiMargin(margin) => rent_usd * (1.0 - margin.get()),
        HostingCost::PerItMwYear(usd) => usd / 12.0 * it_mw * cost_index,
    }
}

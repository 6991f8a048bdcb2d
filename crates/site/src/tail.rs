//! What contracts and things are worth beyond the horizon: the horizon does not cut contracts.
//!
//! Leases in force run to their expiry at their own rent, conversions under way are finished and paid, machines, GPUs
//! and the connected site are sold at the horizon's prices. Nothing is assumed about mining or new leases afterwards.
//! Where tenants can fail or leave, a lease counts by its expectation (see `expected_lease`).

use crate::campus::{Campus, Hall};
use crate::economics::MonthEconomics;
use crate::expected_lease::Outlook;
use crate::hosting::HostingCost;
use crate::lease::{Lease, annuity};
use crate::state::{AiForm, HallUse, State};
use crate::step::asic_resale_usd;
use crate::tenancy::hosting_cost_usd;

/// Value beyond the horizon, USD discounted to the first opening.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tail {
    /// Net rent of signed leases up to their expiry.
    pub leases_usd: f64,
    /// Construction still to be paid, GPUs included; a cost.
    pub construction_usd: f64,
    /// Mining machines sold.
    pub asics_usd: f64,
    /// GPUs sold.
    pub gpus_usd: f64,
    /// The connected site sold.
    pub site_usd: f64,
}

impl Tail {
    /// Net value, USD discounted to the first opening.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        self.leases_usd - self.construction_usd + self.asics_usd + self.gpus_usd + self.site_usd
    }

    fn add(&mut self, other: &Self) {
        self.leases_usd += other.leases_usd;
        self.construction_usd += other.construction_usd;
        self.asics_usd += other.asics_usd;
        self.gpus_usd += other.gpus_usd;
        self.site_usd += other.site_usd;
    }
}

/// Value beyond the horizon of the whole campus. `last` is the economics of the last month; `state` stands after it.
#[must_use]
pub fn tail(campus: &Campus, state: &State, last: &MonthEconomics<'_>) -> Tail {
    let mut total = Tail::default();
    for (hall, hall_use) in campus.halls.iter().zip(&state.halls) {
        total.add(&hall_tail(campus, hall, hall_use, last));
    }
    total
}

/// Value beyond the horizon of one hall.
#[must_use]
pub fn hall_tail(campus: &Campus, hall: &Hall, hall_use: &HallUse, last: &MonthEconomics<'_>) -> Tail {
    let first = last.month + 1;
    let now = campus.company.discount_factor(last.month);
    let it_mw = campus.conversion.it_mw(hall).get();
    let mut tail = Tail {
        site_usd: now * campus.company.site_resale_usd_per_gross_mw * hall.gross.get(),
        ..Tail::default()
    };
    let certain = campus.hosting.risks.are_none();
    let outlook = Outlook {
        campus,
        it_mw,
        first,
        market_rent: last.lease_rate_usd_per_kw_month,
        guarantor_failed: last.events.guarantor_failed,
    };
    let asics = || now * asic_resale_usd(campus, hall, last.hashprice_usd_per_ph_day);
    match *hall_use {
        HallUse::Mining => tail.asics_usd = asics(),
        HallUse::Building { form, months_left, capex_usd_per_month, lease } => {
            let beta = campus.company.monthly_discount();
            tail.construction_usd = now * capex_usd_per_month * annuity(beta, months_left);
            if months_left >= campus.conversion.mining_lost_months.max(1) {
                tail.asics_usd = asics();
            }
            // GPUs not yet bought are not bought: the order falls away with the horizon.
            tail.leases_usd = match (form, lease) {
                (AiForm::OwnGpus, _) => 0.0,
                (AiForm::Hosting, Some(lease)) if certain => {
                    let rents = hall_rents(campus, it_mw, &lease, 0, first + months_left);
                    now * beta.powi(months_left as i32) * rents
                }
                (AiForm::Hosting, lease) => now * outlook.signed_usd(lease.as_ref(), months_left),
            };
        }
        HallUse::Hosting { lease, age_months } if certain => {
            tail.leases_usd = now * hall_rents(campus, it_mw, &lease, age_months, first);
        }
        HallUse::Hosting { lease, age_months } => {
            tail.leases_usd = now * outlook.lease_usd(&lease, age_months);
        }
        HallUse::Vacant(vacancy) => tail.leases_usd = now * outlook.vacancy_usd(&vacancy),
        HallUse::OwnGpus { age_months } => {
            if let Some(gpus) = &campus.gpus {
                tail.gpus_usd = now * it_mw * gpus.resale_usd_per_it_mw(age_months, last.gpu_price_multiple);
            }
        }
    }
    tail
}

/// Net rents from month `first` to expiry, USD discounted to the opening of `first`.
pub(crate) fn hall_rents(campus: &Campus, it_mw: f64, lease: &Lease, age_months: u32, first: u32) -> f64 {
    let beta = campus.company.monthly_discount();
    let mut factor = 1.0;
    let mut value = 0.0;
    let mut age = age_months;
    while age < lease.term_months {
        // Rent is constant to the next anniversary, so a lease year is one annuity where costs follow the rent.
        let months = (12 - age % 12).min(lease.term_months - age);
        let rent = lease.rent_usd_per_kw_month(age) * it_mw * 1_000.0;
        value += match campus.hosting.cost {
            HostingCost::NoiMargin(margin) => factor * rent * margin.get() * annuity(beta, months),
            HostingCost::PerItMwYear(_) => (0..months)
                .map(|j| {
                    let month = first + (age - age_months) + j;
                    factor
                        * beta.powi(j as i32 + 1)
                        * (rent - hosting_cost_usd(campus, rent, it_mw, campus.company.cost_index(month)))
                })
                .sum(),
        };
        factor *= beta.powi(months as i32);
        age += months;
    }
    value
}

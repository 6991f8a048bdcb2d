//! Terms on which halls are let to tenants, and what can end a lease before its time.
//!
//! A tenant brings the equipment and pays the power; the rent is take-or-pay. Four things end a lease early: the tenant fails, it uses
//! a right to shorten the lease, it leaves after chronic failure of the site, or the guarantor that took its place fails. An empty hall
//! costs what it cost to serve the last tenant, and is let again after some months at a share of the market rent.
//! [`LeaseRisks::default`] has none of this: tenants stay and renew at the market.

use crate::backstop::Backstop;
use crate::lease::Tenant;
use crate::sla::SlaTerms;
use crate::units::{Fraction, Pue};

/// What it costs to serve a tenant: a share of the rent or an own figure, never both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HostingCost {
    /// Net operating income as a share of rent.
    NoiMargin(Fraction),
    /// Cost of the first year, USD per IT MW and year, growing with inflation.
    PerItMwYear(f64),
}

/// Hosting of a tenant's equipment: the tenant brings the GPUs and pays the power.
#[derive(Debug, Clone, PartialEq)]
pub struct HostingTerms {
    /// Energy PUE of AI halls; for MWh only.
    pub energy_pue: Pue,
    /// Mean share of the critical IT load that the tenant draws; the rent does not depend on it.
    pub load_factor: Fraction,
    /// Cost of serving the tenant.
    pub cost: HostingCost,
    /// Term of a new lease, months from delivery.
    pub term_months: u32,
    /// Yearly rise of the rent.
    pub escalator_per_year: f64,
    /// What can end a lease, and what follows.
    pub risks: LeaseRisks,
}

/// What can end a lease, and what follows.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaseRisks {
    /// Tenants by name, at most [`crate::MAX_TENANTS`]; without any, tenants never fail.
    pub tenants: Vec<TenantTerms>,
    /// After a tenant has failed or left.
    pub relet: Letting,
    /// After a lease has expired.
    pub renewal: Letting,
    /// Ages of a lease, months from delivery, at which its tenant may end it.
    pub break_months: Vec<u32>,
    /// The guarantor behind the leases of backed tenants.
    pub backstop: Option<Backstop>,
    /// Service owed to tenants.
    pub service: Option<ServiceTerms>,
    /// Share of each new lease's rent that is counted on: 1 in a run. The campus that policies plan with has no risks and
    /// carries their expected cost here.
    pub expected_rent_share: f64,
}

impl Default for LeaseRisks {
    fn default() -> Self {
        let at_once = Letting { months: 0, rent_share: 1.0 };
        Self {
            tenants: Vec::new(),
            relet: at_once,
            renewal: at_once,
            break_months: Vec::new(),
            backstop: None,
            service: None,
            expected_rent_share: 1.0,
        }
    }
}

impl LeaseRisks {
    /// Whether every lease runs to its expiry and is renewed at once, so that events change nothing.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.tenants.iter().all(|tenant| tenant.default_per_year <= 0.0)
            && self.renewal.months == 0
            && self.break_months.is_empty()
            && self.service.is_none()
    }

    /// The tenant of a hall that never had one: the first of the list.
    #[must_use]
    pub fn first_tenant(&self) -> Tenant {
        if self.tenants.is_empty() { Tenant::Steady } else { Tenant::Named(0) }
    }

    /// Whether the guarantor stands behind a new lease of a tenant.
    #[must_use]
    pub fn backs(&self, tenant: Tenant) -> bool {
        match tenant {
            Tenant::Named(i) => {
                self.backstop.is_some() && self.tenants.get(usize::from(i)).is_some_and(|terms| terms.backed)
            }
            Tenant::Steady | Tenant::Guarantor(_) => false,
        }
    }

    /// Hazard of default of a tenant, per year.
    #[must_use]
    pub fn default_per_year(&self, tenant: Tenant) -> f64 {
        match tenant {
            Tenant::Steady => 0.0,
            Tenant::Named(i) => self.tenants.get(usize::from(i)).map_or(0.0, |terms| terms.default_per_year),
            Tenant::Guarantor(_) => self.backstop.map_or(0.0, |backstop| backstop.guarantor_default_per_year),
        }
    }
}

/// A tenant that can fail.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantTerms {
    /// Unique name.
    pub name: String,
    /// Hazard of default, per year.
    pub default_per_year: f64,
    /// Whether the guarantor stands behind its leases.
    pub backed: bool,
}

/// How a hall without a tenant is let again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Letting {
    /// Months it stands empty; 0 lets it at once.
    pub months: u32,
    /// Rent over the market rent of the month in which it is let.
    pub rent_share: f64,
}

/// Service owed to tenants.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceTerms {
    /// Ladder of credits, cap, and when failure is chronic.
    pub sla: SlaTerms,
    /// Expected credit as a share of rent, for what lies beyond the months that are followed.
    pub expected_credit_share: f64,
    /// Expected number of times a month at which failure turns chronic, likewise.
    pub chronic_onsets_per_month: f64,
}

//! The rent that a conversion at the first opening needs, beside the market's.
//!
//! The formula of [`finance::loan::RequiredRent`] (fact F4.3): capex spread over the term by the capital recovery factor at the
//! run's discount rate, and operating cost, over 12,000 kW-months a MW-year. A contract pays for every hour, so availability is 1;
//! time to build and what is left after the term are not in it.

use finance::loan;
use site::{Campus, HostingCost};

/// Rent at which a conversion just earns the discount rate over one lease term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RequiredRent {
    /// Held level over the term, USD/kW-month.
    pub level_usd_per_kw_month: f64,
    /// Of the first year, if rent rises by the escalator, USD/kW-month.
    pub first_year_usd_per_kw_month: f64,
    /// Escalator, a year.
    pub escalator_per_year: f64,
    /// The run's discount rate, a year.
    pub rate_per_year: f64,
    /// Lease term in whole years.
    pub years: u32,
}

impl RequiredRent {
    /// Of a conversion that starts at the first opening.
    #[must_use]
    pub fn of(campus: &Campus) -> Self {
        let hosting = &campus.hosting;
        let years = ((f64::from(hosting.term_months) / 12.0).round() as u32).max(1);
        // A cost that is a share of the rent leaves the margin to earn the capital; an own figure grows with costs.
        let (margin, opex_usd_per_mw_year) = match hosting.cost {
            HostingCost::NoiMargin(margin) => (margin.get(), 0.0),
            HostingCost::PerItMwYear(usd) => (1.0, usd),
        };
        let rent = loan::RequiredRent {
            capex_usd_per_mw: campus.conversion.capex_at(0),
            opex_usd_per_mw_year,
            opex_growth_per_year: campus.company.inflation_per_year,
            rate_per_year: campus.company.discount_rate_per_year,
            years,
            availability: 1.0,
        };
        Self {
            level_usd_per_kw_month: rent.usd_per_kw_month() / margin,
            first_year_usd_per_kw_month: rent.first_year_usd_per_kw_month(hosting.escalator_per_year)
                / margin,
            escalator_per_year: hosting.escalator_per_year,
            rate_per_year: campus.company.discount_rate_per_year,
            years,
        }
    }
}

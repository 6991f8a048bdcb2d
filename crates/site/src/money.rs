//! From a month of the campus to the money: what its halls and books mean for the capital structure.

use crate::campus::{Campus, Hall};
use crate::economics::MonthEconomics;
use crate::funds::capex_left_usd;
use crate::ledger::Ledger;
use crate::state::{HallUse, State};
use crate::tail::hall_tail;
use crate::tenancy::hosting_cost_usd;
use finance::{Carried, Operations};

/// Contracted net operating income of halls, USD a year.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Contracted {
    /// Of leases in force.
    pub in_force_usd: f64,
    /// Of leases signed and not delivered, in their first year.
    pub signed_usd: f64,
}

/// Contracted income of a campus at an opening with a cost index.
#[must_use]
pub fn contracted(campus: &Campus, state: &State, cost_index: f64) -> Contracted {
    let mut sums = Contracted::default();
    for (hall, hall_use) in campus.halls.iter().zip(&state.halls) {
        match hall_use {
            HallUse::Hosting { lease, age_months } => {
                sums.in_force_usd +=
                    noi_usd_per_year(campus, hall, lease.rent_usd_per_kw_month(*age_months), cost_index);
            }
            HallUse::Building { lease: Some(lease), .. } => {
                sums.signed_usd += noi_usd_per_year(campus, hall, lease.rent.get(), cost_index);
            }
            _ => {}
        }
    }
    sums
}

/// Net operating income of a let hall at a rent, USD a year.
#[must_use]
pub fn noi_usd_per_year(campus: &Campus, hall: &Hall, rent_usd_per_kw_month: f64, cost_index: f64) -> f64 {
    let it = campus.conversion.it_mw(hall);
    let rent_usd = rent_usd_per_kw_month * it.kilowatts();
    12.0 * (rent_usd - hosting_cost_usd(campus, rent_usd, it.get(), cost_index))
}

/// Settles a month whose halls have been stepped: `delivered_usd` is what the conversions delivered in it have cost.
pub(crate) fn settle(
    campus: &Campus,
    state: &mut State,
    month: &MonthEconomics<'_>,
    ledger: &Ledger,
    delivered_usd: f64,
) {
    let Some(terms) = &campus.finance else { return };
    let operations = operations(campus, state, month, ledger, delivered_usd);
    debug_assert!(
        (operations.net_usd() - ledger.net_cash_flow_usd()).abs() < 1e-3,
        "a column of the ledger does not reach the money"
    );
    if let Some(books) = &mut state.books {
        books.settle(terms, &operations);
        state.cash_usd = books.company_cash_usd;
    }
}

/// A month as the money sees it.
fn operations(
    campus: &Campus,
    state: &State,
    month: &MonthEconomics<'_>,
    ledger: &Ledger,
    delivered_usd: f64,
) -> Operations {
    let contracted = contracted(campus, state, month.cost_index);
    Operations {
        month: month.month,
        ai_revenue_usd: ledger.hosting_rent_usd + ledger.inference_revenue_usd + ledger.training_revenue_usd,
        ai_cost_usd: ledger.hosting_opex_usd
            + ledger.sla_credits_usd
            + ledger.gpu_power_usd
            + ledger.gpu_opex_usd,
        termination_fees_usd: ledger.termination_fees_usd,
        conversion_capex_usd: ledger.conversion_capex_usd,
        gpu_capex_usd: ledger.gpu_capex_usd,
        mining_revenue_usd: ledger.mining_revenue_usd,
        mining_cost_usd: ledger.mining_power_usd + ledger.mining_opex_usd,
        other_income_usd: ledger.power_block_gain_usd + ledger.asic_sales_usd,
        overhead_usd: ledger.overhead_usd,
        btc_price_usd: month.btc_price_usd,
        share_shock: month.events.share_shock,
        change_of_control: month.events.change_of_control,
        contracted_noi_usd_per_year: contracted.in_force_usd,
        pipeline_noi_usd_per_year: contracted.signed_usd,
        capex_left_usd: capex_left_usd(campus, state),
        conversions_placed_usd: delivered_usd,
        failing_tenants: month.events.failing_tenants,
    }
}

/// Cost, from the first opening on, of the conversions that are delivered at the end of this month, USD.
pub(crate) fn delivered_usd(campus: &Campus, state: &State) -> f64 {
    let months_paid = |hall: &Hall| match hall.opening {
        HallUse::Building { months_left, .. } => months_left,
        _ => campus.conversion.lead_months,
    };
    campus
        .halls
        .iter()
        .zip(&state.halls)
        .map(|(hall, hall_use)| match hall_use {
            HallUse::Building { months_left: 1, capex_usd_per_month, .. } => {
                f64::from(months_paid(hall)) * capex_usd_per_month
            }
            _ => 0.0,
        })
        .sum()
}

/// What the campus carries past the horizon, in money of the horizon, for the closing of the books.
#[must_use]
pub fn carried(campus: &Campus, state: &State, last: &MonthEconomics<'_>) -> Carried {
    let mut carried = Carried {
        contracted_noi_usd_per_year: contracted(campus, state, last.cost_index).in_force_usd,
        ..Carried::default()
    };
    let now = campus.company.discount_factor(last.month);
    for (hall, hall_use) in campus.halls.iter().zip(&state.halls) {
        let usd = hall_tail(campus, hall, hall_use, last).total_usd() / now;
        if hall_use.is_committed() {
            carried.project_usd += usd;
        } else {
            carried.company_usd += usd;
        }
    }
    carried
}

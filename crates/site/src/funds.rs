//! The money that is free to start a conversion with.
//!
//! Without a capital structure, free funds are cash and committed funding less what conversions under way still have to pay.
//! With one, they are what the company can reach less its minimum cash and its part of what is still to be paid, and a start takes
//! from it what the project's loan does not lend. A start ties up its whole price, GPUs included, at the prices of its month,
//! although it is paid month by month. Revenue that is still to come counts for nothing, and nothing is set aside for months of
//! loss.

use crate::campus::{Campus, Hall};
use crate::lease::LeaseOffer;
use crate::money::noi_usd_per_year;
use crate::state::{AiForm, HallUse, State};
use finance::Lending;

/// What conversions under way still have to pay, USD.
#[must_use]
pub fn capex_left_usd(campus: &Campus, state: &State) -> f64 {
    campus
        .halls
        .iter()
        .zip(&state.halls)
        .map(|(hall, hall_use)| match hall_use {
            HallUse::Building { form, months_left, capex_usd_per_month, .. } => {
                f64::from(*months_left) * capex_usd_per_month + gpu_cost_usd(campus, hall, *form)
            }
            _ => 0.0,
        })
        .sum()
}

/// Money that may be tied up in further starts, USD; negative when conversions under way are not covered.
#[must_use]
pub fn free_funds_usd(campus: &Campus, state: &State) -> f64 {
    let owed = capex_left_usd(campus, state);
    match (&campus.finance, &state.books) {
        (Some(terms), Some(books)) => books.free_usd(terms, state.month, owed),
        _ => state.cash_usd + campus.company.committed_funding_usd - owed,
    }
}

/// Price of a conversion started in month `m`, GPUs included, USD.
#[must_use]
pub fn start_cost_usd(campus: &Campus, hall: &Hall, form: AiForm, m: u32) -> f64 {
    cost_at_usd(campus, hall, form, campus.conversion.capex_at(m))
}

/// The same at a capex, USD per IT MW.
fn cost_at_usd(campus: &Campus, hall: &Hall, form: AiForm, capex_usd_per_it_mw: f64) -> f64 {
    capex_usd_per_it_mw * campus.conversion.it_mw(hall).get() + gpu_cost_usd(campus, hall, form)
}

fn gpu_cost_usd(campus: &Campus, hall: &Hall, form: AiForm) -> f64 {
    match (form, &campus.gpus) {
        (AiForm::OwnGpus, Some(gpus)) => gpus.capex_usd_per_it_mw * campus.conversion.it_mw(hall).get(),
        _ => 0.0,
    }
}

/// Money that is left for the starts of a month: the company's own, and what the project's loan still lends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Purse {
    /// Money of the company, USD; without end where starts are not held to it.
    pub(crate) own_usd: f64,
    /// What has been lent on starts out of this purse, USD.
    pub(crate) lent_usd: f64,
    /// Loan terms, where there is a capital structure.
    lending: Option<Lending>,
    /// Capex of the month's starts, USD per IT MW.
    capex_usd_per_it_mw: f64,
    /// Growth of operating costs since the first opening.
    cost_index: f64,
}

impl Purse {
    /// A purse that pays for everything.
    pub(crate) const BOTTOMLESS: Self = Self {
        own_usd: f64::INFINITY,
        lent_usd: 0.0,
        lending: None,
        capex_usd_per_it_mw: 0.0,
        cost_index: 1.0,
    };

    /// What a state has for starts, under an offer if there is one.
    pub(crate) fn of(campus: &Campus, state: &State, offer: Option<&LeaseOffer>) -> Self {
        if !campus.company.hold_to_cash && campus.finance.is_none() {
            return Self::BOTTOMLESS;
        }
        let delivery = offer.map(|_| state.month + campus.conversion.lead_months);
        let lending = match (&campus.finance, &state.books) {
            (Some(terms), Some(books)) => Some(books.lending(terms, state.month, delivery)),
            _ => None,
        };
        Self {
            own_usd: if campus.company.hold_to_cash { free_funds_usd(campus, state) } else { f64::INFINITY },
            lent_usd: 0.0,
            lending,
            capex_usd_per_it_mw: campus.conversion.capex_at(state.month),
            cost_index: campus.company.cost_index(state.month),
        }
    }

    /// Takes the price of a start out of the purse, which may end below zero.
    pub(crate) fn pay(&mut self, campus: &Campus, hall: &Hall, form: AiForm, offer: Option<&LeaseOffer>) {
        let cost_usd = cost_at_usd(campus, hall, form, self.capex_usd_per_it_mw);
        let Some(lending) = &mut self.lending else {
            self.own_usd -= cost_usd;
            return;
        };
        let noi_usd_per_year =
            offer.map_or(0.0, |offer| noi_usd_per_year(campus, hall, offer.rent.get(), self.cost_index));
        let advance_usd = lending.advance_usd(cost_usd, noi_usd_per_year);
        lending.room_usd -= advance_usd;
        self.lent_usd += advance_usd;
        self.own_usd -= lending.company_cost_usd(cost_usd, advance_usd);
    }
}

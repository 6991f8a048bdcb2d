//! The money that is free to start a conversion with.
//!
//! Without a capital structure, free funds are cash and committed funding less what conversions under way still have to pay.
//! With one, they are what the company can reach less its minimum cash and its part of what is still to be paid, and a start takes
//! from it what the project's loan does not lend. A start ties up its whole price, GPUs included, at the prices of its month,
//! although it is paid month by month. Revenue that is still to come counts for nothing, and nothing is set aside for months of
//! loss.

use crate::campus::{Campus, Hall};
use crate::lease::LeaseOffer;
use crate::money::start_of;
use crate::state::{AiForm, HallUse, State};

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
    campus.conversion.capex_at(m) * campus.conversion.it_mw(hall).get() + gpu_cost_usd(campus, hall, form)
}

fn gpu_cost_usd(campus: &Campus, hall: &Hall, form: AiForm) -> f64 {
    match (form, &campus.gpus) {
        (AiForm::OwnGpus, Some(gpus)) => gpus.capex_usd_per_it_mw * campus.conversion.it_mw(hall).get(),
        _ => 0.0,
    }
}

/// Money that is left for starts: the company's own, and what the project's loan still lends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Purse {
    /// Money of the company, USD; without end where starts are not held to it.
    pub(crate) own_usd: f64,
    /// What can still be lent on starts, USD.
    pub(crate) loan_usd: f64,
    /// What has been lent on starts out of this purse, USD.
    pub(crate) lent_usd: f64,
}

impl Purse {
    /// A purse that pays for everything.
    pub(crate) const BOTTOMLESS: Self = Self { own_usd: f64::INFINITY, loan_usd: 0.0, lent_usd: 0.0 };

    /// What a state has for starts.
    pub(crate) fn of(campus: &Campus, state: &State) -> Self {
        let loan_usd = match (&campus.finance, &state.books) {
            (Some(terms), Some(books)) => books.loan_room_usd(terms, state.month),
            _ => 0.0,
        };
        let own_usd = if campus.company.hold_to_cash { free_funds_usd(campus, state) } else { f64::INFINITY };
        Self { own_usd, loan_usd, lent_usd: 0.0 }
    }

    /// Takes the price of a start out of the purse, which may end below zero.
    pub(crate) fn pay(
        &mut self,
        campus: &Campus,
        state: &State,
        hall: &Hall,
        form: AiForm,
        offer: Option<&LeaseOffer>,
    ) {
        let cost_usd = start_cost_usd(campus, hall, form, state.month);
        let (Some(terms), Some(books)) = (&campus.finance, &state.books) else {
            self.own_usd -= cost_usd;
            return;
        };
        let rent = offer.map_or(0.0, |offer| offer.rent.get());
        let start = start_of(campus, hall, form, rent, state.month, cost_usd);
        let advance_usd = books.advance_usd(terms, &start, self.loan_usd);
        self.loan_usd -= advance_usd;
        self.lent_usd += advance_usd;
        self.own_usd -= books.company_cost_usd(terms, cost_usd, advance_usd);
    }
}

//! Contract-backed conversions only: a lease must carry its own hall, whatever mining would have earned.
//!
//! An offer on a path holds a size and a rent and no name, so the quality of a tenant cannot be asked for. What can be asked
//! is that the signed contract alone, from the first capex to its expiry, is worth at least so much, that its rent stands so
//! high over the market's, and that the tenant wants at least so many MW.

use crate::gains::{ContractValues, KindsOfHalls};
use crate::policy::{Policy, View};
use crate::reasons::{Comparison, Reasons, Relation, size_limit};
use crate::rules::{start, within};
use site::{AiForm, Campus, Decision};

/// What is asked of a contract.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContractTerms {
    /// Least value of the contract (rent less hosting cost and conversion capex, to its expiry, at the scenario's discount
    /// rate) at the opening at which it is signed, USD per gross MW.
    pub min_contract_npv_usd_per_gross_mw: f64,
    /// Least offered rent over the market rent of the same opening.
    pub min_rent_over_market: f64,
    /// Least size of the offer, gross MW.
    pub min_offer_gross_mw: f64,
    /// Gross MW after which it stops.
    pub max_gross_mw: f64,
}

/// Takes offers whose contract pays for the conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractBacked {
    terms: ContractTerms,
    contracts: Vec<ContractValues>,
    kinds: KindsOfHalls,
}

impl ContractBacked {
    /// The policy for a campus; `contracts` by kind of hall, as [`crate::dp::contract_values`] gives them.
    #[must_use]
    pub fn new(campus: &Campus, contracts: Vec<ContractValues>, terms: ContractTerms) -> Self {
        Self { terms, contracts, kinds: KindsOfHalls::new(campus) }
    }
}

impl Policy for ContractBacked {
    fn decide(&self, view: &View<'_>) -> Decision {
        let Some(offer) = view.offer else { return Decision::WAIT };
        let terms = &self.terms;
        let rent = offer.rent.get();
        if rent < terms.min_rent_over_market * view.opening.lease_rate_usd_per_kw_month
            || offer.gross.get() < terms.min_offer_gross_mw
        {
            return Decision::WAIT;
        }
        let t = view.state.month as usize;
        let worth_it = |kind: usize, gross_mw: f64| {
            let value = self.contracts[kind].hosting_start[t].at(rent) * view.money_of_the_opening();
            value >= terms.min_contract_npv_usd_per_gross_mw * gross_mw
        };
        let halls = within(view, view.limits.hosting_halls, terms.max_gross_mw);
        start(AiForm::Hosting, self.kinds.first_halls(view, halls, worth_it))
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        let terms = &self.terms;
        let next = view.state.convertible().next();
        let npv = view.offer.zip(next.and_then(|hall| self.kinds.of(hall))).map(|(offer, (hall, kind))| {
            let contract = self.contracts[kind].hosting_start[view.state.month as usize];
            contract.at(offer.rent.get()) * view.money_of_the_opening() / view.campus.halls[hall].gross.get()
        });
        let rent = view.offer.map(|offer| offer.rent.get() / view.opening.lease_rate_usd_per_kw_month);
        let size = view.offer.map(|offer| offer.gross.get());
        let least = |name: &str, value, unit, threshold| {
            Comparison::new(name, value, unit, Relation::AtLeast, threshold)
        };
        let mut comparisons = vec![
            least("offered rent over the market's", rent, "", terms.min_rent_over_market),
            least("size of the offer", size, "gross MW", terms.min_offer_gross_mw),
            least(
                "contract on the next hall after capex",
                npv,
                "USD per gross MW",
                terms.min_contract_npv_usd_per_gross_mw,
            ),
        ];
        comparisons.extend(size_limit(view, terms.max_gross_mw));
        Reasons { comparisons, ..Reasons::default() }
    }
}

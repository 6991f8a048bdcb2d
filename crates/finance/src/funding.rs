//! What a conversion can be funded with: the loan that is drawn as built, the construction account, the owners.
//!
//! A loan lends at most its share of the cost, what is left of the commitment, and, if it is sized on coverage, what the first
//! year's contracted income, held flat from delivery to maturity, carries: `income/12 · annuity(rate/12, n) / DSCR`.

use crate::books::Books;
use crate::loan::annuity_factor;
use crate::loan_books::discount;
use crate::terms::{Drawdown, Terms};

/// A conversion that may be started.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// Its whole cost, USD.
    pub cost_usd: f64,
    /// Contracted net operating income of its first year, USD; nothing for own GPUs.
    pub noi_usd_per_year: f64,
    /// Month from which it earns.
    pub delivery_month: u32,
}

/// Index, share lent and coverage of the loan that is drawn as built.
pub(crate) fn as_built(terms: &Terms) -> Option<(usize, f64, Option<f64>)> {
    terms.loans.iter().enumerate().find_map(|(i, loan)| match loan.drawdown {
        Drawdown::AsBuilt { advance_share, sizing_dscr } => Some((i, advance_share, sizing_dscr)),
        Drawdown::AtClosing => None,
    })
}

impl Books {
    /// Money of the company that is free for starts: what can be reached, less the minimum cash and what construction under way
    /// still takes from it; what the construction account holds beyond that counts, USD. Nothing while anyone is unpaid.
    #[must_use]
    pub fn free_usd(&self, terms: &Terms, month: u32, capex_left_usd: f64) -> f64 {
        if self.in_default() {
            return 0.0;
        }
        let spare = (self.construction_usd - capex_left_usd).max(0.0);
        self.reach_usd(terms, month)
            - terms.company.minimum_cash_usd
            - self.construction_owed_usd(terms, capex_left_usd)
            + self.owners_share(terms) * spare
    }

    /// What the loan that is drawn as built can still lend for further starts, USD.
    #[must_use]
    pub fn loan_room_usd(&self, terms: &Terms, month: u32) -> f64 {
        as_built(terms).map_or(0.0, |(i, ..)| self.loans[i].room_usd(&terms.loans[i], month))
    }

    /// What a start is lent out of `room_usd`, USD.
    #[must_use]
    pub fn advance_usd(&self, terms: &Terms, start: &Start, room_usd: f64) -> f64 {
        let Some((i, share, sizing)) = as_built(terms) else { return 0.0 };
        let loan = &terms.loans[i];
        let carried = sizing.map_or(f64::INFINITY, |dscr| {
            let months = loan.maturity_month.saturating_sub(start.delivery_month);
            let rate = loan.rate_per_year / 12.0;
            start.noi_usd_per_year / 12.0 * annuity_factor(rate, months) / dscr
        });
        (share * start.cost_usd).min(carried).min(room_usd).max(0.0)
    }

    /// What a start takes from the company, USD, when `advance_usd` of its cost is lent.
    #[must_use]
    pub fn company_cost_usd(&self, terms: &Terms, cost_usd: f64, advance_usd: f64) -> f64 {
        let fee = as_built(terms).map_or(0.0, |(i, ..)| terms.loans[i].fee_share);
        self.owners_share(terms) * (cost_usd - advance_usd * (1.0 - fee))
    }

    fn owners_share(&self, terms: &Terms) -> f64 {
        if self.partner_gone { 1.0 } else { terms.project.company_share }
    }

    /// Commits to starts: their loans are earmarked, and the first one is announced.
    pub fn commit(&mut self, terms: &Terms, advance_usd: f64) {
        if let Some((i, ..)) = as_built(terms) {
            self.loans[i].earmarked_usd += advance_usd;
        }
        if self.price.announced == 1.0 {
            self.price.announced = 1.0 + terms.shares.announcement_effect;
        }
    }

    /// The discount factor of a loan's lenders at the end of a month.
    #[must_use]
    pub fn lenders_discount(&self, terms: &Terms, loan: usize, month: u32) -> f64 {
        discount(terms.loans[loan].rate_per_year, month)
    }
}

//! What a conversion can be funded with: the loan that is drawn as built, the construction account, the owners.
//!
//! A loan lends at most its share of the cost, what is left of the commitment, and, if it is sized on coverage, what the first
//! year's contracted income, held flat from delivery to the end of its schedule (its maturity, or beyond where it is refinanced), carries: `income/12 · annuity(rate/12, n) / DSCR`.

use crate::books::Books;
use crate::loan::annuity_factor;
use crate::terms::{Amortisation, Drawdown, LoanTerms, Terms};

/// What a month's starts are lent and what that leaves to the company: the same for every start of the month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lending {
    /// What the loan can still lend, USD.
    pub room_usd: f64,
    /// Most of a start's cost that is lent.
    share: f64,
    /// Most that is lent per USD of contracted income a year; infinite where the loan is not sized on coverage.
    usd_per_noi: f64,
    /// Fee on what is lent.
    fee_share: f64,
    /// The company's share of what owners pay.
    owners_share: f64,
}

/// Part of what shares could bring when they are needed that counts as free for starts.
const SHARES_COUNTED: f64 = 0.5;

impl Lending {
    /// What a start of this cost and first year's contracted income is lent, USD.
    #[must_use]
    pub fn advance_usd(&self, cost_usd: f64, noi_usd_per_year: f64) -> f64 {
        let carried =
            if self.usd_per_noi.is_finite() { self.usd_per_noi * noi_usd_per_year } else { f64::INFINITY };
        (self.share * cost_usd).min(carried).min(self.room_usd).max(0.0)
    }

    /// What a start takes from the company, USD, when `advance_usd` of its cost is lent.
    #[must_use]
    pub fn company_cost_usd(&self, cost_usd: f64, advance_usd: f64) -> f64 {
        self.owners_share * (cost_usd - advance_usd * (1.0 - self.fee_share))
    }
}

/// Index, share lent and coverage of the loan that is drawn as built.
pub(crate) fn as_built(terms: &Terms) -> Option<(usize, f64, Option<f64>)> {
    terms.loans.iter().enumerate().find_map(|(i, loan)| match loan.drawdown {
        Drawdown::AsBuilt { advance_share, sizing_dscr, .. } => Some((i, advance_share, sizing_dscr)),
        Drawdown::AtClosing => None,
    })
}

/// Month by which a loan is repaid under its schedule, a refinancing included.
fn last_payment(loan: &LoanTerms) -> u32 {
    match (&loan.amortisation, &loan.refinancing) {
        (_, None) => loan.maturity_month,
        (Amortisation::Level { months }, Some(_)) => loan.first_principal_month + months,
        (_, Some(refinancing)) => loan.maturity_month + refinancing.months,
    }
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
        // The share price may fall before the shares are sold.
        let shares = SHARES_COUNTED * self.raise_room_usd(terms, month);
        // What waits for the first conversion comes with it, or, once it has started, within the month.
        let waiting = self.waiting_usd(terms, month);
        self.company_cash_usd + self.backing_usd(terms, month) + shares + waiting
            - self.due_soon_usd(terms, month)
            - terms.company.minimum_cash_usd
            - self.construction_owed_usd(terms, capex_left_usd)
            + self.owners_share(terms) * spare
    }

    /// What starts of `month` are lent; those with contracted income earn from `delivery_month` on, `None` if there are none.
    #[must_use]
    pub fn lending(&self, terms: &Terms, month: u32, delivery_month: Option<u32>) -> Lending {
        let owners_share = self.owners_share(terms);
        let Some((i, share, sizing)) = as_built(terms) else {
            return Lending { room_usd: 0.0, share: 0.0, usd_per_noi: 0.0, fee_share: 0.0, owners_share };
        };
        let loan = &terms.loans[i];
        let carried = |dscr: f64| {
            let months = delivery_month.map_or(0, |delivery| last_payment(loan).saturating_sub(delivery));
            if months == 0 { 0.0 } else { annuity_factor(loan.rate_per_year / 12.0, months) / 12.0 / dscr }
        };
        let usd_per_noi = sizing.map_or(f64::INFINITY, carried);
        let room_usd = self.loans[i].room_usd(loan, month);
        Lending { room_usd, share, usd_per_noi, fee_share: loan.fee_share, owners_share }
    }

    fn owners_share(&self, terms: &Terms) -> f64 {
        if self.partner_gone { 1.0 } else { terms.project.company_share }
    }

    /// Commits to starts: their loans are earmarked, and the first one is announced.
    pub fn commit(&mut self, terms: &Terms, advance_usd: f64) {
        if let Some((i, ..)) = as_built(terms) {
            self.loans[i].earmarked_usd += advance_usd;
        }
        if !self.committed {
            self.committed = true;
            self.price.announced = 1.0 + terms.shares.announcement_effect;
            for (left, warrant) in self.warrants.iter_mut().zip(&terms.warrants) {
                if warrant.with_first_start {
                    *left = warrant.shares;
                }
            }
        }
    }
}

//! A path at its horizon: what is left for owners, and what lenders have lost.
//!
//! The project's assets pay its creditors first and the company's pay the company's; nobody owes more than what is there. What
//! is left of the project is shared among owners, what is left of the company is its shareholders'. A lender's loss is the
//! balance that nothing pays, discounted at its own coupon: at that rate a loan that is paid in full is worth what was drawn.

use crate::books::{Books, CENT};
use crate::loan_books::discount;
use crate::terms::{Level, Terminal, Terms};

/// What the campus carries past the horizon, USD at the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Carried {
    /// Leases, less construction, GPUs and site of halls that serve AI.
    pub project_usd: f64,
    /// Machines and site of halls that mine.
    pub company_usd: f64,
    /// Net operating income of leases in force, USD a year.
    pub contracted_noi_usd_per_year: f64,
}

/// What lenders got of one loan.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LenderResult {
    /// Drawn, discounted at the coupon to the first opening, USD.
    pub drawn_usd: f64,
    /// Not recovered, discounted likewise, USD.
    pub lost_usd: f64,
    /// What would be lost if lenders enforced at the first default, discounted likewise, USD.
    pub enforced_loss_usd: f64,
    /// Balance over time, discounted likewise, USD-years.
    pub balance_years_usd: f64,
    /// Whether anything due was ever unpaid or is at the horizon.
    pub defaulted: bool,
}

/// A path's end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Closing {
    /// Shareholders' value at the horizon, USD.
    pub horizon_equity_usd: f64,
    /// Part of it that stands on the terminal value, before creditors, USD: its own line.
    pub terminal_usd: f64,
    /// Dividends and the value at the horizon, discounted at the cost of equity, USD.
    pub equity_value_usd: f64,
    /// The same for one share of the first opening, USD.
    pub value_per_share_usd: f64,
    /// Gain of holders of warrants, discounted likewise, USD: their shares at the value of a share, less what they paid.
    pub warrants_value_usd: f64,
    /// Tax on what is carried past the horizon, USD at the horizon.
    pub horizon_tax_usd: f64,
    /// Shares that own the company at the horizon.
    pub diluted_shares: f64,
    /// By loan.
    pub lenders: Vec<LenderResult>,
    /// Lost by holders of convertible notes and the revolver, discounted at the cost of equity, USD.
    pub company_creditors_lost_usd: f64,
}

impl Books {
    /// Closes a path.
    #[must_use]
    pub fn close(&self, terms: &Terms, carried: &Carried) -> Closing {
        let (ai_terminal, mining_terminal) = self.terminal_usd(terms, carried);
        let accounts: f64 = self.loans.iter().map(|loan| loan.reserve_usd + loan.collateral_usd).sum();
        let mut project =
            self.project_cash_usd + self.construction_usd + accounts + carried.project_usd + ai_terminal
                - self.project_rescue_usd;
        let mut company = self.company_cash_usd + self.bitcoin_usd() + carried.company_usd + mining_terminal
            - self.company_rescue_usd;
        let mut lenders = vec![LenderResult::default(); terms.loans.len()];
        self.pay_lenders(terms, Level::Project, &mut project, &mut lenders);
        company += terms.project.company_share * project.max(0.0);
        company -= self.revolver_usd;
        self.pay_lenders(terms, Level::Company, &mut company, &mut lenders);
        let taxes = self.horizon_tax_usd(terms, carried, ai_terminal, mining_terminal).min(company.max(0.0));
        company -= taxes + self.property_tax_due_usd * terms.project.company_share;
        company -= self.notes_claim_usd(terms);
        let equity = company.max(0.0);
        let marks = &self.marks;
        let shares = self.diluted_shares(terms);
        let per_share = marks.dividends_per_share_usd + marks.discount * equity / shares;
        Closing {
            horizon_equity_usd: equity,
            terminal_usd: terms.project.company_share * ai_terminal + mining_terminal,
            equity_value_usd: marks.dividends_value_usd + marks.discount * equity,
            value_per_share_usd: per_share,
            warrants_value_usd: marks.warrant_shares * per_share - marks.warrants_cost_usd
                + marks.discount * self.warrant_shares(terms) * equity / shares,
            horizon_tax_usd: taxes,
            diluted_shares: shares,
            lenders,
            company_creditors_lost_usd: marks.discount * (-company).max(0.0),
        }
    }

    /// Federal tax on what is carried past the horizon, USD: its value less what is not written off and losses carried, at once.
    fn horizon_tax_usd(
        &self,
        terms: &Terms,
        carried: &Carried,
        ai_terminal: f64,
        mining_terminal: f64,
    ) -> f64 {
        let (Some(tax), Some(books)) = (&terms.tax, &self.tax) else { return 0.0 };
        let value = terms.project.company_share * (carried.project_usd + ai_terminal)
            + carried.company_usd
            + mining_terminal;
        let relief = books.undepreciated_usd() + tax.nol_limit_share * books.nol_usd();
        tax.federal_rate * (value - relief).max(0.0)
    }

    /// Extra value of the AI business and of mining under the terminal rule, USD at the horizon.
    fn terminal_usd(&self, terms: &Terms, carried: &Carried) -> (f64, f64) {
        match terms.terminal {
            Terminal::None => (0.0, 0.0),
            Terminal::CapRate { rate_per_year } => {
                (carried.contracted_noi_usd_per_year / rate_per_year - carried.project_usd, 0.0)
            }
            // Overhead stands with mining, also where nothing mines any more.
            Terminal::EbitdaMultiple { ai, mining } => (
                ai * self.ai.annualised().max(0.0) - carried.project_usd,
                mining * self.mining.annualised() - carried.company_usd,
            ),
        }
    }

    /// Pays a level's loans out of `assets`, which may end below zero only through what stood before them.
    fn pay_lenders(&self, terms: &Terms, level: Level, assets: &mut f64, results: &mut [LenderResult]) {
        let last = terms.n_months - 1;
        for ((loan, books), result) in terms.loans.iter().zip(&self.loans).zip(results) {
            if loan.level != level {
                continue;
            }
            let claim = books.balance_usd + books.accrued_usd;
            let paid = claim.min(assets.max(0.0));
            *assets -= paid;
            *result = LenderResult {
                drawn_usd: books.drawn_value_usd,
                lost_usd: (claim - paid) * discount(loan.rate_per_year, last),
                enforced_loss_usd: (1.0 - loan.recovery_share) * books.defaulted_value_usd,
                balance_years_usd: books.balance_years_usd,
                defaulted: books.ever_in_arrears || claim - paid > CENT,
            };
        }
    }
}

//! The company's waterfall: taxes, its own loans, and where missing money comes from or spare money goes.
//!
//! What is owed is paid in order: revolver interest, loans as listed (interest, then principal), convertible notes. A claim is
//! paid as far as money can be reached: cash, bitcoin, the revolver, shares that may be sold when needed. Then cash is put right
//! in that same order. Operations, taxes and construction must be paid: what is missing for them is lent by creditors
//! (rescue) and is a default, as are arrears. While in default all spare cash goes to creditors in order and nothing to owners.

use crate::books::{Books, CENT};
use crate::loan_books::LoanBooks;
use crate::operations::Operations;
use crate::project::take;
use crate::tax::TaxableMonth;
use crate::terms::{Level, LoanTerms, Terms};

impl Books {
    /// What the company could pay now if it had to, USD.
    #[must_use]
    pub fn reach_usd(&self, terms: &Terms, month: u32) -> f64 {
        let coming = if self.committed { self.waiting_usd(terms, month) } else { 0.0 };
        let sources = self.backing_usd(terms, month) + self.raise_room_usd(terms, month) + coming;
        (self.company_cash_usd + sources).max(0.0)
    }

    /// What bitcoin and the revolver can bring, USD. A line that is lent on bitcoin adds nothing to its sale, which repays it.
    pub(crate) fn backing_usd(&self, terms: &Terms, month: u32) -> f64 {
        let on_bitcoin =
            terms.revolver.as_ref().is_some_and(|revolver| revolver.bitcoin_advance_share.is_some());
        if on_bitcoin {
            (self.bitcoin_usd() - self.revolver_usd).max(0.0)
        } else {
            self.bitcoin_usd() + self.revolver_room_usd(terms, month)
        }
    }

    /// What can still be drawn on the revolver, USD.
    pub(crate) fn revolver_room_usd(&self, terms: &Terms, month: u32) -> f64 {
        let Some(revolver) = &terms.revolver else { return 0.0 };
        if month >= revolver.maturity_month {
            return 0.0;
        }
        let base = revolver.bitcoin_advance_share.map_or(f64::INFINITY, |share| share * self.bitcoin_usd());
        (revolver.commitment_usd.min(base) - self.revolver_usd).max(0.0)
    }

    /// Taxes on the company's share, in the last month of a year and of the study.
    pub(crate) fn pay_taxes(&mut self, terms: &Terms, operations: &Operations) {
        let Some(tax) = &terms.tax else { return };
        let share = terms.project.company_share;
        let s = &self.statement;
        let project_interest = s.loan_cost_usd + s.rescue_interest_usd + s.financing_fees_usd;
        let month_of_year = terms.month_of_year(operations.month);
        let taxable = TaxableMonth {
            month_of_year,
            revenue_usd: operations.mining_revenue_usd
                + share * (operations.ai_revenue_usd + operations.termination_fees_usd),
            cost_of_goods_usd: operations.mining_cost_usd + share * operations.ai_cost_usd,
            overhead_usd: operations.overhead_usd,
            interest_usd: share * project_interest + self.company_interest_usd(terms, operations.month),
            conversion_placed_usd: share * operations.conversions_placed_usd,
            gpus_placed_usd: share * operations.gpu_capex_usd,
            gains_usd: operations.other_income_usd + s.cash_interest_usd,
        };
        let Some(books) = &mut self.tax else { return };
        books.book(tax, &taxable);
        if month_of_year == 12 || operations.month + 1 == terms.n_months {
            let bill = books.settle_year(tax);
            self.statement.federal_tax_usd = bill.federal_usd;
            self.statement.texas_tax_usd = bill.texas_usd;
            // The bill is on the company's share of the plant; the project pays on all of it.
            self.property_tax_due_usd += bill.property_usd / share;
            let usd = bill.federal_usd + bill.texas_usd;
            self.company_cash_usd -= usd;
            self.equity_usd -= usd;
        }
    }

    /// Interest of the month on what the company owes, USD.
    fn company_interest_usd(&self, terms: &Terms, month: u32) -> f64 {
        let loans: f64 = terms
            .loans
            .iter()
            .zip(&self.loans)
            .filter(|(loan, _)| loan.level == Level::Company)
            .map(|(loan, books)| books.due(loan, terms.pay_day(month), 0.0).cost)
            .sum();
        let coupon = terms.convertible.as_ref().map_or(0.0, |notes| notes.coupon_per_year);
        loans + self.revolver_interest_due(terms, month) + self.convertible.outstanding_usd() * coupon / 12.0
    }

    fn revolver_interest_due(&self, terms: &Terms, month: u32) -> f64 {
        let Some(revolver) = &terms.revolver else { return 0.0 };
        let unused =
            if month < revolver.maturity_month { revolver.commitment_usd - self.revolver_usd } else { 0.0 };
        (self.revolver_usd * revolver.rate_per_year + unused.max(0.0) * revolver.commitment_fee_per_year)
            / 12.0
    }

    /// Serves the company's own debt as far as money can be reached.
    pub(crate) fn serve_company(&mut self, terms: &Terms, operations: &Operations) {
        let month = operations.month;
        let interest = self.revolver_interest_due(terms, month);
        // Unlike other claims it cannot be left unpaid: what is missing shows as rescue money.
        self.company_cash_usd -= interest;
        self.equity_usd -= interest;
        self.statement.revolver_interest_usd = interest;
        for (i, loan) in terms.loans.iter().enumerate().filter(|(_, loan)| loan.level == Level::Company) {
            let income = self.mining.last(loan.payment_months);
            let due = self.loans[i].due(loan, terms.pay_day(month), income);
            self.accrue(terms, i, due);
            let interest = self.pay_company(terms, month, due.interest);
            self.book_interest(i, due.interest, interest);
            let wanted = due.principal + due.balloon + self.loans[i].arrears_usd;
            let principal = self.pay_company(terms, month, wanted.min(self.loans[i].balance_usd));
            self.book_principal(i, due.principal + due.balloon, principal);
            self.refinance(terms, month, i);
        }
        self.serve_convertible(terms, operations);
    }

    /// Pays a claim as far as money can be reached; cash may go below zero until it is put right at the end of the month.
    pub(crate) fn pay_company(&mut self, terms: &Terms, month: u32, usd: f64) -> f64 {
        let paid = usd.min(self.reach_usd(terms, month)).max(0.0);
        self.company_cash_usd -= paid;
        paid
    }

    /// Finds what is missing, or repays and pays out what is spare.
    pub(crate) fn settle_cash(&mut self, terms: &Terms, operations: &Operations) {
        self.accrue_company_rescue(terms);
        let month = operations.month;
        if terms.revolver.as_ref().is_some_and(|revolver| month >= revolver.maturity_month) {
            // Due in full: what is missing shows as rescue money.
            let due = self.revolver_usd;
            self.repay_revolver(due);
        }
        self.shrink_revolver(terms);
        let minimum = terms.company.minimum_cash_usd;
        if self.company_cash_usd < minimum {
            self.find_cash(terms, month, minimum);
        }
        if self.company_cash_usd < 0.0 {
            let missing = -self.company_cash_usd;
            self.company_rescue_usd += missing;
            self.statement.rescue_drawn_usd += missing;
            self.company_cash_usd = 0.0;
        }
        self.pay_creditors_of_company(terms);
        let spare = (self.company_cash_usd - minimum).max(0.0);
        let repaid = spare.min(self.revolver_usd);
        self.repay_revolver(repaid);
        self.pay_dividends(terms, operations);
    }

    fn accrue_company_rescue(&mut self, terms: &Terms) {
        let interest = self.company_rescue_usd * terms.company.cost_of_equity_per_year / 12.0;
        self.company_rescue_usd += interest;
        self.equity_usd -= interest;
        self.statement.rescue_interest_usd += interest;
    }

    /// Repays what the bitcoin held no longer covers, as far as cash goes.
    fn shrink_revolver(&mut self, terms: &Terms) {
        let Some(share) = terms.revolver.as_ref().and_then(|revolver| revolver.bitcoin_advance_share) else {
            return;
        };
        let above = (self.revolver_usd - share * self.bitcoin_usd()).max(0.0);
        self.repay_revolver(above.min(self.company_cash_usd.max(0.0)));
    }

    /// Cash out of the revolver, then out of bitcoin, then out of shares, up to `wanted`.
    ///
    /// A revolver that is lent on bitcoin comes after it: selling the bitcoin takes the line away.
    fn find_cash(&mut self, terms: &Terms, month: u32, wanted: f64) {
        let bitcoin = (wanted - self.company_cash_usd).clamp(0.0, self.bitcoin_usd());
        if bitcoin > 0.0 && self.btc_price_usd > 0.0 {
            self.btc -= bitcoin / self.btc_price_usd;
            self.btc = self.btc.max(0.0);
            self.company_cash_usd += bitcoin;
            self.statement.bitcoin_sold_usd += bitcoin;
        }
        let drawn = (wanted - self.company_cash_usd).clamp(0.0, self.revolver_room_usd(terms, month));
        self.revolver_usd += drawn;
        self.company_cash_usd += drawn;
        self.statement.revolver_drawn_usd += drawn;
        self.sell_shares_when_needed(terms, month, wanted - self.company_cash_usd);
    }

    fn repay_revolver(&mut self, usd: f64) {
        self.revolver_usd = (self.revolver_usd - usd).max(0.0);
        self.company_cash_usd -= usd;
        self.statement.revolver_repaid_usd += usd;
    }

    /// In default all cash goes to rescue money, arrears of loans in their order, then convertible notes.
    fn pay_creditors_of_company(&mut self, terms: &Terms) {
        let repaid = take(&mut self.company_cash_usd, self.company_rescue_usd);
        self.company_rescue_usd -= repaid;
        self.statement.rescue_repaid_usd += repaid;
        for (i, _) in terms.loans.iter().enumerate().filter(|(_, loan)| loan.level == Level::Company) {
            let paid = take(&mut self.company_cash_usd, self.loans[i].arrears_usd);
            self.loans[i].repay(paid);
            self.statement.loan_prepaid_usd += paid;
        }
        let paid = take(&mut self.company_cash_usd, self.convertible_unpaid_usd);
        self.convertible_unpaid_usd -= paid;
        self.statement.convertible_paid_usd += paid;
    }

    /// Once a year, after taxes, pays out what is above the minimum, above what construction still takes and above what the company
    /// owes to anyone, if nobody is unpaid.
    fn pay_dividends(&mut self, terms: &Terms, operations: &Operations) {
        let last = operations.month + 1 == terms.n_months;
        let year_end = terms.month_of_year(operations.month) == 12;
        if !terms.company.pays_out || last || !year_end || self.in_default() || self.revolver_usd > CENT {
            return;
        }
        let debts = self.loans_usd(terms, Level::Company) + self.convertible.outstanding_usd();
        let construction = self.construction_owed_usd(terms, operations.capex_left_usd);
        let aside = terms.company.minimum_cash_usd + construction + debts + self.property_tax_due_usd;
        let usd = (self.company_cash_usd - aside).max(0.0);
        self.company_cash_usd -= usd;
        self.equity_usd -= usd;
        self.statement.dividends_usd = usd;
    }

    /// What construction under way still takes from the company, USD.
    #[must_use]
    pub fn construction_owed_usd(&self, terms: &Terms, capex_left_usd: f64) -> f64 {
        let after_fee =
            |(loan, books): (&LoanTerms, &LoanBooks)| books.earmarked_usd * (1.0 - loan.fee_share);
        let lent: f64 = terms.loans.iter().zip(&self.loans).map(after_fee).sum();
        let owners = (capex_left_usd - self.construction_usd - lent).max(0.0);
        let share = if self.partner_gone { 1.0 } else { terms.project.company_share };
        share * owners
    }

    /// Debt of the company that falls due within the next months and is not refinanced, USD.
    pub(crate) fn due_soon_usd(&self, terms: &Terms, month: u32) -> f64 {
        /// Months ahead in which money that is owed is not free for starts.
        const MONTHS: u32 = 24;
        let soon = |maturity: u32| maturity < month + MONTHS;
        let loans = terms.loans.iter().zip(&self.loans).filter(|(loan, books)| {
            loan.level == Level::Company && soon(books.maturity_month) && !books.refinances(loan)
        });
        let notes = terms.convertible.as_ref().filter(|notes| soon(notes.maturity_month));
        loans.map(|(_, books)| books.balance_usd).sum::<f64>()
            + notes.map_or(0.0, |_| self.convertible.outstanding_usd())
            + self.convertible_unpaid_usd
    }
}

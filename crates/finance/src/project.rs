//! The project's waterfall: construction, service of its loans in their order, reserves, tests, sweeps, distributions.
//!
//! Order of a month: operating income; construction is paid by loans, then the construction account, then owners; each loan
//! takes interest, then principal; fees of a guarantor prepay loans; reserve accounts are filled; covenants are tested; excess
//! cash prepays what it must; what is left goes to the owners, unless locked up. A loan is paid out of the project's cash,
//! then its reserve, before any income also out of the construction account, then by the owners who support it; while an earlier
//! loan is in arrears, out of its own accounts alone. Owners pay what they can; construction that nobody can pay is lent by
//! creditors (rescue), which is a default.

use crate::books::{Books, CENT};
use crate::funding::as_built;
use crate::loan_books::{Due, LoanBooks};
use crate::operations::Operations;
use crate::terms::{Drawdown, Level, LoanTerms, Terms};

/// Takes up to `usd` out of an account and returns what was there.
pub(crate) fn take(account: &mut f64, usd: f64) -> f64 {
    let taken = usd.min(*account).max(0.0);
    *account -= taken;
    taken
}

impl Books {
    /// Pays in what is lent in full this month.
    pub(crate) fn close_loans(&mut self, terms: &Terms, operations: &Operations) {
        for (i, loan) in terms.loans.iter().enumerate() {
            if !self.closes(loan, i, operations.month) {
                continue;
            }
            let fee = loan.fee_share * loan.amount_usd;
            let collateral =
                loan.collateral.map_or(0.0, |collateral| collateral.usd.min(loan.amount_usd - fee));
            let reserve = loan.funded_reserve_usd.min(loan.amount_usd - fee - collateral);
            let books = &mut self.loans[i];
            books.draw(loan.amount_usd, operations.month);
            books.undrawn_usd = 0.0;
            books.closed = true;
            books.collateral_usd += collateral;
            books.reserve_usd += reserve;
            self.statement.reserve_funded_usd += reserve;
            let net = loan.amount_usd - fee - collateral - reserve;
            match loan.level {
                Level::Project => {
                    self.construction_usd += net;
                    self.construction_used = false;
                }
                Level::Company => self.company_cash_usd += net,
            }
            self.statement.loans_drawn_usd += loan.amount_usd;
            self.book_loan_cost(terms, loan.level, fee);
            self.statement.financing_fees_usd += fee;
        }
    }

    /// Whether a loan is paid out in full this month; one that waits for the first conversion may close later.
    fn closes(&self, loan: &LoanTerms, i: usize, month: u32) -> bool {
        if loan.drawdown != Drawdown::AtClosing || self.loans[i].closed {
            return false;
        }
        if loan.with_first_start {
            self.committed && month >= loan.closing_month && month < loan.maturity_month
        } else {
            month == loan.closing_month
        }
    }

    /// Books a cost of a loan's borrower against equity.
    fn book_loan_cost(&mut self, terms: &Terms, level: Level, usd: f64) {
        match level {
            Level::Project => self.project_income(terms, -usd),
            Level::Company => self.equity_usd -= usd,
        }
    }

    pub(crate) fn project_month(&mut self, terms: &Terms, operations: &Operations) {
        // Property tax of a year is the project's to pay in the next January.
        let property = if terms.month_of_year(operations.month) == 1 {
            std::mem::take(&mut self.property_tax_due_usd)
        } else {
            0.0
        };
        self.statement.property_tax_usd = property;
        let income = operations.ai_income_usd() - property;
        self.statement.cfads_usd = income;
        self.cfads.push(income);
        self.ai.push(income);
        self.months_of_income += u32::from(operations.ai_revenue_usd > 0.0);
        self.project_cash_usd += income;
        self.project_income(terms, income);
        self.build(terms, operations);
        self.deliver(operations);
        let service = self.serve_project(terms, operations);
        self.service.push(service);
        self.take_guarantee(terms, operations);
        self.accrue_project_rescue(terms);
        self.cover_project(terms, operations);
        self.fill_reserves(terms, operations.month);
        self.share_out(terms, operations);
    }

    /// Takes what has been delivered out of what is under construction.
    fn deliver(&mut self, operations: &Operations) {
        let placed = operations.conversions_placed_usd + operations.gpu_capex_usd;
        let undelivered = self.plant.cost_usd - self.delivered_usd;
        if placed > 0.0 && undelivered > 0.0 {
            let share = (placed / undelivered).min(1.0);
            self.loans.iter_mut().for_each(|loan| loan.deliver(share));
        }
        self.delivered_usd += placed;
    }

    /// Pays construction: loans, then the construction account, then the owners.
    fn build(&mut self, terms: &Terms, operations: &Operations) {
        let capex = operations.capex_usd();
        self.plant.cost_usd += capex;
        self.plant.net_usd += capex;
        let mut left = capex - self.draw_as_built(terms, operations.month, capex);
        let spent = take(&mut self.construction_usd, left);
        self.statement.construction_spent_usd += spent;
        self.construction_used |= spent > 0.0;
        left -= spent;
        self.project_cash_usd -= left;
        self.contribute(terms, operations.month, left);
        if operations.capex_left_usd <= CENT && operations.ai_revenue_usd > 0.0 && self.construction_used {
            // What construction did not need serves the debt; money that still waits for its construction does not.
            self.project_cash_usd += std::mem::take(&mut self.construction_usd);
        }
    }

    /// Draws the loan that is drawn as built; returns what reaches construction.
    fn draw_as_built(&mut self, terms: &Terms, month: u32, capex: f64) -> f64 {
        let Some((i, advance_share, _)) = as_built(terms) else { return 0.0 };
        let loan = &mut self.loans[i];
        let drawn = (advance_share * capex).min(loan.earmarked_usd).max(0.0);
        loan.earmarked_usd -= drawn;
        loan.undrawn_usd -= drawn;
        loan.draw(drawn, month);
        loan.fresh_usd = drawn;
        loan.under_construction_usd += drawn;
        let fee = terms.loans[i].fee_share * drawn;
        self.statement.loans_drawn_usd += drawn;
        self.statement.financing_fees_usd += fee;
        self.project_income(terms, -fee);
        drawn - fee
    }

    /// Owners pay what the project needs, each its share; a partner that has failed pays nothing. What the company cannot pay is lent
    /// by creditors.
    fn contribute(&mut self, terms: &Terms, month: u32, usd: f64) {
        if usd <= 0.0 {
            return;
        }
        let partner_share = if self.partner_gone { 0.0 } else { 1.0 - terms.project.company_share };
        let partner = partner_share * usd;
        self.partner_equity_usd += partner;
        self.statement.partner_contribution_usd += partner;
        let company = (usd - partner).min(self.reach_usd(terms, month));
        self.company_cash_usd -= company;
        self.statement.company_contribution_usd += company;
        let missing = usd - partner - company;
        self.project_rescue_usd += missing;
        self.statement.rescue_drawn_usd += missing;
        self.project_cash_usd += usd;
    }

    /// Cost of operation above income is the owners' to pay.
    fn cover_project(&mut self, terms: &Terms, operations: &Operations) {
        if self.project_cash_usd < 0.0 {
            self.contribute(terms, operations.month, -self.project_cash_usd);
            self.project_cash_usd = self.project_cash_usd.max(0.0);
        }
    }

    /// Serves the project's loans in their order; returns the scheduled service, USD.
    fn serve_project(&mut self, terms: &Terms, operations: &Operations) -> f64 {
        let day = terms.pay_day(operations.month);
        let mut ahead = 0.0;
        let mut service = 0.0;
        for (i, loan) in terms.loans.iter().enumerate().filter(|(_, loan)| loan.level == Level::Project) {
            let due = self.loans[i].due(loan, day, self.cfads.last(loan.payment_months) - ahead);
            self.accrue(terms, i, due);
            ahead += due.interest + due.principal + due.balloon;
            service += due.interest + due.principal;
            self.serve_one(terms, operations, i, due);
        }
        service
    }

    /// Books what a month of a loan costs: interest that is added to the balance, or that accrues until it is paid.
    pub(crate) fn accrue(&mut self, terms: &Terms, i: usize, due: Due) {
        let loan = &mut self.loans[i];
        loan.balance_usd += due.capitalised;
        loan.accrued_usd += due.cost - due.capitalised;
        self.statement.interest_capitalised_usd += due.capitalised;
        self.statement.loan_cost_usd += due.cost;
        self.book_loan_cost(terms, terms.loans[i].level, due.cost);
    }

    fn serve_one(&mut self, terms: &Terms, operations: &Operations, i: usize, due: Due) {
        let month = operations.month;
        let building = operations.ai_revenue_usd <= 0.0;
        let interest = self.pay_project(terms, month, i, due.interest, building);
        self.book_interest(i, due.interest, interest);
        // What is in arrears comes before any later loan.
        let wanted = due.principal + due.balloon + self.loans[i].arrears_usd;
        let wanted = wanted.min(self.loans[i].balance_usd);
        let principal = self.pay_project(terms, month, i, wanted, false);
        self.book_principal(i, due.principal + due.balloon, principal);
        self.refinance(terms, month, i);
    }

    /// Books interest that was due and what of it was paid; the rest stays in the balance as arrears.
    pub(crate) fn book_interest(&mut self, i: usize, due: f64, paid: f64) {
        self.statement.loan_interest_usd += paid;
        self.loans[i].accrued_usd = (self.loans[i].accrued_usd - due).max(0.0);
        let unpaid = due - paid;
        if unpaid > 0.0 {
            self.loans[i].balance_usd += unpaid;
            self.loans[i].arrears_usd += unpaid;
            self.statement.interest_capitalised_usd += unpaid;
        }
    }

    /// Books principal that was due and what of it was paid; the rest is in arrears.
    pub(crate) fn book_principal(&mut self, i: usize, due: f64, paid: f64) {
        let loan = &mut self.loans[i];
        let arrears = loan.arrears_usd + due - paid;
        loan.repay(paid);
        loan.arrears_usd = arrears.clamp(0.0, loan.balance_usd);
        self.statement.loan_principal_usd += paid;
    }

    /// Takes a balance that is left at maturity over to the terms of its refinancing.
    pub(crate) fn refinance(&mut self, terms: &Terms, month: u32, i: usize) {
        let loan = &terms.loans[i];
        if month < self.loans[i].maturity_month || !self.loans[i].refinances(loan) {
            return;
        }
        let balance = self.loans[i].balance_usd;
        let fee = loan.refinancing.as_ref().map_or(0.0, |refinancing| refinancing.fee_share) * balance;
        self.loans[i].refinance(loan, month);
        self.statement.refinanced_usd += balance;
        // The fee is added to the new loan.
        self.loans[i].balance_usd += fee;
        self.statement.loans_drawn_usd += fee;
        self.statement.financing_fees_usd += fee;
        self.book_loan_cost(terms, loan.level, fee);
    }

    /// Pays up to `usd` to loan `i` from what the project may use for it, in order.
    fn pay_project(&mut self, terms: &Terms, month: u32, i: usize, usd: f64, building: bool) -> f64 {
        let mut paid = take(&mut self.project_cash_usd, usd);
        let from_reserve = take(&mut self.loans[i].reserve_usd, usd - paid);
        self.statement.reserve_funded_usd -= from_reserve;
        paid += from_reserve;
        let first_in_line = !self.stands_behind_arrears(terms, i);
        if building && first_in_line {
            paid += take(&mut self.construction_usd, usd - paid);
        }
        if month >= self.loans[i].maturity_month {
            if first_in_line {
                paid += take(&mut self.construction_usd, usd - paid);
            }
            let released = take(&mut self.loans[i].collateral_usd, usd - paid);
            self.statement.collateral_released_usd += released;
            paid += released;
        }
        if first_in_line {
            paid += self.support(terms, month, usd - paid);
        }
        paid
    }

    /// Whether a loan of the project that comes before loan `i` is in arrears, so that nobody's money may pass it by: owners who each
    /// pay a share of the support would otherwise pay a part of every loan.
    fn stands_behind_arrears(&self, terms: &Terms, i: usize) -> bool {
        let ahead = terms.loans[..i].iter().zip(&self.loans);
        ahead.into_iter().any(|(loan, books)| loan.level == Level::Project && books.arrears_usd > CENT)
    }

    /// What owners pay for the project's debt service.
    fn support(&mut self, terms: &Terms, month: u32, usd: f64) -> f64 {
        if !terms.project.sponsor_support || usd <= 0.0 {
            return 0.0;
        }
        let partner_share = if self.partner_gone { 0.0 } else { 1.0 - terms.project.company_share };
        let partner = partner_share * usd;
        let company = (usd - partner).min(self.reach_usd(terms, month));
        self.company_cash_usd -= company;
        self.statement.company_contribution_usd += company;
        self.partner_equity_usd += partner;
        self.statement.partner_contribution_usd += partner;
        company + partner
    }

    /// Fees of a guarantor prepay the project's loans in their order.
    fn take_guarantee(&mut self, terms: &Terms, operations: &Operations) {
        let fees = operations.termination_fees_usd;
        self.statement.termination_fees_usd = fees;
        self.project_cash_usd += fees;
        self.project_income(terms, fees);
        let mut left = fees;
        for (i, _) in terms.loans.iter().enumerate().filter(|(_, loan)| loan.level == Level::Project) {
            left -= self.prepay_project(i, left);
        }
    }

    /// Prepays loan `i` out of the project's cash; returns what was paid.
    fn prepay_project(&mut self, i: usize, usd: f64) -> f64 {
        let wanted = usd.min(self.loans[i].balance_usd);
        let paid = take(&mut self.project_cash_usd, wanted);
        self.loans[i].repay(paid);
        self.statement.loan_prepaid_usd += paid;
        paid
    }

    fn accrue_project_rescue(&mut self, terms: &Terms) {
        let interest = self.project_rescue_usd * terms.company.cost_of_equity_per_year / 12.0;
        self.project_rescue_usd += interest;
        self.statement.rescue_interest_usd += interest;
        self.project_income(terms, -interest);
    }

    /// Fills reserve accounts up to their months of service, releases what is above, and releases collateral when its time is up.
    fn fill_reserves(&mut self, terms: &Terms, month: u32) {
        let unpaid = self.project_default() || self.has_arrears(terms, Level::Project);
        for (i, loan) in terms.loans.iter().enumerate().filter(|(_, loan)| loan.level == Level::Project) {
            let target = if self.loans[i].balance_usd > CENT && month >= loan.capitalise_until_month {
                let income = self.statement.cfads_usd;
                f64::from(loan.reserve_months) * self.loans[i].service_per_month_usd(loan, month, income)
            } else {
                0.0
            };
            let waiting = if self.months_of_income == 0 { self.loans[i].reserve_usd } else { 0.0 };
            let missing = target.max(waiting) - self.loans[i].reserve_usd;
            let moved = if missing <= 0.0 {
                missing
            } else if unpaid {
                // Arrears come before reserves.
                0.0
            } else {
                take(&mut self.project_cash_usd, missing)
            };
            self.loans[i].reserve_usd += moved;
            if moved < 0.0 {
                self.project_cash_usd -= moved;
            }
            self.statement.reserve_funded_usd += moved;
            if let Some(collateral) = loan.collateral
                && (month >= collateral.release_month || self.loans[i].balance_usd <= CENT)
            {
                let released = std::mem::take(&mut self.loans[i].collateral_usd);
                self.statement.collateral_released_usd += released;
                self.project_cash_usd += released;
                if collateral.prepays {
                    self.prepay_project(i, released);
                }
            }
        }
    }

    /// Tests, sweeps and distributions.
    fn share_out(&mut self, terms: &Terms, operations: &Operations) {
        let unpaid = |books: &Self| books.project_default() || books.has_arrears(terms, Level::Project);
        if unpaid(self) {
            self.pay_creditors_of_project(terms);
        }
        let locked = self.test_covenants(terms, operations.month);
        if unpaid(self) {
            self.statement.locked_up = 1.0;
            return;
        }
        if !terms.pay_day(operations.month).every(terms.project.distribution_months) {
            return;
        }
        let aside = self.service_set_aside_usd(terms, operations.month);
        for (i, loan) in terms.loans.iter().enumerate().filter(|(_, loan)| loan.level == Level::Project) {
            let share = if self.statement.breached > 0.0 && loan.default_dscr.is_some() {
                1.0
            } else {
                // A new loan at maturity has no offer of cash flow.
                if self.loans[i].runs_on_refinancing(operations.month) { 0.0 } else { loan.sweep_share }
            };
            if operations.month >= loan.closing_month && self.loans[i].balance_usd > 0.0 {
                let spare = (self.project_cash_usd - aside).max(0.0);
                self.prepay_project(i, share * spare);
            }
        }
        if locked {
            self.statement.locked_up = 1.0;
            return;
        }
        let usd = (self.project_cash_usd - aside).max(0.0);
        self.project_cash_usd -= usd;
        let company = terms.project.company_share * usd;
        self.company_cash_usd += company;
        self.partner_equity_usd -= usd - company;
        self.statement.company_distribution_usd += company;
        self.statement.partner_distribution_usd += usd - company;
    }

    /// What the months since the last payment of each loan put aside for the next one, USD.
    fn service_set_aside_usd(&self, terms: &Terms, month: u32) -> f64 {
        let income = self.statement.cfads_usd;
        let of_project = |(loan, _): &(&LoanTerms, &LoanBooks)| loan.level == Level::Project;
        let aside = |(loan, books): (&LoanTerms, &LoanBooks)| {
            let since = terms.month_of_year(month) % loan.payment_months;
            let principal = books.service_per_month_usd(loan, month, income)
                - books.balance_usd * books.rate_per_year / 12.0;
            books.accrued_usd + f64::from(since) * principal.max(0.0)
        };
        terms.loans.iter().zip(&self.loans).filter(of_project).map(aside).sum()
    }

    /// In default everything goes to rescue money, then to loans in their order: arrears first, the rest of the balance stands.
    fn pay_creditors_of_project(&mut self, terms: &Terms) {
        let repaid = take(&mut self.project_cash_usd, self.project_rescue_usd);
        self.project_rescue_usd -= repaid;
        self.statement.rescue_repaid_usd += repaid;
        for (i, _) in terms.loans.iter().enumerate().filter(|(_, loan)| loan.level == Level::Project) {
            let arrears = self.loans[i].arrears_usd;
            self.prepay_project(i, arrears);
        }
    }

    /// Tests coverage of twelve months; returns whether distributions are locked up.
    fn test_covenants(&mut self, terms: &Terms, month: u32) -> bool {
        let service = self.service.sum();
        if service <= CENT {
            return false;
        }
        let dscr = self.cfads.sum() / service;
        let mut locked = false;
        for (loan, books) in terms.loans.iter().zip(&self.loans) {
            if !self.is_tested(loan, books, month) {
                continue;
            }
            let below = |limit: Option<f64>| limit.is_some_and(|limit| dscr < limit);
            if below(loan.default_dscr) {
                self.statement.breached = 1.0;
                locked = true;
            }
            locked |= below(loan.lock_up_dscr);
        }
        locked
    }
}

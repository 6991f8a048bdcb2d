//! The books: every balance of a company and its project, moved one month at a time.
//!
//! A month runs in this order: bitcoin is marked and cash earns interest; what closes this month is paid in; mining and
//! overhead settle; the project pays construction, serves its loans in their order and distributes; taxes; the company's
//! own loans, its convertible notes and its shares; last, what is missing is found (bitcoin, revolver, shares, rescue) or what
//! is left repays the revolver and pays dividends. Every flow is booked against both sides of the balance sheet as it happens.

use crate::convertible::ConvertibleBooks;
use crate::loan_books::LoanBooks;
use crate::marks::Marks;
use crate::operations::Operations;
use crate::share_price::PriceBooks;
use crate::statement::Statement;
use crate::tax::TaxBooks;
use crate::terms::{Level, LoanTerms, Terms};

/// Money below which an amount counts as nothing, USD.
pub(crate) const CENT: f64 = 0.005;

/// Where the money stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Books {
    /// Loans, in the order of the terms.
    pub loans: Vec<LoanBooks>,
    /// The last month.
    pub statement: Statement,
    /// Convertible notes.
    pub convertible: ConvertibleBooks,
    /// Principal of convertible notes that was due and not paid, USD.
    pub convertible_unpaid_usd: f64,
    /// Cash of the company, USD.
    pub company_cash_usd: f64,
    /// Cash of the project, USD.
    pub project_cash_usd: f64,
    /// Construction account, USD.
    pub construction_usd: f64,
    /// Whether the construction account has paid for anything since it was last filled.
    pub(crate) construction_used: bool,
    /// Revolver drawn, USD.
    pub revolver_usd: f64,
    /// Lent to the project after a default, USD.
    pub project_rescue_usd: f64,
    /// Lent to the company after a default, USD.
    pub company_rescue_usd: f64,
    /// Bitcoin held.
    pub btc: f64,
    /// Shares outstanding.
    pub shares: f64,
    /// Shares sold of each raise.
    pub raised_shares: Vec<f64>,
    /// Warrants of each kind that are neither exercised nor lapsed.
    pub warrants: Vec<f64>,
    /// Share price at the end of the last month, USD.
    pub share_price_usd: f64,
    pub(crate) tax: Option<TaxBooks>,
    pub(crate) plant: Plant,
    pub(crate) company_plant: Plant,
    pub(crate) equity_usd: f64,
    pub(crate) partner_equity_usd: f64,
    pub(crate) btc_price_usd: f64,
    /// Whether a conversion has been started, or was under way at the first opening.
    pub(crate) committed: bool,
    /// Cost of the conversions delivered so far and of GPUs, USD.
    pub(crate) delivered_usd: f64,
    /// Property tax of the past year, which the project owes, USD.
    pub(crate) property_tax_due_usd: f64,
    /// Whether the partner has failed, so that it puts nothing in.
    pub(crate) partner_gone: bool,
    /// Months with income of the AI business; covenants are tested after twelve of them.
    pub(crate) months_of_income: u32,
    /// Cash flow available and debt service of the project, last twelve months.
    pub(crate) cfads: Year,
    pub(crate) service: Year,
    /// Mining margin less overhead, last twelve months.
    pub(crate) mining: Year,
    /// Operating income of the AI business, last twelve months.
    pub(crate) ai: Year,
    pub(crate) price: PriceBooks,
    /// What the path has been through.
    pub marks: Marks,
}

/// Twelve months of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Year {
    months: [f64; 12],
    seen: u32,
}

impl Year {
    pub(crate) fn push(&mut self, usd: f64) {
        self.months[self.seen as usize % 12] = usd;
        self.seen += 1;
    }

    pub(crate) fn sum(&self) -> f64 {
        self.months.iter().sum()
    }

    /// The sum of the last `months` months, at most twelve.
    pub(crate) fn last(&self, months: u32) -> f64 {
        (1..=months.min(self.seen).min(12)).map(|back| self.months[(self.seen - back) as usize % 12]).sum()
    }

    /// The sum, scaled to twelve months where fewer have passed.
    pub(crate) fn annualised(&self) -> f64 {
        self.sum() * 12.0 / f64::from(self.seen.clamp(1, 12))
    }
}

/// Plant at cost, written off in equal months.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Plant {
    pub(crate) cost_usd: f64,
    pub(crate) net_usd: f64,
}

impl Plant {
    fn write_off(&mut self, life_months: u32) -> f64 {
        let usd = (self.cost_usd / f64::from(life_months)).min(self.net_usd);
        self.net_usd -= usd;
        usd
    }
}

impl Books {
    /// The books at the first opening: cash, plant and bitcoin, all of it equity; `committed` says whether halls are let or under
    /// construction already.
    #[must_use]
    pub fn opening(terms: &Terms, cash_usd: f64, committed: bool) -> Self {
        let btc_price_usd = terms.opening_btc_price_usd;
        let plant = terms.company.opening_plant_usd;
        let bitcoin = terms.treasury.opening_btc * btc_price_usd;
        Self {
            loans: terms.loans.iter().map(LoanBooks::new).collect(),
            statement: Statement::default(),
            convertible: ConvertibleBooks::default(),
            convertible_unpaid_usd: 0.0,
            company_cash_usd: cash_usd.max(0.0),
            project_cash_usd: 0.0,
            construction_usd: 0.0,
            construction_used: false,
            revolver_usd: 0.0,
            project_rescue_usd: 0.0,
            company_rescue_usd: (-cash_usd).max(0.0),
            btc: terms.treasury.opening_btc,
            shares: terms.shares.shares,
            raised_shares: vec![0.0; terms.raises.len()],
            warrants: terms
                .warrants
                .iter()
                .map(|warrant| if warrant.with_first_start && !committed { 0.0 } else { warrant.shares })
                .collect(),
            share_price_usd: terms.shares.price_usd,
            tax: terms.tax.as_ref().map(TaxBooks::new),
            plant: Plant::default(),
            company_plant: Plant { cost_usd: plant, net_usd: plant },
            equity_usd: cash_usd + plant + bitcoin,
            partner_equity_usd: 0.0,
            btc_price_usd,
            committed,
            delivered_usd: 0.0,
            property_tax_due_usd: 0.0,
            partner_gone: false,
            months_of_income: 0,
            cfads: Year::default(),
            service: Year::default(),
            mining: Year::default(),
            ai: Year::default(),
            price: PriceBooks::new(btc_price_usd),
            marks: Marks::new(),
        }
    }

    /// Settles a month; its flows and balances are then in [`Books::statement`].
    pub fn settle(&mut self, terms: &Terms, operations: &Operations) {
        self.statement = Statement::default();
        self.marks.advance(terms.company.cost_of_equity_per_year);
        let fails = |tenant: u8| operations.failing_tenants >> tenant & 1 == 1;
        self.partner_gone |= terms.project.partner_tenant.is_some_and(fails);
        for loan in &mut self.loans {
            loan.committed = self.committed;
            loan.fresh_usd = 0.0;
        }
        self.mark_bitcoin(operations);
        self.earn_interest(terms);
        self.close_loans(terms, operations);
        self.sell_shares_of_the_month(terms, operations.month);
        self.settle_mining(terms, operations);
        self.project_month(terms, operations);
        self.pay_taxes(terms, operations);
        self.write_off(terms);
        self.move_share_price(terms, operations);
        self.serve_company(terms, operations);
        self.settle_cash(terms, operations);
        self.balances(terms, operations);
        self.mark_month(terms, operations.month);
    }

    /// Books an income (or, negative, a cost) of the project: partners bear their share.
    pub(crate) fn project_income(&mut self, terms: &Terms, usd: f64) {
        let partners = (1.0 - terms.project.company_share) * usd;
        self.partner_equity_usd += partners;
        self.equity_usd += usd - partners;
    }

    fn mark_bitcoin(&mut self, operations: &Operations) {
        let gain = self.btc * (operations.btc_price_usd - self.btc_price_usd);
        self.btc_price_usd = operations.btc_price_usd;
        self.statement.bitcoin_mark_usd = gain;
        self.equity_usd += gain;
    }

    fn earn_interest(&mut self, terms: &Terms) {
        let rate = terms.company.cash_rate_per_year / 12.0;
        let company = rate * self.company_cash_usd;
        let held: f64 = self.loans.iter().map(|loan| loan.reserve_usd + loan.collateral_usd).sum();
        let project = rate * (self.project_cash_usd + self.construction_usd + held);
        self.company_cash_usd += company;
        self.project_cash_usd += project;
        self.equity_usd += company;
        self.project_income(terms, project);
        self.statement.cash_interest_usd = company + project;
    }

    /// Mining, power block, machines sold and overhead; part of the margin is kept in bitcoin.
    fn settle_mining(&mut self, terms: &Terms, operations: &Operations) {
        let margin = operations.mining_margin_usd();
        let income = margin + operations.other_income_usd - operations.overhead_usd;
        self.company_cash_usd += income;
        self.equity_usd += income;
        self.mining.push(margin - operations.overhead_usd);
        let price = operations.btc_price_usd;
        if price <= 0.0 || self.in_default() {
            return;
        }
        let above = (self.btc - terms.treasury.most_btc).max(0.0);
        self.btc -= above;
        self.company_cash_usd += above * price;
        self.statement.bitcoin_sold_usd += above * price;
        let room = (terms.treasury.most_btc - self.btc).max(0.0) * price;
        let spare = (self.company_cash_usd - terms.company.minimum_cash_usd).max(0.0);
        let kept = (terms.treasury.hold_share * margin.max(0.0)).min(room).min(spare);
        self.btc += kept / price;
        self.company_cash_usd -= kept;
        self.statement.bitcoin_kept_usd = kept;
    }

    fn write_off(&mut self, terms: &Terms) {
        let life = terms.project.book_life_months;
        let project = self.plant.write_off(life);
        let company = self.company_plant.write_off(life);
        self.project_income(terms, -project);
        self.equity_usd -= company;
        self.statement.depreciation_usd = project + company;
    }

    /// Whether anyone's claim is unpaid.
    #[must_use]
    pub fn in_default(&self) -> bool {
        self.project_default() || self.company_default_but_for_loans() || self.arrears_usd() > CENT
    }

    fn arrears_usd(&self) -> f64 {
        self.loans.iter().map(|loan| loan.arrears_usd).sum()
    }

    pub(crate) fn project_default(&self) -> bool {
        self.project_rescue_usd > CENT
    }

    pub(crate) fn company_default_but_for_loans(&self) -> bool {
        self.company_rescue_usd > CENT || self.convertible_unpaid_usd > CENT
    }

    /// Whether a loan's covenants are tested: from its first test on, after a year of income.
    pub(crate) fn is_tested(&self, loan: &LoanTerms, books: &LoanBooks, month: u32) -> bool {
        loan.level == Level::Project
            && month >= loan.first_test_month
            && self.months_of_income >= 12
            && books.balance_usd > CENT
    }

    /// Whether a loan of a level has arrears.
    pub(crate) fn has_arrears(&self, terms: &Terms, level: Level) -> bool {
        terms
            .loans
            .iter()
            .zip(&self.loans)
            .any(|(terms, loan)| terms.level == level && loan.arrears_usd > CENT)
    }

    /// Debt of a level, USD.
    #[must_use]
    pub fn loans_usd(&self, terms: &Terms, level: Level) -> f64 {
        terms
            .loans
            .iter()
            .zip(&self.loans)
            .filter(|(terms, _)| terms.level == level)
            .map(|(_, loan)| loan.balance_usd)
            .sum()
    }

    fn balances(&mut self, terms: &Terms, operations: &Operations) {
        let convertible = self.convertible.outstanding_usd() + self.convertible_unpaid_usd;
        let accrued = self.loans.iter().map(|loan| loan.accrued_usd).sum();
        let service = self.service.sum();
        let reserve = self.loans.iter().map(|loan| loan.reserve_usd).sum();
        let collateral = self.loans.iter().map(|loan| loan.collateral_usd).sum();
        let project_debt = self.loans_usd(terms, Level::Project);
        let company_debt = self.loans_usd(terms, Level::Company);
        let liquidity = self.company_cash_usd + self.backing_usd(terms, operations.month)
            - self.company_rescue_usd
            - self.project_rescue_usd;
        let diluted = self.diluted_shares(terms);
        let project_default = self.project_default() || self.has_arrears(terms, Level::Project);
        let company_default = self.company_default_but_for_loans() || self.has_arrears(terms, Level::Company);
        let bitcoin = self.bitcoin_usd();
        let s = &mut self.statement;
        s.company_cash_usd = self.company_cash_usd;
        s.project_cash_usd = self.project_cash_usd;
        s.construction_usd = self.construction_usd;
        s.reserve_usd = reserve;
        s.collateral_usd = collateral;
        s.bitcoin_usd = bitcoin;
        s.plant_usd = self.plant.net_usd + self.company_plant.net_usd;
        s.project_debt_usd = project_debt;
        s.company_debt_usd = company_debt;
        s.accrued_usd = accrued;
        s.revolver_usd = self.revolver_usd;
        s.convertible_usd = convertible;
        s.rescue_usd = self.project_rescue_usd + self.company_rescue_usd;
        s.equity_usd = self.equity_usd;
        s.partner_equity_usd = self.partner_equity_usd;
        s.liquidity_usd = liquidity;
        s.shares = self.shares;
        s.diluted_shares = diluted;
        s.share_price_usd = self.share_price_usd;
        s.dscr = if service > CENT { self.cfads.sum() / service } else { 0.0 };
        s.project_default = f64::from(u8::from(project_default));
        s.company_default = f64::from(u8::from(company_default));
    }

    pub(crate) fn bitcoin_usd(&self) -> f64 {
        self.btc * self.btc_price_usd
    }

    /// The lowest of all accounts and debts, USD: never below zero but for rounding.
    #[must_use]
    pub fn lowest_balance_usd(&self) -> f64 {
        let s = &self.statement;
        let loans = self.loans.iter().flat_map(|l| {
            [l.balance_usd, l.accrued_usd, l.arrears_usd, l.undrawn_usd, l.reserve_usd, l.collateral_usd]
        });
        [
            s.company_cash_usd,
            s.project_cash_usd,
            s.construction_usd,
            s.bitcoin_usd,
            s.plant_usd,
            s.revolver_usd,
            s.convertible_usd,
            s.rescue_usd,
        ]
        .into_iter()
        .chain(loans)
        .fold(f64::INFINITY, f64::min)
    }
}

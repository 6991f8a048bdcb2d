//! What a path has been through: extremes, events and values that are summed month by month.

use crate::books::{Books, CENT};
use crate::loan_books::LoanBooks;
use crate::terms::{LoanTerms, Terms};

/// Extremes, events and discounted sums of one path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marks {
    /// Discount factor of the month's end at the cost of equity.
    pub discount: f64,
    /// Dividends, discounted at the cost of equity, USD.
    pub dividends_value_usd: f64,
    /// Dividends a share, discounted at the cost of equity, USD.
    pub dividends_per_share_usd: f64,
    /// Shares that warrants have become.
    pub(crate) warrant_shares: f64,
    /// What those shares have cost their holders and missed in dividends, discounted at the cost of equity, USD.
    pub(crate) warrants_cost_usd: f64,
    /// Fees that a guarantor paid, discounted at the cost of equity, USD.
    pub guarantee_value_usd: f64,
    /// Taxes, discounted at the cost of equity, USD.
    pub taxes_value_usd: f64,
    /// Lowest money at hand at any month end, USD.
    pub lowest_liquidity_usd: f64,
    /// Lowest coverage of twelve months while covenants are tested; infinite if never.
    pub lowest_dscr: f64,
    /// Months in which nothing could be distributed.
    pub months_locked_up: u32,
    /// Months in which a covenant failed.
    pub months_breached: u32,
    /// Months in which someone's claim was unpaid.
    pub months_in_default: u32,
    /// Whether the project's debt was ever in default.
    pub project_defaulted: bool,
    /// Whether the company's debt was ever in default.
    pub company_defaulted: bool,
    /// Whether bitcoin, revolver, shares or rescue had to fill cash.
    pub ever_short: bool,
    /// Highest debt at any month end, USD.
    pub highest_debt_usd: f64,
}

impl Marks {
    pub(crate) fn new() -> Self {
        Self {
            discount: 1.0,
            dividends_value_usd: 0.0,
            dividends_per_share_usd: 0.0,
            warrant_shares: 0.0,
            warrants_cost_usd: 0.0,
            guarantee_value_usd: 0.0,
            taxes_value_usd: 0.0,
            lowest_liquidity_usd: f64::INFINITY,
            lowest_dscr: f64::INFINITY,
            months_locked_up: 0,
            months_breached: 0,
            months_in_default: 0,
            project_defaulted: false,
            company_defaulted: false,
            ever_short: false,
            highest_debt_usd: 0.0,
        }
    }

    /// Warrants become shares at a strike.
    pub(crate) fn exercise(&mut self, shares: f64, strike_usd: f64) {
        self.warrant_shares += shares;
        self.warrants_cost_usd += shares * (self.discount * strike_usd + self.dividends_per_share_usd);
    }

    /// Moves the discount factor on by a month.
    pub(crate) fn advance(&mut self, rate_per_year: f64) {
        self.discount *= (1.0 + rate_per_year).powf(-1.0 / 12.0);
    }
}

impl Books {
    /// Adds a settled month to the marks.
    pub(crate) fn mark_month(&mut self, terms: &Terms, month: u32) {
        for (loan, terms) in self.loans.iter_mut().zip(&terms.loans) {
            loan.mark(terms, month);
        }
        let holds = |(loan, books): (&LoanTerms, &LoanBooks)| {
            let has_covenant = loan.lock_up_dscr.is_some() || loan.default_dscr.is_some();
            has_covenant && self.is_tested(loan, books, month)
        };
        let tested = terms.loans.iter().zip(&self.loans).any(holds);
        let unpaid = self.in_default();
        let s = &self.statement;
        let marks = &mut self.marks;
        marks.dividends_value_usd += marks.discount * s.dividends_usd;
        marks.dividends_per_share_usd += marks.discount * s.dividends_usd / s.shares;
        marks.guarantee_value_usd += marks.discount * s.termination_fees_usd;
        marks.taxes_value_usd += marks.discount * (s.federal_tax_usd + s.texas_tax_usd + s.property_tax_usd);
        marks.lowest_liquidity_usd = marks.lowest_liquidity_usd.min(s.liquidity_usd);
        if tested && self.service.sum() > CENT {
            marks.lowest_dscr = marks.lowest_dscr.min(s.dscr);
        }
        marks.months_locked_up += u32::from(s.locked_up > 0.0);
        marks.months_breached += u32::from(s.breached > 0.0);
        marks.project_defaulted |= s.project_default > 0.0;
        marks.company_defaulted |= s.company_default > 0.0;
        marks.months_in_default += u32::from(s.project_default + s.company_default > 0.0);
        marks.ever_short |= s.rescue_drawn_usd > 0.0 || unpaid;
        marks.highest_debt_usd = marks.highest_debt_usd.max(s.debt_usd());
    }
}

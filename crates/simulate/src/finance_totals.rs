//! The money of one policy over the paths: sums that merge in their order, and what comes out of them.

use crate::fan::Fan;
use crate::statistics::Moments;
use crate::totals::add;
use finance::{Books, Closing, Statement, Terms};
use serde::{Deserialize, Serialize};

/// What a path's money leaves behind each month, kept for quantiles.
#[derive(Debug, Clone, Default)]
pub(crate) struct MoneyMonths {
    pub(crate) dscr: Vec<f64>,
    pub(crate) debt: Vec<f64>,
    pub(crate) share_price: Vec<f64>,
}

impl MoneyMonths {
    pub(crate) fn push(&mut self, statement: &Statement) {
        self.dscr.push(statement.dscr);
        self.debt.push(statement.debt_usd());
        self.share_price.push(statement.share_price_usd);
    }

    fn extend(&mut self, other: &Self) {
        self.dscr.extend_from_slice(&other.dscr);
        self.debt.extend_from_slice(&other.debt);
        self.share_price.extend_from_slice(&other.share_price);
    }
}

/// One policy's money, summed.
#[derive(Debug, Clone)]
pub(crate) struct FinanceTotals {
    /// Sums of statement columns by month, `[n_months]`.
    pub(crate) statement: Vec<[f64; Statement::WIDTH]>,
    /// Months of the kept paths, each `[n_kept, n_months]` row-major.
    pub(crate) kept: MoneyMonths,
    /// Lowest coverage of each kept path, infinite where it was never tested.
    pub(crate) kept_lowest_dscr: Vec<f64>,
    pub(crate) outcome: FinanceOutcome,
}

/// One lender's results over the paths.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LenderOutcome {
    /// Name of the loan.
    pub name: String,
    /// Coupon, a year.
    pub rate_per_year: f64,
    /// Drawn, discounted at the coupon to the first opening, USD.
    pub drawn_usd: Moments,
    /// Not recovered, discounted likewise, USD.
    pub lost_usd: Moments,
    /// What would be lost if lenders enforced at the first default, discounted likewise, USD.
    pub enforced_loss_usd: Moments,
    /// Share of the balance that they would then recover.
    pub recovery_share: f64,
    /// Balance over time, discounted likewise, USD-years.
    pub balance_years_usd: Moments,
    /// Paths on which anything due was unpaid.
    pub defaults: u64,
}

/// One policy's money.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FinanceOutcome {
    /// Mean statement of each month, `[n_months]`.
    pub statement: Vec<Statement>,
    /// Dividends and the value at the horizon, discounted at the cost of equity, USD.
    pub equity_value_usd: Moments,
    /// The same for a share of the first opening, USD.
    pub value_per_share_usd: Moments,
    /// Value per share less that of all-mining on the same path, USD.
    pub per_share_difference_usd: Moments,
    /// Terminal value, a line of its own, at the horizon before discounting, USD.
    pub terminal_usd: Moments,
    /// Gain of holders of warrants, discounted at the cost of equity, USD.
    pub warrants_value_usd: Moments,
    /// Fees that the guarantor paid, discounted likewise, USD.
    pub guarantee_value_usd: Moments,
    /// Taxes, discounted likewise, USD.
    pub taxes_value_usd: Moments,
    /// Lost by the revolver and holders of convertible notes, discounted likewise, USD.
    pub company_creditors_lost_usd: Moments,
    /// Shares that own the company at the horizon.
    pub diluted_shares: Moments,
    /// Lowest money at hand of the path, USD.
    pub lowest_liquidity_usd: Moments,
    /// Highest debt of the path, USD.
    pub highest_debt_usd: Moments,
    /// By loan.
    pub lenders: Vec<LenderOutcome>,
    /// Paths on which creditors had to lend so that nothing stayed unpaid.
    pub paths_short: u64,
    /// Paths with a month in which a covenant failed.
    pub paths_breached: u64,
    /// Paths with a month in which nothing could be distributed.
    pub paths_locked_up: u64,
    /// Paths on which the project's debt was in default.
    pub paths_project_default: u64,
    /// Paths on which the company's debt was in default.
    pub paths_company_default: u64,
    /// Value per share of each kept path, USD, `[n_kept]`.
    pub kept_value_per_share_usd: Vec<f64>,
    /// Equity value of each kept path, USD, `[n_kept]`.
    pub kept_equity_value_usd: Vec<f64>,
    /// Lowest coverage while tested, over the kept paths on which it was; one period.
    pub lowest_dscr: Fan,
    /// Coverage of twelve months, over the kept paths that have debt service in them.
    pub dscr: Fan,
    /// All debt at month end, USD.
    pub debt_usd: Fan,
    /// Share price at month end, USD.
    pub share_price_usd: Fan,
}

impl FinanceTotals {
    pub(crate) fn new(terms: &Terms, n_months: usize) -> Self {
        let lenders = terms
            .loans
            .iter()
            .map(|loan| LenderOutcome {
                name: loan.name.clone(),
                rate_per_year: loan.rate_per_year,
                recovery_share: loan.recovery_share,
                ..LenderOutcome::default()
            })
            .collect();
        Self {
            statement: vec![[0.0; Statement::WIDTH]; n_months],
            kept: MoneyMonths::default(),
            kept_lowest_dscr: Vec::new(),
            outcome: FinanceOutcome { lenders, ..FinanceOutcome::default() },
        }
    }

    /// Adds a settled month of one path.
    pub(crate) fn add_month(&mut self, m: usize, statement: &Statement) {
        add(&mut self.statement[m], &statement.columns());
    }

    /// Adds a closed path; `kept` are its months if it is one of those kept.
    pub(crate) fn add_path(
        &mut self,
        books: &Books,
        closing: &Closing,
        baseline: &Closing,
        kept: Option<&MoneyMonths>,
    ) {
        let o = &mut self.outcome;
        let marks = &books.marks;
        o.equity_value_usd.add(closing.equity_value_usd);
        o.value_per_share_usd.add(closing.value_per_share_usd);
        o.per_share_difference_usd.add(closing.value_per_share_usd - baseline.value_per_share_usd);
        o.terminal_usd.add(closing.terminal_usd);
        o.warrants_value_usd.add(closing.warrants_value_usd);
        o.guarantee_value_usd.add(marks.guarantee_value_usd);
        o.taxes_value_usd.add(marks.taxes_value_usd);
        o.company_creditors_lost_usd.add(closing.company_creditors_lost_usd);
        o.diluted_shares.add(closing.diluted_shares);
        o.lowest_liquidity_usd.add(marks.lowest_liquidity_usd);
        o.highest_debt_usd.add(marks.highest_debt_usd);
        for (total, lender) in o.lenders.iter_mut().zip(&closing.lenders) {
            total.drawn_usd.add(lender.drawn_usd);
            total.lost_usd.add(lender.lost_usd);
            total.enforced_loss_usd.add(lender.enforced_loss_usd);
            total.balance_years_usd.add(lender.balance_years_usd);
            total.defaults += u64::from(lender.defaulted);
        }
        o.paths_short += u64::from(marks.ever_short);
        o.paths_breached += u64::from(marks.months_breached > 0);
        o.paths_locked_up += u64::from(marks.months_locked_up > 0);
        o.paths_project_default += u64::from(marks.project_defaulted);
        o.paths_company_default += u64::from(marks.company_defaulted);
        if let Some(months) = kept {
            o.kept_value_per_share_usd.push(closing.value_per_share_usd);
            o.kept_equity_value_usd.push(closing.equity_value_usd);
            self.kept_lowest_dscr.push(marks.lowest_dscr);
            self.kept.extend(months);
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.statement.iter_mut().zip(&other.statement) {
            add(mine, theirs);
        }
        self.kept.extend(&other.kept);
        self.kept_lowest_dscr.extend(other.kept_lowest_dscr);
        self.outcome.merge(other.outcome);
    }

    /// The means over `n_paths`.
    pub(crate) fn finish(mut self, n_paths: usize, n_months: usize) -> FinanceOutcome {
        let n = n_paths as f64;
        // No coverage is no number: months without service count as 0 in a statement, a path without a test as infinite.
        let with = |values: Vec<f64>, has: fn(f64) -> bool| -> Vec<f64> {
            values.into_iter().map(|value| if has(value) { value } else { f64::NAN }).collect()
        };
        self.outcome.lowest_dscr = Fan::of(with(self.kept_lowest_dscr, f64::is_finite), 1);
        self.outcome.dscr = Fan::of(with(self.kept.dscr, |dscr| dscr != 0.0), n_months);
        self.outcome.debt_usd = Fan::of(self.kept.debt, n_months);
        self.outcome.share_price_usd = Fan::of(self.kept.share_price, n_months);
        self.outcome.statement =
            self.statement.iter().map(|sums| Statement::from_columns(sums.map(|sum| sum / n))).collect();
        self.outcome
    }
}

impl FinanceOutcome {
    fn merge(&mut self, other: Self) {
        self.equity_value_usd.merge(&other.equity_value_usd);
        self.value_per_share_usd.merge(&other.value_per_share_usd);
        self.per_share_difference_usd.merge(&other.per_share_difference_usd);
        self.terminal_usd.merge(&other.terminal_usd);
        self.warrants_value_usd.merge(&other.warrants_value_usd);
        self.guarantee_value_usd.merge(&other.guarantee_value_usd);
        self.taxes_value_usd.merge(&other.taxes_value_usd);
        self.company_creditors_lost_usd.merge(&other.company_creditors_lost_usd);
        self.diluted_shares.merge(&other.diluted_shares);
        self.lowest_liquidity_usd.merge(&other.lowest_liquidity_usd);
        self.highest_debt_usd.merge(&other.highest_debt_usd);
        for (mine, theirs) in self.lenders.iter_mut().zip(&other.lenders) {
            mine.drawn_usd.merge(&theirs.drawn_usd);
            mine.lost_usd.merge(&theirs.lost_usd);
            mine.enforced_loss_usd.merge(&theirs.enforced_loss_usd);
            mine.balance_years_usd.merge(&theirs.balance_years_usd);
            mine.defaults += theirs.defaults;
        }
        self.paths_short += other.paths_short;
        self.paths_breached += other.paths_breached;
        self.paths_locked_up += other.paths_locked_up;
        self.paths_project_default += other.paths_project_default;
        self.paths_company_default += other.paths_company_default;
        self.kept_value_per_share_usd.extend(other.kept_value_per_share_usd);
        self.kept_equity_value_usd.extend(other.kept_equity_value_usd);
    }
}

impl LenderOutcome {
    /// Expected loss as a share of what was drawn, both discounted at the coupon; 0 of nothing.
    #[must_use]
    pub fn expected_loss_share(&self) -> f64 {
        ratio(self.lost_usd.mean(), self.drawn_usd.mean())
    }

    /// The part of the coupon that just pays for the expected loss, a year.
    #[must_use]
    pub fn break_even_spread_per_year(&self) -> f64 {
        ratio(self.lost_usd.mean(), self.balance_years_usd.mean())
    }

    /// The same if lenders enforced at the first default.
    #[must_use]
    pub fn enforced_spread_per_year(&self) -> f64 {
        ratio(self.enforced_loss_usd.mean(), self.balance_years_usd.mean())
    }

    /// Mean life of what was drawn, years, discounted.
    #[must_use]
    pub fn life_years(&self) -> f64 {
        ratio(self.balance_years_usd.mean(), self.drawn_usd.mean())
    }
}

fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}

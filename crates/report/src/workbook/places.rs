//! Where things stand, so that a formula of one sheet finds the cells of another.

use rust_xlsxwriter::utility::{quote_sheet_name, row_col_to_cell, row_col_to_cell_absolute};
use simulate::Outcomes;
use site::Ledger;

/// Names of the sheets, in their order.
pub(super) const SUMMARY: &str = "Summary";
pub(super) const ASSUMPTIONS: &str = "Assumptions";
pub(super) const CASH_FLOW: &str = "Cash flow";
pub(super) const USES: &str = "MW by use";
pub(super) const VALUATION: &str = "Valuation";
pub(super) const LEDGER: &str = "Ledger";
pub(super) const DEBT: &str = "Debt";
pub(super) const POLICIES: &str = "Policies";
pub(super) const MARKETS: &str = "Markets";

/// Names that formulas use.
pub(super) const DISCOUNT_RATE: &str = "discount_rate";
pub(super) const CHOSEN_POLICY: &str = "chosen_policy";
pub(super) const POLICY_NUMBER: &str = "policy_number";
pub(super) const ROWS_BEFORE: &str = "rows_before";

/// The cell of the discount rate in sheet Assumptions, row and column.
pub(super) const RATE_CELL: (u32, u16) = (3, 2);

/// First row of data in sheet Ledger.
pub(super) const LEDGER_FIRST: u32 = 4;
/// Columns of sheet Ledger before those of [`Ledger::names`]: policy and month.
pub(super) const LEDGER_LEAD: u16 = 2;

/// Rows of sheet Valuation.
pub(super) const NAMES_ROW: u32 = 3;
pub(super) const CARRIED_ROW: u32 = 4;
pub(super) const CARRIED_TOTAL_ROW: u32 = 9;
pub(super) const CARRIED_PRESENT_ROW: u32 = 10;
pub(super) const HORIZON_ROW: u32 = 11;
pub(super) const NPV_ROW: u32 = 12;
pub(super) const GUESS_ROW: u32 = 13;
pub(super) const MONTHLY_IRR_ROW: u32 = 14;
pub(super) const IRR_ROW: u32 = 15;
pub(super) const FLOWS_FIRST: u32 = 18;
/// Columns of sheet Valuation before the first policy's: month, number, discount factor.
pub(super) const VALUATION_LEAD: u16 = 3;
pub(super) const FACTOR_COLUMN: u16 = 2;

/// Row of the first policy in the table of sheet Summary.
pub(super) const SUMMARY_FIRST: u32 = 12;

/// How many of each there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    pub(super) n_policies: usize,
    pub(super) n_months: usize,
}

impl Places {
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        Self { n_policies: outcomes.policies.len(), n_months: outcomes.months.len() }
    }

    /// Row of a policy's month in sheet Ledger.
    pub(super) fn ledger_row(self, policy: usize, month: usize) -> u32 {
        LEDGER_FIRST + (policy * self.n_months + month) as u32
    }

    /// A column of sheet Ledger, all policies and months.
    pub(super) fn ledger_column(self, column: usize) -> String {
        let last = self.ledger_row(self.n_policies, 0).saturating_sub(1);
        range(LEDGER, (LEDGER_FIRST, ledger_place(column)), (last, ledger_place(column)))
    }

    /// Column of a policy's own figures in sheet Valuation.
    pub(super) fn own(self, policy: usize) -> u16 {
        VALUATION_LEAD + policy as u16
    }

    /// Column of a policy's figures over all-mining in sheet Valuation.
    pub(super) fn over(self, policy: usize) -> u16 {
        VALUATION_LEAD + (self.n_policies + policy) as u16
    }

    /// Row of a month in sheet Valuation.
    pub(super) fn flows_row(self, month: usize) -> u32 {
        FLOWS_FIRST + month as u32
    }

    /// Last month's row in sheet Valuation.
    pub(super) fn flows_last(self) -> u32 {
        self.flows_row(self.n_months.saturating_sub(1))
    }

    /// A row of sheet Valuation over the own figures of all policies.
    pub(super) fn own_row(self, row: u32) -> String {
        range(VALUATION, (row, self.own(0)), (row, self.own(self.n_policies.saturating_sub(1))))
    }

    /// A row of sheet Valuation over the figures of all policies over all-mining.
    pub(super) fn over_row(self, row: u32) -> String {
        range(VALUATION, (row, self.over(0)), (row, self.over(self.n_policies.saturating_sub(1))))
    }

    /// Names of policies in sheet Summary, the best first.
    pub(super) fn ranked_names(self) -> String {
        let last = SUMMARY_FIRST + self.n_policies.saturating_sub(1) as u32;
        range(SUMMARY, (SUMMARY_FIRST, 0), (last, 0))
    }
}

/// Column in sheet Ledger of a column of [`Ledger::names`].
pub(super) fn ledger_place(column: usize) -> u16 {
    debug_assert!(column < Ledger::WIDTH);
    LEDGER_LEAD + column as u16
}

/// An absolute reference to a cell of a sheet.
pub(super) fn cell(sheet: &str, (row, column): (u32, u16)) -> String {
    format!("{}!{}", quote_sheet_name(sheet), row_col_to_cell_absolute(row, column))
}

/// An absolute reference to cells of a sheet.
pub(super) fn range(sheet: &str, from: (u32, u16), to: (u32, u16)) -> String {
    format!("{}!{}", quote_sheet_name(sheet), own_range(from, to))
}

/// An absolute reference to cells of the same sheet.
pub(super) fn own_range(from: (u32, u16), to: (u32, u16)) -> String {
    format!("{}:{}", row_col_to_cell_absolute(from.0, from.1), row_col_to_cell_absolute(to.0, to.1))
}

/// A relative reference to a cell of the same sheet.
pub(super) fn here(row: u32, column: u16) -> String {
    row_col_to_cell(row, column)
}

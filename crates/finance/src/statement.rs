//! A month of the money: what flowed, and where everything stands at its end.

use serde::{Deserialize, Serialize};

macro_rules! statement {
    (flows { $($(#[doc = $flow_doc:literal])* $flow:ident,)* } balances { $($(#[doc = $balance_doc:literal])* $balance:ident,)* }) => {
        /// Flows of a month and balances at its end, USD unless the name says otherwise.
        #[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
        pub struct Statement {
            $($(#[doc = $flow_doc])* pub $flow: f64,)*
            $($(#[doc = $balance_doc])* pub $balance: f64,)*
        }

        impl Statement {
            /// Names of the flows, in order.
            pub const FLOWS: &'static [&'static str] = &[$(stringify!($flow)),*];
            /// Names of the balances, in order.
            pub const BALANCES: &'static [&'static str] = &[$(stringify!($balance)),*];
            /// What each column is, in the order of [`Self::columns`]: the documentation of its field.
            pub const DOCS: [&'static str; Self::WIDTH] =
                [$(concat!($($flow_doc),*),)* $(concat!($($balance_doc),*),)*];
            /// Number of columns.
            pub const WIDTH: usize = Self::FLOWS.len() + Self::BALANCES.len();

            /// All columns: flows, then balances.
            #[must_use]
            pub fn columns(&self) -> [f64; Self::WIDTH] {
                [$(self.$flow,)* $(self.$balance,)*]
            }

            /// A statement from its columns in the order of [`Self::columns`].
            #[must_use]
            pub fn from_columns(columns: [f64; Self::WIDTH]) -> Self {
                let [$($flow,)* $($balance,)*] = columns;
                Self { $($flow,)* $($balance,)* }
            }
        }
    };
}

statement! {
    flows {
        /// Cash flow available for debt service: income of the AI business, service credits off, fees of a guarantor apart.
        cfads_usd,
        /// Fees of a guarantor for tenants that failed.
        termination_fees_usd,
        /// Loans drawn in cash.
        loans_drawn_usd,
        /// Interest and fees of loans that the month costs, whenever they are paid.
        loan_cost_usd,
        /// Interest added to balances, unpaid interest included.
        interest_capitalised_usd,
        /// Interest of loans and fees on what is not drawn, paid in cash.
        loan_interest_usd,
        /// Fees and discounts at drawing.
        financing_fees_usd,
        /// Scheduled principal of loans, maturities included.
        loan_principal_usd,
        /// Prepayments: sweeps, fees of a guarantor, released collateral, and what lenders take after a default.
        loan_prepaid_usd,
        /// Balance that a new loan took over at maturity.
        refinanced_usd,
        /// Paid into reserve accounts, negative when released.
        reserve_funded_usd,
        /// Collateral released.
        collateral_released_usd,
        /// Conversions and GPUs paid out of the construction account.
        construction_spent_usd,
        /// Money that the company put into the project.
        company_contribution_usd,
        /// Money that partners put into the project.
        partner_contribution_usd,
        /// Money that the project paid to the company.
        company_distribution_usd,
        /// Money that the project paid to partners.
        partner_distribution_usd,
        /// Drawn on the revolver.
        revolver_drawn_usd,
        /// Repaid on the revolver.
        revolver_repaid_usd,
        /// Interest and fees of the revolver.
        revolver_interest_usd,
        /// Face of convertible notes issued.
        convertible_issued_usd,
        /// Principal of convertible notes paid in cash.
        convertible_paid_usd,
        /// Principal of convertible notes that became shares.
        convertible_converted_usd,
        /// Value over principal paid in cash at conversion.
        convertible_premium_usd,
        /// Coupon of convertible notes.
        convertible_coupon_usd,
        /// New shares and exercised warrants, fees off.
        equity_raised_usd,
        /// Dividends.
        dividends_usd,
        /// Interest earned on cash.
        cash_interest_usd,
        /// Federal income tax.
        federal_tax_usd,
        /// Texas margin tax.
        texas_tax_usd,
        /// Property tax.
        property_tax_usd,
        /// Bitcoin kept, at the month's price.
        bitcoin_kept_usd,
        /// Bitcoin of the treasury sold.
        bitcoin_sold_usd,
        /// Change in value of the bitcoin held.
        bitcoin_mark_usd,
        /// Plant written off in the balance sheet.
        depreciation_usd,
        /// Lent by creditors after a default so that nothing stays unpaid.
        rescue_drawn_usd,
        /// Such money repaid.
        rescue_repaid_usd,
        /// Interest on such money, added to it.
        rescue_interest_usd,
    }
    balances {
        /// Cash of the company.
        company_cash_usd,
        /// Cash of the project.
        project_cash_usd,
        /// Construction account.
        construction_usd,
        /// Reserve accounts.
        reserve_usd,
        /// Collateral put up.
        collateral_usd,
        /// Bitcoin held, at the month's price.
        bitcoin_usd,
        /// Plant at book value.
        plant_usd,
        /// Loans and notes of the project.
        project_debt_usd,
        /// Loans of the company.
        company_debt_usd,
        /// Interest of loans that has accrued and is not due yet.
        accrued_usd,
        /// Revolver.
        revolver_usd,
        /// Convertible notes.
        convertible_usd,
        /// Money lent after a default, project and company.
        rescue_usd,
        /// Equity of the shareholders at book value.
        equity_usd,
        /// Equity of partners at book value.
        partner_equity_usd,
        /// Money that could still be drawn or spent: cash above none, revolver not drawn.
        liquidity_usd,
        /// Shares outstanding.
        shares,
        /// Shares with warrants in the money (treasury stock method) and the premium of convertible notes.
        diluted_shares,
        /// Share price, USD.
        share_price_usd,
        /// Cash flow available over debt service of the project, last twelve months; 0 while there is no service.
        dscr,
        /// 1 while nothing may be distributed.
        locked_up,
        /// 1 in a month whose covenant test fails.
        breached,
        /// 1 while the project is in default.
        project_default,
        /// 1 while the company is in default.
        company_default,
    }
}

impl Statement {
    /// Assets less debts less equity, USD: zero but for rounding.
    #[must_use]
    pub fn imbalance_usd(&self) -> f64 {
        let assets = self.company_cash_usd
            + self.project_cash_usd
            + self.construction_usd
            + self.reserve_usd
            + self.collateral_usd
            + self.bitcoin_usd
            + self.plant_usd;
        let debts = self.project_debt_usd
            + self.company_debt_usd
            + self.accrued_usd
            + self.revolver_usd
            + self.convertible_usd
            + self.rescue_usd;
        assets - debts - self.equity_usd - self.partner_equity_usd
    }

    /// All debt with interest that has accrued, USD.
    #[must_use]
    pub fn debt_usd(&self) -> f64 {
        self.project_debt_usd
            + self.accrued_usd
            + self.company_debt_usd
            + self.revolver_usd
            + self.convertible_usd
            + self.rescue_usd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_carries_the_documentation_of_its_field() {
        assert_eq!(Statement::DOCS[2].trim(), "Loans drawn in cash.");
        assert_eq!(Statement::DOCS[Statement::FLOWS.len()].trim(), "Cash of the company.");
    }
}

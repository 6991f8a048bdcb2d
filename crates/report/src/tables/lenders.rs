//! `lenders.csv`: what each policy means to those who lend and to the guarantor.

use super::Sheet;
use crate::numbers::{error_of_share, exact_or_empty};
use simulate::{FinanceOutcome, LenderOutcome, Outcomes};

const COLUMNS: [&str; 19] = [
    "policy",
    "lender",
    "kind",
    "coupon_per_year",
    "mean_drawn_usd",
    "se_drawn_usd",
    "expected_loss_usd",
    "se_expected_loss_usd",
    "expected_loss_share",
    "se_expected_loss_share",
    "break_even_spread_bp",
    "se_break_even_spread_bp",
    "life_years",
    "default_probability",
    "se_default_probability",
    "fees_paid_usd",
    "se_fees_paid_usd",
    "warrants_received_usd",
    "se_warrants_received_usd",
];

/// A row per policy and loan, one for the revolver and convertible notes together, and one for the guarantor.
///
/// Columns: `policy`, `lender`, `kind` (loan, company creditors or guarantor); of a loan its coupon, what was drawn and what is not
/// recovered, both discounted at the coupon to the first opening, the loss as a share of what was drawn, the part of the
/// coupon that just pays for it in basis points (1/100 %) a year, the discounted mean life of what was drawn, and the share of paths
/// on which anything due was unpaid; of the company's creditors the loss, discounted at the cost of equity; of the
/// guarantor the fees paid and the gain of warrants, discounted likewise, whose difference is `net_usd`; of a loan once more, what would
/// be lost, and the spread that pays for it, if lenders enforced at the first default and recovered the loan's `recovery_share`. Errors (`se_`) are over all
/// paths; those of the ratios take what was drawn as known. All warrants of the scenario count as the guarantor's. `lens` is
/// outcomes or value.
#[must_use]
pub fn lenders(outcomes: &Outcomes) -> Sheet {
    let mut names = COLUMNS.to_vec();
    names.extend(["net_usd", "enforced_loss_usd", "se_enforced_loss_usd", "enforced_spread_bp"]);
    let mut sheet = Sheet::under(outcomes.lens, &names);
    for policy in &outcomes.policies {
        let Some(money) = &policy.finance else { continue };
        let others = [creditors_row(money), guarantor_row(money)];
        for row in money.lenders.iter().map(loan_row).chain(others) {
            sheet.row([policy.name.clone()].into_iter().chain(row));
        }
    }
    sheet
}

/// Cells after the policy: name and kind, then `None` where a kind has no such figure.
fn cells(lender: &str, kind: &str, figures: [Option<f64>; 20]) -> Vec<String> {
    [lender.to_owned(), kind.to_owned()].into_iter().chain(figures.map(exact_or_empty)).collect()
}

fn loan_row(loan: &LenderOutcome) -> Vec<String> {
    let n = loan.drawn_usd.n();
    let lost = loan.lost_usd.standard_error();
    let defaults = if n == 0 { 0.0 } else { loan.defaults as f64 / n as f64 };
    let mut figures = [None; 20];
    let mut set = |first: usize, found: &[f64]| {
        figures[first..].iter_mut().zip(found).for_each(|(cell, figure)| *cell = Some(*figure));
    };
    set(0, &[loan.rate_per_year, loan.drawn_usd.mean(), loan.drawn_usd.standard_error()]);
    set(3, &[loan.lost_usd.mean(), lost]);
    if loan.drawn_usd.mean() > 0.0 {
        // Of nothing drawn there is no share, no spread and no life; what is lost then are fees.
        let balance = loan.balance_years_usd.mean();
        set(5, &[loan.expected_loss_share(), lost / loan.drawn_usd.mean()]);
        set(
            7,
            &[
                1e4 * loan.break_even_spread_per_year(),
                if balance > 0.0 { 1e4 * lost / balance } else { 0.0 },
            ],
        );
        set(9, &[loan.life_years()]);
    }
    set(10, &[defaults, error_of_share(defaults, n)]);
    set(17, &[loan.enforced_loss_usd.mean(), loan.enforced_loss_usd.standard_error()]);
    set(19, &[1e4 * loan.enforced_spread_per_year()]);
    cells(&loan.name, "loan", figures)
}

fn creditors_row(money: &FinanceOutcome) -> Vec<String> {
    let mut figures = [None; 20];
    figures[3] = Some(money.company_creditors_lost_usd.mean());
    figures[4] = Some(money.company_creditors_lost_usd.standard_error());
    cells("revolver and convertible notes", "company creditors", figures)
}

fn guarantor_row(money: &FinanceOutcome) -> Vec<String> {
    let (fees, warrants) = (&money.guarantee_value_usd, &money.warrants_value_usd);
    let mut figures = [None; 20];
    figures[12] = Some(fees.mean());
    figures[13] = Some(fees.standard_error());
    figures[14] = Some(warrants.mean());
    figures[15] = Some(warrants.standard_error());
    figures[16] = Some(warrants.mean() - fees.mean());
    cells("guarantor", "guarantor", figures)
}

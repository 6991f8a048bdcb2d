//! Tables of the money with a row per policy and month: debt, balance sheet, shares.

use super::by_month::for_each_month;
use super::{Sheet, header};
use crate::numbers::{exact, exact_or_empty};
use simulate::{FinanceOutcome, Outcomes, PolicyOutcome, Statement};

/// What is owed, by kind.
pub(crate) const DEBTS: [&str; 5] =
    ["project_debt_usd", "company_debt_usd", "revolver_usd", "convertible_usd", "rescue_usd"];
/// Flows between the company, its project and those who lend.
pub(crate) const DEBT_FLOWS: [&str; 18] = [
    "loans_drawn_usd",
    "interest_capitalised_usd",
    "loan_interest_usd",
    "financing_fees_usd",
    "loan_principal_usd",
    "loan_prepaid_usd",
    "refinanced_usd",
    "revolver_drawn_usd",
    "revolver_repaid_usd",
    "revolver_interest_usd",
    "convertible_issued_usd",
    "convertible_paid_usd",
    "convertible_converted_usd",
    "convertible_premium_usd",
    "convertible_coupon_usd",
    "rescue_drawn_usd",
    "rescue_repaid_usd",
    "rescue_interest_usd",
];
/// Balances that are 1 on a path where something holds, so that their mean is a share of paths.
pub(crate) const FLAGS: [&str; 4] = ["locked_up", "breached", "project_default", "company_default"];

/// A column of a statement by its name; a name that is none of them is a bug.
pub(crate) fn amount(statement: &Statement, name: &str) -> f64 {
    let place = Statement::FLOWS.iter().chain(Statement::BALANCES).position(|column| *column == name);
    statement.columns()[place.expect("a column of the statement")]
}

/// Balances in USD, which make up the balance sheet.
pub(crate) fn sheet_balances() -> impl Iterator<Item = &'static str> {
    let usd = |name: &&&str| name.ends_with("_usd") && **name != "share_price_usd";
    Statement::BALANCES.iter().filter(usd).copied()
}

/// What each policy owes, takes up, pays and covers, month by month.
///
/// Columns: `policy`, `month`; balances at month end by kind; all debt as `mean_`, `p5_`, `p50_`, `p95_`; flows of loans, revolver,
/// convertible notes and money lent after a default; coverage of the project's debt service over twelve months as `mean_`, `p5_`,
/// `p50_`, `p95_` over the `dscr_paths` kept paths that have service, empty where none has. Balances and flows are means over
/// all paths, quantiles over the kept ones. `lens` is outcomes or value.
#[must_use]
pub fn debt(outcomes: &Outcomes) -> Sheet {
    let mut names = header(["policy", "month"]);
    names.extend(header(DEBTS));
    names.extend(["mean", "p5", "p50", "p95"].map(|statistic| format!("{statistic}_debt_usd")));
    names.extend(header(DEBT_FLOWS));
    names.extend(["mean", "p5", "p50", "p95"].map(|statistic| format!("{statistic}_dscr")));
    names.push("dscr_paths".into());
    let mut sheet = Sheet::under(outcomes.lens, &names);
    for (policy, money) in financed(outcomes) {
        let bands = money.debt_usd.outer_quantiles();
        let coverage = money.dscr.spreads();
        for_each_month(outcomes, policy, |m, _, row| {
            let statement = &money.statement[m];
            row.extend(DEBTS.map(|name| exact(amount(statement, name))));
            row.push(exact(statement.debt_usd()));
            row.extend(bands.iter().map(|by_month| exact(by_month[m])));
            row.extend(DEBT_FLOWS.map(|name| exact(amount(statement, name))));
            row.push(exact_or_empty(coverage[m].map(|coverage| coverage.mean)));
            let quantile = |i: usize| coverage[m].map(|coverage| coverage.outer()[i]);
            row.extend((0..3).map(|i| exact_or_empty(quantile(i))));
            row.push(coverage[m].map_or(0, |coverage| coverage.n_paths).to_string());
            sheet.row(std::mem::take(row));
        });
    }
    sheet
}

/// Both sides of the balance sheet at each month end, means over all paths.
///
/// Columns: `policy`, `month`, assets, debts and equity in USD, `liquidity_usd` (not part of the sheet), `imbalance_usd` (assets less
/// debts less equity: rounding), and the shares of paths on which distributions are locked up, a covenant is breached,
/// the project or the company is in default. `lens` is outcomes or value.
#[must_use]
pub fn balance_sheet(outcomes: &Outcomes) -> Sheet {
    let mut names = header(["policy", "month"]);
    names.extend(header(sheet_balances()));
    names.push("imbalance_usd".into());
    names.extend(FLAGS.map(|flag| format!("share_{flag}")));
    let mut sheet = Sheet::under(outcomes.lens, &names);
    for (policy, money) in financed(outcomes) {
        for_each_month(outcomes, policy, |m, _, row| {
            let statement = &money.statement[m];
            row.extend(sheet_balances().map(|name| exact(amount(statement, name))));
            row.push(exact(statement.imbalance_usd()));
            row.extend(FLAGS.map(|flag| exact(amount(statement, flag))));
            sheet.row(std::mem::take(row));
        });
    }
    sheet
}

/// Shares and their price at each month end.
///
/// Columns: `policy`, `month`, `mean_shares` outstanding, `mean_diluted_shares` (with warrants in the money and the premium of
/// convertible notes), `mean_equity_raised_usd` in the month, the share price in USD as `mean_`, `p5_`, `p50_`, `p95_`. Means are
/// over all paths, quantiles over the kept ones. `lens` is outcomes or value.
#[must_use]
pub fn shares(outcomes: &Outcomes) -> Sheet {
    let mut names =
        header(["policy", "month", "mean_shares", "mean_diluted_shares", "mean_equity_raised_usd"]);
    names.extend(["mean", "p5", "p50", "p95"].map(|statistic| format!("{statistic}_share_price_usd")));
    let mut sheet = Sheet::under(outcomes.lens, &names);
    for (policy, money) in financed(outcomes) {
        let bands = money.share_price_usd.outer_quantiles();
        for_each_month(outcomes, policy, |m, _, row| {
            let s = &money.statement[m];
            row.extend([s.shares, s.diluted_shares, s.equity_raised_usd, s.share_price_usd].map(exact));
            row.extend(bands.iter().map(|by_month| exact(by_month[m])));
            sheet.row(std::mem::take(row));
        });
    }
    sheet
}

/// Policies with their money.
fn financed(outcomes: &Outcomes) -> impl Iterator<Item = (&PolicyOutcome, &FinanceOutcome)> {
    outcomes.policies.iter().filter_map(|policy| policy.finance.as_ref().map(|money| (policy, money)))
}

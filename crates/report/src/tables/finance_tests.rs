//! Shapes and sums of the tables of the money.

use super::tests::{number, read};
use super::*;
use crate::test_support::{build, financed, outcomes};
use simulate::Statement;
use std::collections::BTreeSet;

fn files(outcomes: &Outcomes) -> Vec<String> {
    let place = tempfile::TempDir::new().unwrap();
    let mut folder = OutputFolder::open(&place.path().join("results"), "base", false).unwrap();
    write_tables(outcomes, &mut folder).unwrap();
    folder.publish(crate::Manifest::default()).unwrap()
}

#[test]
fn tables_of_the_money_come_with_a_capital_structure_alone() {
    let (without, with) = (files(&outcomes()), files(&financed()));
    let added: Vec<&String> = with.iter().filter(|file| !without.contains(file)).collect();
    let expected =
        ["balance_sheet.csv", "debt.csv", "finance.csv", "lenders.csv", "shares.csv", "sources_uses.csv"];
    assert_eq!(added, expected);
    // One month and one path fill them, too.
    assert!(
        files(&crate::test_finance::with_money(build(&["all-mining"], 1, 1))).contains(&"debt.csv".into())
    );
}

#[test]
fn headers_are_as_documented() {
    let outcomes = financed();
    let check =
        |sheet: Sheet, expected: &str| assert_eq!(read(sheet).0, expected.replace(char::is_whitespace, ""));
    check(finance(&outcomes), "policy,metric,unit,period,value,standard_error,lens");
    check(
        debt(&outcomes),
        "policy,month,project_debt_usd,company_debt_usd,revolver_usd,convertible_usd,rescue_usd,mean_debt_usd,
         p5_debt_usd,p50_debt_usd,p95_debt_usd,loans_drawn_usd,interest_capitalised_usd,loan_interest_usd,
         financing_fees_usd,loan_principal_usd,loan_prepaid_usd,refinanced_usd,revolver_drawn_usd,revolver_repaid_usd,
         revolver_interest_usd,convertible_issued_usd,convertible_paid_usd,convertible_converted_usd,
         convertible_premium_usd,convertible_coupon_usd,rescue_drawn_usd,rescue_repaid_usd,rescue_interest_usd,
         mean_dscr,p5_dscr,p50_dscr,p95_dscr,dscr_paths,lens",
    );
    check(
        balance_sheet(&outcomes),
        "policy,month,company_cash_usd,project_cash_usd,construction_usd,reserve_usd,collateral_usd,bitcoin_usd,plant_usd,
         project_debt_usd,company_debt_usd,accrued_usd,revolver_usd,convertible_usd,rescue_usd,equity_usd,partner_equity_usd,
         liquidity_usd,imbalance_usd,share_locked_up,share_breached,share_project_default,share_company_default,lens",
    );
    check(
        shares(&outcomes),
        "policy,month,mean_shares,mean_diluted_shares,mean_equity_raised_usd,mean_share_price_usd,p5_share_price_usd,
         p50_share_price_usd,p95_share_price_usd,lens",
    );
    check(
        lenders(&outcomes),
        "policy,lender,kind,coupon_per_year,mean_drawn_usd,se_drawn_usd,expected_loss_usd,se_expected_loss_usd,
         expected_loss_share,se_expected_loss_share,break_even_spread_bp,se_break_even_spread_bp,life_years,
         default_probability,se_default_probability,fees_paid_usd,se_fees_paid_usd,warrants_received_usd,
         se_warrants_received_usd,net_usd,enforced_loss_usd,se_enforced_loss_usd,enforced_spread_bp,lens",
    );
    check(sources_uses(&outcomes), "policy,until,item,side,mean_usd,lens");
}

#[test]
fn financing_flows_stand_after_operations_under_names_of_their_own() {
    let plain = read(cash_flow(&outcomes())).0;
    let (header, rows) = read(cash_flow(&financed()));
    let plain = plain.strip_suffix(",lens").unwrap();
    assert!(header.starts_with(plain), "{header}");
    let names: Vec<&str> = header.split(',').collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{header}");
    for flow in Statement::FLOWS {
        assert!(names.contains(flow), "{flow}");
    }
    assert!(rows.iter().any(|row| number(row, "loans_drawn_usd") > 0.0));
}

#[test]
fn figures_of_the_money_are_those_of_the_outcomes() {
    let outcomes = financed();
    let rows = read(finance(&outcomes)).1;
    for policy in &outcomes.policies {
        let money = policy.finance.as_ref().unwrap();
        let of = |metric: &str| {
            let mut found = rows.iter().filter(|row| row["policy"] == policy.name && row["metric"] == metric);
            found.next().unwrap_or_else(|| panic!("{metric} of {}", policy.name))
        };
        assert_eq!(number(of("equity_value"), "value"), money.equity_value_usd.mean());
        assert_eq!(number(of("equity_value"), "standard_error"), money.equity_value_usd.standard_error());
        assert!((number(of("dilution"), "value") - 0.05).abs() < 1e-12);
        let [p5, var, cvar] =
            ["p5", "var95", "cvar5"].map(|tail| number(of(&format!("equity_value_{tail}")), "value"));
        assert!(cvar <= p5 && (p5 + var - money.equity_value_usd.mean()).abs() < 1.0);
        let states = ["mw_mining", "mw_pipeline", "mw_delivered"].map(|state| number(of(state), "value"));
        assert!((states.iter().sum::<f64>() - outcomes.campus_gross_mw).abs() < 1e-9);
    }
    let years = rows.iter().filter(|row| row["policy"] == "dp" && row["metric"] == "net_cash_flow_cfar95");
    let periods: Vec<&str> = years.map(|row| row["period"].as_str()).collect();
    assert_eq!((periods.len(), periods[0]), (10, "2026-07 to 2027-06"));
    assert!(!rows.iter().any(|row| row["policy"] == "all-mining" && row["metric"] == "lowest_dscr_p5"));
}

#[test]
fn debts_sum_and_months_without_service_have_no_coverage() {
    let outcomes = financed();
    for row in read(debt(&outcomes)).1 {
        let sum: f64 = money_by_month::DEBTS.iter().map(|name| number(&row, name)).sum();
        assert!((sum - number(&row, "mean_debt_usd")).abs() < 1e-3);
        let none = row["dscr_paths"] == "0";
        assert!(
            ["mean_dscr", "p5_dscr", "p50_dscr", "p95_dscr"].iter().all(|name| row[*name].is_empty() == none)
        );
    }
    for row in read(balance_sheet(&outcomes)).1 {
        assert!(number(&row, "imbalance_usd").abs() < 0.01, "{row:?}");
    }
}

#[test]
fn lenders_and_guarantor_have_their_rows() {
    let outcomes = financed();
    let rows = read(lenders(&outcomes)).1;
    let of = |policy: &str, kind: &str| {
        rows.iter().find(|row| row["policy"] == policy && row["kind"] == kind).unwrap()
    };
    let loan = of("dp", "loan");
    let spread = number(loan, "expected_loss_share") / number(loan, "life_years");
    assert!((1e4 * spread - number(loan, "break_even_spread_bp")).abs() < 1e-9);
    assert_eq!(number(loan, "default_probability"), 0.04);
    let guarantor = of("dp", "guarantor");
    let mut idle = financed();
    idle.policies[3].finance.as_mut().unwrap().lenders[0].drawn_usd = simulate::Moments::default();
    let undrawn = read(lenders(&idle)).1;
    let undrawn = undrawn.iter().find(|row| row["policy"] == "dp" && row["kind"] == "loan").unwrap();
    let ratios = ["expected_loss_share", "break_even_spread_bp", "life_years"];
    assert!(ratios.iter().all(|name| undrawn[*name].is_empty()) && !undrawn["expected_loss_usd"].is_empty());
    let net = number(guarantor, "warrants_received_usd") - number(guarantor, "fees_paid_usd");
    assert_eq!(net, number(guarantor, "net_usd"));
    assert_eq!((loan["net_usd"].as_str(), guarantor["coupon_per_year"].as_str()), ("", ""));
    assert!(!rows.iter().any(|row| row["policy"] == "all-mining" && row["kind"] == "loan"));
    assert_eq!(number(of("all-mining", "company creditors"), "expected_loss_usd"), 0.5e6);
}

#[test]
fn sources_and_uses_of_a_policy_sum_to_the_same() {
    let rows = read(sources_uses(&financed())).1;
    let policies: BTreeSet<&str> = rows.iter().map(|row| row["policy"].as_str()).collect();
    assert!(policies.contains("dp") && !policies.contains("all-mining"));
    for policy in policies {
        let total = |side: &str| {
            let of_side = rows.iter().filter(|row| row["policy"] == policy && row["side"] == side);
            of_side.map(|row| number(row, "mean_usd")).sum::<f64>()
        };
        assert!((total("source") - total("use")).abs() < 2.0, "{policy}");
    }
}

#[test]
fn break_even_prices_are_shares_of_the_opening_means() {
    let outcomes = outcomes();
    let rows = read(summary(&outcomes)).1;
    let rent = outcomes.markets.iter().find(|factor| factor.name.starts_with("lease_rate")).unwrap();
    assert_eq!(number(&rows[1], "break_even_rent_usd_per_kw_month"), 0.8 * rent.mean[0]);
    let empty = ["break_even_rent_share", "break_even_rent_usd_per_kw_month", "break_even_hashprice_share"];
    assert!(empty.iter().all(|name| rows[0][*name].is_empty()));
    assert_eq!(rows[1]["break_even_hashprice_usd_per_ph_day"], "");
    assert_eq!(number(&rows[3], "break_even_hashprice_share"), 1.6);
    assert_eq!(rows[outcomes.policies.len()]["break_even_rent_share"], "");
}

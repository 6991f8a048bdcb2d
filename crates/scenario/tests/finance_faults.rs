//! The money of the scenario file: what is refused, and with which words.

use scenario::{Faults, Scenario};
use std::path::Path;

const VALID: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const SHARES: &str = "[finance.shares]\nshares = 400e6\nprice_usd = 14.50\n";

/// The shipped scenario, its committed funding taken away, with money beside it.
fn with(money: &str) -> Result<Scenario, Faults> {
    let nothing = ["company.committed_funding_usd=0".to_string()];
    Scenario::parse("test.toml", &format!("{VALID}\n{money}\n"), Path::new("."), &nothing)
}

/// The money is refused with all of `wanted`.
fn refused(money: &str, wanted: &[&str]) {
    let message = with(money).expect_err(money).to_string();
    for part in wanted {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
    let found = message.lines().next().unwrap_or_default();
    assert!(found.contains("1 fault found"), "one mistake makes one fault:\n{message}");
}

/// A loan with these lines is refused.
fn refused_loan(lines: &str, wanted: &[&str]) {
    refused(&format!("{SHARES}[[finance.loans]]\nname = \"notes\"\n{lines}"), wanted);
}

const LEVEL: &str = "amount_usd = 1e9\nrate_per_year = 0.08\namortisation = \"level\"\nfirst_principal = \"2028-01\"\nmaturity = \"2037-12\"\n";
const BULLET: &str =
    "amount_usd = 1e9\nrate_per_year = 0.0775\namortisation = \"bullet\"\nmaturity = \"2030-12\"\n";

#[test]
fn months_before_the_study_or_after_it_say_so() {
    let at = |line: &str, month: &str| {
        let key = line.split_whitespace().next().unwrap();
        let old = LEVEL.lines().find(|l| l.starts_with(key)).map(|l| format!("{l}\n"));
        let new = format!("{key} = \"{month}\"\n");
        old.map_or_else(|| format!("{LEVEL}{new}"), |old| LEVEL.replace(&old, &new))
    };
    refused_loan(
        &at("closing", "2025-12"),
        &["finance.loans[0].closing: is 2025-12, before the first opening", "2026-01 to 2035-12"],
    );
    refused_loan(&at("closing", "2036-01"), &["after the last month of the study"]);
    refused_loan(
        &at("maturity", "2025-01"),
        &["maturity: is 2025-01, before the first opening; allowed is 2026-01 or later"],
    );
    refused_loan(&at("maturity", "2037"), &["maturity: is `2037`; wanted is a month such as"]);
    refused_loan(&at("maturity", "2028-01"), &["first_principal: is 2028-01", "2026-01 to 2027-12"]);
    refused_loan(&at("maturity", "2026-01"), &["maturity: is 2026-01; allowed is a month after closing"]);
    refused_loan(&at("first_principal", "2040-01"), &["first_principal: is 2040-01", "to 2037-11"]);
    refused_loan(
        &format!("{LEVEL}closing = \"2026-06\"\ncapitalise_until = \"2026-05\"\n"),
        &["before closing; allowed is 2026-06 or later"],
    );
    refused_loan(
        &format!("{LEVEL}capitalise_until = \"2028-02\"\n"),
        &["up to the first month with principal, 2028-01"],
    );
    refused_loan(
        &format!("{BULLET}capitalise_until = \"2031-01\"\n"),
        &["capitalise_until: is 2031-01", "2030-12"],
    );
}

#[test]
fn terms_that_contradict_each_other_are_named() {
    let loan = |lines: &str| format!("{LEVEL}{lines}");
    refused_loan(
        &loan("lock_up_dscr = 1.05"),
        &["default_dscr: is 1.05; allowed is below lock_up_dscr, 1.05"],
    );
    refused_loan(
        &loan("collateral_usd = 2e9\ncollateral_release = \"2027-01\""),
        &["collateral_usd: is 2000000000; allowed is up to the proceeds"],
    );
    refused_loan(
        &loan("refinancing_spread_per_year = -0.09\nrefinancing_months = 12"),
        &["makes the new coupon negative"],
    );
    refused_loan(
        &loan("level = \"company\"\ndrawdown = \"as-built\""),
        &["allowed for level = \"company\" is at-closing"],
    );
    refused_loan(&LEVEL.replace("1e9", "-1.0"), &["amount_usd: is -1; allowed is 0 to"]);
    refused_loan(&LEVEL.replace("\"level\"", "\"schedule\""), &["schedule_usd_by_year: is missing"]);
    let two =
        format!("{SHARES}[[finance.loans]]\nname = \"a\"\n{BULLET}[[finance.loans]]\nname = \"A\"\n{BULLET}");
    refused(&two, &["finance.loans[1].name: `A` is taken by another loan"]);
    let built = format!("{BULLET}drawdown = \"as-built\"\n");
    let two =
        format!("{SHARES}[[finance.loans]]\nname = \"a\"\n{built}[[finance.loans]]\nname = \"b\"\n{built}");
    refused(&two, &["finance.loans[1].drawdown: is as-built", "one such loan"]);
}

#[test]
fn fields_of_another_choice_are_not_ignored() {
    let loan = |lines: &str| format!("{LEVEL}{lines}");
    refused_loan(&loan("sizing_dscr = 1.3"), &["sizing_dscr: belongs to drawdown = \"as-built\""]);
    refused_loan(&loan("commitment_fee_per_year = 0.01"), &["has nothing undrawn"]);
    refused_loan(&loan("sculpting_dscr = 1.3"), &["sculpting_dscr: belongs to amortisation = \"sculpted\""]);
    refused_loan(
        &format!("{BULLET}first_principal = \"2028-01\""),
        &["belongs to another amortisation than bullet"],
    );
    refused_loan(
        &loan("level = \"company\"\nreserve_months = 6"),
        &["reserve_months: belongs to level = \"project\""],
    );
    refused_loan(&loan("refinancing_months = 12"), &["needs refinancing_spread_per_year beside it"]);
    refused_loan(&loan("collateral_use = \"cash\""), &["needs collateral_usd beside it"]);
    refused_loan(
        &loan("drawdown = \"as-built\"\ncollateral_usd = 1e6"),
        &["collateral_usd: belongs to drawdown = \"at-closing\""],
    );
    let other = |table: &str| format!("{SHARES}{table}");
    refused(&other("[finance.treasury]\nmost_btc = 10"), &["no effect while hold_share is 0"]);
    refused(&other("[finance.terminal]\nai_multiple = 10"), &["belongs to method = \"ebitda-multiple\""]);
    refused(&other("[finance.tax]\nabatement_share = 0.5"), &["abatement_months: is 0"]);
    refused(
        &other("[finance.tax]\nconversion_five_year_share = 0.5"),
        &["finance.tax", "summed, is 1.2; it must be 1"],
    );
    refused(&format!("{SHARES}beta = 1.0"), &["beta: belongs to price = \"process\""]);
    let no_tenants = "[finance]\ncompany_share_of_project = 0.51\npartner_tenant = \"x\"";
    refused(&other(no_tenants), &["partner_tenant: is `x`", "this scenario names no tenants"]);
    refused(&other("[finance]\npartner_tenant = \"x\""), &["no effect while company_share_of_project is 1"]);
}

#[test]
fn what_comes_out_otherwise_than_stated_is_warned_of() {
    let warned = |lines: &str, wanted: &str| {
        let text = format!("{SHARES}[[finance.loans]]\nname = \"notes\"\n{lines}");
        let warnings = with(&text).unwrap_or_else(|faults| panic!("{faults}")).warnings;
        assert!(warnings.iter().any(|text| text.contains(wanted)), "{warnings:?}");
    };
    let schedule = LEVEL.replace("\"level\"", "\"schedule\"");
    warned(
        &format!(
            "{schedule}refinancing_spread_per_year = 0.01\nrefinancing_months = 12\nschedule_usd_by_year = [1e6]"
        ),
        "have no effect: the loan matures in 2037-12, after the study",
    );
    warned(
        &format!("{schedule}schedule_usd_by_year = [2e9]"),
        "sums to 2000000000 USD, more than the amount",
    );
    let short = schedule.replace("2037-12", "2029-06");
    warned(
        &format!("{short}schedule_usd_by_year = [1e6, 1e6, 1e6]"),
        "has 3 years, of which 2 begin before maturity",
    );
}

#[test]
fn the_partner_is_one_of_the_tenants() {
    let tenants = "[[tenants]]\nname = \"a\"\ndefault_per_year = 0.01\n[[tenants]]\nname = \"b\"\ndefault_per_year = 0.02\n";
    let partner = |name: &str| {
        format!("{SHARES}{tenants}[finance]\ncompany_share_of_project = 0.51\npartner_tenant = \"{name}\"")
    };
    let project =
        with(&partner("b")).unwrap_or_else(|faults| panic!("{faults}")).campus.finance.unwrap().project;
    assert_eq!((project.company_share, project.partner_tenant), (0.51, Some(1)));
    refused(&partner("c"), &["partner_tenant: is `c`", "which are a, b"]);
}

#[test]
fn faults_of_notes_raises_and_warrants() {
    let notes = |lines: &str| {
        format!("{SHARES}[finance.convertible]\nprincipal_usd = 1e8\nmaturity = \"2032-05\"\n{lines}")
    };
    refused(&notes(""), &["shares_per_note: is missing", "conversion_premium"]);
    refused(&notes("shares_per_note = 50\nconversion_premium = 0.3"), &["allowed is one of the two"]);
    refused(&notes("shares_per_note = 50\noption = \"lapsed\""), &["needs option_usd above 0"]);
    refused(&notes("shares_per_note = 50\ncall_price_share = 1.3"), &["needs call_from beside it"]);
    refused(
        &notes("shares_per_note = 50\nholders = \"when-allowed\"\nfree_from = \"2033-01\""),
        &["free_from_month is 84; it must be at most maturity_month"],
    );
    let warned = with(&notes("shares_per_note = 50\ncondition_share = 1.2")).unwrap().warnings;
    assert!(
        warned.iter().any(|text| text.contains("condition_share and free_from have no effect")),
        "{warned:?}"
    );
    let raise = |lines: &str| format!("{SHARES}[[finance.raises]]\nname = \"a\"\n{lines}");
    refused(&raise("timing = \"month\"\nmonth = \"2027-01\""), &["primary_shares: is 0", "sells nothing"]);
    refused(&raise("timing = \"month\"\nprimary_shares = 1e6"), &["month: is missing"]);
    refused(
        &raise("timing = \"when-needed\"\nprimary_shares = 1e6\nsecondary_shares = 1e6"),
        &["secondary_shares: belongs to timing = \"month\""],
    );
    refused(
        &raise("timing = \"when-needed\"\nprimary_shares = 1e6\nprice_usd = 10\ndiscount = 0.1"),
        &["discount: stands beside price_usd"],
    );
    refused(
        &format!(
            "{SHARES}[[finance.warrants]]\nname = \"w\"\nshares = 1\nvesting = \"2030-01\"\nexpiry = \"2029-12\""
        ),
        &["expiry: is 2029-12; allowed is vesting, 2030-01, or later"],
    );
}

#[test]
fn the_money_binds_the_company_and_the_plans() {
    let text = format!("{VALID}\n{SHARES}");
    let parse = |overrides: &[&str]| {
        let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
        Scenario::parse("test.toml", &text, Path::new("."), &overrides)
    };
    let message = parse(&[]).unwrap_err().to_string();
    assert!(
        message.contains("company.committed_funding_usd: is 500000000; allowed beside [finance] is 0"),
        "{message}"
    );
    let free = parse(&["company.committed_funding_usd=0", "company.cash_limit=none"]).unwrap();
    assert!(!free.campus.company.hold_to_cash);
    let message =
        parse(&["company.committed_funding_usd=0", "policies[dp].funds=in-state"]).unwrap_err().to_string();
    assert!(message.contains("that state knows no debt") && message.contains("1 fault found"), "{message}");
    let missing = with("[finance]\nminimum_cash_usd = 1.0").unwrap_err().to_string();
    assert!(missing.contains("finance.shares: is missing"), "{missing}");
}

#[test]
fn all_faults_come_at_once() {
    let message = with(&format!(
        "{SHARES}[[finance.loans]]\nname = \"a\"\nrate_per_year = 2.0\namortisation = \"bulet\"\nmaturity = \"soon\"\n[finance.revolver]\nmaturity = \"2030-01\"\n"
    ))
    .unwrap_err()
    .to_string();
    for part in [
        "amount_usd: is missing",
        "rate_per_year: is 2",
        "did you mean `bullet`?",
        "is `soon`",
        "revolver.commitment_usd",
        "revolver.rate_per_year",
    ] {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
}

//! A run with a capital structure from the outside: its tables, charts and words, and that all else is as without.

use std::fs;
use std::path::Path;
use std::process::Command;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const MONEY: &str = r#"
[finance]
cost_of_equity_per_year = 0.14
[[finance.loans]]
name = "construction loan"
drawdown = "as-built"
amount_usd = 900e6
rate_per_year = 0.08
amortisation = "level"
first_principal = "2029-01"
maturity = "2040-12"
[[finance.warrants]]
name = "guarantor"
shares = 3e6
vesting = "2027-01"
expiry = "2028-01"
[finance.shares]
shares = 30e6
price_usd = 14.50
"#;
const ADDED: [&str; 6] =
    ["balance_sheet.csv", "debt.csv", "finance.csv", "lenders.csv", "shares.csv", "sources_uses.csv"];

/// Runs the shipped scenario with `more` in a folder and returns what it printed.
fn run(folder: &Path, more: &str) -> String {
    let text = TEXAS
        .replace("committed_funding_usd = 500e6", "committed_funding_usd = 0")
        .replace("tune = true", "tune = false");
    fs::write(folder.join("texas.toml"), text + more).expect("the scenario is written");
    let done = Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .current_dir(folder)
        .args(["run", "texas.toml", "--paths", "12", "--set", "scenario.end_month=2029-06", "--out", "out"])
        .output()
        .expect("the binary starts");
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{}", words(&done.stderr));
    words(&done.stdout)
}

#[test]
fn a_capital_structure_adds_tables_charts_and_words() {
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let printed = run(with.path(), MONEY);
    let plain = run(without.path(), "");
    assert!(printed.contains("Per share ") && printed.contains("construction loan at 8.00 %"), "{printed}");
    assert!(printed.lines().all(|line| line.chars().count() <= 100), "{printed}");
    assert!(!plain.contains("Per share "), "{plain}");
    let is_there = |folder: &Path, file: &str| folder.join("out").join(file).is_file();
    for file in ADDED.into_iter().chain(["charts/money_cash.png", "charts/money_sources_uses.svg"]) {
        assert!(is_there(with.path(), file) && !is_there(without.path(), file), "{file}");
    }
}

/// The sheet of means balances to a cent in every month, and both sides of sources and uses are equal.
#[test]
fn written_books_balance() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), MONEY);
    let sheet = fs::read_to_string(folder.path().join("out/balance_sheet.csv")).unwrap();
    let mut lines = sheet.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = header.iter().position(|name| *name == "imbalance_usd").unwrap();
    for line in lines {
        let usd: f64 = line.split(',').nth(column).unwrap().parse().unwrap();
        assert!(usd.abs() < 0.01, "{line}");
    }
    let account = fs::read_to_string(folder.path().join("out/sources_uses.csv")).unwrap();
    let total = |side: &str| {
        let usd =
            account.lines().filter(|line| line.contains(side)).map(|line| line.rsplit(',').nth(1).unwrap());
        usd.map(|usd| usd.parse::<f64>().unwrap()).sum::<f64>()
    };
    assert!(total(",source,") > 0.0 && (total(",source,") - total(",use,")).abs() < 100.0, "{account}");
}

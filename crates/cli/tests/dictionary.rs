//! Every file that a command writes, and every column of it, is in the data dictionary, and nothing else is.

use report::dictionary::Audit;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

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
first_principal = "2026-12"
maturity = "2040-12"
[finance.shares]
shares = 30e6
price_usd = 14.50
"#;
/// A month with everything that a case can have but coincident peaks, which need a summer.
const CASE: &str = r#"
case = { name = "march", start_month = "2024-03", months = 1 }
prices = { calibration = "hb-houston", seed = 5 }
real_time = { calibration = "hb-houston", seed = 6 }
site = { interconnect_mw = 60.0, shed_order = ["training", "mining"] }
calls = [{ start = "2024-03-12T17:00", hours = 5, shed_mw = 20.0, notice_hours = 0.5, mandatory = true }]
training = [{ load = "training", mean_hours_between_failures = 100.0, checkpoint_minutes = 5.0, restart_minutes = 10.0 }]
services = [{ load = "inference", rent_usd_per_it_kw_month = 150.0 }]
reserves = [{ name = "non-spin", price_usd_per_mw_h = 6.0, called_share = 0.01, loads = ["mining"] }]
loads = [
    { name = "mining", capacity_it_mw = 30.0, value_usd_per_it_mwh = 45.0, pue = 1.03 },
    { name = "inference", capacity_it_mw = 20.0, value_usd_per_it_mwh = 250.0, pue = 1.25 },
    { name = "training", capacity_it_mw = 10.0, value_usd_per_it_mwh = 180.0, pue = 1.2 },
]
budgets = [{ name = "training", load = "training", every = "week", at_least_share = 0.9 }]
"#;
/// A summer with coincident peaks.
const SUMMER: &str = r#"
case = { name = "summer", start_month = "2024-06", months = 4 }
prices = { calibration = "hb-houston", seed = 5 }
series = { file = "series.csv" }
site = { interconnect_mw = 60.0 }
loads = [{ name = "mining", capacity_it_mw = 30.0, value_usd_per_it_mwh = 45.0, pue = 1.03 }]
four_cp = { loads = ["mining"], system_load_column = "load_mw", rate_usd_per_kw_year = 70.0, avoid = true }
"#;
const SWEEP: &str = r#"
[sweep]
name = "small"
base = "texas.toml"
policies = ["all-mining", "all-ai-asap", "hurdle"]
set = ["scenario.end_month=2027-03", "run.paths=8"]
"#;

/// A folder with the shipped scenario, with or without money.
fn campus(money: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut text = TEXAS.replace("tune = true", "tune = false");
    if !money.is_empty() {
        text = text.replace("committed_funding_usd = 500e6", "committed_funding_usd = 0") + money;
    }
    fs::write(folder.path().join("texas.toml"), text).expect("the scenario is written");
    folder
}

/// Runs the binary; points of a sweep may fail.
fn wattshift(folder: &Path, args: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success() || done.status.code() == Some(3), "{args:?}: {said}");
}

/// Takes every file of a folder into account.
fn walk(found: &mut Audit, folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            walk(found, &entry.path(), &format!("{path}/"));
        } else {
            found.file(&path, &fs::read(entry.path()).expect("a file"));
        }
    }
}

/// Expects that nothing was met that is not in the dictionary, and all of it but what begins with one of `others`.
fn holds(found: &Audit, others: &[&str]) {
    assert!(found.faults().is_empty(), "{:#?}", found.faults());
    let mut missing = found.never_met();
    missing.retain(|what| !others.iter().any(|other| what.starts_with(other)));
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn files_of_a_financed_run_are_in_the_dictionary() {
    let folder = campus(MONEY);
    let end = "scenario.end_month=2027-12";
    wattshift(folder.path(), &["run", "texas.toml", "--paths", "64", "--set", end, "--out", "out"]);
    let mut found = Audit::new("run");
    walk(&mut found, &folder.path().join("out"), "");
    // Nothing is tuned here, and no bound without a cash limit stands beside one with it: both are tested on made-up outcomes. Keys of the
    // manifest are tested where it is made.
    let others = ["bounds.csv: metric upper_bound_without_cash_limit", "manifest.json:", "tuning.csv"];
    holds(&found, &others);
    wattshift(folder.path(), &["compare", "out", "out", "--out", "both"]);
    wattshift(folder.path(), &["run", "texas.toml", "--paths", "32", "--set", end, "--out", "other"]);
    wattshift(folder.path(), &["compare", "out", "other", "--out", "two"]);
    let mut found = Audit::new("compare");
    walk(&mut found, &folder.path().join("two"), "");
    holds(&found, &["manifest.json:"]);
}

#[test]
fn files_of_dispatched_cases_are_in_the_dictionary() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let load = |hour: usize| 60_000 + 900 * (hour % 24) + hour % 97;
    let series: String = (0..2_928).map(|hour| format!("{}\n", load(hour))).collect();
    fs::write(folder.path().join("series.csv"), format!("load_mw\n{series}")).expect("written");
    let mut found = Audit::new("dispatch");
    for (name, text) in [("march", CASE), ("summer", SUMMER)] {
        fs::write(folder.path().join(format!("{name}.toml")), text).expect("written");
        wattshift(folder.path(), &["dispatch", &format!("{name}.toml"), "--out", name]);
        walk(&mut found, &folder.path().join(name), "");
    }
    holds(&found, &["manifest.json:"]);
}

#[test]
fn files_of_sweeps_are_in_the_dictionary() {
    let outputs: Vec<String> = sweep::outputs::names().iter().map(|name| format!("\"{name}\"")).collect();
    let all = format!("outputs = [{}]\n", outputs.join(", "));
    // A rent below zero cannot be run.
    let rent = "[[parameters]]\nname = \"rent\"\npath = \"hosting.rate.start_usd_per_kw_month\"\n";
    let price = "[[parameters]]\nname = \"price\"\npath = \"bitcoin.price_usd\"\n";
    let listed = |rents: &str, prices: &str| format!("{rent}values = {rents}\n{price}values = {prices}\n");
    let ranges = format!("{rent}from = 90.0\nto = 230.0\n{price}from = 60e3\nto = 140e3\n");
    let designs = [
        ("grid", listed("[-5.0, 60.0, 260.0]", "[60e3, 140e3]")),
        ("one-at-a-time", listed("[60.0, 134.5, 260.0]", "[60e3, 90e3, 140e3]")),
        ("sensitivity", ranges.clone()),
        ("latin-hypercube", ranges),
    ];
    let folder = campus(MONEY);
    let mut found = Audit::new("sweep").with_parameters(&["rent", "price"]);
    for (design, parameters) in designs {
        let points = match design {
            "sensitivity" => "base_points = 8\n",
            "latin-hypercube" => "points = 8\n",
            _ => "",
        };
        let text = format!("{SWEEP}{all}design = \"{design}\"\n{points}{parameters}");
        fs::write(folder.path().join("small.toml"), text).expect("written");
        wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", design]);
        walk(&mut found, &folder.path().join(design), "");
    }
    // Parquet has the columns of the CSV; keys of JSON files are tested where they are made.
    holds(&found, &["manifest.json:", "sweep.json:", "points.parquet:", "warnings.csv"]);
}

/// A made-up daily record of Bitcoin with a retarget every fortnight.
fn record(folder: &Path) {
    let mut csv = String::from("date_utc,price_usd,difficulty,blocks,fees_btc\n");
    let mut day = jiff::civil::date(2019, 1, 1);
    let (mut price, mut difficulty) = (4_000.0_f64, 5e12_f64);
    for number in 0..1_826_u32 {
        price *= (0.03 * (f64::from(number) * 1.3).sin() + 0.001).exp();
        if number % 14 == 5 {
            difficulty *= (0.02 + 0.03 * (f64::from(number) / 90.0).sin()).exp();
        }
        writeln!(csv, "{day},{price},{difficulty},144,14.4").expect("text grows");
        day = day.tomorrow().expect("dates of this century");
    }
    fs::write(folder.join("daily.csv"), csv).expect("written");
}

#[test]
fn files_of_backtests_and_calibrations_are_in_the_dictionary() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    record(folder.path());
    let args = ["--bitcoin", "daily.csv", "--paths", "100", "--from", "2023-11", "-o", "scored"];
    wattshift(folder.path(), &[&["backtest", "markets"][..], &args].concat());
    let mut found = Audit::new("backtest markets");
    walk(&mut found, &folder.path().join("scored"), "");
    holds(&found, &[]);
    wattshift(folder.path(), &["calibrate", "lease", "-o", "fit/lease.toml"]);
    let mut found = Audit::new("calibrate");
    walk(&mut found, &folder.path().join("fit"), "");
    holds(&found, &[]);
}

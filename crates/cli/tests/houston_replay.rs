//! Real history: the Houston hub and Bitcoin, February 2021 to December 2024. Needs the files named in the scenario.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn scenario() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios/houston-replay.toml")
}

/// Whether the price files are there; says so when they are not.
fn history_is_there() -> bool {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let there = files.is_dir();
    if !there {
        eprintln!("skipped: ../shared/data is absent, so no history can be replayed");
    }
    there
}

fn run(out: &Path, set: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wattshift"));
    command.arg("run").arg(scenario()).arg("-q").arg("-o").arg(out);
    for field in set {
        command.args(["--set", field]);
    }
    let done = command.output().expect("the binary starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// February 2021, the storm: quarter-hours in which power cost more than mining earned, by efficiency.
#[test]
fn february_2021_finds_mining_out_of_the_money_as_often_as_published_prices_say() {
    if !history_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for zone in ["america-chicago", "utc-6"] {
        let out = folder.path().join(zone);
        run(&out, &[&format!("scenario.time_zone={zone}"), "scenario.end_month=2021-03"]);
        let table = std::fs::read_to_string(out.join("mining_hours.csv")).expect("the table is there");
        for (fleet, expected) in [("20-j-per-th", 649.0), ("30-j-per-th", 671.0), ("38-j-per-th", 686.0)] {
            let row = table.lines().find(|line| line.starts_with(&format!("{fleet},2021-02,"))).expect(fleet);
            let intervals: f64 = row.rsplit(',').next().unwrap().parse().unwrap();
            assert!((intervals - expected).abs() <= 2.0, "{zone} {fleet}: {intervals}, expected {expected}");
        }
    }
}

/// Reported operating hashrate in, bitcoin out: every reported month within 2.5 % of the report.
#[test]
fn hashrate_of_each_reported_month_finds_the_reported_production() {
    if !history_is_there() {
        return;
    }
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let done = Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .args(["backtest", "production", "--miners"])
        .arg(data.join("miner_monthly_production.csv"))
        .arg("--bitcoin")
        .arg(data.join("btc_daily_2015_2025h1.csv.gz"))
        .output()
        .expect("the binary starts");
    let printed = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let errors: Vec<f64> = printed
        .lines()
        .filter(|line| line.starts_with("Riot"))
        .map(|line| line.split('%').next().unwrap().split_whitespace().last().unwrap().replace('−', "-"))
        .map(|error| error.parse().unwrap())
        .collect();
    assert_eq!(errors.len(), 9, "{printed}");
    assert!(errors.iter().all(|error| error.abs() <= 2.5), "{printed}");
}

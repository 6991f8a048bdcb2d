//! `wattshift explain` through the binary: the decision told is the one that the run took.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");

fn wattshift(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A run of one path over four years, so that its tables of means are those of the path.
fn run_of_one_path() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("texas.toml"), TEXAS).expect("the scenario is written");
    let done = wattshift(
        folder.path(),
        &[
            "run",
            "texas.toml",
            "-q",
            "-o",
            "out",
            "--paths",
            "1",
            "--set",
            "scenario.end_month=2029-12",
            "--set",
            "policies[dp].bound_paths=0",
            "--set",
            "policies[gpu-pilot].max_gross_mw=20",
        ],
    );
    assert!(done.status.success(), "{}", text(&done.stderr));
    folder
}

/// Gross MW committed to AI by month under a policy.
fn ai_mw(folder: &Path, policy: &str) -> Vec<(String, f64)> {
    let table = fs::read_to_string(folder.join("out/monthly.csv")).unwrap();
    let rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter(|row| row[0] == policy).map(|row| (row[1].to_owned(), row[2].parse().unwrap())).collect()
}

/// Numbers behind a key of the JSON, in order.
fn numbers(json: &str, key: &str) -> Vec<f64> {
    let lines = json.lines().filter_map(|line| line.trim().strip_prefix(&format!("\"{key}\": ")));
    lines.map(|value| value.trim_end_matches(',').parse().unwrap()).collect()
}

#[test]
fn the_decision_told_is_the_one_taken_and_the_best_of_its_alternatives() {
    let folder = run_of_one_path();
    let months = ai_mw(folder.path(), "dp");
    let mut told_starts = 0;
    for pair in months.windows(2).filter(|pair| pair[1].1 > pair[0].1).take(2) {
        let (month, started) = (&pair[1].0, pair[1].1 - pair[0].1);
        let explain = ["explain", "out", "--path", "0", "--policy", "dp", "--month", month];
        let done = wattshift(folder.path(), &explain);
        assert!(done.status.success(), "{}", text(&done.stderr));
        let words = text(&done.stdout);
        let wanted = format!("({started} gross MW)");
        assert!(words.contains("It starts ") && words.contains(&wanted), "{wanted}:\n{words}");
        assert!(words.lines().all(|line| line.chars().count() <= 100), "{words}");
        let json = text(&wattshift(folder.path(), &[&explain[..], &["--json"]].concat()).stdout);
        let values = numbers(&json, "value_usd");
        let halls = numbers(&json, "hosting_halls")[0] as usize;
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!(halls > 0 && values[halls] == highest, "{json}");
        told_starts += 1;
    }
    assert!(told_starts > 0, "the path has no start to tell of: {months:?}");
}

#[test]
fn the_best_policy_is_told_by_default_and_other_paths_are_said_to_be_so() {
    let folder = run_of_one_path();
    let done = wattshift(folder.path(), &["explain", "out", "--path", "7", "--month", "2027-06"]);
    let words = text(&done.stdout).replace('\n', " ");
    assert!(words.contains("note: path 7 was not in the run, which had paths 0 to 0"), "{words}");
    let summary = fs::read_to_string(folder.path().join("out/summary.csv")).unwrap();
    let rows = summary.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let policies: Vec<_> = rows.filter(|row| !row[0].starts_with("perfect-foresight")).collect();
    let mean = |row: &[&str]| row[2].parse::<f64>().unwrap();
    // Of equals the first, while `max_by` takes the last.
    let best = policies.iter().rev().max_by(|a, b| mean(a).total_cmp(&mean(b))).unwrap();
    assert!(words.contains(&format!("{} on path 7 of texas-campus, 2027-06", best[0])), "{words}");
}

#[test]
fn faults_end_with_code_two_and_changed_scenarios_with_a_note() {
    let folder = run_of_one_path();
    let refused = |args: &[&str], wanted: &str| {
        let done = wattshift(folder.path(), &[&["explain"], args].concat());
        let complaint = text(&done.stderr).replace('\n', " ");
        assert_eq!(done.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains(wanted), "`{wanted}` is not in: {complaint}");
        assert!(done.stdout.is_empty());
    };
    refused(&["out", "--path", "0", "--month", "2031-01"], "allowed are 2026-01 to 2029-12");
    refused(
        &["out", "--path", "0", "--month", "2027-01", "--policy", "best"],
        "known are all-mining, all-ai-asap",
    );
    refused(&[".", "--path", "0", "--month", "2027-01"], "name the folder of a run");
    refused(&["out", "--path", "-1", "--month", "2027-01"], "-1");
    fs::write(folder.path().join("texas.toml"), format!("{TEXAS}\n# later")).unwrap();
    let done = wattshift(
        folder.path(),
        &["explain", "out", "--path", "0", "--month", "2027-01", "--policy", "hurdle"],
    );
    assert!(
        text(&done.stdout).starts_with("note: texas.toml has changed since the run"),
        "{}",
        text(&done.stdout)
    );
}

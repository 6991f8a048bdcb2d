//! `wattshift dispatch` as a user meets it: case in, folder out, faults with exit code 2 and nothing written.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const CASE: &str = include_str!("../../../data/scenarios/dispatch-100mw.toml");
const PRICES: &str = include_str!("../../../data/scenarios/dispatch-100mw-prices.csv");
const TABLES: [&str; 4] = ["dispatch.csv", "summary.csv", "budgets.csv", "real_time.csv"];

fn wattshift(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wattshift"));
    command.current_dir(folder).arg("dispatch").args(args).output().expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with the shipped case and its prices.
fn with_case() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("case.toml"), CASE).expect("the case is written");
    fs::write(folder.path().join("dispatch-100mw-prices.csv"), PRICES).expect("the prices are written");
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A number of `summary.csv`.
fn summary(out: &Path, metric: &str) -> f64 {
    let table = fs::read_to_string(out.join("summary.csv")).expect("a summary");
    let row = table.lines().find(|line| line.starts_with(&format!("{metric},"))).expect("the metric");
    row.rsplit(',').next().and_then(|value| value.parse().ok()).expect("a number")
}

/// Runs a faulty command and expects exit code 2, a message with every part, and nothing new in the folder.
fn refused(folder: &Path, args: &[&str], wanted: &[&str]) {
    let before = names(folder);
    let done = wattshift(folder, args);
    let message = text(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{args:?}: {message}");
    for part in wanted {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
    assert_eq!(names(folder), before, "{args:?} left something behind");
}

#[test]
fn a_case_is_dispatched_into_its_folder_with_a_certificate() {
    let folder = with_case();
    let done = wattshift(folder.path(), &["case.toml"]);
    let printed = text(&done.stdout);
    assert!(done.status.success(), "{}", text(&done.stderr));
    for wanted in ["asic-new", "value ", "bound ", "relative gap", "solve ", "foresight adds", "11 files in"]
    {
        assert!(printed.contains(wanted), "{wanted}:\n{printed}");
    }
    assert!(printed.lines().all(|line| line.chars().count() <= 100), "wider than 100 columns:\n{printed}");
    let out = folder.path().join("out/dispatch-100mw");
    for file in
        TABLES.iter().chain(&["manifest.json", "charts/heaviest_week_1.png", "charts/heaviest_week_3.svg"])
    {
        assert!(out.join(file).exists(), "{file} is not in {:?}", names(&out));
    }
    assert_eq!(names(&folder.path().join("out")), ["dispatch-100mw"], "nothing else is left");
    assert!(summary(&out, "relative_gap").abs() < 1e-9);
    assert!(summary(&out, "worst_violation_of_a_step") < 1e-9);
    assert!(summary(&out, "real_time.value") < summary(&out, "value"));
    let steps = fs::read_to_string(out.join("dispatch.csv")).unwrap();
    assert_eq!(steps.lines().count(), 8_761);
    let manifest = fs::read_to_string(out.join("manifest.json")).unwrap();
    for wanted in ["dispatch-100mw-prices.csv", "sha256", "\"solve\"", "curtailment_cap_mwh = 17520.0"] {
        assert!(manifest.contains(wanted), "{wanted}");
    }
}

/// The year whose optimum five general solvers agree on; its prices are not part of this project.
#[test]
fn the_reference_year_reaches_the_published_optimum() {
    const OPTIMUM_USD: f64 = 88_335_720.285_7;
    let prices =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/dispatch_100mw/hourly.csv");
    let Ok(prices) = fs::canonicalize(prices) else {
        eprintln!("skipped: the shared reference problem is absent");
        return;
    };
    let folder = with_case();
    let file = format!("prices.file={}", prices.display());
    let done = wattshift(folder.path(), &["case.toml", "--set", &file, "-o", "reference", "-q"]);
    assert!(done.status.success() && done.stdout.is_empty(), "{}", text(&done.stderr));
    let out = folder.path().join("reference");
    let value = summary(&out, "value");
    assert!((value / OPTIMUM_USD - 1.0).abs() < 1e-9, "{value}");
    assert!(summary(&out, "relative_gap").abs() < 1e-9);
    // Months are those of the file.
    let table = fs::read_to_string(&prices).unwrap();
    let january = table.lines().filter(|line| line.split(',').nth(1) == Some("1")).count();
    let steps = fs::read_to_string(out.join("dispatch.csv")).unwrap();
    assert_eq!(steps.lines().filter(|line| line.contains(",2025-01-")).count(), january);
}

#[test]
fn equal_cases_give_equal_bytes_and_the_manifest_reproduces_them() {
    let folder = with_case();
    let here = folder.path();
    let set = [
        "--set",
        "case.months=3",
        "--set",
        "prices.file=quarter.csv",
        "--set",
        "site.curtailment_cap_mwh=8000",
    ];
    let quarter: Vec<&str> = PRICES.lines().take(1 + 90 * 24).collect();
    fs::write(here.join("quarter.csv"), quarter.join("\n") + "\n").unwrap();
    for out in ["first", "second"] {
        let done = wattshift(here, &[&["case.toml", "-q", "-o", out], &set[..]].concat());
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    let manifest = fs::read_to_string(here.join("first/manifest.json")).unwrap();
    let resolved = manifest.split("\"resolved_scenario\": \"").nth(1).unwrap().split("\",\n").next().unwrap();
    let resolved = resolved.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
    fs::write(here.join("again.toml"), resolved).unwrap();
    let again = wattshift(here, &["again.toml", "-q", "-o", "third"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    for table in TABLES {
        let first = fs::read(here.join("first").join(table)).unwrap();
        for other in ["second", "third"] {
            assert!(fs::read(here.join(other).join(table)).unwrap() == first, "{other}/{table} differs");
        }
    }
}

#[test]
fn budgets_that_cannot_be_met_end_with_code_2_and_say_by_how_much() {
    let folder = with_case();
    let lowered = "calls=[{start = \"2025-07-01T00:00\", hours = 100, limit_mw = 30}]";
    refused(
        folder.path(),
        &["case.toml", "--set", lowered],
        // 3,000 MWh at the meter; training may skip 1,116 IT MWh and takes 2,260.8, inference may lack 876 IT MWh.
        &["cannot all be met", "'inference' falls short of its least 174324.000000 MWh by 532.640000 MWh"],
    );
}

#[test]
fn bad_input_ends_with_code_2_and_nothing_written() {
    let folder = with_case();
    let here = folder.path();
    fs::write(here.join("broken.toml"), CASE.replace("pue = 1.25", "pue = 0.9").replace("[site]", "[sight]"))
        .unwrap();
    let short: Vec<&str> = PRICES.lines().take(100).collect();
    fs::write(here.join("short.csv"), short.join("\n") + "\n").unwrap();
    fs::write(here.join("spoilt.csv"), PRICES.replacen("\n3", "\nx3", 1)).unwrap();
    refused(here, &["absent.toml"], &["absent.toml", "dispatch-100mw.toml"]);
    refused(here, &["broken.toml"], &["loads[3].pue", "0.9", "sight", "did you mean `site`"]);
    refused(here, &["case.toml", "--set", "prices.file=short.csv"], &["99 rows", "8760 of 60 minutes"]);
    refused(
        here,
        &["case.toml", "--set", "prices.file=spoilt.csv"],
        &["spoilt.csv: row ", "no finite number"],
    );
    refused(
        here,
        &["case.toml", "--set", "prices.price_column=usd"],
        &["no column `usd`", "price_usd_per_mwh"],
    );
    refused(
        here,
        &["case.toml", "--set", "loads[inference].pue=9"],
        &["--set loads[inference].pue=9", "1 to 3"],
    );
    refused(here, &["case.toml", "-o", "case.toml"], &["case.toml", "is a file"]);
}

#[test]
fn folders_that_are_not_ours_are_left_alone_unless_forced() {
    let folder = with_case();
    let here: PathBuf = folder.path().into();
    fs::create_dir(here.join("mine")).unwrap();
    fs::write(here.join("mine/notes.txt"), "keep me").unwrap();
    refused(&here, &["case.toml", "-o", "mine"], &["mine", "--force"]);
    assert!(wattshift(&here, &["case.toml", "-o", "mine", "--force", "-q"]).status.success());
    assert_eq!(fs::read_to_string(here.join("mine/notes.txt")).unwrap(), "keep me");
    // Our own folder is replaced without being asked to.
    assert!(wattshift(&here, &["case.toml", "-q"]).status.success());
    assert!(wattshift(&here, &["case.toml", "-q"]).status.success());
}

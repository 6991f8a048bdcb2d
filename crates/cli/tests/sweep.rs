//! Sweeps through the binary: killed, torn, sharded, started twice, out of space, and still the same table.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const CALIBRATION: &str = include_str!("../../../data/calibration/power_lz-west.toml");
/// 300 points that take a blink each.
const SWEEP: &str = r#"
[sweep]
name = "small"
base = "texas.toml"
policies = ["all-mining", "all-ai-asap", "hurdle"]
set = ["scenario.end_month=2026-08", "run.paths=8", "policies[hurdle].tune=false"]
design = "grid"

[[parameters]]
name = "hashprice_usd_per_ph_day"
label = "Hashprice at the opening"
unit = "USD/PH/day"
sets = [{ path = "bitcoin.price_usd", times = 2307.6923 }]
from = 25.0
to = 63.0
steps = 20

[[parameters]]
path = "hosting.rate.start_usd_per_kw_month"
label = "Market rent"
unit = "USD/kW-month"
from = 90.0
to = 230.0
steps = 15
"#;

fn wattshift(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wattshift"));
    command.current_dir(folder).args(args);
    command
}

fn output(mut command: Command) -> Output {
    command.output().expect("the binary starts")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs and expects success.
fn done(folder: &Path, args: &[&str]) -> String {
    let output = output(wattshift(folder, args));
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    said(&output)
}

fn with_sweep(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("texas.toml"), TEXAS).expect("the scenario is written");
    fs::write(folder.path().join("small.toml"), text).expect("the sweep is written");
    folder
}

/// Every file of results with its bytes; not what tells of how they were made.
fn results(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
            if ["manifest.json", "sweep.json", "journal"].contains(&name.as_str()) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{name}/"), files);
            } else {
                files.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(folder, "", &mut files);
    assert!(files.contains_key("points.csv"), "{:?}", files.keys());
    files
}

fn assert_same(found: &Path, undisturbed: &Path) {
    let (found, expected) = (results(found), results(undisturbed));
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, bytes) in &expected {
        assert!(found[name] == *bytes, "{name} differs");
    }
}

/// A number from 0 to 1 that differs from run to run.
fn random_share(salt: u32) -> f64 {
    (RandomState::new().hash_one(salt) >> 11) as f64 / (1_u64 << 53) as f64
}

fn journal(sweep: &Path) -> PathBuf {
    sweep.join("journal/shard-1-of-1.jsonl")
}

#[test]
fn a_sweep_killed_at_twenty_moments_ends_as_if_undisturbed() {
    let folder = with_sweep(SWEEP);
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "undisturbed", "--threads", "2"]);
    let journal = journal(&folder.path().join("killed"));
    let n_lines =
        || fs::read(&journal).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count());
    let mut n_killed = 0;
    for kill in 0..20_u32 {
        let mut command =
            wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", "killed", "--threads", "2"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // At random: after none to ten more points, and some milliseconds into the next. Counted in points, so that a busy machine has all
        // of them at work.
        let enough = n_lines() + (11.0 * random_share(kill)) as usize;
        while n_lines() < enough && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_secs_f64(0.02 * random_share(kill + 100)));
        n_killed += usize::from(child.try_wait().unwrap().is_none());
        // On Unix this is SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(n_killed >= 15, "only {n_killed} of 20 were at work when they were killed");
    let kept = n_lines();
    assert!((2..301).contains(&kept), "{kept} lines");
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "killed"]);
    assert_same(&folder.path().join("killed"), &folder.path().join("undisturbed"));
    // And once more: nothing is left to do, and the results stay what they are.
    let again = done(folder.path(), &["sweep", "run", "small.toml", "-o", "killed"]);
    assert!(again.contains("0 to do"), "{again}");
    assert_same(&folder.path().join("killed"), &folder.path().join("undisturbed"));
}

#[test]
fn seven_shards_merge_to_the_whole_in_one_folder_or_in_seven() {
    let folder = with_sweep(SWEEP);
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "whole"]);
    let mut merge_apart = vec!["sweep".to_string(), "merge".into()];
    for k in 1..=7 {
        let shard = format!("{k}/7");
        done(folder.path(), &["sweep", "run", "small.toml", "-o", "shared", "--shard", &shard]);
        let apart = format!("apart-{k}");
        done(
            folder.path(),
            &["sweep", "run", "small.toml", "-o", &apart, "--shard", &shard, "--threads", "1"],
        );
        merge_apart.push(apart);
        if k == 3 {
            let early = output(wattshift(folder.path(), &["sweep", "merge", "shared"]));
            assert_eq!(early.status.code(), Some(2));
            assert!(said(&early).contains("171 of 300 points are not done"), "{}", said(&early));
        }
    }
    done(folder.path(), &["sweep", "merge", "shared"]);
    assert_same(&folder.path().join("shared"), &folder.path().join("whole"));
    merge_apart.extend(["-o".into(), "together".into()]);
    done(folder.path(), &merge_apart.iter().map(String::as_str).collect::<Vec<_>>());
    assert_same(&folder.path().join("together"), &folder.path().join("whole"));
}

#[test]
fn a_torn_or_damaged_journal_is_mended_by_doing_the_lost_points_again() {
    let folder = with_sweep(SWEEP);
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "whole"]);
    let whole = folder.path().join("whole");
    let bytes = fs::read(journal(&whole)).unwrap();
    let undisturbed = folder.path().join("undisturbed");
    fs::rename(&whole, &undisturbed).unwrap();
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "torn", "--shard", "1/300"]);
    let torn = folder.path().join("torn");
    // A last line cut short, and a byte that flipped in the middle.
    let mut damaged = bytes[..bytes.len() - 100].to_vec();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(journal(&torn), damaged).unwrap();
    let text = done(folder.path(), &["sweep", "run", "small.toml", "-o", "torn"]);
    assert!(text.contains("1 line of the journals cannot be read"), "{text}");
    assert_same(&torn, &undisturbed);
}

#[test]
fn a_disk_that_fills_up_loses_nothing() {
    let folder = with_sweep(SWEEP);
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "undisturbed"]);
    // The shell's limit on the size of files makes writes fail half-way, as a full disk does.
    let script = format!(
        "trap '' XFSZ; ulimit -f 40; exec '{}' sweep run small.toml -o full",
        env!("CARGO_BIN_EXE_wattshift")
    );
    let failed = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));
    assert!(said(&failed).contains("finished points are kept"), "{}", said(&failed));
    let full = folder.path().join("full");
    let status = done(folder.path(), &["sweep", "status", "full"]);
    assert!(!status.contains("\n0 of 300") && !status.contains("300 of 300"), "{status}");
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "full"]);
    assert_same(&full, &folder.path().join("undisturbed"));
}

#[test]
fn a_file_that_changes_meanwhile_stops_the_sweep_and_mixes_nothing() {
    let folder = with_sweep(&SWEEP.replace("base = \"texas.toml\"", "base = \"over.toml\""));
    let over = "[scenario]\nbase = \"texas.toml\"\nname = \"over\"\n";
    fs::write(folder.path().join("over.toml"), over).unwrap();
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "undisturbed"]);
    let mut command =
        wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", "changed", "--threads", "1"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let journal = journal(&folder.path().join("changed"));
    let clock = Instant::now();
    while fs::metadata(&journal).map_or(0, |metadata| metadata.len()) < 5_000
        && clock.elapsed() < Duration::from_secs(60)
    {
        thread::sleep(Duration::from_millis(2));
    }
    fs::write(folder.path().join("texas.toml"), TEXAS.replace("mining_pue = 1.04", "mining_pue = 1.10"))
        .unwrap();
    let stopped = child.wait_with_output().unwrap();
    assert_eq!(stopped.status.code(), Some(1), "{}", said(&stopped));
    assert!(said(&stopped).contains("texas.toml changed while the sweep ran"), "{}", said(&stopped));
    let refused = output(wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", "changed"]));
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    fs::write(folder.path().join("texas.toml"), TEXAS).unwrap();
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "changed"]);
    assert_same(&folder.path().join("changed"), &folder.path().join("undisturbed"));
}

#[test]
fn files_that_values_name_are_part_of_what_the_sweep_is() {
    let text = SWEEP.replace("steps = 20", "steps = 2").replace(
        "path = \"hosting.rate.start_usd_per_kw_month\"\nlabel = \"Market rent\"\nunit = \"USD/kW-month\"\nfrom = 90.0\nto = 230.0\nsteps = 15",
        "path = \"power.calibration\"\nvalues = [\"one.toml\", \"two.toml\"]",
    );
    let folder = with_sweep(&text);
    for name in ["one.toml", "two.toml"] {
        fs::write(folder.path().join(name), CALIBRATION).unwrap();
    }
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "out"]);
    let spec = fs::read_to_string(folder.path().join("out/sweep.json")).unwrap();
    assert!(spec.contains("one.toml") && spec.contains("two.toml"), "{spec}");
    fs::write(folder.path().join("two.toml"), format!("{CALIBRATION}\n# another\n")).unwrap();
    let refused = output(wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", "out"]));
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("two.toml"), "{}", said(&refused));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_runs() {
    let refused = |change: &dyn Fn(String) -> String, wanted: &str| {
        let folder = with_sweep(&change(SWEEP.to_owned()));
        let output = output(wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", "out"]));
        let text = said(&output);
        assert_eq!(output.status.code(), Some(2), "{wanted}: {text}");
        assert!(text.contains(wanted), "{wanted}: {text}");
        assert!(!folder.path().join("out").exists(), "{wanted}");
    };
    let sweep = |line: &'static str| {
        move |text: String| text.replace("design = \"grid\"", &format!("design = \"grid\"\n{line}"))
    };
    refused(&sweep("objective = \"mean_capex_usd\""), "better the more it is");
    refused(&sweep("objective = \"value_per_share_usd\""), "needs a capital structure");
    refused(&sweep("outputs = [\"mean_npv_usd\", \"mean_npv_usd\"]"), "twice");
    refused(&sweep("compare = [\"dp\", \"all-mining\"]"), "compare holds `dp`");
    refused(&sweep("points = 4"), "belongs to the designs latin-hypercube and sobol");
    refused(
        &|text| text.replace("hosting.rate.start_usd", "hosting.rate.strat_usd"),
        "did you mean `start_usd_per_kw_month`?",
    );
    refused(
        &|text| text.replace("path = \"hosting.rate.start_usd_per_kw_month\"", "path = \"run.seed\""),
        "sets run.seed",
    );
    refused(
        &|text| text.replace("unit = \"USD/PH/day\"", "unit = \"USD/PH/day\"\nbase = 40.0"),
        "take base out",
    );
    refused(&|text| text.replace("design = \"grid\"", "design = \"sobol\"\npoints = 65537"), "65536");
    refused(
        &|text| text.replace("[\"all-mining\", \"all-ai-asap\", \"hurdle\"]", "[\"nobody\"]"),
        "policies holds `nobody`",
    );
    refused(&|text| text.replace("steps = 15", "steps = 15\nvalues = [1.0]"), "stands beside from and to");
}

#[test]
fn a_grid_of_which_every_second_point_fails_is_run() {
    let text = SWEEP
        .replace("from = 90.0\nto = 230.0\nsteps = 15", "values = [-5.0, 120.0]")
        .replace("steps = 20", "steps = 16");
    let folder = with_sweep(&text);
    let output =
        output(wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", "out", "--shard", "1/2"]));
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(
        said(&output).contains("16 of 16 points failed; `sweep merge` writes failed.csv"),
        "{}",
        said(&output)
    );
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "out", "--shard", "2/2"]);
    let merged = self::output(wattshift(folder.path(), &["sweep", "merge", "out"]));
    assert_eq!(merged.status.code(), Some(3), "{}", said(&merged));
}

#[test]
fn two_processes_on_one_folder_do_not_mix() {
    let folder = with_sweep(&SWEEP.replace("run.paths=8", "run.paths=32"));
    let mut first = wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", "both"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let journal = journal(&folder.path().join("both"));
    let clock = Instant::now();
    while !journal.exists() && clock.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(5));
    }
    for args in [
        vec!["sweep", "run", "small.toml", "-o", "both"],
        vec!["sweep", "run", "small.toml", "-o", "both", "--shard", "2/3"],
    ] {
        let second = output(wattshift(folder.path(), &args));
        let text = said(&second);
        assert_eq!(second.status.code(), Some(2), "{text}");
        assert!(
            text.contains("another process is at work on shard 1/1") && text.contains("nothing was changed"),
            "{text}"
        );
    }
    assert!(first.wait().unwrap().success());
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "alone"]);
    assert_same(&folder.path().join("both"), &folder.path().join("alone"));
}

#[test]
fn a_folder_of_another_sweep_or_version_is_left_alone() {
    let folder = with_sweep(SWEEP);
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "out", "--shard", "1/100"]);
    let before = fs::read(folder.path().join("out/journal/shard-1-of-100.jsonl")).unwrap();
    let refused = |args: &[&str], wanted: &str| {
        let output = output(wattshift(folder.path(), args));
        let text = said(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(wanted) && text.contains("choose another `--out`"), "{wanted}: {text}");
    };
    refused(&["sweep", "run", "small.toml", "-o", "out", "--paths", "9"], "settings");
    fs::write(folder.path().join("small.toml"), SWEEP.replace("steps = 15", "steps = 16")).unwrap();
    refused(&["sweep", "run", "small.toml", "-o", "out"], "points");
    fs::write(folder.path().join("small.toml"), SWEEP.replace("name = \"small\"", "name = \"other\""))
        .unwrap();
    refused(&["sweep", "run", "small.toml", "-o", "out"], "other");
    fs::write(folder.path().join("small.toml"), SWEEP).unwrap();
    let spec = folder.path().join("out/sweep.json");
    let text = fs::read_to_string(&spec).unwrap();
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let other = text
        .replace(&version, "\"version\":\"0.0.9\"")
        .replace(&version.replace(':', ": "), "\"version\": \"0.0.9\"");
    assert_ne!(other, text);
    fs::write(&spec, other).unwrap();
    refused(&["sweep", "run", "small.toml", "-o", "out"], "version");
    fs::write(&spec, &text[..text.len() / 2]).unwrap();
    refused(&["sweep", "run", "small.toml", "-o", "out"], "sweep.json");
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/notes.txt"), "mine").unwrap();
    refused(&["sweep", "run", "small.toml", "-o", "mine"], "notes.txt");
    assert_eq!(fs::read(folder.path().join("out/journal/shard-1-of-100.jsonl")).unwrap(), before);
}

#[test]
fn points_that_fail_are_listed_and_do_not_stop_the_others() {
    let text = SWEEP
        .replace("from = 90.0\nto = 230.0\nsteps = 15", "values = [-5.0, 100.0, 150.0]")
        .replace("steps = 20", "steps = 3");
    let folder = with_sweep(&text);
    let output = output(wattshift(folder.path(), &["sweep", "run", "small.toml", "-o", "out"]));
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.trim_end().ends_with("3 of 9 points failed; failed.csv has the reason of each"),
        "{stderr}"
    );
    let failed = fs::read_to_string(folder.path().join("out/failed.csv")).unwrap();
    assert_eq!(failed.lines().count(), 4, "{failed}");
    assert!(
        failed.contains("hosting.rate.start_usd_per_kw_month") && failed.contains("allowed is"),
        "{failed}"
    );
    let points = fs::read_to_string(folder.path().join("out/points.csv")).unwrap();
    assert_eq!(points.lines().count(), 1 + 6 * 3, "{points}");
}

#[test]
fn a_point_is_the_run_of_its_scenario() {
    let folder = with_sweep(&SWEEP.replace("steps = 20", "steps = 2").replace("steps = 15", "steps = 2"));
    done(folder.path(), &["sweep", "run", "small.toml", "-o", "out"]);
    done(
        folder.path(),
        &[
            "run",
            "texas.toml",
            "-o",
            "run",
            "--paths",
            "8",
            "--set",
            "scenario.end_month=2026-08",
            "--set",
            "policies[hurdle].tune=false",
            "--set",
            "bitcoin.price_usd=57692.3075",
            "--set",
            "hosting.rate.start_usd_per_kw_month=230.0",
        ],
    );
    let column = |file: &str, policy: &str, wanted: &dyn Fn(&csv_line::Row) -> bool, name: &str| -> String {
        let rows = csv_line::rows(&fs::read_to_string(folder.path().join(file)).unwrap());
        let row = rows.into_iter().find(|row| row["policy"] == policy && wanted(row)).unwrap();
        row[name].clone()
    };
    for policy in ["all-mining", "all-ai-asap", "hurdle"] {
        for name in
            ["mean_npv_usd", "se_npv_usd", "cvar5_npv_usd", "foresight_less_policy_usd", "mean_capex_usd"]
        {
            let of_point = column("out/points.csv", policy, &|row| row["point"] == "1", name);
            assert_eq!(of_point, column("run/summary.csv", policy, &|_| true, name), "{policy} {name}");
        }
    }
}

/// Enough of CSV for tables without quotes in the columns that are looked at.
mod csv_line {
    use std::collections::HashMap;

    pub(crate) type Row = HashMap<String, String>;

    pub(crate) fn rows(text: &str) -> Vec<Row> {
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap().split(',').collect();
        lines
            .map(|line| {
                header.iter().map(|h| (*h).to_owned()).zip(line.split(',').map(str::to_owned)).collect()
            })
            .collect()
    }
}

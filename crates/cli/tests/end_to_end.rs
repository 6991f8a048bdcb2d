//! The binary as a user meets it: scenario in, folder out, faults with exit code 2 and nothing written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");
/// Small enough to run in a blink.
const SMALL: [&str; 6] =
    ["--paths", "12", "--set", "scenario.end_month=2028-06", "--set", "run.tuning_paths=16"];

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

/// A folder with the shipped scenario in it.
fn with_scenario() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("texas.toml"), TEXAS).expect("the scenario is written");
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_run_writes_its_folder_and_prints_the_comparison() {
    let folder = with_scenario();
    let done = wattshift(folder.path(), &[&["run", "texas.toml"], &SMALL[..]].concat());
    assert!(done.status.success(), "{}", text(&done.stderr));
    let printed = text(&done.stdout);
    for wanted in
        ["all-mining", "all-ai-asap", "gpu-pilot", "hurdle", "trigger", "dp", "foresight", "files in"]
    {
        assert!(printed.contains(wanted), "{wanted}:\n{printed}");
    }
    assert!(printed.lines().all(|line| line.chars().count() <= 100), "wider than 100 columns:\n{printed}");
    let out = folder.path().join("out/texas-campus");
    for file in [
        "summary.csv",
        "monthly.csv",
        "allocation.csv",
        "cash_flow.csv",
        "markets.csv",
        "dispatch_week.csv",
        "report.html",
        "report.xlsx",
        "manifest.json",
        "charts",
    ] {
        assert!(out.join(file).exists(), "{file} is not in {:?}", names(&out));
    }
    assert_eq!(names(&folder.path().join("out")), ["texas-campus"], "nothing else is left");
    // In a pipe there is no progress bar.
    assert!(text(&done.stderr).is_empty(), "{}", text(&done.stderr));
}

#[test]
fn the_second_lens_is_named_wherever_its_money_is_shown() {
    let folder = with_scenario();
    let premia =
        ["--set", "value.bitcoin_premium_per_year=0.05", "--set", "value.discount_rate_per_year=0.06"];
    let args = [&["run", "texas.toml", "--lens", "value", "-o", "value"], &SMALL[..], &premia].concat();
    let done = wattshift(folder.path(), &args);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(text(&done.stdout).replace('\n', " ").contains("under the value lens (risk-adjusted drifts)"));
    let read = |name: &str| fs::read_to_string(folder.path().join("value").join(name)).unwrap();
    for name in [
        "summary.csv",
        "cash_flow.csv",
        "monthly.csv",
        "paths.csv",
        "bounds.csv",
        "tuning.csv",
        "frontier.csv",
    ] {
        let table = read(name);
        assert!(table.lines().next().unwrap().ends_with(",lens"), "{name}");
        assert!(table.lines().skip(1).all(|line| line.ends_with(",value")), "{name}");
    }
    assert!(read("manifest.json").contains("\"lens\": \"value\""));
    for name in ["npv_distributions", "npv_differences", "frontier"] {
        assert!(read(&format!("charts/{name}.svg")).contains("value lens (risk-adjusted drifts)"), "{name}");
    }
    let checked = wattshift(folder.path(), &[&["check", "texas.toml"], &premia[..]].concat());
    let printed = text(&checked.stdout);
    for wanted in
        ["under both lenses", "6.00 % for value", "Runs show the outcomes lens", "tuned on other paths"]
    {
        assert!(printed.contains(wanted), "{wanted}:\n{printed}");
    }
    refused(folder.path(), &["run", "texas.toml", "--lens", "both"], &["run.lens", "outcomes, value"]);
}

#[test]
fn tables_are_byte_identical_with_one_two_and_five_threads() {
    let folder = with_scenario();
    for threads in ["1", "2", "5"] {
        let out = format!("out-{threads}");
        let args = [&["run", "texas.toml", "--threads", threads, "-o", &out, "-q"], &SMALL[..]].concat();
        assert!(wattshift(folder.path(), &args).status.success());
    }
    let one = folder.path().join("out-1");
    for name in names(&one).iter().filter(|name| name.ends_with(".csv")) {
        let expected = fs::read(one.join(name)).unwrap();
        for other in ["out-2", "out-5"] {
            assert!(
                fs::read(folder.path().join(other).join(name)).unwrap() == expected,
                "{other}/{name} differs"
            );
        }
    }
}

#[test]
fn the_manifest_reproduces_the_folder() {
    let folder = with_scenario();
    assert!(
        wattshift(folder.path(), &[&["run", "texas.toml", "-o", "first"], &SMALL[..]].concat())
            .status
            .success()
    );
    let manifest = fs::read_to_string(folder.path().join("first/manifest.json")).unwrap();
    let resolved = manifest.split("\"resolved_scenario\": \"").nth(1).unwrap().split("\",\n").next().unwrap();
    let resolved = resolved.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
    fs::write(folder.path().join("again.toml"), resolved).unwrap();
    let again = wattshift(folder.path(), &["run", "again.toml", "-o", "second"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    for name in ["summary.csv", "paths.csv", "cash_flow.csv", "tuning.csv", "frontier.csv"] {
        let read = |run: &str| fs::read(folder.path().join(run).join(name)).unwrap();
        assert!(read("first") == read("second"), "{name} differs");
    }
}

#[test]
fn init_check_and_run_work_from_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let made = wattshift(folder.path(), &["init", "mine.toml"]);
    assert!(made.status.success() && folder.path().join("mine.toml").exists());
    let again = wattshift(folder.path(), &["init", "mine.toml"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("--force"));
    let checked = wattshift(folder.path(), &["check", "mine.toml"]);
    let printed = text(&checked.stdout);
    for wanted in [
        "interconnect_firm_mw = 200.0",
        "Static first year",
        "USD per gross MW",
        "hosting at the market rent",
    ] {
        assert!(printed.contains(wanted), "{wanted}:\n{printed}");
    }
    assert!(wattshift(folder.path(), &[&["run", "mine.toml", "-q"], &SMALL[..]].concat()).status.success());
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
fn bad_input_ends_with_code_2_and_nothing_written() {
    let folder = with_scenario();
    let here = folder.path();
    fs::write(here.join("latin.toml"), b"[scenario]\nname = \"caf\xe9\"\n").unwrap();
    fs::write(here.join("empty.toml"), "").unwrap();
    let broken = TEXAS
        .replace("mining_pue = 1.04", "mining_pue = 0.9")
        .replace("lead_months = 12", "leed_months = 12");
    fs::write(here.join("broken.toml"), broken).unwrap();
    refused(here, &["run", "absent.toml"], &["absent.toml", "wattshift init"]);
    refused(here, &["run", "latin.toml"], &["latin.toml", "line 2", "UTF-8"]);
    refused(here, &["run", "empty.toml"], &["empty.toml", "scenario", "missing"]);
    refused(
        here,
        &["run", "broken.toml"],
        &["broken.toml:24:", "site.mining_pue", "0.9", "1 to 3", "leed_months", "did you mean `lead_months`"],
    );
    refused(here, &["run", "texas.toml", "--paths", "0"], &["run.paths", "is 0", "1 to"]);
    refused(here, &["run", "texas.toml", "--paths", "many"], &["run.paths", "whole number"]);
    refused(
        here,
        &["run", "texas.toml", "--set", "site.ai_pue=0.5"],
        &["site.ai_pue", "--set site.ai_pue=0.5"],
    );
    refused(here, &["check", "broken.toml"], &["broken.toml", "2 faults"]);
    refused(here, &["run", "texas.toml", "--threads", "5000"], &["--threads", "5000", "0..=256"]);
    refused(here, &["run", "texas.toml", "--paths", "-5"], &["run.paths", "-5", "1 to"]);
    refused(
        here,
        &[
            "run",
            "texas.toml",
            "--set",
            "halls[0].count=60",
            "--set",
            "conversion.lead_months=60",
            "--set",
            "conversion.max_under_construction_gross_mw=400",
            "--set",
            "site.interconnect_firm_mw=1200",
        ],
        &["60 halls", "states"],
    );
}

#[test]
fn folders_that_are_not_ours_are_left_alone() {
    let folder = with_scenario();
    let here = folder.path();
    fs::create_dir(here.join("mine")).unwrap();
    fs::write(here.join("mine/notes.txt"), "keep me").unwrap();
    refused(here, &["run", "texas.toml", "-o", "mine"], &["mine", "--force"]);
    refused(here, &["run", "texas.toml", "-o", "texas.toml/below"], &["texas.toml"]);
    let forced = [&["run", "texas.toml", "-o", "mine", "--force", "-q"], &SMALL[..]].concat();
    assert!(wattshift(here, &forced).status.success());
    assert_eq!(fs::read_to_string(here.join("mine/notes.txt")).unwrap(), "keep me");
    assert!(here.join("mine/summary.csv").exists());
    // Our own folder is replaced without being asked to.
    let plain = [&["run", "texas.toml", "-q"], &SMALL[..]].concat();
    assert!(wattshift(here, &plain).status.success() && wattshift(here, &plain).status.success());
}

/// A replay of two months on files made here; `spoil` may break their text.
fn replay(spoil: impl Fn(&str, String) -> Vec<u8>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let mut power = String::from("interval_start_utc,price\n");
    for hour in 0..(31 + 28) * 24 {
        // 1 January 2022 starts at 06:00 UTC in Texas; winter has no clock change.
        let (day, clock) = ((hour + 6) / 24, (hour + 6) % 24);
        let (month, day) = if day < 31 {
            (1, day + 1)
        } else if day < 59 {
            (2, day - 30)
        } else {
            (3, day - 58)
        };
        power += &format!("2022-{month:02}-{day:02}T{clock:02}:00:00Z,{}\n", 20 + hour % 30);
    }
    let mut bitcoin = String::from("date_utc,price_usd,difficulty,blocks,fees_btc\n");
    for day in 0..59 {
        let (month, day) = if day < 31 { (1, day + 1) } else { (2, day - 30) };
        bitcoin += &format!("2022-{month:02}-{day:02},40000,2.5e13,144,10\n");
    }
    fs::write(folder.path().join("power.csv"), spoil("power", power)).unwrap();
    fs::write(folder.path().join("bitcoin.csv"), spoil("bitcoin", bitcoin)).unwrap();
    let start = TEXAS.find("[bitcoin]").unwrap();
    let policies = TEXAS.find("# The race.").unwrap();
    let text = format!(
        "{}[bitcoin]\nreplay_file = \"bitcoin.csv\"\n\n[power]\nreplay_file = \"power.csv\"\nreplay_price_column = \"price\"\n\n{}",
        &TEXAS[..start],
        // From dp on, the shipped policies need modelled prices.
        &TEXAS[policies..TEXAS.find("[[policies]]\nkind = \"dp\"").unwrap()],
    )
    .replace("start_month = \"2026-01\"", "start_month = \"2022-01\"")
    .replace("end_month = \"2035-12\"", "end_month = \"2022-02\"");
    let text = text.replace("tune = true", "tune = false");
    let file = folder.path().join("replay.toml");
    fs::write(&file, text).unwrap();
    (folder, file)
}

#[test]
fn a_replay_of_clean_files_runs() {
    let (folder, _) = replay(|_, text| text.into_bytes());
    let done = wattshift(folder.path(), &["run", "replay.toml", "--paths", "3"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
}

#[test]
fn spoiled_history_is_refused_with_its_row() {
    let power = |change: &'static dyn Fn(Vec<String>) -> Vec<String>| {
        replay(move |which, text| {
            if which == "power" {
                change(text.lines().map(str::to_string).collect()).join("\n").into_bytes()
            } else {
                text.into_bytes()
            }
        })
    };
    let run = ["run", "replay.toml"];
    let check = |folder: &TempDir, wanted: &[&str]| {
        refused(folder.path(), &run, &[&["power.replay_file", "power.csv"], wanted].concat());
    };
    let (folder, _) = power(&|mut rows| {
        rows.remove(100);
        rows
    });
    check(&folder, &["row 101", "missing"]);
    let (folder, _) = power(&|mut rows| {
        let twice = rows[100].clone();
        rows.insert(100, twice);
        rows
    });
    check(&folder, &["row 102", "twice"]);
    let (folder, _) = power(&|mut rows| {
        rows.swap(100, 110);
        rows
    });
    check(&folder, &["row 101"]);
    let (folder, _) = power(&|mut rows| {
        rows.truncate(500);
        rows
    });
    check(&folder, &["cut short"]);
    let (folder, _) = power(&|_| Vec::new());
    check(&folder, &["empty"]);
    let (folder, _) = power(&|mut rows| {
        rows[50] = "2022-01-03T07:00:00Z,much".into();
        rows
    });
    check(&folder, &["row 51", "much"]);
    let (folder, _) = power(&|mut rows| {
        rows[50] = "2022-01-03T07:00:00Z,NaN".into();
        rows
    });
    check(&folder, &["row 51", "NaN"]);
    let (folder, _) = power(&|mut rows| {
        rows[0] = "time,price".into();
        rows
    });
    check(&folder, &["interval_start_utc", "time, price"]);
    let (folder, _) = power(&|mut rows| {
        rows[700] = "2022-01".into();
        rows
    });
    check(&folder, &["row 701", "1 fields"]);

    let (folder, _) = replay(|which, text| {
        let mut bytes = text.into_bytes();
        if which == "power" {
            bytes[900] = 0xff;
        }
        bytes
    });
    check(&folder, &["UTF-8"]);
    let (folder, _) = replay(|which, text| {
        if which == "bitcoin" {
            text.replace("2022-01-15,40000", "2022-01-15,-1").into_bytes()
        } else {
            text.into_bytes()
        }
    });
    refused(folder.path(), &run, &["bitcoin.csv", "row 16", "price_usd is -1, allowed is"]);
    let (folder, _) = replay(|_, text| text.into_bytes());
    fs::remove_file(folder.path().join("power.csv")).unwrap();
    refused(folder.path(), &run, &["power.csv", "cannot read"]);
}

/// A reader that goes away is no failure: `wattshift check FILE | head -1` must not panic.
#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly() {
    use std::process::Stdio;
    let folder = with_scenario();
    for args in [vec!["check", "texas.toml"], [&["run", "texas.toml"], &SMALL[..]].concat()] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wattshift"))
            .current_dir(folder.path())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_whole_results_or_none() {
    use std::process::Stdio;
    let folder = with_scenario();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .current_dir(folder.path())
        .args(["run", "texas.toml", "--paths", "1000000", "-q", "--set", "policies[dp].grid_spacing=1.5"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Long enough to be among the paths, far too short to finish a million of them.
    std::thread::sleep(std::time::Duration::from_secs(6));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    let out = folder.path().join("out");
    // On a busy machine it may be stopped before the first path is done, which leaves nothing.
    let left = if out.exists() { names(&out) } else { Vec::new() };
    assert!(left.iter().all(|name| name == "texas-campus"), "{left:?}");
    if out.join("texas-campus").exists() {
        let manifest = fs::read_to_string(out.join("texas-campus/manifest.json")).unwrap();
        assert!(manifest.contains("\"interrupted\": true"));
        assert!(out.join("texas-campus/summary.csv").exists());
    }
}

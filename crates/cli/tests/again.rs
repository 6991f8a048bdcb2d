//! `report` and `compare` through the binary: folders of runs in, and nothing simulated.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn wattshift(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the binary runs")
}

fn shipped(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios").join(name).display().to_string()
}

/// A short run of a shipped scenario into `out`.
fn run(folder: &Path, scenario: &str, out: &str, more: &[&str]) {
    let scenario = shipped(scenario);
    let args =
        ["run", &scenario, "-o", out, "--quiet", "--paths", "12", "--set", "scenario.end_month=2028-12"];
    let done = wattshift(folder, &[&args, more].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Every file of a folder, by its path within it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push((path.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_folder_is_made_again_byte_for_byte_in_place_and_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for scenario in ["texas-campus.toml", "texas-campus-financed.toml"] {
        run(here, scenario, "first", &["--force"]);
        let whole = files(&here.join("first"));
        assert!(wattshift(here, &["report", "first", "-o", "again", "--force"]).status.success());
        assert_eq!(named(&files(&here.join("again"))), named(&whole));
        for ((name, bytes), (_, before)) in files(&here.join("again")).iter().zip(&whole) {
            assert!(bytes == before, "{} differs", name.display());
        }
        // What is lost comes back, what is the user's stays.
        fs::remove_file(here.join("first/summary.csv")).unwrap();
        fs::write(here.join("first/charts/frontier.png"), "torn").unwrap();
        fs::write(here.join("first/notes.txt"), "mine").unwrap();
        let refused = wattshift(here, &["report", "first"]);
        assert_eq!(refused.status.code(), Some(2), "a file of someone else's");
        let done = wattshift(here, &["report", "first", "--force"]);
        assert!(String::from_utf8_lossy(&done.stdout).contains("without simulating"));
        let mut expected = whole.clone();
        expected.push(("notes.txt".into(), b"mine".to_vec()));
        expected.sort();
        assert!(files(&here.join("first")) == expected);
        fs::remove_file(here.join("first/notes.txt")).unwrap();
    }
}

fn named(files: &[(PathBuf, Vec<u8>)]) -> Vec<String> {
    files.iter().map(|(path, _)| path.display().to_string()).collect()
}

#[test]
fn results_that_are_not_whole_are_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    run(here, "texas-campus.toml", "out", &[]);
    let results = here.join("out/results.json.gz");
    let bytes = fs::read(&results).unwrap();
    for (spoilt, said) in
        [(&bytes[..bytes.len() / 3], "its checksum differs"), (&[][..], "its checksum differs")]
    {
        fs::write(&results, spoilt).unwrap();
        let refused = wattshift(here, &["report", "out", "-o", "again"]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(said), "{refused:?}");
        assert!(!here.join("again").exists());
    }
    let refused = wattshift(here, &["compare", "out", "nowhere"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("run the scenario again"), "{refused:?}");
}

#[test]
fn two_runs_are_compared_path_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    run(here, "texas-campus.toml", "low", &[]);
    run(here, "texas-campus.toml", "high", &["--set", "hosting.rate.start_usd_per_kw_month=160"]);
    let done = wattshift(here, &["compare", "low", "high", "-o", "both"]);
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{done:?}");
    assert!(said.contains("hosting.rate.start_usd_per_kw_month  134.5") && said.contains("160"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
    let table = fs::read_to_string(here.join("both/compare.csv")).unwrap();
    // All-mining has no rents, so nothing at all changes for it.
    let mining: Vec<&str> = table.lines().nth(1).unwrap().split(',').collect();
    assert_eq!((mining[0], mining[5], mining[6], mining[9]), ("all-mining", "0", "0", "12"), "{table}");
    assert!(here.join("both/charts/npv_change.svg").exists() && here.join("both/settings.csv").exists());
    let json = wattshift(here, &["compare", "low", "high", "--json"]);
    let text = String::from_utf8(json.stdout).unwrap();
    assert!(text.contains("\"same_seed\": true") && text.contains("\"n_common_paths\": 12"), "{text}");
    // Every change of the table is in the JSON to its last digit.
    for row in table.lines().skip(1) {
        let change = row.split(',').nth(5).unwrap();
        assert!(change == "0" || text.contains(change), "{change} is not in {text}");
    }
}

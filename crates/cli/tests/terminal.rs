//! What the binary prints for programs and for terminals: JSON, colours, completions and help.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const FINANCED: &str = include_str!("../../../data/scenarios/texas-campus-financed.toml");
/// Small enough to run in a blink.
const SMALL: [&str; 6] =
    ["--paths", "12", "--set", "scenario.end_month=2028-06", "--set", "run.tuning_paths=16"];

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wattshift"));
    command.current_dir(folder).args(args).env_remove("NO_COLOR");
    command
}

fn wattshift(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn with_scenario() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("texas.toml"), TEXAS).expect("the scenario is written");
    fs::write(folder.path().join("texas-campus.toml"), TEXAS).expect("the base is written");
    fs::write(folder.path().join("financed.toml"), FINANCED).expect("the scenario is written");
    folder
}

/// Holds every cell of a CSV against the objects, in order; returns how many numbers there were.
fn check_table(csv: &str, objects: &[&Value]) -> usize {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().expect("a header");
    let rows: Vec<Vec<&str>> = lines.collect();
    assert_eq!(rows.len(), objects.len());
    let mut n_numbers = 0;
    for (row, object) in rows.iter().zip(objects) {
        assert_eq!(row.len(), names.len(), "no cell has a comma in it: {row:?}");
        for (name, cell) in names.iter().zip(row) {
            match &object[*name] {
                Value::Null => assert_eq!(*cell, "", "{name}"),
                Value::Number(number) => {
                    n_numbers += 1;
                    let printed: f64 = cell.parse().expect("a number");
                    assert_eq!(number.as_f64().map(f64::to_bits), Some(printed.to_bits()), "{name}");
                }
                Value::String(word) => assert_eq!(word, cell, "{name}"),
                other => panic!("{name} is {other}"),
            }
        }
    }
    n_numbers
}

#[test]
fn json_of_a_run_is_the_csv_of_its_folder_and_stands_alone_on_standard_output() {
    let folder = with_scenario();
    for (file, has_money) in [("texas.toml", false), ("financed.toml", true)] {
        let args = [&["run", file, "--json", "-o", "out"], &SMALL[..], &["--force"]].concat();
        let done = wattshift(folder.path(), &args);
        assert!(done.status.success(), "{}", text(&done.stderr));
        let json: Value = serde_json::from_slice(&done.stdout).expect("one JSON object and nothing else");
        let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).expect(name);
        let rows = |name: &str| json[name].as_array().expect(name).iter().collect::<Vec<_>>();
        let mut policies = rows("policies");
        policies.push(&json["foresight"]);
        assert!(check_table(&read("summary.csv"), &policies) > 100);
        assert!(check_table(&read("bounds.csv"), &rows("bounds")) > 10);
        if has_money {
            assert!(check_table(&read("finance.csv"), &rows("finance")) > 100);
            assert!(json["policies"][0]["value_per_share_usd"].is_number());
        }
        let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("JSON");
        for (ours, theirs) in [
            ("scenario", "scenario"),
            ("lens", "lens"),
            ("seed", "seed"),
            ("paths", "paths_simulated"),
            ("interrupted", "interrupted"),
            ("warnings", "warnings"),
        ] {
            assert_eq!(json[ours], manifest[theirs], "{ours}");
        }
        // Warnings are for people too, on the other stream.
        let told = text(&done.stderr).matches("warning: ").count();
        assert_eq!(told, manifest["warnings"].as_array().map_or(0, Vec::len), "{}", text(&done.stderr));
        fs::remove_dir_all(folder.path().join("out")).expect("the folder is removed");
    }
}

#[test]
fn bad_input_prints_no_json_and_check_prints_the_resolved_scenario_as_json() {
    let folder = with_scenario();
    let bad = wattshift(folder.path(), &["run", "texas.toml", "--json", "--set", "site.mining_pue=9"]);
    assert_eq!((bad.status.code(), bad.stdout.len()), (Some(2), 0));
    let done = wattshift(folder.path(), &["check", "texas.toml", "--json"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let json: Value = serde_json::from_slice(&done.stdout).expect("one JSON object and nothing else");
    let resolved = json["resolved_scenario"].as_str().expect("TOML");
    assert!(text(&wattshift(folder.path(), &["check", "texas.toml"]).stdout).contains(resolved));
    assert!(json["static_year_usd_per_gross_mw"][0]["margin_usd"].is_number());
    assert_eq!(json["policies"][0]["policy"], "all-mining");
}

#[test]
fn a_pipe_gets_no_colours_unless_asked_and_they_change_no_word() {
    let folder = with_scenario();
    let run = |out: &str, more: &[&str]| {
        let args = [&["run", "texas.toml", "-o", out], &SMALL[..], more].concat();
        // Times differ from run to run, as does the folder's name.
        let table =
            |bytes: &[u8]| text(bytes).split("Seconds by stage").next().unwrap_or_default().to_owned();
        let done = command(folder.path(), &args).env("NO_COLOR", "1").output().expect("the binary starts");
        assert!(done.status.success(), "{}", text(&done.stderr));
        let mut lines: Vec<String> = table(&done.stdout).lines().map(str::to_owned).collect();
        lines.pop();
        lines.join("\n")
    };
    let plain = run("plain", &[]);
    let painted = run("painted", &["--color", "always"]);
    assert!(!plain.contains('\u{1b}'));
    assert!(painted.contains("\u{1b}[1m"), "{painted}");
    assert_eq!(stripped(&painted), plain);

    let wrong = ["check", "texas.toml", "--set", "site.mining_pue=9"];
    for (more, coloured) in [(&[][..], false), (&["--color", "never"], false), (&["--color=always"], true)] {
        let faults = wattshift(folder.path(), &[&wrong[..], more].concat());
        assert_eq!(text(&faults.stderr).contains("\u{1b}[1;31merror:\u{1b}[0m"), coloured);
        let help = wattshift(folder.path(), &[&["run", "--help"], more].concat());
        assert_eq!(text(&help.stdout).contains('\u{1b}'), coloured, "help {more:?}");
        let misuse = wattshift(folder.path(), &[&["run", "--no-such-option"], more].concat());
        assert_eq!(text(&misuse.stderr).contains('\u{1b}'), coloured, "misuse {more:?}");
    }
}

/// The text without the codes of a terminal.
fn stripped(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// The commands below one, as its help lists them.
fn commands_below(folder: &Path, above: &[&str]) -> Vec<Vec<String>> {
    let help = text(&wattshift(folder, &[above, &["--help"]].concat()).stdout);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed.take_while(|line| !line.is_empty()).filter_map(|line| {
        // A name stands two spaces in; its description may go on further in.
        line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')).and_then(|rest| rest.split(' ').next())
    });
    let below = |name: &str| above.iter().map(|word| (*word).to_owned()).chain([name.to_owned()]).collect();
    names.filter(|name| *name != "help").map(below).collect()
}

fn all_commands(folder: &Path) -> Vec<Vec<String>> {
    let first = commands_below(folder, &[]);
    let second = first
        .iter()
        .flat_map(|command| commands_below(folder, &command.iter().map(String::as_str).collect::<Vec<_>>()));
    let second: Vec<Vec<String>> = second.collect();
    first.into_iter().chain(second).collect()
}

#[test]
fn help_of_every_command_has_an_example_and_says_how_it_ends() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let commands = all_commands(folder.path());
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let help = text(&wattshift(folder.path(), &[&words[..], &["--help"]].concat()).stdout);
        assert!(
            help.contains(&format!("  wattshift {}", words.join(" "))),
            "no example of {words:?}:\n{help}"
        );
        assert!(help.contains("Exit codes:"), "no exit codes of {words:?}:\n{help}");
    }
}

#[test]
fn completions_parse_and_name_every_command() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = wattshift(folder.path(), &["completions", shell]);
        assert!(done.status.success(), "{shell}: {}", text(&done.stderr));
        let script = text(&done.stdout);
        for command in all_commands(folder.path()) {
            let name = command.last().expect("a name");
            assert!(script.contains(name.as_str()), "{shell} does not know {command:?}");
        }
        if shell == "bash" {
            fs::write(folder.path().join("wattshift.bash"), &script).expect("the script is written");
            let parsed = Command::new("bash").arg("-n").arg(folder.path().join("wattshift.bash")).output();
            // Where there is no bash, nobody sources its completions.
            assert!(parsed.map_or(true, |parsed| parsed.status.success() && parsed.stderr.is_empty()));
        }
    }
    assert_eq!(wattshift(folder.path(), &["completions", "cmd"]).status.code(), Some(2));
}

//! The schemas that the binary prints: every shipped file validates, and what is wrong does not.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn schema(kind: &str) -> Value {
    let done = Command::new(env!("CARGO_BIN_EXE_wattshift")).args(["schema", kind]).output();
    let done = done.expect("the binary starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("JSON")
}

fn shipped(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios").join(folder);
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    files.sort();
    files
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).expect("a file");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What of a schema a value breaks, for the words that the schemas use; a word that is not known here is a fault too.
fn faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_valid = |schema: &Value| faults(schema, value, at).is_empty();
    for (word, rule) in schema.as_object().expect("a schema") {
        let holds = match word.as_str() {
            "type" => match rule.as_str() {
                Some("object") => value.is_object(),
                Some("array") => value.is_array(),
                Some("number") => value.is_number(),
                Some("integer") => value.is_i64() || value.is_u64(),
                Some("boolean") => value.is_boolean(),
                Some("string") => value.is_string(),
                _ => false,
            },
            "enum" => rule.as_array().is_some_and(|words| words.contains(value)),
            "minimum" => value.as_f64() >= rule.as_f64(),
            "exclusiveMinimum" => value.as_f64() > rule.as_f64(),
            "maximum" => value.as_f64() <= rule.as_f64(),
            "minItems" => value.as_array().map(Vec::len) >= rule.as_u64().map(|n| n as usize),
            "pattern" => rule == "\\S" && value.as_str().is_some_and(|text| !text.trim().is_empty()),
            "required" => rule.as_array().is_some_and(|keys| {
                keys.iter().all(|key| value.get(key.as_str().unwrap_or_default()).is_some())
            }),
            "anyOf" => rule.as_array().is_some_and(|any| any.iter().any(is_valid)),
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                found.extend(items.flat_map(|(n, item)| faults(rule, item, &format!("{at}[{n}]"))));
                true
            }
            "properties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    if let Some(rule) = rule.get(key) {
                        found.extend(faults(rule, inner, &format!("{at}.{key}")));
                    }
                }
                true
            }
            "additionalProperties" => value
                .as_object()
                .into_iter()
                .flatten()
                .all(|(key, _)| rule != false || schema["properties"].get(key).is_some()),
            "if" => {
                let branch = if is_valid(rule) { schema.get("then") } else { schema.get("else") };
                found.extend(branch.into_iter().flat_map(|branch| faults(branch, value, at)));
                true
            }
            "then" | "else" | "$schema" | "title" | "description" | "default" => true,
            other => panic!("the schema uses {other}, which this test does not know"),
        };
        if !holds {
            found.push(format!("{at}: {word}"));
        }
    }
    found
}

fn check_shipped(kind: &str, files: &[PathBuf]) {
    let schema = schema(kind);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    for file in files {
        let found = faults(&schema, &read(file), "");
        assert!(found.is_empty(), "{} against the schema of a {kind}: {found:?}", file.display());
    }
}

#[test]
fn every_shipped_file_validates() {
    let is_case =
        |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dispatch"));
    let (cases, mut scenarios): (Vec<PathBuf>, Vec<PathBuf>) = shipped("").into_iter().partition(is_case);
    scenarios.extend(shipped("questions"));
    assert!(scenarios.len() > 10 && cases.len() == 1);
    check_shipped("scenario", &scenarios);
    check_shipped("dispatch", &cases);
    check_shipped("sweep", &shipped("sweeps"));
}

#[test]
fn all_that_money_can_be_validates() {
    let text = [
        include_str!("../../../data/scenarios/texas-campus.toml"),
        include_str!("../../scenario/tests/finance_full.toml"),
    ];
    let full: Value = toml::from_str(&text.concat()).expect("TOML");
    assert_eq!(faults(&schema("scenario"), &full, ""), Vec::<String>::new());
}

#[test]
fn slips_do_not_validate() {
    let schema = schema("scenario");
    let text = include_str!("../../../data/scenarios/texas-campus.toml");
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let value: Value = toml::from_str(&text.replacen(from, to, 1)).expect("TOML");
        faults(&schema, &value, "")
    };
    assert_eq!(with("mining_pue = 1.04", "mining_pue = 1.05"), Vec::<String>::new());
    for (from, to, wanted) in [
        ("mining_pue = 1.04", "minig_pue = 1.04", ".site: additionalProperties"),
        ("mining_pue = 1.04", "mining_pue = 0.9", ".site.mining_pue: minimum"),
        ("mining_pue = 1.04", "mining_pue = \"1.04\"", ".site.mining_pue: type"),
        ("lens = \"outcomes\"", "lens = \"outcome\"", ".run.lens: enum"),
        ("paths = 1000", "paths = 10.5", ".run.paths: type"),
        ("start_month = \"2026-01\"", "", ".scenario: required"),
        ("kind = \"hurdle\"", "kind = \"hurdles\"", ": enum"),
    ] {
        let found = with(from, to);
        assert!(found.iter().any(|fault| fault.ends_with(wanted)), "{to}: {found:?}");
    }
    // With a base the rest may come from there.
    let rests: Value = toml::from_str("[scenario]\nbase = \"a.toml\"\nname = \"b\"\n[site]\n").expect("TOML");
    assert_eq!(faults(&schema, &rests, ""), Vec::<String>::new());
}

//! The dictionary against what is really written, and the document against the dictionary.

use super::unit::contradicts;
use super::*;
use crate::folder::OutputFolder;
use crate::manifest::{InputFile, Manifest, OutputFile};
use crate::tables::write_tables;
use crate::test_support::{dispatch_case, financed, moments, outcomes, trigger_map};
use crate::write_dispatch_tables;
use ::sweep::spec::ParameterSpec;
use ::sweep::{Design, Scale, Spec};
use serde_json::Value;
use simulate::{Estimate, MarketBounds, Outcomes, PlanRace, Standing, study_dispatch};
use std::fs;
use std::path::Path;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/data-dictionary.md");

/// A race within the planning model of which every figure exists.
fn race() -> PlanRace {
    let usd = |mean: f64| Estimate { mean, standard_error: 1e5 };
    let standing = |name: &str| Standing {
        name: name.into(),
        gain_usd: usd(8e7),
        below_bound_usd: usd(2e7),
        below_best_usd: usd(1e7),
    };
    PlanRace {
        policy: "dp".into(),
        n_paths: 512,
        lower_usd: usd(9.9e7),
        upper_usd: usd(1e8),
        upper_without_cash_limit_usd: Some(usd(1.1e8)),
        foresight_usd: usd(1.3e8),
        gap_usd: usd(1e6),
        standings: vec![standing("trigger"), standing("dp")],
        left_out: Vec::new(),
        at_stake: Some(("trigger".into(), usd(2e7))),
        value_of_waiting_usd: usd(3e7),
        value_of_stochastic_solution_usd: usd(4e7),
        value_of_foresight_usd: usd(3.1e7),
    }
}

/// Outcomes with every table that a run can have.
fn with_everything(mut outcomes: Outcomes) -> Outcomes {
    outcomes.plan_race = Some(race());
    let below_bound_usd = outcomes.policies.iter().map(|_| Some(moments(&[1e7, 2e7]))).collect();
    outcomes.market_bounds =
        Some(MarketBounds { n_paths: 256, upper_usd: moments(&[1e8, 2e8]), below_bound_usd });
    outcomes.trigger_maps = vec![trigger_map(outcomes.months[0])];
    outcomes
}

fn tables(fill: impl FnOnce(&mut OutputFolder)) -> Vec<(String, Vec<u8>)> {
    let at = tempfile::tempdir().unwrap();
    let mut folder = OutputFolder::open(&at.path().join("out"), "made-up", false).unwrap();
    fill(&mut folder);
    let files = fs::read_dir(folder.staging()).unwrap().map(|file| file.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files.filter(|path| path.is_file()).map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

fn written(outcomes: &Outcomes) -> Vec<(String, Vec<u8>)> {
    tables(|folder| write_tables(outcomes, folder).unwrap())
}

#[test]
fn every_column_of_a_run_is_in_the_dictionary_and_the_other_way_round() {
    let mut audit = Audit::new("run");
    for outcomes in [outcomes(), financed(), with_everything(financed())] {
        written(&outcomes).iter().for_each(|(file, bytes)| audit.file(file, bytes));
    }
    assert!(audit.faults().is_empty(), "{:#?}", audit.faults());
    // Not tables, and not written by this call.
    let others = ["charts/", "manifest.json", "report.", "results.json.gz"];
    let mut missing = audit.never_met();
    missing.retain(|what| !others.iter().any(|other| what.starts_with(other)));
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_column_that_nobody_wrote_down_is_found() {
    let mut audit = Audit::new("run");
    audit.file("mining_hours.csv", b"fleet,month,hours,mean_out_of_money_days\nS21,2026-07,,3\n");
    audit.file("secrets.csv", b"");
    let faults = audit.faults().join("\n");
    for wanted in ["column mean_out_of_money_days is not", "hours is empty", "secrets.csv is not"] {
        assert!(faults.contains(wanted), "`{wanted}` is not in:\n{faults}");
    }
    assert!(audit.never_met().contains(&"mining_hours.csv: mean_out_of_money_hours".into()));
}

#[test]
fn tables_of_a_dispatched_case_are_in_the_dictionary() {
    let case = dispatch_case();
    let study = study_dispatch(&case).unwrap();
    let mut audit = Audit::new("dispatch");
    let files = tables(|folder| write_dispatch_tables(&study, folder).unwrap());
    files.iter().for_each(|(file, bytes)| audit.file(file, bytes));
    assert!(files.len() == 4 && audit.faults().is_empty(), "{:#?}", audit.faults());
}

/// Keys of an object, those of objects in a list as `name[].key`.
fn keys(json: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in json.as_object().expect("an object") {
        found.push(key.clone());
        let items = value.as_array().into_iter().flatten().filter_map(Value::as_object);
        found.extend(items.flat_map(|item| item.keys().map(move |inner| format!("{key}[].{inner}"))));
    }
    found
}

fn holds_keys(command: &'static str, file: &'static str, json: &Value) {
    let mut audit = Audit::new(command);
    let keys = keys(json);
    audit.keys(file, keys.iter().map(String::as_str));
    assert!(audit.faults().is_empty(), "{:#?}", audit.faults());
    let mut missing = audit.never_met();
    missing.retain(|what| what.starts_with(&format!("{file}:")));
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_key_of_a_manifest_is_there_and_the_other_way_round() {
    let manifest = Manifest {
        resolved_sweep: Some(String::new()),
        guests: vec!["own".into()],
        sources: vec![crate::Source { field: String::new(), value: String::new(), remark: String::new() }],
        inputs: vec![InputFile { path: String::new(), is_base: true, sha256: String::new() }],
        outputs: vec![OutputFile { file: String::new(), bytes: 0, sha256: String::new() }],
        ..Manifest::default()
    };
    holds_keys("run", "manifest.json", &serde_json::to_value(manifest).unwrap());
}

#[test]
fn every_key_of_a_sweep_is_there_and_the_other_way_round() {
    let parameter = ParameterSpec {
        name: String::new(),
        label: String::new(),
        unit: String::new(),
        base: None,
        scale: Scale::Linear,
    };
    let spec = Spec {
        tool: Spec::TOOL.into(),
        version: String::new(),
        name: String::new(),
        description: String::new(),
        design: Design::Grid,
        n_points: 1,
        parameters: vec![parameter],
        policies: Vec::new(),
        outputs: Vec::new(),
        objective: String::new(),
        compare: None,
        common_random_numbers: true,
        set: Vec::new(),
        resolved_scenario: String::new(),
        resolved_sweep: String::new(),
        inputs: Vec::new(),
        points_sha256: String::new(),
    };
    holds_keys("sweep", "sweep.json", &serde_json::to_value(spec).unwrap());
}

#[test]
fn every_entry_has_a_unit_a_meaning_and_a_name_of_its_own() {
    for file in files() {
        for entries in [&file.columns, &file.metrics] {
            for (place, entry) in entries.iter().enumerate() {
                let at = format!("{}: {}", file.file, entry.name);
                assert!(
                    !entry.unit.is_empty() && !entry.meaning.is_empty(),
                    "{at} lacks its unit or its meaning"
                );
                assert!(
                    !contradicts(&entry.name, entry.unit),
                    "{at} is in {}, which its name denies",
                    entry.unit
                );
                let is_twin = |other: &ColumnEntry| other.name == entry.name;
                // Two forms of one table have one column alike.
                let is_known = file.file == "convergence.csv" && entry.name == "standard_error";
                assert!(is_known || !entries[place + 1..].iter().any(is_twin), "{at} is there twice");
                let cells = [entry.unit, &entry.meaning, entry.over, entry.empty];
                assert!(
                    cells.iter().all(|cell| !cell.contains('|') && !cell.contains('\n')),
                    "{at} breaks its row"
                );
            }
        }
    }
}

#[test]
fn outputs_of_a_sweep_that_point_to_a_table_are_in_it() {
    let files = files();
    let [points, summary] = [("sweep", "points.csv"), ("run", "summary.csv")]
        .map(|(command, path)| file(&files, command, path).unwrap());
    let pointing = points.columns.iter().filter(|column| column.meaning.starts_with("as in `summary.csv`"));
    let missing: Vec<&str> =
        pointing.map(|column| column.name.as_str()).filter(|name| summary.column(name).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// With `WATTSHIFT_WRITE_DICTIONARY` set the document is written.
#[test]
fn the_document_says_what_the_dictionary_says() {
    if std::env::var_os("WATTSHIFT_WRITE_DICTIONARY").is_some() {
        fs::write(DOCUMENT, document()).unwrap();
    }
    let written = fs::read_to_string(DOCUMENT).unwrap();
    assert!(
        written == document(),
        "docs/data-dictionary.md is not what the dictionary says; its head says how to write it"
    );
}

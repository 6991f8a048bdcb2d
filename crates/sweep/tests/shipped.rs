//! The shipped sweeps: each can be read, their points can be run, and those of maps hold the base.

use std::path::{Path, PathBuf};
use sweep::{Design, Sweep, Value};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios/sweeps")
}

fn shipped() -> Vec<Sweep> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    let load = |file: &PathBuf| {
        let sweep = Sweep::load(file, &[]).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(sweep.warnings.is_empty(), "{}: {:?}", file.display(), sweep.warnings);
        assert_eq!(Some(sweep.spec.name.as_str()), file.file_stem().and_then(|stem| stem.to_str()));
        sweep
    };
    files.iter().map(load).collect()
}

#[test]
fn every_shipped_sweep_has_points_that_can_be_run() {
    let sweeps = shipped();
    assert!(sweeps.len() >= 7, "{}", sweeps.len());
    for sweep in &sweeps {
        let step = if sweep.spec.n_points > 500 { 37 } else { 7 };
        let last = sweep.spec.n_points - 1;
        for point in (0..last).step_by(step).chain([last]) {
            let scenario = sweep.scenario(point);
            assert!(scenario.is_ok(), "{} {point}: {:?}", sweep.spec.name, scenario.err());
        }
    }
}

#[test]
fn levels_lie_on_both_sides_of_a_known_base() {
    for sweep in &shipped() {
        let name = &sweep.spec.name;
        for (n, parameter) in sweep.spec.parameters.iter().enumerate() {
            let base = parameter.base.as_ref().and_then(Value::number);
            let base = base.unwrap_or_else(|| panic!("{name}: {} has no base", parameter.name));
            let values = || sweep.points.rows.iter().filter_map(|row| row[n].number());
            let (low, high) = values().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
            assert!(low < base && base < high, "{name}: {} {low} {base} {high}", parameter.name);
        }
    }
}

#[test]
fn the_base_point_of_a_map_is_the_base_scenario() {
    for sweep in shipped().iter().filter(|sweep| sweep.spec.design == Design::Grid) {
        let (name, parameters) = (&sweep.spec.name, &sweep.spec.parameters);
        let is_base = |row: &Vec<Value>| {
            let mut pairs = row.iter().zip(parameters);
            pairs.all(|(value, parameter)| {
                value.number().is_some() && parameter.base.as_ref().and_then(Value::number) == value.number()
            })
        };
        let point = sweep.points.rows.iter().position(is_base);
        let point = point.unwrap_or_else(|| panic!("{name}: the base is not on the map"));
        assert_eq!(sweep.scenario(point).unwrap().resolved, sweep.spec.resolved_scenario, "{name}");
    }
}

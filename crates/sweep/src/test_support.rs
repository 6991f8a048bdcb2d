//! A small sweep for tests.

use crate::design::Design;
use crate::folder::SweepFolder;
use crate::parameter::Scale;
use crate::record::{PointOutcome, PointRecord, PointResult};
use crate::shard::Shard;
use crate::spec::{ParameterSpec, Spec};
use crate::value::Value;
use std::path::Path;

pub(crate) fn spec(n_points: usize) -> Spec {
    Spec {
        tool: Spec::TOOL.into(),
        version: "1.2.3".into(),
        name: "map".into(),
        description: "A map".into(),
        design: Design::Grid,
        n_points,
        parameters: vec![ParameterSpec {
            name: "market.hashprice".into(),
            label: "Hashprice".into(),
            unit: "USD/PH/s/day".into(),
            base: Some(Value::Number(50.0)),
            scale: Scale::Linear,
        }],
        policies: vec!["all-mining".into(), "all-ai".into()],
        outputs: vec!["npv_usd".into(), "irr".into()],
        objective: "npv_usd".into(),
        compare: None,
        common_random_numbers: true,
        set: vec!["simulation.paths=200".into()],
        resolved_scenario: "name = \"base\"\npaths = 200\n".into(),
        resolved_sweep: "name = \"map\"\n".into(),
        inputs: vec![("prices.csv".into(), "aa".into())],
        points_sha256: "bb".into(),
    }
}

/// A record as a run of the point gives it each time, but for its seconds; every fifth fails.
pub(crate) fn record(point: usize) -> PointRecord {
    let number = point as f64;
    let outcome = if point % 5 == 4 {
        PointOutcome::Failed("no hall fits:\n\tadd \"power\"".into())
    } else {
        PointOutcome::Done(PointResult {
            n_paths: 200,
            outputs: vec![vec![Some(number / 3.0), None], vec![Some(-1e-300 * number), Some(f64::MAX)]],
            differences: vec![(0.1 + number, Some(number.sqrt()))],
            warnings: Vec::new(),
        })
    };
    PointRecord { point, values: vec![Value::Number(number)], seed: 7, outcome, seconds: 0.5 }
}

pub(crate) fn shard(text: &str) -> Shard {
    text.parse().unwrap()
}

/// Does all that is left of a shard, but at most so many points.
pub(crate) fn do_points(folder: &SweepFolder, shard_text: &str, at_most: usize) {
    let mut begun = folder.begin(shard(shard_text)).unwrap();
    for point in begun.todo.iter().take(at_most) {
        begun.journal.append(&record(*point)).unwrap();
    }
}

pub(crate) fn folder(path: &Path, n_points: usize) -> SweepFolder {
    SweepFolder::open_or_create(path, &spec(n_points)).unwrap()
}

//! Rows of a made-up sweep, read back.

use super::*;
use crate::parquet::tests::reader;
use ::parquet::file::reader::FileReader;
use ::parquet::record::Field as Cell;
use sweep::spec::ParameterSpec;
use sweep::{Design, Scale};

fn spec(parameters: &[&str]) -> Spec {
    let parameter = |name: &&str| ParameterSpec {
        name: (*name).into(),
        label: "a label".into(),
        unit: String::new(),
        base: None,
        scale: Scale::Linear,
    };
    Spec {
        tool: "wattshift-sweep".into(),
        version: "0.1.0".into(),
        name: "a-map".into(),
        description: "two knobs".into(),
        design: Design::Grid,
        n_points: 3,
        parameters: parameters.iter().map(parameter).collect(),
        policies: vec!["all-mining".into(), "hurdle".into()],
        outputs: vec!["mean_npv_usd".into(), "irr".into()],
        objective: "mean_npv_usd".into(),
        compare: None,
        common_random_numbers: true,
        set: Vec::new(),
        resolved_scenario: "[run]\nseed = 7\n".into(),
        resolved_sweep: "[sweep]\n".into(),
        inputs: Vec::new(),
        points_sha256: "00".into(),
    }
}

fn record(point: usize, values: Vec<Value>, npv_usd: f64) -> PointRecord {
    let result = PointResult {
        n_paths: 200,
        outputs: vec![vec![Some(npv_usd), None], vec![Some(npv_usd / 3.0), Some(0.12)]],
        differences: vec![(npv_usd - npv_usd / 3.0, Some(1.0))],
        warnings: Vec::new(),
    };
    PointRecord { point, values, seed: 7, outcome: PointOutcome::Done(result), seconds: 0.5 }
}

fn failed(point: usize, values: Vec<Value>) -> PointRecord {
    let outcome = PointOutcome::Failed("no capacity".into());
    PointRecord { point, values, seed: 7, outcome, seconds: 0.0 }
}

/// Cells of the file of these records, row by row.
fn written(spec: &Spec, records: &[PointRecord]) -> Vec<Vec<Cell>> {
    let mut kinds = ValueKinds::new(spec.parameters.len());
    records.iter().for_each(|record| kinds.see(&record.values));
    let mut bytes = Vec::new();
    let mut file = PointsParquet::new(spec, &kinds, &mut bytes).unwrap();
    records.iter().for_each(|record| file.push(record).unwrap());
    file.finish().unwrap();
    let reader = reader(&bytes);
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().get_column_iter().map(|(_, cell)| cell.clone()).collect()).collect()
}

#[test]
fn a_row_is_a_point_and_a_policy_and_failed_points_have_none() {
    let number = |value| vec![Value::Number(value)];
    let records = [record(0, number(20.5), 3e8), failed(1, number(30.0)), record(2, number(40.0), 1e8)];
    let rows = written(&spec(&["hashprice"]), &records);
    let text = |value: &str| Cell::Str(value.into());
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows[1],
        [
            Cell::Long(0),
            Cell::Double(20.5),
            text("hurdle"),
            Cell::Long(200),
            Cell::Long(7),
            Cell::Double(1e8),
            Cell::Double(0.12),
            text("0.1.0"),
        ]
    );
    assert_eq!((&rows[2][0], &rows[2][6]), (&Cell::Long(2), &Cell::Null));
}

#[test]
fn a_parameter_has_the_narrowest_type_that_holds_all_its_values() {
    let values = |flag, number: Value, mixed: Value| vec![Value::Flag(flag), Value::Whole(12), number, mixed];
    let records = [
        record(0, values(true, Value::Whole(1), Value::Text("none".into())), 1.0),
        record(1, values(false, Value::Number(0.5), Value::Number(5.0)), 1.0),
    ];
    let rows = written(&spec(&["flag", "whole", "number", "mixed"]), &records);
    let text = |value: &str| Cell::Str(value.into());
    assert_eq!(rows[0][1..5], [Cell::Bool(true), Cell::Long(12), Cell::Double(1.0), text("none")]);
    assert_eq!(rows[2][1..5], [Cell::Bool(false), Cell::Long(12), Cell::Double(0.5), text("5")]);
}

#[test]
fn many_points_are_written_in_groups_and_come_back_in_order() {
    let records: Vec<PointRecord> =
        (0..10_000).map(|point| record(point, vec![Value::Whole(point as i64)], point as f64)).collect();
    let rows = written(&spec(&["p"]), &records);
    assert_eq!(rows.len(), 20_000);
    assert!(rows.iter().enumerate().all(|(i, row)| row[0] == Cell::Long(i as i64 / 2)));
}

#[test]
fn a_parameter_named_like_another_column_is_refused() {
    let spec = spec(&["policy"]);
    let error = PointsParquet::new(&spec, &ValueKinds::new(1), Vec::new()).err().unwrap();
    assert!(matches!(&error, ParquetError::Name(name) if name == "policy"), "{error}");
}

#[test]
fn seeds_beyond_the_format_and_unseen_kinds_are_refused() {
    let spec = spec(&["p"]);
    let mut kinds = ValueKinds::new(1);
    kinds.see(&[Value::Whole(1)]);
    let mut file = PointsParquet::new(&spec, &kinds, Vec::new()).unwrap();
    let mut large = record(0, vec![Value::Whole(1)], 1.0);
    large.seed = u64::MAX;
    assert!(file.push(&large).unwrap_err().to_string().contains("seed"));
    let error = file.push(&record(0, vec![Value::Text("x".into())], 1.0)).unwrap_err();
    assert!(matches!(error, ParquetError::Shape { .. }), "{error}");
}

use super::*;
use crate::parameter::{Range, Scale, Target};

fn parameter(name: &str, levels: Levels, base: f64) -> Parameter {
    Parameter {
        name: name.into(),
        label: name.into(),
        unit: String::new(),
        targets: vec![Target { path: name.into(), times: 1.0 }],
        levels,
        base: Some(Value::Number(base)),
        scale: None,
    }
}

fn listed(name: &str, values: &[f64]) -> Parameter {
    parameter(name, Levels::List(values.iter().copied().map(Value::Number).collect()), values[0])
}

fn ranged(name: &str) -> Parameter {
    let range = Range { low: 10.0, high: 20.0, scale: Scale::Linear, whole: false };
    parameter(name, Levels::Range(range), 15.0)
}

fn numbers(points: &Points) -> Vec<Vec<f64>> {
    points.rows.iter().map(|row| row.iter().filter_map(Value::number).collect()).collect()
}

#[test]
fn a_grid_runs_the_last_parameter_fastest() {
    let points = Design::Grid.points(&[listed("a", &[1.0, 2.0]), listed("b", &[5.0, 6.0, 7.0])]).unwrap();
    assert_eq!(numbers(&points), [[1.0, 5.0], [1.0, 6.0], [1.0, 7.0], [2.0, 5.0], [2.0, 6.0], [2.0, 7.0]]);
}

#[test]
fn a_list_takes_values_side_by_side_and_wants_as_many_of_each() {
    let points = Design::List.points(&[listed("a", &[1.0, 2.0]), listed("b", &[5.0, 6.0])]).unwrap();
    assert_eq!(numbers(&points), [[1.0, 5.0], [2.0, 6.0]]);
    assert!(
        Design::List.points(&[listed("a", &[1.0]), listed("b", &[5.0, 6.0])]).unwrap_err().contains("[1, 2]")
    );
}

#[test]
fn one_at_a_time_begins_with_the_base() {
    let points = Design::OneAtATime.points(&[listed("a", &[1.0, 3.0]), listed("b", &[5.0, 7.0])]).unwrap();
    assert_eq!(numbers(&points), [[1.0, 5.0], [1.0, 5.0], [3.0, 5.0], [1.0, 5.0], [1.0, 7.0]]);
}

#[test]
fn a_latin_hypercube_meets_every_stratum_once() {
    let points =
        Design::LatinHypercube { n_points: 50, seed: 7 }.points(&[ranged("a"), ranged("b")]).unwrap();
    for p in 0..2 {
        let mut strata: Vec<usize> =
            numbers(&points).iter().map(|row| ((row[p] - 10.0) * 5.0) as usize).collect();
        strata.sort_unstable();
        assert_eq!(strata, (0..50).collect::<Vec<_>>());
    }
    assert_ne!(
        numbers(&points)[0][0] - numbers(&points)[0][1],
        numbers(&points)[1][0] - numbers(&points)[1][1]
    );
}

#[test]
fn sobol_points_are_balanced_and_end_where_the_sequence_does() {
    let points = Design::Sobol { n_points: 256, seed: 3 }.points(&[ranged("a"), ranged("b")]).unwrap();
    // A (0, m, 2) net: each of the 16 x 16 boxes holds one point.
    let mut boxes = [0; 256];
    for row in numbers(&points) {
        let cell = |x: f64| (((x - 10.0) / 10.0 * 16.0) as usize).min(15);
        boxes[16 * cell(row[0]) + cell(row[1])] += 1;
    }
    assert_eq!(boxes, [1; 256]);
    let error = Design::Sobol { n_points: 65_537, seed: 3 }.points(&[ranged("a")]).unwrap_err();
    assert!(error.contains("65536"), "{error}");
}

#[test]
fn saltelli_rows_take_one_column_from_the_other_matrix() {
    let rows = sobol::saltelli(8, 3, 1).unwrap();
    assert_eq!(rows.len(), 8 * 5);
    for block in rows.chunks(5) {
        for p in 0..3 {
            let expected: Vec<f64> = (0..3).map(|q| if q == p { block[1][q] } else { block[0][q] }).collect();
            assert_eq!(block[2 + p], expected);
        }
    }
    assert_eq!(sobol::saltelli(4, 3, 1).unwrap(), rows[..20]);
}

#[test]
fn a_grid_of_too_many_points_is_refused_before_it_is_made() {
    let wide: Vec<f64> = (0..2_000).map(f64::from).collect();
    let error =
        Design::Grid.points(&[listed("a", &wide), listed("b", &wide), listed("c", &wide)]).unwrap_err();
    assert!(error.contains("1000000"), "{error}");
}

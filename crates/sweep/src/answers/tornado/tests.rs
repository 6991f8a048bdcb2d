use super::*;
use crate::answers::testing::{point, results, spec};
use crate::parameter::Scale;

/// A one-at-a-time sweep round a base of numbers, with the objectives that a function gives.
fn sweep(base: &[f64], levels: &[&[f64]], objective: impl Fn(&[f64]) -> Vec<f64>) -> (Results, Spec) {
    let names = ["a", "b", "c"];
    let mut spec = spec(Design::OneAtATime, &names[..base.len()]);
    for (parameter, base) in spec.parameters.iter_mut().zip(base) {
        parameter.base = Some(Value::Number(*base));
    }
    let mut points = vec![point(0, base, &objective(base), Some(0.5))];
    for (p, levels) in levels.iter().enumerate() {
        for level in *levels {
            let mut values = base.to_vec();
            values[p] = *level;
            points.push(point(points.len(), &values, &objective(&values), Some(0.5)));
        }
    }
    (results(&points), spec)
}

#[test]
fn bars_are_sorted_by_swing_and_say_which_value_gives_each_end() {
    let (results, spec) =
        sweep(&[10.0, 2.0], &[&[8.0, 12.0], &[1.0, 5.0]], |x| vec![0.0, x[0] - 3.0 * x[1], -50.0]);
    let tornado = Tornado::of(&results, &spec).unwrap();
    assert_eq!((tornado.base.policy, tornado.base.lead.unwrap().margin), (1, 4.0));
    let parameters: Vec<usize> = tornado.bars.iter().map(|bar| bar.parameter).collect();
    assert_eq!(parameters, [1, 0]);
    let bar = &tornado.bars[0];
    // At b = 5 the policy of the base earns −5, and the best is all-mining with 0.
    assert_eq!(bar.best.low, Extreme { value: Value::Number(5.0), output: 0.0 });
    assert_eq!(bar.best.high, Extreme { value: Value::Number(1.0), output: 7.0 });
    assert_eq!((bar.base_best.low.output, bar.base_best.swing()), (-5.0, 12.0));
    assert_eq!(bar.margin.as_ref().unwrap().low.output, -5.0);
    let levels: Vec<f64> = bar.levels.iter().filter_map(|level| level.value.number()).collect();
    assert_eq!((levels, bar.base_level), (vec![1.0, 2.0, 5.0], 1));
}

#[test]
fn flips_lie_where_the_difference_is_zero_and_the_nearest_comes_first() {
    // Policy 1 leads all-mining by x0 − 3 x1, which is zero at x0 = 6 (40 % off) and at x1 = 10/3 (67 % off).
    let (results, spec) =
        sweep(&[10.0, 2.0], &[&[2.0, 8.0, 12.0], &[1.0, 5.0]], |x| vec![0.0, x[0] - 3.0 * x[1]]);
    let flips = Tornado::of(&results, &spec).unwrap().flips;
    let found: Vec<(usize, usize, usize)> = flips.iter().map(|f| (f.parameter, f.from, f.to)).collect();
    assert_eq!(found, [(0, 1, 0), (1, 1, 0)]);
    assert!((flips[0].at.unwrap() - 6.0).abs() < 1e-12 && (flips[0].distance.unwrap() - 0.4).abs() < 1e-12);
    assert!((flips[1].at.unwrap() - 10.0 / 3.0).abs() < 1e-12);
    assert_eq!((&flips[0].held, &flips[0].lost), (&Value::Number(8.0), &Value::Number(2.0)));
    assert_eq!(flips[0].lead, Lead { over: 1, margin: 4.0, standard_error: Some(0.5) });
}

#[test]
fn a_flip_uses_the_scale_of_its_parameter() {
    let (results, mut spec) = sweep(&[1.0], &[&[100.0]], |x| vec![0.0, 1.0 - x[0].log10()]);
    spec.parameters[0].scale = Scale::Log;
    let flips = Tornado::of(&results, &spec).unwrap().flips;
    assert!((flips[0].at.unwrap() - 10.0).abs() < 1e-9, "{flips:?}");
    assert!((flips[0].distance.unwrap() - 9.0).abs() < 1e-9);
}

#[test]
fn the_first_policy_to_draw_level_takes_over() {
    // Upwards policy 2 overtakes at 1.5 and policy 0 at 1.8, though policy 0 is best at the next level.
    let (results, spec) = sweep(&[1.0], &[&[2.0]], |x| vec![10.0 * (x[0] - 1.8), 0.0, x[0] - 1.5]);
    let flips = Tornado::of(&results, &spec).unwrap().flips;
    assert_eq!((flips.len(), flips[0].to), (1, 2));
    assert!((flips[0].at.unwrap() - 1.5).abs() < 1e-12);
}

#[test]
fn one_flip_on_each_side_and_none_where_the_choice_holds() {
    let (results, spec) =
        sweep(&[10.0], &[&[0.0, 6.0, 9.0, 11.0, 14.0, 20.0]], |x| vec![(x[0] - 10.0).abs(), 3.0]);
    let at: Vec<f64> =
        Tornado::of(&results, &spec).unwrap().flips.iter().filter_map(|flip| flip.at).collect();
    assert_eq!(at.len(), 2);
    assert!((at[0] - 7.0).abs() < 1e-12 && (at[1] - 13.0).abs() < 1e-12, "{at:?}");
    let (results, spec) = sweep(&[10.0], &[&[5.0, 15.0]], |_| vec![1.0, 3.0]);
    assert!(Tornado::of(&results, &spec).unwrap().flips.is_empty());
}

#[test]
fn texts_flip_without_a_value_and_come_last() {
    let (mut results, mut spec) =
        sweep(&[10.0, 0.0], &[&[5.0], &[1.0, 2.0]], |x| vec![6.0, x[0] - 3.0 * x[1]]);
    let names = ["west", "north", "houston"];
    for point in &mut results.points {
        point.values[1] = Value::Text(names[point.values[1].number().unwrap() as usize].into());
    }
    spec.parameters[1].base = Some(Value::Text("west".into()));
    let flips = Tornado::of(&results, &spec).unwrap().flips;
    assert_eq!(flips.iter().map(|flip| flip.parameter).collect::<Vec<_>>(), [0, 1]);
    assert_eq!((flips[1].at, flips[1].distance), (None, None));
    assert_eq!(
        (&flips[1].held, &flips[1].lost),
        (&Value::Text("west".into()), &Value::Text("houston".into()))
    );
}

#[test]
fn a_base_that_failed_may_stand_in_the_list_and_failed_levels_are_left_out() {
    let (mut results, spec) = sweep(&[10.0], &[&[5.0, 10.0, 15.0]], |x| vec![0.0, x[0]]);
    results.points.remove(3);
    results.points.remove(0);
    let tornado = Tornado::of(&results, &spec).unwrap();
    assert_eq!(tornado.bars[0].levels.len(), 2);
    results.points.remove(1);
    assert_eq!(Tornado::of(&results, &spec), None);
}

#[test]
fn a_base_of_zero_flips_at_a_value_without_a_distance() {
    let (results, spec) = sweep(&[0.0], &[&[-2.0, 2.0]], |x| vec![x[0], 1.0]);
    let flips = Tornado::of(&results, &spec).unwrap().flips;
    assert_eq!((flips[0].at, flips[0].distance), (Some(1.0), None));
}

//! The two axes of a grid, and which point lies where on them.
//!
//! A map has two axes and a sweep may have more parameters. The first two parameters with numbers that vary are the axes, the first one
//! across; the others are held at their base value, or at the middle one of their values (the lower of two) where the base is not among
//! them. A sweep of one varying parameter gives one axis and one row.

use super::Results;
use crate::design::Design;
use crate::parameter::Scale;
use crate::spec::Spec;
use crate::value::Value;

/// A parameter along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The parameter.
    pub parameter: usize,
    /// Its values, ascending; those of done and of failed points.
    pub values: Vec<f64>,
    /// What equal steps are equal in; linear if a value is not above zero.
    pub scale: Scale,
}

/// Points of a sweep laid out over one or two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Across.
    pub x: Axis,
    /// Up; `None` if only one parameter varies.
    pub y: Option<Axis>,
    /// Other parameters and the values at which they are held.
    pub held: Vec<(usize, Value)>,
    /// Index into the points of the results, `[n_y][n_x]`; `None` where the point failed.
    pub cells: Vec<Vec<Option<usize>>>,
}

impl Axis {
    /// The number at a share of the way from one of the values to the next.
    #[must_use]
    pub fn between(&self, i: usize, share: f64) -> f64 {
        self.scale.between(self.values[i], self.values[i + 1], share)
    }

    /// How fast the number grows with the share of the way there.
    #[must_use]
    pub fn growth(&self, i: usize, share: f64) -> f64 {
        let (from, to) = (self.values[i], self.values[i + 1]);
        match self.scale {
            Scale::Linear => to - from,
            Scale::Log => self.between(i, share) * (to / from).ln(),
        }
    }

    /// An axis over ascending values, in a scale if they allow it.
    pub(crate) fn over(parameter: usize, values: Vec<f64>, scale: Scale) -> Self {
        let scale = if values.iter().all(|v| *v > 0.0) { scale } else { Scale::Linear };
        Self { parameter, values, scale }
    }

    /// The axis of a parameter whose values are numbers.
    fn of(results: &Results, spec: &Spec, parameter: usize) -> Option<Self> {
        let numbers =
            results.all_values().map(|values| values[parameter].number().map(|number| number + 0.0));
        let mut values: Vec<f64> = numbers.collect::<Option<_>>()?;
        values.sort_by(f64::total_cmp);
        values.dedup();
        Some(Self::over(parameter, values, spec.parameters[parameter].scale))
    }

    fn index(&self, value: &Value) -> Option<usize> {
        let number = value.number()?;
        self.values.binary_search_by(|value| value.total_cmp(&(number + 0.0))).ok()
    }
}

impl Map {
    /// The map of a grid, or of a list or table of one parameter; `None` where no number varies or the points lie otherwise.
    #[must_use]
    pub fn of(results: &Results, spec: &Spec) -> Option<Self> {
        let one_parameter = spec.parameters.len() == 1;
        let laid_out = match spec.design {
            Design::Grid => true,
            Design::List | Design::Table => one_parameter,
            _ => false,
        };
        if !laid_out {
            return None;
        }
        let mut axes = (0..spec.parameters.len())
            .filter_map(|parameter| Axis::of(results, spec, parameter))
            .filter(|axis| axis.values.len() > 1);
        let (x, y) = (axes.next()?, axes.next());
        let is_axis = |p: usize| p == x.parameter || y.as_ref().is_some_and(|y| p == y.parameter);
        let held: Vec<(usize, Value)> = (0..spec.parameters.len())
            .filter(|p| !is_axis(*p))
            .filter_map(|p| Some((p, held_value(results, spec, p)?)))
            .collect();
        let cells = cells(results, &x, y.as_ref(), &held);
        Some(Self { x, y, held, cells })
    }
}

/// Where the points that share the held values lie; of several at one place, the first.
fn cells(results: &Results, x: &Axis, y: Option<&Axis>, held: &[(usize, Value)]) -> Vec<Vec<Option<usize>>> {
    let mut cells = vec![vec![None; x.values.len()]; y.map_or(1, |y| y.values.len())];
    for (index, point) in results.points.iter().enumerate() {
        if held.iter().any(|(p, value)| point.values[*p] != *value) {
            continue;
        }
        let column = x.index(&point.values[x.parameter]);
        let row = y.map_or(Some(0), |y| y.index(&point.values[y.parameter]));
        if let (Some(column), Some(row)) = (column, row) {
            cells[row][column].get_or_insert(index);
        }
    }
    cells
}

/// The value at which a parameter that is no axis is held: its base, else the middle one.
fn held_value(results: &Results, spec: &Spec, parameter: usize) -> Option<Value> {
    let mut values: Vec<Value> = Vec::new();
    for point in &results.points {
        if !values.contains(&point.values[parameter]) {
            values.push(point.values[parameter].clone());
        }
    }
    if let Some(base) = &spec.parameters[parameter].base
        && let Some(value) = values.iter().find(|value| same(value, base))
    {
        return Some(value.clone());
    }
    if values.iter().all(|value| value.number().is_some()) {
        values.sort_by(|one, other| one.number().partial_cmp(&other.number()).expect("values are finite"));
    }
    let middle = values.len().checked_sub(1)? / 2;
    Some(values.swap_remove(middle))
}

/// Whether two values are the same, whole or not, and whatever the last digits of a stepped range.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one.number(), other.number()) {
        (Some(a), Some(b)) => (a - b).abs() <= SAME_NUMBER * a.abs().max(b.abs()),
        _ => one == other,
    }
}

/// Relative difference below which two numbers are the same level: far above rounding, far below any step that someone would take.
const SAME_NUMBER: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::testing::{point, results, spec};

    #[test]
    fn first_two_parameters_are_the_axes_and_a_failed_point_is_a_hole() {
        let mut points = Vec::new();
        for (i, x) in [2.0, 1.0, 3.0].iter().enumerate() {
            for (j, y) in [10.0, 20.0].iter().enumerate() {
                points.push(point(2 * i + j, &[*x, *y], &[0.0, 1.0], None));
            }
        }
        points.remove(3);
        let map = Map::of(&results(&points), &spec(Design::Grid, &["x", "y"])).unwrap();
        assert_eq!(map.x.values, [1.0, 2.0, 3.0]);
        assert_eq!(map.y.unwrap().values, [10.0, 20.0]);
        assert_eq!(map.cells, [[Some(2), Some(0), Some(3)], [None, Some(1), Some(4)]]);
        assert!(map.held.is_empty());
    }

    #[test]
    fn others_are_held_at_the_base_or_at_the_middle_value() {
        let mut points = Vec::new();
        for x in [1.0, 2.0] {
            for z in [5.0, 6.0, 7.0, 8.0] {
                for y in [10.0, 20.0] {
                    points.push(point(points.len(), &[x, y, z], &[0.0], None));
                }
            }
        }
        let mut spec = spec(Design::Grid, &["x", "y", "z"]);
        let map = Map::of(&results(&points), &spec).unwrap();
        assert_eq!(map.held, [(2, Value::Number(6.0))]);
        assert_eq!(map.cells, [[Some(2), Some(10)], [Some(3), Some(11)]]);
        spec.parameters[2].base = Some(Value::Whole(7));
        assert_eq!(Map::of(&results(&points), &spec).unwrap().held, [(2, Value::Number(7.0))]);
    }

    #[test]
    fn parameters_of_one_value_or_of_text_are_no_axis() {
        let mut points: Vec<_> = (0..3).map(|i| point(i, &[1.0, 0.0, i as f64], &[0.0], None)).collect();
        for point in &mut points {
            point.values[1] = Value::Text("west".into());
        }
        let map = Map::of(&results(&points), &spec(Design::Grid, &["one", "hub", "y"])).unwrap();
        assert_eq!((map.x.parameter, map.y.is_none()), (2, true));
        assert_eq!(map.cells, [[Some(0), Some(1), Some(2)]]);
        assert_eq!(map.held.len(), 2);
    }

    #[test]
    fn designs_that_fill_no_grid_have_no_map() {
        let points = results(&[point(0, &[1.0, 1.0], &[0.0], None), point(1, &[2.0, 2.0], &[0.0], None)]);
        assert_eq!(Map::of(&points, &spec(Design::List, &["x", "y"])), None);
        assert_eq!(Map::of(&points, &spec(Design::OneAtATime, &["x", "y"])), None);
        assert_eq!(Map::of(&Results::default(), &spec(Design::Grid, &["x"])), None);
    }

    #[test]
    fn a_log_axis_with_a_zero_is_linear() {
        let points = results(&[point(0, &[0.0], &[0.0], None), point(1, &[10.0], &[0.0], None)]);
        let mut spec = spec(Design::List, &["x"]);
        spec.parameters[0].scale = Scale::Log;
        let x = Map::of(&points, &spec).unwrap().x;
        assert_eq!((x.scale, x.between(0, 0.5)), (Scale::Linear, 5.0));
    }

    #[test]
    fn a_level_at_which_every_point_failed_stays_on_the_axis() {
        let mut race =
            results(&[point(0, &[90.0], &[1.0, 0.0], None), point(2, &[180.0], &[0.0, 1.0], None)]);
        race.failed = vec![vec![Value::Number(130.0)]];
        let map = Map::of(&race, &spec(Design::Grid, &["a"])).unwrap();
        assert_eq!(map.x.values, [90.0, 130.0, 180.0]);
        assert_eq!(map.cells, [[Some(0), None, Some(1)]]);
        assert!(crate::answers::break_even::break_even(&race, &map, (1, 0)).crossings.is_empty());
    }
}

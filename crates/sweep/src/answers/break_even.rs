//! Break-even between two policies: where the difference of their objectives changes sign.
//!
//! Along every line of the map, across and up, the difference between two neighbouring points is taken as linear in the scale of the axis.
//! A crossing inherits the standard error of the difference, divided by the slope. Points that failed interrupt a line.

use super::Results;
use super::axes::{Axis, Map};
use super::contour::{Polyline, zero_contour};
use std::cmp::Ordering;

/// A difference and its standard error, where that is known.
type Difference = (f64, Option<f64>);

/// Where two policies break even.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakEven {
    /// The policy from which is subtracted.
    pub first: usize,
    /// The policy that is subtracted.
    pub second: usize,
    /// Objective of the first less that of the second, `[n_y][n_x]`; `None` where the point failed.
    pub differences: Vec<Vec<Option<f64>>>,
    /// Crossings along the lines across, then along those up.
    pub crossings: Vec<Crossing>,
    /// Lines round the region where the first is ahead; none on a map of one row.
    pub contour: Vec<Polyline>,
}

/// A place on a line of the map at which the lead changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// The parameter along the line.
    pub parameter: usize,
    /// Its value there.
    pub at: f64,
    /// Standard error of the value, from that of the difference; `None` where it is not known.
    pub standard_error: Option<f64>,
    /// The parameter of the other axis and its value on the line; `None` on a map of one row.
    pub beside: Option<(usize, f64)>,
    /// The policy ahead below the value; `None` if they are level, as two policies that both do nothing.
    pub ahead_below: Option<usize>,
    /// The policy ahead above the value; `None` if they are level.
    pub ahead_above: Option<usize>,
}

/// Break-even of two policies on a map.
///
/// # Panics
/// If a policy is not one of the race, or the map is that of other results.
#[must_use]
pub fn break_even(results: &Results, map: &Map, (first, second): (usize, usize)) -> BreakEven {
    let at = |cell: &Option<usize>| cell.map(|i| results.points[i].result.between(first, second));
    let rows: Vec<Vec<Option<Difference>>> =
        map.cells.iter().map(|row| row.iter().map(at).collect()).collect();
    let crossing = |beside, axis: &Axis, change: &Change| {
        let ahead = |sign| match sign {
            Ordering::Greater => Some(first),
            Ordering::Less => Some(second),
            Ordering::Equal => None,
        };
        Crossing {
            parameter: axis.parameter,
            at: change.at,
            standard_error: change.standard_error,
            beside,
            ahead_below: ahead(change.below),
            ahead_above: ahead(change.above),
        }
    };
    let mut crossings = Vec::new();
    for (j, row) in rows.iter().enumerate() {
        let beside = map.y.as_ref().map(|y| (y.parameter, y.values[j]));
        crossings.extend(changes(&map.x, row).iter().map(|change| crossing(beside, &map.x, change)));
    }
    for (i, x) in map.x.values.iter().enumerate() {
        let Some(y) = &map.y else { break };
        let column: Vec<_> = rows.iter().map(|row| row[i]).collect();
        let beside = Some((map.x.parameter, *x));
        crossings.extend(changes(y, &column).iter().map(|change| crossing(beside, y, change)));
    }
    let differences: Vec<Vec<Option<f64>>> =
        rows.iter().map(|row| row.iter().map(|cell| cell.map(|(mean, _)| mean)).collect()).collect();
    let contour = map.y.as_ref().map_or_else(Vec::new, |y| zero_contour(&map.x, y, &differences));
    BreakEven { first, second, differences, crossings, contour }
}

/// A change of sign along a line.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Change {
    at: f64,
    standard_error: Option<f64>,
    below: Ordering,
    above: Ordering,
}

/// Changes of sign along a line. A single zero between two signs is one change, and one that is merely touched is none.
fn changes(axis: &Axis, line: &[Option<Difference>]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for (i, pair) in line.windows(2).enumerate() {
        let [Some(from), Some(to)] = pair else { continue };
        let Some(mut change) = change(axis, i, *from, *to) else { continue };
        if let Some(last) = changes.pop_if(|last| last.at == change.at && last.above == change.below) {
            change.below = last.below;
        }
        if change.below != change.above {
            changes.push(change);
        }
    }
    changes
}

/// The change of sign between a value of the axis and the next.
fn change(axis: &Axis, i: usize, from: Difference, to: Difference) -> Option<Change> {
    let sign = |difference: f64| difference.partial_cmp(&0.0);
    let (below, above) = (sign(from.0)?, sign(to.0)?);
    if below == above {
        return None;
    }
    let share = from.0 / (from.0 - to.0);
    let error = from.1.zip(to.1).map(|(from, to)| from + share * (to - from));
    let slope = (to.0 - from.0).abs() / axis.growth(i, share);
    Some(Change {
        at: axis.between(i, share),
        standard_error: error.map(|error| error / slope),
        below,
        above,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::testing::{point, results, spec};
    use crate::design::Design;
    use crate::parameter::Scale;
    use Ordering::{Equal, Greater, Less};

    fn signs(line: &[f64]) -> Vec<(f64, Ordering, Ordering)> {
        let axis = Axis::over(0, (0..line.len()).map(|i| i as f64).collect(), Scale::Linear);
        let line: Vec<_> = line.iter().map(|d| Some((*d, None))).collect();
        changes(&axis, &line).iter().map(|c| (c.at, c.below, c.above)).collect()
    }

    #[test]
    fn zeros_on_a_line_are_met_once() {
        assert_eq!(signs(&[-1.0, 3.0]), [(0.25, Less, Greater)]);
        assert_eq!(signs(&[-1.0, 0.0, 3.0]), [(1.0, Less, Greater)]);
        assert_eq!(signs(&[-1.0, 0.0, -3.0]), []);
        assert_eq!(signs(&[0.0, 0.0, 2.0, 1.0]), [(1.0, Equal, Greater)]);
        assert_eq!(signs(&[-2.0, 0.0, 0.0, 5.0]), [(1.0, Less, Equal), (2.0, Equal, Greater)]);
        assert_eq!(signs(&[4.0, -4.0, 4.0]), [(0.5, Greater, Less), (1.5, Less, Greater)]);
    }

    #[test]
    fn a_line_of_one_parameter_breaks_even_in_its_scale_with_its_error() {
        // The difference is log10(x) − 1.5 on a log axis: zero at 31.6.
        let values = [1.0_f64, 10.0, 100.0];
        let points: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(i, x)| point(i, &[*x], &[0.0, x.log10() - 1.5], Some(0.1)))
            .collect();
        let race = results(&points);
        let mut spec = spec(Design::List, &["x"]);
        spec.parameters[0].scale = Scale::Log;
        let even = break_even(&race, &Map::of(&race, &spec).unwrap(), (1, 0));
        let [crossing] = even.crossings[..] else { panic!("{even:?}") };
        assert!((crossing.at - 10.0_f64.powf(1.5)).abs() < 1e-9);
        assert_eq!((crossing.ahead_below, crossing.ahead_above, crossing.beside), (Some(0), Some(1), None));
        // d(log10 x) = 0.1 is x ln(10) / 10.
        let error = crossing.standard_error.unwrap();
        assert!((error - crossing.at * 10.0_f64.ln() * 0.1).abs() < 1e-9, "{error}");
        assert!(even.contour.is_empty());
    }

    #[test]
    fn a_grid_breaks_even_along_both_axes_and_not_across_a_failed_point() {
        let mut points = Vec::new();
        for x in [0.0, 1.0, 2.0] {
            for y in [0.0, 1.0, 2.0] {
                points.push(point(points.len(), &[x, y], &[x + y, 1.5], None));
            }
        }
        points.remove(1);
        let race = results(&points);
        let map = Map::of(&race, &spec(Design::Grid, &["x", "y"])).unwrap();
        let even = break_even(&race, &map, (0, 1));
        let at: Vec<_> = even.crossings.iter().map(|c| (c.parameter, c.at, c.beside)).collect();
        // The point x = 0, y = 1 failed, which takes the crossing of its row and that of its column.
        assert_eq!(at, [(0, 1.5, Some((1, 0.0))), (1, 0.5, Some((0, 1.0)))]);
        assert_eq!(even.differences[1], [None, Some(0.5), Some(1.5)]);
        assert!(even.crossings.iter().all(|c| c.ahead_below == Some(1) && c.ahead_above == Some(0)));
    }
}

//! The zero contour of a function known on a grid, by marching squares.
//!
//! Within each cell of four neighbouring points the contour joins the edges whose ends differ in being above zero, at the places where the
//! linear interpolation along the edge, in the scale of its axis, is zero. Where all four edges are crossed (a saddle), the mean of the four
//! says which two corners belong together. A cell with an unknown corner holds no contour.
//! Source: Lorensen and Cline, "Marching cubes" (SIGGRAPH 1987), in two dimensions; Wyvill, McPheeters and Wyvill, "Data structure for soft
//! objects" (The Visual Computer 2, 1986) for the mean of a face.

use super::axes::Axis;
use std::collections::BTreeMap;

/// A line through points `[x, y]`; closed if the last is the first.
pub type Polyline = Vec<[f64; 2]>;

/// An edge of the grid, from a point to its neighbour across or up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Across { column: usize, row: usize },
    Up { column: usize, row: usize },
}

/// Lines round the region where the values, `[n_y][n_x]`, are above zero.
///
/// Where values are exactly zero over a region, the line runs along those of its points that are next to positive ones.
#[must_use]
pub fn zero_contour(x: &Axis, y: &Axis, values: &[Vec<Option<f64>>]) -> Vec<Polyline> {
    let mut neighbours: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
    for row in 0..y.values.len().saturating_sub(1) {
        for column in 0..x.values.len().saturating_sub(1) {
            for [one, other] in segments(column, row, values) {
                neighbours.entry(one).or_default().push(other);
                neighbours.entry(other).or_default().push(one);
            }
        }
    }
    let place = |edge| place(edge, x, y, values);
    chains(neighbours).iter().map(|chain| chain.iter().filter_map(place).collect()).filter_map(line).collect()
}

/// The pieces of contour within the cell above and right of a point, each from one edge to another.
fn segments(column: usize, row: usize, values: &[Vec<Option<f64>>]) -> Vec<[Edge; 2]> {
    // Corners run round the cell from its lower left one; edge i joins corner i to the next.
    let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)];
    let Some(corners) = corners.iter().map(|(i, j)| values[*j][*i]).collect::<Option<Vec<f64>>>() else {
        return Vec::new();
    };
    let edges = [
        Edge::Across { column, row },
        Edge::Up { column: column + 1, row },
        Edge::Across { column, row: row + 1 },
        Edge::Up { column, row },
    ];
    let above = |corner: usize| corners[corner % 4] > 0.0;
    let crossed: Vec<Edge> = (0..4).filter(|i| above(*i) != above(i + 1)).map(|i| edges[i]).collect();
    let [bottom, right, top, left] = edges;
    match crossed[..] {
        [one, other] => vec![[one, other]],
        [_, _, _, _] => {
            let middle_above = corners.iter().sum::<f64>() > 0.0;
            // The middle belongs to two opposite corners, and the contour cuts off the other two.
            if middle_above == above(0) {
                vec![[bottom, right], [top, left]]
            } else {
                vec![[left, bottom], [right, top]]
            }
        }
        _ => Vec::new(),
    }
}

/// Where the value along an edge is zero.
fn place(edge: &Edge, x: &Axis, y: &Axis, values: &[Vec<Option<f64>>]) -> Option<[f64; 2]> {
    let (column, row) = match *edge {
        Edge::Across { column, row } | Edge::Up { column, row } => (column, row),
    };
    let from = values[row][column]?;
    let share = |to: f64| from / (from - to);
    Some(match edge {
        Edge::Across { .. } => [x.between(column, share(values[row][column + 1]?)), y.values[row]],
        Edge::Up { .. } => [x.values[column], y.between(row, share(values[row + 1][column]?))],
    })
}

/// Edges in the order in which the contour meets them: open chains first, then closed ones, whose first edge comes again at the end.
fn chains(mut neighbours: BTreeMap<Edge, Vec<Edge>>) -> Vec<Vec<Edge>> {
    let ends: Vec<Edge> = neighbours.iter().filter(|(_, n)| n.len() == 1).map(|(edge, _)| *edge).collect();
    let mut chains: Vec<Vec<Edge>> =
        ends.into_iter().map(|end| chain(end, &mut neighbours)).filter(|chain| chain.len() > 1).collect();
    while let Some(start) = neighbours.keys().next().copied() {
        let mut closed = chain(start, &mut neighbours);
        closed.push(start);
        chains.push(closed);
    }
    chains
}

/// Follows the contour from an edge until it ends, and takes what it met out of the neighbours.
fn chain(start: Edge, neighbours: &mut BTreeMap<Edge, Vec<Edge>>) -> Vec<Edge> {
    let mut chain = Vec::new();
    let mut next = Some(start);
    while let Some((edge, beside)) = next.and_then(|edge| neighbours.remove_entry(&edge)) {
        chain.push(edge);
        next = beside.into_iter().find(|edge| neighbours.contains_key(edge));
    }
    chain
}

/// A line without steps of no length; `None` if nothing else is left.
fn line(mut points: Polyline) -> Option<Polyline> {
    points.dedup();
    (points.len() > 1).then_some(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Scale;

    fn axis(values: impl IntoIterator<Item = f64>, scale: Scale) -> Axis {
        Axis::over(0, values.into_iter().collect(), scale)
    }

    fn on_grid(x: &Axis, y: &Axis, f: impl Fn(f64, f64) -> f64) -> Vec<Vec<Option<f64>>> {
        y.values.iter().map(|y| x.values.iter().map(|x| Some(f(*x, *y))).collect()).collect()
    }

    #[test]
    fn a_line_is_exact_and_reaches_both_sides() {
        let x = axis((0..6).map(f64::from), Scale::Linear);
        let y = axis((0..4).map(|i| 0.5 * f64::from(i)), Scale::Linear);
        let contour = zero_contour(&x, &y, &on_grid(&x, &y, |x, y| x + 2.0 * y - 3.3));
        assert_eq!(contour.len(), 1);
        assert!(contour[0].iter().all(|[x, y]| (x + 2.0 * y - 3.3).abs() < 1e-12), "{contour:?}");
        let mut ends = [contour[0][0], *contour[0].last().unwrap()];
        ends.sort_by(|a, b| a[0].total_cmp(&b[0]));
        assert!((ends[0][0] - 0.3).abs() < 1e-12 && (ends[1][0] - 3.3).abs() < 1e-12, "{ends:?}");
    }

    #[test]
    fn a_power_law_is_straight_on_log_axes() {
        let x = axis([1.0, 10.0, 100.0, 1_000.0], Scale::Log);
        let y = axis([1.0, 10.0, 100.0], Scale::Log);
        // Zero where y = 300 / x; linear in the logarithms.
        let contour = zero_contour(&x, &y, &on_grid(&x, &y, |x, y| (x * y / 300.0).ln()));
        assert_eq!(contour.len(), 1);
        assert!(contour[0].iter().all(|[x, y]| (x * y / 300.0 - 1.0).abs() < 1e-9), "{contour:?}");
    }

    #[test]
    fn a_circle_closes_and_a_finer_grid_is_nearer_to_it() {
        let worst_gap = |n: u32| {
            let side = || axis((0..=n).map(|i| -1.0 + 2.0 * f64::from(i) / f64::from(n)), Scale::Linear);
            let contour =
                zero_contour(&side(), &side(), &on_grid(&side(), &side(), |x, y| 0.5 - x * x - y * y));
            assert_eq!(contour.len(), 1);
            assert_eq!(contour[0].first(), contour[0].last());
            contour[0].iter().map(|[x, y]| (x.hypot(*y) - 0.5_f64.sqrt()).abs()).fold(0.0, f64::max)
        };
        // The curvature across a step bounds the gap: (step / 2)² / (2 r).
        assert!(worst_gap(10) < 0.2_f64.powi(2) / (8.0 * 0.5_f64.sqrt()) * 1.1);
        assert!(worst_gap(40) < worst_gap(10) / 8.0);
    }

    #[test]
    fn the_mean_of_a_saddle_joins_its_corners() {
        let side = || axis([0.0, 1.0], Scale::Linear);
        let saddle = |high: f64| {
            let values = [[Some(high), Some(-1.0)], [Some(-1.0), Some(high)]].map(|row| row.to_vec());
            let mut contour = zero_contour(&side(), &side(), &values);
            contour.iter_mut().for_each(|line| line.sort_by(|a, b| a[0].total_cmp(&b[0])));
            contour.sort_by(|a, b| a[0][0].total_cmp(&b[0][0]));
            contour
        };
        // High corners at (0, 0) and (1, 1) join over a high middle: the lines cut off (0, 1) and (1, 0).
        assert_eq!(saddle(3.0), [[[0.0, 0.75], [0.25, 1.0]], [[0.75, 0.0], [1.0, 0.25]]]);
        assert_eq!(saddle(0.25), [[[0.0, 0.2], [0.2, 0.0]], [[0.8, 1.0], [1.0, 0.8]]]);
    }

    #[test]
    fn a_hole_interrupts_the_line() {
        let x = axis((0..5).map(f64::from), Scale::Linear);
        let mut values = on_grid(&x, &x, |x, _| x - 1.5);
        assert_eq!(zero_contour(&x, &x, &values).len(), 1);
        values[2][1] = None;
        let contour = zero_contour(&x, &x, &values);
        assert_eq!(contour, [[[1.5, 0.0], [1.5, 1.0]], [[1.5, 3.0], [1.5, 4.0]]]);
    }

    #[test]
    fn points_of_exactly_zero_make_no_steps_of_no_length() {
        let x = axis((0..3).map(f64::from), Scale::Linear);
        // Positive at the middle alone, zero round it: the line runs through the four zeros beside it.
        let values = on_grid(&x, &x, |x, y| if x == 1.0 && y == 1.0 { 1.0 } else { 0.0 });
        let contour = zero_contour(&x, &x, &values);
        assert_eq!(contour.len(), 1);
        assert_eq!(contour[0].len(), 5);
        assert!(zero_contour(&x, &x, &on_grid(&x, &x, |_, _| 0.0)).is_empty());
        assert!(zero_contour(&x, &x, &on_grid(&x, &x, |_, _| 1.0)).is_empty());
    }
}

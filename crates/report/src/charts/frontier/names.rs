//! Where the names of points stand: beside them if there is room, else further off with a line to the point.
//!
//! Greedy: policies of the race are named first, and points in crowds before others; of the spots round a point the one nearest to it that touches no other name, no
//! point and not the panel's edge is taken, spots clear of lines before others.

use super::super::frame::Panel;
use super::super::scene::{Point, fit, text_width};
use super::RACE_RADIUS;
use crate::numbers::compact;
use simulate::FrontierRow;

/// Size of the names.
pub(super) const NAME_SIZE: f64 = 14.0;
/// Widest name.
const WIDEST: f64 = 240.0;
/// How far names may stand from their points.
const DISTANCES: [f64; 8] = [11.0, 17.0, 26.0, 38.0, 54.0, 74.0, 100.0, 132.0];
/// From this distance on a line leads to the point.
const LEADER_FROM: f64 = 20.0;
/// Directions tried: right, left, then the others.
const DIRECTIONS: usize = 16;
/// What crossing a line costs, in distance.
const CROSSING: f64 = 45.0;
/// What standing nearer to another point than to its own costs.
const ASTRAY: f64 = 30.0;

/// A name's place: the left end of its baseline.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) text: String,
    pub(super) at: Point,
    /// Where the line from the point ends, if there is one.
    pub(super) leader: Option<Point>,
}

/// Left, top, right, bottom.
type Frame = [f64; 4];

/// A spot for the name of each row at its place, clear of all points; `None` where there is no room.
pub(super) fn place_names(
    rows: &[&FrontierRow],
    places: &[Point],
    points: &[Point],
    line: &[Point],
    panel: &Panel,
) -> Vec<Option<Spot>> {
    let crowd = |p: &Point| points.iter().filter(|q| (q.0 - p.0).hypot(q.1 - p.1) < 90.0).count();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&n| (!rows[n].in_race, std::cmp::Reverse(crowd(&places[n]))));
    let mut taken: Vec<Frame> = points.iter().map(|p| around(*p, RACE_RADIUS + 2.5)).collect();
    let mut lines: Vec<[Point; 2]> = line.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    let mut spots: Vec<Option<Spot>> = vec![None; rows.len()];
    for n in order {
        let text = fit(&name_of(rows[n]), NAME_SIZE, WIDEST);
        let Some((spot, frame)) = best_spot(&text, places[n], points, &taken, &lines, panel) else {
            continue;
        };
        taken.push(frame);
        lines.extend(spot.leader.map(|end| [places[n], end]));
        spots[n] = Some(spot);
    }
    spots
}

/// The policy, and the number of a tuned rule.
fn name_of(row: &FrontierRow) -> String {
    match &row.number {
        Some((.., value)) => format!("{} {}", row.policy, compact(*value)),
        None => row.policy.clone(),
    }
}

/// The cheapest free spot for a name, and the room that it takes.
fn best_spot(
    text: &str,
    point: Point,
    points: &[Point],
    taken: &[Frame],
    lines: &[[Point; 2]],
    panel: &Panel,
) -> Option<(Spot, Frame)> {
    let width = text_width(text, NAME_SIZE);
    let mut best: Option<(f64, Spot, Frame)> = None;
    for distance in DISTANCES {
        for direction in 0..DIRECTIONS {
            let (spot, frame) = spot(text, width, point, distance, direction);
            let inside = frame[0] > panel.left + 2.0
                && frame[2] < panel.right
                && frame[1] > panel.top
                && frame[3] < panel.bottom - 2.0;
            let leads_over = spot.leader.is_some_and(|end| leads_over_another(point, end, taken));
            if !inside || leads_over || taken.iter().any(|other| overlap(&frame, other)) {
                continue;
            }
            let crossed = lines.iter().filter(|line| crosses(&frame, line)).count();
            let own = gap(&frame, point);
            let astray = points.iter().any(|other| *other != point && gap(&frame, *other) < own);
            let cost = distance + CROSSING * crossed as f64 + if astray { ASTRAY } else { 0.0 };
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                best = Some((cost, spot, frame));
            }
        }
    }
    best.map(|(_, spot, frame)| (spot, frame))
}

/// The name at a distance and in a direction from its point, its near end towards it.
fn spot(text: &str, width: f64, (x, y): Point, distance: f64, direction: usize) -> (Spot, Frame) {
    // To the right first, then to the left, then turning away from both.
    let turn = (direction / 2) as f64 / (DIRECTIONS / 2) as f64;
    let angle = std::f64::consts::PI * if direction.is_multiple_of(2) { turn } else { 1.0 + turn };
    let (sin, cos) = angle.sin_cos();
    let near = (x + distance * cos, y - distance * sin);
    // From the left end at the right of the point to the right end at its left.
    let left = near.0 - width * 0.5 * (1.0 - cos);
    let baseline = near.1 + 0.34 * NAME_SIZE - 0.3 * NAME_SIZE * sin;
    let frame = [
        left - 3.0,
        baseline - 0.75 * NAME_SIZE - 1.0,
        left + width + 3.0,
        baseline + 0.25 * NAME_SIZE + 1.0,
    ];
    let end = (near.0.clamp(frame[0], frame[2]), near.1.clamp(frame[1], frame[3]));
    let leader = (distance >= LEADER_FROM).then_some(end);
    (Spot { text: text.into(), at: (left, baseline), leader }, frame)
}

fn around((x, y): Point, radius: f64) -> Frame {
    [x - radius, y - radius, x + radius, y + radius]
}

/// Distance from a frame to a point outside it.
fn gap(frame: &Frame, (x, y): Point) -> f64 {
    (x - x.clamp(frame[0], frame[2])).hypot(y - y.clamp(frame[1], frame[3]))
}

fn overlap(a: &Frame, b: &Frame) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Whether a line to a name runs over something other than its own point.
fn leads_over_another(point: Point, end: Point, taken: &[Frame]) -> bool {
    let own = |frame: &&Frame| overlap(frame, &around(point, 0.5));
    taken.iter().filter(|frame| !own(frame)).any(|frame| crosses(frame, &[point, end]))
}

/// Whether a straight line enters a frame, looked at every few steps along it.
fn crosses(frame: &Frame, [(x0, y0), (x1, y1)]: &[Point; 2]) -> bool {
    let steps = ((x1 - x0).hypot(y1 - y0) / 3.0).ceil().max(1.0);
    (0..=steps as usize).any(|step| {
        let share = step as f64 / steps;
        overlap(frame, &around((x0 + share * (x1 - x0), y0 + share * (y1 - y0)), 0.5))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_enter_frames_or_pass_them() {
        let frame = [10.0, 10.0, 20.0, 20.0];
        assert!(crosses(&frame, &[(0.0, 0.0), (30.0, 30.0)]));
        assert!(!crosses(&frame, &[(0.0, 0.0), (30.0, 5.0)]));
        assert!(leads_over_another((0.0, 15.0), (30.0, 15.0), &[frame]));
        assert!(!leads_over_another((15.0, 15.0), (30.0, 15.0), &[frame]), "its own point");
    }
}

//! Mean against tail: a point per policy, and per number of a tuned rule that is best for another weight of the tail.

mod names;

use super::frame::{Key, PANEL_LEFT, Panel, draw_legend_line, titled};
use super::palette::{self, Ink};
use super::scale::Scale;
use super::scene::{Align, Point, Scene};
use super::values::money;
use crate::numbers::{counted_paths, million_usd};
use names::{NAME_SIZE, Spot, place_names};
use simulate::{FrontierRow, Outcomes};

const MILLION: f64 = 1e6;
const LEGEND_AT: Point = (PANEL_LEFT, 648.0);
const RACE_RADIUS: f64 = 6.5;
const OTHER_RADIUS: f64 = 4.5;

/// CVaR 5 % to the right, mean upwards; points that no other beats in both are joined.
pub(super) fn mean_and_tail(outcomes: &Outcomes) -> Scene {
    let rows = &outcomes.frontier;
    let panel = panel(rows);
    let points: Vec<Point> = rows.iter().map(|row| panel.at(x_of(row), y_of(row))).collect();
    let frontier = efficient_line(rows, &points);
    let names = place_names(rows, &points, &frontier, &panel);
    let unnamed = names.iter().filter(|spot| spot.is_none()).count();
    let title = "Mean and CVaR 5 % of the NPV by policy";
    let mut scene = titled(title, &money(outcomes), &caption(outcomes, unnamed));
    panel.draw_y_axis(&mut scene, "Mean NPV, million USD", 7);
    let name = "CVaR 5 % of the NPV (mean of the worst 5 % of paths), million USD";
    panel.draw_x_axis(&mut scene, name, &panel.x.ticks(9));
    panel.draw_edge(&mut scene);
    if frontier.len() > 1 {
        scene.line(frontier, 1.8, Ink::QUIET);
    }
    for (spot, point) in names.iter().zip(&points) {
        draw_name(&mut scene, *point, spot.as_ref());
    }
    // Numbers of the frontier first, so that policies of the race lie on top.
    for in_race in [false, true] {
        for (row, point) in rows.iter().zip(&points).filter(|(row, _)| row.in_race == in_race) {
            draw_point(&mut scene, row, *point);
        }
    }
    let legend = [
        (Key::Diamond(Ink::WHITE), "Policy of the race"),
        (Key::Dot(Ink::WHITE), "Rule at its best number for another weight"),
        (Key::Line(Ink::QUIET), "No other point has more of both"),
    ];
    draw_legend_line(&mut scene, LEGEND_AT, &legend);
    scene
}

fn x_of(row: &FrontierRow) -> f64 {
    row.cvar5_usd / MILLION
}

fn y_of(row: &FrontierRow) -> f64 {
    row.npv_usd.mean() / MILLION
}

/// A panel with room round all points.
fn panel(rows: &[FrontierRow]) -> Panel {
    let scale = |of: fn(&FrontierRow) -> f64, ticks: usize| {
        let low = rows.iter().map(of).fold(f64::INFINITY, f64::min);
        let high = rows.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let room = 0.06 * (high - low);
        Scale::rounded(low - room, high + room, ticks)
    };
    Panel { left: PANEL_LEFT, right: 1165.0, top: 88.0, bottom: 580.0, x: scale(x_of, 9), y: scale(y_of, 7) }
}

/// The efficient points from left to right.
fn efficient_line(rows: &[FrontierRow], points: &[Point]) -> Vec<Point> {
    let of = rows.iter().zip(points).filter(|(row, _)| row.is_efficient);
    let mut line: Vec<Point> = of.map(|(_, point)| *point).collect();
    line.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    line
}

fn draw_point(scene: &mut Scene, row: &FrontierRow, point: Point) {
    let ink = palette::policy(row.place);
    if row.in_race {
        scene.diamond(point, RACE_RADIUS, ink);
    } else {
        scene.dot(point, OTHER_RADIUS + 1.4, Ink::TEXT);
        scene.dot(point, OTHER_RADIUS, ink);
    }
}

/// The name at its spot, with a line to its point where it stands away from it.
fn draw_name(scene: &mut Scene, point: Point, spot: Option<&Spot>) {
    let Some(spot) = spot else { return };
    if let Some(end) = spot.leader {
        scene.line(vec![point, end], 1.0, Ink::QUIET);
    }
    scene.text(spot.text.clone(), spot.at, NAME_SIZE, Align::Start, Ink::TEXT);
}

fn caption(outcomes: &Outcomes, unnamed: usize) -> String {
    let error = |row: &FrontierRow| row.npv_usd.standard_error();
    let largest = outcomes.frontier.iter().map(error).fold(0.0, f64::max);
    let mut text = format!(
        "Means over {}, standard errors up to {} million USD (less between policies, on the same paths); CVaR of the first {}.",
        counted_paths(outcomes.n_paths),
        million_usd(largest),
        counted_paths(outcomes.n_kept)
    );
    if let Some(tuning) = &outcomes.tuning {
        text += &format!(
            " Beside a tuned rule stands its number, found on {} of another seed; units and weights are in frontier.csv.",
            counted_paths(tuning.n_paths)
        );
    }
    if unnamed > 0 {
        text += &format!(" Points without room for a name: {unnamed}, see frontier.csv.");
    }
    text
}

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
const LEGEND_AT: Point = (PANEL_LEFT, 632.0);
const RACE_RADIUS: f64 = 6.5;
const OTHER_RADIUS: f64 = 4.5;

/// CVaR 5 % to the right, mean upwards; points that no other beats in both are joined.
///
/// Where a bad policy would press the good ones together, these have a panel of their own beside that of all.
pub(super) fn mean_and_tail(outcomes: &Outcomes) -> Scene {
    let all: Vec<&FrontierRow> = outcomes.frontier.iter().collect();
    let whole = Window::of(all.iter().copied());
    let close = close_window(&outcomes.frontier, &whole).map(|part| part.panel(620.0, 1165.0, 5));
    let mut drawn = Vec::new();
    if let Some(panel) = close {
        let close = Window::shown_by(&panel);
        let (within, outside): (Vec<_>, Vec<_>) = all.iter().partition(|row| close.holds(row));
        drawn.push(Drawn::new(whole.panel(PANEL_LEFT, 505.0, 4), &all, &outside));
        drawn.push(Drawn::new(panel, &within, &within));
    } else {
        drawn.push(Drawn::new(whole.panel(PANEL_LEFT, 1165.0, 9), &all, &all));
    }
    let unnamed = drawn.iter().map(|panel| panel.spots.iter().filter(|spot| spot.is_none()).count()).sum();
    let title = "Mean and CVaR 5 % of the NPV by policy";
    let mut scene = titled(title, &money(outcomes), &caption(outcomes, unnamed));
    for (n, part) in drawn.iter().enumerate() {
        draw_axes(&mut scene, part, n == 0);
        part.draw(&mut scene);
        if let (0, Some(close)) = (n, close) {
            draw_window(&mut scene, &part.panel, &Window::shown_by(&close));
        }
    }
    if let [all, close] = &drawn[..] {
        for (part, words) in [(all, "All policies"), (close, "The part in the frame")] {
            let at = (part.panel.left, part.panel.top - 9.0);
            scene.text(words, at, NAME_SIZE, Align::Start, Ink::QUIET);
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

/// A part of the plane, million USD: CVaR from and to, mean from and to.
#[derive(Debug, Clone, Copy)]
struct Window {
    x: [f64; 2],
    y: [f64; 2],
}

impl Window {
    /// Round some rows, with room at each side.
    fn of<'r>(rows: impl Iterator<Item = &'r FrontierRow> + Clone) -> Self {
        let range = |of: fn(&FrontierRow) -> f64| {
            let low = rows.clone().map(of).fold(f64::INFINITY, f64::min);
            let high = rows.clone().map(of).fold(f64::NEG_INFINITY, f64::max);
            let room = 0.1 * (high - low);
            [low - room, high + room]
        };
        Self { x: range(x_of), y: range(y_of) }
    }

    fn holds(&self, row: &FrontierRow) -> bool {
        let within = |range: [f64; 2], value: f64| (range[0]..=range[1]).contains(&value);
        within(self.x, x_of(row)) && within(self.y, y_of(row))
    }

    fn panel(&self, left: f64, right: f64, ticks: usize) -> Panel {
        let [x, y] = [(self.x, ticks), (self.y, 7)].map(|([low, high], n)| Scale::rounded(low, high, n));
        Panel { left, right, top: 104.0, bottom: 564.0, x, y }
    }

    /// What a panel shows.
    fn shown_by(panel: &Panel) -> Self {
        Self { x: [panel.x.low(), panel.x.high()], y: [panel.y.low(), panel.y.high()] }
    }
}

/// The part that holds the efficient rows and the rules with several numbers, if it is small beside the whole.
fn close_window(rows: &[FrontierRow], whole: &Window) -> Option<Window> {
    /// Share of the whole in each direction up to which a panel of its own helps.
    const SMALL: f64 = 0.4;
    let several = |row: &FrontierRow| rows.iter().any(|other| !other.in_race && other.place == row.place);
    let near: Vec<&FrontierRow> = rows.iter().filter(|row| row.is_efficient || several(row)).collect();
    let window = Window::of(near.iter().copied());
    let share = |part: [f64; 2], all: [f64; 2]| (part[1] - part[0]) / (all[1] - all[0]);
    let small = share(window.x, whole.x) < SMALL && share(window.y, whole.y) < SMALL;
    (small && near.len() > 1).then_some(window)
}

/// A panel with its points, and the names of some of them.
struct Drawn<'r> {
    panel: Panel,
    rows: Vec<&'r FrontierRow>,
    named: Vec<&'r FrontierRow>,
    /// By named row.
    spots: Vec<Option<Spot>>,
    /// The efficient points from left to right.
    line: Vec<Point>,
}

impl<'r> Drawn<'r> {
    fn new(panel: Panel, rows: &[&'r FrontierRow], named: &[&'r FrontierRow]) -> Self {
        let point = |row: &&FrontierRow| panel.at(x_of(row), y_of(row));
        let efficient = rows.iter().filter(|row| row.is_efficient);
        let mut line: Vec<Point> = efficient.map(point).collect();
        line.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let points: Vec<Point> = rows.iter().map(point).collect();
        let places: Vec<Point> = named.iter().map(point).collect();
        let spots = place_names(named, &places, &points, &line, &panel);
        Self { panel, rows: rows.to_vec(), named: named.to_vec(), spots, line }
    }

    fn draw(&self, scene: &mut Scene) {
        if self.line.len() > 1 {
            scene.line(self.line.clone(), 1.8, Ink::QUIET);
        }
        let point = |row: &FrontierRow| self.panel.at(x_of(row), y_of(row));
        for (row, spot) in self.named.iter().zip(&self.spots) {
            draw_name(scene, point(row), spot.as_ref());
        }
        // Numbers of the frontier first, so that policies of the race lie on top.
        for in_race in [false, true] {
            for row in self.rows.iter().filter(|row| row.in_race == in_race) {
                draw_point(scene, row, point(row));
            }
        }
    }
}

fn draw_axes(scene: &mut Scene, part: &Drawn<'_>, with_name: bool) {
    let panel = &part.panel;
    if with_name {
        panel.draw_y_axis(scene, "Mean NPV, million USD", 7);
    } else {
        panel.draw_y_ticks(scene, 7);
    }
    let ticks = ((panel.right - panel.left) / 105.0) as usize;
    panel.draw_x_axis(scene, "CVaR 5 % of the NPV, million USD", &panel.x.ticks(ticks));
    panel.draw_edge(scene);
}

/// The frame of the part that stands beside.
fn draw_window(scene: &mut Scene, panel: &Panel, window: &Window) {
    let (left, bottom) = panel.at(window.x[0], window.y[0]);
    let (right, top) = panel.at(window.x[1], window.y[1]);
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    scene.line(corners.to_vec(), 1.4, Ink::TEXT);
}

fn draw_point(scene: &mut Scene, row: &FrontierRow, point: Point) {
    let ink = palette::policy(&row.policy, row.place);
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
        "Means over {}, standard errors up to {} million USD (less between policies, on the same paths). CVaR 5 %: mean of the worst 5 % of the first {}.",
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

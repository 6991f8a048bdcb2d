//! The best policy of each point: its colour, pale where the run does not decide, a line where the best changes, and names on the larger regions.

use super::overlay::Overlay;
use super::{BestCell, FAILED, Grid, counted, of_grid};
use crate::charts::frame::{Entry, Key};
use crate::charts::labels::{Box4, LABEL_SIZE, apart, box_about, boxed};
use crate::charts::palette::{self, Ink, Look};
use crate::charts::scene::{Hatch, Scene, fit};
use crate::charts::sweep::colours;

/// Widest name on the map.
const WIDEST: f64 = 220.0;

pub(super) fn draw(
    scene: &mut Scene,
    grid: &Grid,
    policies: &[String],
    cells: &[Option<BestCell>],
    overlay: &Overlay,
) {
    let cells = of_grid(cells, grid);
    grid.fill(scene, |i| cells[i].map_or(FAILED, |cell| look(policies, cell)));
    draw_borders(scene, grid, &cells);
    overlay.draw_lines(scene);
    let mut taken: Vec<Box4> = overlay.boxes().copied().collect();
    for (policy, name) in policies.iter().enumerate() {
        draw_name(scene, grid, &cells, (policy, name), overlay, &mut taken);
    }
}

/// Policies that are the best somewhere, the most often first, and how undecided cells look.
pub(super) fn entries(policies: &[String], cells: &[Option<BestCell>]) -> Vec<Entry> {
    let n_done = cells.iter().flatten().count();
    let count = |policy: usize| cells.iter().flatten().filter(|cell| cell.policy == policy).count();
    let mut found: Vec<(usize, usize)> =
        (0..policies.len()).map(|policy| (policy, count(policy))).filter(|(_, n)| *n > 0).collect();
    found.sort_by_key(|(policy, n)| (std::cmp::Reverse(*n), *policy));
    let mut entries: Vec<Entry> = found
        .iter()
        .map(|(policy, n)| Entry {
            key: Key::Swatch(Look { ink: palette::policy(&policies[*policy], *policy), hatch: Hatch::Plain }),
            name: policies[*policy].clone(),
            note: format!("best at {} of {} points", counted(*n), counted(n_done)),
        })
        .collect();
    let undecided: Vec<&BestCell> = cells.iter().flatten().filter(|cell| !cell.is_decided()).collect();
    if let Some(first) = undecided.first() {
        let (n, of) = (counted(undecided.len()), counted(n_done));
        let note = format!("margin within 2 standard errors, at {n} of {of}");
        entries.push(Entry { key: Key::Swatch(look(policies, **first)), name: "Not decided".into(), note });
    }
    entries
}

fn look(policies: &[String], cell: BestCell) -> Look {
    let ink = palette::policy(&policies[cell.policy], cell.policy);
    if cell.is_decided() {
        Look { ink, hatch: Hatch::Plain }
    } else {
        Look { ink: colours::pale(ink), hatch: Hatch::Rising }
    }
}

/// Lines between cells whose best policies differ, so that regions stay apart in grey.
fn draw_borders(scene: &mut Scene, grid: &Grid, cells: &[Option<BestCell>]) {
    let n_x = grid.n_x();
    let best = |i: usize, j: usize| cells[j * n_x + i].map(|cell| cell.policy);
    for j in 0..grid.n_y() {
        let (top, bottom) = (grid.y_edges[j + 1], grid.y_edges[j]);
        for i in 0..n_x {
            let (left, right) = (grid.x_edges[i], grid.x_edges[i + 1]);
            if i + 1 < n_x && best(i, j) != best(i + 1, j) {
                scene.line(vec![(right, top), (right, bottom)], 1.4, Ink::TEXT);
            }
            if j + 1 < grid.n_y() && best(i, j) != best(i, j + 1) {
                scene.line(vec![(left, top), (right, top)], 1.4, Ink::TEXT);
            }
        }
    }
}

/// Writes a policy's name where only its cells lie below, as deep within its region as can be; nothing where there is no room.
fn draw_name(
    scene: &mut Scene,
    grid: &Grid,
    cells: &[Option<BestCell>],
    (policy, name): (usize, &str),
    overlay: &Overlay,
    taken: &mut Vec<Box4>,
) {
    let text = fit(name, LABEL_SIZE, WIDEST);
    let is_other = |i: usize| cells[i].is_none_or(|cell| cell.policy != policy);
    let others: Vec<Box4> = (0..cells.len()).filter(|i| is_other(*i)).map(|i| grid.cell(i)).collect();
    let panel = &grid.panel;
    let mut best: Option<(f64, Box4)> = None;
    for i in (0..cells.len()).filter(|i| !is_other(*i)) {
        let [left, top, right, bottom] = grid.cell(i);
        let place = box_about(&text, (0.5 * (left + right), 0.5 * (top + bottom)));
        let to_edges =
            [place[0] - panel.left, panel.right - place[2], place[1] - panel.top, panel.bottom - place[3]];
        let room =
            others.iter().map(|other| gap(&place, other)).chain(to_edges).fold(f64::INFINITY, f64::min);
        let is_free = room >= 0.0 && others.iter().chain(&*taken).all(|other| apart(&place, other));
        if is_free && !overlay.crosses(&place) && best.is_none_or(|(most, _)| room > most + 0.5) {
            best = Some((room, place));
        }
    }
    if let Some((_, place)) = best {
        let middle = (0.5 * (place[0] + place[2]), 0.5 * (place[1] + place[3]) + 0.34 * LABEL_SIZE);
        boxed(scene, &text, middle);
        taken.push(place);
    }
}

/// Distance between two boxes; 0 if they touch or overlap.
fn gap(a: &Box4, b: &Box4) -> f64 {
    let across = (b[0] - a[2]).max(a[0] - b[2]).max(0.0);
    let down = (b[1] - a[3]).max(a[1] - b[3]).max(0.0);
    across.hypot(down)
}

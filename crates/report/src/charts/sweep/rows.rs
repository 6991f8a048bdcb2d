//! Rows of a chart of bars: a label to the left, something on a common axis, figures to the right.

use super::measure::named;
use crate::charts::frame::Panel;
use crate::charts::palette::Ink;
use crate::charts::scale::Scale;
use crate::charts::scene::{Align, Scene, fit, text_width, wrap};

/// Left edge of the labels.
const MARGIN: f64 = 28.0;
/// Most rows that can be read; those with the least to say are left out.
pub(super) const MOST_ROWS: usize = 24;
/// Height beyond which a row does not grow.
const HIGHEST: f64 = 88.0;

/// A panel with rows in it.
pub(super) struct Rows {
    pub(super) panel: Panel,
    top: f64,
    pub(super) height: f64,
}

impl Rows {
    /// Rows between `left` and `right` over an axis; few rows stand together at the top.
    pub(super) fn new(n: usize, (left, right): (f64, f64), x: Scale) -> Self {
        let (top, bottom) = (98.0, 584.0);
        let height = ((bottom - top) / n.max(1) as f64).min(HIGHEST);
        let bottom = top + height * n.max(1) as f64;
        // A short chart leaves room below, and its axis stays with its rows.
        let panel = Panel { left, right, top, bottom, x, y: Scale::linear(0.0, 1.0) };
        Self { panel, top, height }
    }

    /// Middle of a row.
    pub(super) fn middle(&self, row: usize) -> f64 {
        self.top + (row as f64 + 0.5) * self.height
    }

    /// Size of text in a row.
    pub(super) fn text_size(&self) -> f64 {
        (0.62 * self.height).clamp(9.0, 15.0)
    }

    /// Axis below, its grid through all rows.
    pub(super) fn draw_axis(&self, scene: &mut Scene, name: &str) {
        let room = self.panel.right - self.panel.left;
        self.panel.draw_x_axis(scene, &fit(name, 15.0, room), &self.panel.x.ticks(7));
        let (left, right, bottom) = (self.panel.left, self.panel.right, self.panel.bottom);
        scene.line(vec![(left, bottom), (right, bottom)], 1.3, Ink::TEXT);
    }

    /// An upright line through all rows.
    pub(super) fn draw_upright(&self, scene: &mut Scene, value: f64) {
        let x = self.panel.x_of(value);
        scene.line(vec![(x, self.panel.top - 5.0), (x, self.panel.bottom)], 1.6, Ink::TEXT);
    }

    /// A label with its unit to the left of a row: on two lines if they have room, on one and cut if not.
    pub(super) fn draw_label(&self, scene: &mut Scene, row: usize, label: &str, unit: &str) {
        let size = self.text_size();
        let (room, apart) = (self.panel.left - 12.0 - MARGIN, 1.15 * size);
        let whole = named(label, unit);
        let mut lines = wrap(&whole, size, room);
        if lines.len() > 1 && self.height < 2.0 * apart {
            // A label that ends early tells more without its unit.
            let is_short = text_width(label, size) <= room;
            lines = vec![if is_short { label.to_owned() } else { fit(label, size, room) }];
        } else if lines.len() > 2 {
            lines = vec![fit(label, size, room), fit(unit, size, room)];
        }
        for (i, line) in lines.iter().enumerate() {
            let down = apart * (i as f64 - 0.5 * (lines.len() - 1) as f64);
            let at = (self.panel.left - 12.0, self.middle(row) + down + 0.34 * size);
            scene.text(line.as_str(), at, size, Align::End, Ink::TEXT);
        }
    }

    /// Figures of a row at the right edge of the frame, a column each.
    pub(super) fn draw_figures(&self, scene: &mut Scene, row: usize, figures: &[String]) {
        let size = self.text_size().min(14.0);
        for (text, x) in figures.iter().zip(columns(figures.len())) {
            let at = (x, self.middle(row) + 0.34 * size);
            scene.text(fit(text, size, COLUMN - 6.0), at, size, Align::End, Ink::TEXT);
        }
    }

    /// What the figures are, above them.
    pub(super) fn draw_heads(&self, scene: &mut Scene, heads: &[&str]) {
        for (text, x) in heads.iter().zip(columns(heads.len())) {
            scene.text(*text, (x, self.panel.top - 10.0), 14.0, Align::End, Ink::QUIET);
        }
    }

    /// Where the line with the keys stands.
    pub(super) fn legend_at(&self) -> (f64, f64) {
        (MARGIN, self.panel.bottom + 68.0)
    }
}

/// Right edge of each of some columns of figures.
fn columns(n: usize) -> impl Iterator<Item = f64> {
    (0..n).map(move |i| FIGURES_AT - COLUMN * (n - 1 - i) as f64)
}

const COLUMN: f64 = 84.0;
/// Right edge of the figures.
const FIGURES_AT: f64 = 1186.0;

/// Room that the longest of some labels takes to the left of an axis, between what looks odd and what leaves too little.
pub(super) fn label_room<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> f64 {
    let widest = labels.map(|(label, unit)| text_width(&named(label, unit), 15.0)).fold(0.0, f64::max);
    MARGIN + 12.0 + (widest + 4.0).clamp(90.0, 260.0)
}

/// What is said of rows that are left out; `which` they are, such as `parameters with the least swing`.
pub(super) fn left_out(n: usize, which: &str) -> String {
    match n.saturating_sub(MOST_ROWS) {
        0 => String::new(),
        rest => format!(" Not shown: {rest} {which}."),
    }
}

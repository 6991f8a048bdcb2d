//! How much of the variance each parameter explains: alone (first-order index), and with all its interactions (total index).
//!
//! Source of the indices: Saltelli et al. (Comput. Phys. Commun. 181, 2010).

use super::Words;
use super::measure::Estimate;
use super::rows::{MOST_ROWS, Rows, label_room, left_out};
use crate::charts::frame::{Key, draw_legend_line};
use crate::charts::palette::{Ink, Look};
use crate::charts::scale::Scale;
use crate::charts::scene::{Hatch, Scene};
use crate::numbers::grouped;

const FIRST: Ink = Ink::SKY;
const TOTAL: Ink = Ink::BLUE;
const RIGHT: f64 = 1000.0;

/// Sobol indices of the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct SobolBars {
    /// Title, subtitle and note.
    pub words: Words,
    /// A row for each parameter, in any order.
    pub bars: Vec<SobolBar>,
}

/// Indices of a parameter with their 95 % intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct SobolBar {
    /// Title of the parameter.
    pub label: String,
    /// First-order index.
    pub first: Estimate,
    /// Total index.
    pub total: Estimate,
}

impl SobolBars {
    pub(super) fn scene(&self) -> Scene {
        let mut bars: Vec<&SobolBar> = self.bars.iter().collect();
        bars.sort_by(|a, b| b.total.value.total_cmp(&a.total.value));
        bars.truncate(MOST_ROWS);
        let mut scene = self.words.titled(&self.caption());
        let ends =
            || bars.iter().flat_map(|bar| [bar.first, bar.total]).flat_map(|e| [e.value, e.low, e.high]);
        let (low, high) = (ends().fold(0.0, f64::min), ends().fold(0.0, f64::max));
        let left = label_room(bars.iter().map(|bar| (bar.label.as_str(), "")));
        let rows = Rows::new(bars.len(), (left, RIGHT), Scale::rounded(low, high, 7));
        rows.draw_axis(&mut scene, "Share of the variance");
        rows.draw_heads(&mut scene, &["first-order", "total"]);
        for (row, bar) in bars.iter().enumerate() {
            rows.draw_label(&mut scene, row, &bar.label, "");
            let (middle, thick) = (rows.middle(row), 0.36 * rows.height);
            draw_bar(&mut scene, &rows, bar.first, (middle - thick, middle), FIRST);
            draw_bar(&mut scene, &rows, bar.total, (middle, middle + thick), TOTAL);
            let figures = [bar.first.value, bar.total.value].map(|value| grouped(value, 3));
            rows.draw_figures(&mut scene, row, &figures);
        }
        rows.draw_upright(&mut scene, 0.0);
        let swatch = |ink| Key::Swatch(Look { ink, hatch: Hatch::Plain });
        let keys = [
            (swatch(FIRST), "First-order: the parameter alone"),
            (swatch(TOTAL), "Total: with its interactions"),
            (Key::Line(Ink::TEXT), "95 % interval"),
        ];
        draw_legend_line(&mut scene, rows.legend_at(), &keys);
        scene
    }

    fn caption(&self) -> String {
        let sum: f64 = self.bars.iter().map(|bar| bar.first.value).sum();
        let rest = left_out(self.bars.len(), "parameters with the least total index");
        let interaction =
            if sum < 1.0 { "; what is missing to 1 is interaction" } else { ", 1 but for their errors" };
        format!("First-order indices sum to {}{interaction}.{rest}", grouped(sum, 2))
    }
}

fn draw_bar(scene: &mut Scene, rows: &Rows, index: Estimate, (top, bottom): (f64, f64), ink: Ink) {
    let [zero, value, low, high] = [0.0, index.value, index.low, index.high].map(|v| rows.panel.x_of(v));
    scene.rectangle((zero.min(value), top), (zero.max(value), bottom), ink);
    if high - low < 0.5 {
        return;
    }
    let (middle, half) = (0.5 * (top + bottom), 0.28 * (bottom - top));
    scene.line(vec![(low, middle), (high, middle)], 1.8, Ink::TEXT);
    for x in [low, high] {
        scene.line(vec![(x, middle - half), (x, middle + half)], 1.8, Ink::TEXT);
    }
}

//! What moves the outcome: each parameter by itself at its low and its high end, the others at their base, the widest swing first.

use super::Words;
use super::measure::{Measure, level};
use super::rows::{MOST_ROWS, Rows, label_room, left_out};
use crate::charts::frame::{Key, draw_legend_line};
use crate::charts::palette::{Ink, Look};
use crate::charts::scale::Scale;
use crate::charts::scene::{Align, Hatch, Scene, fit, text_width};
use sweep::Value;

const LOW: Ink = Ink::SKY;
const HIGH: Ink = Ink::BLUE;
/// Widest text at the end of a bar, and its distance from it.
const WIDEST: f64 = 190.0;
const APART: f64 = 7.0;
const RIGHT: f64 = 1180.0;

/// A tornado.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// Title, subtitle and note.
    pub words: Words,
    /// What the bars measure.
    pub measure: Measure,
    /// The measure at the base.
    pub base: f64,
    /// A bar for each parameter, in any order.
    pub bars: Vec<TornadoBar>,
}

/// A parameter of a tornado.
#[derive(Debug, Clone, PartialEq)]
pub struct TornadoBar {
    /// Title of the parameter.
    pub label: String,
    /// Its unit; empty where it has none.
    pub unit: String,
    /// Its low end.
    pub low: TornadoEnd,
    /// Its high end.
    pub high: TornadoEnd,
}

/// An end of a parameter's range.
#[derive(Debug, Clone, PartialEq)]
pub struct TornadoEnd {
    /// Value of the parameter.
    pub level: Value,
    /// The measure there; `None` where the point failed.
    pub value: Option<f64>,
    /// The policy that is the best there, if it is another than at the base.
    pub flips_to: Option<String>,
}

impl TornadoEnd {
    /// What stands at the end of the bar.
    fn text(&self, size: f64) -> String {
        let mut text = level(&self.level);
        if self.value.is_none() {
            text.push_str(" failed");
        }
        if let Some(policy) = &self.flips_to {
            text.push_str(&format!(" ({policy})"));
        }
        fit(&text, size, WIDEST)
    }
}

impl TornadoBar {
    /// How far the measure moves.
    fn swing(&self, base: f64) -> f64 {
        let ends = || [self.low.value, self.high.value].into_iter().flatten().chain([base]);
        ends().fold(f64::NEG_INFINITY, f64::max) - ends().fold(f64::INFINITY, f64::min)
    }

    /// Whether each end lies to the right of the base: the low one only if it is above, the high one unless it is below.
    fn sides(&self, base: f64) -> [bool; 2] {
        [self.low.value.is_some_and(|v| v > base), self.high.value.is_none_or(|v| v >= base)]
    }
}

impl Tornado {
    pub(super) fn scene(&self) -> Scene {
        let mut bars: Vec<&TornadoBar> = self.bars.iter().collect();
        bars.sort_by(|a, b| b.swing(self.base).total_cmp(&a.swing(self.base)));
        bars.truncate(MOST_ROWS);
        let mut scene = self.words.titled(&self.caption());
        let left = label_room(bars.iter().map(|bar| (bar.label.as_str(), bar.unit.as_str())));
        let rows = Rows::new(bars.len(), (left, RIGHT), Scale::linear(0.0, 1.0));
        let size = rows.text_size().min(14.0);
        let x = self.scale(&bars, RIGHT - left, size);
        let rows = Rows::new(bars.len(), (left, RIGHT), x);
        rows.draw_axis(&mut scene, &self.measure.name());
        for (row, bar) in bars.iter().enumerate() {
            rows.draw_label(&mut scene, row, &bar.label, &bar.unit);
            self.draw_bar(&mut scene, &rows, row, bar, size);
        }
        let base = self.measure.shown(self.base);
        rows.draw_upright(&mut scene, base);
        let at = (rows.panel.x_of(base), rows.panel.top - 10.0);
        scene.text(format!("base {}", self.measure.text(self.base)), at, 14.0, Align::Middle, Ink::QUIET);
        let swatch = |ink| Key::Swatch(Look { ink, hatch: Hatch::Plain });
        draw_legend_line(
            &mut scene,
            rows.legend_at(),
            &[(swatch(LOW), "The lower of the two values"), (swatch(HIGH), "The higher")],
        );
        scene
    }

    fn caption(&self) -> String {
        let flips = self.bars.iter().flat_map(|bar| [&bar.low, &bar.high]).any(|end| end.flips_to.is_some());
        let flips = if flips {
            " In brackets: the policy that is the best there, where it is another than at the base."
        } else {
            ""
        };
        let rest = left_out(self.bars.len(), "parameters with the least swing");
        format!(
            "Each parameter by itself, all others at the base: from the lowest to the highest outcome over its values, with the values that give them.{flips}{rest}"
        )
    }

    /// An axis on which the longest text has room at the widest bar.
    fn scale(&self, bars: &[&TornadoBar], width: f64, size: f64) -> Scale {
        let values = || {
            let ends = bars.iter().flat_map(|bar| [bar.low.value, bar.high.value]).flatten();
            ends.chain([self.base]).map(|value| self.measure.shown(value))
        };
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let room = |right: bool| {
            let texts = bars.iter().flat_map(|bar| {
                let sides = bar.sides(self.base);
                [(&bar.low, sides[0]), (&bar.high, sides[1])]
            });
            let widths =
                texts.filter(|(_, side)| *side == right).map(|(end, _)| text_width(&end.text(size), size));
            widths.fold(0.0, f64::max) + APART + 4.0
        };
        let (left, right) = (room(false), room(true));
        let range = if high > low { high - low } else { 0.2 * low.abs().max(1.0) };
        let per_pixel = range / (width - left - right).max(1.0);
        Scale::linear(low - left * per_pixel, low + range + right * per_pixel)
    }

    /// Both ends of a bar; one above the other where they lie on the same side.
    fn draw_bar(&self, scene: &mut Scene, rows: &Rows, row: usize, bar: &TornadoBar, size: f64) {
        let (middle, sides) = (rows.middle(row), bar.sides(self.base));
        let half = 0.36 * rows.height;
        let lanes = if sides[0] == sides[1] {
            [(middle - half, middle - 0.5), (middle + 0.5, middle + half)]
        } else {
            [(middle - half, middle + half); 2]
        };
        let size = if sides[0] == sides[1] { size.min(1.08 * half) } else { size };
        let base = rows.panel.x_of(self.measure.shown(self.base));
        let ends = [(&bar.low, LOW), (&bar.high, HIGH)];
        for (((end, ink), (top, bottom)), is_right) in ends.into_iter().zip(lanes).zip(sides) {
            let x = end.value.map_or(base, |value| rows.panel.x_of(self.measure.shown(value)));
            scene.rectangle((base.min(x), top), (base.max(x), bottom), ink);
            let (at, align) = if is_right { (x + APART, Align::Start) } else { (x - APART, Align::End) };
            let baseline = 0.5 * (top + bottom) + 0.34 * size;
            scene.text(end.text(size), (at, baseline), size, align, Ink::TEXT);
        }
    }
}

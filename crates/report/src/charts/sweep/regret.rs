//! What a wrong choice costs: the regret of a policy at a point is the objective of the best there less its own.

use super::Words;
use super::measure::Measure;
use super::rows::{MOST_ROWS, Rows, label_room, left_out};
use crate::charts::frame::{Key, draw_legend_line};
use crate::charts::palette::{self, Ink, Look};
use crate::charts::scale::Scale;
use crate::charts::scene::{Hatch, Scene};

const RIGHT: f64 = 915.0;

/// Regret by policy over the points of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct RegretBars {
    /// Title, subtitle and note.
    pub words: Words,
    /// What regret is in.
    pub measure: Measure,
    /// A row for each policy, in any order.
    pub bars: Vec<RegretBar>,
}

/// Regret of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct RegretBar {
    /// Name of the policy.
    pub name: String,
    /// Its place in the race.
    pub policy: usize,
    /// Largest regret over the points.
    pub worst: f64,
    /// Standard error of that, where it is known.
    pub worst_error: Option<f64>,
    /// Mean over the points.
    pub mean: f64,
    /// Number of the point with the largest.
    pub worst_point: Option<usize>,
}

impl RegretBar {
    /// Two standard errors either side of the largest regret, which is never below zero.
    fn error_ends(&self) -> [f64; 2] {
        let two = 2.0 * self.worst_error.unwrap_or(0.0);
        [(self.worst - two).max(0.0), self.worst + two]
    }
}

impl RegretBars {
    pub(super) fn scene(&self) -> Scene {
        let mut bars: Vec<&RegretBar> = self.bars.iter().collect();
        bars.sort_by(|a, b| a.worst.total_cmp(&b.worst));
        bars.truncate(MOST_ROWS);
        let mut scene = self.words.titled(&self.caption(bars.first()));
        let shown = |value: f64| self.measure.shown(value);
        let highest = bars.iter().map(|bar| shown(bar.error_ends()[1].max(bar.mean))).fold(0.0, f64::max);
        let left = label_room(bars.iter().map(|bar| (bar.name.as_str(), "")));
        let rows = Rows::new(bars.len(), (left, RIGHT), Scale::rounded(0.0, highest, 7));
        rows.draw_axis(&mut scene, &self.measure.name());
        rows.draw_heads(&mut scene, &["worst", "at point", "mean"]);
        for (row, bar) in bars.iter().enumerate() {
            rows.draw_label(&mut scene, row, &bar.name, "");
            let (middle, half) = (rows.middle(row), (0.34 * rows.height).min(24.0));
            let [zero, worst, mean] = [0.0, bar.worst, bar.mean].map(|v| rows.panel.x_of(shown(v)));
            scene.rectangle(
                (zero, middle - half),
                (worst, middle + half),
                palette::policy(&bar.name, bar.policy),
            );
            let [low, high] = bar.error_ends().map(|end| rows.panel.x_of(shown(end)));
            if high > low {
                let cap = 0.3 * half;
                scene.line(vec![(low, middle), (high, middle)], 2.4, Ink::TEXT);
                for x in [low, high] {
                    scene.line(vec![(x, middle - cap), (x, middle + cap)], 1.8, Ink::TEXT);
                }
            }
            scene.diamond((mean, middle), (0.5 * half).clamp(3.0, 6.0), Ink::WHITE);
            rows.draw_figures(&mut scene, row, &self.figures(bar));
        }
        rows.draw_upright(&mut scene, 0.0);
        let swatch = Key::Swatch(Look { ink: Ink::IDLE, hatch: Hatch::Plain });
        let keys = [
            (swatch, "Largest over all points, in the policy's colour"),
            (Key::Line(Ink::TEXT), "Its ± 2 standard errors"),
            (Key::Diamond(Ink::WHITE), "Mean over the points"),
        ];
        draw_legend_line(&mut scene, rows.legend_at(), &keys);
        scene
    }

    fn caption(&self, least: Option<&&RegretBar>) -> String {
        let meaning = "Regret at a point: the objective of the best policy there less that of the policy.";
        let least = least.map_or_else(String::new, |bar| {
            let unit =
                if self.measure.unit.is_empty() { String::new() } else { format!(" {}", self.measure.unit) };
            format!("{} has the least worst-case regret, {}{unit}. ", bar.name, self.measure.text(bar.worst))
        });
        format!("{least}{meaning}{}", left_out(self.bars.len(), "policies with the most regret"))
    }

    fn figures(&self, bar: &RegretBar) -> [String; 3] {
        let point = bar.worst_point.map_or_else(|| "–".into(), |point| point.to_string());
        [self.measure.text(bar.worst), point, self.measure.text(bar.mean)]
    }
}

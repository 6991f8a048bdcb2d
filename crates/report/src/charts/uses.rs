//! Megawatts by use over time, stacked to the campus.

use super::frame::{Entry, Key, Panel, draw_legend, month_axis_name, month_ticks, titled};
use super::palette::{BUILDING, HOSTING, IDLE, INFERENCE, Ink, Look, MINING, TRAINING};
use super::scale::Scale;
use super::scene::{Point, Scene};
use crate::numbers::{counted_paths, grouped};
use simulate::{Outcomes, PolicyOutcome};
use site::Ledger;

/// Uses from the bottom of their stack up: column of the ledger, name for people, look.
pub(super) const STACK: [(&str, &str, Look); 6] = [
    ("hosting_mw", "Hosting (let to tenants)", HOSTING),
    ("inference_mw", "Inference (own GPUs)", INFERENCE),
    ("training_mw", "Training (own GPUs)", TRAINING),
    ("building_mw", "Building", BUILDING),
    ("mining_mw", "Mining", MINING),
    ("idle_mw", "Idle", IDLE),
];

/// A layer of a stack: its name, look, and how high it is in each step, in the unit of the axis.
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) look: Look,
    pub(super) heights: Vec<f64>,
}

impl Layer {
    /// Whether there is anything of it at some time.
    pub(super) fn occurs(&self) -> bool {
        self.heights.iter().any(|height| *height > 1e-6)
    }
}

/// The uses of a campus under a policy, AI at the bottom.
pub(super) fn mw_by_use(outcomes: &Outcomes, policy: &PolicyOutcome) -> Scene {
    let layers = layers(&policy.ledger);
    let over = match outcomes.n_paths {
        1 => " on the one path".into(),
        n => format!(", mean over {}", counted_paths(n)),
    };
    let mut scene = titled(
        &format!("MW by use: {}", policy.name),
        &format!("Gross MW of the campus{over}"),
        &caption(&layers),
    );
    let highest = policy.ledger.iter().map(Ledger::total_mw).fold(outcomes.campus_gross_mw, f64::max);
    let x = Scale::linear(0.0, outcomes.months.len().max(1) as f64);
    let panel = Panel::usual(x, Scale::linear(0.0, highest));
    panel.draw_y_axis(&mut scene, "Gross MW", 8);
    panel.draw_x_axis(&mut scene, month_axis_name(&outcomes.months), &month_ticks(&outcomes.months));
    draw_stack(&mut scene, &panel, &layers, 1.0);
    panel.draw_edge(&mut scene);
    let entries: Vec<Entry> = layers.iter().rev().filter(|layer| layer.occurs()).map(entry).collect();
    draw_legend(&mut scene, panel.top, &entries);
    scene
}

/// What the steps are, and what the uses that need it mean.
fn caption(layers: &[Layer]) -> String {
    let mut text = String::from("Each month stands as a step.");
    for (name, meaning) in [
        ("Building", " Building: halls being rebuilt, neither mining nor sold."),
        ("Idle", " Idle: curtailed, down or unsold."),
    ] {
        if layers.iter().any(|layer| layer.name == name && layer.occurs()) {
            text.push_str(meaning);
        }
    }
    text
}

fn layers(ledger: &[Ledger]) -> Vec<Layer> {
    let of = |(column, name, look): &(&str, &str, Look)| {
        let at = Ledger::MEGAWATTS.iter().position(|use_| use_ == column).expect("a use of the ledger");
        Layer {
            name: (*name).into(),
            look: *look,
            heights: ledger.iter().map(|month| month.columns()[at]).collect(),
        }
    };
    STACK.iter().map(of).collect()
}

fn entry(layer: &Layer) -> Entry {
    let note = match layer.heights.last() {
        Some(mw) => format!("{} MW in the last month", grouped(*mw, usize::from(*mw < 9.95 && *mw > 0.0))),
        None => String::new(),
    };
    Entry { key: Key::Swatch(layer.look), name: layer.name.clone(), note }
}

/// Stacks layers from the bottom up, each value a step `width` wide on the x axis.
pub(super) fn draw_stack(scene: &mut Scene, panel: &Panel, layers: &[Layer], width: f64) {
    let n = layers.iter().map(|layer| layer.heights.len()).max().unwrap_or(0);
    let mut below = vec![0.0; n];
    for layer in layers {
        let above: Vec<f64> =
            below.iter().zip(&layer.heights).map(|(b, height)| b + height.max(0.0)).collect();
        draw_layer(scene, panel, layer.look, &below, &above, width);
        below = above;
    }
}

fn draw_layer(scene: &mut Scene, panel: &Panel, look: Look, below: &[f64], above: &[f64], width: f64) {
    let visible = |i: usize| panel.y_of(below[i]) - panel.y_of(above[i]) > 0.05;
    let mut start = 0;
    while start < above.len() {
        if !visible(start) {
            start += 1;
            continue;
        }
        let end = (start..above.len()).find(|i| !visible(*i)).unwrap_or(above.len());
        let steps = |values: &[f64]| -> Vec<Point> {
            let corners = (start..end).flat_map(|i| [(i, i), (i, i + 1)]);
            corners.map(|(value, at)| panel.at(at as f64 * width, values[value])).collect()
        };
        let (top, bottom) = (steps(above), steps(below));
        scene.area(top.iter().copied().chain(bottom.iter().rev().copied()).collect(), look.ink);
        let left = panel.x_of(start as f64 * width).ceil();
        let right = panel.x_of(end as f64 * width);
        let value_at = |x: f64| {
            let share = (x - panel.left) / (panel.right - panel.left);
            let at = (panel.x.low() + share * (panel.x.high() - panel.x.low())) / width;
            (at as usize).clamp(start, end - 1)
        };
        let band: Vec<(f64, f64)> = (0..(right - left).max(0.0) as usize)
            .map(|i| value_at(left + i as f64))
            .map(|i| (panel.y_of(above[i]), panel.y_of(below[i])))
            .collect();
        scene.hatch(left, &band, look.hatch);
        scene.line(top, 1.0, Ink::TEXT);
        start = end;
    }
}

//! The bar that says which colour is which number.

use crate::charts::frame::LEGEND_LEFT;
use crate::charts::palette::{Ink, Look};
use crate::charts::scale::Scale;
use crate::charts::scene::{Align, Scene, WIDTH, wrap};

const WIDE: f64 = 26.0;
const HIGH: f64 = 300.0;
const STEPS: usize = 150;
const NAME_SIZE: f64 = 14.5;
const TICK_SIZE: f64 = 14.0;

/// The next 1, 2 or 5 times a power of ten, so that the ends of the bar are round; 1 of nothing.
pub(super) fn round_end(largest: f64) -> f64 {
    if largest > 0.0 { Scale::rounded(0.0, largest, 4).high() } else { 1.0 }
}

/// Draws name, bar and ticks from `top` down; returns where the legend goes on.
pub(super) fn draw(
    scene: &mut Scene,
    top: f64,
    name: &str,
    (low, high): (f64, f64),
    look: impl Fn(f64) -> Look,
) -> f64 {
    let mut top = top + 12.0;
    for line in wrap(name, NAME_SIZE, WIDTH - LEGEND_LEFT - 10.0).into_iter().take(3) {
        scene.text(line, (LEGEND_LEFT, top), NAME_SIZE, Align::Start, Ink::TEXT);
        top += 18.0;
    }
    let (left, right, bottom) = (LEGEND_LEFT, LEGEND_LEFT + WIDE, top + HIGH);
    let height = |step: usize| bottom - HIGH * step as f64 / STEPS as f64;
    for step in 0..STEPS {
        let value = low + (high - low) * (step as f64 + 0.5) / STEPS as f64;
        scene.rectangle((left, height(step + 1)), (right, height(step)), look(value).ink);
    }
    // Both halves of the bar are hatched as their ends are.
    let middle = 0.5 * (top + bottom);
    scene.hatch(left, &[(top, middle); WIDE as usize + 1], look(high).hatch);
    scene.hatch(left, &[(middle, bottom); WIDE as usize + 1], look(low).hatch);
    let corners = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    scene.line(corners, 1.0, Ink::TEXT);
    let scale = Scale::linear(low, high);
    for (value, text) in scale.ticks(6) {
        let y = bottom - HIGH * scale.share(value);
        scene.line(vec![(right, y), (right + 5.0, y)], 1.0, Ink::TEXT);
        scene.text(text, (right + 9.0, y + 0.34 * TICK_SIZE), TICK_SIZE, Align::Start, Ink::TEXT);
    }
    bottom + 34.0
}

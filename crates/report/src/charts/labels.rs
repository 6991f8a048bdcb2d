//! Labels that stand on the data: in a white box, and apart from one another.

use super::frame::Panel;
use super::palette::Ink;
use super::scene::{Align, Point, Scene, text_width};

/// Size of the letters.
pub(super) const LABEL_SIZE: f64 = 15.0;
/// Room round a label within its box.
pub(super) const PAD: f64 = 6.0;
/// Radius of a marked point.
const RADIUS: f64 = 8.0;

/// A box in the frame: left, top, right, bottom.
pub(super) type Box4 = [f64; 4];

/// Whether two boxes share no point within.
pub(super) fn apart(a: &Box4, b: &Box4) -> bool {
    a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]
}

/// The box that a label about a place takes.
pub(super) fn box_about(text: &str, (x, y): Point) -> Box4 {
    let (half_width, half_height) = (0.5 * text_width(text, LABEL_SIZE) + PAD, 0.5 * LABEL_SIZE + PAD);
    [x - half_width, y - half_height, x + half_width, y + half_height]
}

/// Text about a place on a white ground, so that hatches do not cross it.
pub(super) fn boxed(scene: &mut Scene, text: &str, (x, baseline): Point) {
    let half = 0.5 * text_width(text, LABEL_SIZE) + 0.5 * PAD;
    let (top, bottom) = (baseline - 0.85 * LABEL_SIZE - 2.0, baseline + 0.25 * LABEL_SIZE + 2.0);
    scene.rectangle((x - half, top), (x + half, bottom), Ink::WHITE.faded(0.88));
    scene.text(text, (x, baseline), LABEL_SIZE, Align::Middle, Ink::TEXT);
}

/// The place that a marked point and its name take.
pub(super) fn mark_box(panel: &Panel, (x, y): Point, name: &str) -> Box4 {
    let width = text_width(name, LABEL_SIZE);
    let left = name_left(panel, x, width);
    [x.min(left) - RADIUS - PAD, y - 2.0 * RADIUS, (left + width).max(x + RADIUS) + PAD, y + 2.0 * RADIUS]
}

/// A point to look at, with its name in a box.
pub(super) fn draw_mark(scene: &mut Scene, panel: &Panel, (x, y): Point, name: &str) {
    let width = text_width(name, LABEL_SIZE);
    boxed(scene, name, (name_left(panel, x, width) + 0.5 * width, y + 0.34 * LABEL_SIZE));
    scene.diamond((x, y), RADIUS, Ink::WHITE);
}

/// Where the name of a marked point begins: right of it if there is room.
fn name_left(panel: &Panel, x: f64, width: f64) -> f64 {
    let fits_right = x + RADIUS + 2.0 * PAD + width < panel.right;
    if fits_right { x + RADIUS + PAD } else { x - RADIUS - PAD - width }
}

//! Numbers written in the cells, where every cell has room.

use super::Grid;
use super::overlay::Overlay;
use crate::charts::labels::apart;
use crate::charts::palette::Ink;
use crate::charts::scene::{Align, Scene, text_width};
use crate::charts::sweep::colours;

/// Sizes tried, the largest first; the last can still be read at half the size of the chart.
const SIZES: [f64; 3] = [15.0, 13.5, 12.0];

/// The text of each cell, and its size.
pub(super) struct Numbers {
    texts: Vec<Option<String>>,
    size: f64,
    half_width: f64,
}

impl Numbers {
    /// Numbers for a grid; `None` if the smallest cell has no room for the longest.
    pub(super) fn of(grid: &Grid, text: impl Fn(usize) -> Option<String>) -> Option<Self> {
        let texts: Vec<Option<String>> = (0..grid.n_cells()).map(text).collect();
        let widest = texts.iter().flatten().map(|text| text_width(text, 1.0)).fold(0.0, f64::max);
        let narrowest =
            |edges: &[f64]| edges.windows(2).map(|w| (w[1] - w[0]).abs()).fold(f64::INFINITY, f64::min);
        let (width, height) = (narrowest(&grid.x_edges), narrowest(&grid.y_edges));
        let has_room = |size: &f64| widest * size + 6.0 <= width && 1.8 * size <= height;
        let size = SIZES.into_iter().find(has_room)?;
        Some(Self { texts, size, half_width: 0.5 * widest * size })
    }

    /// Writes each number in the middle of its cell, unless a label lies there; over a line the cell's colour goes below.
    pub(super) fn draw(
        &self,
        scene: &mut Scene,
        grid: &Grid,
        overlay: &Overlay,
        ground: impl Fn(usize) -> Option<Ink>,
    ) {
        for (i, text) in self.texts.iter().enumerate() {
            let (Some(text), Some(ground)) = (text, ground(i)) else { continue };
            let [left, top, right, bottom] = grid.cell(i);
            let (x, y) = (0.5 * (left + right), 0.5 * (top + bottom));
            let (half_width, half_height) = (self.half_width, 0.55 * self.size);
            let place = [x - half_width, y - half_height, x + half_width, y + half_height];
            if overlay.boxes().any(|label| !apart(&place, label)) {
                continue;
            }
            if overlay.crosses(&place) {
                scene.rectangle((place[0], place[1]), (place[2], place[3]), ground);
            }
            let at = (x, y + 0.34 * self.size);
            scene.text(text.as_str(), at, self.size, Align::Middle, colours::text_on(ground));
        }
    }
}

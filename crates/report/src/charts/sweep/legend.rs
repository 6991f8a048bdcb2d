//! Legends that are never longer than their place.

use crate::charts::frame::{Entry, Key, LEGEND_ROOM, LEGEND_SIZE, draw_legend};
use crate::charts::palette::Ink;
use crate::charts::scene::{Scene, fit};

/// A legend between two heights: without its notes if they have no room, with each name on one line if that is not enough, and
/// at last with a word on how many are left out.
pub(super) fn draw_within(scene: &mut Scene, top: f64, bottom: f64, mut entries: Vec<Entry>) {
    let height = |entries: &[Entry]| entries.iter().map(Entry::height).sum::<f64>();
    let room = bottom - top;
    if height(&entries) > room {
        entries.iter_mut().for_each(|entry| entry.note.clear());
    }
    if height(&entries) > room {
        entries.iter_mut().for_each(|entry| entry.name = fit(&entry.name, LEGEND_SIZE, LEGEND_ROOM));
    }
    if height(&entries) > room {
        let n = entries.len();
        let word = |kept: usize| plain(format!("and {} more", n - kept));
        let fits = |kept: &usize| height(&entries[..*kept]) + word(*kept).height() <= room;
        let kept = (0..n).rev().find(fits).unwrap_or(0);
        entries.truncate(kept);
        entries.push(word(kept));
    }
    draw_legend(scene, top, &entries);
}

/// Words without a key.
fn plain(name: String) -> Entry {
    Entry { key: Key::Band(Ink::WHITE), name, note: String::new() }
}

//! Sources and uses of the money for construction: two stacked bars of the same height.

use super::frame::Panel;
use super::money::Shown;
use super::palette::{DEBTS, Ink, Look, item};
use super::scale::Scale;
use super::scene::{Align, Scene, fit, text_width};
use crate::numbers::{grouped, million_usd};
use crate::sources_uses::{Side, SourcesUses};

const MILLION: f64 = 1e6;
const BAR_WIDTH: f64 = 130.0;
const TEXT_SIZE: f64 = 14.0;
/// Room that a line of text takes.
const LINE: f64 = 19.0;

/// The account of the policy shown; `None` where nothing is built.
pub(super) fn sources_uses(shown: Shown<'_>) -> Option<Scene> {
    let account = SourcesUses::of(shown.outcomes, shown.policy)?;
    let caption = format!(
        "To the end of {}, the last month in which some path builds; undiscounted{}. The company's own part closes the account.",
        account.until,
        if shown.outcomes.n_paths == 1 { "" } else { ", mean over all paths" },
    );
    let mut scene = shown.titled("Sources and uses", "Million USD", &caption);
    let total: f64 = account.side(Side::Source).map(|item| item.usd).sum();
    let y = Scale::rounded(0.0, total / MILLION, 7);
    let panel =
        Panel { left: 120.0, right: 1180.0, top: 100.0, bottom: 610.0, x: Scale::linear(0.0, 1.0), y };
    panel.draw_y_axis(&mut scene, "Million USD", 7);
    panel.draw_edge(&mut scene);
    for (side, name, left) in [(Side::Source, "Sources", 150.0), (Side::Use, "Uses", 690.0)] {
        draw_bar(&mut scene, &panel, &account, side, left, total);
        let below = (left + 0.5 * BAR_WIDTH, panel.bottom + 22.0);
        scene.text(format!("{name}, {}", million_usd(total)), below, 15.0, Align::Middle, Ink::TEXT);
    }
    Some(scene)
}

/// One side as a stack, with a line of words for each part beside it.
fn draw_bar(scene: &mut Scene, panel: &Panel, account: &SourcesUses, side: Side, left: f64, total: f64) {
    let right = left + BAR_WIDTH;
    let mut from = 0.0;
    let mut middles = Vec::new();
    for (i, part) in account.side(side).enumerate() {
        let look = look(part.name, i);
        let (bottom, top) = (panel.y_of(from / MILLION), panel.y_of((from + part.usd) / MILLION));
        scene.rectangle((left, top), (right, bottom), look.ink);
        scene.hatch(left, &vec![(top, bottom); BAR_WIDTH as usize], look.hatch);
        scene.line(
            vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)],
            1.0,
            Ink::TEXT,
        );
        middles.push(0.5 * (top + bottom));
        from += part.usd;
    }
    let places = spread(&middles, panel.top, panel.bottom);
    for ((part, middle), place) in account.side(side).zip(&middles).zip(places) {
        let text_left = right + 36.0;
        scene.line(vec![(right + 3.0, *middle), (text_left - 6.0, place)], 1.0, Ink::QUIET);
        let share = grouped(100.0 * part.usd / total, 1);
        let words = format!("{}: {} ({share} %)", part.name, million_usd(part.usd));
        let words = fit(&words, TEXT_SIZE, 540.0 - BAR_WIDTH - 50.0);
        // The grid ends where words begin.
        let (up, down) = (place - 0.5 * TEXT_SIZE, place + 0.5 * TEXT_SIZE);
        let end = text_left + text_width(&words, TEXT_SIZE);
        scene.rectangle((text_left - 4.0, up), (end, down), Ink::WHITE);
        scene.text(words, (text_left, place + 0.34 * TEXT_SIZE), TEXT_SIZE, Align::Start, Ink::TEXT);
    }
}

/// A debt looks as in the chart of debts; other lines by their place.
fn look(name: &str, place: usize) -> Look {
    match name {
        "loans drawn" => DEBTS[0],
        "revolver, net" => DEBTS[2],
        "convertible notes" => DEBTS[3],
        "lent after a default" => DEBTS[4],
        _ => item(place),
    }
}

/// Places near those wanted, from the bottom up, a line apart and between `top` and `bottom`.
fn spread(wanted: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut places: Vec<f64> = Vec::with_capacity(wanted.len());
    let mut limit = bottom - 0.5 * LINE;
    for y in wanted {
        let place = y.min(limit);
        limit = place - LINE;
        places.push(place);
    }
    // What was pushed out at the top moves the others down again.
    let mut limit = top + 0.5 * LINE;
    for place in places.iter_mut().rev() {
        *place = place.max(limit);
        limit = *place + LINE;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_a_line_apart_within_the_panel() {
        let crowded = [600.0, 599.0, 598.0, 400.0, 101.0, 100.5, 100.0];
        let places = spread(&crowded, 100.0, 610.0);
        assert!(places.windows(2).all(|pair| pair[0] - pair[1] >= LINE - 1e-9), "{places:?}");
        assert!(places.iter().all(|y| (100.0..=610.0).contains(y)), "{places:?}");
        assert_eq!(places[3], 400.0);
    }
}

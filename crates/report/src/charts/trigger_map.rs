//! The trigger map: at which hashprice and rent the computed plan converts, waits, or stays.

use super::frame::{Entry, Key, MONTHS, Panel, draw_legend, titled};
use super::labels::{Box4, LABEL_SIZE, PAD, apart, boxed, draw_mark, mark_box};
use super::palette::{BEYOND, Ink, Look, MINING, WAITING, converting};
use super::scale::Scale;
use super::scene::{Point, Scene, text_width};
use super::trigger_regions::{Region, regions};
use crate::numbers::grouped;
use crate::trigger_words::counted_halls;
use simulate::{Call, PolicyMap, TriggerMap};

/// Beyond this ratio of highest to lowest an axis is logarithmic.
const LOG_RATIO: f64 = 12.0;

/// Regions of the same call over hashprice and rent, and the point to look at.
pub(super) fn trigger_map(found: &PolicyMap) -> Scene {
    let map = &found.map;
    let month = format!("{} {}", MONTHS[found.month.month0()], found.month.year);
    let most = map.startable_halls;
    let mut scene = titled(
        &format!("When to convert: {}, {month}", found.policy),
        &format!(
            "No hall started yet; an offer of {} gross MW, room for {} now; market rent as offered",
            grouped(map.offer_gross_mw, 0),
            counted_halls(most),
        ),
        &caption(map),
    );
    let panel = Panel::usual(axis(&map.hashprices), axis(&map.rents));
    panel.draw_y_axis(&mut scene, "Offered rent, first year, USD/kW-month", 8);
    panel.draw_x_axis(&mut scene, "Hashprice, USD/PH/day", &panel.x.ticks(8));
    let regions = regions(map, &panel);
    for region in &regions {
        draw_region(&mut scene, &panel, region, most);
    }
    panel.draw_edge(&mut scene);
    let mark = panel.at(map.marked[0], map.marked[1]);
    draw_mark(&mut scene, &panel, mark, mark_name(map));
    let mut taken = vec![mark_box(&panel, mark, mark_name(map))];
    for call in calls(&regions) {
        draw_label(&mut scene, &panel, &regions, call, &mut taken);
    }
    let mut entries: Vec<Entry> = calls(&regions).iter().rev().map(|call| entry(map, *call)).collect();
    entries.push(Entry { key: Key::Diamond(Ink::WHITE), name: mark_name(map).into(), note: mark_note(map) });
    draw_legend(&mut scene, panel.top, &entries);
    scene
}

fn caption(map: &TriggerMap) -> String {
    let axes = if map.month == 0 {
        "The axes reach a factor of 3 either side of today's hashprice and 1.7 of today's rent."
    } else {
        "The axes hold the central 98 % of each factor at this opening in the planning model."
    };
    format!(
        "Stay: a start would lose against mining on. Wait: a start would gain, but waiting for a better month is worth more. {axes}"
    )
}

fn axis(points: &[f64]) -> Scale {
    let (low, high) = (points[0], points[points.len() - 1]);
    if high / low > LOG_RATIO { Scale::log(low, high) } else { Scale::linear(low, high) }
}

/// Calls that occur, in the order in which they follow as the rent rises.
fn calls(regions: &[Region]) -> Vec<Call> {
    let mut calls: Vec<Call> = regions.iter().map(|region| region.call).collect();
    calls.sort_unstable_by_key(|call| match call {
        Call::Beyond => 0,
        Call::Stay => 1,
        Call::Wait => 2,
        Call::Convert(halls) => 2 + halls,
    });
    calls.dedup();
    calls
}

fn look(call: Call, most: u32) -> Look {
    match call {
        Call::Stay => MINING,
        Call::Wait => WAITING,
        Call::Convert(halls) => converting(halls, most),
        Call::Beyond => BEYOND,
    }
}

fn name(call: Call) -> String {
    match call {
        Call::Stay => "Stay with mining".into(),
        Call::Wait => "Wait".into(),
        Call::Convert(halls) => format!("Convert {}", counted_halls(halls)),
        Call::Beyond => "Beyond".into(),
    }
}

fn entry(map: &TriggerMap, call: Call) -> Entry {
    let note = match call {
        Call::Stay => "a start would lose".into(),
        Call::Wait => "a start would gain, waiting is worth more".into(),
        Call::Beyond => "off the grid on which the plan was solved".into(),
        Call::Convert(_) => map
            .cells
            .iter()
            .find(|cell| cell.call == call)
            .map_or_else(String::new, |cell| format!("{} gross MW", grouped(cell.gross_mw, 0))),
    };
    Entry { key: Key::Swatch(look(call, map.startable_halls)), name: name(call), note }
}

fn mark_name(map: &TriggerMap) -> &'static str {
    if map.month == 0 { "Today" } else { "Medians" }
}

fn mark_note(map: &TriggerMap) -> String {
    let [hashprice, rent] = map.marked.map(|value| grouped(value, 1));
    let (lowest, highest) = (map.rents[0], map.rents[map.rents.len() - 1]);
    let first = match map.first_start_rent {
        None => format!("at this hashprice no rent up to {} starts a hall", grouped(highest, 0)),
        Some(rent) if rent <= lowest => {
            format!("at this hashprice any rent from {} on does", grouped(rent, 0))
        }
        Some(rent) => format!("at this hashprice the first hall starts from {} on", grouped(rent, 1)),
    };
    format!("{hashprice} USD/PH/day, {rent} USD/kW-month; {first}")
}

fn draw_region(scene: &mut Scene, panel: &Panel, region: &Region, most: u32) {
    let look = look(region.call, most);
    // Edges are straight over many pixels; fewer corners are painted much faster.
    const APART: usize = 4;
    let last = region.band.len() - 1;
    let corners = || (0..last).step_by(APART).chain([last]);
    let along = |edge: fn(&(f64, f64)) -> f64| -> Vec<Point> {
        corners().map(|i| (region.left + i as f64, edge(&region.band[i]))).collect()
    };
    let (top, bottom) = (along(|band| band.0), along(|band| band.1));
    scene.area(top.iter().copied().chain(bottom.iter().rev().copied()).collect(), look.ink);
    scene.hatch(region.left, &region.band, look.hatch);
    // The panel's own edges need no line.
    for inner in bottom.split(|(_, y)| *y >= panel.bottom - 0.5).filter(|inner| inner.len() > 1) {
        scene.line(inner.to_vec(), 1.8, Ink::TEXT);
    }
}

/// Writes the name of a call where its regions have room, as near the middle of the panel as that leaves.
fn draw_label(scene: &mut Scene, panel: &Panel, regions: &[Region], call: Call, taken: &mut Vec<Box4>) {
    let text = name(call);
    let (width, height) = (text_width(&text, LABEL_SIZE) + 2.0 * PAD, LABEL_SIZE + 2.0 * PAD);
    let middle = 0.5 * (panel.left + panel.right);
    let mut best: Option<(f64, Point)> = None;
    for region in regions.iter().filter(|region| region.call == call) {
        let n = width.ceil() as usize;
        for (from, window) in region.band.windows(n.max(1)).enumerate().step_by(8) {
            let top = window.iter().map(|(top, _)| *top).fold(f64::NEG_INFINITY, f64::max);
            let bottom = window.iter().map(|(_, bottom)| *bottom).fold(f64::INFINITY, f64::min);
            let (x, y) = (region.left + from as f64 + 0.5 * width, 0.5 * (top + bottom));
            let place = [x - 0.5 * width, y - 0.5 * height, x + 0.5 * width, y + 0.5 * height];
            let free = taken.iter().all(|other| apart(&place, other));
            // Room beyond a few lines is no better than being near the middle.
            let merit = (bottom - top).min(3.0 * height) - 0.06 * (x - middle).abs();
            if free && bottom - top > height && best.is_none_or(|(highest, _)| merit > highest) {
                best = Some((merit, (x, y)));
            }
        }
    }
    if let Some((_, (x, y))) = best {
        boxed(scene, &text, (x, y + 0.34 * LABEL_SIZE));
        taken.push([x - 0.5 * width, y - 0.5 * height, x + 0.5 * width, y + 0.5 * height]);
    }
}

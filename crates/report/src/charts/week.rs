//! A dispatched week: megawatts by load, and the price of power below.

use super::frame::{Entry, Key, MONTHS, PANEL_LEFT, Panel, draw_legend, titled};
use super::palette::{self, CURTAILED, HOSTING, INFERENCE, Ink, TRAINING};
use super::scale::Scale;
use super::scene::{Align, Point, Scene, text_width};
use super::uses::{Layer, draw_stack};
use crate::numbers::grouped;
use dispatch::HourRow;
use simulate::{DispatchWeek, Outcomes};

/// Prices up to this, USD/MWh either way, stand on a linear part of the axis when some go far beyond.
const LINEAR_TO: f64 = 100.0;
/// Prices below this, USD/MWh, are worth a tick of their own.
const BELOW_ZERO: f64 = -20.0;

/// Loads stacked over the hours, curtailed mining on top, the price below.
pub(super) fn dispatch_week(outcomes: &Outcomes) -> Scene {
    let week = &outcomes.week;
    let month = format!("{} {}", MONTHS[week.month.month0()], week.month.year);
    let (low, high) = price_range(week);
    let bent = high > 2.5 * LINEAR_TO || low < -LINEAR_TO;
    let caption = if bent {
        "Price axis: linear to 100 USD/MWh either way, logarithmic beyond, so that ordinary hours stay readable beside \
         spikes. MW are at the meter."
    } else {
        "MW are at the meter."
    };
    let path = match outcomes.n_paths {
        1 => "the one path".into(),
        _ => format!("path {} of the simulation", week.path),
    };
    let mut scene =
        titled(&format!("A dispatched week: {}", week.policy), &format!("{month}, {path}"), caption);
    let hours = week.rows.len().max(1) as f64 * week.step_hours;
    let layers = layers(week);
    let x = Scale::linear(0.0, hours);
    let highest = stacked(&layers).into_iter().fold(week.interconnect_mw, f64::max);
    let y = Scale::linear(0.0, highest * 1.04);
    let loads = Panel { left: PANEL_LEFT, right: 935.0, top: 88.0, bottom: 380.0, x, y };
    let y = if bent {
        // Prices well below zero need a tick there, and the first is at half of the linear part.
        let lowest = if low < BELOW_ZERO { (1.2 * low).min(-0.5 * LINEAR_TO) } else { 1.2 * low.min(0.0) };
        Scale::symlog(lowest, high * 1.2, LINEAR_TO)
    } else {
        Scale::rounded(low.min(0.0), high, 5)
    };
    let prices = Panel { top: 412.0, bottom: 596.0, y, ..loads };
    loads.draw_y_axis(&mut scene, "MW at the meter", 6);
    prices.draw_y_axis(&mut scene, "Price, USD/MWh", 5);
    draw_days(&mut scene, week, &loads, &prices);
    if week.rows.is_empty() {
        loads.draw_nothing(&mut scene, "No week was dispatched.");
    }
    draw_stack(&mut scene, &loads, &layers, week.step_hours);
    let limit = [loads.at(0.0, week.interconnect_mw), loads.at(hours, week.interconnect_mw)];
    scene.dashed(&limit, 1.8, 9.0, Ink::TEXT);
    scene.line(price_steps(week, &prices), 1.8, Ink::VERMILLION);
    loads.draw_edge(&mut scene);
    prices.draw_edge(&mut scene);
    draw_legends(&mut scene, week, &layers, bent, &loads, &prices);
    scene
}

fn layers(week: &DispatchWeek) -> Vec<Layer> {
    let mw = |of: &dyn Fn(&HourRow) -> f64| week.rows.iter().map(of).collect::<Vec<f64>>();
    let layer = |name: &str, look, mw| Layer { name: name.into(), look, mw };
    let mut layers = vec![
        layer("Hosting (tenants)", HOSTING, mw(&|row| row.hosting_mw)),
        layer("Inference (own GPUs)", INFERENCE, mw(&|row| row.inference_mw)),
        layer("Training (own GPUs)", TRAINING, mw(&|row| row.training_mw)),
    ];
    for (index, fleet) in week.fleets.iter().enumerate() {
        let mining = mw(&|row| row.mining_mw.get(index).copied().unwrap_or(0.0));
        layers.push(layer(&format!("Mining: {fleet}"), palette::fleet(index), mining));
    }
    layers.push(layer("Mining curtailed (not drawn from the grid)", CURTAILED, mw(&|row| row.curtailed_mw)));
    layers
}

fn stacked(layers: &[Layer]) -> Vec<f64> {
    let n = layers.iter().map(|layer| layer.mw.len()).max().unwrap_or(0);
    (0..n).map(|i| layers.iter().map(|layer| layer.mw[i].max(0.0)).sum()).collect()
}

fn price_range(week: &DispatchWeek) -> (f64, f64) {
    let prices = || week.rows.iter().map(|row| row.price_usd_per_mwh);
    if week.rows.is_empty() {
        return (0.0, 0.0);
    }
    (prices().fold(f64::INFINITY, f64::min), prices().fold(f64::NEG_INFINITY, f64::max))
}

fn price_steps(week: &DispatchWeek, panel: &Panel) -> Vec<Point> {
    let steps = week.rows.iter().enumerate().flat_map(|(i, row)| [(i, row), (i + 1, row)]);
    steps.map(|(i, row)| panel.at(i as f64 * week.step_hours, row.price_usd_per_mwh)).collect()
}

/// Lines at midnights, and the date in the middle of each day that has room for it.
fn draw_days(scene: &mut Scene, week: &DispatchWeek, loads: &Panel, prices: &Panel) {
    const SIZE: f64 = 14.0;
    let mut start = 0;
    while start < week.rows.len() {
        let day = week.rows[start].day;
        let length = week.rows[start..].iter().take_while(|row| row.day == day).count();
        let [from, to] = [start, start + length].map(|i| loads.x_of(i as f64 * week.step_hours));
        for panel in [loads, prices] {
            scene.line(vec![(from, panel.top), (from, panel.bottom)], 1.0, Ink::GRID);
        }
        let date = format!("{} {}", MONTHS[week.month.month0()], day + 1);
        if text_width(&date, SIZE) + 6.0 <= to - from {
            scene.text(date, (0.5 * (from + to), prices.bottom + 21.0), SIZE, Align::Middle, Ink::TEXT);
        }
        start += length;
    }
    prices.draw_x_name(scene, "Day, local clock (lines at midnight)");
}

fn draw_legends(
    scene: &mut Scene,
    week: &DispatchWeek,
    layers: &[Layer],
    bent: bool,
    loads: &Panel,
    prices: &Panel,
) {
    let limit = Entry {
        key: Key::Dashed(Ink::TEXT),
        name: "Interconnect".into(),
        note: format!("{} MW", grouped(week.interconnect_mw, 0)),
    };
    // With many fleets their names go; the table has them.
    let named = layers.iter().rev().filter(|layer| layer.occurs()).take(9);
    let mut entries = vec![limit];
    entries.extend(named.map(|layer| Entry {
        key: Key::Swatch(layer.look),
        name: layer.name.clone(),
        note: String::new(),
    }));
    draw_legend(scene, loads.top, &entries);
    let note = if bent { "linear to ±100, logarithmic beyond" } else { "" };
    let price = Entry { key: Key::Line(Ink::VERMILLION), name: "Settlement price".into(), note: note.into() };
    draw_legend(scene, prices.top, &[price]);
}

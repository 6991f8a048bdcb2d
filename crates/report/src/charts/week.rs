//! A dispatched week: megawatts by load, and the price of power below.

use super::frame::{Entry, Key, MONTHS, draw_legend, titled};
use super::palette::{self, CURTAILED, HOSTING, INFERENCE, Ink, TRAINING};
use super::scene::Scene;
use super::uses::{Layer, draw_stack};
use super::week_frame::WeekFrame;
use crate::numbers::grouped;
use dispatch::HourRow;
use simulate::{DispatchWeek, Outcomes};

/// Loads stacked over the hours, curtailed mining on top, the price below.
pub(super) fn dispatch_week(outcomes: &Outcomes) -> Scene {
    let week = &outcomes.week;
    let month = format!("{} {}", MONTHS[week.month.month0()], week.month.year);
    let path = match outcomes.n_paths {
        1 => "the one path".into(),
        _ => format!("path {} of the simulation", week.path),
    };
    let layers = layers(week);
    let highest = stacked(&layers).into_iter().fold(week.interconnect_mw, f64::max);
    let prices: Vec<f64> = week.rows.iter().map(|row| row.price_usd_per_mwh).collect();
    let frame = WeekFrame::new(&prices, week.step_hours, highest);
    let title = format!("A dispatched week: {}", week.policy);
    let mut scene = titled(&title, &format!("{month}, {path}"), frame.caption());
    frame.draw_axes(&mut scene, &days(week));
    if week.rows.is_empty() {
        frame.loads.draw_nothing(&mut scene, "No week was dispatched.");
    }
    draw_stack(&mut scene, &frame.loads, &layers, week.step_hours);
    let hours = week.rows.len().max(1) as f64 * week.step_hours;
    let limit = [frame.loads.at(0.0, week.interconnect_mw), frame.loads.at(hours, week.interconnect_mw)];
    scene.dashed(&limit, 1.8, 9.0, Ink::TEXT);
    frame.draw_price(&mut scene);
    draw_legends(&mut scene, week, &layers, &frame);
    scene
}

fn layers(week: &DispatchWeek) -> Vec<Layer> {
    let mw = |of: &dyn Fn(&HourRow) -> f64| week.rows.iter().map(of).collect::<Vec<f64>>();
    let layer = |name: &str, look, heights| Layer { name: name.into(), look, heights };
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
    let n = layers.iter().map(|layer| layer.heights.len()).max().unwrap_or(0);
    (0..n).map(|i| layers.iter().map(|layer| layer.heights[i].max(0.0)).sum()).collect()
}

/// The date of each day, and its intervals.
fn days(week: &DispatchWeek) -> Vec<(String, usize)> {
    let same_day = |a: &HourRow, b: &HourRow| a.day == b.day;
    let date = |day: usize| format!("{} {}", MONTHS[week.month.month0()], day + 1);
    week.rows.chunk_by(same_day).map(|rows| (date(rows[0].day), rows.len())).collect()
}

fn draw_legends(scene: &mut Scene, week: &DispatchWeek, layers: &[Layer], frame: &WeekFrame<'_>) {
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
    draw_legend(scene, frame.loads.top, &entries);
    draw_legend(scene, frame.prices.top, &[frame.price_entry()]);
}

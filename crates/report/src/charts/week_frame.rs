//! The frame of a week: megawatts above, the price of power below, days across.

use super::frame::{Entry, Key, PANEL_LEFT, Panel};
use super::palette::Ink;
use super::scale::Scale;
use super::scene::{Align, Scene, text_width};

/// Prices up to this, USD/MWh either way, stand on a linear part of the axis when some go far beyond.
const LINEAR_TO: f64 = 100.0;
/// Prices below this, USD/MWh, are worth a tick of their own.
const BELOW_ZERO: f64 = -20.0;

/// Two panels over the same hours.
pub(super) struct WeekFrame<'a> {
    pub(super) loads: Panel,
    pub(super) prices: Panel,
    /// Price of each interval, USD/MWh.
    price_usd_per_mwh: &'a [f64],
    step_hours: f64,
    /// Whether the price axis is logarithmic beyond its linear part.
    bent: bool,
}

impl<'a> WeekFrame<'a> {
    /// A frame for these intervals, with room for `highest_mw`.
    pub(super) fn new(price_usd_per_mwh: &'a [f64], step_hours: f64, highest_mw: f64) -> Self {
        let (low, high) = range(price_usd_per_mwh);
        let bent = high > 2.5 * LINEAR_TO || low < -LINEAR_TO;
        let hours = price_usd_per_mwh.len().max(1) as f64 * step_hours;
        let x = Scale::linear(0.0, hours);
        let y = Scale::linear(0.0, highest_mw * 1.04);
        let loads = Panel { left: PANEL_LEFT, right: 935.0, top: 88.0, bottom: 380.0, x, y };
        let y = if bent {
            // Prices well below zero need a tick there, and the first is at half of the linear part.
            let lowest =
                if low < BELOW_ZERO { (1.2 * low).min(-0.5 * LINEAR_TO) } else { 1.2 * low.min(0.0) };
            Scale::symlog(lowest, high * 1.2, LINEAR_TO)
        } else {
            Scale::rounded(low.min(0.0), high, 5)
        };
        let prices = Panel { top: 412.0, bottom: 596.0, y, ..loads };
        Self { loads, prices, price_usd_per_mwh, step_hours, bent }
    }

    /// What the axes mean.
    pub(super) fn caption(&self) -> &'static str {
        if self.bent {
            "Price axis: linear to 100 USD/MWh either way, logarithmic beyond, so that ordinary hours stay readable beside \
             spikes. MW are at the meter."
        } else {
            "MW are at the meter."
        }
    }

    /// Axes, lines at midnights, and the date in the middle of each day that has room for it; days with their intervals.
    pub(super) fn draw_axes(&self, scene: &mut Scene, days: &[(String, usize)]) {
        const SIZE: f64 = 14.0;
        self.loads.draw_y_axis(scene, "MW at the meter", 6);
        self.prices.draw_y_axis(scene, "Price, USD/MWh", 5);
        let mut start = 0;
        for (date, length) in days {
            let [from, to] = [start, start + length].map(|i| self.loads.x_of(i as f64 * self.step_hours));
            for panel in [&self.loads, &self.prices] {
                scene.line(vec![(from, panel.top), (from, panel.bottom)], 1.0, Ink::GRID);
            }
            if text_width(date, SIZE) + 6.0 <= to - from {
                let at = (0.5 * (from + to), self.prices.bottom + 21.0);
                scene.text(date.as_str(), at, SIZE, Align::Middle, Ink::TEXT);
            }
            start += length;
        }
        self.prices.draw_x_name(scene, "Day, local clock (lines at midnight)");
    }

    /// A value of the upper panel as steps over the intervals.
    pub(super) fn mw_steps(&self, mw: &[f64]) -> Vec<(f64, f64)> {
        steps(&self.loads, mw, self.step_hours)
    }

    /// The price, and the edges of both panels over everything.
    pub(super) fn draw_price(&self, scene: &mut Scene) {
        let line = steps(&self.prices, self.price_usd_per_mwh, self.step_hours);
        scene.line(line, 1.8, Ink::VERMILLION);
        self.loads.draw_edge(scene);
        self.prices.draw_edge(scene);
    }

    /// The legend's entry of the price.
    pub(super) fn price_entry(&self) -> Entry {
        let note = if self.bent { "linear to ±100, logarithmic beyond" } else { "" };
        Entry { key: Key::Line(Ink::VERMILLION), name: "Settlement price".into(), note: note.into() }
    }
}

fn steps(panel: &Panel, values: &[f64], step_hours: f64) -> Vec<(f64, f64)> {
    let corners = values.iter().enumerate().flat_map(|(i, value)| [(i, value), (i + 1, value)]);
    corners.map(|(i, value)| panel.at(i as f64 * step_hours, *value)).collect()
}

fn range(values: &[f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    (low, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

//! Fan charts of the markets: how far paths spread.

use super::frame::{Entry, Key, Panel, draw_legend, month_axis_name, month_ticks, titled};
use super::palette::Ink;
use super::scale::Scale;
use super::scene::{Point, Scene};
use crate::numbers::{counted_paths, decimals_of_size, grouped, unit};
use simulate::{FactorOutcome, Outcomes};

/// Beyond this ratio of highest to lowest the axis is logarithmic.
const LOG_RATIO: f64 = 20.0;
/// A range below this share of the values is that of a constant.
const CONSTANT: f64 = 0.01;
pub(super) const OUTER: Ink = Ink::BLUE.faded(0.20);
const INNER: Ink = Ink::BLUE.faded(0.42);

/// Median, mean and bands of a factor.
pub(super) fn fan(outcomes: &Outcomes, factor: &FactorOutcome) -> Scene {
    let (all, kept) = (counted_paths(outcomes.n_paths), counted_paths(outcomes.n_kept));
    let quantiles = factor.fan.quantiles();
    let one = outcomes.n_paths == 1;
    let caption = if one {
        "The one path, month by month.".to_owned()
    } else if outcomes.n_kept == outcomes.n_paths {
        format!("Over all {all}, month by month.")
    } else {
        format!("Bands and median: the first {kept}, month by month. Mean: all {all}.")
    };
    let caption = if falls_below_mean(&quantiles[2], &factor.mean) {
        format!(
            "{caption} The mean follows the scenario's curve; with this volatility the median falls below it."
        )
    } else {
        caption
    };
    let y = axis(factor, &quantiles);
    let kind = if y.is_log() { ", logarithmic axis" } else { "" };
    let unit = unit(&factor.unit);
    let mut scene = titled(&factor.title, &format!("{unit}{kind}"), &caption);
    let panel = Panel::usual(Scale::linear(0.0, outcomes.months.len().max(1) as f64), y);
    panel.draw_y_axis(&mut scene, &format!("{}, {unit}{kind}", factor.title), 7);
    panel.draw_x_axis(&mut scene, month_axis_name(&outcomes.months), &month_ticks(&outcomes.months));
    let bands = Bands { quantiles: &quantiles, mean: &factor.mean, one };
    bands.draw(&mut scene, |values| held_to_the_end(values, &panel));
    panel.draw_edge(&mut scene);
    draw_legend(&mut scene, panel.top, &bands.legend("History / the one path"));
    scene
}

/// Quantiles 5, 25, 50, 75 and 95 % and the mean, month by month; of one path the middle one alone.
pub(super) struct Bands<'a> {
    pub(super) quantiles: &'a [Vec<f64>],
    pub(super) mean: &'a [f64],
    pub(super) one: bool,
}

impl Bands<'_> {
    /// Draws them along the points that `line` makes of values by month.
    pub(super) fn draw(&self, scene: &mut Scene, line: impl Fn(&[f64]) -> Vec<Point>) {
        let bands: &[(usize, usize, Ink)] = if self.one { &[] } else { &[(0, 4, OUTER), (1, 3, INNER)] };
        for &(low, high, ink) in bands {
            let mut edge = line(&self.quantiles[high]);
            edge.extend(line(&self.quantiles[low]).into_iter().rev());
            scene.area(edge, ink);
        }
        scene.line(line(&self.quantiles[2]), 2.6, Ink::BLUE.darker(0.75));
        if !self.one {
            scene.dashed(&line(self.mean), 2.2, 8.0, Ink::VERMILLION);
        }
    }

    /// What is drawn, with values of the last month; `one_path` names the only line of one path.
    pub(super) fn legend(&self, one_path: &str) -> Vec<Entry> {
        let entry = |key, name: &str, note: String| Entry { key, name: name.into(), note };
        let middle = |name| entry(Key::Line(Ink::BLUE.darker(0.75)), name, last_value(&self.quantiles[2]));
        if self.one {
            return vec![middle(one_path)];
        }
        let range = |low: usize, high: usize| last_range(&self.quantiles[low], &self.quantiles[high]);
        vec![
            middle("Median"),
            entry(Key::Dashed(Ink::VERMILLION), "Mean", last_value(self.mean)),
            entry(Key::Band(INNER.faded(0.56)), "Middle 50 %", range(1, 3)),
            entry(Key::Band(OUTER), "Middle 90 %", range(0, 4)),
        ]
    }
}

/// Whether the median ends well below the mean, as in a law with a long upper tail.
fn falls_below_mean(median: &[f64], mean: &[f64]) -> bool {
    median.last().zip(mean.last()).is_some_and(|(median, mean)| *median < 0.7 * mean)
}

fn axis(factor: &FactorOutcome, quantiles: &[Vec<f64>]) -> Scale {
    let values = || quantiles.iter().flatten().chain(&factor.mean).copied().filter(|v| v.is_finite());
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if low > 0.0 && high / low > LOG_RATIO {
        return Scale::log(low * 0.9, high * 1.1);
    }
    let size = low.abs().max(high.abs());
    if high - low < CONSTANT * size {
        // A constant stands in the middle, and what rounding left of its range makes no axis.
        return Scale::rounded(low - 0.1 * size, high + 0.1 * size, 7);
    }
    // From zero, unless that leaves the fan in the upper half.
    let from_zero = low > 0.0 && low < 0.5 * high;
    Scale::rounded(if from_zero { 0.0 } else { low }, high, 7)
}

/// Values at the openings of months, the last held to the end of its month.
fn held_to_the_end(values: &[f64], panel: &Panel) -> Vec<Point> {
    let held = values.iter().chain(values.last()).enumerate();
    held.map(|(m, value)| panel.at(m as f64, *value)).collect()
}

pub(super) fn last_value(values: &[f64]) -> String {
    values.last().map_or_else(String::new, |value| format!("last month {}", short(*value)))
}

fn last_range(low: &[f64], high: &[f64]) -> String {
    let range = low.last().zip(high.last());
    range.map_or_else(String::new, |(low, high)| format!("last month {} to {}", short(*low), short(*high)))
}

/// Three digits or so.
fn short(value: f64) -> String {
    let unit = 10f64.powf((value.abs().log10().floor() - 2.0).max(0.0));
    let rounded = if unit > 1.0 { (value / unit).round() * unit } else { value };
    grouped(rounded, decimals_of_size(rounded.abs()))
}

//! A parameter as an axis: where its values stand, and which are written.

use super::measure::{named, short};
use crate::charts::frame::{AXIS_NAME_AT, Panel};
use crate::charts::palette::Ink;
use crate::charts::scale::Scale;
use crate::charts::scene::{Align, Scene, fit, text_width};
use crate::numbers::grouped;
use sweep::Scale as Spacing;
use sweep::spec::ParameterSpec;

/// Values beyond which round numbers are written in their place.
const MOST_OWN_TICKS: usize = 12;
const TICK_SIZE: f64 = 14.0;
/// Share of the step between values that a tick may be off by.
const TICK_ERROR: f64 = 0.05;

/// A parameter of a chart, and the values it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Title for people.
    pub label: String,
    /// Unit; empty where there is none.
    pub unit: String,
    /// What equal steps are equal in; values that are not all above zero are drawn linearly.
    pub spacing: Spacing,
    /// Values, ascending.
    pub values: Vec<f64>,
}

impl Axis {
    /// The axis of a parameter.
    #[must_use]
    pub fn of(parameter: &ParameterSpec, values: Vec<f64>) -> Self {
        let ParameterSpec { label, unit, scale, .. } = parameter.clone();
        Self { label, unit, spacing: scale, values }
    }

    /// Title and unit.
    pub(super) fn name(&self) -> String {
        named(&self.label, &self.unit)
    }

    /// Whether there are values, and each is above the one before.
    pub(super) fn is_ascending(&self) -> bool {
        let steps = || self.values.windows(2).all(|pair| pair[0] < pair[1]);
        !self.values.is_empty() && self.values.iter().all(|v| v.is_finite()) && steps()
    }

    fn is_log(&self) -> bool {
        self.spacing == Spacing::Log && self.values.iter().all(|value| *value > 0.0)
    }

    /// Where cells about the values meet: halfway between neighbours, as the axis is spaced; one more than values.
    pub(super) fn edges(&self) -> Vec<f64> {
        let is_log = self.is_log();
        let bent: Vec<f64> = self.values.iter().map(|v| if is_log { v.ln() } else { *v }).collect();
        let n = bent.len();
        // One cell alone has no neighbour to tell how wide it is.
        let alone = if is_log { 0.4 } else { 0.2 * bent[0].abs().max(1.0) };
        let step = |i: usize| if n == 1 { alone } else { bent[i + 1] - bent[i] };
        let mut edges = vec![bent[0] - 0.5 * step(0)];
        edges.extend(bent.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])));
        edges.push(bent[n - 1] + 0.5 * step(n.saturating_sub(2)));
        if is_log { edges.into_iter().map(f64::exp).collect() } else { edges }
    }

    /// An axis from one end to the other.
    pub(super) fn scale(&self, low: f64, high: f64) -> Scale {
        if self.is_log() && high > low { Scale::log(low, high) } else { Scale::linear(low, high) }
    }

    /// Values to write with their text: its own if they are few, round numbers otherwise.
    pub(super) fn ticks(&self, scale: &Scale) -> Vec<(f64, String)> {
        if self.values.len() > MOST_OWN_TICKS {
            return round_ticks(scale);
        }
        let decimals = if scale.is_log() { None } else { self.decimals() };
        let text = |value: f64| decimals.map_or_else(|| short(three_digits(value)), |n| grouped(value, n));
        self.values.iter().map(|value| (*value, text(*value))).collect()
    }

    /// Fewest decimals that tell the values well apart; none if it takes many.
    fn decimals(&self) -> Option<usize> {
        let least = self.values.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        let largest = self.values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let off =
            |unit: f64| self.values.iter().map(|v| (v - (v * unit).round() / unit).abs()).fold(0.0, f64::max);
        let is_enough = |n: &usize| off(10f64.powi(*n as i32)) <= TICK_ERROR * least.min(largest);
        (0..=4).find(is_enough).filter(|_| largest < 1e8)
    }

    /// Ticks and name of the level axis.
    pub(super) fn draw_level(&self, scene: &mut Scene, panel: &Panel) {
        let ticks = self.ticks(&panel.x);
        let room = |(_, text): &(f64, String)| 0.5 * text_width(text, TICK_SIZE) + 6.0;
        let ticks = thinned(&ticks, |(value, _)| panel.x_of(*value), room);
        panel.draw_x_axis(scene, &self.name(), &ticks);
        for (value, _) in ticks {
            let x = panel.x_of(value);
            scene.line(vec![(x, panel.bottom), (x, panel.bottom + 5.0)], 1.0, Ink::TEXT);
        }
    }

    /// Ticks and name of the upright axis.
    pub(super) fn draw_upright(&self, scene: &mut Scene, panel: &Panel) {
        panel.draw_y_name(scene, &self.name());
        let ticks = self.ticks(&panel.y);
        let room = panel.left - 9.0 - AXIS_NAME_AT - TICK_SIZE;
        for (value, text) in thinned(&ticks, |(value, _)| panel.y_of(*value), |_| 0.6 * TICK_SIZE) {
            let y = panel.y_of(value);
            scene.line(vec![(panel.left - 5.0, y), (panel.left, y)], 1.0, Ink::TEXT);
            let at = (panel.left - 9.0, y + 0.34 * TICK_SIZE);
            scene.text(fit(&text, TICK_SIZE, room), at, TICK_SIZE, Align::End, Ink::TEXT);
        }
    }
}

/// Round numbers along an axis.
fn round_ticks(scale: &Scale) -> Vec<(f64, String)> {
    let ticks = scale.ticks(8);
    if !scale.is_log() || ticks.len() > 4 {
        return ticks;
    }
    // Within a decade or so there are too few round ratios.
    let low = 10f64.powf(scale.low().log10().floor());
    let finer = [1.0, 10.0, 100.0].into_iter().flat_map(|ten| FINER.map(|m| low * ten * m));
    let within: Vec<f64> = finer.filter(|v| (scale.low()..=scale.high()).contains(v)).collect();
    if within.len() < 3 {
        return Scale::linear(scale.low(), scale.high()).ticks(6);
    }
    within.into_iter().map(|value| (value, short(value))).collect()
}

/// Multiples of a power of ten that stand about as far apart from one another.
const FINER: [f64; 7] = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0];

/// A number rounded to three digits.
fn three_digits(value: f64) -> f64 {
    if value == 0.0 {
        return value;
    }
    let unit = 10f64.powi(2 - value.abs().log10().floor() as i32);
    (value * unit).round() / unit
}

/// Every tick, or every second, third and so on, so that they stand apart; `room` is what one takes to either side.
pub(super) fn thinned<T: Clone>(ticks: &[T], at: impl Fn(&T) -> f64, room: impl Fn(&T) -> f64) -> Vec<T> {
    let every = |stride: usize| ticks.iter().step_by(stride).cloned().collect::<Vec<T>>();
    let are_apart = |kept: &Vec<T>| {
        kept.windows(2).all(|pair| (at(&pair[0]) - at(&pair[1])).abs() >= room(&pair[0]) + room(&pair[1]))
    };
    (1..=ticks.len()).map(every).find(are_apart).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(spacing: Spacing, values: &[f64]) -> Axis {
        Axis { label: "Hashprice".into(), unit: "USD/PH/day".into(), spacing, values: values.to_vec() }
    }

    fn texts(axis: &Axis) -> Vec<String> {
        let edges = axis.edges();
        let scale = axis.scale(edges[0], edges[edges.len() - 1]);
        axis.ticks(&scale).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn edges_stand_halfway_in_the_spacing() {
        assert_eq!(axis(Spacing::Linear, &[10.0, 20.0, 40.0]).edges(), [5.0, 15.0, 30.0, 50.0]);
        let log = axis(Spacing::Log, &[1.0, 4.0, 16.0]).edges();
        assert!(
            log.iter().zip([0.5, 2.0, 8.0, 32.0]).all(|(edge, expected)| (edge - expected).abs() < 1e-12)
        );
        let alone = axis(Spacing::Linear, &[-3.0]).edges();
        assert!(alone[0] < -3.0 && alone[1] > -3.0);
        assert_eq!(axis(Spacing::Log, &[0.0, 10.0]).edges(), [-5.0, 5.0, 15.0], "no logarithm of zero");
    }

    #[test]
    fn few_values_are_written_and_many_give_way_to_round_ones() {
        let thirds: Vec<f64> = (0..4).map(|i| 30.0 + 10.0 * f64::from(i) / 3.0).collect();
        assert_eq!(texts(&axis(Spacing::Linear, &thirds)), ["30.0", "33.3", "36.7", "40.0"]);
        assert_eq!(
            texts(&axis(Spacing::Log, &[0.05, 0.5, 30.314, 69_644.0])),
            ["0.05", "0.5", "30.3", "69,600"]
        );
        let many: Vec<f64> = (0..40).map(|i| 31.7 + f64::from(i)).collect();
        assert_eq!(texts(&axis(Spacing::Linear, &many)), ["35", "40", "45", "50", "55", "60", "65", "70"]);
        let ratios: Vec<f64> = (0..40).map(|i| 20.0 * 1.05_f64.powi(i)).collect();
        assert_eq!(texts(&axis(Spacing::Log, &ratios)), ["20", "30", "40", "50", "70", "100"]);
        assert!(!axis(Spacing::Linear, &[2.0, 1.0]).is_ascending());
    }
}

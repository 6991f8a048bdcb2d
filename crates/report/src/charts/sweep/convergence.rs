//! How estimates settle as points are added.

use super::Words;
use super::axis::thinned;
use super::legend::draw_within;
use super::measure::{Estimate, Measure};
use crate::charts::frame::{Entry, Key, Panel};
use crate::charts::palette::{self, Ink};
use crate::charts::scale::Scale;
use crate::charts::scene::{Point, Scene, text_width};
use crate::numbers::grouped;

const TICK_SIZE: f64 = 14.0;

/// Estimates against the number of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Convergence {
    /// Title, subtitle and note.
    pub words: Words,
    /// What is estimated.
    pub measure: Measure,
    /// What is counted along the level axis, such as points.
    pub counted: String,
    /// Whether series are policies, which have colours of their own.
    pub of_policies: bool,
    /// A line for each estimate.
    pub series: Vec<ConvergenceSeries>,
}

/// An estimate as points are added.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvergenceSeries {
    /// Name, such as that of a parameter.
    pub name: String,
    /// Estimates, by rising number of points.
    pub points: Vec<ConvergencePoint>,
}

/// An estimate from the first points of a sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConvergencePoint {
    /// Number of points, at least 1.
    pub n_points: usize,
    /// The estimate with its interval.
    pub estimate: Estimate,
}

impl Convergence {
    pub(super) fn scene(&self) -> Scene {
        let mut scene =
            self.words.titled("Bands: the intervals of the estimates. The axis of numbers is logarithmic.");
        let all = || self.series.iter().flat_map(|series| &series.points).filter(|point| point.n_points > 0);
        let panel = self.panel(all().copied());
        panel.draw_y_axis(&mut scene, &self.measure.name(), 7);
        panel.draw_x_axis(&mut scene, &format!("Number of {}", self.counted), &powers_of_two(&panel));
        if all().next().is_none() {
            panel.draw_nothing(&mut scene, "No estimate has an interval yet.");
        }
        let lines = || self.series.iter().enumerate();
        for (i, series) in lines() {
            let mut edge = self.line(&panel, series, |estimate| estimate.high);
            edge.extend(self.line(&panel, series, |estimate| estimate.low).into_iter().rev());
            scene.area(edge, self.ink(i).faded(0.16));
        }
        for (i, series) in lines() {
            let line = self.line(&panel, series, |estimate| estimate.value);
            let ink = self.ink(i);
            line.iter().for_each(|at| scene.dot(*at, 3.4, ink));
            scene.line(line, 2.4, ink);
        }
        panel.draw_edge(&mut scene);
        let entries = lines().map(|(i, series)| self.entry(i, series)).collect();
        draw_within(&mut scene, panel.top, panel.bottom + 44.0, entries);
        scene
    }

    fn ink(&self, i: usize) -> Ink {
        if self.of_policies { palette::policy(&self.series[i].name, i) } else { palette::series(i) }
    }

    fn panel(&self, points: impl Iterator<Item = ConvergencePoint> + Clone) -> Panel {
        let sizes = points.clone().map(|point| point.n_points as f64);
        let (first, last) = (sizes.clone().fold(f64::INFINITY, f64::min), sizes.fold(1.0, f64::max));
        // One size alone stands in the middle.
        let (first, last) = if first < last { (first, last) } else { (0.5 * last, 2.0 * last) };
        let ends = points.flat_map(|point| [point.estimate.value, point.estimate.low, point.estimate.high]);
        let ends = ends.map(|end| self.measure.shown(end));
        let (low, high) =
            (ends.clone().fold(f64::INFINITY, f64::min), ends.fold(f64::NEG_INFINITY, f64::max));
        let low = if low > 0.0 && low < 0.5 * high { 0.0 } else { low };
        Panel::usual(Scale::log(first, last), Scale::rounded(low, high, 7))
    }

    fn line(&self, panel: &Panel, series: &ConvergenceSeries, of: impl Fn(&Estimate) -> f64) -> Vec<Point> {
        let points = series.points.iter().filter(|point| point.n_points > 0);
        points.map(|point| panel.at(point.n_points as f64, self.measure.shown(of(&point.estimate)))).collect()
    }

    fn entry(&self, i: usize, series: &ConvergenceSeries) -> Entry {
        let note = series.points.last().map_or_else(String::new, |point| {
            let [value, low, high] = [point.estimate.value, point.estimate.low, point.estimate.high]
                .map(|end| self.measure.shown(end))
                .map(|end| grouped(end, if end.abs() < 10.0 { 3 } else { 0 }));
            format!("{value}; {low} to {high}")
        });
        Entry { key: Key::Line(self.ink(i)), name: series.name.clone(), note }
    }
}

/// Powers of two within the axis, every one or fewer.
fn powers_of_two(panel: &Panel) -> Vec<(f64, String)> {
    let within =
        |value: &f64| *value >= panel.x.low() * (1.0 - 1e-9) && *value <= panel.x.high() * (1.0 + 1e-9);
    let ticks: Vec<(f64, String)> =
        (0..=40).map(|k| 2f64.powi(k)).filter(within).map(|value| (value, grouped(value, 0))).collect();
    thinned(&ticks, |(value, _)| panel.x_of(*value), |(_, text)| 0.5 * text_width(text, TICK_SIZE) + 6.0)
}

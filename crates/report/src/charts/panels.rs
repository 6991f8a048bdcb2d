//! A model beside history: a grid of small panels, each with its legend above the data.

use super::frame::{MONTHS, Panel as Axes, grid_line};
use super::palette::Ink;
use super::scale::Scale;
use super::scene::{Align, Label, Point, Scene, WIDTH, fit, text_width};
use crate::numbers::compact;
use market::{CurveRole, Panel, PanelCurve};

const MARGIN: f64 = 28.0;
const APART: f64 = 36.0;
const TITLE_SIZE: f64 = 24.0;
const PANEL_TITLE_SIZE: f64 = 16.0;
const NAME_SIZE: f64 = 14.0;
const TICK_SIZE: f64 = 14.0;
const LEGEND_SIZE: f64 = 14.0;
const LEGEND_LINE: f64 = 19.0;
const KEY_WIDTH: f64 = 26.0;
/// Height of the data of a panel in a grid, and of one alone.
const PLOT_HEIGHT: f64 = 236.0;
const LONE_PLOT_HEIGHT: f64 = 420.0;
/// What stands below the data: ticks and the name of the axis.
const FOOT: f64 = 62.0;
/// Ratio of highest to lowest value below which a logarithmic axis has too few round numbers.
const LEAST_LOG_RATIO: f64 = 2.5;

/// The figure, as high as its rows need.
pub(super) fn figure(title: &str, panels: &[Panel]) -> Scene {
    let mut scene = Scene::default();
    let text = fit(title, TITLE_SIZE, (WIDTH - 2.0 * MARGIN) / 1.2);
    bold(&mut scene, text, (MARGIN, 40.0), TITLE_SIZE);
    let n_columns = panels.len().clamp(1, 2);
    let width = (WIDTH - 2.0 * MARGIN - APART * (n_columns - 1) as f64) / n_columns as f64;
    let drawings: Vec<Drawing<'_>> = panels.iter().map(|panel| Drawing::new(panel, width)).collect();
    // Data of one column begin at one place, however long the numbers beside them.
    let ticks = |column: usize| {
        let widths = drawings.iter().skip(column).step_by(n_columns).map(|drawing| drawing.tick_width);
        widths.fold(0.0, f64::max) + 14.0
    };
    let tick_room: Vec<f64> = (0..n_columns).map(ticks).collect();
    let mut top = 62.0;
    let plot_height = if panels.len() == 1 { LONE_PLOT_HEIGHT } else { PLOT_HEIGHT };
    for row in drawings.chunks(n_columns) {
        let head = row.iter().map(Drawing::head).fold(0.0, f64::max);
        for (column, drawing) in row.iter().enumerate() {
            let left = MARGIN + column as f64 * (width + APART);
            let plot_top = top + head;
            let axes = Axes {
                left: left + tick_room[column],
                right: left + width,
                top: plot_top,
                bottom: plot_top + plot_height,
                x: drawing.x,
                y: drawing.y,
            };
            drawing.draw(&mut scene, (left, top), &axes);
        }
        top += head + plot_height + FOOT;
    }
    scene.height = top.max(120.0).ceil();
    scene
}

fn bold(scene: &mut Scene, text: String, at: Point, size: f64) {
    let ink = Ink::TEXT;
    scene.label(Label { text, at, size, align: Align::Start, bold: true, upward: false, ink });
}

/// A panel with its scales, looks and the room its words take.
struct Drawing<'a> {
    panel: &'a Panel,
    width: f64,
    x: Scale,
    y: Scale,
    looks: Vec<Ink>,
    /// The entries of the legend by line, each with its place along it.
    legend: Vec<Vec<(usize, f64, String)>>,
    tick_width: f64,
}

impl<'a> Drawing<'a> {
    fn new(panel: &'a Panel, width: f64) -> Self {
        let (x, y) = (x_scale(panel), y_scale(panel));
        let widest = y_ticks(&y).iter().map(|(_, text)| text_width(text, TICK_SIZE)).fold(0.0, f64::max);
        Self { panel, width, x, y, looks: looks(panel), legend: legend(panel, width), tick_width: widest }
    }

    /// Height of title, name of the upright axis and legend.
    fn head(&self) -> f64 {
        16.0 + 22.0 + self.legend.len() as f64 * LEGEND_LINE + 15.0
    }

    fn draw(&self, scene: &mut Scene, (left, top): Point, axes: &Axes) {
        let title = fit(&self.panel.title, PANEL_TITLE_SIZE, self.width / 1.2);
        bold(scene, title, (left, top + 16.0), PANEL_TITLE_SIZE);
        let kind = if self.y.is_log() { ", logarithmic axis" } else { "" };
        let name = fit(&format!("{}{kind}", self.panel.y_label), NAME_SIZE, self.width);
        scene.text(name, (left, top + 35.0), NAME_SIZE, Align::Start, Ink::QUIET);
        for (line, entries) in self.legend.iter().enumerate() {
            let baseline = top + 38.0 + LEGEND_LINE * (line + 1) as f64;
            for (curve, along, name) in entries {
                let x = left + along;
                self.draw_key(scene, *curve, (x, baseline - 0.34 * LEGEND_SIZE));
                let at = (x + KEY_WIDTH + 6.0, baseline);
                scene.text(name, at, LEGEND_SIZE, Align::Start, Ink::TEXT);
            }
        }
        self.draw_grid(scene, axes);
        let has = |curve: &PanelCurve| points(curve, &self.y).iter().any(Option::is_some);
        if !self.panel.curves.iter().any(has) {
            axes.draw_nothing(scene, "nothing to show");
        }
        for curve in 0..self.panel.curves.len() {
            self.draw_curve(scene, axes, curve);
        }
        axes.draw_edge(scene);
    }

    fn draw_grid(&self, scene: &mut Scene, axes: &Axes) {
        let mut last = f64::INFINITY;
        for (value, text) in y_ticks(&self.y) {
            let y = axes.y_of(value);
            if last - y < TICK_SIZE * 1.3 {
                continue;
            }
            last = y;
            let (width, ink) = grid_line(&self.y, value);
            scene.line(vec![(axes.left, y), (axes.right, y)], width, ink);
            let at = (axes.left - 8.0, y + 0.34 * TICK_SIZE);
            scene.text(text, at, TICK_SIZE, Align::End, Ink::TEXT);
        }
        let mut end = f64::NEG_INFINITY;
        for (value, text) in x_ticks(self.panel, &self.x) {
            let (x, half) = (axes.x_of(value), 0.5 * text_width(&text, TICK_SIZE));
            // A tick at the very edge may not reach into the next panel.
            if x - half < end + 10.0 || x + half > axes.right + 0.4 * APART {
                continue;
            }
            end = x + half;
            scene.line(vec![(x, axes.top), (x, axes.bottom + 5.0)], 1.0, Ink::GRID);
            scene.text(text, (x, axes.bottom + 18.0), TICK_SIZE, Align::Middle, Ink::TEXT);
        }
        let name = fit(&self.panel.x_label, NAME_SIZE, axes.right - axes.left);
        let at = (0.5 * (axes.left + axes.right), axes.bottom + 37.0);
        scene.text(name, at, NAME_SIZE, Align::Middle, Ink::QUIET);
    }

    fn draw_curve(&self, scene: &mut Scene, axes: &Axes, index: usize) {
        let (curve, ink) = (&self.panel.curves[index], self.looks[index]);
        let points = points(curve, &self.y);
        match curve.role {
            CurveRole::Points => {
                for (x, y, _) in points.into_iter().flatten() {
                    scene.dot(axes.at(x, y), 4.2, Ink::WHITE);
                    scene.dot(axes.at(x, y), 3.4, ink);
                }
            }
            CurveRole::Bars => self.draw_bars(scene, axes, index, &points),
            CurveRole::Band => {
                for run in runs(&points) {
                    let over = run.iter().map(|(x, _, upper)| axes.at(*x, *upper));
                    let under = run.iter().rev().map(|(x, y, _)| axes.at(*x, *y));
                    scene.area(over.chain(under).collect(), ink);
                }
            }
            CurveRole::History | CurveRole::Model | CurveRole::Rival => {
                for run in runs(&points) {
                    let line: Vec<Point> = run.iter().map(|(x, y, _)| axes.at(*x, *y)).collect();
                    match line.as_slice() {
                        [lone] => scene.dot(*lone, 0.8 * stroke(curve.role) + 0.6, ink),
                        _ => scene.line(line, stroke(curve.role), ink),
                    }
                }
            }
        }
    }

    /// Bars of several curves stand side by side.
    fn draw_bars(&self, scene: &mut Scene, axes: &Axes, index: usize, points: &[Option<(f64, f64, f64)>]) {
        let is_bars = |curve: &PanelCurve| curve.role == CurveRole::Bars;
        let n = self.panel.curves.iter().filter(|curve| is_bars(curve)).count() as f64;
        let place = self.panel.curves[..index].iter().filter(|curve| is_bars(curve)).count() as f64;
        let room = 0.8 * bar_room(self.panel);
        let from = if self.y.is_log() { self.y.low() } else { 0.0 };
        for (x, y, _) in points.iter().flatten() {
            let left = x - 0.5 * room + room * place / n;
            scene.rectangle(axes.at(left, from), axes.at(left + room / n, *y), self.looks[index]);
        }
    }

    fn draw_key(&self, scene: &mut Scene, curve: usize, (left, middle): Point) {
        let ink = self.looks[curve];
        let box_from = (left, middle - 6.0);
        match self.panel.curves[curve].role {
            CurveRole::Points => scene.dot((left + 0.5 * KEY_WIDTH, middle), 3.8, ink),
            CurveRole::Bars | CurveRole::Band => {
                scene.rectangle(box_from, (left + KEY_WIDTH, middle + 6.0), ink);
            }
            role => scene.line(vec![(left, middle), (left + KEY_WIDTH, middle)], stroke(role), ink),
        }
    }
}

/// Width of a line.
fn stroke(role: CurveRole) -> f64 {
    match role {
        CurveRole::History => 3.0,
        CurveRole::Rival => 1.3,
        _ => 2.0,
    }
}

/// The colour of each curve: by its role, and by its place among those of the role.
fn looks(panel: &Panel) -> Vec<Ink> {
    const MODELS: [Ink; 3] = [Ink::BLUE, Ink::GREEN, Ink::PURPLE];
    const RIVALS: [Ink; 3] = [Ink::VERMILLION, Ink::PURPLE, Ink::GREEN];
    const BANDS: [Ink; 3] = [Ink::SKY.faded(0.38), Ink::ORANGE.faded(0.3), Ink::GREEN.faded(0.25)];
    const DOTS: [Ink; 4] = [Ink::TEXT, Ink::VERMILLION, Ink::ORANGE, Ink::PURPLE];
    const BARS: [Ink; 3] = [Ink::FORESIGHT, Ink::SKY, Ink::ORANGE];
    let nth = |index: usize| {
        let role = panel.curves[index].role;
        panel.curves[..index].iter().filter(|curve| curve.role == role).count()
    };
    let look = |index: usize| match panel.curves[index].role {
        CurveRole::History => [Ink::TEXT, Ink::FORESIGHT][nth(index) % 2],
        CurveRole::Model => MODELS[nth(index) % 3],
        CurveRole::Rival => RIVALS[nth(index) % 3],
        CurveRole::Band => BANDS[nth(index) % 3],
        CurveRole::Points => DOTS[nth(index) % 4],
        CurveRole::Bars => BARS[nth(index) % 3],
    };
    (0..panel.curves.len()).map(look).collect()
}

/// Names laid out in lines as wide as the panel; curves of the same name and role are named once.
fn legend(panel: &Panel, width: f64) -> Vec<Vec<(usize, f64, String)>> {
    let mut lines: Vec<Vec<(usize, f64, String)>> = Vec::new();
    let mut along = f64::INFINITY;
    for (i, curve) in panel.curves.iter().enumerate() {
        let known = |other: &PanelCurve| other.name == curve.name && other.role == curve.role;
        if curve.name.is_empty() || panel.curves[..i].iter().any(known) {
            continue;
        }
        let name = fit(&curve.name, LEGEND_SIZE, width - KEY_WIDTH - 6.0);
        let taken = KEY_WIDTH + 6.0 + text_width(&name, LEGEND_SIZE);
        if along + taken > width {
            lines.push(Vec::new());
            along = 0.0;
        }
        if let Some(line) = lines.last_mut() {
            line.push((i, along, name));
        }
        along += taken + 18.0;
    }
    lines
}

/// The points that can be drawn, with gaps where one cannot.
fn points(curve: &PanelCurve, y: &Scale) -> Vec<Option<(f64, f64, f64)>> {
    let sound = |value: f64| value.is_finite() && (!y.is_log() || value > 0.0);
    let mut uppers = curve.upper.iter().copied();
    curve
        .x
        .iter()
        .zip(&curve.y)
        .map(|(&x, &low)| {
            let upper = uppers.next().unwrap_or(low);
            // A band down to zero ends at the foot of a logarithmic axis.
            let low = if curve.role == CurveRole::Band && y.is_log() { low.max(y.low()) } else { low };
            (x.is_finite() && sound(low) && sound(upper)).then_some((x, low, upper))
        })
        .collect()
}

/// Stretches without a gap.
fn runs(points: &[Option<(f64, f64, f64)>]) -> Vec<Vec<(f64, f64, f64)>> {
    let stretches = points.split(Option::is_none).filter(|run| !run.is_empty());
    stretches.map(|run| run.iter().flatten().copied().collect()).collect()
}

/// The distance between neighbouring bars.
fn bar_room(panel: &Panel) -> f64 {
    let bars = panel.curves.iter().filter(|curve| curve.role == CurveRole::Bars);
    let apart = bars.flat_map(|curve| curve.x.windows(2).map(|pair| pair[1] - pair[0]));
    let least = apart.filter(|apart| *apart > 0.0).fold(f64::INFINITY, f64::min);
    if least.is_finite() { least } else { 1.0 }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

fn x_scale(panel: &Panel) -> Scale {
    let half_bar = 0.5 * bar_room(panel);
    let reach = |curve: &PanelCurve| if curve.role == CurveRole::Bars { half_bar } else { 0.0 };
    let ends = |curve: &PanelCurve| -> Vec<f64> {
        curve.x.iter().flat_map(|x| [x - reach(curve), x + reach(curve)]).collect()
    };
    let (mut low, mut high) = range(panel.curves.iter().flat_map(ends));
    if panel.curves.iter().any(|curve| curve.role == CurveRole::Points) {
        // Dots stand clear of the edges.
        let room = 0.02 * (high - low);
        (low, high) = (low - room, high + room);
    }
    Scale::linear(low, high)
}

fn y_scale(panel: &Panel) -> Scale {
    let values = || panel.curves.iter().flat_map(|curve| curve.y.iter().chain(&curve.upper).copied());
    if panel.log_y {
        let (low, high) = range(values().filter(|value| *value > 0.0));
        if low.is_finite() && high / low > LEAST_LOG_RATIO {
            return Scale::log(0.9 * low, 1.1 * high);
        }
    }
    let (mut low, mut high) = range(values());
    let has_bars = panel.curves.iter().any(|curve| curve.role == CurveRole::Bars);
    if has_bars || (low > 0.0 && low < 0.5 * high) {
        low = low.min(0.0);
    }
    if has_bars || (high < 0.0 && high > 0.5 * low) {
        high = high.max(0.0);
    }
    if low == high {
        // A constant stands in the middle.
        (low, high) = (low - 0.1 * low.abs().max(1e-9), high + 0.1 * high.abs().max(1e-9));
    }
    Scale::rounded(low, high, 5)
}

fn y_ticks(y: &Scale) -> Vec<(f64, String)> {
    // Within a decade round steps say more than the few round ratios.
    let is_short = y.is_log() && y.high() / y.low() < 12.0;
    let mut ticks = if is_short { Scale::linear(y.low(), y.high()).ticks(6) } else { y.ticks(5) };
    for (value, text) in &mut ticks {
        if text.chars().count() > 11 {
            *text = compact(*value);
        }
    }
    ticks
}

/// Years carry no commas, and hours of the day stand three apart.
fn x_ticks(panel: &Panel, x: &Scale) -> Vec<(f64, String)> {
    let label = panel.x_label.to_lowercase();
    let (low, high) = (x.low(), x.high());
    let steps = |step: usize, last: usize| -> Vec<(f64, String)> {
        (0..=last).step_by(step).map(|v| (v as f64, v.to_string())).filter(|(v, _)| *v <= high).collect()
    };
    if label.contains("hour") && low >= -0.6 && (22.0..=24.6).contains(&high) {
        return steps(3, 24);
    }
    if label.contains("month") && low >= 0.0 && (11.0..=12.6).contains(&high) {
        return steps(1, 12).into_iter().filter(|(v, _)| *v >= low).collect();
    }
    let is_years = (1900.0..2200.0).contains(&low) && (1900.0..2200.0).contains(&high);
    if is_years && high - low < 4.5 {
        // Half years where quarters have no room.
        let every = if high - low < 2.5 { 1 } else { 2 };
        let quarters = (4.0 * low).ceil() as i32..=(4.0 * high).floor() as i32;
        let quarters = quarters.filter(|quarter| quarter % every == 0);
        let text = |quarter: i32| format!("{} {}", MONTHS[3 * (quarter % 4) as usize], quarter / 4);
        return quarters.map(|quarter| (f64::from(quarter) / 4.0, text(quarter))).collect();
    }
    let ticks = x.ticks(6);
    if is_years { ticks.into_iter().map(|(v, text)| (v, text.replace(',', ""))).collect() } else { ticks }
}

#[cfg(test)]
mod tests;

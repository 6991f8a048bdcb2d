//! Each policy over one parameter, with bands of two standard errors, and where two policies are worth the same.

use super::Words;
use super::axis::Axis;
use super::legend::draw_within;
use super::measure::{Estimate, Measure, short};
use crate::charts::frame::{Entry, Key, Panel};
use crate::charts::labels::{Box4, LABEL_SIZE, apart, box_about, boxed};
use crate::charts::palette::{self, Ink};
use crate::charts::scale::Scale;
use crate::charts::scene::{Point, Scene, fit};

/// Widest label of a crossing.
const WIDEST: f64 = 260.0;

/// The objective of each policy over a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    /// Title, subtitle and note.
    pub words: Words,
    /// The parameter and its values.
    pub x: Axis,
    /// What the lines measure.
    pub measure: Measure,
    /// A line for each policy, in the order of the race, which is their colour.
    pub lines: Vec<PolicyLine>,
    /// Where two policies are worth the same.
    pub crossings: Vec<Crossing>,
    /// Value of the parameter at the base, if it has one.
    pub base: Option<f64>,
}

/// A policy over a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyLine {
    /// Name of the policy.
    pub name: String,
    /// Its measure at each value of the axis with two standard errors either way; `None` where the point failed.
    pub estimates: Vec<Option<Estimate>>,
}

/// Where two policies are worth the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Value of the parameter.
    pub at: f64,
    /// The measure of both there.
    pub value: f64,
    /// Which policies, such as `dp = all-mining`.
    pub label: String,
}

impl LineChart {
    pub(super) fn scene(&self) -> Scene {
        let mut scene = self.words.titled(&self.caption());
        let y = self.y_scale();
        if !self.x.is_ascending() {
            let panel = Panel::usual(Scale::linear(0.0, 1.0), y);
            panel.draw_nothing(&mut scene, "The parameter has no rising values.");
            return scene;
        }
        let (first, last) = (self.x.values[0], self.x.values[self.x.values.len() - 1]);
        let edges = self.x.edges();
        // One value alone stands in the middle.
        let x = if first < last { self.x.scale(first, last) } else { self.x.scale(edges[0], edges[1]) };
        let panel = Panel::usual(x, y);
        panel.draw_y_axis(&mut scene, &self.measure.name(), 7);
        self.x.draw_level(&mut scene, &panel);
        self.draw_lines(&mut scene, &panel);
        panel.draw_edge(&mut scene);
        self.draw_uprights(&mut scene, &panel);
        draw_within(&mut scene, panel.top, panel.bottom + 44.0, self.entries());
        scene
    }

    fn caption(&self) -> String {
        let is_missing =
            |i: &usize| self.lines.iter().any(|line| line.estimates.get(*i).copied().flatten().is_none());
        let failed = match (0..self.x.values.len()).filter(is_missing).count() {
            0 => String::new(),
            1 => " One point has no result: it failed or was not run.".into(),
            n => format!(" {n} points have no result: they failed or were not run."),
        };
        format!(
            "Bands: ± 2 standard errors over paths. Lines are straight between the points that were run.{failed}"
        )
    }

    fn y_scale(&self) -> Scale {
        let ends = self.lines.iter().flat_map(|line| line.estimates.iter().flatten());
        let ends = ends.flat_map(|e| [e.value, e.low, e.high]).map(|end| self.measure.shown(end));
        let (low, high) =
            (ends.clone().fold(f64::INFINITY, f64::min), ends.fold(f64::NEG_INFINITY, f64::max));
        let low = if low > 0.0 && low < 0.5 * high { 0.0 } else { low };
        Scale::rounded(low, high, 7)
    }

    fn draw_lines(&self, scene: &mut Scene, panel: &Panel) {
        let place = |i: usize, value: f64| panel.at(self.x.values[i], self.measure.shown(value));
        let runs = |line: &PolicyLine| -> Vec<Vec<(usize, Estimate)>> {
            let given =
                self.x.values.iter().enumerate().map(|(i, _)| (i, line.estimates.get(i).copied().flatten()));
            let given: Vec<(usize, Option<Estimate>)> = given.collect();
            let pieces = given.split(|(_, estimate)| estimate.is_none());
            pieces.map(|piece| piece.iter().filter_map(|(i, e)| Some((*i, (*e)?))).collect()).collect()
        };
        for (policy, line) in self.lines.iter().enumerate() {
            for run in runs(line) {
                let mut edge: Vec<Point> = run.iter().map(|(i, e)| place(*i, e.high)).collect();
                edge.extend(run.iter().rev().map(|(i, e)| place(*i, e.low)));
                scene.area(edge, palette::policy(&line.name, policy).faded(0.2));
            }
        }
        for (policy, line) in self.lines.iter().enumerate() {
            for run in runs(line) {
                let middle: Vec<Point> = run.iter().map(|(i, e)| place(*i, e.value)).collect();
                if let [(i, alone)] = run[..] {
                    // A band has no width at one point.
                    let ends = [alone.low, alone.high].map(|end| place(i, end));
                    scene.line(ends.to_vec(), 1.6, palette::policy(&line.name, policy));
                }
                middle.iter().for_each(|at| scene.dot(*at, 3.6, palette::policy(&line.name, policy)));
                scene.line(middle, 2.5, palette::policy(&line.name, policy));
            }
        }
    }

    /// The base and the crossings, each with its label where the others leave room.
    fn draw_uprights(&self, scene: &mut Scene, panel: &Panel) {
        let inside = |at: f64| (panel.x.low()..=panel.x.high()).contains(&at);
        let base = self.base.filter(|at| inside(*at)).map(|at| (at, format!("base {}", short(at))));
        let crossings = self.crossings.iter().filter(|crossing| inside(crossing.at));
        let named = crossings
            .clone()
            .map(|crossing| (crossing.at, format!("{} at {}", crossing.label, short(crossing.at))));
        let uprights: Vec<(f64, String)> = base.into_iter().chain(named).collect();
        for (at, _) in &uprights {
            let x = panel.x_of(*at);
            scene.dashed(&[(x, panel.bottom), (x, panel.top)], 1.6, 7.0, Ink::TEXT);
        }
        for crossing in crossings {
            scene.diamond(panel.at(crossing.at, self.measure.shown(crossing.value)), 6.0, Ink::WHITE);
        }
        let mut taken: Vec<Box4> = Vec::new();
        for (at, text) in uprights {
            let text = fit(&text, LABEL_SIZE, WIDEST);
            if let Some((middle, place)) = free_place(panel, panel.x_of(at), &text, &taken) {
                boxed(scene, &text, (middle.0, middle.1 + 0.34 * LABEL_SIZE));
                taken.push(place);
            }
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let lines = self.lines.iter().enumerate().map(|(policy, line)| Entry {
            key: Key::Line(palette::policy(&line.name, policy)),
            name: line.name.clone(),
            note: String::new(),
        });
        let break_even = || Entry {
            key: Key::Diamond(Ink::WHITE),
            name: "Break-even".into(),
            note: "two policies are worth the same".into(),
        };
        lines.chain((!self.crossings.is_empty()).then(break_even)).collect()
    }
}

/// The highest place for a label at an upright line that is inside the panel and clear of others.
fn free_place(panel: &Panel, x: f64, text: &str, taken: &[Box4]) -> Option<(Point, Box4)> {
    let about = box_about(text, (x, 0.0));
    let half = 0.5 * (about[2] - about[0]);
    let x = x.clamp(panel.left + half + 1.0, panel.right - half - 1.0);
    (0..).map(|i| panel.top + 16.0 + 29.0 * f64::from(i)).take_while(|y| *y < panel.bottom - 16.0).find_map(
        |y| {
            let place = box_about(text, (x, y));
            taken.iter().all(|other| apart(&place, other)).then_some(((x, y), place))
        },
    )
}

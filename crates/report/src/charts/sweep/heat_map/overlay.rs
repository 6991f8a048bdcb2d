//! What lies over the cells: lines with their labels, and a point to look at.

use super::{Contour, MarkedPoint};
use crate::charts::frame::{Entry, Key, Panel};
use crate::charts::labels::{Box4, LABEL_SIZE, apart, box_about, boxed, draw_mark, mark_box};
use crate::charts::palette::Ink;
use crate::charts::scale::Scale;
use crate::charts::scene::{Point, Scene, fit};
use crate::charts::sweep::measure::short;

/// Where along a line its label is tried, as shares of its corners.
const TRIED: [f64; 9] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9];
/// Widest label.
const WIDEST: f64 = 260.0;

/// Lines and marks with the places that their labels take.
pub(super) struct Overlay {
    /// Label of each line, and its pieces in the frame.
    lines: Vec<(String, Vec<Vec<Point>>)>,
    /// Points close together along all lines.
    track: Vec<Point>,
    /// Text, place and box of each label of a line.
    labels: Vec<(String, Point, Box4)>,
    /// Name, value and place of the marked point, and its box.
    mark: Option<(MarkedPoint, Point, Box4)>,
}

impl Overlay {
    pub(super) fn of(panel: &Panel, contours: &[Contour], marked: Option<&MarkedPoint>) -> Self {
        let mark = marked.filter(|mark| is_inside(&panel.x, mark.at[0]) && is_inside(&panel.y, mark.at[1]));
        let mark = mark.map(|mark| {
            let at = panel.at(mark.at[0], mark.at[1]);
            let name = fit(&mark.name, LABEL_SIZE, WIDEST);
            (MarkedPoint { name: name.clone(), ..*mark }, at, mark_box(panel, at, &name))
        });
        let lines: Vec<(String, Vec<Vec<Point>>)> = contours
            .iter()
            .map(|line| {
                let in_frame = |piece: &Vec<[f64; 2]>| piece.iter().map(|[x, y]| panel.at(*x, *y)).collect();
                (line.label.clone(), line.pieces.iter().map(in_frame).collect())
            })
            .collect();
        let mut taken: Vec<Box4> = mark.iter().map(|(.., place)| *place).collect();
        let mut labels = Vec::new();
        for (label, pieces) in &lines {
            if let Some((text, at, place)) = label_of(panel, label, pieces, &taken) {
                taken.push(place);
                labels.push((text, at, place));
            }
        }
        let track = lines.iter().flat_map(|(_, pieces)| pieces).flat_map(|piece| track(piece)).collect();
        Self { lines, track, labels, mark }
    }

    /// Whether a line runs through a box.
    pub(super) fn crosses(&self, place: &Box4) -> bool {
        let [left, top, right, bottom] = *place;
        self.track.iter().any(|(x, y)| (left..=right).contains(x) && (top..=bottom).contains(y))
    }

    /// Places that labels take.
    pub(super) fn boxes(&self) -> impl Iterator<Item = &Box4> {
        self.labels.iter().map(|(.., place)| place).chain(self.mark.iter().map(|(.., place)| place))
    }

    pub(super) fn draw_lines(&self, scene: &mut Scene) {
        for piece in self.lines.iter().flat_map(|(_, pieces)| pieces) {
            // White below, so that the line is seen on every colour.
            scene.line(piece.clone(), 5.0, Ink::WHITE.faded(0.8));
            scene.line(piece.clone(), 2.6, Ink::TEXT);
        }
    }

    pub(super) fn draw_labels(&self, scene: &mut Scene, panel: &Panel) {
        for (text, (x, y), _) in &self.labels {
            boxed(scene, text, (*x, y + 0.34 * LABEL_SIZE));
        }
        if let Some((mark, at, _)) = &self.mark {
            draw_mark(scene, panel, *at, &mark.name);
        }
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        let drawn = self.lines.iter().filter(|(_, pieces)| pieces.iter().any(|piece| piece.len() > 1));
        let of_line = |(label, _): &(String, _)| Entry {
            key: Key::Line(Ink::TEXT),
            name: label.clone(),
            note: String::new(),
        };
        let of_mark = |(mark, ..): &(MarkedPoint, Point, Box4)| {
            let [x, y] = mark.at.map(short);
            Entry { key: Key::Diamond(Ink::WHITE), name: mark.name.clone(), note: format!("at {x} and {y}") }
        };
        drawn.map(of_line).chain(self.mark.iter().map(of_mark)).collect()
    }
}

/// Points along a line, a pixel or so apart.
fn track(piece: &[Point]) -> Vec<Point> {
    let between = |pair: &[Point]| {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let n = (to_x - x).hypot(to_y - y).ceil().max(1.0) as usize;
        (0..=n).map(move |i| i as f64 / n as f64).map(move |t| (x + t * (to_x - x), y + t * (to_y - y)))
    };
    piece.windows(2).flat_map(between).collect()
}

fn is_inside(scale: &Scale, value: f64) -> bool {
    (scale.low()..=scale.high()).contains(&value)
}

/// The label on the longest piece of a line, as near its middle as others leave room.
fn label_of(
    panel: &Panel,
    label: &str,
    pieces: &[Vec<Point>],
    taken: &[Box4],
) -> Option<(String, Point, Box4)> {
    let length = |piece: &Vec<Point>| -> f64 {
        piece.windows(2).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).sum()
    };
    let drawn = pieces.iter().filter(|piece| piece.len() > 1);
    let longest = drawn.max_by(|a, b| length(a).total_cmp(&length(b)))?;
    let text = fit(label, LABEL_SIZE, WIDEST);
    TRIED.iter().find_map(|share| {
        let at = *longest.get((share * longest.len().saturating_sub(1) as f64).round() as usize)?;
        let place = box_about(&text, at);
        let inside = place[0] > panel.left
            && place[2] < panel.right
            && place[1] > panel.top
            && place[3] < panel.bottom;
        (inside && taken.iter().all(|other| apart(&place, other))).then(|| (text.clone(), at, place))
    })
}

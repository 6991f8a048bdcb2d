//! What a chart consists of, in a frame 1200 wide with y downwards: lines, areas, labels.

use super::paint;
use super::palette::Ink;

/// Width of the frame.
pub(super) const WIDTH: f64 = 1200.0;
/// Height of the frame, unless a chart sets its own.
pub(super) const HEIGHT: f64 = 700.0;

/// A place in the frame: right, then down.
pub(super) type Point = (f64, f64);

/// Which end of a label stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Start,
    Middle,
    End,
}

/// A line of text; its place is on the baseline.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) at: Point,
    /// Size of the em.
    pub(super) size: f64,
    pub(super) align: Align,
    pub(super) bold: bool,
    /// Whether it reads from bottom to top.
    pub(super) upward: bool,
    pub(super) ink: Ink,
}

/// One thing to paint.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    Line { points: Vec<Point>, width: f64, ink: Ink },
    Area { points: Vec<Point>, ink: Ink },
    Label(Label),
}

/// Marks in the order in which they are painted.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    /// What it is called, whole: the label may be cut.
    pub(super) title: String,
    /// The line below the title, whole.
    pub(super) subtitle: String,
    /// Height of the frame, a whole number.
    pub(super) height: f64,
    pub(super) marks: Vec<Mark>,
}

impl Default for Scene {
    fn default() -> Self {
        Self { title: String::new(), subtitle: String::new(), height: HEIGHT, marks: Vec::new() }
    }
}

/// Lines laid over an area, so that areas differ without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hatch {
    Plain,
    Rising,
    Falling,
    Upright,
    /// Rising and falling at once.
    Crossed,
}

impl Scene {
    pub(super) fn line(&mut self, points: Vec<Point>, width: f64, ink: Ink) {
        self.marks.push(Mark::Line { points, width, ink });
    }

    /// A broken line: `dash` drawn, as much as half of it left out.
    pub(super) fn dashed(&mut self, points: &[Point], width: f64, dash: f64, ink: Ink) {
        let mut piece: Vec<Point> = Vec::new();
        let (mut drawing, mut left) = (true, dash);
        for pair in points.windows(2) {
            let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
            let length = (to_x - x).hypot(to_y - y);
            let mut done = 0.0;
            if drawing && piece.is_empty() {
                piece.push((x, y));
            }
            while length - done > left {
                done += left;
                let at = (x + (to_x - x) * done / length, y + (to_y - y) * done / length);
                piece.push(at);
                if drawing {
                    self.line(std::mem::take(&mut piece), width, ink);
                } else {
                    piece = vec![at];
                }
                drawing = !drawing;
                left = if drawing { dash } else { dash * 0.6 };
            }
            left -= length - done;
            if drawing {
                piece.push((to_x, to_y));
            }
        }
        if drawing && piece.len() > 1 {
            self.line(piece, width, ink);
        }
    }

    pub(super) fn area(&mut self, points: Vec<Point>, ink: Ink) {
        self.marks.push(Mark::Area { points, ink });
    }

    pub(super) fn rectangle(&mut self, (x0, y0): Point, (x1, y1): Point, ink: Ink) {
        self.area(vec![(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ink);
    }

    /// A diamond with a dark rim, the sign of a mean.
    pub(super) fn diamond(&mut self, (x, y): Point, radius: f64, ink: Ink) {
        let rim = |r: f64| vec![(x - r, y), (x, y - r), (x + r, y), (x, y + r)];
        self.area(rim(radius + 1.6), Ink::TEXT);
        self.area(rim(radius), ink);
    }

    /// A round dot.
    pub(super) fn dot(&mut self, (x, y): Point, radius: f64, ink: Ink) {
        let corner = |i: usize| (i as f64 * std::f64::consts::TAU / 16.0).sin_cos();
        let rim = (0..16).map(corner).map(|(sin, cos)| (x + radius * cos, y + radius * sin));
        self.area(rim.collect(), ink);
    }

    /// Text on one line.
    pub(super) fn text(&mut self, text: impl Into<String>, at: Point, size: f64, align: Align, ink: Ink) {
        self.label(Label { text: text.into(), at, size, align, bold: false, upward: false, ink });
    }

    pub(super) fn label(&mut self, label: Label) {
        if !label.text.is_empty() {
            self.marks.push(Mark::Label(label));
        }
    }

    /// Hatches the band between `top` and `bottom`, given for each unit of x from `left` on.
    pub(super) fn hatch(&mut self, left: f64, band: &[(f64, f64)], hatch: Hatch) {
        const APART: f64 = 9.0;
        let (slope, apart) = match hatch {
            Hatch::Plain => return,
            Hatch::Upright => return self.hatch_upright(left, band, APART),
            Hatch::Crossed => {
                self.hatch(left, band, Hatch::Rising);
                return self.hatch(left, band, Hatch::Falling);
            }
            Hatch::Rising => (-1.0, APART * 1.3),
            Hatch::Falling => (1.0, APART * 1.3),
        };
        // Lines y = slope * x + c over the whole frame; c steps through all that can cross it.
        let mut c = -2.0 * WIDTH;
        while c < 2.0 * WIDTH {
            let mut run: Option<(Point, Point)> = None;
            for (i, &(top, bottom)) in band.iter().enumerate() {
                let x = left + i as f64;
                let y = slope * x + c;
                if y >= top && y <= bottom {
                    run = Some((run.map_or((x, y), |(from, _)| from), (x, y)));
                } else if let Some((from, to)) = run.take() {
                    self.hatch_line(from, to);
                }
            }
            if let Some((from, to)) = run {
                self.hatch_line(from, to);
            }
            c += apart;
        }
    }

    fn hatch_upright(&mut self, left: f64, band: &[(f64, f64)], apart: f64) {
        for (i, &(top, bottom)) in band.iter().enumerate().step_by(apart as usize) {
            let x = left + i as f64;
            self.hatch_line((x, top), (x, bottom));
        }
    }

    fn hatch_line(&mut self, from: Point, to: Point) {
        if (to.0 - from.0).abs().max((to.1 - from.1).abs()) >= 1.0 {
            self.line(vec![from, to], 1.0, Ink::TEXT.faded(0.55));
        }
    }

    #[cfg(test)]
    pub(super) fn labels(&self) -> impl Iterator<Item = &Label> {
        self.marks.iter().filter_map(|mark| if let Mark::Label(label) = mark { Some(label) } else { None })
    }
}

/// Width that text takes, with some room for faces wider than ours.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    paint::face_width(text, size) * 1.1
}

/// The text, cut with an ellipsis if it is wider than there is room.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if text_width(text, size) <= room {
        return text.to_owned();
    }
    let mut cut: Vec<char> = text.chars().collect();
    while cut.pop().is_some() {
        let shorter: String = cut.iter().collect::<String>().trim_end().to_owned() + "…";
        if text_width(&shorter, size) <= room {
            return shorter;
        }
    }
    String::new()
}

/// The text broken at spaces into lines that have room; a longer word is cut.
pub(super) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fit(word, size, room)),
        }
    }
    lines
}

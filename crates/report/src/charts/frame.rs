//! What all charts share: title, caption, panels with axes, and legends beside the data.

use super::palette::{Ink, Look};
use super::scale::Scale;
use super::scene::{Align, HEIGHT, Label, Point, Scene, WIDTH, fit, text_width, wrap};
use crate::numbers::compact;
use site::YearMonth;

/// Left edge of titles and captions.
const MARGIN: f64 = 28.0;
const TICK_SIZE: f64 = 14.0;
const AXIS_SIZE: f64 = 15.0;
/// Where the baseline of an upright axis's name stands.
pub(super) const AXIS_NAME_AT: f64 = 24.0;
pub(super) const LEGEND_SIZE: f64 = 14.5;
const NOTE_SIZE: f64 = 14.0;
/// Where legends begin.
pub(super) const LEGEND_LEFT: f64 = 965.0;
/// Where the text of legends begins, and how wide it may be.
const LEGEND_TEXT: f64 = LEGEND_LEFT + 36.0;
pub(super) const LEGEND_ROOM: f64 = WIDTH - LEGEND_TEXT - 10.0;

/// Where panels with an upright axis begin, so that ten million has room beside it.
pub(super) const PANEL_LEFT: f64 = 120.0;

/// Names of months for people.
pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A scene with its title, a line below it, and a caption at the foot.
pub(super) fn titled(title: &str, subtitle: &str, caption: &str) -> Scene {
    let mut scene = Scene { title: title.into(), subtitle: subtitle.into(), ..Scene::default() };
    let room = WIDTH - 2.0 * MARGIN;
    let size = 24.0;
    // Bold faces of others are wider than ours.
    let text = fit(title, size, room / 1.2);
    scene.label(Label {
        text,
        at: (MARGIN, 40.0),
        size,
        align: Align::Start,
        bold: true,
        upward: false,
        ink: Ink::TEXT,
    });
    scene.text(fit(subtitle, AXIS_SIZE, room), (MARGIN, 64.0), AXIS_SIZE, Align::Start, Ink::QUIET);
    let lines = wrap(caption, NOTE_SIZE, room);
    for (from_last, line) in lines.iter().rev().enumerate() {
        let baseline = HEIGHT - 11.0 - 17.0 * from_last as f64;
        scene.text(line, (MARGIN, baseline), NOTE_SIZE, Align::Start, Ink::QUIET);
    }
    scene
}

/// A rectangle for data with an axis each way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

impl Panel {
    /// The place usual for one panel with a legend to its right.
    pub(super) fn usual(x: Scale, y: Scale) -> Self {
        Self { left: PANEL_LEFT, right: 935.0, top: 88.0, bottom: 596.0, x, y }
    }

    pub(super) fn at(&self, x: f64, y: f64) -> Point {
        (self.x_of(x), self.y_of(y))
    }

    pub(super) fn x_of(&self, value: f64) -> f64 {
        self.left + self.x.share(value) * (self.right - self.left)
    }

    pub(super) fn y_of(&self, value: f64) -> f64 {
        self.bottom - self.y.share(value) * (self.bottom - self.top)
    }

    /// Grid, ticks and name of the upright axis.
    pub(super) fn draw_y_axis(&self, scene: &mut Scene, name: &str, wanted: usize) {
        self.draw_y_ticks(scene, wanted);
        self.draw_y_name(scene, name);
    }

    /// Name of the upright axis.
    pub(super) fn draw_y_name(&self, scene: &mut Scene, name: &str) {
        scene.label(Label {
            text: fit(name, AXIS_SIZE, self.bottom - self.top + 40.0),
            at: (AXIS_NAME_AT, 0.5 * (self.top + self.bottom)),
            size: AXIS_SIZE,
            align: Align::Middle,
            bold: false,
            upward: true,
            ink: Ink::TEXT,
        });
    }

    /// Grid and ticks of the upright axis.
    pub(super) fn draw_y_ticks(&self, scene: &mut Scene, wanted: usize) {
        let mut last = f64::INFINITY;
        let ticks = self.y.ticks(wanted);
        let room = self.left - 9.0 - AXIS_NAME_AT - 0.7 * AXIS_SIZE;
        let widest = ticks.iter().map(|(_, text)| text_width(text, TICK_SIZE)).fold(0.0, f64::max);
        // Digits that have no room are too many to be read.
        let long = widest > room;
        for (value, text) in ticks {
            let text = if long { fit(&compact(value), TICK_SIZE, room) } else { text };
            let y = self.y_of(value);
            if last - y < TICK_SIZE * 1.15 {
                continue;
            }
            last = y;
            let (width, ink) = grid_line(&self.y, value);
            scene.line(vec![(self.left, y), (self.right, y)], width, ink);
            scene.text(text, (self.left - 9.0, y + TICK_SIZE * 0.34), TICK_SIZE, Align::End, Ink::TEXT);
        }
    }

    /// Grid, ticks and name of the level axis.
    pub(super) fn draw_x_axis(&self, scene: &mut Scene, name: &str, ticks: &[(f64, String)]) {
        let mut end = f64::NEG_INFINITY;
        for (value, text) in ticks {
            let (x, half) = (self.x_of(*value), 0.5 * text_width(text, TICK_SIZE));
            if x - half < end + 8.0 {
                continue;
            }
            end = x + half;
            let (width, ink) = grid_line(&self.x, *value);
            scene.line(vec![(x, self.top), (x, self.bottom + 5.0)], width, ink);
            scene.text(text, (x, self.bottom + 21.0), TICK_SIZE, Align::Middle, Ink::TEXT);
        }
        self.draw_x_name(scene, name);
    }

    pub(super) fn draw_x_name(&self, scene: &mut Scene, name: &str) {
        let at = (0.5 * (self.left + self.right), self.bottom + 44.0);
        scene.text(name, at, AXIS_SIZE, Align::Middle, Ink::TEXT);
    }

    /// The panel's edge, drawn over the data.
    pub(super) fn draw_edge(&self, scene: &mut Scene) {
        let (l, r, t, b) = (self.left, self.right, self.top, self.bottom);
        scene.line(vec![(l, t), (l, b), (r, b)], 1.3, Ink::TEXT);
    }

    /// Words in the middle of a panel that has nothing to show.
    pub(super) fn draw_nothing(&self, scene: &mut Scene, words: &str) {
        let at = (0.5 * (self.left + self.right), 0.5 * (self.top + self.bottom));
        scene.text(words, at, AXIS_SIZE, Align::Middle, Ink::QUIET);
    }
}

/// Width and colour of the grid at a value: zero stands out where values lie either side of it.
pub(super) fn grid_line(scale: &Scale, value: f64) -> (f64, Ink) {
    if value == 0.0 && scale.low() < 0.0 { (1.4, Ink::QUIET) } else { (1.0, Ink::GRID) }
}

/// The years, or months of a short study, to write at their beginnings; the axis counts months from the first.
pub(super) fn month_ticks(months: &[YearMonth]) -> Vec<(f64, String)> {
    let every: i32 = match months.len() {
        0..=8 => 1,
        9..=18 => 3,
        19..=36 => 6,
        n => 12 * ((n as i32 / 12 + 11) / 12),
    };
    let is_tick = |month: &YearMonth| (i32::from(month.year) * 12 + month.month0() as i32) % every == 0;
    let text = |month: &YearMonth| match every {
        12.. => month.year.to_string(),
        _ => format!("{} {}", MONTHS[month.month0()], month.year),
    };
    months.iter().enumerate().filter(|(_, m)| is_tick(m)).map(|(i, m)| (i as f64, text(m))).collect()
}

/// What the time axis is called.
pub(super) fn month_axis_name(months: &[YearMonth]) -> &'static str {
    if months.len() > 36 { "Year (marked at its January)" } else { "Month (marked at its beginning)" }
}

/// How a legend shows what it names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    Swatch(Look),
    Band(Ink),
    Line(Ink),
    Dashed(Ink),
    Diamond(Ink),
    Dot(Ink),
}

impl Key {
    /// Draws the key in a box 26 wide around `middle`.
    pub(super) fn draw(self, scene: &mut Scene, left: f64, middle: f64) {
        let (width, half) = (26.0, 8.0);
        let across = vec![(left, middle), (left + width, middle)];
        match self {
            Self::Swatch(look) => {
                scene.rectangle((left, middle - half), (left + width, middle + half), look.ink);
                scene.hatch(left, &[(middle - half, middle + half); 27], look.hatch);
                let (l, r, t, b) = (left, left + width, middle - half, middle + half);
                scene.line(vec![(l, t), (r, t), (r, b), (l, b), (l, t)], 1.0, Ink::TEXT);
            }
            Self::Band(ink) => {
                scene.rectangle((left, middle - half), (left + width, middle + half), ink);
            }
            Self::Line(ink) => scene.line(across, 2.6, ink),
            Self::Dashed(ink) => scene.dashed(&across, 2.2, 7.0, ink),
            Self::Diamond(ink) => scene.diamond((left + 0.5 * width, middle), 6.0, ink),
            Self::Dot(ink) => {
                scene.dot((left + 0.5 * width, middle), 6.0, Ink::TEXT);
                scene.dot((left + 0.5 * width, middle), 4.6, ink);
            }
        }
    }
}

/// An entry of a legend: its key, its name, and a quieter line below.
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) name: String,
    pub(super) note: String,
}

/// Room between an entry of a legend and the next.
const ENTRY_GAP: f64 = 12.0;
const NAME_LINE: f64 = 18.0;
const NOTE_LINE: f64 = 17.0;

impl Entry {
    /// Height that it takes in a legend.
    pub(super) fn height(&self) -> f64 {
        let lines = |text: &str, size: f64| wrap(text, size, LEGEND_ROOM).len() as f64;
        NAME_LINE * lines(&self.name, LEGEND_SIZE) + NOTE_LINE * lines(&self.note, NOTE_SIZE) + ENTRY_GAP
    }
}

/// A legend to the right of the data from `top` down.
pub(super) fn draw_legend(scene: &mut Scene, top: f64, entries: &[Entry]) {
    let mut baseline = top + 12.0;
    for entry in entries {
        entry.key.draw(scene, LEGEND_LEFT, baseline - LEGEND_SIZE * 0.34);
        for line in wrap(&entry.name, LEGEND_SIZE, LEGEND_ROOM) {
            scene.text(line, (LEGEND_TEXT, baseline), LEGEND_SIZE, Align::Start, Ink::TEXT);
            baseline += NAME_LINE;
        }
        for line in wrap(&entry.note, NOTE_SIZE, LEGEND_ROOM) {
            scene.text(line, (LEGEND_TEXT, baseline), NOTE_SIZE, Align::Start, Ink::QUIET);
            baseline += NOTE_LINE;
        }
        baseline += ENTRY_GAP;
    }
}

/// A legend in one line below the data.
pub(super) fn draw_legend_line(scene: &mut Scene, (left, baseline): Point, entries: &[(Key, &str)]) {
    let mut x = left;
    for (key, name) in entries {
        key.draw(scene, x, baseline - LEGEND_SIZE * 0.34);
        scene.text(*name, (x + 34.0, baseline), LEGEND_SIZE, Align::Start, Ink::TEXT);
        x += 34.0 + text_width(name, LEGEND_SIZE) + 26.0;
    }
}

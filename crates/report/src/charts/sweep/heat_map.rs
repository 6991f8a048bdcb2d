//! Something over two parameters: the best policy, the share of AI, or what one policy gains over another.
//!
//! A point of the grid is drawn as a cell that reaches halfway to its neighbours, in the spacing of the axis. Nothing is smoothed: each colour is
//! that of a point that was run, and only lines that are handed in stand between points.

mod best;
mod key_bar;
mod numbers_in_cells;
mod overlay;

use super::Words;
use super::axis::Axis;
use super::colours;
use super::legend::draw_within;
use super::measure::Measure;
use crate::charts::frame::{Entry, Key, Panel};
use crate::charts::labels::Box4;
use crate::charts::palette::{Ink, Look};
use crate::charts::scale::Scale;
use crate::charts::scene::{Hatch, Scene};
use crate::numbers::{decimals_of_size, grouped};
use numbers_in_cells::Numbers;
use overlay::Overlay;

/// A map over two parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Title, subtitle and note.
    pub words: Words,
    /// The level axis.
    pub x: Axis,
    /// The upright axis.
    pub y: Axis,
    /// What the cells hold.
    pub cells: Cells,
    /// Lines on the map, such as where two policies are worth the same.
    pub lines: Vec<Contour>,
    /// A point to look at, such as the base; left out where it lies outside.
    pub marked: Option<MarkedPoint>,
}

/// Cells of a map, `[n_y][n_x]`, so that x runs fastest; `None` where the point failed.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// The best policy.
    Best {
        /// Names of the race, in its order.
        policies: Vec<String>,
        /// By point.
        cells: Vec<Option<BestCell>>,
    },
    /// A share, 0 to 1.
    Share {
        /// What it is a share of, for people.
        label: String,
        /// By point.
        cells: Vec<Option<f64>>,
    },
    /// A difference, whose colours are as strong below zero as above.
    Difference {
        /// What the difference is, and in what.
        measure: Measure,
        /// By point.
        cells: Vec<Option<f64>>,
    },
}

/// The best policy at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestCell {
    /// Its place in the race.
    pub policy: usize,
    /// Its objective less that of the second.
    pub margin: f64,
    /// Standard error of the margin, where there is one.
    pub error: Option<f64>,
}

impl BestCell {
    /// Whether the margin is beyond two standard errors; true where there is no error.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.error.is_none_or(|error| self.margin > 2.0 * error)
    }
}

/// A line on a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// What holds on it.
    pub label: String,
    /// Its pieces, each as `[x, y]` along it.
    pub pieces: Vec<Vec<[f64; 2]>>,
}

/// A point with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkedPoint {
    /// Name, such as `Base`.
    pub name: String,
    /// Where it is, `[x, y]`.
    pub at: [f64; 2],
}

/// Cells in the frame.
struct Grid {
    panel: Panel,
    /// Where cells meet, in the frame.
    x_edges: Vec<f64>,
    y_edges: Vec<f64>,
}

impl Grid {
    fn of(x: &Axis, y: &Axis) -> Self {
        let (x_ends, y_ends) = (x.edges(), y.edges());
        let scale = |axis: &Axis, edges: &[f64]| axis.scale(edges[0], edges[edges.len() - 1]);
        let panel = Panel::usual(scale(x, &x_ends), scale(y, &y_ends));
        let x_edges = x_ends.iter().map(|value| panel.x_of(*value)).collect();
        let y_edges = y_ends.iter().map(|value| panel.y_of(*value)).collect();
        Self { panel, x_edges, y_edges }
    }

    fn n_x(&self) -> usize {
        self.x_edges.len() - 1
    }

    fn n_y(&self) -> usize {
        self.y_edges.len() - 1
    }

    fn n_cells(&self) -> usize {
        self.n_x() * self.n_y()
    }

    /// Left, top, right and bottom of a cell.
    fn cell(&self, i: usize) -> Box4 {
        let (column, row) = (i % self.n_x(), i / self.n_x());
        [self.x_edges[column], self.y_edges[row + 1], self.x_edges[column + 1], self.y_edges[row]]
    }

    /// Fills cells, neighbours of a row that look the same at once.
    fn fill(&self, scene: &mut Scene, look: impl Fn(usize) -> Look) {
        for j in 0..self.n_y() {
            let (top, bottom) = (self.y_edges[j + 1], self.y_edges[j]);
            let looks: Vec<Look> = (0..self.n_x()).map(|i| look(j * self.n_x() + i)).collect();
            let mut from = 0;
            for run in looks.chunk_by(|a, b| a.ink == b.ink && a.hatch == b.hatch) {
                let (left, right) = (self.x_edges[from], self.x_edges[from + run.len()]);
                scene.rectangle((left, top), (right, bottom), run[0].ink);
                if run[0].hatch != Hatch::Plain {
                    let n_pixels = (right - left).round() as usize + 1;
                    // Half a pixel over the edge, so that the lines of a row meet those of the next.
                    let band = ((top - 0.5).max(self.panel.top), (bottom + 0.5).min(self.panel.bottom));
                    scene.hatch(left, &vec![band; n_pixels], run[0].hatch);
                }
                from += run.len();
            }
        }
    }
}

/// How a failed point looks.
const FAILED: Look = Look { ink: Ink::IDLE, hatch: Hatch::Crossed };

impl HeatMap {
    pub(super) fn scene(&self) -> Scene {
        let mut scene = self.words.titled(&self.caption());
        if !(self.x.is_ascending() && self.y.is_ascending()) {
            let panel = Panel::usual(Scale::linear(0.0, 1.0), Scale::linear(0.0, 1.0));
            panel.draw_nothing(&mut scene, "The points stand on no grid of these two parameters.");
            return scene;
        }
        let grid = Grid::of(&self.x, &self.y);
        self.x.draw_level(&mut scene, &grid.panel);
        self.y.draw_upright(&mut scene, &grid.panel);
        let overlay = Overlay::of(&grid.panel, &self.lines, self.marked.as_ref());
        let mut entries = Vec::new();
        let mut legend_top = grid.panel.top;
        match &self.cells {
            Cells::Best { policies, cells } => {
                best::draw(&mut scene, &grid, policies, cells, &overlay);
                entries.extend(best::entries(policies, &of_grid(cells, &grid)));
            }
            Cells::Share { label, cells } => {
                legend_top = draw_share(&mut scene, &grid, label, cells, &overlay);
            }
            Cells::Difference { measure, cells } => {
                legend_top = draw_difference(&mut scene, &grid, measure, cells, &overlay);
            }
        }
        grid.panel.draw_edge(&mut scene);
        overlay.draw_labels(&mut scene, &grid.panel);
        entries.extend(self.failed_entry(&grid));
        entries.extend(overlay.entries());
        draw_within(&mut scene, legend_top, grid.panel.bottom + 44.0, entries);
        scene
    }

    fn caption(&self) -> String {
        let own = match &self.cells {
            Cells::Best { cells, .. } if cells.iter().flatten().all(BestCell::is_decided) => "",
            Cells::Best { .. } => {
                "Pale and hatched: the margin over the second is within 2 standard errors, so that this run does not decide."
            }
            Cells::Share { .. } => "The darker, the more AI.",
            Cells::Difference { .. } => {
                "Blue: the first is worth more; vermillion, hatched where cells have no numbers: the other one. The scale is the same either way."
            }
        };
        format!("Each cell is a point that was run. {own}").trim_end().to_owned()
    }

    fn failed_entry(&self, grid: &Grid) -> Option<Entry> {
        let n_failed = match &self.cells {
            Cells::Best { cells, .. } => n_missing(cells, grid),
            Cells::Share { cells, .. } | Cells::Difference { cells, .. } => n_missing(cells, grid),
        };
        let note = format!("{} of {} points: failed or not run", counted(n_failed), counted(grid.n_cells()));
        (n_failed > 0).then(|| Entry { key: Key::Swatch(FAILED), name: "No result".into(), note })
    }
}

/// A cell for each of the grid; what is not given counts as failed.
fn of_grid<T: Copy>(cells: &[Option<T>], grid: &Grid) -> Vec<Option<T>> {
    (0..grid.n_cells()).map(|i| cells.get(i).copied().flatten()).collect()
}

fn n_missing<T: Copy>(cells: &[Option<T>], grid: &Grid) -> usize {
    of_grid(cells, grid).iter().filter(|cell| cell.is_none()).count()
}

fn counted(n: usize) -> String {
    grouped(n as f64, 0)
}

/// Cells and the bar of colours; returns where the legend goes on.
fn draw_share(scene: &mut Scene, grid: &Grid, label: &str, cells: &[Option<f64>], overlay: &Overlay) -> f64 {
    let cells = of_grid(cells, grid);
    let ground = |i: usize| cells[i].map(colours::sequential);
    grid.fill(scene, |i| ground(i).map_or(FAILED, plain));
    overlay.draw_lines(scene);
    if let Some(numbers) = Numbers::of(grid, |i| Some(grouped(100.0 * cells[i]?, 0))) {
        numbers.draw(scene, grid, overlay, ground);
    }
    let ink = |percent: f64| plain(colours::sequential(percent / 100.0));
    key_bar::draw(scene, grid.panel.top, &format!("{label}, %"), (0.0, 100.0), ink)
}

/// As [`draw_share`]; without numbers what is below zero is hatched, so that it stays apart in grey print.
fn draw_difference(
    scene: &mut Scene,
    grid: &Grid,
    measure: &Measure,
    cells: &[Option<f64>],
    overlay: &Overlay,
) -> f64 {
    let cells: Vec<Option<f64>> =
        of_grid(cells, grid).into_iter().map(|cell| cell.map(|value| measure.shown(value))).collect();
    let largest = cells.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs()));
    let (end, decimals) = (key_bar::round_end(largest), decimals_of_size(largest));
    let numbers = Numbers::of(grid, |i| Some(grouped(cells[i]?, decimals)));
    let look = |value: f64| match plain(colours::diverging(value / end)) {
        look if value < 0.0 && numbers.is_none() => Look { hatch: Hatch::Falling, ..look },
        look => look,
    };
    grid.fill(scene, |i| cells[i].map_or(FAILED, look));
    overlay.draw_lines(scene);
    if let Some(numbers) = &numbers {
        numbers.draw(scene, grid, overlay, |i| Some(look(cells[i]?).ink));
    }
    key_bar::draw(scene, grid.panel.top, &measure.name(), (-end, end), look)
}

fn plain(ink: Ink) -> Look {
    Look { ink, hatch: Hatch::Plain }
}

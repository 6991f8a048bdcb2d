//! From the points of a trigger map to regions with smooth edges.
//!
//! Up each column of points an edge between two calls stands where the two values meet, on the straight line between the
//! points; from column to column edges run straight. Columns whose calls do not rise with the rent, or that leave the
//! plan's grid, are drawn as they are, without a line to their neighbours.

use super::frame::Panel;
use simulate::{Call, TriggerMap};

/// A stretch of the same call over neighbouring pixels.
pub(super) struct Region {
    pub(super) call: Call,
    /// Where it begins, a whole pixel.
    pub(super) left: f64,
    /// Top and bottom for each pixel from `left` on.
    pub(super) band: Vec<(f64, f64)>,
}

/// All regions of a map in a panel, of each call those from left to right.
pub(super) fn regions(map: &TriggerMap, panel: &Panel) -> Vec<Region> {
    let columns: Vec<Column> = (0..map.hashprices.len()).map(|i| Column::of(map, panel, i)).collect();
    let mut found: Vec<Region> = Vec::new();
    let last = (panel.right - panel.left).round() as usize;
    for pixel in 0..=last {
        let x = panel.left + pixel as f64;
        for (call, top, bottom) in stack_at(&columns, x) {
            let grows = |region: &&mut Region| {
                let next = region.left + region.band.len() as f64;
                let touches = region.band.last().is_some_and(|(t, b)| top <= *b && *t <= bottom);
                region.call == call && (next - x).abs() < 0.5 && touches
            };
            match found.iter_mut().find(grows) {
                Some(region) => region.band.push((top, bottom)),
                None => found.push(Region { call, left: x, band: vec![(top, bottom)] }),
            }
        }
    }
    found
}

/// A column of points: its calls from the bottom up.
struct Column {
    x: f64,
    /// Each call with its top; they follow on one another from the bottom of the panel.
    runs: Vec<(Call, f64)>,
    bottom: f64,
    top: f64,
}

impl Column {
    fn of(map: &TriggerMap, panel: &Panel, i: usize) -> Self {
        let mut runs: Vec<(Call, f64)> = Vec::new();
        for j in 0..map.rents.len() {
            let call = map.cell(i, j).call;
            if runs.last().is_some_and(|(last, _)| *last == call) {
                continue;
            }
            if let Some(below) = runs.last_mut() {
                below.1 = panel.y_of(edge(map, i, j - 1));
            }
            runs.push((call, panel.top));
        }
        Self { x: panel.x_of(map.hashprices[i]), runs, bottom: panel.bottom, top: panel.top }
    }

    /// Whether calls rise with the rent and none lies beyond the grid.
    fn rises(&self) -> bool {
        let ranks = || self.runs.iter().map(|(call, _)| rank(*call));
        ranks().all(|rank| rank.is_some()) && ranks().is_sorted()
    }

    /// Where calls of at least a rank begin; the top where none does.
    fn start_of_rank(&self, rank_wanted: u32) -> f64 {
        let below = self.runs.iter().rev().find(|(call, _)| rank(*call).is_some_and(|r| r < rank_wanted));
        below.map_or(self.bottom, |(_, top)| *top)
    }
}

/// Calls in the order in which they follow as the rent rises; none beyond the grid.
fn rank(call: Call) -> Option<u32> {
    match call {
        Call::Stay => Some(0),
        Call::Wait => Some(1),
        Call::Convert(halls) => Some(1 + halls),
        Call::Beyond => None,
    }
}

/// Calls at a pixel with top and bottom.
fn stack_at(columns: &[Column], x: f64) -> Vec<(Call, f64, f64)> {
    let right = columns.partition_point(|column| column.x < x).clamp(1, columns.len() - 1);
    let (a, b) = (&columns[right - 1], &columns[right]);
    let share = ((x - a.x) / (b.x - a.x)).clamp(0.0, 1.0);
    if !(a.rises() && b.rises()) {
        return as_it_is(if share < 0.5 { a } else { b });
    }
    let mut calls: Vec<Call> = a.runs.iter().chain(&b.runs).map(|(call, _)| *call).collect();
    calls.sort_unstable_by_key(|call| rank(*call));
    calls.dedup();
    let from = |call: &Call| {
        let rank = rank(*call).unwrap_or_default();
        a.start_of_rank(rank) * (1.0 - share) + b.start_of_rank(rank) * share
    };
    let mut stack = Vec::with_capacity(calls.len());
    for (i, call) in calls.iter().enumerate() {
        let (bottom, top) = (from(call), calls.get(i + 1).map_or(a.top, from));
        if bottom > top {
            stack.push((*call, top, bottom));
        }
    }
    stack
}

fn as_it_is(column: &Column) -> Vec<(Call, f64, f64)> {
    let mut bottom = column.bottom;
    let of = |(call, top): &(Call, f64)| {
        let run = (*call, *top, bottom);
        bottom = *top;
        run
    };
    column.runs.iter().map(of).collect()
}

/// Rent at which the call changes between two neighbouring points of a column.
fn edge(map: &TriggerMap, i: usize, j: usize) -> f64 {
    let (low, high) = (map.cell(i, j), map.cell(i, j + 1));
    let halls = |call: Call| if let Call::Convert(halls) = call { halls as usize } else { 0 };
    let (below, above) = (halls(low.call), halls(high.call));
    let lead = |cell: &simulate::Cell| {
        if below == above {
            // From staying to waiting: one start begins to gain.
            return cell.gain_of_one_start_usd.map(|gain| -gain);
        }
        Some(cell.values_usd.get(below)? - cell.values_usd.get(above)?)
    };
    let share = match (lead(low), lead(high)) {
        (Some(before), Some(after)) if before != after => (before / (before - after)).clamp(0.0, 1.0),
        _ => 0.5,
    };
    map.rents[j] + share * (map.rents[j + 1] - map.rents[j])
}

//! Columns of the master: what each group of blocks did in each pass.
//!
//! A group is a block, or several that were joined because a mix broke the ramp between them. Every group mixes its own
//! columns; a column remembers its pass, so that its dispatch can be repeated.

use super::pass::{BlockFigures, Pass};
use super::problem::Problem;
use std::ops::Range;

/// Columns and right sides closer than this (relative) are the same column.
const SAME: f64 = 1e-14;

/// What one group did in one pass.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) group: usize,
    pub(super) pass: usize,
    /// Margin without multipliers, USD.
    pub(super) value_usd: f64,
    /// Draw of the ramped load in the first and the last step, MW.
    pub(super) first_mw: f64,
    pub(super) last_mw: f64,
    /// Energy counted for each budget that the group touches, MWh, signed.
    pub(super) counted_mwh: Vec<f64>,
}

/// Blocks that mix together.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) blocks: Range<usize>,
    pub(super) steps: Range<usize>,
    /// Budgets that it touches, ascending.
    pub(super) touched: Vec<usize>,
    /// Its columns.
    pub(super) columns: Vec<usize>,
    /// Column of each pass.
    pub(super) of_pass: Vec<usize>,
    /// The column whose weight is what the others leave.
    pub(super) key: usize,
}

/// All groups and columns.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) groups: Vec<Group>,
    pub(super) all: Vec<Column>,
}

impl Columns {
    /// A group for every block, without columns.
    pub(super) fn new(problem: &Problem<'_>) -> Self {
        let mut groups: Vec<Group> = Vec::with_capacity(problem.blocks);
        for piece in &problem.pieces {
            match groups.get_mut(piece.block) {
                Some(group) => group.steps.end = piece.steps.end,
                None => groups.push(Group {
                    blocks: piece.block..piece.block + 1,
                    steps: piece.steps.clone(),
                    touched: problem.touched[piece.block].clone(),
                    columns: Vec::new(),
                    of_pass: Vec::new(),
                    key: 0,
                }),
            }
        }
        Self { groups, all: Vec::new() }
    }

    /// Adds the columns of a pass; returns whether any was new.
    pub(super) fn add(&mut self, problem: &Problem<'_>, pass: &Pass, figures: &BlockFigures) -> bool {
        let mut starts = vec![0; problem.blocks + 1];
        for block in 0..problem.blocks {
            starts[block + 1] = starts[block] + problem.touched[block].len();
        }
        let mut any_new = false;
        for g in 0..self.groups.len() {
            let group = &self.groups[g];
            let mut column = Column {
                group: g,
                pass: group.of_pass.len(),
                value_usd: figures.value_usd[group.blocks.clone()].iter().sum(),
                first_mw: pass.path.get(group.steps.start).copied().unwrap_or(0.0),
                last_mw: pass.path.get(group.steps.end - 1).copied().unwrap_or(0.0),
                counted_mwh: vec![0.0; group.touched.len()],
            };
            for block in group.blocks.clone() {
                let counted = &figures.counted_mwh[starts[block]..starts[block + 1]];
                for (j, counted) in problem.touched[block].iter().zip(counted) {
                    column.counted_mwh[group.touched.partition_point(|touched| touched < j)] += counted;
                }
            }
            any_new |= self.push(column);
        }
        any_new
    }

    /// Adds a column to its group unless the group has the same one; it counts as the group's column of its pass.
    fn push(&mut self, column: Column) -> bool {
        let group = &mut self.groups[column.group];
        let found = group.columns.iter().copied().find(|&c| same(&self.all[c], &column));
        let c = found.unwrap_or(self.all.len());
        if group.columns.is_empty() {
            group.key = c;
        }
        group.of_pass.push(c);
        if found.is_none() {
            group.columns.push(c);
            self.all.push(column);
        }
        found.is_none()
    }

    /// Joins group `g` and the next one: its columns are the passes that both made.
    pub(super) fn merge(&mut self, g: usize) {
        let next = self.groups.remove(g + 1);
        let group = self.groups[g].clone();
        let mut touched = group.touched.clone();
        touched.extend(next.touched.iter().filter(|j| group.touched.binary_search(j).is_err()));
        touched.sort_unstable();
        let joined = Group {
            blocks: group.blocks.start..next.blocks.end,
            steps: group.steps.start..next.steps.end,
            touched,
            columns: Vec::new(),
            of_pass: Vec::new(),
            key: 0,
        };
        self.groups[g] = joined;
        for (later, column) in self
            .groups
            .iter()
            .enumerate()
            .skip(g + 1)
            .flat_map(|(i, group)| group.columns.iter().map(move |c| (i, *c)))
        {
            self.all[column].group = later;
        }
        for (pass, (&a, &b)) in group.of_pass.iter().zip(&next.of_pass).enumerate() {
            let touched = &self.groups[g].touched;
            let mut counted_mwh = vec![0.0; touched.len()];
            for (of, c) in [(&group, a), (&next, b)] {
                for (j, counted) in of.touched.iter().zip(&self.all[c].counted_mwh) {
                    counted_mwh[touched.partition_point(|touched| touched < j)] += counted;
                }
            }
            let (a, b) = (&self.all[a], &self.all[b]);
            let column = Column {
                group: g,
                pass,
                value_usd: a.value_usd + b.value_usd,
                first_mw: a.first_mw,
                last_mw: b.last_mw,
                counted_mwh,
            };
            self.push(column);
        }
    }

    /// Worth of a column under multipliers, USD.
    pub(super) fn worth(&self, c: usize, multipliers: &[f64]) -> f64 {
        let column = &self.all[c];
        let touched = &self.groups[column.group].touched;
        let counted = column.counted_mwh.iter().zip(touched);
        column.value_usd + counted.map(|(mwh, &j)| mwh * multipliers[j]).sum::<f64>()
    }

    /// What column `c` counts for budget `j`, MWh.
    pub(super) fn counted(&self, c: usize, j: usize) -> f64 {
        let column = &self.all[c];
        match self.groups[column.group].touched.binary_search(&j) {
            Ok(place) => column.counted_mwh[place],
            Err(_) => 0.0,
        }
    }
}

fn same(a: &Column, b: &Column) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= SAME * a.abs().max(b.abs());
    a.first_mw == b.first_mw
        && a.last_mw == b.last_mw
        && close(a.value_usd, b.value_usd)
        && a.counted_mwh.iter().zip(&b.counted_mwh).all(|(a, b)| close(*a, *b))
}

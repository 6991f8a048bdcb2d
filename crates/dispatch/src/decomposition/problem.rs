//! What the passes and the master share: the case in meter MW, cut into blocks and pieces.
//!
//! A block is a week of steps that chooses its own mix of passes; a piece is the part of a block in one segment.

use crate::case::{BudgetOf, Case, Series};
use crate::segments::{Segments, sign};
use std::borrow::Cow;
use std::ops::Range;

/// Shortest and longest block, hours. Years take about the same time with anything from half a week to a month; short
/// horizons need fewer passes with days.
const BLOCK_HOURS: [f64; 2] = [24.0, 168.0];
/// Blocks that a horizon is cut into between these.
const BLOCKS: f64 = 50.0;

/// Length of the blocks of a case, hours.
pub(super) fn block_hours(case: &Case) -> f64 {
    (case.steps() as f64 * case.step_hours / BLOCKS).clamp(BLOCK_HOURS[0], BLOCK_HOURS[1])
}

/// The one load whose changes are limited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ramped {
    /// Its index.
    pub(super) load: usize,
    /// Most that its draw may change from step to step, MW at the meter.
    pub(super) ramp_mw: f64,
}

/// Steps of one block in one segment.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) block: usize,
    pub(super) segment: usize,
    pub(super) steps: Range<usize>,
    /// Lowest price of its steps, USD/MWh.
    pub(super) least_price: f64,
}

/// A case prepared for passes.
pub(super) struct Problem<'a> {
    pub(super) case: &'a Case,
    pub(super) segments: Segments,
    /// Prices, USD/MWh; zeros where only feasibility is asked.
    pub(super) price: Cow<'a, [f64]>,
    /// Whether loads earn and pay; off where only feasibility is asked.
    pub(super) earns: bool,
    /// Capacity at the meter by load, MW.
    pub(super) meter_mw: Vec<Series>,
    pub(super) ramped: Option<Ramped>,
    pub(super) pieces: Vec<Piece>,
    pub(super) blocks: usize,
    pub(super) block_hours: f64,
    /// Budgets that each block touches.
    pub(super) touched: Vec<Vec<usize>>,
    /// `± mwh` of each budget: every budget reads as a least.
    pub(super) target_mwh: Vec<f64>,
}

impl<'a> Problem<'a> {
    /// Prepares a checked case in blocks of `block_hours`; `None` where two or more loads are ramped, start up, or sell reserves.
    pub(super) fn of(case: &'a Case, block_hours: f64) -> Option<Self> {
        if !case.reserves.is_empty() || case.loads.iter().any(|load| load.restart.is_some()) {
            return None;
        }
        let mut ramped = None;
        for k in 0..case.loads.len() {
            let Some(ramp) = case.ramp_it_mw_per_step(k) else { continue };
            if ramp >= most(&case.loads[k].capacity_it_mw) {
                continue;
            }
            if ramped.replace(Ramped { load: k, ramp_mw: ramp * case.loads[k].pue }).is_some() {
                return None;
            }
        }
        let segments = Segments::of(case);
        let price = Cow::Borrowed(case.price_usd_per_mwh.as_slice());
        let pieces = cut(case, &segments, &price, block_hours);
        let blocks = pieces.last().map_or(0, |piece| piece.block + 1);
        let touched = touched(case, &segments, &pieces, blocks);
        let target_mwh = case.budgets.iter().map(|budget| sign(budget.side) * budget.mwh).collect();
        let meter_mw = case.loads.iter().map(|load| scaled(&load.capacity_it_mw, load.pue)).collect();
        Some(Self {
            case,
            segments,
            price,
            earns: true,
            meter_mw,
            ramped,
            pieces,
            blocks,
            block_hours,
            touched,
            target_mwh,
        })
    }

    /// The same problem with nothing earned and nothing paid, so that only multipliers count.
    pub(super) fn feasibility(self) -> Self {
        let mut pieces = self.pieces;
        pieces.iter_mut().for_each(|piece| piece.least_price = 0.0);
        Self { price: Cow::Owned(vec![0.0; self.case.steps()]), earns: false, pieces, ..self }
    }

    /// Number of loads.
    pub(super) fn loads(&self) -> usize {
        self.case.loads.len()
    }

    /// What budget `j` counts of `energy` (MW steps at the meter by load), MWh, signed so that more is better.
    pub(super) fn counted(&self, j: usize, energy: &[f64]) -> f64 {
        let budget = &self.case.budgets[j];
        let mw_steps = match budget.of {
            BudgetOf::Load(k) => energy[k] / self.case.loads[k].pue,
            BudgetOf::Site => energy.iter().sum(),
        };
        sign(budget.side) * mw_steps * self.case.step_hours
    }
}

fn most(series: &Series) -> f64 {
    match series {
        Series::Constant(value) => *value,
        Series::Steps(values) => values.iter().fold(0.0, |most, value| most.max(*value)),
    }
}

fn scaled(series: &Series, by: f64) -> Series {
    match series {
        Series::Constant(value) => Series::Constant(value * by),
        Series::Steps(values) => Series::Steps(values.iter().map(|value| value * by).collect()),
    }
}

fn cut(case: &Case, segments: &Segments, price: &[f64], block_hours: f64) -> Vec<Piece> {
    let steps = case.steps();
    let length = ((block_hours / case.step_hours).round() as usize).clamp(1, steps);
    let mut pieces = Vec::with_capacity(segments.len() + steps / length + 1);
    let mut segment = 0;
    for (block, from) in (0..steps).step_by(length).enumerate() {
        let to = (from + length).min(steps);
        let mut at = from;
        while at < to {
            while segments.start[segment + 1] <= at {
                segment += 1;
            }
            let end = to.min(segments.start[segment + 1]);
            let least_price = price[at..end].iter().fold(f64::INFINITY, |least, p| least.min(*p));
            pieces.push(Piece { block, segment, steps: at..end, least_price });
            at = end;
        }
    }
    pieces
}

fn touched(case: &Case, segments: &Segments, pieces: &[Piece], blocks: usize) -> Vec<Vec<usize>> {
    let mut touched = vec![Vec::new(); blocks];
    for j in 0..case.budgets.len() {
        for piece in pieces.iter().filter(|piece| segments.of_budget[j].contains(&piece.segment)) {
            let list = &mut touched[piece.block];
            if list.last() != Some(&j) {
                list.push(j);
            }
        }
    }
    touched
}

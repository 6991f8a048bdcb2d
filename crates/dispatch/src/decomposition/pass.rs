//! One pass: the best dispatch of every hour for given multipliers, and what it is worth block by block.

use super::path::{Merit, PathScratch, fill_left, ramped_path};
use super::problem::Problem;
use super::serve;
use crate::sum::Sum;

/// What a pass found, enough to repeat its dispatch to the bit.
pub(super) struct Pass {
    /// Multipliers of the budgets, USD/MWh, at least 0.
    pub(super) multipliers: Vec<f64>,
    /// Draw of the ramped load by step, MW at the meter; empty where no load is ramped.
    pub(super) path: Vec<f64>,
}

/// A pass's dispatch block by block.
#[derive(Default)]
pub(super) struct BlockFigures {
    /// Margin without multipliers by block, USD.
    pub(super) value_usd: Vec<f64>,
    /// What the block counts for each budget that it touches, MWh, signed; blocks one after the other.
    pub(super) counted_mwh: Vec<f64>,
    /// Revenue before power, USD, over all blocks.
    pub(super) gross_usd: f64,
}

/// Room that passes share.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) merit: Merit,
    pub(super) path: PathScratch,
    pub(super) left_mw: Vec<f64>,
    energy: Vec<f64>,
}

/// The best dispatch under `multipliers`; returns it, and the dual value, USD. Figures by block go into `figures`.
pub(super) fn pass(
    problem: &Problem<'_>,
    multipliers: &[f64],
    scratch: &mut Scratch,
    figures: &mut BlockFigures,
) -> (Pass, f64) {
    scratch.merit.fill(problem, multipliers);
    let mut path = Vec::with_capacity(if problem.ramped.is_some() { problem.case.steps() } else { 0 });
    if let Some(ramped) = problem.ramped {
        ramped_path(problem, ramped, &scratch.merit, &mut scratch.path, &mut path);
    }
    let dispatch = Pass { multipliers: multipliers.to_vec(), path };
    by_block(problem, &dispatch, scratch, figures);
    (dispatch, dual_usd(problem, multipliers, figures))
}

/// Serves all loads piece by piece and sums what each block earns and counts.
fn by_block(problem: &Problem<'_>, pass: &Pass, scratch: &mut Scratch, figures: &mut BlockFigures) {
    let (n, hours) = (problem.loads(), problem.case.step_hours);
    let first: Vec<usize> = problem
        .touched
        .iter()
        .scan(0, |at, list| {
            let from = *at;
            *at += list.len();
            Some(from)
        })
        .collect();
    figures.value_usd.clear();
    figures.value_usd.resize(problem.blocks, 0.0);
    figures.counted_mwh.clear();
    figures.counted_mwh.resize(problem.touched.iter().map(Vec::len).sum(), 0.0);
    figures.gross_usd = 0.0;
    scratch.energy.resize(n, 0.0);
    for piece in &problem.pieces {
        let steps = piece.steps.clone();
        fill_left(problem.case, steps.clone(), &mut scratch.left_mw);
        scratch.energy.fill(0.0);
        let worth = &scratch.merit.worth[piece.segment * n..][..n];
        if let Some(ramped) = problem.ramped {
            let path = &pass.path[steps.clone()];
            scratch.left_mw.iter_mut().zip(path).for_each(|(left, mw)| *left = (*left - mw).max(0.0));
            scratch.energy[ramped.load] = serve::energy(path);
        }
        for &k in &scratch.merit.order[piece.segment * n..][..n] {
            if worth[k] <= piece.least_price {
                break;
            }
            if problem.ramped.is_none_or(|ramped| ramped.load != k) {
                let capacity = &problem.meter_mw[k];
                scratch.energy[k] =
                    serve::serve(&problem.price, capacity, steps.clone(), worth[k], &mut scratch.left_mw);
            }
        }
        if problem.earns {
            let base = problem.segments.base(piece.segment);
            let revenue: f64 = base.iter().zip(&scratch.energy).map(|(worth, energy)| worth * energy).sum();
            let cost = serve::cost(&problem.price, &problem.case.interconnect_mw, steps, &scratch.left_mw);
            figures.value_usd[piece.block] += hours * (revenue - cost);
            let gross = base.iter().zip(&scratch.energy).map(|(worth, energy)| worth.abs() * energy);
            figures.gross_usd += hours * gross.sum::<f64>();
        }
        for (place, &j) in problem.touched[piece.block].iter().enumerate() {
            if problem.segments.of_budget[j].contains(&piece.segment) {
                figures.counted_mwh[first[piece.block] + place] += problem.counted(j, &scratch.energy);
            }
        }
    }
}

/// `Σ value + Σ multiplier · (counted − target)`.
fn dual_usd(problem: &Problem<'_>, multipliers: &[f64], figures: &BlockFigures) -> f64 {
    let mut dual = Sum::default();
    figures.value_usd.iter().for_each(|value| dual.add(*value));
    let budgets = problem.touched.iter().flatten();
    for (&j, counted) in budgets.zip(&figures.counted_mwh) {
        dual.add(multipliers[j] * counted);
    }
    for (multiplier, target) in multipliers.iter().zip(&problem.target_mwh) {
        dual.add(-multiplier * target);
    }
    dual.get()
}

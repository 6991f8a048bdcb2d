//! The dispatch that a mix of passes stands for, and the prices of changes along the ramped load's path.

use super::master::Master;
use super::pass::{Pass, Scratch};
use super::path::{fill_left, hour};
use super::problem::{Problem, Ramped};
use super::serve;

/// Two changes between steps this close are equal, MW.
const TIGHT_MW: f64 = 1e-9;

/// Running load at the machines, IT MW, `[load][step]`: every group's mix of its passes, repeated with their very numbers.
pub(super) fn dispatch(
    problem: &Problem<'_>,
    master: &Master,
    passes: &[Pass],
    scratch: &mut Scratch,
) -> Vec<Vec<f64>> {
    let mut it_mw = vec![vec![0.0; problem.case.steps()]; problem.loads()];
    let mut used: Vec<Vec<(usize, f64)>> = vec![Vec::new(); passes.len()];
    master.for_each_weight(|c, weight| {
        let column = &master.columns.all[c];
        used[column.pass].push((column.group, weight));
    });
    for (pass, groups) in passes.iter().zip(&mut used).filter(|(_, groups)| !groups.is_empty()) {
        groups.sort_unstable_by_key(|(group, _)| *group);
        scratch.merit.fill(problem, &pass.multipliers);
        for &(group, weight) in groups.iter() {
            let blocks = &master.columns.groups[group].blocks;
            let from = problem.pieces.partition_point(|piece| piece.block < blocks.start);
            let to = problem.pieces.partition_point(|piece| piece.block < blocks.end);
            for piece in from..to {
                add_piece(problem, pass, (piece, weight), scratch, &mut it_mw);
            }
        }
    }
    it_mw
}

fn add_piece(
    problem: &Problem<'_>,
    pass: &Pass,
    (piece, weight): (usize, f64),
    scratch: &mut Scratch,
    it_mw: &mut [Vec<f64>],
) {
    let (n, piece) = (problem.loads(), &problem.pieces[piece]);
    let steps = piece.steps.clone();
    fill_left(problem.case, steps.clone(), &mut scratch.left_mw);
    if let Some(Ramped { load, .. }) = problem.ramped {
        let scale = weight / problem.case.loads[load].pue;
        let out = &mut it_mw[load][steps.clone()];
        for ((left, mw), out) in scratch.left_mw.iter_mut().zip(&pass.path[steps.clone()]).zip(out) {
            *left = (*left - mw).max(0.0);
            *out += scale * mw;
        }
    }
    let worth = &scratch.merit.worth[piece.segment * n..][..n];
    for &k in &scratch.merit.order[piece.segment * n..][..n] {
        if worth[k] <= piece.least_price {
            break;
        }
        if problem.ramped.is_none_or(|ramped| ramped.load != k) {
            let out = (weight / problem.case.loads[k].pue, &mut it_mw[k][steps.clone()]);
            let capacity = &problem.meter_mw[k];
            serve::serve_into(&problem.price, capacity, steps.clone(), worth[k], &mut scratch.left_mw, out);
        }
    }
}

/// Prices of changes along the path of a pass, USD per IT MW by step; the pass's merit must be in `scratch`.
///
/// With `σ_t` the price of the change into step `t` (USD/MWh at the meter), the path is best iff the slope of every step's
/// margin holds `σ_t − σ_{t+1}`, with `σ_t` at least 0 where the draw rises as fast as it may, at most 0 where it falls as
/// fast, and 0 elsewhere. Sets of possible `σ` are carried backwards, then prices are chosen forwards.
pub(super) fn ramp_prices(problem: &Problem<'_>, ramped: Ramped, pass: &Pass, scratch: &Scratch) -> Vec<f64> {
    let (path, steps) = (&pass.path, pass.path.len());
    let most = path.iter().fold(0.0, |most: f64, mw| most.max(*mw));
    let mut prices = vec![0.0; steps];
    let window = Window { problem, ramped, path, scratch };
    if ramped.ramp_mw <= TIGHT_MW {
        window.price(0, steps, &mut prices);
    }
    let mut end = if ramped.ramp_mw <= TIGHT_MW { steps } else { 0 };
    while let Some(cut) = (end..steps).find(|&t| path[t] < most) {
        let from = cut.saturating_sub(1).max(end.saturating_sub(1));
        end = cut;
        // One step at the top beside the run belongs to it; another cut step right after it joins the run.
        while end < steps && (path[end] < most || (end + 1 < steps && path[end + 1] < most)) {
            end += 1;
        }
        window.price(from, (end + 1).min(steps), &mut prices);
        end += 1;
    }
    let scale = problem.case.loads[ramped.load].pue * problem.case.step_hours;
    prices.iter_mut().for_each(|price| *price *= scale);
    prices
}

struct Window<'a> {
    problem: &'a Problem<'a>,
    ramped: Ramped,
    path: &'a [f64],
    scratch: &'a Scratch,
}

impl Window<'_> {
    /// Prices of the changes into the steps of `from..to`, USD/MWh at the meter.
    fn price(&self, from: usize, to: usize, prices: &mut [f64]) {
        let mut slopes = Vec::with_capacity(to - from);
        let mut kinks = Vec::new();
        let mut segment = self.problem.segments.start.partition_point(|s| *s <= from) - 1;
        for t in from..to {
            if t >= self.problem.segments.start[segment + 1] {
                segment += 1;
            }
            slopes.push(self.slopes(t, segment, &mut kinks));
        }
        let mut possible = vec![(0.0, 0.0); to - from + 1];
        for t in (from..to).rev() {
            let (next, slope) = (possible[t - from + 1], slopes[t - from]);
            let (least, most) = self.sign(t);
            let (low, high): (f64, f64) = (slope.0 + next.0, slope.1 + next.1);
            possible[t - from] = ordered(low.max(least), high.min(most));
        }
        let mut at = 0.0_f64;
        for t in from..to {
            if t > from {
                prices[t] = at;
            }
            let (slope, next) = (slopes[t - from], possible[t - from + 1]);
            let (low, high) = ordered((at - slope.1).max(next.0), (at - slope.0).min(next.1));
            at = 0.0_f64.clamp(low, high);
        }
    }

    /// Slopes of step `t`'s margin above and below the path's draw, USD/MWh.
    fn slopes(&self, t: usize, segment: usize, kinks: &mut Vec<(f64, f64)>) -> (f64, f64) {
        let (problem, n, k) = (self.problem, self.problem.loads(), self.ramped.load);
        let worth = &self.scratch.merit.worth[segment * n..][..n];
        let order = &self.scratch.merit.order[segment * n..][..n];
        let top = problem.meter_mw[k].at(t).min(problem.case.interconnect_mw.at(t));
        let slope = hour(problem, (k, t), (worth, order), top, kinks);
        let draw = self.path[t];
        let (mut above, mut below) = (slope, slope);
        for (position, drop) in kinks.iter() {
            if *position <= draw + TIGHT_MW {
                above -= drop;
            }
            if *position < draw - TIGHT_MW {
                below -= drop;
            }
        }
        let above = if draw >= top - TIGHT_MW { f64::NEG_INFINITY } else { above };
        let below = if draw <= TIGHT_MW { f64::INFINITY } else { below };
        (above, below)
    }

    /// Prices that the change into step `t` allows.
    fn sign(&self, t: usize) -> (f64, f64) {
        if t == 0 {
            return (0.0, 0.0);
        }
        let change = self.path[t] - self.path[t - 1];
        let ramp = self.ramped.ramp_mw;
        let high = if change >= ramp - TIGHT_MW { f64::INFINITY } else { 0.0 };
        let low = if change <= TIGHT_MW - ramp { f64::NEG_INFINITY } else { 0.0 };
        (low, high)
    }
}

/// An interval that rounding may have turned around.
fn ordered(low: f64, high: f64) -> (f64, f64) {
    if low <= high { (low, high) } else { ((low + high) / 2.0, (low + high) / 2.0) }
}

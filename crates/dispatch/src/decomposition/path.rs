//! The ramped load's draw for given worths.
//!
//! Its merit-order level of each hour is computed first; let `U` be the largest. Higher draws never help. Hours whose
//! level is below `U` are cut hours; in hours at a distance of `ceil(U / ramp)` or more from every cut hour the load stands
//! at `U`, so the value function is carried across the windows around cut hours alone.

use super::problem::{Problem, Ramped};
use super::serve;
use super::value_function::ValueFunction;
use crate::case::Case;
use std::ops::Range;

/// Worths and merit orders of all segments for one set of multipliers.
#[derive(Default)]
pub(super) struct Merit {
    /// Worth at the meter, USD/MWh, `[segment][load]`.
    pub(super) worth: Vec<f64>,
    /// Loads of each segment, dearest first, `[segment][place]`.
    pub(super) order: Vec<usize>,
}

impl Merit {
    /// Worths and orders under `multipliers`; equal loads keep the order of the case, so the same multipliers give the same split.
    pub(super) fn fill(&mut self, problem: &Problem<'_>, multipliers: &[f64]) {
        let n = problem.loads();
        problem.segments.worth(problem.case, multipliers, problem.earns, &mut self.worth);
        self.order.clear();
        for worth in self.worth.chunks(n.max(1)) {
            let from = self.order.len();
            self.order.extend(0..n);
            let order = &mut self.order[from..];
            for i in 1..n {
                let mut j = i;
                while j > 0 && worth[order[j - 1]] < worth[order[j]] {
                    order.swap(j - 1, j);
                    j -= 1;
                }
            }
        }
    }
}

/// Room for the ramp program, kept from pass to pass.
#[derive(Default)]
pub(super) struct PathScratch {
    left_mw: Vec<f64>,
    value: ValueFunction,
    windows: Vec<Range<usize>>,
    kinks: Vec<(f64, f64)>,
}

/// Draw of the ramped load by step, MW at the meter, into `path`.
pub(super) fn ramped_path(
    problem: &Problem<'_>,
    ramped: Ramped,
    merit: &Merit,
    scratch: &mut PathScratch,
    path: &mut Vec<f64>,
) {
    levels(problem, ramped, merit, scratch, path);
    let most = path.iter().fold(0.0, |most: f64, level| most.max(*level));
    if ramped.ramp_mw >= most {
        return;
    }
    let steps = path.len();
    let reach = (most / ramped.ramp_mw).ceil().min(steps as f64) as usize;
    windows(path, most, reach, &mut scratch.windows);
    for window in std::mem::take(&mut scratch.windows) {
        climb(problem, ramped, merit, scratch, (most, window), path);
    }
}

/// Merit-order level of the ramped load in every step.
fn levels(
    problem: &Problem<'_>,
    ramped: Ramped,
    merit: &Merit,
    scratch: &mut PathScratch,
    path: &mut Vec<f64>,
) {
    let (n, case) = (problem.loads(), problem.case);
    path.clear();
    for segment in 0..problem.segments.len() {
        let steps = problem.segments.steps(segment);
        fill_left(case, steps.clone(), &mut scratch.left_mw);
        let worth = &merit.worth[segment * n..(segment + 1) * n];
        for &k in merit.order[segment * n..(segment + 1) * n].iter().take_while(|k| **k != ramped.load) {
            serve::serve(&problem.price, &problem.meter_mw[k], steps.clone(), worth[k], &mut scratch.left_mw);
        }
        path.resize(steps.end, 0.0);
        let level = (1.0, &mut path[steps.clone()]);
        let k = ramped.load;
        serve::serve_into(&problem.price, &problem.meter_mw[k], steps, worth[k], &mut scratch.left_mw, level);
    }
}

/// The interconnect of some steps, into `left_mw`.
pub(super) fn fill_left(case: &Case, steps: Range<usize>, left_mw: &mut Vec<f64>) {
    left_mw.clear();
    match &case.interconnect_mw {
        crate::case::Series::Constant(mw) => left_mw.resize(steps.len(), *mw),
        crate::case::Series::Steps(mw) => left_mw.extend_from_slice(&mw[steps]),
    }
}

/// Runs of steps closer than `reach` to a cut step, joined where they touch.
fn windows(level: &[f64], most: f64, reach: usize, windows: &mut Vec<Range<usize>>) {
    windows.clear();
    let cut = most * (1.0 - 1e-12);
    for (t, _) in level.iter().enumerate().filter(|(_, level)| **level < cut) {
        let window = t.saturating_sub(reach - 1)..(t + reach).min(level.len());
        match windows.last_mut() {
            Some(last) if window.start <= last.end => last.end = window.end,
            _ => windows.push(window),
        }
    }
}

/// The best draw in one window: the value function forwards, the path backwards. Ends inside the horizon stand at `most`.
fn climb(
    problem: &Problem<'_>,
    ramped: Ramped,
    merit: &Merit,
    scratch: &mut PathScratch,
    (most, window): (f64, Range<usize>),
    path: &mut [f64],
) {
    let (n, case) = (problem.loads(), problem.case);
    let mut segment = problem.segments.start.partition_point(|s| *s <= window.start) - 1;
    let value = &mut scratch.value;
    let mut reachable = most;
    if window.start == 0 {
        value.free();
    } else {
        value.pinned(most);
    }
    for t in window.clone() {
        if t >= problem.segments.start[segment + 1] {
            segment += 1;
        }
        let (worth, order) = (&merit.worth[segment * n..][..n], &merit.order[segment * n..][..n]);
        let top = most.min(problem.meter_mw[ramped.load].at(t)).min(case.interconnect_mw.at(t));
        if t > 0 {
            value.ramp(ramped.ramp_mw);
            reachable += ramped.ramp_mw;
        }
        // A draw is also limited by what an earlier, lower top lets it reach.
        reachable = top.min(reachable);
        let top = reachable;
        value.limit(top);
        let slope = hour(problem, (ramped.load, t), (worth, order), top, &mut scratch.kinks);
        value.add_slope(slope, top);
        scratch.kinks.iter().for_each(|&(position, drop)| value.add_kink(position, drop));
        path[t] = value.peak(top);
    }
    let mut next = if window.end < path.len() { most } else { path[window.end - 1] };
    for t in window.rev() {
        let top = most.min(problem.meter_mw[ramped.load].at(t)).min(case.interconnect_mw.at(t));
        path[t] = path[t].clamp(next - ramped.ramp_mw, next + ramped.ramp_mw).clamp(0.0, top);
        next = path[t];
    }
}

/// Slope of step `t`'s best margin at no draw of the ramped load, USD/MWh; its kinks below `top` go into `kinks`.
///
/// Up to what is free beside the other running loads, a MW of the ramped load earns its worth less the price; beyond, it
/// displaces the cheapest of them.
pub(super) fn hour(
    problem: &Problem<'_>,
    (ramped, t): (usize, usize),
    (worth, order): (&[f64], &[usize]),
    top: f64,
    kinks: &mut Vec<(f64, f64)>,
) -> f64 {
    kinks.clear();
    let price = problem.price[t];
    let running = order.partition_point(|&k| worth[k] > price);
    let others = order[..running].iter().filter(|k| **k != ramped);
    let wanted: f64 = others.clone().map(|&k| problem.meter_mw[k].at(t)).sum();
    let mut slope = worth[ramped] - price;
    let mut position = problem.case.interconnect_mw.at(t) - wanted;
    let mut displaced = price;
    for &k in others.rev() {
        if position >= top {
            break;
        }
        let drop = worth[k] - displaced;
        if position <= 0.0 {
            slope -= drop;
        } else {
            kinks.push((position, drop));
        }
        displaced = worth[k];
        position += problem.meter_mw[k].at(t);
    }
    slope
}

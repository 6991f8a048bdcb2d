//! Backward induction over starts of conversions: what the option to convert adds to mining for ever.
//!
//! With everything that follows a start booked at the start as its gain `g`, only the gain needs optimising:
//! `W_t(z, x) = Σ_o P_o · max_{c ≤ c_o(x)} { Σ_{i<c} g_t(z, o, hall_i) + β E[W_{t+1}(z', x_c) | z] }`, `W_T = 0`.
//! `x` counts the halls still mining and the months left of each conversion under way; `o` is the offer of the month.
//! Source: dynamic programming on the transition kernel of [`crate::kernel`]; irreversible investment as in Dixit and
//! Pindyck (1994).

use crate::kernel::{BLOCK, Kernel};
use crate::states::StateGraph;
use rayon::prelude::*;

/// One stage's gains and offers.
#[derive(Debug, Clone, Default)]
pub struct Stage {
    /// Gain of a start by rent class and hall kind at each grid point, `[n_classes, n_kinds, n_nodes]` row-major, in
    /// money of the stage.
    pub gain: Vec<f64>,
    /// Probability of each rent class, given an offer.
    pub class_probability: Vec<f64>,
    /// Probability that an offer of each size class is there; they sum to at most 1, the rest is no offer.
    pub size_probability: Vec<f64>,
}

/// Sees the continuation values of every stage, block of states by block.
pub trait Observer: Sync {
    /// Made once per stage.
    type Prepared: Sync;
    /// What is kept of a block.
    type Kept: Send;
    /// Gets ready for a stage.
    fn prepare(&self, stage: usize) -> Self::Prepared;
    /// Reduces a block's undiscounted continuation values, `[n_nodes, BLOCK]` row-major, to what is kept.
    fn keep(&self, prepared: &Self::Prepared, continuation: &[f64]) -> Self::Kept;
}

/// Solves backwards from the last stage; returns the value at `node` and state `start`, and what the observer kept,
/// `[n_stages][n_blocks]`.
pub fn solve<O: Observer>(
    kernel: &Kernel,
    graph: &StateGraph,
    discount: f64,
    stages: &[Stage],
    observer: &O,
    node: usize,
) -> (f64, Vec<Vec<O::Kept>>) {
    let mut kept = Vec::with_capacity(stages.len());
    let value = sweep(kernel, graph, discount, stages, observer, node, |_, now| kept.push(now));
    kept.reverse();
    (value, kept)
}

/// Solves backwards from the last stage and hands what the observer kept of each stage to `each_stage`, block by block, so that
/// nothing of it needs storing; returns the value at `node` and state `start`.
pub fn sweep<O: Observer>(
    kernel: &Kernel,
    graph: &StateGraph,
    discount: f64,
    stages: &[Stage],
    observer: &O,
    node: usize,
    mut each_stage: impl FnMut(usize, Vec<O::Kept>),
) -> f64 {
    sweep_with_values(kernel, graph, discount, stages, observer, node, |t, kept, _| each_stage(t, kept))
}

/// As [`sweep`], and `each_stage` also sees the values of the stage after, by state and then node, `W_{t+1}`.
pub fn sweep_with_values<O: Observer>(
    kernel: &Kernel,
    graph: &StateGraph,
    discount: f64,
    stages: &[Stage],
    observer: &O,
    node: usize,
    mut each_stage: impl FnMut(usize, Vec<O::Kept>, &[f64]),
) -> f64 {
    let n_nodes = kernel.n_nodes();
    let n_states = graph.n_states();
    let n_blocks = n_states.div_ceil(BLOCK);
    // Values by state, then node: the maximisation runs over contiguous nodes.
    let mut value = vec![0.0; n_blocks * BLOCK * n_nodes];
    let mut continuation = value.clone();
    for (t, stage) in stages.iter().enumerate().rev() {
        let prepared = observer.prepare(t);
        let kept_now: Vec<O::Kept> = continuation
            .par_chunks_mut(BLOCK * n_nodes)
            .zip(value.par_chunks(BLOCK * n_nodes))
            .map_init(
                || vec![0.0; 3 * BLOCK * n_nodes],
                |scratch, (out, from)| {
                    let (w, rest) = scratch.split_at_mut(BLOCK * n_nodes);
                    let (half, c) = rest.split_at_mut(BLOCK * n_nodes);
                    transpose(from, w, BLOCK, n_nodes);
                    kernel.expect(w, half, c);
                    transpose(c, out, n_nodes, BLOCK);
                    observer.keep(&prepared, c)
                },
            )
            .collect();
        each_stage(t, kept_now, &value);
        value.par_chunks_mut(n_nodes).take(n_states).enumerate().for_each(|(x, out)| {
            best_starts(graph, stage, discount, &continuation, n_nodes, x, out);
        });
    }
    value[graph.start() * n_nodes + node]
}

/// Value of one state over all nodes: the expectation over offers of the best number of starts.
///
/// A node is a point of a grid, or a path of a regression; `continuation` is `[n_states, n_nodes]` row-major.
pub(crate) fn best_starts(
    graph: &StateGraph,
    stage: &Stage,
    discount: f64,
    continuation: &[f64],
    n_nodes: usize,
    x: usize,
    out: &mut [f64],
) {
    let of = |state: usize| &continuation[state * n_nodes..][..n_nodes];
    let moves = graph.moves(x);
    let stay = of(moves[0]);
    // Probability that exactly c halls may be started.
    let mut allowed = vec![0.0; moves.len()];
    for (size, p) in stage.size_probability.iter().enumerate() {
        allowed[graph.max_starts(x, size)] += p;
    }
    let offered: f64 = stage.size_probability.iter().sum();
    let waiting = 1.0 - offered + allowed[0];
    for (value, c) in out.iter_mut().zip(stay) {
        *value = waiting * discount * c;
    }
    if moves.len() == 1 {
        return;
    }
    let n_kinds = graph.n_kinds();
    let mut best = vec![0.0; n_nodes];
    let mut gained = vec![0.0; n_nodes];
    for (class, class_p) in stage.class_probability.iter().enumerate() {
        for (b, c) in best.iter_mut().zip(stay) {
            *b = discount * c;
        }
        gained.fill(0.0);
        for starts in 1..moves.len() {
            let kind = graph.kind_of_next(x, starts - 1);
            let gain = &stage.gain[(class * n_kinds + kind) * n_nodes..][..n_nodes];
            let next = of(moves[starts]);
            let weight = class_p * allowed[starts];
            for node in 0..n_nodes {
                gained[node] += gain[node];
                let value = gained[node] + discount * next[node];
                if value > best[node] {
                    best[node] = value;
                }
                out[node] += weight * best[node];
            }
        }
    }
}

fn transpose(from: &[f64], to: &mut [f64], rows: usize, columns: usize) {
    for r in 0..rows {
        for c in 0..columns {
            to[c * rows + r] = from[r * columns + c];
        }
    }
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepNothing;

impl Observer for KeepNothing {
    type Prepared = ();
    type Kept = ();
    fn prepare(&self, _stage: usize) {}
    fn keep(&self, _prepared: &(), _continuation: &[f64]) {}
}

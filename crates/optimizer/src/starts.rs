//! What computed policies weigh: waiting, and each number of starts that is possible.

use crate::policy::View;
use crate::reasons::{Alternative, Reasons, best_of};
use crate::states::StateGraph;
use site::Decision;

/// What one start gains over mining on, in its parts, USD discounted to the first opening.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gain {
    /// The lease signed now.
    pub(crate) lease_usd: f64,
    /// Machines sold less mining given up.
    pub(crate) leaving_mining_usd: f64,
    /// Later leases.
    pub(crate) relet_usd: f64,
}

/// What waiting and each number of starts up to `most` are worth in a state, USD of the first opening. `gain` is that of a kind
/// of hall; `left(starts, state)` is what is left to gain after some starts.
pub(crate) fn value_starts(
    graph: &StateGraph,
    state: usize,
    most: usize,
    gain: impl Fn(usize) -> Gain,
    left: impl Fn(usize, usize) -> f64,
) -> Vec<Alternative> {
    let mut so_far = Alternative::default();
    let mut gained = 0.0;
    let mut alternatives = Vec::with_capacity(most + 1);
    for (starts, &next) in graph.moves(state).iter().enumerate().take(most + 1) {
        if starts > 0 {
            let gain = gain(graph.kind_of_next(state, starts - 1));
            gained += gain.lease_usd + (gain.leaving_mining_usd + gain.relet_usd);
            so_far.lease_usd += gain.lease_usd;
            so_far.relet_usd += gain.relet_usd;
            so_far.leaving_mining_usd += gain.leaving_mining_usd;
        }
        let left_to_gain_usd = left(starts, next);
        alternatives.push(Alternative {
            halls: starts as u32,
            value_usd: gained + left_to_gain_usd,
            left_to_gain_usd,
            ..so_far
        });
    }
    alternatives
}

/// The alternative that is worth most under the open offer; `alternatives(rent, most starts)` values them.
pub(crate) fn decide_by(
    view: &View<'_>,
    alternatives: impl Fn(f64, usize) -> Option<Vec<Alternative>>,
) -> Decision {
    let most = view.limits.hosting_halls as usize;
    let (Some(offer), true) = (view.offer, most > 0) else { return Decision::WAIT };
    let Some(alternatives) = alternatives(offer.rent.get(), most) else { return Decision::WAIT };
    Decision { hosting_halls: best_of(&alternatives) as u32, gpu_halls: 0 }
}

/// The alternatives in money of the view's opening.
pub(crate) fn reasons_by(
    view: &View<'_>,
    alternatives: impl Fn(f64, usize) -> Option<Vec<Alternative>>,
) -> Reasons {
    let rent = view.offer.map_or(0.0, |offer| offer.rent.get());
    let found = alternatives(rent, view.limits.hosting_halls as usize);
    let money = view.money_of_the_opening();
    let alternatives = found.unwrap_or_default().into_iter().map(|a| a.times(money)).collect();
    Reasons { alternatives, ..Reasons::default() }
}

//! Perfect foresight: the best that anyone could have done who knew the whole path, named so and used as an upper mark.
//!
//! No policy can exceed it on any path, and none can reach it. Exact on each path: a maximisation over all sequences of
//! starts within the limits, hosting under the path's offers and own GPUs alike. Where loads compete for the interconnect
//! the contest is left out, which can only raise it.

use crate::gains::PathGains;
use crate::states::StateGraph;
use site::LeaseOffer;

/// Value over mining for ever when every hall may start whenever suits it best, under any offer of the path.
///
/// A looser mark than [`foresight_gain`], for campuses with too many states: builders' limit, the offers' sizes and the firm
/// connection are left out, which can only raise it. `kinds` lists the kind of each hall.
#[must_use]
pub fn unlimited_foresight_gain(gains: &[PathGains], kinds: &[usize]) -> f64 {
    let best: Vec<f64> = gains
        .iter()
        .map(|kind| {
            let hosting = kind.hosting.iter().flatten();
            hosting.chain(&kind.gpus).fold(0.0_f64, |best, gain| best.max(*gain))
        })
        .collect();
    kinds.iter().map(|&kind| best[kind]).sum()
}

/// Value over mining for ever of the best sequence of starts on one path, USD discounted to the first opening.
///
/// `gains` by hall kind, `offers` by month. `scratch` is reused between calls.
#[must_use]
pub fn foresight_gain(
    graph: &StateGraph,
    gains: &[PathGains],
    offers: &[Option<LeaseOffer>],
    scratch: &mut Vec<f64>,
) -> f64 {
    let n_states = graph.n_states();
    scratch.clear();
    scratch.resize(2 * n_states, 0.0);
    let (mut now, mut next) = scratch.split_at_mut(n_states);
    for (t, offer) in offers.iter().enumerate().rev() {
        let size = offer.map(|offer| (offer.gross.get(), graph.size_class(offer.gross.get())));
        for (x, value) in now.iter_mut().enumerate() {
            let moves = graph.moves(x);
            let most_hosting = match size {
                None => 0,
                Some((_, Some(class))) => graph.max_starts(x, class),
                Some((mw, None)) => graph.starts_for_offer(x, mw),
            };
            *value = next[moves[0]];
            let mut hosted = 0.0;
            for hosting in 0..=most_hosting.min(moves.len() - 1) {
                if hosting > 0 {
                    hosted +=
                        gains[graph.kind_of_next(x, hosting - 1)].hosting[t].unwrap_or(f64::NEG_INFINITY);
                }
                let mut gained = hosted;
                *value = value.max(gained + next[moves[hosting]]);
                if gains[0].gpus.is_empty() {
                    continue;
                }
                for (starts, &to) in moves.iter().enumerate().skip(hosting + 1) {
                    gained += gains[graph.kind_of_next(x, starts - 1)].gpus[t];
                    *value = value.max(gained + next[to]);
                }
            }
        }
        std::mem::swap(&mut now, &mut next);
    }
    next[graph.start()]
}

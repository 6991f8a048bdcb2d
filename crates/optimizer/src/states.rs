//! The countable part of the state: halls still mining, and the months left of each conversion under way.
//!
//! Halls are taken in one order and all conversions take equally long, so the halls under construction are the ones
//! started last; the state needs their months left and nothing else. Only states that can be reached are listed.

use site::{Campus, HallUse, State};
use std::collections::HashMap;
use thiserror::Error;

/// The problem has more states than a solver should hold.
#[derive(Debug, Clone, PartialEq, Error)]
#[error(
    "{halls} halls with up to {slots} under construction for {lead_months} months make more than {limit} states; use fewer halls, a lower construction limit or a shorter lead time"
)]
pub struct TooManyStates {
    /// Halls that can be converted.
    pub halls: usize,
    /// Halls that can be under construction at once.
    pub slots: usize,
    /// Months of construction.
    pub lead_months: u32,
    /// The limit on states.
    pub limit: usize,
}

/// Halls in conversion order and the limits on starting them.
#[derive(Debug, Clone, PartialEq)]
pub struct HallLine {
    /// Gross MW of each hall that can be converted, in order.
    pub gross_mw: Vec<f64>,
    /// Kind of each hall: halls of a kind have the same gains.
    pub kind: Vec<usize>,
    /// Months of construction.
    pub lead_months: u32,
    /// Gross MW that can be under construction at once.
    pub max_under_construction_mw: f64,
    /// Gross MW that can be committed in all.
    pub max_committed_mw: f64,
    /// Size classes of offers, gross MW.
    pub offer_sizes_mw: Vec<f64>,
}

/// All reachable states and the moves between them.
#[derive(Debug, Clone)]
pub struct StateGraph {
    line: HallLine,
    states: Vec<Key>,
    index: HashMap<Key, usize>,
    /// Next state by number of starts, `[n_states][0..=most]`.
    moves: Vec<Vec<usize>>,
    /// Most starts by state and offer size, `[n_states, n_sizes]` row-major.
    max_starts: Vec<usize>,
}

/// Halls started so far, and the months left of those under construction, longest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    started: usize,
    months_left: Vec<u32>,
}

const SLACK: f64 = 1e-9;
/// Most states that the foresight mark goes through on every path.
pub const MAX_STATES: usize = 20_000;
/// Most states that the computed policy holds values for: about 50 kB each on its grid and in its polynomials.
pub const MAX_DP_STATES: usize = 8_000;

impl StateGraph {
    /// Lists the states reachable from no hall started.
    ///
    /// # Errors
    /// When there are more than `limit`.
    pub fn new(line: HallLine, limit: usize) -> Result<Self, TooManyStates> {
        let start = Key { started: 0, months_left: Vec::new() };
        let mut graph = Self {
            line,
            states: vec![start.clone()],
            index: HashMap::from([(start, 0)]),
            moves: Vec::new(),
            max_starts: Vec::new(),
        };
        let mut next = 0;
        while next < graph.states.len() {
            let key = graph.states[next].clone();
            let most = graph.starts_within(&key, f64::INFINITY);
            let moves = (0..=most).map(|starts| graph.intern(graph.after(&key, starts))).collect();
            graph.moves.push(moves);
            let sizes: Vec<usize> =
                graph.line.offer_sizes_mw.iter().map(|&mw| graph.starts_within(&key, mw)).collect();
            graph.max_starts.extend(sizes);
            next += 1;
            if graph.states.len() > limit {
                return Err(TooManyStates {
                    halls: graph.line.gross_mw.len(),
                    slots: graph.slots(),
                    lead_months: graph.line.lead_months,
                    limit,
                });
            }
        }
        Ok(graph)
    }

    /// Number of states.
    #[must_use]
    pub fn n_states(&self) -> usize {
        self.states.len()
    }

    /// Number of hall kinds.
    #[must_use]
    pub fn n_kinds(&self) -> usize {
        self.line.kind.iter().max().map_or(1, |k| k + 1)
    }

    /// The state in which nothing has been started.
    #[must_use]
    pub fn start(&self) -> usize {
        0
    }

    /// Next states by number of starts, none first; as many as builders and the connection allow.
    #[must_use]
    pub fn moves(&self, state: usize) -> &[usize] {
        &self.moves[state]
    }

    /// States that some starts lead through, month by month, from nothing started: one more than there are months.
    ///
    /// # Panics
    /// If a month has more starts than builders and the connection allow.
    #[must_use]
    pub fn way(&self, starts: &[u32]) -> Vec<usize> {
        let mut way = vec![self.start()];
        for &halls in starts {
            way.push(self.moves(way[way.len() - 1])[halls as usize]);
        }
        way
    }

    /// Most starts under an offer of a size class.
    #[must_use]
    pub fn max_starts(&self, state: usize, size: usize) -> usize {
        self.max_starts[state * self.line.offer_sizes_mw.len() + size]
    }

    /// Size class of an offer, if its size is one of the law's.
    #[must_use]
    pub fn size_class(&self, offer_mw: f64) -> Option<usize> {
        self.line.offer_sizes_mw.iter().position(|mw| *mw == offer_mw)
    }

    /// Kind of the hall that would be started after `skip` others.
    #[must_use]
    pub fn kind_of_next(&self, state: usize, skip: usize) -> usize {
        self.line.kind[self.states[state].started + skip]
    }

    /// Starts from this state that fit into `offer_mw`.
    #[must_use]
    pub fn starts_for_offer(&self, state: usize, offer_mw: f64) -> usize {
        self.starts_within(&self.states[state], offer_mw)
    }

    /// Halls started by a state.
    #[must_use]
    pub fn started(&self, state: usize) -> usize {
        self.states[state].started
    }

    /// Months left of the halls under construction in a state, longest first: that of the hall started last comes first.
    #[must_use]
    pub fn months_left(&self, state: usize) -> &[u32] {
        &self.states[state].months_left
    }

    /// Halls that can be converted, and their kinds.
    #[must_use]
    pub fn kinds(&self) -> &[usize] {
        &self.line.kind
    }

    /// The state of a campus, by the halls that could be converted at its first opening; `None` if it cannot be reached.
    #[must_use]
    pub fn state_of(&self, campus: &Campus, state: &State) -> Option<usize> {
        let mut started = 0;
        let mut months_left: Vec<u32> = Vec::new();
        let convertible =
            state.halls.iter().zip(&campus.halls).filter(|(_, hall)| !hall.opening.is_committed());
        for (hall, _) in convertible {
            started += usize::from(hall.is_committed());
            if let HallUse::Building { months_left: left, .. } = hall {
                months_left.push(*left);
            }
        }
        self.find(started, &mut months_left)
    }

    /// The state with `started` halls of which those with `months_left` (any order) are under construction.
    #[must_use]
    pub fn find(&self, started: usize, months_left: &mut Vec<u32>) -> Option<usize> {
        months_left.sort_unstable_by(|a, b| b.cmp(a));
        let key = Key { started, months_left: std::mem::take(months_left) };
        let found = self.index.get(&key).copied();
        *months_left = key.months_left;
        found
    }

    fn intern(&mut self, key: Key) -> usize {
        let next = self.states.len();
        let index = *self.index.entry(key.clone()).or_insert(next);
        if index == next {
            self.states.push(key);
        }
        index
    }

    fn after(&self, key: &Key, starts: usize) -> Key {
        let left = self.line.lead_months - 1;
        let mut months_left: Vec<u32> = if left > 0 { vec![left; starts] } else { Vec::new() };
        months_left.extend(key.months_left.iter().map(|m| m - 1).filter(|m| *m > 0));
        Key { started: key.started + starts, months_left }
    }

    fn starts_within(&self, key: &Key, offer_mw: f64) -> usize {
        let halls = &self.line.gross_mw;
        let building: f64 = halls[key.started - key.months_left.len()..key.started].iter().sum();
        let committed: f64 = halls[..key.started].iter().sum();
        let room = (self.line.max_under_construction_mw - building)
            .min(self.line.max_committed_mw - committed)
            .min(offer_mw);
        let mut used = 0.0;
        halls[key.started..]
            .iter()
            .take_while(|mw| {
                used += **mw;
                used <= room * (1.0 + SLACK)
            })
            .count()
    }

    fn slots(&self) -> usize {
        self.states.iter().map(|key| key.months_left.len()).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(halls: usize, slots: usize, lead_months: u32) -> HallLine {
        HallLine {
            gross_mw: vec![20.0; halls],
            kind: vec![0; halls],
            lead_months,
            max_under_construction_mw: 20.0 * slots as f64,
            max_committed_mw: f64::INFINITY,
            offer_sizes_mw: vec![20.0, 80.0],
        }
    }

    #[test]
    fn ten_halls_with_two_builders_have_the_known_number_of_states() {
        // 78 sorted pairs of months left times 11 counts, less those that no start can reach.
        let graph = StateGraph::new(line(10, 2, 12), MAX_STATES).unwrap();
        assert_eq!(graph.n_states(), 715);
        assert_eq!(graph.max_starts(0, 0), 1);
        assert_eq!(graph.max_starts(0, 1), 2);
    }

    #[test]
    fn a_lead_of_one_month_leaves_only_the_count() {
        assert_eq!(StateGraph::new(line(5, 1, 1), MAX_STATES).unwrap().n_states(), 6);
    }

    #[test]
    fn too_many_states_are_refused_with_their_size() {
        let error = StateGraph::new(line(40, 10, 36), MAX_STATES).unwrap_err();
        assert!(error.to_string().contains("40 halls"), "{error}");
    }
}

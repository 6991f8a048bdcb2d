//! The backward step of one path: the policy, the same with its penalty, and the two inner problems.

use crate::states::StateGraph;

/// An offer that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Its size class.
    pub size: usize,
    /// Its rent class.
    pub class: usize,
}

/// Probabilities of offers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OfferLaw<'a> {
    /// Of each size class; they sum to at most 1, the rest is no offer.
    pub size: &'a [f64],
    /// Of each rent class, given an offer.
    pub class: &'a [f64],
}

/// A stage as a path sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageView<'a> {
    /// Discount factor to the next stage.
    pub discount: f64,
    /// Law of the stage's offers.
    pub law: OfferLaw<'a>,
    /// Gains of a start at the path's point, `[n_classes, n_kinds]` row-major, money of the stage.
    pub gains: &'a [f64],
    /// The offer that came.
    pub offer: Option<Offer>,
}

impl StageView<'_> {
    /// Gain of some starts from a state under the offer that came, money of the stage.
    #[must_use]
    pub fn gained(&self, graph: &StateGraph, x: usize, starts: usize) -> f64 {
        let class = self.offer.map_or(0, |offer| offer.class);
        (1..=starts).map(|n| gain_of(graph, self, x, class, n)).sum()
    }
}

/// Values of one path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathValues {
    /// What the policy earns.
    pub policy: f64,
    /// The same less penalties of mean zero.
    pub controlled: f64,
    /// Optimum with foresight, penalties charged.
    pub upper: f64,
    /// Optimum with foresight.
    pub foresight: f64,
}

impl PathValues {
    const ZERO: Self = Self { policy: 0.0, controlled: 0.0, upper: 0.0, foresight: 0.0 };
}

/// One path on its way back from the last stage, in all states at once.
#[derive(Debug, Clone)]
pub struct Walker {
    values: Vec<PathValues>,
    before: Vec<PathValues>,
    continuation: Vec<f64>,
    /// Penalty from this stage to the next by the state after its starts.
    penalty: Vec<f64>,
    /// The offers' part of the penalty that leads to this stage.
    offers: Vec<f64>,
    /// Probabilities of size classes for which `allowed` holds.
    sizes: Vec<f64>,
    allowed: AllowedStarts,
    /// Planned values by number of starts, for one state.
    later: Vec<f64>,
}

impl Walker {
    /// A path behind the last stage.
    #[must_use]
    pub fn new(n_states: usize) -> Self {
        let zeros = vec![0.0; n_states];
        Self {
            values: vec![PathValues::ZERO; n_states],
            before: vec![PathValues::ZERO; n_states],
            continuation: zeros.clone(),
            penalty: zeros.clone(),
            offers: zeros,
            sizes: Vec::new(),
            allowed: AllowedStarts::default(),
            later: Vec::new(),
        }
    }

    /// Takes the continuation of each state at the path's point, undiscounted, and the increment to the next stage: any
    /// number whose mean is zero given what is known at the stage.
    pub fn take(&mut self, known: impl Iterator<Item = [f64; 2]>) {
        for (((continuation, penalty), offers), [value, increment]) in
            self.continuation.iter_mut().zip(&mut self.penalty).zip(&self.offers).zip(known)
        {
            *continuation = value;
            *penalty = increment + offers;
        }
    }

    /// Penalty of each state after the stage's starts, charged on the way to the next stage.
    #[must_use]
    pub fn penalties(&self) -> &[f64] {
        &self.penalty
    }

    /// The offers' part of the penalty that leads to the stage last gone back over, by state.
    #[must_use]
    pub fn offer_penalty(&self, state: usize) -> f64 {
        self.offers[state]
    }

    /// Goes back over one stage.
    pub fn step_back(&mut self, graph: &StateGraph, stage: &StageView<'_>) {
        if self.sizes != stage.law.size || self.allowed.first.is_empty() {
            self.sizes = stage.law.size.to_vec();
            self.allowed = AllowedStarts::new(graph, stage.law.size);
        }
        std::mem::swap(&mut self.values, &mut self.before);
        for x in 0..self.values.len() {
            self.values[x] = self.best(graph, stage, x);
            let moves = graph.moves(x);
            self.offers[x] = if moves.len() == 1 {
                0.0
            } else {
                self.later.clear();
                self.later.extend(moves.iter().map(|&next| self.continuation[next]));
                offer_surprise(graph, stage, x, self.allowed.of(x), &self.later)
            };
        }
    }

    /// Values at the first stage before its offer is known.
    #[must_use]
    pub fn values(&self, state: usize) -> PathValues {
        let (values, offers) = (self.values[state], self.offers[state]);
        PathValues { controlled: values.controlled - offers, upper: values.upper - offers, ..values }
    }

    fn best(&self, graph: &StateGraph, stage: &StageView<'_>, x: usize) -> PathValues {
        let (most, class) = match stage.offer {
            Some(offer) => (graph.max_starts(x, offer.size), offer.class),
            None => (0, 0),
        };
        let mut gained = 0.0;
        let mut planned = f64::NEG_INFINITY;
        let mut best =
            PathValues { upper: f64::NEG_INFINITY, foresight: f64::NEG_INFINITY, ..PathValues::ZERO };
        for (starts, &next) in graph.moves(x)[..=most].iter().enumerate() {
            gained += gain_of(graph, stage, x, class, starts);
            let (later, penalty) = (&self.before[next], self.penalty[next]);
            let after = |value: f64| gained + stage.discount * value;
            let plan = after(self.continuation[next]);
            if plan > planned {
                planned = plan;
                best.policy = after(later.policy);
                best.controlled = after(later.controlled - penalty);
            }
            best.upper = best.upper.max(after(later.upper - penalty));
            best.foresight = best.foresight.max(after(later.foresight));
        }
        best
    }
}

/// How often so many starts are allowed by the size of a month's offer, by state.
#[derive(Debug, Clone, Default)]
pub(crate) struct AllowedStarts {
    /// Place of a state's first probability.
    first: Vec<usize>,
    /// Probabilities by number of starts, state after state.
    probability: Vec<f64>,
}

impl AllowedStarts {
    /// Works them out for the probabilities of size classes.
    pub(crate) fn new(graph: &StateGraph, sizes: &[f64]) -> Self {
        let mut allowed = Self::default();
        for x in 0..graph.n_states() {
            let first = allowed.probability.len();
            allowed.first.push(first);
            allowed.probability.resize(first + graph.moves(x).len(), 0.0);
            for (size, p) in sizes.iter().enumerate() {
                allowed.probability[first + graph.max_starts(x, size)] += p;
            }
        }
        allowed.first.push(allowed.probability.len());
        allowed
    }

    /// Of a state, by number of starts; what is missing to one is no offer.
    pub(crate) fn of(&self, x: usize) -> &[f64] {
        &self.probability[self.first[x]..self.first[x + 1]]
    }
}

/// Best planned value under the offer that came less its expectation over offers.
///
/// `later` holds the undiscounted value after each number of starts that can be paid, none first.
pub(crate) fn offer_surprise(
    graph: &StateGraph,
    stage: &StageView<'_>,
    x: usize,
    allowed: &[f64],
    later: &[f64],
) -> f64 {
    let none = stage.discount * later[0];
    let most = stage.offer.map_or(0, |offer| graph.max_starts(x, offer.size));
    let mut realised = none;
    let mut expected = none * (1.0 - allowed[1..].iter().sum::<f64>());
    for (class, class_p) in stage.law.class.iter().enumerate() {
        let came = stage.offer.is_some_and(|offer| offer.class == class);
        let (mut gained, mut best) = (0.0, none);
        for (starts, p) in allowed.iter().enumerate().skip(1) {
            if let Some(value) = later.get(starts) {
                gained += gain_of(graph, stage, x, class, starts);
                best = best.max(gained + stage.discount * value);
            }
            expected += class_p * p * best;
            if came && starts == most {
                realised = best;
            }
        }
    }
    realised - expected
}

/// Gain of the last of some starts.
fn gain_of(graph: &StateGraph, stage: &StageView<'_>, x: usize, class: usize, starts: usize) -> f64 {
    if starts == 0 {
        return 0.0;
    }
    stage.gains[class * graph.n_kinds() + graph.kind_of_next(x, starts - 1)]
}

//! The plan where starts are held to the money there is: free funds join the state.
//!
//! `W_t(z, x, K) = Σ_o P_o · max_{c ≤ c_o(x), price(c) ≤ K} { Σ gains + E[W_{t+1}(z', x_c, K') | z] }`,
//! `K' = K − price(c) + flow_t(z, x, c)`. Funds stand on a few nodes, counted in prices of the next hall so that the steps of
//! affordability fall on nodes, with straight lines between them. Flows are the month's expected mining, machines sold and
//! rents; finished halls bring a typical rent, since what was signed is not in the state. What the model leaves out costs
//! the policy something and no bound its validity: every bound follows each path's own funds ([`crate::cash_bound`]).

use crate::backward::{Observer, Stage};
use crate::cash_flows::{Activities, ExpectedFlows};
use crate::continuation::{Continuation, Fitter, Terms};
use crate::dp::{Dp, Spot};
use crate::kernel::{BLOCK, Kernel};
use crate::plan::PlanningModel;
use crate::policy::{Policy, View};
use crate::reasons::{Alternative, Reasons};
use crate::starts::{decide_by, reasons_by};
use crate::states::StateGraph;
use rayon::prelude::*;
use site::{Campus, Decision, free_funds_usd};

/// Number of nodes of free funds: values that the plan holds for each state of halls and builders.
pub const FUNDS_NODES: usize = NODES.len();
/// Free funds beyond the price of so many halls count as that much in the state.
pub const MOST_FUNDS_HALLS: f64 = NODES[FUNDS_NODES - 1];
/// Nodes of free funds, in prices of a hall; one for each lane of a block of states.
pub(crate) const NODES: [f64; BLOCK] = [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0];

/// Free funds between two nodes: the lower node and the share of the upper one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Between {
    node: usize,
    share: f64,
}

impl Between {
    /// Where some halls' worth of funds stands; beyond the nodes the outermost stands for it.
    pub(crate) fn of(halls: f64) -> Self {
        let node = (1..BLOCK - 1).take_while(|&n| NODES[n] <= halls).last().unwrap_or(0);
        let share = (halls - NODES[node]) / (NODES[node + 1] - NODES[node]);
        Self { node, share: share.clamp(0.0, 1.0) }
    }

    /// A value tabulated on the nodes.
    pub(crate) fn at(self, values: &[f64]) -> f64 {
        values[self.node] + self.share * (values[self.node + 1] - values[self.node])
    }
}

/// The cash-aware plan: the plan without limit, and continuation values that know free funds.
#[derive(Debug)]
pub struct CashPlan {
    /// The plan without regard to cash, with the model that both share.
    pub dp: Dp,
    /// Of state `x` and node `k` at place `x · BLOCK + k`.
    pub(crate) continuation: Continuation,
    activities: Activities,
    flows: ExpectedFlows,
}

impl CashPlan {
    /// Solves a planning model with and without free funds in the state.
    #[must_use]
    pub fn solve(campus: &Campus, model: PlanningModel) -> Self {
        let activities = Activities::new(campus, &model.graph);
        let flows = ExpectedFlows::new(campus, &model);
        let continuation = sweep(&model, &activities, &flows);
        Self { dp: Dp::solve(model), continuation, activities, flows }
    }

    /// Planned value after each number of starts that `funds` can pay in state `x`, none first; `value` holds the continuation
    /// of every state and node at a path's point.
    pub(crate) fn later(&self, t: usize, x: usize, funds: f64, u1: f64, value: &[f64]) -> Vec<f64> {
        let graph = &self.dp.graph;
        let next = self.flows.price_of_a_hall(t + 1);
        let mut left = funds;
        let mut later = Vec::with_capacity(graph.moves(x).len());
        for (starts, &to) in graph.moves(x).iter().enumerate() {
            if starts > 0 {
                left -= self.flows.price(t, graph.started(x) + starts - 1);
                if left < -1e-9 * funds.abs() {
                    break;
                }
            }
            let flow = self.flows.at(t, self.activities.of(x, starts), &self.dp.kernel.axis1, u1);
            later.push(Between::of((left + flow) / next).at(&value[to * BLOCK..][..BLOCK]));
        }
        later
    }

    /// What waiting and each number of starts are worth at a view, USD of the first opening.
    fn alternatives(&self, view: &View<'_>, rent: f64, most: usize) -> Option<Vec<Alternative>> {
        let dp = &self.dp;
        let t = view.state.month as usize;
        let x = dp.graph.state_of(view.campus, view.state)?;
        let u = dp.grid_point(view);
        let terms = self.continuation.terms(t, dp.fit.factors.step(u, [0.0, 0.0]));
        let free = free_funds_usd(view.campus, view.state);
        let left_to_gain = |starts: usize, next: usize| {
            let paid: f64 = (0..starts).map(|n| self.flows.price(t, dp.graph.started(x) + n)).sum();
            let flow = self.flows.at(t, self.activities.of(x, starts), &dp.kernel.axis1, u[0]);
            let funds = Between::of((free - paid + flow) / self.flows.price_of_a_hall(t + 1));
            self.value(t, next, funds, &terms)
        };
        let spot = Spot { month: t, state: x, u1: u[0], rent_usd_per_kw_month: rent };
        Some(dp.value_starts(spot, most, left_to_gain))
    }

    fn value(&self, t: usize, x: usize, funds: Between, terms: &Terms) -> f64 {
        let at = |node: usize| self.continuation.value(t, x * BLOCK + node, terms);
        let (low, high) = (at(funds.node), at(funds.node + 1));
        low + funds.share * (high - low)
    }
}

impl Policy for CashPlan {
    fn decide(&self, view: &View<'_>) -> Decision {
        decide_by(view, |rent, most| self.alternatives(view, rent, most))
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        reasons_by(view, |rent, most| self.alternatives(view, rent, most))
    }
}

/// Backward induction over states and nodes of funds; keeps the polynomials.
fn sweep(model: &PlanningModel, activities: &Activities, flows: &ExpectedFlows) -> Continuation {
    let (kernel, graph) = (&model.kernel, &model.graph);
    let n_nodes = kernel.n_nodes();
    let size = n_nodes * BLOCK;
    let fitter = Fitter::new(kernel, model.stages.len() as u32);
    let mut value = vec![0.0; graph.n_states() * size];
    let mut continuation = value.clone();
    let mut kept = Vec::with_capacity(model.stages.len());
    for (t, stage) in model.stages.iter().enumerate().rev() {
        let projection = fitter.prepare(t);
        let of_stage: Vec<Vec<f64>> = continuation
            .par_chunks_mut(size)
            .zip(value.par_chunks(size))
            .map_init(
                || vec![0.0; size],
                |half, (out, from)| {
                    kernel.expect(from, half, out);
                    fitter.keep(&projection, out)
                },
            )
            .collect();
        kept.push(of_stage);
        value.par_chunks_mut(size).enumerate().for_each(|(x, out)| {
            best_funded_starts(
                kernel,
                graph,
                stage,
                &continuation,
                &Reach::new(t, x, graph, activities, flows, kernel),
                out,
            );
        });
    }
    kept.reverse();
    Continuation::new(fitter, kept)
}

/// Where the funds of a state lead, by point of the first axis, number of starts and node.
struct Reach {
    x: usize,
    /// `[points of the first axis][starts][BLOCK]`.
    funds: Vec<Vec<[Between; BLOCK]>>,
    /// Most starts that each node's funds pay for.
    affordable: [usize; BLOCK],
}

impl Reach {
    fn new(
        t: usize,
        x: usize,
        graph: &StateGraph,
        activities: &Activities,
        flows: &ExpectedFlows,
        kernel: &Kernel,
    ) -> Self {
        let most = graph.moves(x).len() - 1;
        let mut prices = vec![0.0];
        for starts in 0..most {
            prices.push(prices[starts] + flows.price(t, graph.started(x) + starts));
        }
        let (now, next) = (flows.price_of_a_hall(t), flows.price_of_a_hall(t + 1));
        // The same slack as the step's own limit.
        let pays = |node: f64, price: &f64| *price <= node * now * (1.0 + 1e-9);
        let affordable = NODES.map(|node| prices[1..].iter().take_while(|price| pays(node, price)).count());
        let funds = (0..kernel.axis1.len())
            .map(|i| {
                let leads_to = |(starts, price): (usize, &f64)| {
                    let flow = flows.on_grid(t, activities.of(x, starts), i);
                    NODES.map(|node| Between::of((node * now - price + flow) / next))
                };
                prices.iter().enumerate().map(leads_to).collect()
            })
            .collect();
        Self { x, funds, affordable }
    }
}

/// Value of one state over all grid points and nodes, `[n_nodes, BLOCK]` row-major.
fn best_funded_starts(
    kernel: &Kernel,
    graph: &StateGraph,
    stage: &Stage,
    continuation: &[f64],
    reach: &Reach,
    out: &mut [f64],
) {
    let (n_nodes, n2, x) = (kernel.n_nodes(), kernel.axis2.len(), reach.x);
    let moves = graph.moves(x);
    let mut allowed = vec![0.0; moves.len()];
    for (size, p) in stage.size_probability.iter().enumerate() {
        allowed[graph.max_starts(x, size)] += p;
    }
    let waiting = 1.0 - stage.size_probability.iter().sum::<f64>() + allowed[0];
    let n_kinds = graph.n_kinds();
    let mut later = vec![0.0; moves.len()];
    for (node, values) in out.chunks_exact_mut(BLOCK).enumerate() {
        let funds = &reach.funds[node / n2];
        for (k, value) in values.iter_mut().enumerate() {
            for (starts, &next) in moves.iter().enumerate().take(reach.affordable[k] + 1) {
                later[starts] =
                    funds[starts][k].at(&continuation[(next * n_nodes + node) * BLOCK..][..BLOCK]);
            }
            *value = waiting * later[0];
            for (class, class_p) in stage.class_probability.iter().enumerate() {
                let (mut gained, mut best) = (0.0, later[0]);
                for (starts, p) in allowed.iter().enumerate().skip(1) {
                    if starts <= reach.affordable[k] {
                        let kind = graph.kind_of_next(x, starts - 1);
                        gained += stage.gain[(class * n_kinds + kind) * n_nodes + node];
                        best = f64::max(best, gained + later[starts]);
                    }
                    *value += class_p * p * best;
                }
            }
        }
    }
}

//! The upper bound for policies that start only what is funded.
//!
//! Forward over a path, `F_t(x, b)` is the most free funds that any history can hold in state `x` with funds in bucket `b`:
//! `F_{t+1}(y, bucket(k)) = max k`, `k = F_t(x, b) − price of the starts + flow_t(x, c)`, over all starts that `F_t(x, b)` can pay.
//! Every flow is at least what any policy can have: mining and machines sold are the path's own, rents of finished halls are
//! the best of the offers so far. So each real history maps to one chain of buckets that affords whatever it affords, and the
//! inner problem restricted to such chains,
//! `Y_t(x, b) = max over the same c of  Σ gains + Y_{t+1}(x_c, bucket(k)) − D_{t+1}(x_c)`,
//! is an upper bound with any penalty `D` of mean zero. One bucket is the plain envelope; more keep rich and poor histories apart.
//! Source: information relaxation with a relaxed inner problem, Brown, Smith and Sun (2010), section 4.

use crate::bound::StageView;
use crate::dp::Dp;
use crate::plan_path::{PlanMonth, PlanPath};
use crate::states::StateGraph;
use site::{
    AiForm, Campus, Decision, HallUse, Ledger, State, asic_resale_usd, free_funds_usd, start_cost_usd,
    start_hall, step, step_hall,
};

/// Buckets of funds over the price of a hall: how finely histories are kept apart.
const BUCKETS_PER_HALL: f64 = 8.0;

/// What a state's halls do in a month after some starts, in halls by kind.
#[derive(Debug, Clone)]
struct Activity {
    /// Halls that do not mine this month.
    idle: Vec<f64>,
    /// Halls whose machines are sold this month.
    selling: Vec<f64>,
    /// Finished halls.
    finished: usize,
}

/// What does not change from path to path.
#[derive(Debug)]
pub struct CashTerms<'a> {
    campus: &'a Campus,
    dp: &'a Dp,
    n_buckets: usize,
    /// By state and number of starts.
    activity: Vec<Vec<Activity>>,
    /// Index of an example hall by kind.
    examples: Vec<usize>,
    /// IT MW of each hall that can be converted, in order.
    it_mw: Vec<f64>,
    /// Price of a start by month and hall, USD, `[n_months][n_halls]`.
    prices: Vec<Vec<f64>>,
}

impl<'a> CashTerms<'a> {
    /// Terms for a campus and its plan; `n_buckets` of funds, at least 1.
    #[must_use]
    pub fn new(campus: &'a Campus, dp: &'a Dp, n_buckets: usize) -> Self {
        let convertible: Vec<usize> =
            (0..campus.halls.len()).filter(|&i| !campus.halls[i].opening.is_committed()).collect();
        let kinds = dp.graph.kinds();
        let example = |kind: usize| kinds.iter().position(|k| *k == kind).map(|n| convertible[n]);
        let n_months = dp.market.calendar.n_months();
        let price =
            |m: usize, i: &usize| start_cost_usd(campus, &campus.halls[*i], AiForm::Hosting, m as u32);
        Self {
            campus,
            dp,
            n_buckets: n_buckets.max(1),
            activity: (0..dp.graph.n_states()).map(|x| activities(campus, &dp.graph, x)).collect(),
            examples: (0..dp.graph.n_kinds()).filter_map(example).collect(),
            it_mw: convertible.iter().map(|&i| campus.conversion.it_mw(&campus.halls[i]).get()).collect(),
            prices: (0..n_months).map(|m| convertible.iter().map(|i| price(m, i)).collect()).collect(),
        }
    }

    /// Walks the envelope of funds over a path; `months` are the path's.
    #[must_use]
    pub fn walk(&'a self, path: &PlanPath, months: &[PlanMonth]) -> CashWalker<'a> {
        let flows = Flows::new(self, path, months);
        let n_states = self.dp.graph.n_states();
        let size = n_states * self.n_buckets;
        let mut funds = vec![vec![f64::NEG_INFINITY; size]; months.len() + 1];
        let opening = free_funds_usd(self.campus, &State::opening(self.campus));
        let start = self.dp.graph.start() * self.n_buckets + self.bucket(0, opening);
        funds[0][start] = opening;
        for t in 0..months.len() {
            let (now, later) = funds.split_at_mut(t + 1);
            let (now, next) = (&now[t], &mut later[0]);
            for (at, &held) in now.iter().enumerate().filter(|(_, held)| held.is_finite()) {
                let x = at / self.n_buckets;
                let most = starts_allowed(&self.dp.graph, path, t, x);
                self.each_start(&flows, t, x, held, most, |to, k| next[to] = next[to].max(k));
            }
        }
        let values = vec![0.0; size];
        CashWalker { terms: self, flows, funds, before: values.clone(), values, start }
    }

    /// Calls `visit` with the cell that each affordable number of starts leads to and the funds there.
    fn each_start(
        &self,
        flows: &Flows,
        t: usize,
        x: usize,
        held: f64,
        most: usize,
        mut visit: impl FnMut(usize, f64),
    ) {
        let graph = &self.dp.graph;
        let mut left = held;
        for starts in 0..=most {
            if starts > 0 {
                left -= self.prices[t][graph.started(x) + starts - 1];
                // The same slack as the step's own limit.
                if left < -1e-9 * held.abs() {
                    break;
                }
            }
            let funds = left + flows.of(&self.activity[x][starts], t);
            visit(graph.moves(x)[starts] * self.n_buckets + self.bucket(t + 1, funds), funds);
        }
    }

    fn bucket(&self, t: usize, funds: f64) -> usize {
        let prices = &self.prices[t.min(self.prices.len() - 1)];
        let price = prices.first().copied().unwrap_or(1.0).max(1.0);
        ((funds / price * BUCKETS_PER_HALL).max(0.0) as usize).min(self.n_buckets - 1)
    }
}

/// Most starts that offer, builders and connection allow in a state.
fn starts_allowed(graph: &StateGraph, path: &PlanPath, t: usize, x: usize) -> usize {
    path.offers[t].map_or(0, |offer| graph.max_starts(x, offer.size))
}

/// The inner problem of one path on its way back from the last month.
#[derive(Debug)]
pub struct CashWalker<'a> {
    terms: &'a CashTerms<'a>,
    flows: Flows,
    /// Most free funds by month, state and bucket, USD.
    funds: Vec<Vec<f64>>,
    values: Vec<f64>,
    before: Vec<f64>,
    start: usize,
}

impl CashWalker<'_> {
    /// Goes back over month `t`.
    pub(crate) fn step_back(
        &mut self,
        graph: &StateGraph,
        t: usize,
        stage: &StageView<'_>,
        penalties: &[f64],
    ) {
        std::mem::swap(&mut self.values, &mut self.before);
        let n = self.terms.n_buckets;
        for at in 0..self.values.len() {
            let held = self.funds[t][at];
            if !held.is_finite() {
                continue;
            }
            let x = at / n;
            let most = stage.offer.map_or(0, |offer| graph.max_starts(x, offer.size));
            let (mut best, mut starts) = (f64::NEG_INFINITY, 0);
            self.terms.each_start(&self.flows, t, x, held, most, |to, _| {
                let value = stage.gained(graph, x, starts) + self.before[to] - penalties[to / n];
                best = best.max(value);
                starts += 1;
            });
            self.values[at] = best;
        }
    }

    /// Value at the first opening.
    pub(crate) fn value(&self) -> f64 {
        self.values[self.start]
    }

    /// Most free funds that any history can hold in a state at an opening, USD.
    #[must_use]
    pub fn most_funds(&self, t: usize, state: usize) -> f64 {
        let n = self.terms.n_buckets;
        self.funds[t][state * n..][..n].iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// Flows of a path that change free funds, USD by month.
#[derive(Debug)]
struct Flows {
    /// All-mining, construction apart.
    base: Vec<f64>,
    /// A mining hall by kind, and its machines.
    mining: Vec<Vec<f64>>,
    machines: Vec<Vec<f64>>,
    /// The most that a number of finished halls can bring.
    hosting: Vec<Vec<f64>>,
}

impl Flows {
    fn new(terms: &CashTerms<'_>, path: &PlanPath, months: &[PlanMonth]) -> Self {
        let (campus, calendar) = (terms.campus, &terms.dp.market.calendar);
        let mut state = State::opening(campus);
        let mut flows = Self { base: vec![], mining: vec![], machines: vec![], hosting: vec![] };
        let rents = best_rents(terms, path, months);
        for (t, month) in months.iter().enumerate() {
            let economics = month.economics(campus, calendar.hours(t) as f64);
            // Waiting is always possible.
            let ledger = step(campus, &mut state, Decision::WAIT, None, &economics).unwrap_or_default();
            flows.base.push(ledger.net_cash_flow_usd() + ledger.capex_usd());
            let halls = || terms.examples.iter().map(|&i| &campus.halls[i]);
            let mined = |hall| {
                let mut ledger = Ledger::default();
                step_hall(campus, hall, &mut HallUse::Mining, &economics, &mut ledger);
                ledger.net_cash_flow_usd()
            };
            flows.mining.push(halls().map(mined).collect());
            let hashprice = month.opening.hashprice_usd_per_ph_day;
            flows.machines.push(halls().map(|hall| asic_resale_usd(campus, hall, hashprice)).collect());
            flows.hosting.push(most_of_rents(&terms.it_mw, &rents[t]));
        }
        flows
    }

    fn of(&self, activity: &Activity, t: usize) -> f64 {
        let kinds =
            activity.idle.iter().zip(&activity.selling).zip(self.mining[t].iter().zip(&self.machines[t]));
        let change: f64 =
            kinds.map(|((idle, selling), (mining, machines))| selling * machines - idle * mining).sum();
        self.base[t] + change + self.hosting[t][activity.finished]
    }
}

/// Net rents per IT MW of leases in force in each month, USD, one for each hall that the offers allow, best first.
fn best_rents(terms: &CashTerms<'_>, path: &PlanPath, months: &[PlanMonth]) -> Vec<Vec<f64>> {
    let (campus, graph) = (terms.campus, &terms.dp.graph);
    let mut rents = vec![Vec::new(); months.len()];
    let Some(&example) = terms.examples.first() else { return rents };
    let hall = &campus.halls[example];
    let it_mw = campus.conversion.it_mw(hall).get();
    for (s, month) in months.iter().enumerate() {
        let (Some(lease), Some(class)) = (month.offer, path.offers[s]) else { continue };
        let halls = (0..graph.n_states()).map(|x| graph.max_starts(x, class.size)).max().unwrap_or(0);
        let mut hall_use = start_hall(campus, hall, AiForm::Hosting, lease.rent, s as u32);
        for (t, month) in months.iter().enumerate().skip(s) {
            let finished = !matches!(hall_use, HallUse::Building { .. });
            let mut ledger = Ledger::default();
            let hours = terms.dp.market.calendar.hours(t) as f64;
            step_hall(campus, hall, &mut hall_use, &month.economics(campus, hours), &mut ledger);
            if finished {
                let net = (ledger.hosting_rent_usd - ledger.hosting_opex_usd) / it_mw;
                rents[t].extend(std::iter::repeat_n(net, halls));
            }
        }
    }
    for month in &mut rents {
        month.sort_by(|a, b| b.total_cmp(a));
    }
    rents
}

/// The most that the first `n` halls can bring, `[n_halls + 1]`: the largest halls under the best rents.
fn most_of_rents(it_mw: &[f64], rents: &[f64]) -> Vec<f64> {
    (0..=it_mw.len())
        .map(|n| {
            let mut sizes = it_mw[..n].to_vec();
            sizes.sort_by(|a, b| b.total_cmp(a));
            sizes.iter().zip(rents).map(|(mw, rent)| mw * rent).sum()
        })
        .collect()
}

/// What the halls of a state do in a month, by number of starts.
fn activities(campus: &Campus, graph: &StateGraph, x: usize) -> Vec<Activity> {
    let (started, left) = (graph.started(x), graph.months_left(x));
    let (lead, lost) = (campus.conversion.lead_months, campus.conversion.mining_lost_months);
    (0..graph.moves(x).len())
        .map(|starts| {
            let n_kinds = graph.n_kinds();
            let finished = started - left.len();
            let mut activity = Activity { idle: vec![0.0; n_kinds], selling: vec![0.0; n_kinds], finished };
            let months = std::iter::repeat_n(0, finished)
                .chain(left.iter().rev().copied())
                .chain(std::iter::repeat_n(lead, starts));
            for (hall, months_left) in months.enumerate() {
                let kind = graph.kinds()[hall];
                if months_left <= lost {
                    activity.idle[kind] += 1.0;
                }
                if months_left == lost.max(1) {
                    activity.selling[kind] += 1.0;
                }
            }
            activity
        })
        .collect()
}

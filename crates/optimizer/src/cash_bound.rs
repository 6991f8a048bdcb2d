//! The upper bound for policies that start only what is funded.
//!
//! Forward over a path, a cell holds what no history can exceed that reaches state `x` with free funds and rents in its
//! buckets: the most free funds `F` and the most rent. A cell at `t` leads, for every number of starts that `F` can pay, to the cell of
//! `F − price of the starts + flow_t` at `t + 1`. Flows are the path's own; the rents of halls under construction are
//! known, since the state says in which month each was signed. So every real history maps to one chain of cells that affords
//! whatever it affords, and the inner problem restricted to such chains,
//! `Y_t(cell) = max over affordable c of  Σ gains + Y_{t+1}(cell_c) − D_{t+1}`,
//! is an upper bound for any penalty `D` of mean zero: that of the plan without limit, or that of [`crate::cash_plan`] at the
//! cell's `F`, a number that depends on the past alone. One bucket each is the plain envelope; more keep rich and poor
//! histories apart.
//! Source: information relaxation, Brown, Smith and Sun (2010).

use crate::bound::{AllowedStarts, StageView, offer_surprise};
use crate::cash_flows::{
    Activities, Activity, all_mining_usd, convertible, mined_usd, price_of_a_hall, start_prices,
};
use crate::cash_plan::{Between, CashPlan};
use crate::dp::Dp;
use crate::kernel::BLOCK;
use crate::plan_path::{PlanMonth, PlanPath};
use site::{
    Campus, Hall, HallUse, Lease, LeaseOffer, Ledger, State, asic_resale_usd, free_funds_usd,
    hosting_cost_usd, start_hall, step_hall,
};

/// Buckets of funds over the price of a hall: how finely histories are kept apart.
const BUCKETS_PER_HALL: f64 = 16.0;
/// Buckets of the mean rent of finished halls, and their width in logs.
const RENT_BUCKETS: usize = 24;
const RENT_WIDTH: f64 = 0.04;
/// Log of the mean rent over the opening's market rent at which the second bucket starts.
const LOWEST_RENT: f64 = -0.2;

/// What does not change from path to path.
#[derive(Debug)]
pub struct CashTerms<'a> {
    campus: &'a Campus,
    dp: &'a Dp,
    funded: Option<&'a CashPlan>,
    n_buckets: usize,
    activities: Activities,
    allowed: AllowedStarts,
    /// A hall of each kind.
    examples: Vec<&'a Hall>,
    /// IT MW of each hall that can be converted, in order.
    it_mw: Vec<f64>,
    /// Price of a start by month and hall, USD, `[n_months][n_halls]`.
    prices: Vec<Vec<f64>>,
    /// Whether no lease ends before the horizon, so that rents can be followed.
    rents_last: bool,
}

/// What no history in a cell can exceed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Label {
    x: usize,
    cell: usize,
    /// Most free funds, USD.
    funds: f64,
    /// Most rent of finished halls, USD a month.
    rent: f64,
}

impl<'a> CashTerms<'a> {
    /// Terms for a campus and its plan; with a cash-aware plan its penalty, else that of the plan without limit. `n_buckets` of
    /// funds, at least 1; with 1 rents are not kept apart either.
    #[must_use]
    pub fn new(campus: &'a Campus, dp: &'a Dp, funded: Option<&'a CashPlan>, n_buckets: usize) -> Self {
        let example = |kind: usize| dp.graph.kinds().iter().position(|k| *k == kind);
        let n_months = dp.market.calendar.n_months();
        Self {
            campus,
            dp,
            funded,
            n_buckets: n_buckets.max(1),
            activities: Activities::new(campus, &dp.graph),
            allowed: AllowedStarts::new(&dp.graph, &dp.size_probability),
            examples: (0..dp.graph.n_kinds())
                .filter_map(example)
                .filter_map(|n| convertible(campus).nth(n))
                .collect(),
            it_mw: convertible(campus).map(|hall| campus.conversion.it_mw(hall).get()).collect(),
            prices: start_prices(campus, n_months),
            rents_last: (campus.conversion.lead_months + campus.hosting.term_months) as usize >= n_months,
        }
    }

    /// Follows the cells over a path; `months` are the path's.
    #[must_use]
    pub fn walk(&'a self, path: &PlanPath, months: &[PlanMonth]) -> CashWalker<'a> {
        let flows = Flows::new(self, path, months);
        let opening = free_funds_usd(self.campus, &State::opening(self.campus));
        let start = self.dp.graph.start();
        let cell = self.cell(0, start, opening, 0.0);
        let mut levels = vec![vec![Label { x: start, cell, funds: opening, rent: 0.0 }]];
        let mut slots = vec![usize::MAX; self.n_cells()];
        for t in 0..months.len() {
            let mut next: Vec<Label> = Vec::new();
            for label in &levels[t] {
                let most = path.offers[t].map_or(0, |offer| self.dp.graph.max_starts(label.x, offer.size));
                self.each_start(&flows, t, label, most, |to| {
                    let slot = &mut slots[to.cell];
                    if *slot == usize::MAX {
                        *slot = next.len();
                        next.push(to);
                    } else {
                        let label = &mut next[*slot];
                        label.funds = label.funds.max(to.funds);
                        label.rent = label.rent.max(to.rent);
                    }
                });
            }
            for label in &next {
                slots[label.cell] = usize::MAX;
            }
            levels.push(next);
        }
        let values = vec![0.0; levels[months.len()].len()];
        CashWalker { terms: self, flows, levels, offers: values.clone(), values, slots }
    }

    /// Calls `visit` with what each affordable number of starts leads to.
    fn each_start(&self, flows: &Flows, t: usize, from: &Label, most: usize, mut visit: impl FnMut(Label)) {
        let graph = &self.dp.graph;
        let mut left = from.funds;
        for starts in 0..=most {
            if starts > 0 {
                left -= self.prices[t][graph.started(from.x) + starts - 1];
                // The same slack as the step's own limit.
                if left < -1e-9 * from.funds.abs() {
                    break;
                }
            }
            let activity = self.activities.of(from.x, starts);
            let funds = left + flows.of(self, activity, t, from.rent);
            let (x, rent) = (graph.moves(from.x)[starts], flows.rent_after(self, activity, t, from.rent));
            visit(Label { x, cell: self.cell(t + 1, x, funds, rent), funds, rent });
        }
    }

    fn n_cells(&self) -> usize {
        self.dp.graph.n_states() * self.n_buckets * RENT_BUCKETS
    }

    fn cell(&self, t: usize, x: usize, funds: f64, rent: f64) -> usize {
        if self.n_buckets == 1 {
            return x;
        }
        let halls = funds / price_of_a_hall(&self.prices, t);
        let rich = ((halls * BUCKETS_PER_HALL).max(0.0) as usize).min(self.n_buckets - 1);
        let it_mw: f64 =
            self.it_mw[..self.dp.graph.started(x) - self.dp.graph.months_left(x).len()].iter().sum();
        let high = if it_mw > 0.0 && rent > 0.0 {
            let usual = self.dp.market.lease_rate.start * 1e3 * it_mw * self.growth().powi(t as i32);
            (((rent / usual).ln() - LOWEST_RENT) / RENT_WIDTH + 1.0).clamp(0.0, (RENT_BUCKETS - 1) as f64)
                as usize
        } else {
            0
        };
        (x * self.n_buckets + rich) * RENT_BUCKETS + high
    }

    /// Growth of a rent in a month: its steps on anniversaries never run ahead of this.
    fn growth(&self) -> f64 {
        (1.0 + self.campus.hosting.escalator_per_year.max(0.0)).powf(1.0 / 12.0)
    }
}

/// The inner problem of one path on its way back from the last month.
#[derive(Debug)]
pub struct CashWalker<'a> {
    terms: &'a CashTerms<'a>,
    flows: Flows,
    /// Cells that can be reached at each opening, `[n_months + 1]`.
    levels: Vec<Vec<Label>>,
    /// By label of the level last gone back over.
    values: Vec<f64>,
    offers: Vec<f64>,
    /// Index of a cell's label, where it has one.
    slots: Vec<usize>,
}

/// Penalties of a month.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Charges<'c> {
    /// Of the plan without limit, by state.
    Unlimited(&'c [f64]),
    /// Of the cash-aware plan: its values and surprises by state and node of funds, and the point of the first axis.
    Funded {
        /// Continuation values.
        value: &'c [f64],
        /// Surprises.
        surprise: &'c [f64],
        /// First grid coordinate.
        u1: f64,
    },
}

impl<'a> CashWalker<'a> {
    /// Goes back over month `t`.
    pub(crate) fn step_back(&mut self, t: usize, stage: &StageView<'_>, charges: Charges<'_>) {
        let (terms, graph) = (self.terms, &self.terms.dp.graph);
        let next = &self.levels[t + 1];
        for (index, label) in next.iter().enumerate() {
            self.slots[label.cell] = index;
        }
        let mut values = Vec::with_capacity(self.levels[t].len());
        let mut offers = Vec::with_capacity(self.levels[t].len());
        for label in &self.levels[t] {
            let most = stage.offer.map_or(0, |offer| graph.max_starts(label.x, offer.size));
            let (mut best, mut starts) = (f64::NEG_INFINITY, 0);
            terms.each_start(&self.flows, t, label, most, |to| {
                let index = self.slots[to.cell];
                let charge = match charges {
                    Charges::Unlimited(penalties) => penalties[to.x],
                    Charges::Funded { surprise, .. } => {
                        terms.surprise(t, to.x, next[index].funds, surprise) + self.offers[index]
                    }
                };
                best = best.max(stage.gained(graph, label.x, starts) + self.values[index] - charge);
                starts += 1;
            });
            values.push(best);
            offers.push(terms.own_offer_surprise(t, stage, label.x, label.funds, charges));
        }
        for label in next {
            self.slots[label.cell] = usize::MAX;
        }
        (self.values, self.offers) = (values, offers);
    }

    /// Value at the first opening before its offer is known; `unlimited` is the plan's own charge for that offer.
    pub(crate) fn value(&self, unlimited: f64) -> f64 {
        self.values[0] - if self.terms.funded.is_some() { self.offers[0] } else { unlimited }
    }

    /// Whether some cell holds at least the funds that a policy has on its way through `states`, at every opening.
    pub(crate) fn covers(&self, states: &[usize], funds_usd: &[f64]) -> bool {
        self.levels.iter().zip(states.iter().zip(funds_usd)).all(|(level, (x, funds))| {
            let slack = 1e-9 * funds.abs().max(1e6);
            level.iter().any(|label| label.x == *x && label.funds >= funds - slack)
        })
    }

    /// The terms that it follows.
    pub(crate) fn terms(&self) -> &'a CashTerms<'a> {
        self.terms
    }
}

impl<'a> CashTerms<'a> {
    /// The cash-aware plan, where its penalty is the one to charge.
    pub(crate) fn funded(&self) -> Option<&'a CashPlan> {
        self.funded
    }

    /// The offers' part of the cash-aware penalty in a state with some funds; nothing where the plan without limit charges.
    pub(crate) fn own_offer_surprise(
        &self,
        t: usize,
        stage: &StageView<'_>,
        x: usize,
        funds: f64,
        charges: Charges<'_>,
    ) -> f64 {
        let (Charges::Funded { value, u1, .. }, Some(plan)) = (charges, self.funded) else { return 0.0 };
        if self.dp.graph.moves(x).len() == 1 {
            return 0.0;
        }
        let later = plan.later(t, x, funds, u1, value);
        offer_surprise(&self.dp.graph, stage, x, self.allowed.of(x), &later)
    }

    /// Surprise of a state at the funds that it is reached with in month `t + 1`.
    pub(crate) fn surprise(&self, t: usize, x: usize, funds: f64, surprise: &[f64]) -> f64 {
        Between::of(funds / price_of_a_hall(&self.prices, t + 1)).at(&surprise[x * BLOCK..][..BLOCK])
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
    /// First-year rent of a lease signed in a month, USD per IT MW and month.
    signed: Vec<f64>,
    /// Growth of operating costs.
    cost_index: Vec<f64>,
    /// The most that so many finished halls can bring, where rents are not followed.
    most: Vec<Vec<f64>>,
}

impl Flows {
    fn new(terms: &CashTerms<'_>, path: &PlanPath, months: &[PlanMonth]) -> Self {
        let campus = terms.campus;
        let mut state = State::opening(campus);
        let mut flows = Self {
            base: Vec::new(),
            mining: Vec::new(),
            machines: Vec::new(),
            signed: months
                .iter()
                .map(|month| month.offer.map_or(0.0, |offer| 1e3 * counted_usd_per_kw_month(campus, &offer)))
                .collect(),
            cost_index: months.iter().map(|month| campus.company.cost_index(month.month)).collect(),
            most: if terms.rents_last { Vec::new() } else { most_of_rents(terms, path, months) },
        };
        for month in months {
            let economics = month.economics(campus, terms.dp.hours(month.month));
            let halls = || terms.examples.iter();
            flows.base.push(all_mining_usd(campus, &mut state, &economics));
            flows.mining.push(halls().map(|hall| mined_usd(campus, hall, &economics)).collect());
            let hashprice = month.opening.hashprice_usd_per_ph_day;
            flows.machines.push(halls().map(|hall| asic_resale_usd(campus, hall, hashprice)).collect());
        }
        flows
    }

    /// Flow of a month under an activity, with `rent` from the finished halls.
    fn of(&self, terms: &CashTerms<'_>, activity: &Activity, t: usize, rent: f64) -> f64 {
        let kinds = activity.idle.iter().zip(&activity.selling);
        let prices = self.mining[t].iter().zip(&self.machines[t]);
        let change: f64 =
            kinds.zip(prices).map(|((idle, sold), (mining, machines))| sold * machines - idle * mining).sum();
        let hosting = if terms.rents_last {
            let it_mw: f64 = terms.it_mw[..activity.finished].iter().sum();
            rent - hosting_cost_usd(terms.campus, rent, it_mw, self.cost_index[t])
        } else {
            self.most[t][activity.finished]
        };
        self.base[t] + change + hosting
    }

    /// Rent of finished halls in the next month: that of this one, risen, and that of the halls finished by then.
    fn rent_after(&self, terms: &CashTerms<'_>, activity: &Activity, t: usize, rent: f64) -> f64 {
        if !terms.rents_last {
            return 0.0;
        }
        let new: f64 = terms.it_mw[activity.finished..][..activity.finishing].iter().sum();
        let signed_in = (t + 1).checked_sub(terms.campus.conversion.lead_months as usize);
        rent * terms.growth() + signed_in.map_or(0.0, |month| new * self.signed[month])
    }
}

/// Rent of an offer's lease that the plan counts on, first year.
fn counted_usd_per_kw_month(campus: &Campus, offer: &LeaseOffer) -> f64 {
    Lease::on_terms(campus, offer.rent, offer.tenant).rent.get()
}

/// The most that so many finished halls can bring in each month: the largest halls under the best rents of offers so far.
fn most_of_rents(terms: &CashTerms<'_>, path: &PlanPath, months: &[PlanMonth]) -> Vec<Vec<f64>> {
    let (campus, graph) = (terms.campus, &terms.dp.graph);
    let mut rents = vec![Vec::new(); months.len()];
    if let Some(hall) = terms.examples.first() {
        let it_mw = campus.conversion.it_mw(hall).get();
        for (s, month) in months.iter().enumerate() {
            let (Some(lease), Some(offer)) = (month.offer, path.offers[s]) else { continue };
            let halls = (0..graph.n_states()).map(|x| graph.max_starts(x, offer.size)).max().unwrap_or(0);
            let mut hall_use = start_hall(campus, hall, Some(&lease), s as u32);
            for (t, month) in months.iter().enumerate().skip(s) {
                let finished = !matches!(hall_use, HallUse::Building { .. });
                let mut ledger = Ledger::default();
                let economics = month.economics(campus, terms.dp.hours(month.month));
                step_hall(campus, hall, &mut hall_use, &economics, &mut ledger);
                if finished {
                    let net = (ledger.hosting_rent_usd - ledger.hosting_opex_usd) / it_mw;
                    rents[t].extend(std::iter::repeat_n(net, halls));
                }
            }
        }
    }
    let best = |rents: &mut Vec<f64>| {
        rents.sort_by(|a, b| b.total_cmp(a));
        (0..=terms.it_mw.len())
            .map(|n| {
                let mut sizes = terms.it_mw[..n].to_vec();
                sizes.sort_by(|a, b| b.total_cmp(a));
                sizes.iter().zip(rents.iter()).map(|(mw, rent)| mw * rent).sum()
            })
            .collect()
    };
    rents.iter_mut().map(best).collect()
}

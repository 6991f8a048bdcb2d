//! Flows that change free funds: what the halls of a state do in a month, and what that brings.
//!
//! Free funds change by everything but construction, whose whole price is tied up at the start ([`site::free_funds_usd`]):
//! all-mining's flow, less the mining of halls that have stopped, plus machines sold and rents of finished halls.

use crate::conversion::{expected_mining, quiet_month};
use crate::plan::PlanningModel;
use crate::states::StateGraph;
use market::PowerSource;
use site::units::UsdPerKwMonth;
use site::{
    AiForm, Campus, Decision, Hall, HallUse, Lease, Ledger, MiningFigures, MonthEconomics, State, Tenant,
    asic_resale_usd, start_cost_usd, step, step_hall,
};

/// What a state's halls do in a month after some starts, in halls by kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Activity {
    /// Halls that do not mine this month.
    pub(crate) idle: Vec<f64>,
    /// Halls whose machines are sold this month.
    pub(crate) selling: Vec<f64>,
    /// Finished halls, which are let.
    pub(crate) finished: usize,
    /// Halls in their last month of construction.
    pub(crate) finishing: usize,
}

/// The activity of every state and number of starts.
#[derive(Debug, Clone)]
pub(crate) struct Activities(Vec<Vec<Activity>>);

impl Activities {
    pub(crate) fn new(campus: &Campus, graph: &StateGraph) -> Self {
        let of_state = |x: usize| (0..graph.moves(x).len()).map(|n| activity(campus, graph, x, n)).collect();
        Self((0..graph.n_states()).map(of_state).collect())
    }

    pub(crate) fn of(&self, x: usize, starts: usize) -> &Activity {
        &self.0[x][starts]
    }
}

fn activity(campus: &Campus, graph: &StateGraph, x: usize, starts: usize) -> Activity {
    let (lead, lost) = (campus.conversion.lead_months, campus.conversion.mining_lost_months);
    let left = graph.months_left(x);
    let finished = graph.started(x) - left.len();
    let mut activity = Activity {
        idle: vec![0.0; graph.n_kinds()],
        selling: vec![0.0; graph.n_kinds()],
        finished,
        finishing: 0,
    };
    // In the halls' order: finished, under construction with the least months left first, started now.
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
        activity.finishing += usize::from(months_left == 1);
    }
    activity
}

/// Halls of the campus that can be converted, in order, and an example of each kind.
pub(crate) fn convertible(campus: &Campus) -> impl Iterator<Item = &Hall> {
    campus.halls.iter().filter(|hall| !hall.opening.is_committed())
}

/// Flow of a mining hall in a month, USD.
pub(crate) fn mined_usd(campus: &Campus, hall: &Hall, month: &MonthEconomics<'_>) -> f64 {
    let mut ledger = Ledger::default();
    step_hall(campus, hall, &mut HallUse::Mining, month, &mut ledger);
    ledger.net_cash_flow_usd()
}

/// A month of all-mining, construction apart, USD; `state` moves on.
pub(crate) fn all_mining_usd(campus: &Campus, state: &mut State, month: &MonthEconomics<'_>) -> f64 {
    // Waiting is always possible.
    let ledger = step(campus, state, Decision::WAIT, None, month).unwrap_or_default();
    ledger.net_cash_flow_usd() + ledger.capex_usd()
}

/// Prices of starts by month and hall, USD, `[n_months][n_halls]`.
pub(crate) fn start_prices(campus: &Campus, n_months: usize) -> Vec<Vec<f64>> {
    let price = |m: usize, hall| start_cost_usd(campus, hall, AiForm::Hosting, m as u32);
    (0..n_months).map(|m| convertible(campus).map(|hall| price(m, hall)).collect()).collect()
}

/// Flows by expectation at each point of the first axis, with a typical rent.
#[derive(Debug, Clone)]
pub(crate) struct ExpectedFlows {
    prices: Vec<Vec<f64>>,
    /// All-mining, `[n_months][points]`.
    base: Vec<Vec<f64>>,
    /// A mining hall and its machines, `[n_months][points][n_kinds]`.
    mining: Vec<Vec<Vec<f64>>>,
    machines: Vec<Vec<Vec<f64>>>,
    /// Rents of so many finished halls, `[n_months][n_halls + 1]`.
    hosting: Vec<Vec<f64>>,
}

impl ExpectedFlows {
    pub(crate) fn new(campus: &Campus, model: &PlanningModel) -> Self {
        let market = &model.market;
        let n_months = market.calendar.n_months();
        let n_kinds = model.graph.n_kinds();
        let example = |kind| model.graph.kinds().iter().position(|k| *k == kind);
        let examples: Vec<&Hall> =
            (0..n_kinds).filter_map(example).filter_map(|n| convertible(campus).nth(n)).collect();
        let mut flows = Self {
            prices: start_prices(campus, n_months),
            base: Vec::new(),
            mining: Vec::new(),
            machines: Vec::new(),
            hosting: typical_rents(campus, model),
        };
        let PowerSource::Model(power) = &market.power else { return flows };
        let mut state = State::opening(campus);
        for t in 0..n_months {
            let (mut base, mut mining, mut machines) = (Vec::new(), Vec::new(), Vec::new());
            let mut next = state.clone();
            for u1 in &model.kernel.axis1 {
                let hashprice = model.fit.hashprice(t, u1 * model.fit.factors.noise[0]);
                let figures: Vec<MiningFigures> = (0..campus.fleets.len())
                    .map(|fleet| expected_mining(campus, market, power, fleet, t, hashprice))
                    .collect();
                let month0 = market.calendar.month(t).month0();
                let month = MonthEconomics {
                    hashprice_usd_per_ph_day: hashprice,
                    btc_price_usd: 0.0,
                    lease_rate_usd_per_kw_month: market.lease_rate.expected_rate(t as u32),
                    power_price_usd_per_mwh: power.scale(t as u32)
                        * power.expected_below(t as u32, month0, f64::INFINITY).1,
                    ..quiet_month(campus, market, t, &figures)
                };
                next = state.clone();
                base.push(all_mining_usd(campus, &mut next, &month));
                mining.push(examples.iter().map(|hall| mined_usd(campus, hall, &month)).collect());
                machines.push(examples.iter().map(|hall| asic_resale_usd(campus, hall, hashprice)).collect());
            }
            state = next;
            flows.base.push(base);
            flows.mining.push(mining);
            flows.machines.push(machines);
        }
        flows
    }

    /// Price of a start of a hall in month `t`, USD.
    pub(crate) fn price(&self, t: usize, hall: usize) -> f64 {
        self.prices[t.min(self.prices.len() - 1)][hall]
    }

    /// Price of the first hall in month `t`, in which funds are counted, USD.
    pub(crate) fn price_of_a_hall(&self, t: usize) -> f64 {
        price_of_a_hall(&self.prices, t)
    }

    /// Flow at a point of the first axis, USD.
    pub(crate) fn on_grid(&self, t: usize, activity: &Activity, i: usize) -> f64 {
        let kinds = activity.idle.iter().zip(&activity.selling);
        let prices = self.mining[t][i].iter().zip(&self.machines[t][i]);
        let change: f64 =
            kinds.zip(prices).map(|((idle, sold), (mining, machines))| sold * machines - idle * mining).sum();
        self.base[t][i] + change + self.hosting[t][activity.finished]
    }

    /// Flow at the first coordinate `u1`, by a straight line between points, USD.
    pub(crate) fn at(&self, t: usize, activity: &Activity, axis1: &[f64], u1: f64) -> f64 {
        let h = axis1[1] - axis1[0];
        let place = ((u1 - axis1[0]) / h).clamp(0.0, (axis1.len() - 1) as f64);
        let i = (place as usize).min(axis1.len() - 2);
        let share = place - i as f64;
        (1.0 - share) * self.on_grid(t, activity, i) + share * self.on_grid(t, activity, i + 1)
    }
}

/// Price of the first hall in month `t`, at least a dollar.
pub(crate) fn price_of_a_hall(prices: &[Vec<f64>], t: usize) -> f64 {
    prices[t.min(prices.len() - 1)].first().copied().unwrap_or(1.0).max(1.0)
}

/// Net rents of finished halls let halfway between the first opening and the last start that can be finished, USD.
fn typical_rents(campus: &Campus, model: &PlanningModel) -> Vec<Vec<f64>> {
    let market = &model.market;
    let lead = campus.conversion.lead_months as usize;
    (0..market.calendar.n_months())
        .map(|t| {
            let signed = t.saturating_sub(lead) / 2;
            let rent = UsdPerKwMonth::try_new(market.lease_rate.expected_rate(signed as u32));
            let rent = rent.unwrap_or(UsdPerKwMonth::ZERO);
            let month = quiet_month(campus, market, t, &[]);
            let mut total = vec![0.0];
            for hall in convertible(campus) {
                let lease = Lease::on_terms(campus, rent, Tenant::Steady);
                let age_months = (t.saturating_sub(signed + lead) as u32).min(lease.term_months - 1);
                let mut ledger = Ledger::default();
                step_hall(campus, hall, &mut HallUse::Hosting { lease, age_months }, &month, &mut ledger);
                total.push(total[total.len() - 1] + ledger.net_cash_flow_usd());
            }
            total
        })
        .collect()
}

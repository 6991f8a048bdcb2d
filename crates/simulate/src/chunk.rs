//! Up to 64 neighbouring paths, walked month by month with every policy on the same prices.
//!
//! Within a month: opening prices and the offer are seen, each policy decides, the hours pass, the step books. Figures per
//! MW are shared by all policies unless loads compete; then each policy's split is dispatched on its own.

use crate::race::Entrant;
use crate::statistics::has_irr;
use crate::totals::{Totals, add};
use dispatch::{MonthFigures, Worth, contested_month, month_figures};
use market::{LANES, Market, MarketLanes, MonthLanes, Opening};
use optimizer::{
    ContractValues, PastMonth, PathGains, StateGraph, View, foresight_gain, hall_kinds, path_gains,
};
use site::{
    Campus, Decision, GpuFigures, HallUse, LeaseOffer, Ledger, MiningFigures, MonthEconomics, State,
    StepError, limits, step, tail,
};
use thiserror::Error;

/// Market factors that are reported, in order: column name, title, unit.
pub(crate) const FACTORS: [(&str, &str, &str); 6] = [
    ("btc_price_usd", "Bitcoin price", "USD"),
    ("difficulty_t", "Network difficulty", "T"),
    ("hashprice_usd_per_ph_day", "Hashprice", "USD/PH/day"),
    ("lease_rate_usd_per_kw_month", "Market rent of new leases, first year", "USD/kW-month"),
    ("gpu_hour_price_usd", "GPU-hour price", "USD/GPU-hour"),
    ("power_price_usd_per_mwh", "Power price, mean of the month", "USD/MWh"),
];

/// A theorem of the comparison that did not hold: a bug, never a finding.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ChunkError {
    /// A policy decided something that cannot be done.
    #[error("policy {policy} on path {path}: {source}")]
    Infeasible {
        /// The policy.
        policy: String,
        /// The path.
        path: u64,
        /// What it wanted.
        source: StepError,
    },
    /// A policy did better than perfect foresight.
    #[error(
        "policy {policy} on path {path} is worth {policy_usd} USD, more than perfect foresight at {foresight_usd} USD: the two disagree about a rule"
    )]
    AboveForesight {
        /// The policy.
        policy: String,
        /// The path.
        path: u64,
        /// Its value.
        policy_usd: f64,
        /// The value of foresight.
        foresight_usd: f64,
    },
    /// Megawatts or money did not balance.
    #[error("policy {policy} on path {path}, month {month}: {what}")]
    Unbalanced {
        /// The policy.
        policy: String,
        /// The path.
        path: u64,
        /// Months since the first opening.
        month: usize,
        /// What does not balance.
        what: String,
    },
}

/// What is the same for all chunks of a run.
pub(crate) struct Study<'a> {
    pub(crate) campus: &'a Campus,
    pub(crate) market: &'a Market,
    pub(crate) entrants: &'a [Entrant],
    pub(crate) worth: Worth,
    pub(crate) graph: &'a StateGraph,
    pub(crate) contracts: &'a [ContractValues],
    pub(crate) n_kept: usize,
    /// `(1+r)^(−(m+1)/12)` by month.
    pub(crate) discount: Vec<f64>,
}

/// A path's month as far as it outlives the month.
#[derive(Debug, Clone, Copy)]
struct Kept {
    opening: Opening,
    offer: Option<LeaseOffer>,
    gpu: GpuFigures,
    power_price: f64,
}

/// One policy on one path.
struct Runner {
    state: State,
    flows: Vec<f64>,
    npv_horizon: f64,
    capex: f64,
    lowest_liquidity: f64,
    ai_mw: Vec<f32>,
    cash: Vec<f32>,
}

/// One path's record, kept until foresight has seen it.
struct PathRecord {
    past: Vec<PastMonth>,
    months: Vec<Kept>,
    /// `[n_months, n_fleets]` row-major.
    mining: Vec<MiningFigures>,
}

impl Study<'_> {
    fn n_months(&self) -> usize {
        self.market.calendar.n_months()
    }

    /// Walks paths `first .. first + n_lanes`.
    pub(crate) fn chunk(&self, first: u64, n_lanes: usize) -> Result<Totals, ChunkError> {
        let n_months = self.n_months();
        let n_fleets = self.campus.fleets.len();
        let mut totals = Totals::new(self.entrants.len(), FACTORS.len(), n_fleets, n_months);
        let mut lanes = MarketLanes::new(self.market, first, n_lanes);
        let mut figures = MonthFigures::default();
        let mut records: Vec<PathRecord> = (0..n_lanes)
            .map(|_| PathRecord { past: Vec::new(), months: Vec::new(), mining: Vec::new() })
            .collect();
        let mut runners: Vec<Runner> = (0..n_lanes * self.entrants.len()).map(|_| self.runner()).collect();
        while let Some(month) = lanes.next_month() {
            month_figures(&self.worth, self.campus, month, &mut figures);
            for (lane, record) in records.iter_mut().enumerate() {
                let path = first + lane as u64;
                let of_path = &mut runners[lane * self.entrants.len()..][..self.entrants.len()];
                self.path_month(month, lane, path, &figures, record, of_path, &mut totals)?;
            }
        }
        let mut scratch = Vec::new();
        for (lane, record) in records.iter().enumerate() {
            let path = first + lane as u64;
            let of_path = &runners[lane * self.entrants.len()..][..self.entrants.len()];
            self.close_path(path, record, of_path, &mut scratch, &mut totals)?;
        }
        totals.n_paths = n_lanes;
        Ok(totals)
    }

    fn runner(&self) -> Runner {
        let state = State::opening(self.campus);
        let liquidity = state.cash_usd + self.campus.company.committed_funding_usd;
        Runner {
            state,
            flows: Vec::with_capacity(self.n_months() + 1),
            npv_horizon: 0.0,
            capex: 0.0,
            lowest_liquidity: liquidity,
            ai_mw: Vec::new(),
            cash: Vec::new(),
        }
    }

    /// One path's month: every policy decides and steps.
    #[expect(clippy::too_many_arguments, reason = "the month, where it belongs, and where its results go")]
    fn path_month(
        &self,
        month: &MonthLanes,
        lane: usize,
        path: u64,
        figures: &MonthFigures,
        record: &mut PathRecord,
        runners: &mut [Runner],
        totals: &mut Totals,
    ) -> Result<(), ChunkError> {
        let m = month.month as usize;
        let kept = Kept {
            opening: month.openings[lane],
            offer: month.offers[lane],
            gpu: figures.gpu[lane],
            power_price: figures.mean_price_usd_per_mwh[lane],
        };
        record.mining.extend_from_slice(figures.mining_of(lane));
        record.months.push(kept);
        let shared = self.economics(m, figures.hours, &kept, figures.mining_of(lane));
        for (n, (entrant, runner)) in self.entrants.iter().zip(runners.iter_mut()).enumerate() {
            let view = View {
                campus: self.campus,
                state: &runner.state,
                opening: &kept.opening,
                offer: kept.offer.as_ref(),
                limits: limits(self.campus, &runner.state, kept.offer.as_ref()),
                past: &record.past,
            };
            let decision = entrant.policy.decide(&view);
            let ledger = self
                .step_policy(month, lane, decision, kept.offer.as_ref(), &shared, &mut runner.state)
                .map_err(|source| ChunkError::Infeasible { policy: entrant.name.clone(), path, source })?;
            self.check(&ledger, entrant, path, m)?;
            self.record(runner, &ledger, m);
            let total = &mut totals.policies[n];
            add(&mut total.ledger[m], &ledger.columns());
            total.cash[m] += runner.state.cash_usd;
            total.ai_mw[m] += runner.state.gross_mw_where(self.campus, HallUse::is_committed);
        }
        record_market(&kept, &shared, totals);
        let margin = self.mining_margin(&shared);
        record.past.push(PastMonth {
            opening: kept.opening,
            mining_margin_usd_per_gross_mw: margin,
            power_price_usd_per_mwh: kept.power_price,
        });
        Ok(())
    }

    /// Starts what was decided, lets the hours pass and books the month.
    fn step_policy(
        &self,
        month: &MonthLanes,
        lane: usize,
        decision: Decision,
        offer: Option<&LeaseOffer>,
        shared: &MonthEconomics<'_>,
        state: &mut State,
    ) -> Result<Ledger, StepError> {
        if !self.campus.loads_compete() {
            return step(self.campus, state, decision, offer, shared);
        }
        // The split of the hours is the one after this month's starts; starts do not change what a hall draws this month
        // unless it stops mining at once, so the started state is dispatched.
        let mut started = state.clone();
        site::start_conversions(self.campus, &mut started, decision, offer)?;
        let own = contested_month(&self.worth, self.campus, &started, month, lane);
        let economics = MonthEconomics { mining: &own.mining, gpu: own.gpu, ..*shared };
        step(self.campus, state, decision, offer, &economics)
    }

    fn economics<'m>(
        &self,
        m: usize,
        hours: f64,
        kept: &Kept,
        mining: &'m [MiningFigures],
    ) -> MonthEconomics<'m> {
        MonthEconomics {
            month: m as u32,
            hours,
            cost_index: self.campus.company.cost_index(m as u32),
            hashprice_usd_per_ph_day: kept.opening.hashprice_usd_per_ph_day,
            lease_rate_usd_per_kw_month: kept.opening.lease_rate_usd_per_kw_month,
            gpu_hour_price_usd: kept.opening.gpu_hour_price_usd,
            gpu_price_multiple: kept.opening.gpu_price_multiple,
            power_price_usd_per_mwh: kept.power_price,
            mining,
            gpu: kept.gpu,
        }
    }

    fn check(&self, ledger: &Ledger, entrant: &Entrant, path: u64, month: usize) -> Result<(), ChunkError> {
        let unbalanced =
            |what: String| ChunkError::Unbalanced { policy: entrant.name.clone(), path, month, what };
        let campus_mw = self.campus.gross_mw();
        if (ledger.total_mw() - campus_mw).abs() > 1e-6 * campus_mw {
            return Err(unbalanced(format!(
                "uses sum to {} MW on a campus of {campus_mw}",
                ledger.total_mw()
            )));
        }
        if !ledger.net_cash_flow_usd().is_finite() {
            return Err(unbalanced("the net cash flow is no finite number".into()));
        }
        Ok(())
    }

    fn record(&self, runner: &mut Runner, ledger: &Ledger, m: usize) {
        let flow = ledger.net_cash_flow_usd();
        runner.flows.push(flow);
        runner.npv_horizon += self.discount[m] * flow;
        runner.capex += ledger.capex_usd();
        let liquidity = runner.state.cash_usd + self.campus.company.committed_funding_usd;
        runner.lowest_liquidity = runner.lowest_liquidity.min(liquidity);
        runner.ai_mw.push(runner.state.gross_mw_where(self.campus, HallUse::is_committed) as f32);
        runner.cash.push(runner.state.cash_usd as f32);
    }

    /// Margin of mining per gross MW over the halls as first built.
    pub(crate) fn mining_margin(&self, month: &MonthEconomics<'_>) -> f64 {
        let margin: f64 = self
            .campus
            .halls
            .iter()
            .map(|hall| {
                let fleet = &self.campus.fleets[hall.fleet];
                let figures = &month.mining[hall.fleet];
                let variable = fleet.variable_opex_usd_per_mwh * month.cost_index * figures.run_hours;
                hall.gross.get()
                    * fleet.uptime.get()
                    * (figures.revenue_usd - figures.power_cost_usd - variable)
            })
            .sum();
        margin / self.campus.gross_mw()
    }

    /// Values a path once all its months are known.
    fn close_path(
        &self,
        path: u64,
        record: &PathRecord,
        runners: &[Runner],
        scratch: &mut Vec<f64>,
        totals: &mut Totals,
    ) -> Result<(), ChunkError> {
        let n_fleets = self.campus.fleets.len();
        let months: Vec<MonthEconomics<'_>> = record
            .months
            .iter()
            .enumerate()
            .map(|(m, kept)| {
                let hours = self.market.calendar.hours(m) as f64;
                self.economics(m, hours, kept, &record.mining[m * n_fleets..][..n_fleets])
            })
            .collect();
        let last = &months[months.len() - 1];
        let end = self.discount[self.discount.len() - 1];
        let tails: Vec<_> = runners.iter().map(|runner| tail(self.campus, &runner.state, last)).collect();
        let values: Vec<f64> =
            runners.iter().zip(&tails).map(|(runner, tail)| runner.npv_horizon + tail.total_usd()).collect();
        let baseline = values[0];
        let foresight =
            uncontested_baseline(self, &months, baseline) + self.foresight(record, &months, scratch);
        let is_kept = path < self.n_kept as u64;
        for (n, (runner, tail)) in runners.iter().zip(&tails).enumerate() {
            let value = values[n];
            if value > foresight + 1e-9 * foresight.abs().max(1e6) {
                return Err(ChunkError::AboveForesight {
                    policy: self.entrants[n].name.clone(),
                    path,
                    policy_usd: value,
                    foresight_usd: foresight,
                });
            }
            let total = &mut totals.policies[n];
            total.npv.add(value);
            total.npv_horizon.add(runner.npv_horizon);
            total.difference.add(value - baseline);
            total.foresight_less_policy.add(foresight - value);
            let parts =
                [tail.leases_usd, tail.construction_usd, tail.asics_usd, tail.gpus_usd, tail.site_usd];
            add(&mut total.carried, &parts);
            total.capex += runner.capex;
            total.shortfalls += u64::from(runner.lowest_liquidity < 0.0);
            if n > 0 {
                let mut flows: Vec<f64> =
                    runner.flows.iter().zip(&runners[0].flows).map(|(a, b)| a - b).collect();
                // The carried difference arrives at the horizon, with the last month's cash.
                let arrival = flows.len() - 1;
                flows[arrival] += (tail.total_usd() - tails[0].total_usd()) / end;
                total.without_irr += u64::from(!has_irr(&flows));
            }
            if is_kept {
                total.kept_npv.push(value);
                total.kept_difference.push(value - baseline);
                total.kept_ai_mw.extend_from_slice(&runner.ai_mw);
                total.kept_flow.extend(runner.flows.iter().map(|flow| *flow as f32));
                total.kept_cash.extend_from_slice(&runner.cash);
            }
        }
        totals.foresight.add(foresight);
        totals.foresight_difference.add(foresight - baseline);
        if is_kept {
            totals.kept_foresight.push(foresight);
            for kept in &record.months {
                for (total, value) in totals.factors.iter_mut().zip(factor_values(kept)) {
                    total.kept.push(value as f32);
                }
            }
        }
        Ok(())
    }

    /// What perfect foresight gains over mining on this path.
    fn foresight(&self, record: &PathRecord, months: &[MonthEconomics<'_>], scratch: &mut Vec<f64>) -> f64 {
        let rents: Vec<Option<f64>> =
            record.months.iter().map(|kept| kept.offer.map(|offer| offer.rent.get())).collect();
        let gains: Vec<PathGains> = hall_kinds(self.campus)
            .1
            .iter()
            .zip(self.contracts)
            .map(|(&i, contracts)| path_gains(self.campus, &self.campus.halls[i], contracts, months, &rents))
            .collect();
        if gains.is_empty() {
            return 0.0;
        }
        let offers: Vec<Option<LeaseOffer>> = record.months.iter().map(|kept| kept.offer).collect();
        foresight_gain(self.graph, &gains, &offers, scratch)
    }
}

/// Values of [`FACTORS`] in a month.
fn factor_values(kept: &Kept) -> [f64; FACTORS.len()] {
    [
        kept.opening.btc_price_usd,
        kept.opening.difficulty / 1e12,
        kept.opening.hashprice_usd_per_ph_day,
        kept.opening.lease_rate_usd_per_kw_month,
        kept.opening.gpu_hour_price_usd,
        kept.power_price,
    ]
}

fn record_market(kept: &Kept, shared: &MonthEconomics<'_>, totals: &mut Totals) {
    let m = shared.month as usize;
    for (total, value) in totals.factors.iter_mut().zip(factor_values(kept)) {
        total.sum[m] += value;
        total.squares[m] += value * value;
    }
    for (total, figures) in totals.out_of_money_hours.iter_mut().zip(shared.mining) {
        total[m] += shared.hours - figures.run_hours;
    }
}

/// Value of all-mining for the foresight mark: as simulated, or without the contest for the interconnect where loads compete.
fn uncontested_baseline(study: &Study<'_>, months: &[MonthEconomics<'_>], simulated: f64) -> f64 {
    if !study.campus.loads_compete() {
        return simulated;
    }
    let mut state = State::opening(study.campus);
    let mut value = 0.0;
    for (m, month) in months.iter().enumerate() {
        // Waiting is always possible.
        if let Ok(ledger) = step(study.campus, &mut state, Decision::WAIT, None, month) {
            value += study.discount[m] * ledger.net_cash_flow_usd();
        }
    }
    value + tail(study.campus, &state, &months[months.len() - 1]).total_usd()
}

/// Paths of a chunk.
pub(crate) const CHUNK: usize = LANES;

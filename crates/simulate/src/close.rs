//! What a path is worth once all its months are known: each policy's value, and the mark of perfect foresight.

use crate::break_even::served_for_nothing;
use crate::chunk::{PathRecord, Runner};
use crate::statistics::has_irr;
use crate::study::{ChunkError, Study};
use crate::totals::{PolicyTotals, Totals, add};
use finance::Closing;
use market::Opening;
use optimizer::{MarketPath, PathGains, foresight_gain, hall_kinds, path_gains, unlimited_foresight_gain};
use site::{Decision, LeaseOffer, MonthEconomics, State, Tail, carried, step, tail};

/// One policy on one path, closed.
struct Closed {
    /// NPV with the carried value, USD.
    value: f64,
    tail: Tail,
    /// Net cash flows with the carried value in the last month, USD.
    flows: Vec<f64>,
    /// What is left for owners and lenders, where there is a capital structure.
    money: Option<Closing>,
}

impl Closed {
    /// Adds what does not depend on whether the path is kept.
    fn add_to(&self, total: &mut PolicyTotals, baseline: &Self, foresight: f64) {
        total.npv.add(self.value);
        total.difference.add(self.value - baseline.value);
        total.foresight_less_policy.add(foresight - self.value);
        let tail = &self.tail;
        let parts = [tail.leases_usd, tail.construction_usd, tail.asics_usd, tail.gpus_usd, tail.site_usd];
        add(&mut total.carried, &parts);
        let incremental: Vec<f64> = self.flows.iter().zip(&baseline.flows).map(|(a, b)| a - b).collect();
        total.without_irr += u64::from(!has_irr(&incremental));
    }
}

impl Study<'_> {
    /// NPV with the carried value of every policy on every path, USD, `[n_lanes, n_entrants]` row-major.
    pub(crate) fn close_values(&self, records: &[PathRecord], runners: &[Runner]) -> Vec<f64> {
        let (n_fleets, m) = (self.campus.fleets.len(), self.n_months() - 1);
        let hours = self.market.calendar.hours(m) as f64;
        let mut values = Vec::with_capacity(runners.len());
        for (record, of_path) in records.iter().zip(runners.chunks_exact(self.entrants.len())) {
            let last = self.economics(m, hours, &record.months[m], &record.mining[m * n_fleets..]);
            values.extend(of_path.iter().map(|runner| self.close(runner, &last).value));
        }
        values
    }

    /// Values a path once all its months are known.
    pub(crate) fn close_path(
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
        let closed: Vec<Closed> = runners.iter().map(|runner| self.close(runner, last)).collect();
        let baseline = &closed[0];
        let gains = self.gains(record, &months);
        let foresight =
            uncontested_baseline(self, &months, baseline.value) + self.foresight(record, &gains, scratch);
        let is_kept = path < self.n_kept as u64;
        let unserved = served_for_nothing(self.campus);
        for (n, (runner, policy)) in runners.iter().zip(&closed).enumerate() {
            if policy.value > foresight + 1e-9 * foresight.abs().max(1e6) {
                return Err(ChunkError::AboveForesight {
                    policy: self.entrants[n].name.clone(),
                    path,
                    policy_usd: policy.value,
                    foresight_usd: foresight,
                });
            }
            let total = &mut totals.policies[n];
            policy.add_to(total, baseline, foresight);
            total.carried_lease_cost += unserved
                .as_ref()
                .map_or(0.0, |free| tail(free, &runner.state, last).leases_usd - policy.tail.leases_usd);
            total.npv_horizon.add(runner.npv_horizon);
            total.capex += runner.capex;
            total.shortfalls += u64::from(runner.ran_short());
            total.paths_bound += u64::from(runner.months_bound > 0);
            total.months_bound += u64::from(runner.months_bound);
            if let (Some(finance), Some(books), Some(closing), Some(baseline)) =
                (&mut total.finance, &runner.state.books, &policy.money, &baseline.money)
            {
                finance.add_path(books, closing, baseline, is_kept.then_some(&runner.money));
            }
            if is_kept {
                total.kept_npv.push(policy.value);
                total.kept_difference.push(policy.value - baseline.value);
                total.kept_ai_mw.extend_from_slice(&runner.ai_mw);
                total.kept_flow.extend(runner.flows.iter().copied());
                total.kept_cash.extend_from_slice(&runner.cash);
            }
        }
        let values: Vec<f64> = closed[..self.n_shown].iter().map(|policy| policy.value).collect();
        totals.differences.add(&values);
        if let Some(differences) = &mut totals.share_differences {
            let share =
                |policy: &Closed| policy.money.as_ref().map_or(0.0, |money| money.value_per_share_usd);
            differences.add(&closed[..self.n_shown].iter().map(share).collect::<Vec<f64>>());
        }
        self.bound_path(path, record, &gains, runners, totals)?;
        totals.foresight.add(foresight);
        totals.foresight_difference.add(foresight - baseline.value);
        if is_kept {
            totals.kept_foresight.push(foresight);
            for kept in &record.months {
                for (total, value) in totals.factors.iter_mut().zip(kept.factors()) {
                    total.kept.push(value);
                }
            }
        }
        Ok(())
    }

    /// A policy's path at its end: flows with the carried value at the horizon.
    fn close(&self, runner: &Runner, last: &MonthEconomics<'_>) -> Closed {
        let tail = tail(self.campus, &runner.state, last);
        let mut flows = runner.flows.clone();
        let arrival = flows.len() - 1;
        flows[arrival] += tail.total_usd() / self.discount[arrival];
        let money = match (&self.campus.finance, &runner.state.books) {
            (Some(terms), Some(books)) => {
                Some(books.close(terms, &carried(self.campus, &runner.state, last)))
            }
            _ => None,
        };
        Closed { value: runner.npv_horizon + tail.total_usd(), tail, flows, money }
    }

    /// Gains of starts on this path by kind of hall.
    fn gains(&self, record: &PathRecord, months: &[MonthEconomics<'_>]) -> Vec<PathGains> {
        let offers: Vec<Option<LeaseOffer>> = record.months.iter().map(|kept| kept.offer).collect();
        hall_kinds(self.campus)
            .1
            .iter()
            .zip(self.contracts)
            .map(|(&i, contracts)| path_gains(self.campus, &self.campus.halls[i], contracts, months, &offers))
            .collect()
    }

    /// What perfect foresight gains over mining on this path.
    fn foresight(&self, record: &PathRecord, gains: &[PathGains], scratch: &mut Vec<f64>) -> f64 {
        if gains.is_empty() {
            return 0.0;
        }
        let offers: Vec<Option<LeaseOffer>> = record.months.iter().map(|kept| kept.offer).collect();
        match self.graph {
            Some(graph) => foresight_gain(graph, gains, &offers, scratch),
            None => unlimited_foresight_gain(gains, &hall_kinds(self.campus).0),
        }
    }

    /// Holds the policies that let halls to tenants against the bound of the market, on the first paths.
    fn bound_path(
        &self,
        path: u64,
        record: &PathRecord,
        gains: &[PathGains],
        runners: &[Runner],
        totals: &mut Totals,
    ) -> Result<(), ChunkError> {
        let Some((bound, _)) = self.market_bound.filter(|(_, n_paths)| path < *n_paths) else {
            return Ok(());
        };
        let openings: Vec<Opening> = record.months.iter().map(|kept| kept.opening).collect();
        let offers: Vec<Option<LeaseOffer>> = record.months.iter().map(|kept| kept.offer).collect();
        let market =
            MarketPath { openings: &openings, offers: &offers, innovations: &record.innovations, gains };
        // Own GPUs are outside the bound: such a policy is judged as if it had waited, and left out of the sums.
        let starts: Vec<Vec<u32>> = runners[..self.n_shown]
            .iter()
            .map(|runner| if runner.own_gpus { vec![0; openings.len()] } else { runner.starts.clone() })
            .collect();
        let judged = bound.judge(market, &starts);
        totals.market_upper.add(judged.upper);
        for (n, (policy, runner)) in judged.policies.into_iter().zip(runners).enumerate() {
            if policy > judged.upper + 1e-9 * judged.upper.abs().max(1e9) {
                return Err(ChunkError::AboveBound {
                    policy: self.entrants[n].name.clone(),
                    path,
                    policy_usd: policy,
                    bound_usd: judged.upper,
                });
            }
            if runner.own_gpus {
                totals.outside_bound[n] = true;
            }
            totals.below_market_bound[n].add(judged.upper - policy);
        }
        Ok(())
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

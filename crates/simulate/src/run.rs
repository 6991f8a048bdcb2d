//! A whole run: policies solved, paths walked in parallel, results put together.
//!
//! Paths go in chunks of 64 and chunks in waves; a wave's sums are merged in the order of the paths. So neither the number
//! of threads nor the machine's load shows in any result, the first paths of a long run are the paths of a short one, and
//! memory does not grow with the number of paths beyond those kept.

use crate::break_even::BreakEven;
use crate::capital::CapitalStructure;
use crate::chunk::CHUNK;
use crate::exposure::Exposures;
use crate::fan::Fan;
use crate::frontier::frontier;
use crate::outcomes::{DispatchWeek, FactorOutcome, ForesightOutcome, MarketBounds, Outcomes, PolicyOutcome};
use crate::plan_race::{AboveBound, plan_race};
use crate::race::{Entrant, Guest, Race, entrants};
use crate::statistics::{irrs, lower_cvar_of_sorted, moic, payback_periods, quantile_of_sorted};
use crate::study::{ChunkError, FACTORS, Study};
use crate::totals::{PolicyTotals, Totals};
use crate::tuning::{Tuned, tune};
use crate::week::dispatch_week;
use dispatch::Worth;
use optimizer::dp::{contract_values, hall_line};
use optimizer::states::MAX_STATES;
use optimizer::{DpError, MarketBound, StateGraph};
use rayon::prelude::*;
use scenario::Scenario;
use site::Ledger;
use std::time::Instant;
use thiserror::Error;

/// Chunks between two merges: enough to keep many threads busy, few enough to keep memory flat.
const WAVE: usize = 16;

/// Why a run ended without results.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// A computed policy or mark cannot be computed for this scenario.
    #[error(transparent)]
    Dp(#[from] DpError),
    /// Policies and marks disagree: a bug.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// A policy exceeds what its model allows: a bug.
    #[error(transparent)]
    AboveBound(#[from] AboveBound),
    /// Stopped before the first paths were done.
    #[error("stopped before any path was done; nothing was written")]
    Stopped,
    /// A guest has the name of another policy.
    #[error("policy {name}: the name is taken by another policy, capitals apart; give it another")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The thread pool could not be made.
    #[error("cannot start {threads} threads: {source}")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// The cause.
        source: rayon::ThreadPoolBuildError,
    },
}

/// What a run tells and asks while it works.
pub trait Observer: Sync {
    /// A stage begins: its name, and how many paths it has (0 for none).
    fn stage(&self, name: &'static str, paths: usize) {
        let _ = (name, paths);
    }
    /// More paths are done.
    fn advance(&self, paths: usize) {
        let _ = paths;
    }
    /// Whether to stop after the paths under way.
    fn stop(&self) -> bool {
        false
    }
}

/// Works in silence and to the end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;
impl Observer for Silent {}

/// Results and how long each stage took.
#[derive(Debug)]
pub struct Run {
    /// What was found.
    pub outcomes: Outcomes,
    /// Stages in order with their wall time, seconds.
    pub timings: Vec<(String, f64)>,
    /// Threads used.
    pub threads: usize,
}

/// Runs a scenario on `threads` threads; 0 takes one per core.
///
/// # Errors
/// [`RunError`]; being stopped after some paths is not one, the results then cover those.
pub fn run(scenario: &Scenario, threads: usize, observer: &dyn Observer) -> Result<Run, RunError> {
    run_with(scenario, &[], threads, observer)
}

/// Runs a scenario with guests after its own policies.
///
/// # Errors
/// As [`run`], and a guest whose name is taken.
pub fn run_with(
    scenario: &Scenario,
    guests: &[Guest],
    threads: usize,
    observer: &dyn Observer,
) -> Result<Run, RunError> {
    refuse_names(scenario, guests)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|source| RunError::Threads { threads, source })?;
    pool.install(|| {
        let mut clock = Clock::start();
        let mut tuned = tune(scenario, observer)?;
        if tuned.is_some() {
            clock.lap("tuning");
        }
        observer.stage("solving policies", 0);
        let Race { mut entrants, plan, maps } = entrants(scenario, tuned.as_mut())?;
        entrants.extend(guests.iter().cloned().map(Entrant::from));
        let n_shown = entrants.len();
        let hidden = tuned.as_mut().map_or_else(Vec::new, Tuned::take_hidden);
        let hidden_rows: Vec<usize> = hidden.iter().map(|(row, _)| *row).collect();
        entrants.extend(hidden.into_iter().map(|(_, entrant)| entrant));
        clock.lap("policies");
        let (campus, market) = (&scenario.campus, &scenario.market);
        let graph = StateGraph::new(hall_line(campus, market), MAX_STATES);
        let contracts = contract_values(campus, market);
        let n_months = market.calendar.n_months();
        let market_bound = plan
            .as_ref()
            .filter(|plan| plan.settings.market_paths > 0)
            .and_then(|plan| MarketBound::new(campus, plan.computed.dp()));
        let study = Study {
            campus,
            market,
            entrants: &entrants,
            n_shown,
            worth: Worth::of(campus),
            graph: graph.as_ref().ok(),
            contracts: &contracts,
            n_kept: scenario.run.keep_paths,
            market_bound: market_bound
                .as_ref()
                .map(|bound| (bound, plan.as_ref().map_or(0, |plan| plan.settings.market_paths))),
            discount: (0..n_months).map(|m| campus.company.discount_factor(m as u32)).collect(),
        };
        observer.stage("simulating paths", scenario.run.paths);
        let totals = walk(&study, scenario.run.paths, observer)?;
        clock.lap("paths");
        // Before the policies decide on anything but the paths of the race.
        let remarks: Vec<String> = entrants.iter().filter_map(Entrant::remark).collect();
        observer.stage("bounding the plan", 0);
        let wanted = plan.as_ref().filter(|plan| plan.settings.n_paths > 0);
        let bounded = wanted.filter(|_| !observer.stop());
        let plan_race = bounded.map(|plan| plan_race(scenario, &entrants[..n_shown], plan)).transpose()?;
        let left_out = wanted.is_some() && plan_race.is_none();
        clock.lap("bounds");
        observer.stage("summing up", 0);
        let mut outcomes = conclude(scenario, &study, totals);
        let hidden: Vec<(usize, PolicyOutcome)> =
            hidden_rows.into_iter().zip(outcomes.policies.split_off(n_shown)).collect();
        if let Some(Tuned { tuning, warnings, .. }) = tuned {
            outcomes.warnings.extend(warnings);
            outcomes.tuning = Some(tuning);
        }
        outcomes.frontier = frontier(&outcomes.policies, &hidden, outcomes.tuning.as_ref());
        outcomes.plan_race = plan_race;
        outcomes.trigger_maps = maps;
        outcomes.warnings.extend(remarks);
        if left_out {
            outcomes.warnings.push("interrupted before the plan was bounded: bounds.csv lacks the planning model".into());
        }
        outcomes.warnings.extend(graph.err().map(|error| {
            format!("{error}; until then the builders' limit is left out of perfect foresight, which makes it loose")
        }));
        clock.lap("summary");
        Ok(Run { outcomes, timings: clock.laps, threads: rayon::current_num_threads() })
    })
}

/// Refuses a guest whose name is another policy's.
fn refuse_names(scenario: &Scenario, guests: &[Guest]) -> Result<(), RunError> {
    let mut taken: Vec<&str> = scenario.policies.iter().map(|plan| plan.name.as_str()).collect();
    for Guest { name, .. } in guests {
        if taken.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(RunError::NameTaken { name: name.clone() });
        }
        taken.push(name);
    }
    Ok(())
}

struct Clock {
    laps: Vec<(String, f64)>,
    last: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { laps: Vec::new(), last: Instant::now() }
    }

    fn lap(&mut self, name: &str) {
        self.laps.push((name.into(), self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
    }
}

fn walk(study: &Study<'_>, n_paths: usize, observer: &dyn Observer) -> Result<Totals, RunError> {
    let mut totals = study.empty_totals();
    let chunks: Vec<usize> = (0..n_paths).step_by(CHUNK).collect();
    for wave in chunks.chunks(WAVE) {
        let done: Vec<Option<Result<Totals, ChunkError>>> = wave
            .par_iter()
            .map(|&first| {
                if observer.stop() {
                    return None;
                }
                let n_lanes = CHUNK.min(n_paths - first);
                let chunk = study.chunk(first as u64, n_lanes);
                observer.advance(n_lanes);
                Some(chunk)
            })
            .collect();
        // Results cover the first paths without a gap: what lies behind a chunk that was not done is dropped.
        for chunk in done {
            match chunk {
                Some(chunk) => totals.merge(chunk?),
                None if totals.n_paths > 0 => return Ok(totals),
                None => return Err(RunError::Stopped),
            }
        }
    }
    Ok(totals)
}

fn conclude(scenario: &Scenario, study: &Study<'_>, totals: Totals) -> Outcomes {
    let calendar = &scenario.market.calendar;
    let n_months = calendar.n_months();
    let n_paths = totals.n_paths;
    let baseline = totals.policies[0].clone();
    let policies: Vec<PolicyOutcome> = study
        .entrants
        .iter()
        .zip(totals.policies)
        .map(|(entrant, total)| policy_outcome(entrant, total, &baseline, n_paths, study))
        .collect();
    let best = policies[..study.n_shown]
        .iter()
        .enumerate()
        .rev()
        .max_by(|(_, a), (_, b)| a.npv_usd.mean().total_cmp(&b.npv_usd.mean()))
        .map_or(0, |(n, _)| n);
    let fleets: Vec<String> = scenario.campus.fleets.iter().map(|fleet| fleet.name.clone()).collect();
    let week: DispatchWeek = dispatch_week(study, best, &fleets);
    Outcomes {
        scenario: scenario.name.clone(),
        lens: scenario.lens.shown,
        months: (0..n_months).map(|m| calendar.month(m)).collect(),
        hours: (0..n_months).map(|m| calendar.hours(m) as f64).collect(),
        discount_rate_per_year: scenario.campus.company.discount_rate_per_year,
        discount: study.discount.clone(),
        n_paths,
        n_kept: n_paths.min(scenario.run.keep_paths),
        interrupted: n_paths < scenario.run.paths,
        campus_gross_mw: scenario.campus.gross_mw(),
        fleets,
        policies,
        differences: totals.differences,
        share_differences: totals.share_differences,
        foresight: ForesightOutcome {
            npv_usd: totals.foresight,
            difference_usd: totals.foresight_difference,
            kept_npv_usd: totals.kept_foresight,
        },
        markets: totals
            .factors
            .into_iter()
            .zip(FACTORS)
            // Without GPUs there is no GPU-hour price that anyone entered.
            .filter(|(_, (name, ..))| scenario.campus.gpus.is_some() || !name.starts_with("gpu_"))
            .map(|(total, (name, title, unit))| {
                let mean: Vec<f64> = total.sum.iter().map(|sum| sum / n_paths as f64).collect();
                FactorOutcome {
                    name: name.into(),
                    title: title.into(),
                    unit: unit.into(),
                    mean_multiple: mean.iter().map(|value| value / mean[0]).collect(),
                    effective_sample: total.sum.iter().zip(&total.squares).map(|(s, q)| s * s / q).collect(),
                    mean,
                    fan: Fan::of(total.kept, n_months),
                }
            })
            .collect(),
        history: scenario.history.clone(),
        out_of_money_hours: totals
            .out_of_money_hours
            .iter()
            .map(|months| months.iter().map(|hours| hours / n_paths as f64).collect())
            .collect(),
        step_hours: scenario.market.power.step_hours(),
        week,
        plan_race: None,
        market_bounds: (totals.market_upper.n() > 0).then(|| MarketBounds {
            n_paths: totals.market_upper.n(),
            upper_usd: totals.market_upper,
            below_bound_usd: totals
                .below_market_bound
                .into_iter()
                .zip(totals.outside_bound)
                .map(|(below, outside)| (!outside).then_some(below))
                .collect(),
        }),
        trigger_maps: Vec::new(),
        tuning: None,
        frontier: Vec::new(),
        capital: CapitalStructure::of(&scenario.campus),
        warnings: scenario.warnings.clone(),
    }
}

fn policy_outcome(
    entrant: &Entrant,
    total: PolicyTotals,
    baseline: &PolicyTotals,
    n_paths: usize,
    study: &Study<'_>,
) -> PolicyOutcome {
    let (n, n_months) = (n_paths as f64, study.n_months());
    let ledger: Vec<Ledger> =
        total.ledger.iter().map(|sums| Ledger::from_columns(sums.map(|sum| sum / n))).collect();
    let net = |total: &PolicyTotals| -> Vec<f64> {
        total.ledger.iter().map(|sums| Ledger::from_columns(*sums).net_cash_flow_usd() / n).collect()
    };
    let horizon: Vec<f64> = net(&total).iter().zip(net(baseline)).map(|(a, b)| a - b).collect();
    let carried_of = |total: &PolicyTotals| {
        let [leases, construction, asics, gpus, site] = total.carried.map(|sum| sum / n);
        leases - construction + asics + gpus + site
    };
    let end = study.discount[study.discount.len() - 1];
    let mut with_carried = horizon.clone();
    let arrival = with_carried.len() - 1;
    with_carried[arrival] += (carried_of(&total) - carried_of(baseline)) / end;
    let exposures = exposures_of(&total, n, study);
    let base = exposures_of(baseline, n, study);
    let mut sorted = total.kept_npv.clone();
    sorted.sort_by(f64::total_cmp);
    let per_year = |flows: &[f64]| -> Vec<f64> {
        irrs(flows).into_iter().map(|monthly| (1.0 + monthly).powi(12) - 1.0).collect()
    };
    PolicyOutcome {
        name: entrant.name.clone(),
        description: entrant.description.clone(),
        npv_usd: total.npv,
        npv_horizon_usd: total.npv_horizon,
        carried_usd: total.carried.map(|sum| sum / n),
        difference_usd: total.difference,
        foresight_less_policy_usd: total.foresight_less_policy,
        npv_quantiles_usd: [0.05, 0.5, 0.95].map(|p| quantile_of_sorted(&sorted, p)),
        cvar5_usd: lower_cvar_of_sorted(&sorted, 0.05),
        shortfall_probability: total.shortfalls as f64 / n,
        incremental_irrs: per_year(&with_carried),
        incremental_irrs_horizon: per_year(&horizon),
        share_without_irr: total.without_irr as f64 / n,
        incremental_moic: moic(&with_carried),
        incremental_payback_years: payback_periods(&horizon).map(|months| (months + 1.0) / 12.0),
        capex_usd: total.capex / n,
        ledger,
        cash_usd: total.cash.iter().map(|sum| sum / n).collect(),
        ai_gross_mw: total.ai_mw.iter().map(|sum| sum / n).collect(),
        kept_npv_usd: total.kept_npv,
        kept_difference_usd: total.kept_difference,
        ai_mw: Fan::of(total.kept_ai_mw, n_months),
        year_flow_usd: Fan::of(by_year(&total.kept_flow, n_months), n_months / 12),
        flow_usd: Fan::of(total.kept_flow, n_months),
        cash_fan_usd: Fan::of(total.kept_cash, n_months),
        share_bound_by_money: total.paths_bound as f64 / n,
        months_bound_by_money: total.months_bound as f64 / n,
        break_even: BreakEven::between(&exposures, &base, total.difference.mean()),
        exposures,
        finance: total.finance.map(|finance| finance.finish(n_paths, n_months)),
    }
}

/// What follows each assumption in a policy's sums over `n` paths.
fn exposures_of(total: &PolicyTotals, n: f64, study: &Study<'_>) -> Exposures {
    let ledgers: Vec<Ledger> =
        total.ledger.iter().map(|sums| Ledger::from_columns(sums.map(|sum| sum / n))).collect();
    let mut exposures = Exposures::of_months(&ledgers, &study.discount, study.campus.hosting.cost);
    exposures.carry(&total.carried.map(|sum| sum / n), total.carried_lease_cost / n);
    exposures
}

/// Sums over each whole year of months, `[n_kept, n_years]` row-major, of values `[n_kept, n_months]`.
fn by_year(months: &[f64], n_months: usize) -> Vec<f64> {
    let years = |path: &[f64]| path.chunks_exact(12).map(|year| year.iter().sum()).collect::<Vec<f64>>();
    months.chunks_exact(n_months).flat_map(years).collect()
}

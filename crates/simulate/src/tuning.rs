//! Rules tuned on paths of their own: a coarse list of numbers round the stated one, then a finer one round the best.
//!
//! The objective is `mean + w · CVaR 5 %` of the NPV over the tuning paths, which have a seed of their own. All candidates of all
//! rules are walked side by side, for a market path costs far more than one more policy on it; the finer lists of all weights of
//! the frontier take the second walk. What is found is judged on the race's paths, for the best of many on its own paths
//! flatters itself. The stated number is always a candidate, so in sample tuning never loses to it.

mod search;

use crate::chunk::CHUNK;
use crate::race::{Entrant, variants};
use crate::run::{Observer, RunError};
use crate::statistics::Moments;
use crate::study::Study;
use dispatch::Worth;
use market::Market;
use rayon::prelude::*;
use scenario::{PolicyPlan, Scenario};
use search::{Tried, best_for, finer};
use serde::{Deserialize, Serialize};

/// Told apart from the seeds of the race and of the pilot paths.
const TUNING_SEED: u64 = 0x7475_6e69_6e67_5f70;

/// What tuning found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tuning {
    /// Tuning paths.
    pub n_paths: usize,
    /// Weight of CVaR 5 % in the objective.
    pub objective_cvar_weight: f64,
    /// Candidates, by policy and ascending number.
    pub rows: Vec<TuningRow>,
}

/// A candidate and its worth on the tuning paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TuningRow {
    /// The policy.
    pub policy: String,
    /// Field of the scenario file that was tuned.
    pub parameter: String,
    /// Its unit.
    pub unit: String,
    /// The number tried.
    pub value: f64,
    /// NPV on the tuning paths, USD.
    pub npv_usd: Moments,
    /// Mean of the worst 5 % of them, USD.
    pub cvar5_usd: f64,
    /// Mean plus the weighted CVaR, USD.
    pub objective_usd: f64,
    /// Whether it is the stated number.
    pub is_start: bool,
    /// Whether it runs in the race.
    pub is_chosen: bool,
    /// Weights of the frontier for which it is the policy's best.
    pub frontier_weights: Vec<f64>,
}

/// Tuned rules, ready to decide.
pub(crate) struct Tuned {
    pub(crate) tuning: Tuning,
    /// For the race, under their names.
    pub(crate) chosen: Vec<Entrant>,
    /// Best for other weights: for the frontier alone, each with its row.
    pub(crate) hidden: Vec<(usize, Entrant)>,
    /// Remarks on searches that ended at the end of their list.
    pub(crate) warnings: Vec<String>,
}

impl Tuned {
    /// The rules for the frontier alone, each with its row, taken out.
    pub(crate) fn take_hidden(&mut self) -> Vec<(usize, Entrant)> {
        std::mem::take(&mut self.hidden)
    }
}

/// A number tried for a policy, `plan` of the scenario.
struct Candidate {
    plan: usize,
    tried: Tried,
    entrant: Entrant,
}

/// Tunes the rules that ask for it; `None` if none does.
pub(crate) fn tune(scenario: &Scenario, observer: &dyn Observer) -> Result<Option<Tuned>, RunError> {
    let coarse: Vec<(usize, Vec<f64>)> = scenario
        .policies
        .iter()
        .enumerate()
        .filter(|(_, plan)| plan.tune)
        .filter_map(|(n, plan)| Some((n, plan.kind.main_number()?.coarse_list())))
        .collect();
    if coarse.is_empty() {
        return Ok(None);
    }
    observer.stage("tuning rules", 2 * scenario.tuning.paths);
    let market = Market { seed: scenario.market.seed ^ TUNING_SEED, ..scenario.market.clone() };
    let mut candidates = walked(scenario, &market, &coarse, observer)?;
    let weights = scenario.tuning.all_weights();
    let fine: Vec<(usize, Vec<f64>)> = coarse
        .iter()
        .map(|(n, _)| (*n, finer(&tried_of(&candidates, *n), start_of(&scenario.policies[*n]), &weights)))
        .collect();
    candidates.extend(walked(scenario, &market, &fine, observer)?);
    candidates.sort_by(|a, b| a.plan.cmp(&b.plan).then(a.tried.number.total_cmp(&b.tried.number)));
    let warnings = coarse
        .iter()
        .filter_map(|(n, list)| {
            warn_of_end(scenario, &scenario.policies[*n], list, &tried_of(&candidates, *n))
        })
        .collect();
    Ok(Some(conclude(scenario, candidates, warnings)))
}

/// The stated number of a plan.
fn start_of(plan: &PolicyPlan) -> f64 {
    plan.kind.main_number().map_or(f64::NAN, |number| number.value)
}

fn tried_of(candidates: &[Candidate], plan: usize) -> Vec<&Tried> {
    candidates.iter().filter(|candidate| candidate.plan == plan).map(|candidate| &candidate.tried).collect()
}

/// Says that the search ended at the end of its list, where better numbers may lie beyond.
fn warn_of_end(scenario: &Scenario, plan: &PolicyPlan, list: &[f64], tried: &[&Tried]) -> Option<String> {
    let main = plan.kind.main_number()?;
    let best = tried[best_for(tried, main.value, scenario.tuning.objective_cvar_weight)].number;
    let at_end = list.first() == Some(&best) || list.last() == Some(&best);
    (at_end && list.len() > 1 && !main.is_limit(best)).then(|| {
        format!(
            "policy {}: {best} {}, the best {} tried, is at the end of what tuning tries; a start nearer to it may find a better one",
            plan.name, main.unit, main.parameter
        )
    })
}

/// Candidates for lists of numbers by plan, walked over the tuning paths side by side.
fn walked(
    scenario: &Scenario,
    market: &Market,
    lists: &[(usize, Vec<f64>)],
    observer: &dyn Observer,
) -> Result<Vec<Candidate>, RunError> {
    let (mut places, mut entrants) = (Vec::new(), Vec::new());
    for (plan, numbers) in lists {
        let of = &scenario.policies[*plan];
        for (number, policy) in numbers.iter().zip(variants(of, numbers, scenario)?) {
            places.push((*plan, *number));
            let description = of.tuned_description(*number, scenario.tuning.paths);
            entrants.push(Entrant { name: of.name.clone(), description, policy });
        }
    }
    let values = values(scenario, market, &entrants, observer)?;
    let candidates = places.into_iter().zip(entrants).zip(values);
    Ok(candidates
        .map(|(((plan, number), entrant), values)| Candidate {
            plan,
            tried: Tried::new(number, values),
            entrant,
        })
        .collect())
}

/// NPV of every entrant on every tuning path, USD, `[n_entrants][n_paths]`, whatever the threads.
fn values(
    scenario: &Scenario,
    market: &Market,
    entrants: &[Entrant],
    observer: &dyn Observer,
) -> Result<Vec<Vec<f64>>, RunError> {
    let campus = &scenario.campus;
    let study = Study {
        campus,
        market,
        entrants,
        n_shown: entrants.len(),
        worth: Worth::of(campus),
        graph: None,
        contracts: &[],
        n_kept: 0,
        market_bound: None,
        discount: (0..market.calendar.n_months()).map(|m| campus.company.discount_factor(m as u32)).collect(),
    };
    let n_paths = scenario.tuning.paths;
    let chunks: Vec<usize> = (0..n_paths).step_by(CHUNK).collect();
    let done: Result<Vec<Vec<f64>>, RunError> = chunks
        .par_iter()
        .map(|&first| {
            if observer.stop() {
                return Err(RunError::Stopped);
            }
            let n_lanes = CHUNK.min(n_paths - first);
            let values = study.values(first as u64, n_lanes)?;
            observer.advance(n_lanes);
            Ok(values)
        })
        .collect();
    let mut by_entrant = vec![Vec::with_capacity(n_paths); entrants.len()];
    for path in done?.iter().flat_map(|chunk| chunk.chunks_exact(entrants.len())) {
        by_entrant.iter_mut().zip(path).for_each(|(values, value)| values.push(*value));
    }
    Ok(by_entrant)
}

/// Rows of all candidates, and of those that go on the ones for the race and the ones for the frontier.
fn conclude(scenario: &Scenario, candidates: Vec<Candidate>, warnings: Vec<String>) -> Tuned {
    let settings = &scenario.tuning;
    let mut rows: Vec<TuningRow> = candidates.iter().map(|candidate| row(scenario, candidate)).collect();
    let mut first = 0;
    for of_plan in candidates.chunk_by(|a, b| a.plan == b.plan) {
        let tried: Vec<&Tried> = of_plan.iter().map(|candidate| &candidate.tried).collect();
        let start = start_of(&scenario.policies[of_plan[0].plan]);
        rows[first + best_for(&tried, start, settings.objective_cvar_weight)].is_chosen = true;
        for weight in settings.all_weights() {
            rows[first + best_for(&tried, start, weight)].frontier_weights.push(weight);
        }
        first += of_plan.len();
    }
    let (mut chosen, mut hidden) = (Vec::new(), Vec::new());
    for (n, candidate) in candidates.into_iter().enumerate() {
        if rows[n].is_chosen {
            chosen.push(candidate.entrant);
        } else if !rows[n].frontier_weights.is_empty() {
            hidden.push((n, candidate.entrant));
        }
    }
    let tuning =
        Tuning { n_paths: settings.paths, objective_cvar_weight: settings.objective_cvar_weight, rows };
    Tuned { tuning, chosen, hidden, warnings }
}

fn row(scenario: &Scenario, candidate: &Candidate) -> TuningRow {
    let Candidate { plan, tried, .. } = candidate;
    let plan = &scenario.policies[*plan];
    let (parameter, unit) =
        plan.kind.main_number().map_or(("", ""), |number| (number.parameter, number.unit));
    TuningRow {
        policy: plan.name.clone(),
        parameter: parameter.into(),
        unit: unit.into(),
        value: tried.number,
        npv_usd: tried.npv_usd,
        cvar5_usd: tried.cvar5_usd,
        objective_usd: tried.objective_usd(scenario.tuning.objective_cvar_weight),
        is_start: tried.number == start_of(plan),
        is_chosen: false,
        frontier_weights: Vec::new(),
    }
}

//! The race once more within the planning model, where the best possible value is known between two bounds.
//!
//! Every policy decides on the same paths of the model, through the same step, and is held against the upper bound path by
//! path. The model has two factors, hashprice and rents, and power by its expectation; so these figures stand beside those of
//! the race and are not differences of them. Policies that start own GPUs are left out: the model has no gain for those.

use crate::chunk::CHUNK;
use crate::race::{Entrant, Plan};
use crate::study::mining_margin;
use optimizer::{
    CashTerms, Dp, Judged, MeanValuePlan, PastMonth, PaysNow, PlanMonth, PlanPath, Policy, View, Way,
    planning_campus,
};
use rayon::prelude::*;
use scenario::{PolicyPlan, Scenario};
use serde::{Deserialize, Serialize};
use site::{Campus, Decision, State, free_funds_usd, limits, step};
use thiserror::Error;

pub use optimizer::Estimate;

/// One-sided 95 % quantile of the normal law.
const ONE_SIDED_95: f64 = 1.644_853_626_951_472_2;
/// Share of a path's value by which rounding may carry a policy over a bound.
const ROUNDING: f64 = 1e-9;

/// A theorem of the bounds that did not hold: a bug, never a finding.
#[derive(Debug, Clone, PartialEq, Error)]
#[error(
    "policy {policy} {place} of the planning model gains {policy_usd} USD, more than {mark} at {mark_usd} USD: the two disagree about a rule"
)]
pub struct AboveBound {
    /// The policy.
    pub policy: String,
    /// The path, or all of them.
    pub place: String,
    /// Its gain over all-mining.
    pub policy_usd: f64,
    /// What it exceeds.
    pub mark: &'static str,
    /// The value of that.
    pub mark_usd: f64,
}

/// A policy within the planning model, USD discounted to the first opening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// Gain over all-mining.
    pub gain_usd: Estimate,
    /// Upper bound less this policy, paired path by path: its regret at most.
    pub below_bound_usd: Estimate,
    /// Best policy less this one, paired.
    pub below_best_usd: Estimate,
}

/// Two-sided bound on the best possible value over all-mining within the planning model, and where every policy stands, USD.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRace {
    /// The policy that plans on the model.
    pub policy: String,
    /// Paths of the model, in antithetic pairs.
    pub n_paths: usize,
    /// What the plan earns over all-mining: a lower bound of the best possible.
    pub lower_usd: Estimate,
    /// What no policy can exceed.
    pub upper_usd: Estimate,
    /// The same for policies that need not be funded, where starts are held to cash.
    pub upper_without_cash_limit_usd: Option<Estimate>,
    /// What perfect foresight would earn within the model, funded or not.
    pub foresight_usd: Estimate,
    /// Upper less lower, paired path by path.
    pub gap_usd: Estimate,
    /// Policies, in the order of the race.
    pub standings: Vec<Standing>,
    /// Names of policies that the model has no values for.
    pub left_out: Vec<String>,
    /// The best policy that is not computed, and the bound less it, paired: what is at stake.
    pub at_stake: Option<(String, Estimate)>,
    /// The plan less starting whatever gains now, paired.
    pub value_of_waiting_usd: Estimate,
    /// The plan less the plan for median prices, paired: the value of the stochastic solution.
    pub value_of_stochastic_solution_usd: Estimate,
    /// Foresight less the plan, paired: the expected value of perfect information.
    pub value_of_foresight_usd: Estimate,
}

impl PlanRace {
    /// The gap is at most this with 95 % confidence, USD.
    #[must_use]
    pub fn gap_limit_usd(&self) -> f64 {
        self.gap_usd.mean + ONE_SIDED_95 * self.gap_usd.standard_error
    }

    /// The same as a share of what is at stake; `None` where nothing is.
    #[must_use]
    pub fn gap_limit_of_stake(&self) -> Option<f64> {
        let (_, stake) = self.at_stake.as_ref()?;
        (stake.mean > 0.0).then(|| self.gap_limit_usd() / stake.mean)
    }
}

/// How the race within the planning model is run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlanRaceSettings {
    /// Paths, in antithetic pairs.
    pub(crate) n_paths: usize,
    /// Buckets of funds where starts are held to cash.
    pub(crate) cash_buckets: usize,
    /// Paths of the race on which the full market is bounded.
    pub(crate) market_paths: u64,
}

/// A policy that takes part: its name and what decides.
struct Runner<'a> {
    name: &'a str,
    computed: bool,
    policy: &'a dyn Policy,
}

/// Runs all policies on the plan's own paths.
pub(crate) fn plan_race(
    scenario: &Scenario,
    entrants: &[Entrant],
    plan: &Plan,
) -> Result<PlanRace, AboveBound> {
    let campus = &planning_campus(&scenario.campus, &scenario.market);
    let settings = plan.settings;
    let dp = plan.computed.dp();
    let (pays_now, mean_value) = (PaysNow(dp), MeanValuePlan::new(dp));
    // Marks that are no policies of the race come last.
    let runners: Vec<Runner<'_>> = entrants
        .iter()
        .enumerate()
        .map(|(n, entrant)| Runner {
            name: &entrant.name,
            // Guests come after the policies of the scenario.
            computed: scenario.policies.get(n).is_some_and(PolicyPlan::lists_states),
            policy: entrant.policy.as_ref(),
        })
        .chain([
            Runner { name: "pays-now", computed: true, policy: &pays_now },
            Runner { name: "mean-value-plan", computed: true, policy: &mean_value },
        ])
        .collect();
    let cash = campus
        .company
        .hold_to_cash
        .then(|| CashTerms::new(campus, dp, plan.computed.funded(), settings.cash_buckets));
    let paths = dp.plan_paths(scenario.run.seed, settings.n_paths.div_ceil(2));
    // Those that decide for many paths at once are shown as many as in the race.
    let together = if runners.iter().any(|runner| runner.policy.decides_together()) { CHUNK } else { 1 };
    let followed: Vec<Followed> = paths
        .par_chunks(together)
        .flat_map_iter(|paths| follow(campus, dp, paths, &runners, cash.as_ref()))
        .collect();
    // Only where policies and bound carry the same penalties does the theorem hold path by path.
    let same_penalties = plan.computed.funded().is_none();
    for (path, followed) in followed.iter().enumerate() {
        followed.check(path, &runners, same_penalties)?;
    }
    let race = sum_up(&runners, &plan.name, &followed);
    check_means(&race)?;
    Ok(race)
}

/// A path with everyone's gains on it; `None` for a policy that starts own GPUs.
struct Followed {
    judged: Judged,
    /// Index into the judged policies.
    place: Vec<Option<usize>>,
}

/// Upper bounds that hold, of which the smallest is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    HeldToCash,
    Penalised,
    Foresight,
}

impl Followed {
    fn bound(&self, bound: Bound) -> f64 {
        match bound {
            Bound::HeldToCash => self.judged.held_to_cash.unwrap_or(f64::INFINITY),
            Bound::Penalised => self.judged.values.upper,
            Bound::Foresight => self.judged.values.foresight,
        }
    }

    /// The bound whose penalties the policies carry too.
    fn own_bound(&self) -> f64 {
        self.judged.held_to_cash.unwrap_or(self.judged.values.upper)
    }

    /// What a policy gains here, with its penalties taken off or plain; both have the same mean.
    fn gain(&self, runner: usize, controlled: bool) -> f64 {
        self.place[runner].map_or(f64::NAN, |place| {
            let policy = self.judged.policies[place];
            if controlled { policy.controlled } else { policy.plain }
        })
    }

    /// Holds every policy against foresight on this path and, with the same penalties, against the upper bound.
    fn check(&self, path: usize, runners: &[Runner<'_>], same_penalties: bool) -> Result<(), AboveBound> {
        for (runner, place) in runners.iter().zip(&self.place) {
            let Some(place) = *place else { continue };
            if self.judged.overfunded == Some(place) {
                return Err(AboveBound {
                    policy: runner.name.into(),
                    place: format!("on path {path}"),
                    policy_usd: self.judged.policies[place].plain,
                    mark: "what can be funded",
                    mark_usd: self.own_bound(),
                });
            }
            let policy = self.judged.policies[place];
            let upper = same_penalties.then(|| ("the upper bound", policy.controlled, self.own_bound()));
            let foresight = ("perfect foresight", policy.plain, self.judged.values.foresight);
            for (mark, policy_usd, mark_usd) in upper.into_iter().chain([foresight]) {
                if policy_usd > mark_usd + ROUNDING * mark_usd.abs().max(1e9) {
                    let place = format!("on path {path}");
                    return Err(AboveBound { policy: runner.name.into(), place, policy_usd, mark, mark_usd });
                }
            }
        }
        Ok(())
    }
}

/// Holds every policy's mean against the upper bound, with four paired standard errors of room.
fn check_means(race: &PlanRace) -> Result<(), AboveBound> {
    for standing in &race.standings {
        let below = standing.below_bound_usd;
        if below.mean < -4.0 * below.standard_error - ROUNDING * race.upper_usd.mean.abs().max(1e9) {
            return Err(AboveBound {
                policy: standing.name.clone(),
                place: format!("over the {} paths", race.n_paths),
                policy_usd: standing.gain_usd.mean,
                mark: "the upper bound",
                mark_usd: race.upper_usd.mean,
            });
        }
    }
    Ok(())
}

/// Lets everyone decide on some paths and judges their starts.
fn follow(
    campus: &Campus,
    dp: &Dp,
    paths: &[PlanPath],
    runners: &[Runner<'_>],
    cash: Option<&CashTerms<'_>>,
) -> Vec<Followed> {
    let known: Vec<Known> = paths.iter().map(|path| Known::of(campus, dp, path)).collect();
    let mut ways: Vec<std::vec::IntoIter<Option<Way>>> =
        runners.iter().map(|runner| ways_of(campus, dp, runner.policy, &known).into_iter()).collect();
    let judge = |(path, known): (&PlanPath, &Known)| {
        let mut taken: Vec<Way> = Vec::new();
        let place = ways
            .iter_mut()
            .map(|of_paths| {
                taken.push(of_paths.next().flatten()?);
                Some(taken.len() - 1)
            })
            .collect();
        let walker = cash.map(|terms| terms.walk(path, &known.months));
        Followed { judged: dp.judge(path, &taken, walker), place }
    };
    paths.iter().zip(&known).map(judge).collect()
}

/// A path of the model as policies see it.
struct Known {
    months: Vec<PlanMonth>,
    past: Vec<PastMonth>,
}

impl Known {
    fn of(campus: &Campus, dp: &Dp, path: &PlanPath) -> Self {
        let months: Vec<PlanMonth> = (0..path.offers.len()).map(|t| dp.plan_month(campus, path, t)).collect();
        let margin =
            |month: &PlanMonth| mining_margin(campus, &month.economics(campus, dp.hours(month.month)));
        let past = months.iter().map(|month| PastMonth {
            opening: month.opening,
            mining_margin_usd_per_gross_mw: margin(month),
            power_price_usd_per_mwh: month.power_price_usd_per_mwh,
        });
        Self { past: past.collect(), months }
    }
}

/// What a policy does on each path; `None` as soon as it starts own GPUs.
fn ways_of(campus: &Campus, dp: &Dp, policy: &dyn Policy, paths: &[Known]) -> Vec<Option<Way>> {
    let mut walkers: Vec<Walker<'_>> = paths.iter().map(|path| Walker::at_opening(campus, path)).collect();
    for t in 0..paths.first().map_or(0, |path| path.months.len()) {
        let views: Vec<View<'_>> = walkers.iter().filter_map(|walker| walker.view(campus, t)).collect();
        let mut decisions = policy.decide_all(&views).into_iter();
        for walker in walkers.iter_mut().filter(|walker| walker.way.is_some()) {
            walker.take(campus, dp, t, decisions.next());
        }
    }
    walkers.into_iter().map(|walker| walker.way).collect()
}

/// A policy on a path of the model.
struct Walker<'a> {
    path: &'a Known,
    state: State,
    /// What it did so far; `None` once it has started own GPUs.
    way: Option<Way>,
}

impl<'a> Walker<'a> {
    fn at_opening(campus: &Campus, path: &'a Known) -> Self {
        let state = State::opening(campus);
        let starts = Vec::with_capacity(path.months.len());
        let way = Some(Way { starts, funds_usd: vec![free_funds_usd(campus, &state)] });
        Self { path, state, way }
    }

    /// What the policy sees at the opening of month `t`, if it still takes part.
    fn view<'v>(&'v self, campus: &'v Campus, t: usize) -> Option<View<'v>> {
        self.way.as_ref()?;
        let month = &self.path.months[t];
        let offer = month.offer.as_ref();
        let limits = limits(campus, &self.state, offer);
        Some(View {
            campus,
            state: &self.state,
            opening: &month.opening,
            offer,
            limits,
            past: &self.path.past[..t],
        })
    }

    /// Takes month `t` with what was decided.
    fn take(&mut self, campus: &Campus, dp: &Dp, t: usize, decision: Option<Decision>) {
        let month = &self.path.months[t];
        let economics = month.economics(campus, dp.hours(month.month));
        let hosting = decision.filter(|decision| decision.gpu_halls == 0);
        // The race before this one has stopped every policy that decides what cannot be done.
        let done = hosting.filter(|decision| {
            step(campus, &mut self.state, *decision, month.offer.as_ref(), &economics).is_ok()
        });
        match (&mut self.way, done) {
            (Some(way), Some(decision)) => {
                way.starts.push(decision.hosting_halls);
                way.funds_usd.push(free_funds_usd(campus, &self.state));
            }
            _ => self.way = None,
        }
    }
}

fn sum_up(runners: &[Runner<'_>], dp_name: &str, paths: &[Followed]) -> PlanRace {
    let over = |of: &dyn Fn(&Followed) -> f64| Estimate::of(paths.iter().map(of));
    // Any of them holds. A poor penalty can leave a bound above foresight; one at given funds, above that without a limit.
    let bound = [Bound::HeldToCash, Bound::Penalised, Bound::Foresight]
        .into_iter()
        .map(|bound| (bound, over(&|path| path.bound(bound)).mean))
        .reduce(|best, next| if next.1 < best.1 { next } else { best })
        .map_or(Bound::Penalised, |(bound, _)| bound);
    let upper = |path: &Followed| path.bound(bound);
    // The penalties of the best plan are a poor control variate for a policy far from it: the better of the two is taken.
    let controlled: Vec<bool> = (0..runners.len())
        .map(|n| {
            let [with, without] = [true, false]
                .map(|controlled| over(&|path| upper(path) - path.gain(n, controlled)).standard_error);
            with <= without
        })
        .collect();
    let gain = |path: &Followed, n: usize| path.gain(n, controlled[n]);
    let runs = |n: usize| paths.iter().all(|path| path.place[n].is_some());
    let (n_race, pays_now, mean_value) = (runners.len() - 2, runners.len() - 2, runners.len() - 1);
    let own = runners.iter().position(|runner| runner.name == dp_name).unwrap_or(0);
    let taking_part: Vec<usize> = (0..n_race).filter(|&n| runs(n)).collect();
    let mean = |n: usize| over(&|path| gain(path, n)).mean;
    let best_of = |candidates: &mut dyn Iterator<Item = usize>| {
        candidates.map(|n| (n, mean(n))).reduce(|best, next| if next.1 > best.1 { next } else { best })
    };
    let best = best_of(&mut taking_part.iter().copied()).map_or(own, |(n, _)| n);
    let simple = best_of(&mut taking_part.iter().copied().filter(|&n| !runners[n].computed));
    let standing = |&n: &usize| Standing {
        name: runners[n].name.to_owned(),
        gain_usd: over(&|path| gain(path, n)),
        below_bound_usd: over(&|path| upper(path) - gain(path, n)),
        below_best_usd: over(&|path| gain(path, best) - gain(path, n)),
    };
    let held = paths.first().is_some_and(|path| path.judged.held_to_cash.is_some());
    PlanRace {
        policy: dp_name.to_owned(),
        n_paths: paths.len(),
        lower_usd: over(&|path| gain(path, own)),
        upper_usd: over(&upper),
        upper_without_cash_limit_usd: held.then(|| over(&|path| path.judged.values.upper)),
        foresight_usd: over(&|path| path.judged.values.foresight),
        gap_usd: over(&|path| upper(path) - gain(path, own)),
        standings: taking_part.iter().map(standing).collect(),
        left_out: (0..n_race).filter(|&n| !runs(n)).map(|n| runners[n].name.to_owned()).collect(),
        at_stake: simple
            .map(|(n, _)| (runners[n].name.to_owned(), over(&|path| upper(path) - gain(path, n)))),
        value_of_waiting_usd: over(&|path| gain(path, own) - gain(path, pays_now)),
        value_of_stochastic_solution_usd: over(&|path| gain(path, own) - gain(path, mean_value)),
        value_of_foresight_usd: over(&|path| {
            path.judged.values.foresight
                - path.place[own].map_or(f64::NAN, |at| path.judged.policies[at].plain)
        }),
    }
}

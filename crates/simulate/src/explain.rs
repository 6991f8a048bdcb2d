//! One decision of one path, looked at while it is taken.
//!
//! The path is simulated again, alone, under all-mining and the policy in question. A witness stands between run and policy: it
//! passes every view on and, in the month asked for, keeps the view and the policy's own reasons. So what is explained is
//! what a run does, by the same code; and a path does not depend on the paths beside it.

use crate::race::{Entrant, entrants};
use crate::run::{RunError, Silent};
use crate::study::{ChunkError, Study};
use crate::tuning::tune;
use dispatch::Worth;
use market::Opening;
use optimizer::dp::{contract_values, hall_line};
use optimizer::states::MAX_STATES;
use optimizer::{AllMining, DpError, PastMonth, Policy, Reasons, StateGraph, View};
use scenario::{PolicyKind, Scenario};
use site::{
    AiForm, Campus, Decision, HallUse, LeaseOffer, Limits, State, YearMonth, free_funds_usd, start_cost_usd,
};
use std::sync::{Arc, OnceLock};
use thiserror::Error;

/// Why a decision cannot be explained.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// The month is not one of the study.
    #[error("month {month} is outside the study; allowed are {first} to {last}")]
    Month {
        /// The month asked for.
        month: YearMonth,
        /// First month.
        first: YearMonth,
        /// Last month.
        last: YearMonth,
    },
    /// No policy has the name.
    #[error("no policy is called `{name}`; known are {known}")]
    Policy {
        /// The name asked for.
        name: String,
        /// Names of the race, with commas.
        known: String,
    },
    /// The policy cannot be computed.
    #[error(transparent)]
    Dp(#[from] DpError),
    /// A rule cannot be tuned again.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run contradicts itself: a bug.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// The policy was not asked in the month: a bug.
    #[error("the policy was not asked in {month}")]
    NotSeen {
        /// The month asked for.
        month: YearMonth,
    },
}

/// A decision, what was known when it was taken, and why it was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the policy.
    pub policy: String,
    /// What it does, in words.
    pub description: String,
    /// The path, counted from 0.
    pub path: u64,
    /// The month.
    pub month: YearMonth,
    /// Months since the first opening.
    pub month_index: u32,
    /// Months of the study.
    pub n_months: u32,
    /// Prices at the opening.
    pub opening: Opening,
    /// The open offer.
    pub offer: Option<LeaseOffer>,
    /// The month before; none in the first.
    pub last_month: Option<PastMonth>,
    /// Halls by use before the decision.
    pub halls: HallsByUse,
    /// Cash, USD; below zero when funding has been drawn.
    pub cash_usd: f64,
    /// Funding that is committed, drawn or not, USD.
    pub committed_funding_usd: f64,
    /// What bounds the number of starts.
    pub room: Room,
    /// Halls that could be started.
    pub limits: Limits,
    /// What the policy did.
    pub decision: Decision,
    /// Gross MW of the halls that it started.
    pub started_gross_mw: f64,
    /// Why.
    pub reasons: Reasons,
}

/// Number and gross MW of halls by use.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HallsByUse {
    /// Halls that mine.
    pub mining: HallCount,
    /// Halls that are being rebuilt.
    pub building: HallCount,
    /// Halls that are let.
    pub hosting: HallCount,
    /// Halls that wait for a tenant.
    pub vacant: HallCount,
    /// Halls of own GPUs.
    pub own_gpus: HallCount,
}

/// Some halls.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HallCount {
    /// How many.
    pub halls: u32,
    /// Their gross MW.
    pub gross_mw: f64,
}

/// What bounds starts beside the offer, gross MW.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// What builders could still take on.
    pub builders_mw: f64,
    /// Firm connection that no AI hall holds.
    pub firm_mw: f64,
    /// The hall that would be started next; none when all are committed.
    pub next_hall_mw: Option<f64>,
    /// Free funds and the price of that hall, USD, where starts are held to cash.
    pub funds_and_price_usd: Option<[f64; 2]>,
}

/// Simulates a path again and explains what a policy did in a month of it.
///
/// # Errors
/// [`ExplainError`]: months outside the study and unknown policies are the caller's to tell.
pub fn explain(
    scenario: &Scenario,
    policy: &str,
    path: u64,
    month: YearMonth,
) -> Result<Explanation, ExplainError> {
    let (campus, market) = (&scenario.campus, &scenario.market);
    let n_months = market.calendar.n_months();
    let first = market.calendar.month(0);
    let index = u32::try_from(month.months_since(first)).ok().filter(|m| (*m as usize) < n_months);
    let last = market.calendar.month(n_months - 1);
    let index = index.ok_or(ExplainError::Month { month, first, last })?;
    let seen = Arc::new(OnceLock::new());
    let racing = [baseline(), watched(scenario, policy, index, &seen)?];
    let graph = StateGraph::new(hall_line(campus, market), MAX_STATES).ok();
    let study = Study {
        campus,
        market,
        entrants: &racing,
        n_shown: racing.len(),
        worth: Worth::of(campus),
        graph: graph.as_ref(),
        contracts: &contract_values(campus, market),
        n_kept: 0,
        market_bound: None,
        discount: (0..n_months).map(|m| campus.company.discount_factor(m as u32)).collect(),
    };
    study.chunk(path, 1)?;
    let seen: &Seen = seen.get().ok_or(ExplainError::NotSeen { month })?;
    let started = seen.decision.hosting_halls + seen.decision.gpu_halls;
    Ok(Explanation {
        scenario: scenario.name.clone(),
        policy: racing[1].name.clone(),
        description: racing[1].description.clone(),
        path,
        month,
        month_index: index,
        n_months: n_months as u32,
        opening: seen.opening,
        offer: seen.offer,
        last_month: seen.last_month,
        halls: halls_by_use(campus, &seen.state),
        cash_usd: seen.state.cash_usd,
        committed_funding_usd: campus.company.committed_funding_usd,
        room: room(campus, &seen.state),
        limits: seen.limits,
        decision: seen.decision,
        started_gross_mw: seen
            .state
            .convertible()
            .take(started as usize)
            .map(|i| campus.halls[i].gross.get())
            .fold(0.0, |sum, mw| sum + mw),
        reasons: seen.reasons.clone(),
    })
}

/// What was seen in the month asked for.
#[derive(Debug)]
struct Seen {
    state: State,
    opening: Opening,
    offer: Option<LeaseOffer>,
    last_month: Option<PastMonth>,
    limits: Limits,
    decision: Decision,
    reasons: Reasons,
}

/// Passes every view on to a policy and keeps one of them.
struct Witness {
    policy: Arc<dyn Policy>,
    month: u32,
    seen: Arc<OnceLock<Seen>>,
}

impl Policy for Witness {
    fn decide(&self, view: &View<'_>) -> Decision {
        let decision = self.policy.decide(view);
        if view.state.month == self.month {
            self.seen.get_or_init(|| Seen {
                state: view.state.clone(),
                opening: *view.opening,
                offer: view.offer.copied(),
                last_month: view.past.last().copied(),
                limits: view.limits,
                decision,
                reasons: self.policy.reasons(view),
            });
        }
        decision
    }
}

fn baseline() -> Entrant {
    Entrant { name: "all-mining".into(), description: String::new(), policy: Arc::new(AllMining) }
}

/// The policy of a name, alone and without its bounds and maps, behind a witness.
fn watched(
    scenario: &Scenario,
    policy: &str,
    month: u32,
    seen: &Arc<OnceLock<Seen>>,
) -> Result<Entrant, ExplainError> {
    let mut alone = scenario.clone();
    alone.policies.retain(|plan| plan.name.eq_ignore_ascii_case(policy));
    for plan in &mut alone.policies {
        if let PolicyKind::Dp(plan) = &mut plan.kind {
            plan.bound_paths = 0;
            plan.map_months.clear();
        }
    }
    // A tuned rule is tuned again, on the same paths to the same number.
    let mut tuned = tune(&alone, &Silent)?;
    let entrant = entrants(&alone, tuned.as_mut())?.entrants.pop().ok_or_else(|| ExplainError::Policy {
        name: policy.to_owned(),
        known: scenario.policies.iter().map(|plan| plan.name.as_str()).collect::<Vec<_>>().join(", "),
    })?;
    let witness = Witness { policy: entrant.policy, month, seen: Arc::clone(seen) };
    Ok(Entrant { policy: Arc::new(witness), ..entrant })
}

fn halls_by_use(campus: &Campus, state: &State) -> HallsByUse {
    let mut uses = HallsByUse::default();
    for (hall, described) in state.halls.iter().zip(&campus.halls) {
        let count = match hall {
            HallUse::Mining => &mut uses.mining,
            HallUse::Building { .. } => &mut uses.building,
            HallUse::Hosting { .. } => &mut uses.hosting,
            HallUse::OwnGpus { .. } => &mut uses.own_gpus,
            HallUse::Vacant(_) => &mut uses.vacant,
        };
        count.halls += 1;
        count.gross_mw += described.gross.get();
    }
    uses
}

fn room(campus: &Campus, state: &State) -> Room {
    let uses = halls_by_use(campus, state);
    let committed =
        uses.building.gross_mw + uses.hosting.gross_mw + uses.own_gpus.gross_mw + uses.vacant.gross_mw;
    let next = state.convertible().next().map(|i| &campus.halls[i]);
    let price = |hall| start_cost_usd(campus, hall, AiForm::Hosting, state.month);
    Room {
        builders_mw: campus.conversion.max_under_construction.get() - uses.building.gross_mw,
        firm_mw: campus.firm.get() - committed,
        next_hall_mw: next.map(|hall| hall.gross.get()),
        funds_and_price_usd: next
            .filter(|_| campus.company.hold_to_cash)
            .map(|hall| [free_funds_usd(campus, state), price(hall)]),
    }
}

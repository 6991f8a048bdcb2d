//! The policies of a scenario, ready to decide.

use crate::plan_race::PlanRaceSettings;
use crate::policy_map::{PolicyMap, policy_maps};
use crate::tuning::Tuned;
use optimizer::dp::contract_values;
use optimizer::{
    AllAiAsap, AllMining, CashPlan, ConstantShare, ContractBacked, Dp, DpError, DpSettings, Hurdle, Lsmc,
    MyopicNpv, OwnRule, PlanningModel, Policy, Trigger, planning_campus,
};
use scenario::{PolicyKind, PolicyPlan, Scenario};
use std::sync::Arc;

/// A policy in the race.
pub(crate) struct Entrant {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) policy: Arc<dyn Policy>,
}

/// A policy that comes with the run and not with the scenario, such as a function of the program around it.
#[derive(Clone)]
pub struct Guest {
    /// Its name, which no policy of the scenario has.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// The policy.
    pub policy: Arc<dyn Policy>,
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Guest").field("name", &self.name).finish_non_exhaustive()
    }
}

impl From<Guest> for Entrant {
    fn from(Guest { name, description, policy }: Guest) -> Self {
        Self { name, description, policy }
    }
}

/// The policies, and what comes with solving them.
#[derive(Default)]
pub(crate) struct Race {
    pub(crate) entrants: Vec<Entrant>,
    /// The first computed policy that asks for bounds of its planning model.
    pub(crate) plan: Option<Plan>,
    /// Trigger maps of the computed policies.
    pub(crate) maps: Vec<PolicyMap>,
}

/// A computed policy whose planning model is to be bounded.
pub(crate) struct Plan {
    pub(crate) name: String,
    pub(crate) computed: Computed,
    pub(crate) settings: PlanRaceSettings,
}

/// The computed policies that plan on the model.
pub(crate) enum Computed {
    /// Without regard to cash.
    Unlimited(Arc<Dp>),
    /// With free funds in the state.
    Funded(Arc<CashPlan>),
}

impl Computed {
    pub(crate) fn dp(&self) -> &Dp {
        match self {
            Self::Unlimited(dp) => dp,
            Self::Funded(plan) => &plan.dp,
        }
    }

    pub(crate) fn funded(&self) -> Option<&CashPlan> {
        match self {
            Self::Unlimited(_) => None,
            Self::Funded(plan) => Some(plan),
        }
    }

    fn policy(&self) -> Arc<dyn Policy> {
        match self {
            Self::Unlimited(dp) => Arc::clone(dp) as Arc<dyn Policy>,
            Self::Funded(plan) => Arc::clone(plan) as Arc<dyn Policy>,
        }
    }
}

impl Entrant {
    /// What its policy has to say of its decisions, under its name.
    pub(crate) fn remark(&self) -> Option<String> {
        self.policy.remark().map(|remark| format!("policy {}: {remark}", self.name))
    }
}

/// Builds the policies of a scenario, all-mining first; computed ones are solved here.
///
/// Tuned rules come as they were found.
pub(crate) fn entrants(scenario: &Scenario, tuned: Option<&mut Tuned>) -> Result<Race, DpError> {
    let mut race = Race::default();
    let mut chosen = tuned.map_or_else(Vec::new, |tuned| std::mem::take(&mut tuned.chosen));
    for plan in &scenario.policies {
        let entrant = match chosen.iter().position(|entrant| entrant.name == plan.name) {
            Some(n) => chosen.swap_remove(n),
            None => {
                let policy = policy(plan, scenario, &mut race)?;
                Entrant { name: plan.name.clone(), description: plan.description(), policy }
            }
        };
        race.entrants.push(entrant);
    }
    Ok(race)
}

/// The policies of a plan at other main numbers.
pub(crate) fn variants(
    plan: &PolicyPlan,
    numbers: &[f64],
    scenario: &Scenario,
) -> Result<Vec<Arc<dyn Policy>>, DpError> {
    if let PolicyKind::MyopicNpv { max_gross_mw, .. } = plan.kind {
        // Its tables are costly, and do not depend on the margin.
        let campus = planning_campus(&scenario.campus, &scenario.market);
        let tables = MyopicNpv::new(&campus, &scenario.market, 0.0, max_gross_mw)?;
        return Ok(numbers.iter().map(|margin| Arc::new(tables.with_margin(*margin)) as _).collect());
    }
    let at = |number: &f64| {
        let plan = PolicyPlan { kind: plan.kind.with_main_number(*number), ..plan.clone() };
        policy(&plan, scenario, &mut Race::default())
    };
    numbers.iter().map(at).collect()
}

fn policy(
    PolicyPlan { name, kind, .. }: &PolicyPlan,
    scenario: &Scenario,
    race: &mut Race,
) -> Result<Arc<dyn Policy>, DpError> {
    let market = &scenario.market;
    let campus = &planning_campus(&scenario.campus, market);
    Ok(match *kind {
        PolicyKind::AllMining => Arc::new(AllMining),
        PolicyKind::AllAiAsap { form, max_gross_mw } => Arc::new(AllAiAsap { form, max_gross_mw }),
        PolicyKind::FixedSchedule { ref schedule, .. } => Arc::new(schedule.clone()),
        PolicyKind::ConstantShare { share } => Arc::new(ConstantShare { share }),
        PolicyKind::Hurdle { required_rent, max_gross_mw } => {
            Arc::new(Hurdle { required_rent, max_gross_mw })
        }
        PolicyKind::ContractBacked(terms) => {
            Arc::new(ContractBacked::new(campus, contract_values(campus, market), terms))
        }
        PolicyKind::Trigger { spread_usd_per_gross_mw_month, months, max_gross_mw } => {
            Arc::new(Trigger { spread_usd_per_gross_mw_month, months, max_gross_mw })
        }
        PolicyKind::MyopicNpv { margin_usd_per_gross_mw, max_gross_mw } => {
            Arc::new(MyopicNpv::new(campus, market, margin_usd_per_gross_mw, max_gross_mw)?)
        }
        PolicyKind::Rule(ref terms) => Arc::new(OwnRule::new((**terms).clone())),
        PolicyKind::Dp(ref plan) => {
            let settings = DpSettings { grid_spacing: plan.grid_spacing, ..DpSettings::default() };
            let model = PlanningModel::new(campus, market, settings)?;
            let computed = if plan.funds_in_state {
                Computed::Funded(Arc::new(CashPlan::solve(campus, model)))
            } else {
                Computed::Unlimited(Arc::new(Dp::solve_keeping(model, &plan.map_months)))
            };
            // A map has no axis for free funds.
            if computed.funded().is_none() {
                race.maps.extend(policy_maps(name, computed.dp(), &plan.map_months, scenario));
            }
            let policy = computed.policy();
            if plan.bound_paths as u64 + plan.race_bound_paths > 0 && race.plan.is_none() {
                let settings = PlanRaceSettings {
                    n_paths: plan.bound_paths,
                    cash_buckets: plan.cash_buckets,
                    market_paths: plan.race_bound_paths,
                };
                race.plan = Some(Plan { name: name.clone(), computed, settings });
            }
            policy
        }
        PolicyKind::Lsmc(settings) => Arc::new(Lsmc::new(campus, market, settings)?),
    })
}

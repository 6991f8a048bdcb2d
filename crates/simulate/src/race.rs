//! The policies of a scenario, ready to decide.

use crate::plan_bounds::PlanBounds;
use crate::policy_map::{PolicyMap, policy_maps};
use optimizer::dp::contract_values;
use optimizer::{
    AllAiAsap, AllMining, ConstantShare, ContractBacked, Dp, DpError, DpSettings, Hurdle, MyopicNpv, OwnRule,
    PlanningModel, Policy, Trigger,
};
use scenario::{PolicyKind, PolicyPlan, Scenario};

/// A policy in the race.
pub(crate) struct Entrant {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) policy: Box<dyn Policy>,
}

impl Entrant {
    /// What its policy has to say of its decisions, under its name.
    pub(crate) fn remark(&self) -> Option<String> {
        self.policy.remark().map(|remark| format!("policy {}: {remark}", self.name))
    }
}

/// The policies, and what comes with solving them.
#[derive(Default)]
pub(crate) struct Race {
    pub(crate) entrants: Vec<Entrant>,
    /// Bounds of the planning model of the first computed policy that asks for them.
    pub(crate) plan_bounds: Option<PlanBounds>,
    /// Trigger maps of the computed policies.
    pub(crate) maps: Vec<PolicyMap>,
}

/// Builds the policies of a scenario, all-mining first; computed ones are solved here.
pub(crate) fn entrants(scenario: &Scenario) -> Result<Race, DpError> {
    let mut race = Race::default();
    for plan in &scenario.policies {
        let policy = policy(plan, scenario, &mut race)?;
        let (name, description) = (plan.name.clone(), plan.description());
        race.entrants.push(Entrant { name, description, policy });
    }
    Ok(race)
}

fn policy(
    PolicyPlan { name, kind, .. }: &PolicyPlan,
    scenario: &Scenario,
    race: &mut Race,
) -> Result<Box<dyn Policy>, DpError> {
    let (campus, market) = (&scenario.campus, &scenario.market);
    Ok(match *kind {
        PolicyKind::AllMining => Box::new(AllMining),
        PolicyKind::AllAiAsap { form, max_gross_mw } => Box::new(AllAiAsap { form, max_gross_mw }),
        PolicyKind::FixedSchedule { ref schedule, .. } => Box::new(schedule.clone()),
        PolicyKind::ConstantShare { share } => Box::new(ConstantShare { share }),
        PolicyKind::Hurdle { required_rent, max_gross_mw } => {
            Box::new(Hurdle { required_rent, max_gross_mw })
        }
        PolicyKind::ContractBacked(terms) => {
            Box::new(ContractBacked::new(campus, contract_values(campus, market), terms))
        }
        PolicyKind::Trigger { spread_usd_per_gross_mw_month, months, max_gross_mw } => {
            Box::new(Trigger { spread_usd_per_gross_mw_month, months, max_gross_mw })
        }
        PolicyKind::MyopicNpv { margin_usd_per_gross_mw, max_gross_mw } => {
            Box::new(MyopicNpv::new(campus, market, margin_usd_per_gross_mw, max_gross_mw)?)
        }
        PolicyKind::Rule(ref terms) => Box::new(OwnRule::new((**terms).clone())),
        PolicyKind::Dp { grid_spacing, bound_paths, ref map_months } => {
            let settings = DpSettings { grid_spacing, ..DpSettings::default() };
            let model = PlanningModel::new(campus, market, settings)?;
            if bound_paths > 0 && race.plan_bounds.is_none() {
                let found = model.bounds(scenario.run.seed, bound_paths.div_ceil(2));
                race.plan_bounds = Some(PlanBounds::of(name, &found));
            }
            let dp = Dp::solve_keeping(model, map_months);
            race.maps.extend(policy_maps(name, &dp, map_months, scenario));
            Box::new(dp)
        }
    })
}

//! The policies of a scenario, ready to decide.

use crate::plan_bounds::PlanBounds;
use crate::tuning::Tuned;
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

/// Builds the policies of a scenario, all-mining first; computed ones are solved here.
///
/// Tuned rules come as they were found. With the first computed one come the bounds of its planning model, if it asks for them.
pub(crate) fn entrants(
    scenario: &Scenario,
    tuned: Option<&mut Tuned>,
) -> Result<(Vec<Entrant>, Option<PlanBounds>), DpError> {
    let mut bounds = None;
    let mut chosen = tuned.map_or_else(Vec::new, |tuned| std::mem::take(&mut tuned.chosen));
    let entrant = |plan: &PolicyPlan| {
        if let Some(n) = chosen.iter().position(|entrant| entrant.name == plan.name) {
            return Ok(chosen.swap_remove(n));
        }
        let policy = policy(plan, scenario, &mut bounds)?;
        Ok(Entrant { name: plan.name.clone(), description: plan.description(), policy })
    };
    let entrants: Result<Vec<Entrant>, DpError> = scenario.policies.iter().map(entrant).collect();
    Ok((entrants?, bounds))
}

/// The policies of a plan at other main numbers.
pub(crate) fn variants(
    plan: &PolicyPlan,
    numbers: &[f64],
    scenario: &Scenario,
) -> Result<Vec<Box<dyn Policy>>, DpError> {
    if let PolicyKind::MyopicNpv { max_gross_mw, .. } = plan.kind {
        // Its tables are costly, and do not depend on the margin.
        let tables = MyopicNpv::new(&scenario.campus, &scenario.market, 0.0, max_gross_mw)?;
        return Ok(numbers.iter().map(|margin| Box::new(tables.with_margin(*margin)) as _).collect());
    }
    let at = |number: &f64| {
        let plan = PolicyPlan { kind: plan.kind.with_main_number(*number), ..plan.clone() };
        policy(&plan, scenario, &mut None)
    };
    numbers.iter().map(at).collect()
}

fn policy(
    PolicyPlan { name, kind, .. }: &PolicyPlan,
    scenario: &Scenario,
    bounds: &mut Option<PlanBounds>,
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
        PolicyKind::Dp { grid_spacing, bound_paths } => {
            let settings = DpSettings { grid_spacing, ..DpSettings::default() };
            let model = PlanningModel::new(campus, market, settings)?;
            if bound_paths > 0 && bounds.is_none() {
                let found = model.bounds(scenario.run.seed, bound_paths.div_ceil(2));
                *bounds = Some(PlanBounds::of(name, &found));
            }
            Box::new(Dp::solve(model))
        }
    })
}

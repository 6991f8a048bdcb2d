//! The policies of a scenario, ready to decide.

use optimizer::{AllAiAsap, AllMining, Dp, DpError, DpSettings, Hurdle, Policy, Trigger};
use scenario::{PolicyKind, Scenario};

/// A policy in the race.
pub(crate) struct Entrant {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) policy: Box<dyn Policy>,
}

/// Builds the policies of a scenario, all-mining first; computed ones are solved here.
pub(crate) fn entrants(scenario: &Scenario) -> Result<Vec<Entrant>, DpError> {
    scenario
        .policies
        .iter()
        .map(|plan| {
            let policy: Box<dyn Policy> = match plan.kind {
                PolicyKind::AllMining => Box::new(AllMining),
                PolicyKind::AllAiAsap { form, max_gross_mw } => Box::new(AllAiAsap { form, max_gross_mw }),
                PolicyKind::Hurdle { required_rent, max_gross_mw } => {
                    Box::new(Hurdle { required_rent, max_gross_mw })
                }
                PolicyKind::Trigger { spread_usd_per_gross_mw_month, months, max_gross_mw } => {
                    Box::new(Trigger { spread_usd_per_gross_mw_month, months, max_gross_mw })
                }
                PolicyKind::Dp { grid_spacing } => {
                    let settings = DpSettings { grid_spacing, ..DpSettings::default() };
                    Box::new(Dp::new(&scenario.campus, &scenario.market, settings)?)
                }
            };
            Ok(Entrant { name: plan.name.clone(), description: plan.description(), policy })
        })
        .collect()
}

//! Trigger maps of the computed policies of a run.

use optimizer::{Dp, trigger_map};
use scenario::Scenario;
use serde::{Deserialize, Serialize};
use site::YearMonth;

pub use optimizer::{Call, Cell, TriggerMap};

/// The trigger map of a policy in a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyMap {
    /// Name of the policy.
    pub policy: String,
    /// The month.
    pub month: YearMonth,
    /// The map.
    pub map: TriggerMap,
}

/// Maps of a solved plan, month by month; months in which no hall could be started have none.
pub(crate) fn policy_maps(policy: &str, dp: &Dp, months: &[u32], scenario: &Scenario) -> Vec<PolicyMap> {
    let calendar = &scenario.market.calendar;
    let of = |month: &u32| {
        let map = trigger_map(dp, &scenario.campus, *month)?;
        Some(PolicyMap { policy: policy.to_owned(), month: calendar.month(*month as usize), map })
    };
    months.iter().filter_map(of).collect()
}

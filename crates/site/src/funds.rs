//! The money that is free to start a conversion with.
//!
//! Free funds are cash and committed funding less what conversions under way still have to pay. A start ties up its whole
//! price, GPUs included, at the prices of its month, although it is paid month by month. Revenue that is still to come counts
//! for nothing, and nothing is set aside for months of loss.

use crate::campus::{Campus, Hall};
use crate::state::{AiForm, HallUse, State};

/// Cash and committed funding less what conversions under way still have to pay, USD; negative when they are not covered.
#[must_use]
pub fn free_funds_usd(campus: &Campus, state: &State) -> f64 {
    let owed: f64 = campus
        .halls
        .iter()
        .zip(&state.halls)
        .map(|(hall, hall_use)| match hall_use {
            HallUse::Building { form, months_left, capex_usd_per_month, .. } => {
                f64::from(*months_left) * capex_usd_per_month + gpu_cost_usd(campus, hall, *form)
            }
            _ => 0.0,
        })
        .sum();
    state.cash_usd + campus.company.committed_funding_usd - owed
}

/// Price of a conversion started in month `m`, GPUs included, USD.
#[must_use]
pub fn start_cost_usd(campus: &Campus, hall: &Hall, form: AiForm, m: u32) -> f64 {
    campus.conversion.capex_at(m) * campus.conversion.it_mw(hall).get() + gpu_cost_usd(campus, hall, form)
}

fn gpu_cost_usd(campus: &Campus, hall: &Hall, form: AiForm) -> f64 {
    match (form, &campus.gpus) {
        (AiForm::OwnGpus, Some(gpus)) => gpus.capex_usd_per_it_mw * campus.conversion.it_mw(hall).get(),
        _ => 0.0,
    }
}

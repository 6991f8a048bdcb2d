//! A case with what happens around it: calls of the grid, service levels, and the coincident peaks.
//!
//! The optimum without any of it says what each load draws. Calls then shed each step's draw in the stated order, and hours in
//! which a peak is feared shut the loads that stand still for it; both lower capacities, and the optimum is found anew. So
//! what calls and avoidance cost is the difference of two optima with their certificates. Service credits follow from the
//! energy that is left, the charge of the year after from the draw at the peaks.

#[cfg(test)]
mod tests;

use crate::case::{Case, Series};
use crate::certificate::energy_it_mwh;
use crate::error::DispatchError;
use crate::four_cp::FourCpTariff;
use crate::grid_calls::{CampusLoad, GridCallError, ShedCall, TrainingLoad, TrainingStop, shed_plan};
use crate::optimal::optimal;
use crate::optimum::Optimum;
use crate::sla::{ServiceMonth, SlaError, SlaMonth, SlaTerms};
use site::units::UnitError;
use std::ops::Range;
use thiserror::Error;

/// What surrounds a case.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Calls of the grid; steps counted from the first of the horizon.
    pub calls: Vec<ShedCall>,
    /// Names of loads in the order in which they shed.
    pub shed_order: Vec<String>,
    /// Loads that train, by index.
    pub training: Vec<(usize, TrainingLoad)>,
    /// Service owed to tenants.
    pub services: Vec<Service>,
    /// The charge by the coincident peaks, if any.
    pub four_cp: Option<FourCp>,
}

/// Service owed on one load: its capacity before calls, month by month.
#[derive(Debug, Clone)]
pub struct Service {
    /// The load.
    pub load: usize,
    /// Rent by month of the horizon, USD.
    pub rent_usd: Vec<f64>,
    /// Steps of each month.
    pub months: Vec<Range<usize>>,
    /// Terms of service.
    pub terms: SlaTerms,
}

/// The charge by the coincident peaks and how it is avoided.
#[derive(Debug, Clone)]
pub struct FourCp {
    /// Rate and avoidable share.
    pub tariff: FourCpTariff,
    /// Steps in which the avoidance rule stands still.
    pub standing: Vec<Range<usize>>,
    /// Loads that stand still then.
    pub loads: Vec<usize>,
    /// Steps of the four monthly peaks, known afterwards.
    pub peaks: [usize; 4],
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Findings {
    /// The case under calls and avoidance: with the capacities that they leave.
    pub case: Case,
    /// The optimum under calls and avoidance.
    pub optimum: Optimum,
    /// The optimum without calls and avoidance, USD; the same where there are none.
    pub undisturbed_usd: f64,
    /// What calls alone cost in margin, USD, and the interruptions of training that they bring.
    pub calls: Option<CallsFound>,
    /// Service month by month, by service.
    pub services: Vec<Vec<SlaMonth>>,
    /// The coincident peaks.
    pub four_cp: Option<FourCpFound>,
}

/// What calls of the grid cost.
#[derive(Debug, Clone, PartialEq)]
pub struct CallsFound {
    /// Margin lost against the optimum without calls, USD.
    pub cost_usd: f64,
    /// Interruptions of training; their cost is not part of `cost_usd`.
    pub stops: Vec<TrainingStop>,
    /// What voluntary calls asked for beyond the named loads, MWh.
    pub unmet_mwh: f64,
}

/// What avoiding the coincident peaks brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FourCpFound {
    /// Peaks at which the rule stood still.
    pub hits: usize,
    /// Hours in which it stood still.
    pub hours: f64,
    /// Runs of such hours without a peak among them.
    pub false_alarms: usize,
    /// Margin lost by standing still, USD.
    pub cost_usd: f64,
    /// Charge of the year after with the rule, USD.
    pub charge_usd: f64,
    /// Charge of the year after without it, USD.
    pub charge_without_usd: f64,
}

/// Why a study was refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StudyError {
    /// The case.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    /// The case once calls and avoidance lower its loads.
    #[error("with the grid's calls and the hours of standing still: {0}")]
    Disturbed(DispatchError),
    /// The calls.
    #[error(transparent)]
    Calls(#[from] GridCallError),
    /// The service.
    #[error(transparent)]
    Service(#[from] SlaError),
    /// The charge.
    #[error(transparent)]
    Charge(#[from] UnitError),
}

/// The optimum of a case within its surroundings.
///
/// # Errors
/// Faults of the case, the calls or the terms, and budgets that calls and avoidance put out of reach.
pub fn study(case: &Case, around: &Surroundings) -> Result<Findings, StudyError> {
    let undisturbed = optimal(case)?;
    let mut optimum = undisturbed.clone();
    let mut calls = None;
    let mut disturbed = case.clone();
    if !around.calls.is_empty() {
        let (stops, unmet_mwh) = shed(&mut disturbed, around, &undisturbed)?;
        optimum = optimal(&disturbed).map_err(StudyError::Disturbed)?;
        let cost_usd = undisturbed.value_usd - optimum.value_usd;
        calls = Some(CallsFound { cost_usd, stops, unmet_mwh });
    }
    let mut four_cp = None;
    if let Some(terms) = &around.four_cp {
        let before = optimum;
        for range in &terms.standing {
            terms.loads.iter().for_each(|&k| limit(&mut disturbed, k, range.clone(), |_| 0.0));
        }
        optimum = optimal(&disturbed).map_err(StudyError::Disturbed)?;
        four_cp = Some(charge(case, terms, &before, &optimum)?);
    }
    let services = around.services.iter().map(|service| settle(case, service, &optimum));
    Ok(Findings {
        services: services.collect::<Result<_, _>>()?,
        case: disturbed,
        undisturbed_usd: undisturbed.value_usd,
        optimum,
        calls,
        four_cp,
    })
}

/// Lowers the interconnect and the loads that shed to what calls leave of each step's undisturbed draw; returns
/// interruptions and what stays unmet, MWh.
fn shed(
    case: &mut Case,
    around: &Surroundings,
    undisturbed: &Optimum,
) -> Result<(Vec<TrainingStop>, f64), StudyError> {
    let order: Vec<&str> = around.shed_order.iter().map(String::as_str).collect();
    let (mut stops, mut unmet_mwh) = (Vec::new(), 0.0);
    for t in 0..case.steps() {
        if !around.calls.iter().any(|call| call.steps.contains(&t)) {
            continue;
        }
        let loads = drawing(case, around, undisturbed, t);
        let drawn: f64 = loads.iter().map(|load| load.mw).sum();
        // The step before stands beside it, since only what a call takes anew interrupts.
        let from = t.saturating_sub(1);
        let calls: Vec<ShedCall> = around.calls.iter().map(|call| seen_from(call, from, t)).collect();
        let most = case.interconnect_mw.at(t).max(drawn);
        let plan = shed_plan(most, &loads, &order, &calls, t - from + 1)?;
        let step = &plan.steps[t - from];
        unmet_mwh += step.unmet_mw * case.step_hours;
        let total: f64 = step.curtailed_mw.iter().sum();
        lower_interconnect(case, t, (drawn - total).max(0.0));
        for (k, (load, shed)) in loads.iter().zip(&step.curtailed_mw).enumerate() {
            let left = (load.mw - shed) / case.loads[k].pue;
            if *shed > 0.0 {
                limit(case, k, t..t + 1, |mw| mw.min(left));
            }
        }
        let now = plan.stops.into_iter().filter(|stop| stop.step == t - from);
        stops.extend(now.map(|stop| TrainingStop { step: t, ..stop }));
    }
    Ok((stops, unmet_mwh))
}

/// What each load draws in step `t` when the grid does not call.
fn drawing(case: &Case, around: &Surroundings, undisturbed: &Optimum, t: usize) -> Vec<CampusLoad> {
    let of_load = |(k, load): (usize, &crate::case::Load)| CampusLoad {
        name: load.name.clone(),
        mw: (load.pue * undisturbed.it_mw[k][t]).max(0.0),
        training: around.training.iter().find(|(i, _)| *i == k).map(|(_, training)| *training),
    };
    case.loads.iter().enumerate().map(of_load).collect()
}

/// A call with its steps counted from `from` and cut to `from..=to`.
fn seen_from(call: &ShedCall, from: usize, to: usize) -> ShedCall {
    let (start, end) = (call.steps.start.max(from), call.steps.end.min(to + 1));
    let steps = if start < end { start - from..end - from } else { 0..0 };
    ShedCall { steps, ..call.clone() }
}

fn lower_interconnect(case: &mut Case, t: usize, to_mw: f64) {
    let n = case.steps();
    if let Series::Constant(mw) = case.interconnect_mw {
        case.interconnect_mw = Series::Steps(vec![mw; n]);
    }
    if let Series::Steps(mw) = &mut case.interconnect_mw {
        mw[t] = mw[t].min(to_mw);
    }
}

/// Changes the capacity of load `k` in some steps.
fn limit(case: &mut Case, k: usize, steps: Range<usize>, to: impl Fn(f64) -> f64) {
    let n = case.steps();
    let capacity = &mut case.loads[k].capacity_it_mw;
    if let Series::Constant(mw) = capacity {
        *capacity = Series::Steps(vec![*mw; n]);
    }
    if let Series::Steps(mw) = capacity {
        mw[steps.start.min(n)..steps.end.min(n)].iter_mut().for_each(|mw| *mw = to(*mw));
    }
}

/// The charge with and without the avoidance rule.
fn charge(case: &Case, terms: &FourCp, before: &Optimum, after: &Optimum) -> Result<FourCpFound, UnitError> {
    let draw = |optimum: &Optimum, t: usize| -> f64 {
        (0..case.loads.len()).map(|k| case.loads[k].pue * optimum.it_mw[k][t].max(0.0)).sum()
    };
    let billed = |optimum: &Optimum| {
        let highest = (0..case.steps()).map(|t| draw(optimum, t)).fold(0.0, f64::max);
        terms.tariff.charge_usd(highest, terms.peaks.map(|t| draw(optimum, t)))
    };
    let alarm = |range: &&Range<usize>| !terms.peaks.iter().any(|t| range.contains(t));
    Ok(FourCpFound {
        hits: terms.peaks.iter().filter(|t| terms.standing.iter().any(|range| range.contains(t))).count(),
        hours: terms.standing.iter().map(|range| range.len() as f64 * case.step_hours).sum(),
        false_alarms: terms.standing.iter().filter(alarm).count(),
        cost_usd: before.value_usd - after.value_usd,
        charge_usd: billed(after)?,
        charge_without_usd: billed(before)?,
    })
}

/// Credits of one service, month by month.
fn settle(case: &Case, service: &Service, optimum: &Optimum) -> Result<Vec<SlaMonth>, SlaError> {
    let months: Vec<ServiceMonth> = service
        .months
        .iter()
        .zip(&service.rent_usd)
        .map(|(steps, &rent_usd)| {
            let capacity = |t: usize| case.loads[service.load].capacity_it_mw.at(t) * case.step_hours;
            let contracted_mwh: f64 = steps.clone().map(capacity).sum();
            let served =
                energy_it_mwh(case, &optimum.it_mw, &optimum.reserve_mw, service.load, steps.clone());
            ServiceMonth { contracted_mwh, served_mwh: served.clamp(0.0, contracted_mwh), rent_usd }
        })
        .collect();
    service.terms.settle(&months)
}

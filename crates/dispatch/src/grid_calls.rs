//! Calls of the grid: how deep the campus must shed, which loads shed it, and what that costs training.
//!
//! Loads are shed in a stated order, each emptied before the next is touched. A voluntary call is met from the named loads
//! alone, as far as they reach; a mandatory one goes on to the loads that the order leaves out, in the order in which the
//! campus lists them. Where calls overlap the deepest of each kind counts. A training load pays an interruption, by the
//! call's notice, for the MW that it loses when a call begins.
//! Source: Senate Bill 6 of 2025 (curtailment of loads of 75 MW and more; a service of demand reduction with 24 h notice).

use crate::checkpoint::{CheckpointLaw, Interruption};
use site::units::UnitError;
use std::ops::Range;
use thiserror::Error;

/// How much a call asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Depth {
    /// MW at the meter, at least 0; all that is drawn if it draws less.
    Mw(f64),
    /// Share of what the campus draws, 0 to 1.
    Share(f64),
}

/// A call of the grid to draw less.
#[derive(Debug, Clone, PartialEq)]
pub struct ShedCall {
    /// Steps in which it holds, counted from the first of the plan.
    pub steps: Range<usize>,
    /// How much to shed.
    pub depth: Depth,
    /// Time between the call and its first step, hours.
    pub notice_hours: f64,
    /// Whether loads that the order does not name must follow.
    pub mandatory: bool,
}

/// A load of the campus.
#[derive(Debug, Clone, PartialEq)]
pub struct CampusLoad {
    /// Its name in the order.
    pub name: String,
    /// Installed MW that run when the grid does not call, at the meter.
    pub mw: f64,
    /// Set for training.
    pub training: Option<TrainingLoad>,
}

/// What an interruption costs a load that trains: jobs that can stop one by one, so that cost is in proportion to MW.
///
/// A single job over all of the load's GPUs stops as a whole: name it as a load and shed all of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingLoad {
    /// Failures and checkpoint times; checkpoints are written at the interval with the least wall time.
    pub law: CheckpointLaw,
    /// What a MWh of its work at the meter is worth, USD.
    pub value_usd_per_mwh: f64,
}

/// What the campus does in one step.
#[derive(Debug, Clone, PartialEq)]
pub struct ShedStep {
    /// Most the campus may draw, MW: the interconnect, or what is left of the draw while a call holds.
    pub limit_mw: f64,
    /// What each load sheds, MW, in the order of the campus.
    pub curtailed_mw: Vec<f64>,
    /// What a voluntary call asked for beyond the named loads, MW.
    pub unmet_mw: f64,
}

/// One interruption of a training load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingStop {
    /// Index of the load.
    pub load: usize,
    /// Step in which it loses MW.
    pub step: usize,
    /// MW that it loses then.
    pub mw: f64,
    /// Hours of work that these lose.
    pub cost: Interruption,
    /// The same in money, USD.
    pub cost_usd: f64,
}

/// All steps of a plan, and its interruptions of training in the order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct ShedPlan {
    /// The steps.
    pub steps: Vec<ShedStep>,
    /// The interruptions.
    pub stops: Vec<TrainingStop>,
}

/// Why a plan was refused.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum GridCallError {
    /// The order names a load that the campus does not have.
    #[error("order of shedding names \"{name}\", allowed are {known}")]
    UnknownLoad {
        /// The name.
        name: String,
        /// The names that the campus has.
        known: String,
    },
    /// A name comes twice, in the order or among the loads.
    #[error("{place} has \"{name}\" twice, allowed is once")]
    Repeated {
        /// Where.
        place: &'static str,
        /// The name.
        name: String,
    },
    /// A figure of a load or a call is out of range.
    #[error("{of}: {fault}")]
    OutOfRange {
        /// What it belongs to.
        of: String,
        /// The figure.
        fault: UnitError,
    },
    /// The interconnect is out of range, or the loads draw more than it gives.
    #[error(transparent)]
    Interconnect(UnitError),
}

/// Who sheds what in each of `n_steps` steps.
///
/// # Errors
/// If a figure is out of range, the loads together draw more than `interconnect_mw`, a call ends after the last step, or
/// the order names an unknown load or one twice.
pub fn shed_plan(
    interconnect_mw: f64,
    loads: &[CampusLoad],
    order: &[&str],
    calls: &[ShedCall],
    n_steps: usize,
) -> Result<ShedPlan, GridCallError> {
    check_loads(interconnect_mw, loads)?;
    check_calls(calls, n_steps)?;
    let named = positions(loads, order)?;
    let mut steps: Vec<ShedStep> = Vec::with_capacity(n_steps);
    let mut stops = Vec::new();
    for step in 0..n_steps {
        let now = shed(interconnect_mw, loads, &named, calls, step);
        let earlier = steps.last().map(|before| before.curtailed_mw.as_slice());
        training_stops(loads, earlier, &now.curtailed_mw, calls, step, &mut stops);
        steps.push(now);
    }
    Ok(ShedPlan { steps, stops })
}

fn shed(
    interconnect_mw: f64,
    loads: &[CampusLoad],
    named: &[usize],
    calls: &[ShedCall],
    step: usize,
) -> ShedStep {
    let drawn_mw: f64 = loads.iter().map(|load| load.mw).sum();
    let deepest = |mandatory: bool| {
        let held = calls.iter().filter(|call| call.mandatory == mandatory && call.steps.contains(&step));
        held.map(|call| depth_mw(call.depth, drawn_mw)).fold(0.0, f64::max)
    };
    let (must, asked) = (deepest(true), deepest(false));
    let mut curtailed_mw = vec![0.0; loads.len()];
    let mut left = must.max(asked);
    for &i in named {
        curtailed_mw[i] = loads[i].mw.min(left);
        left -= curtailed_mw[i];
    }
    // What the named loads leave open; of that, a voluntary call that is the deeper one has no claim on the others.
    left = (left - (asked - must).max(0.0)).max(0.0);
    for i in (0..loads.len()).filter(|i| !named.contains(i)) {
        curtailed_mw[i] = loads[i].mw.min(left);
        left -= curtailed_mw[i];
    }
    let total: f64 = curtailed_mw.iter().sum();
    let called = must.max(asked) > 0.0;
    let limit_mw = if called { (drawn_mw - total).max(0.0) } else { interconnect_mw };
    ShedStep { limit_mw, unmet_mw: (asked - total).max(0.0), curtailed_mw }
}

fn depth_mw(depth: Depth, drawn_mw: f64) -> f64 {
    match depth {
        Depth::Mw(mw) => mw.min(drawn_mw),
        Depth::Share(share) => share * drawn_mw,
    }
}

/// Interruptions in a step: loads only lose MW when a call begins, and the shortest notice of those that do counts.
fn training_stops(
    loads: &[CampusLoad],
    earlier_mw: Option<&[f64]>,
    curtailed_mw: &[f64],
    calls: &[ShedCall],
    step: usize,
    stops: &mut Vec<TrainingStop>,
) {
    let beginning = calls.iter().filter(|call| call.steps.start == step && !call.steps.is_empty());
    let Some(notice_hours) = beginning.map(|call| call.notice_hours).reduce(f64::min) else { return };
    for (i, load) in loads.iter().enumerate() {
        let mw = curtailed_mw[i] - earlier_mw.map_or(0.0, |before| before[i]);
        if let Some(training) = load.training.filter(|_| mw > 0.0) {
            let cost = training.law.interruption(training.law.optimal_hours(), notice_hours);
            let cost_usd = cost.cost_usd(mw, training.value_usd_per_mwh);
            stops.push(TrainingStop { load: i, step, mw, cost, cost_usd });
        }
    }
}

fn positions(loads: &[CampusLoad], order: &[&str]) -> Result<Vec<usize>, GridCallError> {
    let mut named = Vec::with_capacity(order.len());
    for &name in order {
        let Some(i) = loads.iter().position(|load| load.name == name) else {
            let known: Vec<String> = loads.iter().map(|load| format!("\"{}\"", load.name)).collect();
            return Err(GridCallError::UnknownLoad { name: name.to_owned(), known: known.join(", ") });
        };
        if named.contains(&i) {
            return Err(GridCallError::Repeated { place: "order of shedding", name: name.to_owned() });
        }
        named.push(i);
    }
    Ok(named)
}

fn check_loads(interconnect_mw: f64, loads: &[CampusLoad]) -> Result<(), GridCallError> {
    for (i, load) in loads.iter().enumerate() {
        let fault = |fault| GridCallError::OutOfRange { of: format!("load \"{}\"", load.name), fault };
        at_least_zero("draw", load.mw, "MW").map_err(fault)?;
        let value = load.training.map_or(0.0, |training| training.value_usd_per_mwh);
        at_least_zero("value of training", value, "USD/MWh").map_err(fault)?;
        if loads[..i].iter().any(|other| other.name == load.name) {
            return Err(GridCallError::Repeated { place: "list of loads", name: load.name.clone() });
        }
    }
    at_least_zero("interconnect", interconnect_mw, "MW").map_err(GridCallError::Interconnect)?;
    let value: f64 = loads.iter().map(|load| load.mw).sum();
    let (quantity, range) = ("draw of all loads", "up to the interconnect");
    // A sum of shares of the interconnect may pass it by rounding.
    require(value <= interconnect_mw * (1.0 + 1e-12), UnitError { quantity, value, range, unit: "MW" })
        .map_err(GridCallError::Interconnect)
}

fn check_calls(calls: &[ShedCall], n_steps: usize) -> Result<(), GridCallError> {
    for (i, call) in calls.iter().enumerate() {
        let fault = |fault| GridCallError::OutOfRange { of: format!("grid call {i}"), fault };
        at_least_zero("notice", call.notice_hours, "h").map_err(fault)?;
        match call.depth {
            Depth::Mw(mw) => at_least_zero("depth", mw, "MW"),
            Depth::Share(value) => {
                let error = UnitError { quantity: "depth", value, range: "0 to 1", unit: "of the draw" };
                require((0.0..=1.0).contains(&value), error)
            }
        }
        .map_err(fault)?;
        let value = call.steps.end as f64;
        let error = UnitError { quantity: "end", value, range: "up to the plan's number of", unit: "steps" };
        require(call.steps.end <= n_steps, error).map_err(fault)?;
    }
    Ok(())
}

fn at_least_zero(quantity: &'static str, value: f64, unit: &'static str) -> Result<(), UnitError> {
    require(value >= 0.0 && value.is_finite(), UnitError { quantity, value, range: "at least 0", unit })
}

fn require(met: bool, error: UnitError) -> Result<(), UnitError> {
    if met { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests;

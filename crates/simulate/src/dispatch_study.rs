//! A case of dispatch, solved and summed up: what runs, what it earns, and what the rule that cannot see ahead would do.
//!
//! The optimum knows all prices of the horizon. The real-time rule bids the multipliers that the optimum of a forecast puts
//! on the budgets, and sees one step at a time; foresight adds the difference between the two values.

use dispatch::certificate::budget_mwh;
use dispatch::sla::SlaMonth;
use dispatch::study::{CallsFound, FourCpFound, StudyError, study};
use dispatch::{Budget, Case, DispatchError, Optimum, RealTime, optimal, real_time, restart_cost_usd};
use scenario::DispatchCase;
use std::ops::Range;
use std::time::Instant;

/// Days of a week to look at.
const WEEK_DAYS: usize = 7;
/// Most weeks to look at.
const WEEKS: usize = 3;
/// A budget within this share of its size (or of 1 MWh) of its limit binds.
const BINDING: f64 = 1e-6;

/// What the dispatch of a case comes to.
#[derive(Debug, Clone)]
pub struct DispatchStudy<'a> {
    /// The case.
    pub case: &'a DispatchCase,
    /// Its optimum.
    pub optimum: Optimum,
    /// The loads over the horizon, in the order of the case.
    pub loads: Vec<LoadTotals>,
    /// Energy counted by each budget under the optimum, MWh.
    pub served_mwh: Vec<f64>,
    /// Energy of the interconnect over the horizon, MWh.
    pub interconnect_mwh: f64,
    /// What reserves earn for being offered, USD.
    pub reserve_revenue_usd: f64,
    /// What starts of loads that are off or on cost, USD.
    pub restart_cost_usd: f64,
    /// The real-time rule, where the case asks for it.
    pub real_time: Option<RealTimeStudy>,
    /// Steps of the heaviest weeks, heaviest first; see [`heaviest_weeks`].
    pub weeks: Vec<Range<usize>>,
    /// Value of the optimum without calls and avoidance of peaks, USD.
    pub undisturbed_usd: f64,
    /// What the grid's calls cost, where the case has any.
    pub calls: Option<CallsFound>,
    /// Service month by month, by service of the case.
    pub services: Vec<Vec<SlaMonth>>,
    /// The coincident peaks, where the case has their charge.
    pub four_cp: Option<FourCpFound>,
    /// Seconds of the optimum, with those of calls and avoidance.
    pub solve_seconds: f64,
}

/// A load over the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LoadTotals {
    /// Energy served at the machines, IT MWh; calls of reserves are taken off.
    pub it_mwh: f64,
    /// Energy that it could have run at the machines, IT MWh.
    pub possible_it_mwh: f64,
    /// What its energy earns before power, USD.
    pub revenue_usd: f64,
    /// What its power costs at the price of each step, USD.
    pub power_cost_usd: f64,
}

/// The real-time rule on the prices that came.
#[derive(Debug, Clone)]
pub struct RealTimeStudy {
    /// What it did.
    pub run: RealTime,
    /// What it bid on each budget, USD/MWh: the multipliers of the forecast.
    pub bids_usd_per_mwh: Vec<f64>,
    /// Value of the optimum of the forecast's own prices, USD.
    pub forecast_value_usd: f64,
    /// Value that foresight would add on the prices that came, USD.
    pub foresight_adds_usd: f64,
    /// Seconds of the forecast's optimum and of the walk.
    pub seconds: f64,
}

/// Solves a case, and walks its real-time rule where it asks for that.
///
/// # Errors
/// Budgets that cannot be met, of the case or on its forecast, and a solver that gave up.
pub fn study_dispatch(case: &DispatchCase) -> Result<DispatchStudy<'_>, StudyError> {
    let clock = Instant::now();
    let found = study(&case.case, &case.around)?;
    let optimum = found.optimum;
    let solve_seconds = clock.elapsed().as_secs_f64();
    let real_time = case.forecast_usd_per_mwh.as_deref();
    let real_time = real_time.map(|forecast| study_real_time(&found.case, forecast, &optimum)).transpose()?;
    let steps = case.case.steps();
    let loads: Vec<LoadTotals> =
        (0..case.case.loads.len()).map(|k| load_totals(&case.case, &optimum, k)).collect();
    let reserve_revenue_usd = reserve_revenue_usd(&case.case, &optimum);
    let served = |budget: &Budget| budget_mwh(&case.case, budget, &optimum.it_mw, &optimum.reserve_mw);
    let hours = case.case.step_hours;
    Ok(DispatchStudy {
        restart_cost_usd: restart_cost_usd(&case.case, &optimum.it_mw),
        loads,
        served_mwh: case.case.budgets.iter().map(served).collect(),
        interconnect_mwh: (0..steps).map(|t| case.case.interconnect_mw.at(t) * hours).sum(),
        reserve_revenue_usd,
        weeks: heaviest_weeks(case, WEEKS),
        real_time,
        optimum,
        undisturbed_usd: found.undisturbed_usd,
        calls: found.calls,
        services: found.services,
        four_cp: found.four_cp,
        solve_seconds,
        case,
    })
}

impl DispatchStudy<'_> {
    /// Energy drawn at the meter by all loads, MWh; calls of reserves are taken off.
    #[must_use]
    pub fn meter_mwh(&self) -> f64 {
        self.loads.iter().zip(&self.case.case.loads).map(|(total, load)| total.it_mwh * load.pue).sum()
    }

    /// Draw of all running loads in step `t`, MW at the meter.
    #[must_use]
    pub fn draw_mw(&self, t: usize) -> f64 {
        draw_mw(&self.case.case, &self.optimum.it_mw, t)
    }

    /// Whether a budget stands at its limit.
    #[must_use]
    pub fn binds(&self, budget: usize) -> bool {
        let mwh = self.case.case.budgets[budget].mwh;
        (self.served_mwh[budget] - mwh).abs() <= BINDING * mwh.abs().max(1.0)
    }
}

/// Draw of all running loads in step `t`, MW at the meter, of megawatts by load and step.
#[must_use]
pub fn draw_mw(case: &Case, it_mw: &[Vec<f64>], t: usize) -> f64 {
    case.loads.iter().zip(it_mw).map(|(load, mw)| load.pue * mw[t]).sum()
}

/// What loads could draw in step `t`, within the interconnect, MW at the meter.
#[must_use]
pub fn possible_draw_mw(case: &Case, t: usize) -> f64 {
    let asked: f64 = (0..case.loads.len()).map(|k| case.meter_mw(k, t)).sum();
    asked.min(case.interconnect_mw.at(t))
}

fn study_real_time(case: &Case, forecast: &[f64], optimum: &Optimum) -> Result<RealTimeStudy, DispatchError> {
    let clock = Instant::now();
    let forecast = optimal(&Case { price_usd_per_mwh: forecast.to_vec(), ..case.clone() })?;
    let bids = forecast.multipliers.map(|multipliers| multipliers.budget_usd_per_mwh).unwrap_or_default();
    let run = real_time(case, &bids)?;
    Ok(RealTimeStudy {
        foresight_adds_usd: optimum.value_usd - run.value_usd,
        bids_usd_per_mwh: bids,
        forecast_value_usd: forecast.value_usd,
        run,
        seconds: clock.elapsed().as_secs_f64(),
    })
}

/// Energy at the machines of load `k` in step `t`, IT MW on average, with calls of reserves taken off.
fn served_it_mw(case: &Case, optimum: &Optimum, k: usize, t: usize) -> f64 {
    let mut called = 0.0;
    for (reserve, sold) in case.reserves.iter().zip(&optimum.reserve_mw) {
        let of_load = reserve.loads.iter().zip(sold).filter(|(load, _)| **load == k);
        called += of_load.map(|(_, mw)| mw[t]).sum::<f64>() * reserve.called_share;
    }
    optimum.it_mw[k][t] - called / case.loads[k].pue
}

fn load_totals(case: &Case, optimum: &Optimum, k: usize) -> LoadTotals {
    let load = &case.loads[k];
    let mut totals = LoadTotals::default();
    for t in 0..case.steps() {
        let mwh = case.step_hours * served_it_mw(case, optimum, k, t);
        totals.it_mwh += mwh;
        totals.possible_it_mwh += case.step_hours * load.capacity_it_mw.at(t);
        totals.revenue_usd += mwh * load.value_usd_per_it_mwh.at(t);
        totals.power_cost_usd += mwh * load.pue * case.price_usd_per_mwh[t];
    }
    totals
}

fn reserve_revenue_usd(case: &Case, optimum: &Optimum) -> f64 {
    let mut usd = 0.0;
    for (reserve, sold) in case.reserves.iter().zip(&optimum.reserve_mw) {
        for (t, mw) in sold.iter().flat_map(|sold| sold.iter().enumerate()) {
            usd += case.step_hours * reserve.price_usd_per_mw_h.at(t) * mw;
        }
    }
    usd
}

/// Steps of the weeks of seven whole local days in which power for all loads would cost most, heaviest first, none overlapping.
///
/// Power for all loads: what they could draw within the interconnect at the price of each step. A scarce week weighs as much
/// whether the loads ran through it or stood still. A horizon shorter than a week is one week.
#[must_use]
pub fn heaviest_weeks(case: &DispatchCase, most: usize) -> Vec<Range<usize>> {
    let days = case.clock.days();
    let cost = |t: usize| case.case.price_usd_per_mwh[t] * possible_draw_mw(&case.case, t);
    let by_day: Vec<f64> = days.iter().map(|steps| steps.clone().map(cost).sum()).collect();
    let length = WEEK_DAYS.min(days.len());
    let mut starts: Vec<(f64, usize)> =
        by_day.windows(length).map(|week| week.iter().sum()).zip(0..).collect();
    starts.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut chosen: Vec<usize> = Vec::new();
    for (_, start) in starts {
        if chosen.len() < most && chosen.iter().all(|other| start.abs_diff(*other) >= length) {
            chosen.push(start);
        }
    }
    chosen.into_iter().map(|first| days[first].start..days[first + length - 1].end).collect()
}

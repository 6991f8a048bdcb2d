//! Hour by hour where loads compete for the interconnect, and the hourly rows that people look at.
//!
//! Tenants are served first (they pay for firm power), then every other load by merit. The month's figures then hold for
//! this split only, so they cost one pass over the hours per path, month and policy.

use crate::figures::Worth;
use crate::merit_order::{Tier, rank, split};
use market::{LANES, MonthLanes};
use serde::{Deserialize, Serialize};
use site::{Campus, GpuFigures, HallUse, MiningFigures, State};

/// Figures per MW of one path's month under one split.
#[derive(Debug, Clone, PartialEq)]
pub struct ContestedMonth {
    /// Mining by fleet.
    pub mining: Vec<MiningFigures>,
    /// Own GPUs.
    pub gpu: GpuFigures,
}

/// What each load draws in one interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HourRow {
    /// Day of the month, from 0.
    pub day: usize,
    /// Local clock hour.
    pub local_hour: u8,
    /// Settlement point price, USD/MWh.
    pub price_usd_per_mwh: f64,
    /// Meter MW of mining by fleet.
    pub mining_mw: Vec<f64>,
    /// Meter MW of tenants.
    pub hosting_mw: f64,
    /// Meter MW of own GPUs at inference.
    pub inference_mw: f64,
    /// Meter MW of own GPUs at training.
    pub training_mw: f64,
    /// Meter MW of mining machines that could work and stand still.
    pub curtailed_mw: f64,
}

/// Megawatts that a state brings to the hours of a month: what mines, what is let, what computes.
struct Installed {
    mining_mw: Vec<f64>,
    hosting_mw: f64,
    inference_mw: f64,
    training_mw: f64,
}

impl Installed {
    fn of(campus: &Campus, state: &State) -> Self {
        let mut installed = Self {
            mining_mw: vec![0.0; campus.fleets.len()],
            hosting_mw: 0.0,
            inference_mw: 0.0,
            training_mw: 0.0,
        };
        for (hall, hall_use) in campus.halls.iter().zip(&state.halls) {
            let it_meter_mw = campus.conversion.it_mw(hall).get() * campus.hosting.energy_pue.get();
            let mut mine = || {
                if let Some(fleet) = hall.fleet {
                    installed.mining_mw[fleet] += hall.gross.get() * campus.fleets[fleet].uptime.get();
                }
            };
            match hall_use {
                HallUse::Mining => mine(),
                HallUse::Building { months_left, .. }
                    if *months_left > campus.conversion.mining_lost_months =>
                {
                    mine();
                }
                HallUse::Building { .. } | HallUse::Vacant(_) => {}
                HallUse::Hosting { .. } => {
                    installed.hosting_mw += it_meter_mw * campus.hosting.load_factor.get()
                }
                HallUse::OwnGpus { .. } => {
                    if let Some(gpus) = &campus.gpus {
                        installed.inference_mw += it_meter_mw * gpus.inference_draw.get();
                        installed.training_mw += it_meter_mw * gpus.training_draw.get();
                    }
                }
            }
        }
        installed
    }
}

/// Figures of a path's month for the split in `state` (after the month's conversions have started).
#[must_use]
pub fn contested_month(
    worth: &Worth,
    campus: &Campus,
    state: &State,
    month: &MonthLanes,
    lane: usize,
) -> ContestedMonth {
    let installed = Installed::of(campus, state);
    let n_fleets = campus.fleets.len();
    let mut figures =
        ContestedMonth { mining: vec![MiningFigures::default(); n_fleets], gpu: GpuFigures::default() };
    for_each_step(worth, campus, &installed, month, lane, |step| {
        let paid = (step.price + worth.adder_usd_per_mwh) * month.step_hours;
        for (fleet, total) in figures.mining.iter_mut().enumerate() {
            if installed.mining_mw[fleet] > 0.0 {
                let served = step.draw_mw[fleet] / installed.mining_mw[fleet];
                total.run_hours += served * month.step_hours;
                total.revenue_usd +=
                    served * month.step_hours * worth.mining_per_hashprice[fleet] * step.hashprice;
                total.power_cost_usd += served * paid;
            }
        }
        let served = |mw: f64, full: f64| if full > 0.0 { mw / full } else { 0.0 };
        let inference = served(step.draw_mw[n_fleets], installed.inference_mw);
        let training = served(step.draw_mw[n_fleets + 1], installed.training_mw);
        figures.gpu.inference_hours += inference * month.step_hours;
        figures.gpu.inference_power_cost_usd += inference * paid;
        figures.gpu.training_hours += training * month.step_hours;
        figures.gpu.training_power_cost_usd += training * paid;
    });
    figures
}

/// The draw of every load in each interval of a path's month.
#[must_use]
pub fn hour_rows(
    worth: &Worth,
    campus: &Campus,
    state: &State,
    month: &MonthLanes,
    lane: usize,
) -> Vec<HourRow> {
    let installed = Installed::of(campus, state);
    let n_fleets = campus.fleets.len();
    let could_mine: f64 = installed.mining_mw.iter().sum();
    let mut rows = Vec::with_capacity(month.local_hour.len());
    for_each_step(worth, campus, &installed, month, lane, |step| {
        let mining_mw = step.draw_mw[..n_fleets].to_vec();
        rows.push(HourRow {
            day: step.day,
            local_hour: step.local_hour,
            price_usd_per_mwh: step.price,
            hosting_mw: installed.hosting_mw,
            inference_mw: step.draw_mw[n_fleets],
            training_mw: step.draw_mw[n_fleets + 1],
            curtailed_mw: could_mine - mining_mw.iter().sum::<f64>(),
            mining_mw,
        });
    });
    rows
}

/// One interval as the merit order left it; `draw_mw` lists fleets, then inference, then training.
struct Step<'a> {
    day: usize,
    local_hour: u8,
    price: f64,
    hashprice: f64,
    draw_mw: &'a [f64],
}

fn for_each_step(
    worth: &Worth,
    campus: &Campus,
    installed: &Installed,
    month: &MonthLanes,
    lane: usize,
    mut each: impl FnMut(&Step<'_>),
) {
    let n_fleets = campus.fleets.len();
    let cost_index = campus.company.cost_index(month.month);
    let gpu_hour = month.openings[lane].gpu_hour_price_usd;
    let capacity_mw = campus.interconnect_mw() - installed.hosting_mw;
    let tier = |mw: f64, worth_usd_per_mwh: f64| Tier { mw, worth_usd_per_mwh };
    let mut tiers: Vec<Tier> = installed.mining_mw.iter().map(|&mw| tier(mw, 0.0)).collect();
    tiers.push(tier(0.0, worth.inference_per_gpu_hour * gpu_hour - worth.adder_usd_per_mwh));
    tiers.push(tier(0.0, worth.training_per_gpu_hour * gpu_hour - worth.adder_usd_per_mwh));
    let (mut order, mut draw_mw) = (Vec::new(), vec![0.0; tiers.len()]);
    let mut first = 0;
    for (day, &n_steps) in month.steps_by_day.iter().enumerate() {
        let hashprice = month.hashprice_usd_per_ph_day[day * LANES + lane];
        for (fleet, tier) in tiers[..n_fleets].iter_mut().enumerate() {
            tier.worth_usd_per_mwh = worth.mining_threshold(fleet, hashprice, cost_index);
        }
        rank(&tiers, &mut order);
        for s in first..first + n_steps {
            let local_hour = month.local_hour[s];
            let share = worth.inference_share[usize::from(local_hour)];
            tiers[n_fleets].mw = installed.inference_mw * share;
            tiers[n_fleets + 1].mw = installed.training_mw * (1.0 - share);
            let price = month.price_usd_per_mwh[s * LANES + lane];
            split(price, capacity_mw, &tiers, &order, &mut draw_mw);
            each(&Step { day, local_hour, price, hashprice, draw_mw: &draw_mw });
        }
        first += n_steps;
    }
}

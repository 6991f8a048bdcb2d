//! The month per MW of each load, for many paths at once.
//!
//! A mining machine is an option on the power price: it runs while `price + adder + variable cost < revenue per MWh`.
//! Over a day its revenue per MWh is constant, so a load leaves two sums: hours run, and the prices paid in them. The inner
//! loop compares a row of prices with a row of thresholds and adds; 64 paths stand side by side.

use crate::profile::inference_share;
use market::{LANES, MonthLanes};
use site::hashprice::phs_days_per_mwh;
use site::{Campus, GpuFigures, MiningFigures};

type Lane = [f64; LANES];

/// What a MWh at the meter is worth to each load of a campus.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// Revenue after pool fee per MWh and per USD/PH/day of hashprice, by fleet.
    pub mining_per_hashprice: Vec<f64>,
    /// Mining cost that stops with the machine, first-year USD per MWh, by fleet.
    pub mining_variable_cost: Vec<f64>,
    /// Revenue per MWh of inference and per USD of the GPU-hour price; zero without GPUs.
    pub inference_per_gpu_hour: f64,
    /// Revenue per MWh of training and per USD of the GPU-hour price; zero without GPUs.
    pub training_per_gpu_hour: f64,
    /// Share of the GPU pool for inference by local hour.
    pub inference_share: [f64; 24],
    /// Adder on the settlement point price, USD/MWh.
    pub adder_usd_per_mwh: f64,
}

impl Worth {
    /// The worth of a campus's loads.
    #[must_use]
    pub fn of(campus: &Campus) -> Self {
        let per_gpu_hour = |draw: f64, price_ratio: f64, gpus: &site::GpuTerms| {
            let meter_mwh_per_it_mwh = campus.hosting.energy_pue.get() * draw;
            gpus.gpus_per_it_mw * gpus.sold_share.get() * price_ratio / meter_mwh_per_it_mwh
        };
        let gpus = campus.gpus.as_ref();
        Self {
            mining_per_hashprice: campus
                .fleets
                .iter()
                .map(|fleet| {
                    phs_days_per_mwh(fleet.efficiency, campus.mining_pue) * (1.0 - fleet.pool_fee.get())
                })
                .collect(),
            mining_variable_cost: campus.fleets.iter().map(|fleet| fleet.variable_opex_usd_per_mwh).collect(),
            inference_per_gpu_hour: gpus.map_or(0.0, |g| per_gpu_hour(g.inference_draw.get(), 1.0, g)),
            training_per_gpu_hour: gpus
                .map_or(0.0, |g| per_gpu_hour(g.training_draw.get(), g.training_price_ratio, g)),
            inference_share: std::array::from_fn(|hour| gpus.map_or(0.0, |g| inference_share(g, hour as u8))),
            adder_usd_per_mwh: campus.power.adder_usd_per_mwh,
        }
    }

    /// Highest settlement point price at which a fleet still runs, USD/MWh.
    #[must_use]
    pub fn mining_threshold(&self, fleet: usize, hashprice_usd_per_ph_day: f64, cost_index: f64) -> f64 {
        self.mining_per_hashprice[fleet] * hashprice_usd_per_ph_day
            - self.mining_variable_cost[fleet] * cost_index
            - self.adder_usd_per_mwh
    }
}

/// Figures per MW of one month, for up to [`LANES`] paths.
#[derive(Debug, Clone, Default)]
pub struct MonthFigures {
    /// Mining by path and fleet, `[n_lanes, n_fleets]` row-major.
    pub mining: Vec<MiningFigures>,
    /// Own GPUs by path, `[n_lanes]`; zero without GPUs.
    pub gpu: Vec<GpuFigures>,
    /// Mean settlement point price by path, USD/MWh, `[n_lanes]`.
    pub mean_price_usd_per_mwh: Vec<f64>,
    /// Hours of the month.
    pub hours: f64,
}

impl MonthFigures {
    /// Mining figures of a path by fleet.
    #[must_use]
    pub fn mining_of(&self, lane: usize) -> &[MiningFigures] {
        let n_fleets = self.mining.len() / self.gpu.len();
        &self.mining[lane * n_fleets..][..n_fleets]
    }
}

/// Reduces a month's intervals to figures per MW; `figures` is overwritten.
///
/// Holds for every split as long as loads do not compete for the interconnect.
pub fn month_figures(worth: &Worth, campus: &Campus, month: &MonthLanes, figures: &mut MonthFigures) {
    let n_lanes = month.openings.len();
    let n_fleets = campus.fleets.len();
    figures.hours = month.local_hour.len() as f64 * month.step_hours;
    figures.mining.clear();
    figures.mining.resize(n_lanes * n_fleets, MiningFigures::default());
    mean_prices(month, figures);
    for fleet in 0..n_fleets {
        mining_figures(worth, campus, fleet, n_fleets, month, figures);
    }
    gpu_figures(worth, month, figures);
}

fn mean_prices(month: &MonthLanes, figures: &mut MonthFigures) {
    let mut sum: Lane = [0.0; LANES];
    for row in month.price_usd_per_mwh.chunks_exact(LANES) {
        for (total, price) in sum.iter_mut().zip(row) {
            *total += price;
        }
    }
    let n_steps = month.local_hour.len() as f64;
    figures.mean_price_usd_per_mwh.clear();
    figures.mean_price_usd_per_mwh.extend(sum[..month.openings.len()].iter().map(|total| total / n_steps));
}

fn mining_figures(
    worth: &Worth,
    campus: &Campus,
    fleet: usize,
    n_fleets: usize,
    month: &MonthLanes,
    figures: &mut MonthFigures,
) {
    let cost_index = campus.company.cost_index(month.month);
    let mut rows = month.price_usd_per_mwh.chunks_exact(LANES);
    for (day, &n_steps) in month.steps_by_day.iter().enumerate() {
        let hashprice = &month.hashprice_usd_per_ph_day[day * LANES..][..LANES];
        let threshold: Lane =
            std::array::from_fn(|i| worth.mining_threshold(fleet, hashprice[i], cost_index));
        let (mut count, mut paid): (Lane, Lane) = ([0.0; LANES], [0.0; LANES]);
        for row in rows.by_ref().take(n_steps) {
            add_below(row, 1.0, &threshold, &mut count, &mut paid);
        }
        for lane in 0..month.openings.len() {
            let total = &mut figures.mining[lane * n_fleets + fleet];
            let hours = count[lane] * month.step_hours;
            total.run_hours += hours;
            total.revenue_usd += hours * worth.mining_per_hashprice[fleet] * hashprice[lane];
            total.power_cost_usd += paid[lane] * month.step_hours + hours * worth.adder_usd_per_mwh;
        }
    }
}

fn gpu_figures(worth: &Worth, month: &MonthLanes, figures: &mut MonthFigures) {
    figures.gpu.clear();
    figures.gpu.resize(month.openings.len(), GpuFigures::default());
    if worth.inference_per_gpu_hour <= 0.0 {
        return;
    }
    let threshold = |per_gpu_hour: f64| -> Lane {
        let mut threshold = [f64::NEG_INFINITY; LANES];
        for (value, opening) in threshold.iter_mut().zip(&month.openings) {
            *value = per_gpu_hour * opening.gpu_hour_price_usd - worth.adder_usd_per_mwh;
        }
        threshold
    };
    let inference = threshold(worth.inference_per_gpu_hour);
    let training = threshold(worth.training_per_gpu_hour);
    let (mut i_count, mut i_paid): (Lane, Lane) = ([0.0; LANES], [0.0; LANES]);
    let (mut t_count, mut t_paid): (Lane, Lane) = ([0.0; LANES], [0.0; LANES]);
    for (row, &hour) in month.price_usd_per_mwh.chunks_exact(LANES).zip(&month.local_hour) {
        let share = worth.inference_share[usize::from(hour)];
        add_below(row, share, &inference, &mut i_count, &mut i_paid);
        add_below(row, 1.0 - share, &training, &mut t_count, &mut t_paid);
    }
    for (lane, gpu) in figures.gpu.iter_mut().enumerate() {
        let hours = |count: &Lane| count[lane] * month.step_hours;
        let cost = |count: &Lane, paid: &Lane| {
            paid[lane] * month.step_hours + hours(count) * worth.adder_usd_per_mwh
        };
        *gpu = GpuFigures {
            inference_hours: hours(&i_count),
            inference_power_cost_usd: cost(&i_count, &i_paid),
            training_hours: hours(&t_count),
            training_power_cost_usd: cost(&t_count, &t_paid),
        };
    }
}

/// Adds `weight` to the count and `weight · price` to the sum of every path whose price is below its threshold.
#[inline]
fn add_below(row: &[f64], weight: f64, threshold: &Lane, count: &mut Lane, paid: &mut Lane) {
    let Some(row) = row.first_chunk::<LANES>() else { return };
    for i in 0..LANES {
        let runs = if row[i] < threshold[i] { weight } else { 0.0 };
        count[i] += runs;
        paid[i] += runs * row[i];
    }
}

//! The month per MW of each load, for many paths at once.
//!
//! A mining machine is an option on the power price: it runs while `price + adder + variable cost < revenue per MWh`.
//! Over a day its revenue per MWh is constant, so a load leaves two sums: hours run, and the prices paid in them. The inner
//! loop compares a row of prices with a row of thresholds and adds; 64 paths stand side by side.

use crate::profile::inference_share;
use market::power::{Instructions, Kernel};
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
    month_figures_with(Instructions::detected(), worth, campus, month, figures);
}

/// [`month_figures`] computed with given vector instructions; the figures are the same to the bit.
pub fn month_figures_with(
    instructions: Instructions,
    worth: &Worth,
    campus: &Campus,
    month: &MonthLanes,
    figures: &mut MonthFigures,
) {
    instructions.run(Month { worth, campus, month, figures });
}

/// One month's reduction. Days are the outer loop: the prices of a day stay in the fastest cache for all loads.
struct Month<'a> {
    worth: &'a Worth,
    campus: &'a Campus,
    month: &'a MonthLanes,
    figures: &'a mut MonthFigures,
}

impl Kernel for Month<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { worth, campus, month, figures } = self;
        let n_lanes = month.openings.len();
        let n_fleets = campus.fleets.len();
        let has_gpus = worth.inference_per_gpu_hour > 0.0;
        figures.hours = month.local_hour.len() as f64 * month.step_hours;
        figures.mining.clear();
        figures.mining.resize(n_lanes * n_fleets, MiningFigures::default());
        let mut price_sum: Lane = [0.0; LANES];
        let mut inference = Sums::below(gpu_threshold(worth, month, worth.inference_per_gpu_hour));
        let mut training = Sums::below(gpu_threshold(worth, month, worth.training_per_gpu_hour));
        let (mut rows, mut hours) = (month.price_usd_per_mwh.as_chunks().0, month.local_hour.as_slice());
        for (day, &n_steps) in month.steps_by_day.iter().enumerate() {
            let (rows_of_day, hours_of_day);
            (rows_of_day, rows) = rows.split_at(n_steps);
            (hours_of_day, hours) = hours.split_at(n_steps);
            add_rows(rows_of_day, &mut price_sum);
            for fleet in 0..n_fleets {
                mining_day(worth, campus, month, fleet, day, rows_of_day, &mut figures.mining);
            }
            if has_gpus {
                let shares = hours_of_day.iter().map(|&hour| worth.inference_share[usize::from(hour)]);
                inference.add(rows_of_day, shares.clone());
                training.add(rows_of_day, shares.map(|share| 1.0 - share));
            }
        }
        let n_steps = month.local_hour.len() as f64;
        figures.mean_price_usd_per_mwh.clear();
        figures.mean_price_usd_per_mwh.extend(price_sum[..n_lanes].iter().map(|total| total / n_steps));
        figures.gpu.clear();
        figures.gpu.resize(n_lanes, GpuFigures::default());
        if has_gpus {
            gpu_figures(worth, month, &inference, &training, &mut figures.gpu);
        }
    }
}

/// Adds a day of one fleet, whose threshold is constant over the day, to the mining figures of every path.
#[inline(always)]
fn mining_day(
    worth: &Worth,
    campus: &Campus,
    month: &MonthLanes,
    fleet: usize,
    day: usize,
    rows: &[Lane],
    mining: &mut [MiningFigures],
) {
    let n_fleets = campus.fleets.len();
    let cost_index = campus.company.cost_index(month.month);
    let hashprice = &month.hashprice_usd_per_ph_day[day * LANES..][..LANES];
    let mut sums =
        Sums::below(std::array::from_fn(|i| worth.mining_threshold(fleet, hashprice[i], cost_index)));
    sums.add(rows, std::iter::repeat(1.0));
    for lane in 0..month.openings.len() {
        let total = &mut mining[lane * n_fleets + fleet];
        let hours = sums.count[lane] * month.step_hours;
        total.run_hours += hours;
        total.revenue_usd += hours * worth.mining_per_hashprice[fleet] * hashprice[lane];
        total.power_cost_usd += sums.paid[lane] * month.step_hours + hours * worth.adder_usd_per_mwh;
    }
}

/// Price below which GPUs run, by path; paths that were not asked for never run.
fn gpu_threshold(worth: &Worth, month: &MonthLanes, per_gpu_hour: f64) -> Lane {
    let mut threshold = [f64::NEG_INFINITY; LANES];
    for (value, opening) in threshold.iter_mut().zip(&month.openings) {
        *value = per_gpu_hour * opening.gpu_hour_price_usd - worth.adder_usd_per_mwh;
    }
    threshold
}

fn gpu_figures(worth: &Worth, month: &MonthLanes, inference: &Sums, training: &Sums, gpu: &mut [GpuFigures]) {
    for (lane, gpu) in gpu.iter_mut().enumerate() {
        let hours = |sums: &Sums| sums.count[lane] * month.step_hours;
        let cost = |sums: &Sums| sums.paid[lane] * month.step_hours + hours(sums) * worth.adder_usd_per_mwh;
        *gpu = GpuFigures {
            inference_hours: hours(inference),
            inference_power_cost_usd: cost(inference),
            training_hours: hours(training),
            training_power_cost_usd: cost(training),
        };
    }
}

/// Steps run below a threshold and the prices paid in them, by path.
struct Sums {
    threshold: Lane,
    count: Lane,
    paid: Lane,
}

/// Lanes whose sums stay in registers while the rows of a day pass: one cache line of each row.
const GROUP: usize = 8;

impl Sums {
    fn below(threshold: Lane) -> Self {
        Self { threshold, count: [0.0; LANES], paid: [0.0; LANES] }
    }

    /// Adds a step's weight to the count and `weight · price` to the sum of every path whose price is below its threshold.
    #[inline(always)]
    fn add(&mut self, rows: &[Lane], weights: impl Iterator<Item = f64> + Clone) {
        for first in (0..LANES).step_by(GROUP) {
            let threshold = group_of(&self.threshold, first);
            let (mut count, mut paid) = (group_of(&self.count, first), group_of(&self.paid, first));
            for (row, weight) in rows.iter().zip(weights.clone()) {
                let prices = group_of(row, first);
                for i in 0..GROUP {
                    let weighted = weight * prices[i];
                    let runs = prices[i] < threshold[i];
                    count[i] += if runs { weight } else { 0.0 };
                    paid[i] += if runs { weighted } else { 0.0 };
                }
            }
            self.count[first..first + GROUP].copy_from_slice(&count);
            self.paid[first..first + GROUP].copy_from_slice(&paid);
        }
    }
}

/// Lanes `first .. first + GROUP`.
#[inline(always)]
fn group_of(row: &Lane, first: usize) -> [f64; GROUP] {
    std::array::from_fn(|i| row[first + i])
}

/// Adds every row to the sums of its paths.
#[inline(always)]
fn add_rows(rows: &[Lane], sum: &mut Lane) {
    for (half, out) in sum.as_chunks_mut::<{ 2 * GROUP }>().0.iter_mut().enumerate() {
        let mut total = *out;
        for row in rows {
            let prices = &row.as_chunks::<{ 2 * GROUP }>().0[half];
            for i in 0..2 * GROUP {
                total[i] += prices[i];
            }
        }
        *out = total;
    }
}

//! What one month of hours means for one MW of each load: the hand-over from the hour to the month.
//!
//! The hour splits megawatts; what it leaves for the month are sums per MW, linear in the MW that a hall brings.

use crate::events::MonthEvents;

/// A month of mining, per meter MW of one fleet at full uptime.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MiningFigures {
    /// Hours run.
    pub run_hours: f64,
    /// Revenue after pool fee, USD per MW.
    pub revenue_usd: f64,
    /// Power with adders in the hours run, USD per MW.
    pub power_cost_usd: f64,
}

/// A month of own GPUs, per IT MW (hours) and per meter MW (power).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GpuFigures {
    /// Hours served to inference, weighted by its share of the pool.
    pub inference_hours: f64,
    /// Power with adders in those hours, USD per meter MW at full draw.
    pub inference_power_cost_usd: f64,
    /// Hours given to training, weighted by its share of the pool.
    pub training_hours: f64,
    /// Power with adders in those hours, USD per meter MW at full draw.
    pub training_power_cost_usd: f64,
}

/// Everything about a path's month that the campus needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthEconomics<'a> {
    /// Months since the first opening.
    pub month: u32,
    /// Hours of the month.
    pub hours: f64,
    /// Growth of operating costs since the first opening.
    pub cost_index: f64,
    /// Hashprice at the opening, USD/PH/day; the price at which machines are sold.
    pub hashprice_usd_per_ph_day: f64,
    /// Price of a bitcoin at the opening, USD.
    pub btc_price_usd: f64,
    /// Market rent of a new lease at the opening, USD/kW-month.
    pub lease_rate_usd_per_kw_month: f64,
    /// GPU-hour price at the opening, USD.
    pub gpu_hour_price_usd: f64,
    /// GPU-hour price at the opening over that of the first opening.
    pub gpu_price_multiple: f64,
    /// Mean settlement point price of the month, USD/MWh.
    pub power_price_usd_per_mwh: f64,
    /// Mining per fleet, `[n_fleets]`.
    pub mining: &'a [MiningFigures],
    /// Own GPUs.
    pub gpu: GpuFigures,
    /// What happens besides prices.
    pub events: MonthEvents,
}

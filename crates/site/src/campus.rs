//! The campus: grid connection, halls, machines, and the terms on which halls can become AI halls.
//!
//! A plain description, checked before it is built: nothing in here changes during a run (see [`crate::State`] for that).
//! Halls stand in conversion order: the least efficient machines go first, ties by name, whatever the file's order.

use crate::hosting::HostingTerms;
use crate::state::HallUse;
use crate::units::{Fraction, GrossMw, ItMw, JoulesPerTh, PeakRatio, Pue};

/// A company's campus with its contracts.
#[derive(Debug, Clone, PartialEq)]
pub struct Campus {
    /// Power that may be drawn at any hour; AI counts only on this.
    pub firm: GrossMw,
    /// Further power that the grid may take back; mining only.
    pub interruptible: GrossMw,
    /// Energy PUE of mining halls.
    pub mining_pue: Pue,
    /// Halls in conversion order (see [`Hall::sort`]).
    pub halls: Vec<Hall>,
    /// Machines by kind; a hall names one of them by index.
    pub fleets: Vec<Fleet>,
    /// How a hall becomes an AI hall.
    pub conversion: Conversion,
    /// Hosting of a tenant's equipment.
    pub hosting: HostingTerms,
    /// Own GPUs, if the company would buy any.
    pub gpus: Option<GpuTerms>,
    /// Power supply.
    pub power: PowerContract,
    /// The company round the campus.
    pub company: Company,
    /// How it is all paid for; `None` leaves the money unlevered and before tax.
    pub finance: Option<finance::Terms>,
}

/// A building with its own gross MW, converted as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Hall {
    /// Unique name.
    pub name: String,
    /// Gross MW, unchanged by a conversion.
    pub gross: GrossMw,
    /// Index into [`Campus::fleets`]; none for a hall without machines, which does not mine.
    pub fleet: Option<usize>,
    /// What the hall does at the first opening.
    pub opening: HallUse,
}

impl Hall {
    /// Puts halls into conversion order: least efficient machines first, then by name; halls without machines come last.
    pub fn sort(halls: &mut [Self], fleets: &[Fleet]) {
        halls.sort_by(|a, b| {
            let joules = |hall: &Self| hall.fleet.map_or(0.0, |fleet| fleets[fleet].efficiency.get());
            joules(b).total_cmp(&joules(a)).then_with(|| a.name.cmp(&b.name))
        });
    }
}

/// Machines of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Fleet {
    /// Unique name.
    pub name: String,
    /// Efficiency at the machine.
    pub efficiency: JoulesPerTh,
    /// Share of the hours, other than curtailed ones, in which machines work.
    pub uptime: Fraction,
    /// Share of revenue kept by the pool.
    pub pool_fee: Fraction,
    /// Cost that stops with the machine, USD per MWh at the meter, other than power.
    pub variable_opex_usd_per_mwh: f64,
    /// Repairs, USD per TH/s and year, running or not.
    pub repairs_usd_per_th_year: f64,
    /// Resale price at a hashprice of 50 USD/PH/day, USD per TH/s; it moves in proportion to hashprice.
    pub resale_usd_per_th_at_50: f64,
}

/// Hashprice at which [`Fleet::resale_usd_per_th_at_50`] holds, USD/PH/day.
pub const RESALE_REFERENCE_HASHPRICE: f64 = 50.0;

impl Fleet {
    /// The default resale price at 50 USD/PH/day by efficiency class, USD per TH/s: 0.9 × 14 below 17 J/TH, 0.9 × 9 up
    /// to 22, 0.9 × 4 up to 30, 0.9 × 1.5 beyond.
    ///
    /// A modelling assumption: price in proportion to the margin left in a machine's life.
    #[must_use]
    pub fn default_resale_usd_per_th(efficiency: JoulesPerTh) -> f64 {
        let class = match efficiency.get() {
            j if j < 17.0 => 14.0,
            j if j <= 22.0 => 9.0,
            j if j <= 30.0 => 4.0,
            _ => 1.5,
        };
        0.9 * class
    }
}

/// How a mining hall becomes an AI hall.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// Gross MW contracted per IT MW.
    pub peak_ratio: PeakRatio,
    /// Months from start to delivery, at least 1.
    pub lead_months: u32,
    /// Last months of construction in which the hall no longer mines, at most `lead_months`.
    pub mining_lost_months: u32,
    /// Shell, cooling and electrical works at the first opening, USD per IT MW.
    pub capex_usd_per_it_mw: f64,
    /// Allowance on top of the capex, as a share of it.
    pub contingency: f64,
    /// Yearly growth of the capex of conversions started later.
    pub capex_growth_per_year: f64,
    /// Gross MW that builders can work on at once.
    pub max_under_construction: GrossMw,
}

impl Conversion {
    /// Capex of a conversion started in month `m`, USD per IT MW, contingency included.
    #[must_use]
    pub fn capex_at(&self, m: u32) -> f64 {
        self.capex_usd_per_it_mw
            * (1.0 + self.contingency)
            * (1.0 + self.capex_growth_per_year).powf(f64::from(m) / 12.0)
    }

    /// IT MW of a hall once converted.
    #[must_use]
    pub fn it_mw(&self, hall: &Hall) -> ItMw {
        hall.gross.to_it(self.peak_ratio)
    }
}

/// Own GPUs: hours of compute sold, split between inference and training.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuTerms {
    /// System as named in the catalogue.
    pub system: String,
    /// GPUs per IT MW, network and storage included in the MW.
    pub gpus_per_it_mw: f64,
    /// GPUs, network and storage, USD per IT MW, paid in the last month of construction.
    pub capex_usd_per_it_mw: f64,
    /// Operation of the first year, USD per IT MW and year, growing with inflation.
    pub opex_usd_per_it_mw_year: f64,
    /// Share of the offered hours that are sold.
    pub sold_share: Fraction,
    /// Mean share of the hours that inference takes; the rest goes to training.
    pub inference_share: Fraction,
    /// Highest over lowest inference demand of the day.
    pub inference_peak_to_trough: f64,
    /// Price of a training hour over the GPU-hour price.
    pub training_price_ratio: f64,
    /// Mean draw of inference over rated IT power.
    pub inference_draw: Fraction,
    /// Mean draw of training over rated IT power.
    pub training_draw: Fraction,
    /// Months of service; then GPUs are retired without value and the hall is let at the market rent.
    pub life_months: u32,
    /// Resale value when new, as a share of the capex; it falls to zero over the months of service and with the
    /// GPU-hour price. Counts for GPUs still in service at the horizon.
    pub resale_share: Fraction,
}

impl GpuTerms {
    /// Resale value, USD per IT MW, at an age and at a GPU-hour price relative to that of the first opening.
    #[must_use]
    pub fn resale_usd_per_it_mw(&self, age_months: u32, price_multiple: f64) -> f64 {
        let life_left = 1.0 - f64::from(age_months.min(self.life_months)) / f64::from(self.life_months);
        self.capex_usd_per_it_mw * self.resale_share.get() * life_left * price_multiple.min(1.0)
    }
}

/// Power supply of the campus.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerContract {
    /// Retail and wires cost on top of the settlement point price, USD per MWh.
    pub adder_usd_per_mwh: f64,
    /// Power bought ahead at a fixed price, sold back when not used.
    pub block: Option<PowerBlock>,
}

/// A block of power at a fixed price whose unused part is sold at the settlement point price.
///
/// Its gain `MW · (price − strike)` does not depend on what the campus draws, so it never changes when to run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerBlock {
    /// Size at the meter, MW.
    pub mw: f64,
    /// Fixed price, USD per MWh.
    pub strike_usd_per_mwh: f64,
    /// Months from the first opening for which it runs.
    pub months: u32,
}

/// The company round the campus.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    /// General and administrative cost of the first year, USD per month, growing with inflation.
    pub overhead_usd_per_month: f64,
    /// Yearly growth of operating costs.
    pub inflation_per_year: f64,
    /// Cash at the first opening, USD.
    pub opening_cash_usd: f64,
    /// Funding that is committed and not yet drawn, USD.
    pub committed_funding_usd: f64,
    /// Whether a conversion starts only if the money there is pays for it (see [`crate::free_funds_usd`]).
    pub hold_to_cash: bool,
    /// Value of the connected site at the horizon, USD per gross MW, whatever stands on it.
    pub site_resale_usd_per_gross_mw: f64,
    /// Effective annual discount rate for all policies.
    pub discount_rate_per_year: f64,
}

impl Company {
    /// Growth of operating costs from the first opening to month `m`.
    #[must_use]
    pub fn cost_index(&self, m: u32) -> f64 {
        (1.0 + self.inflation_per_year).powf(f64::from(m) / 12.0)
    }

    /// Discount factor of a month.
    #[must_use]
    pub fn monthly_discount(&self) -> f64 {
        (1.0 + self.discount_rate_per_year).powf(-1.0 / 12.0)
    }

    /// Discount factor of money that moves at the end of month `m`, counted from 0.
    #[must_use]
    pub fn discount_factor(&self, m: u32) -> f64 {
        (1.0 + self.discount_rate_per_year).powf(-f64::from(m + 1) / 12.0)
    }
}

impl Campus {
    /// Gross MW of all halls.
    #[must_use]
    pub fn gross_mw(&self) -> f64 {
        self.halls.iter().map(|hall| hall.gross.get()).sum()
    }

    /// Gross MW that may be drawn at once.
    #[must_use]
    pub fn interconnect_mw(&self) -> f64 {
        self.firm.get() + self.interruptible.get()
    }

    /// Whether installed halls can ask for more than the interconnect gives, so that loads compete hour by hour.
    #[must_use]
    pub fn loads_compete(&self) -> bool {
        self.gross_mw() > self.interconnect_mw() * (1.0 + 1e-12)
    }
}

//! The campus and its rules: what is built where, what it earns in a month, and the one step in which megawatts and money change.
//!
//! Pure: no I/O, no randomness, no clock. [`step`](step::step) is the only place that moves a hall from one use to
//! another and the only place that books money; simulation, dynamic programming and the foresight mark all go through it.

pub mod units;

pub mod backstop;
pub mod calendar;
pub mod campus;
pub mod economics;
pub mod events;
pub mod expected_lease;
pub mod funds;
pub mod hashprice;
pub mod hosting;
pub mod lease;
pub mod ledger;
pub mod money;
pub mod sla;
pub mod state;
pub mod step;
pub mod tail;
pub mod tenancy;

pub use backstop::{Backstop, GuarantorChoice};
pub use calendar::{Calendar, Day, YearMonth, Zone};
pub use campus::{Campus, Company, Conversion, Fleet, GpuTerms, Hall, PowerBlock, PowerContract};
pub use economics::{GpuFigures, MiningFigures, MonthEconomics};
pub use events::{MAX_TENANTS, MonthEvents};
pub use expected_lease::expected_rent_share;
pub use funds::{capex_left_usd, free_funds_usd, start_cost_usd};
pub use hosting::{HostingCost, HostingTerms, LeaseRisks, Letting, ServiceTerms, TenantTerms};
pub use lease::{Lease, LeaseOffer, Tenant};
pub use ledger::Ledger;
pub use money::{Contracted, carried, contracted};
pub use state::{AiForm, Decision, HallUse, State};
pub use step::{
    Limits, StepError, asic_resale_usd, limits, limits_without_money, start_conversions, start_hall, step,
    step_hall,
};
pub use tail::{Tail, hall_tail, tail};
pub use tenancy::{Vacancy, hosting_cost_usd};

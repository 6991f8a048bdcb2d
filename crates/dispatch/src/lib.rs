//! The hour: splits the campus's megawatts among its loads, each hour seeing only its own price.
//!
//! Every load runs while the price of power is below what its MWh is worth; where loads ask for more than the
//! interconnect gives, the dearest load goes first. Without that contest a load's month is linear in its MW, so
//! [`month_figures`] reduces the hours of 64 paths at once to figures per MW that all policies share;
//! [`contested_month`] is the slower hour-by-hour split for the campuses where loads compete.

pub mod checkpoint;
pub mod contest;
pub mod figures;
pub mod four_cp;
pub mod grid_calls;
pub mod merit_order;
pub mod profile;
pub mod sla;

pub use contest::{ContestedMonth, HourRow, contested_month, hour_rows};
pub use figures::{MonthFigures, Worth, month_figures, month_figures_with};
pub use merit_order::{Tier, split};
pub use profile::inference_share;

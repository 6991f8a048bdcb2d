//! The hour: splits the campus's megawatts among its loads.
//!
//! Every load runs while the price of power is below what its MWh is worth; where loads ask for more than the
//! interconnect gives, the dearest load goes first. Without that contest a load's month is linear in its MW, so
//! [`month_figures`] reduces the hours of 64 paths at once to figures per MW that all policies share;
//! [`contested_month`] is the slower hour-by-hour split for the campuses where loads compete.
//!
//! [`optimal()`] is the best dispatch of a whole horizon that is known in advance, under energy budgets, ramps, restarts
//! and reserves, with a certificate of how good it is.

pub mod case;
pub mod certificate;
pub mod checkpoint;
pub mod contest;
mod decomposition;
pub mod error;
pub mod figures;
pub mod four_cp;
pub mod grid_calls;
mod interior_point;
pub mod merit_order;
mod on_off;
pub mod optimal;
pub mod optimum;
pub mod profile;
pub mod real_time;
mod segments;
pub mod study;
mod sum;
#[cfg(test)]
mod test_support;

pub use case::{Block, Budget, BudgetOf, Case, Load, Reserve, Restart, Series, Side};
pub use certificate::Certificate;
pub use contest::{ContestedMonth, HourRow, contested_month, hour_rows};
pub use error::{DispatchError, Infeasibility, Shortfall};
pub use figures::{MonthFigures, Worth, month_figures, month_figures_with};
pub use merit_order::{Tier, split};
pub use on_off::restart_cost_usd;
pub use optimal::{optimal, optimal_from};
pub use optimum::{Effort, Method, Multipliers, Optimum};
pub use profile::inference_share;
pub use real_time::{RealTime, real_time};
pub use site::sla;
pub use study::{Findings, Surroundings, study};

//! The scenario file: read, checked, completed with defaults, and written back resolved.
//!
//! Text becomes a [`tree`] that remembers where each value stands; [`reader`] takes values out of it, notes every fault and
//! every value used; the section modules build the campus, the market and the policies. Nothing past [`Scenario::load`]
//! checks again. All faults of a file come in one [`Faults`].

pub mod catalogue;
pub mod dispatch_case;
pub mod document;
pub mod fault;
pub mod reader;
pub mod scenario;
pub mod shape;
pub mod template;
pub mod tree;

mod base;
mod bitcoin_section;
mod calibration_file;
mod campus_section;
mod finance_section;
mod halls_section;
mod history;
mod hosting_section;
mod inputs;
mod lens;
mod market_section;
mod policies_section;
mod power_section;
mod remarks;
mod tuning_section;

pub use dispatch_case::{BudgetWindow, DispatchCase, StepClock};
pub use document::Document;
pub use fault::{BaseText, Fault, Faults};
pub use history::HistoryMark;
pub use inputs::{InputFile, Inputs};
pub use lens::{CurveMultiple, Lens, LensSettings, Premia};
pub use policies_section::{DpPlan, MainNumber, PolicyKind, PolicyPlan};
pub use remarks::{Remark, remarks};
pub use scenario::{RunSettings, Scenario};
pub use shape::{Field, Shape};
pub use tuning_section::TuningSettings;

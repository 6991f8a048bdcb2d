//! Policies over paths in parallel, on common random numbers, compared.
//!
//! [`run()`] takes a checked scenario to [`Outcomes`]: computed policies are solved, paths are walked in chunks, every policy
//! decides on the same prices, and each is set against all-mining and against perfect foresight path by path.

pub mod break_even;
pub mod capital;
pub mod dispatch_study;
pub mod explain;
pub mod exposure;
pub mod fan;
pub mod flips;
pub mod frontier;
pub mod outcomes;
pub mod pairs;
pub mod plan_race;
pub mod policy_map;
pub mod required_rent;
pub mod run;
pub mod static_year;
pub mod statistics;
pub mod tuning;

mod chunk;
mod close;
mod finance_totals;
mod race;
mod study;
mod totals;
mod week;

pub use break_even::BreakEven;
pub use capital::CapitalStructure;
pub use dispatch_study::{DispatchStudy, LoadTotals, RealTimeStudy, study_dispatch};
pub use explain::{ExplainError, Explanation, HallCount, HallsByUse, Room, explain};
// A month of the money, for those that show it.
pub use exposure::{Assumption, Exposures};
pub use fan::{Fan, Spread};
pub use finance::Statement;
pub use finance_totals::{FinanceOutcome, LenderOutcome};
pub use flips::Flip;
pub use frontier::FrontierRow;
pub use optimizer::{Alternative, Comparison, Outcome, Quantity, Reading, Reasons, Relation, best_of};
pub use outcomes::{DispatchWeek, FactorOutcome, ForesightOutcome, MarketBounds, Outcomes, PolicyOutcome};
pub use pairs::PairedDifferences;
pub use plan_race::{AboveBound, Estimate, PlanRace, Standing};
pub use policy_map::{Call, Cell, PolicyMap, TriggerMap};
pub use race::Guest;
pub use required_rent::RequiredRent;
pub use run::{Observer, Run, RunError, Silent, run, run_with};
pub use static_year::{StaticPrices, StaticUse, static_year};
// What the lens of a run is, for those that show it.
pub use scenario::{CurveMultiple, HistoryMark, Lens, LensSettings, Premia};
pub use statistics::Moments;
pub use study::ChunkError;
pub use tuning::{Tuning, TuningRow};

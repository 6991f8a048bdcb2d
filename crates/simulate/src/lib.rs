//! Policies over paths in parallel, on common random numbers, compared.

pub mod outcomes;
pub mod statistics;

pub use outcomes::{DispatchWeek, FactorOutcome, ForesightOutcome, Outcomes, PolicyOutcome};
pub use statistics::Moments;

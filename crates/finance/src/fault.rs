//! What can be wrong with the terms of an instrument.
//!
//! A front end collects the faults of a whole file before it reports; so each `check` names one field, its value and the
//! range that it must lie in.

use thiserror::Error;

/// A number of some terms that lies outside its range.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{field} is {value}; it must be {range}")]
pub struct TermsFault {
    /// The field, with its unit as a suffix.
    pub field: &'static str,
    /// What it holds.
    pub value: f64,
    /// What it may hold.
    pub range: &'static str,
}

/// Refuses a value that is not finite or does not hold `allowed`.
pub(crate) fn require(
    field: &'static str,
    value: f64,
    allowed: bool,
    range: &'static str,
) -> Result<(), TermsFault> {
    if value.is_finite() && allowed { Ok(()) } else { Err(TermsFault { field, value, range }) }
}

/// Refuses what is not a share from 0 to 1.
pub(crate) fn require_share(field: &'static str, value: f64) -> Result<(), TermsFault> {
    require(field, value, (0.0..=1.0).contains(&value), "between 0 and 1")
}

/// Refuses a negative amount.
pub(crate) fn require_amount(field: &'static str, value: f64) -> Result<(), TermsFault> {
    require(field, value, value >= 0.0, "zero or more")
}

//! Numbers as the layouts write them.

use std::ops::RangeInclusive;

use super::Gaps;
use super::error::ImportError;
use super::layout::Header;
use super::table::{At, Row};

/// What a column of numbers may hold.
pub(crate) struct Allowed {
    /// The range.
    pub(crate) range: RangeInclusive<f64>,
    /// The unit, for errors.
    pub(crate) unit: &'static str,
}

/// Prices of power, USD/MWh: far outside ERCOT's caps, near enough to catch a slipped decimal point.
pub(crate) const POWER: Allowed = Allowed { range: -1e4..=2e4, unit: "USD/MWh" };

/// Prices of reserves, USD per MW and hour; February 2021 saw more than 20,000.
pub(crate) const RESERVES: Allowed = Allowed { range: -1e3..=1e5, unit: "USD/MW per hour" };

impl Allowed {
    /// The number in a field; a blank is `None`.
    pub(crate) fn read(
        &self,
        at: &At<'_>,
        header: &Header,
        row: &Row<'_>,
        column: usize,
    ) -> Result<Option<f64>, ImportError> {
        let text = row.fields[column];
        if text.is_empty() {
            return Ok(None);
        }
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        match value {
            Some(value) if self.range.contains(&value) => Ok(Some(value)),
            Some(_) => Err(self.error(at, header, row, column, "outside the range")),
            None => Err(self.error(at, header, row, column, "no finite number")),
        }
    }

    /// As [`Self::read`], where a blank is an error unless gaps are to be reported.
    pub(crate) fn read_unless_blank(
        &self,
        at: &At<'_>,
        header: &Header,
        row: &Row<'_>,
        column: usize,
        gaps: Gaps,
    ) -> Result<Option<f64>, ImportError> {
        match self.read(at, header, row, column)? {
            None if gaps == Gaps::Refuse => Err(self.error(at, header, row, column, "blank")),
            value => Ok(value),
        }
    }

    /// An error about a number.
    pub(crate) fn error(
        &self,
        at: &At<'_>,
        header: &Header,
        row: &Row<'_>,
        column: usize,
        what: &str,
    ) -> ImportError {
        let (low, high) = (self.range.start(), self.range.end());
        let allowed = format!(
            "{what}; allowed is {low} to {high} {}, with a decimal point and without thousands separators",
            self.unit
        );
        at.field_error(row.number, &header.names[column], row.fields[column], allowed)
    }
}

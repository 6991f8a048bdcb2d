//! `[series]`: a table with a row per step for anything that varies.

use super::clock::StepClock;
use super::price_source::check_rows;
use crate::inputs::Inputs;
use crate::reader::Section;
use dispatch::Series;
use market::import::column;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) struct Quantity {
    pub(super) range: RangeInclusive<f64>,
    pub(super) unit: &'static str,
}

/// Megawatts.
pub(super) const MEGAWATTS: Quantity = Quantity { range: 0.0..=1e6, unit: "MW" };
/// Shares.
pub(super) const SHARES: Quantity = Quantity { range: 0.0..=1.0, unit: "(a share)" };
/// Values of energy.
pub(super) const USD_PER_MWH: Quantity = Quantity { range: -1e6..=1e6, unit: "USD/MWh" };
/// Prices of reserves.
pub(super) const USD_PER_MW_H: Quantity = Quantity { range: -1e3..=1e5, unit: "USD/MW per hour" };

/// The table, if the case names one.
pub(super) struct SeriesFile<'c> {
    path: Option<PathBuf>,
    clock: &'c StepClock,
}

impl<'c> SeriesFile<'c> {
    pub(super) fn read(root: &Section<'_>, clock: &'c StepClock, inputs: &mut Inputs) -> Self {
        if !root.has("series") {
            return Self { path: None, clock };
        }
        let section = root.section("series");
        let file = section.text("file", "a CSV file with a row per step");
        section.finish();
        let path = inputs.resolve(&file);
        if !file.is_empty() {
            inputs.note(&file);
        }
        Self { path: Some(path), clock }
    }

    /// The column that the field `key` of a section names, step by step; `None` when it names none or after a fault.
    pub(super) fn column(
        &self,
        section: &Section<'_>,
        key: &'static str,
        quantity: &Quantity,
    ) -> Option<Vec<f64>> {
        let name = section.optional_text(key)?;
        let Some(path) = &self.path else {
            section.fault(
                key,
                "needs a table; wanted is [series] with file = \"a CSV file with a row per step\"",
            );
            return None;
        };
        let values = column(path, &name, quantity.range.clone(), quantity.unit)
            .map_err(|error| section.fault(key, error.to_string()))
            .ok()?;
        check_rows(section, key, values.len(), self.clock).then_some(values)
    }

    /// A number in one field, or a column named in another: exactly one of the two.
    pub(super) fn number_or_column(
        &self,
        section: &Section<'_>,
        (number_key, column_key): (&'static str, &'static str),
        rule: crate::reader::Rule,
        quantity: &Quantity,
    ) -> Series {
        if !section.has(column_key) {
            return Series::Constant(section.number(number_key, rule));
        }
        if section.has(number_key) {
            section.fault(number_key, format!("stands beside {column_key}; allowed is one of the two"));
        }
        self.column(section, column_key, quantity).map_or(Series::Constant(0.0), Series::Steps)
    }
}

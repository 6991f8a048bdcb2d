//! The CSV tables: tidy, one row per thing, units in the headers, empty where a value is not defined.
//!
//! Each table is one function from [`Outcomes`] to a [`Sheet`]. Means and standard errors are over all paths; quantiles
//! and per-path values over the first [`Outcomes::n_kept`].

mod bounds;
mod by_month;
mod differences;
mod finance;
#[cfg(test)]
mod finance_tests;
mod flips;
mod history;
mod lenders;
mod markets;
mod money_by_month;
mod paths;
mod sources_uses;
mod summary;
pub mod sweep;
pub mod sweep_answers;
#[cfg(test)]
mod tests;
mod trigger_map;
mod tuning;
pub mod two_runs;
mod week;

pub use bounds::bounds;
pub(crate) use by_month::financing_flows;
pub use by_month::{allocation, cash_flow, monthly};
pub use differences::differences;
pub use finance::finance;
pub use flips::flips;
pub use history::history;
pub use lenders::lenders;
pub use markets::{markets, mining_hours};
pub(crate) use money_by_month::{DEBT_FLOWS, DEBTS, FLAGS, sheet_balances};
pub use money_by_month::{balance_sheet, debt, shares};
pub use paths::paths;
pub use sources_uses::sources_uses;
pub use summary::summary;
pub use trigger_map::trigger_map;
pub use tuning::{frontier, tuning};
pub use week::dispatch_week;

use crate::folder::{FolderError, OutputFolder};
use simulate::{Lens, Outcomes};

/// Name under which perfect foresight stands among the policies.
pub const FORESIGHT: &str = "perfect-foresight (upper mark)";

/// Makes a table of outcomes.
pub type Table = fn(&Outcomes) -> Sheet;

/// Writes all tables.
///
/// # Errors
/// If a file cannot be written.
pub fn write_tables(outcomes: &Outcomes, folder: &mut OutputFolder) -> Result<(), FolderError> {
    tables_of(outcomes)
        .into_iter()
        .try_for_each(|(file, table)| folder.write(file, &table(outcomes).into_bytes()))
}

/// The tables that outcomes have, by the names of their files.
#[must_use]
pub fn tables_of(outcomes: &Outcomes) -> Vec<(&'static str, Table)> {
    let mut tables: Vec<(&'static str, Table)> = vec![
        ("summary.csv", summary),
        ("differences.csv", differences),
        ("flips.csv", flips),
        ("monthly.csv", monthly),
        ("allocation.csv", allocation),
        ("cash_flow.csv", cash_flow),
        ("markets.csv", markets),
        ("history.csv", history),
        ("mining_hours.csv", mining_hours),
        ("paths.csv", paths),
        ("frontier.csv", frontier),
        ("dispatch_week.csv", dispatch_week),
    ];
    if outcomes.capital.is_some() {
        let of_the_money: [(&'static str, Table); 6] = [
            ("finance.csv", finance),
            ("debt.csv", debt),
            ("balance_sheet.csv", balance_sheet),
            ("shares.csv", shares),
            ("lenders.csv", lenders),
            ("sources_uses.csv", sources_uses),
        ];
        tables.extend(of_the_money);
    }
    if outcomes.tuning.is_some() {
        tables.push(("tuning.csv", tuning));
    }
    if outcomes.plan_race.is_some() || outcomes.market_bounds.is_some() {
        tables.push(("bounds.csv", bounds));
    }
    if !outcomes.trigger_maps.is_empty() {
        tables.push(("trigger_map.csv", trigger_map));
    }
    tables
}

/// A table as CSV in memory, written row by row.
#[derive(Debug)]
pub struct Sheet {
    writer: csv::Writer<Vec<u8>>,
    /// What every row ends with.
    end: Option<String>,
}

impl Sheet {
    /// A table with this header.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn new<S: AsRef<str>>(header: &[S]) -> Self {
        let mut sheet = Self { writer: csv::Writer::from_writer(Vec::new()), end: None };
        sheet.row(header.iter().map(|name| name.as_ref().to_owned()));
        sheet
    }

    /// A table of money over paths: its last column, `lens`, says whose drifts they are under.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn under<S: AsRef<str>>(lens: Lens, header: &[S]) -> Self {
        let mut sheet =
            Self::new::<&str>(&header.iter().map(AsRef::as_ref).chain(["lens"]).collect::<Vec<_>>());
        sheet.end = Some(lens.name().into());
        sheet
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has not as many cells as the header.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.writer
            .write_record(cells.into_iter().chain(self.end.clone()).map(String::into_bytes))
            .expect("rows as wide as the header");
    }

    /// The cells row by row, the header first.
    ///
    /// # Panics
    /// Never: what was written reads back.
    #[must_use]
    pub(crate) fn into_rows(self) -> Vec<Vec<String>> {
        let bytes = self.into_bytes();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        let rows = reader.records().map(|row| row.expect("a table of our own reads back"));
        rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
    }

    /// The table as UTF-8 text with line feeds.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.writer.into_inner().expect("writing to memory does not fail")
    }
}

/// A header from names and formatted names.
fn header<'a>(parts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    parts.into_iter().map(str::to_owned).collect()
}

/// A name as part of a column's: lower case letters, digits and single underscores; `unnamed` of nothing.
pub(crate) fn column_name(name: &str) -> String {
    let mut column = String::new();
    for c in name.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            column.push(c);
        } else if !column.is_empty() && !column.ends_with('_') {
            column.push('_');
        }
    }
    let trimmed = column.trim_end_matches('_');
    if trimmed.is_empty() { "unnamed".into() } else { trimmed.into() }
}

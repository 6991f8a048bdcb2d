//! What every column of every file that a command writes is: the data behind `docs/data-dictionary.md`.
//!
//! Entries are plain data beside the tables that they describe; those of a month's books carry the documentation of the fields of
//! [`site::Ledger`] and [`simulate::Statement`]. Tests hold the entries against the headers that are really written, both ways, and the document
//! against the entries. Names of columns and files may have parts in angle brackets, `mining_<fleet>_mw`, that stand for any text.

mod audit;
mod backtest;
mod compare;
mod dispatch;
mod document;
mod manifest;
mod market;
mod metrics;
mod money;
mod pattern;
mod run;
mod sweep;
#[cfg(test)]
mod tests;
mod unit;

pub use audit::Audit;
pub use document::document;
pub use pattern::fits;

use unit::unit_of;

/// A file that a command writes.
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// The commands that write it.
    pub commands: &'static [&'static str],
    /// Its path within the folder.
    pub file: &'static str,
    /// When it is written.
    pub when: &'static str,
    /// What it holds, or what one row of it is.
    pub holds: &'static str,
    /// Its columns, or the keys of a JSON file; empty of charts and pages.
    pub columns: Vec<ColumnEntry>,
    /// Values of its column `metric`, where it has one.
    pub metrics: Vec<ColumnEntry>,
}

/// A column, key or metric.
#[derive(Debug, Clone)]
pub struct ColumnEntry {
    /// Its name.
    pub name: String,
    /// Unit or kind: `USD`, `text`, `true or false`.
    pub unit: &'static str,
    /// What it is.
    pub meaning: String,
    /// The paths behind it; empty where there are none.
    pub over: &'static str,
    /// When it is empty; empty where it never is.
    pub empty: &'static str,
}

/// Means and errors: all paths simulated.
const ALL: &str = "all";
/// Quantiles and tails: the first `paths_kept` paths.
const KEPT: &str = "kept";

impl FileEntry {
    fn new(commands: &'static [&'static str], file: &'static str, holds: &'static str) -> Self {
        Self { commands, file, when: "always", holds, columns: Vec::new(), metrics: Vec::new() }
    }

    fn when(self, when: &'static str) -> Self {
        Self { when, ..self }
    }

    fn columns(self, columns: Vec<ColumnEntry>) -> Self {
        Self { columns, ..self }
    }

    fn metrics(self, metrics: Vec<ColumnEntry>) -> Self {
        Self { metrics, ..self }
    }

    /// The column of a name: an entry with that very name before one with a part that stands for any.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnEntry> {
        find(&self.columns, name)
    }

    /// The metric of a name.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&ColumnEntry> {
        find(&self.metrics, name)
    }
}

fn find<'a>(entries: &'a [ColumnEntry], name: &str) -> Option<&'a ColumnEntry> {
    entries.iter().filter(|entry| fits(&entry.name, name)).max_by_key(|entry| pattern::fixed(&entry.name))
}

impl ColumnEntry {
    /// A number whose unit its name ends in.
    fn number(name: impl Into<String>, meaning: impl Into<String>) -> Self {
        let name = name.into();
        Self { unit: unit_of(&name), meaning: meaning.into(), over: "", empty: "", name }
    }

    /// Anything with a stated unit or kind.
    fn of(name: impl Into<String>, unit: &'static str, meaning: impl Into<String>) -> Self {
        Self { name: name.into(), unit, meaning: meaning.into(), over: "", empty: "" }
    }

    fn text(name: &'static str, meaning: &'static str) -> Self {
        Self::of(name, "text", meaning)
    }

    fn flag(name: &'static str, meaning: &'static str) -> Self {
        Self::of(name, "true or false", meaning)
    }

    fn count(name: &'static str, meaning: &'static str) -> Self {
        Self::of(name, "count", meaning)
    }

    fn over(self, over: &'static str) -> Self {
        Self { over, ..self }
    }

    fn empty(self, empty: &'static str) -> Self {
        Self { empty, ..self }
    }
}

/// Columns that many tables begin or end with.
fn policy() -> ColumnEntry {
    ColumnEntry::text("policy", "name of the policy")
}

fn month() -> ColumnEntry {
    ColumnEntry::of("month", "YYYY-MM", "calendar month")
}

fn lens() -> ColumnEntry {
    ColumnEntry::text("lens", "whose drifts the money is under: `outcomes` or `value`")
}

/// Mean and quantiles of one quantity by month.
fn spread(quantity: &str, meaning: &str, empty: &'static str) -> Vec<ColumnEntry> {
    let mean =
        ColumnEntry::number(format!("mean_{quantity}"), format!("{meaning}, mean")).over(ALL).empty(empty);
    let quantile = |p: u32| {
        let name = format!("p{p}_{quantity}");
        ColumnEntry::number(name, format!("{meaning}, {p} % quantile")).over(KEPT).empty(empty)
    };
    std::iter::once(mean).chain([5, 50, 95].map(quantile)).collect()
}

/// A mean and its standard error.
fn with_error(name: &str, error: &str, meaning: &str, empty: &'static str) -> [ColumnEntry; 2] {
    let mean = ColumnEntry::number(name, meaning).over(ALL).empty(empty);
    let error = ColumnEntry::number(error, format!("standard error of `{name}`")).over(ALL).empty(empty);
    [mean, error]
}

/// Every file of every command, in the order of the document.
#[must_use]
pub fn files() -> Vec<FileEntry> {
    let mut files = run::files();
    files.extend(market::files());
    files.extend(money::files());
    files.extend(run::pages());
    files.extend(compare::files());
    files.extend(dispatch::files());
    files.extend(sweep::files());
    files.extend(backtest::files());
    files.push(manifest::file());
    files
}

/// The entry of a file that a command writes, by its path within the folder.
#[must_use]
pub fn file<'a>(files: &'a [FileEntry], command: &str, path: &str) -> Option<&'a FileEntry> {
    let of_command = files.iter().filter(|entry| entry.commands.contains(&command) && fits(entry.file, path));
    of_command.max_by_key(|entry| pattern::fixed(entry.file))
}

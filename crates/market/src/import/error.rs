//! Why a file cannot be imported, and where in it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Where a row stands: the sheet of a workbook, and the row counted from 1 with the header as row 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the sheet; `None` for a text file.
    pub sheet: Option<Box<str>>,
    /// The row.
    pub row: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "sheet {sheet}, row {}", self.row),
            None => write!(f, "row {}", self.row),
        }
    }
}

/// Why a file cannot be imported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file cannot be opened or read.
    #[error("{}: cannot read the file ({source})", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The header is that of no known layout, or lacks a column.
    #[error("{}: {place}: {problem}; the header has {found}", .path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// The header's row.
        place: Place,
        /// What is wrong and which headers are allowed.
        problem: Box<str>,
        /// The columns there are.
        found: Box<str>,
    },
    /// A field does not hold what its column should.
    #[error("{}: {place}: {column} is `{value}`, {allowed}", .path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The row.
        place: Place,
        /// The column as the header names it.
        column: Box<str>,
        /// What stands there, shortened when long.
        value: Box<str>,
        /// What is wrong and what is allowed.
        allowed: Box<str>,
    },
    /// A row cannot be read at all.
    #[error("{}: {place}: {problem}", .path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The row.
        place: Place,
        /// What is wrong and what is allowed.
        problem: Box<str>,
    },
    /// An interval stands there twice.
    #[error("{}: {place}: {interval} stands there twice ({what}), first at {first}", .path.display())]
    Duplicate {
        /// The file of the second row.
        path: PathBuf,
        /// The second row.
        place: Place,
        /// The interval, UTC, or the day.
        interval: Box<str>,
        /// The first row, with its file when that is another one.
        first: Box<str>,
        /// Both values.
        what: Box<str>,
    },
    /// Intervals are missing.
    #[error("{}: {place}: {missing} interval(s) missing in {stretches} stretch(es), the first is {first}", .path.display())]
    Gaps {
        /// The file of the row after the first gap.
        path: PathBuf,
        /// The row after the first gap, or the first row without a value.
        place: Place,
        /// Start of the first missing interval, UTC, or the first missing day.
        first: Box<str>,
        /// Number of missing intervals.
        missing: usize,
        /// Number of unbroken stretches of missing intervals.
        stretches: usize,
    },
    /// The point asked for is not in the file.
    #[error("{}: no prices of {point}; the file has {found}", .path.display())]
    PointAbsent {
        /// The file.
        path: PathBuf,
        /// The point asked for, with its type when one was given.
        point: Box<str>,
        /// The points there are, the first twenty of them.
        found: Box<str>,
    },
    /// The query fits several series of the file.
    #[error("{}: {point} stands for several series: {found}; {remedy}", .path.display())]
    Ambiguous {
        /// The file.
        path: PathBuf,
        /// The point asked for.
        point: Box<str>,
        /// The types, markets or columns it may mean.
        found: Box<str>,
        /// What to ask for instead.
        remedy: Box<str>,
    },
    /// The file as a whole does not serve.
    #[error("{}: {problem}", .path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong and what is allowed.
        problem: Box<str>,
    },
}

/// The text of a field as an error shows it: control characters escaped, cut after 60 characters.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push_str(&format!("… ({} bytes)", text.len()));
    }
    out
}

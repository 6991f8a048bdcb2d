//! Files that a scenario names, and warnings met while reading them.

use crate::history::HistoryMark;
use std::path::{Path, PathBuf};

/// A file that a scenario reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// As named in the scenario.
    pub named: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is a base, so that all it says is in the resolved scenario.
    pub is_base: bool,
}

/// Files and warnings gathered while reading.
pub struct Inputs {
    folder: PathBuf,
    /// Files that were read or named.
    pub files: Vec<InputFile>,
    /// Warnings in the order in which they were met.
    pub warnings: Vec<String>,
    /// What history shows of the markets that were fitted to one.
    pub history: Vec<HistoryMark>,
    /// Whether power or Bitcoin is replayed.
    pub(crate) replays: bool,
}

impl Inputs {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.into(),
            files: Vec::new(),
            warnings: Vec::new(),
            history: Vec::new(),
            replays: false,
        }
    }

    /// A path in the scenario counts from the scenario's own folder.
    pub fn resolve(&self, named: &str) -> PathBuf {
        self.folder.join(named)
    }

    /// Notes a file that is named.
    pub fn note(&mut self, named: &str) {
        self.files.push(InputFile { named: named.into(), path: self.resolve(named), is_base: false });
    }

    /// Warns when a curve's first value is more than five times off what the scenario or its calibration states, which a slip
    /// of units would be.
    pub(crate) fn warn_if_far(&mut self, file: &str, first: f64, spot: f64, what: &str) {
        const FAR: f64 = 5.0;
        if first > 0.0 && spot > 0.0 && !(1.0 / FAR..=FAR).contains(&(first / spot)) {
            self.warn(format!(
                "{file} begins at {first}, more than {FAR} times off {what} of {spot:.4}: check its unit"
            ));
        }
    }

    /// Notes a warning.
    pub fn warn(&mut self, text: String) {
        self.warnings.push(text);
    }
}

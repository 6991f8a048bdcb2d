//! Files that a scenario names, and warnings met while reading them.

use std::path::{Path, PathBuf};

/// A file that a scenario reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// As named in the scenario.
    pub named: String,
    /// Where it is.
    pub path: PathBuf,
}

/// Files and warnings gathered while reading.
pub(crate) struct Inputs {
    folder: PathBuf,
    pub(crate) files: Vec<InputFile>,
    pub(crate) warnings: Vec<String>,
    /// Whether power or Bitcoin is replayed.
    pub(crate) replays: bool,
}

impl Inputs {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.into(), files: Vec::new(), warnings: Vec::new(), replays: false }
    }

    /// A path in the scenario counts from the scenario's own folder.
    pub(crate) fn resolve(&self, named: &str) -> PathBuf {
        self.folder.join(named)
    }

    pub(crate) fn note(&mut self, named: &str) {
        self.files.push(InputFile { named: named.into(), path: self.resolve(named) });
    }

    pub(crate) fn warn(&mut self, text: String) {
        self.warnings.push(text);
    }
}

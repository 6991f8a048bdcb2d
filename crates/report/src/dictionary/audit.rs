//! Holds written files against the dictionary, both ways: for the tests of whoever writes a table.

use super::{ColumnEntry, FileEntry, file, files};
use std::collections::BTreeSet;

/// What was met in the files of one command so far.
#[derive(Debug)]
pub struct Audit {
    command: &'static str,
    files: Vec<FileEntry>,
    /// Names of parameters, which are columns of a sweep's tables.
    parameters: Vec<String>,
    /// File and column or metric, as their entries name them.
    met: BTreeSet<(&'static str, String)>,
    faults: Vec<String>,
}

impl Audit {
    /// Of the files of a command.
    #[must_use]
    pub fn new(command: &'static str) -> Self {
        Self { command, files: files(), parameters: Vec::new(), met: BTreeSet::new(), faults: Vec::new() }
    }

    /// With these names as columns of parameters.
    #[must_use]
    pub fn with_parameters(self, names: &[&str]) -> Self {
        Self { parameters: names.iter().map(|name| (*name).to_owned()).collect(), ..self }
    }

    /// Takes a file into account; the columns of a CSV are looked at, and their cells.
    ///
    /// # Panics
    /// If it is a CSV file that cannot be read as one.
    pub fn file(&mut self, path: &str, bytes: &[u8]) {
        let files = std::mem::take(&mut self.files);
        match file(&files, self.command, path) {
            None => self.faults.push(format!("{path} is not in the dictionary")),
            Some(entry) => {
                self.met.insert((entry.file, String::new()));
                if has_extension(path, "csv") {
                    self.table(entry, bytes);
                }
            }
        }
        self.files = files;
    }

    /// Takes the keys of a JSON file into account, lists as `name[].key`.
    pub fn keys<'k>(&mut self, path: &str, keys: impl IntoIterator<Item = &'k str>) {
        let files = std::mem::take(&mut self.files);
        if let Some(entry) = file(&files, self.command, path) {
            self.met.insert((entry.file, String::new()));
            for key in keys {
                self.column(entry, key);
            }
        } else {
            self.faults.push(format!("{path} is not in the dictionary"));
        }
        self.files = files;
    }

    fn table(&mut self, entry: &FileEntry, bytes: &[u8]) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let mut rows = reader.records().map(|row| row.expect("a table of rows of one width"));
        let header = rows.next().unwrap_or_default();
        let columns: Vec<Option<&ColumnEntry>> = header.iter().map(|name| self.column(entry, name)).collect();
        let place = |name: &str| header.iter().position(|column| column == name);
        let [metric, unit] = ["metric", "unit"].map(place);
        for row in rows {
            for (cell, column) in row.iter().zip(&columns) {
                let Some(column) = column.filter(|column| cell.is_empty() && column.empty.is_empty()) else {
                    continue;
                };
                self.faults.push(format!("{}: {} is empty in {row:?}", entry.file, column.name));
            }
            if let (Some(metric), Some(unit)) = (metric, unit) {
                self.metric(entry, &row[metric], &row[unit]);
            }
        }
    }

    /// The entry of a column, which is noted as met or missing.
    fn column<'e>(&mut self, entry: &'e FileEntry, name: &str) -> Option<&'e ColumnEntry> {
        let is_any = |column: &ColumnEntry| column.name.starts_with('<') && column.name.ends_with('>');
        let known =
            |column: &&ColumnEntry| !is_any(column) || self.parameters.iter().any(|other| other == name);
        let found = entry.column(name).filter(known);
        match found {
            Some(column) => _ = self.met.insert((entry.file, column.name.clone())),
            None => self.faults.push(format!("{}: the column {name} is not in the dictionary", entry.file)),
        }
        found
    }

    fn metric(&mut self, entry: &FileEntry, name: &str, unit: &str) {
        let Some(metric) = entry.metric(name) else {
            self.faults.push(format!("{}: the metric {name} is not in the dictionary", entry.file));
            return;
        };
        let is_bare = unit.is_empty() && ["count", "share", "text"].contains(&metric.unit);
        if unit != metric.unit && !is_bare {
            self.faults.push(format!("{}: {name} is in {unit}, not in {}", entry.file, metric.unit));
        }
        self.met.insert((entry.file, format!("metric {}", metric.name)));
    }

    /// What was met and is not in the dictionary, or not as it says.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Columns and metrics of the dictionary that were not met in any of the files met, and files that were not met.
    #[must_use]
    pub fn never_met(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for entry in self.files.iter().filter(|entry| entry.commands.contains(&self.command)) {
            let is_met = |what: String| self.met.contains(&(entry.file, what));
            if !is_met(String::new()) {
                missing.push(entry.file.to_owned());
                continue;
            }
            let columns = entry.columns.iter().map(|column| column.name.clone());
            let metrics = entry.metrics.iter().map(|metric| format!("metric {}", metric.name));
            missing.extend(
                columns
                    .chain(metrics)
                    .filter(|what| !is_met(what.clone()))
                    .map(|what| format!("{}: {what}", entry.file)),
            );
        }
        missing
    }
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

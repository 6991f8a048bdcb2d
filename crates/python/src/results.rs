//! A folder of results, whoever wrote it.

use crate::fault::{bad_input, io};
use crate::table::Table;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use report::{MANIFEST_FILE, Manifest, OutputFile};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of results, written by the command line or by this package; its tables are read when they are asked for.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Results {
    path: PathBuf,
    manifest: Manifest,
}

impl Results {
    /// The command whose files these are, as the dictionary names it.
    fn command(&self) -> &'static str {
        let has = |file: &str| self.manifest.outputs.iter().any(|output| output.file == file);
        if self.manifest.resolved_sweep.is_some() {
            "sweep"
        } else if has("dispatch.csv") {
            "dispatch"
        } else if has("compare.csv") {
            "compare"
        } else {
            "run"
        }
    }
}

#[pymethods]
impl Results {
    /// Opens a folder of results. Raises `ValueError` if it holds none.
    #[staticmethod]
    pub(crate) fn open(path: PathBuf) -> PyResult<Self> {
        let file = path.join(MANIFEST_FILE);
        let text = fs::read_to_string(&file).map_err(|cause| {
            bad_input(format!(
                "{}: no results here ({MANIFEST_FILE}: {cause}); name a folder that a run or a sweep wrote",
                path.display()
            ))
        })?;
        let manifest = serde_json::from_str(&text)
            .map_err(|cause| bad_input(format!("{}: is no manifest of ours ({cause})", file.display())))?;
        Ok(Self { path, manifest })
    }

    /// Where it is.
    #[getter]
    fn path(&self) -> &Path {
        &self.path
    }

    /// Name of the scenario or the sweep.
    #[getter]
    fn name(&self) -> &str {
        &self.manifest.scenario
    }

    /// The manifest: how the folder came about.
    #[getter]
    fn manifest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = serde_json::to_string(&self.manifest).map_err(crate::fault::broken)?;
        py.import("json")?.call_method1("loads", (text,))
    }

    /// Names of its tables; `results["points"]` is one.
    #[getter]
    fn tables(&self) -> Vec<&str> {
        let files = self.manifest.outputs.iter().map(|output| output.file.as_str());
        files.filter_map(|file| file.strip_suffix(".csv")).filter(|name| !name.contains('/')).collect()
    }

    /// A table by its name.
    fn table(&self, name: &str) -> PyResult<Table> {
        if !self.tables().contains(&name) {
            return Err(PyKeyError::new_err(format!(
                "no table {name}; there are {}",
                self.tables().join(", ")
            )));
        }
        let file = format!("{name}.csv");
        let path = self.path.join(&file);
        let bytes =
            fs::read(&path).map_err(|cause| io(format!("cannot read {} ({cause})", path.display())))?;
        let is_whole =
            |output: &OutputFile| output.file == file && output.sha256 == report::sha256_hex(&bytes);
        if !self.manifest.outputs.iter().any(is_whole) {
            return Err(bad_input(format!(
                "{}: is not what {MANIFEST_FILE} says was written; was it changed or cut? write the folder anew",
                path.display()
            )));
        }
        Table::of_csv(self.command(), &file, &bytes)
    }

    fn __getitem__(&self, name: &str) -> PyResult<Table> {
        self.table(name)
    }

    /// What a reader should know before trusting a number, failed and missing points of a sweep among it.
    #[getter]
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.manifest.warnings.clone()
    }

    /// All files of the folder.
    #[getter]
    fn files(&self) -> Vec<PathBuf> {
        self.manifest.outputs.iter().map(|output| self.path.join(&output.file)).collect()
    }

    fn __repr__(&self) -> String {
        format!(
            "<wattshift.Results {} in {}: {}>",
            self.manifest.scenario,
            self.path.display(),
            self.tables().join(", ")
        )
    }
}

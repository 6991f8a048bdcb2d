//! A checked case of dispatch.

use crate::origin::{OneOrMore, Origin, not_a, settings, to_dict};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A checked case of dispatch: loads, budgets, reserves and prices over a horizon.
///
/// Made with `Case.load` or `Case.from_dict`; never changed, `with_` makes another.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug, Clone)]
pub struct Case {
    pub(crate) origin: Arc<Origin>,
    /// Settings on top, as `path=value`.
    pub(crate) overrides: Vec<String>,
    /// The files behind it, as they were read.
    pub(crate) inputs: report::Inputs,
    pub(crate) checked: Arc<scenario::DispatchCase>,
}

impl Case {
    fn read(origin: Arc<Origin>, overrides: Vec<String>) -> PyResult<Self> {
        let checked = Arc::new(origin.case(&overrides)?);
        let inputs = origin.inputs(&checked.inputs)?;
        Ok(Self { origin, overrides, inputs, checked })
    }

    /// A case, or the file of one.
    pub(crate) fn of(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(case) = value.cast::<Self>() {
            return Ok(case.get().clone());
        }
        match value.extract() {
            Ok(path) => Self::load(path, OneOrMore::none()),
            Err(_) => Err(not_a("Case", value)),
        }
    }
}

#[pymethods]
impl Case {
    /// Reads and checks the file of a case; `set` holds settings on top, as `"path=value"`.
    ///
    /// Raises `ValueError` with every fault in the file.
    #[staticmethod]
    #[pyo3(signature = (path, set=OneOrMore::none()))]
    fn load(path: PathBuf, set: OneOrMore<String>) -> PyResult<Self> {
        Self::read(Arc::new(Origin::of_file(path, "case of dispatch", "see data/scenarios")?), set.into_vec())
    }

    /// Checks a case given as a dictionary of the tables of its file.
    ///
    /// Paths in it count from `folder`. Raises `ValueError` with every fault.
    #[staticmethod]
    #[pyo3(signature = (tables, folder=PathBuf::from("."), set=OneOrMore::none()))]
    fn from_dict(tables: &Bound<'_, PyMapping>, folder: PathBuf, set: OneOrMore<String>) -> PyResult<Self> {
        Self::read(Arc::new(Origin::of_dict(tables, &folder)?), set.into_vec())
    }

    /// The same case with values set, by dotted path; as `Scenario.with_`.
    #[pyo3(signature = (*settings, **values))]
    fn with_(&self, settings: Vec<String>, values: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let settings = self::settings(settings, values)?;
        Self::read(Arc::clone(&self.origin), self.overrides.iter().cloned().chain(settings).collect())
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.checked.name
    }

    /// The file it was read from; None of a dictionary.
    #[getter]
    fn path(&self) -> Option<&Path> {
        self.origin.path()
    }

    /// Settings on top of the file, as `path=value`.
    #[getter]
    fn overrides(&self) -> Vec<String> {
        self.overrides.clone()
    }

    /// Names of its loads.
    #[getter]
    fn loads(&self) -> Vec<&str> {
        self.checked.case.loads.iter().map(|load| load.name.as_str()).collect()
    }

    /// Number of its steps.
    #[getter]
    fn n_steps(&self) -> usize {
        self.checked.case.steps()
    }

    /// What a reader should know before trusting a number.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.checked.warnings.clone()
    }

    /// The case with every default filled in, as TOML.
    #[getter]
    fn resolved(&self) -> &str {
        &self.checked.resolved
    }

    /// The case with every default filled in, as a dictionary.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_dict(py, &self.checked.resolved)
    }

    /// A case is its origin and its settings: another process reads it again.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let this = slf.get();
        this.origin.reduced(slf.py().get_type::<Self>().as_any(), this.overrides.clone())
    }

    fn __repr__(&self) -> String {
        format!("<wattshift.Case {}: {} loads, {} steps>", self.name(), self.loads().len(), self.n_steps())
    }
}

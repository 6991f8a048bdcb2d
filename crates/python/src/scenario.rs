//! A checked scenario.

use crate::fault::broken;
use crate::origin::{OneOrMore, Origin, not_a, settings, to_dict};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A checked scenario: a campus, its markets and the policies to compare.
///
/// Made with `Scenario.load` or `Scenario.from_dict`; never changed, `with_` makes another.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(crate) origin: Arc<Origin>,
    /// Settings on top, as `path=value`.
    pub(crate) overrides: Vec<String>,
    /// The files behind it, as they were read.
    pub(crate) inputs: report::Inputs,
    pub(crate) checked: Arc<scenario::Scenario>,
}

impl Scenario {
    fn read(origin: Arc<Origin>, overrides: Vec<String>) -> PyResult<Self> {
        let checked = Arc::new(origin.scenario(&overrides)?);
        let inputs = origin.inputs(&checked.inputs)?;
        Ok(Self { origin, overrides, inputs, checked })
    }

    /// The same with more settings on top.
    pub(crate) fn under(&self, settings: Vec<String>) -> PyResult<Self> {
        if settings.is_empty() {
            return Ok(self.clone());
        }
        Self::read(Arc::clone(&self.origin), self.overrides.iter().cloned().chain(settings).collect())
    }

    /// Other tables in the place of this one's.
    pub(crate) fn of_tables(&self, tables: &toml::Table) -> PyResult<Self> {
        let text = toml::to_string(tables).map_err(broken)?;
        Self::read(Arc::new(Origin::Text { text, folder: self.origin.folder() }), Vec::new())
    }

    /// A scenario, or the file of one.
    pub(crate) fn of(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(scenario) = value.cast::<Self>() {
            return Ok(scenario.get().clone());
        }
        match value.extract() {
            Ok(path) => Self::load(path, OneOrMore::none()),
            Err(_) => Err(not_a("Scenario", value)),
        }
    }
}

#[pymethods]
impl Scenario {
    /// Reads and checks a scenario file; `set` holds settings on top, as `"path=value"`.
    ///
    /// Raises `ValueError` with every fault in the file.
    #[staticmethod]
    #[pyo3(signature = (path, set=OneOrMore::none()))]
    fn load(path: PathBuf, set: OneOrMore<String>) -> PyResult<Self> {
        Self::read(
            Arc::new(Origin::of_file(path, "scenario file", "write one with `wattshift init`")?),
            set.into_vec(),
        )
    }

    /// Checks a scenario given as a dictionary of the tables of a scenario file.
    ///
    /// Paths in it count from `folder`. Raises `ValueError` with every fault.
    #[staticmethod]
    #[pyo3(signature = (tables, folder=PathBuf::from("."), set=OneOrMore::none()))]
    fn from_dict(tables: &Bound<'_, PyMapping>, folder: PathBuf, set: OneOrMore<String>) -> PyResult<Self> {
        Self::read(Arc::new(Origin::of_dict(tables, &folder)?), set.into_vec())
    }

    /// A scenario to start from, as `wattshift init` writes it.
    #[staticmethod]
    fn template() -> &'static str {
        scenario::template::TEMPLATE
    }

    /// The same scenario with values set, by dotted path.
    ///
    /// `scenario.with_("run.paths=200")`, `scenario.with_(**{"run.paths": 200})` and `scenario.with_(run__paths=200)` are the
    /// same. Raises `ValueError` for a path that is not there or a value that is not allowed.
    #[pyo3(signature = (*settings, **values))]
    fn with_(&self, settings: Vec<String>, values: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        self.under(self::settings(settings, values)?)
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.checked.name
    }

    /// One line on what it is.
    #[getter]
    fn description(&self) -> &str {
        &self.checked.description
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

    /// Names of its policies, all-mining first.
    #[getter]
    fn policies(&self) -> Vec<&str> {
        self.checked.policies.iter().map(|plan| plan.name.as_str()).collect()
    }

    /// Months of the horizon, as `YYYY-MM`.
    #[getter]
    fn months(&self) -> Vec<String> {
        let calendar = &self.checked.market.calendar;
        (0..calendar.n_months()).map(|m| calendar.month(m).to_string()).collect()
    }

    /// What a reader should know before trusting a number.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.checked.warnings.clone()
    }

    /// The scenario with every default filled in, as TOML.
    #[getter]
    fn resolved(&self) -> &str {
        &self.checked.resolved
    }

    /// The scenario with every default filled in, as a dictionary.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_dict(py, &self.checked.resolved)
    }

    /// A scenario is its origin and its settings: another process reads it again.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let this = slf.get();
        this.origin.reduced(slf.py().get_type::<Self>().as_any(), this.overrides.clone())
    }

    fn __repr__(&self) -> String {
        let scenario = &self.checked;
        format!(
            "<wattshift.Scenario {}: {:.0} gross MW, {} to {}, {} policies, {} paths>",
            scenario.name,
            scenario.campus.gross_mw(),
            scenario.market.calendar.month(0),
            scenario.market.calendar.month(scenario.market.calendar.n_months() - 1),
            scenario.policies.len(),
            scenario.run.paths
        )
    }
}

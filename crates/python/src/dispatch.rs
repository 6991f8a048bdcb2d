//! Hourly dispatch of a case, with its certificate.

use crate::case::Case;
use crate::fault::{bad_input, broken, io};
use crate::table::Table;
use crate::work::{Trouble, progress_of, watched};
use dispatch::DispatchError;
use dispatch::study::StudyError;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use report::{Manifest, OutputFolder};
use simulate::{DispatchStudy, study_dispatch};
use std::path::PathBuf;
use std::time::Instant;

/// The optimal dispatch of a case: its value, the bound that certifies it, and tables by step, load and budget.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Dispatch {
    name: String,
    value_usd: f64,
    bound_usd: f64,
    relative_gap: f64,
    text: String,
    warnings: Vec<String>,
    /// Files and their CSV.
    tables: Vec<(&'static str, Vec<u8>)>,
    solve_seconds: f64,
}

/// Dispatches a case, and writes the folder that `wattshift dispatch` writes where `out` names one.
///
/// `case` is a `Case` or the path of a file; `force` overwrites a folder that holds something else. Same bits as the command line. Raises
/// `ValueError` for a case that cannot be run or whose budgets cannot be met. It cannot be stopped half-way: Ctrl-C counts once it has ended.
#[pyfunction(name = "dispatch")]
#[pyo3(signature = (case, *, out=None, force=false, progress=None))]
pub fn dispatch_case(
    py: Python<'_>,
    case: &Bound<'_, PyAny>,
    out: Option<PathBuf>,
    force: bool,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Dispatch> {
    let started = Instant::now();
    let case = Case::of(case)?;
    let read = &case.checked;
    let build_seconds = started.elapsed().as_secs_f64();
    let folder = out.map(|out| OutputFolder::open(&out, &read.name, force)).transpose().map_err(bad_input)?;
    let progress = progress_of(py, progress)?;
    watched(py, progress, Trouble::default(), |watch| {
        watch.begin("dispatching", 0);
        let study = study_dispatch(read).map_err(ended)?;
        if let Some(folder) = folder {
            watch.begin("writing tables and charts", 0);
            write(&study, folder, &case, (build_seconds, started))?;
        }
        Ok(Dispatch {
            name: read.name.clone(),
            value_usd: study.optimum.value_usd,
            bound_usd: study.optimum.certificate.dual_usd,
            relative_gap: study.optimum.certificate.relative_gap,
            text: report::dispatch_report(&study, build_seconds),
            warnings: read.warnings.clone(),
            tables: report::dispatch_tables(&study)
                .into_iter()
                .map(|(file, sheet)| (file, sheet.into_bytes()))
                .collect(),
            solve_seconds: study.solve_seconds,
        })
    })?
}

fn ended(error: StudyError) -> PyErr {
    match error {
        StudyError::Dispatch(DispatchError::Solver { .. })
        | StudyError::Disturbed(DispatchError::Solver { .. }) => broken(error),
        _ => bad_input(error),
    }
}

fn write(
    study: &DispatchStudy<'_>,
    mut folder: OutputFolder,
    case: &Case,
    (build_seconds, started): (f64, Instant),
) -> PyResult<()> {
    report::write_dispatch_tables(study, &mut folder).map_err(io)?;
    report::write_dispatch_charts(study, &mut folder).map_err(io)?;
    let inputs = case.inputs.files.clone();
    let all = started.elapsed().as_secs_f64();
    let manifest = Manifest {
        version: env!("CARGO_PKG_VERSION").into(),
        scenario: study.case.name.clone(),
        resolved_scenario: study.case.resolved.clone(),
        overrides: case.overrides.clone(),
        inputs,
        timings_seconds: vec![
            ("build".into(), build_seconds),
            ("solve".into(), study.solve_seconds),
            ("all".into(), all),
        ],
        warnings: study.case.warnings.clone(),
        ..Manifest::default()
    };
    folder.publish(manifest).map(drop).map_err(io)
}

#[pymethods]
impl Dispatch {
    /// Name of the case.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// Worth of the dispatch over the horizon, USD.
    #[getter]
    fn value_usd(&self) -> f64 {
        self.value_usd
    }

    /// What no dispatch can exceed, USD; recomputed from megawatts and multipliers.
    #[getter]
    fn bound_usd(&self) -> f64 {
        self.bound_usd
    }

    /// Bound less value, over the bound without the fixed-price block or a ten-thousandth of the revenue of all loads running always,
    /// whichever is larger.
    #[getter]
    fn relative_gap(&self) -> f64 {
        self.relative_gap
    }

    /// Seconds of the solvers.
    #[getter]
    fn solve_seconds(&self) -> f64 {
        self.solve_seconds
    }

    /// Names of its tables; `found["dispatch"]` is one.
    #[getter]
    fn tables(&self) -> Vec<&'static str> {
        self.tables.iter().map(|(file, _)| file.strip_suffix(".csv").unwrap_or(file)).collect()
    }

    /// A table by its name, which is that of the CSV file of the command line.
    fn table(&self, name: &str) -> PyResult<Table> {
        let found = self.tables.iter().find(|(file, _)| file.strip_suffix(".csv") == Some(name));
        let Some((file, csv)) = found else {
            return Err(PyKeyError::new_err(format!(
                "no table {name}; there are {}",
                self.tables().join(", ")
            )));
        };
        Table::of_csv("dispatch", file, csv)
    }

    fn __getitem__(&self, name: &str) -> PyResult<Table> {
        self.table(name)
    }

    /// The table `summary` as a dictionary from metric to value.
    #[getter]
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let table = self.table("summary")?;
        let dict = PyDict::new(py);
        let metrics: Vec<String> = table.column(py, "metric")?.extract()?;
        let values: Vec<Bound<'py, PyAny>> = table.column(py, "value")?.extract()?;
        for (metric, value) in metrics.into_iter().zip(values) {
            let number = value.extract::<String>().ok().and_then(|text| text.parse::<f64>().ok());
            match number {
                Some(number) => dict.set_item(metric, number)?,
                None => dict.set_item(metric, value)?,
            }
        }
        Ok(dict)
    }

    /// What a reader should know before trusting a number.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    /// What the command line prints.
    fn text(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!(
            "<wattshift.Dispatch {}: {} USD, at most {:e} below the best>",
            self.name,
            report::numbers::grouped(self.value_usd, 0),
            self.relative_gap
        )
    }
}

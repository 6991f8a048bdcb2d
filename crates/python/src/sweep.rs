//! Sweeps: many scenarios from one, in shards that any process may do.

use crate::fault::{bad_input, io};
use crate::origin::OneOrMore;
use crate::results::Results;
use crate::table::Table;
use crate::work::{Trouble, progress_of, threads_of, watched};
use pyo3::exceptions::{PyOSError, PyUserWarning};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use report::OutputFolder;
use std::ffi::CString;
use std::path::PathBuf;
use std::time::Instant;
use sweep::{FolderError, Merge, PointRecord, Shard, Status, SweepFolder, Worked, work};

/// A checked sweep: its points, and how each becomes a scenario.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Sweep {
    file: PathBuf,
    settings: Vec<String>,
    sweep: sweep::Sweep,
}

/// What the caller can mend is bad input; a disk that fails is not.
pub(crate) fn bad_folder(error: FolderError) -> PyErr {
    match error {
        FolderError::Io { .. } | FolderError::Broken { .. } => PyOSError::new_err(error.to_string()),
        other => bad_input(other),
    }
}

/// Why a point was not kept.
enum Unkept {
    Input(sweep::SweepError),
    Folder(FolderError),
}

impl From<Unkept> for PyErr {
    fn from(unkept: Unkept) -> Self {
        match unkept {
            Unkept::Input(error) => io(error),
            Unkept::Folder(error) => bad_folder(error),
        }
    }
}

#[pymethods]
impl Sweep {
    /// Reads and checks a sweep file; `set` holds settings on its base, as `"path=value"`, `paths` and `seed` stand over them.
    ///
    /// Raises `ValueError` with every fault in the file.
    #[staticmethod]
    #[pyo3(signature = (path, set=OneOrMore::none(), *, paths=None, seed=None))]
    fn load(path: PathBuf, set: OneOrMore<String>, paths: Option<i64>, seed: Option<i64>) -> PyResult<Self> {
        let paths = paths.map(|paths| format!("run.paths={paths}"));
        let seed = seed.map(|seed| format!("run.seed={seed}"));
        let settings: Vec<String> = set.into_vec().into_iter().chain(paths).chain(seed).collect();
        let sweep = sweep::Sweep::load(&path, &settings).map_err(bad_input)?;
        Ok(Self { file: path, settings, sweep })
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.sweep.spec.name
    }

    /// One line on what it is.
    #[getter]
    fn description(&self) -> &str {
        &self.sweep.spec.description
    }

    /// The file it was read from.
    #[getter]
    fn path(&self) -> PathBuf {
        self.file.clone()
    }

    /// Settings on its base, as `path=value`.
    #[getter]
    fn settings(&self) -> Vec<String> {
        self.settings.clone()
    }

    /// Every file that it reads, the sweep file first.
    #[getter]
    fn inputs(&self) -> Vec<PathBuf> {
        self.sweep.input_paths().map(PathBuf::from).collect()
    }

    /// Names of its policies, all-mining first.
    #[getter]
    fn policies(&self) -> Vec<String> {
        self.sweep.spec.policies.clone()
    }

    /// Names of its parameters, in order.
    #[getter]
    fn parameters(&self) -> Vec<String> {
        self.sweep.spec.parameters.iter().map(|parameter| parameter.name.clone()).collect()
    }

    /// Number of its points.
    #[getter]
    fn n_points(&self) -> usize {
        self.sweep.spec.n_points
    }

    /// By which it is known: the SHA-256 of all that its results follow from.
    #[getter]
    fn identity(&self) -> String {
        self.sweep.spec.identity()
    }

    /// What a reader should know before trusting a number.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.sweep.warnings.clone()
    }

    /// Its points: a row each, a column for each parameter.
    fn points(&self) -> PyResult<Table> {
        Table::of_csv("sweep", "points.csv", report::sweep_points_csv(&self.sweep).as_bytes())
    }

    /// Makes `out` the folder of this sweep, or sees that it is. Raises `ValueError` if it holds something else.
    fn begin(&self, out: PathBuf) -> PyResult<()> {
        SweepFolder::open_or_create(&out, &self.sweep.spec).map(drop).map_err(bad_folder)
    }

    /// Does the points of shard `k` of `n` that are not done yet, and keeps each in the folder `out` as it finishes.
    ///
    /// Any process may do any shard; what is done stays done, whatever happens to the process. `retry_failed` does points again that
    /// failed. Returns the numbers of points done now, done before, and failed. Raises `ValueError` if `out` holds something else.
    #[pyo3(signature = (k, n, out, *, threads=0, retry_failed=false, progress=None))]
    #[expect(clippy::too_many_arguments, reason = "they are named where it is called")]
    fn run_shard<'py>(
        &self,
        py: Python<'py>,
        k: i64,
        n: i64,
        out: PathBuf,
        threads: i64,
        retry_failed: bool,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let threads = threads_of(threads)?;
        let shard: Shard = format!("{k}/{n}").parse().map_err(bad_input)?;
        let folder = SweepFolder::open_or_create(&out, &self.sweep.spec).map_err(bad_folder)?;
        let begun = if retry_failed { folder.begin_with_failed(shard) } else { folder.begin(shard) };
        let mut begun = begun.map_err(bad_folder)?;
        let progress = progress_of(py, progress)?;
        let worked = watched(py, progress, Trouble::default(), |watch| -> Result<Worked, Unkept> {
            watch.begin("points", begun.todo.len());
            let keep = |record: &PointRecord| {
                self.sweep.check_inputs().map_err(Unkept::Input)?;
                begun.journal.append(record).map_err(Unkept::Folder)
            };
            work(&begun.todo, threads, &self.sweep, keep, watch)
        })??;
        let dict = PyDict::new(py);
        dict.set_item("n_done_now", worked.n_done)?;
        dict.set_item("n_done_before", begun.n_done)?;
        dict.set_item("n_failed", worked.n_failed + begun.n_failed)?;
        Ok(dict)
    }

    /// Does all points that are not done yet and writes tables and charts, as `wattshift sweep run`; returns the results.
    #[pyo3(signature = (out, *, threads=0, retry_failed=false, progress=None))]
    fn run(
        &self,
        py: Python<'_>,
        out: PathBuf,
        threads: i64,
        retry_failed: bool,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Results> {
        self.run_shard(py, 1, 1, out.clone(), threads, retry_failed, progress)?;
        merge_sweep(py, OneOrMore::One(out), None, false, false)
    }

    /// A sweep is its file and its settings: another process reads it again.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (PathBuf, Vec<String>))> {
        let this = slf.get();
        let load = slf.py().get_type::<Self>().getattr("load")?;
        Ok((load, (std::path::absolute(&this.file)?, this.settings.clone())))
    }

    fn __len__(&self) -> usize {
        self.sweep.spec.n_points
    }

    fn __repr__(&self) -> String {
        format!(
            "<wattshift.Sweep {}: {} points over {}>",
            self.name(),
            self.n_points(),
            self.parameters().join(", ")
        )
    }
}

/// Makes tables and charts of the finished points of a sweep, as `wattshift sweep merge`.
///
/// `folders` are folders of the same sweep; `out` is their only one unless stated. `partial` goes on without points that are not done.
#[pyfunction]
#[pyo3(signature = (folders, out=None, *, partial=false, force=false))]
pub fn merge_sweep(
    py: Python<'_>,
    folders: OneOrMore<PathBuf>,
    out: Option<PathBuf>,
    partial: bool,
    force: bool,
) -> PyResult<Results> {
    let started = Instant::now();
    let folders = folders.into_vec();
    let target = match (out, folders.as_slice()) {
        (Some(out), _) => out,
        (None, [only]) => only.clone(),
        (None, []) => return Err(bad_input("folders is empty; name the folder of a sweep")),
        (None, _) => {
            return Err(bad_input(
                "several folders are merged; name the folder for tables and charts with out",
            ));
        }
    };
    let in_full = |path: &PathBuf| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let into_sweep = folders.iter().any(|folder| in_full(folder) == in_full(&target));
    let merged = py.detach(|| -> PyResult<()> {
        let folders: Vec<SweepFolder> =
            folders.iter().map(|folder| SweepFolder::read(folder)).collect::<Result<_, _>>().map_err(bad_folder)?;
        let merge = Merge::of(&folders).map_err(bad_folder)?;
        let n = merge.spec().n_points;
        if let (Some(first), false) = (merge.missing().next(), partial) {
            let missing = n - merge.n_done();
            return Err(bad_input(format!(
                "{missing} of {n} points are not done, the first of them {first}; run their shards, or set partial to go on without them"
            )));
        }
        if merge.n_done() == 0 {
            return Err(bad_input("no point is done; there is nothing to merge"));
        }
        let mut results =
            OutputFolder::open(&target, &merge.spec().name, into_sweep || force).map_err(bad_input)?;
        report::write_sweep(&merge, &mut results).map_err(io)?;
        let manifest = report::sweep_manifest(&merge, started.elapsed().as_secs_f64());
        results.publish(manifest).map_err(io)?;
        Ok(())
    });
    merged?;
    let results = Results::open(target)?;
    // Failed points are a result, which nobody should overlook.
    for warning in results.warnings() {
        let text = CString::new(warning).unwrap_or_default();
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, 1)?;
    }
    Ok(results)
}

/// How far a sweep is, as `wattshift sweep status --json` prints it.
#[pyfunction]
pub fn sweep_status<'py>(py: Python<'py>, folder: PathBuf) -> PyResult<Bound<'py, PyAny>> {
    let folder = SweepFolder::read(&folder).map_err(bad_folder)?;
    let status = Status::of(&folder).map_err(bad_folder)?;
    let json = report::sweep_status_json(folder.spec(), &status);
    py.import("json")?.call_method1("loads", (json,))
}

/// Points of a sweep's folder that are not done, in order.
#[pyfunction]
pub fn missing_points(folder: PathBuf) -> PyResult<Vec<usize>> {
    let folder = SweepFolder::read(&folder).map_err(bad_folder)?;
    Ok(Merge::of(&[folder]).map_err(bad_folder)?.missing().collect())
}

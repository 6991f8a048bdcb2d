//! Runs: policies compared on common paths.

use crate::fault::{bad_input, broken, io};
use crate::policy::guests;
use crate::scenario::Scenario;
use crate::table::Table;
use crate::work::{Trouble, progress_of, threads_of, watched};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use report::OutputFolder;
use simulate::{Estimate, Guest, Outcomes, RunError, run_with};
use std::path::PathBuf;
use std::time::Instant;

/// What a run found: tables, warnings and the folder that the command line would write.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Run {
    scenario: Scenario,
    run: simulate::Run,
    seconds: f64,
}

/// Compares the policies of a scenario on common random paths.
///
/// `scenario` is a `Scenario` or the path of a file. `paths`, `seed` and `lens` stand over its own; `threads=0` takes one per core, and results
/// do not depend on it. `policies` adds policies written in Python: a dictionary from names to functions or `Policy` objects.
/// `progress` is None for a bar where somebody looks, True for a bar always, False for silence, or a function of stage, done and all.
///
/// Same seed, same bits as `wattshift run`. Ctrl-C stops it. Raises `ValueError` with the messages of the command line.
#[pyfunction]
#[pyo3(signature = (scenario, *, paths=None, seed=None, lens=None, threads=0, policies=None, progress=None))]
#[expect(clippy::too_many_arguments, reason = "they are named where it is called")]
pub fn run(
    py: Python<'_>,
    scenario: &Bound<'_, PyAny>,
    paths: Option<i64>,
    seed: Option<i64>,
    lens: Option<String>,
    threads: i64,
    policies: Option<&Bound<'_, PyMapping>>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Run> {
    let scenario = asked(scenario, paths, seed, lens)?;
    let trouble = Trouble::default();
    let guests = guests(&scenario.checked, policies, &trouble)?;
    start(py, scenario, &guests, trouble, threads, progress)
}

/// Computes the best plan of a scenario and bounds the best possible value from both sides.
///
/// The plan is the scenario's first policy of kind `dp`, and it runs against all-mining alone; `Run.bound` has the bound, the table `trigger_map`
/// when to convert. Arguments are those of `run`. Raises `ValueError` where the scenario has no policy of kind `dp`.
#[pyfunction]
#[pyo3(signature = (scenario, *, paths=None, seed=None, lens=None, threads=0, progress=None))]
pub fn optimize(
    py: Python<'_>,
    scenario: &Bound<'_, PyAny>,
    paths: Option<i64>,
    seed: Option<i64>,
    lens: Option<String>,
    threads: i64,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Run> {
    let scenario = alone_with_plan(&asked(scenario, paths, seed, lens)?)?;
    start(py, scenario, &[], Trouble::default(), threads, progress)
}

/// The scenario with its first computed plan and all-mining alone, as a text of its own: what a folder says of it is then true.
fn alone_with_plan(scenario: &Scenario) -> PyResult<Scenario> {
    let mut tables: toml::Table = scenario.checked.resolved.parse().map_err(broken)?;
    let kind = |policy: &toml::Value| policy.get("kind").and_then(toml::Value::as_str).map(str::to_owned);
    let policies = tables.get_mut("policies").and_then(toml::Value::as_array_mut);
    let plan =
        policies.as_ref().and_then(|all| all.iter().position(|policy| kind(policy).as_deref() == Some("dp")));
    let (Some(policies), Some(plan)) = (policies, plan) else {
        return Err(bad_input(format!(
            "{}: has no policy of kind dp to compute; add [[policies]] with kind = \"dp\"",
            scenario.checked.name
        )));
    };
    let plan = policies.swap_remove(plan);
    policies.retain(|policy| kind(policy).as_deref() == Some("all-mining"));
    policies.push(plan);
    scenario.of_tables(&tables)
}

fn asked(
    scenario: &Bound<'_, PyAny>,
    paths: Option<i64>,
    seed: Option<i64>,
    lens: Option<String>,
) -> PyResult<Scenario> {
    let paths = paths.map(|paths| format!("run.paths={paths}"));
    let seed = seed.map(|seed| format!("run.seed={seed}"));
    let lens = lens.map(|lens| format!("run.lens={lens}"));
    Scenario::of(scenario)?.under([paths, seed, lens].into_iter().flatten().collect())
}

fn start(
    py: Python<'_>,
    scenario: Scenario,
    guests: &[Guest],
    trouble: Trouble,
    threads: i64,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Run> {
    let started = Instant::now();
    let threads = threads_of(threads)?;
    let progress = progress_of(py, progress)?;
    let checked = &scenario.checked;
    let found = watched(py, progress, trouble, |watch| run_with(checked, guests, threads, watch))?;
    let run = found.map_err(|error| match error {
        RunError::Dp(_) | RunError::Threads { .. } | RunError::NameTaken { .. } => bad_input(error),
        other => broken(other),
    })?;
    Ok(Run { scenario, run, seconds: started.elapsed().as_secs_f64() })
}

impl Run {
    fn outcomes(&self) -> &Outcomes {
        &self.run.outcomes
    }
}

#[pymethods]
impl Run {
    /// The scenario that was run.
    #[getter]
    fn scenario(&self) -> Scenario {
        self.scenario.clone()
    }

    /// Names of its tables; `run["summary"]` is one.
    #[getter]
    fn tables(&self) -> Vec<&'static str> {
        report::tables_of(self.outcomes()).into_iter().map(|(file, _)| name_of(file)).collect()
    }

    /// A table by its name, which is that of the CSV file of the command line.
    fn table(&self, name: &str) -> PyResult<Table> {
        let tables = report::tables_of(self.outcomes());
        let found = tables.into_iter().find(|(file, _)| name_of(file) == name);
        let Some((file, table)) = found else {
            return Err(PyKeyError::new_err(format!(
                "no table {name}; there are {}",
                self.tables().join(", ")
            )));
        };
        Table::of_csv("run", file, &table(self.outcomes()).into_bytes())
    }

    fn __getitem__(&self, name: &str) -> PyResult<Table> {
        self.table(name)
    }

    /// One row for each policy: value with its error, quantiles, capex, rates of return.
    #[getter]
    fn summary(&self) -> PyResult<Table> {
        self.table("summary")
    }

    /// The policy of the highest mean NPV.
    #[getter]
    fn best(&self) -> &str {
        let outcomes = self.outcomes();
        &outcomes.policies[outcomes.best_place()].name
    }

    /// Mean NPV of each policy, USD.
    #[getter]
    fn npv_usd<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for policy in &self.outcomes().policies {
            dict.set_item(&policy.name, policy.npv_usd.mean())?;
        }
        Ok(dict)
    }

    /// The two-sided bound on the best possible value over all-mining within the planning model, USD; None where no policy asks for it.
    ///
    /// `lower`, `upper` and `gap` with their standard errors, `gap_limit` (the gap is at most this with 95 % confidence), the policy behind the
    /// lower side and the number of paths.
    #[getter]
    fn bound<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(race) = &self.outcomes().plan_race else { return Ok(None) };
        let dict = PyDict::new(py);
        dict.set_item("policy", &race.policy)?;
        dict.set_item("n_paths", race.n_paths)?;
        let estimates: [(&str, Estimate); 4] = [
            ("lower", race.lower_usd),
            ("upper", race.upper_usd),
            ("gap", race.gap_usd),
            ("foresight", race.foresight_usd),
        ];
        for (name, estimate) in estimates {
            dict.set_item(format!("{name}_usd"), estimate.mean)?;
            dict.set_item(format!("se_{name}_usd"), estimate.standard_error)?;
        }
        dict.set_item("gap_limit_usd", race.gap_limit_usd())?;
        Ok(Some(dict))
    }

    /// Number of paths simulated.
    #[getter]
    fn n_paths(&self) -> usize {
        self.outcomes().n_paths
    }

    /// What a reader should know before trusting a number.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.outcomes().warnings.clone()
    }

    /// Wall seconds of each stage.
    #[getter]
    fn timings_seconds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (stage, seconds) in &self.run.timings {
            dict.set_item(stage, seconds)?;
        }
        dict.set_item("all", self.seconds)?;
        Ok(dict)
    }

    /// The comparison as the command line prints it.
    fn text(&self) -> String {
        report::comparison(self.outcomes())
    }

    /// Writes the folder that `wattshift run` writes: tables, charts, the page and the workbook; returns the names of the files.
    ///
    /// `force` overwrites a folder that holds something else. Raises `ValueError` for a folder that may not be replaced.
    #[pyo3(signature = (out, *, force=false, progress=None))]
    fn write(
        &self,
        py: Python<'_>,
        out: PathBuf,
        force: bool,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<String>> {
        let started = Instant::now();
        let scenario = &self.scenario.checked;
        let mut folder = OutputFolder::open(&out, &scenario.name, force).map_err(bad_input)?;
        let mut manifest =
            report::run_manifest(scenario, &self.scenario.overrides, self.scenario.inputs.clone(), &self.run);
        let progress = progress_of(py, progress)?;
        let written = watched(py, progress, Trouble::default(), |watch| {
            report::write_run(self.outcomes(), &manifest, &mut folder, |stage| watch.begin(stage, 0))
        })?;
        manifest.timings_seconds.clone_from(&self.run.timings);
        manifest.timings_seconds.extend(written.map_err(io)?);
        let all = self.seconds + started.elapsed().as_secs_f64();
        manifest.timings_seconds.push(("all".into(), all));
        folder.publish(manifest).map_err(io)
    }

    /// The summary, as notebooks show it.
    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        self.summary()?._repr_html_(py)
    }

    fn __repr__(&self) -> String {
        let outcomes = self.outcomes();
        format!(
            "<wattshift.Run {}: {} policies on {} paths, best {}>",
            outcomes.scenario,
            outcomes.policies.len(),
            outcomes.n_paths,
            self.best()
        )
    }
}

fn name_of(file: &str) -> &str {
    file.strip_suffix(".csv").unwrap_or(file)
}

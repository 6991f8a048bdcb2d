//! A policy written in Python.

use crate::fault::bad_input;
use crate::openings::Openings;
use crate::work::Trouble;
use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use optimizer::{FunctionRule, FunctionTerms};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use simulate::Guest;
use site::AiForm;
use std::sync::Arc;

/// A policy that a function decides.
///
/// Once a month the function is given the `Openings` of up to 64 paths on which a hall could be started, and returns how many halls to start
/// on each: a NumPy array or a list, or one number for all. Numbers are rounded down and held within what can be started. It must depend on
/// what it is given alone: the order in which paths come is not fixed.
///
/// `form` is `"hosting"` or `"own-gpus"`; after `max_gross_mw` it stops.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Policy {
    /// The function.
    #[pyo3(get)]
    function: Py<PyAny>,
    /// What it starts: `hosting` or `own-gpus`.
    #[pyo3(get)]
    form: String,
    /// Gross MW after which it stops; None for no limit.
    #[pyo3(get)]
    max_gross_mw: Option<f64>,
    /// One line on what it is; None where the function says it.
    #[pyo3(get)]
    description: Option<String>,
}

#[pymethods]
impl Policy {
    #[new]
    #[pyo3(
        signature = (function, *, form="hosting".to_owned(), max_gross_mw=None, description=None),
        text_signature = "(function, *, form='hosting', max_gross_mw=None, description=None)"
    )]
    fn new(
        function: Bound<'_, PyAny>,
        form: String,
        max_gross_mw: Option<f64>,
        description: Option<String>,
    ) -> PyResult<Self> {
        if !function.is_callable() {
            return Err(bad_input(format!("a policy is a function, and {function} cannot be called")));
        }
        parse_form(&form)?;
        if let Some(mw) = max_gross_mw.filter(|mw| mw.is_nan() || *mw <= 0.0) {
            return Err(bad_input(format!("max_gross_mw is {mw}; allowed is more than 0")));
        }
        Ok(Self { function: function.unbind(), form, max_gross_mw, description })
    }
}

fn parse_form(text: &str) -> PyResult<AiForm> {
    match text {
        "hosting" => Ok(AiForm::Hosting),
        "own-gpus" => Ok(AiForm::OwnGpus),
        _ => Err(bad_input(format!("form is `{text}`; allowed are hosting and own-gpus"))),
    }
}

/// The policies of a dictionary from names to functions or [`Policy`] objects; what they raise goes to `trouble`.
pub(crate) fn guests(
    scenario: &scenario::Scenario,
    policies: Option<&Bound<'_, PyMapping>>,
    trouble: &Trouble,
) -> PyResult<Vec<Guest>> {
    let Some(policies) = policies else { return Ok(Vec::new()) };
    let mut guests = Vec::new();
    for pair in policies.items()?.try_iter()? {
        let (name, policy): (String, Bound<'_, PyAny>) = pair?.extract()?;
        let policy = match policy.cast_into::<Policy>() {
            Ok(policy) => policy,
            Err(error) => {
                Bound::new(policies.py(), Policy::new(error.into_inner(), "hosting".into(), None, None)?)?
            }
        };
        guests.push(guest(scenario, name, policy.get(), policies.py(), trouble)?);
    }
    Ok(guests)
}

fn guest(
    scenario: &scenario::Scenario,
    name: String,
    policy: &Policy,
    py: Python<'_>,
    trouble: &Trouble,
) -> PyResult<Guest> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 40 || !name.chars().all(is_plain) {
        return Err(bad_input(format!(
            "policy name is `{name}`; allowed are up to 40 letters, digits, - and _"
        )));
    }
    let form = parse_form(&policy.form)?;
    if form == AiForm::OwnGpus && scenario.campus.gpus.is_none() {
        return Err(bad_input(format!("policy {name}: form is own-gpus; allowed only with a table [gpus]")));
    }
    let calendar = &scenario.market.calendar;
    let terms = FunctionTerms {
        form,
        max_gross_mw: policy.max_gross_mw.unwrap_or(f64::INFINITY),
        first_month: calendar.month(0),
        n_months: calendar.n_months() as u32,
    };
    let description = match &policy.description {
        Some(description) => description.clone(),
        None => described(policy.function.bind(py)),
    };
    let (function, trouble) = (policy.function.clone_ref(py), trouble.clone());
    let asked = name.clone();
    let halls = move |openings: &optimizer::Openings| {
        let nothing = || vec![0.0; openings.n_paths()];
        if trouble.stops() {
            return nothing();
        }
        Python::attach(|py| ask(py, &asked, &function, openings.clone())).unwrap_or_else(|error| {
            trouble.raise(error);
            nothing()
        })
    };
    Ok(Guest { name, description, policy: Arc::new(FunctionRule::new(terms, Box::new(halls))) })
}

/// What a function is, in a line: the first of its documentation, or its name. Of other objects that can be called, their class.
fn described(function: &Bound<'_, PyAny>) -> String {
    let text = |attribute: &str| function.getattr(attribute).ok()?.extract::<String>().ok();
    if !function.hasattr("__code__").unwrap_or(false) {
        return function
            .get_type()
            .qualname()
            .map_or_else(|_| "a function".into(), |name| format!("a {name}"));
    }
    let first = |text: String| text.trim().lines().next().map(str::to_owned).filter(|line| !line.is_empty());
    let named = || text("__name__").map(|name| format!("function {name}"));
    text("__doc__").and_then(first).or_else(named).unwrap_or_else(|| "a function".into())
}

/// Halls on each path, as the function has it.
fn ask(
    py: Python<'_>,
    name: &str,
    function: &Py<PyAny>,
    openings: optimizer::Openings,
) -> PyResult<Vec<f64>> {
    let n_paths = openings.n_paths();
    let answer = function.call1(py, (Openings(openings),))?;
    let kind = PyDict::new(py);
    kind.set_item("dtype", "float64")?;
    let array = py.import("numpy")?.call_method("asarray", (&answer,), Some(&kind)).map_err(|cause| {
        let told = bad_input(format!(
            "policy {name} returned {}, which is not a number for each path",
            answer.bind(py)
        ));
        told.set_cause(py, Some(cause));
        told
    })?;
    let array = array.cast_into::<PyArrayDyn<f64>>()?;
    match array.shape() {
        [] => Ok(vec![array.to_vec()?[0]; n_paths]),
        // A view of another array may lie in it with gaps, or the other way round.
        [n] if *n == n_paths => Ok(array.readonly().as_array().iter().copied().collect()),
        shape => Err(bad_input(format!(
            "policy {name} returned an array of shape {shape:?} for {n_paths} paths; return one number for each, or one for all"
        ))),
    }
}

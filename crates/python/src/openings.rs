//! What a policy written in Python sees.

use numpy::PyArray1;
use optimizer::known_names;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;

/// What is known at the opening of a month on several paths at once.
///
/// Each name that a rule in a scenario may use, such as `offer_rent_usd_per_kw_month`, is an attribute: a NumPy array with a value for each
/// path, NaN where it has none yet. `len()` is the number of paths.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Openings(pub(crate) optimizer::Openings);

#[pymethods]
impl Openings {
    /// The names that it has.
    #[staticmethod]
    fn names() -> Vec<&'static str> {
        known_names().to_vec()
    }

    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
        match self.0.column(name) {
            Some(values) => Ok(PyArray1::from_slice(py, values)),
            None => {
                let names = known_names().join(", ");
                Err(PyAttributeError::new_err(format!(
                    "nothing named {name} is known at an opening; there are {names}"
                )))
            }
        }
    }

    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
        self.__getattr__(py, name)
    }

    fn __dir__(&self) -> Vec<&'static str> {
        Self::names()
    }

    fn __len__(&self) -> usize {
        self.0.n_paths()
    }

    fn __repr__(&self) -> String {
        format!("<wattshift.Openings of {} paths>", self.0.n_paths())
    }
}

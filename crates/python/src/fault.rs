//! Faults of the engine as exceptions of Python, with the messages of the command line.

use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use std::fmt::Display;

/// What the caller can mend: a scenario, an argument, a place to write to.
pub(crate) fn bad_input(fault: impl Display) -> PyErr {
    let text = fault.to_string();
    PyValueError::new_err(text.strip_prefix("error: ").unwrap_or(&text).trim_end().to_owned())
}

/// What the disk or the network did.
pub(crate) fn io(fault: impl Display) -> PyErr {
    PyOSError::new_err(fault.to_string())
}

/// What should not happen: a bug.
pub(crate) fn broken(fault: impl Display) -> PyErr {
    PyRuntimeError::new_err(format!("{fault}; please report it"))
}

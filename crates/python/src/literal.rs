//! Values of Python as TOML, the language of scenario files, and back.

use crate::fault::bad_input;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString};
use toml::Value;
use toml::map::Map;

/// Tables and lists within each other; beyond it a value holds itself.
const MOST_DEEP: usize = 64;

/// A value as TOML; `place` names it in a fault.
pub(crate) fn to_toml(value: &Bound<'_, PyAny>, place: &str) -> PyResult<Value> {
    within(value, place, 0)
}

fn within(value: &Bound<'_, PyAny>, place: &str, depth: usize) -> PyResult<Value> {
    if depth > MOST_DEEP {
        let first = place.split(['.', '[']).next().unwrap_or_default();
        return Err(bad_input(format!(
            "{first}: more than {MOST_DEEP} tables and lists within each other; does it hold itself?"
        )));
    }
    // Numbers and arrays of NumPy as those of Python.
    if value.hasattr("tolist")? && value.hasattr("dtype")? {
        return within(&value.call_method0("tolist")?, place, depth + 1);
    }
    if value.is_instance_of::<PyBool>() {
        return Ok(Value::Boolean(value.extract()?));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_str()?.to_owned()));
    }
    if value.is_instance_of::<PyInt>() || value.hasattr("__index__")? {
        return value
            .extract()
            .map(Value::Integer)
            .map_err(|_| bad_input(format!("{place}: {value} is beyond whole numbers of 64 bits")));
    }
    if value.is_instance_of::<PyFloat>() || value.hasattr("__float__")? {
        return Ok(Value::Float(value.extract()?));
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return table_within(mapping, place, depth).map(Value::Table);
    }
    if let Ok(sequence) = value.cast::<PySequence>() {
        let item = |n: usize| within(&sequence.get_item(n)?, &format!("{place}[{n}]"), depth + 1);
        return (0..sequence.len()?).map(item).collect::<PyResult<_>>().map(Value::Array);
    }
    let kind = value.get_type().qualname()?;
    Err(bad_input(format!(
        "{place} is a {kind}; allowed are numbers, text, True and False, lists and dictionaries of them"
    )))
}

/// A dictionary as a table.
pub(crate) fn table(mapping: &Bound<'_, PyMapping>, place: &str) -> PyResult<Map<String, Value>> {
    table_within(mapping, place, 0)
}

fn table_within(mapping: &Bound<'_, PyMapping>, place: &str, depth: usize) -> PyResult<Map<String, Value>> {
    let mut table = Map::new();
    for pair in mapping.items()?.try_iter()? {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
        let Ok(key) = key.extract::<String>() else {
            return Err(bad_input(format!("{place} has the key {key}; keys are text")));
        };
        let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
        table.insert(key, within(&value, &place, depth + 1)?);
    }
    Ok(table)
}

/// A setting as the command line takes it: `path=value`.
pub(crate) fn setting(path: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(format!("{path}={}", to_toml(value, path)?))
}

/// TOML as values of Python.
pub(crate) fn from_toml<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Boolean(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Value::Integer(whole) => whole.into_pyobject(py)?.into_any(),
        Value::Float(number) => PyFloat::new(py, *number).into_any(),
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Datetime(time) => PyString::new(py, &time.to_string()).into_any(),
        Value::Array(items) => {
            let items = items.iter().map(|item| from_toml(py, item)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any()
        }
        Value::Table(table) => {
            let dict = PyDict::new(py);
            for (key, value) in table {
                dict.set_item(key, from_toml(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

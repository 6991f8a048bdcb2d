//! A table of results: typed columns with their units, handed on through the C stream of Arrow.

use crate::fault::{bad_input, broken};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, StringArray,
};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{DataType, Field, Schema};
use numpy::PyArray1;
use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyIterator, PyTuple};
use report::typed::{TypedColumn, Values};
use std::collections::HashMap;
use std::sync::Arc;

/// A table of results, which pandas, Polars, DuckDB and PyArrow take as it is, through the PyCapsule interface of Arrow.
///
/// Columns have the names and the numbers of the CSV files of the command line, typed: an empty cell is null. The metadata of each
/// column in Arrow says its `unit` and `meaning`.
#[pyclass(frozen, module = "wattshift")]
#[derive(Debug)]
pub struct Table {
    name: String,
    batch: RecordBatch,
}

impl Table {
    /// The columns of a CSV that `command` writes as `file`.
    pub(crate) fn of_csv(command: &str, file: &str, csv: &[u8]) -> PyResult<Self> {
        let columns = report::typed::typed(command, file, csv).map_err(bad_input)?;
        Self::of(file.strip_suffix(".csv").unwrap_or(file), columns)
    }

    pub(crate) fn of(name: &str, columns: Vec<TypedColumn>) -> PyResult<Self> {
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().map(arrow_column).unzip();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(broken)?;
        Ok(Self { name: name.to_owned(), batch })
    }

    fn place(&self, column: &str) -> PyResult<usize> {
        self.batch.schema_ref().index_of(column).map_err(|_| {
            PyKeyError::new_err(format!(
                "table {} has no column {column}; it has {}",
                self.name,
                self.column_names().join(", ")
            ))
        })
    }
}

fn arrow_column(column: TypedColumn) -> (Field, ArrayRef) {
    let array: ArrayRef = match column.values {
        Values::Whole(cells) => Arc::new(Int64Array::from(cells)),
        Values::Number(cells) => Arc::new(Float64Array::from(cells)),
        Values::Text(cells) => Arc::new(StringArray::from(cells)),
        Values::Flag(cells) => Arc::new(BooleanArray::from(cells)),
    };
    let said = [("unit", column.unit.to_owned()), ("meaning", column.meaning)];
    let said: HashMap<String, String> = said
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(key, text)| (key.to_owned(), text))
        .collect();
    (Field::new(column.name, array.data_type().clone(), true).with_metadata(said), array)
}

#[pymethods]
impl Table {
    /// Its name, as of the CSV file without the ending.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// Names of its columns, in order.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// Unit of each column, as the data dictionary has it.
    #[getter]
    fn units<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for field in self.batch.schema_ref().fields() {
            dict.set_item(field.name(), field.metadata().get("unit").map_or("", String::as_str))?;
        }
        Ok(dict)
    }

    /// A column as a NumPy array (numbers, where null is NaN) or a list (text and flags, where null is None).
    pub(crate) fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let array = self.batch.column(self.place(name)?).as_ref();
        match array.data_type() {
            DataType::Float64 => {
                let cells = cells_of::<Float64Array>(array)?;
                Ok(PyArray1::from_iter(py, cells.iter().map(|cell| cell.unwrap_or(f64::NAN))).into_any())
            }
            DataType::Int64 if array.null_count() == 0 => {
                Ok(PyArray1::from_slice(py, cells_of::<Int64Array>(array)?.values()).into_any())
            }
            DataType::Int64 => {
                let cells = cells_of::<Int64Array>(array)?;
                Ok(PyArray1::from_iter(
                    py,
                    cells.iter().map(|cell| cell.map_or(f64::NAN, |whole| whole as f64)),
                )
                .into_any())
            }
            DataType::Boolean => cells_of::<BooleanArray>(array)?
                .iter()
                .collect::<Vec<_>>()
                .into_pyobject(py)
                .map_err(Into::into),
            _ => cells_of::<StringArray>(array)?
                .iter()
                .collect::<Vec<_>>()
                .into_pyobject(py)
                .map_err(Into::into),
        }
    }

    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.column(py, name)
    }

    /// All columns, as `column` gives them.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for name in self.column_names() {
            dict.set_item(&name, self.column(py, &name)?)?;
        }
        Ok(dict)
    }

    /// The table as a data frame of pandas, which has to be installed.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let frame = py.import("pandas")?.getattr("DataFrame")?;
        if frame.hasattr("from_arrow")? {
            return frame.call_method1("from_arrow", (slf,));
        }
        match py.import("pyarrow") {
            Ok(pyarrow) => pyarrow.call_method1("table", (slf,))?.call_method0("to_pandas"),
            // Without Arrow's own package, by way of NumPy.
            Err(_) => frame.call1((slf.get().to_dict(py)?,)),
        }
    }

    /// The table as a data frame of Polars, which has to be installed.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.getattr("DataFrame")?.call1((slf,))
    }

    /// The C stream of Arrow; consumers call this.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A consumer may ask for other types; the interface lets a producer give its own.
        drop(requested_schema);
        let batches = RecordBatchIterator::new([Ok(self.batch.clone())], self.batch.schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), c"arrow_array_stream")
    }

    /// The C schema of Arrow; consumers call this.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.batch.schema_ref().as_ref()).map_err(broken)?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    /// Refuses to be one array, which a table of text and numbers is not; without this pandas would take the names for the data.
    #[pyo3(signature = (*_arguments, **_named))]
    fn __array__(&self, _arguments: &Bound<'_, PyTuple>, _named: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a wattshift.Table is no array; take a column, or to_pandas() for a data frame",
        ))
    }

    /// Its columns, by name.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.column_names().into_pyobject(py)?.try_iter()
    }

    fn __contains__(&self, name: &str) -> bool {
        self.batch.schema_ref().index_of(name).is_ok()
    }

    /// The first rows, as notebooks show them.
    pub(crate) fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let names = self.column_names();
        let columns = names.iter().map(|name| self.column(py, name)).collect::<PyResult<Vec<_>>>()?;
        let units = self.batch.schema_ref().fields();
        let head = units.iter().map(|field| {
            let unit = field.metadata().get("unit").map_or("", String::as_str);
            format!("<th>{}<br><small>{}</small></th>", escaped(field.name()), escaped(unit))
        });
        let mut html = format!("<table><thead><tr>{}</tr></thead><tbody>", head.collect::<String>());
        for row in 0..self.batch.num_rows().min(SHOWN_ROWS) {
            let cell = |column: &Bound<'_, PyAny>| {
                Ok(format!("<td>{}</td>", escaped(&shown(&column.get_item(row)?)?)))
            };
            let cells = columns.iter().map(cell).collect::<PyResult<String>>()?;
            html += &format!("<tr>{cells}</tr>");
        }
        Ok(format!("{html}</tbody></table><p>{}: {} rows</p>", escaped(&self.name), self.batch.num_rows()))
    }

    fn __repr__(&self) -> String {
        format!(
            "<wattshift.Table {}: {} rows, {}>",
            self.name,
            self.batch.num_rows(),
            self.column_names().join(", ")
        )
    }
}

/// Rows that a notebook is shown.
const SHOWN_ROWS: usize = 20;

/// A cell for people: what is not defined is empty.
fn shown(cell: &Bound<'_, PyAny>) -> PyResult<String> {
    if cell.is_none() {
        return Ok(String::new());
    }
    match cell.extract::<f64>() {
        Ok(number) if number.is_nan() => Ok(String::new()),
        Ok(number) if number.abs() >= 1e4 => Ok(report::numbers::grouped(number, 0)),
        _ => Ok(cell.str()?.to_string()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn cells_of<A: Array + 'static>(array: &dyn Array) -> PyResult<&A> {
    array.as_any().downcast_ref().ok_or_else(|| broken("a column is not of its own type"))
}

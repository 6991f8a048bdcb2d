//! Where a scenario or a case comes from: a file, or a dictionary as the text of one.

use crate::fault::{bad_input, broken, io};
use crate::literal;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use report::TEXT;
use scenario::{DispatchCase, InputFile, Scenario, document};
use std::path::{Path, PathBuf};

/// A file, or the text of one.
///
/// The text is read once: what is done to a file later is none of an object's that was made of it.
#[derive(Debug)]
pub(crate) enum Origin {
    /// A file.
    File {
        /// Its path as given.
        path: PathBuf,
        /// Its text.
        text: String,
        /// The folder that it lies in, in full.
        folder: PathBuf,
    },
    /// A dictionary, as text in a folder.
    Text {
        /// The text.
        text: String,
        /// The folder that its paths count from.
        folder: PathBuf,
    },
}

impl Origin {
    /// A file; `kind` is what it should be, and `or` how else to get one.
    pub(crate) fn of_file(path: PathBuf, kind: &str, or: &str) -> PyResult<Self> {
        let text = document::text_of(&path, kind, or).map_err(bad_input)?;
        let folder = absolute(path.parent().unwrap_or(Path::new("")))?;
        Ok(Self::File { path, text, folder })
    }

    /// The tables of a dictionary.
    pub(crate) fn of_dict(tables: &Bound<'_, PyMapping>, folder: &Path) -> PyResult<Self> {
        let text = toml::to_string(&literal::table(tables, "")?).map_err(bad_input)?;
        Ok(Self::Text { text, folder: absolute(folder)? })
    }

    /// Its file, if it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Text { .. } => None,
        }
    }

    /// The folder that paths in it count from.
    pub(crate) fn folder(&self) -> PathBuf {
        match self {
            Self::File { folder, .. } | Self::Text { folder, .. } => folder.clone(),
        }
    }

    pub(crate) fn scenario(&self, overrides: &[String]) -> PyResult<Scenario> {
        match self {
            Self::File { path, text, folder } => {
                Scenario::parse(&path.display().to_string(), text, folder, overrides)
            }
            Self::Text { text, folder } => Scenario::parse(TEXT, text, folder, overrides),
        }
        .map_err(bad_input)
    }

    pub(crate) fn case(&self, overrides: &[String]) -> PyResult<DispatchCase> {
        match self {
            Self::File { path, text, folder } => {
                DispatchCase::parse(&path.display().to_string(), text, folder, overrides)
            }
            Self::Text { text, folder } => DispatchCase::parse(TEXT, text, folder, overrides),
        }
        .map_err(bad_input)
    }

    /// The files behind it, for a manifest.
    pub(crate) fn inputs(&self, named: &[InputFile]) -> PyResult<report::Inputs> {
        match self {
            Self::File { path, text, .. } => {
                report::Inputs::of_text(&path.display().to_string(), text, named)
            }
            Self::Text { text, .. } => report::Inputs::of_text(TEXT, text, named),
        }
        .map_err(io)
    }

    /// How another process makes an object of `class` from it: a function and its arguments.
    pub(crate) fn reduced<'py>(
        &self,
        class: &Bound<'py, PyAny>,
        overrides: Vec<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = class.py();
        match self {
            Self::File { path, folder, .. } => {
                let path = folder.join(path.file_name().unwrap_or_default());
                (class.getattr("load")?, (path, overrides)).into_pyobject(py)
            }
            Self::Text { text, folder } => {
                let tables = literal::from_toml(py, &toml::Value::Table(text.parse().map_err(broken)?))?;
                let arguments = (tables, folder, overrides);
                (class.getattr("from_dict")?, arguments).into_pyobject(py)
            }
        }
        .map(Bound::into_any)
    }
}

/// One thing or a list of them.
#[derive(FromPyObject)]
pub(crate) enum OneOrMore<T> {
    /// One.
    One(T),
    /// A list.
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    /// Nothing.
    pub(crate) fn none() -> Self {
        Self::More(Vec::new())
    }

    /// Them all.
    pub(crate) fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::More(more) => more,
        }
    }
}

/// Something that is neither an object of ours nor the path of a file.
pub(crate) fn not_a(kind: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let found = value.get_type().qualname().map_or_else(|_| "that".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("a {found} came; wanted is a wattshift.{kind} or the path of a file"))
}

/// A folder in full; the current one has no name.
fn absolute(folder: &Path) -> PyResult<PathBuf> {
    let named = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    std::path::absolute(named).map_err(io)
}

/// Settings from text, `"run.paths=200"`, and from names, `run__paths=200`.
pub(crate) fn settings(texts: Vec<String>, named: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<String>> {
    let mut settings = texts;
    for (key, value) in named.into_iter().flatten() {
        let path = key.extract::<String>()?.replace("__", ".");
        settings.push(literal::setting(&path, &value)?);
    }
    Ok(settings)
}

/// A resolved text as a dictionary.
pub(crate) fn to_dict<'py>(py: Python<'py>, resolved: &str) -> PyResult<Bound<'py, PyAny>> {
    literal::from_toml(py, &toml::Value::Table(resolved.parse().map_err(broken)?))
}

//! Parquet: a table of typed columns, written one group of rows after the other.
//!
//! A file holds its schema, so that a reader needs no guess at types: whole numbers are `INT64`, numbers are `DOUBLE` or null,
//! text is UTF-8 behind a dictionary, flags are `BOOLEAN`. Every byte follows from the rows: equal tables are equal files.
//! Source: the Apache Parquet format, version 1 of its pages. Present in builds with the feature `parquet`, see [`IS_COMPILED`].

#[cfg_attr(not(feature = "parquet"), path = "parquet/absent.rs")]
mod engine;

use std::io::Write;
use thiserror::Error;

/// Whether this build can write Parquet: whether it has the feature `parquet`.
pub const IS_COMPILED: bool = cfg!(feature = "parquet");

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Whole,
    /// Numbers, or null where there is none.
    Number,
    /// Text.
    Text,
    /// True or false.
    Flag,
}

/// A column's name and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

impl Field {
    /// A column of this name and kind.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind }
    }
}

/// The values of a column in a group of rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Numbers; what is not finite is written as null.
    Number(Vec<Option<f64>>),
    /// Text.
    Text(Vec<String>),
    /// True or false.
    Flag(Vec<bool>),
}

impl Column {
    /// An empty column of a kind.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Whole => Self::Whole(Vec::new()),
            Kind::Number => Self::Number(Vec::new()),
            Kind::Text => Self::Text(Vec::new()),
            Kind::Flag => Self::Flag(Vec::new()),
        }
    }

    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Whole(_) => Kind::Whole,
            Self::Number(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
            Self::Flag(_) => Kind::Flag,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Whole(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Flag(values) => values.len(),
        }
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why a Parquet file was not written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ParquetError {
    /// The build cannot.
    #[error("this build writes no Parquet; build with the feature `parquet`, or use the CSV")]
    NotCompiled,
    /// Two columns have one name, or one has none.
    #[error("column {0:?} is there twice or has no name; give each column of a table a name of its own")]
    Name(String),
    /// Columns that are not those of the schema, or not equally long.
    #[error("column {name} does not fit its table: {what}")]
    Shape {
        /// Name of the column.
        name: String,
        /// What does not fit.
        what: String,
    },
    /// A whole number beyond what the format's signed whole numbers hold.
    #[error("{name} is {value}; allowed is at most {}", i64::MAX)]
    TooLarge {
        /// Name of the column.
        name: &'static str,
        /// The number.
        value: u64,
    },
    /// Writing failed.
    #[error("cannot write Parquet: {0}")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Writes a table to a sink; memory is that of one group of rows.
///
/// ```
/// use report::parquet::{Column, Field, IS_COMPILED, Kind, Writer};
///
/// let schema = [Field::new("hall", Kind::Text), Field::new("npv_usd", Kind::Number)];
/// if IS_COMPILED {
///     let mut file = Vec::new();
///     let mut writer = Writer::new(&schema, &[("version", "0.1.0")], &mut file)?;
///     writer.row_group(&[Column::Text(vec!["a".into(), "b".into()]), Column::Number(vec![Some(1.5), None])])?;
///     writer.finish()?;
///     assert_eq!(&file[..4], b"PAR1");
/// }
/// # Ok::<(), report::parquet::ParquetError>(())
/// ```
pub struct Writer<W: Write + Send> {
    schema: Vec<Field>,
    engine: engine::Engine<W>,
}

impl<W: Write + Send> Writer<W> {
    /// Begins a file with what its footer says of it, as keys and values.
    ///
    /// # Errors
    /// A build without Parquet, names that repeat, and a sink that refuses.
    pub fn new(schema: &[Field], metadata: &[(&str, &str)], sink: W) -> Result<Self, ParquetError> {
        for (i, field) in schema.iter().enumerate() {
            if field.name.is_empty() || schema[..i].iter().any(|earlier| earlier.name == field.name) {
                return Err(ParquetError::Name(field.name.clone()));
            }
        }
        Ok(Self { schema: schema.to_vec(), engine: engine::Engine::new(schema, metadata, sink)? })
    }

    /// Writes a group of rows: a column for each of the schema, all equally long. A few thousand rows are a good group.
    ///
    /// # Errors
    /// Columns that do not fit the schema, and a sink that refuses.
    pub fn row_group(&mut self, columns: &[Column]) -> Result<(), ParquetError> {
        self.check(columns)?;
        // Readers stumble over groups without rows, and they say nothing.
        if columns.iter().all(Column::is_empty) { Ok(()) } else { self.engine.row_group(columns) }
    }

    /// Writes the footer, without which the file cannot be read, and empties the buffers into the sink.
    ///
    /// # Errors
    /// A sink that refuses.
    pub fn finish(self) -> Result<(), ParquetError> {
        self.engine.finish()
    }

    fn check(&self, columns: &[Column]) -> Result<(), ParquetError> {
        let n_rows = columns.first().map_or(0, Column::len);
        for (i, field) in self.schema.iter().enumerate() {
            let what = match columns.get(i) {
                None => format!("it is missing; expected are {} columns", self.schema.len()),
                Some(column) if column.kind() != field.kind => {
                    format!("it holds {:?}, expected is {:?}", column.kind(), field.kind)
                }
                Some(column) if column.len() != n_rows => {
                    format!("it has {} rows, the first column has {n_rows}", column.len())
                }
                Some(_) => continue,
            };
            return Err(ParquetError::Shape { name: field.name.clone(), what });
        }
        if columns.len() > self.schema.len() {
            let what = format!("it comes after the last of {} columns", self.schema.len());
            return Err(ParquetError::Shape { name: format!("{}", columns.len()), what });
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "parquet"))]
pub(crate) mod tests;

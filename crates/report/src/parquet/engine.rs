//! The writer proper: columns handed to the `parquet` crate's own column writers, without Arrow between.
//!
//! A null is a definition level of 0, and only values that are there are stored. Pages are not compressed: outputs are doubles
//! whose last digits are noise, and what repeats (names, versions) stands in a dictionary once a group.

use super::{Column, Field, Kind, ParquetError};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError as FormatError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type};
use std::io::Write;
use std::sync::Arc;

/// A file being written.
pub(super) struct Engine<W: Write + Send> {
    file: SerializedFileWriter<W>,
}

impl From<FormatError> for ParquetError {
    fn from(error: FormatError) -> Self {
        Self::Write(Box::new(error))
    }
}

impl<W: Write + Send> Engine<W> {
    pub(super) fn new(schema: &[Field], metadata: &[(&str, &str)], sink: W) -> Result<Self, ParquetError> {
        let fields = schema.iter().map(|field| column_type(field).map(Arc::new)).collect::<Result<_, _>>()?;
        let schema_type = Type::group_type_builder("table").with_fields(fields).build()?;
        let file =
            SerializedFileWriter::new(sink, Arc::new(schema_type), Arc::new(properties(schema, metadata)))?;
        Ok(Self { file })
    }

    pub(super) fn row_group(&mut self, columns: &[Column]) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for column in columns {
            // The shape was checked: there are as many writers as columns.
            if let Some(mut writer) = group.next_column()? {
                write_column(&mut writer, column)?;
                writer.close()?;
            }
        }
        group.close()?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), ParquetError> {
        self.file.finish()?;
        Ok(())
    }
}

fn column_type(field: &Field) -> Result<Type, FormatError> {
    let (physical, logical, repetition) = match field.kind {
        Kind::Whole => (Physical::INT64, None, Repetition::REQUIRED),
        Kind::Number => (Physical::DOUBLE, None, Repetition::OPTIONAL),
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
        Kind::Flag => (Physical::BOOLEAN, None, Repetition::REQUIRED),
    };
    Type::primitive_type_builder(&field.name, physical)
        .with_repetition(repetition)
        .with_logical_type(logical)
        .build()
}

/// Settings of the file: its dictionaries are those of text.
fn properties(schema: &[Field], metadata: &[(&str, &str)]) -> WriterProperties {
    let pairs = metadata.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()));
    let mut properties = WriterProperties::builder()
        .set_created_by(format!("wattshift version {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(pairs.collect()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_dictionary_enabled(false);
    for field in schema.iter().filter(|field| field.kind == Kind::Text) {
        // The path of one part: a dot in a name is no step down.
        properties =
            properties.set_column_dictionary_enabled(ColumnPath::new(vec![field.name.clone()]), true);
    }
    properties.build()
}

fn write_column(writer: &mut SerializedColumnWriter<'_>, column: &Column) -> Result<(), FormatError> {
    match column {
        Column::Whole(values) => writer.typed::<Int64Type>().write_batch(values, None, None),
        Column::Flag(values) => writer.typed::<BoolType>().write_batch(values, None, None),
        Column::Text(values) => {
            let texts: Vec<ByteArray> = values.iter().map(|text| text.as_str().into()).collect();
            writer.typed::<ByteArrayType>().write_batch(&texts, None, None)
        }
        Column::Number(values) => {
            let finite = |value: &Option<f64>| value.filter(|number| number.is_finite());
            let present: Vec<f64> = values.iter().filter_map(finite).collect();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(finite(value).is_some())).collect();
            writer.typed::<DoubleType>().write_batch(&present, Some(&levels), None)
        }
    }?;
    Ok(())
}

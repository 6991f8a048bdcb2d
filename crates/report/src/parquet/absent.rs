//! The writer of builds without Parquet: there is none.

use super::{Column, Field, ParquetError};
use std::convert::Infallible;
use std::io::Write;
use std::marker::PhantomData;

/// Never made.
pub(super) struct Engine<W: Write + Send> {
    never: Infallible,
    sink: PhantomData<W>,
}

impl<W: Write + Send> Engine<W> {
    pub(super) fn new(_: &[Field], _: &[(&str, &str)], _: W) -> Result<Self, ParquetError> {
        Err(ParquetError::NotCompiled)
    }

    pub(super) fn row_group(&mut self, _: &[Column]) -> Result<(), ParquetError> {
        match self.never {}
    }

    pub(super) fn finish(self) -> Result<(), ParquetError> {
        match self.never {}
    }
}

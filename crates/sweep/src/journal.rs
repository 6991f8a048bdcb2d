//! The journal of a shard: a line for each finished point, written as it finishes.
//!
//! The first line says whose journal it is. Lines are only ever added, each by one write that is on the disk before the point
//! counts as done, so that a kill at any instant leaves whole lines and at most one torn one at the end. A torn end is dropped
//! when the shard goes on, damaged lines within are passed over, and the points of both are done again.

mod disk;
pub(crate) mod line;
mod lock;
mod scan;

pub use disk::Disk;
pub use lock::Activity;
pub(crate) use lock::{LockedFile, activity};
pub(crate) use scan::{Scan, Span, scan};

use crate::error::FolderError;
use crate::record::PointRecord;
use crate::shard::Shard;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Version of the form of lines.
const FORMAT: u32 = 1;

/// The first line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// Version of the form of lines.
    pub(crate) format: u32,
    /// Identity of the sweep.
    pub(crate) sweep: String,
    /// The shard.
    pub(crate) shard: Shard,
}

impl Header {
    pub(crate) fn new(identity: &str, shard: Shard) -> Self {
        Self { format: FORMAT, sweep: identity.to_owned(), shard }
    }

    fn line(&self) -> String {
        line::encode(self).expect("a header holds only text and numbers")
    }
}

/// A journal open for writing, which no other process writes to.
#[derive(Debug)]
pub struct Journal<D = File> {
    disk: D,
    path: PathBuf,
    /// Bytes of whole lines.
    end: u64,
    /// Whether something follows them that could not be taken back.
    is_broken: bool,
}

impl Journal {
    /// Goes on with a journal that was found so under its lock, or begins it: drops a torn end, writes a missing first line.
    pub(crate) fn open(locked: LockedFile, header: &Header, found: Scan) -> Result<Self, FolderError> {
        let LockedFile { file, path, .. } = locked;
        if found.end > found.good_end {
            file.set_len(found.good_end).map_err(FolderError::at("shorten", &path))?;
        }
        let mut journal = Self { disk: file, path, end: found.good_end, is_broken: false };
        if !found.has_header {
            journal.append_line(&header.line())?;
        }
        Ok(journal)
    }
}

impl<D: Disk> Journal<D> {
    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps a finished point: once this returns, it is on the disk.
    ///
    /// # Errors
    /// If the record would not read back as it is, or cannot be written; the journal is then as it was.
    pub fn append(&mut self, record: &PointRecord) -> Result<(), FolderError> {
        let refuse = |fault: String| FolderError::NotStorable { point: record.point, fault };
        let line = line::encode(record).map_err(|cause| refuse(cause.to_string()))?;
        if line.len() > line::MOST_BYTES {
            return Err(refuse(format!(
                "it takes {} bytes, and a line of a journal at most {}",
                line.len(),
                line::MOST_BYTES
            )));
        }
        // What reads back otherwise would be taken for damaged, and done again for ever.
        if line::decode::<PointRecord>(line.trim_end_matches('\n').as_bytes()).as_ref() != Some(record) {
            return Err(refuse("it does not read back as it is; is a number in it not finite?".into()));
        }
        self.append_line(&line)
    }

    fn append_line(&mut self, line: &str) -> Result<(), FolderError> {
        if self.is_broken {
            return Err(FolderError::Broken { path: self.path.clone() });
        }
        if let Err(cause) = self.disk.write_all(line.as_bytes()).and_then(|()| self.disk.sync()) {
            self.is_broken = self.disk.cut(self.end).is_err();
            return Err(FolderError::at("write to", &self.path)(cause));
        }
        self.end += line.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests;

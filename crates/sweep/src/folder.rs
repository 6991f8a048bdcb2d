//! The folder of a sweep: what the sweep is, and the journals of its shards.
//!
//! `sweep.json` holds the specification, written once and never changed; `journal/shard-<k>-of-<n>.jsonl` holds the finished
//! points of a shard. Shards need nothing of each other but the folder. The points done are those of all journals together, so
//! that a sweep begun as one can go on as shards, and the other way round.

mod begin;
mod differences;
mod spec_file;

pub use begin::Begun;
pub use spec_file::SPEC_FILE;

use crate::error::FolderError;
use crate::shard::Shard;
use crate::spec::Spec;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Name of the folder of journals.
pub const JOURNAL_FOLDER: &str = "journal";

/// The folder of a sweep.
#[derive(Debug, Clone)]
pub struct SweepFolder {
    path: PathBuf,
    spec: Spec,
    identity: String,
}

impl SweepFolder {
    /// Opens the folder of a sweep; one that is missing or empty becomes it.
    ///
    /// # Errors
    /// If the folder holds something else, another sweep, or this one as it was before something changed; or if it cannot be read or
    /// written.
    pub fn open_or_create(target: &Path, spec: &Spec) -> Result<Self, FolderError> {
        match fs::metadata(target) {
            Ok(metadata) if !metadata.is_dir() => {
                return Err(FolderError::TargetIsFile { path: target.to_path_buf() });
            }
            Ok(_) => {}
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(target).map_err(FolderError::at("create", target))?;
            }
            Err(cause) => return Err(FolderError::at("look at", target)(cause)),
        }
        // Listed first: whoever begins the sweep at this moment writes what it is before anything else.
        let foreign = spec_file::foreign_files(target)?;
        let found = match spec_file::read(target)? {
            Some(found) => found,
            None if !foreign.is_empty() => {
                return Err(FolderError::NotOurs { path: target.to_path_buf(), found: names(&foreign) });
            }
            None => {
                spec_file::write(target, spec)?;
                // Another sweep may have begun here at the same instant; the one whose file stands has the folder.
                spec_file::read(target)?.ok_or_else(|| FolderError::NoSweep { path: target.to_path_buf() })?
            }
        };
        let folder = Self { path: target.to_path_buf(), identity: found.identity(), spec: found };
        if folder.spec != *spec {
            let differences = folder.differences(spec);
            return Err(FolderError::OtherSweep { path: folder.path, differences });
        }
        Ok(folder)
    }

    /// The folder of a sweep that was begun, for reading.
    ///
    /// # Errors
    /// If there is none, or it cannot be read.
    pub fn read(target: &Path) -> Result<Self, FolderError> {
        let spec =
            spec_file::read(target)?.ok_or_else(|| FolderError::NoSweep { path: target.to_path_buf() })?;
        Ok(Self { path: target.to_path_buf(), identity: spec.identity(), spec })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the sweep is.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// By which its journals are known: the SHA-256 of the specification.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// What differs from another sweep, in words.
    pub(crate) fn differences(&self, asked: &Spec) -> Vec<String> {
        differences::between(&self.spec, asked)
    }

    /// Its journals, in the order of their shards; files of other names are left alone.
    pub(crate) fn journals(&self) -> Result<Vec<(Shard, PathBuf)>, FolderError> {
        let folder = self.path.join(JOURNAL_FOLDER);
        let entries = match fs::read_dir(&folder) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(FolderError::at("read", &folder))?,
        };
        let mut journals = Vec::new();
        for entry in entries {
            let entry = entry.map_err(FolderError::at("read", &folder))?;
            if let Some(shard) = entry.file_name().to_str().and_then(shard_of) {
                journals.push((shard, entry.path()));
            }
        }
        journals.sort_by_key(|(shard, _)| (shard.n(), shard.k()));
        Ok(journals)
    }

    fn journal_path(&self, shard: Shard) -> PathBuf {
        self.path.join(JOURNAL_FOLDER).join(journal_name(shard))
    }
}

fn journal_name(shard: Shard) -> String {
    format!("shard-{}-of-{}.jsonl", shard.k(), shard.n())
}

fn shard_of(name: &str) -> Option<Shard> {
    let (k, n) = name.strip_prefix("shard-")?.strip_suffix(".jsonl")?.split_once("-of-")?;
    // One name for each shard: 01 is not 1.
    format!("{k}/{n}").parse().ok().filter(|shard| journal_name(*shard) == name)
}

/// Makes what was created in a folder outlast a power cut.
fn sync_folder(path: &Path) {
    // Not every file system lets a folder be synced; where it does not, entries follow in its own time.
    if let Ok(folder) = File::open(path) {
        let _ = folder.sync_all();
    }
}

/// Some names out of many.
fn names(files: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = files.iter().take(SHOWN).map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", ");
    if files.len() > SHOWN {
        text.push_str(&format!(" and {} more", files.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests;

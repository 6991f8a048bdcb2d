//! A process begins its shard: makes sure that nobody else does, and learns which points are left.

use super::{JOURNAL_FOLDER, SweepFolder, sync_folder};
use crate::error::FolderError;
use crate::index::Index;
use crate::journal::{Activity, Header, Journal, LockedFile, activity};
use crate::shard::Shard;
use std::fs;
use std::path::Path;

/// A shard that this process does now.
#[derive(Debug)]
pub struct Begun {
    /// Where its points are kept.
    pub journal: Journal,
    /// Its points that are not done, in order.
    pub todo: Vec<usize>,
    /// Its points that are, whichever shard did them.
    pub n_done: usize,
    /// Points among these that failed, which are not tried again unless that was asked for.
    pub n_failed: usize,
    /// Damaged lines of the journals that may hold its points; what they held is done again.
    pub n_damaged: usize,
    /// Whether a second process on this shard would be noticed; not so on a file system without locks.
    pub is_locked: bool,
}

impl SweepFolder {
    /// Begins a shard, or goes on with it.
    ///
    /// # Errors
    /// If another process does points of it, if a journal does not belong to the sweep or disagrees with another, or if the folder
    /// cannot be read or written.
    pub fn begin(&self, shard: Shard) -> Result<Begun, FolderError> {
        self.begin_with(shard, false)
    }

    /// The same with the points of the shard that failed among those to do.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub fn begin_with_failed(&self, shard: Shard) -> Result<Begun, FolderError> {
        self.begin_with(shard, true)
    }

    fn begin_with(&self, shard: Shard, failed_again: bool) -> Result<Begun, FolderError> {
        // Once before anything is made, and once when our own lock is seen by others: of two that start at the same instant, at least
        // one sees the other.
        self.refuse_overlap(shard)?;
        let folder = self.path().join(JOURNAL_FOLDER);
        fs::create_dir_all(&folder).map_err(FolderError::at("create", &folder))?;
        let Some(locked) = LockedFile::take(&self.journal_path(shard))? else {
            return Err(FolderError::AtWork { path: self.path().to_path_buf(), shard, at_work: shard });
        };
        self.refuse_overlap(shard)?;
        sync_folder(&folder);
        sync_folder(self.path());
        let n_points = self.spec().n_points;
        // A shard of many starts without reading what cannot hold a point of its own.
        let is_read = |other: Shard| other == shard || other.overlaps(shard, n_points);
        let journals = self.journals()?.into_iter().filter(|(other, _)| is_read(*other));
        let index = Index::of(self.identity(), n_points, journals)?;
        let own = index.journals.iter().find(|journal| journal.shard == shard);
        let found = own.ok_or_else(|| FolderError::Changed { path: self.journal_path(shard) })?.scan;
        let mut todo: Vec<usize> = index.missing(shard).collect();
        if failed_again {
            todo.extend(index.failed(shard));
            todo.sort_unstable();
        }
        let is_locked = locked.is_locked;
        Ok(Begun {
            journal: Journal::open(locked, &Header::new(self.identity(), shard), found)?,
            n_done: shard.points(n_points).count() - todo.len(),
            n_failed: if failed_again { 0 } else { index.n_failed(shard) },
            n_damaged: index.n_damaged(),
            todo,
            is_locked,
        })
    }

    fn refuse_overlap(&self, shard: Shard) -> Result<(), FolderError> {
        let overlaps = |other: Shard| other != shard && other.overlaps(shard, self.spec().n_points);
        let is_at_work = |path: &Path| Ok(activity(path)? == Activity::AtWork);
        for (other, path) in self.journals()? {
            if overlaps(other) && is_at_work(&path)? {
                return Err(FolderError::AtWork { path: self.path().to_path_buf(), shard, at_work: other });
            }
        }
        Ok(())
    }
}

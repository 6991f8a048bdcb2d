//! How far a sweep is, and which of its shards are at work; reading this changes nothing and disturbs nobody.

use crate::error::FolderError;
use crate::folder::SweepFolder;
use crate::index::Index;
use crate::journal::{Activity, activity};
use crate::shard::Shard;

/// How far a sweep is.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Points of the sweep.
    pub n_points: usize,
    /// Points that are done, whatever came out.
    pub n_done: usize,
    /// Points among them that failed.
    pub n_failed: usize,
    /// Damaged lines, whose points are not done unless they were done again.
    pub n_damaged: usize,
    /// Mean wall time of a point, seconds; `None` before the first.
    pub mean_seconds: Option<f64>,
    /// Shards that were begun, in order of their number of shards and their number.
    pub shards: Vec<ShardStatus>,
}

/// How far a shard is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShardStatus {
    /// Which.
    pub shard: Shard,
    /// Its points.
    pub n_points: usize,
    /// Its points that are done, whichever shard did them.
    pub n_done: usize,
    /// Points among them that failed.
    pub n_failed: usize,
    /// Records in its own journal.
    pub n_records: usize,
    /// Whether a process is at work on it.
    pub activity: Activity,
}

impl Status {
    /// Looks at a folder.
    ///
    /// # Errors
    /// If a journal cannot be read, does not belong to the sweep, or disagrees with another.
    pub fn of(folder: &SweepFolder) -> Result<Self, FolderError> {
        let n_points = folder.spec().n_points;
        let index = Index::of(folder.identity(), n_points, folder.journals()?)?;
        let n_records: usize = index.journals.iter().map(|journal| journal.n_records).sum();
        let shards = index.journals.iter().map(|journal| {
            let n_points = journal.shard.points(n_points).count();
            Ok(ShardStatus {
                shard: journal.shard,
                n_points,
                n_done: n_points - index.missing(journal.shard).count(),
                n_failed: index.n_failed(journal.shard),
                n_records: journal.n_records,
                activity: activity(&journal.path)?,
            })
        });
        Ok(Self {
            n_points,
            n_done: index.n_points_done,
            n_failed: index.n_failed(Shard::WHOLE),
            n_damaged: index.n_damaged(),
            mean_seconds: (n_records > 0).then(|| index.seconds / n_records as f64),
            shards: shards.collect::<Result<_, FolderError>>()?,
        })
    }

    /// Points that are not done.
    #[must_use]
    pub fn n_missing(&self) -> usize {
        self.n_points - self.n_done
    }
}

#[cfg(test)]
mod tests;

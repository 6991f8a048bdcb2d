//! The lock of a journal, by which two processes on the same shard know of each other.
//!
//! The system lets go of it when the process ends, however it ends, so that a killed one leaves nothing to clean up. A file system that
//! knows no locks, as some that clusters share do not, is no reason to stop: the lock guards against a mistake alone.

use crate::error::FolderError;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Times that a lock is asked for, and the wait between them: whoever looks whether a shard is at work holds its lock for an instant.
const N_TRIES: usize = 20;
const WAIT: Duration = Duration::from_millis(10);

/// Whether a process is at work on a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// One is: it holds the lock.
    AtWork,
    /// None is.
    Idle,
    /// The file system knows no locks.
    Unknown,
}

/// A journal's file, locked against other processes.
#[derive(Debug)]
pub(crate) struct LockedFile {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    /// Whether the file system knows locks. Where it does not, two processes on the same shard do the same points twice and write the
    /// same lines; a line that one of them cuts off or damages is done again.
    pub(crate) is_locked: bool,
}

impl LockedFile {
    /// Opens a journal, which is made if it is missing, and locks it; `None` when another process holds it.
    pub(crate) fn take(path: &Path) -> Result<Option<Self>, FolderError> {
        let file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(FolderError::at("open", path))?;
        for _ in 0..N_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { file, path: path.to_path_buf(), is_locked: true })),
                Err(TryLockError::WouldBlock) => thread::sleep(WAIT),
                Err(TryLockError::Error(_)) => {
                    return Ok(Some(Self { file, path: path.to_path_buf(), is_locked: false }));
                }
            }
        }
        Ok(None)
    }
}

/// Whether a process holds the lock of a journal.
///
/// The lock is asked for together with whoever else only looks, and let go of at once.
pub(crate) fn activity(path: &Path) -> Result<Activity, FolderError> {
    let file = File::open(path).map_err(FolderError::at("open", path))?;
    match file.try_lock_shared() {
        Ok(()) => Ok(Activity::Idle),
        Err(TryLockError::WouldBlock) => Ok(Activity::AtWork),
        Err(TryLockError::Error(_)) => Ok(Activity::Unknown),
    }
}

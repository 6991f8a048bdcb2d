//! Why a sweep's folder could not be read or written, and how to mend it.

use crate::shard::Shard;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a sweep's folder could not be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The target is a file.
    #[error("`{}` is a file, and a sweep needs a folder; choose another `--out`", path.display())]
    TargetIsFile {
        /// The target.
        path: PathBuf,
    },
    /// A folder with files in it, but without a sweep.
    #[error("`{}` is not empty and holds no sweep (found {found}); choose another `--out`", path.display())]
    NotOurs {
        /// The target.
        path: PathBuf,
        /// Names of what was found.
        found: String,
    },
    /// There is no sweep to read.
    #[error("`{}` holds no sweep: there is no `sweep.json` in it; give the folder that `sweep run` wrote", path.display())]
    NoSweep {
        /// The target.
        path: PathBuf,
    },
    /// The file that says what the sweep is cannot be understood.
    #[error(
        "`{}` does not say what the sweep is: {fault}; \
         restore the file, or remove the folder to begin anew or choose another `--out`",
        path.display()
    )]
    BadSpec {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// The folder holds another sweep, or this one as it was before something changed.
    #[error(
        "`{}` holds another sweep: {}; choose another `--out`, or remove the folder to begin anew",
        path.display(),
        differences.join("; ")
    )]
    OtherSweep {
        /// The target.
        path: PathBuf,
        /// What differs, in words.
        differences: Vec<String>,
    },
    /// Folders that are to be merged hold different sweeps.
    #[error(
        "`{}` holds another sweep than `{}`: {}; merge folders of one sweep",
        path.display(),
        first.display(),
        differences.join("; ")
    )]
    NotOneSweep {
        /// The folder.
        path: PathBuf,
        /// The folder that came first.
        first: PathBuf,
        /// What differs, in words.
        differences: Vec<String>,
    },
    /// A journal does not belong where it lies.
    #[error("`{}` is not a journal of this sweep: {fault}; move it away or remove it", path.display())]
    OtherJournal {
        /// The journal.
        path: PathBuf,
        /// Why it does not belong there.
        fault: String,
    },
    /// Another process does points of the shard.
    #[error(
        "another process is at work on shard {at_work} of `{}`{}; wait until it ends, or stop it; nothing was changed",
        path.display(),
        shared(*shard, *at_work)
    )]
    AtWork {
        /// The sweep's folder.
        path: PathBuf,
        /// The shard that was to begin.
        shard: Shard,
        /// The shard that is at work.
        at_work: Shard,
    },
    /// Two journals say different things of a point.
    #[error(
        "`{}` and `{}` disagree about point {point}, which no two runs of the same program do; \
         remove the one that you trust less, and run the sweep again",
        first.display(),
        second.display()
    )]
    Conflict {
        /// The point.
        point: usize,
        /// The journal read first.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
    },
    /// A record that would not read back as it is.
    #[error("the record of point {point} cannot be kept: {fault}")]
    NotStorable {
        /// The point.
        point: usize,
        /// Why.
        fault: String,
    },
    /// An earlier write failed half-way, and what it left could not be taken back.
    #[error(
        "`{}` ends in half a line that could not be taken back, so that nothing can follow it; \
         run the sweep again, and it goes on from the last whole line",
        path.display()
    )]
    Broken {
        /// The journal.
        path: PathBuf,
    },
    /// A line that was there is there no longer.
    #[error("`{}` changed while it was read; try again when no process is at work on it", path.display())]
    Changed {
        /// The journal.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("cannot {action} `{}`: {cause}; {}", path.display(), mend(cause))]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

impl FolderError {
    /// Turns the system's error into ours, for `map_err`.
    pub(crate) fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |cause| Self::Io { action, path, cause }
    }
}

/// Why another shard is in the way, where that is not plain.
fn shared(shard: Shard, at_work: Shard) -> String {
    if shard == at_work { String::new() } else { format!(", which does points of shard {shard} too") }
}

fn mend(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "ask for write access or choose another `--out`"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "part of the path is a file; choose another `--out`"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room and run the sweep again; finished points are kept"
        }
        _ => "mend that and run the sweep again; finished points are kept",
    }
}

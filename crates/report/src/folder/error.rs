//! Why a results folder could not be written, and how to mend it.

use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a results folder could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The target is a file.
    #[error("`{}` is a file, and results need a folder; choose another `--out`", path.display())]
    TargetIsFile {
        /// The target.
        path: PathBuf,
    },
    /// A folder with files in it, but without a manifest of ours.
    #[error(
        "`{}` is not empty and holds no results of wattshift (found {found}); \
         choose another `--out`, or add `--force` to write among these files without deleting them",
        path.display()
    )]
    NotOurs {
        /// The target.
        path: PathBuf,
        /// Names of what was found.
        found: String,
    },
    /// Results of another scenario.
    #[error(
        "`{}` holds results of scenario `{found}`, not of `{scenario}`; \
         choose another `--out`, or add `--force` to replace them",
        path.display()
    )]
    OtherScenario {
        /// The target.
        path: PathBuf,
        /// Scenario of the results found.
        found: String,
        /// Scenario of this run.
        scenario: String,
    },
    /// Results of this scenario, and files of someone else among them.
    #[error(
        "`{}` holds files that this program did not write ({found}); \
         choose another `--out`, or add `--force` to replace the results and leave these files alone",
        path.display()
    )]
    ForeignFiles {
        /// The target.
        path: PathBuf,
        /// Names of what was found.
        found: String,
    },
    /// A folder stands where a file belongs.
    #[error("`{}` is a folder, and a file of the results belongs there; rename it or choose another `--out`", path.display())]
    FolderInTheWay {
        /// The folder.
        path: PathBuf,
    },
    /// A path that names no place within reach.
    #[error("`{}` does not name a place for results; give a folder's name in `--out`", path.display())]
    NotAPlace {
        /// The path.
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
    /// The run is done, but its files could not be moved into place.
    #[error("{cause}; the finished files are kept in `{}`", staging.display())]
    Unpublished {
        /// Where the files are.
        staging: PathBuf,
        /// What stopped the move.
        cause: Box<FolderError>,
    },
}

impl FolderError {
    /// Turns the system's error into ours, for `map_err`.
    pub(crate) fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |cause| Self::Io { action, path, cause }
    }
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
            "make room or choose another `--out` on a disk with space"
        }
        io::ErrorKind::CrossesDevices => {
            "the folder is a mount of another disk; give a new folder within it as `--out`"
        }
        _ => "mend that or choose another `--out`",
    }
}

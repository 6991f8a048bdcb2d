//! Single files that appear whole or not at all: written under another name beside their place, then renamed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a file could not be put in its place; what stood there before stands there still.
#[derive(Debug, Error)]
#[error("cannot write {}: {cause}", .path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// The cause.
    #[source]
    pub cause: io::Error,
}

/// Writes a file under a temporary name in its folder and renames it.
///
/// # Errors
/// When the folder cannot be written to, or the disk is full.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let partial = partial(path);
    let done = fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    done.map_err(|cause| {
        // Nothing half written may stay; that it cannot be removed would hide the cause.
        drop(fs::remove_file(&partial));
        FileError { path: path.to_path_buf(), cause }
    })
}

/// A name beside `path` that no other process uses.
fn partial(path: &Path) -> PathBuf {
    let name = path.file_name().map_or_else(Default::default, |name| name.to_string_lossy());
    path.with_file_name(format!(".{name}.{}.partial", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        for text in ["first", "second"] {
            write_whole(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_whole(&folder.path().join("none/a.toml"), b"").unwrap_err();
        assert!(error.to_string().contains("a.toml"), "{error}");
    }
}

//! Places for results, looked at before the work begins: free, and able to take files.

use crate::failure::Failure;
use std::fs::{self, OpenOptions};
use std::path::Path;

/// Refuses files that are there unless `force`, folders in the place of files, and folders that take no files.
///
/// `files` lie in one folder, which need not be there yet; nothing is made.
pub(crate) fn check(files: &[&Path], force: bool) -> Result<(), Failure> {
    let bad = |text: String| Err(Failure::BadInput(format!("error: {text}")));
    for file in files {
        let shown = file.display();
        if file.is_dir() {
            return bad(format!("{shown} is a folder, and a file belongs there; name another place with -o"));
        }
        if !force && fs::symlink_metadata(file).is_ok() {
            return bad(format!("{shown} is already there; name another place with -o or use --force"));
        }
    }
    let Some(folder) =
        files.first().and_then(|file| std::path::absolute(file).ok()?.parent().map(Path::to_path_buf))
    else {
        return Ok(());
    };
    // What is not there yet is made in the nearest folder that is.
    let Some(nearest) = folder.ancestors().find(|folder| fs::symlink_metadata(folder).is_ok()) else {
        return Ok(());
    };
    let probe = nearest.join(format!(".wattshift.{}.probe", std::process::id()));
    let probed =
        OpenOptions::new().write(true).create_new(true).open(&probe).and_then(|_| fs::remove_file(&probe));
    match probed {
        Ok(()) => Ok(()),
        Err(error) => {
            bad(format!("cannot write to {} ({error}); name another place with -o", folder.display()))
        }
    }
}

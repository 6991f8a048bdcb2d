//! The files that a sweep reads, and whether they are still what they were when it was loaded.
//!
//! Every point reads its scenario's files again. Before a point is kept, each file is looked at: one whose length or time has changed is
//! digested again. So no results of a changed file are ever kept beside those of the old one.

use super::SweepError;
use crate::digest::sha256_hex;
use scenario::InputFile;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file as it was when the sweep was loaded.
#[derive(Debug, Clone)]
struct Watched {
    path: PathBuf,
    sha256: String,
    stamp: Stamp,
    /// Whether all it says is in the resolved sweep or scenario, so that a comment in it is none of the sweep's.
    is_resolved: bool,
}

type Stamp = (u64, Option<SystemTime>);

/// All files of a sweep.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    files: Vec<Watched>,
}

impl Watch {
    /// Of the sweep file, its base, and what they name.
    pub(super) fn of(own: [&Path; 2], named: &[&[InputFile]]) -> Result<Self, String> {
        let mut watch = Self::default();
        own.into_iter().try_for_each(|path| watch.add(path, true))?;
        named.iter().copied().flatten().try_for_each(|input| watch.add(&input.path, input.is_base))?;
        Ok(watch)
    }

    /// Adds a file, unless it is there.
    pub(super) fn add(&mut self, path: &Path, is_resolved: bool) -> Result<(), String> {
        if self.files.iter().any(|file| file.path == path) {
            return Ok(());
        }
        let told = |error| format!("cannot read {} again ({error})", path.display());
        // The stamp first: what changes in between is seen as a change.
        let stamp = stamp(path).map_err(told)?;
        let bytes = fs::read(path).map_err(told)?;
        self.files.push(Watched { path: path.to_path_buf(), sha256: sha256_hex(&bytes), stamp, is_resolved });
        Ok(())
    }

    /// The files, in the order in which they were added.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// Names, without their folders, and checksums of the files of which not all is in the resolved texts.
    pub(super) fn checksums(&self) -> Vec<(String, String)> {
        let name = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let named = self.files.iter().filter(|file| !file.is_resolved);
        named.map(|file| (name(&file.path), file.sha256.clone())).collect()
    }

    /// An error for the first file that is not what it was.
    pub(super) fn check(&self) -> Result<(), SweepError> {
        for file in &self.files {
            let is_same = match stamp(&file.path) {
                Ok(now) if now == file.stamp && now.1.is_some() => true,
                Ok(_) => fs::read(&file.path).is_ok_and(|bytes| sha256_hex(&bytes) == file.sha256),
                Err(_) => false,
            };
            if !is_same {
                return Err(SweepError::InputChanged { path: file.path.clone() });
            }
        }
        Ok(())
    }
}

fn stamp(path: &Path) -> std::io::Result<Stamp> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.len(), metadata.modified().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changes_or_goes_is_named_and_one_that_is_touched_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curve.csv");
        fs::write(&path, "1").unwrap();
        let input = InputFile { named: "curve.csv".into(), path: path.clone(), is_base: false };
        let own = folder.path().join("sweep.toml");
        fs::write(&own, "").unwrap();
        let watch = Watch::of([&own, &own], &[&[input]]).unwrap();
        assert_eq!(watch.checksums().len(), 1, "the sweep file itself is in the resolved sweep");
        watch.check().unwrap();
        // The same bytes written again are no change.
        fs::write(&path, "1").unwrap();
        watch.check().unwrap();
        fs::write(&path, "22").unwrap();
        assert!(watch.check().unwrap_err().to_string().contains("curve.csv"));
        fs::remove_file(&path).unwrap();
        assert!(watch.check().unwrap_err().to_string().contains("changed while the sweep ran"));
    }
}

//! The results folder: staged beside its place, then put there whole.
//!
//! Files are written to a hidden folder beside the target, so that nobody ever reads a half-written one, and moved by
//! rename, with the manifest last. A folder is only ever replaced as far as its own manifest lists its files; what
//! someone else put there is never deleted.

mod error;
mod staged_file;
mod target;
#[cfg(test)]
mod tests;

pub use error::FolderError;
pub use staged_file::StagedFile;

use crate::manifest::{MANIFEST_FILE, Manifest, OutputFile, sha256_hex};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process;
use target::{Contents, inspect};

/// A results folder in the making; dropping it unpublished leaves nothing behind.
#[derive(Debug)]
pub struct OutputFolder {
    target: PathBuf,
    staging: PathBuf,
    scenario: String,
    force: bool,
    outputs: Vec<OutputFile>,
    /// Folders that had to be made for the target, deepest first.
    made: Vec<PathBuf>,
    keep_staging: bool,
}

impl OutputFolder {
    /// Prepares to write `target`, checking now whatever could fail after a long run.
    ///
    /// An existing folder is accepted if it is empty, or if it holds a manifest of the same scenario and no files but
    /// those that the manifest lists. `force` accepts any folder: files of the names we write are overwritten, files
    /// that an old manifest lists are removed, everything else stays.
    ///
    /// # Errors
    /// If the target is a file, is a folder that is not ours to replace, or cannot be written.
    pub fn open(target: &Path, scenario: &str, force: bool) -> Result<Self, FolderError> {
        inspect(target, scenario, force)?;
        let target = std::path::absolute(target).map_err(FolderError::at("find", target))?;
        let name = target.file_name().ok_or_else(|| FolderError::NotAPlace { path: target.clone() })?;
        let parent = target.parent().unwrap_or(Path::new("/"));
        let made: Vec<PathBuf> =
            parent.ancestors().take_while(|folder| !folder.exists()).map(Path::to_path_buf).collect();
        fs::create_dir_all(parent).map_err(FolderError::at("create", parent))?;
        let staging = create_staging(parent, &name.to_string_lossy())?;
        let folder = Self {
            target,
            staging,
            scenario: scenario.to_owned(),
            force,
            outputs: Vec::new(),
            made,
            keep_staging: false,
        };
        if folder.target.exists() {
            folder.try_moving_in()?;
        }
        Ok(folder)
    }

    /// The folder that the results will be found in.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The hidden folder in which files wait to be put in place.
    #[must_use]
    pub fn staging(&self) -> &Path {
        &self.staging
    }

    /// Stages a file under its path within the folder, with `/` between parts; writing it again replaces it.
    ///
    /// # Errors
    /// If the path leaves the folder or is that of the manifest, or the file cannot be written.
    pub fn write(&mut self, relative: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.place_of(relative)?;
        fs::write(&path, bytes).map_err(FolderError::at("write", &path))?;
        self.note(OutputFile {
            file: relative.to_owned(),
            bytes: bytes.len() as u64,
            sha256: sha256_hex(bytes),
        });
        Ok(())
    }

    /// Stages a file that is written piece by piece, so that it need not fit into memory.
    ///
    /// # Errors
    /// As [`Self::write`], and what `fill` returns.
    pub fn write_with<E: From<FolderError>>(
        &mut self,
        relative: &str,
        fill: impl FnOnce(&mut StagedFile) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = self.place_of(relative)?;
        let mut file = StagedFile::create(&path).map_err(FolderError::at("write", &path))?;
        fill(&mut file)?;
        let (bytes, sha256) = file.finish().map_err(FolderError::at("write", &path))?;
        self.note(OutputFile { file: relative.to_owned(), bytes, sha256 });
        Ok(())
    }

    /// Where a file waits; its folders are made.
    fn place_of(&self, relative: &str) -> Result<PathBuf, FolderError> {
        if !is_plain(relative) || relative == MANIFEST_FILE {
            return Err(FolderError::NotAPlace { path: PathBuf::from(relative) });
        }
        let path = self.staging.join(relative);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(FolderError::at("create", parent))?;
        }
        Ok(path)
    }

    fn note(&mut self, output: OutputFile) {
        self.outputs.retain(|other| other.file != output.file);
        self.outputs.push(output);
    }

    /// Stages a CSV file from its header and rows.
    ///
    /// # Errors
    /// As [`Self::write`].
    ///
    /// # Panics
    /// If a row has not as many cells as the header.
    pub fn write_csv(
        &mut self,
        relative: &str,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<(), FolderError> {
        let mut sheet = crate::tables::Sheet::new(header);
        rows.into_iter().for_each(|row| sheet.row(row));
        self.write(relative, &sheet.into_bytes())
    }

    /// Moves everything into place, the manifest last, and returns the names of the files.
    ///
    /// A target that does not exist appears whole, by one rename. If this fails the staged files are kept, and the error
    /// says where.
    ///
    /// # Errors
    /// If the target has become something that may not be replaced since [`Self::open`], or a file cannot be moved.
    pub fn publish(mut self, mut manifest: Manifest) -> Result<Vec<String>, FolderError> {
        self.outputs.sort_by(|a, b| a.file.cmp(&b.file));
        manifest.outputs.clone_from(&self.outputs);
        let result = self.put_in_place(&manifest);
        // A long run's results are worth more than a tidy folder.
        self.keep_staging = result.is_err();
        result.map_err(|cause| FolderError::Unpublished {
            staging: self.staging.clone(),
            cause: Box::new(cause),
        })?;
        Ok(self.outputs.iter().map(|o| o.file.clone()).chain([MANIFEST_FILE.to_owned()]).collect())
    }

    fn put_in_place(&self, manifest: &Manifest) -> Result<(), FolderError> {
        let staged_manifest = self.staging.join(MANIFEST_FILE);
        fs::write(&staged_manifest, manifest.to_json())
            .map_err(FolderError::at("write", &staged_manifest))?;
        let contents = inspect(&self.target, &self.scenario, self.force)?;
        if contents == Contents::Nothing {
            return fs::rename(&self.staging, &self.target).map_err(FolderError::at("create", &self.target));
        }
        self.refuse_folders_in_the_way()?;
        if let Contents::Ours(old) = contents {
            self.remove_files_of(&old)?;
        }
        for output in &self.outputs {
            let to = self.target.join(&output.file);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(FolderError::at("create", parent))?;
            }
            fs::rename(self.staging.join(&output.file), &to).map_err(FolderError::at("replace", &to))?;
        }
        let to = self.target.join(MANIFEST_FILE);
        fs::rename(&staged_manifest, &to).map_err(FolderError::at("replace", &to))
    }

    /// Fails before anything is moved when someone made a folder where a file of ours belongs.
    fn refuse_folders_in_the_way(&self) -> Result<(), FolderError> {
        let names = self.outputs.iter().map(|o| o.file.as_str()).chain([MANIFEST_FILE]);
        match names.map(|name| self.target.join(name)).find(|path| path.is_dir()) {
            Some(path) => Err(FolderError::FolderInTheWay { path }),
            None => Ok(()),
        }
    }

    /// Removes what an old manifest lists; the manifest first, so that none ever speaks for a half-replaced folder.
    fn remove_files_of(&self, old: &Manifest) -> Result<(), FolderError> {
        remove_if_there(&self.target.join(MANIFEST_FILE))?;
        let mut folders: Vec<PathBuf> = Vec::new();
        for output in old.outputs.iter().filter(|o| is_plain(&o.file)) {
            let path = self.target.join(&output.file);
            remove_if_there(&path)?;
            folders.extend(
                path.ancestors().skip(1).take_while(|folder| **folder != self.target).map(Path::to_path_buf),
            );
        }
        folders.sort();
        folders.dedup();
        // Deepest first; a folder that still holds something of someone's stays.
        folders.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
        Ok(())
    }

    /// Moves an empty folder into the existing target and away again: whether the real files will move, and be allowed to.
    fn try_moving_in(&self) -> Result<(), FolderError> {
        let name = format!(".wattshift-probe-{}", process::id());
        let (from, to) = (self.staging.join(&name), self.target.join(&name));
        fs::create_dir(&from).map_err(FolderError::at("create", &from))?;
        fs::rename(&from, &to).map_err(FolderError::at("write into", &self.target))?;
        fs::remove_dir(&to).map_err(FolderError::at("remove", &to))
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if !self.keep_staging {
            // Already gone when it was renamed; and a drop has no one to tell of a failure.
            drop(fs::remove_dir_all(&self.staging));
            // Only empty folders can be removed this way: those of published results stay.
            self.made.iter().for_each(|folder| drop(fs::remove_dir(folder)));
        }
    }
}

/// Whether a path stays within its folder: only plain names.
fn is_plain(relative: &str) -> bool {
    !relative.is_empty() && Path::new(relative).components().all(|part| matches!(part, Component::Normal(_)))
}

fn remove_if_there(path: &Path) -> Result<(), FolderError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(FolderError::at("remove", path)(cause)),
        _ => Ok(()),
    }
}

/// A hidden folder that no other run uses, in the same file system as the target.
fn create_staging(parent: &Path, name: &str) -> Result<PathBuf, FolderError> {
    let mut number = 0;
    loop {
        let staging = parent.join(format!(".{name}.wattshift-{}-{number}", process::id()));
        match fs::create_dir(&staging) {
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(cause) => return Err(FolderError::at("write into", parent)(cause)),
            Ok(()) => return Ok(staging),
        }
    }
}

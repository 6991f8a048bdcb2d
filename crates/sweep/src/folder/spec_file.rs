//! `sweep.json`: written under another name and then renamed, so that nobody ever reads half of it.

use super::sync_folder;
use crate::design::MAX_POINTS;
use crate::error::FolderError;
use crate::spec::Spec;
use serde::Deserialize;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process;

/// Name of the file that says what the sweep is.
pub const SPEC_FILE: &str = "sweep.json";

/// Longest file that is read, bytes; a specification has a hundredth of it.
const MOST_BYTES: u64 = 16 << 20;

/// Beginning and end of the names under which it is written.
const UNFINISHED: (&str, &str) = (".sweep.json.", ".part");

/// The least that is asked of any version's file.
#[derive(Deserialize)]
struct Origin {
    tool: String,
    version: String,
}

/// What the sweep of a folder is; `None` if nothing says so.
pub(super) fn read(folder: &Path) -> Result<Option<Spec>, FolderError> {
    let path = folder.join(SPEC_FILE);
    let mut bytes = Vec::new();
    match fs::metadata(&path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(FolderError::at("look at", &path)(cause)),
        Ok(metadata) if !metadata.is_file() => return Err(bad(&path, "it is not a file".into())),
        Ok(metadata) if metadata.len() > MOST_BYTES => {
            return Err(bad(&path, format!("it is {} bytes long", metadata.len())));
        }
        Ok(_) => File::open(&path)
            .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
            .map_err(FolderError::at("read", &path))?,
    };
    parse(&bytes).map(Some).map_err(|fault| bad(&path, fault))
}

fn bad(path: &Path, fault: String) -> FolderError {
    FolderError::BadSpec { path: path.to_path_buf(), fault }
}

fn parse(bytes: &[u8]) -> Result<Spec, String> {
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err("it is empty".into());
    }
    let origin: Origin = serde_json::from_slice(bytes).map_err(|cause| match cause.classify() {
        serde_json::error::Category::Eof => "it ends too early, as if cut off".into(),
        _ => format!("it is not a sweep's ({cause})"),
    })?;
    if origin.tool != Spec::TOOL {
        return Err(format!("it is of `{}`, not of {}", origin.tool, Spec::TOOL));
    }
    let version = origin.version;
    let spec: Spec = serde_json::from_slice(bytes).map_err(|cause| {
        format!("it was written by version {version} of the program, and this one does not read it ({cause})")
    })?;
    if spec.n_points > MAX_POINTS {
        return Err(format!("it has {} points, and a sweep at most {MAX_POINTS}", spec.n_points));
    }
    Ok(spec)
}

/// Writes what the sweep of a folder is.
///
/// Shards that start at the same instant all write it, each under a name of its own; the first to finish stands, and the others read it.
pub(super) fn write(folder: &Path, spec: &Spec) -> Result<(), FolderError> {
    let mut text = serde_json::to_string_pretty(spec).expect("a specification holds only text and numbers");
    text.push('\n');
    let (mut file, unfinished) = create_unfinished(folder)?;
    let path = folder.join(SPEC_FILE);
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let written = written.and_then(|()| appear(&unfinished, &path));
    // A second name of the file that stands, or what could not be finished and is of no use to anyone.
    let _ = fs::remove_file(&unfinished);
    written.map_err(FolderError::at("write", &path))?;
    sync_folder(folder);
    Ok(())
}

/// Gives a finished file its name unless another has it, which then stands.
fn appear(unfinished: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, path) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // A file system that knows no links renames, where the last to finish stands.
        Err(_) => fs::rename(unfinished, path),
        Ok(()) => Ok(()),
    }
}

/// A new file under a name that nobody else has, on this machine or another.
fn create_unfinished(folder: &Path) -> Result<(File, PathBuf), FolderError> {
    let (begin, end) = UNFINISHED;
    let mut number = u64::from(process::id());
    loop {
        let path = folder.join(format!("{begin}{number}{end}"));
        match File::options().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(cause) => return Err(FolderError::at("write", &path)(cause)),
        }
    }
}

/// Names in a folder that are no part of a sweep that is about to begin, sorted.
pub(super) fn foreign_files(folder: &Path) -> Result<Vec<String>, FolderError> {
    let (begin, end) = UNFINISHED;
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(FolderError::at("read", folder))? {
        let entry = entry.map_err(FolderError::at("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !(name.starts_with(begin) && name.ends_with(end)) && name != SPEC_FILE {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

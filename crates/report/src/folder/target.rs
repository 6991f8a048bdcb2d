//! What stands in the place where results are to go, and whether it may be replaced.

use super::FolderError;
use crate::manifest::{MANIFEST_FILE, Manifest};
use std::fs;
use std::io;
use std::path::Path;

/// What a target holds that may be written to.
#[derive(Debug, PartialEq)]
pub(super) enum Contents {
    /// There is nothing of that name.
    Nothing,
    /// A folder without a manifest of ours: empty, or accepted by force.
    Folder,
    /// Results of an earlier run.
    Ours(Box<Manifest>),
}

/// Looks at the target; an error if it may not be written to.
pub(super) fn inspect(target: &Path, scenario: &str, force: bool) -> Result<Contents, FolderError> {
    match fs::metadata(target) {
        // A link that leads nowhere is something, too.
        Err(cause) if cause.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(target).is_err() => {
            return Ok(Contents::Nothing);
        }
        Err(cause) => return Err(FolderError::at("look at", target)(cause)),
        Ok(metadata) if !metadata.is_dir() => {
            return Err(FolderError::TargetIsFile { path: target.to_path_buf() });
        }
        Ok(_) => {}
    }
    let mut files = Vec::new();
    list_files(target, "", &mut files)?;
    let manifest = fs::read_to_string(target.join(MANIFEST_FILE)).ok().and_then(|t| Manifest::from_json(&t));
    if !force {
        refuse(target, scenario, manifest.as_ref(), &files)?;
    }
    Ok(manifest.map_or(Contents::Folder, |manifest| Contents::Ours(Box::new(manifest))))
}

fn refuse(
    target: &Path,
    scenario: &str,
    manifest: Option<&Manifest>,
    files: &[String],
) -> Result<(), FolderError> {
    let path = target.to_path_buf();
    let Some(manifest) = manifest else {
        let all: Vec<&String> = files.iter().collect();
        return if all.is_empty() { Ok(()) } else { Err(FolderError::NotOurs { path, found: names(&all) }) };
    };
    if manifest.scenario != scenario {
        return Err(FolderError::OtherScenario {
            path,
            found: manifest.scenario.clone(),
            scenario: scenario.to_owned(),
        });
    }
    let ours =
        |file: &str| file == MANIFEST_FILE || manifest.outputs.iter().any(|output| output.file == file);
    let foreign: Vec<&String> = files.iter().filter(|file| !ours(file)).collect();
    if foreign.is_empty() { Ok(()) } else { Err(FolderError::ForeignFiles { path, found: names(&foreign) }) }
}

/// Every file below a folder, as paths with `/`; a foreign empty folder is no file and does no harm.
fn list_files(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<(), FolderError> {
    let entries = fs::read_dir(folder).map_err(FolderError::at("read", folder))?;
    for entry in entries {
        let entry = entry.map_err(FolderError::at("read", folder))?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        // A link is listed as a file, and not followed.
        if entry.file_type().map_err(FolderError::at("read", &entry.path()))?.is_dir() {
            list_files(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    files.sort();
    Ok(())
}

fn names(files: &[&String]) -> String {
    const SHOWN: usize = 3;
    let mut text = files.iter().take(SHOWN).map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", ");
    if files.len() > SHOWN {
        text.push_str(&format!(" and {} more", files.len() - SHOWN));
    }
    text
}

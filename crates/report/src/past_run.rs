//! A results folder read again: the scenario as it was run, and whether its inputs are still what they were.

use crate::manifest::{InputFile, MANIFEST_FILE, Manifest, sha256_hex};
use std::fs;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a folder's run cannot be taken up again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PastRunError {
    /// There is no manifest.
    #[error("{} cannot be read ({cause}); name the folder of a run", .path.display())]
    NoManifest {
        /// The manifest looked for.
        path: PathBuf,
        /// The cause.
        cause: std::io::Error,
    },
    /// The manifest is not one of ours.
    #[error("{} is not the manifest of a run; name the folder of a run", .path.display())]
    Foreign {
        /// The manifest.
        path: PathBuf,
    },
    /// The folder holds a dispatched case.
    #[error("{} holds a sweep or a case of `dispatch`, which has no paths of its own; name the folder of a `run`", .folder.display())]
    NoPaths {
        /// The folder.
        folder: PathBuf,
    },
    /// Inputs of the run are gone or changed.
    #[error(
        "{}: simulated again, its paths would not be those of the run; put the files of that day back (names count from the place where the run was started), or run the scenario anew",
        .problems.join("; ")
    )]
    Inputs {
        /// What is wrong with which file.
        problems: Vec<String>,
    },
}

/// A run that was written to a folder.
#[derive(Debug)]
pub struct PastRun {
    /// What the folder says of itself.
    pub manifest: Manifest,
    /// The folder of the scenario file, from which names of inputs count.
    pub scenario_folder: PathBuf,
    /// The policy with the highest mean NPV, if the folder's `summary.csv` can be read.
    pub best_policy: Option<String>,
    /// What a reader of anything made from it should know.
    pub notes: Vec<String>,
}

impl PastRun {
    /// Reads a folder and holds the inputs that its manifest names against their checksums.
    ///
    /// # Errors
    /// [`PastRunError`]. The scenario file itself and its bases may have changed, for the manifest holds the scenario as it was run; this
    /// and another version of the program are notes.
    pub fn open(folder: &Path) -> Result<Self, PastRunError> {
        let path = folder.join(MANIFEST_FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) => return Err(PastRunError::NoManifest { path, cause }),
        };
        let manifest = Manifest::from_json(&text).ok_or(PastRunError::Foreign { path })?;
        if manifest.paths_simulated == 0 {
            return Err(PastRunError::NoPaths { folder: folder.to_path_buf() });
        }
        let scenario_folder = match manifest.inputs.first() {
            Some(scenario) => Path::new(&scenario.path).parent().map(Path::to_path_buf).unwrap_or_default(),
            None => PathBuf::new(),
        };
        let named = manifest.inputs.iter().skip(1).filter(|input| !input.is_base);
        let problems: Vec<String> =
            named.filter_map(|input| problem(input, &scenario_folder.join(&input.path))).collect();
        if !problems.is_empty() {
            return Err(PastRunError::Inputs { problems });
        }
        let notes = notes(&manifest, &scenario_folder);
        let best_policy = fs::read(folder.join("summary.csv")).ok().and_then(|bytes| best_policy(&bytes));
        Ok(Self { manifest, scenario_folder, best_policy, notes })
    }
}

/// What is wrong with an input, if anything is.
fn problem(input: &InputFile, at: &Path) -> Option<String> {
    match fs::read(at) {
        Err(cause) => Some(format!("input {} cannot be read ({cause})", at.display())),
        Ok(bytes) if sha256_hex(&bytes) != input.sha256 => {
            Some(format!("input {} has changed since the run", at.display()))
        }
        Ok(_) => None,
    }
}

fn notes(manifest: &Manifest, scenario_folder: &Path) -> Vec<String> {
    let mut notes = Vec::new();
    let ours = env!("CARGO_PKG_VERSION");
    if manifest.version != ours {
        notes.push(format!(
            "the run was made by version {}, this is version {ours}: paths and decisions may differ",
            manifest.version
        ));
    }
    let scenario = manifest.inputs.first().map(|input| (input, PathBuf::from(&input.path)));
    let bases = manifest.inputs.iter().filter(|input| input.is_base);
    let bases = bases.map(|input| (input, scenario_folder.join(&input.path)));
    for (input, at) in scenario.into_iter().chain(bases) {
        if fs::read(&at).is_ok_and(|bytes| sha256_hex(&bytes) != input.sha256) {
            notes.push(format!(
                "{} has changed since the run; explained is the scenario as it was run",
                input.path
            ));
        }
    }
    notes
}

/// The policy with the highest mean NPV in a `summary.csv`, of equals the first; perfect foresight is none.
fn best_policy(summary: &[u8]) -> Option<String> {
    let mut reader = csv::Reader::from_reader(summary);
    let column = |headers: &csv::StringRecord, name: &str| headers.iter().position(|header| header == name);
    let headers = reader.headers().ok()?.clone();
    let (name, mean) = (column(&headers, "policy")?, column(&headers, "mean_npv_usd")?);
    let mut best: Option<(String, f64)> = None;
    for row in reader.records().map_while(Result::ok) {
        let (Some(policy), Some(usd)) = (row.get(name), row.get(mean).and_then(|usd| usd.parse().ok()))
        else {
            continue;
        };
        if policy != crate::tables::FORESIGHT && best.as_ref().is_none_or(|(_, highest)| usd > *highest) {
            best = Some((policy.to_owned(), usd));
        }
    }
    best.map(|(policy, _)| policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::summary;
    use crate::test_support::outcomes;

    /// A folder with a manifest, an input beside a scenario, and the scenario.
    fn folder() -> (tempfile::TempDir, Manifest) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.toml"), "scenario").unwrap();
        fs::write(at("prices.csv"), "prices").unwrap();
        let scenario = at("a.toml").display().to_string();
        let input = |path: &str, text: &str| InputFile {
            path: path.into(),
            is_base: false,
            sha256: sha256_hex(text.as_bytes()),
        };
        let manifest = Manifest {
            paths_simulated: 3,
            inputs: vec![input(&scenario, "scenario"), input("prices.csv", "prices")],
            ..Manifest::default()
        };
        (folder, manifest)
    }

    fn open(folder: &tempfile::TempDir, manifest: &Manifest) -> Result<PastRun, PastRunError> {
        fs::write(folder.path().join(MANIFEST_FILE), manifest.to_json()).unwrap();
        PastRun::open(folder.path())
    }

    #[test]
    fn inputs_are_held_against_their_checksums_and_the_scenario_may_change() {
        let (folder, manifest) = folder();
        let past = open(&folder, &manifest).unwrap();
        assert!(past.notes.is_empty() && past.best_policy.is_none(), "{:?}", past.notes);
        fs::write(folder.path().join("a.toml"), "another").unwrap();
        let notes = open(&folder, &manifest).unwrap().notes;
        assert!(notes[0].contains("a.toml has changed since the run"), "{notes:?}");
        let mut on_base = manifest.clone();
        let base = InputFile { path: "base.toml".into(), is_base: true, sha256: sha256_hex(b"base") };
        on_base.inputs.push(base);
        assert_eq!(open(&folder, &on_base).unwrap().notes.len(), 1, "a base that is gone is in the manifest");
        fs::write(folder.path().join("base.toml"), "another").unwrap();
        let notes = open(&folder, &on_base).unwrap().notes;
        assert!(notes[1].contains("base.toml has changed since the run"), "{notes:?}");
        fs::write(folder.path().join("prices.csv"), "other prices").unwrap();
        let error = open(&folder, &manifest).unwrap_err().to_string();
        assert!(error.contains("prices.csv has changed since the run"), "{error}");
        fs::remove_file(folder.path().join("prices.csv")).unwrap();
        let error = open(&folder, &manifest).unwrap_err().to_string();
        assert!(error.contains("prices.csv cannot be read"), "{error}");
    }

    #[test]
    fn other_versions_are_noted_and_folders_without_a_run_refused() {
        let (folder, manifest) = folder();
        let old = Manifest { version: "0.0.1".into(), ..manifest.clone() };
        let notes = open(&folder, &old).unwrap().notes;
        assert!(notes[0].contains("version 0.0.1"), "{notes:?}");
        let dispatched = Manifest { paths_simulated: 0, ..manifest };
        assert!(open(&folder, &dispatched).unwrap_err().to_string().contains("a case of `dispatch`"));
        fs::write(folder.path().join(MANIFEST_FILE), "{}").unwrap();
        assert!(matches!(PastRun::open(folder.path()), Err(PastRunError::Foreign { .. })));
        let nowhere = PastRun::open(&folder.path().join("none")).unwrap_err().to_string();
        assert!(nowhere.contains("name the folder of a run"), "{nowhere}");
    }

    #[test]
    fn the_best_policy_is_that_of_the_outcomes() {
        let outcomes = outcomes();
        let found = best_policy(&summary(&outcomes).into_bytes());
        assert_eq!(found.as_deref(), Some(outcomes.best().name.as_str()));
        assert_eq!(best_policy(b"policy,other\n"), None);
    }
}

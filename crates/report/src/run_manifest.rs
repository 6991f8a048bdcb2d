//! What the folder of a run says of how it came about, before its files are written.

use crate::manifest::{InputFile, Manifest, Source, TOOL, sha256_hex};
use scenario::Scenario;
use simulate::Run;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A file that was read before cannot be read again.
#[derive(Debug, Error)]
#[error("reading {} again: {cause}", path.display())]
pub struct GoneError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub cause: io::Error,
}

impl GoneError {
    fn of(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |cause| Self { path, cause }
    }
}

/// What a scenario that lies in no file is called.
pub const TEXT: &str = "<text>";

/// The files behind a run: their checksums, and what they say beside their values.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// The file that was run, and those that it names.
    pub files: Vec<InputFile>,
    /// Remarks of the scenario and its bases, bases first.
    pub sources: Vec<Source>,
}

impl Inputs {
    /// Of the scenario of a file.
    ///
    /// # Errors
    /// If a file is gone since it was read.
    pub fn of(file: &Path, inputs: &[scenario::InputFile]) -> Result<Self, GoneError> {
        Ok(Self { files: checksums(file, inputs)?, sources: sources(file, inputs)? })
    }

    /// Of the text of a scenario: that of the file of a name as it was read, or one that lies in no file, which [`TEXT`] stands for.
    ///
    /// # Errors
    /// If a file that it names is gone since it was read.
    pub fn of_text(named: &str, text: &str, inputs: &[scenario::InputFile]) -> Result<Self, GoneError> {
        let own = InputFile { path: named.into(), is_base: false, sha256: sha256_hex(text.as_bytes()) };
        let files = std::iter::once(Ok(own)).chain(inputs.iter().map(checksum));
        let mut sources = Vec::new();
        for base in inputs.iter().filter(|input| input.is_base) {
            sources.extend(remarks(&read(&base.path)?));
        }
        sources.extend(remarks(text));
        Ok(Self { files: files.collect::<Result<_, _>>()?, sources })
    }
}

/// Checksums of the file that was run and of the files that it names.
///
/// # Errors
/// If one is gone since it was read.
pub fn checksums(file: &Path, inputs: &[scenario::InputFile]) -> Result<Vec<InputFile>, GoneError> {
    let own =
        scenario::InputFile { named: file.display().to_string(), path: file.to_path_buf(), is_base: false };
    std::iter::once(&own).chain(inputs).map(checksum).collect()
}

fn checksum(input: &scenario::InputFile) -> Result<InputFile, GoneError> {
    let bytes = fs::read(&input.path).map_err(GoneError::of(&input.path))?;
    Ok(InputFile { path: input.named.clone(), is_base: input.is_base, sha256: sha256_hex(&bytes) })
}

/// What the scenario and its bases say beside their values, bases first.
fn sources(file: &Path, inputs: &[scenario::InputFile]) -> Result<Vec<Source>, GoneError> {
    let bases = inputs.iter().filter(|input| input.is_base).map(|input| input.path.as_path());
    let mut found = Vec::new();
    for path in bases.chain([file]) {
        found.extend(remarks(&read(path)?));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<String, GoneError> {
    fs::read_to_string(path).map_err(GoneError::of(path))
}

fn remarks(text: &str) -> Vec<Source> {
    let source =
        |remark: scenario::Remark| Source { field: remark.field, value: remark.value, remark: remark.text };
    scenario::remarks(text).into_iter().map(source).collect()
}

/// What is known of a run before its last file is written.
#[must_use]
pub fn run_manifest(scenario: &Scenario, overrides: &[String], inputs: Inputs, run: &Run) -> Manifest {
    let is_guest = |name: &&String| scenario.policies.iter().all(|plan| plan.name != **name);
    let guests = run.outcomes.policies.iter().map(|policy| &policy.name).filter(is_guest).cloned();
    Manifest {
        tool: TOOL.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        scenario: scenario.name.clone(),
        lens: scenario.lens.shown.name().into(),
        seed: scenario.run.seed,
        paths_simulated: run.outcomes.n_paths,
        paths_kept: run.outcomes.n_kept,
        interrupted: run.outcomes.interrupted,
        resolved_scenario: scenario.resolved.clone(),
        resolved_sweep: None,
        overrides: overrides.to_vec(),
        guests: guests.collect(),
        sources: inputs.sources,
        inputs: inputs.files,
        outputs: Vec::new(),
        timings_seconds: Vec::new(),
        threads: run.threads,
        peak_memory_mb: None,
        warnings: run.outcomes.warnings.clone(),
    }
}

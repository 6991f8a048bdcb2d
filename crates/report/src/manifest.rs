//! What a results folder says about itself: how it was made, from what, and which files it holds.
//!
//! The manifest is written last, so that a folder with one is whole; the files it lists are the only ones a later run
//! may replace.

use serde::{Deserialize, Serialize};

pub use sweep::sha256_hex;

/// Name of the manifest within its folder.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Name by which a manifest is known as ours.
pub const TOOL: &str = "wattshift";

/// How a results folder was made and what it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always [`TOOL`].
    pub tool: String,
    /// Version of the program.
    pub version: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Lens that the money is shown under, outcomes or value.
    #[serde(default)]
    pub lens: String,
    /// Seed of every random number.
    pub seed: u64,
    /// Paths simulated.
    pub paths_simulated: usize,
    /// First paths of which values were kept one by one.
    pub paths_kept: usize,
    /// Whether the run was stopped before all paths were done.
    pub interrupted: bool,
    /// The scenario with every default filled in, as TOML; running it again reproduces the folder. Of two runs that of the second.
    pub resolved_scenario: String,
    /// The sweep with every default filled in, as TOML, where the folder holds one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_sweep: Option<String>,
    /// Settings given on the command line over the file, as `path=value`.
    #[serde(default)]
    pub overrides: Vec<String>,
    /// Policies that came with the run, as functions of a program; the scenario does not hold them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<String>,
    /// What the files of the scenario say beside their values, bases first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// Files read.
    #[serde(default)]
    pub inputs: Vec<InputFile>,
    /// Files written, filled in when the folder is published; the manifest itself is not among them.
    #[serde(default)]
    pub outputs: Vec<OutputFile>,
    /// Wall-clock seconds by stage, in order.
    #[serde(default)]
    pub timings_seconds: Vec<(String, f64)>,
    /// Threads used.
    pub threads: usize,
    /// Peak memory of the process, MB, where the system tells.
    pub peak_memory_mb: Option<f64>,
    /// Things the reader should know before trusting a number.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// A value of a scenario file and the remark beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The field's path.
    pub field: String,
    /// The value as written.
    pub value: String,
    /// The comment: a source, or that it is an assumption.
    pub remark: String,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Its path as given.
    pub path: String,
    /// Whether it is the base of a scenario, so that all it says is in the resolved scenario.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_base: bool,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Its path within the folder, with `/` between parts.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            tool: TOOL.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            scenario: String::new(),
            lens: String::new(),
            seed: 0,
            paths_simulated: 0,
            paths_kept: 0,
            interrupted: false,
            resolved_scenario: String::new(),
            resolved_sweep: None,
            overrides: Vec::new(),
            guests: Vec::new(),
            sources: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            timings_seconds: Vec::new(),
            threads: 1,
            peak_memory_mb: None,
            warnings: Vec::new(),
        }
    }
}

impl Manifest {
    /// The manifest as indented JSON with a final line break.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a manifest holds only text and numbers");
        text.push('\n');
        text
    }

    /// Reads a manifest; `None` when the text is not one of ours.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|manifest: &Self| manifest.tool == TOOL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digest() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn json_reads_back_and_foreign_json_does_not() {
        let manifest = Manifest {
            scenario: "base".into(),
            seed: u64::MAX,
            timings_seconds: vec![("simulate".into(), 1.25)],
            ..Manifest::default()
        };
        assert_eq!(Manifest::from_json(&manifest.to_json()), Some(manifest.clone()));
        assert_eq!(Manifest::from_json("{}"), None);
        let foreign = Manifest { tool: "other".into(), ..manifest };
        assert_eq!(Manifest::from_json(&foreign.to_json()), None);
    }
}

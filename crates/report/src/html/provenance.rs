//! Where the page comes from: inputs with their checksums, the scenario as it was run, and the command that makes it again.

use crate::manifest::{InputFile, Manifest, Source};
use crate::run_manifest::TEXT;
use serde::Serialize;

/// What someone needs who wants the same numbers.
#[derive(Debug, Serialize)]
pub(super) struct Provenance<'a> {
    version: &'a str,
    seed: String,
    command: String,
    /// What the command leaves out.
    beyond: Vec<String>,
    inputs: &'a [InputFile],
    /// What the scenario's files say beside their values.
    sources: &'a [Source],
    overrides: &'a [String],
    resolved_scenario: &'a str,
}

impl<'a> Provenance<'a> {
    pub(super) fn of(manifest: &'a Manifest) -> Self {
        Self {
            version: &manifest.version,
            seed: manifest.seed.to_string(),
            command: command(manifest),
            beyond: beyond(manifest),
            inputs: &manifest.inputs,
            sources: &manifest.sources,
            overrides: &manifest.overrides,
            resolved_scenario: &manifest.resolved_scenario,
        }
    }
}

/// The command line that runs the scenario with the same settings.
pub(crate) fn command(manifest: &Manifest) -> String {
    let file = manifest.inputs.first().map(|input| input.path.as_str()).filter(|path| *path != TEXT);
    let scenario = file.unwrap_or("SCENARIO.toml");
    let settings = manifest.overrides.iter().map(|setting| format!(" --set {}", quoted(setting)));
    format!("wattshift run {}{}", quoted(scenario), settings.collect::<String>())
}

/// What someone must know who has the command alone.
fn beyond(manifest: &Manifest) -> Vec<String> {
    let mut beyond = Vec::new();
    if manifest.inputs.first().is_some_and(|input| input.path == TEXT) {
        beyond.push(
            "The scenario came from a program and not from a file: SCENARIO.toml is what resolved_scenario in manifest.json holds, saved in the folder that its paths count from."
                .into(),
        );
    }
    if !manifest.guests.is_empty() {
        beyond.push(format!(
            "The command leaves out {}: functions of the program that made this run, which the folder does not hold.",
            manifest.guests.join(", ")
        ));
    }
    beyond
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them_otherwise() {
        let manifest = Manifest {
            inputs: vec![InputFile { path: "my site.toml".into(), is_base: false, sha256: String::new() }],
            overrides: vec!["run.paths=12".into(), "policies[dp].name='it'".into()],
            ..Manifest::default()
        };
        assert_eq!(
            command(&manifest),
            r"wattshift run 'my site.toml' --set run.paths=12 --set 'policies[dp].name='\''it'\'''"
        );
    }

    #[test]
    fn what_the_command_leaves_out_is_said() {
        let input = InputFile { path: TEXT.into(), is_base: false, sha256: String::new() };
        let manifest = Manifest { inputs: vec![input], guests: vec!["own".into()], ..Manifest::default() };
        assert_eq!(command(&manifest), "wattshift run SCENARIO.toml");
        let said = beyond(&manifest);
        assert!(said[0].contains("not from a file") && said[1].contains("leaves out own"), "{said:?}");
        assert!(beyond(&Manifest::default()).is_empty());
    }
}

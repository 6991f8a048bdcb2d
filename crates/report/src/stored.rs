//! `results.json.gz`: all that a run found, to the bit, so that its tables, charts and pages can be made again without simulating.
//!
//! What is stored is [`Outcomes`] itself. Values of single months of single paths are not in it (their quantiles are), so that the file
//! stays small; the NPVs of the kept paths are.

use crate::folder::{FolderError, OutputFolder};
use crate::manifest::{MANIFEST_FILE, Manifest, sha256_hex};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use simulate::Outcomes;
use std::fs;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Name of the file within its folder.
pub const RESULTS_FILE: &str = "results.json.gz";

/// More than any run writes, unpacked.
const LARGEST_BYTES: u64 = 4 << 30;

/// Raised whenever what is stored changes its shape.
const FORMAT: u32 = 1;

/// Why the results of a folder cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoredError {
    /// A file of the folder cannot be read.
    #[error("{} cannot be read ({cause}); name the folder of a run", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: io::Error,
    },
    /// The folder holds something else.
    #[error("{} is not the manifest of a run; name the folder of a `run`", .path.display())]
    NoRun {
        /// The manifest.
        path: PathBuf,
    },
    /// The results are missing, damaged or of another version.
    #[error("{} {fault}; run the scenario again (its text is in {MANIFEST_FILE})", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
}

#[derive(Serialize)]
struct Stored<'a> {
    format: u32,
    outcomes: &'a Outcomes,
}

#[derive(Deserialize)]
struct Read {
    outcomes: Outcomes,
}

#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// Stages [`RESULTS_FILE`].
///
/// # Errors
/// If it cannot be written.
pub fn write_results(outcomes: &Outcomes, folder: &mut OutputFolder) -> Result<(), FolderError> {
    let stored = Stored { format: FORMAT, outcomes };
    folder.write_with(RESULTS_FILE, |file| {
        let path = RESULTS_FILE.as_ref();
        // Without a time or a name in its head, so that equal results are equal bytes.
        let mut packed = GzEncoder::new(BufWriter::new(file), Compression::default());
        serde_json::to_writer(&mut packed, &stored)
            .map_err(|cause| FolderError::at("write", path)(cause.into()))?;
        let rest = packed.finish().and_then(|mut file| file.flush());
        rest.map_err(FolderError::at("write", path))
    })
}

/// The manifest and the results of the run that a folder holds.
///
/// # Errors
/// If the folder holds no run, or its results are missing, are not what the manifest says, or cannot be understood.
pub fn read_results(folder: &Path) -> Result<(Manifest, Outcomes), StoredError> {
    let manifest_path = folder.join(MANIFEST_FILE);
    let text = fs::read_to_string(&manifest_path)
        .map_err(|cause| StoredError::Unreadable { path: manifest_path.clone(), cause })?;
    let manifest = Manifest::from_json(&text)
        .filter(|manifest| manifest.paths_simulated > 0 && manifest.resolved_sweep.is_none())
        .ok_or(StoredError::NoRun { path: manifest_path })?;
    let path = folder.join(RESULTS_FILE);
    let unusable = |fault: &str| StoredError::Unusable { path: path.clone(), fault: fault.to_owned() };
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Err(unusable("is not there")),
        Err(cause) => return Err(StoredError::Unreadable { path, cause }),
    };
    let listed = manifest.outputs.iter().find(|output| output.file == RESULTS_FILE);
    if listed.is_none_or(|output| output.sha256 != sha256_hex(&bytes)) {
        return Err(unusable("is not what the run wrote: its checksum differs from that in the manifest"));
    }
    let mut text = Vec::new();
    GzDecoder::new(bytes.as_slice())
        .take(LARGEST_BYTES)
        .read_to_end(&mut text)
        .map_err(|error| unusable(&format!("cannot be unpacked ({error})")))?;
    match serde_json::from_slice::<Head>(&text) {
        Ok(head) if head.format == FORMAT => {}
        Ok(_) => return Err(unusable("was written by another version")),
        Err(error) => return Err(unusable(&format!("cannot be understood ({error})"))),
    }
    let read: Read = serde_json::from_slice(&text)
        .map_err(|error| unusable(&format!("cannot be understood ({error})")))?;
    match fault_of_shape(&read.outcomes) {
        Some(fault) => Err(unusable(&format!("contradicts itself: {fault}"))),
        None => Ok((manifest, read.outcomes)),
    }
}

/// What does not fit together, so that nothing later reads past an end.
fn fault_of_shape(outcomes: &Outcomes) -> Option<String> {
    let n_months = outcomes.months.len();
    let n_policies = outcomes.policies.len();
    if n_months == 0 || n_policies == 0 {
        return Some("it has no months or no policies".into());
    }
    let mut lengths = vec![("hours", outcomes.hours.len()), ("discount", outcomes.discount.len())];
    for policy in &outcomes.policies {
        lengths.extend([
            ("ledger", policy.ledger.len()),
            ("cash_usd", policy.cash_usd.len()),
            ("ai_gross_mw", policy.ai_gross_mw.len()),
            ("ai_mw", policy.ai_mw.spreads().len()),
            ("flow_usd", policy.flow_usd.spreads().len()),
            ("cash_fan_usd", policy.cash_fan_usd.spreads().len()),
        ]);
        if let Some(money) = &policy.finance {
            lengths.extend([
                ("statement", money.statement.len()),
                ("dscr", money.dscr.spreads().len()),
                ("debt_usd", money.debt_usd.spreads().len()),
                ("share_price_usd", money.share_price_usd.spreads().len()),
            ]);
        }
    }
    for factor in &outcomes.markets {
        lengths.extend([
            ("mean", factor.mean.len()),
            ("mean_multiple", factor.mean_multiple.len()),
            ("effective_sample", factor.effective_sample.len()),
            ("fan", factor.fan.spreads().len()),
        ]);
    }
    lengths.extend(outcomes.out_of_money_hours.iter().map(|of_fleet| ("out_of_money_hours", of_fleet.len())));
    if let Some((name, n)) = lengths.into_iter().find(|(_, n)| *n != n_months) {
        return Some(format!("{name} has {n} values for {n_months} months"));
    }
    let pairs = std::iter::once(&outcomes.differences).chain(&outcomes.share_differences);
    if pairs.into_iter().any(|pairs| pairs.n_policies() != n_policies || !pairs.is_whole()) {
        return Some("differences are of other policies".into());
    }
    let bounded = outcomes.market_bounds.as_ref().map_or(n_policies, |bounds| bounds.below_bound_usd.len());
    (bounded != n_policies).then(|| "bounds are of other policies".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{build, financed, outcomes, smallest, zeros};

    /// A folder with the results as `run` writes them, whose manifest is changed before it is published.
    fn folder(outcomes: &Outcomes, change: impl FnOnce(&mut Manifest)) -> tempfile::TempDir {
        let parent = tempfile::tempdir().unwrap();
        let mut folder = OutputFolder::open(&parent.path().join("out"), &outcomes.scenario, false).unwrap();
        write_results(outcomes, &mut folder).unwrap();
        let mut manifest =
            Manifest { scenario: outcomes.scenario.clone(), paths_simulated: 3, ..Manifest::default() };
        change(&mut manifest);
        folder.publish(manifest).unwrap();
        parent
    }

    #[test]
    fn results_read_again_are_stored_to_the_same_bytes() {
        for outcomes in [outcomes(), smallest(), zeros(), financed(), build(&["all-mining", "dp"], 30, 1)] {
            let bytes = |outcomes: &Outcomes| serde_json::to_string(outcomes).unwrap();
            let at = folder(&outcomes, |_| {});
            let (_, again) = read_results(&at.path().join("out")).unwrap();
            assert_eq!(bytes(&again), bytes(&outcomes));
            assert!(again.policies.iter().all(|policy| policy.ai_mw.kept().is_empty()));
        }
    }

    #[test]
    fn what_is_no_run_or_not_whole_is_said_with_what_to_do() {
        let outcomes = smallest();
        let said = |at: &tempfile::TempDir| read_results(&at.path().join("out")).unwrap_err().to_string();
        let at = folder(&outcomes, |manifest| manifest.paths_simulated = 0);
        assert!(said(&at).contains("is not the manifest of a run"), "{}", said(&at));
        let at = folder(&outcomes, |_| {});
        let file = at.path().join("out").join(RESULTS_FILE);
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        assert!(said(&at).contains("its checksum differs"), "{}", said(&at));
        fs::remove_file(&file).unwrap();
        assert!(said(&at).contains("is not there; run the scenario again"), "{}", said(&at));
        fs::remove_file(at.path().join("out").join(MANIFEST_FILE)).unwrap();
        assert!(said(&at).contains("name the folder of a run"), "{}", said(&at));
    }

    #[test]
    fn results_that_do_not_fit_together_are_refused() {
        type Break = fn(&mut Outcomes);
        let faults: [(&str, Break); 4] = [
            ("hours has 1 values", |outcomes| outcomes.hours.truncate(1)),
            ("ledger has 0 values", |outcomes| outcomes.policies[0].ledger.clear()),
            ("differences are of other policies", |outcomes| drop(outcomes.policies.pop())),
            ("no months or no policies", |outcomes| outcomes.policies.clear()),
        ];
        for (fault, break_it) in faults {
            let mut outcomes = build(&["all-mining", "dp"], 30, 4);
            break_it(&mut outcomes);
            let at = folder(&outcomes, |_| {});
            let said = read_results(&at.path().join("out")).unwrap_err().to_string();
            assert!(said.contains(fault), "{said}");
        }
    }
}

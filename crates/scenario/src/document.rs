//! A file of settings as a whole: its text, its overrides, and all its faults at once.

use crate::base::Bases;
use crate::fault::{Fault, Faults, Origin};
use crate::inputs::Inputs;
use crate::reader::{Log, Section};
use crate::tree;
use std::io::Read as _;
use std::path::Path;

/// Longest file.
const MAX_BYTES: u64 = 10_000_000;

/// What was read from a file without faults.
pub struct Document<T> {
    /// What was made of it.
    pub value: T,
    /// Every field with the value used, defaults included, as TOML.
    pub resolved: String,
    /// Files it names, and warnings.
    pub inputs: Inputs,
}

/// The text of a file; `kind` is what it should be, and `or` how else to get one.
///
/// # Errors
/// A fault that says why it cannot be read.
pub fn text_of(file: &Path, kind: &str, or: &str) -> Result<String, Faults> {
    read_text(file, kind).map_err(|problem| {
        let problem = if file.exists() { problem } else { format!("{problem}, or {or}") };
        Faults {
            file: file.display().to_string(),
            text: String::new(),
            bases: Vec::new(),
            overrides: Vec::new(),
            faults: vec![Fault { field: kind.into(), problem, origin: None }],
        }
    })
}

/// The text of a file, or what is wrong with it.
pub(crate) fn read_text(file: &Path, kind: &str) -> Result<String, String> {
    let bytes = read_limited(file).map_err(|error| format!("cannot be read ({error}); check the path"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("is longer than {MAX_BYTES} bytes; allowed is a {kind}"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        format!("line {line} is not UTF-8 text (byte {at}); allowed is UTF-8")
    })
}

/// The bytes of a file, one more than allowed at most: a device or pipe without end is not read to it.
fn read_limited(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a text with `--set` overrides on top by `read`; paths in it count from `folder`.
///
/// # Errors
/// All faults that `read` notes, in one [`Faults`].
pub fn read<T>(
    named: &str,
    text: &str,
    folder: &Path,
    overrides: &[String],
    read: impl FnOnce(&Section<'_>, &mut Inputs) -> T,
) -> Result<Document<T>, Faults> {
    let mut faults = Vec::new();
    let table = tree::parse(text, &mut faults);
    let mut bases = Bases::of(named);
    let mut table = bases.lay_under(table, folder, Path::new(""));
    for (n, argument) in overrides.iter().enumerate() {
        if let Err(fault) = tree::set(&mut table, argument, n) {
            faults.push(fault);
        }
    }
    bases.refuse_late(&mut table);
    faults.append(&mut bases.faults);
    let failed = |faults: Vec<Fault>| Faults {
        file: named.into(),
        text: text.into(),
        bases: bases.texts.clone(),
        overrides: overrides.to_vec(),
        faults,
    };
    if !faults.is_empty() {
        return Err(failed(faults));
    }
    let log = Log::default();
    let mut inputs = Inputs::new(folder);
    inputs.files = bases.files;
    let value = read(&Section::root(&table, &log), &mut inputs);
    let (mut faults, resolved) = log.finish();
    if faults.is_empty() {
        return Ok(Document { value, resolved, inputs });
    }
    // In the order of the file, so that the reader can walk down it.
    faults.sort_by_key(|fault| match &fault.origin {
        Some(Origin::File(span)) => (0, 0, span.start),
        Some(Origin::Base(n, span)) => (1, *n, span.start),
        Some(Origin::Override(n)) => (2, 0, *n),
        None => (3, 0, 0),
    });
    faults.dedup();
    Err(failed(faults))
}

/// The `name` of a file's first section, which also names a folder.
pub fn read_name(about: &Section<'_>) -> String {
    let name = about.text("name", "a name in quotes");
    if !name.is_empty() && !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        || name.starts_with('.')
    {
        about.fault(
            "name",
            format!("is `{name}`; allowed are letters, digits, - _ and dots, for it names a folder"),
        );
    }
    name
}

//! Where a fit goes, and what it says of its sources.

use super::args::OutputArgs;
use crate::failure::Failure;
use crate::output::say;
use crate::place;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use market::Panel;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a fit, known to be free.
pub(super) struct Target {
    toml: PathBuf,
    png: PathBuf,
    pub(super) fit_date: String,
}

fn bad(text: String) -> Failure {
    Failure::BadInput(format!("error: {text}"))
}

impl Target {
    /// Looks at the place before the work begins, so that nothing is fitted in vain.
    pub(super) fn open(args: &OutputArgs, default_name: &str) -> Result<Self, Failure> {
        let toml = args
            .out
            .clone()
            .unwrap_or_else(|| Path::new("data/calibration").join(format!("{default_name}.toml")));
        if toml.extension().is_none_or(|extension| extension != "toml") {
            return Err(bad(format!("{} does not end in .toml; name a file that does", toml.display())));
        }
        let png = toml.with_extension("png");
        place::check(&[&toml, &png], args.force)?;
        let today = || Timestamp::now().to_zoned(TimeZone::UTC).date();
        Ok(Self { toml, png, fit_date: args.date.unwrap_or_else(today).to_string() })
    }

    /// Writes chart and calibration, each under another name first, and says so; `section` is the one of a scenario that takes
    /// such a calibration.
    pub(super) fn write(
        &self,
        title: &str,
        toml: &str,
        panels: &[Panel],
        section: Option<&str>,
    ) -> Result<(), Failure> {
        let folder = self.toml.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(|error| {
                bad(format!("cannot make the folder {} ({error}); name another with -o", folder.display()))
            })?;
        }
        let unwritable = |error: &dyn std::fmt::Display| bad(format!("{error}; name another place with -o"));
        let mut text = String::from("\nwrote ");
        if !panels.is_empty() {
            report::write_panels(title, panels, &self.png, None).map_err(|error| unwritable(&error))?;
            text += &format!("{} and ", self.png.display());
        }
        report::write_whole(&self.toml, toml.as_bytes()).map_err(|error| unwritable(&error))?;
        text += &format!("{}\n", self.toml.display());
        if let Some(section) = section {
            text += &format!("use it in a scenario: [{section}] calibration = \"{}\"\n", self.toml.display());
            if self.toml.is_relative() {
                text += "(for a scenario in this folder; a scenario's paths count from its own)\n";
            }
        }
        say(&text)
    }
}

/// Names of the files with their checksums, without the folders they lie in.
pub(super) fn source_line(files: &[&Path]) -> Result<String, Failure> {
    let describe = |path: &&Path| {
        let bytes = fs::read(path).map_err(|error| {
            bad(format!("{}: cannot read the file ({error}); check its name", path.display()))
        })?;
        let name = path.file_name().map_or_else(Default::default, |name| name.to_string_lossy());
        Ok(format!("{name} (sha256 {})", report::sha256_hex(&bytes)))
    };
    Ok(files.iter().map(describe).collect::<Result<Vec<String>, Failure>>()?.join(", "))
}

//! A fitted law behind a section's defaults: the one that ships, or a file that `wattshift calibrate` wrote.

use crate::inputs::Inputs;
use crate::reader::Section;
use std::fmt::Display;

/// What a calibration file is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Power,
    Reserves,
    Bitcoin,
    Lease,
    Gpu,
}

impl Kind {
    /// The kind that a file's fields show; `None` when they show none.
    fn of(file: &toml::Table) -> Option<Self> {
        let unit = file.get("unit").and_then(toml::Value::as_str).unwrap_or_default();
        [
            (Self::Power, file.contains_key("point")),
            (Self::Reserves, file.contains_key("bend_from")),
            (Self::Bitcoin, file.contains_key("network")),
            (Self::Gpu, unit.contains("GPU-hour")),
            (Self::Lease, unit.contains("per kW")),
        ]
        .into_iter()
        .find_map(|(kind, holds)| holds.then_some(kind))
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Power => "power prices",
            Self::Reserves => "reserve prices",
            Self::Bitcoin => "Bitcoin",
            Self::Lease => "lease rents (USD per kW and month)",
            Self::Gpu => "GPU-hour prices (USD per GPU-hour)",
        }
    }

    /// The subcommand of `wattshift calibrate` that writes such files.
    fn command(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Reserves => "reserves",
            Self::Bitcoin => "bitcoin",
            Self::Lease => "lease",
            Self::Gpu => "gpu",
        }
    }
}

/// Parses the text of a calibration file of a kind; the message names another kind, or what is wrong.
pub(crate) fn parse<T, E: Display>(
    text: &str,
    wanted: Kind,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, String> {
    let allowed = format!("; allowed is a file that `wattshift calibrate {}` wrote", wanted.command());
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| format!("is no TOML ({}){allowed}", error.message()))?;
    let unit = || table.get("unit").and_then(toml::Value::as_str);
    match (Kind::of(&table), unit()) {
        (Some(found), _) if found != wanted => {
            Err(format!("is a calibration of {}, not of {}{allowed}", found.noun(), wanted.noun()))
        }
        (None, Some(unit)) => Err(format!("has the unit `{unit}`, wanted are {}{allowed}", wanted.noun())),
        _ => parse(text).map_err(|error| format!("{error}{allowed}")),
    }
}

/// Reads the file that the section's `calibration` names, or gives the shipped law.
pub(crate) fn read<T, E: Display>(
    section: &Section<'_>,
    inputs: &mut Inputs,
    kind: Kind,
    shipped: impl Fn() -> T,
    parse_text: impl Fn(&str) -> Result<T, E>,
) -> T {
    let Some(file) = section.optional_text("calibration") else { return shipped() };
    let read = std::fs::read_to_string(inputs.resolve(&file))
        .map_err(|error| format!("{file}: cannot read the file ({error})"))
        .and_then(|text| parse(&text, kind, &parse_text).map_err(|problem| format!("{file}: {problem}")));
    match read {
        Ok(calibration) => {
            inputs.note(&file);
            calibration
        }
        Err(problem) => {
            section.fault("calibration", problem);
            shipped()
        }
    }
}

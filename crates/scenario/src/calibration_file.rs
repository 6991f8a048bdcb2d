//! A fitted law behind a section's defaults: the one that ships, or a file that `wattshift calibrate` wrote.

use crate::inputs::Inputs;
use crate::reader::Section;
use std::fmt::Display;

/// Reads the file that the section's `calibration` names, or gives the shipped law; `fit` is the command that writes such files.
pub(crate) fn read<T, E: Display>(
    section: &Section<'_>,
    inputs: &mut Inputs,
    fit: &str,
    shipped: impl Fn() -> T,
    parse: impl Fn(&str) -> Result<T, E>,
) -> T {
    let Some(file) = section.optional_text("calibration") else { return shipped() };
    let read = std::fs::read_to_string(inputs.resolve(&file))
        .map_err(|error| format!("{file}: cannot read the file ({error})"))
        .and_then(|text| {
            parse(&text).map_err(|error| {
                format!("{file}: {error}; allowed is a file that `wattshift calibrate {fit}` wrote")
            })
        });
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

//! A price per step: imported from a file in any known layout, a column of a plain table, or a path of a calibration.

use super::clock::StepClock;
use crate::inputs::Inputs;
use crate::power_section::{read_bounds, read_calibration, read_initial_level};
use crate::reader::{Rule, Section};
use market::import::{PointQuery, column};
use market::power::BUILTIN_NAMES;
use market::{PowerHistory, PowerLaw, PowerModel, PowerSource};
use std::path::PathBuf;

const USD_PER_MWH: &str = "USD/MWh";

/// Reads the one source of prices of a section, USD/MWh by step; `None` after a fault.
pub(super) fn read(section: &Section<'_>, clock: &StepClock, inputs: &mut Inputs) -> Option<Vec<f64>> {
    if section.has("file") {
        for key in ["level_usd_per_mwh", "initial_level", "floor_usd_per_mwh", "cap_usd_per_mwh"] {
            beside(section, key, "file", "belongs to a calibration");
        }
        for key in ["calibration", "seed", "path"] {
            beside(section, key, "file", "belongs to simulated prices; allowed is one source");
        }
        read_file(section, clock, inputs)
    } else {
        for key in ["point", "point_type", "price_column"] {
            beside(section, key, "calibration", "belongs to file, which is missing");
        }
        if !section.has("calibration") {
            section.fault_here(format!(
                "has no source of prices; wanted is file = \"a CSV file\", or calibration = one of {} or a TOML file",
                BUILTIN_NAMES.join(", ")
            ));
            for key in ["level_usd_per_mwh", "initial_level", "floor_usd_per_mwh", "cap_usd_per_mwh"] {
                section.read_elsewhere(key);
            }
            return None;
        }
        read_simulated(section, clock, inputs)
    }
}

fn beside(section: &Section<'_>, key: &'static str, source: &str, why: &str) {
    if section.has(key) {
        section.fault(key, format!("stands beside {source}, but {why}"));
    }
}

fn read_file(section: &Section<'_>, clock: &StepClock, inputs: &mut Inputs) -> Option<Vec<f64>> {
    let files = section.texts("file", "a CSV file in quotes");
    let by_point = section.has("point");
    let read = match (by_point, section.has("price_column")) {
        (true, true) => {
            section.fault("price_column", "stands beside point; allowed is one way of naming the prices");
            section.read_elsewhere("point_type");
            return None;
        }
        (false, false) => {
            section.fault(
                "file",
                "says not which prices are meant; wanted is point = \"HB_HOUSTON\" for a file in a known layout, \
                 or price_column for a table with a row per step",
            );
            section.read_elsewhere("point_type");
            return None;
        }
        (true, false) => read_point(section, &files, clock, inputs),
        (false, true) => read_column(section, &files, clock, inputs),
    };
    let prices = read?;
    for file in &files {
        inputs.note(file);
    }
    Some(prices)
}

fn read_point(
    section: &Section<'_>,
    files: &[String],
    clock: &StepClock,
    inputs: &mut Inputs,
) -> Option<Vec<f64>> {
    let mut query = PointQuery::new(section.text("point", "a settlement point or a price column"));
    query.point_type = section.optional_text("point_type");
    if files.is_empty() || query.point.is_empty() {
        return None;
    }
    let paths: Vec<PathBuf> = files.iter().map(|file| inputs.resolve(file)).collect();
    let history = PowerHistory::read_point(&paths, &query, clock.unix_s(0), clock.unix_s(clock.steps()))
        .map_err(|error| section.fault("file", error.to_string()))
        .ok()?;
    let prices = history.prices_usd_per_mwh;
    match (history.step_s, i64::from(clock.step_minutes) * 60) {
        (file, case) if file == case => Some(prices),
        (900, 3_600) => {
            inputs.warn(format!(
                "{}: quarter-hours are averaged to the hours of the case; step_minutes = 15 keeps them",
                section.field("file")
            ));
            Some(prices.chunks(4).map(|hour| hour.iter().sum::<f64>() / 4.0).collect())
        }
        (file, _) => {
            let minutes = file / 60;
            section.fault(
                "file",
                format!(
                    "has prices of {minutes} minutes each; allowed with them is case.step_minutes = {minutes}"
                ),
            );
            None
        }
    }
}

fn read_column(
    section: &Section<'_>,
    files: &[String],
    clock: &StepClock,
    inputs: &mut Inputs,
) -> Option<Vec<f64>> {
    if section.has("point_type") {
        section.fault("point_type", "stands beside price_column; allowed is point_type beside point");
    }
    let name = section.text("price_column", "the name of the price column");
    let [file] = files else {
        if files.len() > 1 {
            section.fault(
                "file",
                format!("is a list of {} files; allowed with price_column is one", files.len()),
            );
        }
        return None;
    };
    if name.is_empty() {
        return None;
    }
    // The range of the importers: far outside any cap, near enough to catch a slipped decimal point.
    let read = column(&inputs.resolve(file), &name, -1e4..=2e4, USD_PER_MWH);
    let prices = read.map_err(|error| section.fault("file", error.to_string())).ok()?;
    check_rows(section, "file", prices.len(), clock).then_some(prices)
}

/// Whether a table has a row per step; notes a fault of `key` where it has not.
pub(super) fn check_rows(section: &Section<'_>, key: &'static str, rows: usize, clock: &StepClock) -> bool {
    let fits = rows == clock.steps();
    if !fits {
        section.fault(
            key,
            format!(
                "has {rows} rows; allowed is a row per step: {} of {} minutes in {}",
                clock.steps(),
                clock.step_minutes,
                clock.span()
            ),
        );
    }
    fits
}

fn read_simulated(section: &Section<'_>, clock: &StepClock, inputs: &mut Inputs) -> Option<Vec<f64>> {
    let name = section.text("calibration", &format!("one of {} or a TOML file", BUILTIN_NAMES.join(", ")));
    let law = read_calibration(section, &name, inputs).map(PowerLaw::from);
    let initial_level = read_initial_level(section, law.as_ref());
    let own_level = match &law {
        Some(PowerLaw::Fitted(calibration)) => calibration.mean_usd_per_mwh(),
        _ => 30.0,
    };
    let level = section.number_or("level_usd_per_mwh", Rule::above(0.0, 1_000.0, USD_PER_MWH), own_level);
    let (floor, cap) = read_bounds(section);
    let seed = section.whole("seed", 0, i64::MAX as u64, Some(1));
    let path = section.whole("path", 0, 10_000_000, Some(0));
    if level >= cap {
        let problem = format!("is {level}; allowed is below cap_usd_per_mwh = {cap} USD/MWh");
        section.fault("level_usd_per_mwh", problem);
        return None;
    }
    if clock.step_minutes != 60 {
        section.fault("calibration", "simulates hours; allowed with it is case.step_minutes = 60");
        return None;
    }
    let mut model = PowerModel::new(law?, level, 0.0, floor, cap);
    model.initial_level = initial_level;
    Some(PowerSource::Model(Box::new(model)).path(&clock.calendar, seed, path))
}

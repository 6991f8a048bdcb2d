//! The power part of a scenario: the fitted model, a bootstrap of history, or a replay; level, curve, start, spikes and storms.

use crate::calibration_file::{self, Kind};
use crate::campus_section::GROWTH;
use crate::history;
use crate::inputs::Inputs;
use crate::reader::{NumberOrWord, Rule, Section, nearest};
use market::curve::Curve;
use market::import::{CurveKind, Gaps, PointQuery, forward_curve, power_files};
use market::power::BUILTIN_NAMES;
use market::{
    PowerBootstrap, PowerCalibration, PowerHistory, PowerLaw, PowerModel, PowerSource, SpikeLaw, StormLaw,
};
use site::Calendar;
use site::calendar::YearMonth;
use std::path::PathBuf;

const USD_PER_MWH: &str = "USD/MWh";
const A_FILE: &str = "a CSV file in quotes";

/// Fields of a resampled history.
const BOOTSTRAP_KEYS: [&str; 6] =
    ["history_file", "point", "point_type", "mean_block_days", "history_start_month", "history_end_month"];
/// Fields of either model, which a replay does not have.
const MODEL_KEYS: [&str; 8] = [
    "model",
    "calibration",
    "initial_level",
    "level_usd_per_mwh",
    "level_growth_per_year",
    "curve_file",
    "floor_usd_per_mwh",
    "cap_usd_per_mwh",
];
/// Fields of a replay.
const REPLAY_KEYS: [&str; 4] =
    ["replay_time_column", "replay_price_column", "replay_point", "replay_point_type"];

/// Reads `[power]` but for the contract's fields, which were read with the campus.
pub(crate) fn read(section: &Section<'_>, calendar: &Calendar, inputs: &mut Inputs) -> PowerSource {
    for key in ["adder_usd_per_mwh", "block_mw", "block_strike_usd_per_mwh", "block_months"] {
        section.read_elsewhere(key);
    }
    let source = if section.has("replay_file") {
        inputs.replays = true;
        for keys in [&MODEL_KEYS[..], &BOOTSTRAP_KEYS] {
            section.belongs_elsewhere(
                keys,
                "belongs to a model of power, and here replay_file replays prices; leave one of the two out",
            );
        }
        let history = read_replay(section, calendar, inputs).unwrap_or_else(no_prices);
        for key in ["storms", "spikes"] {
            if section.has(key) {
                let problem =
                    format!("stands beside replay_file; allowed is a model, for history has its own {key}");
                section.fault(key, problem);
            }
        }
        PowerSource::Replay(history)
    } else {
        section.belongs_elsewhere(&REPLAY_KEYS, "belongs to a replay; it needs replay_file beside it");
        // A stand-in takes the place of what could not be read; the fault is noted.
        read_model(section, calendar, inputs)
            .map_or_else(|| PowerSource::Replay(no_prices()), |model| PowerSource::Model(Box::new(model)))
    };
    section.finish();
    source
}

fn no_prices() -> PowerHistory {
    PowerHistory { start_unix_s: 0, step_s: 3_600, prices_usd_per_mwh: Vec::new() }
}

fn read_replay(section: &Section<'_>, calendar: &Calendar, inputs: &mut Inputs) -> Option<PowerHistory> {
    let files = section.texts("replay_file", A_FILE);
    let (from, to) = (calendar.start_unix_s(), calendar.end_unix_s());
    let paths: Vec<PathBuf> = files.iter().map(|file| inputs.resolve(file)).collect();
    let read = if section.has("replay_point") {
        for key in ["replay_time_column", "replay_price_column"] {
            if section.has(key) {
                section.fault(key, "stands beside replay_point; allowed is one way of naming the series");
            }
        }
        let mut query = PointQuery::new(section.text("replay_point", "a settlement point or a price column"));
        query.point_type = section.optional_text("replay_point_type");
        PowerHistory::read_point(&paths, &query, from, to)
    } else {
        let time = section.optional_text("replay_time_column").unwrap_or_else(|| "interval_start_utc".into());
        let price = section.text(
            "replay_price_column",
            "the name of the price column, or replay_point for a file in one of the known layouts",
        );
        if paths.len() > 1 {
            section.fault(
                "replay_file",
                format!("is a list of {} files; allowed with replay_price_column is one", paths.len()),
            );
        }
        PowerHistory::read(paths.first()?, (&time, &price), from, to)
    };
    if files.is_empty() {
        return None;
    }
    read.map_err(|error| section.fault("replay_file", error.to_string())).ok().inspect(|_| {
        for file in &files {
            inputs.note(file);
        }
    })
}

fn read_model(section: &Section<'_>, calendar: &Calendar, inputs: &mut Inputs) -> Option<PowerModel> {
    let bootstrapped = section.choice("model", &["fitted", "bootstrap"], Some(0)) == 1;
    if !bootstrapped {
        section.belongs_elsewhere(
            &BOOTSTRAP_KEYS,
            "belongs to model = \"bootstrap\", and here it is \"fitted\"",
        );
    }
    let law = if bootstrapped {
        read_bootstrap(section, calendar, inputs).map(PowerLaw::from)
    } else {
        let name =
            section.text("calibration", &format!("one of {} or a TOML file", BUILTIN_NAMES.join(", ")));
        let calibration = read_calibration(section, &name, inputs);
        inputs.history.extend(calibration.iter().flat_map(history::of_power));
        calibration.map(PowerLaw::from)
    };
    let initial_level = if bootstrapped { None } else { read_initial_level(section, law.as_ref()) };
    let growth = section.number_or("level_growth_per_year", GROWTH, 0.0);
    // What the level is where none is stated: the law's own before its spikes are multiplied.
    let own_level = law.as_ref().map_or(30.0, own_level);
    let spikes = read_spikes(section);
    let law = law.map(|law| law.with_spikes(&spikes));
    let model = if section.has("curve_file") {
        read_on_curve(section, calendar, inputs, law, growth)
    } else {
        let level = section.number_or("level_usd_per_mwh", Rule::above(0.0, 1_000.0, USD_PER_MWH), own_level);
        let (floor, cap) = read_bounds(section);
        if level >= cap {
            section.fault(
                "level_usd_per_mwh",
                format!("is {level}; allowed is below cap_usd_per_mwh = {cap} USD/MWh"),
            );
        }
        law.map(|law| PowerModel::new(law, level, growth, floor, cap))
    };
    let storms = section.section_or_empty("storms");
    let rate = Rule::between(0.0, StormLaw::MOST_PER_YEAR, "a year");
    let storm_law = StormLaw::new(storms.number_or("per_year", rate, 0.0));
    storms.finish();
    model.map(|mut model| {
        model.initial_level = initial_level;
        model.storms = storm_law;
        model
    })
}

/// The mean price that a law stands for, USD/MWh.
fn own_level(law: &PowerLaw) -> f64 {
    match law {
        PowerLaw::Fitted(calibration) => calibration.mean_usd_per_mwh(),
        PowerLaw::Bootstrap(_) => law.yearly_mean_usd_per_mwh(),
    }
}

/// What is done to prices above a threshold; nothing where the scenario does not say.
fn read_spikes(section: &Section<'_>) -> SpikeLaw {
    let spikes = section.section_or_empty("spikes");
    let default = SpikeLaw::default();
    let multiple = spikes.number_or("multiple", Rule::between(0.0, SpikeLaw::MOST, ""), default.multiple);
    let rule = Rule::between(0.0, 20_000.0, USD_PER_MWH);
    let above_usd_per_mwh = spikes.number_or("above_usd_per_mwh", rule, default.above_usd_per_mwh);
    spikes.finish();
    SpikeLaw { multiple, above_usd_per_mwh }
}

pub(crate) fn read_bounds(section: &Section<'_>) -> (f64, f64) {
    let floor = section.number_or("floor_usd_per_mwh", Rule::between(-1_000.0, 0.0, USD_PER_MWH), -251.0);
    let cap = section.number_or("cap_usd_per_mwh", Rule::between(100.0, 20_000.0, USD_PER_MWH), 5_000.0);
    (floor, cap)
}

/// Where the slow level starts and how surely, in its standard deviations; `None` for its long-run law.
pub(crate) fn read_initial_level(section: &Section<'_>, law: Option<&PowerLaw>) -> Option<(f64, f64)> {
    let rule = Rule::between(-5.0, 5.0, "standard deviations of the slow level");
    match (section.number_or_word("initial_level", rule, &["long-run", "period-end"], 0), law) {
        (NumberOrWord::Number(level), _) => Some((level, 0.0)),
        (NumberOrWord::Word(1), Some(PowerLaw::Fitted(calibration))) => {
            Some((calibration.level_at_period_end, calibration.level_error_at_period_end))
        }
        _ => None,
    }
}

/// The model on a forward curve.
fn read_on_curve(
    section: &Section<'_>,
    calendar: &Calendar,
    inputs: &mut Inputs,
    law: Option<PowerLaw>,
    growth: f64,
) -> Option<PowerModel> {
    if section.has("level_usd_per_mwh") {
        section.fault(
            "level_usd_per_mwh",
            "stands beside curve_file; allowed is one of the two, for the curve is the level",
        );
    }
    let curve = read_curve(section, CurveKind::Power, calendar.start, growth, inputs);
    let (floor, cap) = read_bounds(section);
    let curve = curve?;
    if let Some(value) = curve.values().iter().find(|value| **value >= cap) {
        section
            .fault("curve_file", format!("holds {value}; allowed is below cap_usd_per_mwh = {cap} USD/MWh"));
        return None;
    }
    let law = law?;
    let (first, own) = (curve.at(0), law.mean(calendar.start.month0()));
    inputs.warn_if_far("power.curve_file", first, own, "the law's mean of that calendar month");
    let model = PowerModel::with_curve(law, curve, calendar.start, floor, cap);
    if model.is_none() {
        section.fault(
            "curve_file",
            "meets a law whose mean price of some calendar month is not above 0; allowed is another calibration or history",
        );
    }
    model
}

/// The forward curve of `curve_file` from `start` on; `growth` carries it on after its last month.
pub(crate) fn read_curve(
    section: &Section<'_>,
    kind: CurveKind,
    start: YearMonth,
    growth: f64,
    inputs: &mut Inputs,
) -> Option<Curve> {
    let file = section.text("curve_file", "a CSV file with a column `month` and one of values");
    if file.is_empty() {
        return None;
    }
    let problem = |text: String| section.fault("curve_file", text);
    let read =
        forward_curve(&inputs.resolve(&file), kind).map_err(|error| problem(error.to_string())).ok()?;
    let made = Curve::from_forward(&read.data, start, growth);
    let (curve, filled) = made.map_err(|error| problem(format!("{file}: {error}"))).ok()?;
    inputs.note(&file);
    if let Some(first) = filled.first() {
        inputs.warn(format!(
            "{file} has no value for {} month(s) from {first} on; they lie on a line between their neighbours",
            filled.len()
        ));
    }
    Some(curve)
}

fn read_bootstrap(section: &Section<'_>, calendar: &Calendar, inputs: &mut Inputs) -> Option<PowerBootstrap> {
    for (key, what) in
        [("calibration", "the fitted model"), ("initial_level", "the fitted model's slow level")]
    {
        if section.has(key) {
            section.fault(key, format!("belongs to {what}; allowed with model = \"bootstrap\" are history_file, point and mean_block_days"));
        }
    }
    let files = section.texts("history_file", A_FILE);
    let mut query = PointQuery::new(section.text("point", "a settlement point or a price column"));
    query.point_type = section.optional_text("point_type");
    query.gaps = Gaps::Report;
    let block = section.number_or("mean_block_days", Rule::between(1.0, 365.0, "days"), 30.0);
    let first = read_optional_month(section, "history_start_month");
    let last = read_optional_month(section, "history_end_month");
    if files.is_empty() || query.point.is_empty() {
        return None;
    }
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        section.fault(
            "history_end_month",
            "comes before history_start_month; allowed is that month or a later one",
        );
        return None;
    }
    let paths: Vec<PathBuf> = files.iter().map(|file| inputs.resolve(file)).collect();
    let problem = |text: String| section.fault("history_file", text);
    let series = power_files(&paths, &query).map_err(|error| problem(error.to_string())).ok()?.data;
    let [begin, end] = market::bootstrap::months_of(&series, calendar.zone);
    for (key, month) in [("history_start_month", first), ("history_end_month", last)] {
        if let Some(month) = month.filter(|month| !(begin..=end).contains(month)) {
            section.fault(key, format!("is {month}; the history allows {begin} to {end}"));
            return None;
        }
    }
    let period = [first.unwrap_or(begin), last.unwrap_or(end)];
    let made = PowerBootstrap::new(&series, calendar.zone, Some(period), block);
    let bootstrap = made.map_err(|error| problem(format!("{}: {error}", files.join(", ")))).ok()?;
    for file in &files {
        inputs.note(file);
    }
    if bootstrap.skipped_days() > 0 {
        inputs.warn(format!(
            "{} day(s) of power.history_file lack an hour and are left out; {} are drawn from",
            bootstrap.skipped_days(),
            bootstrap.n_days()
        ));
    }
    Some(bootstrap)
}

pub(crate) fn read_optional_month(section: &Section<'_>, key: &'static str) -> Option<YearMonth> {
    let text = section.optional_text(key)?;
    let month = YearMonth::parse(&text);
    if month.is_none() {
        section.fault(key, format!("is `{text}`; allowed is a month such as \"2022-01\", 2009 to 2200"));
    }
    month
}

pub(crate) fn read_calibration(
    section: &Section<'_>,
    name: &str,
    inputs: &mut Inputs,
) -> Option<PowerCalibration> {
    if let Some(builtin) = PowerCalibration::builtin(name) {
        return Some(builtin);
    }
    if !name.ends_with(".toml") {
        if !name.is_empty() {
            let known = BUILTIN_NAMES.join(", ");
            let plain = name.to_lowercase().replace(['_', ' '], "-");
            let hint =
                nearest(&plain, &BUILTIN_NAMES).map_or(String::new(), |w| format!("; did you mean `{w}`?"));
            section.fault(
                "calibration",
                format!("is `{name}`; allowed is one of {known}, or a file ending in .toml{hint}"),
            );
        }
        return None;
    }
    let path = inputs.resolve(name);
    let problem = |text: String| section.fault("calibration", format!("{}: {text}", path.display()));
    let text = std::fs::read_to_string(&path)
        .map_err(|error| problem(format!("cannot read the file ({error})")))
        .ok()?;
    let parsed =
        calibration_file::parse(&text, Kind::Power, PowerCalibration::parse).map_err(problem).ok()?;
    inputs.note(name);
    Some(parsed)
}

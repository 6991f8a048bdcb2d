//! A case of dispatch as a file: read, checked with all faults in one message, completed with defaults, written back.
//!
//! A campus over whole local months in steps of an hour or a quarter: prices, interconnect, loads, energy budgets by window
//! of the local calendar, a fixed-price block, reserves and grid emergencies. Field names follow the scenario file where it
//! has the same thing.

mod budgets;
mod clock;
mod forecast;
mod loads;
mod price_source;
mod reserves;
mod series_file;
mod site;
mod surroundings;

use crate::document;
use crate::fault::Faults;
use crate::inputs::{InputFile, Inputs};
use crate::reader::{Rule, Section};
use crate::scenario::{read_calendar, read_month};
use crate::shape::Shape;
use ::site::{Calendar, YearMonth, Zone};
use dispatch::{Case, Series, Surroundings};
use series_file::SeriesFile;
use std::path::{Path, PathBuf};

pub use budgets::BudgetWindow;
pub use clock::StepClock;

/// The shipped case, from which the shape of all is found.
const EXAMPLE: &str = include_str!("../../../../data/scenarios/dispatch-100mw.toml");

/// A checked case, ready to be dispatched.
#[derive(Debug, Clone)]
pub struct DispatchCase {
    /// Name, which is also the default name of the output folder.
    pub name: String,
    /// One line on what it is.
    pub description: String,
    /// Its steps on the local calendar.
    pub clock: StepClock,
    /// Prices (adder included), loads, budgets and the rest, step by step.
    pub case: Case,
    /// Calls of the grid, service levels and coincident peaks.
    pub around: Surroundings,
    /// The rule and window behind each budget of the case.
    pub windows: Vec<BudgetWindow>,
    /// The forecast that the real-time rule bids from, USD/MWh by step with the adder; `None` when the rule is not asked for.
    pub forecast_usd_per_mwh: Option<Vec<f64>>,
    /// Every field with the value used, defaults included, as TOML.
    pub resolved: String,
    /// Files it read.
    pub inputs: Vec<InputFile>,
    /// What the reader should know before trusting a number.
    pub warnings: Vec<String>,
}

impl DispatchCase {
    /// Every field that a case may hold, as the reader asks for it.
    #[must_use]
    pub fn shape() -> Shape {
        // A short horizon, and no files to be read over and over again.
        let brief = ["case.months=1", "prices.file='-'", "real_time.calibration='-'"];
        Shape::of(EXAMPLE, &brief, &[], read)
    }

    /// Reads and checks a case with `--set` overrides on top; paths in it count from the file's folder.
    ///
    /// # Errors
    /// All that is wrong with it, in one [`Faults`].
    pub fn load(file: &Path, overrides: &[String]) -> Result<Self, Faults> {
        let text =
            document::text_of(file, "case of dispatch", "start from data/scenarios/dispatch-100mw.toml")?;
        let folder = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Self::parse(&file.display().to_string(), &text, &folder, overrides)
    }

    /// Reads and checks the text of a case; paths in it count from `folder`.
    ///
    /// # Errors
    /// All that is wrong with it, in one [`Faults`].
    pub fn parse(named: &str, text: &str, folder: &Path, overrides: &[String]) -> Result<Self, Faults> {
        let read = document::read(named, text, folder, overrides, read)?;
        let mut case = read.value;
        case.resolved = read.resolved;
        case.inputs = read.inputs.files;
        case.warnings = read.inputs.warnings;
        Ok(case)
    }
}

fn read(root: &Section<'_>, inputs: &mut Inputs) -> DispatchCase {
    let about = root.section("case");
    let name = document::read_name(&about);
    let description = about.optional_text("description").unwrap_or_default();
    let calendar = read_horizon(&about);
    let step_minutes = [60, 15][step_choice(&about)];
    about.finish();
    let clock = StepClock { calendar, step_minutes };
    let prices = root.section("prices");
    let given = root.has("prices");
    let price_usd_per_mwh = given.then(|| price_source::read(&prices, &clock, inputs)).flatten();
    let adder = prices.number_or("adder_usd_per_mwh", Rule::between(-1_000.0, 1_000.0, "USD/MWh"), 0.0);
    prices.finish();
    let with_adder = |prices: Vec<f64>| prices.into_iter().map(|price| price + adder).collect::<Vec<f64>>();
    let series = SeriesFile::read(root, &clock, inputs);
    let site = site::read(root, &series);
    let mut case = Case {
        step_hours: clock.step_hours(),
        // A stand-in after a fault, so that windows and series find their steps.
        price_usd_per_mwh: with_adder(price_usd_per_mwh.unwrap_or_else(|| vec![0.0; clock.steps()])),
        interconnect_mw: site.interconnect_mw,
        loads: loads::read(root, &series),
        budgets: Vec::new(),
        block: site::read_block(root),
        reserves: Vec::new(),
    };
    case.reserves = reserves::read(root, &series, &case);
    let shed_order = surroundings::shed_order(&root.section_or_empty("site"), &case);
    let around = surroundings::read(root, &clock, &series, (&mut case, shed_order), inputs);
    let mut windows = budgets::read(root, &clock, &mut case, inputs);
    if let Some(cap_mwh) = site.curtailment_cap_mwh {
        budgets::add_curtailment_cap(&mut case, &mut windows, cap_mwh);
    }
    let forecast_usd_per_mwh = forecast::read(root, &clock, &case, inputs).map(with_adder);
    root.finish();
    let case = simplified(case);
    DispatchCase {
        name,
        description,
        clock,
        case,
        around,
        windows,
        forecast_usd_per_mwh,
        resolved: String::new(),
        inputs: Vec::new(),
        warnings: Vec::new(),
    }
}

fn step_choice(about: &Section<'_>) -> usize {
    let minutes = about.whole("step_minutes", 15, 60, Some(60));
    if minutes != 15 && minutes != 60 {
        about.fault("step_minutes", format!("is {minutes}; allowed is 60 or 15"));
    }
    usize::from(minutes == 15)
}

/// The months: `start_month` and either `months` or `end_month`.
fn read_horizon(about: &Section<'_>) -> Calendar {
    if !about.has("months") {
        return read_calendar(about);
    }
    if about.has("end_month") {
        about.fault("end_month", "stands beside months; allowed is one of the two");
    }
    let months = about.whole("months", 1, 120, None);
    let start = read_month(about, "start_month");
    let zone = about.choice("time_zone", &Zone::NAMES, Some(0));
    let zone = Zone::parse(Zone::NAMES[zone]).unwrap_or(Zone::Utc);
    Calendar::new(start.unwrap_or(YearMonth { year: 2026, month: 1 }), months as u32, zone)
}

/// Series whose steps are all alike as constants, which solve faster.
fn simplified(mut case: Case) -> Case {
    let simplify = |series: &mut Series| {
        if let Series::Steps(values) = series
            && let Some(first) = values.first().copied()
            && values.iter().all(|value| *value == first)
        {
            *series = Series::Constant(first);
        }
    };
    simplify(&mut case.interconnect_mw);
    case.loads.iter_mut().for_each(|load| {
        simplify(&mut load.capacity_it_mw);
        simplify(&mut load.value_usd_per_it_mwh);
    });
    case.reserves.iter_mut().for_each(|reserve| simplify(&mut reserve.price_usd_per_mw_h));
    case
}

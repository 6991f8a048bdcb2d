//! The sweep file: read with all its faults at once, as scenarios are.

mod parameters;
mod table;

use crate::design::Design;
use crate::outputs;
use crate::parameter::Parameter;
use crate::value::Value;
use scenario::reader::{Rule, Section};
use scenario::{Document, Faults, Inputs, Shape, document};
use std::path::{Path, PathBuf};

/// Points of a random design where the file does not say.
const DEFAULT_POINTS: u64 = 256;
/// Rows of the base matrices of a sensitivity study where the file does not say.
const DEFAULT_BASE_POINTS: u64 = 128;

/// A sweep file as it was read.
#[derive(Debug, Clone)]
pub(crate) struct SweepFile {
    pub(crate) name: String,
    pub(crate) description: String,
    /// The base scenario, as the file names it.
    pub(crate) base: String,
    pub(crate) set: Vec<String>,
    pub(crate) policies: Option<Vec<String>>,
    pub(crate) design: Design,
    pub(crate) objective: String,
    pub(crate) outputs: Option<Vec<String>>,
    pub(crate) compare: Option<(String, String)>,
    pub(crate) common_random_numbers: bool,
    pub(crate) parameters: Vec<Parameter>,
    /// Rows of a table of points.
    pub(crate) rows: Vec<Vec<Value>>,
}

impl SweepFile {
    /// Reads a file; paths in it count from its folder.
    pub(crate) fn load(file: &Path) -> Result<Document<Self>, Faults> {
        let text = document::text_of(file, "sweep file", "start from one in data/scenarios/sweeps/")?;
        let folder = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        document::read(&file.display().to_string(), &text, &folder, &[], read)
    }
}

/// A shipped sweep, from which the shape of all is found.
const EXAMPLE: &str = include_str!("../../../data/scenarios/sweeps/hashprice-rent.toml");

/// Every field that a sweep file may hold, as the reader asks for it.
#[must_use]
pub fn file_shape() -> Shape {
    Shape::of(EXAMPLE, &[], &[], read)
}

fn read(root: &Section<'_>, inputs: &mut Inputs) -> SweepFile {
    let about = root.section("sweep");
    let name = document::read_name(&about);
    let description = about.optional_text("description").unwrap_or_default();
    let base = about.text("base", "the path of a scenario file in quotes");
    let set = texts(&about, "set", "a setting such as \"run.paths=200\"").unwrap_or_default();
    let policies = texts(&about, "policies", "the name of a policy");
    let design = read_design(&about);
    let outputs = texts(&about, "outputs", "the name of an output");
    let objective = about.optional_text("objective").unwrap_or_else(|| outputs::NPV.into());
    check_outputs(&about, outputs.as_deref().unwrap_or_default(), &objective);
    let compare = read_compare(&about);
    let common_random_numbers = about.choice("random_numbers", &["common", "independent"], Some(0)) == 0;
    let table_file = about.optional_text("points_file");
    let mut parameters = parameters::read(root, design);
    let mut rows = Vec::new();
    match (design, &table_file) {
        (Design::Table, Some(named)) => {
            inputs.note(named);
            match table::read(&inputs.resolve(named), &mut parameters) {
                Ok(read) => {
                    rows = read;
                    parameters::check_columns(&about, &parameters);
                }
                Err(problem) => about.fault("points_file", format!("names {named}, {problem}")),
            }
        }
        (Design::Table, None) => {
            about.fault("design", "is table, which needs points_file: a CSV file with a row for each point");
        }
        (_, Some(_)) => {
            about.fault("points_file", "belongs to the design table; take it out or set design = \"table\"")
        }
        (_, None) => {}
    }
    if parameters.is_empty() && root.log().is_clean() {
        about.fault_here("has no [[parameters]]; a sweep needs at least one");
    }
    about.finish();
    root.finish();
    SweepFile {
        name,
        description,
        base,
        set,
        policies,
        design,
        objective,
        outputs,
        compare,
        common_random_numbers,
        parameters,
        rows,
    }
}

fn read_design(about: &Section<'_>) -> Design {
    let kind = about.choice("design", &Design::NAMES, Some(0));
    let most = crate::design::sobol::MAX_POINTS as u64;
    let n_points = |most: u64| about.whole("points", 1, most, Some(DEFAULT_POINTS)) as usize;
    let seed = || about.whole("seed", 0, i64::MAX as u64, Some(1));
    let design = match Design::NAMES[kind] {
        "list" => Design::List,
        "latin-hypercube" => {
            Design::LatinHypercube { n_points: n_points(crate::design::MAX_POINTS as u64), seed: seed() }
        }
        "sobol" => Design::Sobol { n_points: n_points(most), seed: seed() },
        "sensitivity" => Design::Sensitivity {
            n_base: about.whole("base_points", 2, most, Some(DEFAULT_BASE_POINTS)) as usize,
            seed: seed(),
        },
        "one-at-a-time" => Design::OneAtATime,
        "table" => Design::Table,
        _ => Design::Grid,
    };
    about.belongs_elsewhere(&["points"], "belongs to the designs latin-hypercube and sobol; a sensitivity study has base_points, others as many points as their values make");
    about.belongs_elsewhere(&["base_points"], "belongs to the design sensitivity");
    about.belongs_elsewhere(&["seed"], "is that of a design's random points, and this design has none; the seed of the runs is set by set = [\"run.seed=…\"]");
    design
}

fn texts(about: &Section<'_>, key: &'static str, wanted: &str) -> Option<Vec<String>> {
    about.has(key).then(|| about.texts(key, wanted))
}

fn check_outputs(about: &Section<'_>, outputs: &[String], objective: &str) {
    let known = outputs::names();
    for name in outputs.iter().filter(|name| !known.contains(&name.as_str())) {
        about.fault("outputs", format!("holds `{name}`; known are {}", known.join(", ")));
    }
    for (n, name) in outputs.iter().enumerate() {
        if outputs[..n].contains(name) {
            about.fault("outputs", format!("holds `{name}` twice"));
        }
    }
    if !outputs::OBJECTIVES.contains(&objective) {
        let allowed = outputs::OBJECTIVES.join(", ");
        about.fault(
            "objective",
            format!("is `{objective}`; allowed is what is better the more it is: {allowed}"),
        );
    }
}

fn read_compare(about: &Section<'_>) -> Option<(String, String)> {
    let names = texts(about, "compare", "the names of two policies")?;
    match <[String; 2]>::try_from(names) {
        Ok([first, second]) if first != second => Some((first, second)),
        Ok(_) => {
            about.fault("compare", "names one policy twice; wanted are two");
            None
        }
        Err(names) => {
            about.fault("compare", format!("names {} policies; wanted are two", names.len()));
            None
        }
    }
}

/// Numbers of any size and sign.
pub(crate) const ANY: Rule = Rule::between(-1e18, 1e18, "");

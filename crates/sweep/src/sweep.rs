//! A checked sweep: its points, and how each becomes a scenario.

mod bases;
mod inputs;

use self::inputs::Watch;
use crate::design::{Design, Points};
use crate::digest::sha256_hex;
use crate::file::SweepFile;
use crate::outputs;
use crate::parameter::{Levels, Parameter, Scale};
use crate::spec::{ParameterSpec, Spec};
use crate::value::Value;
use market::stream::{Factor, Stream};
use rand::RngExt;
use scenario::{Document, Faults, Scenario};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Points that are read before the work, so that a slip in a path is found before an hour has passed.
const TRIED_POINTS: usize = 64;
/// Most texts of one parameter that are looked at for the files that they name.
const MOST_TEXTS: usize = 1_000;

/// Why a sweep cannot be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The sweep file or its base has faults.
    #[error("{0}")]
    Faults(Box<Faults>),
    /// No point gives a scenario that can be run.
    #[error(
        "none of {n_tried} points tried gives a scenario that can be run; the first fails with\n\n{faults}"
    )]
    NoPoint {
        /// Points that were tried.
        n_tried: usize,
        /// What is wrong with the first.
        faults: Box<Faults>,
    },
    /// A file that the sweep reads is gone or another than when it began.
    #[error("{} changed while the sweep ran; put it back as it was and run the same command again, or begin anew with another `--out`; finished points are kept", path.display())]
    InputChanged {
        /// The file.
        path: PathBuf,
    },
    /// Something in the sweep does not fit the base.
    #[error("error: {file}: {problem}")]
    Unfit {
        /// The sweep file.
        file: String,
        /// What does not fit, and how to mend it.
        problem: String,
    },
}

impl From<Faults> for SweepError {
    fn from(faults: Faults) -> Self {
        Self::Faults(Box::new(faults))
    }
}

/// A sweep, ready to be worked at.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// What its folder keeps.
    pub spec: Spec,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its points.
    pub points: Points,
    /// What the reader should know before trusting a number.
    pub warnings: Vec<String>,
    base: Base,
    seed: u64,
    watch: Watch,
    /// Policies of the base that are not in the race.
    left_out: Vec<String>,
}

/// The base scenario as text, read once.
#[derive(Debug, Clone)]
struct Base {
    named: String,
    text: String,
    folder: PathBuf,
}

impl Base {
    fn scenario(&self, settings: &[String]) -> Result<Scenario, Faults> {
        Scenario::parse(&self.named, &self.text, &self.folder, settings)
    }
}

impl Sweep {
    /// Reads a sweep file; `set` comes on top of the settings that it states.
    ///
    /// # Errors
    /// [`SweepError`], before anything is run.
    pub fn load(file: &Path, set: &[String]) -> Result<Self, SweepError> {
        let mut read = SweepFile::load(file)?;
        read.value.set.extend(set.iter().cloned());
        let unfit = |problem: String| SweepError::Unfit { file: file.display().to_string(), problem };
        let path = file.parent().unwrap_or(Path::new("")).join(&read.value.base);
        let text = scenario::document::text_of(&path, "scenario file", "mend base in the sweep file")?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        let base = Base { named: path.display().to_string(), text, folder };
        let scenario = base.scenario(&read.value.set)?;
        bases::find(&mut read.value.parameters, &scenario.resolved).map_err(unfit)?;
        read.value.parameters.iter_mut().for_each(Parameter::take_kind_of_base);
        let points = points(&mut read.value).map_err(unfit)?;
        let mut watch = Watch::of([file, &path], &[&read.inputs.files, &scenario.inputs]).map_err(unfit)?;
        watch_texts(&mut watch, &base, &read.value, &points).map_err(unfit)?;
        let spec = spec(&read, &scenario, &points, &watch).map_err(unfit)?;
        let sweep = Self {
            warnings: warnings(&read, &scenario, &spec),
            left_out: left_out(&scenario, &spec),
            parameters: read.value.parameters,
            seed: scenario.run.seed,
            spec,
            points,
            base,
            watch,
        };
        sweep.try_points()?;
        Ok(sweep)
    }

    /// Whether a warning is about a policy that is not in the race.
    pub(crate) fn is_of_others(&self, warning: &str) -> bool {
        is_about(warning, &self.left_out)
    }

    /// Makes sure that every file is as it was when the sweep was loaded; to be asked before a point is kept.
    ///
    /// # Errors
    /// The first file that is not.
    pub fn check_inputs(&self) -> Result<(), SweepError> {
        self.watch.check()
    }

    /// Every file that it reads, the sweep file first and its base second.
    pub fn input_paths(&self) -> impl Iterator<Item = &Path> {
        self.watch.paths()
    }

    /// Seed of a point's random numbers: the base's for all, or one of its own.
    #[must_use]
    pub fn seed(&self, point: usize) -> u64 {
        if self.spec.common_random_numbers {
            return self.seed;
        }
        let own: u64 = Stream::new(self.seed, point as u64, Factor::Design, 1).random();
        // Seeds in a scenario are whole numbers of 63 bits.
        own >> 1
    }

    /// The scenario of a point, with the policies of the sweep alone.
    ///
    /// # Errors
    /// What is wrong with it at this point.
    ///
    /// # Panics
    /// If there is no such point.
    pub fn scenario(&self, point: usize) -> Result<Scenario, Faults> {
        let mut settings = self.spec.set.clone();
        if !self.spec.common_random_numbers {
            settings.push(format!("run.seed={}", self.seed(point)));
        }
        for (parameter, value) in self.parameters.iter().zip(&self.points.rows[point]) {
            // One at a time, what stays at its base is the base's to the bit.
            let stays = self.spec.design == Design::OneAtATime && parameter.base.as_ref() == Some(value);
            if !stays {
                settings.extend(parameter.settings(value));
            }
        }
        let mut scenario = self.base.scenario(&settings)?;
        scenario.policies.retain(|plan| self.spec.policies.contains(&plan.name));
        Ok(scenario)
    }

    /// Refuses a sweep of which no point can be run, which a misspelt path would make.
    fn try_points(&self) -> Result<(), SweepError> {
        let n = self.points.rows.len();
        // Steps of the golden ratio fall on no line of a grid again and again.
        let spread = |i: usize| ((i as f64 * 0.618_033_988_749_895).fract() * n as f64) as usize;
        let mut tried: Vec<usize> =
            if n <= TRIED_POINTS { (0..n).collect() } else { (0..TRIED_POINTS).map(spread).collect() };
        tried.dedup();
        let mut first = None;
        for point in &tried {
            match self.scenario(*point) {
                Ok(_) => return Ok(()),
                Err(faults) => first = first.or(Some(faults)),
            }
        }
        match first {
            Some(faults) => Err(SweepError::NoPoint { n_tried: tried.len(), faults: Box::new(faults) }),
            None => Err(SweepError::Unfit { file: self.spec.name.clone(), problem: "has no points".into() }),
        }
    }
}

/// The points of a sweep file.
fn points(sweep: &mut SweepFile) -> Result<Points, String> {
    if sweep.design == Design::Table {
        return Ok(Points { rows: std::mem::take(&mut sweep.rows) });
    }
    sweep.design.points(&sweep.parameters).map_err(|why| format!("design {why}"))
}

/// Watches the files that texts among the values name, such as a curve's.
fn watch_texts(watch: &mut Watch, base: &Base, sweep: &SweepFile, points: &Points) -> Result<(), String> {
    for (n, parameter) in sweep.parameters.iter().enumerate() {
        let mut texts: Vec<&Value> =
            points.rows.iter().map(|row| &row[n]).filter(|value| matches!(value, Value::Text(_))).collect();
        texts.sort_by_key(|value| value.literal());
        texts.dedup();
        for text in texts.into_iter().take(MOST_TEXTS) {
            let settings = sweep.set.iter().cloned().chain(parameter.settings(text));
            // A text that makes no scenario fails at its point, and says why there.
            let Ok(scenario) = base.scenario(&settings.collect::<Vec<_>>()) else { continue };
            scenario.inputs.iter().try_for_each(|input| watch.add(&input.path, input.is_base))?;
        }
    }
    Ok(())
}

/// What the folder of a sweep will keep of it.
fn spec(
    read: &Document<SweepFile>,
    scenario: &Scenario,
    points: &Points,
    watch: &Watch,
) -> Result<Spec, String> {
    let sweep = &read.value;
    let policies = policies(scenario, sweep.policies.as_deref())?;
    check_compare(sweep.compare.as_ref(), &policies)?;
    Ok(Spec {
        tool: Spec::TOOL.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        name: sweep.name.clone(),
        description: sweep.description.clone(),
        design: sweep.design,
        n_points: points.rows.len(),
        parameters: sweep.parameters.iter().map(|p| ParameterSpec::of(p, scale(p))).collect(),
        policies,
        outputs: kept_outputs(sweep, scenario)?,
        objective: sweep.objective.clone(),
        compare: sweep.compare.clone(),
        common_random_numbers: sweep.common_random_numbers,
        set: sweep.set.clone(),
        resolved_scenario: scenario.resolved.clone(),
        resolved_sweep: read.resolved.clone(),
        inputs: watch.checksums(),
        points_sha256: points_sha256(points),
    })
}

/// Policies of the base that are not in the race.
fn left_out(scenario: &Scenario, spec: &Spec) -> Vec<String> {
    let names = scenario.policies.iter().map(|plan| plan.name.clone());
    names.filter(|name| !spec.policies.contains(name)).collect()
}

fn is_about(warning: &str, policies: &[String]) -> bool {
    policies.iter().any(|name| warning.starts_with(&format!("policy {name}:")))
}

/// Warnings of the sweep and of its base, but for those about policies that are left out.
fn warnings(read: &Document<SweepFile>, scenario: &Scenario, spec: &Spec) -> Vec<String> {
    let left_out = left_out(scenario, spec);
    let mut warnings = read.inputs.warnings.clone();
    warnings.extend(scenario.warnings.iter().filter(|warning| !is_about(warning, &left_out)).cloned());
    for target in read.value.parameters.iter().flat_map(|parameter| &parameter.targets) {
        let is_set =
            |setting: &&String| setting.split_once('=').is_some_and(|(path, _)| path.trim() == target.path);
        if let Some(setting) = spec.set.iter().find(is_set) {
            warnings.push(format!(
                "{setting} moves the base alone, since a parameter sets {} at every point",
                target.path
            ));
        }
    }
    warnings
}

/// The policies of the sweep in the order of the scenario; all-mining, which the others are measured by, is always among them.
fn policies(scenario: &Scenario, wanted: Option<&[String]>) -> Result<Vec<String>, String> {
    let all: Vec<String> = scenario.policies.iter().map(|plan| plan.name.clone()).collect();
    let Some(wanted) = wanted else { return Ok(all) };
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        return Err(format!("policies holds `{unknown}`; the scenario has {}", all.join(", ")));
    }
    Ok(all
        .iter()
        .enumerate()
        .filter(|(n, name)| *n == 0 || wanted.contains(name))
        .map(|(_, name)| name.clone())
        .collect())
}

fn kept_outputs(sweep: &SweepFile, scenario: &Scenario) -> Result<Vec<String>, String> {
    let has_finance = scenario.campus.finance.is_some();
    let mut kept = sweep.outputs.clone().unwrap_or_else(|| outputs::defaults(has_finance));
    // What answers are made of is kept whatever else is.
    for needed in [outputs::AI_SHARE, sweep.objective.as_str()] {
        if !kept.iter().any(|name| name == needed) {
            kept.push(needed.to_owned());
        }
    }
    let without =
        kept.iter().find(|name| outputs::find(name).is_some_and(|o| o.needs_finance && !has_finance));
    match without {
        Some(name) => Err(format!("{name} needs a capital structure, and the scenario has no [finance]")),
        None => Ok(kept),
    }
}

fn check_compare(compare: Option<&(String, String)>, policies: &[String]) -> Result<(), String> {
    let named = compare.into_iter().flat_map(|(first, second)| [first, second]);
    match named.into_iter().find(|name| !policies.contains(name)) {
        Some(unknown) => Err(format!("compare holds `{unknown}`; the sweep has {}", policies.join(", "))),
        None => Ok(()),
    }
}

/// What equal steps of a parameter are equal in; numbers where nothing is stated.
fn scale(parameter: &Parameter) -> Scale {
    match &parameter.levels {
        Levels::Range(range) => range.scale,
        Levels::List(_) | Levels::Table => parameter.scale.unwrap_or(Scale::Linear),
    }
}

fn points_sha256(points: &Points) -> String {
    let rows = points.rows.iter().map(|row| {
        let cells: Vec<String> = row.iter().map(Value::literal).collect();
        cells.join("\u{1f}")
    });
    sha256_hex(rows.collect::<Vec<_>>().join("\u{1e}").as_bytes())
}

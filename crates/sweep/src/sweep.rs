//! A checked sweep: its points, and how each becomes a scenario.

use crate::design::{Design, Points};
use crate::digest::sha256_hex;
use crate::file::SweepFile;
use crate::outputs;
use crate::parameter::{Levels, Parameter, Scale};
use crate::spec::{ParameterSpec, Spec};
use crate::value::Value;
use market::stream::{Factor, Stream};
use rand::RngExt;
use scenario::{Faults, InputFile, Scenario, tree};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Points that are read before the work, so that a slip in a path is found before an hour has passed.
const TRIED_POINTS: usize = 16;

/// Why a sweep cannot be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The sweep file or its base has faults.
    #[error("{0}")]
    Faults(#[from] Faults),
    /// No point gives a scenario that can be run.
    #[error(
        "none of {n_tried} points tried gives a scenario that can be run; the first fails with\n\n{faults}"
    )]
    NoPoint {
        /// Points that were tried.
        n_tried: usize,
        /// What is wrong with the first.
        faults: Faults,
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

/// A sweep, ready to be worked at.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// What its folder keeps.
    pub spec: Spec,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its points.
    pub points: Points,
    /// Files that its base reads; the sweep file and the base first.
    pub inputs: Vec<PathBuf>,
    /// What the reader should know before trusting a number.
    pub warnings: Vec<String>,
    base: Base,
    seed: u64,
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
        let read = SweepFile::load(file)?;
        let mut sweep = read.value;
        sweep.set.extend(set.iter().cloned());
        let unfit = |problem: String| SweepError::Unfit { file: file.display().to_string(), problem };
        let path = file.parent().unwrap_or(Path::new("")).join(&sweep.base);
        let text = scenario::document::text_of(&path, "scenario file", "mend base in the sweep file")?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        let base = Base { named: path.display().to_string(), text, folder };
        let scenario = base.scenario(&sweep.set)?;
        find_bases(&mut sweep.parameters, &scenario).map_err(unfit)?;
        let mut points =
            sweep.design.points(&sweep.parameters).map_err(|why| unfit(format!("design {why}")))?;
        if sweep.design == Design::Table {
            points.rows = std::mem::take(&mut sweep.rows);
        }
        let policies = policies(&scenario, sweep.policies.as_deref()).map_err(unfit)?;
        let outputs = kept_outputs(&sweep, &scenario).map_err(unfit)?;
        check_compare(sweep.compare.as_ref(), &policies).map_err(unfit)?;
        let (inputs, checksums) = inputs(file, &path, &read.inputs.files, &scenario.inputs).map_err(unfit)?;
        let spec = Spec {
            tool: Spec::TOOL.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            name: sweep.name,
            description: sweep.description,
            design: sweep.design,
            n_points: points.rows.len(),
            parameters: sweep.parameters.iter().map(|p| ParameterSpec::of(p, scale(p))).collect(),
            policies,
            outputs,
            objective: sweep.objective,
            compare: sweep.compare,
            common_random_numbers: sweep.common_random_numbers,
            set: sweep.set,
            resolved_scenario: scenario.resolved.clone(),
            resolved_sweep: read.resolved,
            inputs: checksums,
            points_sha256: points_sha256(&points),
        };
        let mut warnings = read.inputs.warnings;
        let of_others = |warning: &String| {
            let names =
                scenario.policies.iter().map(|plan| &plan.name).filter(|name| !spec.policies.contains(name));
            names.into_iter().any(|name| warning.starts_with(&format!("policy {name}:")))
        };
        warnings.extend(scenario.warnings.iter().filter(|warning| !of_others(warning)).cloned());
        let sweep = Self {
            spec,
            parameters: sweep.parameters,
            points,
            inputs,
            warnings,
            base,
            seed: scenario.run.seed,
        };
        sweep.try_points()?;
        Ok(sweep)
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
        let tried: Vec<usize> = (0..TRIED_POINTS.min(n)).map(|i| i * n / TRIED_POINTS.min(n)).collect();
        let mut first = None;
        for point in &tried {
            match self.scenario(*point) {
                Ok(_) => return Ok(()),
                Err(faults) => first = first.or(Some(faults)),
            }
        }
        match first {
            Some(faults) => Err(SweepError::NoPoint { n_tried: tried.len(), faults }),
            None => Err(SweepError::Unfit { file: self.spec.name.clone(), problem: "has no points".into() }),
        }
    }
}

/// Looks up what parameters are in the base scenario; what is stated for a single field must agree with it.
fn find_bases(parameters: &mut [Parameter], scenario: &Scenario) -> Result<(), String> {
    let resolved = tree::parse(&scenario.resolved, &mut Vec::new());
    for parameter in parameters {
        let [target] = parameter.targets.as_slice() else { continue };
        let Some(found) = tree::get(&resolved, &target.path).and_then(scalar) else { continue };
        let found = found.times(1.0 / target.times);
        match &parameter.base {
            Some(stated) if !agree(stated, &found) => {
                return Err(format!(
                    "parameter {}: base is {}, and the scenario has {}; take base out",
                    parameter.name,
                    stated.literal(),
                    found.literal()
                ));
            }
            Some(_) => {}
            None => parameter.base = Some(found),
        }
    }
    Ok(())
}

fn agree(stated: &Value, found: &Value) -> bool {
    match (stated.number(), found.number()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
        _ => stated == found,
    }
}

fn scalar(node: &tree::Node) -> Option<Value> {
    match node {
        tree::Node::Number(number) => Some(Value::Number(*number)),
        tree::Node::Whole(whole) => Some(Value::Whole(*whole)),
        tree::Node::Flag(flag) => Some(Value::Flag(*flag)),
        tree::Node::Text(text) => Some(Value::Text(text.clone())),
        _ => None,
    }
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

/// What equal steps of a parameter are equal in, as far as its values tell.
fn scale(parameter: &Parameter) -> Scale {
    match &parameter.levels {
        Levels::Range(range) => range.scale,
        Levels::List(values) => {
            let numbers: Vec<f64> = values.iter().filter_map(Value::number).collect();
            let steps = |f: fn(f64) -> f64| -> f64 {
                let steps: Vec<f64> = numbers.windows(2).map(|pair| f(pair[1]) - f(pair[0])).collect();
                let (low, high) =
                    steps.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), s| (l.min(*s), h.max(*s)));
                high / low
            };
            let log = numbers.len() > 2 && numbers.iter().all(|x| *x > 0.0) && steps(f64::ln) < steps(|x| x);
            if log { Scale::Log } else { Scale::Linear }
        }
        Levels::Table => Scale::Linear,
    }
}

type Checksums = (Vec<PathBuf>, Vec<(String, String)>);

/// Files that were read, and their checksums: the sweep, its base, and what they name.
fn inputs(file: &Path, base: &Path, own: &[InputFile], of_base: &[InputFile]) -> Result<Checksums, String> {
    let paths = [file.to_path_buf(), base.to_path_buf()];
    let named = own.iter().chain(of_base).map(|input| input.path.clone());
    let paths: Vec<PathBuf> = paths.into_iter().chain(named).collect();
    let checksum = |path: &PathBuf| {
        let bytes =
            std::fs::read(path).map_err(|error| format!("cannot read {} again ({error})", path.display()))?;
        let name = path.file_name().map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
        Ok((name, sha256_hex(&bytes)))
    };
    let checksums: Result<Vec<(String, String)>, String> = paths.iter().map(checksum).collect();
    Ok((paths, checksums?))
}

fn points_sha256(points: &Points) -> String {
    let rows = points.rows.iter().map(|row| {
        let cells: Vec<String> = row.iter().map(Value::literal).collect();
        cells.join("\u{1f}")
    });
    sha256_hex(rows.collect::<Vec<_>>().join("\u{1e}").as_bytes())
}

//! Lease rents and GPU-hour prices from the few marks that are public: a level, and how sure one can be of the rest.
//!
//! Neither has a history. What marks can tell is estimated with its error; what they cannot tell is a stated assumption with a
//! range, and each number says which it is. Both laws are those of [`crate::mean_reverting`].

mod gpu;
mod lease;
mod likelihood;
mod marks;
mod write;

use serde::Deserialize;
use thiserror::Error;

use crate::import::ImportError;
use crate::mean_reverting::MeanReverting;
use crate::panel::Panel;
use crate::power::{CalibrationError, require};

pub use gpu::{GpuPrior, fit_gpu};
pub use lease::{first_year_rent_usd_per_kw_month, fit_lease};
pub use marks::{
    BUILTIN_GPU_MARKS, BUILTIN_LEASE_MARKS, GpuMark, LeaseMark, Marks, builtin_gpu_marks,
    builtin_lease_marks, gpu_marks, lease_marks,
};

/// Why marks could not be read or fitted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MarksError {
    /// The file could not be read.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Several rows do not hold what they should; the first fault of each.
    #[error("{} rows cannot be read:\n  {}", .0.len(), lines(.0))]
    Rows(Vec<ImportError>),
    /// Too few marks are marked for the fit.
    #[error("{found} marks have `yes` under in_fit, at least {expected} are needed")]
    TooFew {
        /// Marks found.
        found: usize,
        /// Marks required.
        expected: usize,
    },
    /// All marks have the same month, which shows no course over time.
    #[error("all marks of the fit have one month, at least two months are needed")]
    OneMonth,
    /// Marks of several GPUs are marked for the fit.
    #[error("marks of {first} and of {other} have `yes` under in_fit, allowed is one GPU")]
    SeveralGpus {
        /// The GPU of the first mark.
        first: String,
        /// Another one.
        other: String,
    },
    /// The fitted numbers do not make a valid calibration.
    #[error("fitted calibration is not valid: {0}")]
    Invalid(#[from] CalibrationError),
}

/// The first faults, a line each.
fn lines(faults: &[ImportError]) -> String {
    const SHOWN: usize = 20;
    let mut lines: Vec<String> = faults.iter().take(SHOWN).map(ToString::to_string).collect();
    if faults.len() > SHOWN {
        lines.push(format!("and {} more", faults.len() - SHOWN));
    }
    lines.join("\n  ")
}

/// Whether a number comes from data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Mostly from the marks.
    Estimate,
    /// Mostly or wholly assumed.
    Assumption,
}

/// A number with how sure one can be of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The number.
    pub value: f64,
    /// Its standard error; of an assumption the half width of its range on the shorter side.
    pub standard_error: f64,
    /// Lowest and highest value to reckon with: 90 % of the probability, or the bounds of an assumption.
    pub range: [f64; 2],
    /// Where the number comes from.
    pub basis: Basis,
    /// Variance that is left over that before the marks were seen, 0 to 1: 1 when no mark speaks of it, 0 without a prior.
    pub prior_share: f64,
    /// Estimate and standard error of the marks without the prior, where that means something.
    #[serde(default)]
    pub marks_alone: Option<[f64; 2]>,
    /// A sentence on how to read it.
    pub note: String,
}

/// A checked calibration of a rate that reverts, in logs, to a curve.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateCalibration {
    /// What is priced, `lease` or the name of a GPU.
    pub subject: String,
    /// Unit of the level.
    pub unit: String,
    /// Where the marks came from, with the checksum of the file.
    pub source: String,
    /// First and last month of the marks, `YYYY-MM`.
    pub period: [String; 2],
    /// Date of the fit, `YYYY-MM-DD`.
    pub fit_date: String,
    /// Number of marks in the fit.
    pub n: usize,
    /// What to mind.
    pub warnings: Vec<String>,
    /// Level at `level_month`; its error is relative, a standard deviation of logs.
    pub level: Parameter,
    /// Month of the level, `YYYY-MM`.
    pub level_month: String,
    /// Standard deviation of logs between marks of one time.
    pub spread_between_marks: Parameter,
    /// Change of the log curve per year.
    pub drift_per_year: Parameter,
    /// Speed of reversion, per year.
    pub reversion_per_year: Parameter,
    /// Volatility of the log, per square root of a year.
    pub volatility_per_sqrt_year: Parameter,
}

/// A fit with what a chart shows of it.
#[derive(Clone, Debug)]
pub struct RateFit {
    /// The calibration.
    pub calibration: RateCalibration,
    /// The calibration file.
    pub toml: String,
    /// The marks and the law through them.
    pub panels: Vec<Panel>,
}

impl RateCalibration {
    /// Reads and checks the text of a calibration file.
    ///
    /// # Errors
    /// Text that is not a calibration, or a number that is not finite or outside its range.
    pub fn parse(text: &str) -> Result<Self, CalibrationError> {
        let calibration: Self = toml::from_str(text)?;
        calibration.check()?;
        Ok(calibration)
    }

    /// The calibration of lease rents shipped with the program, USD per kW and month.
    #[must_use]
    pub fn builtin_lease() -> Self {
        // A shipped file that fails its checks is a bug of this crate, and a test parses it.
        Self::parse(include_str!("../../../data/calibration/lease.toml"))
            .expect("shipped calibration is valid")
    }

    /// The calibration of GPU-hour prices shipped with the program, USD per GPU-hour.
    #[must_use]
    pub fn builtin_gpu() -> Self {
        Self::parse(include_str!("../../../data/calibration/gpu.toml")).expect("shipped calibration is valid")
    }

    /// Speed and noise, as the simulation takes them.
    #[must_use]
    pub fn process(&self) -> MeanReverting {
        MeanReverting {
            kappa_per_year: self.reversion_per_year.value,
            sigma_per_sqrt_year: self.volatility_per_sqrt_year.value,
        }
    }

    /// The parameters with the names they have in the file.
    #[must_use]
    pub fn parameters(&self) -> [(&'static str, &Parameter); 5] {
        [
            ("level", &self.level),
            ("spread_between_marks", &self.spread_between_marks),
            ("drift_per_year", &self.drift_per_year),
            ("reversion_per_year", &self.reversion_per_year),
            ("volatility_per_sqrt_year", &self.volatility_per_sqrt_year),
        ]
    }

    fn check(&self) -> Result<(), CalibrationError> {
        for (name, parameter) in self.parameters() {
            let (allowed, low, high) = match name {
                "level" => ("above 0, up to 100000", f64::MIN_POSITIVE, 1e5),
                "drift_per_year" => ("-3 to 3", -3.0, 3.0),
                "reversion_per_year" => ("0 to 50", 0.0, 50.0),
                _ => ("0 to 3", 0.0, 3.0),
            };
            require(name, parameter.value, allowed, |v| (low..=high).contains(&v))?;
            let [from, to] = parameter.range;
            require(&format!("{name}.range"), from, "finite and not above the value", |v| {
                v.is_finite() && v <= parameter.value
            })?;
            require(&format!("{name}.range"), to, "finite and not below the value", |v| {
                v.is_finite() && v >= parameter.value
            })?;
            let error = format!("{name}.standard_error");
            require(&error, parameter.standard_error, "0 to 100", |v| (0.0..=100.0).contains(&v))?;
            let share = format!("{name}.prior_share");
            require(&share, parameter.prior_share, "0 to 1", |v| (0.0..=1.0).contains(&v))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

//! Prices of a GPU-hour: a few marks and a stated prior, put together by the exact likelihood.
//!
//! `d ln p = κ (ln p̄(t) − ln p) dt + σ dW` with `ln p̄` linear in time. About its own line the log price is the reverting level
//! of [`super::likelihood`]; the line runs `slope / κ` above the curve `ln p̄` it follows, which for a decline is below the price.
//! Marks carry noise of their own, for sources mix on-demand and contract prices.

use super::lease::{Line, Z90, months, years_of};
use super::likelihood::{Normal, Posterior, Prior, posterior};
use super::marks::{GpuMark, Marks};
use super::write::to_toml;
use super::{Basis, MarksError, Parameter, RateCalibration, RateFit};
use crate::panel::{CurveRole, Panel, PanelCurve};

/// What is assumed before the marks are seen: a mean with a standard deviation, or a median with a standard deviation of logs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GpuPrior {
    /// Change of the log price per year: mean and sd. Default −0.25 and 0.05, for a decline of 20 to 30 % a year.
    pub drift_per_year: (f64, f64),
    /// Reversion per year: median and sd of its log. Default 1.41 and 0.35, for 1 to 2.
    pub reversion_per_year: (f64, f64),
    /// Volatility per square root of a year: median and sd of its log. Default 0.37 and 0.20, for 30 to 45 %.
    pub volatility_per_sqrt_year: (f64, f64),
    /// Noise of a mark, sd of logs: median and sd of its log. Default 0.15 and 0.5, from quotes of one month that are 27 % apart.
    pub noise: (f64, f64),
}

impl Default for GpuPrior {
    fn default() -> Self {
        Self {
            drift_per_year: (-0.25, 0.05),
            reversion_per_year: (1.41, 0.35),
            volatility_per_sqrt_year: (0.37, 0.20),
            noise: (0.15, 0.5),
        }
    }
}

impl GpuPrior {
    fn laws(&self) -> Prior {
        let log = |(median, sd): (f64, f64)| Normal { mean: median.ln(), sd };
        let (mean, sd) = self.drift_per_year;
        Prior {
            slope: Normal { mean, sd },
            logs: [log(self.reversion_per_year), log(self.volatility_per_sqrt_year), log(self.noise)],
        }
    }
}

/// Fewest marks: with two the line is drawn and nothing is left to judge it by.
const FEWEST: usize = 3;

/// Fits the marks of one GPU that are marked for it.
///
/// # Errors
/// Fewer than three marks in the fit, marks of several GPUs, or all of one month.
pub fn fit_gpu(marks: &Marks<GpuMark>, prior: &GpuPrior) -> Result<RateFit, MarksError> {
    let mut rows: Vec<(&GpuMark, f64)> = marks
        .rows
        .iter()
        .filter(|mark| mark.in_fit)
        .filter_map(|mark| Some((mark, mark.price_usd_per_gpu_hour?)))
        .collect();
    if rows.len() < FEWEST {
        return Err(MarksError::TooFew { found: rows.len(), expected: FEWEST });
    }
    let gpu = &rows[0].0.gpu;
    if let Some((other, _)) = rows.iter().find(|(mark, _)| mark.gpu != *gpu) {
        return Err(MarksError::SeveralGpus { first: gpu.clone(), other: other.gpu.clone() });
    }
    rows.sort_by_key(|(mark, _)| mark.month);
    let (first, last) = months(rows.iter().map(|(mark, _)| mark.month));
    let times: Vec<f64> = rows.iter().map(|(mark, _)| years_of(mark.month) - years_of(last)).collect();
    let logs: Vec<f64> = rows.iter().map(|(_, price)| price.ln()).collect();
    let line = Line::through(&times, &logs).ok_or(MarksError::OneMonth)?;
    let law = posterior(&times, &logs, &prior.laws());
    let calibration = RateCalibration {
        subject: gpu.clone(),
        unit: "USD per GPU-hour".into(),
        source: marks.source.clone(),
        period: [first.to_string(), last.to_string()],
        fit_date: marks.fit_date.clone(),
        n: rows.len(),
        warnings: warnings(&marks.caveats),
        level: level(&law),
        level_month: last.to_string(),
        spread_between_marks: of_log(
            &law,
            &prior.laws(),
            2,
            "noise of a mark: on demand or contract, listing mix, the day of the quote",
        ),
        drift_per_year: drift(&law, prior, &line),
        reversion_per_year: of_log(&law, &prior.laws(), 0, "marks months apart say little of it"),
        volatility_per_sqrt_year: of_log(
            &law,
            &prior.laws(),
            1,
            "about the declining curve, noise of the marks apart",
        ),
    };
    let toml = to_toml(&calibration);
    let panels = vec![panel(marks, &law, &calibration, years_of(first), years_of(last))];
    Ok(RateFit { calibration: RateCalibration::parse(&toml)?, toml, panels })
}

fn warnings(caveats: &[String]) -> Vec<String> {
    let mut warnings = caveats.to_vec();
    warnings.push(
        "Reversion and volatility are mostly what was assumed beforehand; prior_share says how much.".into(),
    );
    warnings
}

fn level(law: &Posterior) -> Parameter {
    let Normal { mean, sd } = law.level;
    Parameter {
        value: mean.exp(),
        standard_error: sd,
        range: [-Z90, Z90].map(|z| (mean + z * sd).exp()),
        basis: Basis::Estimate,
        prior_share: 0.0,
        marks_alone: None,
        note: "mean line of the log price at level_month; the error is relative. The last marks may lie off the line".into(),
    }
}

fn drift(law: &Posterior, prior: &GpuPrior, marks_alone: &Line) -> Parameter {
    let Normal { mean, sd } = law.slope;
    let share = (sd / prior.drift_per_year.1).powi(2).min(1.0);
    Parameter {
        value: mean,
        standard_error: sd,
        range: [mean - Z90 * sd, mean + Z90 * sd],
        basis: basis(share),
        prior_share: share,
        marks_alone: Some([marks_alone.slope, marks_alone.slope_error]),
        note: "prior and marks together; marks_alone is the least-squares line, whose error ignores that neighbours move together".into(),
    }
}

/// The law of one of the three logs as a parameter.
fn of_log(law: &Posterior, prior: &Prior, index: usize, note: &str) -> Parameter {
    let Normal { mean, sd } = law.logs[index];
    let share = (sd / prior.logs[index].sd).powi(2).min(1.0);
    Parameter {
        value: mean.exp(),
        standard_error: mean.exp() * sd,
        range: law.log_ranges[index].map(f64::exp),
        basis: basis(share),
        prior_share: share,
        marks_alone: None,
        note: note.into(),
    }
}

/// What is mostly prior is an assumption.
fn basis(prior_share: f64) -> Basis {
    if prior_share > 0.5 { Basis::Assumption } else { Basis::Estimate }
}

fn panel(
    marks: &Marks<GpuMark>,
    law: &Posterior,
    calibration: &RateCalibration,
    first: f64,
    last: f64,
) -> Panel {
    let points = |in_fit: bool| {
        let same = marks.rows.iter().filter(|mark| mark.gpu == calibration.subject && mark.in_fit == in_fit);
        let mut points: Vec<(f64, f64)> =
            same.filter_map(|mark| Some((years_of(mark.month), mark.price_usd_per_gpu_hour?))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    let at = |x: f64| law.level.mean + law.slope.mean * (x - last);
    let half = Z90 * calibration.process().stationary_variance().sqrt();
    // A year past the last mark.
    let years: Vec<f64> = (0..=40).map(|i| first + (last + 1.0 - first) * f64::from(i) / 40.0).collect();
    Panel {
        title: format!("{} price and the law through its marks", calibration.subject),
        x_label: "year".into(),
        y_label: "USD per GPU-hour".into(),
        log_y: true,
        curves: vec![
            PanelCurve::band(
                "90 % of prices",
                years.iter().map(|x| (*x, (at(*x) - half).exp(), (at(*x) + half).exp())),
            ),
            PanelCurve::line("declining mean", CurveRole::Model, years.iter().map(|x| (*x, at(*x).exp()))),
            PanelCurve::line("marks in the fit", CurveRole::Points, points(true)),
            PanelCurve::line("left out", CurveRole::Points, points(false)),
        ],
    }
}

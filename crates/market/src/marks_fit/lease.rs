//! Rents of announced leases: a level, a spread, and what is assumed about their movement.
//!
//! A total of `T` USD over `n` years for `P` kW with a yearly escalator `g` has the first-year rent
//! `T / (12 P Σ (1 + g)^k)`, `k` from 0 to `n − 1`. No history of rents exists, so reversion is assumed outright, and volatility
//! from the spread: were contracts alike, their spread at these dates would be the market's own movement, which bounds it.

use super::marks::{LeaseMark, Marks};
use super::write::to_toml;
use super::{Basis, MarksError, Parameter, RateCalibration, RateFit};
use crate::panel::{CurveRole, Panel, PanelCurve};
use site::YearMonth;

/// Speed of reversion of rents assumed, per year, with its range: a gap to the curve halves in two and a third years.
const REVERSION: (f64, [f64; 2]) = (0.3, [0.1, 1.0]);

/// Share of the variance between contracts taken for the market's movement; the other half is the contracts' own terms.
const SHARE_OF_MARKET: f64 = 0.5;

/// Fewest contracts: a line through fewer leaves no error to speak of.
const FEWEST: usize = 4;

/// Half of the width that holds 90 % of a normal law.
pub(super) const Z90: f64 = 1.644_853_627;

/// Rent of the first year, USD per kW of IT and month.
///
/// `total_usd` is the rent of the whole term of `years` for `it_mw`, growing by `escalator_per_year`; a last part of a year counts
/// as that part of its rent.
///
/// ```
/// use market::marks_fit::first_year_rent_usd_per_kw_month;
///
/// // 3.7 billion USD over ten years for 200 MW is 154.2 on average, and 134.5 in the first year.
/// let rent = first_year_rent_usd_per_kw_month(3.7e9, 10.0, 200.0, 0.03);
/// assert!((rent - 134.5).abs() < 0.05);
/// ```
#[must_use]
pub fn first_year_rent_usd_per_kw_month(
    total_usd: f64,
    years: f64,
    it_mw: f64,
    escalator_per_year: f64,
) -> f64 {
    let (mut sum, mut left, mut rent) = (0.0, years, 1.0);
    while left > 0.0 {
        sum += rent * left.min(1.0);
        rent *= 1.0 + escalator_per_year;
        left -= 1.0;
    }
    total_usd / (it_mw * 1e3 * 12.0 * sum)
}

/// Fits level, spread and drift to the contracts marked for it, and states what is assumed of the rest.
///
/// # Errors
/// Fewer than four contracts in the fit, or all of one month.
pub fn fit_lease(marks: &Marks<LeaseMark>) -> Result<RateFit, MarksError> {
    let rows: Vec<&LeaseMark> = marks.rows.iter().filter(|mark| mark.in_fit).collect();
    if rows.len() < FEWEST {
        return Err(MarksError::TooFew { found: rows.len(), expected: FEWEST });
    }
    let times: Vec<f64> = rows.iter().map(|mark| years_of(mark.month)).collect();
    let logs: Vec<f64> = rows.iter().map(|mark| mark.first_year_usd_per_kw_month().ln()).collect();
    let line = Line::through(&times, &logs).ok_or(MarksError::OneMonth)?;
    let (first, last) = months(rows.iter().map(|mark| mark.month));
    let calibration = RateCalibration {
        subject: "lease".into(),
        unit: "USD per kW of IT and month, first year of a new lease".into(),
        source: marks.source.clone(),
        period: [first.to_string(), last.to_string()],
        fit_date: marks.fit_date.clone(),
        n: rows.len(),
        warnings: warnings(&marks.caveats),
        level: level(&line),
        level_month: last.to_string(),
        spread_between_marks: spread(&line),
        drift_per_year: drift(&line, &times, &logs),
        reversion_per_year: Parameter {
            value: REVERSION.0,
            standard_error: REVERSION.0 - REVERSION.1[0],
            range: REVERSION.1,
            basis: Basis::Assumption,
            prior_share: 1.0,
            marks_alone: None,
            note: "assumed; no contract speaks of it".into(),
        },
        volatility_per_sqrt_year: volatility(&line, &times),
    };
    let toml = to_toml(&calibration);
    let panels = vec![panel(marks, &calibration, &line)];
    Ok(RateFit { calibration: RateCalibration::parse(&toml)?, toml, panels })
}

fn warnings(caveats: &[String]) -> Vec<String> {
    let mut warnings = caveats.to_vec();
    warnings.push("No history of rents exists: reversion and volatility are assumptions to vary.".into());
    warnings
}

fn level(line: &Line) -> Parameter {
    let error = line.sd / line.n.sqrt();
    let half = t90(line.n - 1.0) * error;
    Parameter {
        value: line.mean.exp(),
        standard_error: error,
        range: [-half, half].map(|step| (line.mean + step).exp()),
        basis: Basis::Estimate,
        prior_share: 0.0,
        marks_alone: None,
        note:
            "mean of logs of first-year rents; the error is relative and holds for this sample of deals alone"
                .into(),
    }
}

fn spread(line: &Line) -> Parameter {
    let relative = 1.0 / (2.0 * (line.n - 1.0)).sqrt();
    Parameter {
        value: line.sd,
        standard_error: line.sd * relative,
        range: [-1.0, 1.0].map(|side| line.sd * (side * Z90 * relative).exp()),
        basis: Basis::Estimate,
        prior_share: 0.0,
        marks_alone: None,
        note: "standard deviation of logs between contracts: size, place, tenant and terms with the market's movement".into(),
    }
}

fn drift(line: &Line, times: &[f64], logs: &[f64]) -> Parameter {
    let half = t90(line.n - 2.0) * line.slope_error;
    let told = |line: &Line| line.slope.abs() > t95(line.n - 2.0) * line.slope_error;
    let told_without = |left_out: usize| {
        let rest = |all: &[f64]| -> Vec<f64> {
            all.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, value)| *value).collect()
        };
        Line::through(&rest(times), &rest(logs)).is_some_and(|line| told(&line))
    };
    let verdict = if !told(line) {
        "not distinguishable from 0 at 95 %"
    } else if (0..times.len()).all(told_without) {
        "distinguishable from 0 at 95 %, whichever contract is left out"
    } else {
        "distinguishable from 0 at 95 %, but not once a single contract is left out"
    };
    Parameter {
        value: line.slope,
        standard_error: line.slope_error,
        range: [line.slope - half, line.slope + half],
        basis: Basis::Estimate,
        prior_share: 0.0,
        marks_alone: None,
        note: format!("slope of log first-year rents on the date: {verdict}; scenarios do not use it"),
    }
}

/// The volatility at which a part of the contracts' variance is the market's movement between their dates.
fn volatility(line: &Line, times: &[f64]) -> Parameter {
    let covariance = |a: f64, b: f64| (-REVERSION.0 * (a - b).abs()).exp() / (2.0 * REVERSION.0);
    let all: f64 = times.iter().map(|a| times.iter().map(|b| covariance(*a, *b)).sum::<f64>()).sum();
    let alone = covariance(0.0, 0.0) * line.n;
    let expected_variance = (alone - all / line.n) / (line.n - 1.0);
    let bound = line.sd / expected_variance.sqrt();
    let value = bound * SHARE_OF_MARKET.sqrt();
    Parameter {
        value,
        standard_error: bound - value,
        range: [0.0, bound],
        basis: Basis::Assumption,
        prior_share: 1.0,
        marks_alone: None,
        note: "assumed: half of the variance between contracts is the market's movement; the upper bound takes all of it".into(),
    }
}

fn panel(marks: &Marks<LeaseMark>, calibration: &RateCalibration, line: &Line) -> Panel {
    let all = || marks.rows.iter().map(|mark| years_of(mark.month));
    let (from, to) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let contracts = |in_fit: bool| {
        let mut points: Vec<(f64, f64)> = marks
            .rows
            .iter()
            .filter(|mark| mark.in_fit == in_fit)
            .map(|mark| (years_of(mark.month), mark.first_year_usd_per_kw_month()))
            // What is no rent at all would press the others to the axis.
            .filter(|(_, rent)| *rent < 3.0 * calibration.level.value)
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    let (level, sd) = (calibration.level.value, Z90 * line.sd);
    let trend = |x: f64| (x, (line.mean + line.slope * (x - line.mean_time)).exp());
    Panel {
        title: "First-year rents of announced leases".into(),
        x_label: "year".into(),
        y_label: "USD per kW of IT and month".into(),
        log_y: false,
        curves: vec![
            PanelCurve::band(
                "90 % of contracts, if log-normal",
                [from, to].map(|x| (x, level * (-sd).exp(), level * sd.exp())),
            ),
            PanelCurve::line("level", CurveRole::Model, [(from, level), (to, level)]),
            PanelCurve::line("line on the date", CurveRole::Rival, [trend(from), trend(to)]),
            PanelCurve::line("contracts in the fit", CurveRole::Points, contracts(true)),
            PanelCurve::line("left out", CurveRole::Points, contracts(false)),
        ],
    }
}

/// A least-squares line.
pub(super) struct Line {
    n: f64,
    mean: f64,
    mean_time: f64,
    /// Standard deviation about the mean.
    sd: f64,
    pub(super) slope: f64,
    pub(super) slope_error: f64,
}

impl Line {
    /// `None` if all times are the same.
    pub(super) fn through(times: &[f64], values: &[f64]) -> Option<Self> {
        let n = times.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let mean_time = times.iter().sum::<f64>() / n;
        let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            times.iter().zip(values).map(|(t, v)| f(t - mean_time, v - mean)).sum()
        };
        let (tt, tv, vv) = (sum(&|t, _| t * t), sum(&|t, v| t * v), sum(&|_, v| v * v));
        if tt < 1e-9 {
            return None;
        }
        let slope = tv / tt;
        let residual = (vv - slope * tv).max(0.0) / (n - 2.0);
        Some(Self {
            n,
            mean,
            mean_time,
            sd: (vv / (n - 1.0)).sqrt(),
            slope,
            slope_error: (residual / tt).sqrt(),
        })
    }
}

/// The middle of a month on an axis of years.
pub(super) fn years_of(month: YearMonth) -> f64 {
    f64::from(month.year) + (month.month0() as f64 + 0.5) / 12.0
}

/// The first and the last of some months.
pub(super) fn months(all: impl Iterator<Item = YearMonth> + Clone) -> (YearMonth, YearMonth) {
    let month = |pick: fn(YearMonth, YearMonth) -> YearMonth| all.clone().reduce(pick);
    // Callers pass at least one month.
    month(Ord::min).zip(month(Ord::max)).expect("at least one month")
}

/// Half of the width, in standard errors, of the middle 90 % of Student's law.
fn t90(freedom: f64) -> f64 {
    student(Z90, freedom)
}

/// The same of the middle 95 %.
fn t95(freedom: f64) -> f64 {
    student(1.959_963_985, freedom)
}

/// Quantile of Student's law from that of the normal one, by Cornish and Fisher's expansion (Hill 1970), within 1 % from four
/// degrees of freedom up.
fn student(z: f64, freedom: f64) -> f64 {
    let (z3, z5, z7) = (z.powi(3), z.powi(5), z.powi(7));
    z + (z3 + z) / (4.0 * freedom)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * freedom.powi(2))
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * freedom.powi(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_student_match_the_tables() {
        for (freedom, at_90, at_95) in [(4.0, 2.132, 2.776), (5.0, 2.015, 2.571), (30.0, 1.697, 2.042)] {
            assert!((t90(freedom) / at_90 - 1.0).abs() < 0.01, "{}", t90(freedom));
            assert!((t95(freedom) / at_95 - 1.0).abs() < 0.01, "{}", t95(freedom));
        }
    }

    #[test]
    fn a_line_is_found_again_with_its_error() {
        let times = [0.0, 1.0, 2.0, 3.0];
        let line = Line::through(&times, &[1.0, 3.1, 4.9, 7.0]).unwrap();
        assert!((line.slope - 1.98).abs() < 1e-12);
        // Residuals -0.03, 0.09, -0.09, 0.03: sum of squares 0.018, over two degrees and Σt² = 5.
        assert!((line.slope_error - (0.018f64 / 2.0 / 5.0).sqrt()).abs() < 1e-12);
        assert!(Line::through(&[1.0, 1.0], &[2.0, 3.0]).is_none());
    }
}

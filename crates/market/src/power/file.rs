//! The calibration file as written, and the one conversion that checks it.

use serde::Deserialize;

use super::errors::StandardErrors;
use super::statistics::PowerStatistics;
use super::{
    CalibrationError, FIRST_KNOT, FactorLaw, HOURS, KNOT_STEP, KNOTS, MONTHS, PowerCalibration, PowerFactors,
    cumulated_expectation, pieces,
};

/// Prices beyond this are refused: no market has seen them, and sums of squares stay finite.
const LARGEST_PRICE: f64 = 1e6;

/// Power calibration as it stands in a TOML file, unchecked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PowerFile {
    pub(crate) point: String,
    pub(crate) source: String,
    pub(crate) period: [String; 2],
    pub(crate) fit_date: String,
    pub(crate) level_at_period_end: f64,
    pub(crate) assumption: Option<String>,
    pub(crate) factors: FactorsTable,
    pub(crate) standard_errors: Option<StandardErrors>,
    pub(crate) history: PowerStatistics,
    pub(crate) simulated: PowerStatistics,
    pub(crate) simulated_low: PowerStatistics,
    pub(crate) simulated_high: PowerStatistics,
    pub(crate) table: QuantileTable,
}

/// Factor laws and weekday shift as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactorsTable {
    pub(crate) slow: FactorLaw,
    pub(crate) daily: FactorLaw,
    pub(crate) hourly: FactorLaw,
    pub(crate) shape: FactorLaw,
    pub(crate) weekday_shift: Vec<f64>,
}

/// Quantiles as written: `[12][24][64]`, with the grid of `z` they stand on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuantileTable {
    pub(crate) first_knot: f64,
    pub(crate) knot_step: f64,
    pub(crate) quantiles_usd_per_mwh: Vec<Vec<Vec<f64>>>,
}

impl PowerFile {
    /// The checked calibration, with the tables that sampling and integration read.
    pub(crate) fn check(self) -> Result<PowerCalibration, CalibrationError> {
        require("level_at_period_end", self.level_at_period_end, "-10 to 10", |level| level.abs() <= 10.0)?;
        for (name, statistics) in [
            ("history", &self.history),
            ("simulated", &self.simulated),
            ("simulated_low", &self.simulated_low),
            ("simulated_high", &self.simulated_high),
        ] {
            check_statistics(name, statistics)?;
        }
        if let Some(errors) = &self.standard_errors {
            errors.check()?;
        }
        let factors = self.factors.check()?;
        let rows: Vec<_> = self.table.check()?.iter().map(pieces).collect();
        let below_knot = rows.iter().map(cumulated_expectation).collect();
        Ok(PowerCalibration {
            point: self.point,
            source: self.source,
            period: self.period,
            fit_date: self.fit_date,
            level_at_period_end: self.level_at_period_end,
            assumption: self.assumption,
            standard_errors: self.standard_errors,
            history: self.history,
            simulated: self.simulated,
            simulated_low: self.simulated_low,
            simulated_high: self.simulated_high,
            factors,
            rows,
            below_knot,
        })
    }
}

impl FactorsTable {
    fn check(self) -> Result<PowerFactors, CalibrationError> {
        for (name, law) in
            [("slow", self.slow), ("daily", self.daily), ("hourly", self.hourly), ("shape", self.shape)]
        {
            let weight = format!("factors.{name}.weight");
            require(&weight, law.weight, "above 0, at most 1", |w| w > 0.0 && w <= 1.0)?;
            let hours = format!("factors.{name}.hours");
            require(&hours, law.hours, "above 0, at most 1e6", |h| h > 0.0 && h <= 1e6)?;
        }
        let field = "factors.weekday_shift";
        let n_days = self.weekday_shift.len();
        let weekday_shift: [f64; 7] =
            self.weekday_shift.try_into().map_err(|_| wrong_length(field, n_days, 7))?;
        // Beyond 0.9 the shift alone could exceed the unit variance that the factors share with it.
        for shift in weekday_shift {
            require(field, shift, "-0.9 to 0.9", |s| s.abs() <= 0.9)?;
        }
        Ok(PowerFactors {
            slow: self.slow,
            daily: self.daily,
            hourly: self.hourly,
            shape: self.shape,
            weekday_shift,
        })
    }
}

impl QuantileTable {
    /// The 288 rows of quantiles, month by month and hour by hour.
    fn check(&self) -> Result<Vec<[f64; KNOTS]>, CalibrationError> {
        require("table.first_knot", self.first_knot, "-4", |z| z == FIRST_KNOT)?;
        require("table.knot_step", self.knot_step, "0.125", |step| step == KNOT_STEP)?;
        let months = &self.quantiles_usd_per_mwh;
        let field = "table.quantiles_usd_per_mwh";
        expect_length(field, months.len(), MONTHS)?;
        let mut rows = Vec::with_capacity(MONTHS * HOURS);
        for (month0, hours) in months.iter().enumerate() {
            let month = month0 + 1;
            expect_length(&format!("{field}, month {month}"), hours.len(), HOURS)?;
            for (hour, quantiles) in hours.iter().enumerate() {
                let name = format!("{field}, month {month}, hour {hour}");
                let row: [f64; KNOTS] = quantiles
                    .as_slice()
                    .try_into()
                    .map_err(|_| wrong_length(&name, quantiles.len(), KNOTS))?;
                for price in row {
                    require(&name, price, "-1e6 to 1e6", |p| p.abs() <= LARGEST_PRICE)?;
                }
                if let Some(knot) = (1..KNOTS).find(|&k| row[k] < row[k - 1]) {
                    let knot = knot - 1;
                    return Err(CalibrationError::NotAscending { month, hour, knot });
                }
                rows.push(row);
            }
        }
        Ok(rows)
    }
}

fn check_statistics(name: &str, statistics: &PowerStatistics) -> Result<(), CalibrationError> {
    for (label, value) in statistics.labelled() {
        let field = format!("{name}.{label}");
        require(&field, value, "a finite number", |v| v.is_finite())?;
    }
    for (label, means, expected) in [
        ("mean_by_local_hour_usd_per_mwh", &statistics.mean_by_local_hour_usd_per_mwh, HOURS),
        ("mean_by_calendar_month_usd_per_mwh", &statistics.mean_by_calendar_month_usd_per_mwh, MONTHS),
    ] {
        let field = format!("{name}.{label}");
        expect_length(&field, means.len(), expected)?;
        for &mean in means {
            let allowed = "a finite number, or nan where there is no price";
            require(&field, mean, allowed, |m| !m.is_infinite())?;
        }
    }
    Ok(())
}

/// Refuses `value` unless it satisfies `allowed`; NaN never does.
pub(crate) fn require(
    field: &str,
    value: f64,
    allowed: &'static str,
    holds: impl Fn(f64) -> bool,
) -> Result<(), CalibrationError> {
    if holds(value) {
        return Ok(());
    }
    Err(CalibrationError::OutOfRange { field: field.to_owned(), value, allowed })
}

fn expect_length(field: &str, found: usize, expected: usize) -> Result<(), CalibrationError> {
    if found == expected { Ok(()) } else { Err(wrong_length(field, found, expected)) }
}

fn wrong_length(field: &str, found: usize, expected: usize) -> CalibrationError {
    CalibrationError::WrongLength { field: field.to_owned(), found, expected }
}

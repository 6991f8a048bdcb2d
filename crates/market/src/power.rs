//! Hourly power prices: ranks driven by Gaussian factors, read through tables of quantiles.
//!
//! The price of local hour `h` in calendar month `m` is `P = Q[m,h](z)`. `Q` is the history's own
//! quantile function, 64 knots in `z`, so scarcity and negative prices need no regime of their own; and `z` is
//! standard normal in the long run, a sum of a slow level, a daily factor, an hourly factor, a factor that tilts
//! the shape of the day, and a shift by weekday, whose persistence also makes spikes last.
//! Source: fitted to ERCOT settlement point prices by [`crate::power_fit`]; each file in `data/calibration`
//! states its own data, period and date.

mod errors;
mod file;
mod from_level;
mod lanes;
mod spiked;
mod statistics;

use thiserror::Error;

use crate::normal_table::{normal_cdf, normal_pdf};

pub use errors::{FactorError, StandardErrors};
pub(crate) use file::{FactorsTable, PowerFile, QuantileTable, require};
pub use lanes::{Instructions, Kernel, LANES, PowerDay, PowerLanes};
pub use statistics::{LocalHour, PowerStatistics};
pub(crate) use statistics::{autocovariance, mean_of, on_hour_grid, quantile};

/// Number of knots of a quantile table, and of pieces counting the flat one above the last knot.
pub const KNOTS: usize = 64;

/// The rank variable `z` at the first knot.
pub const FIRST_KNOT: f64 = -4.0;

/// Distance between knots in `z`.
pub const KNOT_STEP: f64 = 0.125;

/// Names accepted by [`PowerCalibration::builtin`].
///
/// The first three are as observed, the last two assume more than the history of their point shows.
pub const BUILTIN_NAMES: [&str; 5] =
    ["hb-houston", "hb-west", "lz-west", "hb-west-long-run", "lz-west-long-run"];

const HOURS: usize = 24;
const MONTHS: usize = 12;

/// Why a calibration file was refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// The text is not TOML, or a field is missing, unknown or of the wrong type.
    #[error("calibration is not readable: {}", .0.message())]
    Unreadable(#[from] toml::de::Error),
    /// A number lies outside its range, or is not finite.
    #[error("{field} is {value}, allowed is {allowed}")]
    OutOfRange {
        /// Name of the field, with its unit as suffix.
        field: String,
        /// The number found.
        value: f64,
        /// The allowed range in words.
        allowed: &'static str,
    },
    /// A list has the wrong length.
    #[error("{field} has {found} entries, expected {expected}")]
    WrongLength {
        /// Name of the list.
        field: String,
        /// Number of entries found.
        found: usize,
        /// Number of entries required.
        expected: usize,
    },
    /// The quantiles of a month and hour fall from one knot to the next.
    #[error("quantiles of month {month} and local hour {hour} fall after knot {knot}")]
    NotAscending {
        /// Calendar month, 1 to 12.
        month: usize,
        /// Local hour, 0 to 23.
        hour: usize,
        /// Index of the knot after which the quantile falls.
        knot: usize,
    },
}

/// One of the factors behind `z`: its share of the variance and how long it remembers.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorLaw {
    /// Share of the variance of `z`, before scaling all shares to what the weekday shift leaves.
    pub weight: f64,
    /// Time constant of the exponential autocorrelation, hours.
    pub hours: f64,
}

/// The factors that make up `z`, with the weekday shift.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerFactors {
    /// Slow level `M`: gas price, fleet, the weather of a season; one step a day.
    pub slow: FactorLaw,
    /// Daily factor `D`, interpolated between the knots of successive midnights.
    pub daily: FactorLaw,
    /// Hourly factor `F`.
    pub hourly: FactorLaw,
    /// Day-shape factor `A cos(2πh/24) + B sin(2πh/24)`, interpolated like the daily one.
    pub shape: FactorLaw,
    /// Shift of `z` by weekday, Monday first.
    pub weekday_shift: [f64; 7],
}

impl PowerFactors {
    /// Variance of the weekday shift about zero, taken over the week.
    pub fn shift_variance(&self) -> f64 {
        self.weekday_shift.iter().map(|s| s * s).sum::<f64>() / 7.0
    }

    /// Amplitudes `[aM, aD, aF, aE]` whose squares and the variance of the shift add to one.
    pub fn amplitudes(&self) -> [f64; 4] {
        let weights = [self.slow.weight, self.daily.weight, self.hourly.weight, self.shape.weight];
        let scale = (1.0 - self.shift_variance()) / weights.iter().sum::<f64>();
        weights.map(|weight| (weight * scale).sqrt())
    }
}

/// A linear piece of a quantile table: price at its lower knot, and price per knot step above it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Piece {
    pub(crate) value: f64,
    pub(crate) slope: f64,
}

/// A checked calibration of the hourly power price at one settlement point.
#[derive(Clone, Debug)]
pub struct PowerCalibration {
    /// Settlement point, for example `LZ_WEST`.
    pub point: String,
    /// Where the prices came from, with the checksum of the file.
    pub source: String,
    /// First and last month of the sample, `YYYY-MM`, Central time.
    pub period: [String; 2],
    /// Date of the fit, `YYYY-MM-DD`.
    pub fit_date: String,
    /// Level `M` as estimated from the last four weeks of the sample: where a run starts when it starts there.
    pub level_at_period_end: f64,
    /// Standard deviation of what those weeks leave open about the level.
    pub level_error_at_period_end: f64,
    /// What the calibration assumes beyond its history, and what moves it; `None` for one that is as observed.
    pub assumption: Option<String>,
    /// Standard errors of the fit; `None` where they were not estimated or a calibration is assumed.
    pub standard_errors: Option<StandardErrors>,
    /// Statistics of the sample itself.
    pub history: PowerStatistics,
    /// Mean statistics of simulated histories over the same period.
    pub simulated: PowerStatistics,
    /// Quantiles at 5 % of the same statistics over simulated histories.
    pub simulated_low: PowerStatistics,
    /// Quantiles at 95 % of the same statistics over simulated histories.
    pub simulated_high: PowerStatistics,
    factors: PowerFactors,
    /// `[month, hour]` row-major, 12 x 24.
    rows: Vec<[Piece; KNOTS]>,
    /// `E[P 1{z < knot}]` for each row, the part below the first knot included.
    below_knot: Vec<[f64; KNOTS]>,
}

impl PowerCalibration {
    /// Reads and checks the text of a calibration file.
    ///
    /// # Errors
    /// Text that is not a calibration, lists of the wrong length, quantiles that fall, weights or time
    /// constants that are not above zero, and anything not finite.
    pub fn parse(text: &str) -> Result<Self, CalibrationError> {
        toml::from_str::<PowerFile>(text)?.check()
    }

    /// The calibration shipped under `name`, one of [`BUILTIN_NAMES`]; `None` for any other name.
    pub fn builtin(name: &str) -> Option<Self> {
        let text = match name {
            "hb-houston" => include_str!("../../../data/calibration/power_hb-houston.toml"),
            "hb-west" => include_str!("../../../data/calibration/power_hb-west.toml"),
            "lz-west" => include_str!("../../../data/calibration/power_lz-west.toml"),
            "hb-west-long-run" => include_str!("../../../data/calibration/power_hb-west-long-run.toml"),
            "lz-west-long-run" => include_str!("../../../data/calibration/power_lz-west-long-run.toml"),
            _ => return None,
        };
        // A shipped file that fails its checks is a bug of this crate, and a test parses each of them.
        Some(Self::parse(text).expect("shipped calibration is valid"))
    }

    /// Weights, time constants and weekday shifts of the factors.
    pub fn factors(&self) -> &PowerFactors {
        &self.factors
    }

    /// The mean price that the calibration stands for, USD/MWh: the level of a study that names none.
    ///
    /// That of the history; where the calibration [assumes](Self::assumption) more than its history shows, that of its
    /// own tables over a calendar year.
    pub fn mean_usd_per_mwh(&self) -> f64 {
        match self.assumption {
            None => self.history.mean_usd_per_mwh,
            Some(_) => yearly_mean(|month0| self.mean(month0)),
        }
    }

    /// Price at rank variable `z` in calendar month `month0` (0 to 11) and local `hour`, USD/MWh.
    ///
    /// # Panics
    /// If the month or the hour is out of range.
    pub fn price(&self, month0: usize, hour: usize, z: f64) -> f64 {
        let position = ((z - FIRST_KNOT) / KNOT_STEP).clamp(0.0, (KNOTS - 1) as f64);
        let knot = position.floor();
        let piece = self.row(month0, hour)[knot as usize];
        piece.value + (position - knot) * piece.slope
    }

    /// Probability that an hour's price is below `threshold` (USD/MWh), and the expected `P·1{P < threshold}`.
    ///
    /// For calendar month `month0` (0 to 11), averaged over its 24 local hours, under the long-run law of the
    /// model; exact integration of the tables. With threshold `B`, the expected value of an hour's flexibility
    /// is `E[(B − P)^+] = B·probability − expectation`.
    ///
    /// # Panics
    /// If the month is out of range.
    pub fn expected_below(&self, month0: usize, threshold: f64) -> (f64, f64) {
        let mut total = (0.0, 0.0);
        for hour in 0..HOURS {
            let (probability, expectation) = self.row_below(month0, hour, threshold);
            total.0 += probability;
            total.1 += expectation;
        }
        (total.0 / HOURS as f64, total.1 / HOURS as f64)
    }

    /// Expected price of calendar month `month0` (0 to 11), mean over local hours, USD/MWh.
    ///
    /// # Panics
    /// If the month is out of range.
    pub fn mean(&self, month0: usize) -> f64 {
        self.expected_below(month0, f64::INFINITY).1
    }

    /// The same factors with tables that return `z` itself, so that walking it yields the rank variable.
    pub(crate) fn rank_as_price(&self) -> Self {
        let row = pieces(&std::array::from_fn(|knot| FIRST_KNOT + KNOT_STEP * knot as f64));
        let rows = vec![row; MONTHS * HOURS];
        let below_knot = rows.iter().map(cumulated_expectation).collect();
        Self { rows, below_knot, ..self.clone() }
    }

    fn row(&self, month0: usize, hour: usize) -> &[Piece; KNOTS] {
        assert!(month0 < MONTHS && hour < HOURS, "month or hour out of range");
        &self.rows[month0 * HOURS + hour]
    }

    fn row_below(&self, month0: usize, hour: usize, threshold: f64) -> (f64, f64) {
        let row = self.row(month0, hour);
        let n_below = row.partition_point(|piece| piece.value < threshold);
        if n_below == 0 {
            return (0.0, 0.0);
        }
        // The crossing lies on the piece that starts at the last knot below the threshold.
        let knot = n_below - 1;
        let piece = row[knot];
        let lower = FIRST_KNOT + KNOT_STEP * knot as f64;
        let upper = if knot == KNOTS - 1 {
            f64::INFINITY
        } else {
            lower + KNOT_STEP * (threshold - piece.value) / piece.slope
        };
        let cumulated = self.below_knot[month0 * HOURS + hour][knot];
        (normal_cdf(upper), cumulated + piece_integral(piece, lower, upper))
    }
}

/// Mean over a calendar year of a mean by calendar month (0 to 11): a sample may count some months twice.
pub(crate) fn yearly_mean(monthly: impl Fn(usize) -> f64) -> f64 {
    const DAYS: [f64; MONTHS] = [31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
    let total: f64 = DAYS.iter().zip(0..).map(|(days, month0)| days * monthly(month0)).sum();
    total / DAYS.iter().sum::<f64>()
}

/// Integral of a piece's price times the normal density from its lower knot to `upper`.
fn piece_integral(piece: Piece, lower: f64, upper: f64) -> f64 {
    let slope = piece.slope / KNOT_STEP;
    let probability = normal_cdf(upper) - normal_cdf(lower);
    (piece.value - slope * lower) * probability + slope * (normal_pdf(lower) - normal_pdf(upper))
}

/// Pieces of a row of quantiles; the last is flat, because prices do not pass the last knot.
fn pieces(quantiles: &[f64; KNOTS]) -> [Piece; KNOTS] {
    std::array::from_fn(|knot| Piece {
        value: quantiles[knot],
        slope: quantiles.get(knot + 1).map_or(0.0, |next| next - quantiles[knot]),
    })
}

/// `E[P 1{z < knot}]` at each knot, prices being flat below the first one.
fn cumulated_expectation(row: &[Piece; KNOTS]) -> [f64; KNOTS] {
    let mut sum = row[0].value * normal_cdf(FIRST_KNOT);
    let mut below = [sum; KNOTS];
    for knot in 1..KNOTS {
        let lower = FIRST_KNOT + KNOT_STEP * (knot - 1) as f64;
        sum += piece_integral(row[knot - 1], lower, lower + KNOT_STEP);
        below[knot] = sum;
    }
    below
}

#[cfg(test)]
mod tests;

//! Hourly prices of reserves, loosely tied to the scarcity of power and with noise of their own.
//!
//! The price of a product in a season and local hour is the history's own quantile `Q[season, hour](z_r)`, with
//! `z_r = m(z) + s·n`. `z` is the rank variable of power; `m(z) = a z + b ((z − u)⁺ − E)` rises faster in scarce hours, which a
//! straight line would miss; `s² = 1 − Var m`, so that `z_r` stays about standard normal. The noise `n` is the sum of three parts:
//! a slow level by day, one that remembers each clock hour from day to day (reserves are bought a day ahead, by the hour), and
//! an hourly one. The parts of the five products are correlated alike.
//! Source: fitted by [`crate::reserve_fit`]; `data/calibration/reserves.toml` states data, period and errors.

mod file;
mod lanes;

use crate::import::ReserveProduct;
use crate::normal_table::{normal_cdf, normal_pdf};
use thiserror::Error;

pub use file::{NoiseWeights, ReserveEstimate, ReserveStatistics};
pub(crate) use file::{ProductTable, ReserveFile};
pub use lanes::{ReserveLanes, ReserveMonth};

/// Number of knots of a quantile table.
pub const RESERVE_KNOTS: usize = 49;

/// `z_r` at the first knot; beyond the first and the last knot prices are flat.
pub const FIRST_RESERVE_KNOT: f64 = -3.0;

/// Distance between knots in `z_r`.
pub const RESERVE_KNOT_STEP: f64 = 0.125;

pub(crate) const SEASONS: usize = 4;
pub(crate) const HOURS: usize = 24;

/// Season of a calendar month counted from zero: winter (December to February), spring, summer, autumn.
pub(crate) fn season_of(month0: usize) -> usize {
    (month0 + 1) % 12 / 3
}

/// Why a calibration of reserves was refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReserveError {
    /// The text is not TOML, or a field is missing, unknown or of the wrong type.
    #[error("calibration of reserves is not readable: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A field is out of range.
    #[error("calibration of reserves: {field} is {value}, allowed is {allowed}")]
    OutOfRange {
        /// Name of the field.
        field: String,
        /// What was found.
        value: String,
        /// What is allowed.
        allowed: &'static str,
    },
}

/// How a product's rank follows that of power.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loading {
    /// Slope `a` in ordinary hours.
    pub slope: f64,
    /// Further slope `b` above [`Self::bend_from`].
    pub bend: f64,
    /// Rank variable `u` of power above which the bend acts.
    pub bend_from: f64,
}

impl Loading {
    /// Expected rank variable of the product at rank variable `z` of power.
    #[must_use]
    pub fn mean(&self, z: f64) -> f64 {
        self.slope * z + self.bend * ((z - self.bend_from).max(0.0) - mean_above(self.bend_from))
    }

    /// Standard deviation of what the noise adds; not a number when the slopes leave no room for noise.
    #[must_use]
    pub fn noise(&self) -> f64 {
        let u = self.bend_from;
        let above = 1.0 - normal_cdf(u);
        let spread = (1.0 + u * u) * above - u * normal_pdf(u) - mean_above(u).powi(2);
        let explained =
            self.slope * self.slope + self.bend * self.bend * spread + 2.0 * self.slope * self.bend * above;
        (1.0 - explained).sqrt()
    }
}

/// `E[(z − u)⁺]` of a standard normal.
pub(crate) fn mean_above(u: f64) -> f64 {
    normal_pdf(u) - u * (1.0 - normal_cdf(u))
}

/// One product of a calibration.
#[derive(Clone, Debug, PartialEq)]
pub struct ReserveModel {
    /// The product.
    pub product: ReserveProduct,
    /// How its rank follows power.
    pub loading: Loading,
    /// Standard errors of slope and bend, by blocks of three months.
    pub loading_errors: [f64; 2],
    /// Shares of the three parts of the noise; their sum is 1.
    pub weights: NoiseWeights,
    /// Statistics of the history.
    pub history: ReserveStatistics,
    /// Mean of the same over simulations at the history's own power prices.
    pub simulated: ReserveStatistics,
    /// 5 % quantile over these simulations.
    pub simulated_low: ReserveStatistics,
    /// 95 % quantile over these simulations.
    pub simulated_high: ReserveStatistics,
    /// `[season, hour, knot]` row-major.
    table: Vec<[f64; RESERVE_KNOTS]>,
}

impl ReserveModel {
    /// Price at rank variable `z_r` in a calendar month counted from zero and a local hour, USD/MW-h.
    ///
    /// # Panics
    /// If month or hour are out of range.
    #[must_use]
    pub fn price(&self, month0: usize, hour: usize, z_r: f64) -> f64 {
        let row = &self.table[season_of(month0) * HOURS + hour];
        let last = (RESERVE_KNOTS - 1) as f64;
        let position = ((z_r - FIRST_RESERVE_KNOT) / RESERVE_KNOT_STEP).clamp(0.0, last);
        let knot = (position as usize).min(RESERVE_KNOTS - 2);
        row[knot] + (position - knot as f64) * (row[knot + 1] - row[knot])
    }
}

/// Persistence of the noise, the same for all products.
#[derive(Clone, Debug, PartialEq)]
pub struct ReserveNoise {
    /// Time constant of the slow level, hours.
    pub slow_hours: f64,
    /// Time constant of what each clock hour remembers, days.
    pub profile_days: f64,
    /// Time constant of the hourly part, and of the profile's innovations from hour to hour, hours.
    pub hourly_hours: f64,
    /// Correlation of the noises, `[product][product]` in the order of the products.
    pub correlation: Vec<Vec<f64>>,
    /// Lower triangular root of it.
    pub(crate) root: Vec<Vec<f64>>,
}

/// A checked calibration of reserve prices.
#[derive(Clone, Debug, PartialEq)]
pub struct ReserveCalibration {
    /// Where the prices came from, with checksums.
    pub source: String,
    /// First and last month of the sample, `YYYY-MM`, Central time.
    pub period: [String; 2],
    /// Date of the fit, `YYYY-MM-DD`.
    pub fit_date: String,
    /// Persistence and correlation of the noise.
    pub noise: ReserveNoise,
    /// The products, at most five.
    pub products: Vec<ReserveModel>,
}

impl ReserveCalibration {
    /// Reads and checks the text of a calibration file.
    ///
    /// # Errors
    /// Text that is not a calibration, tables of the wrong size or that fall, and numbers out of their range.
    pub fn parse(text: &str) -> Result<Self, ReserveError> {
        toml::from_str::<ReserveFile>(text)?.check()
    }

    /// The shipped calibration: all five products, 2024-01 to 2025-06.
    #[must_use]
    pub fn builtin() -> Self {
        let text = include_str!("../../../data/calibration/reserves.toml");
        // A shipped file that fails its checks is a bug of this crate, and a test parses it.
        Self::parse(text).expect("shipped calibration is valid")
    }
}

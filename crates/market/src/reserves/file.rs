//! The calibration file of reserves as written, and the one conversion that checks it.

use super::{
    FIRST_RESERVE_KNOT, HOURS, Loading, RESERVE_KNOT_STEP, RESERVE_KNOTS, ReserveCalibration, ReserveError,
    ReserveModel, ReserveNoise, SEASONS,
};
use crate::import::ReserveProduct;
use serde::Deserialize;

/// A fitted number with its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveEstimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// Shares of the variance of the noise.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoiseWeights {
    /// The slow level.
    pub slow: f64,
    /// What each clock hour remembers.
    pub profile: f64,
    /// The hourly part.
    pub hourly: f64,
}

/// Statistics by which a product's prices are compared with the model.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveStatistics {
    /// Mean price, USD/MW-h.
    pub mean_usd_per_mw_h: f64,
    /// Median price, USD/MW-h.
    pub median_usd_per_mw_h: f64,
    /// Rank correlation with the power price of the same hour.
    pub rank_correlation: f64,
    /// Mean price over mean power price in the hours of power above 200 USD/MWh.
    pub mean_ratio_above_200: f64,
    /// Median of price over power price in the same hours.
    pub median_ratio_above_200: f64,
    /// Rank autocorrelation after an hour.
    pub autocorrelation_1h: f64,
    /// Rank autocorrelation after a day.
    pub autocorrelation_24h: f64,
    /// Rank autocorrelation after a week.
    pub autocorrelation_168h: f64,
    /// Mean price of each local hour, USD/MW-h, 24 entries.
    pub mean_by_local_hour_usd_per_mw_h: Vec<f64>,
}

impl ReserveStatistics {
    /// Every single number with its field name, in the order of the fields.
    #[must_use]
    pub fn labelled(&self) -> [(&'static str, f64); 8] {
        [
            ("mean_usd_per_mw_h", self.mean_usd_per_mw_h),
            ("median_usd_per_mw_h", self.median_usd_per_mw_h),
            ("rank_correlation", self.rank_correlation),
            ("mean_ratio_above_200", self.mean_ratio_above_200),
            ("median_ratio_above_200", self.median_ratio_above_200),
            ("autocorrelation_1h", self.autocorrelation_1h),
            ("autocorrelation_24h", self.autocorrelation_24h),
            ("autocorrelation_168h", self.autocorrelation_168h),
        ]
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReserveFile {
    pub(crate) source: String,
    pub(crate) period: [String; 2],
    pub(crate) fit_date: String,
    pub(crate) bend_from: f64,
    pub(crate) slow_hours: f64,
    pub(crate) profile_days: f64,
    pub(crate) hourly_hours: f64,
    pub(crate) correlation: Vec<Vec<f64>>,
    pub(crate) products: Vec<ProductTable>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductTable {
    pub(crate) name: String,
    pub(crate) slope: ReserveEstimate,
    pub(crate) bend: ReserveEstimate,
    pub(crate) weights: NoiseWeights,
    pub(crate) history: ReserveStatistics,
    pub(crate) simulated: ReserveStatistics,
    pub(crate) simulated_low: ReserveStatistics,
    pub(crate) simulated_high: ReserveStatistics,
    pub(crate) first_knot: f64,
    pub(crate) knot_step: f64,
    /// `[4][24][49]`.
    pub(crate) quantiles_usd_per_mw_h: Vec<Vec<Vec<f64>>>,
}

fn require(field: &str, value: f64, allowed: &'static str, holds: bool) -> Result<(), ReserveError> {
    if holds && value.is_finite() {
        return Ok(());
    }
    Err(ReserveError::OutOfRange { field: field.into(), value: value.to_string(), allowed })
}

impl ReserveFile {
    pub(crate) fn check(self) -> Result<ReserveCalibration, ReserveError> {
        require("bend_from", self.bend_from, "0 to 3", (0.0..=3.0).contains(&self.bend_from))?;
        for (field, value) in [
            ("slow_hours", self.slow_hours),
            ("profile_days", self.profile_days),
            ("hourly_hours", self.hourly_hours),
        ] {
            require(field, value, "above 0, at most 1e6", value > 0.0 && value <= 1e6)?;
        }
        let n = self.products.len();
        require("number of products", n as f64, "1 to 5", (1..=5).contains(&n))?;
        let root = root_of(&self.correlation, n)?;
        let noise = ReserveNoise {
            slow_hours: self.slow_hours,
            profile_days: self.profile_days,
            hourly_hours: self.hourly_hours,
            correlation: self.correlation,
            root,
        };
        let bend_from = self.bend_from;
        let products =
            self.products.into_iter().map(|product| product.check(bend_from)).collect::<Result<_, _>>()?;
        Ok(ReserveCalibration {
            source: self.source,
            period: self.period,
            fit_date: self.fit_date,
            noise,
            products,
        })
    }
}

impl ProductTable {
    fn check(self, bend_from: f64) -> Result<ReserveModel, ReserveError> {
        let product = ReserveProduct::parse(&self.name).ok_or_else(|| ReserveError::OutOfRange {
            field: "name".into(),
            value: self.name.clone(),
            allowed: "one of REGDN, REGUP, RRS, NSPIN, ECRS",
        })?;
        let name = |part: &str| format!("{product} {part}");
        let loading = Loading { slope: self.slope.value, bend: self.bend.value, bend_from };
        let allowed = "slopes whose variance leaves room for noise";
        require(&name("slope"), self.slope.value, allowed, loading.noise() > 0.0)?;
        let weights = self.weights;
        let all = [weights.slow, weights.profile, weights.hourly];
        let sound = all.iter().all(|w| *w >= 0.0) && (all.iter().sum::<f64>() - 1.0).abs() < 1e-3;
        require(&name("weights"), all.iter().sum(), "shares of at least 0 that sum to 1", sound)?;
        require(&name("first_knot"), self.first_knot, "-3", self.first_knot == FIRST_RESERVE_KNOT)?;
        require(&name("knot_step"), self.knot_step, "0.125", self.knot_step == RESERVE_KNOT_STEP)?;
        let seasons = self.quantiles_usd_per_mw_h.len();
        require(&name("seasons"), seasons as f64, "4", seasons == SEASONS)?;
        let mut table = Vec::with_capacity(SEASONS * HOURS);
        for hours in self.quantiles_usd_per_mw_h {
            require(&name("hours"), hours.len() as f64, "24", hours.len() == HOURS)?;
            for row in hours {
                let n = row.len();
                let row: [f64; RESERVE_KNOTS] = row.try_into().map_err(|_| ReserveError::OutOfRange {
                    field: name("knots"),
                    value: n.to_string(),
                    allowed: "49",
                })?;
                let rises = row.windows(2).all(|pair| pair[0] <= pair[1]);
                let bounded = row.iter().all(|price| price.abs() <= 1e5);
                require(&name("quantiles"), row[0], "ascending, within 1e5 USD/MW-h", rises && bounded)?;
                table.push(row);
            }
        }
        Ok(ReserveModel {
            product,
            loading,
            loading_errors: [self.slope.error, self.bend.error],
            weights,
            history: self.history,
            simulated: self.simulated,
            simulated_low: self.simulated_low,
            simulated_high: self.simulated_high,
            table,
        })
    }
}

/// Lower triangular root of a correlation matrix of `n` products.
pub(crate) fn root_of(matrix: &[Vec<f64>], n: usize) -> Result<Vec<Vec<f64>>, ReserveError> {
    let square = matrix.len() == n && matrix.iter().all(|row| row.len() == n);
    require("rows of correlation", matrix.len() as f64, "a square with a row a product", square)?;
    let mut root = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| root[i][k] * root[j][k]).sum();
            let left = matrix[i][j] - known;
            require("correlation", matrix[i][j], "symmetric", (matrix[i][j] - matrix[j][i]).abs() < 1e-9)?;
            root[i][j] = if i == j {
                let unit = (matrix[i][i] - 1.0).abs() < 1e-9;
                require("correlation", left, "ones on the diagonal, positive definite", unit && left > 0.0)?;
                left.sqrt()
            } else {
                left / root[j][j]
            };
        }
    }
    Ok(root)
}

//! Parameters of one path's network: drawn once per path, so that what is not known shows in the spread.

use crate::stream::{Factor, Stream};
use nalgebra::{Matrix3, Vector3};
use rand_distr::{Distribution, StandardNormal};

/// How hashrate answers profitability, and how surely that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponseLaw {
    /// Share of the log gap closed per epoch when hashprice is above the cost curve: entry.
    pub entry_per_epoch: f64,
    /// The same below the cost curve: exit.
    pub exit_per_epoch: f64,
    /// Growth per epoch that goes with unequal speeds, beside the one that equal speeds would have.
    pub pace_per_epoch: f64,
    /// Covariance of the estimates of growth at the cost curve (per epoch), entry and exit; zero for known parameters.
    pub covariance: [[f64; 3]; 3],
}

impl ResponseLaw {
    /// One speed for entry and exit, known exactly.
    #[must_use]
    pub fn known(per_epoch: f64) -> Self {
        Self {
            entry_per_epoch: per_epoch,
            exit_per_epoch: per_epoch,
            pace_per_epoch: 0.0,
            covariance: [[0.0; 3]; 3],
        }
    }

    /// Whether the covariance is one: positive semidefinite, but for rounding.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let matrix = Matrix3::from_fn(|i, j| self.covariance[i][j]);
        let scale = matrix.diagonal().max().max(0.0);
        matrix.symmetric_eigenvalues().iter().all(|value| *value >= -1e-9 * scale)
    }

    /// Deviation of growth, entry and exit of a path; neither speed falls below zero.
    fn draw(&self, normals: [f64; 3]) -> [f64; 3] {
        let root = root_of(&self.covariance);
        let shift = root * Vector3::from(normals);
        [
            self.pace_per_epoch + shift[0],
            (self.entry_per_epoch + shift[1]).max(0.0),
            (self.exit_per_epoch + shift[2]).max(0.0),
        ]
    }
}

/// Lower-triangular root of a covariance that may be singular; tiny negative pivots count as zero.
fn root_of(covariance: &[[f64; 3]; 3]) -> Matrix3<f64> {
    let mut root = Matrix3::zeros();
    for i in 0..3 {
        for j in 0..=i {
            let rest = covariance[i][j] - (0..j).map(|k| root[(i, k)] * root[(j, k)]).sum::<f64>();
            root[(i, j)] = match (i == j, root[(j, j)]) {
                (true, _) => rest.max(0.0).sqrt(),
                (false, pivot) if pivot > 0.0 => rest / pivot,
                (false, _) => 0.0,
            };
        }
    }
    root
}

/// The parameters of one path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PathParameters {
    /// Volatility of log returns per square root of a year.
    pub(crate) volatility: f64,
    /// Log growth of the price per day beside the expected one's.
    pub(crate) drift_per_day: f64,
    /// Growth of log hashrate per epoch beside the one that keeps median hashprice on the cost curve.
    pub(crate) pace_per_epoch: f64,
    /// Change of that growth per year.
    pub(crate) pace_change_per_year: f64,
    /// Share of the log gap closed per epoch above the cost curve.
    pub(crate) entry_per_epoch: f64,
    /// The same below it.
    pub(crate) exit_per_epoch: f64,
    /// Innovation of log hashrate per epoch.
    pub(crate) innovation_per_epoch: f64,
}

impl PathParameters {
    /// The parameters of a path of a run: drawn about their estimates, except the price's drift, which is the scenario's.
    pub(crate) fn draw(settings: &super::BitcoinSettings, seed: u64, path: u64) -> Self {
        let mut stream = Stream::new(seed, path, Factor::Parameters, 0);
        let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
        let volatility = settings.volatility * (settings.volatility_log_error * normal()).exp();
        let innovation = settings.innovation_per_epoch * (settings.innovation_log_error * normal()).exp();
        let [pace_per_epoch, entry_per_epoch, exit_per_epoch] =
            settings.response.draw([normal(), normal(), normal()]);
        Self {
            volatility,
            drift_per_day: 0.0,
            pace_per_epoch,
            pace_change_per_year: 0.0,
            entry_per_epoch,
            exit_per_epoch,
            innovation_per_epoch: innovation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_the_stated_covariance() {
        let law = ResponseLaw {
            entry_per_epoch: 0.5,
            exit_per_epoch: 0.4,
            pace_per_epoch: 0.0,
            covariance: [[4e-4, 1e-4, 0.0], [1e-4, 9e-4, -2e-4], [0.0, -2e-4, 1e-4]],
        };
        let n = 1_000_000;
        let mut sums = [[0.0; 3]; 3];
        for path in 0..n {
            let mut stream = Stream::new(11, path, Factor::Parameters, 0);
            let draw = law.draw(std::array::from_fn(|_| StandardNormal.sample(&mut stream)));
            let shift = [draw[0], draw[1] - 0.5, draw[2] - 0.4];
            for i in 0..3 {
                for j in 0..3 {
                    sums[i][j] += shift[i] * shift[j];
                }
            }
        }
        for i in 0..3 {
            for j in 0..3 {
                let (c, expected) = (&law.covariance, law.covariance[i][j]);
                let error = ((c[i][i] * c[j][j] + c[i][j] * c[i][j]) / n as f64).sqrt();
                let found = sums[i][j] / n as f64;
                assert!((found - expected).abs() < 4.0 * error, "{i} {j}: {found} not {expected} ± {error}");
            }
        }
    }

    #[test]
    fn a_singular_covariance_has_a_root() {
        let root = root_of(&[[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 0.0]]);
        assert_eq!(root * root.transpose(), Matrix3::new(1.0, 2.0, 0.0, 2.0, 4.0, 0.0, 0.0, 0.0, 0.0));
    }
}

//! Correlated monthly innovations of the factors.
//!
//! One standard normal a month for each of [`FACTORS`], tied by a correlation matrix `C = L·Lᵀ`; daily innovations are
//! then drawn as a bridge whose normalised sum over the month is the monthly one. Correlations are assumptions, never
//! fitted: the scenario states them and they are checked to be a correlation matrix.

/// Factors that move together, in the order of the matrix.
pub const FACTORS: [&str; 4] = ["bitcoin", "lease_rate", "gpu_hour", "power_level"];
/// Number of factors.
pub const N_FACTORS: usize = FACTORS.len();

/// The lower-triangular root of a correlation matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    root: [[f64; N_FACTORS]; N_FACTORS],
}

impl Correlation {
    /// Independent factors.
    #[must_use]
    pub fn identity() -> Self {
        let mut root = [[0.0; N_FACTORS]; N_FACTORS];
        for (i, row) in root.iter_mut().enumerate() {
            row[i] = 1.0;
        }
        Self { root }
    }

    /// The root of `matrix`; `None` when it is not symmetric with a unit diagonal and positive semidefinite.
    #[must_use]
    pub fn try_new(matrix: &[[f64; N_FACTORS]; N_FACTORS]) -> Option<Self> {
        let mut root = [[0.0; N_FACTORS]; N_FACTORS];
        for i in 0..N_FACTORS {
            if (matrix[i][i] - 1.0).abs() > 1e-9 {
                return None;
            }
            for j in 0..=i {
                let entry = matrix[i][j];
                if !entry.is_finite() || entry.abs() > 1.0 + 1e-9 || (entry - matrix[j][i]).abs() > 1e-9 {
                    return None;
                }
                let rest = entry - (0..j).map(|k| root[i][k] * root[j][k]).sum::<f64>();
                if i == j {
                    if rest < -1e-9 {
                        return None;
                    }
                    root[i][i] = rest.max(0.0).sqrt();
                } else if root[j][j] > 1e-9 {
                    root[i][j] = rest / root[j][j];
                } else if rest.abs() > 1e-6 {
                    return None;
                }
            }
        }
        Some(Self { root })
    }

    /// Correlated standard normals from independent ones.
    #[must_use]
    pub fn apply(&self, independent: &[f64; N_FACTORS]) -> [f64; N_FACTORS] {
        std::array::from_fn(|i| (0..=i).map(|k| self.root[i][k] * independent[k]).sum())
    }

    /// The correlation of two factors.
    #[must_use]
    pub fn between(&self, i: usize, j: usize) -> f64 {
        (0..N_FACTORS).map(|k| self.root[i][k] * self.root[j][k]).sum()
    }
}

/// Shifts independent normals so that their sum over the root of their number is `monthly`; each stays standard normal.
pub(crate) fn bridge(daily: &mut [f64], monthly: f64) {
    let n = daily.len() as f64;
    let shift = monthly / n.sqrt() - daily.iter().sum::<f64>() / n;
    for z in daily {
        *z += shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(ab: f64, ac: f64, bc: f64) -> [[f64; 4]; 4] {
        [[1.0, ab, ac, 0.0], [ab, 1.0, bc, 0.0], [ac, bc, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    }

    #[test]
    fn the_root_gives_the_matrix_back() {
        let m = matrix(0.3, -0.2, 0.5);
        let correlation = Correlation::try_new(&m).unwrap();
        for (i, row) in m.iter().enumerate() {
            for (j, entry) in row.iter().enumerate() {
                assert!((correlation.between(i, j) - entry).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn what_is_no_correlation_matrix_is_refused() {
        assert!(Correlation::try_new(&matrix(0.9, 0.9, -0.9)).is_none());
        assert!(Correlation::try_new(&matrix(1.2, 0.0, 0.0)).is_none());
        assert!(Correlation::try_new(&matrix(f64::NAN, 0.0, 0.0)).is_none());
        let mut skewed = matrix(0.1, 0.0, 0.0);
        skewed[0][1] = 0.2;
        assert!(Correlation::try_new(&skewed).is_none());
        let mut scaled = matrix(0.0, 0.0, 0.0);
        scaled[2][2] = 1.1;
        assert!(Correlation::try_new(&scaled).is_none());
    }

    #[test]
    fn perfect_correlation_is_one() {
        assert!(Correlation::try_new(&matrix(1.0, 1.0, 1.0)).is_some());
    }

    #[test]
    fn a_bridge_meets_its_monthly_innovation() {
        let mut daily = [0.3, -1.2, 0.8, 2.0];
        bridge(&mut daily, -0.7);
        assert!((daily.iter().sum::<f64>() / 2.0 + 0.7).abs() < 1e-12);
    }
}

//! Polynomials of standardised features, and the least-squares projection on them.
//!
//! One QR a month serves all right-hand sides: `coefficients = R⁻¹ Qᵀ values`. Terms that others explain on the fit paths are left out,
//! such as all but the constant at the first opening, where every path stands at the same prices.

use nalgebra::DMatrix;
use std::cmp::Reverse;

/// Numbers known at an opening.
pub(super) const N_FEATURES: usize = 3;
/// Numbers known at an opening, as [`super::fit_paths::features`] has them.
pub(super) type Features = [f64; N_FEATURES];

/// Share of a term's length that must not be explained by the terms before it.
const INDEPENDENT: f64 = 1e-6;
/// Spread of a feature, relative to its size, below which it counts as constant.
const CONSTANT: f64 = 1e-9;
/// Sums that a dot product keeps apart, so that it need not wait for each addition.
const APART: usize = 8;

/// A polynomial basis, standardised on the fit paths.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    mean: Features,
    /// One over the standard deviation; 0 for a constant feature.
    scale: Features,
    /// Range of the fit paths in standard deviations: beyond it a polynomial knows nothing.
    range: [[f64; 2]; N_FEATURES],
    /// Powers of each feature by term, the constant first.
    exponents: Vec<[u32; N_FEATURES]>,
    degree: u32,
}

impl Basis {
    /// All terms up to a total degree.
    fn new(features: &[Features], degree: u32) -> Self {
        let n = features.len() as f64;
        let mut basis = Self {
            mean: [0.0; N_FEATURES],
            scale: [0.0; N_FEATURES],
            range: [[0.0; 2]; N_FEATURES],
            exponents: exponents(degree),
            degree,
        };
        for i in 0..N_FEATURES {
            let mean = features.iter().map(|f| f[i]).sum::<f64>() / n;
            let variance = features.iter().map(|f| (f[i] - mean).powi(2)).sum::<f64>() / n;
            let deviation = variance.sqrt();
            basis.mean[i] = mean;
            if deviation > CONSTANT * (1.0 + mean.abs()) {
                basis.scale[i] = 1.0 / deviation;
                let range = features.iter().fold([mean; 2], |[low, high], f| [low.min(f[i]), high.max(f[i])]);
                basis.range[i] = range.map(|end| (end - mean) / deviation);
            }
        }
        basis
    }

    /// Terms at given features, held within the range of the fit paths.
    pub(super) fn terms(&self, features: &Features) -> Vec<f64> {
        let powers: [Vec<f64>; N_FEATURES] = std::array::from_fn(|i| {
            let [low, high] = self.range[i];
            let x = ((features[i] - self.mean[i]) * self.scale[i]).clamp(low, high);
            std::iter::successors(Some(1.0), |power| Some(power * x)).take(self.degree as usize + 1).collect()
        });
        let term = |e: &[u32; N_FEATURES]| (0..N_FEATURES).map(|i| powers[i][e[i] as usize]).product();
        self.exponents.iter().map(term).collect()
    }

    fn design(&self, features: &[Features]) -> DMatrix<f64> {
        let rows: Vec<f64> = features.iter().flat_map(|f| self.terms(f)).collect();
        DMatrix::from_row_slice(features.len(), self.exponents.len(), &rows)
    }
}

/// Powers of every term up to a total degree: low degrees first, and the features in their order.
fn exponents(degree: u32) -> Vec<[u32; N_FEATURES]> {
    let mut all = vec![[0; N_FEATURES]];
    for i in 0..N_FEATURES {
        let raised = |e: [u32; N_FEATURES]| {
            (0..=degree - e.iter().sum::<u32>()).map(move |power| {
                let mut e = e;
                e[i] = power;
                e
            })
        };
        all = all.into_iter().flat_map(raised).collect();
    }
    all.sort_by_key(|e| (e.iter().sum::<u32>(), Reverse(*e)));
    all
}

/// The projection of functions of the paths on a basis.
pub(super) struct Regression {
    pub(super) basis: Basis,
    n_paths: usize,
    /// `[n_terms, n_paths]` row-major.
    terms: Vec<f64>,
    /// Takes values on the paths to coefficients, `[n_terms, n_paths]` row-major.
    projection: Vec<f64>,
}

impl Regression {
    /// Prepares the projection on polynomials of a total degree in the features of each path.
    pub(super) fn new(features: &[Features], degree: u32) -> Self {
        let mut basis = Basis::new(features, degree);
        let mut design = basis.design(features);
        let mut qr = design.clone().qr();
        let kept = independent(&qr.r());
        if kept.iter().any(|kept| !kept) {
            let mut of_term = kept.iter();
            basis.exponents.retain(|_| of_term.next().is_some_and(|kept| *kept));
            design = basis.design(features);
            qr = design.clone().qr();
        }
        let mut projection = qr.q().transpose();
        // The diagonal of R is above zero: dependent terms are gone.
        let solved = qr.r().solve_upper_triangular_mut(&mut projection);
        debug_assert!(solved, "independent terms");
        Self {
            basis,
            n_paths: features.len(),
            terms: design.as_slice().to_vec(),
            projection: projection.transpose().as_slice().to_vec(),
        }
    }

    /// Projects functions of the paths, `[n_functions, n_paths]` row-major; fills the projected values and returns the coefficients,
    /// `[n_functions, n_terms]` row-major.
    pub(super) fn project(&self, functions: &[f64], projected: &mut [f64]) -> Vec<f64> {
        let n_terms = self.basis.exponents.len();
        let mut coefficients = Vec::with_capacity(functions.len() / self.n_paths * n_terms);
        let by_function = functions.chunks_exact(self.n_paths).zip(projected.chunks_exact_mut(self.n_paths));
        for (values, fitted) in by_function {
            fitted.fill(0.0);
            let weights = self.projection.chunks_exact(self.n_paths);
            for (weights, terms) in weights.zip(self.terms.chunks_exact(self.n_paths)) {
                let coefficient = dot(weights, values);
                coefficients.push(coefficient);
                for (fitted, term) in fitted.iter_mut().zip(terms) {
                    *fitted += coefficient * term;
                }
            }
        }
        coefficients
    }
}

/// Which columns are not explained by those before them, from the triangle of a QR.
fn independent(triangle: &DMatrix<f64>) -> Vec<bool> {
    let of_column =
        |j: usize| j < triangle.nrows() && triangle[(j, j)].abs() > INDEPENDENT * triangle.column(j).norm();
    (0..triangle.ncols()).map(of_column).collect()
}

/// Sum of products, always in the same order.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; APART];
    let (a_rows, a_rest) = a.as_chunks::<APART>();
    let (b_rows, b_rest) = b.as_chunks::<APART>();
    for (a, b) in a_rows.iter().zip(b_rows) {
        for i in 0..APART {
            sums[i] += a[i] * b[i];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths whose features fill their range evenly and apart from each other.
    fn paths(n: usize) -> Vec<Features> {
        let step = [2.0_f64, 3.0, 5.0].map(f64::sqrt);
        (0..n).map(|k| std::array::from_fn(|i| (k as f64 * step[i]).fract() + i as f64)).collect()
    }

    #[test]
    fn a_polynomial_of_the_degree_is_found_again() {
        let paths = paths(200);
        let cubic = |f: &Features| 2.0 - f[0] + 3.0 * f[0] * f[1] * f[2] - f[1].powi(2) + 0.5 * f[2].powi(3);
        let values: Vec<f64> = paths.iter().map(cubic).collect();
        let regression = Regression::new(&paths, 3);
        let mut fitted = vec![0.0; 200];
        let coefficients = regression.project(&values, &mut fitted);
        assert_eq!(coefficients.len(), 20);
        for ((f, value), fitted) in paths.iter().zip(&values).zip(&fitted) {
            assert!((value - fitted).abs() < 1e-9, "{value} {fitted}");
            assert!((dot(&coefficients, &regression.basis.terms(f)) - value).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_not_explained_is_at_right_angles_to_every_term() {
        let paths = paths(300);
        let values: Vec<f64> = paths.iter().map(|f| (f[0] * f[2]).exp()).collect();
        let regression = Regression::new(&paths, 2);
        let mut fitted = vec![0.0; 300];
        regression.project(&values, &mut fitted);
        let residual: Vec<f64> = values.iter().zip(&fitted).map(|(v, f)| v - f).collect();
        assert!(dot(&residual, &residual) > 1e-3);
        for terms in regression.terms.chunks_exact(300) {
            assert!(dot(terms, &residual).abs() < 1e-9);
        }
    }

    #[test]
    fn constant_and_repeated_features_are_left_out() {
        let twins: Vec<Features> = paths(100).iter().map(|f| [f[0], f[0] * 2.0 - 1.0, f[2]]).collect();
        let regression = Regression::new(&twins, 2);
        assert_eq!(
            regression.basis.exponents,
            [[0, 0, 0], [1, 0, 0], [0, 0, 1], [2, 0, 0], [1, 0, 1], [0, 0, 2]]
        );
        let alike = vec![[0.1, 0.2, 0.3]; 50];
        let regression = Regression::new(&alike, 4);
        assert_eq!(regression.basis.exponents, [[0; N_FEATURES]]);
        let mut fitted = vec![0.0; 50];
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        assert!((regression.project(&values, &mut fitted)[0] - 24.5).abs() < 1e-12);
    }

    #[test]
    fn fewer_paths_than_terms_leave_as_many_terms_as_paths() {
        let few = paths(5);
        let regression = Regression::new(&few, 3);
        assert_eq!(regression.basis.exponents.len(), 5);
        let values = [1.0, -2.0, 5.0, 0.5, 3.0];
        let mut fitted = [0.0; 5];
        regression.project(&values, &mut fitted);
        assert!(values.iter().zip(fitted).all(|(v, f)| (v - f).abs() < 1e-9));
    }

    #[test]
    fn beyond_the_range_of_the_fit_the_rim_counts() {
        let basis = Basis::new(&paths(100), 2);
        let far = basis.terms(&[1e6; N_FEATURES]);
        let farther = basis.terms(&[1e9; N_FEATURES]);
        assert_eq!(far, farther);
        assert!(far.iter().all(|term| term.abs() < 10.0));
    }
}

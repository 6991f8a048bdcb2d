//! Continuation values compressed to polynomials, and the surprise that a month brings to each.
//!
//! `C(u) = E[W(u') | u]` is fitted by a polynomial of total degree [`DEGREE`] in the conditional mean `μ(u)` of the next grid
//! coordinates, weighted by where paths go: a few dozen coefficients by stage and state in place of the grid. In these
//! coordinates the surprise needs no derivative. The noise is standard normal, so `E[He_i(μ + ε)] = μ^i` for the Hermite
//! polynomials `He_i`, and with `C = Σ c_ij μ1^i μ2^j`
//! `ΔM = Σ c_ij (He_i(u1') He_j(u2') − μ1^i μ2^j)`
//! is the martingale difference of the function whose expectation is the polynomial. Its mean is zero whatever the
//! coefficients are: a poor fit loosens a bound that uses it and never breaks it.
//! Source: Hermite expansion as in Abramowitz and Stegun, 22.3 and 22.5; information relaxation as in [`crate::bound`].

use crate::backward::Observer;
use crate::kernel::{BLOCK, Kernel};
use nalgebra::{DMatrix, DVector};

/// Total degree of the polynomials.
pub const DEGREE: usize = 6;
/// Number of terms of a polynomial.
pub const N_TERMS: usize = (DEGREE + 1) * (DEGREE + 2) / 2;

/// Terms of a polynomial at a point, in the order of its coefficients.
pub type Terms = [f64; N_TERMS];

/// Continuation values of all stages and states.
#[derive(Debug, Clone)]
pub struct Continuation {
    /// Scale of the coordinates by stage.
    scales: Vec<[f64; 2]>,
    /// Coefficients by stage, `[N_TERMS, stride]` row-major, states in columns.
    coefficients: Vec<Vec<f64>>,
    /// States, rounded up to whole blocks.
    stride: usize,
}

impl Continuation {
    /// Puts together what a [`Fitter`] kept of each stage, block by block.
    #[must_use]
    pub(crate) fn new(fitter: Fitter<'_>, kept: Vec<Vec<Vec<f64>>>) -> Self {
        let stride = kept.first().map_or(0, |blocks| blocks.len() * BLOCK);
        let coefficients = kept
            .into_iter()
            .map(|blocks| {
                let mut stage = vec![0.0; N_TERMS * stride];
                for (b, block) in blocks.iter().enumerate() {
                    for (term, states) in block.chunks_exact(BLOCK).enumerate() {
                        stage[term * stride + b * BLOCK..][..BLOCK].copy_from_slice(states);
                    }
                }
                stage
            })
            .collect();
        Self { scales: fitter.scales, coefficients, stride }
    }

    /// Numbers that [`Self::values`] writes: states, rounded up to whole blocks.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Scale of the coordinates at a stage.
    pub(crate) fn scale(&self, stage: usize) -> [f64; 2] {
        self.scales[stage]
    }

    /// Terms at the conditional mean `mu` of the next grid coordinates.
    #[must_use]
    pub fn terms(&self, stage: usize, mu: [f64; 2]) -> Terms {
        products(powers(mu[0], self.scales[stage][0]), powers(mu[1], self.scales[stage][1]))
    }

    /// Terms whose expectation is [`Self::terms`], at the coordinates `next` that came.
    #[must_use]
    pub fn terms_that_came(&self, stage: usize, next: [f64; 2]) -> Terms {
        products(hermite(next[0], self.scales[stage][0]), hermite(next[1], self.scales[stage][1]))
    }

    /// The polynomial of one state.
    #[must_use]
    pub fn value(&self, stage: usize, state: usize, terms: &Terms) -> f64 {
        let column = self.coefficients[stage][state..].iter().step_by(self.stride);
        column.zip(terms).map(|(c, t)| c * t).sum()
    }

    /// Of all states at once, `[stride]` each: the polynomial at the terms `expected`, and the surprise of the terms that `came`.
    pub fn values(
        &self,
        stage: usize,
        expected: &Terms,
        came: &Terms,
        value: &mut [f64],
        surprise: &mut [f64],
    ) {
        value.fill(0.0);
        surprise.fill(0.0);
        let rows = self.coefficients[stage].chunks_exact(self.stride);
        for (row, (&expected, came)) in rows.zip(expected.iter().zip(came)) {
            let change = came - expected;
            for ((value, surprise), c) in value.iter_mut().zip(surprise.iter_mut()).zip(row) {
                *value += c * expected;
                *surprise += c * change;
            }
        }
    }
}

/// Powers of a scaled coordinate.
pub(crate) fn powers(x: f64, scale: f64) -> [f64; DEGREE + 1] {
    let mut powers = [1.0; DEGREE + 1];
    for i in 1..=DEGREE {
        powers[i] = powers[i - 1] * x / scale;
    }
    powers
}

/// Hermite polynomials of a coordinate, scaled like its powers: `He_i(x) / scale^i`, `He_{i+1} = x He_i − i He_{i−1}`.
pub(crate) fn hermite(x: f64, scale: f64) -> [f64; DEGREE + 1] {
    let mut he = [1.0; DEGREE + 1];
    he[1] = x / scale;
    for i in 1..DEGREE {
        he[i + 1] = (x * he[i] - i as f64 * he[i - 1] / scale) / scale;
    }
    he
}

/// Products of two coordinates' polynomials up to the total degree.
pub(crate) fn products(first: [f64; DEGREE + 1], second: [f64; DEGREE + 1]) -> Terms {
    let mut terms = [0.0; N_TERMS];
    let pairs = (0..=DEGREE).flat_map(|i| (0..=DEGREE - i).map(move |j| (i, j)));
    for (term, (i, j)) in terms.iter_mut().zip(pairs) {
        *term = first[i] * second[j];
    }
    terms
}

/// Fits polynomials to continuation values, stage by stage.
pub(crate) struct Fitter<'a> {
    kernel: &'a Kernel,
    scales: Vec<[f64; 2]>,
}

/// Points that matter at a stage, and the matrix that takes their values to coefficients.
pub(crate) struct Projection {
    nodes: Vec<usize>,
    /// `[nodes, N_TERMS]` row-major.
    weights: Vec<f64>,
}

impl<'a> Fitter<'a> {
    pub(crate) fn new(kernel: &'a Kernel, n_stages: u32) -> Self {
        // At the first opening there is one point only; a scale of one noise deviation keeps the fit well posed.
        let scales = (0..n_stages).map(|t| kernel.factors.spread(t).map(|s| s.max(1.0))).collect();
        Self { kernel, scales }
    }
}

impl Observer for Fitter<'_> {
    type Prepared = Projection;
    /// Coefficients of the block's states, `[N_TERMS, BLOCK]` row-major.
    type Kept = Vec<f64>;

    fn prepare(&self, stage: usize) -> Projection {
        let scale = self.scales[stage];
        let n2 = self.kernel.axis2.len();
        let coordinates = |node: usize| [self.kernel.axis1[node / n2], self.kernel.axis2[node % n2]];
        let weight = |node: usize| {
            let u = coordinates(node);
            (-0.25 * ((u[0] / scale[0]).powi(2) + (u[1] / scale[1]).powi(2))).exp()
        };
        let terms = |node: usize| {
            let mu = self.kernel.factors.step(coordinates(node), [0.0, 0.0]);
            products(powers(mu[0], scale[0]), powers(mu[1], scale[1]))
        };
        let nodes: Vec<usize> = (0..self.kernel.n_nodes()).filter(|&node| weight(node) > 1e-3).collect();
        let rows: Vec<Terms> = nodes.iter().map(|&node| terms(node)).collect();
        let design = DMatrix::from_fn(nodes.len(), N_TERMS, |r, c| weight(nodes[r]) * rows[r][c]);
        // Least squares by QR: coefficients = R⁻¹ Qᵀ (weights · values).
        let qr = design.qr();
        let mut projection = qr.q().transpose();
        if !qr.r().solve_upper_triangular_mut(&mut projection) {
            projection.fill(0.0);
        }
        for (column, &node) in nodes.iter().enumerate() {
            let scaled: DVector<f64> = projection.column(column) * weight(node);
            projection.set_column(column, &scaled);
        }
        Projection { weights: projection.as_slice().to_vec(), nodes }
    }

    fn keep(&self, projection: &Projection, continuation: &[f64]) -> Vec<f64> {
        let mut sums = [[0.0; BLOCK]; N_TERMS];
        for (node, weights) in projection.nodes.iter().zip(projection.weights.chunks_exact(N_TERMS)) {
            let values = &continuation[node * BLOCK..][..BLOCK];
            for (sum, w) in sums.iter_mut().zip(weights) {
                for (s, v) in sum.iter_mut().zip(values) {
                    *s += w * v;
                }
            }
        }
        sums.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectation of `f` of a standard normal by the trapezoid rule, whose error is of order `exp(−2π²/h²)`.
    fn expectation(f: impl Fn(f64) -> f64) -> f64 {
        let h = 0.25;
        let density = |x: f64| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
        (-48..=48).map(|i| f64::from(i) * h).map(|x| h * density(x) * f(x)).sum()
    }

    #[test]
    fn the_terms_that_came_have_the_terms_as_their_mean() {
        for (mu, scale) in [(0.0, 1.0), (0.7, 1.0), (-3.2, 4.5), (11.0, 8.0)] {
            let expected = powers(mu, scale);
            for (i, expected) in expected.iter().enumerate() {
                let mean = expectation(|e| hermite(mu + e, scale)[i]);
                assert!(
                    (mean - expected).abs() < 1e-9 * (1.0 + expected.abs()),
                    "{i} {mu}: {mean} {expected}"
                );
            }
        }
    }

    #[test]
    fn terms_come_in_pairs_of_powers_up_to_the_degree() {
        let terms = products(powers(2.0, 1.0), powers(3.0, 1.0));
        assert_eq!(terms[0], 1.0);
        assert_eq!(terms[1], 3.0);
        assert_eq!(terms[DEGREE], 729.0);
        assert_eq!(terms[DEGREE + 1], 2.0);
        assert_eq!(terms[N_TERMS - 1], 64.0);
    }
}

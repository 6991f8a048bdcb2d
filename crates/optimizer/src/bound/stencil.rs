//! Continuation values and their Hermite increments at a path's point, from 4 × 4 grid points.

use crate::kernel::{BLOCK, Kernel};

/// Points of the stencil along each coordinate.
const N: usize = 4;

/// Weights on the grid points round a path's point. Those of the increment factor by coordinate, as the Hermite sum does:
/// `Σ_ij ∂1^i ∂2^j H_i H_j / (i! j!) = (Σ_i ∂1^i H_i / i!)(Σ_j ∂2^j H_j / j!)`.
#[derive(Debug, Clone)]
pub(super) struct Stencil {
    first: [usize; 2],
    /// Weights of the value along each coordinate.
    value: [[f64; N]; 2],
    /// Weights of the value and all its Hermite terms.
    shifted: [[f64; N]; 2],
}

impl Stencil {
    /// The stencil at grid coordinates `u` for the innovations that follow. Beyond the grid its rim stands for the point.
    pub(super) fn new(kernel: &Kernel, u: [f64; 2], innovations: [f64; 2]) -> Self {
        let coordinate = |i: usize, axis: &[f64]| {
            let h = axis[1] - axis[0];
            let position = ((u[i] - axis[0]) / h).clamp(0.0, (axis.len() - 1) as f64);
            let first = (position as usize).saturating_sub(1).min(axis.len() - N);
            let lagrange = lagrange(position - first as f64);
            // A shift of the mean by one is a shift of the point by 1/a.
            let cells = 1.0 / (kernel.factors.retained[i] * h);
            let e = innovations[i];
            let terms = [
                1.0,
                e * cells,
                (e * e - 1.0) / 2.0 * cells.powi(2),
                (e.powi(3) - 3.0 * e) / 6.0 * cells.powi(3),
            ];
            let shifted =
                std::array::from_fn(|n| (0..N).map(|order| terms[order] * lagrange[order][n]).sum());
            (first, lagrange[0], shifted)
        };
        let (first1, value1, shifted1) = coordinate(0, &kernel.axis1);
        let (first2, value2, shifted2) = coordinate(1, &kernel.axis2);
        Self { first: [first1, first2], value: [value1, value2], shifted: [shifted1, shifted2] }
    }

    /// Value and increment of a block of states, whose continuation is `[n_nodes, BLOCK]` row-major.
    pub(super) fn values(&self, continuation: &[f64], n2: usize) -> [[f64; 2]; BLOCK] {
        let mut value = [0.0; BLOCK];
        let mut shifted = [0.0; BLOCK];
        for i in 0..N {
            let row = ((self.first[0] + i) * n2 + self.first[1]) * BLOCK;
            for (j, states) in continuation[row..][..N * BLOCK].as_chunks::<BLOCK>().0.iter().enumerate() {
                let (w, s) = (self.value[0][i] * self.value[1][j], self.shifted[0][i] * self.shifted[1][j]);
                for x in 0..BLOCK {
                    value[x] += w * states[x];
                    shifted[x] += s * states[x];
                }
            }
        }
        std::array::from_fn(|x| [value[x], shifted[x] - value[x]])
    }
}

/// Weights on the points 0, 1, 2, 3 of the cubic through them and, by order, of its first three derivatives at `x`.
fn lagrange(x: f64) -> [[f64; N]; N] {
    // Each point with the three others.
    let points = [[0.0, 1.0, 2.0, 3.0], [1.0, 0.0, 2.0, 3.0], [2.0, 0.0, 1.0, 3.0], [3.0, 0.0, 1.0, 2.0]];
    let of_point = points.map(|[at, a, b, c]: [f64; N]| {
        let scale = 1.0 / ((at - a) * (at - b) * (at - c));
        let (xa, xb, xc) = (x - a, x - b, x - c);
        [xa * xb * xc, xa * xb + xb * xc + xa * xc, 2.0 * (xa + xb + xc), 6.0].map(|term| scale * term)
    });
    std::array::from_fn(|order| of_point.map(|terms| terms[order]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Factors;

    #[test]
    fn a_cubic_and_its_derivatives_are_exact() {
        let f = |x: f64| 2.0 + x - 3.0 * x * x + 0.5 * x * x * x;
        let weights = lagrange(1.3);
        let sums = weights.map(|w| (0..N).map(|n| w[n] * f(n as f64)).sum::<f64>());
        let x: f64 = 1.3;
        let expected = [f(x), 1.0 - 6.0 * x + 1.5 * x * x, -6.0 + 3.0 * x, 3.0];
        for (sum, expected) in sums.iter().zip(expected) {
            assert!((sum - expected).abs() < 1e-12, "{sum} {expected}");
        }
    }

    #[test]
    fn the_increment_of_a_cubic_is_its_martingale_difference() {
        // C(u) = E[w(u')] of w = u1'³ u2' on random walks is (u1³ + 3 u1) u2.
        let factors = Factors { retained: [1.0, 1.0], noise: [0.1, 0.2], correlation: 0.3 };
        let kernel = Kernel::new(factors, 0.8, [8.0, 8.0]);
        let n2 = kernel.axis2.len();
        let c = |u: [f64; 2]| (u[0].powi(3) + 3.0 * u[0]) * u[1];
        let continuation: Vec<f64> = (0..kernel.n_nodes())
            .flat_map(|node| [c([kernel.axis1[node / n2], kernel.axis2[node % n2]]); BLOCK])
            .collect();
        let (u, e) = ([1.1, -0.7], [0.6, -1.4]);
        let [value, increment] = Stencil::new(&kernel, u, e).values(&continuation, n2)[0];
        let next = (u[0] + e[0]).powi(3) * (u[1] + e[1]);
        assert!((value - c(u)).abs() < 1e-9, "{value}");
        assert!((increment - (next - c(u))).abs() < 1e-9, "{increment} {}", next - c(u));
    }
}

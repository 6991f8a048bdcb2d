//! Expectation over one month of two correlated mean-reverting factors, on the exact Gaussian transition.
//!
//! Each factor steps exactly: `z' = a z + sd·ε`, with correlated `ε`. In coordinates of independent unit noise,
//! `u1 = z1/sd1` and `u2 = (z2/sd2 − ρ u1)/q` with `q = √(1−ρ²)`, the step is
//! `u1' = a1 u1 + ε1`, `u2' = a2 u2 + k u1 + ε2`, `k = ρ (a2 − a1)/q`. A trapezoid rule on a grid of spacing `h` then
//! needs no interpolation, so it has no interpolation bias; its own error is of order `exp(−2π²/h²)`.

/// States whose values are advanced together.
pub const BLOCK: usize = 8;
/// Transition weights reach this many noise deviations to either side.
const BAND: f64 = 6.0;

/// Two mean-reverting factors and the correlation of their monthly innovations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors {
    /// Share of a deviation that stays after a month, `a1` and `a2`, above 0 and at most 1.
    pub retained: [f64; 2],
    /// Standard deviation of a month's innovation, above 0.
    pub noise: [f64; 2],
    /// Correlation of the innovations, between −0.99 and 0.99.
    pub correlation: f64,
}

impl Factors {
    fn q(&self) -> f64 {
        (1.0 - self.correlation.powi(2)).sqrt()
    }

    /// Grid coordinates of the deviations `z`.
    #[must_use]
    pub fn to_grid(&self, z: [f64; 2]) -> [f64; 2] {
        let u1 = z[0] / self.noise[0];
        [u1, (z[1] / self.noise[1] - self.correlation * u1) / self.q()]
    }

    /// Deviations at grid coordinates `u`.
    #[must_use]
    pub fn to_deviations(&self, u: [f64; 2]) -> [f64; 2] {
        [u[0] * self.noise[0], (self.q() * u[1] + self.correlation * u[0]) * self.noise[1]]
    }

    /// Standard deviations of the grid coordinates after `months` from a known start.
    #[must_use]
    pub fn spread(&self, months: u32) -> [f64; 2] {
        [0, 1].map(|i| (0..months).map(|k| self.retained[i].powi(2 * k as i32)).sum::<f64>().sqrt())
    }

    /// Grid coordinates a month after `u`, given independent standard normal innovations.
    #[must_use]
    pub fn step(&self, u: [f64; 2], innovations: [f64; 2]) -> [f64; 2] {
        let [a1, a2] = self.retained;
        [a1 * u[0] + innovations[0], a2 * u[1] + self.cross() * u[0] + innovations[1]]
    }

    fn cross(&self) -> f64 {
        self.correlation * (self.retained[1] - self.retained[0]) / self.q()
    }
}

/// Weights on neighbouring grid points, from `first` on.
#[derive(Debug, Clone)]
struct Row {
    first: usize,
    weights: Vec<f64>,
}

/// The grid and its transition weights.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// The factors.
    pub factors: Factors,
    /// Grid points of the first coordinate, symmetric round zero.
    pub axis1: Vec<f64>,
    /// Grid points of the second coordinate, symmetric round zero.
    pub axis2: Vec<f64>,
    rows1: Vec<Row>,
    /// `[axis1, axis2]` row-major: the second coordinate's mean depends on the first.
    rows2: Vec<Row>,
}

impl Kernel {
    /// A grid of spacing `h` noise deviations that reaches `reach` on either side of zero in each coordinate.
    #[must_use]
    pub fn new(factors: Factors, h: f64, reach: [f64; 2]) -> Self {
        let axis = |reach: f64| -> Vec<f64> {
            let half = (reach / h).ceil().max(1.0) as i64;
            (-half..=half).map(|i| i as f64 * h).collect()
        };
        let (axis1, axis2) = (axis(reach[0]), axis(reach[1]));
        let rows1 = axis1.iter().map(|u1| row(&axis1, factors.retained[0] * u1, h)).collect();
        let cross = factors.cross();
        let rows2 = axis1
            .iter()
            .flat_map(|u1| axis2.iter().map(move |u2| (u1, u2)))
            .map(|(u1, u2)| row(&axis2, factors.retained[1] * u2 + cross * u1, h))
            .collect();
        Self { factors, axis1, axis2, rows1, rows2 }
    }

    /// A grid for `months` stages from a known start at zero: five stationary deviations, or the cone of what can happen.
    #[must_use]
    pub fn for_horizon(factors: Factors, h: f64, months: u32) -> Self {
        let cone = factors.spread(months);
        let reach = [0, 1].map(|i| {
            let a = factors.retained[i];
            let stationary = if a < 1.0 { 1.0 / (1.0 - a * a).sqrt() } else { f64::INFINITY };
            (5.0 * stationary).min(6.0 * cone[i]).max(2.0)
        });
        Self::new(factors, h, reach)
    }

    /// Number of grid points.
    #[must_use]
    pub fn n_nodes(&self) -> usize {
        self.axis1.len() * self.axis2.len()
    }

    /// Index of the grid point at zero.
    #[must_use]
    pub fn origin(&self) -> usize {
        (self.axis1.len() / 2) * self.axis2.len() + self.axis2.len() / 2
    }

    /// Deviations of the factors at a grid point.
    #[must_use]
    pub fn deviations(&self, node: usize) -> [f64; 2] {
        let n2 = self.axis2.len();
        self.factors.to_deviations([self.axis1[node / n2], self.axis2[node % n2]])
    }

    /// How far the grid reaches from zero in each coordinate.
    #[must_use]
    pub fn reach(&self) -> [f64; 2] {
        [self.axis1[self.axis1.len() - 1], self.axis2[self.axis2.len() - 1]]
    }

    /// Grid points and their weights a month after any coordinates `u`, on the grid or between: `E[w(u')] = Σ weight · w[node]`.
    ///
    /// The trapezoid rule does not ask for a mean on the grid, so between grid points nothing is interpolated either.
    #[must_use]
    pub fn weights_at(&self, u: [f64; 2]) -> Vec<(usize, f64)> {
        let [a1, a2] = self.factors.retained;
        let h = self.axis1[1] - self.axis1[0];
        let first = row(&self.axis1, a1 * u[0], h);
        let second = row(&self.axis2, a2 * u[1] + self.factors.cross() * u[0], h);
        let n2 = self.axis2.len();
        let of_first = first.weights.iter().enumerate();
        of_first
            .flat_map(|(i, p)| {
                let at = (first.first + i) * n2 + second.first;
                second.weights.iter().enumerate().map(move |(j, q)| (at + j, p * q))
            })
            .collect()
    }

    /// Expectation of a function of the first factor alone: `out[i] = E[w(u1') | u1 = axis1[i]]`.
    pub fn expect_first(&self, w: &[f64], out: &mut [f64]) {
        for (value, row) in out.iter_mut().zip(&self.rows1) {
            *value = row.weights.iter().zip(&w[row.first..]).map(|(p, w)| p * w).sum();
        }
    }

    /// Expectation of [`BLOCK`] functions at once: `w`, `out` and `half` are `[n_nodes, BLOCK]` row-major.
    pub fn expect(&self, w: &[f64], half: &mut [f64], out: &mut [f64]) {
        let n2 = self.axis2.len();
        for (i, row) in self.rows1.iter().enumerate() {
            let target = &mut half[i * n2 * BLOCK..(i + 1) * n2 * BLOCK];
            target.fill(0.0);
            for (b, &p) in row.weights.iter().enumerate() {
                let source = &w[(row.first + b) * n2 * BLOCK..][..n2 * BLOCK];
                for (t, s) in target.iter_mut().zip(source) {
                    *t += p * s;
                }
            }
        }
        for (node, (row, target)) in self.rows2.iter().zip(out.chunks_exact_mut(BLOCK)).enumerate() {
            let base = (node / n2) * n2 + row.first;
            let mut sum = [0.0; BLOCK];
            for (&p, source) in row.weights.iter().zip(half[base * BLOCK..].chunks_exact(BLOCK)) {
                for (total, s) in sum.iter_mut().zip(source) {
                    *total += p * s;
                }
            }
            target.copy_from_slice(&sum);
        }
    }
}

/// Normalised normal weights round `mean`; near the rim of the grid what would fall outside is left out.
fn row(axis: &[f64], mean: f64, h: f64) -> Row {
    let low = axis[0];
    let index = |u: f64| ((u - low) / h).clamp(0.0, (axis.len() - 1) as f64);
    let first = index(mean - BAND).floor() as usize;
    let last = index(mean + BAND).ceil() as usize;
    let mut weights: Vec<f64> =
        axis[first..=last].iter().map(|u| (-0.5 * (u - mean).powi(2)).exp()).collect();
    let total: f64 = weights.iter().sum();
    if total > 0.0 {
        weights.iter_mut().for_each(|w| *w /= total);
    } else {
        // The mean lies far outside the grid: the nearest rim stands for it.
        let nearest = if mean < low { 0 } else { weights.len() - 1 };
        weights[nearest] = 1.0;
    }
    Row { first, weights }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expectation_of_a_linear_exponential_is_exact() {
        let factors = Factors { retained: [0.95, 0.975], noise: [0.17, 0.05], correlation: 0.3 };
        let kernel = Kernel::for_horizon(factors, 1.0, 120);
        let w: Vec<f64> = (0..kernel.n_nodes())
            .flat_map(|node| {
                let z = kernel.deviations(node);
                [(z[0] + z[1]).exp(); BLOCK]
            })
            .collect();
        let (mut half, mut out) = (w.clone(), w.clone());
        kernel.expect(&w, &mut half, &mut out);
        let variance = 0.17_f64.powi(2) + 0.05_f64.powi(2) + 2.0 * 0.3 * 0.17 * 0.05;
        for u in [[0usize, 0], [3, 2], [4, 5]] {
            let node = (kernel.axis1.len() / 2 + u[0]) * kernel.axis2.len() + kernel.axis2.len() / 2 + u[1];
            let z = kernel.deviations(node);
            let expected = (0.95 * z[0] + 0.975 * z[1] + 0.5 * variance).exp();
            assert!((out[node * BLOCK] / expected - 1.0).abs() < 1e-6, "{} {expected}", out[node * BLOCK]);
        }
    }

    #[test]
    fn weights_at_a_grid_point_are_those_of_the_grid_and_between_points_as_good() {
        let factors = Factors { retained: [0.95, 0.975], noise: [0.17, 0.05], correlation: 0.3 };
        let kernel = Kernel::for_horizon(factors, 1.0, 120);
        let w = |node: usize| {
            let z = kernel.deviations(node);
            (z[0] + z[1]).exp()
        };
        let variance = 0.17_f64.powi(2) + 0.05_f64.powi(2) + 2.0 * 0.3 * 0.17 * 0.05;
        for u in [[0.0, 0.0], [3.0, 2.0], [-1.37, 0.61], [4.5, -2.5]] {
            let found: f64 = kernel.weights_at(u).iter().map(|(node, p)| p * w(*node)).sum();
            let z = factors.to_deviations(u);
            let expected = (0.95 * z[0] + 0.975 * z[1] + 0.5 * variance).exp();
            assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
        }
    }

    #[test]
    fn coordinates_go_there_and_back() {
        let factors = Factors { retained: [0.9, 0.8], noise: [0.2, 0.1], correlation: -0.4 };
        let z = factors.to_deviations(factors.to_grid([0.3, -0.2]));
        assert!((z[0] - 0.3).abs() < 1e-12 && (z[1] + 0.2).abs() < 1e-12);
    }
}

//! Exact likelihood of a reverting level seen at odd times, with noise, about a line; and the law of its parameters.
//!
//! `y_i = m + d t_i + x(t_i) + ε_i`, `dx = −κ x dt + σ dW` from its stationary law, `ε` normal with sd `τ`. The filter of
//! Kalman runs over `y`, `1` and `t` at once, so that `m` and `d` come out by generalised least squares at every `(κ, σ, τ)`
//! and are integrated exactly; the logs of the other three are integrated on a grid that narrows to where the weight is.
//! Source: Harvey (1989), "Forecasting, Structural Time Series Models and the Kalman Filter", section 3.4.

/// A normal law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Normal {
    pub(crate) mean: f64,
    pub(crate) sd: f64,
}

/// What is known beforehand: of the slope `d`, and of the logs of `κ`, `σ` and `τ`; nothing of the level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prior {
    pub(crate) slope: Normal,
    pub(crate) logs: [Normal; 3],
}

/// What is known afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Posterior {
    pub(crate) level: Normal,
    pub(crate) slope: Normal,
    /// Laws of the logs of `κ`, `σ` and `τ`.
    pub(crate) logs: [Normal; 3],
    /// 5 % and 95 % quantiles of these logs.
    pub(crate) log_ranges: [[f64; 2]; 3],
}

/// Points of the grid along each of its three axes.
const POINTS: usize = 25;
/// How often the grid narrows; two suffice for sharp likelihoods of long series.
const ROUNDS: usize = 3;
/// How far the first grid reaches, in standard deviations of the prior.
const REACH: f64 = 3.5;
/// Share of the weight below which a slice of the grid is left out of the next.
const NEGLIGIBLE: f64 = 1e-5;

/// The law of the parameters given `values` at `times` (years, ascending).
pub(crate) fn posterior(times: &[f64], values: &[f64], prior: &Prior) -> Posterior {
    let mut grid = prior.logs.map(|law| [law.mean - REACH * law.sd, law.mean + REACH * law.sd]);
    for _ in 1..ROUNDS {
        let nodes = weigh(times, values, prior, &grid);
        grid = narrowed(&grid, &nodes);
    }
    summary(&grid, &weigh(times, values, prior, &grid))
}

/// A point of the grid with its weight and the laws of level and slope there.
struct Node {
    at: [usize; 3],
    weight: f64,
    level: Normal,
    slope: Normal,
}

fn place(grid: &[[f64; 2]; 3], axis: usize, index: usize) -> f64 {
    let [low, high] = grid[axis];
    low + (high - low) * index as f64 / (POINTS - 1) as f64
}

/// All nodes, weights summing to one.
fn weigh(times: &[f64], values: &[f64], prior: &Prior, grid: &[[f64; 2]; 3]) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(POINTS.pow(3));
    for i in 0..POINTS.pow(3) {
        let at = [i / (POINTS * POINTS), i / POINTS % POINTS, i % POINTS];
        let logs = [0, 1, 2].map(|axis| place(grid, axis, at[axis]));
        let fit = filtered(times, values, logs.map(f64::exp), prior.slope);
        let distance = |(log, law): (f64, &Normal)| -0.5 * ((log - law.mean) / law.sd).powi(2);
        let log_prior: f64 = logs.into_iter().zip(&prior.logs).map(distance).sum();
        nodes.push(Node { at, weight: fit.log_likelihood + log_prior, level: fit.level, slope: fit.slope });
    }
    let highest = nodes.iter().map(|node| node.weight).fold(f64::NEG_INFINITY, f64::max);
    nodes.iter_mut().for_each(|node| node.weight = (node.weight - highest).exp());
    let sum: f64 = nodes.iter().map(|node| node.weight).sum();
    nodes.iter_mut().for_each(|node| node.weight /= sum);
    nodes
}

/// Weight of each slice across an axis.
fn slices(nodes: &[Node], axis: usize) -> [f64; POINTS] {
    let mut slices = [0.0; POINTS];
    nodes.iter().for_each(|node| slices[node.at[axis]] += node.weight);
    slices
}

/// The grid without its negligible ends, a slice kept on either side.
fn narrowed(grid: &[[f64; 2]; 3], nodes: &[Node]) -> [[f64; 2]; 3] {
    [0, 1, 2].map(|axis| {
        let slices = slices(nodes, axis);
        let first = slices.iter().position(|w| *w > NEGLIGIBLE).unwrap_or(0);
        let last = slices.iter().rposition(|w| *w > NEGLIGIBLE).unwrap_or(POINTS - 1);
        [place(grid, axis, first.saturating_sub(1)), place(grid, axis, (last + 1).min(POINTS - 1))]
    })
}

fn summary(grid: &[[f64; 2]; 3], nodes: &[Node]) -> Posterior {
    let mixture = |law: fn(&Node) -> Normal| {
        let mean: f64 = nodes.iter().map(|node| node.weight * law(node).mean).sum();
        let spread = |node: &Node| node.weight * (law(node).sd.powi(2) + (law(node).mean - mean).powi(2));
        Normal { mean, sd: nodes.iter().map(spread).sum::<f64>().sqrt() }
    };
    let of_log = |axis: usize| {
        let slices = slices(nodes, axis);
        let mean: f64 = (0..POINTS).map(|i| slices[i] * place(grid, axis, i)).sum();
        let variance: f64 = (0..POINTS).map(|i| slices[i] * (place(grid, axis, i) - mean).powi(2)).sum();
        Normal { mean, sd: variance.sqrt() }
    };
    let range = |axis: usize| [0.05, 0.95].map(|share| quantile(grid, axis, &slices(nodes, axis), share));
    Posterior {
        level: mixture(|node| node.level),
        slope: mixture(|node| node.slope),
        logs: [0, 1, 2].map(of_log),
        log_ranges: [0, 1, 2].map(range),
    }
}

/// The place along an axis below which a share of the weight lies; a slice's weight lies evenly about its place.
fn quantile(grid: &[[f64; 2]; 3], axis: usize, slices: &[f64; POINTS], share: f64) -> f64 {
    let step = place(grid, axis, 1) - place(grid, axis, 0);
    let mut below = 0.0;
    for (i, weight) in slices.iter().enumerate() {
        if below + weight >= share && *weight > 0.0 {
            return place(grid, axis, i) + step * ((share - below) / weight - 0.5);
        }
        below += weight;
    }
    grid[axis][1]
}

struct Filtered {
    log_likelihood: f64,
    level: Normal,
    slope: Normal,
}

/// Likelihood with level and slope integrated out, but for a constant.
fn filtered(times: &[f64], values: &[f64], [kappa, sigma, tau]: [f64; 3], slope: Normal) -> Filtered {
    let stationary = sigma * sigma / (2.0 * kappa);
    let mut variance = stationary;
    let mut state = [0.0; 3];
    let mut log_determinant = 0.0;
    // Sums of products of the innovations of y, 1 and t.
    let mut products = [[0.0; 3]; 3];
    let mut last = times.first().copied().unwrap_or(0.0);
    for (&time, &value) in times.iter().zip(values) {
        let retained = (-kappa * (time - last)).exp();
        last = time;
        variance = retained * retained * variance + stationary * (1.0 - retained * retained);
        let seen = [value, 1.0, time];
        let total = variance + tau * tau;
        let gain = variance / total;
        let innovations = [0, 1, 2].map(|j| seen[j] - retained * state[j]);
        for j in 0..3 {
            state[j] = retained * state[j] + gain * innovations[j];
            for k in 0..3 {
                products[j][k] += innovations[j] * innovations[k] / total;
            }
        }
        variance *= 1.0 - gain;
        log_determinant += total.ln();
    }
    let precision = slope.sd.powi(-2);
    let (a, b, c) = (products[1][1], products[1][2], products[2][2] + precision);
    let (p, q) = (products[0][1], products[0][2] + slope.mean * precision);
    let determinant = a * c - b * b;
    let (level, slope_mean) = ((c * p - b * q) / determinant, (a * q - b * p) / determinant);
    let quadratic = products[0][0] + slope.mean * slope.mean * precision - level * p - slope_mean * q;
    Filtered {
        log_likelihood: -0.5 * (log_determinant + determinant.ln() + quadratic),
        level: Normal { mean: level, sd: (c / determinant).sqrt() },
        slope: Normal { mean: slope_mean, sd: (a / determinant).sqrt() },
    }
}

#[cfg(test)]
mod tests {
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::mean_reverting::MeanReverting;
    use crate::stream::{Factor, Stream};

    /// Nothing known: of slopes up to a hundred, and of logs within e^±4.
    fn vague() -> Prior {
        let log = |value: f64| Normal { mean: value.ln(), sd: 1.5 };
        Prior { slope: Normal { mean: 0.0, sd: 100.0 }, logs: [log(1.0), log(0.3), log(0.1)] }
    }

    /// A level seen about every ten days over `years`.
    fn simulated(seed: u64, years: f64, process: MeanReverting, noise: f64) -> (Vec<f64>, Vec<f64>) {
        let mut stream = Stream::new(seed, 0, Factor::GpuHour, 0);
        let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
        let mut x = process.stationary_variance().sqrt() * normal();
        let (mut times, mut values, mut time) = (Vec::new(), Vec::new(), 0.0);
        while time < years {
            times.push(time - years);
            values.push(1.2 - 0.25 * (time - years) + x + noise * normal());
            let step = 0.01 + 0.02 * (1.0 + (37.0 * time).sin());
            x = process.step(x, 0.0, step, normal());
            time += step;
        }
        (times, values)
    }

    #[test]
    fn long_series_give_their_parameters_back() {
        let truth = MeanReverting { kappa_per_year: 1.5, sigma_per_sqrt_year: 0.4 };
        for seed in 0..3 {
            let (times, values) = simulated(seed, 40.0, truth, 0.06);
            let law = posterior(&times, &values, &vague());
            let expected = [1.5f64.ln(), 0.4f64.ln(), 0.06f64.ln()];
            for (found, expected) in law.logs.iter().zip(expected) {
                // Over forty half-lives the errors are small, and the truth lies within three of them.
                assert!(found.sd < 0.35, "{found:?}");
                assert!((found.mean - expected).abs() < 3.0 * found.sd, "{found:?} {expected}");
            }
            assert!(
                (law.slope.mean + 0.25).abs() < 3.0 * law.slope.sd && law.slope.sd < 0.02,
                "{:?}",
                law.slope
            );
            assert!((law.level.mean - 1.2).abs() < 3.0 * law.level.sd, "{:?}", law.level);
        }
    }

    #[test]
    fn without_marks_that_speak_the_prior_stays() {
        let prior = Prior { slope: Normal { mean: -0.2, sd: 0.05 }, ..vague() };
        let law = posterior(&[0.0, 0.0], &[1.0, 1.0], &prior);
        assert!((law.slope.mean + 0.2).abs() < 1e-9 && (law.slope.sd - 0.05).abs() < 1e-9, "{:?}", law.slope);
    }

    #[test]
    fn two_marks_have_the_bivariate_normal_density() {
        // The filter against the closed form of two marks a year apart: covariance, then least squares for the level.
        let (kappa, sigma, tau) = (0.8, 0.5, 0.2);
        let fixed = Normal { mean: 0.3, sd: 1e-6 };
        let found = filtered(&[0.0, 1.0], &[1.0, 1.9], [kappa, sigma, tau], fixed);
        let s: f64 = sigma * sigma / (2.0 * kappa);
        let (diagonal, across) = (s + tau * tau, s * (-kappa).exp());
        // Without the slope the values are 1.0 and 1.6, whose level is their mean by symmetry.
        assert!((found.level.mean - 1.3).abs() < 1e-5, "{:?}", found.level);
        assert!((found.level.sd - (0.5 * (diagonal + across)).sqrt()).abs() < 1e-5);
        let determinant = diagonal * diagonal - across * across;
        let quadratic = 2.0 * 0.3f64.powi(2) * (diagonal + across) / determinant;
        let level_precision = 2.0 / (diagonal + across);
        // The tight prior adds the log of its precision to the log determinant.
        let expected = -0.5 * (determinant.ln() + level_precision.ln() + 1e12f64.ln() + quadratic);
        assert!((found.log_likelihood - expected).abs() < 1e-3, "{} {expected}", found.log_likelihood);
    }
}

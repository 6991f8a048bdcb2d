//! How the numbers of a random design settled as it grew.
//!
//! Sobol indices with their intervals from the first 8, 16, 32 and so on base rows, and last from all; and the mean of each objective over
//! that many first points. The first points of a Sobol sequence are a smaller one; those of a Latin hypercube are random points of it, each
//! in a stratum of its own. Either is spread more evenly than random points are, and the standard error is that of random points, so it
//! is on the wide side. It says how well the mean over the ranges is known, not how the objective varies over them.

use super::jansen::Indices;
use super::sensitivity::{BaseRows, Output, Sensitivity};
use super::{PointAnswer, Results};
use crate::design::Design;
use crate::spec::Spec;
use simulate::Moments;

/// Numbers of a random design by its size.
#[derive(Debug, Clone, PartialEq)]
pub struct Convergence {
    /// Indices of each output, from fewest base rows to all; empty but for a sensitivity design.
    pub indices: Vec<(Output, Vec<Indices>)>,
    /// Mean of the objective by policy, `[n_policies][n_sizes]`, from fewest points to all.
    pub means: Vec<Vec<Mean>>,
}

/// A mean over the first points of a design.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// Number of points.
    pub n_points: usize,
    /// Mean over them.
    pub mean: f64,
    /// Its standard error, as if the points were random; `None` of a single one.
    pub standard_error: Option<f64>,
}

impl Convergence {
    /// The convergence of a random design, whose indices from all base rows are known; `None` of designs that choose their points.
    ///
    /// Of a sensitivity design the means are over the points of A and B; the others repeat their columns.
    #[must_use]
    pub fn of(results: &Results, spec: &Spec, sensitivity: Option<&Sensitivity>) -> Option<Self> {
        let base_rows = BaseRows::of(results, spec);
        let points: Vec<&PointAnswer> = match (spec.design, &base_rows) {
            (Design::Sensitivity { .. }, Some(rows)) => {
                rows.rows.iter().flat_map(|row| &row[..2]).map(|index| &results.points[*index]).collect()
            }
            (Design::LatinHypercube { .. } | Design::Sobol { .. }, _) => results.points.iter().collect(),
            _ => return None,
        };
        let means = (0..results.policies.len()).map(|policy| means(&points, policy)).collect();
        let indices = base_rows.zip(sensitivity).map_or_else(Vec::new, |(rows, sensitivity)| {
            let steps = |(output, all): &(Output, Indices)| (*output, steps(results, &rows, *output, all));
            sensitivity.outputs.iter().map(steps).collect()
        });
        Some(Self { indices, means })
    }
}

/// Indices of an output from ever more base rows, the last being given.
fn steps(results: &Results, rows: &BaseRows, output: Output, all: &Indices) -> Vec<Indices> {
    let sample = rows.sample(results, output);
    let fewer = sizes(all.n_rows).into_iter().filter(|size| *size < all.n_rows);
    fewer.map(|size| sample.indices(size, &rows.bootstrap())).chain([all.clone()]).collect()
}

/// Means of a policy's objective over ever more points.
fn means(points: &[&PointAnswer], policy: usize) -> Vec<Mean> {
    let sizes = sizes(points.len());
    let mut moments = Moments::default();
    let mut means = Vec::with_capacity(sizes.len());
    for (i, point) in points.iter().enumerate() {
        moments.add(point.objective[policy]);
        let n_points = i + 1;
        if sizes.contains(&n_points) {
            let standard_error = (n_points > 1).then(|| moments.standard_error());
            means.push(Mean { n_points, mean: moments.mean(), standard_error });
        }
    }
    means
}

/// Powers of two from 8 below a size, and the size itself; none of nothing.
fn sizes(all: usize) -> Vec<usize> {
    let powers = (3..usize::BITS).map(|k| 1 << k).take_while(|size| *size < all);
    powers.chain((all > 0).then_some(all)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::testing::{point, results, spec};
    use crate::design::sobol;

    #[test]
    fn sizes_double_and_end_with_all() {
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(5), [5]);
        assert_eq!(sizes(32), [8, 16, 32]);
        assert_eq!(sizes(50), [8, 16, 32, 50]);
    }

    #[test]
    fn means_of_a_sobol_design_settle_within_their_errors() {
        let design = Design::Sobol { n_points: 1_000, seed: 2 };
        let rows = sobol::points(1_000, 1, 2).unwrap();
        let points: Vec<_> =
            rows.iter().enumerate().map(|(i, x)| point(i, x, &[0.0, x[0] * x[0]], None)).collect();
        let convergence = Convergence::of(&results(&points), &spec(design, &["x"]), None).unwrap();
        assert!(convergence.indices.is_empty());
        let means = &convergence.means[1];
        assert_eq!(means.len(), 8);
        for mean in means {
            assert!((mean.mean - 1.0 / 3.0).abs() < 2.0 * mean.standard_error.unwrap(), "{mean:?}");
        }
        // The standard deviation of x² is the root of 4/45.
        let error = means[7].standard_error.unwrap();
        assert!((error - (4.0_f64 / 45.0 / 1_000.0).sqrt()).abs() < 1e-4, "{error}");
        assert_eq!(convergence.means[0][0], Mean { n_points: 8, mean: 0.0, standard_error: Some(0.0) });
    }

    #[test]
    fn indices_end_with_those_from_all_rows_and_their_intervals_narrow() {
        let spec = spec(Design::Sensitivity { n_base: 300, seed: 6 }, &["x", "y"]);
        let rows = sobol::saltelli(300, 2, 6).unwrap();
        let points: Vec<_> =
            rows.iter().enumerate().map(|(i, x)| point(i, x, &[x[0] + x[1] * x[1]], None)).collect();
        let race = results(&points);
        let sensitivity = Sensitivity::of(&race, &spec, None).unwrap();
        let convergence = Convergence::of(&race, &spec, Some(&sensitivity)).unwrap();
        let (output, steps) = &convergence.indices[0];
        assert_eq!((*output, steps.last()), (Output::Objective(0), Some(&sensitivity.outputs[0].1)));
        let n_rows: Vec<usize> = steps.iter().map(|step| step.n_rows).collect();
        assert_eq!(n_rows, [8, 16, 32, 64, 128, 256, 300]);
        let width = |step: &Indices| {
            let interval = step.by_parameter.as_ref().unwrap()[0].first.interval;
            interval.map(|interval| interval.high - interval.low)
        };
        assert_eq!(width(&steps[0]), None);
        assert!(width(&steps[5]).unwrap() < width(&steps[1]).unwrap() / 2.0);
        // Two points of A and B per base row.
        assert_eq!(convergence.means[0].last().unwrap().n_points, 600);
    }

    #[test]
    fn designs_that_choose_their_points_do_not_converge() {
        let race = results(&[point(0, &[1.0], &[1.0], None)]);
        assert_eq!(Convergence::of(&race, &spec(Design::Grid, &["x"]), None), None);
    }
}

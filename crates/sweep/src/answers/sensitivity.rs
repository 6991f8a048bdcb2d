//! Which parameters the outputs of a sweep hang on: Sobol indices over Saltelli's rows.
//!
//! Each base row of the design is `k + 2` points, in the order of [`crate::design::sobol::saltelli`]. A base row of which a point failed is
//! left out as a whole. The estimators are those of [`super::jansen`].

use super::best::best_at;
use super::jansen::{Bootstrap, Indices, Sample};
use super::{PointAnswer, Results};
use crate::design::Design;
use crate::spec::Spec;

/// A number of a point whose variance is split among the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Objective of a policy.
    Objective(usize),
    /// Objective of the policy that is best at the point.
    BestObjective,
    /// Objective of the first policy less that of the second.
    Margin(usize, usize),
    /// Share of the campus that the best policy of the point commits to AI.
    BestAiShare,
}

impl Output {
    /// The output at a point.
    ///
    /// # Panics
    /// If a policy is not one of the race.
    #[must_use]
    pub fn at(self, point: &PointAnswer) -> f64 {
        match self {
            Self::Objective(policy) => point.objective[policy],
            Self::BestObjective => point.objective[best_at(point).policy],
            Self::Margin(first, second) => point.result.between(first, second).0,
            Self::BestAiShare => best_at(point).ai_share,
        }
    }

    /// Outputs that are analysed: the objective of each policy, that of the best, the margin of a pair if there is one, and the AI share.
    #[must_use]
    pub fn all(results: &Results, pair: Option<(usize, usize)>) -> Vec<Self> {
        let objectives = (0..results.policies.len()).map(Self::Objective);
        let margin = pair.map(|(first, second)| Self::Margin(first, second));
        objectives.chain([Self::BestObjective]).chain(margin).chain([Self::BestAiShare]).collect()
    }
}

/// Base rows all of whose points are done.
#[derive(Debug, Clone, PartialEq)]
pub struct BaseRows {
    /// Indices into the points of the results, `[n_rows][k + 2]`.
    pub rows: Vec<Vec<usize>>,
    /// Base rows left out, since a point of theirs failed or is missing.
    pub n_left_out: usize,
    n_parameters: usize,
    seed: u64,
}

impl BaseRows {
    /// The base rows of a sensitivity design; `None` of another.
    #[must_use]
    pub fn of(results: &Results, spec: &Spec) -> Option<Self> {
        let Design::Sensitivity { n_base, seed } = spec.design else { return None };
        let n_parameters = spec.parameters.len();
        let width = n_parameters + 2;
        let mut index_of = vec![None; n_base * width];
        for (index, point) in results.points.iter().enumerate() {
            if let Some(slot) = index_of.get_mut(point.point) {
                *slot = Some(index);
            }
        }
        let rows: Vec<Vec<usize>> =
            index_of.chunks(width).filter_map(|row| row.iter().copied().collect()).collect();
        Some(Self { n_left_out: n_base - rows.len(), rows, n_parameters, seed })
    }

    /// An output at the base rows.
    #[must_use]
    pub fn sample(&self, results: &Results, output: Output) -> Sample {
        let value = |index: &usize| output.at(&results.points[*index]);
        let rows: Vec<Vec<f64>> = self.rows.iter().map(|row| row.iter().map(value).collect()).collect();
        Sample::new(self.n_parameters, &rows)
    }

    /// How intervals are made: with the seed of the design.
    #[must_use]
    pub fn bootstrap(&self) -> Bootstrap {
        Bootstrap::new(self.seed)
    }
}

/// Sobol indices of the outputs of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// Base rows left out.
    pub n_left_out: usize,
    /// Outputs and their indices from all other base rows.
    pub outputs: Vec<(Output, Indices)>,
}

impl Sensitivity {
    /// The indices of a sensitivity design, with the margin of a pair of policies if there is one; `None` of another design.
    #[must_use]
    pub fn of(results: &Results, spec: &Spec, pair: Option<(usize, usize)>) -> Option<Self> {
        let rows = BaseRows::of(results, spec)?;
        let indices =
            |output| (output, rows.sample(results, output).indices(rows.rows.len(), &rows.bootstrap()));
        let outputs = Output::all(results, pair).into_iter().map(indices).collect();
        Some(Self { n_left_out: rows.n_left_out, outputs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::testing::{point, results, spec};
    use crate::design::sobol;

    const DESIGN: Design = Design::Sensitivity { n_base: 512, seed: 4 };

    /// Three policies over two parameters in the unit square: nothing, the first parameter, and a product.
    fn race() -> Results {
        let rows = sobol::saltelli(512, 2, 4).unwrap();
        let at = |(i, x): (usize, &Vec<f64>)| point(i, x, &[0.2, x[0], 2.0 * x[0] * x[1]], Some(0.1));
        results(&rows.iter().enumerate().map(at).collect::<Vec<_>>())
    }

    fn totals(sensitivity: &Sensitivity, output: Output) -> Option<Vec<f64>> {
        let (_, indices) = sensitivity.outputs.iter().find(|(o, _)| *o == output)?;
        Some(indices.by_parameter.as_ref()?.iter().map(|p| p.total.estimate).collect())
    }

    #[test]
    fn every_output_has_its_indices() {
        let sensitivity = Sensitivity::of(&race(), &spec(DESIGN, &["a", "b"]), Some((1, 0))).unwrap();
        let outputs: Vec<Output> = sensitivity.outputs.iter().map(|(output, _)| *output).collect();
        let objectives = [Output::Objective(0), Output::Objective(1), Output::Objective(2)];
        assert_eq!(outputs[..3], objectives);
        assert_eq!(outputs[3..], [Output::BestObjective, Output::Margin(1, 0), Output::BestAiShare]);
        // All-mining does not vary; the second policy knows one parameter, and so does its margin.
        assert_eq!(totals(&sensitivity, outputs[0]), None);
        for output in [Output::Objective(1), Output::Margin(1, 0)] {
            let totals = totals(&sensitivity, output).unwrap();
            assert!((totals[0] - 1.0).abs() < 0.02 && totals[1].abs() < 1e-12, "{totals:?}");
        }
        // Of x y the parts are 1/48 each and 1/144 together: a total of 4/7 for either.
        let totals = totals(&sensitivity, Output::Objective(2)).unwrap();
        assert!(totals.iter().all(|total| (total - 4.0 / 7.0).abs() < 0.02), "{totals:?}");
    }

    #[test]
    fn a_base_row_with_a_failed_point_is_left_out_as_a_whole() {
        let mut race = race();
        // A point of base row 2, and all of the last one.
        race.points.truncate(4 * 511);
        race.points.remove(4 * 2 + 3);
        let rows = BaseRows::of(&race, &spec(DESIGN, &["a", "b"])).unwrap();
        assert_eq!((rows.n_left_out, rows.rows.len()), (2, 510));
        assert_eq!(rows.rows[1], [4, 5, 6, 7]);
        // The three points that are left of base row 2 are passed over.
        assert_eq!(rows.rows[2], [11, 12, 13, 14]);
        assert_eq!(race.points[rows.rows[2][0]].point, 12);
    }

    #[test]
    fn results_are_the_same_twice_and_other_designs_have_none() {
        let (race, mut spec) = (race(), spec(DESIGN, &["a", "b"]));
        assert_eq!(Sensitivity::of(&race, &spec, None), Sensitivity::of(&race, &spec, None));
        spec.design = Design::Sobol { n_points: 16, seed: 1 };
        assert_eq!(Sensitivity::of(&race, &spec, None), None);
    }

    #[test]
    fn nothing_done_has_no_indices() {
        let nothing = Results { policies: vec!["AllMining".into()], ..Results::default() };
        let sensitivity = Sensitivity::of(&nothing, &spec(DESIGN, &["a", "b"]), None).unwrap();
        assert_eq!(sensitivity.n_left_out, 512);
        assert!(sensitivity.outputs.iter().all(|(_, indices)| indices.by_parameter.is_none()));
    }
}

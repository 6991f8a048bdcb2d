//! What follows from the results of a whole sweep.
//!
//! Any design gives the best policy by point ([`best`]) and the least worst-case regret ([`regret`]). A grid gives a map ([`axes`]) and where two
//! policies break even on it ([`break_even`]); one parameter at a time gives the tornado and the assumptions that the choice hangs on
//! ([`tornado`], [`flips`]); Saltelli's rows give Sobol indices ([`sensitivity`]), and every random design the figures by its size
//! ([`convergence`]). All are plain structs of numbers and indices, of done points alone.

pub mod best;
pub mod regret;

pub mod axes;
pub mod break_even;
pub mod contour;
pub mod pairs;

pub mod flips;
pub mod tornado;

pub mod convergence;
pub mod jansen;
pub mod sensitivity;

#[cfg(test)]
pub(crate) mod testing;

use self::axes::Map;
use self::best::Best;
use self::break_even::BreakEven;
use self::convergence::Convergence;
use self::regret::Regret;
use self::sensitivity::Sensitivity;
use self::tornado::Tornado;
use crate::outputs::AI_SHARE;
use crate::record::{PointOutcome, PointRecord, PointResult};
use crate::spec::Spec;
use crate::value::Value;

/// Done points of a sweep, as answers need them.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// Policies, all-mining first.
    pub policies: Vec<String>,
    /// Done points, in order.
    pub points: Vec<PointAnswer>,
    /// Values of the parameters at points that failed.
    pub failed: Vec<Vec<Value>>,
    /// Done points with warnings of their own.
    pub n_warned: usize,
}

impl Results {
    /// Of a sweep of which no point is known yet.
    #[must_use]
    pub fn new(spec: &Spec) -> Self {
        Self { policies: spec.policies.clone(), points: Vec::new(), failed: Vec::new(), n_warned: 0 }
    }

    /// Values of the parameters at every point that was tried.
    pub(crate) fn all_values(&self) -> impl Iterator<Item = &Vec<Value>> {
        self.points.iter().map(|point| &point.values).chain(&self.failed)
    }

    /// Takes a point; one that failed has no answer.
    pub fn push(&mut self, spec: &Spec, record: &PointRecord) {
        let PointOutcome::Done(result) = &record.outcome else {
            return self.failed.push(record.values.clone());
        };
        let column = |at: usize| result.outputs.iter().map(|row| row[at]).collect::<Option<Vec<f64>>>();
        let [objective, ai_share] = columns(spec).map(column);
        // A done point has both, since its sweep keeps them.
        if let (Some(objective), Some(ai_share)) = (objective, ai_share) {
            self.n_warned += usize::from(!result.warnings.is_empty());
            let outputs = vec![Vec::new(); result.outputs.len()];
            let result = PointResult { outputs, warnings: Vec::new(), ..result.clone() };
            let values = record.values.clone();
            self.points.push(PointAnswer { point: record.point, values, objective, ai_share, result });
        }
    }
}

/// Where objective and AI share stand among the outputs.
fn columns(spec: &Spec) -> [usize; 2] {
    let place = |name: &str| spec.outputs.iter().position(|output| output == name).unwrap_or(0);
    [place(&spec.objective), place(AI_SHARE)]
}

/// One done point.
#[derive(Debug, Clone)]
pub struct PointAnswer {
    /// Its number.
    pub point: usize,
    /// Value of each parameter.
    pub values: Vec<Value>,
    /// Objective of each policy.
    pub objective: Vec<f64>,
    /// Mean gross MW committed to AI over the horizon, as a share of the campus, of each policy.
    pub ai_share: Vec<f64>,
    /// Differences of the objective between policies.
    pub result: PointResult,
}

/// All that follows from the results of a sweep; what its design does not give is `None` or empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// The best policy by point.
    pub best: Vec<Best>,
    /// Regret by policy, the least worst first.
    pub regrets: Vec<Regret>,
    /// Policies that are compared; see [`pairs::pairs`].
    pub pairs: Vec<(usize, usize)>,
    /// The two axes of a grid.
    pub map: Option<Map>,
    /// Break-even of each pair on the map.
    pub break_evens: Vec<BreakEven>,
    /// Parameters one at a time.
    pub tornado: Option<Tornado>,
    /// Sobol indices; the margin is that of the first pair.
    pub sensitivity: Option<Sensitivity>,
    /// How indices and means settled.
    pub convergence: Option<Convergence>,
}

impl Answers {
    /// The answers to the results of a sweep.
    ///
    /// Indices of policies are those of [`Results::policies`], indices of parameters those of [`Spec::parameters`]. Objectives and values
    /// are finite.
    ///
    /// # Panics
    /// If a point has other than one objective and AI share per policy, one value per parameter and one difference per pair.
    #[must_use]
    pub fn of(results: &Results, spec: &Spec) -> Self {
        let pairs = pairs::pairs(results, spec);
        let map = Map::of(results, spec);
        let break_even = |map| pairs.iter().map(|pair| break_even::break_even(results, map, *pair)).collect();
        let sensitivity = Sensitivity::of(results, spec, pairs.first().copied());
        Self {
            best: best::best(results),
            regrets: regret::regrets(results),
            break_evens: map.as_ref().map_or_else(Vec::new, break_even),
            map,
            tornado: Tornado::of(results, spec),
            convergence: Convergence::of(results, spec, sensitivity.as_ref()),
            sensitivity,
            pairs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{point, results, spec};
    use super::*;
    use crate::design::Design;

    #[test]
    fn each_design_gives_what_it_can() {
        let points: Vec<_> = (0..4)
            .map(|i| point(i, &[f64::from(i as u32)], &[1.25, f64::from(i as u32)], Some(0.1)))
            .collect();
        let race = results(&points);
        let grid = Answers::of(&race, &spec(Design::Grid, &["a"]));
        assert_eq!((grid.best.len(), grid.regrets[0].policy, grid.pairs.len()), (4, 1, 1));
        assert_eq!(grid.break_evens[0].crossings[0].at, 1.25);
        assert!(grid.tornado.is_none() && grid.sensitivity.is_none() && grid.convergence.is_none());
        let random = Answers::of(&race, &spec(Design::LatinHypercube { n_points: 4, seed: 1 }, &["a"]));
        assert!(random.map.is_none() && random.break_evens.is_empty() && random.convergence.is_some());
    }

    #[test]
    fn a_sweep_without_a_done_point_has_empty_answers() {
        let nothing = Results { policies: vec!["AllMining".into(), "Dp".into()], ..Results::default() };
        for design in [
            Design::Grid,
            Design::OneAtATime,
            Design::Table,
            Design::Sobol { n_points: 8, seed: 1 },
            Design::Sensitivity { n_base: 8, seed: 1 },
        ] {
            let answers = Answers::of(&nothing, &spec(design, &["a", "b"]));
            assert!(answers.best.is_empty() && answers.regrets.is_empty() && answers.break_evens.is_empty());
            assert!(answers.map.is_none() && answers.tornado.is_none());
        }
    }
}

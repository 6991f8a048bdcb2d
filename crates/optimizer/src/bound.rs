//! A lower and an upper bound of the conversion problem in one backward sweep, on paths that played no part in its solution.
//!
//! The policy takes the best start by the tabulated continuation at the path's own point. The upper bound lets every path see its
//! future and charges for it a penalty of mean zero, `D_{t+1} = ΔM_{t+1} + ΔO_{t+1}`. With `μ` the conditional mean of the next grid
//! coordinates and `C̃(μ)` the continuation,
//! `ΔM_{t+1} = Σ_{i+j ≥ 1; i, j ≤ 3} ∂1^i ∂2^j C̃(μ_t) H_i(ε1) H_j(ε2) / (i! j!)`, the Hermite expansion of `W_{t+1} − E[W_{t+1}]`,
//! from a 4 × 4 stencil. Its mean is zero for any coefficients known at `t`: grid and interpolation can loosen the bound,
//! never break it. `ΔO` is the best value under the offer that came less its expectation over offers, a finite sum.
//! Source: information relaxation of Rogers (2002), Haugh and Kogan (2004), Brown, Smith and Sun (2010).

mod path;
mod stencil;

pub(crate) use path::{AllowedStarts, offer_surprise};
pub use path::{Offer, OfferLaw, PathValues, StageView, Walker};

use crate::backward::{Observer, Stage, sweep};
use crate::kernel::{BLOCK, Kernel};
use crate::states::StateGraph;
use market::normal_table::normal_quantile;
use market::stream::{Factor, Stream};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use stencil::Stencil;

/// Keeps the paths of bounds apart from all others.
const BOUND_SEED: u64 = 0x626f_756e_645f_7061;

/// Innovations and offers of some paths; paths `2i` and `2i + 1` are an antithetic pair.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundPaths {
    /// Number of stages.
    pub n_stages: usize,
    /// Independent standard normal innovations from each stage to the next, `[n_paths, n_stages]` row-major.
    pub innovations: Vec<[f64; 2]>,
    /// Size class and rent class of the offer of each stage, if there is one, `[n_paths, n_stages]` row-major.
    pub offers: Vec<Option<[usize; 2]>>,
}

impl BoundPaths {
    /// `n_pairs` antithetic pairs under the offer laws of the stages. The same seed gives the same paths.
    #[must_use]
    pub fn antithetic(seed: u64, n_pairs: usize, stages: &[Stage]) -> Self {
        let law =
            |t: usize| OfferLaw { size: &stages[t].size_probability, class: &stages[t].class_probability };
        Self::under(seed, n_pairs, stages.len(), law)
    }

    /// The same under the offer law of each stage.
    #[must_use]
    pub fn under<'a>(
        seed: u64,
        n_pairs: usize,
        n_stages: usize,
        law: impl Fn(usize) -> OfferLaw<'a>,
    ) -> Self {
        let mut innovations = Vec::with_capacity(2 * n_pairs * n_stages);
        let mut offers = Vec::with_capacity(2 * n_pairs * n_stages);
        for pair in 0..n_pairs as u64 {
            let stream = |factor, t: usize| Stream::new(seed ^ BOUND_SEED, pair, factor, t as u32);
            for sign in [1.0, -1.0] {
                for t in 0..n_stages {
                    let law = law(t);
                    let mut noise = stream(Factor::Correlated, t);
                    innovations.push([0, 1].map(|_| sign * normal_quantile(uniform(&mut noise))));
                    let mut draw = stream(Factor::Offers, t);
                    let size = pick(law.size, uniform(&mut draw));
                    let class = pick(law.class, uniform(&mut draw));
                    offers.push(size.zip(class).map(|(size, class)| [size, class]));
                }
            }
        }
        Self { n_stages, innovations, offers }
    }

    /// Number of paths.
    #[must_use]
    pub fn n_paths(&self) -> usize {
        self.innovations.len() / self.n_stages.max(1)
    }
}

/// A number strictly between 0 and 1.
fn uniform(stream: &mut Stream) -> f64 {
    ((stream.next_word() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// The class in which a uniform number falls; none beyond their sum. Rounding never loses a class of probabilities that sum to one.
fn pick(probabilities: &[f64], uniform: f64) -> Option<usize> {
    let mut below = 0.0;
    for (class, p) in probabilities.iter().enumerate() {
        below += p;
        if uniform < below + 1e-12 {
            return Some(class);
        }
    }
    None
}

/// Mean over antithetic pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error, from pair means.
    pub standard_error: f64,
}

impl Estimate {
    /// The mean of paths of which `2i` and `2i + 1` are an antithetic pair.
    #[must_use]
    pub fn of(values: impl ExactSizeIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.collect();
        let pairs: Vec<f64> =
            values.chunks(2).map(|pair| pair.iter().sum::<f64>() / pair.len() as f64).collect();
        let n = pairs.len() as f64;
        let mean = pairs.iter().sum::<f64>() / n;
        // One pair says nothing about the error.
        let freedom = if pairs.len() > 1 { n - 1.0 } else { 0.0 };
        let variance = if freedom > 0.0 {
            pairs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / freedom
        } else {
            f64::INFINITY
        };
        Self { mean, standard_error: (variance / n).sqrt() }
    }
}

/// Bounds of the value of the right to convert.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    /// Value on the grid, neither bound.
    pub on_grid: f64,
    /// What the policy earns.
    pub policy: Estimate,
    /// The same mean, with the penalty as control variate: the lower bound to report.
    pub controlled: Estimate,
    /// The upper bound.
    pub upper: Estimate,
    /// What perfect foresight earns: an upper bound without penalty.
    pub foresight: Estimate,
    /// Upper bound less controlled lower bound, path by path.
    pub gap: Estimate,
    /// Values of each path.
    pub paths: Vec<PathValues>,
}

/// Gains of a start at a stage and at deviations `z` of the factors, written as `[n_classes, n_kinds]` row-major.
pub type GainsAt<'a> = dyn Fn(usize, [f64; 2], &mut [f64]) + Sync + 'a;

/// Bounds by one backward sweep from grid coordinates zero. Of values by path and state nothing but the current stage
/// is held: paths × states × about 13 numbers.
///
/// `gains_at` must give at any point what `stages` hold at grid points, in money of the stage.
///
/// # Panics
/// When the paths have another number of stages.
#[must_use]
pub fn bounds(
    kernel: &Kernel,
    graph: &StateGraph,
    discount: f64,
    stages: &[Stage],
    gains_at: &GainsAt<'_>,
    paths: &BoundPaths,
) -> Bounds {
    assert_eq!(paths.n_stages, stages.len(), "paths and stages differ in length");
    let follower = Follower::new(kernel, paths);
    let n_states = graph.n_states();
    let mut walkers: Vec<Walker> = (0..paths.n_paths()).map(|_| Walker::new(n_states)).collect();
    let on_grid = sweep(
        kernel,
        graph,
        discount,
        stages,
        &follower,
        kernel.origin(),
        |t, blocks: Vec<Vec<[f64; 2]>>| {
            let stage = &stages[t];
            let law = OfferLaw { size: &stage.size_probability, class: &stage.class_probability };
            walkers.par_iter_mut().enumerate().for_each_init(
                || vec![0.0; law.class.len() * graph.n_kinds()],
                |gains, (path, walker)| {
                    let at = path * paths.n_stages + t;
                    gains_at(t, kernel.factors.to_deviations(follower.points[at]), gains);
                    let offer = paths.offers[at].map(|[size, class]| Offer { size, class });
                    let known = blocks.iter().flat_map(|block| &block[path * BLOCK..][..BLOCK]);
                    walker.take(known.take(n_states).copied());
                    walker.step_back(graph, &StageView { discount, law, gains, offer });
                },
            );
        },
    );
    let values: Vec<PathValues> = walkers.iter().map(|walker| walker.values(graph.start())).collect();
    debug_assert!(values.iter().all(|v| v.upper >= v.controlled - 1e-9 * (1.0 + v.controlled.abs())));
    Bounds {
        on_grid,
        policy: Estimate::of(values.iter().map(|v| v.policy)),
        controlled: Estimate::of(values.iter().map(|v| v.controlled)),
        upper: Estimate::of(values.iter().map(|v| v.upper)),
        foresight: Estimate::of(values.iter().map(|v| v.foresight)),
        gap: Estimate::of(values.iter().map(|v| v.upper - v.controlled)),
        paths: values,
    }
}

/// Follows the paths through the sweep.
struct Follower<'a> {
    kernel: &'a Kernel,
    paths: &'a BoundPaths,
    /// Grid coordinates, `[n_paths, n_stages]` row-major.
    points: Vec<[f64; 2]>,
}

impl<'a> Follower<'a> {
    fn new(kernel: &'a Kernel, paths: &'a BoundPaths) -> Self {
        let mut points = Vec::with_capacity(paths.innovations.len());
        for path in paths.innovations.chunks(paths.n_stages.max(1)) {
            let mut u = [0.0, 0.0];
            for &innovations in path {
                points.push(u);
                u = kernel.factors.step(u, innovations);
            }
        }
        Self { kernel, paths, points }
    }
}

impl Observer for Follower<'_> {
    type Prepared = Vec<Stencil>;
    /// Continuation and its increment, `[n_paths, BLOCK]` row-major.
    type Kept = Vec<[f64; 2]>;

    fn prepare(&self, stage: usize) -> Vec<Stencil> {
        let at = |path: usize| path * self.paths.n_stages + stage;
        (0..self.paths.n_paths())
            .into_par_iter()
            .map(|path| Stencil::new(self.kernel, self.points[at(path)], self.paths.innovations[at(path)]))
            .collect()
    }

    fn keep(&self, stencils: &Vec<Stencil>, continuation: &[f64]) -> Vec<[f64; 2]> {
        let n2 = self.kernel.axis2.len();
        stencils.iter().flat_map(|stencil| stencil.values(continuation, n2)).collect()
    }
}

//! Bounds by information relaxation on a tree with a known optimum and on reference problem 2.

mod common;

use common::{FIVE_BLOCKS, close};
use optimizer::backward::Stage;
use optimizer::bound::{BoundPaths, Bounds, Offer, OfferLaw, PathValues, StageView, Walker, bounds};
use optimizer::exchange::BlockConversion;
use optimizer::kernel::{Factors, Kernel};
use optimizer::states::{HallLine, StateGraph};

fn line(blocks: usize, lead_months: u32, offer_sizes_mw: Vec<f64>) -> HallLine {
    HallLine {
        gross_mw: vec![1.0; blocks],
        kind: vec![0; blocks],
        lead_months,
        max_under_construction_mw: 1.0,
        max_committed_mw: f64::INFINITY,
        offer_sizes_mw,
    }
}

/// A margin of 10 that goes up or down by half with equal odds over dates 0, 1, 2; conversion costs 9 and earns 12 from its date on.
struct Tree {
    beta: f64,
    graph: StateGraph,
}

impl Tree {
    fn new() -> Self {
        Self { beta: 1.0 / 1.1, graph: StateGraph::new(line(1, 1, vec![1.0]), 10).unwrap() }
    }

    /// Gain of conversion at a date with a margin: the margin is a martingale.
    fn gain(&self, date: i32, margin: f64) -> f64 {
        let annuity: f64 = (0..3 - date).map(|k| self.beta.powi(k)).sum();
        (12.0 - margin) * annuity - 9.0
    }

    /// Value of the right to convert before the date's decision.
    fn value(&self, date: i32, margin: f64) -> f64 {
        self.gain(date, margin).max(self.beta * self.ahead(date, margin))
    }

    fn ahead(&self, date: i32, margin: f64) -> f64 {
        if date == 2 {
            return 0.0;
        }
        0.5 * self.value(date + 1, 1.5 * margin) + 0.5 * self.value(date + 1, 0.5 * margin)
    }

    /// The same with the margins that come, as foresight sees it.
    fn realised_gain(&self, date: usize, margins: &[f64; 3]) -> f64 {
        let flow = |k: usize| (12.0 - margins[k]) * self.beta.powi((k - date) as i32);
        (date..3).map(flow).sum::<f64>() - 9.0
    }

    /// One path of moves, with `share` of the ideal martingale as its penalty; gains in expectation or, for foresight, as they come.
    fn path(&self, moves: [f64; 2], share: f64, as_they_come: bool) -> PathValues {
        let margins = [10.0, 10.0 * moves[0], 10.0 * moves[0] * moves[1]];
        let mut walker = Walker::new(self.graph.n_states());
        for date in (0..3).rev() {
            let ahead = self.ahead(date as i32, margins[date]);
            let next = if date < 2 { self.value(date as i32 + 1, margins[date + 1]) } else { 0.0 };
            // State 0 is unconverted, state 1 converted and worth no more.
            walker.take([[ahead, share * (next - ahead)], [0.0, 0.0]].into_iter());
            let gain = if as_they_come {
                self.realised_gain(date, &margins)
            } else {
                self.gain(date as i32, margins[date])
            };
            let view = StageView {
                discount: self.beta,
                law: OfferLaw { size: &[1.0], class: &[1.0] },
                gains: &[gain],
                offer: Some(Offer { size: 0, class: 0 }),
            };
            walker.step_back(&self.graph, &view);
        }
        walker.values(self.graph.start())
    }

    fn all_paths(&self, share: f64, as_they_come: bool) -> Vec<PathValues> {
        [[1.5, 1.5], [1.5, 0.5], [0.5, 1.5], [0.5, 0.5]]
            .map(|moves| self.path(moves, share, as_they_come))
            .to_vec()
    }
}

fn mean(paths: &[PathValues], of: impl Fn(&PathValues) -> f64) -> f64 {
    paths.iter().map(of).sum::<f64>() / paths.len() as f64
}

const NEVER: f64 = 27.355_371_900_8;
const OPTIMUM: f64 = 29.338_842_975_2;

#[test]
fn the_tree_has_its_known_values() {
    let tree = Tree::new();
    close(NEVER, 10.0 * (1.0 + tree.beta + tree.beta.powi(2)), 1e-10);
    close(NEVER + tree.gain(0, 10.0), 23.826_446_281_0, 1e-10);
    close(NEVER + tree.value(0, 10.0), OPTIMUM, 1e-10);
    close(NEVER + mean(&tree.all_paths(1.0, false), |p| p.policy), OPTIMUM, 1e-10);
    close(NEVER + mean(&tree.all_paths(0.0, true), |p| p.foresight), 29.929_752_066_1, 1e-10);
}

#[test]
fn the_ideal_martingale_closes_the_gap_on_every_path_of_the_tree() {
    for path in Tree::new().all_paths(1.0, false) {
        close(NEVER + path.upper, OPTIMUM, 1e-9);
        close(NEVER + path.controlled, OPTIMUM, 1e-9);
    }
}

#[test]
fn any_share_of_the_martingale_bounds_the_tree() {
    for share in [0.0, 0.3, 0.7, 1.5, -1.0] {
        let paths = Tree::new().all_paths(share, false);
        assert!(NEVER + mean(&paths, |p| p.upper) >= OPTIMUM - 1e-9, "{share}");
        assert!(paths.iter().all(|p| p.upper >= p.controlled - 1e-12 && p.foresight >= p.policy - 1e-12));
    }
    let without = Tree::new().all_paths(0.0, false);
    assert!(without.iter().all(|p| p.upper == p.foresight && p.controlled == p.policy));
}

/// Bounds of a conversion whose offers come by a law of sizes and of rent classes that scale the new margin.
fn bounds_of(
    problem: &BlockConversion,
    line: HallLine,
    sizes: &[f64],
    classes: &[(f64, f64)],
    n_pairs: usize,
) -> Bounds {
    let factors = Factors {
        retained: [1.0, 1.0],
        noise: problem.volatility.map(|v| v / 12.0_f64.sqrt()),
        correlation: problem.correlation,
    };
    let kernel = Kernel::for_horizon(factors, 1.0, problem.months as u32);
    let graph = StateGraph::new(line, 1_000).unwrap();
    let dates = problem.exchange().dates;
    let gain = |t: usize, z: [f64; 2], scale: f64| {
        let date = dates[t];
        let level = |i: usize| (z[i] - 0.5 * problem.volatility[i].powi(2) * date.years).exp();
        scale * date.receive * level(0) - date.pay * level(1) - date.cost
    };
    let stage = |t: usize| Stage {
        gain: classes
            .iter()
            .flat_map(|(scale, _)| (0..kernel.n_nodes()).map(|node| gain(t, kernel.deviations(node), *scale)))
            .collect(),
        class_probability: classes.iter().map(|(_, p)| *p).collect(),
        size_probability: sizes.to_vec(),
    };
    let stages: Vec<Stage> = (0..problem.months).map(stage).collect();
    let paths = BoundPaths::antithetic(1, n_pairs, &stages);
    let gains_at = |t: usize, z: [f64; 2], out: &mut [f64]| {
        for (out, (scale, _)) in out.iter_mut().zip(classes) {
            *out = gain(t, z, *scale);
        }
    };
    bounds(&kernel, &graph, 1.0, &stages, &gains_at, &paths)
}

fn assert_ordered(bounds: &Bounds) {
    for path in &bounds.paths {
        assert!(path.upper >= path.controlled - 1e-9 * (1.0 + path.controlled.abs()), "{path:?}");
        assert!(path.foresight >= path.policy - 1e-9 * (1.0 + path.policy.abs()), "{path:?}");
    }
    assert!(bounds.gap.mean >= 0.0 && bounds.upper.mean <= bounds.foresight.mean);
}

#[test]
fn five_blocks_are_bounded_within_a_thousandth() {
    let never = FIVE_BLOCKS.never();
    let bounds = bounds_of(&FIVE_BLOCKS, line(5, 1, vec![1.0]), &[1.0], &[(1.0, 1.0)], 500);
    assert_ordered(&bounds);
    let value = 248.2785;
    let (lower, upper) = (never + bounds.controlled.mean, never + bounds.upper.mean);
    assert!((lower - value).abs() < 1e-3 * value && (upper - value).abs() < 1e-3 * value, "{lower} {upper}");
    // Either side of the known value, within sampling error.
    assert!(lower <= value + 3.0 * bounds.controlled.standard_error, "{bounds:?}");
    assert!(upper >= value - 3.0 * bounds.upper.standard_error, "{bounds:?}");
    // The plain policy has the same mean and a far larger error.
    let apart = (bounds.policy.mean - bounds.controlled.mean).abs();
    assert!(apart < 4.0 * bounds.policy.standard_error);
    assert!(bounds.policy.standard_error > 20.0 * bounds.controlled.standard_error);
}

#[test]
fn offers_that_come_at_random_are_bounded_too() {
    let problem = BlockConversion { months: 36, blocks: 4, cost: 12.0, ..FIVE_BLOCKS };
    let line = HallLine { max_under_construction_mw: 2.0, ..line(4, 3, vec![1.0, 2.0]) };
    let classes = [(0.8, 0.3), (1.0, 0.4), (1.25, 0.3)];
    let bounds = bounds_of(&problem, line, &[0.2, 0.15], &classes, 300);
    assert_ordered(&bounds);
    let scale = problem.never() + bounds.on_grid;
    assert!(bounds.gap.mean < 1e-3 * scale, "{:?}", bounds.gap);
    assert!((bounds.controlled.mean - bounds.on_grid).abs() < 1e-3 * scale, "{:?}", bounds.controlled);
    // Were the offers left out of the penalty, the inner problem would see them for nothing.
    assert!(bounds.foresight.mean > bounds.upper.mean + 0.01 * scale);
}

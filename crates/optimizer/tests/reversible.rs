//! Reversible switching on the Gaussian grid: closed forms at no cost, statics and the irreversible problem at endless cost.

use market::normal_table::normal_cdf;
use optimizer::backward::{KeepNothing, Stage, solve};
use optimizer::kernel::{Factors, Kernel};
use optimizer::reversible::{Reversible, ReversibleError};
use optimizer::states::{HallLine, StateGraph};

const MONTHS: usize = 24;
const DISCOUNT: f64 = 0.99;
const FACTORS: Factors = Factors { retained: [0.96, 0.98], noise: [0.12, 0.05], correlation: 0.25 };
/// First month's mining and hosting and their growth by month.
const LEVEL: [f64; 2] = [1.0, 1.02];
const GROWTH: [f64; 2] = [0.993, 1.002];

/// Standard deviations of the two logs after `t` months, and their covariance.
fn law(t: usize) -> ([f64; 2], f64) {
    let [a, b] = FACTORS.retained;
    let [s1, s2] = FACTORS.noise;
    let sum = |x: f64| (0..t).map(|k| x.powi(k as i32)).sum::<f64>();
    ([s1 * sum(a * a).sqrt(), s2 * sum(b * b).sqrt()], FACTORS.correlation * s1 * s2 * sum(a * b))
}

fn expected(i: usize, t: usize) -> f64 {
    LEVEL[i] * GROWTH[i].powi(t as i32)
}

/// Lognormal rewards with the stated expectation.
fn problem(kernel: &Kernel, cost: [f64; 2]) -> Reversible {
    let reward = |t: usize| {
        let (deviation, _) = law(t);
        (0..2)
            .flat_map(|i| {
                (0..kernel.n_nodes()).map(move |node| {
                    expected(i, t) * (kernel.deviations(node)[i] - 0.5 * deviation[i].powi(2)).exp()
                })
            })
            .collect()
    };
    Reversible {
        reward: (0..MONTHS).map(reward).collect(),
        cost: vec![vec![0.0, cost[0]], vec![cost[1], 0.0]],
        discount: DISCOUNT,
    }
}

fn value(h: f64, cost: [f64; 2]) -> [f64; 2] {
    let kernel = Kernel::for_horizon(FACTORS, h, MONTHS as u32);
    problem(&kernel, cost).value(&kernel).unwrap().try_into().unwrap()
}

fn statics() -> [f64; 2] {
    [0, 1].map(|i| (0..MONTHS).map(|t| DISCOUNT.powi(t as i32) * expected(i, t)).sum())
}

/// `E[max(A, B)]` of two lognormals (Margrabe, 1978).
fn expected_better(t: usize) -> f64 {
    let ([s1, s2], covariance) = law(t);
    let [a, b] = [expected(0, t), expected(1, t)];
    let spread = (s1 * s1 + s2 * s2 - 2.0 * covariance).max(0.0).sqrt();
    if spread == 0.0 {
        return a.max(b);
    }
    let d = (a / b).ln() / spread + 0.5 * spread;
    b + a * normal_cdf(d) - b * normal_cdf(d - spread)
}

#[test]
fn without_cost_each_month_goes_to_the_better_use() {
    let better: f64 = (0..MONTHS).map(|t| DISCOUNT.powi(t as i32) * expected_better(t)).sum();
    for found in value(0.25, [0.0; 2]) {
        // The error of the trapezoid sum at the kink.
        assert!((found / better - 1.0).abs() < 1e-4, "{found} {better}");
    }
    assert!(better > 1.01 * statics()[0].max(statics()[1]), "the right to switch is worth something");
}

#[test]
fn endless_cost_keeps_the_opening_use() {
    for (found, expected) in value(1.0, [f64::INFINITY; 2]).into_iter().zip(statics()) {
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
    }
    // One free change and no way back from either: the better static at least, and the right to wait for it.
    let [from_mining, from_hosting] = value(1.0, [0.0, f64::INFINITY]);
    assert!(from_mining >= statics()[0].max(statics()[1]));
    assert!((from_hosting / statics()[1] - 1.0).abs() < 1e-6);
}

#[test]
fn without_a_way_back_it_is_the_irreversible_problem() {
    let cost = 0.8;
    let kernel = Kernel::for_horizon(FACTORS, 1.0, MONTHS as u32);
    let reversible = problem(&kernel, [cost, f64::INFINITY]);
    // Mining and hosting for ever from each node, on the same grid.
    let n = kernel.n_nodes();
    let mut gains = vec![Vec::new(); MONTHS];
    let statics = |i: usize| {
        let alone = Reversible {
            reward: reversible.reward.iter().map(|month| month[i * n..][..n].to_vec()).collect(),
            cost: vec![vec![0.0]],
            discount: DISCOUNT,
        };
        alone.value(&kernel).unwrap()[0]
    };
    let mut ahead = [vec![0.0; n], vec![0.0; n]];
    for t in (0..MONTHS).rev() {
        for (i, ahead) in ahead.iter_mut().enumerate() {
            let wide: Vec<f64> = ahead.iter().flat_map(|v| [*v; optimizer::kernel::BLOCK]).collect();
            let (mut half, mut later) = (wide.clone(), wide.clone());
            kernel.expect(&wide, &mut half, &mut later);
            for (node, ahead) in ahead.iter_mut().enumerate() {
                *ahead =
                    reversible.reward[t][i * n + node] + DISCOUNT * later[node * optimizer::kernel::BLOCK];
            }
        }
        gains[t] = ahead[1].iter().zip(&ahead[0]).map(|(hosting, mining)| hosting - mining - cost).collect();
    }
    let line = HallLine {
        gross_mw: vec![1.0],
        kind: vec![0],
        lead_months: 1,
        max_under_construction_mw: 1.0,
        max_committed_mw: 1.0,
        offer_sizes_mw: vec![1.0],
    };
    let graph = StateGraph::new(line, 10).unwrap();
    let stages: Vec<Stage> = gains
        .into_iter()
        .map(|gain| Stage { gain, class_probability: vec![1.0], size_probability: vec![1.0] })
        .collect();
    let (option, _) = solve(&kernel, &graph, DISCOUNT, &stages, &KeepNothing, kernel.origin());
    let found = reversible.value(&kernel).unwrap()[0];
    let expected = statics(0) + option;
    assert!(option > 0.0 && (found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn a_dearer_change_is_never_worth_more() {
    let mut last = [f64::INFINITY; 2];
    for cost in [0.0, 0.05, 0.2, 0.8, 3.0, f64::INFINITY] {
        let found = value(1.0, [cost, 0.5 * cost]);
        assert!(found.iter().zip(last).all(|(found, last)| *found <= last), "{cost}: {found:?} {last:?}");
        // A use before is worth at most the change to it more than the other.
        assert!(found[0] >= found[1] - cost && found[1] >= found[0] - 0.5 * cost);
        last = found;
    }
}

#[test]
fn faults_are_named() {
    let kernel = Kernel::for_horizon(FACTORS, 1.5, 2);
    let changed = |change: &dyn Fn(&mut Reversible)| {
        let mut problem = problem(&kernel, [1.0, 1.0]);
        change(&mut problem);
        problem.value(&kernel).unwrap_err()
    };
    assert_eq!(changed(&|p| p.cost.clear()), ReversibleError::Uses(0));
    for change in [
        &(|p: &mut Reversible| p.cost[0][1] = -1.0) as &dyn Fn(&mut Reversible),
        &|p| p.cost[0][1] = f64::NAN,
        &|p| p.cost[1][1] = 0.5,
        &|p| p.cost[1].push(0.0),
    ] {
        assert_eq!(changed(change), ReversibleError::Table { table: "cost" });
    }
    assert_eq!(changed(&|p| p.reward[3][0] = f64::INFINITY), ReversibleError::Table { table: "reward" });
    assert_eq!(changed(&|p| p.reward[0].truncate(1)), ReversibleError::Table { table: "reward" });
    assert_eq!(changed(&|p| p.discount = 0.0), ReversibleError::Discount(0.0));
    assert_eq!(changed(&|p| p.discount = 1.1), ReversibleError::Discount(1.1));
}

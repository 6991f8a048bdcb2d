//! Problems with known optima, solved by the same code as the campus.

use optimizer::backward::{KeepNothing, Stage, solve};
use optimizer::kernel::{Factors, Kernel};
use optimizer::states::{HallLine, StateGraph};

/// Reference problem 2: five blocks, two factors, 60 months, irreversible.
struct FiveBlocks {
    blocks: usize,
    months: usize,
    ai: f64,
    mining: f64,
    growth: [f64; 2],
    volatility: [f64; 2],
    correlation: f64,
    rate: f64,
    cost: f64,
}

const PROBLEM_2: FiveBlocks = FiveBlocks {
    blocks: 5,
    months: 60,
    ai: 1.6,
    mining: 0.9,
    growth: [-0.03, -0.06],
    volatility: [0.30, 0.60],
    correlation: 0.2,
    rate: 0.10,
    cost: 24.0,
};

impl FiveBlocks {
    fn never(&self) -> f64 {
        let monthly = ((self.growth[1] - self.rate) / 12.0).exp();
        (0..self.months).map(|k| self.blocks as f64 * self.mining * monthly.powi(k as i32)).sum()
    }

    /// Value of the option to convert, from the backward induction on a grid of spacing `h`.
    fn option(&self, h: f64) -> f64 {
        let factors = Factors {
            retained: [1.0, 1.0],
            noise: self.volatility.map(|v| v / 12.0_f64.sqrt()),
            correlation: self.correlation,
        };
        let kernel = Kernel::for_horizon(factors, h, self.months as u32);
        let line = HallLine {
            gross_mw: vec![1.0; self.blocks],
            kind: vec![0; self.blocks],
            lead_months: 1,
            max_under_construction_mw: 1.0,
            max_committed_mw: f64::INFINITY,
            offer_sizes_mw: vec![1.0],
        };
        let graph = StateGraph::new(line, 100).unwrap();
        let stages: Vec<Stage> = (0..self.months)
            .map(|k| {
                let years = k as f64 / 12.0;
                // Expected months from now on, discounted to this stage: this one is lost, later ones change use.
                let later = |g: f64| -> f64 {
                    (1..self.months - k).map(|j| ((g - self.rate) * j as f64 / 12.0).exp()).sum()
                };
                let gain = (0..kernel.n_nodes())
                    .map(|node| {
                        let z = kernel.deviations(node);
                        let level = |i: usize, start: f64| {
                            start * (z[i] + (self.growth[i] - 0.5 * self.volatility[i].powi(2)) * years).exp()
                        };
                        let (ai, mining) = (level(0, self.ai), level(1, self.mining));
                        ai * later(self.growth[0]) - mining * (1.0 + later(self.growth[1])) - self.cost
                    })
                    .collect();
                Stage { gain, class_probability: vec![1.0], size_probability: vec![1.0] }
            })
            .collect();
        let discount = (-self.rate / 12.0).exp();
        solve(&kernel, &graph, discount, &stages, &KeepNothing, kernel.origin()).0
    }
}

#[test]
fn reference_problem_2_reaches_its_value() {
    assert!((PROBLEM_2.never() - 187.093).abs() < 1e-3, "{}", PROBLEM_2.never());
    let value = PROBLEM_2.never() + PROBLEM_2.option(0.8);
    assert!((value - 248.2785).abs() < 0.01, "{value}");
}

#[test]
fn the_value_does_not_drift_with_the_grid() {
    let (coarse, fine) = (PROBLEM_2.option(1.0), PROBLEM_2.option(0.6));
    assert!((coarse - fine).abs() < 0.02, "{coarse} {fine}");
}

#[test]
fn conversion_that_costs_too_much_is_never_worth_anything() {
    let dear = FiveBlocks { cost: 1e6, ..PROBLEM_2 };
    assert_eq!(dear.option(1.0), 0.0);
}

#[test]
fn without_noise_the_value_is_the_deterministic_optimum() {
    let calm = FiveBlocks { volatility: [1e-9, 1e-9], growth: [0.05, -0.20], ..PROBLEM_2 };
    // All paths are one path: the best date for each block, one block a month, by trying every first date.
    let gain = |k: usize| {
        let years = |j: usize| j as f64 / 12.0;
        let discounted = |j: usize, flow: f64| flow * (-calm.rate * years(j)).exp();
        let ai = |j: usize| discounted(j, calm.ai * (calm.growth[0] * years(j)).exp());
        let mining = |j: usize| discounted(j, calm.mining * (calm.growth[1] * years(j)).exp());
        (k + 1..calm.months).map(|j| ai(j) - mining(j)).sum::<f64>() - mining(k) - discounted(k, calm.cost)
    };
    let gains: Vec<f64> = (0..calm.months).map(gain).collect();
    // One block a month at most: choose the five best distinct months.
    let mut best = gains.clone();
    best.sort_by(|a, b| b.total_cmp(a));
    let expected: f64 = best.iter().take(calm.blocks).map(|g| g.max(0.0)).sum();
    let value = calm.option(1.0);
    assert!((value - expected).abs() < 1e-4 * expected.max(1.0), "{value} {expected}");
}

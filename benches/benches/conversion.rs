//! Time of the conversion problems: five blocks over sixty months, a Bermudan exchange of twenty dates, and the bounds of the
//! first on a thousand paths.
//!
//! Values are printed beside the times, for a fast wrong answer is none. A slowdown of the first two means that the sums over
//! neighbours no longer vectorise. Run with `RAYON_NUM_THREADS=1` for one core; the exchange solver uses one in any case.

#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "criterion's macros generate undocumented items; values are printed"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use optimizer::backward::Stage;
use optimizer::bound::{BoundPaths, bounds};
use optimizer::exchange::{BermudanExchange, BlockConversion};
use optimizer::kernel::{Factors, Kernel};
use optimizer::states::{HallLine, StateGraph};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Rounds behind each printed median.
const ROUNDS: usize = 101;

const FIVE_BLOCKS: BlockConversion = BlockConversion {
    blocks: 5,
    blocks_per_month: 1,
    months: 60,
    margin: [1.6, 0.9],
    growth: [-0.03, -0.06],
    volatility: [0.30, 0.60],
    correlation: 0.2,
    rate: 0.10,
    cost: 24.0,
};

fn twenty_dates() -> BermudanExchange {
    BermudanExchange {
        price: [10.0, 8.0],
        dividend_yield: [0.05, 0.12],
        volatility: [0.30, 0.55],
        correlation: 0.25,
        rate: 0.06,
        strike: 2.0,
        years: (1..=20).map(|i| (1825.0 * f64::from(i) / 20.0).round() / 365.0).collect(),
    }
}

/// Median of the time of some work in milliseconds, and its last value.
fn median_ms(rounds: usize, mut work: impl FnMut() -> f64) -> (f64, f64) {
    let mut value = 0.0;
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            value = black_box(work());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[rounds / 2], value)
}

fn exchanges(c: &mut Criterion) {
    let five = FIVE_BLOCKS.exchange();
    let never = FIVE_BLOCKS.never();
    let twenty = twenty_dates().exchange();
    for (name, spacings) in [("default", five.spacings()), ("finer", [0.6, 0.4])] {
        let (ms, value) = median_ms(ROUNDS, || five.solve_on(spacings).map_or(f64::NAN, |v| never + v.value));
        println!("five blocks, {name} spacings {spacings:.2?}: {value:.5} in {ms:.2} ms");
    }
    let (ms, value) = median_ms(ROUNDS, || twenty.solve().map_or(f64::NAN, |v| v.value));
    println!("twenty dates, default spacings {:.2?}: {value:.6} in {ms:.2} ms", twenty.spacings());
    c.bench_function("conversion/five blocks", |b| b.iter(|| black_box(&five).solve()));
    c.bench_function("conversion/twenty dates", |b| b.iter(|| black_box(&twenty).solve()));
}

fn bound(c: &mut Criterion) {
    let problem = FIVE_BLOCKS;
    let factors = Factors {
        retained: [1.0, 1.0],
        noise: problem.volatility.map(|v| v / 12.0_f64.sqrt()),
        correlation: problem.correlation,
    };
    let kernel = Kernel::for_horizon(factors, 1.0, problem.months as u32);
    let line = HallLine {
        gross_mw: vec![1.0; problem.blocks],
        kind: vec![0; problem.blocks],
        lead_months: 1,
        max_under_construction_mw: 1.0,
        max_committed_mw: f64::INFINITY,
        offer_sizes_mw: vec![1.0],
    };
    let graph = StateGraph::new(line, 100).expect("six states");
    let dates = problem.exchange().dates;
    let gain = |t: usize, z: [f64; 2]| {
        let date = dates[t];
        let level = |i: usize| (z[i] - 0.5 * problem.volatility[i].powi(2) * date.years).exp();
        date.receive * level(0) - date.pay * level(1) - date.cost
    };
    let stages: Vec<Stage> = (0..problem.months)
        .map(|t| Stage {
            gain: (0..kernel.n_nodes()).map(|node| gain(t, kernel.deviations(node))).collect(),
            class_probability: vec![1.0],
            size_probability: vec![1.0],
        })
        .collect();
    let paths = BoundPaths::antithetic(1, 500, &stages);
    let gains_at = |t: usize, z: [f64; 2], out: &mut [f64]| out[0] = gain(t, z);
    let work = || bounds(&kernel, &graph, 1.0, &stages, &gains_at, &paths);
    let found = work();
    let (ms, _) = median_ms(11, || work().gap.mean);
    let never = problem.never();
    println!(
        "bounds of five blocks, 1,000 paths: {:.4} ± {:.4} to {:.4} ± {:.4}, gap {:.4} ± {:.4}, in {ms:.0} ms",
        never + found.controlled.mean,
        found.controlled.standard_error,
        never + found.upper.mean,
        found.upper.standard_error,
        found.gap.mean,
        found.gap.standard_error,
    );
    c.bench_function("conversion/bounds of five blocks", |b| b.iter(work));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = exchanges, bound
}
criterion_main!(benches);

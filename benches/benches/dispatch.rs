//! Time of an optimal dispatch, build and solve, beside one pass over the prices.
//!
//! A year of a 100 MW campus with five loads, a ramp, an annual and twelve monthly budgets and a cap on curtailment: by hour,
//! by quarter-hour, and again from the multipliers of a neighbouring case as a sweep would. Then a hundred other cases of the
//! class. Prices are synthetic, so that the benchmark needs no file. The ratios come from medians of interleaved rounds.

#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "criterion's macros generate undocumented items; ratios are printed"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use dispatch::{Budget, BudgetOf, Case, Load, Series, Side, optimal, optimal_from};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Rounds behind each printed median.
const ROUNDS: usize = 101;

/// Prices of a year: season, day and autocorrelated noise, with spikes and negative hours.
fn prices(steps_per_hour: usize, rng: &mut SmallRng) -> Vec<f64> {
    let (mut noise, mut spike) = (0.0_f64, 0_u32);
    (0..8760 * steps_per_hour)
        .map(|t| {
            let hour = t as f64 / steps_per_hour as f64;
            let day = (2.0 * std::f64::consts::PI * (hour - 9.0) / 24.0).sin();
            let season = (2.0 * std::f64::consts::PI * (hour / 8760.0 - 0.3)).sin();
            let shock: f64 = StandardNormal.sample(rng);
            noise = 0.95_f64.powf(1.0 / steps_per_hour as f64) * noise + 0.15 * shock;
            if spike == 0 && rng.random_bool(0.006 / steps_per_hour as f64) {
                spike = rng.random_range(1..6) * steps_per_hour as u32;
            }
            spike = spike.saturating_sub(1);
            let level = (3.5 + 0.25 * day + 0.15 * season + noise).exp();
            let price = if spike > 0 {
                level * 30.0
            } else if rng.random_bool(0.03) {
                -8.0
            } else {
                level
            };
            (price.min(5_000.0) * 100.0).round() / 100.0
        })
        .collect()
}

fn load(name: &str, mw: f64, value: f64, pue: f64, ramp: Option<f64>) -> Load {
    Load {
        name: name.to_owned(),
        capacity_it_mw: Series::Constant(mw),
        value_usd_per_it_mwh: Series::Constant(value),
        pue,
        ramp_it_mw_per_hour: ramp,
        restart: None,
    }
}

/// What varies from case to case.
struct Terms {
    steps_per_hour: usize,
    interconnect_mw: f64,
    ramp: f64,
    inference_share: f64,
    training_share: f64,
    curtailed_mw: f64,
}

const REFERENCE: Terms = Terms {
    steps_per_hour: 1,
    interconnect_mw: 100.0,
    ramp: 10.0,
    inference_share: 0.995,
    training_share: 0.95,
    curtailed_mw: 2.0,
};

/// The campus, its budgets and `price`.
fn campus(price: Vec<f64>, terms: &Terms) -> Case {
    let (steps, hours) = (price.len(), 1.0 / terms.steps_per_hour as f64);
    let mut case = Case {
        step_hours: hours,
        price_usd_per_mwh: price,
        interconnect_mw: Series::Constant(terms.interconnect_mw),
        loads: vec![
            load("asic_old", 30.0, 45.0, 1.03, None),
            load("asic_mid", 30.0, 60.0, 1.03, None),
            load("asic_new", 20.0, 80.0, 1.03, None),
            load("inference", 20.0, 250.0, 1.25, None),
            load("training", 30.0, 180.0, 1.20, Some(terms.ramp)),
        ],
        budgets: Vec::new(),
        block: None,
        reserves: Vec::new(),
    };
    let least = |name: String, load: usize, steps: std::ops::Range<usize>, share: f64| {
        let mw = case.loads[load].capacity_it_mw.at(0);
        let mwh = share * mw * steps.len() as f64 * hours;
        Budget { name, of: BudgetOf::Load(load), side: Side::AtLeast, steps, mwh }
    };
    let mut budgets = vec![least("inference".to_owned(), 3, 0..steps, terms.inference_share)];
    for month in 0..12 {
        let steps = month * steps / 12..(month + 1) * steps / 12;
        budgets.push(least(format!("training {month}"), 4, steps, terms.training_share));
    }
    budgets.push(Budget::curtailment_cap(&case, "curtailment", 0..steps, terms.curtailed_mw * 8760.0));
    case.budgets = budgets;
    case
}

/// The same campus under other terms: what a user of the class may bring.
fn varied(seed: u64) -> Case {
    let mut rng = SmallRng::seed_from_u64(seed);
    let interconnect_mw = rng.random_range(56.0..200.0_f64);
    let terms = Terms {
        steps_per_hour: 1,
        interconnect_mw,
        ramp: rng.random_range(1.0..30.0),
        inference_share: rng.random_range(0.9..1.0),
        training_share: rng.random_range(0.5..1.0),
        curtailed_mw: (interconnect_mw - 143.4).max(0.0) + rng.random_range(0.3..20.0),
    };
    let mut price = prices(1, &mut rng);
    match rng.random_range(0..8) {
        0 => price.iter_mut().for_each(|p| *p = 50.0),
        1 => price.iter_mut().for_each(|p| *p = (*p / 25.0).round() * 25.0),
        2 => price.iter_mut().for_each(|p| *p *= 2.0),
        3 => (0..price.len()).for_each(|t| price.swap(t, rng.random_range(0..8760))),
        4 => price.iter_mut().for_each(|p| *p = if *p > 60.0 { 5_000.0 } else { *p - 40.0 }),
        _ => {}
    }
    let mut case = campus(price, &terms);
    if rng.random_bool(0.2) {
        case.loads.drain(..3);
        case.budgets.pop();
        case.budgets
            .iter_mut()
            .for_each(|budget| budget.of = BudgetOf::Load(usize::from(budget.name.starts_with('t'))));
    }
    for extra in 0..rng.random_range(0..8_usize) {
        let value = if rng.random_bool(0.3) { 50.0 } else { rng.random_range(20.0..300.0) };
        case.loads.push(load(&format!("extra {extra}"), rng.random_range(2.0..20.0), value, 1.1, None));
    }
    if rng.random_bool(0.4) {
        let demand = |t: usize| 20.0 * (0.75 + 0.25 * (t as f64 / 24.0 * std::f64::consts::TAU).sin());
        let inference = case.loads.iter().position(|load| load.name == "inference").expect("it is there");
        case.loads[inference].capacity_it_mw = Series::Steps((0..8760).map(demand).collect());
        case.budgets[0].mwh *= 0.75;
    }
    case
}

/// Prices of the shared reference problem, if it stands beside the project.
fn reference_prices() -> Option<Vec<f64>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/reference/dispatch_100mw/hourly.csv");
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().skip(1).map(|line| line.split(',').nth(2)?.parse().ok()).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// Prints medians of a year in steps of `1 / steps_per_hour` hours, and their ratio to one sum over the prices.
fn print_year(name: &str, steps_per_hour: usize, price: Vec<f64>) {
    let terms = Terms { steps_per_hour, ..REFERENCE };
    let warm = optimal(&campus(price.clone(), &terms)).expect("an optimum");
    let multipliers = warm.multipliers.expect("multipliers").budget_usd_per_mwh;
    let neighbour = Terms { ramp: 11.0, training_share: 0.945, ..terms };
    let (mut pass, mut cold, mut warmed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        pass.push(timed(|| black_box(&price).iter().sum::<f64>()));
        cold.push(timed(|| optimal(&campus(price.clone(), &terms))));
        warmed.push(timed(|| optimal_from(&campus(price.clone(), &neighbour), &multipliers)));
    }
    let (pass, cold, warmed) = (median(pass), median(cold), median(warmed));
    let ratio = |time: Duration| time.as_secs_f64() / pass.as_secs_f64();
    println!(
        "{name}, {} steps: {cold:?} cold ({:.0} passes over the prices), {warmed:?} warm ({:.0}); {:?}, gap {:.1e}",
        price.len(),
        ratio(cold),
        ratio(warmed),
        warm.effort,
        warm.certificate.relative_gap
    );
}

/// Prints how long cases of the class take.
fn print_class() {
    let (mut times, mut infeasible, mut worst_gap) = (Vec::new(), 0, 0.0_f64);
    for seed in 0..100 {
        let case = varied(seed);
        match optimal(&case) {
            Ok(found) => worst_gap = worst_gap.max(found.certificate.relative_gap.abs()),
            Err(_) => infeasible += 1,
        }
        let time = median((0..5).map(|_| timed(|| optimal(&case))).collect());
        if time > Duration::from_millis(5) {
            println!("  case {seed}: {time:?} {:?}", optimal(&case).map(|found| found.effort));
        }
        times.push(time);
    }
    times.sort_unstable();
    println!(
        "100 varied cases: median {:?}, nine of ten within {:?}, longest {:?}; {infeasible} infeasible, largest gap {worst_gap:.1e}",
        times[50], times[89], times[99]
    );
}

fn dispatch_year(criterion: &mut Criterion) {
    let price = prices(1, &mut SmallRng::seed_from_u64(1));
    criterion.bench_function("dispatch/year of hours", |bench| {
        bench.iter(|| optimal(&campus(black_box(price.clone()), &REFERENCE)));
    });
    match reference_prices() {
        Some(price) => print_year("reference prices", 1, price),
        None => println!("skipped: the shared reference problem is absent"),
    }
    print_year("synthetic", 1, price);
    print_year("synthetic", 4, prices(4, &mut SmallRng::seed_from_u64(1)));
    print_class();
}

criterion_group!(benches, dispatch_year);
criterion_main!(benches);

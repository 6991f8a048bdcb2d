//! The exchange solver against a scalar copy of itself, a binomial tree, the general solver and finer grids.

mod common;

use common::{FIVE_BLOCKS, Uniform, close, quarterly};
use optimizer::backward::{KeepNothing, Stage, solve};
use optimizer::exchange::{BlockConversion, Exchange};
use optimizer::kernel::{Factors, Kernel};
use optimizer::states::{HallLine, StateGraph};

/// The same recursion over whole square grids in scalar code, with the maximum over numbers of units written out where no kink is smoothed.
struct Scalar<'a> {
    exchange: &'a Exchange,
    h: f64,
    half: isize,
}

impl Scalar<'_> {
    fn gain(&self, date: usize, i: isize, j: isize) -> f64 {
        let e = self.exchange;
        let (date, unit) = (e.dates[date], e.dates[1].years - e.dates[0].years);
        let rho = e.correlation;
        let u = [i, j].map(|n| n as f64 * self.h * unit.sqrt());
        let brownian = [u[0], rho * u[0] + (1.0 - rho * rho).sqrt() * u[1]];
        let level = |k: usize| (e.volatility[k] * (brownian[k] - 0.5 * e.volatility[k] * date.years)).exp();
        date.receive * level(0) - date.pay * level(1) - date.cost
    }

    fn at(&self, i: isize, j: isize) -> usize {
        let clamp = |n: isize| (n.clamp(-self.half, self.half) + self.half) as usize;
        clamp(i) * (2 * self.half + 1) as usize + clamp(j)
    }

    fn expectation(&self, w: &[f64], i: isize, j: isize) -> f64 {
        let reach = (5.5 / self.h).ceil() as isize;
        let weight = |r: isize| (-0.5 * (r as f64 * self.h).powi(2)).exp();
        let total: f64 = (-reach..=reach).map(weight).sum();
        let row = |r: isize| -> f64 {
            (-reach..=reach).map(|c| weight(c) * w[self.at(i + r, j + c)]).sum::<f64>() / total
        };
        (-reach..=reach).map(|r| weight(r) * row(r)).sum::<f64>() / total
    }

    /// Smoothed positive part of `d(i, j)`, by averaging it over boxes in closed form along one direction and midpoints along the other.
    fn positive(&self, d: &impl Fn(isize, isize) -> f64, i: isize, j: isize) -> f64 {
        let here = d(i, j);
        let p = 0.5 * (d(i + 1, j) - d(i - 1, j));
        let q = 0.5 * (d(i, j + 1) - d(i, j - 1));
        if here.abs() >= p.abs() + q.abs() {
            return here.max(0.0);
        }
        let line = |centre: f64, width: f64| {
            let half = 0.5 * width * q.abs();
            if half < 1e-9 * p.abs() {
                return centre.max(0.0);
            }
            let square = |x: f64| x.max(0.0).powi(2);
            (square(centre + half) - square(centre - half)) / (4.0 * half)
        };
        let n = 400;
        let area = |a: f64, b: f64| -> f64 {
            let centre = |k: i32| here + p * a * ((f64::from(k) + 0.5) / f64::from(n) - 0.5);
            (0..n).map(|k| line(centre(k), b)).sum::<f64>() / f64::from(n)
        };
        let along = |a: f64| 4.0 / 3.0 * area(a, 1.0) - 1.0 / 3.0 * area(a, 2.0);
        4.0 / 3.0 * along(1.0) - 1.0 / 3.0 * along(2.0)
    }

    /// Values by units left; kinks are smoothed when there is one unit only.
    fn value(&self) -> f64 {
        let e = self.exchange;
        let points: Vec<(isize, isize)> =
            (-self.half..=self.half).flat_map(|i| (-self.half..=self.half).map(move |j| (i, j))).collect();
        let mut w = vec![vec![0.0; points.len()]; e.units + 1];
        for date in (0..e.dates.len()).rev() {
            let ahead: Vec<Vec<f64>> =
                w.iter().map(|w| points.iter().map(|&(i, j)| self.expectation(w, i, j)).collect()).collect();
            for units in 1..=e.units {
                for &(i, j) in &points {
                    let at = self.at(i, j);
                    let of = |used: usize| used as f64 * self.gain(date, i, j) + ahead[units - used][at];
                    w[units][at] = if e.units == 1 && date > 0 {
                        let d = |i: isize, j: isize| self.gain(date, i, j) - ahead[1][self.at(i, j)];
                        ahead[1][at] + self.positive(&d, i, j)
                    } else {
                        (0..=e.units_per_date.min(units)).map(of).fold(f64::NEG_INFINITY, f64::max)
                    };
                }
            }
        }
        w[e.units][self.at(0, 0)]
    }
}

#[test]
fn fast_loops_equal_scalar_ones() {
    let exchange = quarterly(1, 1);
    let scalar = Scalar { exchange: &exchange, h: 0.8, half: 26 }.value();
    close(exchange.on_grid(0.8).unwrap(), scalar, 2e-4);
}

#[test]
fn groups_of_units_equal_every_number_of_units() {
    for (units, per_date) in [(5, 2), (3, 1), (4, 4)] {
        let exchange = quarterly(units, per_date);
        let scalar = Scalar { exchange: &exchange, h: 0.5, half: 34 }.value();
        let value = exchange.solve_on([0.5, 0.4]).unwrap().value;
        // The scalar code does not smooth, so its kinks are off by up to one part in a thousand.
        close(value, scalar, 1e-3 * value);
    }
}

#[test]
fn one_noisy_factor_equals_a_binomial_tree() {
    for volatility in [[0.5, 0.0], [0.0, 0.7]] {
        let problem = BlockConversion { volatility, months: 36, blocks: 3, cost: 12.0, ..FIVE_BLOCKS };
        let exchange = problem.exchange();
        let value = exchange.solve().unwrap().value;
        let (coarse, fine) = (binomial(&exchange, 24), binomial(&exchange, 48));
        close(value, 2.0 * fine - coarse, 1e-3 * value);
    }
}

/// A tree of `per_date` steps between dates that are equally far apart, for one noisy factor.
fn binomial(exchange: &Exchange, per_date: usize) -> f64 {
    let n = (exchange.dates.len() - 1) * per_date;
    let step = exchange.dates[1].years / per_date as f64;
    let up = exchange.volatility.map(|v| (v * step.sqrt()).exp());
    let p = [0, 1].map(|i| if up[i] > 1.0 { (1.0 - 1.0 / up[i]) / (up[i] - 1.0 / up[i]) } else { 0.5 });
    let p = if up[0] > 1.0 { p[0] } else { p[1] };
    let units = exchange.units;
    let mut w = vec![vec![0.0; units + 1]; n + 2];
    for t in (0..=n).rev() {
        for ups in 0..=t {
            let mut ahead: Vec<f64> =
                (0..=units).map(|m| p * w[ups + 1][m] + (1.0 - p) * w[ups][m]).collect();
            if t % per_date == 0 {
                let date = exchange.dates[t / per_date];
                let level = |i: usize| up[i].powi(2 * ups as i32 - t as i32);
                let gain = date.receive * level(0) - date.pay * level(1) - date.cost;
                for m in (1..=units).rev() {
                    ahead[m] = ahead[m].max(gain + ahead[m - 1]);
                }
            }
            w[ups] = ahead;
        }
    }
    w[0][units]
}

/// The right to convert by the general solver on a grid of spacing `h`.
fn by_the_general_solver(problem: &BlockConversion, h: f64) -> f64 {
    let factors = Factors {
        retained: [1.0, 1.0],
        noise: problem.volatility.map(|v| v / 12.0_f64.sqrt()),
        correlation: problem.correlation,
    };
    let kernel = Kernel::for_horizon(factors, h, problem.months as u32);
    let line = HallLine {
        gross_mw: vec![1.0; problem.blocks],
        kind: vec![0; problem.blocks],
        lead_months: 1,
        max_under_construction_mw: problem.blocks_per_month as f64,
        max_committed_mw: f64::INFINITY,
        offer_sizes_mw: vec![problem.blocks as f64],
    };
    let graph = StateGraph::new(line, 100).unwrap();
    let stages: Vec<Stage> = problem
        .exchange()
        .dates
        .iter()
        .map(|date| {
            let gain = |node: usize| {
                let z = kernel.deviations(node);
                let v = problem.volatility;
                let level = |i: usize| (z[i] - 0.5 * v[i] * v[i] * date.years).exp();
                date.receive * level(0) - date.pay * level(1) - date.cost
            };
            Stage {
                gain: (0..kernel.n_nodes()).map(gain).collect(),
                class_probability: vec![1.0],
                size_probability: vec![1.0],
            }
        })
        .collect();
    solve(&kernel, &graph, 1.0, &stages, &KeepNothing, kernel.origin()).0
}

#[test]
fn thirty_random_cases_equal_the_general_solver() {
    let mut uniform = Uniform(88_172_645_463_325_252);
    let mut worst: f64 = 0.0;
    for case in 0..32 {
        let problem = uniform.conversion();
        let value = problem.exchange().solve().unwrap().value;
        let general = by_the_general_solver(&problem, 0.5);
        // Money at stake beside which the general solver's own error, its unsmoothed kinks, is to be seen.
        let scale = value.max(0.05 * problem.never());
        worst = worst.max((value - general).abs() / scale);
        assert!((value - general).abs() < 5e-4 * scale, "case {case}: {value} {general} {problem:?}");
    }
    // They are not one code: some difference there must be.
    assert!(worst > 1e-9);
}

#[test]
fn random_cases_do_not_move_on_finer_grids() {
    let mut uniform = Uniform(7_046_029_254_386_353_131);
    for case in 0..12 {
        let problem = uniform.conversion();
        let exchange = problem.exchange();
        let value = exchange.solve().unwrap().value;
        let [coarse, fine] = exchange.spacings();
        let finer = exchange.solve_on([0.7 * coarse, 0.7 * fine]).unwrap().value;
        let scale = value.max(0.05 * problem.never());
        assert!((value - finer).abs() < 1e-4 * scale, "case {case}: {value} {finer} {problem:?}");
    }
}

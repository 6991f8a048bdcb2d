//! The exchange solver against reference values, closed forms, a scalar copy of itself, a binomial tree and the general solver.

use market::normal_table::normal_cdf;
use optimizer::backward::{KeepNothing, Stage, solve};
use optimizer::exchange::{BermudanExchange, BlockConversion, Exchange, ExchangeDate, ExchangeError};
use optimizer::kernel::{Factors, Kernel};
use optimizer::states::{HallLine, StateGraph};

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

/// Uniform numbers by xorshift.
struct Uniform(u64);

impl Uniform {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        low + (high - low) * (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn count(&mut self, low: usize, high: usize) -> usize {
        (self.between(low as f64, high as f64 + 1.0) as usize).min(high)
    }

    fn conversion(&mut self) -> BlockConversion {
        BlockConversion {
            blocks: self.count(1, 5),
            blocks_per_month: self.count(1, 3),
            months: self.count(36, 60),
            margin: [1.6, 0.9].map(|m| m * self.between(0.6, 1.5)),
            growth: [self.between(-0.1, 0.1), self.between(-0.2, 0.1)],
            volatility: [self.between(0.05, 0.9), self.between(0.05, 0.9)],
            correlation: self.between(-0.8, 0.8),
            rate: self.between(0.02, 0.15),
            cost: self.between(5.0, 40.0),
        }
    }
}

fn close(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{value} instead of {expected}, within {tolerance}");
}

#[test]
fn five_blocks_reach_the_reference_value() {
    let exchange = FIVE_BLOCKS.exchange();
    for spacings in [[1.25, 1.0], [1.0, 0.8], [0.6, 0.4]] {
        let value = FIVE_BLOCKS.never() + exchange.solve_on(spacings).unwrap().value;
        close(value, 248.2785, 0.001);
    }
    close(FIVE_BLOCKS.never() + exchange.solve().unwrap().value, 248.2785, 0.001);
}

#[test]
fn twenty_dates_reach_the_reference_value() {
    let exchange = twenty_dates().exchange();
    for spacings in [[0.5, 0.4], [0.4, 0.3]] {
        close(exchange.solve_on(spacings).unwrap().value, 3.84873, 0.00002);
    }
    close(exchange.solve().unwrap().value, 3.84873, 0.00002);
}

#[test]
fn one_date_is_the_exchange_of_margrabe() {
    let cases = [
        ([100.0, 95.0], [0.0, 0.0], [0.6, 0.3], 0.2, 2.0, 35.337_867_010_2),
        ([100.0, 100.0], [0.03, 0.05], [0.4, 0.7], -0.1, 1.0, 32.254_170_426_5),
    ];
    for (price, dividend_yield, volatility, correlation, years, expected) in cases {
        let option = BermudanExchange {
            price,
            dividend_yield,
            volatility,
            correlation,
            rate: 0.05,
            strike: 0.0,
            years: vec![years],
        };
        close(option.exchange().solve_on([0.1, 0.08]).unwrap().value, expected, 1e-6 * expected);
        close(margrabe(&option, years), expected, 1e-9);
    }
}

#[test]
fn without_dividends_on_what_is_received_the_last_date_decides() {
    let option =
        BermudanExchange { dividend_yield: [0.0, 0.03], strike: 0.0, correlation: -0.4, ..twenty_dates() };
    close(option.exchange().solve().unwrap().value, margrabe(&option, 5.0), 1e-4);
}

fn margrabe(option: &BermudanExchange, years: f64) -> f64 {
    let [v1, v2] = option.volatility;
    let deviation = ((v1 * v1 + v2 * v2 - 2.0 * option.correlation * v1 * v2) * years).sqrt();
    let [s1, s2] = [0, 1].map(|i| option.price[i] * (-option.dividend_yield[i] * years).exp());
    let d1 = (s1 / s2).ln() / deviation + 0.5 * deviation;
    s1 * normal_cdf(d1) - s2 * normal_cdf(d1 - deviation)
}

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

/// Twelve quarterly dates with gains that fall.
fn quarterly(units: usize, units_per_date: usize) -> Exchange {
    let date = |k: usize| ExchangeDate {
        years: 0.25 * k as f64,
        receive: 30.0 - 2.0 * k as f64,
        pay: 14.0 - 0.8 * k as f64,
        cost: 14.0 * 0.98_f64.powi(k as i32),
    };
    Exchange {
        volatility: [0.35, 0.5],
        correlation: -0.3,
        dates: (0..8).map(date).collect(),
        units,
        units_per_date,
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

#[test]
fn zero_volatility_takes_the_best_dates() {
    let problem = BlockConversion { volatility: [0.0, 0.0], growth: [0.05, -0.2], ..FIVE_BLOCKS };
    let exchange = problem.exchange();
    let mut gains: Vec<f64> = exchange.dates.iter().map(|d| d.receive - d.pay - d.cost).collect();
    gains.sort_by(|a, b| b.total_cmp(a));
    let expected: f64 = gains.iter().take(5).map(|g| g.max(0.0)).sum();
    close(exchange.solve().unwrap().value, expected, 1e-9 * expected);
    let nearly = Exchange { volatility: [1e-6, 1e-6], ..exchange };
    close(nearly.solve().unwrap().value, expected, 1e-4 * expected);
}

#[test]
fn no_conversion_pays_at_an_infinite_cost() {
    let dear = BlockConversion { cost: 1e9, ..FIVE_BLOCKS };
    assert_eq!(dear.exchange().solve().unwrap().value, 0.0);
}

#[test]
fn value_scales_with_money_and_without_a_limit_with_units() {
    let exchange = quarterly(4, 4);
    let one = quarterly(1, 1).solve_on([0.5, 0.4]).unwrap().value;
    close(exchange.solve_on([0.5, 0.4]).unwrap().value, 4.0 * one, 1e-9 * one);
    let mut twice = exchange.clone();
    for date in &mut twice.dates {
        (date.receive, date.pay, date.cost) = (2.0 * date.receive, 2.0 * date.pay, 2.0 * date.cost);
    }
    close(twice.solve_on([0.5, 0.4]).unwrap().value, 8.0 * one, 1e-9 * one);
}

#[test]
fn more_dates_units_or_volatility_never_lower_the_value() {
    let value = |exchange: Exchange| exchange.solve_on([0.5, 0.4]).unwrap().value;
    let base = value(quarterly(2, 1));
    let mut fewer = quarterly(2, 1);
    fewer.dates.retain(|date| date.years != 0.5);
    assert!(value(fewer) <= base + 1e-6);
    assert!(value(quarterly(3, 1)) >= base && value(quarterly(2, 2)) >= base);
    assert!(value(Exchange { volatility: [0.45, 0.5], ..quarterly(2, 1) }) > base);
}

#[test]
fn a_perpetual_right_is_approached_by_long_dates() {
    // McDonald and Siegel: V 100, I 90, yields 6 and 4 %, volatilities 35 and 50 %, correlation 0.1.
    let expected = optimizer::real_options::perpetual_exchange([100.0, 90.0], [0.06, 0.04], [0.35, 0.5], 0.1)
        .unwrap()
        .value;
    close(expected, 51.085_130_115_3, 1e-9);
    let value = |step: f64| {
        let option = BermudanExchange {
            price: [100.0, 90.0],
            dividend_yield: [0.06, 0.04],
            volatility: [0.35, 0.5],
            correlation: 0.1,
            rate: 0.05,
            strike: 0.0,
            years: (0..=(120.0 / step) as u32).map(|k| f64::from(k) * step).collect(),
        };
        option.exchange().solve_on([0.8, 0.64]).unwrap().value
    };
    let (yearly, half_yearly) = (value(1.0), value(0.5));
    assert!(yearly < half_yearly && half_yearly < expected);
    // What discrete dates lose is of the order of their distance.
    close(2.0 * half_yearly - yearly, expected, 3e-3 * expected);
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

#[test]
fn faults_are_named() {
    let exchange = quarterly(1, 1);
    let fault = |change: &dyn Fn(&mut Exchange)| {
        let mut changed = exchange.clone();
        change(&mut changed);
        changed.solve().unwrap_err()
    };
    assert_eq!(fault(&|e| e.units = 0), ExchangeError::NoUnits);
    assert_eq!(fault(&|e| e.dates.clear()), ExchangeError::Dates { index: 0 });
    assert_eq!(fault(&|e| e.dates[3].years = 0.1), ExchangeError::Dates { index: 3 });
    assert!(fault(&|e| e.volatility[1] = f64::NAN).to_string().contains("volatility"));
    assert!(fault(&|e| e.correlation = 1.5).to_string().contains("correlation"));
    assert!(fault(&|e| e.dates[0].cost = f64::INFINITY).to_string().contains("cost"));
    assert!(matches!(fault(&|e| e.dates[1].years = 1e-9), ExchangeError::TooManyPoints { .. }));
}

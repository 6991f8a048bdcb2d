//! The exchange solver against reference values, closed forms, limits and regression on paths.

mod common;

use common::{FIVE_BLOCKS, Uniform, close, quarterly, twenty_dates};
use market::normal_table::{normal_cdf, normal_quantile};
use optimizer::exchange::{BermudanExchange, BlockConversion, Exchange, ExchangeError};
use optimizer::least_squares_monte_carlo::Stopping;

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

#[test]
fn a_perpetual_investment_is_approached_by_long_dates() {
    let expected =
        optimizer::real_options::perpetual_investment(100.0, 100.0, 0.05, 0.04, 0.3).unwrap().value;
    close(expected, 37.971_829_544_8, 1e-9);
    let value = |step: f64| {
        let option = BermudanExchange {
            price: [100.0, 0.0],
            dividend_yield: [0.04, 0.0],
            volatility: [0.3, 0.0],
            correlation: 0.0,
            rate: 0.05,
            strike: 100.0,
            years: (0..=(200.0 / step) as u32).map(|k| f64::from(k) * step).collect(),
        };
        option.exchange().solve_on([0.5, 0.4]).unwrap().value
    };
    let [coarse, middle, fine] = [0.5, 0.25, 0.125].map(value);
    assert!(coarse < middle && middle < fine && fine < expected);
    // Terms of the first and of the next half order in the distance of dates.
    let (first, second) = (2.0 * middle - coarse, 2.0 * fine - middle);
    let order = 2.0_f64.powf(1.5);
    close((order * second - first) / (order - 1.0), expected, 2e-4 * expected);
}

#[test]
fn fresh_paths_of_a_regression_rule_stay_below_and_near_the_value() {
    let mut exchange = quarterly(1, 1);
    exchange.dates.remove(0);
    let value = exchange.solve_on([0.5, 0.4]).unwrap().value;
    let dates = exchange.dates.clone();
    let [v1, v2] = exchange.volatility;
    let level = |v: f64, b: f64, years: f64| (v * b - 0.5 * v * v * years).exp();
    let payoff = |k: usize, b: &[f64]| {
        let date = dates[k];
        date.receive * level(v1, b[0], date.years) - date.pay * level(v2, b[1], date.years) - date.cost
    };
    let stopping = Stopping {
        n_factors: 2,
        discount: &vec![1.0; dates.len()],
        payoff: &payoff,
        basis: &|k, b| {
            let (x, y) = (b[0], b[1]);
            vec![1.0, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y, payoff(k, b)]
        },
    };
    let mut uniform = Uniform(2_685_821_657_736_338_717);
    let mut paths = |n: usize| -> Vec<f64> {
        let mut paths = Vec::with_capacity(2 * n * dates.len());
        for _ in 0..n {
            let (mut b, mut before) = ([0.0, 0.0], 0.0);
            for date in &dates {
                let deviation = (date.years - before).sqrt();
                let [e1, e2] = [0, 1].map(|_| normal_quantile(uniform.between(1e-12, 1.0 - 1e-12)));
                b[0] += deviation * e1;
                b[1] += deviation
                    * (exchange.correlation * e1 + (1.0 - exchange.correlation.powi(2)).sqrt() * e2);
                before = date.years;
                paths.extend(b);
            }
        }
        paths
    };
    let rule = stopping.fit(&paths(20_000)).unwrap();
    let fresh = paths(40_000);
    let earned = stopping.follow(&rule, &fresh).unwrap();
    let n = earned.len() as f64;
    let mean = earned.iter().sum::<f64>() / n;
    let error = (earned.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n / n).sqrt();
    assert!(mean < value + 3.0 * error && mean > 0.99 * value - 3.0 * error, "{mean} {error} {value}");
    assert!(stopping.foresight(&fresh).unwrap() > value);
    assert!(stopping.european(&fresh).unwrap() < value);
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

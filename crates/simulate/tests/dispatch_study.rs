//! What the dispatch of a case is summed up to.

use scenario::DispatchCase;
use simulate::{DispatchStudy, study_dispatch};
use std::path::Path;

const CASE: &str = r#"
[case]
name = "small"
start_month = "2024-06"
months = 3
[prices]
calibration = "hb-houston"
seed = 5
[site]
interconnect_mw = 50.0
[block]
mw = 10.0
strike_usd_per_mwh = 30.0
[[loads]]
name = "mining"
capacity_it_mw = 40.0
value_usd_per_it_mwh = 60.0
pue = 1.03
[[loads]]
name = "training"
capacity_it_mw = 20.0
value_usd_per_it_mwh = 180.0
pue = 1.2
ramp_it_mw_per_hour = 5.0
[[budgets]]
name = "training"
load = "training"
every = "month"
at_least_share = 0.99
[[budgets]]
name = "draw"
site = true
at_most_mwh = 95000
"#;

fn case(more: &str) -> DispatchCase {
    DispatchCase::parse("case.toml", &format!("{CASE}{more}"), Path::new("."), &[])
        .unwrap_or_else(|faults| panic!("{faults}"))
}

fn studied(case: &DispatchCase) -> DispatchStudy<'_> {
    study_dispatch(case).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn revenue_less_power_and_the_block_make_the_value() {
    let case = case("");
    let study = studied(&case);
    let margin: f64 = study.loads.iter().map(|load| load.revenue_usd - load.power_cost_usd).sum();
    let value = margin + study.optimum.block_value_usd;
    assert!((value / study.optimum.value_usd - 1.0).abs() < 1e-12, "{value} {}", study.optimum.value_usd);
    let drawn: f64 = (0..case.case.steps()).map(|t| study.draw_mw(t)).sum();
    assert!((drawn / study.meter_mwh() - 1.0).abs() < 1e-12);
    assert!((study.interconnect_mwh - 50.0 * 2_208.0).abs() < 1e-6);
    assert_eq!(study.loads[1].possible_it_mwh, 20.0 * 2_208.0);
}

#[test]
fn budgets_at_their_limit_bind_and_have_a_price() {
    let case = case("");
    let study = studied(&case);
    let prices = &study.optimum.multipliers.as_ref().expect("a convex case").budget_usd_per_mwh;
    for (i, budget) in case.case.budgets.iter().enumerate() {
        assert!(study.binds(i) || prices[i] < 1e-9, "{}: {}", budget.name, prices[i]);
    }
    let cap = case.case.budgets.len() - 1;
    assert!(study.binds(cap) && prices[cap] > 0.0 && (study.served_mwh[cap] - 95e3).abs() < 1e-3);
}

#[test]
fn the_heaviest_weeks_are_whole_days_apart_and_in_order_of_their_weight() {
    let case = case("");
    let study = studied(&case);
    assert_eq!(study.weeks.len(), 3);
    let weight = |week: &std::ops::Range<usize>| -> f64 {
        week.clone().map(|t| case.case.price_usd_per_mwh[t] * 50.0).sum()
    };
    assert!(study.weeks.iter().all(|week| week.len() == 168 && week.start % 24 == 0));
    let weights: Vec<f64> = study.weeks.iter().map(weight).collect();
    assert!(weights.windows(2).all(|pair| pair[0] >= pair[1]), "{weights:?}");
    let best = (0..85).map(|day| weight(&(24 * day..24 * day + 168))).fold(0.0, f64::max);
    assert!((weights[0] / best - 1.0).abs() < 1e-12);
    for (i, a) in study.weeks.iter().enumerate() {
        assert!(study.weeks[..i].iter().all(|b| a.end <= b.start || b.end <= a.start));
    }
}

#[test]
fn a_forecast_that_comes_true_bids_the_multipliers_of_the_optimum() {
    let same = case("[real_time]\ncalibration = \"hb-houston\"\nseed = 5\n");
    let study = studied(&same);
    let real_time = study.real_time.as_ref().expect("it was asked for");
    assert_eq!(real_time.forecast_value_usd, study.optimum.value_usd);
    let multipliers = study.optimum.multipliers.as_ref().expect("a convex case");
    assert_eq!(real_time.bids_usd_per_mwh, multipliers.budget_usd_per_mwh);
    let other = case("[real_time]\ncalibration = \"hb-houston\"\nseed = 5\npath = 2\n");
    let other = studied(&other);
    let real_time = other.real_time.as_ref().expect("it was asked for");
    assert_eq!(other.optimum.value_usd, study.optimum.value_usd);
    assert_eq!(real_time.foresight_adds_usd, other.optimum.value_usd - real_time.run.value_usd);
    assert_eq!(real_time.bids_usd_per_mwh.len(), 4);
    assert_ne!(real_time.bids_usd_per_mwh, multipliers.budget_usd_per_mwh);
}

#[test]
fn budgets_that_cannot_be_met_are_an_error_that_names_them() {
    let case = case("[[calls]]\nstart = \"2024-07-01T00:00\"\nhours = 100\nlimit_mw = 5\n");
    let message = study_dispatch(&case).expect_err("July is too short").to_string();
    assert!(message.contains("'training 2024-07' falls short"), "{message}");
}

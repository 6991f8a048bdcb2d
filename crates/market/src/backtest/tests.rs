//! Scores against closed forms.

use super::scores::{crps_of_normal, crps_of_samples};
use super::*;
use crate::normal_table::normal_quantile;

#[test]
fn crps_of_a_point_is_its_distance() {
    assert_eq!(crps_of_samples(&[1.0, 1.0, 1.0], 3.5), 2.5);
    assert!((crps_of_normal(1.0, 1e-9, 3.5) - 2.5).abs() < 1e-8);
}

#[test]
fn crps_of_many_samples_is_that_of_their_law() {
    let n = 4_000;
    let samples: Vec<f64> =
        (0..n).map(|i| 0.3 + 0.7 * normal_quantile((f64::from(i) + 0.5) / f64::from(n))).collect();
    for outcome in [-1.5, 0.3, 0.9, 4.0] {
        let (found, expected) = (crps_of_samples(&samples, outcome), crps_of_normal(0.3, 0.7, outcome));
        assert!((found - expected).abs() < 2e-3, "{found} {expected}");
    }
    // At the centre of a normal law: sd (sqrt 2 - 1) / sqrt pi.
    let centre = 0.7 * (2.0_f64.sqrt() - 1.0) / std::f64::consts::PI.sqrt();
    assert!((crps_of_normal(0.3, 0.7, 0.3) - centre).abs() < 1e-12);
}

#[test]
fn scores_count_coverage_and_ratios() {
    let month = YearMonth::parse("2020-01").expect("a month");
    let forecast = |outcome: f64, pit: f64| Forecast {
        quantity: Quantity::Hashprice,
        origin: month.first_day(),
        horizon_months: 1,
        month,
        outcome,
        quantiles: [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0],
        pit,
        crps: 0.5,
        rivals: vec![RivalForecast { name: "rival", mean_ln: 0.0, sd_ln: 1.0 }],
    };
    let all = [forecast(1.0, 0.5), forecast(1.0, 0.2), forecast(1.0, 0.05), forecast(1.0, 0.999)];
    let scores = scores(&all);
    assert_eq!(scores.len(), 1);
    assert_eq!(scores[0].coverage, [0.25, 0.5, 0.75]);
    assert_eq!(scores[0].pit_counts, [1, 0, 1, 0, 0, 1, 0, 0, 0, 1]);
    let rival = &scores[0].rivals[0];
    assert!((rival.ratio - 0.5 / crps_of_normal(0.0, 1.0, 0.0)).abs() < 1e-12);
    assert!(rival.ratio_range.iter().all(|edge| (edge - rival.ratio).abs() < 1e-12));
    assert_eq!(rival.coverage_80, 1.0);
}

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
    // Four origins are one block, of which resampling says nothing.
    assert_eq!(rival.ratio_range, None);
    let many = super::scores(&vec![forecast(1.0, 0.5); 13]);
    let [low, high] = many[0].rivals[0].ratio_range.expect("more than one block");
    assert!((low - high).abs() < 1e-12 && (low - many[0].rivals[0].ratio).abs() < 1e-12);
    assert_eq!(rival.coverage_80, 1.0);
}

#[test]
fn months_asked_for_lie_within_those_that_the_record_allows() {
    let month = |text: &str| YearMonth::parse(text).expect("a month");
    let all = OriginMonths { what: "power", first: month("2021-01"), last: month("2022-12") };
    let choose = |from: Option<&str>, to: Option<&str>| {
        let chosen = all.choose([from.map(month), to.map(month)], month("2018-01"));
        chosen.map(|months| months.map(|m| m.to_string())).map_err(|error| error.to_string())
    };
    assert_eq!(choose(None, None), Ok(["2021-01".into(), "2022-12".into()]));
    assert_eq!(choose(Some("2021-05"), Some("2021-06")), Ok(["2021-05".into(), "2021-06".into()]));
    for (from, to, wanted) in [
        (Some("2020-12"), None, "at the end of 2020-12; the record allows 2021-01 to 2022-12"),
        (None, Some("2023-01"), "at the end of 2023-01"),
        (Some("2022-02"), Some("2022-01"), "2022-02 to 2022-01 are none"),
    ] {
        let error = choose(from, to).expect_err(wanted);
        assert!(error.contains(wanted), "{error}");
    }
    let later = all.choose([None, None], month("2022-06")).expect("allowed");
    assert_eq!(later[0], month("2022-06"));
}

//! Forecasts from rolling origins against what came, on the record beside the project.
//!
//! The structure and the centre of the priors were chosen with history to 2025 in view, so these are no blind forecasts;
//! everything else is estimated on what precedes each origin.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a test reports what it measured")]

use market::backtest::{BacktestSettings, OriginMonths, Quantity, Score, bitcoin, scores};
use market::bitcoin_fit::DailyRecord;
use site::YearMonth;
use std::path::Path;

const RECORD: &str = "../../../shared/data/btc_daily_2015_2025h1.csv.gz";

fn record() -> Option<Vec<DailyRecord>> {
    let path = Path::new(RECORD);
    if !path.exists() {
        eprintln!("skipped: {RECORD} is absent, forecasts are not held against history");
        return None;
    }
    let record = market::import::bitcoin(path).expect("the record can be read");
    Some(DailyRecord::all(&record.data).expect("the record is complete"))
}

fn settings(n_paths: usize, seed: u64) -> BacktestSettings {
    let month = |text: &str| YearMonth::parse(text).expect("a month");
    BacktestSettings { first: month("2018-01"), last: month("2024-12"), n_paths, seed }
}

fn of(scores: &[Score], quantity: Quantity) -> Vec<&Score> {
    scores.iter().filter(|score| score.quantity == quantity).collect()
}

#[test]
fn hashprice_is_forecast_no_worse_than_by_the_random_walk_that_knows_the_halvings() {
    let Some(days) = record() else { return };
    let forecasts = bitcoin(&days, &settings(2_000, 1), &|| ()).expect("origins");
    let scores = scores(&forecasts);
    let hashprice = of(&scores, Quantity::Hashprice);
    assert_eq!(hashprice.iter().map(|s| s.n_origins).collect::<Vec<_>>(), [84, 84, 84, 78]);
    for (score, most) in hashprice.iter().zip([1.02, 1.0, 1.0, 1.0]) {
        let rival = &score.rivals[0];
        assert_eq!(rival.name, "random walk");
        let [low, high] = rival.ratio_range.expect("more than a year of origins");
        println!(
            "{} months: CRPS ratio {:.3} [{:.2}, {:.2}], 80 % interval covers {:.0} %",
            score.horizon_months,
            rival.ratio,
            low,
            high,
            100.0 * score.coverage[1]
        );
        assert!(rival.ratio <= most, "{} months: {}", score.horizon_months, rival.ratio);
        // Twelve months are about seven independent years: reported, not judged.
        if score.horizon_months < 12 {
            assert!((0.7..=0.9).contains(&score.coverage[1]), "{:?}", score.coverage);
        }
    }
    // The walk itself is as strong as an independent computation of it found (0.074, 0.197, 0.314, 0.460).
    for (score, expected) in hashprice.iter().zip([0.074, 0.197, 0.314, 0.460]) {
        assert!((score.rivals[0].crps / expected - 1.0).abs() < 0.02, "{}", score.rivals[0].crps);
    }
}

#[test]
fn forecasts_use_nothing_after_their_origin_and_do_not_depend_on_who_runs_beside_them() {
    let Some(mut days) = record() else { return };
    let mut early = settings(100, 7);
    early.last = YearMonth::parse("2019-06").expect("a month");
    let all = bitcoin(&days, &settings(100, 7), &|| ()).expect("origins");
    // Without what came after, outcomes change; forecasts made before do not.
    let known = days.iter().position(|day| day.date == early.last.plus(1).first_day()).expect("inside");
    for day in &mut days[known..] {
        day.price_usd *= 3.0;
        day.difficulty *= 2.0;
    }
    let changed = bitcoin(&days, &early, &|| ()).expect("origins");
    assert!(!changed.is_empty());
    for forecast in &changed {
        let same = all.iter().find(|f| {
            (f.quantity, f.origin, f.horizon_months)
                == (forecast.quantity, forecast.origin, forecast.horizon_months)
        });
        let same = same.expect("the same origin");
        assert_eq!(same.quantiles, forecast.quantiles, "{forecast:?}");
        assert_eq!(same.rivals.len(), forecast.rivals.len());
        assert_eq!(same.rivals[1].sd_ln, forecast.rivals[1].sd_ln);
    }
}

#[test]
fn a_record_without_a_past_is_refused_by_name() {
    let Some(days) = record() else { return };
    let error = bitcoin(&days[..500], &settings(100, 1), &|| ()).expect_err("too short");
    assert!(error.to_string().contains("2018-01 to 2024-12"), "{error}");
    let error = OriginMonths::of_bitcoin(&days[..500]).expect_err("too short");
    assert!(error.to_string().contains("covers 2015-01-01 to 2016-05-14"), "{error}");
    let all = OriginMonths::of_bitcoin(&days).expect("ten years");
    assert_eq!([all.first, all.last].map(|month| month.to_string()), ["2016-12", "2025-05"]);
}

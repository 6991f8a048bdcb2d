use jiff::civil::date;

use super::*;

/// A made-up decade: returns of alternating sign, growing difficulty, fees for most of the days.
fn made_up() -> Vec<DailyRecord> {
    let mut day = date(2015, 1, 1);
    let (mut price, mut difficulty) = (300.0, 4e10);
    (0..3650)
        .map(|index: usize| {
            price *= (if index.is_multiple_of(2) { 0.03f64 } else { -0.03 }).exp();
            if index % 14 == 13 {
                difficulty *= (0.02 + 0.03 * (index as f64 / 200.0).sin()).exp();
            }
            let record = DailyRecord {
                date: day,
                price_usd: price,
                difficulty,
                fees_btc_per_block: (index % 100 > 5).then(|| (index as f64 / 50.0).sin().exp()),
            };
            day = day.tomorrow().expect("dates of this century");
            record
        })
        .collect()
}

#[test]
fn shipped_calibration_is_valid_and_near_the_published_estimates() {
    let calibration = BitcoinCalibration::builtin();
    let check = |value: f64, expected: f64, tolerance: f64| {
        assert!((value - expected).abs() < tolerance, "{value}, not {expected}");
    };
    check(calibration.price.volatility.value, 0.685, 0.01);
    check(calibration.fees.retained_per_day, 0.985, 0.003);
    check(calibration.fees.noise_per_day, 0.12, 0.01);
    let network = &calibration.network;
    check(network.response_per_epoch.value, 0.0214, 0.006);
    check(network.growth_per_epoch.value, 0.0280, 0.0035);
    check(network.growth_change_per_year.value, -0.0011, 0.0013);
    check(network.noise_per_epoch, 0.060, 0.002);
    check(network.recent_noise_per_epoch, 0.041, 0.002);
    check(network.hashrate_noise_per_epoch, 0.05, 0.003);
    check(network.recent_hashrate_noise_per_epoch, 0.027, 0.003);
    check(network.centre, 6.906, 0.001);
}

#[test]
fn volatility_of_alternating_returns_is_their_size() {
    let law = price::price_fit(&made_up());
    assert!((law.volatility.value - 0.03 * 365f64.sqrt()).abs() < 1e-4);
    // Squares that never change leave no error but that of the mean.
    assert!(law.volatility.standard_error < 1e-4);
    assert!((law.daily_kurtosis - 1.0).abs() < 1e-2);
}

#[test]
fn written_calibration_reads_back() {
    let calibration = fit_bitcoin(&made_up(), "a \"record\"", "2026-11-22").expect("long enough");
    let text = calibration.to_toml();
    let read = BitcoinCalibration::parse(&text).expect("valid");
    assert_eq!(read.to_toml(), text);
    assert_eq!(read.source, "a \"record\"");
    assert!((read.network.centre / calibration.network.centre - 1.0).abs() < 1e-5);
}

#[test]
fn short_records_are_refused() {
    let result = fit_bitcoin(&made_up()[..1000], "", "");
    assert!(matches!(result, Err(BitcoinFitError::TooShort { found: 1000, .. })));
}

#[test]
fn values_out_of_range_are_refused() {
    let check = |change: &dyn Fn(&mut BitcoinCalibration), expected: &str| {
        let mut calibration = BitcoinCalibration::builtin();
        change(&mut calibration);
        let message = calibration.check().expect_err(expected).to_string();
        assert!(message.starts_with(expected), "{message}");
    };
    check(&|c| c.price.volatility.value = -0.5, "price.volatility is -0.5");
    check(&|c| c.fees.retained_per_day = 1.0, "fees.retained_per_day is 1");
    check(&|c| c.network.centre = f64::NAN, "network.centre is NaN");
    check(&|c| c.network.covariance[1][2] = f64::INFINITY, "network.covariance is inf");
    check(&|c| c.network.smoothing_half_life_days = 0.0, "network.smoothing_half_life_days");
}

#[test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn retargets_of_the_real_record_stand_at_their_heights() {
    let path = std::path::Path::new("../../../shared/data/btc_daily_2015_2025h1.csv.gz");
    if !path.exists() {
        eprintln!("skipped: {} is absent, heights are not held against it", path.display());
        return;
    }
    let days = DailyRecord::all(&crate::import::bitcoin(path).expect("readable").data).expect("complete");
    // Heights of the chain: retargets of 10 May 2018, 1 May 2021, 24 April 2024 and 29 June 2025, the record's last.
    for (until, height) in [
        (date(2018, 5, 12), 522_144),
        (date(2021, 5, 3), 681_408),
        (date(2024, 4, 26), 840_672),
        (date(2025, 6, 30), 903_168),
    ] {
        let known: Vec<DailyRecord> = days.iter().copied().take_while(|day| day.date <= until).collect();
        let all = history::retargets(&known);
        assert_eq!(history::height_of_last(&known, &all), height, "{until}");
    }
}

#[test]
fn a_price_that_never_moves_is_refused() {
    let mut days = made_up();
    for day in &mut days {
        day.price_usd = 100.0;
    }
    let error = fit_bitcoin(&days, "", "").expect_err("nothing to fit").to_string();
    assert!(error.contains("the price of the daily record never moves"), "{error}");
}

//! The network alone: halvings, retargets, expected price, cost curve.

use super::*;

pub(super) fn settings() -> BitcoinSettings {
    BitcoinSettings {
        price: LevelCurve::growing(90_000.0, 0.0),
        risk_premium_per_year: 0.0,
        price_law: PriceLaw::Gaussian,
        volatility: 0.0,
        volatility_log_error: 0.0,
        height: 1_049_000,
        difficulty: 1e14,
        fees_btc_per_block: 0.05,
        fee_persistence: 0.985,
        fee_innovation: 0.0,
        cost_curve: LevelCurve::growing(57.5, 0.0),
        reward_in_curve: None,
        ai_pull: 0.0,
        response: ResponseLaw::known(0.02),
        innovation_per_epoch: 0.0,
        innovation_log_error: 0.0,
        surprise_persistence: 0.93,
        surprise_innovation: 0.0,
    }
}

pub(super) fn opened(settings: &BitcoinSettings, path: u64) -> NetworkPath {
    NetworkPath::new(settings, PathParameters::draw(settings, 1, path))
}

fn run(settings: &BitcoinSettings, path: u64, months: u32) -> (NetworkPath, Vec<f64>) {
    let mut network = opened(settings, path);
    let mut days = Vec::new();
    for month in 0..months {
        network.month(settings, (1, path, month), &[0.0; 30], 1.0, |_, day| {
            days.push(day.hashprice_usd_per_ph_day)
        });
    }
    (network, days)
}

#[test]
fn the_halving_comes_by_height_and_hashrate_answers_it() {
    let (network, days) = run(&settings(), 3, 45);
    // A thousand blocks are seven days: the subsidy halves on the eighth.
    assert!((days[8] / days[5] - (1.5625 + 0.05) / (3.125 + 0.05)).abs() < 1e-6, "{} {}", days[5], days[8]);
    // Without growth or noise hashprice returns towards the cost curve after machines have left.
    assert!(network.difficulty < 0.75e14, "{}", network.difficulty);
    assert!(days[1_349] > 1.2 * days[8], "{} {}", days[1_349], days[8]);
}

#[test]
fn blocks_keep_coming_every_ten_minutes_when_nothing_changes() {
    let mut steady = settings();
    steady.response = ResponseLaw::known(0.0);
    let (network, _) = run(&steady, 5, 120);
    let blocks = network.height - 1_049_000.0;
    assert!((blocks / (3_600.0 * 144.0) - 1.0).abs() < 3e-3, "{blocks}");
}

#[test]
fn expected_price_follows_the_curve() {
    let mut noisy = settings();
    noisy.volatility = 0.6;
    noisy.price = LevelCurve::growing(90_000.0, 0.1);
    let n = 20_000;
    let (mut sum, mut squares) = (0.0, 0.0);
    for path in 0..n {
        let mut network = opened(&noisy, path);
        let mut stream = Stream::new(9, path, Factor::Bitcoin, 0);
        let z: Vec<f64> = (0..365).map(|_| StandardNormal.sample(&mut stream)).collect();
        network.month(&noisy, (9, path, 0), &z, 1.0, |_, _| ());
        let multiple = network.price_usd() / 90_000.0;
        sum += multiple;
        squares += multiple * multiple;
    }
    let mean = sum / n as f64;
    let error = ((squares / n as f64 - mean * mean) / n as f64).sqrt();
    let expected = 1.1_f64.powf(365.0 / DAYS_PER_YEAR);
    assert!((mean - expected).abs() < 4.0 * error, "{mean} ± {error} against {expected}");
}

#[test]
fn median_hashprice_stays_on_the_cost_curve_between_halvings() {
    let mut noisy = settings();
    noisy.height = 840_001;
    noisy.volatility = 0.689;
    noisy.price = LevelCurve::growing(90_000.0, 0.03);
    noisy.innovation_per_epoch = 0.0276;
    let start = opened(&noisy, 0).hashprice(&noisy);
    noisy.cost_curve = LevelCurve::growing(start, (-0.1_f64).exp_m1());
    let mut gaps = Vec::new();
    for path in 0..600 {
        let mut network = opened(&noisy, path);
        for month in 0..44 {
            let mut stream = Stream::new(3, path, Factor::Bitcoin, month);
            let z: Vec<f64> = (0..30).map(|_| StandardNormal.sample(&mut stream)).collect();
            network.month(&noisy, (3, path, month), &z, 1.0, |_, _| ());
        }
        let curve = noisy.cost_curve.ln_at(44.0 * 30.0);
        gaps.push(network.hashprice(&noisy).ln() - curve);
    }
    let n = gaps.len() as f64;
    let mean = gaps.iter().sum::<f64>() / n;
    let error = (gaps.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (n * (n - 1.0))).sqrt();
    assert!(mean.abs() < 4.0 * error, "{mean} ± {error}");
}

#[test]
fn an_epoch_that_ends_with_a_day_is_retargeted() {
    // 1,152 blocks before a retarget at 144 a day: it falls on the end of the eighth day.
    let mut exact = settings();
    exact.height = 930_240;
    let (network, _) = run(&exact, 1, 1);
    assert!(network.difficulty != exact.difficulty);
}

#[test]
fn luck_of_block_arrivals_moves_difficulty_by_its_known_noise() {
    let mut steady = settings();
    steady.response = ResponseLaw::known(0.0);
    steady.height = 840_000;
    let mut changes = Vec::new();
    for path in 0..400 {
        let mut network = opened(&steady, path);
        let mut last = network.difficulty;
        for month in 0..36 {
            network.month(&steady, (2, path, month), &[0.0; 5], 1.0, |_, _| ());
            if network.difficulty != last {
                // The first epoch was taken to be on time: its successors carry the full luck.
                if month > 8 {
                    changes.push((network.difficulty / last).ln());
                }
                last = network.difficulty;
            }
        }
    }
    let sd = (changes.iter().map(|y| y * y).sum::<f64>() / changes.len() as f64).sqrt();
    // One epoch's luck has a log deviation of 1/√2016 = 0.0223 and is undone in the next: √2 of that.
    assert!((sd / (2.0_f64.sqrt() / 2016.0_f64.sqrt()) - 1.0).abs() < 0.06, "{sd}");
}

#[test]
fn operators_who_move_to_ai_leave_hashprice_higher() {
    let mut pulled = settings();
    pulled.height = 840_001;
    pulled.ai_pull = 0.5;
    let walk = |rent_multiple: f64| {
        let mut network = opened(&pulled, 2);
        for month in 0..36 {
            network.month(&pulled, (1, 2, month), &[0.0; 30], rent_multiple, |_, _| ());
        }
        network.hashprice(&pulled)
    };
    // Twice the rent lifts the cost curve by half of ln 2; three years close four fifths of the gap at 2 % an epoch.
    let rise = (walk(2.0) / walk(1.0)).ln() / (0.5 * 2.0_f64.ln());
    assert!((0.7..0.95).contains(&rise), "{rise}");
}

#[test]
fn a_forward_curve_of_hashprice_is_met_through_a_halving() {
    // Blocks on time reach the halving in the middle of month 12; the curve falls by half over that month.
    let mut forward = settings();
    forward.height = 1_050_000 - 375 * 144;
    forward.price = LevelCurve::growing(90_000.0, 0.05);
    let start = opened(&forward, 0).hashprice(&forward);
    let fall = |month: i32| {
        if month < 12 {
            1.0
        } else if month == 12 {
            0.71
        } else {
            0.51
        }
    };
    let day = |month: i32| 30.0 * f64::from(month) + 15.0;
    let months: Vec<(f64, f64)> = (0..30).map(|m| (day(m), start * 0.99_f64.powi(m) * fall(m))).collect();
    let reward = |m: i32| match m.cmp(&12) {
        std::cmp::Ordering::Less => 3.175,
        std::cmp::Ordering::Equal => (3.175_f64 * 1.6125).sqrt(),
        std::cmp::Ordering::Greater => 1.6125,
    };
    forward.cost_curve = LevelCurve::through(&months, 0.0);
    let rewards: Vec<(f64, f64)> = (0..30).map(|m| (day(m), reward(m))).collect();
    forward.reward_in_curve = Some(LevelCurve::through(&rewards, 0.0));
    let mut network = opened(&forward, 5);
    for month in 0..30 {
        let mut sum = 0.0;
        network.month(&forward, (1, 5, month as u32), &[0.0; 30], 1.0, |_, day| {
            sum += day.hashprice_usd_per_ph_day;
        });
        // The month of the halving depends on the day of the luck of blocks.
        if month != 12 {
            let gap = (sum / 30.0 / months[month as usize].1).ln();
            assert!(gap.abs() < 0.08, "month {month}: {gap}");
        }
    }
}

/// Difficulty bits after a period, by whole-number arithmetic on the full target.
fn by_big_integers(bits: u32, seconds: u64) -> u32 {
    use num_bigint::BigUint;
    let (mantissa, exponent) = (bits & 0x007f_ffff, bits >> 24);
    let target = BigUint::from(mantissa) << (8 * (exponent - 3));
    let limit = BigUint::from(0xffff_u32) << 208_u32;
    let next = (target * seconds.clamp(302_400, 4_838_400) / 1_209_600_u32).min(limit);
    // Compact form: as many bytes as the number has, the upper three kept, a byte more where the top bit would be a sign.
    let bytes = next.to_bytes_be();
    let (size, three) = (bytes.len() as u32, &bytes[..3]);
    let mantissa = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
    if mantissa & 0x0080_0000 == 0 { size << 24 | mantissa } else { (size + 1) << 24 | mantissa >> 8 }
}

#[test]
fn the_retargets_of_a_simulated_year_are_those_of_big_integers() {
    let mut noisy = settings();
    noisy.volatility = 0.7;
    noisy.innovation_per_epoch = 0.05;
    noisy.surprise_innovation = 0.008;
    for path in 0..20 {
        let mut network = opened(&noisy, path);
        let mut n_retargets = 0;
        for day in 0..365_u32 {
            let (bits, epoch_days) = (network.target.bits(), network.epoch_days);
            let height = network.height;
            let z = [f64::from(day % 7) / 3.0 - 1.0];
            network.month(&noisy, (12, path, day), &z, 1.0, |_, _| ());
            let next_retarget = next_multiple(height, RETARGET_BLOCKS);
            if network.height < next_retarget {
                assert_eq!(network.target.bits(), bits);
                continue;
            }
            // What had passed of the epoch and what was left of it, over 2015 of 2016 blocks, to the second.
            let days = epoch_days + (1.0 - network.epoch_days);
            let seconds = days * 86_400.0 * 2015.0 / 2016.0;
            assert!((network.measured_seconds as f64 - seconds).abs() < 0.51, "{seconds}");
            assert_eq!(network.target.bits(), by_big_integers(bits, network.measured_seconds));
            n_retargets += 1;
        }
        assert!((24..=29).contains(&n_retargets), "{n_retargets}");
    }
}

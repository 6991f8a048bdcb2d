use super::*;
use crate::import::Gap;

/// Two years and a half of hours from a rule, with local midnights at 06:00 UTC.
fn series(price: impl Fn(usize, usize) -> f64) -> PriceSeries {
    let calendar = Calendar::new(YearMonth { year: 2022, month: 1 }, 36, Zone::FixedUtcMinus6);
    let prices =
        calendar.days.iter().flatten().enumerate().flat_map(|(day, _)| (0..24).map(move |hour| (day, hour)));
    PriceSeries {
        start_unix_s: calendar.start_unix_s(),
        step_s: 3_600,
        prices_usd_per_mwh: prices.map(|(day, hour)| price(day, hour)).collect(),
        gaps: Vec::<Gap>::new(),
    }
}

fn bootstrap(price: impl Fn(usize, usize) -> f64, mean_block_days: f64) -> PowerBootstrap {
    PowerBootstrap::new(&series(price), Zone::FixedUtcMinus6, None, mean_block_days)
        .expect("every season is there")
}

/// Prices of paths over a calendar, `[n_lanes][n_hours]`.
fn walk(bootstrap: &PowerBootstrap, calendar: &Calendar, first_path: u64, n_lanes: usize) -> Vec<Vec<f64>> {
    let mut lanes = BootstrapLanes::new(bootstrap, 11, first_path, n_lanes);
    let mut paths = vec![Vec::new(); n_lanes];
    let mut out = vec![0.0; 25 * LANES];
    for (m, days) in calendar.days.iter().enumerate() {
        lanes.start_month(m as u32);
        let month0 = calendar.month(m).month0();
        for (day0, day) in days.iter().enumerate() {
            let today = PowerDay {
                calendar_month0: month0,
                weekday_monday0: day.weekday_monday0,
                local_hours: day.hours,
                slow_innovation: &[],
                scale: 1.0,
                floor: -1e9,
                cap: 1e9,
            };
            let out = &mut out[..day.hours.len() * LANES];
            lanes.fill_day(slot_of(month0, day0), &today, out);
            for row in out.chunks_exact(LANES) {
                for (path, price) in paths.iter_mut().zip(row) {
                    path.push(*price);
                }
            }
        }
    }
    paths
}

fn years(n: u32, zone: Zone) -> Calendar {
    Calendar::new(YearMonth { year: 2026, month: 1 }, 12 * n, zone)
}

#[test]
fn days_follow_one_another_and_blocks_have_their_length() {
    // The price tells the day and the hour of the history.
    let bootstrap = bootstrap(|day, hour| (100 * day + hour) as f64, 30.0);
    let paths = walk(&bootstrap, &years(5, Zone::FixedUtcMinus6), 0, LANES);
    let (mut n_breaks, mut n_days) = (0.0, 0.0);
    for path in &paths {
        let days: Vec<usize> = path.chunks_exact(24).map(|day| day[0] as usize / 100).collect();
        for day in path.chunks_exact(24) {
            assert!((0..24).all(|hour| day[hour] == day[0] + hour as f64));
        }
        n_days += days.len() as f64;
        n_breaks += days.windows(2).filter(|pair| pair[1] != pair[0] + 1).count() as f64;
    }
    // A new block may by chance start with the day that would have followed; the end of the history ends a few more.
    let mean_block = n_days / n_breaks;
    assert!((mean_block - 30.0).abs() < 1.5, "{mean_block}");
}

#[test]
fn blocks_start_within_the_season_and_in_any_year() {
    let bootstrap = bootstrap(|day, _| day as f64, 1.0);
    let calendar = years(4, Zone::FixedUtcMinus6);
    let mut seen = [false; 3];
    for path in walk(&bootstrap, &calendar, 0, 8) {
        let slots = (0..calendar.n_months())
            .flat_map(|m| (0..calendar.days[m].len()).map(move |day0| (m, day0)))
            .map(|(m, day0)| slot_of(calendar.month(m).month0(), day0));
        for (price, slot) in path.chunks_exact(24).map(|day| day[0]).zip(slots) {
            let from = bootstrap.days[price as usize].slot;
            let apart = from.abs_diff(slot);
            assert!(apart.min(SLOTS - apart) <= WINDOW_DAYS);
            seen[(price as usize / 365).min(2)] = true;
        }
    }
    assert_eq!(seen, [true; 3]);
}

#[test]
fn simulated_margins_are_those_of_the_long_run_law() {
    let wave = |day: usize| (std::f64::consts::TAU * day as f64 / 365.25).cos();
    let rough = |day: usize, hour: usize| ((day * 7_919 + hour * 104_729) % 1_000) as f64;
    let price = |day: usize, hour: usize| 30.0 - 10.0 * wave(day) + 0.02 * (rough(day, hour) - 100.0);
    let bootstrap = bootstrap(price, 10.0);
    let calendar = years(2, Zone::FixedUtcMinus6);
    let (n_chunks, mut by_path) = (4, Vec::new());
    for chunk in 0..n_chunks {
        by_path.extend(walk(&bootstrap, &calendar, chunk * LANES as u64, LANES));
    }
    let mut hour = 0;
    for m in 0..24 {
        let month0 = calendar.month(m).month0();
        let hours = hour..hour + calendar.hours(m);
        hour = hours.end;
        for threshold in [20.0, 35.0, f64::INFINITY] {
            let (share, expectation) = bootstrap.law().expected_below(month0, threshold);
            let means: Vec<[f64; 2]> = by_path
                .iter()
                .map(|path| {
                    let below = path[hours.clone()].iter().filter(|price| **price < threshold);
                    let n = hours.len() as f64;
                    [below.clone().count() as f64 / n, below.sum::<f64>() / n]
                })
                .collect();
            for (part, expected) in [share, expectation].into_iter().enumerate() {
                let n = means.len() as f64;
                let mean = means.iter().map(|m| m[part]).sum::<f64>() / n;
                let variance = means.iter().map(|m| (m[part] - mean).powi(2)).sum::<f64>() / (n - 1.0);
                let error = (variance / n).sqrt();
                // The first months know where every path began; from the second year on the law has settled.
                if m >= 12 {
                    assert!(
                        (mean - expected).abs() < 4.0 * error + 1e-9,
                        "{m} {threshold}: {mean} {expected} {error}"
                    );
                }
            }
        }
        // And the law is history's: the same months of all its years, but for what a season's window smooths.
        let of_month = (0..1_096).filter(|day| {
            let date =
                jiff::civil::date(2022, 1, 1).checked_add(jiff::Span::new().days(*day)).expect("a date");
            date.month() as usize == month0 + 1
        });
        let history: Vec<f64> =
            of_month.flat_map(|day| (0..24).map(move |hour| price(day as usize, hour))).collect();
        let mean = history.iter().sum::<f64>() / history.len() as f64;
        assert!((bootstrap.law().mean(month0) - mean).abs() < 0.5, "{month0}: {mean}");
    }
}

#[test]
fn a_path_is_the_same_in_any_chunk_and_lane() {
    let bootstrap = bootstrap(|day, hour| (100 * day + hour) as f64, 20.0);
    let calendar = years(1, Zone::Central);
    let all = walk(&bootstrap, &calendar, 0, LANES);
    let some = walk(&bootstrap, &calendar, 40, 2);
    assert_eq!(all[40], some[0]);
    assert_eq!(all[41], some[1]);
    assert_ne!(all[0], all[1]);
}

#[test]
fn clock_changes_map_by_the_clock() {
    // History without clock changes, paths with: the short day leaves out hour 2, the long one reads hour 1 twice.
    let bootstrap = bootstrap(|_, hour| hour as f64, 20.0);
    let calendar = years(1, Zone::Central);
    let path = &walk(&bootstrap, &calendar, 0, 1)[0];
    let clock = calendar.days.iter().flatten().flat_map(|day| day.hours.iter().map(|hour| f64::from(*hour)));
    assert!(path.iter().zip(clock).all(|(price, hour)| *price == hour));
    // The other way round: a history with clock changes still has 24 prices a day.
    let central = PowerBootstrap::new(&series(|_, hour| hour as f64), Zone::Central, None, 20.0);
    assert!(
        central.is_ok_and(|bootstrap| bootstrap.days.iter().all(|d| d.prices.iter().all(|p| p.is_finite())))
    );
}

#[test]
fn days_with_a_missing_hour_are_skipped_and_long_gaps_end_a_block() {
    let mut gappy = series(|day, _| day as f64);
    gappy.prices_usd_per_mwh[24 * 10 + 5] = f64::NAN;
    for hour in 24 * 400..24 * 430 {
        gappy.prices_usd_per_mwh[hour] = f64::NAN;
    }
    let bootstrap = PowerBootstrap::new(&gappy, Zone::FixedUtcMinus6, None, 30.0).expect("seasons are there");
    assert_eq!((bootstrap.n_days(), bootstrap.skipped_days()), (1_096 - 31, 31));
    assert_eq!(bootstrap.days[10].prices[0], 11.0);
    let last_before_gap = bootstrap.days.iter().position(|day| day.prices[0] == 399.0).expect("it is whole");
    assert!(bootstrap.days[9].goes_on && !bootstrap.days[last_before_gap].goes_on);
}

#[test]
fn a_history_that_lacks_a_season_is_refused() {
    let whole = series(|_, _| 1.0);
    let period = Some([YearMonth { year: 2022, month: 1 }, YearMonth { year: 2022, month: 6 }]);
    let error =
        PowerBootstrap::new(&whole, Zone::FixedUtcMinus6, period, 30.0).expect_err("autumn is missing");
    assert!(error.to_string().contains("within 20 days of 07-21"), "{error}");
    assert_eq!(
        PowerBootstrap::new(&whole, Zone::Utc, None, 0.5).map(|_| ()),
        Err(BootstrapError::BlockLength(0.5))
    );
}

#[test]
fn spikes_are_multiplied_in_the_same_days_and_in_the_long_run_law() {
    let spikes = SpikeLaw { multiple: 3.0, above_usd_per_mwh: 50.0 };
    let plain = bootstrap(|day, hour| ((7 * day + 3 * hour) % 80) as f64, 10.0);
    let spiked = plain.clone().with_spikes(&spikes);
    let calendar = years(2, Zone::FixedUtcMinus6);
    for (plain, spiked) in walk(&plain, &calendar, 0, 3).iter().zip(walk(&spiked, &calendar, 0, 3)) {
        assert!(plain.iter().zip(&spiked).all(|(plain, spiked)| *spiked == spikes.price(*plain)));
        assert!(plain.iter().any(|price| *price > 50.0));
    }
    // E[P'] = E[P] + 2 E[(P - T)+].
    for month0 in 0..12 {
        let (below, expectation) = plain.law().expected_below(month0, 50.0);
        let mean = |law: &EmpiricalLaw| law.expected_below(month0, f64::INFINITY).1;
        let excess = mean(plain.law()) - expectation - 50.0 * (1.0 - below);
        assert!((mean(spiked.law()) - mean(plain.law()) - 2.0 * excess).abs() < 1e-9);
    }
}

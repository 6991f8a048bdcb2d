use rand_distr::{Distribution, StandardNormal};

use super::file::{FactorsTable, QuantileTable};
use super::*;
use crate::normal_table::{INDICES_PER_WORD, normal_table, table_index};
use crate::stream::{Factor, Stream};

fn flat_statistics() -> PowerStatistics {
    PowerStatistics {
        n_hours: 1.0,
        mean_usd_per_mwh: 40.0,
        median_usd_per_mwh: 0.0,
        sd_usd_per_mwh: 0.0,
        share_above_100: 0.0,
        share_above_1000: 0.0,
        hours_above_1000: 0.0,
        share_below_zero: 0.0,
        sd_of_monthly_means_usd_per_mwh: 0.0,
        autocorrelation_1h: 0.0,
        autocorrelation_24h: 0.0,
        autocorrelation_168h: 0.0,
        longest_run_above_1000_h: 0.0,
        mean_by_local_hour_usd_per_mwh: vec![0.0; 24],
        mean_by_calendar_month_usd_per_mwh: vec![f64::NAN; 12],
    }
}

fn errors() -> StandardErrors {
    let factor = FactorError { weight: 0.1, hours: 2.0, hours_16_84: [1.0, 4.0] };
    StandardErrors {
        n_resamples: 200,
        block_months: 3,
        slow: factor,
        daily: factor,
        hourly: factor,
        shape: factor,
        mean_usd_per_mwh: 5.0,
        median_usd_per_mwh: 1.0,
        sd_usd_per_mwh: 30.0,
        share_above_100: 0.01,
        share_above_1000: 0.001,
        share_below_zero: 0.01,
    }
}

/// A valid calibration file whose price at month, hour and `z` is `price`.
fn file(price: impl Fn(usize, usize, f64) -> f64) -> PowerFile {
    let law = |weight, hours| FactorLaw { weight, hours };
    let knots = |month, hour| {
        (0..KNOTS).map(|knot| price(month, hour, FIRST_KNOT + KNOT_STEP * knot as f64)).collect()
    };
    PowerFile {
        point: "TEST".to_owned(),
        source: "made up".to_owned(),
        period: ["2024-01".to_owned(), "2024-12".to_owned()],
        fit_date: "2026-11-22".to_owned(),
        level_at_period_end: 0.0,
        level_error_at_period_end: 0.5,
        assumption: None,
        standard_errors: Some(errors()),
        factors: FactorsTable {
            slow: law(0.385, 4600.0),
            daily: law(0.137, 19.0),
            hourly: law(0.390, 3.7),
            shape: law(0.088, 47.0),
            weekday_shift: vec![0.04, 0.05, 0.05, 0.10, 0.04, -0.10, -0.18],
        },
        history: flat_statistics(),
        simulated: flat_statistics(),
        simulated_low: flat_statistics(),
        simulated_high: flat_statistics(),
        table: QuantileTable {
            first_knot: FIRST_KNOT,
            knot_step: KNOT_STEP,
            quantiles_usd_per_mwh: (0..12)
                .map(|month| (0..24).map(|hour| knots(month, hour)).collect())
                .collect(),
        },
    }
}

pub(super) fn calibration(price: impl Fn(usize, usize, f64) -> f64) -> PowerCalibration {
    file(price).check().expect("test file is valid")
}

/// Steep, kinked and partly negative, different in every month and hour.
pub(super) fn uneven(month: usize, hour: usize, z: f64) -> f64 {
    20.0 + month as f64 + 2.0 * hour as f64 + 15.0 * z + (1.6 * z).exp() * (1.0 + hour as f64 / 24.0)
}

/// One path of prices, written as the equations are: the reference for the lanes.
struct Reference<'a> {
    calibration: &'a PowerCalibration,
    key: (u64, u64),
    level: f64,
    hourly: f64,
    /// Current knots of the daily factor and of the two shape factors.
    knots: [f64; 3],
}

impl<'a> Reference<'a> {
    fn new(calibration: &'a PowerCalibration, seed: u64, path: u64) -> Self {
        let mut stream = Stream::new(seed, path, Factor::PowerStart, 0);
        let mut draw = || StandardNormal.sample(&mut stream);
        let hourly = draw();
        let knots = [draw(), draw(), draw()];
        let level = draw();
        Self { calibration, key: (seed, path), level, hourly, knots }
    }

    fn day(&mut self, stream: &mut Stream, day: &PowerDay<'_>, lane: usize) -> Vec<f64> {
        let factors = self.calibration.factors();
        let [slow, daily, hourly, shape] = factors.amplitudes();
        let ar = |value: f64, r: f64, innovation: f64| r * value + (1.0 - r * r).sqrt() * innovation;
        let keep = |span: f64, hours: f64| (-span / hours).exp();
        self.level = ar(self.level, keep(24.0, factors.slow.hours), day.slow_innovation[lane]);
        let keeps = [
            keep(24.0, factors.daily.hours),
            keep(24.0, factors.shape.hours),
            keep(24.0, factors.shape.hours),
        ];
        let before = self.knots;
        // Six entries of the table out of two words, two to a knot.
        let words_of_knots = [stream.next_word(), stream.next_word()];
        let entry = |index: usize| {
            let (word, position) = (words_of_knots[index / INDICES_PER_WORD], index % INDICES_PER_WORD);
            normal_table()[table_index(word, position)]
        };
        for ((knot, r), number) in self.knots.iter_mut().zip(keeps).zip(0..) {
            *knot = ar(*knot, r, (entry(2 * number) + entry(2 * number + 1)) / 2f64.sqrt());
        }
        let mut word = 0;
        let mut words = 0;
        let n_hours = day.local_hours.len();
        let mut prices = Vec::new();
        for (index, &hour) in day.local_hours.iter().enumerate() {
            if index % INDICES_PER_WORD == 0 {
                word = stream.next_word();
                words += 1;
            }
            let innovation = normal_table()[table_index(word, index % INDICES_PER_WORD)];
            self.hourly = ar(self.hourly, keep(1.0, factors.hourly.hours), innovation);
            let f = index as f64 / n_hours as f64;
            let [d, a, b] = std::array::from_fn(|i| {
                let sd = ((1.0 - f).powi(2) + f * f + 2.0 * f * (1.0 - f) * keeps[i]).sqrt();
                ((1.0 - f) * before[i] + f * self.knots[i]) / sd
            });
            let angle = 2.0 * std::f64::consts::PI * f64::from(hour) / 24.0;
            let z = slow * self.level
                + daily * d
                + hourly * self.hourly
                + shape * (a * angle.cos() + b * angle.sin())
                + factors.weekday_shift[day.weekday_monday0];
            let price = self.calibration.price(day.calendar_month0, usize::from(hour), z);
            prices.push((price * day.scale).max(day.floor).min(day.cap));
        }
        assert_eq!(words, 5, "a day of 23 to 25 hours takes five words");
        prices
    }
}

pub(super) const FULL_DAY: [u8; 24] = {
    let mut hours = [0; 24];
    let mut hour = 0;
    while hour < 24 {
        hours[hour] = hour as u8;
        hour += 1;
    }
    hours
};

/// A spring day without hour 2 and an autumn day with hour 1 twice.
pub(super) fn odd_days() -> (Vec<u8>, Vec<u8>) {
    let mut spring = FULL_DAY.to_vec();
    spring.remove(2);
    let mut autumn = FULL_DAY.to_vec();
    autumn.insert(2, 1);
    (spring, autumn)
}

/// Ten days over two months, ordinary and odd ones, with innovations made from a simple rule.
pub(super) fn days<'a>(
    spring: &'a [u8],
    autumn: &'a [u8],
    innovations: &'a [f64],
) -> Vec<(u32, PowerDay<'a>)> {
    (0..10)
        .map(|day| {
            let local_hours: &[u8] = match day {
                3 => spring,
                7 => autumn,
                _ => &FULL_DAY,
            };
            let today = PowerDay {
                calendar_month0: if day < 5 { 2 } else { 10 },
                weekday_monday0: day % 7,
                local_hours,
                slow_innovation: &innovations[day * LANES..(day + 1) * LANES],
                scale: 1.25,
                floor: -20.0,
                cap: 400.0,
            };
            (if day < 5 { 1 } else { 2 }, today)
        })
        .collect()
}

pub(super) fn innovations() -> Vec<f64> {
    let mut stream = Stream::new(77, 0, Factor::PowerLevel, 0);
    (0..10 * LANES).map(|_| StandardNormal.sample(&mut stream)).collect()
}

fn run_lanes(lanes: &mut PowerLanes<'_>, days: &[(u32, PowerDay<'_>)]) -> Vec<f64> {
    let mut prices = Vec::new();
    let mut month = 0;
    for (next_month, day) in days {
        if *next_month != month {
            month = *next_month;
            lanes.start_month(month);
        }
        let mut out = vec![0.0; day.local_hours.len() * LANES];
        lanes.fill_day(day, &mut out);
        prices.extend(out);
    }
    prices
}

#[test]
fn lanes_match_the_reference_of_one_path() {
    let calibration = calibration(uneven);
    let (spring, autumn) = odd_days();
    let innovations = innovations();
    let days = days(&spring, &autumn, &innovations);
    let mut lanes = PowerLanes::new(&calibration, 11, 100, LANES);
    let prices = run_lanes(&mut lanes, &days);
    for lane in [0, 1, 31, 63] {
        let mut path = Reference::new(&calibration, 11, 100 + lane as u64);
        let mut expected = Vec::new();
        let mut month = 0;
        let mut stream = Stream::new(0, 0, Factor::Power, 0);
        for (next_month, day) in &days {
            if *next_month != month {
                month = *next_month;
                stream = Stream::new(path.key.0, path.key.1, Factor::Power, month);
            }
            expected.extend(path.day(&mut stream, day, lane));
        }
        assert_eq!(prices.len(), expected.len() * LANES);
        for (hour, expected) in expected.iter().enumerate() {
            let price = prices[hour * LANES + lane];
            let tolerance = 1e-12 * (1.0 + expected.abs());
            assert!((price - expected).abs() < tolerance, "{hour}: {price} {expected}");
        }
    }
}

#[test]
fn a_path_has_the_same_bits_in_any_lane() {
    let calibration = calibration(uneven);
    let (spring, autumn) = odd_days();
    let same_for_all: Vec<f64> = (0..10 * LANES).map(|i| (i / LANES) as f64 / 10.0 - 0.4).collect();
    let days = days(&spring, &autumn, &same_for_all);
    let whole = run_lanes(&mut PowerLanes::new(&calibration, 5, 0, LANES), &days);
    let part = run_lanes(&mut PowerLanes::new(&calibration, 5, 37, 9), &days);
    for hour in 0..whole.len() / LANES {
        for lane in 0..9 {
            let (left, right) = (whole[hour * LANES + 37 + lane], part[hour * LANES + lane]);
            assert_eq!(left.to_bits(), right.to_bits());
        }
    }
}

#[test]
fn rank_variable_is_standard_normal_over_many_paths() {
    // With a table that returns z itself the prices show the law of z, flat beyond the end knots.
    let calibration = calibration(|_, _, z| z);
    let (spring, autumn) = odd_days();
    let innovations = innovations();
    let days = days(&spring, &autumn, &innovations);
    let (mut sum, mut squares, mut n) = (0.0, 0.0, 0.0);
    for chunk in 0..100 {
        let mut lanes = PowerLanes::new(&calibration, 3, chunk * LANES as u64, LANES);
        for (_, day) in &days[..7] {
            let wide = PowerDay { scale: 1.0, floor: -9.0, cap: 9.0, ..*day };
            let mut out = vec![0.0; wide.local_hours.len() * LANES];
            lanes.fill_day(&wide, &mut out);
            sum += out.iter().sum::<f64>();
            squares += out.iter().map(|z| z * z).sum::<f64>();
            n += out.len() as f64;
        }
    }
    // 6400 paths share the innovations of the level by hundreds, which the wide tolerance covers.
    assert!((sum / n).abs() < 0.04, "{}", sum / n);
    assert!((squares / n - 1.0).abs() < 0.03, "{}", squares / n);
}

#[test]
fn initial_level_moves_with_its_time_constant() {
    let calibration = calibration(uneven);
    let mut lanes = PowerLanes::new(&calibration, 1, 0, 3).with_initial_level(2.0, 0.0);
    let day = PowerDay {
        calendar_month0: 0,
        weekday_monday0: 0,
        local_hours: &FULL_DAY,
        slow_innovation: &[0.0; 3],
        scale: 1.0,
        floor: -251.0,
        cap: 5000.0,
    };
    lanes.fill_day(&day, &mut [0.0; 24 * LANES]);
    let expected = 2.0 * (-24.0f64 / 4600.0).exp();
    assert_eq!(lanes.level().len(), 3);
    assert!(lanes.level().iter().all(|level| (level - expected).abs() < 1e-12));
}

#[test]
fn lognormal_table_reproduces_the_closed_form() {
    // Oracle O12: lognormal price of mean 40 and log-sd 1. Straight pieces over a convex curve and the flat ends
    // leave about 0.1 % against the closed form.
    let calibration = calibration(|_, _, z| 40.0 * (z - 0.5).exp());
    let (probability, expectation) = calibration.expected_below(4, 95.0);
    let above = (calibration.mean(4) - expectation) - 95.0 * (1.0 - probability);
    assert!((1.0 - probability - 0.086_126_927_7).abs() < 2e-4, "{probability}");
    assert!((above - 6.120_208_249_1).abs() < 0.02, "{above}");
    assert!((calibration.mean(4) - 40.0).abs() < 0.06, "{}", calibration.mean(4));
}

#[test]
fn an_assumed_calibration_stands_for_its_tables_and_not_for_its_history() {
    let mut assumed = file(|_, _, _| 55.0);
    assert_eq!(calibration(|_, _, _| 55.0).mean_usd_per_mwh(), 40.0);
    assumed.assumption = Some("dearer months come back".to_owned());
    let level = assumed.check().expect("test file is valid").mean_usd_per_mwh();
    assert!((level - 55.0).abs() < 1e-9, "{level}");
}

#[test]
fn integration_matches_brute_force_over_the_table() {
    let calibration = calibration(uneven);
    for (month0, threshold) in [(0, -15.0), (0, 25.0), (5, 60.0), (11, 300.0), (3, 1e4)] {
        let n = 40_000;
        let (mut probability, mut expectation) = (0.0, 0.0);
        for hour in 0..24 {
            for i in 0..n {
                let z = crate::normal_table::normal_quantile((f64::from(i) + 0.5) / f64::from(n));
                let price = calibration.price(month0, hour, z);
                if price < threshold {
                    probability += 1.0 / (24.0 * f64::from(n));
                    expectation += price / (24.0 * f64::from(n));
                }
            }
        }
        let (exact_probability, exact_expectation) = calibration.expected_below(month0, threshold);
        assert!((exact_probability - probability).abs() < 3e-5, "{threshold}");
        // One misplaced midpoint per hour moves the expectation by the price over the number of points.
        let tolerance = 2e-3 + 3e-5 * threshold.abs();
        assert!((exact_expectation - expectation).abs() < tolerance, "{threshold}");
    }
}

#[test]
fn flat_stretches_and_far_thresholds_are_handled() {
    let calibration = calibration(|_, _, z| if z < 0.0 { 10.0 } else { 30.0 });
    assert_eq!(calibration.expected_below(0, 10.0), (0.0, 0.0));
    let (probability, expectation) = calibration.expected_below(0, 30.0);
    assert!((probability - 0.5).abs() < 1e-12);
    assert!(expectation > 5.0 && expectation < 6.5);
    assert_eq!(calibration.expected_below(0, f64::INFINITY).0, 1.0);
    assert_eq!(calibration.expected_below(0, f64::NEG_INFINITY), (0.0, 0.0));
}

#[test]
fn damaged_files_are_refused() {
    let check = |damage: &dyn Fn(&mut PowerFile), expected: &str| {
        let mut damaged = file(uneven);
        damage(&mut damaged);
        let message = damaged.check().expect_err(expected).to_string();
        assert!(message.contains(expected), "{message}");
    };
    check(&|f| f.factors.slow.weight = 0.0, "factors.slow.weight is 0");
    check(&|f| f.factors.hourly.hours = f64::NAN, "factors.hourly.hours is NaN");
    check(&|f| f.factors.weekday_shift.truncate(6), "has 6 entries, expected 7");
    check(&|f| f.factors.weekday_shift[0] = 1.5, "weekday_shift is 1.5");
    check(&|f| f.table.knot_step = 0.25, "table.knot_step is 0.25");
    check(&|f| f.history.mean_usd_per_mwh = f64::INFINITY, "history.mean_usd_per_mwh");
    check(&|f| f.history.mean_by_local_hour_usd_per_mwh.clear(), "0 entries, expected 24");
    check(&|f| f.history.mean_by_calendar_month_usd_per_mwh.clear(), "0 entries, expected 12");
    check(&|f| f.history.mean_by_calendar_month_usd_per_mwh[0] = f64::INFINITY, "by_calendar_month");
    let spoilt = |spoil: fn(&mut StandardErrors), expected: &str| {
        check(&|f| f.standard_errors.iter_mut().for_each(spoil), expected);
    };
    spoilt(|e| e.mean_usd_per_mwh = -1.0, "standard_errors.mean_usd_per_mwh is -1");
    spoilt(|e| e.daily.weight = f64::NAN, "standard_errors.daily.weight is NaN");
    spoilt(|e| e.slow.hours_16_84 = [2.0, 1.0], "standard_errors.slow.hours_16_84 is 1");
    spoilt(|e| e.n_resamples = 1, "standard_errors.n_resamples is 1");
    check(&|f| f.level_at_period_end = f64::NAN, "level_at_period_end");
    check(&|f| f.table.quantiles_usd_per_mwh.truncate(11), "11 entries, expected 12");
    check(&|f| f.table.quantiles_usd_per_mwh[4].truncate(3), "month 5 has 3 entries");
    check(&|f| f.table.quantiles_usd_per_mwh[4][3].truncate(9), "month 5, hour 3 has 9");
    check(&|f| f.table.quantiles_usd_per_mwh[4][3][8] = f64::NAN, "month 5, hour 3 is NaN");
    check(&|f| f.table.quantiles_usd_per_mwh[4][3][8] = 900.0, "month 5 and local hour 3 fall");
}

#[test]
fn text_that_is_not_a_calibration_is_refused() {
    assert!(matches!(PowerCalibration::parse("point = 3"), Err(CalibrationError::Unreadable(_))));
    assert!(PowerCalibration::builtin("nowhere").is_none());
}

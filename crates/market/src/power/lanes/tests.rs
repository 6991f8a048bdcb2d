//! Both sets of instructions, ranks beside prices, and the law of every factor.

use super::*;
use crate::normal_table::table_index;
use crate::power::tests::{FULL_DAY, calibration, days, innovations, odd_days, uneven};

/// Prices, ranks and levels of ten days, odd ones among them, as bits.
fn bits(instructions: Instructions, n_lanes: usize) -> Vec<u64> {
    let calibration = calibration(uneven);
    let (spring, autumn) = odd_days();
    let innovations = innovations();
    let mut lanes = PowerLanes::new(&calibration, 11, 100, n_lanes).with_instructions(instructions);
    let mut bits = Vec::new();
    for (month, day) in days(&spring, &autumn, &innovations) {
        lanes.start_month(month);
        let day = PowerDay { slow_innovation: &day.slow_innovation[..n_lanes], ..day };
        let mut prices = vec![0.0; day.local_hours.len() * LANES];
        let mut ranks = prices.clone();
        lanes.fill_day(&day, &mut prices);
        bits.extend(prices.iter().map(|price| price.to_bits()));
        lanes.fill_day_with_ranks(&day, &mut prices, &mut ranks);
        bits.extend(prices.iter().chain(&ranks).map(|value| value.to_bits()));
        bits.extend(lanes.level().iter().map(|level| level.to_bits()));
    }
    bits
}

#[test]
fn plain_and_detected_instructions_give_the_same_bits() {
    for n_lanes in [1, 5, LANES] {
        assert!(bits(Instructions::plain(), n_lanes) == bits(Instructions::detected(), n_lanes), "{n_lanes}");
    }
}

#[test]
fn ranks_explain_the_prices_and_leave_them_alone() {
    let calibration = calibration(uneven);
    let (spring, autumn) = odd_days();
    let innovations = innovations();
    let mut lanes = PowerLanes::new(&calibration, 4, 0, LANES);
    let mut beyond = 0;
    for (_, day) in days(&spring, &autumn, &innovations) {
        let mut alone = vec![0.0; day.local_hours.len() * LANES];
        let (mut prices, mut ranks) = (alone.clone(), alone.clone());
        lanes.clone().fill_day(&day, &mut alone);
        lanes.fill_day_with_ranks(&day, &mut prices, &mut ranks);
        assert_eq!(alone, prices);
        for (i, (price, z)) in prices.iter().zip(&ranks).enumerate() {
            let hour = usize::from(day.local_hours[i / LANES]);
            let expected = calibration.price(day.calendar_month0, hour, *z) * day.scale;
            let expected = expected.max(day.floor).min(day.cap);
            assert!((price - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{price} {expected}");
            beyond += usize::from(z.abs() > 2.0);
        }
    }
    assert!(beyond > 0, "ranks reach into the tails");
}

/// Sums of a pair of values over independent paths, held against the law of a stationary factor.
#[derive(Default)]
struct Pair {
    n: f64,
    sums: [f64; 5],
}

impl Pair {
    fn add(&mut self, before: f64, after: f64) {
        self.n += 1.0;
        for (sum, term) in
            self.sums.iter_mut().zip([before, after, before * before, after * after, before * after])
        {
            *sum += term;
        }
    }

    /// Means, variances and covariance within four standard errors of theory; paths are independent, so every pair counts.
    fn check(&self, what: &str, mean: f64, variance: f64, covariance: f64) {
        let [before, after, before2, after2, product] = self.sums.map(|sum| sum / self.n);
        let within = |statistic: &str, found: f64, expected: f64, standard_error: f64| {
            let error = (found - expected) / standard_error;
            assert!(error.abs() < 4.0, "{what}, {statistic}: {found}, not {expected} ({error:.1} errors)");
        };
        let root_n = self.n.sqrt();
        for (moment, square) in [(before, before2), (after, after2)] {
            within("mean", moment, mean, variance.sqrt() / root_n);
            within("variance", square - moment * moment, variance, variance * 2f64.sqrt() / root_n);
        }
        let spread = (variance * variance + covariance * covariance).sqrt();
        within("covariance", product - before * after, covariance, spread / root_n);
    }
}

/// Hours whose ranks are compared with those of the hour after: the day's start, middle and end.
const HOURS: [usize; 3] = [0, 12, 22];

/// Factors of a day and the hour after it, over a million independent paths.
struct Moments {
    /// The level, the daily factor, the two shape factors, and the hourly factor.
    factors: [Pair; 5],
    /// The rank variable at [`HOURS`] and the hours after.
    ranks: [Pair; 3],
}

const WEEKDAY: usize = 6;

fn simulate(calibration: &PowerCalibration) -> Moments {
    const N_CHUNKS: u64 = 1_000_000_u64.div_ceil(LANES as u64);
    let mut moments = Moments { factors: Default::default(), ranks: Default::default() };
    for chunk in 0..N_CHUNKS {
        let first_path = chunk * LANES as u64;
        let mut lanes = PowerLanes::new(calibration, 8, first_path, LANES);
        let innovation: [f64; LANES] = std::array::from_fn(|lane| {
            let path = first_path + lane as u64;
            StandardNormal.sample(&mut Stream::new(8, path, Factor::PowerLevel, 0))
        });
        let level = lanes.level;
        let day = PowerDay {
            calendar_month0: 0,
            weekday_monday0: WEEKDAY,
            local_hours: &FULL_DAY,
            slow_innovation: &innovation,
            scale: 1.0,
            floor: -251.0,
            cap: 5000.0,
        };
        let (mut prices, mut ranks) = ([0.0; 24 * LANES], [0.0; 24 * LANES]);
        lanes.fill_day_with_ranks(&day, &mut prices, &mut ranks);
        let (hourly, next) = (lanes.hourly, next_innovations(&lanes));
        for lane in 0..LANES {
            let (r, s) = (lanes.constants.hourly_retained, lanes.constants.hourly_noise);
            let pairs = [
                (level[lane], lanes.level[lane]),
                (lanes.daily.before[lane], lanes.daily.after[lane]),
                (lanes.shape_cosine.before[lane], lanes.shape_cosine.after[lane]),
                (lanes.shape_sine.before[lane], lanes.shape_sine.after[lane]),
                (hourly[lane], r * hourly[lane] + s * next[lane]),
            ];
            for (moment, (before, after)) in moments.factors.iter_mut().zip(pairs) {
                moment.add(before, after);
            }
            for (moment, hour) in moments.ranks.iter_mut().zip(HOURS) {
                moment.add(ranks[hour * LANES + lane], ranks[(hour + 1) * LANES + lane]);
            }
        }
    }
    moments
}

/// Hourly innovations of one hour more.
fn next_innovations(lanes: &PowerLanes<'_>) -> [f64; LANES] {
    let mut words = [0; LANES];
    lanes.streams.clone().next_words(&mut words);
    words.map(|word| lanes.normals[table_index(word, 4)])
}

/// Covariance of a factor between two fractions of a day, from its knots' correlation.
fn interpolated_covariance(knot_correlation: f64, fractions: [f64; 2]) -> f64 {
    let sd = |f: f64| ((1.0 - f).powi(2) + f * f + 2.0 * f * (1.0 - f) * knot_correlation).sqrt();
    let [f, g] = fractions;
    let same = (1.0 - f) * (1.0 - g) + f * g;
    let crossed = (1.0 - f) * g + f * (1.0 - g);
    (same + knot_correlation * crossed) / (sd(f) * sd(g))
}

#[test]
fn every_factor_and_the_rank_have_their_moments_at_a_million_paths() {
    let calibration = calibration(uneven);
    let factors = calibration.factors();
    let moments = simulate(&calibration);
    let keep = |span: f64, hours: f64| (-span / hours).exp();
    let [slow, daily, hourly, shape] =
        [&factors.slow, &factors.daily, &factors.hourly, &factors.shape].map(|law| law.hours);
    let laws = [
        ("M", keep(24.0, slow)),
        ("D", keep(24.0, daily)),
        ("A", keep(24.0, shape)),
        ("B", keep(24.0, shape)),
        ("F", keep(1.0, hourly)),
    ];
    for (pair, (name, correlation)) in moments.factors.iter().zip(laws) {
        pair.check(name, 0.0, 1.0, correlation);
    }
    let [a_slow, a_daily, a_hourly, a_shape] = factors.amplitudes().map(|amplitude| amplitude.powi(2));
    let turn = (std::f64::consts::TAU / 24.0).cos();
    for (pair, hour) in moments.ranks.iter().zip(HOURS) {
        let fractions = [hour, hour + 1].map(|hour| hour as f64 / 24.0);
        let covariance = a_slow
            + a_daily * interpolated_covariance(keep(24.0, daily), fractions)
            + a_hourly * keep(1.0, hourly)
            + a_shape * turn * interpolated_covariance(keep(24.0, shape), fractions);
        let mean = factors.weekday_shift[WEEKDAY];
        pair.check(&format!("z at hour {hour}"), mean, 1.0 - factors.shift_variance(), covariance);
    }
}

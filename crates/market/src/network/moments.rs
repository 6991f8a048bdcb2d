//! Moments of every law of the network against theory, at a million draws.

use super::*;
use crate::network::tests::{opened, settings};

const N: u64 = 1_000_000;

/// Mean, variance and kurtosis of draws within four standard errors of a law's.
struct Moments {
    n: f64,
    sums: [f64; 4],
}

impl Moments {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut moments = Self { n: 0.0, sums: [0.0; 4] };
        for x in values {
            moments.n += 1.0;
            for (sum, power) in moments.sums.iter_mut().zip([x, x * x, x * x * x, x * x * x * x]) {
                *sum += power;
            }
        }
        moments
    }

    fn raw(&self, power: usize) -> f64 {
        self.sums[power - 1] / self.n
    }

    fn mean_is(&self, expected: f64) {
        let error = ((self.raw(2) - self.raw(1).powi(2)) / self.n).sqrt();
        let mean = self.raw(1);
        assert!((mean - expected).abs() < 4.0 * error, "mean {mean}, not {expected} ± {error}");
    }

    fn square_is(&self, expected: f64) {
        let error = ((self.raw(4) - self.raw(2).powi(2)) / self.n).sqrt();
        let square = self.raw(2);
        assert!((square - expected).abs() < 4.0 * error, "square {square}, not {expected} ± {error}");
    }
}

/// Log returns of `days` days about the expected price, one path after another.
fn returns(law: &PriceLaw, volatility: f64, days: usize) -> impl Iterator<Item = f64> + use<'_> {
    let scale = law.scale(volatility);
    let mut daily = vec![0.0; days];
    (0..N).map(move |path| {
        let monthly: f64 = StandardNormal.sample(&mut Stream::new(5, path, Factor::Correlated, 0));
        law.innovations(&mut PriceState::default(), (5, path, 0), monthly, &mut daily);
        let mut jumps = Stream::new(5, path, Factor::BitcoinJumps, 0);
        daily.iter().map(|z| scale.drift + scale.noise * z + scale.jump(&mut jumps)).sum()
    })
}

#[test]
fn normal_returns_have_their_volatility_and_leave_the_expected_price_alone() {
    let years = 20.0 / DAYS_PER_YEAR;
    let logs = Moments::of(returns(&PriceLaw::Gaussian, 0.7, 20).map(|r| r + 0.5 * 0.49 * years));
    logs.mean_is(0.0);
    logs.square_is(0.49 * years);
    Moments::of(returns(&PriceLaw::Gaussian, 0.7, 20).map(f64::exp)).mean_is(1.0);
}

#[test]
fn jumps_add_up_to_the_same_volatility_and_expected_price() {
    let jumps = JumpLaw { per_year: 40.0, mean: -0.03, sd: 0.07 };
    let law = PriceLaw::Jumps(jumps);
    let years = 5.0 / DAYS_PER_YEAR;
    let drift = 5.0 * law.scale(0.7).drift + jumps.per_year * jumps.mean * years;
    let logs = Moments::of(returns(&law, 0.7, 5).map(|r| r - drift));
    logs.mean_is(0.0);
    logs.square_is(0.49 * years);
    Moments::of(returns(&law, 0.7, 5).map(f64::exp)).mean_is(1.0);
    // Compound Poisson: the fourth cumulant is rate · E[J^4].
    let (m, s) = (jumps.mean, jumps.sd);
    let fourth = m.powi(4) + 6.0 * m * m * s * s + 3.0 * s.powi(4);
    let expected = 3.0 * (0.49 * years).powi(2) + jumps.per_year * years * fourth;
    let ratio = logs.raw(4) / expected;
    assert!((ratio - 1.0).abs() < 0.03, "{ratio}");
}

#[test]
fn resampled_days_keep_volatility_expected_price_and_their_neighbours() {
    // A made-up history of calm and wild fortnights.
    let mut price = 100.0;
    let prices: Vec<f64> = (0..1_000)
        .map(|day: u32| {
            let size = if (day / 14).is_multiple_of(2) { 0.01 } else { 0.05 };
            price *= (size * (f64::from(day) * 1.7).sin()).exp();
            price
        })
        .collect();
    let law = PriceLaw::Bootstrap(ReturnHistory::new(&prices, 25.0).expect("long enough"));
    Moments::of(returns(&law, 0.6, 1).map(f64::exp)).mean_is(1.0);
    let drift = law.scale(0.6).drift;
    let logs = Moments::of(returns(&law, 0.6, 1).map(|r| r - drift));
    logs.mean_is(0.0);
    logs.square_is(0.36 / DAYS_PER_YEAR);
    // Size of one day against the next: a block runs on with probability 1 - 1/25.
    let sizes = |lag: usize| {
        let mut daily = [0.0; 2];
        Moments::of((0..N / 4).map(|path| {
            law.innovations(&mut PriceState::default(), (6, path, 0), 0.0, &mut daily);
            daily[0].abs() * daily[lag].abs()
        }))
    };
    let (same, next) = (sizes(0).raw(1), sizes(1).raw(1));
    let centre = Moments::of(returns(&law, 1.0, 1).map(|r| (r - law.scale(1.0).drift).abs())).raw(1)
        * DAYS_PER_YEAR.sqrt();
    let (scores_next, n) = match &law {
        PriceLaw::Bootstrap(history) => history.neighbour_product(),
        _ => unreachable!("a bootstrap was made"),
    };
    let expected = (1.0 - 1.0 / 25.0) * scores_next + centre * centre / 25.0;
    assert!((next - expected).abs() < 0.02 * same, "{next} {expected} of {n} days");
}

#[test]
fn months_of_a_bootstrap_do_not_depend_on_who_runs_beside_them() {
    let mut resampled = settings();
    let prices: Vec<f64> = (0..400).map(|day| 100.0 + (f64::from(day) * 0.9).sin()).collect();
    resampled.price_law = PriceLaw::Bootstrap(ReturnHistory::new(&prices, 9.0).expect("long enough"));
    let walk = |path: u64| {
        let mut network = opened(&resampled, path);
        let mut daily = [0.0; 31];
        (0..6).map(|m| network.draw_price(&resampled, (3, path, m), 0.3, &mut daily)).collect::<Vec<_>>()
    };
    assert_eq!(walk(7), walk(7));
    assert_ne!(walk(7), walk(8));
}

#[test]
fn fees_innovate_as_stated() {
    let mut noisy = settings();
    noisy.fee_innovation = 0.12;
    let mut shocks = Vec::new();
    for path in 0..N / 100 {
        let mut network = opened(&noisy, path);
        for month in 0..100 {
            let before = network.ln_fee_deviation;
            network.month(&noisy, (8, path, month), &[0.0], 1.0, |_, _| ());
            shocks.push(network.ln_fee_deviation - 0.985 * before);
        }
    }
    let moments = Moments::of(shocks.into_iter());
    moments.mean_is(0.0);
    moments.square_is(0.12 * 0.12);
}

#[test]
fn hashrate_innovates_and_blocks_arrive_as_stated() {
    let mut noisy = settings();
    noisy.response = ResponseLaw::known(0.0);
    noisy.innovation_per_epoch = 0.027;
    noisy.surprise_innovation = 0.008;
    noisy.cost_curve = LevelCurve::growing(57.5, -0.1);
    let pace = noisy.pace(0.0, 0.0);
    let (mut changes, mut surprises, mut lucks) = (Vec::new(), Vec::new(), Vec::new());
    for path in 0..N / 100 {
        let mut network = opened(&noisy, path);
        for month in 0..100 {
            let mut streams = MonthStreams::new(4, path, month);
            let (ln_hashrate, surprise) = (network.ln_hashrate, network.surprise);
            network.begin_epoch(&noisy, 0.0, &mut streams);
            changes.push(network.ln_hashrate - ln_hashrate - network.surprise);
            surprises.push(network.surprise - 0.93 * surprise);
            let pace = BLOCKS_PER_DAY * network.ln_hashrate.exp() / network.difficulty;
            lucks.push(pace / network.blocks_per_day - 1.0);
        }
    }
    let changes = Moments::of(changes.into_iter().map(|change| change - pace));
    changes.mean_is(0.0);
    changes.square_is(0.027 * 0.027);
    let surprises = Moments::of(surprises.into_iter());
    surprises.mean_is(0.0);
    surprises.square_is(0.008 * 0.008);
    let lucks = Moments::of(lucks.into_iter());
    lucks.mean_is(0.0);
    lucks.square_is(1.0 / 2016.0);
}

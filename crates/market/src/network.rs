//! Bitcoin price, fees, hashrate and difficulty, day by day: hashprice follows exactly from the four.
//!
//! Price: geometric Brownian motion round the scenario's curve, `E[P_t] = P_0 (1+g)^t`.
//! Fees: log of BTC per block, a first-order autoregression by day.
//! Hashrate, once per epoch of 2016 blocks: `Δ ln H = g₀ + κ (x − x*(t)) + u + s ε`, where `x` is the smoothed log
//! hashprice and `x*` the cost curve to which entry and exit pull, falling with machine efficiency; `g₀ = ln(1+g) −
//! σ²/2 + γ` is the pace at which median hashprice stays on that curve between halvings, `u` a slow surprise
//! (`u' = ρ u + s_u ε`).
//! Difficulty: retargets on the time that 2016 blocks took (gamma law), measured over 2015 intervals and clamped to a
//! factor of four, in the whole-number arithmetic of the reference client ([`crate::retarget`]); halvings come by height.
//! Source of structure and speeds: Fantazzini and Kolodin (2020) for the direction; fitted values in
//! `data/calibration/bitcoin.toml`.

use crate::retarget::CompactTarget;
use crate::stream::{Factor, Stream};
use rand_distr::{Distribution, Gamma, StandardNormal};
use site::hashprice::{
    BLOCK_SECONDS, HALVING_BLOCKS, RETARGET_BLOCKS, hashprice_usd_per_ph_day, subsidy_btc,
};

const DAYS_PER_YEAR: f64 = 365.25;
const SECONDS_PER_DAY: f64 = 86_400.0;
/// Largest log change of hashrate in one epoch; history since 2015 stays inside.
const MAX_EPOCH_CHANGE: f64 = 0.3;
/// Highest mean fees of a day, BTC per block; the record day of April 2024 paid about twice this, once.
const MAX_FEES_BTC: f64 = 6.0;
/// Half-life of the smoothing of log hashprice to which hashrate answers, days.
const SMOOTHING_HALF_LIFE_DAYS: f64 = 7.0;

/// Bitcoin and its network at the first opening, and how they move.
#[derive(Debug, Clone, PartialEq)]
pub struct BitcoinSettings {
    /// Price at the first opening, USD.
    pub price_usd: f64,
    /// Expected growth of the price, effective per year: an input, never fitted.
    pub growth_per_year: f64,
    /// Volatility of log returns per square root of a year.
    pub volatility: f64,
    /// Blocks found at the first opening.
    pub height: u64,
    /// Difficulty at the first opening.
    pub difficulty: f64,
    /// Median fees, BTC per block.
    pub fees_btc_per_block: f64,
    /// Share of yesterday's log deviation of fees that stays.
    pub fee_persistence: f64,
    /// Daily innovation of log fees.
    pub fee_innovation: f64,
    /// Hashprice of the cost curve at the first opening, USD/PH/day.
    pub cost_curve_usd_per_ph_day: f64,
    /// Yearly log decline of the cost curve, from machine efficiency.
    pub cost_curve_decline_per_year: f64,
    /// Share of the log gap to the cost curve that hashrate closes per epoch, `κ`.
    pub response_per_epoch: f64,
    /// Innovation of log hashrate per epoch, net of the luck of block arrivals, `s`.
    pub innovation_per_epoch: f64,
    /// Share of the slow surprise that stays from epoch to epoch, `ρ`.
    pub surprise_persistence: f64,
    /// Innovation of the slow surprise per epoch, `s_u`.
    pub surprise_innovation: f64,
}

/// One path's network.
#[derive(Debug, Clone)]
pub(crate) struct NetworkPath {
    ln_price: f64,
    ln_fee_deviation: f64,
    /// Hashrate in units of the difficulty at which it finds a block every 600 s, log.
    ln_hashrate: f64,
    /// Target in force, from which difficulty follows at each retarget.
    target: CompactTarget,
    difficulty: f64,
    height: f64,
    epoch_days: f64,
    blocks_per_day: f64,
    surprise: f64,
    smoothed_ln_hashprice: f64,
    days: f64,
}

/// Streams of one path's month.
struct MonthStreams {
    network: Stream,
    blocks: Stream,
}

impl NetworkPath {
    pub(crate) fn new(settings: &BitcoinSettings) -> Self {
        let height = settings.height as f64;
        let blocks_per_day = SECONDS_PER_DAY / BLOCK_SECONDS;
        let mut path = Self {
            ln_price: settings.price_usd.ln(),
            ln_fee_deviation: 0.0,
            ln_hashrate: settings.difficulty.ln(),
            target: CompactTarget::from_difficulty(settings.difficulty),
            difficulty: settings.difficulty,
            height,
            // The epoch under way is taken to have run on time so far.
            epoch_days: (height % RETARGET_BLOCKS as f64) / blocks_per_day,
            blocks_per_day,
            surprise: 0.0,
            smoothed_ln_hashprice: 0.0,
            days: 0.0,
        };
        path.smoothed_ln_hashprice = path.hashprice(settings).ln();
        path
    }

    pub(crate) fn price_usd(&self) -> f64 {
        self.ln_price.exp()
    }

    pub(crate) fn difficulty(&self) -> f64 {
        self.difficulty
    }

    fn fees_btc(&self, settings: &BitcoinSettings) -> f64 {
        (settings.fees_btc_per_block * self.ln_fee_deviation.exp()).min(MAX_FEES_BTC)
    }

    /// Hashprice at this instant, USD/PH/day.
    pub(crate) fn hashprice(&self, settings: &BitcoinSettings) -> f64 {
        let subsidy = subsidy_btc(self.height as u64);
        hashprice_usd_per_ph_day(self.difficulty, subsidy, self.fees_btc(settings), self.price_usd())
    }

    /// Advances over the days of a month and writes each day's mean hashprice.
    ///
    /// `price_innovations` holds one standard normal per day; `hashprice` is written at `offset + day * stride`.
    pub(crate) fn month(
        &mut self,
        settings: &BitcoinSettings,
        key: (u64, u64, u32),
        price_innovations: &[f64],
        mut write_day: impl FnMut(usize, f64),
    ) {
        let (seed, path, month) = key;
        let mut fees = Stream::new(seed, path, Factor::Fees, month);
        let mut streams = MonthStreams {
            network: Stream::new(seed, path, Factor::Network, month),
            blocks: Stream::new(seed, path, Factor::Blocks, month),
        };
        let drift =
            ((1.0 + settings.growth_per_year).ln() - 0.5 * settings.volatility.powi(2)) / DAYS_PER_YEAR;
        let noise = settings.volatility / DAYS_PER_YEAR.sqrt();
        let keep = 0.5_f64.powf(1.0 / SMOOTHING_HALF_LIFE_DAYS);
        for (day, z) in price_innovations.iter().enumerate() {
            self.ln_price += drift + noise * z;
            let fee_shock: f64 = StandardNormal.sample(&mut fees);
            self.ln_fee_deviation =
                settings.fee_persistence * self.ln_fee_deviation + settings.fee_innovation * fee_shock;
            let hashprice = self.mine_a_day(settings, &mut streams);
            self.smoothed_ln_hashprice = keep * self.smoothed_ln_hashprice + (1.0 - keep) * hashprice.ln();
            self.days += 1.0;
            write_day(day, hashprice);
        }
    }

    /// Mean hashprice of a day in which blocks may cross a retarget or a halving.
    fn mine_a_day(&mut self, settings: &BitcoinSettings, streams: &mut MonthStreams) -> f64 {
        let mut left = 1.0_f64;
        let mut mean = 0.0;
        while left > 0.0 {
            let retarget = next_multiple(self.height, RETARGET_BLOCKS);
            let next = retarget.min(next_multiple(self.height, HALVING_BLOCKS));
            let until_next = (next - self.height) / self.blocks_per_day;
            let span = left.min(until_next);
            mean += span * self.hashprice(settings);
            self.epoch_days += span;
            if until_next > left {
                self.height += left * self.blocks_per_day;
                break;
            }
            left -= span;
            self.height = next;
            if next >= retarget {
                self.retarget(settings, streams);
            }
        }
        mean
    }

    fn retarget(&mut self, settings: &BitcoinSettings, streams: &mut MonthStreams) {
        let intervals = RETARGET_BLOCKS as f64;
        let target_days = intervals * BLOCK_SECONDS / SECONDS_PER_DAY;
        let measured_seconds = self.epoch_days * SECONDS_PER_DAY * (intervals - 1.0) / intervals;
        self.target = self.target.retarget(measured_seconds.round() as u64);
        self.difficulty = self.target.difficulty();
        self.epoch_days = 0.0;

        let mut normal = || -> f64 { StandardNormal.sample(&mut streams.network) };
        let (surprise_shock, shock) = (normal(), normal());
        self.surprise =
            settings.surprise_persistence * self.surprise + settings.surprise_innovation * surprise_shock;
        let years = self.days / DAYS_PER_YEAR;
        let cost_curve =
            settings.cost_curve_usd_per_ph_day.ln() - settings.cost_curve_decline_per_year * years;
        let log_drift = (1.0 + settings.growth_per_year).ln() - 0.5 * settings.volatility.powi(2);
        let pace = (log_drift + settings.cost_curve_decline_per_year) * target_days / DAYS_PER_YEAR;
        let change = pace
            + settings.response_per_epoch * (self.smoothed_ln_hashprice - cost_curve)
            + self.surprise
            + settings.innovation_per_epoch * shock;
        self.ln_hashrate += change.clamp(-MAX_EPOCH_CHANGE, MAX_EPOCH_CHANGE);

        // Time of 2016 blocks over its mean; the shape is a constant above zero, so the law always exists.
        let luck = Gamma::new(intervals, 1.0 / intervals).map_or(1.0, |law| law.sample(&mut streams.blocks));
        self.blocks_per_day =
            SECONDS_PER_DAY / BLOCK_SECONDS * (self.ln_hashrate.exp() / self.difficulty) / luck;
    }
}

/// The first multiple of `step` above `height`.
fn next_multiple(height: f64, step: u64) -> f64 {
    let step = step as f64;
    ((height / step).floor() + 1.0) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> BitcoinSettings {
        BitcoinSettings {
            price_usd: 90_000.0,
            growth_per_year: 0.0,
            volatility: 0.0,
            height: 1_049_000,
            difficulty: 1e14,
            fees_btc_per_block: 0.05,
            fee_persistence: 0.985,
            fee_innovation: 0.0,
            cost_curve_usd_per_ph_day: 57.5,
            cost_curve_decline_per_year: 0.0,
            response_per_epoch: 0.02,
            innovation_per_epoch: 0.0,
            surprise_persistence: 0.93,
            surprise_innovation: 0.0,
        }
    }

    fn run(settings: &BitcoinSettings, path: u64, months: u32) -> (NetworkPath, Vec<f64>) {
        let mut network = NetworkPath::new(settings);
        let mut days = Vec::new();
        for month in 0..months {
            network.month(settings, (1, path, month), &[0.0; 30], |_, hashprice| days.push(hashprice));
        }
        (network, days)
    }

    #[test]
    fn the_halving_comes_by_height_and_hashrate_answers_it() {
        let (network, days) = run(&settings(), 3, 45);
        // A thousand blocks are seven days: the subsidy halves on the eighth.
        assert!(
            (days[8] / days[5] - (1.5625 + 0.05) / (3.125 + 0.05)).abs() < 1e-6,
            "{} {}",
            days[5],
            days[8]
        );
        // Without growth or noise hashprice returns towards the cost curve after machines have left.
        assert!(network.difficulty < 0.75e14, "{}", network.difficulty);
        assert!(days[1_349] > 1.2 * days[8], "{} {}", days[1_349], days[8]);
    }

    #[test]
    fn blocks_keep_coming_every_ten_minutes_when_nothing_changes() {
        let mut steady = settings();
        steady.response_per_epoch = 0.0;
        let (network, _) = run(&steady, 5, 120);
        let blocks = network.height - 1_049_000.0;
        assert!((blocks / (3_600.0 * 144.0) - 1.0).abs() < 3e-3, "{blocks}");
    }

    #[test]
    fn expected_price_follows_the_curve() {
        let mut noisy = settings();
        noisy.volatility = 0.6;
        noisy.growth_per_year = 0.1;
        let n = 20_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for path in 0..n {
            let mut network = NetworkPath::new(&noisy);
            let mut stream = Stream::new(9, path, Factor::Bitcoin, 0);
            let z: Vec<f64> = (0..365).map(|_| StandardNormal.sample(&mut stream)).collect();
            network.month(&noisy, (9, path, 0), &z, |_, _| ());
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
        noisy.growth_per_year = 0.03;
        noisy.cost_curve_decline_per_year = 0.1;
        noisy.innovation_per_epoch = 0.0276;
        noisy.cost_curve_usd_per_ph_day = NetworkPath::new(&noisy).hashprice(&noisy);
        let mut gaps = Vec::new();
        for path in 0..600 {
            let mut network = NetworkPath::new(&noisy);
            for month in 0..44 {
                let mut stream = Stream::new(3, path, Factor::Bitcoin, month);
                let z: Vec<f64> = (0..30).map(|_| StandardNormal.sample(&mut stream)).collect();
                network.month(&noisy, (3, path, month), &z, |_, _| ());
            }
            let curve = noisy.cost_curve_usd_per_ph_day.ln() - 0.1 * 44.0 * 30.0 / DAYS_PER_YEAR;
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
        steady.response_per_epoch = 0.0;
        steady.height = 840_000;
        let mut changes = Vec::new();
        for path in 0..400 {
            let mut network = NetworkPath::new(&steady);
            let mut last = network.difficulty;
            for month in 0..36 {
                network.month(&steady, (2, path, month), &[0.0; 5], |_, _| ());
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
}

//! Bitcoin price, fees, hashrate and difficulty, day by day: hashprice follows exactly from the four.
//!
//! Price: log returns round an expected price, normal, with jumps or resampled ([`PriceLaw`]); `E[P_t]` is the curve.
//! Fees: log of BTC per block, a first-order autoregression by day.
//! Hashrate, once per epoch of 2016 blocks: `Δ ln H = g₀ + κ± (x − x*(t)) + u + s ε`, where `x` is the smoothed log
//! hashprice and `x*` the cost curve to which entry (`κ⁺`, above) and exit (`κ⁻`, below) pull; `g₀` is the pace at which
//! median hashprice stays on that curve between halvings, `u` a slow surprise (`u' = ρ u + s_u ε`). Speeds, pace,
//! volatility and `s` are drawn once per path about their estimates ([`ResponseLaw`]).
//! Difficulty: retargets on the time that 2016 blocks took (gamma law), measured over 2015 intervals and clamped to a
//! factor of four, in the whole-number arithmetic of the reference client ([`crate::retarget`]); halvings come by height.
//! Source of structure and speeds: Fantazzini and Kolodin (2020) for the direction; fitted values in
//! `data/calibration/bitcoin.toml`.

mod curve;
#[cfg(test)]
mod moments;
mod parameters;
mod price;
#[cfg(test)]
mod tests;

pub use curve::LevelCurve;
pub(crate) use parameters::PathParameters;
pub use parameters::ResponseLaw;
pub use price::{JumpLaw, PriceLaw, ReturnHistory};

use crate::retarget::CompactTarget;
use crate::stream::{Factor, Stream};
use price::{PriceState, ReturnScale};
use rand_distr::{Distribution, Gamma, StandardNormal};
use site::hashprice::{
    BLOCK_SECONDS, HALVING_BLOCKS, RETARGET_BLOCKS, hashprice_usd_per_ph_day, subsidy_btc,
};

const DAYS_PER_YEAR: f64 = 365.25;
const SECONDS_PER_DAY: f64 = 86_400.0;
/// Blocks of a day at the intended pace.
const BLOCKS_PER_DAY: f64 = SECONDS_PER_DAY / BLOCK_SECONDS;
/// Days of an epoch at the intended pace.
const EPOCH_DAYS: f64 = RETARGET_BLOCKS as f64 / BLOCKS_PER_DAY;
/// Largest log change of hashrate in one epoch; history since 2015 stays inside.
const MAX_EPOCH_CHANGE: f64 = 0.3;
/// Highest mean fees of a day, BTC per block; the record day of April 2024 paid about twice this, once.
const MAX_FEES_BTC: f64 = 6.0;
/// Half-life of the smoothing of log hashprice to which hashrate answers, days.
const SMOOTHING_HALF_LIFE_DAYS: f64 = 7.0;

/// Bitcoin and its network at the first opening, and how they move.
#[derive(Debug, Clone, PartialEq)]
pub struct BitcoinSettings {
    /// Expected price, USD: an input, never fitted. It starts at the price of the first opening.
    pub price: LevelCurve,
    /// Log drift a year that was taken off [`Self::price`] for risk. Hashrate keeps the pace of the price with it: a change of
    /// measure moves prices, and leaves how the network answers them as it is.
    pub risk_premium_per_year: f64,
    /// How daily returns are distributed about it.
    pub price_law: PriceLaw,
    /// Volatility of log returns per square root of a year.
    pub volatility: f64,
    /// Standard error of the log of the volatility; zero for a known one.
    pub volatility_log_error: f64,
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
    /// Hashprice of the cost curve, USD/PH/day.
    pub cost_curve: LevelCurve,
    /// Expected reward of a block (BTC), where the cost curve is a forward curve of hashprice that knows the halvings.
    pub reward_in_curve: Option<LevelCurve>,
    /// Log rise of the cost curve per log rise of the market rent of AI leases: operators who move power to AI.
    pub ai_pull: f64,
    /// Speeds of entry and exit.
    pub response: ResponseLaw,
    /// Innovation of log hashrate per epoch, net of the luck of block arrivals, `s`.
    pub innovation_per_epoch: f64,
    /// Standard error of the log of that innovation; zero for a known one.
    pub innovation_log_error: f64,
    /// Share of the slow surprise that stays from epoch to epoch, `ρ`.
    pub surprise_persistence: f64,
    /// Innovation of the slow surprise per epoch, `s_u`.
    pub surprise_innovation: f64,
}

impl BitcoinSettings {
    /// Takes a log drift a year off the expected price for risk.
    pub fn take_risk_premium(&mut self, log_per_year: f64) {
        self.price = self.price.less_drift(log_per_year);
        self.risk_premium_per_year += log_per_year;
    }

    /// Log growth of hashrate over an epoch from `day` on that keeps median hashprice on the cost curve.
    pub(crate) fn pace(&self, day: f64, volatility: f64) -> f64 {
        let end = day + EPOCH_DAYS;
        let reward = self.reward_in_curve.as_ref().map_or(0.0, |curve| curve.log_change(day, end));
        let years = EPOCH_DAYS / DAYS_PER_YEAR;
        let expected_price = self.price.log_change(day, end) + self.risk_premium_per_year * years;
        let median_price = expected_price - 0.5 * volatility * volatility * EPOCH_DAYS / DAYS_PER_YEAR;
        median_price + reward - self.cost_curve.log_change(day, end)
    }
}

/// Where a path's network stands when it does not begin with the settings' own opening.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NetworkStart {
    /// Fees of the last day, BTC per block.
    pub(crate) fees_btc_per_block: f64,
    /// Days since the last retarget.
    pub(crate) epoch_days: f64,
    /// Smoothed log hashprice when the epoch under way began.
    pub(crate) smoothed_at_retarget: f64,
    /// Smoothed log hashprice now.
    pub(crate) smoothed_ln_hashprice: f64,
}

/// One path's network.
#[derive(Debug, Clone)]
pub(crate) struct NetworkPath {
    parameters: PathParameters,
    scale: ReturnScale,
    price_state: PriceState,
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
    /// Time of the last period's 2015 intervals, s.
    #[cfg(test)]
    measured_seconds: u64,
}

/// Streams of one path's month.
struct MonthStreams {
    network: Stream,
    blocks: Stream,
}

/// A day of a path.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct NetworkDay {
    /// Price at the close, USD.
    pub(crate) price_usd: f64,
    /// Mean difficulty.
    pub(crate) difficulty: f64,
    /// Mean hashprice, USD/PH/day.
    pub(crate) hashprice_usd_per_ph_day: f64,
}

impl NetworkPath {
    pub(crate) fn new(settings: &BitcoinSettings, parameters: PathParameters) -> Self {
        let height = settings.height as f64;
        let mut path = Self {
            parameters,
            scale: settings.price_law.scale(parameters.volatility),
            price_state: PriceState::default(),
            ln_price: settings.price.ln_at(0.0),
            ln_fee_deviation: 0.0,
            ln_hashrate: settings.difficulty.ln(),
            target: CompactTarget::from_difficulty(settings.difficulty),
            difficulty: settings.difficulty,
            height,
            // The epoch under way is taken to have run on time so far.
            epoch_days: (height % RETARGET_BLOCKS as f64) / BLOCKS_PER_DAY,
            blocks_per_day: BLOCKS_PER_DAY,
            surprise: 0.0,
            smoothed_ln_hashprice: 0.0,
            days: 0.0,
            #[cfg(test)]
            measured_seconds: 0,
        };
        path.smoothed_ln_hashprice = path.hashprice(settings).ln();
        path
    }

    /// A path in the middle of an epoch whose hashrate is not known: drawn as at the retarget that began it.
    ///
    /// The settings' height is that of the retarget.
    pub(crate) fn within_epoch(
        settings: &BitcoinSettings,
        parameters: PathParameters,
        start: &NetworkStart,
        (seed, path): (u64, u64),
    ) -> Self {
        let mut network = Self::new(settings, parameters);
        let mut streams = MonthStreams::new(seed, path, u32::MAX);
        network.ln_fee_deviation = (start.fees_btc_per_block / settings.fees_btc_per_block).ln();
        network.days = -start.epoch_days;
        network.smoothed_ln_hashprice = start.smoothed_at_retarget;
        // Difficulty shows the last epoch's hashrate with the luck of its blocks.
        let luck: f64 = StandardNormal.sample(&mut streams.network);
        network.ln_hashrate += luck / (RETARGET_BLOCKS as f64).sqrt();
        network.begin_epoch(settings, 0.0, &mut streams);
        network.days = 0.0;
        network.smoothed_ln_hashprice = start.smoothed_ln_hashprice;
        network.epoch_days = start.epoch_days;
        // The epoch is known to be still under way.
        let found = (start.epoch_days * network.blocks_per_day).min(RETARGET_BLOCKS as f64 - 1.0);
        network.height = settings.height as f64 + found;
        network
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

    /// Draws the month's price innovations, one per entry of `daily`, and gives the monthly innovation they add up to.
    pub(crate) fn draw_price(
        &mut self,
        settings: &BitcoinSettings,
        key: (u64, u64, u32),
        monthly: f64,
        daily: &mut [f64],
    ) -> f64 {
        settings.price_law.innovations(&mut self.price_state, key, monthly, daily)
    }

    /// Advances over the days of a month, one per price innovation, and writes each.
    ///
    /// `rent_multiple` is the market rent of AI leases over that of the first opening.
    pub(crate) fn month(
        &mut self,
        settings: &BitcoinSettings,
        (seed, path, month): (u64, u64, u32),
        price_innovations: &[f64],
        rent_multiple: f64,
        mut write_day: impl FnMut(usize, NetworkDay),
    ) {
        let mut fees = Stream::new(seed, path, Factor::Fees, month);
        let mut jumps = Stream::new(seed, path, Factor::BitcoinJumps, month);
        let mut streams = MonthStreams::new(seed, path, month);
        let keep = 0.5_f64.powf(1.0 / SMOOTHING_HALF_LIFE_DAYS);
        let pull = settings.ai_pull * rent_multiple.ln();
        for (day, z) in price_innovations.iter().enumerate() {
            let expected = settings.price.log_change(self.days, self.days + 1.0);
            let drift = expected + self.scale.drift + self.parameters.drift_per_day;
            self.ln_price += drift + self.scale.noise * z + self.scale.jump(&mut jumps);
            let fee_shock: f64 = StandardNormal.sample(&mut fees);
            self.ln_fee_deviation =
                settings.fee_persistence * self.ln_fee_deviation + settings.fee_innovation * fee_shock;
            let mut mined = self.mine_a_day(settings, pull, &mut streams);
            mined.price_usd = self.price_usd();
            let ln_hashprice = mined.hashprice_usd_per_ph_day.ln();
            self.smoothed_ln_hashprice = keep * self.smoothed_ln_hashprice + (1.0 - keep) * ln_hashprice;
            self.days += 1.0;
            write_day(day, mined);
        }
    }

    /// Mean difficulty and hashprice of a day in which blocks may cross a retarget or a halving.
    fn mine_a_day(
        &mut self,
        settings: &BitcoinSettings,
        pull: f64,
        streams: &mut MonthStreams,
    ) -> NetworkDay {
        let mut left = 1.0_f64;
        let mut mean = NetworkDay::default();
        while left > 0.0 {
            let retarget = next_multiple(self.height, RETARGET_BLOCKS);
            let next = retarget.min(next_multiple(self.height, HALVING_BLOCKS));
            let until_next = (next - self.height) / self.blocks_per_day;
            let span = left.min(until_next);
            mean.hashprice_usd_per_ph_day += span * self.hashprice(settings);
            mean.difficulty += span * self.difficulty;
            self.epoch_days += span;
            if until_next > left {
                self.height += left * self.blocks_per_day;
                break;
            }
            left -= span;
            self.height = next;
            if next >= retarget {
                self.retarget();
                self.begin_epoch(settings, pull, streams);
            }
        }
        mean
    }

    /// Sets difficulty by the time that the epoch took.
    fn retarget(&mut self) {
        let intervals = RETARGET_BLOCKS as f64;
        let measured = self.epoch_days * SECONDS_PER_DAY * (intervals - 1.0) / intervals;
        let measured_seconds = measured.round() as u64;
        self.target = self.target.retarget(measured_seconds);
        #[cfg(test)]
        {
            self.measured_seconds = measured_seconds;
        }
        self.difficulty = self.target.difficulty();
        self.epoch_days = 0.0;
    }

    /// Moves hashrate and draws the luck of the epoch's blocks.
    fn begin_epoch(&mut self, settings: &BitcoinSettings, pull: f64, streams: &mut MonthStreams) {
        let mut normal = || -> f64 { StandardNormal.sample(&mut streams.network) };
        let (surprise_shock, shock) = (normal(), normal());
        self.surprise =
            settings.surprise_persistence * self.surprise + settings.surprise_innovation * surprise_shock;
        let own = &self.parameters;
        let gap = self.smoothed_ln_hashprice - settings.cost_curve.ln_at(self.days) - pull;
        let speed = if gap > 0.0 { own.entry_per_epoch } else { own.exit_per_epoch };
        let pace = settings.pace(self.days, own.volatility)
            + own.pace_per_epoch
            + own.pace_change_per_year * self.days / DAYS_PER_YEAR;
        let change = pace + speed * gap + self.surprise + own.innovation_per_epoch * shock;
        self.ln_hashrate += change.clamp(-MAX_EPOCH_CHANGE, MAX_EPOCH_CHANGE);

        // Time of 2016 blocks over its mean; the shape is a constant above zero, so the law always exists.
        let blocks = RETARGET_BLOCKS as f64;
        let luck = Gamma::new(blocks, 1.0 / blocks).map_or(1.0, |law| law.sample(&mut streams.blocks));
        self.blocks_per_day = BLOCKS_PER_DAY * (self.ln_hashrate.exp() / self.difficulty) / luck;
    }
}

impl MonthStreams {
    fn new(seed: u64, path: u64, month: u32) -> Self {
        Self {
            network: Stream::new(seed, path, Factor::Network, month),
            blocks: Stream::new(seed, path, Factor::Blocks, month),
        }
    }
}

/// The first multiple of `step` above `height`.
fn next_multiple(height: f64, step: u64) -> f64 {
    let step = step as f64;
    ((height / step).floor() + 1.0) * step
}

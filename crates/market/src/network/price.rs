//! Daily log returns of Bitcoin round the expected price: normal, with jumps, or resampled from history.

use crate::correlation::bridge;
use crate::stream::{Factor, Stream};
use rand_distr::{Distribution, StandardNormal, StandardUniform};
use std::sync::Arc;

/// How daily returns are distributed; every law keeps the scenario's volatility and expected price.
#[derive(Debug, Clone, PartialEq)]
pub enum PriceLaw {
    /// Normal and independent from day to day.
    Gaussian,
    /// Normal, and on some days a jump besides (Merton, 1976).
    Jumps(JumpLaw),
    /// Days of history in random blocks (stationary bootstrap of Politis and Romano, 1994).
    Bootstrap(ReturnHistory),
}

/// Arrival and size of jumps in the log price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JumpLaw {
    /// Expected jumps per year.
    pub per_year: f64,
    /// Mean log size.
    pub mean: f64,
    /// Standard deviation of the log size.
    pub sd: f64,
}

impl JumpLaw {
    /// Variance of log returns that jumps bring, per year.
    #[must_use]
    pub fn variance_per_year(&self) -> f64 {
        self.per_year * (self.mean * self.mean + self.sd * self.sd)
    }

    /// Log growth per year that jumps alone would give the expected price.
    fn growth_per_year(&self) -> f64 {
        self.per_year * ((self.mean + 0.5 * self.sd * self.sd).exp() - 1.0)
    }
}

/// Daily log returns of history, ready to be resampled.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnHistory {
    /// Returns in standard deviations, mean zero.
    scores: Arc<[f64]>,
    /// Mean length of a block, days.
    mean_block_days: f64,
}

impl ReturnHistory {
    /// Resamples the daily log returns between successive `prices` (USD, above zero) in blocks of a mean length; `None`
    /// with fewer than a hundred returns, returns that never vary, or blocks shorter than a day.
    #[must_use]
    pub fn new(prices: &[f64], mean_block_days: f64) -> Option<Self> {
        const FEWEST_RETURNS: usize = 100;
        let returns: Vec<f64> = prices.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
        let n = returns.len() as f64;
        let mean = returns.iter().sum::<f64>() / n;
        let sd = (returns.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n).sqrt();
        let usable = returns.len() >= FEWEST_RETURNS && sd > 0.0 && sd.is_finite() && mean_block_days >= 1.0;
        let scores = returns.iter().map(|r| (r - mean) / sd).collect();
        usable.then_some(Self { scores, mean_block_days })
    }

    /// Mean product of the sizes of neighbouring days' scores, and the number of days.
    #[cfg(test)]
    pub(super) fn neighbour_product(&self) -> (f64, usize) {
        let n = self.scores.len();
        let sum: f64 = (0..n).map(|i| self.scores[i].abs() * self.scores[(i + 1) % n].abs()).sum();
        (sum / n as f64, n)
    }

    /// Log of the mean of `exp(sd · score)`: what is taken off each day so that the expected price stays on its curve.
    fn log_mean_multiple(&self, sd: f64) -> f64 {
        (self.scores.iter().map(|z| (sd * z).exp()).sum::<f64>() / self.scores.len() as f64).ln()
    }
}

/// Where a path stands in history; other laws have no memory.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PriceState {
    position: Option<usize>,
}

impl PriceLaw {
    /// Standardised daily innovations of a month and the monthly one that they add up to.
    ///
    /// `monthly` is the innovation asked for; a bootstrap brings its own, to which other factors may then be tied.
    pub(super) fn innovations(
        &self,
        state: &mut PriceState,
        (seed, path, month): (u64, u64, u32),
        monthly: f64,
        daily: &mut [f64],
    ) -> f64 {
        match self {
            Self::Gaussian | Self::Jumps(_) => {
                let mut stream = Stream::new(seed, path, Factor::Bitcoin, month);
                for z in daily.iter_mut() {
                    *z = StandardNormal.sample(&mut stream);
                }
                bridge(daily, monthly);
                monthly
            }
            Self::Bootstrap(history) => {
                let mut stream = Stream::new(seed, path, Factor::BitcoinBlocks, month);
                for z in daily.iter_mut() {
                    *z = history.scores[state.advance(history, &mut stream)];
                }
                daily.iter().sum::<f64>() / (daily.len() as f64).sqrt()
            }
        }
    }

    /// What turns innovations into log returns about the expected price, at a volatility per square root of a year.
    pub(super) fn scale(&self, volatility: f64) -> ReturnScale {
        let years = 1.0 / super::DAYS_PER_YEAR;
        match self {
            Self::Gaussian => ReturnScale {
                noise: volatility * years.sqrt(),
                drift: -0.5 * volatility * volatility * years,
                jumps: None,
            },
            Self::Jumps(law) => {
                let diffusion = (volatility * volatility - law.variance_per_year()).max(0.0);
                ReturnScale {
                    noise: (diffusion * years).sqrt(),
                    drift: -(0.5 * diffusion + law.growth_per_year()) * years,
                    jumps: Some(*law),
                }
            }
            Self::Bootstrap(history) => {
                let noise = volatility * years.sqrt();
                ReturnScale { noise, drift: -history.log_mean_multiple(noise), jumps: None }
            }
        }
    }
}

impl PriceState {
    /// The next day of the block under way, or the start of a new one.
    fn advance(&mut self, history: &ReturnHistory, stream: &mut Stream) -> usize {
        let n = history.scores.len();
        let uniform: f64 = StandardUniform.sample(stream);
        let jump: f64 = StandardUniform.sample(stream);
        let next = match self.position {
            Some(day) if uniform * history.mean_block_days >= 1.0 => (day + 1) % n,
            _ => (jump * n as f64) as usize,
        };
        self.position = Some(next);
        next
    }
}

/// Per day: noise on an innovation, drift beside the expected price's, jumps.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReturnScale {
    pub(super) noise: f64,
    pub(super) drift: f64,
    pub(super) jumps: Option<JumpLaw>,
}

impl ReturnScale {
    /// Sum of the jumps of a day.
    pub(super) fn jump(&self, stream: &mut Stream) -> f64 {
        let Some(law) = self.jumps else { return 0.0 };
        let mut sum = 0.0;
        // Arrivals by exponential waits, in days.
        let wait = |stream: &mut Stream| -> f64 {
            let uniform: f64 = StandardUniform.sample(stream);
            -(1.0 - uniform).ln() * super::DAYS_PER_YEAR / law.per_year
        };
        let mut at = if law.per_year > 0.0 { wait(stream) } else { f64::INFINITY };
        while at < 1.0 {
            let z: f64 = StandardNormal.sample(stream);
            sum += law.mean + law.sd * z;
            at += wait(stream);
        }
        sum
    }
}

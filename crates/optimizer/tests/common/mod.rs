//! Problems and helpers that several tests use.

#![allow(dead_code, reason = "each test file uses a part")]

use optimizer::exchange::{BermudanExchange, BlockConversion, Exchange, ExchangeDate};

/// Reference problem 2: five blocks, sixty months, irreversible.
pub(crate) const FIVE_BLOCKS: BlockConversion = BlockConversion {
    blocks: 5,
    blocks_per_month: 1,
    months: 60,
    margin: [1.6, 0.9],
    growth: [-0.03, -0.06],
    volatility: [0.30, 0.60],
    correlation: 0.2,
    rate: 0.10,
    cost: 24.0,
};

/// Reference problem 3: twenty dates in five years.
pub(crate) fn twenty_dates() -> BermudanExchange {
    BermudanExchange {
        price: [10.0, 8.0],
        dividend_yield: [0.05, 0.12],
        volatility: [0.30, 0.55],
        correlation: 0.25,
        rate: 0.06,
        strike: 2.0,
        years: (1..=20).map(|i| (1825.0 * f64::from(i) / 20.0).round() / 365.0).collect(),
    }
}

/// Uniform numbers by xorshift.
pub(crate) struct Uniform(pub(crate) u64);

impl Uniform {
    /// A number between two others.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        low + (high - low) * (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number between two others, both included.
    pub(crate) fn count(&mut self, low: usize, high: usize) -> usize {
        (self.between(low as f64, high as f64 + 1.0) as usize).min(high)
    }

    /// A problem of blocks.
    pub(crate) fn conversion(&mut self) -> BlockConversion {
        BlockConversion {
            blocks: self.count(1, 5),
            blocks_per_month: self.count(1, 3),
            months: self.count(36, 60),
            margin: [1.6, 0.9].map(|m| m * self.between(0.6, 1.5)),
            growth: [self.between(-0.1, 0.1), self.between(-0.2, 0.1)],
            volatility: [self.between(0.05, 0.9), self.between(0.05, 0.9)],
            correlation: self.between(-0.8, 0.8),
            rate: self.between(0.02, 0.15),
            cost: self.between(5.0, 40.0),
        }
    }
}

/// Asserts that a value is as expected.
pub(crate) fn close(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{value} instead of {expected}, within {tolerance}");
}

/// Eight quarterly dates with gains that fall.
pub(crate) fn quarterly(units: usize, units_per_date: usize) -> Exchange {
    let date = |k: usize| ExchangeDate {
        years: 0.25 * k as f64,
        receive: 30.0 - 2.0 * k as f64,
        pay: 14.0 - 0.8 * k as f64,
        cost: 14.0 * 0.98_f64.powi(k as i32),
    };
    Exchange {
        volatility: [0.35, 0.5],
        correlation: -0.3,
        dates: (0..8).map(date).collect(),
        units,
        units_per_date,
    }
}

//! Spikes of power prices made larger or smaller than history's, with the mean left to the level.
//!
//! Of a law's price `P`, what stands above a threshold `T` is multiplied: `P' = P + (k − 1)(P − T)⁺`. The law is transformed before it
//! is moved to the study's level, so a multiple above 1 makes spikes larger and all other hours cheaper at the same mean before floor and
//! cap. Ranks stay, so spikes come when they came; a random number is not drawn more or less. An assumption to vary, not a fit.

/// What is done to prices above a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpikeLaw {
    /// Factor on what stands above the threshold, `k`; 1 leaves the law as it is, 0 cuts it off at the threshold.
    pub multiple: f64,
    /// The threshold `T` in prices of the law, before any level moves them, USD/MWh.
    pub above_usd_per_mwh: f64,
}

impl Default for SpikeLaw {
    /// Spikes as history had them, counted above 100 USD/MWh: 5 % of the hours of LZ_WEST in 2024-01 to 2025-06.
    fn default() -> Self {
        Self { multiple: 1.0, above_usd_per_mwh: 100.0 }
    }
}

impl SpikeLaw {
    /// Largest multiple: with it two thirds of the mean of LZ_WEST lie in its spikes.
    pub const MOST: f64 = 10.0;

    /// Whether it leaves every price as it is.
    #[must_use]
    pub fn is_as_observed(&self) -> bool {
        self.multiple == 1.0
    }

    /// The price that takes the place of one, USD/MWh; never lower for a higher price.
    ///
    /// ```
    /// let spikes = market::SpikeLaw { multiple: 2.0, above_usd_per_mwh: 100.0 };
    /// assert_eq!((spikes.price(40.0), spikes.price(350.0)), (40.0, 600.0));
    /// ```
    #[must_use]
    pub fn price(&self, usd_per_mwh: f64) -> f64 {
        usd_per_mwh + (self.multiple - 1.0) * (usd_per_mwh - self.above_usd_per_mwh).max(0.0)
    }
}

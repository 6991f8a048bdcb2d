//! Arrival of lease offers: how often tenants come, what they want and what they pay over the market.
//!
//! At most one offer a month, open for that month. Announced deals are a selected sample, so the rate of arrival is an
//! assumption to vary, never an estimate.

use crate::stream::{Factor, Stream};
use rand_distr::Distribution;
use rand_distr::StandardUniform;
use site::units::{GrossMw, UsdPerKwMonth};
use site::{LeaseOffer, Tenant};

/// The law of offers.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferLaw {
    /// Mean number of arrivals a year; a month has an offer with probability `1 − exp(−rate/12)`.
    pub arrivals_per_year: f64,
    /// Sizes wanted, gross MW, with their probabilities.
    pub sizes_gross_mw: Vec<(f64, f64)>,
    /// Log of the offered rent over the market rate, with their probabilities.
    pub log_spreads: Vec<(f64, f64)>,
    /// Weights of the tenants that make them, by index; without any, tenants never fail.
    pub tenant_weights: Vec<f64>,
}

impl OfferLaw {
    /// Probability that a month has an offer.
    #[must_use]
    pub fn monthly_probability(&self) -> f64 {
        1.0 - (-self.arrivals_per_year / 12.0).exp()
    }

    /// The offer of a path's month, at a market rate in USD/kW-month.
    pub(crate) fn draw(
        &self,
        seed: u64,
        path: u64,
        month: u32,
        rate_usd_per_kw_month: f64,
    ) -> Option<LeaseOffer> {
        let mut stream = Stream::new(seed, path, Factor::Offers, month);
        let mut uniform = || -> f64 { StandardUniform.sample(&mut stream) };
        let (arrival, size, spread) = (uniform(), uniform(), uniform());
        if arrival >= self.monthly_probability() {
            return None;
        }
        let gross = GrossMw::try_new(pick(&self.sizes_gross_mw, size)).ok()?;
        let rent =
            UsdPerKwMonth::try_new(rate_usd_per_kw_month * pick(&self.log_spreads, spread).exp()).ok()?;
        Some(LeaseOffer { gross, rent, tenant: self.draw_tenant(seed, path, month) })
    }

    /// Who makes the offer: a stream of its own, so that naming tenants leaves sizes and rents as they were.
    fn draw_tenant(&self, seed: u64, path: u64, month: u32) -> Tenant {
        if self.tenant_weights.is_empty() {
            return Tenant::Steady;
        }
        let mut stream = Stream::new(seed, path, Factor::OfferTenant, month);
        let law: Vec<(u8, f64)> = (0_u8..).zip(self.tenant_weights.iter().copied()).collect();
        Tenant::Named(pick(&law, StandardUniform.sample(&mut stream)))
    }
}

/// The value at which the cumulative probability passes `uniform`; the last one absorbs rounding.
fn pick<T: Copy + Default>(law: &[(T, f64)], uniform: f64) -> T {
    let total: f64 = law.iter().map(|(_, p)| p).sum();
    let mut left = uniform * total;
    for (value, p) in law {
        left -= p;
        if left < 0.0 {
            return *value;
        }
    }
    law.last().map_or_else(T::default, |(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_arrive_at_the_stated_rate_and_in_the_stated_mix() {
        let law = OfferLaw {
            arrivals_per_year: 3.0,
            sizes_gross_mw: vec![(20.0, 0.25), (40.0, 0.75)],
            log_spreads: vec![(-0.1, 0.5), (0.1, 0.5)],
            tenant_weights: vec![1.0, 3.0],
        };
        let n = 1_000_000;
        let offers: Vec<_> = (0..n).filter_map(|path| law.draw(4, path, 7, 100.0)).collect();
        // Each share within four standard errors.
        let within = |count: usize, of: f64, expected: f64| {
            let (share, error) = (count as f64 / of, (expected * (1.0 - expected) / of).sqrt());
            assert!((share - expected).abs() < 4.0 * error, "{share}, not {expected} ± {error}");
        };
        within(offers.len(), n as f64, 1.0 - (-0.25_f64).exp());
        within(offers.iter().filter(|o| o.gross.get() == 40.0).count(), offers.len() as f64, 0.75);
        within(offers.iter().filter(|o| o.rent.get() > 100.0).count(), offers.len() as f64, 0.5);
        let second = offers.iter().filter(|o| o.tenant == Tenant::Named(1)).count();
        within(second, offers.len() as f64, 0.75);
        let unnamed = OfferLaw { tenant_weights: Vec::new(), ..law.clone() };
        let unnamed = (0..1_000).filter_map(|path| unnamed.draw(4, path, 7, 100.0));
        let same = unnamed.zip(&offers).all(|(a, b)| a == LeaseOffer { tenant: Tenant::Steady, ..*b });
        assert!(same, "naming tenants changes nothing else");
        assert!(offers.iter().all(|o| (o.rent.get() / 100.0).ln().abs() - 0.1 < 1e-12));
    }
}

//! Value of a note split into what a bond and what calls are worth.
//!
//! `value = bond floor + shares per note × call(conversion price)`: the floor discounts coupons and par at the yield of straight debt of
//! the same issuer; the calls are Black and Scholes'. Source: fact F4.1, which checks the published notes this way.
//! Approximate: the strike is the conversion price throughout, whereas what is given up on conversion is the floor, which grows to par;
//! the issuer's call and the put at a change of control are left out, and new shares do not dilute the price.

use super::{ConvertibleTerms, NOTE_USD};
use crate::black_scholes::{CallOption, black_scholes_call_usd};

/// What the value of a note depends on beside its terms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConvertibleMarket {
    /// Share price, USD.
    pub share_price_usd: f64,
    /// Yield of the issuer's straight debt, effective a year.
    pub credit_yield_per_year: f64,
    /// Riskless rate, continuously compounded, a year.
    pub riskless_per_year: f64,
    /// Volatility of the log share price, per square root of a year.
    pub volatility_per_sqrt_year: f64,
    /// Years to maturity.
    pub years: f64,
}

/// Value of a note of 1,000 USD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConvertibleValue {
    /// Of its coupons and par as straight debt, USD per note.
    pub bond_floor_usd: f64,
    /// Of the right to convert, USD per note.
    pub options_usd: f64,
}

impl ConvertibleValue {
    /// Value of the note, USD.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        self.bond_floor_usd + self.options_usd
    }
}

/// Value of a note of 1,000 USD today.
#[must_use]
pub fn convertible_value(terms: &ConvertibleTerms, market: &ConvertibleMarket) -> ConvertibleValue {
    let option = CallOption {
        share_price_usd: market.share_price_usd,
        strike_usd: terms.conversion_price_usd(),
        riskless_per_year: market.riskless_per_year,
        volatility_per_year: market.volatility_per_sqrt_year,
        years: market.years,
    };
    ConvertibleValue {
        bond_floor_usd: bond_floor_usd(terms.coupon_per_year, market.credit_yield_per_year, market.years),
        options_usd: terms.shares_per_note * black_scholes_call_usd(&option),
    }
}

/// Coupons as an even stream and par at the end, discounted at an effective annual yield; USD per note.
fn bond_floor_usd(coupon_per_year: f64, yield_per_year: f64, years: f64) -> f64 {
    let force = libm::log1p(yield_per_year);
    let discount = libm::exp(-force * years);
    let stream_years = if force == 0.0 { years } else { -libm::expm1(-force * years) / force };
    NOTE_USD * (discount + coupon_per_year * stream_years)
}

#[cfg(test)]
mod tests {
    use super::super::tests::notes_of_2032;
    use super::*;

    fn october_2025() -> ConvertibleMarket {
        ConvertibleMarket {
            share_price_usd: 14.5,
            credit_yield_per_year: 0.08,
            riskless_per_year: 0.04,
            volatility_per_sqrt_year: 0.6,
            years: 6.5,
        }
    }

    #[test]
    fn oracle_o14_floor_and_calls_of_the_published_notes() {
        let value = convertible_value(&notes_of_2032(), &october_2025());
        assert!((value.bond_floor_usd - 606.381_006_193_5).abs() < 5e-11, "{}", value.bond_floor_usd);
        // The oracle's strike is 19.9375 exactly.
        let option = CallOption {
            share_price_usd: 14.5,
            strike_usd: 19.9375,
            riskless_per_year: 0.04,
            volatility_per_year: 0.6,
            years: 6.5,
        };
        let call = black_scholes_call_usd(&option);
        assert!((call - 7.867_830_058_8).abs() < 5e-11, "{call}");
        assert!((50.1567 * call - 394.624_391_911_3).abs() < 5e-10, "{}", 50.1567 * call);
        // With the strike of the conversion rate itself, 16 millionths of a dollar higher, the calls move by 3e-4 USD a note.
        assert!((value.options_usd - 394.624_391_911_3).abs() < 4e-4, "{}", value.options_usd);
        assert!((value.total_usd() - 1_001.005).abs() < 1e-3);
    }

    #[test]
    fn coupons_at_the_yield_make_the_floor_par() {
        let force = libm::log1p(0.08);
        assert!((bond_floor_usd(force, 0.08, 6.5) - 1_000.0).abs() < 1e-9);
        assert_eq!(bond_floor_usd(0.01, 0.0, 5.0), 1_050.0);
    }
}

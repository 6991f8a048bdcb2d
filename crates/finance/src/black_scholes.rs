//! Value of a European call on a share that pays no dividend.
//!
//! `C = S Φ(d₁) − K e^{−rT} Φ(d₂)`, `d₁ = [ln(S/K) + (r + σ²/2) T]/(σ√T)`, `d₂ = d₁ − σ√T`.
//! Source: Black and Scholes (1973), The pricing of options and corporate liabilities.

use crate::normal::normal_cdf;

/// What a call is written on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallOption {
    /// Price of the share today, USD; above zero.
    pub share_price_usd: f64,
    /// Price at which it may be bought, USD; above zero.
    pub strike_usd: f64,
    /// Riskless rate, continuously compounded, per year.
    pub riskless_per_year: f64,
    /// Volatility of the log price, per square root of a year; zero or more.
    pub volatility_per_year: f64,
    /// Years to expiry; zero or more.
    pub years: f64,
}

/// Value of the call today, USD per share.
///
/// Without volatility or time it is the discounted payoff of the forward price.
#[must_use]
pub fn black_scholes_call_usd(option: &CallOption) -> f64 {
    let strike_today = option.strike_usd * libm::exp(-option.riskless_per_year * option.years);
    let spread = option.volatility_per_year * option.years.sqrt();
    if spread <= 0.0 {
        return (option.share_price_usd - strike_today).max(0.0);
    }
    let d1 = libm::log(option.share_price_usd / strike_today) / spread + 0.5 * spread;
    option.share_price_usd * normal_cdf(d1) - strike_today * normal_cdf(d1 - spread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn oracle_o14b_a_call_at_the_money() {
        let option = CallOption {
            share_price_usd: 100.0,
            strike_usd: 100.0,
            riskless_per_year: 0.05,
            volatility_per_year: 0.2,
            years: 1.0,
        };
        assert!((black_scholes_call_usd(&option) - 10.450_583_572_2).abs() < 5e-11);
    }

    #[test]
    fn a_call_without_time_or_volatility_is_its_payoff() {
        let expired = CallOption {
            share_price_usd: 30.0,
            strike_usd: 20.0,
            riskless_per_year: 0.04,
            volatility_per_year: 0.6,
            years: 0.0,
        };
        assert_eq!(black_scholes_call_usd(&expired), 10.0);
        let certain = CallOption { volatility_per_year: 0.0, years: 1.0, ..expired };
        assert!((black_scholes_call_usd(&certain) - (30.0 - 20.0 * libm::exp(-0.04))).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn a_call_lies_between_its_bounds_and_rises_with_volatility(
            share_price_usd in 0.1..1_000.0_f64,
            strike_usd in 0.1..1_000.0_f64,
            volatility_per_year in 0.01..2.0_f64,
            more in 0.0..1.0_f64,
            years in 0.01..20.0_f64,
        ) {
            let option =
                CallOption { share_price_usd, strike_usd, riskless_per_year: 0.04, volatility_per_year, years };
            let value = black_scholes_call_usd(&option);
            let least = (share_price_usd - strike_usd * libm::exp(-0.04 * years)).max(0.0);
            let rounding = 1e-12 * (share_price_usd + strike_usd);
            prop_assert!(value >= least - rounding && value <= share_price_usd + rounding, "{value}");
            let livelier = CallOption { volatility_per_year: volatility_per_year + more, ..option };
            prop_assert!(black_scholes_call_usd(&livelier) >= value - rounding);
        }
    }
}

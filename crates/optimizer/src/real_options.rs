//! Closed forms of rights without an end: to invest, and to exchange one asset for another.
//!
//! The value is `F = (V* − I)·(V/V*)^β` below the threshold `V* = β/(β−1)·I`, with `β` the root above one of
//! `½σ²β(β−1) + (r−δ)β − r = 0`. An exchange is the same in units of what is given: `σ² = σ1² + σ2² − 2ρσ1σ2`, and the yield of what is
//! given takes the place of `r`.
//! Source: McDonald and Siegel (1986); Dixit and Pindyck (1994), chapter 5.

use thiserror::Error;

/// A right without an end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PerpetualRight {
    /// The root `β` above one.
    pub beta: f64,
    /// Exercise is best from here on: a value for an investment, a ratio of values for an exchange.
    pub threshold: f64,
    /// Value of the right today.
    pub value: f64,
}

/// The right has no finite value or no root above one.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error(
    "a perpetual right needs positive finite values, a positive yield on what is received, a yield or rate of 0 or more on what is given and a positive volatility"
)]
pub struct NoPerpetualValue;

/// The right to pay `cost` once for an asset worth `value`, which yields `dividend_yield` a year, at an interest rate of `rate` a year.
///
/// # Errors
/// When the inputs leave no finite value: see [`NoPerpetualValue`].
pub fn perpetual_investment(
    value: f64,
    cost: f64,
    rate: f64,
    dividend_yield: f64,
    volatility: f64,
) -> Result<PerpetualRight, NoPerpetualValue> {
    let right = by_ratio(value / cost, rate, dividend_yield, volatility.powi(2))?;
    Ok(PerpetualRight { threshold: right.threshold * cost, value: right.value * cost, ..right })
}

/// The right to give the second asset for the first, once: `value`, `dividend_yield` and `volatility` of both, yearly.
///
/// # Errors
/// When the inputs leave no finite value: see [`NoPerpetualValue`].
pub fn perpetual_exchange(
    value: [f64; 2],
    dividend_yield: [f64; 2],
    volatility: [f64; 2],
    correlation: f64,
) -> Result<PerpetualRight, NoPerpetualValue> {
    let [v1, v2] = volatility;
    let variance = v1 * v1 + v2 * v2 - 2.0 * correlation * v1 * v2;
    let right = by_ratio(value[0] / value[1], dividend_yield[1], dividend_yield[0], variance)?;
    Ok(PerpetualRight { value: right.value * value[1], ..right })
}

/// The right to give one for an asset worth `ratio`.
fn by_ratio(
    ratio: f64,
    rate: f64,
    dividend_yield: f64,
    variance: f64,
) -> Result<PerpetualRight, NoPerpetualValue> {
    let sound = ratio > 0.0 && dividend_yield > 0.0 && rate >= 0.0 && variance > 0.0;
    if !sound || ![ratio, rate, dividend_yield, variance].iter().all(|x| x.is_finite()) {
        return Err(NoPerpetualValue);
    }
    let drift = (rate - dividend_yield) / variance - 0.5;
    let beta = -drift + (drift * drift + 2.0 * rate / variance).sqrt();
    let threshold = beta / (beta - 1.0);
    // At a rate of 0 the root is one or below where the yield does not exceed the variance's half: waiting costs nothing.
    if !threshold.is_finite() || beta <= 1.0 {
        return Err(NoPerpetualValue);
    }
    let value =
        if ratio < threshold { (threshold - 1.0) * (ratio / threshold).powf(beta) } else { ratio - 1.0 };
    Ok(PerpetualRight { beta, threshold, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(right: PerpetualRight, beta: f64, threshold: f64, value: f64) {
        assert!((right.beta - beta).abs() < 5e-11 * beta, "{right:?}");
        assert!((right.threshold - threshold).abs() < 5e-11 * threshold, "{right:?}");
        assert!((right.value - value).abs() < 5e-11 * value.max(2.0), "{right:?}");
    }

    #[test]
    fn investment_has_its_known_values() {
        let right = perpetual_investment(100.0, 100.0, 0.05, 0.04, 0.3).unwrap();
        check(right, 1.512_430_467_6, 295.148_427_601_0, 37.971_829_544_8);
        check(perpetual_investment(1.0, 1.0, 0.04, 0.04, 0.2).unwrap(), 2.0, 2.0, 0.25);
    }

    #[test]
    fn exchange_has_its_known_values() {
        let right = perpetual_exchange([100.0, 90.0], [0.06, 0.04], [0.35, 0.5], 0.1).unwrap();
        check(right, 1.300_749_620_7, 4.325_024_974_9, 51.085_130_115_3);
    }

    #[test]
    fn beyond_the_threshold_the_right_is_worth_its_exercise() {
        assert_eq!(perpetual_investment(5.0, 2.0, 0.04, 0.04, 0.2).unwrap().value, 3.0);
    }

    #[test]
    fn without_a_yield_waiting_never_ends() {
        assert_eq!(perpetual_investment(1.0, 1.0, 0.05, 0.0, 0.2), Err(NoPerpetualValue));
        assert_eq!(perpetual_investment(1.0, 1.0, 0.05, 0.02, f64::NAN), Err(NoPerpetualValue));
    }
}

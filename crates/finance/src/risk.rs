//! Value at risk and tail means in closed form.
//!
//! Of a normal loss with mean `μ` and deviation `σ`: `VaR_α = μ + σ z_α` and `CVaR_α = μ + σ φ(z_α)/(1 − α)`, `z_α = Φ⁻¹(α)`. Cash flow at
//! risk is the mean of a flow less its quantile at `1 − α`, which for a normal flow is `σ z_α`. Samples are not assumed normal anywhere:
//! their quantiles and tail means are in `simulate::statistics`, which this gives known answers to.
//! Source: fact F4.3; Rockafellar and Uryasev (2000), Optimization of conditional value-at-risk.

use crate::normal::{normal_pdf, normal_quantile};

/// A loss that follows a normal law; losses are positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalLoss {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, zero or more.
    pub standard_deviation: f64,
}

impl NormalLoss {
    /// Loss that is exceeded with probability `1 − level`; `level` between 0 and 1.
    #[must_use]
    pub fn value_at_risk(&self, level: f64) -> f64 {
        self.mean + self.standard_deviation * normal_quantile(level)
    }

    /// Mean of the losses beyond the value at risk at `level`.
    #[must_use]
    pub fn conditional_value_at_risk(&self, level: f64) -> f64 {
        self.mean + self.standard_deviation * normal_pdf(normal_quantile(level)) / (1.0 - level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_o17_tail_of_a_standard_normal() {
        let standard = NormalLoss { mean: 0.0, standard_deviation: 1.0 };
        assert!((standard.value_at_risk(0.95) - 1.644_853_627_0).abs() < 5e-11);
        assert!((standard.conditional_value_at_risk(0.95) - 2.062_712_807_5).abs() < 5e-11);
    }

    #[test]
    fn tails_move_and_stretch_with_the_loss() {
        let loss = NormalLoss { mean: 10.0, standard_deviation: 3.0 };
        assert!((loss.value_at_risk(0.5) - 10.0).abs() < 1e-12);
        assert!((loss.value_at_risk(0.95) - (10.0 + 3.0 * 1.644_853_627_0)).abs() < 2e-10);
        assert!(loss.conditional_value_at_risk(0.95) > loss.value_at_risk(0.95));
    }
}

//! Default of a tenant and of its guarantor, and what lenders lose.
//!
//! Gaussian copula: `P(both default) = Φ₂(Φ⁻¹(PD_T), Φ⁻¹(PD_G); ρ)`. Expected loss per unit lent is `PD_T × LGD` without a guarantor and
//! `P(both) × LGD + (PD_T − P(both)) × LGD_residual` with one, where the residual is what the guarantee does not cover. A constant
//! hazard `h` makes survival `e^{−hT}` and the spread `h (1 − R)`: the credit triangle.
//! Sources: fact F4.2; Li (2000), On default correlation: a copula function approach.

use crate::fault::{TermsFault, require, require_share};
use crate::normal::{bivariate_normal_cdf, normal_quantile};

/// Probability that two names both default within a period, from their own probabilities and the correlation of what drives them.
#[must_use]
pub fn joint_default(first_pd: f64, second_pd: f64, correlation: f64) -> f64 {
    bivariate_normal_cdf(normal_quantile(first_pd), normal_quantile(second_pd), correlation)
}

/// Probability of no default within `years` at a constant hazard.
#[must_use]
pub fn survival(hazard_per_year: f64, years: f64) -> f64 {
    libm::exp(-hazard_per_year * years)
}

/// Constant hazard a year that makes a probability of default, below 1, over `years` above zero.
#[must_use]
pub fn hazard_per_year(pd: f64, years: f64) -> f64 {
    -libm::log1p(-pd) / years
}

/// Spread a year that pays for a hazard, by the credit triangle.
#[must_use]
pub fn spread_per_year(hazard_per_year: f64, recovery: f64) -> f64 {
    hazard_per_year * (1.0 - recovery)
}

/// A tenant's promise behind a loan, with a guarantor behind the tenant. Probabilities are over the same `years`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GuaranteedLoan {
    /// Probability that the tenant defaults.
    pub tenant_pd: f64,
    /// Probability that the guarantor defaults.
    pub guarantor_pd: f64,
    /// Correlation of the normals behind the two.
    pub correlation: f64,
    /// Loss given default of both, share of the loan.
    pub lgd: f64,
    /// Loss given default of the tenant alone: 0 where the guarantee covers all.
    pub residual_lgd: f64,
    /// Years that the probabilities look ahead.
    pub years: f64,
}

impl GuaranteedLoan {
    /// Refuses terms that mean nothing.
    ///
    /// # Errors
    ///
    /// Names the first field out of its range.
    pub fn check(&self) -> Result<(), TermsFault> {
        require("tenant_pd", self.tenant_pd, (0.0..1.0).contains(&self.tenant_pd), "0 to below 1")?;
        require_share("guarantor_pd", self.guarantor_pd)?;
        let correlated = (-1.0..=1.0).contains(&self.correlation);
        require("correlation", self.correlation, correlated, "between -1 and 1")?;
        require_share("lgd", self.lgd)?;
        let residual = (0.0..=self.lgd).contains(&self.residual_lgd);
        require("residual_lgd", self.residual_lgd, residual, "0 to lgd")?;
        require("years", self.years, self.years > 0.0, "above 0")
    }

    /// Probability that tenant and guarantor both default.
    #[must_use]
    pub fn joint_pd(&self) -> f64 {
        joint_default(self.tenant_pd, self.guarantor_pd, self.correlation)
    }

    /// Expected loss without the guarantor, share of the loan.
    #[must_use]
    pub fn unbacked_loss(&self) -> f64 {
        self.tenant_pd * self.lgd
    }

    /// Expected loss with the guarantor, share of the loan.
    #[must_use]
    pub fn backed_loss(&self) -> f64 {
        let joint = self.joint_pd();
        joint * self.lgd + (self.tenant_pd - joint) * self.residual_lgd
    }

    /// Spread a year that pays for the expected loss without the guarantor.
    #[must_use]
    pub fn unbacked_spread_per_year(&self) -> f64 {
        spread_per_year(hazard_per_year(self.tenant_pd, self.years), 1.0 - self.lgd)
    }

    /// Spread a year that pays for the expected loss with the guarantor: the tenant's hazard times the mean loss when it defaults.
    #[must_use]
    pub fn backed_spread_per_year(&self) -> f64 {
        if self.tenant_pd == 0.0 {
            return 0.0;
        }
        let mean_loss = self.backed_loss() / self.tenant_pd;
        spread_per_year(hazard_per_year(self.tenant_pd, self.years), 1.0 - mean_loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn oracle() -> GuaranteedLoan {
        GuaranteedLoan {
            tenant_pd: 0.10,
            guarantor_pd: 0.005,
            correlation: 0.3,
            lgd: 0.45,
            residual_lgd: 0.0,
            years: 5.0,
        }
    }

    fn close(actual: f64, expected: f64, tolerance: f64) {
        assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
    }

    #[test]
    fn oracle_o19_a_guarantor_takes_most_of_the_loss() {
        close(oracle().joint_pd(), 0.001_663_795_2, 5e-11);
        close(GuaranteedLoan { correlation: 0.0, ..oracle() }.joint_pd(), 0.0005, 1e-17);
        close(100.0 * oracle().unbacked_loss(), 4.5, 1e-13);
        // The oracle's loss, 0.0748707838 %, is right to seven digits only: integrals to 40 digits, over one normal and over the
        // correlation, both give a joint probability of 0.0016637951629591 and this loss.
        close(oracle().joint_pd(), 0.001_663_795_162_959_121_3, 1e-16);
        close(100.0 * oracle().backed_loss(), 0.074_870_782_333_160_46, 1e-14);
        close(100.0 * oracle().backed_loss(), 0.074_870_783_8, 2e-9);
    }

    #[test]
    fn a_residual_loss_counts_where_the_guarantor_stands() {
        let partial = GuaranteedLoan { residual_lgd: 0.1, ..oracle() };
        let joint = partial.joint_pd();
        close(partial.backed_loss(), 0.45 * joint + 0.1 * (0.1 - joint), 1e-16);
        // A guarantee that covers nothing changes nothing.
        let empty = GuaranteedLoan { residual_lgd: 0.45, ..oracle() };
        close(empty.backed_loss(), empty.unbacked_loss(), 1e-16);
        close(empty.backed_spread_per_year(), empty.unbacked_spread_per_year(), 1e-16);
    }

    #[test]
    fn oracle_o20_triangle_and_survival() {
        close(1e4 * spread_per_year(0.03, 0.40), 180.0, 1e-11);
        close(1.0 - survival(0.03, 5.0), 0.139_292_023_6, 5e-11);
        close(hazard_per_year(0.139_292_023_6, 5.0), 0.03, 5e-11);
    }

    #[test]
    fn certain_and_impossible_defaults() {
        assert_eq!(joint_default(0.0, 0.5, 0.3), 0.0);
        assert_eq!(joint_default(1.0, 0.005, 0.3), normal_quantile_round_trip(0.005));
        let safe = GuaranteedLoan { tenant_pd: 0.0, ..oracle() };
        assert_eq!((safe.backed_loss(), safe.backed_spread_per_year()), (0.0, 0.0));
    }

    fn normal_quantile_round_trip(p: f64) -> f64 {
        crate::normal::normal_cdf(normal_quantile(p))
    }

    #[test]
    fn faulty_terms_are_named() {
        let field = |loan: GuaranteedLoan| loan.check().unwrap_err().field;
        assert_eq!(oracle().check(), Ok(()));
        assert_eq!(field(GuaranteedLoan { tenant_pd: 1.0, ..oracle() }), "tenant_pd");
        assert_eq!(field(GuaranteedLoan { guarantor_pd: f64::NAN, ..oracle() }), "guarantor_pd");
        assert_eq!(field(GuaranteedLoan { correlation: -1.1, ..oracle() }), "correlation");
        assert_eq!(field(GuaranteedLoan { residual_lgd: 0.5, ..oracle() }), "residual_lgd");
        assert_eq!(field(GuaranteedLoan { years: 0.0, ..oracle() }), "years");
    }

    proptest! {
        /// A full guarantee by a name that cannot default takes the tenant out of the spread.
        #[test]
        fn a_riskless_guarantor_makes_the_spread_independent_of_the_tenant(
            tenant_pd in 0.001..0.9_f64,
            correlation in -0.9..0.9_f64,
        ) {
            let with = |guarantor_pd| GuaranteedLoan { tenant_pd, guarantor_pd, correlation, ..oracle() };
            prop_assert_eq!(with(0.0).backed_spread_per_year(), 0.0);
            // And on the way there the spread falls with the guarantor's own risk.
            let spreads = [1e-2, 1e-4, 1e-6, 1e-8].map(|pd| with(pd).backed_spread_per_year());
            prop_assert!(spreads.windows(2).all(|pair| pair[1] <= pair[0] + 1e-13), "{spreads:?}");
            // The joint probability is at most the guarantor's own.
            let bound = hazard_per_year(tenant_pd, 5.0) * 0.45 * 1e-8 / tenant_pd;
            prop_assert!(spreads[3] <= bound + 1e-13, "{} above {bound}", spreads[3]);
        }

        #[test]
        fn a_guarantee_never_adds_to_the_loss(
            tenant_pd in 0.0..0.99_f64,
            guarantor_pd in 0.0..=1.0_f64,
            correlation in -1.0..=1.0_f64,
            residual in 0.0..=0.45_f64,
        ) {
            let loan =
                GuaranteedLoan { tenant_pd, guarantor_pd, correlation, residual_lgd: residual, ..oracle() };
            prop_assert!(loan.backed_loss() <= loan.unbacked_loss() + 1e-14);
            prop_assert!(loan.backed_loss() >= tenant_pd * residual - 1e-14);
        }
    }
}

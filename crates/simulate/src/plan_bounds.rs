//! What is proven about the computed policy within the model that it plans on.

use optimizer::Bounds;

pub use optimizer::Estimate;

/// One-sided 95 % quantile of the normal law.
const ONE_SIDED_95: f64 = 1.644_853_626_951_472_2;

/// Two-sided bound on the best possible value over all-mining within the planning model, USD.
///
/// The planning model has two factors, hashprice and rents, and power by its expectation; its paths are its own. So these
/// figures stand beside those of the race and are not differences of them.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanBounds {
    /// The policy that plans on the model.
    pub policy: String,
    /// Paths of the model, in antithetic pairs.
    pub n_paths: usize,
    /// What the plan earns over all-mining: a lower bound of the best possible.
    pub lower_usd: Estimate,
    /// What no policy can exceed.
    pub upper_usd: Estimate,
    /// What perfect foresight would earn within the model.
    pub foresight_usd: Estimate,
    /// Upper less lower, paired path by path.
    pub gap_usd: Estimate,
}

impl PlanBounds {
    pub(crate) fn of(policy: &str, bounds: &Bounds) -> Self {
        Self {
            policy: policy.to_owned(),
            n_paths: bounds.paths.len(),
            lower_usd: bounds.controlled,
            upper_usd: bounds.upper,
            foresight_usd: bounds.foresight,
            gap_usd: bounds.gap,
        }
    }

    /// The gap is at most this with 95 % confidence, USD.
    #[must_use]
    pub fn gap_limit_usd(&self) -> f64 {
        self.gap_usd.mean + ONE_SIDED_95 * self.gap_usd.standard_error
    }
}

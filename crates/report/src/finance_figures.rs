//! Figures of the money that tables, charts and sentences share.

use simulate::statistics::quantile_of_sorted;
use simulate::{CapitalStructure, FinanceOutcome, Outcomes, PolicyOutcome};

/// The policy with the highest mean value per share, of equals the first; `None` without a capital structure.
pub(crate) fn best_per_share(outcomes: &Outcomes) -> Option<(&PolicyOutcome, &FinanceOutcome)> {
    outcomes
        .policies
        .iter()
        .filter_map(|policy| policy.finance.as_ref().map(|money| (policy, money)))
        .rev()
        .max_by(|(_, a), (_, b)| a.value_per_share_usd.mean().total_cmp(&b.value_per_share_usd.mean()))
}

/// Diluted shares at the horizon over those of the first opening, less 1.
pub(crate) fn dilution(money: &FinanceOutcome, capital: &CapitalStructure) -> f64 {
    money.diluted_shares.mean() / capital.opening_shares - 1.0
}

/// Mean less 5 % quantile of a sorted sample, USD; 0 of nothing.
pub(crate) fn value_at_risk_usd(sorted: &[f64]) -> f64 {
    let n = sorted.len().max(1) as f64;
    sorted.iter().sum::<f64>() / n - quantile_of_sorted(sorted, 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{financed, outcomes};

    #[test]
    fn the_best_has_the_highest_value_per_share() {
        let outcomes = financed();
        let (best, money) = best_per_share(&outcomes).unwrap();
        for policy in &outcomes.policies {
            let value = policy.finance.as_ref().unwrap().value_per_share_usd.mean();
            assert!(value <= money.value_per_share_usd.mean(), "{} over {}", policy.name, best.name);
        }
        assert!(best_per_share(&self::outcomes()).is_none());
    }

    #[test]
    fn value_at_risk_of_a_known_sample() {
        let sorted: Vec<f64> = (0..=100).map(f64::from).collect();
        assert_eq!(value_at_risk_usd(&sorted), 45.0);
        assert_eq!(value_at_risk_usd(&[]), 0.0);
    }
}

//! Coverage of debt service (DSCR) over the kept paths: quantiles of those paths that have debt service.
//!
//! A path without service in the last twelve months has no coverage, so it is left out and the number of those that count is said.

use simulate::statistics::quantile_of_sorted;
use simulate::{FinanceOutcome, Outcomes};

/// Coverage of one month over the kept paths with debt service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Coverage {
    /// 5th, 50th and 95th percentile.
    pub(crate) quantiles: [f64; 3],
    /// Mean.
    pub(crate) mean: f64,
    /// Kept paths with service.
    pub(crate) n_paths: usize,
}

impl Coverage {
    /// Of values over paths; `None` without any.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        values.sort_by(f64::total_cmp);
        Some(Self {
            quantiles: [0.05, 0.5, 0.95].map(|p| quantile_of_sorted(&values, p)),
            mean: values.iter().sum::<f64>() / values.len() as f64,
            n_paths: values.len(),
        })
    }
}

/// Coverage of each month; `None` in months in which no kept path has debt service.
pub(crate) fn coverage_by_month(outcomes: &Outcomes, money: &FinanceOutcome) -> Vec<Option<Coverage>> {
    let n_months = outcomes.months.len();
    (0..n_months)
        .map(|m| {
            let month = money.kept_dscr.iter().skip(m).step_by(n_months);
            Coverage::of(month.copied().filter(|dscr| *dscr != 0.0).collect())
        })
        .collect()
}

/// Lowest tested coverage of the kept paths on which it was tested.
pub(crate) fn lowest_coverage(money: &FinanceOutcome) -> Option<Coverage> {
    Coverage::of(money.kept_lowest_dscr.iter().copied().filter(|dscr| dscr.is_finite()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_without_service_or_test_are_left_out() {
        let mut outcomes = crate::test_support::build(&["all-mining"], 2, 3);
        let money = FinanceOutcome {
            kept_dscr: vec![0.0, 1.5, 0.0, 0.0, 0.0, 2.5],
            kept_lowest_dscr: vec![1.1, f64::INFINITY, 1.3],
            ..FinanceOutcome::default()
        };
        outcomes.n_kept = 3;
        let months = coverage_by_month(&outcomes, &money);
        assert_eq!(months[0], None);
        let second = months[1].unwrap();
        assert_eq!((second.n_paths, second.mean, second.quantiles[1]), (2, 2.0, 2.0));
        assert_eq!(lowest_coverage(&money).unwrap().n_paths, 2);
        assert_eq!(lowest_coverage(&FinanceOutcome::default()), None);
    }
}

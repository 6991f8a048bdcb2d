//! The distribution of an hour's price by calendar month, as weighted observations.
//!
//! What a fitted model answers from its tables, history answers from its own prices: the probability and the expectation below a
//! threshold, and the rank of a price in its month as a standard normal, for sources that have no rank variable of their own.

use crate::normal_table::normal_quantile;
use crate::replay::PowerHistory;
use site::Calendar;

/// Ranks further out than this say more about the sample size than about the price; as in the fit of the power model.
const LARGEST_RANK: f64 = 3.6;

const MONTHS: usize = 12;

/// Prices of each calendar month with their weights.
#[derive(Debug, Clone, PartialEq)]
pub struct EmpiricalLaw {
    months: Vec<MonthLaw>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct MonthLaw {
    /// Ascending, USD/MWh.
    prices: Vec<f64>,
    /// Probability and expectation of the prices before each, and after the last of all.
    before: Vec<(f64, f64)>,
}

impl EmpiricalLaw {
    /// From the prices (USD/MWh) and weights of each calendar month, January first; a month may be empty.
    #[must_use]
    pub fn new(by_month: [Vec<(f64, f64)>; MONTHS]) -> Self {
        Self { months: by_month.into_iter().map(MonthLaw::new).collect() }
    }

    /// The law of a replayed history: every interval of a calendar month counts alike.
    #[must_use]
    pub fn of_replay(calendar: &Calendar, history: &PowerHistory) -> Self {
        let per_hour = (3_600 / history.step_s).max(1) as usize;
        let mut by_month: [Vec<(f64, f64)>; MONTHS] = Default::default();
        let mut prices = history.prices_usd_per_mwh.iter();
        for m in 0..calendar.n_months() {
            let n_steps = calendar.hours(m) * per_hour;
            by_month[calendar.month(m).month0()].extend(prices.by_ref().take(n_steps).map(|p| (*p, 1.0)));
        }
        Self::new(by_month)
    }

    /// Probability that a price of calendar month `month0` (0 to 11) is below `threshold` (USD/MWh), and the expected
    /// `P·1{P < threshold}`; zeros for a month without prices.
    ///
    /// # Panics
    /// If the month is out of range.
    #[must_use]
    pub fn expected_below(&self, month0: usize, threshold: f64) -> (f64, f64) {
        let month = &self.months[month0];
        let n_below = month.prices.partition_point(|price| *price < threshold);
        month.before.get(n_below).copied().unwrap_or((0.0, 0.0))
    }

    /// Expected price of calendar month `month0` (0 to 11), USD/MWh.
    ///
    /// # Panics
    /// If the month is out of range.
    #[must_use]
    pub fn mean(&self, month0: usize) -> f64 {
        self.expected_below(month0, f64::INFINITY).1
    }

    /// Rank of a price (USD/MWh, before any scaling) within its calendar month, as a standard normal between −3.6 and 3.6.
    ///
    /// The middle of the probabilities below and up to the price; 0 for a month without prices.
    ///
    /// # Panics
    /// If the month is out of range.
    #[must_use]
    pub fn rank(&self, month0: usize, price: f64) -> f64 {
        let month = &self.months[month0];
        if month.prices.is_empty() {
            return 0.0;
        }
        let below = month.before[month.prices.partition_point(|other| *other < price)].0;
        let up_to = month.before[month.prices.partition_point(|other| *other <= price)].0;
        normal_quantile((0.5 * (below + up_to)).clamp(1e-9, 1.0 - 1e-9)).clamp(-LARGEST_RANK, LARGEST_RANK)
    }
}

impl MonthLaw {
    fn new(mut weighted: Vec<(f64, f64)>) -> Self {
        weighted.retain(|(_, weight)| *weight > 0.0);
        weighted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        let mut sum = (0.0, 0.0);
        let mut before = vec![sum];
        for (price, weight) in &weighted {
            sum.0 += weight / total;
            sum.1 += weight / total * price;
            before.push(sum);
        }
        Self { prices: weighted.into_iter().map(|(price, _)| price).collect(), before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_means_and_ranks_are_those_one_can_count() {
        let mut by_month: [Vec<(f64, f64)>; MONTHS] = Default::default();
        by_month[2] = vec![(30.0, 1.0), (-10.0, 1.0), (100.0, 2.0)];
        let law = EmpiricalLaw::new(by_month);
        assert_eq!(law.expected_below(2, 30.0), (0.25, -2.5));
        assert_eq!(law.expected_below(2, 31.0), (0.5, 5.0));
        assert_eq!(law.mean(2), 55.0);
        assert!((law.rank(2, 100.0) - normal_quantile(0.75)).abs() < 1e-12);
        assert!((law.rank(2, 30.0) - normal_quantile(0.375)).abs() < 1e-12);
        assert_eq!(law.rank(2, 1e4), LARGEST_RANK);
        assert_eq!((law.mean(0), law.rank(0, 5.0)), (0.0, 0.0));
    }
}

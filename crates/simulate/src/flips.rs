//! Which single assumption, moved alone, would take the lead from the best policy, and where.
//!
//! With decisions held a value is linear in a factor on an assumption ([`crate::exposure`]): the best policy, ahead of another by `D`,
//! is level with it at `1 − D/(E − E')`, `E` and `E'` the exposures of both. All values being linear in the factor, the nearest of
//! these on either side is where the lead is lost first. In the discount rate they are not, so the mean flows are discounted anew.

use crate::exposure::{Assumption, NOTHING_USD};
use crate::outcomes::{Outcomes, PolicyOutcome};

/// Discount rates looked at, 0 to 100 % a year.
const RATES: usize = 400;

/// Where another policy draws level with the best one.
#[derive(Debug, Clone, Copy)]
pub struct Flip<'a> {
    /// What moves.
    pub assumption: Assumption,
    /// The policy that draws level.
    pub policy: &'a PolicyOutcome,
    /// Factor on the assumption at which it does; `None` where no factor from 0 does it.
    pub share: Option<f64>,
    /// Standard error of the factor, from that of the difference; `None` for the discount rate.
    pub se_share: Option<f64>,
    /// The assumption's level: a market factor's mean at the first opening, or the rate.
    pub base: Option<f64>,
}

impl Flip<'_> {
    /// The level at which the policy draws level, where the assumption has one.
    #[must_use]
    pub fn at(&self) -> Option<f64> {
        self.share.zip(self.base).map(|(share, base)| share * base)
    }

    /// How far from the scenario it is, as a share of it.
    #[must_use]
    pub fn distance(&self) -> Option<f64> {
        self.share.map(|share| (share - 1.0).abs())
    }
}

impl Outcomes {
    /// Every assumption against every policy but the best, in the order of assumptions and of the race.
    #[must_use]
    pub fn flips(&self) -> Vec<Flip<'_>> {
        let best = self.best_place();
        let others = || (0..self.policies.len()).filter(move |other| *other != best);
        let linear = Assumption::LINEAR
            .into_iter()
            .flat_map(|assumption| others().map(move |other| self.linear_flip(assumption, best, other)));
        linear.chain(others().map(|other| self.rate_flip(best, other))).collect()
    }

    fn linear_flip(&self, assumption: Assumption, best: usize, other: usize) -> Flip<'_> {
        let (leader, policy) = (&self.policies[best], &self.policies[other]);
        let slope = leader.exposures.of(assumption) - policy.exposures.of(assumption);
        let [ahead, error] = self.differences.between(best, other);
        let share = Some(1.0 - ahead / slope).filter(|share| slope.abs() >= NOTHING_USD && *share >= 0.0);
        let level = |name| self.markets.iter().find(|factor| factor.name == name)?.mean.first().copied();
        Flip {
            assumption,
            policy,
            share,
            se_share: share.map(|_| error / slope.abs()),
            base: assumption.factor().and_then(level),
        }
    }

    fn rate_flip(&self, best: usize, other: usize) -> Flip<'_> {
        let (leader, policy) = (&self.policies[best], &self.policies[other]);
        let base = self.discount_rate_per_year;
        let ahead = |rate: f64| self.value_at(leader, rate) - self.value_at(policy, rate);
        let rate_of = |step: usize| step as f64 / RATES as f64;
        let here = (0..RATES).find(|step| rate_of(step + 1) > base).unwrap_or(RATES);
        let up = (here..RATES).map(|step| [rate_of(step).max(base), rate_of(step + 1)]);
        let down = (0..=here).rev().map(|step| [rate_of(step), rate_of(step + 1).min(base)]);
        let root = |[low, high]: [f64; 2]| {
            let (at_low, at_high) = (ahead(low), ahead(high));
            (low < high && at_low * at_high < 0.0).then(|| bisect(&ahead, low, high, at_low))
        };
        let roots = [up.filter_map(root).next(), down.filter_map(root).next()];
        let nearest =
            roots.into_iter().flatten().min_by(|a, b| (a - base).abs().total_cmp(&(b - base).abs()));
        Flip {
            assumption: Assumption::DiscountRate,
            policy,
            share: nearest.filter(|_| base > 0.0).map(|rate| rate / base),
            se_share: None,
            base: Some(base),
        }
    }

    /// Mean value of a policy at another discount rate; what is carried is worth the same at the horizon.
    fn value_at(&self, policy: &PolicyOutcome, rate_per_year: f64) -> f64 {
        let factor = |m: usize| (1.0 + rate_per_year).powf(-(m as f64 + 1.0) / 12.0);
        let flows: f64 =
            policy.ledger.iter().enumerate().map(|(m, ledger)| factor(m) * ledger.net_cash_flow_usd()).sum();
        let Some((last, at_base)) = self.discount.len().checked_sub(1).zip(self.discount.last()) else {
            return flows;
        };
        flows + policy.exposures.of(Assumption::CarriedValue) * factor(last) / at_base
    }
}

/// The flip that is nearest to the scenario, of equals the first.
#[must_use]
pub fn nearest<'a>(flips: impl IntoIterator<Item = Flip<'a>>) -> Option<Flip<'a>> {
    let known = flips.into_iter().filter(|flip| flip.share.is_some());
    known.min_by(|a, b| {
        a.distance().unwrap_or(f64::INFINITY).total_cmp(&b.distance().unwrap_or(f64::INFINITY))
    })
}

/// A rate between two of which the first gives `at_low`, of the other sign than the second.
fn bisect(ahead: &impl Fn(f64) -> f64, mut low: f64, mut high: f64, at_low: f64) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if ahead(middle) * at_low > 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

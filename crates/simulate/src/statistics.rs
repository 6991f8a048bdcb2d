//! Moments, quantiles, tail means and rates of return.
//!
//! Moments merge in a stated order (Chan's formula), so a result does not depend on threads. Sources: Rockafellar and
//! Uryasev (2000) for the tail mean with atom splitting; definitions of fact F4.3.

use serde::{Deserialize, Serialize};

/// Count, mean and spread of a sample, merged without keeping it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Moments {
    n: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Adds one value.
    pub fn add(&mut self, value: f64) {
        self.n += 1;
        let before = value - self.mean;
        self.mean += before / self.n as f64;
        self.squares += before * (value - self.mean);
    }

    /// Adds another sample's moments.
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        let n = self.n + other.n;
        let apart = other.mean - self.mean;
        self.mean += apart * other.n as f64 / n as f64;
        self.squares += other.squares + apart * apart * (self.n as f64 * other.n as f64) / n as f64;
        self.n = n;
    }

    /// Number of values.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Mean; 0 of nothing.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Standard deviation of the sample; 0 of fewer than two values.
    #[must_use]
    pub fn standard_deviation(&self) -> f64 {
        if self.n < 2 { 0.0 } else { (self.squares / (self.n - 1) as f64).sqrt() }
    }

    /// Standard error of the mean; 0 of fewer than two values.
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        if self.n < 2 { 0.0 } else { self.standard_deviation() / (self.n as f64).sqrt() }
    }
}

/// Quantile of a sorted sample, linear between its values; 0 of nothing.
#[must_use]
pub fn quantile_of_sorted(sorted: &[f64], probability: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let position = probability.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// Mean of the lowest share `alpha` of a sorted sample; the value at the boundary counts in part.
#[must_use]
pub fn lower_cvar_of_sorted(sorted: &[f64], alpha: f64) -> f64 {
    if sorted.is_empty() {
        return 0.0;
    }
    let mass = alpha * sorted.len() as f64;
    let mut left = mass;
    let mut sum = 0.0;
    for value in sorted {
        let weight = left.min(1.0);
        sum += weight * value;
        left -= weight;
        if left <= 0.0 {
            break;
        }
    }
    sum / mass
}

/// Net present value of flows at the ends of periods 0, 1, 2 … at a rate per period; the first is not discounted.
#[must_use]
pub fn npv(flows: &[f64], rate: f64) -> f64 {
    let factor = 1.0 / (1.0 + rate);
    flows.iter().rev().fold(0.0, |value, flow| value * factor + flow)
}

/// Rates per period tried when looking for roots: dense near zero, up to a doubling and a half a period.
fn rate_grid() -> impl Iterator<Item = f64> {
    // From −60 % to about +900 % a period in steps of equal log growth.
    (0..=260).map(|i| (f64::from(i) * 0.0125 - 0.9).exp() - 1.0)
}

/// All rates per period at which the flows are worth nothing, ascending; empty without one between −59 % and +900 %.
#[must_use]
pub fn irrs(flows: &[f64]) -> Vec<f64> {
    let mut roots = Vec::new();
    if !has_sign_change(flows) {
        return roots;
    }
    let mut before: Option<(f64, f64)> = None;
    for rate in rate_grid() {
        let value = npv(flows, rate);
        if value == 0.0 {
            roots.push(rate);
            before = None;
            continue;
        }
        if let Some((low, low_value)) = before
            && low_value * value < 0.0
        {
            roots.push(bisect(flows, low, rate, low_value));
        }
        before = Some((rate, value));
    }
    roots
}

/// Whether the flows have a rate of return at all.
#[must_use]
pub fn has_irr(flows: &[f64]) -> bool {
    if !has_sign_change(flows) {
        return false;
    }
    let mut sign = 0.0;
    for rate in rate_grid().step_by(5) {
        let value = npv(flows, rate);
        if value * sign < 0.0 {
            return true;
        }
        sign = value;
    }
    false
}

fn has_sign_change(flows: &[f64]) -> bool {
    flows.iter().any(|f| *f > 0.0) && flows.iter().any(|f| *f < 0.0)
}

fn bisect(flows: &[f64], mut low: f64, mut high: f64, low_value: f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if npv(flows, middle) * low_value > 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// Inflows over outflows; `None` without outflow.
#[must_use]
pub fn moic(flows: &[f64]) -> Option<f64> {
    let inflow: f64 = flows.iter().filter(|f| **f > 0.0).sum();
    let outflow: f64 = -flows.iter().filter(|f| **f < 0.0).sum::<f64>();
    (outflow > 0.0).then(|| inflow / outflow)
}

/// Periods until the summed flows turn positive for good, linear within the period; `None` if they do not, or never were
/// negative.
#[must_use]
pub fn payback_periods(flows: &[f64]) -> Option<f64> {
    let mut total = 0.0;
    let mut crossing = None;
    let mut was_negative = false;
    for (i, flow) in flows.iter().enumerate() {
        let before = total;
        total += flow;
        if total < 0.0 {
            was_negative = true;
            crossing = None;
        } else if before < 0.0 {
            // Flow i arrives over the period that ends at time i.
            crossing = Some(i as f64 - 1.0 + before / (before - total));
        }
    }
    crossing.filter(|_| was_negative)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(actual: f64, expected: f64, tolerance: f64) {
        assert!((actual - expected).abs() < tolerance, "{actual} is not {expected}");
    }

    #[test]
    fn oracle_o16_returns_of_small_projects() {
        let project = [-1000.0, 300.0, 300.0, 300.0, 300.0, 300.0];
        let roots = irrs(&project);
        assert_eq!(roots.len(), 1);
        close(roots[0], 0.152_382_371_2, 1e-10);
        close(npv(&project, 0.1), 137.236_030_822_5, 1e-9);
        close(moic(&project).unwrap(), 1.5, 1e-12);
        close(payback_periods(&project).unwrap(), 3.333_333_333_3, 1e-9);
        let twice = irrs(&[-1600.0, 10_000.0, -10_000.0]);
        assert_eq!(twice.len(), 2);
        close(twice[0], 0.25, 1e-10);
        close(twice[1], 4.0, 1e-9);
        assert!(has_irr(&project));
    }

    #[test]
    fn flows_without_a_sign_change_have_no_return() {
        assert!(irrs(&[1.0, 2.0]).is_empty() && !has_irr(&[1.0, 2.0]));
        assert!(irrs(&[]).is_empty() && moic(&[1.0]).is_none() && payback_periods(&[1.0, 1.0]).is_none());
    }

    #[test]
    fn oracle_o17_tail_means() {
        let sample = [-50.0, -20.0, -10.0, 0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0];
        close(lower_cvar_of_sorted(&sample, 0.15), -40.0, 1e-12);
        close(lower_cvar_of_sorted(&sample, 0.20), -35.0, 1e-12);
        // Midpoint quantiles of a standard normal: 95 % VaR and CVaR of the loss.
        let n = 200_000;
        let normal: Vec<f64> = (0..n)
            .map(|i| market::normal_table::normal_quantile((f64::from(i) + 0.5) / f64::from(n)))
            .collect();
        close(-quantile_of_sorted(&normal, 0.05), 1.644_853_627_0, 1e-4);
        close(-lower_cvar_of_sorted(&normal, 0.05), 2.062_712_807_5, 1e-4);
    }

    #[test]
    fn moments_merge_as_if_added_one_by_one() {
        let values: Vec<f64> = (0..1_000).map(|i| f64::from(i * i % 97)).collect();
        let mut all = Moments::default();
        values.iter().for_each(|v| all.add(*v));
        let mut merged = Moments::default();
        for chunk in values.chunks(64) {
            let mut part = Moments::default();
            chunk.iter().for_each(|v| part.add(*v));
            merged.merge(&part);
        }
        assert_eq!(merged.n(), 1_000);
        close(merged.mean(), all.mean(), 1e-10);
        close(merged.standard_error(), all.standard_error(), 1e-10);
    }
}

//! What a stochastic plan and perfect information are worth when one decision is taken before a scenario is known.
//!
//! `RP` is the best expected payoff of one decision, `WS` the expectation of each scenario's own best, `EEV` the expected payoff
//! of the decision that is best for the mean scenario. `EEV ≤ RP ≤ WS`; `VSS = RP − EEV`, `EVPI = WS − RP`.
//! Source: Birge and Louveaux, "Introduction to Stochastic Programming" (2011), chapter 4.

use thiserror::Error;

/// Values of a two-stage decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoStageValues {
    /// The decision with the best expected payoff.
    pub decision: f64,
    /// Its expected payoff, `RP`.
    pub recourse: f64,
    /// Expected payoff with the scenario known in advance, `WS`.
    pub wait_and_see: f64,
    /// The decision that is best for the mean scenario.
    pub mean_value_decision: f64,
    /// Its expected payoff, `EEV`.
    pub of_mean_value_decision: f64,
}

impl TwoStageValues {
    /// Value of the stochastic solution, `RP − EEV`.
    #[must_use]
    pub fn of_stochastic_solution(&self) -> f64 {
        self.recourse - self.of_mean_value_decision
    }

    /// Expected value of perfect information, `WS − RP`.
    #[must_use]
    pub fn of_perfect_information(&self) -> f64 {
        self.wait_and_see - self.recourse
    }
}

/// There is nothing to choose from or nothing to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a two-stage decision needs at least one decision and scenarios whose probabilities sum to 1")]
pub struct NoTwoStageValue;

/// Values over the decisions listed and scenarios with probabilities; `payoff(decision, scenario)` holds the best second stage. Where
/// payoffs are piecewise linear, list the kinks of every scenario and of the mean one, so that the list holds every optimum.
///
/// # Errors
/// When a list is empty or probabilities are negative or do not sum to 1.
pub fn two_stage_values(
    decisions: &[f64],
    scenarios: &[(f64, f64)],
    payoff: impl Fn(f64, f64) -> f64,
) -> Result<TwoStageValues, NoTwoStageValue> {
    let total: f64 = scenarios.iter().map(|(_, p)| p).sum();
    let probabilities = scenarios.iter().all(|(_, p)| *p >= 0.0) && (total - 1.0).abs() < 1e-9;
    let Some((&first, others)) = decisions.split_first().filter(|_| probabilities) else {
        return Err(NoTwoStageValue);
    };
    let best = |value: &dyn Fn(f64) -> f64| {
        others.iter().fold((first, value(first)), |best, &x| {
            let value = value(x);
            if value > best.1 { (x, value) } else { best }
        })
    };
    let expected = |x: f64| scenarios.iter().map(|(s, p)| p * payoff(x, *s)).sum::<f64>();
    let (decision, recourse) = best(&expected);
    let mean: f64 = scenarios.iter().map(|(s, p)| p * s).sum();
    let (mean_value_decision, _) = best(&|x| payoff(x, mean));
    Ok(TwoStageValues {
        decision,
        recourse,
        wait_and_see: scenarios.iter().map(|(s, p)| p * best(&|x| payoff(x, *s)).1).sum(),
        mean_value_decision,
        of_mean_value_decision: expected(mean_value_decision),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversion_before_demand_is_known_has_its_known_values() {
        let demand = [40.0, 60.0, 80.0, 100.0].map(|d| (d, 0.25));
        let decisions: Vec<f64> = (0..=120).map(f64::from).collect();
        let payoff = |x: f64, d: f64| 180.0 * x.min(d) + 30.0 * (x - d).max(0.0) - 100.0 * x;
        let values = two_stage_values(&decisions, &demand, payoff).unwrap();
        assert_eq!((values.decision, values.mean_value_decision), (80.0, 70.0));
        assert_eq!((values.recourse, values.wait_and_see), (4150.0, 5600.0));
        assert_eq!(values.of_mean_value_decision, 4100.0);
        assert_eq!((values.of_stochastic_solution(), values.of_perfect_information()), (50.0, 1450.0));
    }

    #[test]
    fn without_uncertainty_information_is_worth_nothing() {
        let values = two_stage_values(&[0.0, 1.0, 2.0], &[(1.5, 1.0)], |x, s| -(x - s).powi(2) + x).unwrap();
        assert_eq!((values.of_stochastic_solution(), values.of_perfect_information()), (0.0, 0.0));
    }

    #[test]
    fn empty_lists_and_lost_probability_are_refused() {
        assert_eq!(two_stage_values(&[], &[(1.0, 1.0)], |x, s| x * s), Err(NoTwoStageValue));
        assert_eq!(two_stage_values(&[1.0], &[(1.0, 0.5)], |x, s| x * s), Err(NoTwoStageValue));
    }
}

//! Two simpler uses of the planning model, by which the worth of waiting and of planning against chance is measured.
//!
//! [`PaysNow`] starts whatever gains at today's expectation and never waits for better: the plan less it is the value of
//! waiting. [`MeanValuePlan`] solves the problem as if both factors followed the paths of their mean logs, which are their medians,
//! offers as they come, and keeps to that solution: the plan less it is the value of the stochastic solution, `VSS = RP − EEV`.
//! Source: Dixit and Pindyck (1994) for the first; Birge and Louveaux (2011), chapter 4, for the second.

use crate::dp::Dp;
use crate::policy::{Policy, View};
use crate::rules::start;
use site::{AiForm, Decision, LeaseOffer};

/// Starts what gains against mining on, by the plan's own expectation.
#[derive(Debug, Clone, Copy)]
pub struct PaysNow<'a>(pub &'a Dp);

impl Policy for PaysNow<'_> {
    fn decide(&self, view: &View<'_>) -> Decision {
        let Some(offer) = view.offer else { return Decision::WAIT };
        let Some(x) = self.0.graph.state_of(view.campus, view.state) else { return Decision::WAIT };
        let gain = |skip: usize| self.0.gain_now(view, offer, self.0.graph.kind_of_next(x, skip));
        let halls = (0..view.limits.hosting_halls as usize).take_while(|&skip| gain(skip) > 0.0).count();
        start(AiForm::Hosting, halls as u32)
    }
}

/// Keeps to the plan that would be best if prices followed their median paths.
#[derive(Debug, Clone)]
pub struct MeanValuePlan<'a> {
    dp: &'a Dp,
    /// Gains at the median prices, `[n_months][n_classes, n_kinds]`.
    gains: Vec<Vec<f64>>,
    /// Value before the month's offer is known, `[n_months + 1][n_states]`.
    values: Vec<Vec<f64>>,
}

impl<'a> MeanValuePlan<'a> {
    /// Solves the problem at median prices.
    #[must_use]
    pub fn new(dp: &'a Dp) -> Self {
        let n_months = dp.market.calendar.n_months();
        let n_gains = dp.class_probability.len() * dp.graph.n_kinds();
        let gains: Vec<Vec<f64>> = (0..n_months)
            .map(|t| {
                let mut gains = vec![0.0; n_gains];
                dp.gains_at(t, [0.0, 0.0], &mut gains);
                gains
            })
            .collect();
        let mut plan = Self { dp, gains, values: vec![vec![0.0; dp.graph.n_states()]; n_months + 1] };
        let offered: f64 = dp.size_probability.iter().sum();
        for t in (0..n_months).rev() {
            let value = |x: usize| {
                let mut value = (1.0 - offered) * plan.values[t + 1][dp.graph.moves(x)[0]];
                for (size, p) in dp.size_probability.iter().enumerate() {
                    for (class, q) in dp.class_probability.iter().enumerate() {
                        value += p * q * plan.best(t, x, class, dp.graph.max_starts(x, size)).1;
                    }
                }
                value
            };
            let values: Vec<f64> = (0..dp.graph.n_states()).map(value).collect();
            plan.values[t] = values;
        }
        plan
    }

    /// Starts with the highest value, and that value.
    fn best(&self, t: usize, x: usize, class: usize, most: usize) -> (usize, f64) {
        let graph = &self.dp.graph;
        let mut gained = 0.0;
        let mut best = (0, f64::NEG_INFINITY);
        for (starts, &next) in graph.moves(x).iter().enumerate().take(most + 1) {
            if starts > 0 {
                gained += self.gains[t][class * graph.n_kinds() + graph.kind_of_next(x, starts - 1)];
            }
            let value = gained + self.values[t + 1][next];
            if value > best.1 {
                best = (starts, value);
            }
        }
        best
    }

    /// Rent class of an offer: the nearest spread over the market rent.
    fn class_of(&self, view: &View<'_>, offer: &LeaseOffer) -> usize {
        let spread = (offer.rent.get() / view.opening.lease_rate_usd_per_kw_month).ln();
        let spreads = &self.dp.market.offers.log_spreads;
        let distance = |class: &usize| (spreads[*class].0 - spread).abs();
        (0..spreads.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
    }
}

impl Policy for MeanValuePlan<'_> {
    fn decide(&self, view: &View<'_>) -> Decision {
        let Some(offer) = view.offer else { return Decision::WAIT };
        let Some(x) = self.dp.graph.state_of(view.campus, view.state) else { return Decision::WAIT };
        let most = view.limits.hosting_halls as usize;
        let (starts, _) = self.best(view.state.month as usize, x, self.class_of(view, offer), most);
        start(AiForm::Hosting, starts as u32)
    }
}

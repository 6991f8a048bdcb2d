//! What the formulas come to: the run's mean flows valued as `simulate` values them.
//!
//! Values that are carried past the horizon are discounted in [`simulate::PolicyOutcome::carried_usd`]; here they stand at the horizon, so that
//! a sheet can discount them at another rate.

use super::grid::Found;
use simulate::{Outcomes, PolicyOutcome};

/// Said where flows have no rate of return because they never change sign.
pub(super) const NO_SIGN_CHANGE: &str = "no sign change";
/// Said where they change sign and yet no rate is found.
pub(super) const NO_RATE: &str = "no rate found";
/// Where the search for a monthly rate starts if the run found none.
const USUAL_GUESS: f64 = 0.01;

/// The figures of all policies, in the order of the outcomes.
pub(super) struct Figures {
    pub(super) policies: Vec<PolicyFigures>,
    /// Places of the policies in the outcomes, the highest NPV first.
    pub(super) ranked: Vec<usize>,
}

/// What formulas make of one policy.
pub(super) struct PolicyFigures {
    /// Net cash flow of each month, USD.
    pub(super) flows_usd: Vec<f64>,
    /// Carried past the horizon, at the horizon, USD: leases, construction still to be paid (negative), ASICs, GPUs, site.
    pub(super) carried_usd: [f64; 5],
    /// Its sum.
    pub(super) carried_total_usd: f64,
    /// The same discounted.
    pub(super) carried_present_usd: f64,
    /// NPV of the horizon alone, USD.
    pub(super) horizon_usd: f64,
    /// NPV, USD.
    pub(super) npv_usd: f64,
    /// Net cash flow over all-mining with the carried value in the last month, USD.
    pub(super) over_usd: Vec<f64>,
    /// Monthly rate from which the search starts.
    pub(super) guess: f64,
    /// Rate of return of the flow over all-mining, a month.
    pub(super) monthly_irr: Found,
    /// The same effective per year.
    pub(super) irr: Found,
}

impl Figures {
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        let mut policies: Vec<PolicyFigures> =
            outcomes.policies.iter().map(|policy| PolicyFigures::of(policy, &outcomes.discount)).collect();
        let baseline = policies.first().map(PolicyFigures::with_carried).unwrap_or_default();
        for (figures, policy) in policies.iter_mut().zip(&outcomes.policies) {
            figures.set_over(&baseline, policy);
        }
        let mut ranked: Vec<usize> = (0..policies.len()).collect();
        let npv = |place: &usize| outcomes.policies[*place].npv_usd.mean();
        ranked.sort_by(|a, b| npv(b).total_cmp(&npv(a)));
        Self { policies, ranked }
    }

    /// The policy with the highest NPV, which the sheets show until another one is chosen.
    pub(super) fn best(&self) -> usize {
        self.ranked.first().copied().unwrap_or(0)
    }
}

impl PolicyFigures {
    fn of(policy: &PolicyOutcome, discount: &[f64]) -> Self {
        let [leases, construction, asics, gpus, site] = policy.carried_usd;
        let end = discount.last().copied().unwrap_or(1.0);
        let carried_usd = [leases, -construction, asics, gpus, site].map(|present| present / end);
        let flows_usd: Vec<f64> = policy.ledger.iter().map(site::Ledger::net_cash_flow_usd).collect();
        let carried_total_usd = carried_usd.iter().sum();
        let carried_present_usd = carried_total_usd * end;
        let horizon_usd = flows_usd.iter().zip(discount).map(|(flow, factor)| flow * factor).sum();
        Self {
            flows_usd,
            carried_usd,
            carried_total_usd,
            carried_present_usd,
            horizon_usd,
            npv_usd: horizon_usd + carried_present_usd,
            over_usd: Vec::new(),
            guess: USUAL_GUESS,
            monthly_irr: Found::Text(NO_SIGN_CHANGE.into()),
            irr: Found::Text(NO_SIGN_CHANGE.into()),
        }
    }

    /// Flows with the carried value in the last month.
    fn with_carried(&self) -> Vec<f64> {
        let mut flows = self.flows_usd.clone();
        if let Some(last) = flows.last_mut() {
            *last += self.carried_total_usd;
        }
        flows
    }

    fn set_over(&mut self, baseline: &[f64], policy: &PolicyOutcome) {
        self.over_usd = self.with_carried().iter().zip(baseline).map(|(own, base)| own - base).collect();
        if let Some(irr) = policy.incremental_irrs.first().copied() {
            self.guess = (1.0 + irr).powf(1.0 / 12.0) - 1.0;
            self.monthly_irr = Found::Number(self.guess);
            self.irr = Found::Number(irr);
        } else if self.over_usd.iter().any(|f| *f > 0.0) && self.over_usd.iter().any(|f| *f < 0.0) {
            self.monthly_irr = Found::Text(NO_RATE.into());
            self.irr = Found::Text(NO_RATE.into());
        }
    }
}

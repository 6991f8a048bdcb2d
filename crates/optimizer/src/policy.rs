//! Policies: what to start this month, from what is known this month.
//!
//! A [`View`] holds the opening and the past; the future is not in it, so no policy can look ahead. Within a month the
//! opening prices and the offer are seen, then the policy decides, then the hours pass.

use crate::reasons::Reasons;
use market::Opening;
use site::{AiForm, Campus, Decision, LeaseOffer, Limits, State};

/// A month that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PastMonth {
    /// Prices at its opening.
    pub opening: Opening,
    /// Margin of mining after power and variable cost, USD per gross MW of the campus's halls as first built.
    pub mining_margin_usd_per_gross_mw: f64,
    /// Mean settlement point price, USD/MWh.
    pub power_price_usd_per_mwh: f64,
}

/// What a policy knows when it decides.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The campus.
    pub campus: &'a Campus,
    /// The campus's state at this opening.
    pub state: &'a State,
    /// Prices at this opening.
    pub opening: &'a Opening,
    /// The tenant's offer that is open this month.
    pub offer: Option<&'a LeaseOffer>,
    /// How many halls could be started.
    pub limits: Limits,
    /// Months before this one, oldest first.
    pub past: &'a [PastMonth],
}

impl View<'_> {
    /// Halls of one form that could be started.
    #[must_use]
    pub fn startable(&self, form: AiForm) -> u32 {
        match form {
            AiForm::Hosting => self.limits.hosting_halls,
            AiForm::OwnGpus => self.limits.gpu_halls,
        }
    }

    /// What money of the first opening is at this one: `(1+r)^(t/12)`.
    #[must_use]
    pub fn money_of_the_opening(&self) -> f64 {
        let rate = self.campus.company.discount_rate_per_year;
        (1.0 + rate).powf(f64::from(self.state.month) / 12.0)
    }
}

/// A rule or a computed plan.
pub trait Policy: Send + Sync {
    /// Starts of this month, within the view's limits.
    fn decide(&self, view: &View<'_>) -> Decision;

    /// Starts of one month on several paths, one for each view and in their order.
    fn decide_all(&self, views: &[View<'_>]) -> Vec<Decision> {
        views.iter().map(|view| self.decide(view)).collect()
    }

    /// Whether many paths at once cost it little more than one, so that those of a chunk are to be asked together.
    fn decides_together(&self) -> bool {
        false
    }

    /// The form of the halls that it starts.
    fn form(&self) -> AiForm {
        AiForm::Hosting
    }

    /// What it weighs and compares at a view, so that people can follow what it decides there.
    fn reasons(&self, view: &View<'_>) -> Reasons {
        let _ = view;
        Reasons::default()
    }

    /// What the reader of a run's results should know of its decisions so far.
    fn remark(&self) -> Option<String> {
        None
    }
}

//! A team's own rule: a condition and a number of halls as formulas over what is known at the opening.

use crate::formula::Formula;
use crate::known::{KNOWN, Sight};
use crate::policy::{Policy, View};
use crate::reasons::{Outcome, Quantity, Reading, Reasons, size_limit};
use crate::rules::{start, within};
use site::{AiForm, Decision, YearMonth};
use std::sync::atomic::{AtomicU64, Ordering};

/// What a rule says.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTerms {
    /// Whether to start: a condition over [`KNOWN`].
    pub when: Formula,
    /// How many halls: a number over [`KNOWN`], rounded down and held within what can be started.
    pub halls: Formula,
    /// Hosting under the open offer, or own GPUs.
    pub form: AiForm,
    /// Gross MW after which it stops.
    pub max_gross_mw: f64,
    /// Calendar month of the first opening.
    pub first_month: YearMonth,
    /// Months of the horizon.
    pub n_months: u32,
}

/// Starts halls when a formula says so; waits where a formula has no value.
#[derive(Debug)]
pub struct OwnRule {
    terms: RuleTerms,
    /// Months on paths in which a start was possible and a formula had no value.
    without_value: AtomicU64,
}

impl OwnRule {
    /// The policy of a rule.
    #[must_use]
    pub fn new(terms: RuleTerms) -> Self {
        Self { terms, without_value: AtomicU64::new(0) }
    }

    fn sight<'v>(&self, view: &'v View<'v>) -> Sight<'v> {
        let RuleTerms { form, first_month, n_months, .. } = self.terms;
        Sight { view, form, first_month, n_months }
    }

    /// Halls wanted; `None` where a formula has no value.
    fn wanted(&self, view: &View<'_>) -> Option<f64> {
        let sight = self.sight(view);
        let value_of = |i: usize| KNOWN[i].value(&sight);
        if self.terms.when.truth(value_of)? { self.terms.halls.number(value_of) } else { Some(0.0) }
    }
}

impl Policy for OwnRule {
    fn form(&self) -> AiForm {
        self.terms.form
    }

    fn decide(&self, view: &View<'_>) -> Decision {
        let possible = view.startable(self.terms.form);
        if possible == 0 {
            return Decision::WAIT;
        }
        let Some(wanted) = self.wanted(view) else {
            // In the first year some names have no value by nature.
            if view.past.len() >= 12 {
                self.without_value.fetch_add(1, Ordering::Relaxed);
            }
            return Decision::WAIT;
        };
        let halls = wanted.clamp(0.0, f64::from(possible)) as u32;
        start(self.terms.form, within(view, halls, self.terms.max_gross_mw))
    }

    fn reasons(&self, view: &View<'_>) -> Reasons {
        let RuleTerms { when, halls, max_gross_mw, .. } = &self.terms;
        let sight = self.sight(view);
        let value_of = |i: usize| KNOWN[i].value(&sight);
        let reading = |field, formula: &Formula, result: Option<Outcome>| Reading {
            field,
            text: formula.text().into(),
            result: result.unwrap_or(Outcome::Unknown),
        };
        let mut used: Vec<usize> = when.used().iter().chain(halls.used()).copied().collect();
        used.sort_unstable();
        used.dedup();
        let quantity = |i: usize| {
            let value = value_of(i);
            Quantity { name: KNOWN[i].name.into(), value: value.is_finite().then_some(value), unit: "" }
        };
        Reasons {
            formulas: vec![
                reading("when", when, when.truth(value_of).map(Outcome::Truth)),
                reading("halls", halls, halls.number(value_of).map(Outcome::Number)),
            ],
            quantities: used.into_iter().map(quantity).collect(),
            comparisons: size_limit(view, *max_gross_mw).into_iter().collect(),
            ..Reasons::default()
        }
    }

    fn remark(&self) -> Option<String> {
        let count = self.without_value.load(Ordering::Relaxed);
        (count > 0).then(|| {
            format!(
                "its formulas had no value (such as a division by zero) in {count} months over all paths in which halls could have been started; it waited"
            )
        })
    }
}

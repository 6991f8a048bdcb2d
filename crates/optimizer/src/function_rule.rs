//! A team's own rule that is a function of the program around this one: it sees what is known at the opening of a month on many
//! paths at once, and says how many halls to start on each.

use crate::known::{KNOWN, Sight};
use crate::policy::{Policy, View};
use crate::rules::{start, within};
use site::{AiForm, Decision, YearMonth};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is known at an opening on several paths: each of [`KNOWN`] as a column, NaN where it has no value yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Openings {
    n_paths: usize,
    /// `[KNOWN.len(), n_paths]` row-major.
    values: Vec<f64>,
}

impl Openings {
    fn of(sights: &[Sight<'_>]) -> Self {
        let values = KNOWN.iter().flat_map(|known| sights.iter().map(|sight| known.value(sight))).collect();
        Self { n_paths: sights.len(), values }
    }

    /// Number of paths.
    #[must_use]
    pub fn n_paths(&self) -> usize {
        self.n_paths
    }

    /// The values of a name on each path; `None` of a name that is not in [`KNOWN`].
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&[f64]> {
        let n = KNOWN.iter().position(|known| known.name == name)?;
        self.values.get(n * self.n_paths..(n + 1) * self.n_paths)
    }
}

/// Halls wanted on each path; rounded down and held within what can be started (infinity is all of that), and none where it is no number.
pub type HallsWanted = Box<dyn Fn(&Openings) -> Vec<f64> + Send + Sync>;

/// What the rule starts, and over which months.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunctionTerms {
    /// Hosting under the open offer, or own GPUs.
    pub form: AiForm,
    /// Gross MW after which it stops.
    pub max_gross_mw: f64,
    /// Calendar month of the first opening.
    pub first_month: YearMonth,
    /// Months of the horizon.
    pub n_months: u32,
}

/// A rule that asks a function; it is asked only of paths on which a hall could be started.
pub struct FunctionRule {
    terms: FunctionTerms,
    halls: HallsWanted,
    /// Months on paths in which a start was possible and the function gave no number.
    without_number: AtomicU64,
}

impl FunctionRule {
    /// The policy of a function, which returns a number for each path that it is shown.
    #[must_use]
    pub fn new(terms: FunctionTerms, halls: HallsWanted) -> Self {
        Self { terms, halls, without_number: AtomicU64::new(0) }
    }

    /// What may be started of what was wanted.
    fn held(&self, view: &View<'_>, wanted: f64) -> Decision {
        if wanted.is_nan() {
            self.without_number.fetch_add(1, Ordering::Relaxed);
            return Decision::WAIT;
        }
        let halls = wanted.clamp(0.0, f64::from(view.startable(self.terms.form))) as u32;
        start(self.terms.form, within(view, halls, self.terms.max_gross_mw))
    }
}

impl Policy for FunctionRule {
    fn form(&self) -> AiForm {
        self.terms.form
    }

    fn decides_together(&self) -> bool {
        true
    }

    fn decide(&self, view: &View<'_>) -> Decision {
        self.decide_all(std::slice::from_ref(view)).first().copied().unwrap_or(Decision::WAIT)
    }

    fn decide_all(&self, views: &[View<'_>]) -> Vec<Decision> {
        let FunctionTerms { form, first_month, n_months, .. } = self.terms;
        let (places, sights): (Vec<usize>, Vec<Sight<'_>>) = views
            .iter()
            .enumerate()
            .filter(|(_, view)| view.startable(form) > 0)
            .map(|(n, view)| (n, Sight { view, form, first_month, n_months }))
            .unzip();
        let mut decisions = vec![Decision::WAIT; views.len()];
        if !places.is_empty() {
            let wanted = (self.halls)(&Openings::of(&sights));
            for (n, wanted) in places.into_iter().zip(wanted) {
                decisions[n] = self.held(&views[n], wanted);
            }
        }
        decisions
    }

    fn remark(&self) -> Option<String> {
        let count = self.without_number.load(Ordering::Relaxed);
        (count > 0).then(|| {
            format!(
                "its function gave no number in {count} months over all paths in which halls could have been started; it waited"
            )
        })
    }
}

impl fmt::Debug for FunctionRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FunctionRule").field("terms", &self.terms).finish_non_exhaustive()
    }
}

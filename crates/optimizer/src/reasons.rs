//! Why a policy decides as it does: what it weighs and what it compares, as plain numbers for someone else to put into words.
//!
//! Computed policies weigh alternatives, rules compare quantities with thresholds. All money is that of the opening at which it
//! is decided.

use crate::policy::View;
use site::HallUse;

/// What a policy weighs and compares at a view; parts that it does not know are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reasons {
    /// What waiting and each number of starts are worth, waiting first.
    pub alternatives: Vec<Alternative>,
    /// Comparisons in the order in which they are made; all must hold for a start.
    pub comparisons: Vec<Comparison>,
    /// Formulas of a team's rule, and what they come out as.
    pub formulas: Vec<Reading>,
    /// Further numbers that it looks at.
    pub quantities: Vec<Quantity>,
}

/// One choice and what it is worth over mining for ever, USD.
///
/// The value is the sum of the four parts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Alternative {
    /// Halls started.
    pub halls: u32,
    /// Value.
    pub value_usd: f64,
    /// Leases signed now, to their expiry, less hosting cost and conversion capex.
    pub lease_usd: f64,
    /// Leases after those have expired.
    pub relet_usd: f64,
    /// Machines sold less mining given up; below zero where mining is worth more.
    pub leaving_mining_usd: f64,
    /// What is left to gain from the halls that still mine.
    pub left_to_gain_usd: f64,
}

impl Alternative {
    /// The same in other money.
    #[must_use]
    pub fn times(self, money: f64) -> Self {
        Self {
            halls: self.halls,
            value_usd: money * self.value_usd,
            lease_usd: money * self.lease_usd,
            relet_usd: money * self.relet_usd,
            leaving_mining_usd: money * self.leaving_mining_usd,
            left_to_gain_usd: money * self.left_to_gain_usd,
        }
    }

    /// What the starts themselves gain over mining on, USD.
    #[must_use]
    pub fn own_gain_usd(&self) -> f64 {
        self.lease_usd + (self.leaving_mining_usd + self.relet_usd)
    }
}

/// Index of the alternative that is worth most, of equals the first; 0 of none.
#[must_use]
pub fn best_of(alternatives: &[Alternative]) -> usize {
    let mut best = 0;
    for (i, alternative) in alternatives.iter().enumerate() {
        if alternative.value_usd > alternatives[best].value_usd {
            best = i;
        }
    }
    best
}

/// How a value must stand to its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `≥`
    AtLeast,
    /// `>`
    MoreThan,
    /// `≤`
    AtMost,
}

/// A quantity held against a threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub name: String,
    /// Its value; `None` where there is none, such as the rent without an offer.
    pub value: Option<f64>,
    /// Unit of value and threshold.
    pub unit: &'static str,
    /// How the value must stand to the threshold.
    pub relation: Relation,
    /// The threshold.
    pub threshold: f64,
    /// Whether it does; not, where there is no value.
    pub holds: bool,
}

impl Comparison {
    /// A comparison whose outcome follows from its numbers.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        value: Option<f64>,
        unit: &'static str,
        relation: Relation,
        threshold: f64,
    ) -> Self {
        let holds = value.is_some_and(|value| match relation {
            Relation::AtLeast => value >= threshold,
            Relation::MoreThan => value > threshold,
            Relation::AtMost => value <= threshold * (1.0 + 1e-9),
        });
        Self { name: name.into(), value, unit, relation, threshold, holds }
    }
}

/// A number with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Its name.
    pub name: String,
    /// Its value; `None` where there is none yet.
    pub value: Option<f64>,
    /// Its unit; empty where the name ends in it.
    pub unit: &'static str,
}

/// A formula and what it comes out as.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The field that holds it.
    pub field: &'static str,
    /// Its text.
    pub text: String,
    /// What it comes out as.
    pub result: Outcome,
}

/// What a formula comes out as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// A condition.
    Truth(bool),
    /// A number.
    Number(f64),
    /// Neither, because something in it has no value.
    Unknown,
}

/// Whether one hall more would stay within a policy's own size; none where it has no such limit.
pub(crate) fn size_limit(view: &View<'_>, max_gross_mw: f64) -> Option<Comparison> {
    let next = view.state.convertible().next()?;
    let committed = view.state.gross_mw_where(view.campus, HallUse::is_committed);
    max_gross_mw.is_finite().then(|| {
        let with_next = committed + view.campus.halls[next].gross.get();
        Comparison::new(
            "committed with the next hall",
            Some(with_next),
            "gross MW",
            Relation::AtMost,
            max_gross_mw,
        )
    })
}

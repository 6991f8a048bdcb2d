//! The first caveat: which single assumption, moved alone, would turn the ranking, and at what value.

use crate::turning::{assumption_title, by_assumption, caveats, change};
use serde::Serialize;
use simulate::{Flip, Outcomes};

/// What would turn the answer.
#[derive(Debug, Serialize)]
pub(super) struct Caveat {
    /// What turns it first, and what else a reader must know of it.
    pub(super) sentences: Vec<String>,
    /// The nearest of each assumption.
    rows: Vec<Turn>,
}

/// One assumption.
#[derive(Debug, Serialize)]
struct Turn {
    assumption: &'static str,
    change: String,
    policy: String,
}

impl Caveat {
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        let turn = |flip: Flip<'_>| Turn {
            assumption: assumption_title(flip.assumption),
            change: change(&flip),
            policy: flip.policy.name.clone(),
        };
        Self { sentences: caveats(outcomes), rows: by_assumption(outcomes).into_iter().map(turn).collect() }
    }
}

//! What can be wrong with a case of dispatch.

use std::fmt;
use thiserror::Error;

/// A case that cannot be dispatched, and how to mend it.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum DispatchError {
    /// No steps.
    #[error("the case has no steps: give at least one price")]
    Empty,
    /// A number out of its range.
    #[error("{field} is {value}; it must be {range}")]
    Value {
        /// The field.
        field: String,
        /// What it holds.
        value: f64,
        /// What it may hold.
        range: &'static str,
    },
    /// A series of another length than the prices.
    #[error("{field} has {found} steps; the prices have {steps}")]
    Length {
        /// The field.
        field: String,
        /// Its length.
        found: usize,
        /// Number of prices.
        steps: usize,
    },
    /// A load that does not exist.
    #[error("{field} names load {load}; there are {loads} loads, counted from 0")]
    NoSuchLoad {
        /// The field.
        field: String,
        /// The load that it names.
        load: usize,
        /// Number of loads.
        loads: usize,
    },
    /// A window outside the horizon, or empty.
    #[error("{field} covers steps {from} to {to}; it must cover at least one step within 0 to {steps}")]
    Window {
        /// The field.
        field: String,
        /// First step.
        from: usize,
        /// Step after the last one.
        to: usize,
        /// Number of steps.
        steps: usize,
    },
    /// Bids of another number than the budgets.
    #[error("{found} bid prices were given for {budgets} budgets")]
    Bids {
        /// Number of bids.
        found: usize,
        /// Number of budgets.
        budgets: usize,
    },
    /// A load whose restarts the real-time rule does not know.
    #[error("the real-time rule does not know the restarts of load '{load}': leave its restart out")]
    Restart {
        /// The load.
        load: String,
    },
    /// Budgets that no dispatch can meet.
    #[error("the energy budgets cannot all be met: {0}")]
    Infeasible(Infeasibility),
    /// A solver that gave up.
    #[error("the {solver} stopped without an answer: {why}")]
    Solver {
        /// Which.
        solver: &'static str,
        /// What it reported.
        why: String,
    },
}

/// Which budgets fail, and by how much at least in all.
#[derive(Debug, Clone, PartialEq)]
pub struct Infeasibility {
    /// Budgets with a shortfall in the dispatch whose summed shortfall is least.
    pub shortfalls: Vec<Shortfall>,
}

/// By how much a budget fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortfall {
    /// The budget's index.
    pub budget: usize,
    /// Its name.
    pub name: String,
    /// What is missing of a least energy, or too much for a most, MWh.
    pub mwh: f64,
    /// Its size, MWh.
    pub of_mwh: f64,
    /// Whether energy is missing, not in excess.
    pub missing: bool,
}

/// Budgets that the message names, the worst first.
const NAMED: usize = 6;

impl fmt::Display for Infeasibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut worst: Vec<&Shortfall> = self.shortfalls.iter().collect();
        worst.sort_by(|a, b| b.mwh.total_cmp(&a.mwh));
        for (i, short) in worst.iter().take(NAMED).enumerate() {
            let Shortfall { name, mwh, of_mwh, .. } = *short;
            let between = if i == 0 { "" } else { "; " };
            let how = if short.missing { "falls short of its least" } else { "exceeds its most" };
            write!(f, "{between}'{name}' {how} {of_mwh:.6} MWh by {mwh:.6} MWh")?;
        }
        if worst.len() > NAMED {
            let rest: f64 = worst[NAMED..].iter().map(|short| short.mwh).sum();
            write!(f, "; and {} more by {rest:.6} MWh together", worst.len() - NAMED)?;
        }
        write!(f, " (summed over budgets, no dispatch misses them by less)")
    }
}

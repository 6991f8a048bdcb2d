//! What tuning did to the rules of the race, in words.

use super::sentences::stated;
use crate::numbers::{counted_paths, million_usd, number_in_words};
use simulate::{Outcomes, Tuning, TuningRow};

/// A sentence for each tuned rule: its number, where the search started, and its worth in sample and on the race's paths.
pub(super) fn tuned_rules(outcomes: &Outcomes) -> Vec<String> {
    let Some(tuning) = &outcomes.tuning else { return Vec::new() };
    let chosen = tuning.rows.iter().filter(|row| row.is_chosen);
    chosen.filter_map(|row| tuned_rule(outcomes, tuning, row)).collect()
}

fn tuned_rule(outcomes: &Outcomes, tuning: &Tuning, row: &TuningRow) -> Option<String> {
    let start = tuning.rows.iter().find(|other| other.is_start && other.policy == row.policy)?;
    let race = outcomes.policies.iter().find(|policy| policy.name == row.policy)?;
    let goal = match tuning.objective_cvar_weight {
        0.0 => "mean NPV".into(),
        weight => format!("mean + {weight} x CVaR 5 % of the NPV"),
    };
    let change = if row.is_start {
        format!("stays at {} {}, the best", number_in_words(row.value), row.unit)
    } else {
        format!(
            "was tuned from {} to {} {}, the best",
            number_in_words(start.value),
            number_in_words(row.value),
            row.unit
        )
    };
    Some(format!(
        "{} {change} {goal} of {} numbers on {} of another seed: mean {} there ({} before), {} million USD here.",
        row.policy,
        tuning.rows.iter().filter(|other| other.policy == row.policy).count(),
        counted_paths(tuning.n_paths),
        million_usd(row.npv_usd.mean()),
        million_usd(start.npv_usd.mean()),
        stated(&race.npv_usd),
    ))
}

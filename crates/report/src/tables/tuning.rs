//! `tuning.csv` and `frontier.csv`: what tuning tried, and mean against tail on the race's paths.

use super::Sheet;
use crate::numbers::{exact, exact_or_empty};
use simulate::{FrontierRow, Outcomes, TuningRow};

/// Every number that tuning tried for every tuned rule.
///
/// Columns: `policy`, `parameter` (field of the scenario file), `unit`, `value`; `tuning_paths` and on them `in_sample_mean_npv_usd`,
/// its standard error, `in_sample_cvar5_npv_usd` and the objective (mean plus `objective_cvar_weight` times CVaR 5 %); `start` for the
/// stated number, `chosen` for the one in the race, `frontier_weights` for which it is the rule's best; of those in the race or
/// on the frontier mean, standard error and CVaR 5 % on the race's paths (`race_…`), to be believed before the ones in sample.
#[must_use]
pub fn tuning(outcomes: &Outcomes) -> Sheet {
    let mut sheet = Sheet::under(
        outcomes.lens,
        &[
            "policy",
            "parameter",
            "unit",
            "value",
            "tuning_paths",
            "in_sample_mean_npv_usd",
            "in_sample_se_npv_usd",
            "in_sample_cvar5_npv_usd",
            "objective_cvar_weight",
            "objective_usd",
            "start",
            "chosen",
            "frontier_weights",
            "race_mean_npv_usd",
            "race_se_npv_usd",
            "race_cvar5_npv_usd",
        ],
    );
    let Some(tuning) = &outcomes.tuning else { return sheet };
    for row in &tuning.rows {
        let race = outcomes.frontier.iter().find(|other| is_of(other, row));
        let mut cells = vec![row.policy.clone(), row.parameter.clone(), row.unit.clone(), exact(row.value)];
        cells.push(tuning.n_paths.to_string());
        cells.extend([row.npv_usd.mean(), row.npv_usd.standard_error(), row.cvar5_usd].map(exact));
        cells.extend([tuning.objective_cvar_weight, row.objective_usd].map(exact));
        cells.extend([row.is_start, row.is_chosen].map(|flag| flag.to_string()));
        cells.push(listed(&row.frontier_weights));
        cells.push(exact_or_empty(race.map(|race| race.npv_usd.mean())));
        cells.push(exact_or_empty(race.map(|race| race.npv_usd.standard_error())));
        cells.push(exact_or_empty(race.map(|race| race.cvar5_usd)));
        sheet.row(cells);
    }
    sheet
}

fn is_of(frontier: &FrontierRow, row: &TuningRow) -> bool {
    frontier.policy == row.policy && frontier.number.as_ref().is_some_and(|(.., value)| *value == row.value)
}

/// Mean and CVaR 5 % on the race's paths, of every policy and of tuned rules at their best numbers for other weights.
///
/// Columns: `policy`; `parameter`, `unit` and `value` of a tuned rule; `weights` of CVaR 5 % for which that number is its best on the
/// tuning paths; `in_race` for the policy as the other tables show it; mean, standard error and CVaR 5 % of the NPV; `efficient`,
/// whether no other row has both a higher mean and a higher CVaR 5 %.
#[must_use]
pub fn frontier(outcomes: &Outcomes) -> Sheet {
    let mut sheet = Sheet::under(
        outcomes.lens,
        &[
            "policy",
            "parameter",
            "unit",
            "value",
            "weights",
            "in_race",
            "mean_npv_usd",
            "se_npv_usd",
            "cvar5_npv_usd",
            "efficient",
        ],
    );
    for row in &outcomes.frontier {
        let (parameter, unit, value) = match &row.number {
            Some((parameter, unit, value)) => (parameter.clone(), unit.clone(), exact(*value)),
            None => Default::default(),
        };
        let mut cells = vec![row.policy.clone(), parameter, unit, value];
        cells.extend([listed(&row.weights), row.in_race.to_string()]);
        cells.extend([row.npv_usd.mean(), row.npv_usd.standard_error(), row.cvar5_usd].map(exact));
        cells.push(row.is_efficient.to_string());
        sheet.row(cells);
    }
    sheet
}

/// Weights with a space between them.
fn listed(weights: &[f64]) -> String {
    weights.iter().map(|weight| exact(*weight)).collect::<Vec<_>>().join(" ")
}

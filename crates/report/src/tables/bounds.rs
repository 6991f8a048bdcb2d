//! What is proven about the best possible value within the planning model, and where each policy stands.

use super::Sheet;
use crate::numbers::exact;
use simulate::{Estimate, Moments, Outcomes, PlanRace};

/// One figure per row: `policy`, `paths`, `metric`, `unit`, `value` and its standard error.
///
/// All values are over all-mining, within the planning model, on paths of its own. Of the policy that plans on the model:
/// `lower_bound`, `upper_bound`, their paired `gap` and its one-sided 95 % limit `gap_limit`, also as shares of the bound
/// (`gap_limit_of_bound`, all-mining's value in the race included) and of what is at stake (`gap_limit_of_stake`);
/// `foresight`, `value_of_foresight` (paired on gains without penalties, so not the difference of the two rows), `value_of_waiting`, `value_of_stochastic_solution` (VSS) and, where starts are held
/// to cash, `upper_bound_without_cash_limit`. Of every policy: `gain`, `below_bound` (its regret at most) and `below_best`,
/// paired; of the best rule `at_stake`, the bound less it. `market_upper_bound` and `below_market_bound` are on the first paths of the
/// race itself, with the whole market in them.
#[must_use]
pub fn bounds(outcomes: &Outcomes) -> Sheet {
    let mut sheet =
        Sheet::under(outcomes.lens, &["policy", "paths", "metric", "unit", "value", "standard_error"]);
    if let Some(bounds) = &outcomes.market_bounds {
        let paths = bounds.n_paths.to_string();
        let mut row = |policy: &str, metric: &str, moments: &Moments| {
            let cells = [policy.to_owned(), paths.clone(), metric.into(), "USD".into()];
            sheet.row(cells.into_iter().chain([exact(moments.mean()), exact(moments.standard_error())]));
        };
        row("any", "market_upper_bound", &bounds.upper_usd);
        for (policy, below) in outcomes.policies.iter().zip(&bounds.below_bound_usd) {
            if let Some(below) = below {
                row(&policy.name, "below_market_bound", below);
            }
        }
    }
    let Some(race) = &outcomes.plan_race else { return sheet };
    let mut row = |policy: &str, metric: &str, unit: &str, value: f64, error: String| {
        let cells =
            [policy.to_owned(), race.n_paths.to_string(), metric.into(), unit.into(), exact(value), error];
        sheet.row(cells);
    };
    for (metric, estimate) in of_the_plan(race) {
        row(&race.policy, metric, "USD", estimate.mean, exact(estimate.standard_error));
    }
    row(&race.policy, "gap_limit", "USD", race.gap_limit_usd(), String::new());
    for (metric, share) in [
        ("gap_limit_of_bound", outcomes.gap_limit_of_bound()),
        ("gap_limit_of_stake", race.gap_limit_of_stake()),
    ] {
        if let Some(share) = share {
            row(&race.policy, metric, "1", share, String::new());
        }
    }
    if let Some((policy, stake)) = &race.at_stake {
        row(policy, "at_stake", "USD", stake.mean, exact(stake.standard_error));
    }
    for standing in &race.standings {
        for (metric, estimate) in [
            ("gain", &standing.gain_usd),
            ("below_bound", &standing.below_bound_usd),
            ("below_best", &standing.below_best_usd),
        ] {
            row(&standing.name, metric, "USD", estimate.mean, exact(estimate.standard_error));
        }
    }
    sheet
}

fn of_the_plan(race: &PlanRace) -> Vec<(&'static str, &Estimate)> {
    let mut rows = vec![
        ("lower_bound", &race.lower_usd),
        ("upper_bound", &race.upper_usd),
        ("gap", &race.gap_usd),
        ("foresight", &race.foresight_usd),
        ("value_of_waiting", &race.value_of_waiting_usd),
        ("value_of_stochastic_solution", &race.value_of_stochastic_solution_usd),
        ("value_of_foresight", &race.value_of_foresight_usd),
    ];
    if let Some(upper) = &race.upper_without_cash_limit_usd {
        rows.insert(2, ("upper_bound_without_cash_limit", upper));
    }
    rows
}

//! `differences.csv`: every policy against every other on the same paths.

use super::Sheet;
use crate::numbers::exact;
use simulate::Outcomes;

/// A row per ordered pair: `policy` less `other`, mean NPV and the standard error of the paired difference, USD; `is_best` marks the
/// rows in which `policy` is the best of the race, whose differences are the others' regret.
#[must_use]
pub fn differences(outcomes: &Outcomes) -> Sheet {
    let columns = ["policy", "other", "n_paths", "mean_difference_usd", "se_difference_usd", "is_best"];
    let mut sheet = Sheet::under(outcomes.lens, &columns);
    let best = outcomes.best();
    for (i, policy) in outcomes.policies.iter().enumerate() {
        for (j, other) in outcomes.policies.iter().enumerate().filter(|(j, _)| *j != i) {
            let [mean, error] = outcomes.differences.between(i, j);
            sheet.row([
                policy.name.clone(),
                other.name.clone(),
                outcomes.n_paths.to_string(),
                exact(mean),
                exact(error),
                std::ptr::eq(policy, best).to_string(),
            ]);
        }
    }
    sheet
}

//! Tables of two runs: `compare.csv` and `settings.csv`.

use super::Sheet;
use crate::numbers::{exact, exact_or_empty};
use crate::two_runs::TwoRuns;
use simulate::{Moments, PolicyOutcome};

/// `compare.csv`: a row per policy of either run.
///
/// Columns: `policy`; the mean NPV in the first and in the second run with its standard error; the change (second less first) and the change
/// of the NPV over all-mining, each with the standard error of the paired difference, over the `n_common_paths` that both runs kept. USD;
/// empty where a run is without the policy.
#[must_use]
pub fn compare(runs: &TwoRuns<'_>) -> Sheet {
    let mut sheet = Sheet::new(&[
        "policy",
        "first_mean_npv_usd",
        "first_se_npv_usd",
        "second_mean_npv_usd",
        "second_se_npv_usd",
        "change_usd",
        "se_change_usd",
        "change_over_mining_usd",
        "se_change_over_mining_usd",
        "n_common_paths",
    ]);
    let pair = |moments: Option<Moments>| {
        [moments.map(|m| m.mean()), moments.map(|m| m.standard_error())].map(exact_or_empty)
    };
    for policy in &runs.policies {
        let npv = |of: Option<&PolicyOutcome>| of.map(|of| of.npv_usd);
        let columns =
            [npv(policy.first), npv(policy.second), policy.change_usd, policy.change_over_mining_usd];
        let mut row = vec![policy.name.to_owned()];
        row.extend(columns.into_iter().flat_map(pair));
        row.push(exact(runs.n_common as f64));
        sheet.row(row);
    }
    sheet
}

/// `settings.csv`: a row per field of the resolved scenarios that differs: `path`, `first`, `second`, as TOML; empty where it is absent.
#[must_use]
pub fn settings(runs: &TwoRuns<'_>) -> Sheet {
    let mut sheet = Sheet::new(&["path", "first", "second"]);
    for change in &runs.settings {
        let value = |text: &Option<String>| text.clone().unwrap_or_default();
        sheet.row([change.path.clone(), value(&change.first), value(&change.second)]);
    }
    sheet
}

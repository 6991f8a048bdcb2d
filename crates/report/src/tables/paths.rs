//! `paths.csv`: the value of every policy on every kept path.

use super::{FORESIGHT, Sheet};
use crate::numbers::exact_or_empty;
use simulate::Outcomes;

/// Values path by path, so that readers can pair policies as they like.
///
/// Columns: `path` (from 0), `policy`, `npv_usd`, `difference_to_all_mining_usd` on the same path, `lens`. Only kept paths;
/// perfect foresight comes last on each.
#[must_use]
pub fn paths(outcomes: &Outcomes) -> Sheet {
    let mut sheet =
        Sheet::under(outcomes.lens, &["path", "policy", "npv_usd", "difference_to_all_mining_usd"]);
    for path in 0..outcomes.n_kept {
        for policy in &outcomes.policies {
            let (npv, difference) = (policy.kept_npv_usd.get(path), policy.kept_difference_usd.get(path));
            let numbers = [npv, difference].map(|value| exact_or_empty(value.copied()));
            sheet.row([path.to_string(), policy.name.clone()].into_iter().chain(numbers));
        }
        let npv = outcomes.foresight.kept_npv_usd.get(path);
        let all_mining = outcomes.policies.first().and_then(|policy| policy.kept_npv_usd.get(path));
        let difference = npv.zip(all_mining).map(|(npv, all_mining)| npv - all_mining);
        sheet.row([
            path.to_string(),
            FORESIGHT.into(),
            exact_or_empty(npv.copied()),
            exact_or_empty(difference),
        ]);
    }
    sheet
}

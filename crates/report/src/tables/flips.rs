//! `flips.csv`: what each assumption, moved alone with decisions held, would have to be for another policy to draw level with the best.

use super::Sheet;
use crate::numbers::{exact, exact_or_empty};
use crate::turning::assumption_name;
use simulate::Outcomes;

/// A row per assumption and policy other than the best.
///
/// Columns: `assumption`; `best`, the best policy of the run; `policy`, the other; `factor` on the assumption in all months at which both are
/// worth the same, `se_factor` its standard error from that of the difference alone; `level` of the assumption at the first opening where it
/// has one (rents USD/kW-month, hashprice USD/PH/day, GPU hours USD, discount rate a year), `flip_level` the level at the factor;
/// `exposure_of_best_usd` and `exposure_usd`, the mean present values that follow the assumption. Empty where nothing turns, or where a
/// number does not exist. `lens` is outcomes or value.
#[must_use]
pub fn flips(outcomes: &Outcomes) -> Sheet {
    let columns = [
        "assumption",
        "best",
        "policy",
        "factor",
        "se_factor",
        "level",
        "flip_level",
        "exposure_of_best_usd",
        "exposure_usd",
    ];
    let mut sheet = Sheet::under(outcomes.lens, &columns);
    let best = outcomes.best();
    for flip in outcomes.flips() {
        let exposures = [best, flip.policy].map(|policy| policy.exposures.of(flip.assumption));
        let linear = simulate::Assumption::LINEAR.contains(&flip.assumption);
        let mut row =
            vec![assumption_name(flip.assumption).to_owned(), best.name.clone(), flip.policy.name.clone()];
        row.extend([flip.share, flip.se_share, flip.base, flip.at()].map(exact_or_empty));
        row.extend(exposures.map(|usd| if linear { exact(usd) } else { String::new() }));
        sheet.row(row);
    }
    sheet
}

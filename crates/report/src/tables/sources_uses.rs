//! `sources_uses.csv`: where each policy's money for construction came from and where it went.

use super::Sheet;
use crate::numbers::exact;
use crate::sources_uses::{Side, SourcesUses};
use simulate::Outcomes;

/// A row per policy and line.
///
/// Columns: `policy`, `until` (end of the last month in which some path builds), `item`, `side` (source or use), `mean_usd` over all
/// paths, undiscounted; `lens`. Sources and uses of a policy sum to the same; a policy that builds nothing has no row.
#[must_use]
pub fn sources_uses(outcomes: &Outcomes) -> Sheet {
    let mut sheet = Sheet::under(outcomes.lens, &["policy", "until", "item", "side", "mean_usd"]);
    for policy in &outcomes.policies {
        let Some(account) = SourcesUses::of(outcomes, policy) else { continue };
        for item in &account.items {
            let side = match item.side {
                Side::Source => "source",
                Side::Use => "use",
            };
            let words = [policy.name.clone(), account.until.to_string(), item.name.into(), side.into()];
            sheet.row(words.into_iter().chain([exact(item.usd)]));
        }
    }
    sheet
}

//! Mined bitcoin that is kept, `[finance.treasury]`.

use crate::reader::{Rule, Section};
use finance::terms::TreasuryTerms;

/// All bitcoin that there will ever be: no limit.
const ALL_BTC: f64 = 21e6;
const BTC: Rule = Rule::between(0.0, ALL_BTC, "BTC");

/// Reads it; by default everything is sold as mined.
pub(super) fn read(finance: &Section<'_>) -> TreasuryTerms {
    let section = finance.section_or_empty("treasury");
    let opening_btc = section.number_or("opening_btc", BTC, 0.0);
    let hold_share = section.number_or("hold_share", Rule::between(0.0, 1.0, "of the mining margin"), 0.0);
    let most_btc = if hold_share > 0.0 {
        section.number_or("most_btc", BTC, ALL_BTC)
    } else {
        section
            .belongs_elsewhere(&["most_btc"], "has no effect while hold_share is 0: nothing mined is kept");
        ALL_BTC
    };
    section.finish();
    TreasuryTerms { opening_btc, hold_share, most_btc }
}

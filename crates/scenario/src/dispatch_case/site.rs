//! `[site]` and `[block]`: the interconnect, what of it may be left unused, and the fixed-price block.

use super::series_file::{MEGAWATTS, SeriesFile};
use crate::reader::{Rule, Section};
use dispatch::{Block, Series};

const MW: Rule = Rule::between(0.0, 1e6, "MW");

/// The site.
pub(super) struct Site {
    pub(super) interconnect_mw: Series,
    pub(super) curtailment_cap_mwh: Option<f64>,
}

/// Reads the interconnect.
pub(super) fn read(root: &Section<'_>, series: &SeriesFile<'_>) -> Site {
    let section = root.section("site");
    let keys = ("interconnect_mw", "interconnect_column");
    let interconnect_mw = series.number_or_column(&section, keys, MW, &MEGAWATTS);
    let cap = section.optional_number("curtailment_cap_mwh", Rule::at_least(0.0, "MWh"));
    // Read once the loads are known.
    section.read_elsewhere("shed_order");
    section.finish();
    Site { interconnect_mw, curtailment_cap_mwh: cap }
}

/// Reads `[block]`, if there is one.
pub(super) fn read_block(root: &Section<'_>) -> Option<Block> {
    if !root.has("block") {
        return None;
    }
    let section = root.section("block");
    let block = Block {
        mw: section.number("mw", MW),
        strike_usd_per_mwh: section.number("strike_usd_per_mwh", Rule::between(-1_000.0, 5_000.0, "USD/MWh")),
    };
    section.finish();
    Some(block)
}

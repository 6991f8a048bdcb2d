//! `[site]` and `[[calls]]`: the interconnect, what of it may be left unused, and grid emergencies that lower it.

use super::clock::StepClock;
use super::series_file::{MEGAWATTS, SeriesFile};
use crate::reader::{Rule, Section};
use dispatch::{Block, Series};
use jiff::civil::DateTime;

const MW: Rule = Rule::between(0.0, 1e6, "MW");

/// The site.
pub(super) struct Site {
    pub(super) interconnect_mw: Series,
    pub(super) curtailment_cap_mwh: Option<f64>,
}

/// Reads the interconnect with its calls.
pub(super) fn read(root: &Section<'_>, clock: &StepClock, series: &SeriesFile<'_>) -> Site {
    let section = root.section("site");
    let keys = ("interconnect_mw", "interconnect_column");
    let mut interconnect_mw = series.number_or_column(&section, keys, MW, &MEGAWATTS);
    let cap = section.optional_number("curtailment_cap_mwh", Rule::at_least(0.0, "MWh"));
    section.finish();
    for call in root.list("calls") {
        call.begin_item("calls");
        read_call(&call, clock, &mut interconnect_mw);
        call.finish();
    }
    Site { interconnect_mw, curtailment_cap_mwh: cap }
}

/// Lowers the interconnect in the steps that a call touches.
fn read_call(section: &Section<'_>, clock: &StepClock, interconnect_mw: &mut Series) {
    const A_TIME: &str = "a local time such as \"2024-08-20T17:00\"";
    let start = section.text("start", A_TIME);
    let hours = section.number("hours", Rule::above(0.0, 8_784.0, "hours"));
    let limit = section.number("limit_mw", MW);
    if start.is_empty() {
        return;
    }
    let at = start.parse::<DateTime>().ok().and_then(|local| clock.local_unix_s(local));
    let Some(at) = at else {
        section.fault("start", format!("is `{start}`; allowed is {A_TIME}"));
        return;
    };
    let steps = clock.steps_between(at, at + (hours * 3_600.0).round() as i64);
    if steps.is_empty() {
        section.fault("start", format!("is `{start}`; allowed is a call within {}", clock.span()));
        return;
    }
    if let Series::Constant(mw) = interconnect_mw {
        *interconnect_mw = Series::Steps(vec![*mw; clock.steps()]);
    }
    if let Series::Steps(mw) = interconnect_mw {
        // After another fault the series may be a stand-in of another length.
        mw.iter_mut().skip(steps.start).take(steps.len()).for_each(|mw| *mw = mw.min(limit));
    }
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

//! Value beyond the horizon, `[finance.terminal]`.

use crate::reader::{Rule, Section};
use finance::terms::Terminal;

const MULTIPLE: Rule = Rule::between(0.0, 1_000.0, "of the yearly income");

/// Reads it; by default nothing is added to what contracts carry.
pub(super) fn read(finance: &Section<'_>) -> Terminal {
    let section = finance.section_or_empty("terminal");
    let terminal = match section.choice("method", &["none", "cap-rate", "ebitda-multiple"], Some(0)) {
        1 => Terminal::CapRate {
            rate_per_year: section.number("cap_rate_per_year", Rule::above(0.0, 1.0, "a year")),
        },
        2 => Terminal::EbitdaMultiple {
            ai: section.number("ai_multiple", MULTIPLE),
            mining: section.number("mining_multiple", MULTIPLE),
        },
        _ => Terminal::None,
    };
    section.belongs_elsewhere(&["cap_rate_per_year"], "belongs to method = \"cap-rate\"");
    section.belongs_elsewhere(&["ai_multiple", "mining_multiple"], "belongs to method = \"ebitda-multiple\"");
    section.finish();
    terminal
}

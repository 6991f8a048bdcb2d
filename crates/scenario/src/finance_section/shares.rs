//! The shares and what their price follows, `[finance.shares]`.

use crate::reader::{Rule, Section};
use finance::terms::{SharePrice, ShareTerms};

/// Numbers of shares.
pub(super) const COUNT: Rule = Rule::between(0.0, 1e12, "shares");

/// A mining margin held for ever at 20 % a year, the upper end for mining of fact F4.3.
const MINING_MULTIPLE: f64 = 5.0;
/// The middle of 8 to 10 % for contracted hosting, fact F4.3.
const CAP_RATE_PER_YEAR: f64 = 0.09;
/// Weight of what is signed and not delivered; an assumption.
const PIPELINE_WEIGHT: f64 = 0.5;

const OF_VALUE: [&str; 3] = ["mining_multiple", "cap_rate_per_year", "pipeline_weight"];
const OF_PROCESS: [&str; 3] = ["beta", "volatility_per_sqrt_year", "growth_per_year"];

/// Reads them; their number and price must be stated.
pub(super) fn read(finance: &Section<'_>) -> ShareTerms {
    let section = finance.section("shares");
    let terms = ShareTerms {
        shares: section.number("shares", Rule::above(0.0, 1e12, "shares")),
        price_usd: section.number("price_usd", Rule::above(0.0, 1e9, "USD a share")),
        price: read_price(&section),
        announcement_effect: section.number_or(
            "announcement_effect",
            Rule::between(-0.99, 100.0, "of the share price"),
            0.0,
        ),
    };
    section.finish();
    terms
}

fn read_price(section: &Section<'_>) -> SharePrice {
    if section.choice("price", &["equity-value", "process"], Some(0)) == 1 {
        section.belongs_elsewhere(&OF_VALUE, "belongs to price = \"equity-value\"");
        return SharePrice::Process {
            beta: section
                .number(OF_PROCESS[0], Rule::between(-10.0, 10.0, "of the log of the bitcoin price")),
            volatility_per_sqrt_year: section
                .number(OF_PROCESS[1], Rule::between(0.0, 3.0, "per square root of a year")),
            growth_per_year: section.number_or(
                OF_PROCESS[2],
                Rule::between(-1.0, 1.0, "log units per year"),
                0.0,
            ),
        };
    }
    section.belongs_elsewhere(&OF_PROCESS, "belongs to price = \"process\"");
    SharePrice::EquityValue {
        mining_multiple: section.number_or(
            OF_VALUE[0],
            Rule::between(0.0, 1_000.0, "of the yearly margin"),
            MINING_MULTIPLE,
        ),
        cap_rate_per_year: section.number_or(OF_VALUE[1], Rule::above(0.0, 1.0, "a year"), CAP_RATE_PER_YEAR),
        pipeline_weight: section.number_or(OF_VALUE[2], Rule::between(0.0, 1.0, ""), PIPELINE_WEIGHT),
    }
}

//! The revolving line, `[finance.revolver]`.

use super::months::{Months, Reach};
use super::{RATE, USD};
use crate::reader::{Rule, Section};
use finance::terms::RevolverTerms;

/// Reads it, if it is there.
pub(super) fn read(finance: &Section<'_>, months: &Months) -> Option<RevolverTerms> {
    if !finance.has("revolver") {
        return None;
    }
    let section = finance.section_or_empty("revolver");
    let terms = RevolverTerms {
        commitment_usd: section.number("commitment_usd", USD),
        rate_per_year: section.number("rate_per_year", RATE),
        commitment_fee_per_year: section.number_or("commitment_fee_per_year", RATE, 0.0),
        maturity_month: months.read(&section, "maturity", Reach::Beyond),
        bitcoin_advance_share: section
            .optional_number("bitcoin_advance_share", Rule::above(0.0, 1.0, "of the bitcoin held")),
    };
    section.finish();
    Some(terms)
}

//! Taxes, `[finance.tax]`; without it the money is before tax.

use super::USD;
use crate::reader::{Rule, Section};
use finance::depreciation::ClassSplit;
use finance::tax::TaxTerms;

const SHARE: Rule = Rule::between(0.0, 1.0, "");
const YEARLY: Rule = Rule::between(0.0, 1.0, "a year");

/// Reads them, if they are there; defaults are those of [`TaxTerms`].
pub(super) fn read(finance: &Section<'_>) -> Option<TaxTerms> {
    if !finance.has("tax") {
        return None;
    }
    let section = finance.section_or_empty("tax");
    let usual = TaxTerms::default();
    let faults_before = section.log().n_faults();
    let (abatement_share, abatement_months) = read_abatement(&section);
    let terms = TaxTerms {
        federal_rate: section.number_or("federal_rate", SHARE, usual.federal_rate),
        bonus_share: section.number_or("bonus_share", SHARE, usual.bonus_share),
        conversion_split: read_split(&section, &usual.conversion_split),
        nol_limit_share: section.number_or("nol_limit_share", SHARE, usual.nol_limit_share),
        interest_limit_share: section.number_or("interest_limit_share", SHARE, usual.interest_limit_share),
        texas_margin_rate: section.number_or("texas_margin_rate", SHARE, usual.texas_margin_rate),
        texas_no_tax_due_usd: section.number_or("texas_no_tax_due_usd", USD, usual.texas_no_tax_due_usd),
        property_rate: section.number_or("property_rate_per_year", YEARLY, usual.property_rate),
        property_assessed_share: section.number_or(
            "property_assessed_share",
            SHARE,
            usual.property_assessed_share,
        ),
        abatement_share,
        abatement_months,
        opening_nol_usd: section.number_or("opening_nol_usd", USD, usual.opening_nol_usd),
    };
    section.finish();
    if let (true, Err(fault)) = (section.log().n_faults() == faults_before, terms.check()) {
        section.fault_here(format!("does not hold together: {fault}"));
    }
    Some(terms)
}

/// Classes of the cost of a conversion; they must sum to 1.
fn read_split(section: &Section<'_>, usual: &ClassSplit) -> ClassSplit {
    ClassSplit {
        five_year: section.number_or("conversion_five_year_share", SHARE, usual.five_year),
        fifteen_year: section.number_or("conversion_fifteen_year_share", SHARE, usual.fifteen_year),
        building: section.number_or("conversion_building_share", SHARE, usual.building),
    }
}

/// An abatement has a share and months, or is none.
fn read_abatement(section: &Section<'_>) -> (f64, u32) {
    let share = section.number_or("abatement_share", SHARE, 0.0);
    let months = section.whole("abatement_months", 0, 1_200, Some(0)) as u32;
    if (share > 0.0) != (months > 0) {
        let key = if share > 0.0 { "abatement_months" } else { "abatement_share" };
        section.fault(key, "is 0, so that the other of abatement_share and abatement_months has no effect; allowed are both or neither");
    }
    (share, months)
}

//! Convertible notes, `[finance.convertible]`.
//!
//! The conversion rate is stated as shares per note of 1,000 USD or as the premium of the conversion price over the opening share price,
//! `shares per note = 1000 / (price · (1 + premium))`.

use super::months::{Months, Reach};
use super::{RATE, USD};
use crate::inputs::Inputs;
use crate::reader::{Rule, Section};
use finance::convertible::{CallTerms, ConvertibleTerms, Holders, NOTE_USD, OptionRule, Settlement};

/// Share price over conversion price that early conversion and the issuer's call ask for, fact F4.1.
const USUAL_SHARE: f64 = 1.30;
const MULTIPLE: Rule = Rule::between(1.0, 100.0, "of the conversion price");
/// Cost of issue of the notes in fact F0: 2.468 %, rounded.
const COST_SHARE: f64 = 0.025;
/// Months before maturity from which conversion is free, as of the notes in fact F0.
const FREE_MONTHS: u32 = 3;

/// Reads them, if they are there.
pub(super) fn read(
    finance: &Section<'_>,
    months: &Months,
    share_price_usd: f64,
    inputs: &mut Inputs,
) -> Option<ConvertibleTerms> {
    if !finance.has("convertible") {
        return None;
    }
    let section = finance.section_or_empty("convertible");
    let faults_before = section.log().n_faults();
    let (option_usd, option) = read_option(&section);
    let issue_month = months.read_or(&section, "issue", Reach::Study, 0);
    let maturity_month = months.read(&section, "maturity", Reach::Beyond);
    let holders = [Holders::Rational, Holders::WhenAllowed]
        [section.choice("holders", &["rational", "when-allowed"], Some(0))];
    let early = read_early(&section, months, holders, (issue_month, maturity_month), inputs);
    let (put, change) = read_change_of_control(&section, inputs);
    let terms = ConvertibleTerms {
        name: section.text_or("name", "convertible"),
        principal_usd: section.number("principal_usd", Rule::above(0.0, 1e13, "USD")),
        option_usd,
        option,
        issue_month,
        cost_share: section.number_or(
            "cost_share",
            Rule::between(0.0, 1.0, "of the face issued"),
            COST_SHARE,
        ),
        coupon_per_year: section.number_or("coupon_per_year", RATE, 0.0),
        shares_per_note: read_rate(&section, share_price_usd),
        condition_share: early.condition_share,
        free_from_month: early.free_from_month,
        maturity_month,
        call: read_call(&section, months),
        settlement: [Settlement::NetShare, Settlement::Cash, Settlement::Physical]
            [section.choice("settlement", &["net-share", "cash", "shares"], Some(0))],
        holders,
        put_at_change_of_control: put,
        change_of_control_per_year: change,
    };
    section.finish();
    // What holds between the months is said where the terms are defined.
    if let (true, Err(fault)) = (section.log().n_faults() == faults_before, terms.check()) {
        section
            .fault_here(format!("does not hold together: {fault} (months count from the first opening, 0)"));
    }
    Some(terms)
}

/// The purchasers' option on further notes.
fn read_option(section: &Section<'_>) -> (f64, OptionRule) {
    const RULES: [OptionRule; 3] = [OptionRule::Exercised, OptionRule::Lapsed, OptionRule::ByPrice];
    let usd = section.number_or("option_usd", USD, 0.0);
    if usd == 0.0 {
        section.belongs_elsewhere(
            &["option"],
            "belongs to further notes; it needs option_usd above 0 beside it",
        );
        return (usd, OptionRule::Lapsed);
    }
    (usd, RULES[section.choice("option", &["exercised", "lapsed", "by-price"], Some(2))])
}

/// When holders may convert early.
struct Early {
    condition_share: f64,
    free_from_month: u32,
}

/// Holders who convert only when called or at maturity never look at the conditions of early conversion.
fn read_early(
    section: &Section<'_>,
    months: &Months,
    holders: Holders,
    (issue_month, maturity_month): (u32, u32),
    inputs: &mut Inputs,
) -> Early {
    let free_from = maturity_month.saturating_sub(FREE_MONTHS).max(issue_month);
    let stated = ["condition_share", "free_from"].map(|key| section.has(key));
    if holders == Holders::Rational && stated.contains(&true) {
        inputs.warn("finance.convertible: condition_share and free_from have no effect with holders = \"rational\", who convert when called or at maturity".into());
    }
    let used = holders == Holders::WhenAllowed;
    Early {
        condition_share: if used || stated[0] {
            section.number_or("condition_share", MULTIPLE, USUAL_SHARE)
        } else {
            USUAL_SHARE
        },
        free_from_month: if used || stated[1] {
            months.read_or(section, "free_from", Reach::Beyond, free_from)
        } else {
            free_from
        },
    }
}

fn read_rate(section: &Section<'_>, share_price_usd: f64) -> f64 {
    const SHARES: &str = "shares_per_note";
    const PREMIUM: &str = "conversion_premium";
    match (section.has(SHARES), section.has(PREMIUM)) {
        (true, false) => section.number(SHARES, Rule::above(0.0, 1e9, "shares per note of 1,000 USD")),
        (false, true) => {
            let premium = section.number(PREMIUM, Rule::between(-0.9, 100.0, "of the opening share price"));
            NOTE_USD / (share_price_usd * (1.0 + premium))
        }
        (true, true) => {
            section.fault(PREMIUM, "stands beside shares_per_note; allowed is one of the two");
            1.0
        }
        (false, false) => {
            section.fault(
                SHARES,
                "is missing; wanted is shares_per_note (of 1,000 USD), or conversion_premium over finance.shares.price_usd",
            );
            1.0
        }
    }
}

fn read_call(section: &Section<'_>, months: &Months) -> Option<CallTerms> {
    if !section.has("call_from") {
        section.belongs_elsewhere(
            &["call_price_share"],
            "belongs to the issuer's call; it needs call_from beside it",
        );
        return None;
    }
    Some(CallTerms {
        from_month: months.read(section, "call_from", Reach::Beyond),
        price_share: section.number_or("call_price_share", MULTIPLE, USUAL_SHARE),
    })
}

fn read_change_of_control(section: &Section<'_>, inputs: &mut Inputs) -> (bool, f64) {
    let put = section.flag_or("put_at_change_of_control", true);
    let likely = Rule::between(0.0, 0.99, "probability within a year");
    let change = section.number_or("change_of_control_per_year", likely, 0.0);
    if change > 0.0 && !put {
        inputs.warn("finance.convertible.change_of_control_per_year has no effect with put_at_change_of_control = false".into());
    }
    (put, change)
}

use super::*;
use crate::{DispatchCase, Scenario};

/// Fields of which nothing is known but that they may be there.
fn unknown(shape: &Shape, table: &str) -> Vec<String> {
    let of = |field: &Field| {
        let path = join(table, &field.key);
        let own = field.wanted.is_empty().then(|| path.clone());
        own.into_iter().chain(unknown(&field.inner, &path)).collect::<Vec<_>>()
    };
    shape.fields.iter().flat_map(of).collect()
}

#[test]
fn every_field_of_a_scenario_is_known_and_so_are_those_that_the_documentation_has() {
    let shape = Scenario::shape();
    assert_eq!(unknown(&shape, ""), Vec::<String>::new());
    let documented = notes::documented();
    assert!(documented.len() > 50);
    let missing: Vec<&String> = documented.keys().filter(|path| shape.get(path).is_none()).collect();
    assert_eq!(missing, Vec::<&String>::new(), "documented, and unknown to the reader");

    let field = |path: &str| shape.get(path).unwrap_or_else(|| panic!("{path} is unknown"));
    for path in ["scenario.name", "site.interconnect_firm_mw", "policies.kind", "finance.loans.amount_usd"] {
        assert!(field(path).is_required, "{path}");
    }
    for path in ["bitcoin.price_usd", "policies.required_rent_usd_per_kw_month", "power.block_mw", "finance"]
    {
        assert!(!field(path).is_required, "{path}");
    }
    assert_eq!(field("site.mining_pue").default, Some(Node::Number(1.04)));
    // A number that only a tuned policy can do without has no default.
    assert_eq!(field("policies.share_of_gross_mw").default, None);
    // The level is the calibration's own where none is stated.
    assert_eq!(field("power.level_usd_per_mwh").default, None);
    // What a hall may lose is bounded by the lead time of the file; what any file may have by the longest.
    assert_eq!(field("conversion.mining_lost_months").wanted, [Wanted::Whole([0, 60])]);
    // Names that a file gives itself are no fixed choice.
    assert_eq!(field("halls.fleet").wanted, [Wanted::Text]);
    assert_eq!(field("policies.starts.month").words, "a month such as \"2027-01\"");
    assert_eq!(field("scenario.base").wanted, [Wanted::Text]);
}

#[test]
fn every_field_of_a_case_is_known() {
    let shape = DispatchCase::shape();
    assert_eq!(unknown(&shape, ""), Vec::<String>::new());
    assert!(shape.get("loads.pue").is_some_and(|field| field.is_required));
}

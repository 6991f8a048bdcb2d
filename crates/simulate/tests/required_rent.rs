//! The required rent of a scenario against oracle O21.

mod common;

use common::scenario;
use simulate::RequiredRent;

const O21: [&str; 5] = [
    "conversion.capex_usd_per_it_mw=9e6",
    "conversion.contingency_share=0",
    "run.discount_rate_per_year=0.10",
    "company.cost_inflation_per_year=0",
    "hosting.term_months=180",
];

#[test]
fn oracle_o21_required_rent() {
    // The shipped scenario states a margin, which must earn the capital alone.
    let scenario = scenario(&O21);
    let found = RequiredRent::of(&scenario.campus);
    let capital_alone = 9e6 * 0.131_473_776_9 / 12_000.0;
    assert_eq!(found.years, 15);
    assert!((found.level_usd_per_kw_month - capital_alone / 0.85).abs() < 1e-6, "{found:?}");
    let mut own = scenario.campus;
    own.hosting.cost = site::HostingCost::PerItMwYear(0.21e6);
    own.hosting.escalator_per_year = 0.0;
    let found = RequiredRent::of(&own);
    assert!((found.level_usd_per_kw_month - 116.105_332_665_5).abs() < 5e-11, "{found:?}");
    assert_eq!(found.first_year_usd_per_kw_month, found.level_usd_per_kw_month);
}

#[test]
fn rent_that_rises_may_start_lower() {
    let found = RequiredRent::of(&scenario(&[]).campus);
    assert!(found.first_year_usd_per_kw_month < found.level_usd_per_kw_month, "{found:?}");
}

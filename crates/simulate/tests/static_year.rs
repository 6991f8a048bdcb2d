//! The static first-year table against published arithmetic (facts F1.5 and F2.2).

use scenario::Scenario;
use simulate::{StaticPrices, static_year};
use std::path::Path;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");

fn scenario(set: &[&str]) -> Scenario {
    let set: Vec<String> = set.iter().map(|s| (*s).to_string()).collect();
    Scenario::parse("texas", TEXAS, Path::new("."), &set).unwrap()
}

/// A flat rent of 1.85 million USD per IT MW-year, NOI 85 %, ratio 1.45, 45 USD/PH/day, 40 USD/MWh, no pool fee.
#[test]
fn published_arithmetic_of_a_gross_megawatt_is_reproduced() {
    let scenario = scenario(&["fleets[0].pool_fee=0", "power.adder_usd_per_mwh=0"]);
    let prices = StaticPrices {
        hashprice_usd_per_ph_day: 45.0,
        power_usd_per_mwh: 40.0,
        rent_usd_per_kw_month: 1.85e6 / 12_000.0,
        gpu_hour_usd: Some(2.8),
    };
    let uses = static_year(&scenario.campus, prices);
    let (mining, hosting) = (&uses[0], &uses[1]);
    assert!((mining.revenue_usd / 1e6 - 0.750).abs() < 0.0005, "{mining:?}");
    assert!(((mining.revenue_usd - mining.power_usd) / 1e6 - 0.42).abs() < 0.005, "{mining:?}");
    assert!((mining.margin_usd() / 1e6 - 0.35).abs() < 0.005, "{mining:?}");
    assert!((hosting.margin_usd() / 1e6 - 1.08).abs() < 0.005, "{hosting:?}");
}

/// 1.85 million USD a year at 85 % on 9 million USD of capex is a yield on cost of 17.5 %.
#[test]
fn yield_on_cost_is_reproduced() {
    let scenario = scenario(&["conversion.capex_usd_per_it_mw=9e6", "conversion.contingency_share=0"]);
    let prices = StaticPrices {
        hashprice_usd_per_ph_day: 45.0,
        power_usd_per_mwh: 40.0,
        rent_usd_per_kw_month: 1.85e6 / 12_000.0,
        gpu_hour_usd: Some(2.8),
    };
    let hosting = &static_year(&scenario.campus, prices)[1];
    assert!((hosting.simple_yield().unwrap() - 0.175).abs() < 0.0005, "{hosting:?}");
}

#[test]
fn opening_prices_of_the_shipped_scenario_are_those_of_january_2026() {
    let prices = StaticPrices::of(&scenario(&[]));
    assert!((35.0..=40.0).contains(&prices.hashprice_usd_per_ph_day), "{prices:?}");
}

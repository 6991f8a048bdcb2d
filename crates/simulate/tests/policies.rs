//! Proposed policies in whole runs: rules as formulas against the kinds they restate, and the myopic value against the plan's.

mod common;

use common::{TEXAS, outcomes, scenario, scenario_of};
use market::{MarketLanes, Opening};
use optimizer::conversion::ExpectedGains;
use optimizer::dp::contract_values;
use optimizer::kernel::Kernel;
use optimizer::{MyopicNpv, View, fit_factors, hall_kinds};
use scenario::Scenario;
use simulate::{Outcomes, PolicyOutcome};
use site::units::{GrossMw, UsdPerKwMonth};
use site::{LeaseOffer, State, Tenant, limits};

const SHORT: [&str; 2] = ["run.paths=96", "scenario.end_month=2030-12"];

fn with_policies(policies: &str) -> Scenario {
    scenario_of(&format!("{TEXAS}\n{policies}"), &SHORT)
}

fn named<'a>(outcomes: &'a Outcomes, name: &str) -> &'a PolicyOutcome {
    outcomes.policies.iter().find(|policy| policy.name == name).unwrap_or_else(|| panic!("no {name}"))
}

/// Two policies did the same on every path, to the last bit.
fn same(a: &PolicyOutcome, b: &PolicyOutcome) {
    assert_eq!(a.kept_npv_usd, b.kept_npv_usd, "{} and {}", a.name, b.name);
    assert_eq!(a.npv_usd, b.npv_usd);
    assert_eq!(a.ledger, b.ledger);
    assert_eq!(a.ai_gross_mw, b.ai_gross_mw);
}

#[test]
fn a_rule_that_restates_a_kind_gives_its_results_to_the_last_bit() {
    let scenario = with_policies(
        r#"
[[policies]]
kind = "rule"
name = "hurdle-as-rule"
when = "offer_rent_usd_per_kw_month >= 160"

[[policies]]
kind = "hurdle"
name = "small-hurdle"
required_rent_usd_per_kw_month = 140.0
max_gross_mw = 60.0

[[policies]]
kind = "rule"
name = "small-hurdle-as-rule"
when = "!(offer_rent_usd_per_kw_month < 140)"
halls = "startable_halls"
max_gross_mw = 60.0

[[policies]]
kind = "rule"
name = "asap-as-rule"
when = "offer_gross_mw > 0"

[[policies]]
kind = "rule"
name = "gpu-pilot-as-rule"
form = "own-gpus"
when = "building_gross_mw + ai_gross_mw == 0"
halls = "1"

[[policies]]
kind = "rule"
name = "never"
when = "month > 12"
"#,
    );
    let found = outcomes(&scenario, 2);
    for (kind, rule) in [
        ("hurdle", "hurdle-as-rule"),
        ("small-hurdle", "small-hurdle-as-rule"),
        ("all-ai-asap", "asap-as-rule"),
        ("gpu-pilot", "gpu-pilot-as-rule"),
        ("all-mining", "never"),
    ] {
        same(named(&found, kind), named(&found, rule));
    }
    assert_ne!(named(&found, "hurdle").kept_npv_usd, named(&found, "small-hurdle").kept_npv_usd);
    assert_eq!(found.warnings, scenario.warnings, "every formula had a value");
}

#[test]
fn a_schedule_and_a_share_meet_their_targets_when_offers_allow() {
    let scenario = with_policies(
        r#"
[[policies]]
kind = "fixed-schedule"
name = "schedule"
starts = [{ month = "2027-01", halls = 1 }, { month = "2029-01", halls = 2 }]

[[policies]]
kind = "constant-share"
name = "share"
share_of_gross_mw = 0.45

[[policies]]
kind = "contract-backed-only"
min_contract_npv_usd_per_gross_mw = 1e9
"#,
    );
    let found = outcomes(&scenario, 2);
    let schedule = named(&found, "schedule");
    for path in schedule.ai_mw.kept().chunks_exact(60) {
        assert!(path[..12].iter().all(|mw| *mw == 0.0));
        assert!(path[..36].iter().all(|mw| *mw <= 20.0) && path[36..].iter().all(|mw| *mw <= 60.0));
    }
    let last = schedule.ai_gross_mw.len() - 1;
    assert!(schedule.ai_gross_mw[35] > 15.0 && schedule.ai_gross_mw[last] > 50.0, "most paths have offers");
    let share = named(&found, "share");
    assert!(share.ai_mw.kept().iter().all(|mw| *mw <= 80.0));
    assert!(share.ai_gross_mw[last] > 75.0, "{}", share.ai_gross_mw[last]);
    same(named(&found, "all-mining"), named(&found, "contract-backed-only"));
}

#[test]
fn formulas_without_a_value_are_counted_once_and_on_any_number_of_threads() {
    let scenario = with_policies(
        "[[policies]]\nkind = \"rule\"\nname = \"odd\"\nwhen = \"cash_musd / (month - month) > 1\"\n",
    );
    let (one, two) = (outcomes(&scenario, 1), outcomes(&scenario, 2));
    let remark = one.warnings.iter().find(|warning| warning.contains("policy odd")).expect("a remark");
    assert!(remark.contains("had no value"), "{remark}");
    assert_eq!(one.warnings, two.warnings);
    same(named(&one, "all-mining"), named(&one, "odd"));
}

/// A market whose hashprice and rents hardly leave their curves.
const CALM: [&str; 11] = [
    "scenario.end_month=2032-12",
    "bitcoin.volatility_per_sqrt_year=0.001",
    "bitcoin.volatility_log_error=0",
    "bitcoin.fee_innovation_per_day=0",
    "bitcoin.hashrate_innovation_per_epoch=0.0001",
    "bitcoin.hashrate_innovation_log_error=0",
    "bitcoin.hashrate_surprise_innovation_per_epoch=0",
    "bitcoin.hashrate_covariance_pace_entry_exit=[0.0, 0.0, 0.0, 0.0, 0.0, 0.0]",
    "hosting.rate.volatility_per_sqrt_year=0.001",
    "hosting.rate.start_usd_per_kw_month=140",
    "hosting.term_months=40",
];

/// Net present value of a hosting start at an opening, USD of that opening.
fn npv(policy: &MyopicNpv, scenario: &Scenario, month: u32, opening: &Opening, rent: f64) -> f64 {
    let mut state = State::opening(&scenario.campus);
    state.month = month;
    let offer = LeaseOffer {
        gross: GrossMw::try_new(20.0).unwrap(),
        rent: UsdPerKwMonth::try_new(rent).unwrap(),
        tenant: Tenant::Steady,
    };
    let limits = limits(&scenario.campus, &state, Some(&offer));
    let view =
        View { campus: &scenario.campus, state: &state, opening, offer: Some(&offer), limits, past: &[] };
    policy.npv_usd(&view, 0).unwrap()
}

fn openings(scenario: &Scenario) -> Vec<Opening> {
    let mut lanes = MarketLanes::without_power(&scenario.market, 3, 1);
    let mut openings = Vec::new();
    while let Some(month) = lanes.next_month() {
        openings.push(month.openings[0]);
    }
    openings
}

#[test]
fn the_myopic_value_is_the_plans_expectation_where_prices_hardly_move() {
    let scenario = scenario(&CALM);
    let (campus, market) = (&scenario.campus, &scenario.market);
    let policy = MyopicNpv::new(campus, market, 0.0, f64::INFINITY).unwrap();
    let fit = fit_factors(market, 512);
    assert!(fit.factors.noise[0] < 0.03, "hashprice moves by {} a month", fit.factors.noise[0]);
    let kernel = Kernel::for_horizon(fit.factors, 1.25, market.calendar.n_months() as u32);
    let contracts = contract_values(campus, market);
    let hall = &campus.halls[hall_kinds(campus).1[0]];
    let gains = ExpectedGains::new(campus, market, &fit, &kernel, &[(hall, &contracts[0])]).unwrap();
    for (month, opening) in openings(&scenario).iter().enumerate() {
        // On the curve: the plan lets a distance from it shrink, the myopic policy holds it.
        let hashprice_usd_per_ph_day = fit.hashprice(month, 0.0);
        let lease_rate_usd_per_kw_month = market.lease_rate.expected_rate(month as u32);
        let opening = Opening { hashprice_usd_per_ph_day, lease_rate_usd_per_kw_month, ..*opening };
        for rent in [90.0, 150.0] {
            let start = contracts[0].hosting_start[month].at(rent);
            let expected = (start + gains.at(0, month, &kernel.axis1, 0.0))
                * (1.0 + campus.company.discount_rate_per_year).powf(month as f64 / 12.0);
            let found = npv(&policy, &scenario, month as u32, &opening, rent);
            assert!(
                (found - expected).abs() < 0.002 * hall.gross.get() * 1e6,
                "month {month} at {rent}: {found} for {expected} USD"
            );
        }
    }
}

#[test]
fn the_myopic_value_rises_with_rent_and_falls_with_hashprice() {
    // Machines that are sold are worth more at a high hashprice too; without their sale only the mining given up is left.
    let scenario = scenario(&["scenario.end_month=2032-12", "fleets[0].resale_usd_per_th_at_hashprice_50=0"]);
    let policy = MyopicNpv::new(&scenario.campus, &scenario.market, 0.0, f64::INFINITY).unwrap();
    for (month, opening) in openings(&scenario).iter().enumerate().step_by(7) {
        let value = |scale: f64, rent: f64| {
            let hashprice_usd_per_ph_day = opening.hashprice_usd_per_ph_day * scale;
            npv(&policy, &scenario, month as u32, &Opening { hashprice_usd_per_ph_day, ..*opening }, rent)
        };
        assert!(value(1.0, 160.0) > value(1.0, 120.0));
        // Once mining would go on to the horizon in either case, hashprice plays no part.
        if month + 6 < 84 {
            assert!(value(1.3, 140.0) < value(1.0, 140.0), "month {month}");
        }
        // Beyond the table's reach the end value counts.
        assert_eq!(value(1e4, 140.0), value(1e5, 140.0));
    }
}

#[test]
fn the_myopic_policy_starts_by_its_margin() {
    let scenario = with_policies(
        r#"
[[policies]]
kind = "myopic-npv"
name = "all"
margin_usd_per_gross_mw = -1e9

[[policies]]
kind = "myopic-npv"
name = "none"
margin_usd_per_gross_mw = 1e9

[[policies]]
kind = "myopic-npv"
name = "some"
max_gross_mw = 120.0
"#,
    );
    let found = outcomes(&scenario, 2);
    same(named(&found, "all-ai-asap"), named(&found, "all"));
    same(named(&found, "all-mining"), named(&found, "none"));
    let some = &named(&found, "some").ai_gross_mw;
    let last = some[some.len() - 1];
    assert!(last > 10.0 && last <= 120.0, "{last}");
}

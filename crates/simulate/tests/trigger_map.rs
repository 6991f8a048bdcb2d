//! The trigger map of the shipped campus: what it must say at its edges, and that it says what the policy does.

#![allow(clippy::print_stdout, reason = "figures are meant to be read")]

mod common;

use common::{outcomes, scenario};
use market::Opening;
use optimizer::{Dp, DpSettings, PlanningModel, Policy, View, trigger_map};
use scenario::Scenario;
use simulate::{Call, TriggerMap};
use site::units::{GrossMw, UsdPerKwMonth};
use site::{LeaseOffer, State, Tenant, limits};

const SMALL: [&str; 4] = [
    "run.paths=4",
    "scenario.end_month=2031-12",
    "policies[dp].bound_paths=0",
    "policies[dp].map_months=[\"2026-01\", \"2028-01\"]",
];

fn solved(scenario: &Scenario, months: &[u32]) -> (Dp, Vec<TriggerMap>) {
    let model = PlanningModel::new(&scenario.campus, &scenario.market, DpSettings::default()).unwrap();
    let dp = Dp::solve_keeping(model, months);
    let maps = months.iter().map(|month| trigger_map(&dp, &scenario.campus, *month).unwrap()).collect();
    (dp, maps)
}

fn halls(call: Call) -> u32 {
    if let Call::Convert(halls) = call { halls } else { 0 }
}

/// Halls that the policy starts at prices at which nothing has been started yet, under the map's offer.
fn decided(dp: &Dp, scenario: &Scenario, map: &TriggerMap, hashprice: f64, rent: f64) -> u32 {
    let campus = &scenario.campus;
    let state = State { month: map.month, ..State::opening(campus) };
    let opening = Opening {
        hashprice_usd_per_ph_day: hashprice,
        lease_rate_usd_per_kw_month: rent,
        ..Opening::default()
    };
    let offer = LeaseOffer {
        gross: GrossMw::try_new(map.offer_gross_mw).unwrap(),
        rent: UsdPerKwMonth::try_new(rent).unwrap(),
        tenant: Tenant::Steady,
    };
    let limits = limits(campus, &state, Some(&offer));
    let view = View { campus, state: &state, opening: &opening, offer: Some(&offer), limits, past: &[] };
    dp.decide(&view).hosting_halls
}

#[test]
fn low_rents_stay_and_higher_rents_convert_no_less() {
    let scenario = scenario(&SMALL);
    for map in solved(&scenario, &[0, 24]).1 {
        assert_eq!((map.hashprices.len(), map.rents.len()), (61, 61));
        let mut converting = 0;
        for i in 0..map.hashprices.len() {
            assert_eq!(map.cell(i, 0).call, Call::Stay, "{} at {}", map.rents[0], map.hashprices[i]);
            let mut before = 0;
            for j in 0..map.rents.len() {
                let cell = map.cell(i, j);
                assert!(halls(cell.call) >= before, "{} at {}", map.rents[j], map.hashprices[i]);
                before = halls(cell.call);
                assert_eq!(cell.gross_mw, 20.0 * f64::from(before));
                assert_eq!(before > 0, cell.waiting_less_starting_usd().unwrap() < 0.0);
                converting += u32::from(before > 0);
            }
        }
        assert!(converting > 100, "{converting}");
    }
}

#[test]
fn without_offers_to_come_nothing_is_worth_waiting_for() {
    let scenario = scenario(&[SMALL[0], SMALL[1], SMALL[2], "hosting.offers.arrivals_per_year=0"]);
    let maps = solved(&scenario, &[0, 24]).1;
    for cell in maps.iter().flat_map(|map| &map.cells) {
        assert_ne!(cell.call, Call::Wait);
        assert_eq!(halls(cell.call) > 0, cell.gain_of_one_start_usd.unwrap() > 0.0);
    }
}

/// The policy follows polynomials that were fitted to what the map is computed from.
#[test]
fn the_map_says_what_the_policy_does() {
    let scenario = scenario(&SMALL);
    let (dp, maps) = solved(&scenario, &[0, 24]);
    let today = &maps[0];
    let [hashprice, rent] = today.marked;
    assert!((rent - 134.5).abs() < 1e-9 && (hashprice - 39.0).abs() < 0.1, "{:?}", today.marked);
    assert_eq!(halls(today.at_mark.call), decided(&dp, &scenario, today, hashprice, rent));
    let first = today.first_start_rent.expect("a rent that converts");
    for (rent, expected) in [(first * 1.01, true), (first * 0.99, false)] {
        assert_eq!(decided(&dp, &scenario, today, hashprice, rent) > 0, expected, "{rent} about {first}");
    }
    let later = &maps[1];
    let (mut different, mut most_lost_usd, mut most_lost_share) = (0, 0.0_f64, 0.0_f64);
    for (i, hashprice) in later.hashprices.iter().enumerate() {
        for (j, rent) in later.rents.iter().enumerate() {
            let cell = later.cell(i, j);
            let decided = decided(&dp, &scenario, later, *hashprice, *rent);
            different += usize::from(decided != halls(cell.call));
            let lost = cell.best_usd().unwrap() - cell.values_usd[decided as usize];
            most_lost_usd = most_lost_usd.max(lost);
            most_lost_share = most_lost_share.max(lost / cell.best_usd().unwrap());
        }
    }
    let points = later.cells.len();
    println!(
        "{different} of {points} points decided otherwise, at most {most_lost_usd:.0} USD or {most_lost_share:.5} worse"
    );
    assert!(100 * different <= points, "{different}");
    // Only where two choices are nearly worth the same.
    assert!(most_lost_share < 2e-3, "{most_lost_share}");
}

#[test]
fn maps_come_with_the_run_whatever_the_threads() {
    let scenario = scenario(&SMALL);
    let [one, two] = [1, 2].map(|threads| outcomes(&scenario, threads).trigger_maps);
    assert!(one == two, "maps differ between one and two threads");
    let months: Vec<String> = one.iter().map(|found| found.month.to_string()).collect();
    assert_eq!(months, ["2026-01", "2028-01"]);
    assert!(one.iter().all(|found| found.policy == "dp"));
}

#[test]
fn what_the_plan_did_not_solve_is_beyond_and_not_guessed() {
    // Rents that hardly move make a grid that hardly reaches.
    let scenario = scenario(&[SMALL[0], SMALL[1], SMALL[2], "hosting.rate.volatility_per_sqrt_year=0.02"]);
    let map = &solved(&scenario, &[0]).1[0];
    let beyond: Vec<_> = map.cells.iter().filter(|cell| cell.call == Call::Beyond).collect();
    assert!(beyond.len() > 1_000 && beyond.len() < map.cells.len(), "{}", beyond.len());
    assert!(beyond.iter().all(|cell| cell.values_usd.is_empty() && cell.best_usd().is_none()));
    assert_ne!(map.at_mark.call, Call::Beyond);
}

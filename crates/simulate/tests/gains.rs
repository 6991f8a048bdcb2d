//! Gains of starts, as foresight and the plan add them up, against whole simulations through the one step.

mod common;

use common::{TEXAS, risky, scenario, scenario_of};
use dispatch::{MonthFigures, Worth, month_figures};
use market::{MarketLanes, Opening};
use optimizer::dp::contract_values;
use optimizer::{hall_kinds, path_gains};
use site::units::{GrossMw, UsdPerKwMonth};
use site::{Decision, GpuFigures, LeaseOffer, MiningFigures, MonthEconomics, MonthEvents, State, step, tail};

/// One path's months.
struct Path {
    openings: Vec<Opening>,
    figures: Vec<(f64, f64, Vec<MiningFigures>, GpuFigures)>,
    events: Vec<MonthEvents>,
}

fn walk(scenario: &scenario::Scenario) -> Path {
    let worth = Worth::of(&scenario.campus);
    let mut lanes = MarketLanes::new(&scenario.market, 5, 1);
    let mut path = Path { openings: Vec::new(), figures: Vec::new(), events: Vec::new() };
    let mut figures = MonthFigures::default();
    while let Some(month) = lanes.next_month() {
        month_figures(&worth, &scenario.campus, month, &mut figures);
        path.openings.push(month.openings[0]);
        path.events.push(month.events[0]);
        path.figures.push((
            figures.hours,
            figures.mean_price_usd_per_mwh[0],
            figures.mining_of(0).to_vec(),
            figures.gpu[0],
        ));
    }
    path
}

fn check(set: &[&str], form_gpus: bool) {
    check_scenario(&scenario(set), form_gpus);
}

fn check_scenario(scenario: &scenario::Scenario, form_gpus: bool) {
    let campus = &scenario.campus;
    let path = walk(scenario);
    let months: Vec<MonthEconomics<'_>> = path
        .openings
        .iter()
        .zip(&path.figures)
        .enumerate()
        .map(|(m, (opening, (hours, price, mining, gpu)))| MonthEconomics {
            month: m as u32,
            hours: *hours,
            cost_index: campus.company.cost_index(m as u32),
            hashprice_usd_per_ph_day: opening.hashprice_usd_per_ph_day,
            btc_price_usd: opening.btc_price_usd,
            lease_rate_usd_per_kw_month: opening.lease_rate_usd_per_kw_month,
            gpu_hour_price_usd: opening.gpu_hour_price_usd,
            gpu_price_multiple: opening.gpu_price_multiple,
            power_price_usd_per_mwh: *price,
            mining,
            gpu: *gpu,
            events: path.events[m],
        })
        .collect();
    let offer = |m: usize| LeaseOffer {
        gross: GrossMw::try_new(20.0).unwrap(),
        rent: UsdPerKwMonth::try_new(100.0 + m as f64).unwrap(),
        tenant: campus.hosting.risks.first_tenant(),
    };
    let value = |start: Option<usize>| -> f64 {
        let mut state = State::opening(campus);
        let mut value = 0.0;
        for (m, month) in months.iter().enumerate() {
            let decision = match (start == Some(m), form_gpus) {
                (false, _) => Decision::WAIT,
                (true, false) => Decision { hosting_halls: 1, gpu_halls: 0 },
                (true, true) => Decision { hosting_halls: 0, gpu_halls: 1 },
            };
            let ledger = step(campus, &mut state, decision, Some(&offer(m)), month).unwrap();
            value += campus.company.discount_factor(m as u32) * ledger.net_cash_flow_usd();
        }
        value + tail(campus, &state, &months[months.len() - 1]).total_usd()
    };
    let contracts = &contract_values(campus, &scenario.market)[0];
    let hall = &campus.halls[hall_kinds(campus).1[0]];
    let offers: Vec<Option<LeaseOffer>> = (0..months.len()).map(|m| Some(offer(m))).collect();
    let gains = path_gains(campus, hall, contracts, &months, &offers);
    let waiting = value(None);
    for m in 0..months.len() {
        let simulated = value(Some(m)) - waiting;
        let booked = if form_gpus { gains.gpus[m] } else { gains.hosting[m].unwrap() };
        assert!(
            (simulated - booked).abs() < 1.0 + 1e-9 * simulated.abs(),
            "start in month {m}: simulated {simulated}, booked {booked} USD"
        );
    }
}

#[test]
fn a_hosting_start_is_worth_what_the_simulation_says() {
    check(&["scenario.end_month=2029-12"], false);
}

#[test]
fn a_lease_that_expires_within_the_horizon_is_relet_at_the_market() {
    check(&["scenario.end_month=2031-12", "hosting.term_months=14"], false);
}

#[test]
fn cost_per_megawatt_agrees_too() {
    let text = TEXAS.replace("noi_margin_share = 0.85 ", "opex_usd_per_it_mw_year = 254000 ");
    let set = ["scenario.end_month=2031-12", "hosting.term_months=23"];
    check_scenario(&scenario_of(&text, &set), false);
    check_scenario(&scenario_of(&text, &["scenario.end_month=2029-12"]), false);
}

#[test]
fn lead_times_without_lost_mining_agree_too() {
    check(
        &["scenario.end_month=2028-12", "conversion.mining_lost_months=0", "conversion.lead_months=1"],
        false,
    );
    check(&["scenario.end_month=2028-12", "conversion.mining_lost_months=12"], true);
}

#[test]
fn a_gpu_start_is_worth_what_the_simulation_says() {
    check(&["scenario.end_month=2029-12"], true);
    check(&["scenario.end_month=2031-12", "gpus.life_months=10", "hosting.term_months=9"], true);
}

#[test]
fn starts_whose_leases_end_early_are_worth_what_the_simulation_says() {
    let text = risky(TEXAS);
    let set = ["scenario.end_month=2031-12", "hosting.term_months=40", "hosting.break_months=[12,25]"];
    check_scenario(&scenario_of(&text, &set), false);
    check_scenario(&scenario_of(&text, &["scenario.end_month=2029-12", "gpus.life_months=10"]), true);
}

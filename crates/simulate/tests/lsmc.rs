//! Regression Monte Carlo as a policy: against dp and foresight on fresh paths, on one path, on any number of threads, and under a bootstrap.

#![allow(clippy::print_stdout, reason = "figures are meant to be read")]

mod common;

use common::{TEXAS, outcomes, scenario_of};
use dispatch::{MonthFigures, Worth, month_figures};
use market::import::PriceSeries;
use market::{MarketLanes, Opening, PowerBootstrap, PowerHistory, PowerLaw, PowerSource};
use optimizer::dp::{DpError, contract_values, hall_line};
use optimizer::lsmc::FIT_SEED;
use optimizer::states::MAX_DP_STATES;
use optimizer::{Lsmc, LsmcSettings, PathGains, StateGraph, foresight_gain, hall_kinds, path_gains};
use scenario::Scenario;
use simulate::{Outcomes, PolicyOutcome};
use site::{GpuFigures, LeaseOffer, MiningFigures, MonthEconomics};

/// Three halls of two sizes and four years, dp and lsmc in the race.
fn small_campus(set: &[&str]) -> Scenario {
    let start = TEXAS.find("# The race.").expect("the policies");
    let large = "\n[[halls]]\nname = \"large\"\ngross_mw = 30.0\nfleet = \"mixed-20\"\n";
    let race = "[[policies]]\nkind = \"dp\"\nbound_paths = 0\n[[policies]]\nkind = \"lsmc\"\n";
    let mut all = vec![
        "halls[hall].count=2",
        "scenario.end_month=2029-12",
        "conversion.lead_months=6",
        "conversion.mining_lost_months=3",
        "run.paths=64",
    ];
    all.extend(set);
    scenario_of(&format!("{}{large}{race}", &TEXAS[..start]), &all)
}

fn named<'a>(outcomes: &'a Outcomes, name: &str) -> &'a PolicyOutcome {
    outcomes.policies.iter().find(|policy| policy.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn on_fresh_paths_it_reaches_nearly_all_of_what_dp_gains_and_never_more_than_foresight() {
    let found = outcomes(&small_campus(&["run.paths=3000", "run.keep_paths=3000"]), 2);
    let [dp, lsmc] = ["dp", "lsmc"].map(|name| named(&found, name));
    let (dp_gain, lsmc_gain) = (dp.difference_usd.mean(), lsmc.difference_usd.mean());
    println!("dp {dp_gain:.0}, lsmc {lsmc_gain:.0} USD over all-mining");
    assert!(lsmc_gain >= 0.98 * dp_gain && dp_gain > 1e7, "{lsmc_gain} {dp_gain}");
    let paths = lsmc.kept_npv_usd.iter().zip(&found.foresight.kept_npv_usd);
    assert!(paths.clone().all(|(policy, foresight)| *policy <= foresight + 1e-9 * foresight.abs().max(1e6)));
    assert!(paths.count() == 3_000);
    let labelled = found.warnings.iter().filter(|text| text.contains("in-sample: biased, and no bound"));
    assert_eq!(labelled.count(), 1);
}

#[test]
fn the_fit_does_not_depend_on_threads() {
    let scenario = small_campus(&["policies[lsmc].fit_paths=300", "policies[lsmc].degree=3"]);
    let one = format!("{:?}", outcomes(&scenario, 1));
    for threads in [2, 5] {
        assert!(format!("{:?}", outcomes(&scenario, threads)) == one, "{threads} threads differ from one");
    }
}

/// What perfect foresight gains on the first fit path.
fn foresight_on_first_fit_path(scenario: &Scenario) -> f64 {
    let campus = &scenario.campus;
    let mut market = scenario.market.clone();
    market.seed ^= FIT_SEED;
    let worth = Worth::of(campus);
    let mut lanes = MarketLanes::new(&market, 0, 1);
    let mut figures = MonthFigures::default();
    let mut record: Vec<(Opening, f64, Vec<MiningFigures>, LeaseOffer)> = Vec::new();
    while let Some(month) = lanes.next_month() {
        month_figures(&worth, campus, month, &mut figures);
        let offer = month.offers[0].expect("an offer in every month");
        let price = figures.mean_price_usd_per_mwh[0];
        record.push((month.openings[0], price, figures.mining_of(0).to_vec(), offer));
    }
    let months: Vec<MonthEconomics<'_>> = record
        .iter()
        .enumerate()
        .map(|(m, (opening, price, mining, _))| MonthEconomics {
            month: m as u32,
            hours: market.calendar.hours(m) as f64,
            cost_index: campus.company.cost_index(m as u32),
            hashprice_usd_per_ph_day: opening.hashprice_usd_per_ph_day,
            btc_price_usd: opening.btc_price_usd,
            lease_rate_usd_per_kw_month: opening.lease_rate_usd_per_kw_month,
            gpu_hour_price_usd: opening.gpu_hour_price_usd,
            gpu_price_multiple: opening.gpu_price_multiple,
            power_price_usd_per_mwh: *price,
            mining,
            gpu: GpuFigures::default(),
            events: site::MonthEvents::default(),
        })
        .collect();
    let offers: Vec<Option<LeaseOffer>> = record.iter().map(|month| Some(month.3)).collect();
    let gains: Vec<PathGains> = hall_kinds(campus)
        .1
        .iter()
        .zip(&contract_values(campus, &market))
        .map(|(&i, contracts)| path_gains(campus, &campus.halls[i], contracts, &months, &offers))
        // Lsmc is a policy for hosting.
        .map(|gains| PathGains { gpus: Vec::new(), ..gains })
        .collect();
    let graph = StateGraph::new(hall_line(campus, &market), MAX_DP_STATES).expect("few states");
    foresight_gain(&graph, &gains, &offers, &mut Vec::new())
}

#[test]
fn on_a_single_path_without_other_chances_the_fit_is_the_deterministic_optimum() {
    let mut scenario = small_campus(&[]);
    // An offer in every month, of one size and one rent: nothing is left to chance on a path that is alone.
    scenario.market.offers.arrivals_per_year = 1_200.0;
    scenario.market.offers.sizes_gross_mw = vec![(40.0, 1.0)];
    scenario.market.offers.log_spreads = vec![(0.1, 1.0)];
    let best = foresight_on_first_fit_path(&scenario);
    for degree in 1..=4 {
        let settings = LsmcSettings { fit_paths: 1, degree };
        let plan = Lsmc::new(&scenario.campus, &scenario.market, settings).expect("a plan");
        let value = plan.in_sample_value_usd();
        assert!(best > 1e6 && (value / best - 1.0).abs() < 1e-9, "{value} {best}");
    }
}

/// Three years of hourly prices that differ by day and hour.
fn history() -> PriceSeries {
    let price =
        |hour: usize| 20.0 + 15.0 * (hour as f64 * 0.2618).sin() + 10.0 * (hour as f64 * 0.0077).cos();
    PriceSeries {
        start_unix_s: 1_640_995_200,
        step_s: 3_600,
        prices_usd_per_mwh: (0..3 * 365 * 24).map(price).collect(),
        gaps: Vec::new(),
    }
}

#[test]
fn a_campus_whose_power_is_drawn_in_blocks_of_history_runs() {
    let mut scenario = small_campus(&["policies[lsmc].fit_paths=500"]);
    let zone = scenario.market.calendar.zone;
    let PowerSource::Model(power) = &mut scenario.market.power else { panic!("no model") };
    power.law = PowerLaw::Bootstrap(PowerBootstrap::new(&history(), zone, None, 30.0).expect("whole days"));
    let found = outcomes(&scenario, 2);
    let lsmc = named(&found, "lsmc");
    assert!(lsmc.difference_usd.mean() > 0.0 && lsmc.capex_usd > 0.0);
    assert!(lsmc.npv_usd.mean() <= found.foresight.npv_usd.mean());
}

#[test]
fn replayed_power_is_refused_by_the_fit_itself() {
    let mut scenario = small_campus(&[]);
    let PriceSeries { start_unix_s, step_s, prices_usd_per_mwh, .. } = history();
    scenario.market.power = PowerSource::Replay(PowerHistory { start_unix_s, step_s, prices_usd_per_mwh });
    let refused =
        Lsmc::new(&scenario.campus, &scenario.market, LsmcSettings::default()).expect_err("a replay");
    assert_eq!(refused, DpError::ReplayedPath);
}

#[test]
fn a_campus_without_a_hall_to_convert_waits() {
    let mut scenario = small_campus(&[]);
    scenario.campus.conversion.max_under_construction = site::units::GrossMw::try_new(5.0).expect("a size");
    let found = outcomes(&scenario, 2);
    assert_eq!(named(&found, "lsmc").kept_npv_usd, named(&found, "all-mining").kept_npv_usd);
}

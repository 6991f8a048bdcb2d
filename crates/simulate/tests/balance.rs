//! Megawatts and money balance on random campuses, and results move as they must when the campus is scaled or renamed.
//!
//! The run itself refuses any path and month in which uses do not sum to the campus, and any policy above perfect
//! foresight; so every run here is a test of both.

mod common;

use common::{TEXAS, outcomes, scenario, scenario_of};
use proptest::prelude::*;
use simulate::Outcomes;
use site::Ledger;

/// A mixed campus: two fleets, halls of three sizes, a lease in force.
const MIXED: &str = "\n[[fleets]]\nname = \"old\"\nefficiency_j_per_th = 34.0\n\n[[halls]]\nname = \"old-hall\"\ncount = 2\ngross_mw = 15.0\nfleet = \"old\"\n\n[[halls]]\nname = \"let\"\ngross_mw = 10.0\nfleet = \"mixed-20\"\nlease_rent_usd_per_kw_month = 120.0\nlease_months_left = 20\n";

fn mixed(set: &[String]) -> scenario::Scenario {
    let text = TEXAS.replace("[conversion]", &format!("{MIXED}\n[conversion]"));
    let mut all = vec![
        "halls[hall].count=4".to_string(),
        "site.interconnect_firm_mw=120".into(),
        "run.paths=6".into(),
        "scenario.end_month=2029-06".into(),
    ];
    all.extend_from_slice(set);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    scenario_of(&text, &all)
}

fn check_balance(outcomes: &Outcomes, opening_cash: f64) {
    for policy in &outcomes.policies {
        let mut cash = opening_cash;
        for (m, ledger) in policy.ledger.iter().enumerate() {
            let mw = ledger.total_mw();
            assert!((mw - outcomes.campus_gross_mw).abs() < 1e-6, "{} month {m}: {mw} MW", policy.name);
            let columns = ledger.columns();
            let money = &columns[Ledger::MEGAWATTS.len() + Ledger::ENERGY.len()..];
            let (revenue, cost) = money.split_at(Ledger::REVENUES.len());
            let net: f64 = revenue.iter().sum::<f64>() - cost.iter().sum::<f64>();
            assert!((net - ledger.net_cash_flow_usd()).abs() < 1e-3);
            assert!(cost.iter().all(|c| *c > -1e9), "{} month {m}", policy.name);
            cash += net;
            let tolerance = 1e-9 * (cash.abs() + opening_cash.abs()) + 1e-2;
            assert!((policy.cash_usd[m] - cash).abs() < tolerance, "{} month {m}", policy.name);
        }
        for (value, foresight) in policy.kept_npv_usd.iter().zip(&outcomes.foresight.kept_npv_usd) {
            assert!(*value <= foresight + 1e-9 * foresight.abs().max(1e6), "{} beats foresight", policy.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn megawatts_and_money_balance_on_random_campuses(
        seed in 0_u64..1_000_000,
        lead in 1_u64..18,
        lost_share in 0.0..1.0_f64,
        term in 3_u64..80,
        builders in 10.0..65.0_f64,
        interconnect in 60.0..140.0_f64,
        rent in 60.0..260.0_f64,
        arrivals in 0.0..30.0_f64,
        gpu_life in 3_u64..40,
        block in 0.0..50.0_f64,
    ) {
        let lost = (lead as f64 * lost_share).round() as u64;
        let scenario = mixed(&[
            format!("run.seed={seed}"),
            format!("conversion.lead_months={lead}"),
            format!("conversion.mining_lost_months={lost}"),
            format!("hosting.term_months={term}"),
            format!("conversion.max_under_construction_gross_mw={builders}"),
            format!("site.interconnect_firm_mw={interconnect}"),
            format!("hosting.rate.start_usd_per_kw_month={rent}"),
            format!("hosting.offers.arrivals_per_year={arrivals}"),
            format!("gpus.life_months={gpu_life}"),
            "policies[gpu-pilot].max_gross_mw=60".to_string(),
            format!("power.block_mw={block}"),
            "power.block_strike_usd_per_mwh=40".to_string(),
        ]);
        let found = outcomes(&scenario, 1);
        check_balance(&found, scenario.campus.company.opening_cash_usd);
    }
}

#[test]
fn the_shipped_scenario_balances() {
    let scenario = scenario(&["run.paths=64"]);
    check_balance(&outcomes(&scenario, 2), scenario.campus.company.opening_cash_usd);
}

#[test]
fn doubling_the_campus_doubles_every_figure_in_usd() {
    let base = ["run.paths=40", "scenario.end_month=2030-12"];
    let once = outcomes(&scenario(&base), 2);
    let doubled = [
        "halls[hall].gross_mw=40",
        "site.interconnect_firm_mw=400",
        "company.overhead_usd_per_month=2e6",
        "company.opening_cash_usd=120e6",
        "company.committed_funding_usd=1000e6",
        "conversion.max_under_construction_gross_mw=80",
        "hosting.offers.sizes_gross_mw=[40, 80, 120, 160]",
        "policies[gpu-pilot].max_gross_mw=40",
    ];
    let twice = outcomes(&scenario(&[&base[..], &doubled[..]].concat()), 2);
    let close = |a: f64, b: f64, what: &str| {
        assert!((2.0 * a - b).abs() <= 1e-9 * b.abs().max(1.0), "{what}: {a} {b}");
    };
    for (a, b) in once.policies.iter().zip(&twice.policies) {
        close(a.npv_usd.mean(), b.npv_usd.mean(), &a.name);
        close(a.npv_horizon_usd.mean(), b.npv_horizon_usd.mean(), &a.name);
        close(a.difference_usd.standard_error(), b.difference_usd.standard_error(), &a.name);
        close(a.cvar5_usd, b.cvar5_usd, &a.name);
        close(a.capex_usd, b.capex_usd, &a.name);
        for (x, y) in a.carried_usd.iter().zip(&b.carried_usd) {
            close(*x, *y, &a.name);
        }
        for (x, y) in a.ledger.iter().zip(&b.ledger) {
            for (v, w) in x.columns().iter().zip(y.columns()) {
                close(*v, w, &a.name);
            }
        }
        assert_eq!(a.shortfall_probability, b.shortfall_probability);
        assert_eq!(a.incremental_irrs.len(), b.incremental_irrs.len());
    }
    close(once.foresight.npv_usd.mean(), twice.foresight.npv_usd.mean(), "foresight");
}

#[test]
fn the_order_of_halls_and_policies_in_the_file_changes_nothing() {
    let set = [
        "run.paths=20",
        "scenario.end_month=2029-12",
        "halls[hall].count=4",
        "site.interconnect_firm_mw=120",
    ];
    let text = TEXAS.replace("[conversion]", &format!("{MIXED}\n[conversion]"));
    let first = outcomes(&scenario_of(&text, &set), 2);
    let (start, last) = (TEXAS.find("[[policies]]").unwrap(), TEXAS.rfind("[[policies]]").unwrap());
    let turned = format!("{}{}\n{}", &TEXAS[..start], &TEXAS[last..], &TEXAS[start..last]);
    let turned = turned.replace("# Ten equal halls", &format!("{}\n# Ten equal halls", MIXED));
    let second = outcomes(&scenario_of(&turned, &set), 2);
    assert_eq!(first.policies.len(), second.policies.len());
    for (a, b) in first.policies.iter().zip(&second.policies) {
        assert_eq!(a.name, b.name);
        assert_eq!(a.kept_npv_usd, b.kept_npv_usd);
    }
}

#[test]
fn a_contested_interconnect_costs_and_never_lifts_a_policy_over_foresight() {
    let free = outcomes(&scenario(&["run.paths=10", "scenario.end_month=2028-12"]), 2);
    let tight = outcomes(
        &scenario(&["run.paths=10", "scenario.end_month=2028-12", "site.interconnect_firm_mw=150"]),
        2,
    );
    assert!(tight.policies[0].npv_usd.mean() < free.policies[0].npv_usd.mean());
    assert!(tight.warnings.iter().any(|w| w.contains("compete")));
}

/// One fleet of 190 working MW behind half of that: every hour that pays serves exactly half of what it would.
#[test]
fn a_contest_that_always_binds_serves_its_share() {
    let set = ["run.paths=4", "scenario.end_month=2027-12"];
    let free = outcomes(&scenario(&set), 2);
    let half = outcomes(&scenario(&[set[0], set[1], "site.interconnect_firm_mw=95"]), 2);
    for (a, b) in free.policies[0].ledger.iter().zip(&half.policies[0].ledger) {
        for (full, served) in [
            (a.mining_mwh, b.mining_mwh),
            (a.mining_revenue_usd, b.mining_revenue_usd),
            (a.mining_power_usd, b.mining_power_usd),
        ] {
            assert!((served - 0.5 * full).abs() < 1e-9 * full.abs(), "{full} {served}");
        }
    }
}

/// More states than the mark can hold: the run goes on with a looser mark and says so.
#[test]
fn foresight_is_loosened_where_halls_are_too_many() {
    let text = TEXAS.replace(
        "kind = \"dp\"",
        "kind = \"hurdle\"\nname = \"other\"\nrequired_rent_usd_per_kw_month = 140.0",
    );
    let many = ["halls[0].count=50", "halls[0].gross_mw=4", "run.paths=3", "scenario.end_month=2027-12"];
    let found = outcomes(&scenario_of(&text, &many), 2);
    assert!(found.warnings.iter().any(|w| w.contains("builders' limit is left out")), "{:?}", found.warnings);
}

#[test]
fn the_plan_holds_when_the_lease_rate_starts_off_its_curve() {
    let set = [
        "run.paths=120",
        "hosting.rate.start_usd_per_kw_month=90",
        "hosting.rate.curve_usd_per_kw_month=134.5",
        "hosting.rate.volatility_per_sqrt_year=0.05",
    ];
    let found = outcomes(&scenario(&set), 2);
    let of = |name: &str| found.policies.iter().find(|p| p.name == name).unwrap();
    let lead = of("dp").difference_usd.mean() - of("all-mining").difference_usd.mean();
    assert!(lead > 0.0, "dp is worth {lead} over all-mining");
    assert!(of("dp").npv_usd.mean() > of("all-ai-asap").npv_usd.mean());
}

#[test]
fn a_contest_that_never_binds_changes_nothing_but_the_way() {
    // Installed load is just above the interconnect, but machines are up 95 % of the time, so it never binds.
    let free = outcomes(&scenario(&["run.paths=6", "scenario.end_month=2027-12"]), 2);
    let slack = outcomes(
        &scenario(&["run.paths=6", "scenario.end_month=2027-12", "site.interconnect_firm_mw=199"]),
        2,
    );
    let (a, b) = (free.policies[0].npv_usd.mean(), slack.policies[0].npv_usd.mean());
    assert!((a - b).abs() < 1e-6 * a.abs(), "{a} {b}");
}

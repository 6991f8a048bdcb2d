//! Reference problem 1: a year of hours of a 100 MW campus, whose optimum five general solvers agree on.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "figures are meant to be read")]

use dispatch::{Budget, BudgetOf, Case, DispatchError, Load, Method, Series, Side, optimal, real_time};
use std::path::Path;

const OPTIMUM_USD: f64 = 88_335_720.285_747_6;

fn load(name: &str, mw: f64, value: f64, pue: f64, ramp: Option<f64>) -> Load {
    Load {
        name: name.to_owned(),
        capacity_it_mw: Series::Constant(mw),
        value_usd_per_it_mwh: Series::Constant(value),
        pue,
        ramp_it_mw_per_hour: ramp,
        restart: None,
    }
}

/// The reference case, or `None` with a message where its prices are absent.
fn reference(interconnect_mw: f64) -> Option<Case> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/dispatch_100mw/hourly.csv");
    let Ok(mut file) = csv::Reader::from_path(&path) else {
        eprintln!("skipped: the shared reference problem is absent");
        return None;
    };
    let rows: Vec<(usize, f64)> = file
        .records()
        .map(|row| {
            let row = row.expect("a row");
            (row[1].parse().expect("a month"), row[2].parse().expect("a price"))
        })
        .collect();
    let mut case = Case {
        step_hours: 1.0,
        price_usd_per_mwh: rows.iter().map(|row| row.1).collect(),
        interconnect_mw: Series::Constant(interconnect_mw),
        loads: vec![
            load("asic_old", 30.0, 45.0, 1.03, None),
            load("asic_mid", 30.0, 60.0, 1.03, None),
            load("asic_new", 20.0, 80.0, 1.03, None),
            load("inference", 20.0, 250.0, 1.25, None),
            load("training", 30.0, 180.0, 1.20, Some(10.0)),
        ],
        budgets: Vec::new(),
        block: None,
        reserves: Vec::new(),
    };
    let least = |name: &str, load, steps, mwh| Budget {
        name: name.to_owned(),
        of: BudgetOf::Load(load),
        side: Side::AtLeast,
        steps,
        mwh,
    };
    case.budgets.push(least("inference of the year", 3, 0..8760, 0.995 * 20.0 * 8760.0));
    for month in 1..=12 {
        let from = rows.iter().position(|row| row.0 == month).expect("the month");
        let hours = rows.iter().filter(|row| row.0 == month).count();
        let name = format!("training of month {month}");
        case.budgets.push(least(&name, 4, from..from + hours, 0.95 * 30.0 * hours as f64));
    }
    case.budgets.push(Budget::curtailment_cap(&case, "curtailment cap", 0..8760, 17_520.0));
    Some(case)
}

#[test]
fn the_optimum_is_the_published_one() {
    let Some(case) = reference(100.0) else { return };
    let found = optimal(&case).expect("an optimum");
    println!("{:?} {:?} {:.7}", found.certificate, found.effort, found.value_usd);
    assert_eq!(found.method, Method::Decomposition);
    assert!((found.value_usd / OPTIMUM_USD - 1.0).abs() < 1e-9);
    assert!(found.certificate.relative_gap.abs() < 1e-9);
    assert!(found.certificate.worst_step_mw < 1e-9);
    assert!(found.certificate.worst_budget_share < 1e-12);
}

#[test]
fn a_larger_interconnect_tightens_the_curtailment_cap_until_nothing_meets_it() {
    let Some(case) = reference(150.0) else { return };
    let Err(DispatchError::Infeasible(why)) = optimal(&case) else { panic!("150 MW cannot be used up") };
    // All loads together draw 143.4 MW, so at least 6.6 MW of each hour are left: 57,816 of the 17,520 MWh allowed.
    let [short] = why.shortfalls.as_slice() else { panic!("{why:?}") };
    assert_eq!(short.name, "curtailment cap");
    assert!((short.mwh - (57_816.0 - 17_520.0)).abs() < 1e-6, "{why}");
}

#[test]
fn the_real_time_rule_loses_little_to_foresight() {
    let Some(case) = reference(100.0) else { return };
    let found = optimal(&case).expect("an optimum");
    let bids = found.multipliers.expect("multipliers").budget_usd_per_mwh;
    let walked = real_time(&case, &bids).expect("the rule runs");
    let lost = 1.0 - walked.value_usd / found.value_usd;
    println!("real time {:.2} USD, foresight adds {:.3} %", walked.value_usd, 100.0 * lost);
    assert!(walked.worst_step_mw < 1e-9);
    assert!(walked.missed_mwh.iter().all(|mwh| *mwh < 1e-6), "{:?}", walked.missed_mwh);
    assert!((0.0..0.05).contains(&lost), "{lost}");
}

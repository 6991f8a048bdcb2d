//! The reference year of dispatch that lies beside the repository.

#![expect(
    clippy::print_stderr,
    reason = "what was measured, and what was skipped, is told to who runs the test"
)]

use crate::case::{Budget, BudgetOf, Case, Load, Series, Side};
use std::path::Path;

/// Problem 1 of the reference problems and its optimum, USD; none, with a message, where the folder is absent.
pub(crate) fn dispatch_100mw() -> Option<(Case, f64)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/dispatch_100mw");
    let Ok(hourly) = std::fs::read_to_string(folder.join("hourly.csv")) else {
        eprintln!("skipped: the reference year is not beside the repository");
        return None;
    };
    let mut months = Vec::new();
    let mut price_usd_per_mwh = Vec::new();
    for line in hourly.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        months.push(fields[1].parse::<usize>().expect("a month"));
        price_usd_per_mwh.push(fields[2].parse::<f64>().expect("a price"));
    }
    let load = |name: &str, mw: f64, value: f64, pue: f64| Load {
        name: name.to_owned(),
        capacity_it_mw: Series::Constant(mw),
        value_usd_per_it_mwh: Series::Constant(value),
        pue,
        ramp_it_mw_per_hour: None,
        restart: None,
    };
    let mut training = load("training", 30.0, 180.0, 1.20);
    training.ramp_it_mw_per_hour = Some(10.0);
    let mut case = Case {
        step_hours: 1.0,
        price_usd_per_mwh,
        interconnect_mw: Series::Constant(100.0),
        loads: vec![
            load("asic_old", 30.0, 45.0, 1.03),
            load("asic_mid", 30.0, 60.0, 1.03),
            load("asic_new", 20.0, 80.0, 1.03),
            load("inference", 20.0, 250.0, 1.25),
            training,
        ],
        budgets: Vec::new(),
        block: None,
        reserves: Vec::new(),
    };
    let steps = 0..case.steps();
    let least = |name: String, k: usize, steps: std::ops::Range<usize>, mwh: f64| Budget {
        name,
        of: BudgetOf::Load(k),
        side: Side::AtLeast,
        steps,
        mwh,
    };
    case.budgets.push(least("inference".to_owned(), 3, steps.clone(), 0.995 * 20.0 * 8760.0));
    for month in 1..=12 {
        let from = months.iter().position(|of| *of == month).expect("every month has hours");
        let hours = months.iter().filter(|of| **of == month).count();
        let name = format!("training in month {month}");
        case.budgets.push(least(name, 4, from..from + hours, 0.95 * 30.0 * hours as f64));
    }
    case.budgets.push(Budget::curtailment_cap(&case, "curtailment", steps, 17_520.0));
    Some((case, 88_335_720.285_747_6))
}

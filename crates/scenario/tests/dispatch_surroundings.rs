//! Calls, training, services and coincident peaks of a case's file.

use dispatch::study::study;
use scenario::DispatchCase;
use std::fmt::Write as _;
use std::path::Path;

const CASE: &str = r#"
[case]
name = "around"
start_month = "2024-06"
months = 4
time_zone = "america-chicago"
[prices]
file = "steps.csv"
price_column = "price_usd_per_mwh"
[series]
file = "steps.csv"
[site]
interconnect_mw = 60.0
shed_order = ["mining", "training", "inference"]
[[loads]]
name = "inference"
capacity_it_mw = 8.0
value_usd_per_it_mwh = 250.0
pue = 1.25
[[loads]]
name = "training"
capacity_it_mw = 10.0
value_usd_per_it_mwh = 180.0
pue = 1.25
[[loads]]
name = "mining"
capacity_it_mw = 20.0
value_usd_per_it_mwh = 60.0
pue = 1.25
"#;

/// June to September 2024: 2,928 hours at 40 USD/MWh, the system's load highest at 16:00 of the 20th of each month.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = String::from("price_usd_per_mwh,system_load_mw\n");
    for days in [30, 31, 31, 30] {
        for day in 1..=days {
            for hour in 0..24 {
                let afternoon = 100.0 * (14.0 - f64::abs(hour as f64 - 16.0));
                let load = 60_000.0 + afternoon + 600.0 * (20.0 - f64::abs(day as f64 - 20.0));
                writeln!(text, "40,{load}").expect("text");
            }
        }
    }
    std::fs::write(folder.path().join("steps.csv"), text).expect("a file");
    folder
}

fn parse(extra: &str) -> Result<DispatchCase, String> {
    let folder = folder();
    DispatchCase::parse("around.toml", &format!("{CASE}{extra}"), folder.path(), &[])
        .map_err(|faults| faults.to_string())
}

#[test]
fn calls_shed_in_the_order_of_the_site_and_credits_follow() {
    let case = parse(
        r#"
[[calls]]
start = "2024-08-20T17:00"
hours = 2
shed_mw = 40.0
notice_hours = 1.0
[[training]]
load = "training"
mean_hours_between_failures = 100.0
checkpoint_minutes = 5.0
restart_minutes = 10.0
[[services]]
load = "inference"
rent_usd_per_it_kw_month = 150.0
"#,
    )
    .expect("a case");
    let found = study(&case.case, &case.around).expect("a study");
    // 30 days of June, 31 of July, 19 whole days of August, 17 hours.
    let t = (30 + 31 + 19) * 24 + 17;
    let run = |k: usize, t: usize| found.optimum.it_mw[k][t];
    assert_eq!([run(0, t - 1), run(1, t - 1), run(2, t - 1)], [8.0, 10.0, 20.0]);
    // 25 MW of mining and 12.5 of training go first, then 2.5 of inference, which is 2 IT MW.
    assert_eq!([run(0, t), run(1, t), run(2, t)], [6.0, 0.0, 0.0]);
    assert_eq!(run(0, t + 2), 8.0);
    let calls = found.calls.expect("calls");
    assert_eq!(calls.stops.len(), 1);
    let months = &found.services[0];
    assert_eq!(months.len(), 4);
    let august = months[2].availability.expect("contracted");
    assert!((august - (1.0 - 4.0 / (8.0 * 744.0))).abs() < 1e-12);
    // 99.93 % is below 99.99 %: 5 % of 8,000 kW at 150 USD.
    assert_eq!(months.iter().map(|month| month.credit_usd).collect::<Vec<_>>(), [0.0, 0.0, 60_000.0, 0.0]);
}

#[test]
fn a_call_with_a_limit_leaves_the_choice_to_the_optimum() {
    let case =
        parse("[[calls]]\nstart = \"2024-06-01T00:00\"\nhours = 1\nlimit_mw = 20.0\n").expect("a case");
    assert!(case.around.calls.is_empty());
    assert_eq!((case.case.interconnect_mw.at(0), case.case.interconnect_mw.at(1)), (20.0, 60.0));
}

#[test]
fn the_peaks_of_a_summer_are_found_and_avoided() {
    let four_cp = "[four_cp]\nloads = [\"mining\"]\nsystem_load_column = \"system_load_mw\"\n";
    let case = parse(four_cp).expect("a case");
    let found = study(&case.case, &case.around).expect("a study").four_cp.expect("peaks");
    assert_eq!(found.hits, 4);
    // 47.5 MW at the meter, of which 22.5 stay: 70 USD per kW and year.
    assert!((found.charge_without_usd - 47.5 * 70_000.0).abs() < 1e-6, "{found:?}");
    assert!((found.charge_usd - 22.5 * 70_000.0).abs() < 1e-6, "{found:?}");
    let half = parse(&format!("{four_cp}avoidable_share = 0.5\n")).expect("a case");
    let half = study(&half.case, &half.around).expect("a study").four_cp.expect("peaks");
    assert!((half.charge_usd - 35.0 * 70_000.0).abs() < 1e-6, "{half:?}");
    let idle = parse(&format!("{four_cp}avoid = false\n")).expect("a case");
    let idle = study(&idle.case, &idle.around).expect("a study").four_cp.expect("peaks");
    assert_eq!((idle.hits, idle.cost_usd), (0, 0.0));
}

#[test]
fn faults_are_named_together() {
    let text = parse(
        r#"
[[calls]]
start = "2024-08-20T17:00"
hours = 2
limit_mw = 10.0
shed_mw = 40.0
[[calls]]
start = "2025-08-20T17:00"
hours = 2
shed_share = 1.5
[[training]]
load = "trainning"
mean_hours_between_failures = 0.0
checkpoint_minutes = 5.0
restart_minutes = 10.0
[[services]]
load = "inference"
rent_usd_per_it_kw_month = 150.0
credit_below_availability = [0.99, 0.999]
credit_share_of_rent = [0.1, 0.2]
[four_cp]
loads = ["mining"]
avoidable_share = 2.0
system_load_column = "nothing"
"#,
    )
    .expect_err("faults");
    for words in [
        "gives 2 of limit_mw",
        "2024-06 to 2024-09",
        "shed_share",
        "trainning",
        "ladder",
        "avoidable_share",
        "nothing",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn a_horizon_without_a_summer_has_no_coincident_peaks() {
    let folder = folder();
    let text = CASE.replace("2024-06", "2024-01").replace("months = 4", "months = 1")
        + "[four_cp]\nloads = [\"mining\"]\nsystem_load_column = \"system_load_mw\"\n";
    let short: String = std::fs::read_to_string(folder.path().join("steps.csv"))
        .expect("the file")
        .lines()
        .take(745)
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(folder.path().join("steps.csv"), short).expect("a file");
    let faults =
        DispatchCase::parse("around.toml", &text, Path::new(folder.path()), &[]).expect_err("faults");
    assert!(faults.to_string().contains("needs one June to September"), "{faults}");
}

#[test]
fn calls_that_cut_steps_are_said_to_count_whole_ones() {
    let call = |start: &str, hours: f64| {
        let text = format!("[[calls]]\nstart = \"{start}\"\nhours = {hours:?}\nlimit_mw = 20.0\n");
        parse(&text).expect("a case").warnings
    };
    assert_eq!(call("2024-06-01T17:00", 2.0), Vec::<String>::new());
    let cut = call("2024-06-01T17:20", 0.1);
    assert!(cut.len() == 1 && cut[0].contains("1 whole steps of 60 minutes"), "{cut:?}");
    // The last hour of September, and two more beyond the horizon.
    let beyond = call("2024-09-30T23:00", 3.0);
    assert!(beyond.len() == 1 && beyond[0].contains("1 whole steps"), "{beyond:?}");
}

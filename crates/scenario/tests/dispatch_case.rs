//! A case of dispatch: what a sound file means, and one fault at a time.

use dispatch::{BudgetOf, Series, Side};
use scenario::{DispatchCase, Faults, Scenario};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const SHIPPED: &str = include_str!("../../../data/scenarios/dispatch-100mw.toml");

/// A small case whose prices need no file.
const SMALL: &str = r#"
[case]
name = "small"
start_month = "2024-03"
months = 2
[prices]
calibration = "hb-houston"
seed = 3
[site]
interconnect_mw = 50.0
curtailment_cap_mwh = 40000.0
[[loads]]
name = "mining"
capacity_it_mw = 40.0
value_usd_per_it_mwh = 60.0
pue = 1.03
[[loads]]
name = "training"
capacity_it_mw = 20.0
availability_share = 0.9
value_usd_per_it_mwh = 180.0
pue = 1.2
ramp_it_mw_per_hour = 5.0
[[budgets]]
name = "training"
load = "training"
every = "month"
at_least_share = 0.5
"#;

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/scenarios")
}

fn parse(text: &str, folder: &Path) -> Result<DispatchCase, Faults> {
    DispatchCase::parse("case.toml", text, folder, &[])
}

/// The case, and that what was resolved reads the same again.
fn sound(text: &str, folder: &Path) -> DispatchCase {
    let case = parse(text, folder).unwrap_or_else(|faults| panic!("{faults}"));
    let again = parse(&case.resolved, folder).unwrap_or_else(|faults| panic!("{faults}\n{}", case.resolved));
    assert_eq!((&case.case, &case.resolved), (&again.case, &again.resolved));
    case.case.check().expect("the library takes it");
    assert_eq!(case.case.steps(), case.clock.steps());
    assert_eq!(case.case.budgets.len(), case.windows.len());
    case
}

/// Replaces one text of the small case and expects a message with all of `wanted`.
fn broken(from: &str, to: &str, wanted: &[&str]) {
    assert!(SMALL.contains(from), "no `{from}`");
    let faults = parse(&SMALL.replacen(from, to, 1), Path::new(".")).expect_err(to);
    let message = faults.to_string();
    for part in wanted.iter().chain(&["case.toml"]) {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
}

#[test]
fn the_shipped_case_is_the_reference_problem_with_other_prices() {
    let case = sound(SHIPPED, &scenarios());
    assert_eq!((case.clock.steps(), case.case.loads.len()), (8_760, 5));
    assert_eq!(case.case.interconnect_mw, Series::Constant(100.0));
    let names: Vec<&str> = case.case.budgets.iter().map(|budget| budget.name.as_str()).collect();
    assert_eq!(names[..3], ["inference", "training 2025-01", "training 2025-02"]);
    assert_eq!((names.len(), names[13]), (14, "curtailment cap"));
    let mwh: Vec<f64> = case.case.budgets.iter().map(|budget| budget.mwh).collect();
    for (budget, expected) in [(0, 0.995 * 20.0 * 8_760.0), (1, 0.95 * 30.0 * 744.0), (13, 876e3 - 17_520.0)]
    {
        assert!((mwh[budget] - expected).abs() < 1e-6, "{budget}: {}", mwh[budget]);
    }
    assert_eq!(case.inputs.len(), 1);
    assert_eq!(case.forecast_usd_per_mwh.map(|prices| prices.len()), Some(8_760));
}

#[test]
fn months_follow_the_local_calendar_and_availability_lowers_what_could_run() {
    let case = sound(SMALL, Path::new("."));
    assert_eq!(case.case.steps(), 743 + 720);
    assert_eq!(case.case.loads[1].capacity_it_mw, Series::Constant(18.0));
    let of_march = &case.case.budgets[0];
    assert_eq!(
        (of_march.of, of_march.side, of_march.steps.clone()),
        (BudgetOf::Load(1), Side::AtLeast, 0..743)
    );
    assert!((of_march.mwh - 0.5 * 18.0 * 743.0).abs() < 1e-9);
    assert_eq!(case.windows[1].window, "2024-04");
    assert_eq!(case.forecast_usd_per_mwh, None);
    let ends = sound(&SMALL.replace("months = 2", "end_month = \"2024-04\""), Path::new("."));
    assert_eq!(ends.case, case.case);
}

#[test]
fn energy_of_a_window_that_the_horizon_cuts_counts_in_part_and_says_so() {
    let weekly = SMALL.replace("\"month\"\nat_least_share = 0.5", "\"week\"\nat_most_mwh = 1690.0");
    let case = sound(&weekly, Path::new("."));
    // 1 March 2024 is a Friday: 72 of 168 hours. The week of the clock change has 167.
    let mwh: Vec<f64> = case.case.budgets.iter().take(3).map(|budget| budget.mwh).collect();
    assert!((mwh[0] - 1_690.0 * 72.0 / 168.0).abs() < 1e-9, "{mwh:?}");
    assert_eq!(mwh[1..], [1_690.0, 1_690.0]);
    assert_eq!(case.case.budgets[1].side, Side::AtMost);
    assert_eq!(case.case.budgets[1].steps.len(), 167);
    assert_eq!(case.warnings.len(), 1, "{:?}", case.warnings);
    assert!(case.warnings[0].contains("2 window(s)"), "{:?}", case.warnings);
}

#[test]
fn calls_lower_the_interconnect_on_the_local_clock() {
    let called = format!("{SMALL}\n[[calls]]\nstart = \"2024-03-10T01:30\"\nhours = 2\nlimit_mw = 12\n");
    let case = sound(&called, Path::new("."));
    let Series::Steps(mw) = &case.case.interconnect_mw else { panic!("no steps") };
    // Nine days of 24 hours before; the hour from 02:00 to 03:00 does not exist, so two hours end at 04:30.
    let low: Vec<usize> = (0..mw.len()).filter(|t| mw[*t] < 50.0).collect();
    assert_eq!(low, [217, 218, 219]);
    let cap = case.case.budgets.last().expect("the cap");
    assert!((cap.mwh - (50.0 * 1_463.0 - 3.0 * 38.0 - 40_000.0)).abs() < 1e-6);
}

#[test]
fn columns_of_a_table_vary_what_they_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = String::from("limit,demand,worth,up,spin\n");
    for t in 0..1_463 {
        writeln!(table, "{},{},{},{},5", 60 + t % 2, t % 20, 50 + t % 7, 1.0 - 0.5 * f64::from(t % 2))
            .unwrap();
    }
    std::fs::write(folder.path().join("series.csv"), table).unwrap();
    let text = SMALL
        .replace("interconnect_mw = 50.0", "interconnect_column = \"limit\"")
        .replace("value_usd_per_it_mwh = 60.0", "value_column = \"worth\"\navailability_column = \"up\"")
        .replace("capacity_it_mw = 20.0\navailability_share = 0.9", "demand_column = \"demand\"")
        .replace(
            "[site]",
            "[series]\nfile = \"series.csv\"\n[block]\nmw = 10\nstrike_usd_per_mwh = 30\n[site]",
        )
        + "[[reserves]]\nname = \"spin\"\nprice_column = \"spin\"\ncalled_share = 0.1\nloads = [\"mining\"]\n";
    let case = sound(&text, folder.path()).case;
    let at = |series: &Series, t: usize| series.at(t);
    assert_eq!((at(&case.interconnect_mw, 0), at(&case.interconnect_mw, 3)), (60.0, 61.0));
    assert_eq!(at(&case.loads[0].capacity_it_mw, 1), 20.0);
    assert_eq!(at(&case.loads[0].value_usd_per_it_mwh, 6), 56.0);
    assert_eq!(at(&case.loads[1].capacity_it_mw, 39), 19.0);
    // A column that never varies is a constant.
    assert_eq!(case.reserves[0].price_usd_per_mw_h, Series::Constant(5.0));
    assert_eq!((case.reserves[0].limit_mw, case.reserves[0].loads.as_slice()), (f64::INFINITY, &[0][..]));
    assert_eq!(case.block.map(|block| block.mw), Some(10.0));
    let demand: f64 = (0..743).map(|t| f64::from(t % 20)).sum();
    assert!((case.budgets[0].mwh - 0.5 * demand).abs() < 1e-6);
    let short = text.replace("months = 2", "months = 1");
    let message = parse(&short, folder.path()).expect_err("too many rows").to_string();
    assert!(message.contains("1463 rows") && message.contains("743 of 60 minutes"), "{message}");
    let absent = text.replace("\"up\"", "\"down\"");
    let message = parse(&absent, folder.path()).expect_err("no such column").to_string();
    assert!(message.contains("no column `down`") && message.contains("limit, demand"), "{message}");
}

/// Quarter-hours of January 2025 in Texas, 10 to 13 USD/MWh within each hour.
fn quarters(folder: &Path) {
    let mut table = String::from("interval_start_utc,price\n");
    let start = jiff::Timestamp::from_second(1_735_711_200).unwrap();
    for quarter in 0..31 * 96 {
        let at = start + jiff::SignedDuration::from_mins(15 * quarter);
        writeln!(table, "{at},{}", 10 + quarter % 4).unwrap();
    }
    std::fs::write(folder.join("rt.csv"), table).unwrap();
}

#[test]
fn prices_come_from_the_layouts_of_the_importers() {
    let folder = tempfile::tempdir().unwrap();
    quarters(folder.path());
    let january = SMALL.replace("2024-03\"\nmonths = 2", "2025-01\"\nmonths = 1").replace(
        "calibration = \"hb-houston\"\nseed = 3",
        "file = \"rt.csv\"\npoint = \"HB_HOUSTON\"\nadder_usd_per_mwh = 2",
    );
    let hours = sound(&january, folder.path());
    assert_eq!(hours.case.price_usd_per_mwh, vec![13.5; 744]);
    assert!(hours.warnings[0].contains("averaged"), "{:?}", hours.warnings);
    let quarters = sound(&january.replace("months = 1", "months = 1\nstep_minutes = 15"), folder.path());
    assert_eq!(quarters.case.price_usd_per_mwh[..5], [12.0, 13.0, 14.0, 15.0, 12.0]);
    assert_eq!((quarters.case.step_hours, quarters.case.steps()), (0.25, 4 * 744));
    assert!(quarters.warnings.is_empty());
    assert!((hours.case.budgets[0].mwh - quarters.case.budgets[0].mwh).abs() < 1e-9);
    let late = january.replace("2025-01", "2025-02");
    let message = parse(&late, folder.path()).expect_err("other months").to_string();
    assert!(message.contains("missing between 2025-02-01T06:00:00Z"), "{message}");
}

#[test]
fn a_simulated_path_is_that_of_a_run_without_correlations() {
    let texas = include_str!("../../../data/scenarios/texas-campus.toml");
    let start = texas.find("[correlations]").unwrap();
    let end = texas[start..].find("# The race").unwrap() + start;
    let text = format!("{}{}", &texas[..start], &texas[end..]).replace("2035-12", "2026-04");
    let scenario = Scenario::parse("t.toml", &text, Path::new("."), &[]).unwrap_or_else(|f| panic!("{f}"));
    let market = &scenario.market;
    let alone = market.power.path(&market.calendar, market.seed, 5);
    let mut lanes = market::MarketLanes::new(market, 3, 4);
    let mut of_run = Vec::new();
    while let Some(month) = lanes.next_month() {
        of_run.extend(month.price_usd_per_mwh.iter().skip(2).step_by(market::LANES).copied());
    }
    assert_eq!(alone, of_run);
}

#[test]
fn the_forecast_is_another_source_with_the_same_adder() {
    let text = SMALL.replace("[site]", "adder_usd_per_mwh = 4\n[site]")
        + "[real_time]\ncalibration = \"hb-houston\"\nseed = 3\n";
    let case = sound(&text, Path::new("."));
    assert_eq!(case.forecast_usd_per_mwh.as_ref(), Some(&case.case.price_usd_per_mwh));
    let other = sound(&format!("{text}path = 1\n"), Path::new("."));
    assert_ne!(other.forecast_usd_per_mwh.as_ref(), Some(&other.case.price_usd_per_mwh));
}

#[test]
fn a_forecast_may_be_the_prices_of_another_year() {
    let folder = tempfile::tempdir().unwrap();
    quarters(folder.path());
    let text = SMALL.replace("2024-03\"\nmonths = 2", "2026-01\"\nmonths = 1");
    let last_year =
        format!("{text}[real_time]\nfile = \"rt.csv\"\npoint = \"HB_WEST\"\nstart_month = \"2025-01\"\n");
    let case = sound(&last_year, folder.path());
    assert_eq!(case.forecast_usd_per_mwh, Some(vec![11.5; 744]));
    let summer = last_year.replace("2025-01", "2025-07");
    let message = parse(&summer, folder.path()).expect_err("another season").to_string();
    assert!(message.contains("real_time.start_month: is 2025-07"), "{message}");
}

#[test]
fn unknown_fields_and_wrong_units_are_named() {
    broken("[[budgets]]", "[[budget]]", &["budget", "did you mean `budgets`"]);
    broken(
        "capacity_it_mw = 40.0",
        "capacity_mw = 40.0",
        &["loads[0].capacity_mw", "did you mean `capacity_it_mw`"],
    );
    broken("pue = 1.03", "pue = 0.97", &["loads[0].pue", "0.97", "1 to 3"]);
    broken(
        "interconnect_mw = 50.0",
        "interconnect_mw = -50.0",
        &["site.interconnect_mw", "-50", "0 to 1000000 MW"],
    );
    broken("at_least_share = 0.5", "at_least_share = 50", &["budgets[0].at_least_share", "is 50", "0 to 1"]);
    broken("months = 2", "months = 2\nstep_minutes = 30", &["case.step_minutes", "is 30", "60 or 15"]);
    broken("months = 2", "months = 0", &["case.months", "is 0", "1 to 120"]);
    broken("2024-03", "2024-3", &["case.start_month", "`2024-3`"]);
    broken("\"hb-houston\"", "\"hb-hoston\"", &["prices.calibration", "hb-hoston", "hb-houston, hb-west"]);
    broken("\"month\"", "\"fortnight\"", &["budgets[0].every", "horizon, year, month, week, day"]);
    broken("name = \"small\"", "name = \"../small\"", &["case.name", "it names a folder"]);
    broken("ramp_it_mw_per_hour = 5.0", "ramp_it_mw_per_hour = -5.0", &["ramp_it_mw_per_hour", "-5"]);
}

#[test]
fn contradictions_are_named() {
    broken(
        "seed = 3",
        "seed = 3\nfile = \"p.csv\"",
        &["prices.seed", "stands beside file", "prices.calibration"],
    );
    broken(
        "calibration = \"hb-houston\"\nseed = 3",
        "adder_usd_per_mwh = 1",
        &["prices", "no source of prices"],
    );
    broken(
        "calibration = \"hb-houston\"\nseed = 3",
        "file = \"p.csv\"",
        &["prices.file", "says not which prices"],
    );
    broken(
        "calibration = \"hb-houston\"\nseed = 3",
        "file = \"p.csv\"\npoint = \"HB_HOUSTON\"\nprice_column = \"p\"",
        &["prices.price_column", "stands beside point"],
    );
    broken("seed = 3", "point = \"HB_HOUSTON\"", &["prices.point", "belongs to file"]);
    broken("months = 2", "months = 2\nstep_minutes = 15", &["prices.calibration", "simulates hours"]);
    broken("months = 2", "months = 2\nend_month = \"2024-04\"", &["case.end_month", "stands beside months"]);
    broken(
        "load = \"training\"",
        "site = true\nload = \"training\"",
        &["budgets[0].load", "beside site = true"],
    );
    broken("load = \"training\"", "", &["budgets[0]", "counts nothing"]);
    broken(
        "load = \"training\"",
        "load = \"trainig\"",
        &["budgets[0].load", "`trainig`", "mining, training"],
    );
    broken("at_least_share = 0.5", "", &["budgets[0]", "has no size"]);
    broken(
        "at_least_share = 0.5",
        "at_least_share = 0.5\nat_most_mwh = 5",
        &["budgets[0].at_most_mwh", "stands beside at_least_share"],
    );
    broken("name = \"mining\"", "name = \"training\"", &["loads[1].name", "two loads"]);
    broken("value_usd_per_it_mwh = 60.0", "value_column = \"v\"", &["loads[0].value_column", "[series]"]);
    broken(
        "availability_share = 0.9",
        "availability_share = 0.9\ndemand_column = \"d\"",
        &["loads[1].capacity_it_mw", "loads[1].availability_share", "beside demand_column"],
    );
    broken(
        "[site]",
        "[[calls]]\nstart = \"2024-05-01T00:00\"\nhours = 1\nlimit_mw = 0\n[site]",
        &["calls[0].start", "within 2024-03 to 2024-04"],
    );
    broken(
        "ramp_it_mw_per_hour = 5.0",
        "restart_cost_usd = 100\n[real_time]\ncalibration = \"hb-houston\"",
        &["real_time", "cannot bid for load `training`"],
    );
}

#[test]
fn all_faults_come_in_one_message() {
    let text = SMALL.replace("pue = 1.03", "pue = 0.5").replace("months = 2", "months = 2\nmoths = 3");
    let faults =
        parse(&text.replace("interconnect_mw = 50.0", ""), Path::new(".")).expect_err("three faults");
    assert_eq!(faults.faults.len(), 3, "{faults}");
    let empty = parse("", Path::new(".")).expect_err("nothing in it").to_string();
    for part in ["case", "prices", "site", "loads"] {
        assert!(empty.contains(&format!("{part}: ")), "{part}:\n{empty}");
    }
}

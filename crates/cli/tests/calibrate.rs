//! `wattshift calibrate` as a user meets it: files in, a calibration and its chart out, faults with exit code 2.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn wattshift(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The day of the spring clock change, which has no hour ending 03:00, and of the autumn one, which has 02:00 twice.
fn clock_changes(year: i16) -> [(u8, u8); 2] {
    match year {
        2023 => [(3, 12), (11, 5)],
        _ => [(3, 10), (11, 3)],
    }
}

/// A year of hourly prices of HB_WEST and LZ_WEST in the layout of the yearly day-ahead files; `skip` leaves out an hour.
fn year_file(folder: &Path, year: i16, skip: Option<(u8, u8, u8)>) -> PathBuf {
    let mut csv = String::from(
        "Delivery Date,Hour Ending,Repeated Hour Flag,Settlement Point,Settlement Point Price\n",
    );
    let [spring, autumn] = clock_changes(year);
    // A small generator of its own, so that the prices are the same everywhere.
    let mut state = u64::from(year.unsigned_abs());
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1u64 << 24) as f64
    };
    let (mut slow, mut fast) = (0.0, 0.0);
    for month in 1..=12u8 {
        let days = match month {
            2 => 28 + u8::from(year % 4 == 0),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        for day in 1..=days {
            slow = 0.97 * slow + 0.3 * (uniform() - 0.5);
            for hour in 1..=24u8 {
                fast = 0.8 * fast + 0.6 * (uniform() - 0.5);
                let evening = if (18..=21).contains(&hour) { 12.0 } else { 0.0 };
                let spike = if uniform() > 0.995 { 300.0 } else { 0.0 };
                let price = 24.0 * f64::exp(slow + fast) + evening + spike - 4.0;
                let flags: &[&str] = match (month, day, hour) {
                    (m, d, 3) if (m, d) == spring => &[],
                    (m, d, 2) if (m, d) == autumn => &["N", "Y"],
                    wanted if Some(wanted) == skip => &[],
                    _ => &["N"],
                };
                for flag in flags {
                    for (point, more) in [("HB_WEST", 0.0), ("LZ_WEST", 3.0)] {
                        let price = price + more;
                        let _ = writeln!(
                            csv,
                            "{month:02}/{day:02}/{year},{hour:02}:00,{flag},{point},{price:.2}"
                        );
                    }
                }
            }
        }
    }
    let path = folder.join(format!("dam_{year}.csv"));
    fs::write(&path, csv).unwrap();
    path
}

#[test]
fn power_files_of_two_years_become_a_calibration_that_a_scenario_takes() {
    let folder = tempfile::tempdir().unwrap();
    year_file(folder.path(), 2023, None);
    year_file(folder.path(), 2024, None);
    let args =
        ["calibrate", "power", "dam_2024.csv", "dam_2023.csv", "--point", "HB_WEST", "--date", "2026-11-22"];
    let done = wattshift(folder.path(), &args);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let printed = text(&done.stdout);
    for wanted in [
        "layout: ",
        "17544 rows used, 17544 rows of other series left aside",
        "2023-01 to 2024-12: 17,544 hours with a price, 0 of 17,544 missing or dropped",
        "± s.e.",
        "mean_usd_per_mwh",
        "lag, h",
        "wrote data/calibration/power_hb-west.png and data/calibration/power_hb-west.toml",
        "use it in a scenario: [power] calibration = \"data/calibration/power_hb-west.toml\"",
        "(for a scenario in this folder; a scenario's paths count from its own)",
    ] {
        assert!(printed.contains(wanted), "{wanted}:\n{printed}");
    }
    assert_eq!(names(&folder.path().join("data/calibration")), ["power_hb-west.png", "power_hb-west.toml"]);
    let toml = fs::read_to_string(folder.path().join("data/calibration/power_hb-west.toml")).unwrap();
    for wanted in ["point = \"HB_WEST\"", "dam_2023.csv (sha256 ", "fit_date = \"2026-11-22\""] {
        assert!(toml.contains(wanted), "{wanted}");
    }
    assert!(!toml.contains(&folder.path().display().to_string()), "the folder is nobody's business");

    // The second time it is in the way, and stays as it is.
    let again = wattshift(folder.path(), &args);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("is already there; name another place with -o or use --force"));
    let forced = wattshift(folder.path(), &[&args[..], &["--force"]].concat());
    assert!(forced.status.success(), "{}", text(&forced.stderr));
    assert_eq!(fs::read_to_string(folder.path().join("data/calibration/power_hb-west.toml")).unwrap(), toml);

    let scenario = include_str!("../../../data/scenarios/texas-campus.toml");
    fs::write(folder.path().join("texas.toml"), scenario).unwrap();
    let set = "power.calibration=data/calibration/power_hb-west.toml";
    let checked = wattshift(folder.path(), &["check", "texas.toml", "--set", set]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
}

#[test]
fn a_point_that_is_not_there_is_answered_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    year_file(folder.path(), 2024, None);
    let done = wattshift(folder.path(), &["calibrate", "power", "dam_2024.csv", "--point", "HB_NORTH"]);
    assert_eq!(done.status.code(), Some(2));
    let said = text(&done.stderr);
    assert!(said.contains("no prices of HB_NORTH") && said.contains("HB_WEST, LZ_WEST"), "{said}");
    assert_eq!(names(folder.path()), ["dam_2024.csv"], "nothing is written");
}

#[test]
fn gaps_are_refused_until_they_are_allowed() {
    let folder = tempfile::tempdir().unwrap();
    year_file(folder.path(), 2024, Some((7, 4, 12)));
    let args = ["calibrate", "power", "dam_2024.csv", "--point", "HB_WEST", "-o", "west.toml"];
    let refused = wattshift(folder.path(), &args);
    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused.stderr);
    assert!(
        said.contains("1 interval(s) missing") && said.contains("--allow-gaps fits around them"),
        "{said}"
    );
    assert!(!folder.path().join("west.toml").exists());
    let more = ["--allow-gaps", "--drop", "2024-03-10/2024-03-16"];
    let done = wattshift(folder.path(), &[&args[..], &more[..]].concat());
    assert!(done.status.success(), "{}", text(&done.stderr));
    // A week with the short day has 167 hours, and one hour is not in the file.
    let printed = text(&done.stdout);
    assert!(printed.contains("168 of 8,784 missing or dropped"), "{printed}");
    assert_eq!(names(folder.path()), ["dam_2024.csv", "west.png", "west.toml"]);
}

#[test]
fn a_period_outside_the_files_and_one_too_short_say_how_to_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    year_file(folder.path(), 2024, None);
    let check = |more: &[&str], expected: &str| {
        let args = [&["calibrate", "power", "dam_2024.csv", "--point", "HB_WEST"], more].concat();
        let done = wattshift(folder.path(), &args);
        assert_eq!(done.status.code(), Some(2), "{more:?}");
        assert!(text(&done.stderr).contains(expected), "{}", text(&done.stderr));
        assert_eq!(names(folder.path()), ["dam_2024.csv"], "nothing is written");
    };
    check(
        &["--from", "2023-01"],
        "2023-01-01 lies outside the prices, which go from 2024-01-01 to 2024-12-31",
    );
    check(&["--from", "2024-05", "--to", "2024-03"], "it ends before it begins");
    check(&["--drop", "2034-03-10/2034-03-16"], "which go from 2024-01-01 to 2024-12-31; change --drop");
    check(&["--name", ""], "wanted is a name");
    check(&["--name", "HB\nWEST"], "without control characters");
    check(&["-o", "dam_2024.csv/west.toml"], "cannot write to");
    check(&["--from", "2024-1"], "a month such as 2024-01");
    check(&["--drop", "2024-03-16/2024-03-10"], "the earlier first");
    check(&["-o", "west.csv"], "does not end in .toml");
    check(&["--date", "today"], "--date");
}

#[test]
fn a_folder_in_the_place_of_the_file_is_refused_before_anything_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("lease.toml")).unwrap();
    let done = wattshift(folder.path(), &["calibrate", "lease", "-o", "lease.toml", "--force"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains("lease.toml is a folder"), "{}", text(&done.stderr));
    assert_eq!(names(folder.path()), ["lease.toml"]);
}

#[test]
fn the_end_of_a_file_in_utc_is_no_whole_day_and_blank_prices_are_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let hour = |n: i64| jiff::Timestamp::from_second(1_704_067_200 + 3_600 * n).unwrap();
    let price = |n: i64| 30.0 + 9.0 * ((n * n % 97) as f64 / 97.0) + (n % 24) as f64;
    let rows: Vec<String> = (0..366 * 24).map(|n| format!("{},{}", hour(n), price(n))).collect();
    let write = |rows: &[String]| {
        fs::write(folder.path().join("utc.csv"), format!("time,west\n{}\n", rows.join("\n"))).unwrap();
    };
    write(&rows);
    let args = ["calibrate", "power", "utc.csv", "--point", "west", "-o", "west.toml"];
    let done = wattshift(folder.path(), &args);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let printed = text(&done.stdout);
    assert!(printed.contains("2024-12-31 is not whole in the files and is left out"), "{printed}");
    assert!(
        printed.contains("2024-01 to 2024-12: 8,760 hours with a price, 24 of 8,784 missing"),
        "{printed}"
    );

    let mut blank = rows;
    blank[100] = format!("{},", hour(100));
    write(&blank);
    let done = wattshift(folder.path(), &[&args[..], &["--force"]].concat());
    let said = text(&done.stderr);
    assert!(said.contains("blank") && said.contains("--allow-gaps takes blank prices as missing"), "{said}");
}

#[test]
fn shipped_marks_give_the_shipped_calibrations() {
    let folder = tempfile::tempdir().unwrap();
    for (command, shipped, wanted) in [
        ("lease", include_str!("../../../data/calibration/lease.toml"), "a selected sample"),
        ("gpu", include_str!("../../../data/calibration/gpu.toml"), "prior_share says how much"),
    ] {
        let out = format!("{command}.toml");
        let done = wattshift(folder.path(), &["calibrate", command, "-o", &out, "--date", "2026-11-22"]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        let printed = text(&done.stdout);
        assert!(printed.contains(wanted) && printed.contains("assumption"), "{printed}");
        assert!(printed.lines().all(|line| line.chars().count() <= 100), "{printed}");
        assert!(printed.contains(&format!("calibration = \"{command}.toml\"")), "{printed}");
        assert!(printed.contains("take reversion_per_year and volatility_per_sqrt_year out"), "{printed}");
        assert_eq!(fs::read_to_string(folder.path().join(out)).unwrap(), shipped, "{command}");
    }
    assert_eq!(names(folder.path()), ["gpu.png", "gpu.toml", "lease.png", "lease.toml"]);
}

#[test]
fn marks_of_ones_own_are_read_and_judged() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("mine.csv"),
        "gpu,month,price_usd_per_gpu_hour,in_fit\nA100,2023-01,2.2,yes\nA100,2024-01,1.7,yes\nA100,2025-01,1.3,yes\n",
    )
    .unwrap();
    let done = wattshift(folder.path(), &["calibrate", "gpu", "mine.csv", "-o", "a100.toml"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let printed = text(&done.stdout);
    assert!(printed.contains("A100: 3 marks, 2023-01 to 2025-01"));
    assert!(!printed.contains("A handful of secondary marks"), "caveats of the shipped marks:\n{printed}");
    fs::write(
        folder.path().join("few.csv"),
        "gpu,month,price_usd_per_gpu_hour,in_fit\nA100,2023-01,-2,yes\nA100,2023-02,2,perhaps\n",
    )
    .unwrap();
    let done = wattshift(folder.path(), &["calibrate", "gpu", "few.csv", "-o", "few.toml"]);
    assert_eq!(done.status.code(), Some(2));
    let said = text(&done.stderr);
    assert!(said.contains("row 2: price_usd_per_gpu_hour is `-2`"), "{said}");
    assert!(said.contains("row 3: in_fit is `perhaps`"), "{said}");
}

#[test]
fn help_has_examples_for_each_market() {
    let folder = tempfile::tempdir().unwrap();
    for (command, example) in [
        ("power", "wattshift calibrate power rtm_2022.csv rtm_2023.csv rtm_2024.csv --point HB_WEST"),
        ("bitcoin", "wattshift calibrate bitcoin btc_daily.csv.gz"),
        ("gpu", "wattshift calibrate gpu my_marks.csv"),
        ("lease", "wattshift calibrate lease -o my/lease.toml"),
    ] {
        let done = wattshift(folder.path(), &["calibrate", command, "--help"]);
        assert!(done.status.success());
        let help = text(&done.stdout);
        for wanted in [example, "--force", "--date", "--out", "Exit codes"] {
            assert!(help.contains(wanted), "{command} {wanted}:\n{help}");
        }
    }
}

/// A file of the reference data, if it is at hand.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if !path.exists() {
        eprintln!("skipped: ../shared/data/{name} is absent");
        return None;
    }
    Some(path)
}

#[test]
fn bitcoin_is_fitted_to_its_daily_record() {
    let Some(file) = shared("btc_daily_2015_2025h1.csv.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = file.display().to_string();
    let done = wattshift(
        folder.path(),
        &["calibrate", "bitcoin", &file, "-o", "bitcoin.toml", "--date", "2026-11-22"],
    );
    assert!(done.status.success(), "{}", text(&done.stderr));
    let printed = text(&done.stdout);
    assert!(printed.contains("volatility per √year") && printed.contains("± s.e."), "{printed}");
    let toml = fs::read_to_string(folder.path().join("bitcoin.toml")).unwrap();
    assert!(toml.contains("btc_daily_2015_2025h1.csv.gz (sha256 "), "{toml}");
}

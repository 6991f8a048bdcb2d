//! `wattshift backtest markets` as a user meets it.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn backtest(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wattshift"))
        .current_dir(folder)
        .args(["backtest", "markets"])
        .args(args)
        .output()
        .expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A made-up daily record of five years with a retarget every fortnight.
fn record(folder: &Path) {
    let mut csv = String::from("date_utc,price_usd,difficulty,blocks,fees_btc\n");
    let mut day = jiff::civil::date(2019, 1, 1);
    let (mut price, mut difficulty) = (4_000.0_f64, 5e12_f64);
    for number in 0..1_826_u32 {
        price *= (0.03 * (f64::from(number) * 1.3).sin() + 0.001).exp();
        if number % 14 == 5 {
            difficulty *= (0.02 + 0.03 * (f64::from(number) / 90.0).sin()).exp();
        }
        let _ = writeln!(csv, "{day},{price},{difficulty},144,14.4");
        day = day.tomorrow().expect("dates of this century");
    }
    fs::write(folder.join("daily.csv"), csv).expect("the folder can be written to");
}

#[test]
fn forecasts_are_scored_drawn_and_written_and_repeat_to_the_byte() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    record(folder.path());
    let args = |out: &'static str, threads| {
        ["--bitcoin", "daily.csv", "--paths", "100", "-o", out, "--threads", threads]
    };
    let done = backtest(folder.path(), &args("one", "1"));
    assert!(done.status.success(), "{}", text(&done.stderr));
    let told = text(&done.stdout);
    for part in ["hashprice", "random walk with drift", "90 % range", "scores.csv"] {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
    assert!(backtest(folder.path(), &args("two", "2")).status.success());
    for file in ["scores.csv", "forecasts.csv", "backtest.svg"] {
        let [one, two] = ["one", "two"].map(|out| fs::read(folder.path().join(out).join(file)).expect(file));
        assert_eq!(one, two, "{file} depends on the number of threads");
    }
    assert!(fs::metadata(folder.path().join("one/backtest.png")).expect("a chart").len() > 10_000);
    let scores = fs::read_to_string(folder.path().join("one/scores.csv")).expect("scores");
    assert!(scores.lines().next().is_some_and(|header| header.contains("coverage_of_80_percent_share")));
}

#[test]
fn what_cannot_be_judged_ends_with_code_2_and_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    record(folder.path());
    fs::write(folder.path().join("price.csv"), "date,price\n2020-01-01,7000\n2020-01-02,7100\n")
        .expect("written");
    for (args, wanted) in [
        (&["--bitcoin", "none.csv"][..], "none.csv"),
        (&["--bitcoin", "price.csv"], "no difficulty on 2020-01-01"),
        (&["--bitcoin", "daily.csv", "--from", "2023-01", "--to", "2022-01"], "end before they begin"),
        (&["--bitcoin", "daily.csv", "--from", "2030-01"], "the record allows 2020-12 to 2023-11"),
        (&["--bitcoin", "daily.csv", "--to", "2024-06"], "the record allows 2020-12 to 2023-11"),
        (&["--bitcoin", "daily.csv", "--from", "2019-06"], "at the end of 2019-06"),
        (&["--bitcoin", "daily.csv", "--paths", "-5"], "-5 is not in 100..=1000000"),
        (&["--power", "none.csv", "--point", ""], "wanted is a name"),
        (&["--bitcoin", "daily.csv", "--from", "2030"], "YYYY-MM"),
        (&["--bitcoin", "daily.csv", "--paths", "10"], "100"),
        (&["--power", "none.csv"], "--point"),
        (&[], "--bitcoin <FILE>|--power <FILE>"),
    ] {
        let done = backtest(folder.path(), args);
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        let told = text(&done.stderr);
        assert!(told.contains(wanted), "{args:?}: `{wanted}` is not in:\n{told}");
        assert!(!folder.path().join("out").exists(), "{args:?} wrote something");
    }
}

#[test]
fn results_that_are_there_stay_until_told_and_a_bad_place_is_seen_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    record(folder.path());
    let args = ["--bitcoin", "daily.csv", "--paths", "100", "--from", "2023-11", "-o", "one"];
    let done = backtest(folder.path(), &args);
    assert!(done.status.success(), "{}", text(&done.stderr));
    // One origin is one block, of which no range can be told.
    assert!(text(&done.stdout).lines().any(|line| line.ends_with(" –")), "{}", text(&done.stdout));
    let again = backtest(folder.path(), &args);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("is already there"), "{}", text(&again.stderr));
    assert!(backtest(folder.path(), &[&args[..], &["--force"]].concat()).status.success());
    // The record is not looked at before the place is.
    let refused = backtest(folder.path(), &["--bitcoin", "none.csv", "-o", "daily.csv/out"]);
    assert!(text(&refused.stderr).contains("cannot write to"), "{}", text(&refused.stderr));
}

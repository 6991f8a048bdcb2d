//! What `[bitcoin]` may say beyond the shipped scenario, and how wrong sayings are refused.

use market::{BitcoinSettings, BitcoinSource, PriceLaw};
use scenario::{Faults, Scenario};
use std::fmt::Write as _;
use std::path::Path;

const VALID: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const COST: &str = "cost_curve_usd_per_ph_day = 44.0";

/// The shipped scenario with lines put before the cost curve of `[bitcoin]`.
fn with(folder: &Path, lines: &str) -> Result<Scenario, Faults> {
    Scenario::parse("test.toml", &VALID.replacen(COST, &format!("{lines}\n{COST}"), 1), folder, &[])
}

fn settings(scenario: &Scenario) -> &BitcoinSettings {
    match &scenario.market.bitcoin {
        BitcoinSource::Model(settings) => settings,
        BitcoinSource::Replay(_) => panic!("the scenario models Bitcoin"),
    }
}

fn loaded(folder: &Path, lines: &str) -> Scenario {
    with(folder, lines).unwrap_or_else(|faults| panic!("{faults}"))
}

fn refused(folder: &Path, lines: &str, wanted: &[&str]) {
    let message = with(folder, lines).map(|_| ()).expect_err(lines).to_string();
    for part in wanted {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
}

#[test]
fn fitted_parameters_are_uncertain_and_stated_ones_are_not() {
    let here = Path::new(".");
    let fitted = loaded(here, "");
    assert!(settings(&fitted).volatility_log_error > 0.03);
    assert!(settings(&fitted).response.covariance[1][1] > 1e-5);
    assert!(settings(&fitted).response.entry_per_epoch > settings(&fitted).response.exit_per_epoch);
    let stated = loaded(here, "volatility_per_sqrt_year = 0.6\nhashrate_response_per_epoch = 0.03");
    assert_eq!(settings(&stated).volatility_log_error, 0.0);
    let response = settings(&stated).response;
    assert_eq!((response.entry_per_epoch, response.exit_per_epoch), (0.03, 0.03));
    assert_eq!(response.covariance, [[0.0; 3]; 3]);
    let faster_exit =
        loaded(here, "hashrate_response_per_epoch = 0.03\nhashrate_exit_response_per_epoch = 0.06");
    assert_eq!(settings(&faster_exit).response.exit_per_epoch, 0.06);
    // The resolved form states every figure, and with it every error.
    for scenario in [&fitted, &stated, &faster_exit] {
        let again = Scenario::parse("again.toml", &scenario.resolved, here, &[]).unwrap();
        assert_eq!(settings(scenario), settings(&again));
    }
    refused(here, "hashrate_exit_response_per_epoch = 0.06", &["needs hashrate_response_per_epoch"]);
    refused(here, "hashrate_covariance_pace_entry_exit = [1e-5]", &["has 1 entries", "6"]);
    refused(
        here,
        "hashrate_covariance_pace_entry_exit = [1e-5, 1e-3, 0.0, 1e-5, 0.0, 1e-5]",
        &["is no covariance", "positive semidefinite"],
    );
    refused(here, "ai_pull = -1.0", &["bitcoin.ai_pull", "-1", "0 to 5"]);
    refused(here, "volatility_log_error = 1.5", &["bitcoin.volatility_log_error", "0 to 1"]);
}

#[test]
fn a_forward_curve_sets_the_expected_price() {
    let folder = tempfile::tempdir().unwrap();
    let curve = "month,btc_usd\n2026-01,91000\n2026-07,100000\n2027-01,110000\n";
    std::fs::write(folder.path().join("btc.csv"), curve).unwrap();
    let scenario = loaded(folder.path(), "price_curve_file = \"btc.csv\"");
    let price = &settings(&scenario).price;
    assert!((price.start() - 90_000.0).abs() < 1e-6);
    assert!((price.ln_at(15.5).exp() - 91_000.0).abs() < 1e-6);
    // The middle of July 2026, and a year after the middle of January 2027 with 2.5 % growth.
    assert!((price.ln_at(181.0 + 15.5).exp() - 100_000.0).abs() < 1e-6);
    assert!((price.ln_at(365.0 + 15.5 + 365.25).exp() / 110_000.0 - 1.025).abs() < 1e-9);
    assert!(scenario.inputs.iter().any(|input| input.named == "btc.csv"));
    refused(folder.path(), "price_curve_file = \"none.csv\"", &["bitcoin.price_curve_file", "none.csv"]);
    std::fs::write(folder.path().join("old.csv"), "month,btc_usd\n2020-01,9000\n").unwrap();
    refused(folder.path(), "price_curve_file = \"old.csv\"", &["has no month from 2026-01 on"]);
}

#[test]
fn a_curve_in_another_unit_is_refused_by_its_name_or_warned_of_by_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("power.csv", "month,usd_per_mwh\n2026-01,40\n");
    let price = "price_curve_file = \"power.csv\"";
    refused(folder.path(), price, &["bitcoin.price_curve_file", "per MWh", "Bitcoin in USD"]);
    write("th.csv", "month,usd_per_th_day\n2026-01,0.039\n");
    let hashprice = |file: &str| {
        let text = VALID.replacen(COST, &format!("hashprice_curve_file = \"{file}\""), 1);
        Scenario::parse("test.toml", &text, folder.path(), &[])
    };
    let message = hashprice("th.csv").map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("per TH/s") && message.contains("USD/PH/day"), "{message}");
    // Names that say nothing leave the size to judge by.
    write("settle.csv", "month,settle\n2026-01,40\n");
    write("near.csv", "month,settle\n2026-01,95000\n");
    let warned = |scenario: Scenario| scenario.warnings.iter().any(|w| w.contains("more than 5 times off"));
    assert!(warned(loaded(folder.path(), "price_curve_file = \"settle.csv\"")));
    assert!(!warned(loaded(folder.path(), "price_curve_file = \"near.csv\"")));
    write("slip.csv", "month,settle\n2026-01,0.039\n");
    assert!(warned(hashprice("slip.csv").unwrap()) && !warned(hashprice("settle.csv").unwrap()));
}

#[test]
fn a_forward_curve_of_hashprice_replaces_the_cost_curve() {
    let folder = tempfile::tempdir().unwrap();
    let mut curve = String::from("month,usd_per_ph_day\n");
    for month in 0..48 {
        let halved = if month < 27 { 39.0 } else { 22.0 };
        let _ = writeln!(curve, "{}-{:02},{halved}", 2026 + month / 12, month % 12 + 1);
    }
    std::fs::write(folder.path().join("hp.csv"), curve).unwrap();
    let text = VALID.replacen(COST, "hashprice_curve_file = \"hp.csv\"", 1);
    let scenario = Scenario::parse("test.toml", &text, folder.path(), &[]).unwrap();
    let settings = settings(&scenario);
    assert!((settings.cost_curve.start() - 39.0).abs() < 1e-9);
    let reward = settings.reward_in_curve.as_ref().unwrap();
    // 119,760 blocks to the halving are 27 months and a bit.
    assert!((reward.ln_at(300.0).exp() - 3.155).abs() < 1e-3);
    assert!((reward.ln_at(1_000.0).exp() - 1.5925).abs() < 1e-3);
    refused(folder.path(), "hashprice_curve_file = \"hp.csv\"", &["allowed is one of the two"]);
}

#[test]
fn jumps_and_resampled_history_take_the_place_of_normal_returns() {
    let folder = tempfile::tempdir().unwrap();
    let jumps = loaded(folder.path(), "price_model = \"jumps\"\njump_mean = -0.02");
    assert!(
        matches!(settings(&jumps).price_law, PriceLaw::Jumps(law) if law.mean == -0.02 && law.per_year > 50.0)
    );
    refused(
        folder.path(),
        "price_model = \"jumps\"\njump_sd = 0.9",
        &["bitcoin.jumps_per_year: gives jumps a variance of", "= 0.475"],
    );
    let mut record = String::from("date,price\n");
    let mut day = jiff::civil::date(2024, 1, 1);
    for number in 0..200 {
        let _ = writeln!(record, "{day},{}", 50_000.0 + 1_000.0 * f64::from(number).sin());
        day = day.tomorrow().unwrap();
    }
    std::fs::write(folder.path().join("daily.csv"), record).unwrap();
    let lines = "price_model = \"bootstrap\"\nhistory_file = \"daily.csv\"\nmean_block_days = 20.0";
    assert!(matches!(settings(&loaded(folder.path(), lines)).price_law, PriceLaw::Bootstrap(_)));
    std::fs::write(folder.path().join("short.csv"), "date,price\n2024-01-01,5\n2024-01-02,6\n").unwrap();
    let short = "price_model = \"bootstrap\"\nhistory_file = \"short.csv\"";
    refused(folder.path(), short, &["bitcoin.history_file", "fewer than 101 days"]);
    let missing = with(folder.path(), "price_model = \"bootstrap\"").map(|_| ()).unwrap_err();
    assert_eq!(missing.faults.len(), 1, "{missing}");
    refused(folder.path(), "price_model = \"bootstrap\"", &["bitcoin.history_file", "is missing"]);
    refused(folder.path(), "jump_sd = 0.1", &["bitcoin.jump_sd: belongs to price_model = \"jumps\""]);
    let still = "price_model = \"jumps\"\nvolatility_per_sqrt_year = 0.0";
    refused(folder.path(), still, &["squared = 0.000"]);
}

#[test]
fn calibrations_may_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = include_str!("../../../data/calibration/bitcoin.toml");
    let calmer = shipped.replacen("volatility = { value = 0.688997", "volatility = { value = 0.5", 1);
    assert_ne!(shipped, calmer);
    std::fs::write(folder.path().join("calm.toml"), calmer).unwrap();
    assert_eq!(settings(&loaded(folder.path(), "calibration = \"calm.toml\"")).volatility, 0.5);
    std::fs::write(folder.path().join("torn.toml"), &shipped[..300]).unwrap();
    refused(
        folder.path(),
        "calibration = \"torn.toml\"",
        &["bitcoin.calibration", "wattshift calibrate bitcoin"],
    );
    let rate = VALID.replacen("[hosting.rate]", "[hosting.rate]\ncalibration = \"none.toml\"", 1);
    let message =
        Scenario::parse("test.toml", &rate, folder.path(), &[]).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("hosting.rate.calibration"), "{message}");
}

#[test]
fn a_calibration_of_something_else_is_refused_by_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let power = include_str!("../../../data/calibration/power_hb-west.toml");
    for (name, text) in [
        ("power.toml", power),
        ("gpu.toml", include_str!("../../../data/calibration/gpu.toml")),
        ("lease.toml", include_str!("../../../data/calibration/lease.toml")),
        ("bitcoin.toml", include_str!("../../../data/calibration/bitcoin.toml")),
        ("reserves.toml", include_str!("../../../data/calibration/reserves.toml")),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let message = |from: &str, to: &str| {
        let scenario = Scenario::parse("test.toml", &VALID.replacen(from, to, 1), folder.path(), &[]);
        scenario.map(|_| ()).expect_err(to).to_string()
    };
    let rate = |header: &str, file: &str| message(header, &format!("{header}\ncalibration = \"{file}\""));
    let lz_west = "calibration = \"lz-west\"";
    for (said, wanted) in [
        (
            rate("[hosting.rate]", "gpu.toml"),
            "is a calibration of GPU-hour prices (USD per GPU-hour), not of lease",
        ),
        (
            rate("[gpus.price]", "lease.toml"),
            "is a calibration of lease rents (USD per kW and month), not of GPU",
        ),
        (rate("[bitcoin]", "power.toml"), "is a calibration of power prices, not of Bitcoin"),
        (
            message(lz_west, "calibration = \"bitcoin.toml\""),
            "is a calibration of Bitcoin, not of power prices",
        ),
        (message(lz_west, "calibration = \"reserves.toml\""), "is a calibration of reserve prices"),
        (message(lz_west, "calibration = \"LZ_WEST\""), "did you mean `lz-west`?"),
    ] {
        assert!(said.contains(wanted), "`{wanted}` is not in:\n{said}");
        assert!(said.lines().count() < 8, "no parser's dump:\n{said}");
    }
}

#[test]
fn a_calibration_that_stated_figures_leave_without_effect_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lease.toml"), include_str!("../../../data/calibration/lease.toml"))
        .unwrap();
    let taken = VALID.replacen("[hosting.rate]", "[hosting.rate]\ncalibration = \"lease.toml\"", 1);
    let warned = |text: &str| {
        let scenario = Scenario::parse("test.toml", text, folder.path(), &[]).unwrap();
        scenario.warnings.iter().any(|w| w.contains("hosting.rate.calibration has no effect"))
    };
    assert!(warned(&taken));
    assert!(!warned(&taken.replacen("volatility_per_sqrt_year = 0.18", "# ", 1)));
}

#[test]
fn fields_of_the_model_beside_a_replay_are_called_what_they_are() {
    let here = Path::new(".");
    let resolved = loaded(here, "price_model = \"jumps\"").resolved;
    let (_, section) = resolved.split_once("[bitcoin]\n").unwrap();
    let section = section.split("\n[").next().unwrap();
    let fields = section.lines().filter(|line| line.contains(" = ")).count();
    assert!(fields > 20, "{section}");
    let replayed = resolved.replacen("[bitcoin]", "[bitcoin]\nreplay_file = \"none.csv\"", 1);
    let message = Scenario::parse("test.toml", &replayed, here, &[]).map(|_| ()).unwrap_err().to_string();
    assert_eq!(message.matches("belongs to the model of Bitcoin").count(), fields, "{message}");
    assert!(!message.contains("unknown"), "{message}");
    assert!(!message.contains("replay_file: :"), "{message}");
    let text = VALID.replacen("[power]", "[power]\npoint = \"HB_WEST\"\nreplay_point = \"HB_WEST\"", 1);
    let message = Scenario::parse("test.toml", &text, here, &[]).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("power.point: belongs to model = \"bootstrap\""), "{message}");
    assert!(message.contains("power.replay_point: belongs to a replay"), "{message}");
}

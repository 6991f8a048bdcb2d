//! The market part of a scenario: Bitcoin, power, lease rate, GPU-hour price, correlations, offers.

use crate::bitcoin_section;
use crate::campus_section::GROWTH;
use crate::inputs::Inputs;
use crate::reader::{Rule, Section};
use market::correlation::{Correlation, N_FACTORS};
use market::power::BUILTIN_NAMES;
use market::{
    Market, MeanReverting, OfferLaw, PowerCalibration, PowerHistory, PowerModel, PowerSource,
    RateCalibration, RateSettings,
};
use site::Calendar;

const USD_PER_MWH: &str = "USD/MWh";

/// Reads everything about the market; files named in it are read here and noted in `inputs`.
pub(crate) fn read(root: &Section<'_>, seed: u64, calendar: Calendar, inputs: &mut Inputs) -> Market {
    let hosting = root.section_or_empty("hosting");
    let offers = read_offers(&hosting);
    let lease_rate =
        read_rate(&hosting.section("rate"), "usd_per_kw_month", Rule::above(0.0, 1e4, "USD/kW-month"));
    let gpu_hour = if root.has("gpus") {
        let gpus = root.section_or_empty("gpus");
        read_rate(&gpus.section("price"), "usd_per_gpu_hour", Rule::above(0.0, 1e4, "USD per GPU-hour"))
    } else {
        let still = MeanReverting { kappa_per_year: 1.0, sigma_per_sqrt_year: 0.0 };
        RateSettings { start: 1.0, curve: 1.0, curve_growth_per_year: 0.0, process: still }
    };
    let power = read_power(&root.section_or_empty("power"), &calendar, inputs);
    let bitcoin = bitcoin_section::read(&root.section("bitcoin"), &calendar, inputs);
    let correlation = read_correlation(&root.section_or_empty("correlations"));
    Market { seed, calendar, bitcoin, power, lease_rate, gpu_hour, correlation, offers }
}

fn read_offers(hosting: &Section<'_>) -> OfferLaw {
    let section = hosting.section("offers");
    let arrivals_per_year = section.number("arrivals_per_year", Rule::between(0.0, 120.0, "a year"));
    let sizes = section.numbers_or("sizes_gross_mw", Rule::above(0.0, 20_000.0, "gross MW"), &[]);
    if sizes.is_empty() && !section.has("sizes_gross_mw") {
        section.fault("sizes_gross_mw", "is missing; wanted is a list of sizes in gross MW");
    }
    let even = vec![1.0; sizes.len()];
    let share = Rule::between(0.0, 1e6, "");
    let size_weights = section.numbers_or("size_weights", share, &even);
    let spreads = section.numbers_or("log_rent_spreads", Rule::between(-2.0, 2.0, ""), &[0.0]);
    let even = vec![1.0; spreads.len()];
    let spread_weights = section.numbers_or("log_rent_spread_weights", share, &even);
    let pair = |key: &str, values: &[f64], weights: &[f64]| -> Vec<(f64, f64)> {
        if values.len() != weights.len() {
            section.fault(
                key,
                format!("has {} entries for {} values; allowed is one each", weights.len(), values.len()),
            );
        } else if !values.is_empty() && weights.iter().sum::<f64>() <= 0.0 {
            section.fault(key, "sum to 0; allowed is a sum above 0");
        }
        values.iter().copied().zip(weights.iter().copied()).collect()
    };
    let law = OfferLaw {
        arrivals_per_year,
        sizes_gross_mw: pair("size_weights", &sizes, &size_weights),
        log_spreads: pair("log_rent_spread_weights", &spreads, &spread_weights),
    };
    section.finish();
    law
}

fn read_rate(section: &Section<'_>, unit: &str, rule: Rule) -> RateSettings {
    // Keys are per unit so that every quantity's unit is in its name.
    let (start_key, curve_key) = match unit {
        "usd_per_kw_month" => ("start_usd_per_kw_month", "curve_usd_per_kw_month"),
        _ => ("start_usd_per_gpu_hour", "curve_usd_per_gpu_hour"),
    };
    let start = section.number(start_key, rule);
    let fitted = match unit {
        "usd_per_kw_month" => RateCalibration::builtin_lease(),
        _ => RateCalibration::builtin_gpu(),
    }
    .process();
    let settings = RateSettings {
        start,
        curve: section.number_or(curve_key, rule, start),
        curve_growth_per_year: section.number_or("curve_growth_per_year", GROWTH, 0.0),
        process: MeanReverting {
            kappa_per_year: section.number_or(
                "reversion_per_year",
                Rule::between(0.0, 50.0, "per year"),
                fitted.kappa_per_year,
            ),
            sigma_per_sqrt_year: section.number_or(
                "volatility_per_sqrt_year",
                Rule::between(0.0, 3.0, "per square root of a year"),
                fitted.sigma_per_sqrt_year,
            ),
        },
    };
    section.finish();
    settings
}

fn read_power(section: &Section<'_>, calendar: &Calendar, inputs: &mut Inputs) -> PowerSource {
    // The contract's fields were read with the campus.
    for key in ["adder_usd_per_mwh", "block_mw", "block_strike_usd_per_mwh", "block_months"] {
        section.read_elsewhere(key);
    }
    let source = if section.has("replay_file") {
        inputs.replays = true;
        let file = section.text("replay_file", "a CSV file");
        let time = section.optional_text("replay_time_column").unwrap_or_else(|| "interval_start_utc".into());
        let price = section.text("replay_price_column", "the name of the price column");
        let (from, to) = (calendar.start_unix_s(), calendar.end_unix_s());
        let path = inputs.resolve(&file);
        match PowerHistory::read(&path, (&time, &price), from, to) {
            Ok(history) => {
                inputs.note(&file);
                PowerSource::Replay(history)
            }
            Err(error) => {
                section.fault("replay_file", error.to_string());
                PowerSource::Replay(PowerHistory {
                    start_unix_s: from,
                    step_s: 3_600,
                    prices_usd_per_mwh: Vec::new(),
                })
            }
        }
    } else {
        let name =
            section.text("calibration", &format!("one of {} or a TOML file", BUILTIN_NAMES.join(", ")));
        let calibration = read_calibration(section, &name, inputs);
        let level = calibration.as_ref().map_or(30.0, |c| c.history.mean_usd_per_mwh);
        let level_usd_per_mwh =
            section.number_or("level_usd_per_mwh", Rule::above(0.0, 1_000.0, USD_PER_MWH), level);
        let growth_per_year = section.number_or("level_growth_per_year", GROWTH, 0.0);
        let floor_usd_per_mwh =
            section.number_or("floor_usd_per_mwh", Rule::between(-1_000.0, 0.0, USD_PER_MWH), -251.0);
        let cap_usd_per_mwh =
            section.number_or("cap_usd_per_mwh", Rule::between(100.0, 20_000.0, USD_PER_MWH), 5_000.0);
        if level_usd_per_mwh >= cap_usd_per_mwh {
            section.fault(
                "level_usd_per_mwh",
                format!(
                    "is {level_usd_per_mwh}; allowed is below cap_usd_per_mwh = {cap_usd_per_mwh} USD/MWh"
                ),
            );
        }
        match calibration {
            Some(calibration) => PowerSource::Model(Box::new(PowerModel::new(
                calibration,
                level_usd_per_mwh,
                growth_per_year,
                floor_usd_per_mwh,
                cap_usd_per_mwh,
            ))),
            None => PowerSource::Replay(PowerHistory {
                start_unix_s: 0,
                step_s: 3_600,
                prices_usd_per_mwh: Vec::new(),
            }),
        }
    };
    section.finish();
    source
}

fn read_calibration(section: &Section<'_>, name: &str, inputs: &mut Inputs) -> Option<PowerCalibration> {
    if let Some(builtin) = PowerCalibration::builtin(name) {
        return Some(builtin);
    }
    if !name.ends_with(".toml") {
        if !name.is_empty() {
            let known = BUILTIN_NAMES.join(", ");
            section.fault(
                "calibration",
                format!("is `{name}`; allowed is one of {known}, or a file ending in .toml"),
            );
        }
        return None;
    }
    let path = inputs.resolve(name);
    let problem = |text: String| section.fault("calibration", format!("{}: {text}", path.display()));
    let text = std::fs::read_to_string(&path)
        .map_err(|error| problem(format!("cannot read the file ({error})")))
        .ok()?;
    let parsed = PowerCalibration::parse(&text).map_err(|error| problem(error.to_string())).ok()?;
    inputs.note(name);
    Some(parsed)
}

fn read_correlation(section: &Section<'_>) -> Correlation {
    const PAIRS: [(&str, usize, usize); 6] = [
        ("bitcoin_lease_rate", 0, 1),
        ("bitcoin_gpu_hour", 0, 2),
        ("bitcoin_power_level", 0, 3),
        ("lease_rate_gpu_hour", 1, 2),
        ("lease_rate_power_level", 1, 3),
        ("gpu_hour_power_level", 2, 3),
    ];
    let faults_before = section.log().n_faults();
    let mut matrix = [[0.0; N_FACTORS]; N_FACTORS];
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for (key, i, j) in PAIRS {
        let value = section.number_or(key, Rule::between(-1.0, 1.0, ""), 0.0);
        matrix[i][j] = value;
        matrix[j][i] = value;
    }
    let entries_are_sound = section.log().n_faults() == faults_before;
    let correlation = Correlation::try_new(&matrix).unwrap_or_else(|| {
        if entries_are_sound {
            let entries: Vec<String> = PAIRS.iter().map(|(key, i, j)| format!("{key} = {}", matrix[*i][*j])).collect();
            section.fault_here(format!(
                "make no correlation matrix ({}); allowed is a positive semidefinite one: bring the entries closer to 0",
                entries.join(", ")
            ));
        }
        Correlation::identity()
    });
    section.finish();
    correlation
}

//! The market part of a scenario: Bitcoin, power, lease rate, GPU-hour price, correlations, offers.

use crate::bitcoin_section;
use crate::calibration_file::{self, Kind};
use crate::campus_section::GROWTH;
use crate::history;
use crate::inputs::Inputs;
use crate::power_section;
use crate::reader::{Rule, Section};
use market::correlation::{Correlation, N_FACTORS};
use market::import::CurveKind;
use market::{
    Curve, EventLaw, Market, MeanReverting, OfferLaw, PowerLaw, PowerSource, RateCalibration, RateSettings,
};
use site::Calendar;

/// Reads everything about the market; files named in it are read here and noted in `inputs`.
pub(crate) fn read(root: &Section<'_>, seed: u64, calendar: Calendar, inputs: &mut Inputs) -> Market {
    let hosting = root.section_or_empty("hosting");
    let offers = read_offers(&hosting);
    let rule = Rule::above(0.0, 1e4, "USD/kW-month");
    let lease_rate = read_rate(&hosting.section("rate"), "usd_per_kw_month", rule, &calendar, inputs);
    let gpu_hour = if root.has("gpus") {
        let gpus = root.section_or_empty("gpus");
        let rule = Rule::above(0.0, 1e4, "USD per GPU-hour");
        read_rate(&gpus.section("price"), "usd_per_gpu_hour", rule, &calendar, inputs)
    } else {
        let still = MeanReverting { kappa_per_year: 1.0, sigma_per_sqrt_year: 0.0 };
        RateSettings { start: 1.0, curve: Curve::growing(1.0, 0.0), process: still }
    };
    let power = power_section::read(&root.section_or_empty("power"), &calendar, inputs);
    let bitcoin = bitcoin_section::read(&root.section("bitcoin"), &calendar, inputs);
    let correlations = root.section_or_empty("correlations");
    let correlation = read_correlation(&correlations);
    let no_level = match &power {
        PowerSource::Model(model) => matches!(model.law, PowerLaw::Bootstrap(_)),
        PowerSource::Replay(_) => false,
    };
    if no_level && POWER_PAIRS.iter().any(|key| correlations.has(key)) {
        inputs.warn("correlations with the power level do nothing here: power.model = \"bootstrap\" has no slow level".into());
    }
    Market {
        seed,
        calendar,
        bitcoin,
        power,
        lease_rate,
        gpu_hour,
        correlation,
        offers,
        events: EventLaw::default(),
    }
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
        // Tenants and events come with the terms of hosting.
        tenant_weights: Vec::new(),
    };
    section.finish();
    law
}

fn read_rate(
    section: &Section<'_>,
    unit: &str,
    rule: Rule,
    calendar: &Calendar,
    inputs: &mut Inputs,
) -> RateSettings {
    // Keys are per unit so that every quantity's unit is in its name.
    let (start_key, curve_key) = match unit {
        "usd_per_kw_month" => ("start_usd_per_kw_month", "curve_usd_per_kw_month"),
        _ => ("start_usd_per_gpu_hour", "curve_usd_per_gpu_hour"),
    };
    // Only lease rates have forward curves among the importers' kinds.
    let on_file = unit == "usd_per_kw_month" && section.has("curve_file");
    let (start, curve) = if on_file {
        for key in [curve_key, "curve_growth_per_year"] {
            if section.has(key) {
                section.fault(key, "stands beside curve_file; allowed is one of the two");
            }
        }
        let curve = power_section::read_curve(section, CurveKind::LeaseRate, calendar.start, 0.0, inputs)
            .unwrap_or_else(|| Curve::growing(1.0, 0.0));
        let start = section.number_or(start_key, rule, curve.at(0));
        inputs.warn_if_far("hosting.rate.curve_file", curve.at(0), start, start_key);
        (start, curve)
    } else {
        let start = section.number(start_key, rule);
        let first = section.number_or(curve_key, rule, start);
        (start, Curve::growing(first, section.number_or("curve_growth_per_year", GROWTH, 0.0)))
    };
    let (kind, shipped): (_, fn() -> RateCalibration) = match unit {
        "usd_per_kw_month" => (Kind::Lease, RateCalibration::builtin_lease),
        _ => (Kind::Gpu, RateCalibration::builtin_gpu),
    };
    if ["calibration", "reversion_per_year", "volatility_per_sqrt_year"].iter().all(|key| section.has(key)) {
        inputs.warn(format!(
            "{} has no effect: reversion_per_year and volatility_per_sqrt_year are stated beside it; leave them out to take its own",
            section.field("calibration")
        ));
    }
    let calibration = calibration_file::read(section, inputs, kind, shipped, RateCalibration::parse);
    let subject = match kind {
        Kind::Lease => "Market rent of new leases, first year".to_owned(),
        _ => format!("GPU-hour price ({})", calibration.subject),
    };
    inputs.history.push(history::of_rate(&calibration, &subject, start));
    let fitted = calibration.process();
    let settings = RateSettings {
        start,
        curve,
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

/// Correlations with the slow level of power, which only the fitted model has.
const POWER_PAIRS: [&str; 3] = ["bitcoin_power_level", "lease_rate_power_level", "gpu_hour_power_level"];

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

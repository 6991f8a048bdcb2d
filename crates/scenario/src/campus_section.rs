//! The campus part of a scenario: site, company, fleets, halls, conversion, hosting terms, GPUs, power contract.

use crate::catalogue::{gpu_systems, machines};
use crate::hosting_section::Chances;
use crate::reader::{Rule, Section};
use crate::{halls_section, hosting_section};
use site::units::{Fraction, GrossMw, JoulesPerTh, PeakRatio, Pue, UnitError, UsdPerKwMonth};
use site::{Campus, Company, Conversion, Fleet, GpuTerms, PowerBlock, PowerContract};

/// Range checks happened in the reader, so a unit can fail only where a stand-in went on after a fault.
fn unit<T>(built: Result<T, UnitError>, section: &Section<'_>, key: &str, fallback: T) -> T {
    built.unwrap_or_else(|error| {
        section.fault(key, error.to_string());
        fallback
    })
}

macro_rules! quantity {
    ($name:ident, $type:ident, $rule:expr, $fallback:expr) => {
        pub(crate) fn $name(section: &Section<'_>, key: &'static str, default: Option<f64>) -> $type {
            let value = match default {
                Some(default) => section.number_or(key, $rule, default),
                None => section.number(key, $rule),
            };
            let fallback = $type::try_new($fallback).expect("the fallback is in range");
            unit($type::try_new(value), section, key, fallback)
        }
    };
}

quantity!(gross_mw, GrossMw, Rule::between(0.0, 20_000.0, "MW"), 0.0);
quantity!(pue, Pue, Rule::between(1.0, 3.0, "MWh per MWh"), 1.0);
quantity!(peak_ratio, PeakRatio, Rule::between(1.0, 3.0, "gross MW per IT MW"), 1.0);
quantity!(fraction, Fraction, Rule::between(0.0, 1.0, ""), 1.0);
quantity!(rent, UsdPerKwMonth, Rule::between(0.0, 10_000.0, "USD/kW-month"), 0.0);

pub(crate) const GROWTH: Rule = Rule::between(-0.5, 0.5, "per year");
const PUE_DEFAULT: f64 = 1.04;

/// Reads everything about the campus, and the chances that its paths need to know.
pub(crate) fn read(root: &Section<'_>, discount_rate_per_year: f64) -> (Campus, Chances) {
    let site = root.section("site");
    let firm = gross_mw(&site, "interconnect_firm_mw", None);
    let interruptible = gross_mw(&site, "interconnect_interruptible_mw", Some(0.0));
    let mining_pue = pue(&site, "mining_pue", Some(PUE_DEFAULT));
    let energy_pue = pue(&site, "ai_pue", Some(1.25));
    let ratio = peak_ratio(&site, "peak_ratio_gross_per_it", Some(1.45));
    let site_resale_usd_per_gross_mw =
        site.number_or("site_resale_usd_per_gross_mw", Rule::between(0.0, 1e8, "USD per gross MW"), 0.0);
    site.finish();

    let company = read_company(root, discount_rate_per_year, site_resale_usd_per_gross_mw);
    let fleets = read_fleets(root);
    let conversion = read_conversion(root, ratio);
    let (hosting, chances) = hosting_section::read(root, energy_pue);
    let terms = halls_section::Terms { fleets: &fleets, conversion: &conversion, hosting: &hosting };
    let halls = halls_section::read(root, &terms);
    let gpus = root.has("gpus").then(|| read_gpus(root));
    let power = root.section("power");
    let contract = read_power_contract(&power);
    let campus = Campus {
        firm,
        interruptible,
        mining_pue,
        halls,
        fleets,
        conversion,
        hosting,
        gpus,
        power: contract,
        company,
        // The money names months and prices, so that it is read after the market.
        finance: None,
    };
    check_together(root, &campus);
    (campus, chances)
}

fn read_company(
    root: &Section<'_>,
    discount_rate_per_year: f64,
    site_resale_usd_per_gross_mw: f64,
) -> Company {
    let company = root.section("company");
    let read = Company {
        overhead_usd_per_month: company.number("overhead_usd_per_month", Rule::between(0.0, 1e10, "USD")),
        inflation_per_year: company.number_or("cost_inflation_per_year", GROWTH, 0.0),
        opening_cash_usd: company.number("opening_cash_usd", Rule::between(-1e12, 1e12, "USD")),
        committed_funding_usd: company.number_or(
            "committed_funding_usd",
            Rule::between(0.0, 1e12, "USD"),
            0.0,
        ),
        // Whoever states how starts are paid for wants them to be paid for.
        hold_to_cash: company.choice(
            "cash_limit",
            &["none", "funded"],
            Some(usize::from(root.has("finance"))),
        ) == 1,
        site_resale_usd_per_gross_mw,
        discount_rate_per_year,
    };
    company.finish();
    read
}

fn read_fleets(root: &Section<'_>) -> Vec<Fleet> {
    let sections = root.list("fleets");
    let catalogue = machines();
    let mut fleets: Vec<Fleet> = Vec::new();
    for section in sections {
        section.begin_item("fleets");
        let name = section.text("name", "a name in quotes");
        if fleets.iter().any(|fleet| fleet.name == name) {
            section.fault("name", format!("`{name}` is taken by another fleet; allowed is a name used once"));
        }
        let names: Vec<&str> = catalogue.iter().map(|m| m.name.as_str()).collect();
        let machine = section.has("machine").then(|| &catalogue[section.choice("machine", &names, None)]);
        let rule = Rule::between(1.0, 1_000.0, "J/TH");
        let joules = match machine {
            Some(machine) => section.number_or("efficiency_j_per_th", rule, machine.efficiency_j_per_th()),
            None => section.number("efficiency_j_per_th", rule),
        };
        let fallback = JoulesPerTh::try_new(20.0).expect("20 J/TH is in range");
        let efficiency = unit(JoulesPerTh::try_new(joules), &section, "efficiency_j_per_th", fallback);
        fleets.push(Fleet {
            name,
            efficiency,
            uptime: fraction(&section, "uptime", Some(0.95)),
            pool_fee: fraction(&section, "pool_fee", Some(0.008)),
            variable_opex_usd_per_mwh: section.number_or(
                "variable_opex_usd_per_mwh",
                Rule::between(0.0, 1_000.0, "USD/MWh"),
                6.0,
            ),
            repairs_usd_per_th_year: section.number_or(
                "repairs_usd_per_th_year",
                Rule::between(0.0, 100.0, "USD per TH/s and year"),
                0.35,
            ),
            resale_usd_per_th_at_50: section.number_or(
                "resale_usd_per_th_at_hashprice_50",
                Rule::between(0.0, 1_000.0, "USD per TH/s"),
                Fleet::default_resale_usd_per_th(efficiency),
            ),
        });
        section.finish();
    }
    fleets
}

fn read_conversion(root: &Section<'_>, peak_ratio: PeakRatio) -> Conversion {
    let section = root.section("conversion");
    let faults_before = section.log().n_faults();
    let lead_months = section.whole("lead_months", 1, 60, None) as u32;
    // A faulty lead time should not make the next field look faulty too.
    let bound = if section.log().n_faults() == faults_before { lead_months } else { 60 };
    let conversion = Conversion {
        peak_ratio,
        lead_months,
        mining_lost_months: section.whole(
            "mining_lost_months",
            0,
            u64::from(bound),
            Some(6.min(bound.into())),
        ) as u32,
        capex_usd_per_it_mw: section.number("capex_usd_per_it_mw", Rule::between(0.0, 1e9, "USD per IT MW")),
        contingency: section.number_or("contingency_share", Rule::between(0.0, 2.0, "of the capex"), 0.0),
        capex_growth_per_year: section.number_or("capex_growth_per_year", GROWTH, 0.0),
        max_under_construction: gross_mw(&section, "max_under_construction_gross_mw", None),
    };
    section.finish();
    conversion
}

/// Gross MW of each hall of an entry.
pub(crate) fn gross_mw_of(section: &Section<'_>) -> GrossMw {
    let mw = section.number("gross_mw", Rule::above(0.0, 20_000.0, "MW each"));
    unit(GrossMw::try_new(mw), section, "gross_mw", GrossMw::try_new(1.0).expect("in range"))
}

fn read_gpus(root: &Section<'_>) -> GpuTerms {
    let section = root.section("gpus");
    let catalogue = gpu_systems();
    let names: Vec<&str> = catalogue.iter().map(|s| s.name.as_str()).collect();
    let system = &catalogue[section.choice("system", &names, None)];
    let network = section.number_or("network_share", Rule::between(0.0, 1.0, "of the systems' power"), 0.15);
    let terms = GpuTerms {
        system: system.name.clone(),
        gpus_per_it_mw: section.number_or(
            "gpus_per_it_mw",
            Rule::above(0.0, 10_000.0, "GPUs"),
            system.gpus_per_it_mw(network),
        ),
        capex_usd_per_it_mw: section.number("capex_usd_per_it_mw", Rule::between(0.0, 1e9, "USD per IT MW")),
        opex_usd_per_it_mw_year: section.number_or(
            "opex_usd_per_it_mw_year",
            Rule::between(0.0, 1e9, "USD per IT MW and year"),
            0.0,
        ),
        sold_share: fraction(&section, "sold_share", Some(0.70)),
        inference_share: fraction(&section, "inference_share", Some(0.5)),
        inference_peak_to_trough: section.number_or(
            "inference_peak_to_trough",
            Rule::between(1.0, 100.0, "of the trough"),
            2.0,
        ),
        training_price_ratio: section.number_or(
            "training_price_ratio",
            Rule::between(0.0, 10.0, "of the GPU-hour price"),
            0.85,
        ),
        inference_draw: fraction(&section, "inference_draw_share", Some(0.55)),
        training_draw: fraction(&section, "training_draw_share", Some(0.82)),
        life_months: section.whole("life_months", 1, 240, Some(60)) as u32,
        resale_share: fraction(&section, "resale_share", Some(0.5)),
    };
    for (key, share) in
        [("inference_draw_share", terms.inference_draw), ("training_draw_share", terms.training_draw)]
    {
        if share.get() <= 0.0 {
            section.fault(key, "is 0; allowed is above 0 up to 1");
        }
    }
    let peak = dispatch::profile::peak_share(&terms);
    if peak > 1.0 {
        section.fault(
            "inference_share",
            format!("gives a peak of {peak:.3} of the pool at the peak of the day; allowed is at most 1"),
        );
    }
    section.read_elsewhere("price");
    section.finish();
    terms
}

fn read_power_contract(power: &Section<'_>) -> PowerContract {
    let adder_usd_per_mwh =
        power.number_or("adder_usd_per_mwh", Rule::between(-100.0, 1_000.0, "USD/MWh"), 0.0);
    let block = power.has("block_mw").then(|| PowerBlock {
        mw: power.number("block_mw", Rule::between(0.0, 20_000.0, "MW")),
        strike_usd_per_mwh: power.number("block_strike_usd_per_mwh", Rule::between(0.0, 10_000.0, "USD/MWh")),
        months: power.whole("block_months", 1, 600, Some(600)) as u32,
    });
    PowerContract { adder_usd_per_mwh, block }
}

/// Checks that need more than one section.
fn check_together(root: &Section<'_>, campus: &Campus) {
    let log = root.log();
    if campus.fleets.is_empty() && campus.halls.iter().any(|hall| !hall.opening.is_committed()) {
        root.fault(
            "fleets",
            "is missing; wanted is at least one table [[fleets]], or a lease for every hall",
        );
    }
    let contracted: f64 =
        campus.halls.iter().filter(|hall| hall.opening.is_committed()).map(|hall| hall.gross.get()).sum();
    if contracted > campus.firm.get() * (1.0 + 1e-9) {
        root.fault(
            "halls",
            format!(
                "contract {contracted} gross MW of AI; allowed is at most the firm interconnect, site.interconnect_firm_mw = {} MW",
                campus.firm.get()
            ),
        );
    }
    if campus.interconnect_mw() <= 0.0 && log.is_clean() {
        root.fault("site", "has no interconnect; allowed is interconnect_firm_mw above 0 MW");
    }
}

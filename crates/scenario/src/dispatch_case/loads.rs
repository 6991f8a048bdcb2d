//! `[[loads]]`: capacity or demand, value, PUE, ramp, and what a start costs.

use super::series_file::{MEGAWATTS, SHARES, SeriesFile, USD_PER_MWH};
use crate::reader::{Rule, Section};
use dispatch::{Load, Restart, Series};

const MW: Rule = Rule::between(0.0, 1e6, "MW");
const SHARE: Rule = Rule::between(0.0, 1.0, "");

/// Reads the loads; at least one.
pub(super) fn read(root: &Section<'_>, series: &SeriesFile<'_>) -> Vec<Load> {
    let mut loads: Vec<Load> = Vec::new();
    for section in root.list("loads") {
        section.begin_item("loads");
        let load = read_load(&section, series);
        if !load.name.is_empty() && loads.iter().any(|other| other.name == load.name) {
            section.fault("name", format!("`{}` is the name of two loads; allowed is one", load.name));
        }
        section.finish();
        loads.push(load);
    }
    if loads.is_empty() {
        root.fault("loads", "has no load; wanted is at least one table [[loads]]");
    }
    loads
}

fn read_load(section: &Section<'_>, series: &SeriesFile<'_>) -> Load {
    let name = section.text("name", "a name in quotes");
    let capacity_it_mw = read_capacity(section, series);
    let value = Rule::between(-1e6, 1e6, "USD per IT MWh");
    let value_usd_per_it_mwh =
        series.number_or_column(section, ("value_usd_per_it_mwh", "value_column"), value, &USD_PER_MWH);
    let pue = section.number("pue", Rule::between(1.0, 3.0, ""));
    let ramp = Rule::at_least(0.0, "IT MW per hour");
    let ramp_it_mw_per_hour = section.optional_number("ramp_it_mw_per_hour", ramp);
    let restarts = section.has("restart_cost_usd") || section.has("minimum_share");
    let restart = restarts.then(|| Restart {
        cost_usd: section.number_or("restart_cost_usd", Rule::at_least(0.0, "USD"), 0.0),
        minimum_share: section.number_or("minimum_share", SHARE, 0.0),
    });
    Load { name, capacity_it_mw, value_usd_per_it_mwh, pue, ramp_it_mw_per_hour, restart }
}

/// Capacity times availability, or a demand of its own.
fn read_capacity(section: &Section<'_>, series: &SeriesFile<'_>) -> Series {
    if section.has("demand_column") {
        for key in ["capacity_it_mw", "availability_share", "availability_column"] {
            if section.has(key) {
                section.fault(
                    key,
                    "stands beside demand_column; allowed is a capacity with its availability, or a demand",
                );
            }
        }
        let demand = series.column(section, "demand_column", &MEGAWATTS);
        return demand.map_or(Series::Constant(0.0), Series::Steps);
    }
    let capacity = section.number("capacity_it_mw", MW);
    if !section.has("availability_column") {
        return Series::Constant(capacity * section.number_or("availability_share", SHARE, 1.0));
    }
    if section.has("availability_share") {
        section.fault("availability_share", "stands beside availability_column; allowed is one of the two");
    }
    match series.column(section, "availability_column", &SHARES) {
        Some(shares) => Series::Steps(shares.iter().map(|share| capacity * share).collect()),
        None => Series::Constant(capacity),
    }
}

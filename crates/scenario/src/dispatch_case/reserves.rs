//! `[[reserves]]`: products that running load may be sold into.

use super::budgets::find_load;
use super::series_file::{SeriesFile, USD_PER_MW_H};
use crate::reader::{Rule, Section};
use dispatch::{Case, Reserve};

/// Reads the reserve products; `case` has its loads.
pub(super) fn read(root: &Section<'_>, series: &SeriesFile<'_>, case: &Case) -> Vec<Reserve> {
    let mut reserves: Vec<Reserve> = Vec::new();
    for section in root.list("reserves") {
        section.begin_item("reserves");
        let name = section.text("name", "a name in quotes");
        if !name.is_empty() && reserves.iter().any(|other| other.name == name) {
            section.fault("name", format!("`{name}` is the name of two reserves; allowed is one"));
        }
        let keys = ("price_usd_per_mw_h", "price_column");
        let rule = Rule::between(-1e3, 1e5, "USD per MW and hour");
        let price_usd_per_mw_h = series.number_or_column(&section, keys, rule, &USD_PER_MW_H);
        let called_share = section.number_or("called_share", Rule::between(0.0, 1.0, "of an hour"), 0.0);
        let limit = section.optional_number("limit_mw", Rule::at_least(0.0, "MW"));
        let mut loads: Vec<usize> = Vec::new();
        for load in section.texts("loads", "the names of the loads that qualify") {
            match find_load(&section, "loads", &load, case) {
                Some(k) if loads.contains(&k) => {
                    section.fault("loads", format!("names `{load}` twice; allowed is once"));
                }
                Some(k) => loads.push(k),
                None => {}
            }
        }
        section.finish();
        let limit_mw = limit.unwrap_or(f64::INFINITY);
        reserves.push(Reserve { name, price_usd_per_mw_h, called_share, limit_mw, loads });
    }
    reserves
}

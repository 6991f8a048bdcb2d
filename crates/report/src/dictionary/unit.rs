//! Units as the ends of names say them.

/// Ends of names with their units; the first that fits counts.
const UNITS: [(&str, &str); 27] = [
    ("usd_per_kw_month", "USD/kW-month"),
    ("usd_per_ph_day", "USD/PH/day"),
    ("usd_per_mwh", "USD/MWh"),
    ("usd_per_mw", "USD/MW"),
    ("per_share_usd", "USD/share"),
    ("value_per_share_less_all_mining_usd", "USD/share"),
    ("share_price_usd", "USD/share"),
    ("_per_year", "1/year"),
    ("_irr_count", "count"),
    ("_years", "years"),
    ("_hours", "h"),
    ("_seconds", "s"),
    ("_bytes", "bytes"),
    ("_it_mw", "IT MW"),
    ("gross_mw", "gross MW"),
    ("_mw", "MW"),
    ("_mwh", "MWh"),
    ("_usd", "USD"),
    ("_mb", "MB"),
    ("_bp", "basis points"),
    ("_log", "log units"),
    ("_moic", "ratio"),
    ("dscr", "ratio"),
    ("_probability", "share of paths"),
    ("_paths", "paths"),
    ("shares", "shares"),
    ("_share", "share"),
];

/// The unit that a name ends in; empty where it names none.
pub(super) fn unit_of(name: &str) -> &'static str {
    UNITS.iter().find(|(end, _)| name.ends_with(end)).map_or("", |(_, unit)| unit)
}

/// Whether a stated unit contradicts the one that the name ends in.
#[cfg(test)]
pub(super) fn contradicts(name: &str, unit: &str) -> bool {
    let of_name = unit_of(name);
    !of_name.is_empty() && of_name != unit && !unit.contains(of_name) && !of_name.contains(unit)
}

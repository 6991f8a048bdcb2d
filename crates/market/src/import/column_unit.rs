//! The unit that a column's name states, as far as it states one.
//!
//! Names are free, so only words that cannot be mistaken count: `usd_per_th_day` is no hashprice in USD/PH/day, while `settle`
//! says nothing. What a name does not say is not guessed.

use super::CurveKind;

/// Words by what they name; those of a denominator also count inside a name, after `per`.
const DENOMINATORS: [(&str, &[&str]); 9] = [
    ("kWh", &["kwh"]),
    ("MWh", &["mwh"]),
    ("GWh", &["gwh"]),
    ("kW", &["kw"]),
    ("MW", &["mw"]),
    ("TH/s", &["th", "ths"]),
    ("PH/s", &["ph", "phs"]),
    ("EH/s", &["eh", "ehs"]),
    ("GPU-hour", &["gpu", "gpuh", "gpuhour"]),
];
const CURRENCIES: [(&str, &[&str]); 7] = [
    ("EUR", &["eur", "euro"]),
    ("GBP", &["gbp"]),
    ("CAD", &["cad"]),
    ("CNY", &["cny", "rmb"]),
    ("satoshi", &["sat", "sats"]),
    ("US cents", &["cent", "cents", "usc"]),
    ("thousands", &["kusd", "musd", "thousand", "million"]),
];
const SPANS: [(&str, &[&str]); 4] = [
    ("a day", &["day", "d", "daily"]),
    ("a month", &["month", "mo", "monthly"]),
    ("a year", &["year", "yr", "yearly", "annual"]),
    ("an hour", &["hour", "h", "hr", "hourly"]),
];
const QUANTITIES: [(CurveKind, &[&str]); 4] = [
    (CurveKind::Power, &["power", "lmp", "spp"]),
    (CurveKind::Bitcoin, &["btc", "bitcoin"]),
    (CurveKind::Hashprice, &["hashprice"]),
    (CurveKind::LeaseRate, &["lease", "rent"]),
];

/// What a column's name says that does not fit a curve of `kind`; `None` when nothing it says is wrong.
pub(super) fn misfit(column: &str, kind: CurveKind) -> Option<String> {
    let lower = column.to_ascii_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let plain = words.concat();
    let says = |names: &[&str]| names.iter().any(|name| words.contains(name));
    let (denominator, span) = match kind {
        CurveKind::Power => ("MWh", None),
        CurveKind::Bitcoin => ("", None),
        CurveKind::Hashprice => ("PH/s", Some("a day")),
        CurveKind::LeaseRate => ("kW", Some("a month")),
    };
    // Of `usdperkwh` the longest unit counts, so that kWh is not taken for kW.
    let joined = |names: &[&str]| names.iter().any(|name| plain.contains(&format!("per{name}")));
    let stated: Vec<&str> =
        DENOMINATORS.iter().filter(|(_, names)| says(names)).map(|(unit, _)| *unit).collect();
    let within = DENOMINATORS.iter().find(|(_, names)| stated.is_empty() && joined(names));
    if let Some(other) =
        stated.iter().copied().chain(within.map(|(unit, _)| *unit)).find(|u| *u != denominator)
    {
        return Some(format!("per {other}"));
    }
    if let Some((other, _)) = CURRENCIES.iter().find(|(_, names)| says(names)) {
        return Some(format!("in {other}"));
    }
    let spans: Vec<&str> = SPANS.iter().filter(|(_, names)| says(names)).map(|(span, _)| *span).collect();
    if let Some(wanted) = span.filter(|wanted| !spans.contains(wanted))
        && let Some(other) = spans.iter().find(|other| **other != wanted)
    {
        return Some(format!("for {other}"));
    }
    let names_own = QUANTITIES.iter().any(|(quantity, names)| *quantity == kind && says(names));
    let other = QUANTITIES.iter().find(|(quantity, names)| *quantity != kind && says(names));
    other.filter(|_| !names_own).map(|(quantity, _)| format!("of {}", quantity.noun()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use CurveKind::{Bitcoin, Hashprice, LeaseRate, Power};

    #[test]
    fn other_units_are_seen_and_free_names_pass() {
        for (column, kind, expected) in [
            ("usd_per_mwh", Power, None),
            ("day_ahead_mean_usd_mwh", Power, None),
            ("LZ_WEST", Power, None),
            ("cents_per_kwh", Power, Some("per kWh")),
            ("USDperkWh", Power, Some("per kWh")),
            ("eur_per_mwh", Power, Some("in EUR")),
            ("btc_usd", Bitcoin, None),
            ("settle", Bitcoin, None),
            ("usd_per_mwh", Bitcoin, Some("per MWh")),
            ("power_price", Bitcoin, Some("of power")),
            ("hashprice_usd", Bitcoin, Some("of hashprice")),
            ("btc_eur", Bitcoin, Some("in EUR")),
            ("usd_per_ph_day", Hashprice, None),
            ("Hashprice USD/PH/s/day", Hashprice, None),
            ("usd_per_th_day", Hashprice, Some("per TH/s")),
            ("USD/TH", Hashprice, Some("per TH/s")),
            ("usd_per_ph_month", Hashprice, Some("for a month")),
            ("btc_usd", Hashprice, Some("of Bitcoin")),
            ("usd_per_kw_month", LeaseRate, None),
            ("first_year_usd_per_kw_month", LeaseRate, None),
            ("usd_per_kw_year", LeaseRate, Some("for a year")),
            ("usd_per_mw_month", LeaseRate, Some("per MW")),
            ("usd_per_kwh", LeaseRate, Some("per kWh")),
        ] {
            assert_eq!(misfit(column, kind).as_deref(), expected, "{column} {kind:?}");
        }
    }
}

//! Names of points, their types and markets, as the layouts and columns spell them.

use super::PriceMarket;
use super::layout::plain;

/// A type in the publisher's short form.
pub(super) fn short_type(text: &str) -> String {
    let upper = text.trim().to_ascii_uppercase();
    match upper.as_str() {
        "LOAD ZONE" => "LZ".into(),
        "LOAD ZONE ENERGY WEIGHTED" => "LZEW".into(),
        "LOAD ZONE DC TIE" => "LZ_DC".into(),
        "LOAD ZONE DC TIE ENERGY WEIGHTED" => "LZ_DCEW".into(),
        "RESOURCE NODE" => "RN".into(),
        "TRADING HUB" => "HU".into(),
        _ => upper,
    }
}

/// Whether a type in a file is the wanted one; gridstatus has one name for all kinds of hubs.
pub(super) fn same_type(wanted: &str, found: &str) -> bool {
    wanted.eq_ignore_ascii_case(found)
        || short_type(found) == wanted
        || (found.eq_ignore_ascii_case("Trading Hub") && matches!(wanted, "SH" | "AH"))
}

pub(super) fn market_of(text: &str) -> Option<PriceMarket> {
    let name = plain(text);
    if name.contains("dayahead") || name == "dam" {
        Some(PriceMarket::DayAhead)
    } else {
        (name.contains("realtime") || name == "rtm").then_some(PriceMarket::RealTime)
    }
}

/// The point and market that a column such as `hb_west_rtm` or `hb_houston_usd_mwh` names.
pub(super) fn point_of_column(name: &str) -> (&str, Option<PriceMarket>) {
    let bare = ["_usd_mwh", "_usd_per_mwh"].iter().find_map(|unit| name.strip_suffix(unit)).unwrap_or(name);
    match (bare.strip_suffix("_dam"), bare.strip_suffix("_rtm")) {
        (Some(point), _) => (point, Some(PriceMarket::DayAhead)),
        (_, Some(point)) => (point, Some(PriceMarket::RealTime)),
        _ => (bare, None),
    }
}

pub(super) fn names_no_point(column: &str) -> bool {
    const GENERIC: [&str; 9] = [
        "price",
        "priceusdmwh",
        "priceusdpermwh",
        "usdmwh",
        "usdpermwh",
        "spp",
        "lmp",
        "value",
        "settlementpointprice",
    ];
    GENERIC.contains(&plain(column).as_str())
}

pub(super) fn is_reserve(column: &str) -> bool {
    super::ReserveProduct::parse(column).is_some()
}

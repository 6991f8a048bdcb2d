//! The static first-year table of `check`.

use crate::numbers::grouped;
use simulate::{StaticPrices, StaticUse};
use std::fmt::Write as _;

/// First-year USD per gross MW by use, as text of at most 100 columns.
#[must_use]
pub fn static_table(uses: &[StaticUse], prices: StaticPrices) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "Static first year, thousand USD per gross MW, at {} USD/PH/day, power {} USD/MWh before adders,\nrent {} USD/kW-month{}; nothing curtailed, prices held for 8,760 hours.\n",
        grouped(prices.hashprice_usd_per_ph_day, 2),
        grouped(prices.power_usd_per_mwh, 2),
        grouped(prices.rent_usd_per_kw_month, 2),
        prices.gpu_hour_usd.map_or_else(String::new, |usd| format!(", GPU-hour {} USD", grouped(usd, 2))),
    );
    let _ = writeln!(
        text,
        "{:<34}{:>10}{:>9}{:>9}{:>10}{:>12}{:>14}",
        "use", "revenue", "power", "opex", "margin", "capex", "simple yield"
    );
    for u in uses {
        let thousand = |usd: f64| grouped(usd / 1e3, 0);
        let simple = u.simple_yield().map_or_else(|| "-".into(), |y| format!("{:.1} %", 100.0 * y));
        let _ = writeln!(
            text,
            "{:<34}{:>10}{:>9}{:>9}{:>10}{:>12}{:>14}",
            u.name,
            thousand(u.revenue_usd),
            thousand(u.power_usd),
            thousand(u.opex_usd),
            thousand(u.margin_usd()),
            thousand(u.capex_usd),
            simple,
        );
    }
    text
}

//! The static first-year table of `check`.

use crate::numbers::grouped;
use simulate::{RequiredRent, StaticPrices, StaticUse};
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

/// What rent a conversion needs beside what the market pays, as text of at most 100 columns.
#[must_use]
pub fn required_rent_line(required: &RequiredRent, prices: StaticPrices) -> String {
    format!(
        "Required rent of a conversion, at {} % a year over a term of {} years, nothing left after it:\nlevel {} USD/kW-month, first year {} if it rises {} % a year; the market's first year: {}.\n",
        grouped(100.0 * required.rate_per_year, 2),
        required.years,
        grouped(required.level_usd_per_kw_month, 1),
        grouped(required.first_year_usd_per_kw_month, 1),
        grouped(100.0 * required.escalator_per_year, 1),
        grouped(prices.rent_usd_per_kw_month, 1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_required_rent_stands_beside_the_market() {
        let required = RequiredRent {
            level_usd_per_kw_month: 116.105,
            first_year_usd_per_kw_month: 98.04,
            escalator_per_year: 0.03,
            rate_per_year: 0.1,
            years: 15,
        };
        let prices = StaticPrices {
            hashprice_usd_per_ph_day: 45.0,
            power_usd_per_mwh: 40.0,
            rent_usd_per_kw_month: 134.5,
            gpu_hour_usd: None,
        };
        let text = required_rent_line(&required, prices);
        for wanted in [
            "10.00 % a year over a term of 15 years",
            "level 116.1 USD/kW-month",
            "first year 98.0 if",
            "first year: 134.5",
        ] {
            assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }
}

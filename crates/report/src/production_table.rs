//! Expected against reported production of miners.

use crate::numbers::grouped;
use market::ProductionMonth;
use std::fmt::Write as _;

/// A row per reported month, and the largest error either way.
#[must_use]
pub fn production_table(months: &[ProductionMonth], missing_fees_btc_per_block: f64) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:<24}{:<10}{:>12}{:>14}{:>14}{:>10}{:>14}",
        "company", "month", "EH/s", "reported BTC", "expected BTC", "error", "filled days"
    );
    for month in months {
        let _ = writeln!(
            text,
            "{:<24}{:<10}{:>12}{:>14}{:>14}{:>8} %{:>14}",
            month.company,
            month.month.to_string(),
            grouped(month.hashrate_eh_s, 1),
            grouped(month.reported_btc, 0),
            grouped(month.expected_btc, 1),
            grouped(100.0 * month.error(), 2),
            month.filled_fee_days,
        );
    }
    let largest = months.iter().map(|month| month.error().abs()).fold(0.0, f64::max);
    let _ = writeln!(
        text,
        "\n{} months, largest error {} %. Filled days had no fees in the file: {missing_fees_btc_per_block} BTC a block stand in.",
        months.len(),
        grouped(100.0 * largest, 2),
    );
    text
}

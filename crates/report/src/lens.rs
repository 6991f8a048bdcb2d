//! Which lens money is shown under, in words, and what both make of each factor's curve.

use crate::numbers::grouped;
use crate::text_table::text_table;
use simulate::{CurveMultiple, Lens, LensSettings, Premia};

/// The lens, with what its drifts are.
pub(crate) fn lens_words(lens: Lens) -> &'static str {
    match lens {
        Lens::Outcomes => "outcomes lens (expected drifts)",
        Lens::Value => "value lens (risk-adjusted drifts)",
    }
}

/// Mean multiples of the factors' curves at the last opening under both lenses, for `check`.
#[must_use]
pub fn lens_table(settings: &LensSettings, multiples: &[CurveMultiple]) -> String {
    let rows: Vec<Vec<String>> = multiples
        .iter()
        .map(|of| vec![of.factor.into(), grouped(of.outcomes, 3), grouped(of.value, 3)])
        .collect();
    let percent = |rate: f64| grouped(100.0 * rate, 2);
    let none = if settings.premia == Premia::default() { "; every premium of [value] is 0" } else { "" };
    format!(
        "Mean of each factor's curve at the last opening over that at the first, under both lenses:\n\n{}\n\
         Discount rate: {} % a year for outcomes, {} % for value. Runs show the {}{none}.\n",
        text_table(&["factor", "outcomes", "value"], &rows),
        percent(settings.outcomes_discount_rate_per_year),
        percent(settings.value_discount_rate_per_year),
        lens_words(settings.shown),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lenses_stand_side_by_side() {
        let settings = LensSettings {
            shown: Lens::Value,
            premia: Premia { bitcoin_per_year: 0.05, ..Premia::default() },
            outcomes_discount_rate_per_year: 0.1163,
            value_discount_rate_per_year: 0.045,
        };
        let bitcoin = CurveMultiple { factor: "Bitcoin price", outcomes: 1.25, value: 0.75 };
        let text = lens_table(&settings, &[bitcoin]);
        for wanted in
            ["Bitcoin price     1.250  0.750", "11.63 % a year", "4.50 % for value", "show the value lens"]
        {
            assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
        }
        assert!(!text.contains("is 0"), "{text}");
    }
}

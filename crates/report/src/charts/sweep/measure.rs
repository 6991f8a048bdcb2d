//! What values are in, and estimates with their interval.

use crate::numbers::{compact, decimals_of_size, grouped, number_in_words};
use sweep::Value;

/// What values are: a title, the unit that is shown, and how much of the number makes one of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Title for people.
    pub label: String,
    /// Unit that is shown; empty where there is none.
    pub unit: String,
    /// How much of the number is one of the unit: a million for USD shown as million USD.
    pub one: f64,
}

impl Measure {
    /// USD, shown as million USD.
    #[must_use]
    pub fn million_usd(label: impl Into<String>) -> Self {
        Self { label: label.into(), unit: "million USD".into(), one: 1e6 }
    }

    /// Numbers that are shown as they are.
    #[must_use]
    pub fn plain(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { label: label.into(), unit: unit.into(), one: 1.0 }
    }

    /// The title within other words: a capital at its beginning goes, those of an abbreviation stay.
    #[must_use]
    pub fn within_words(&self) -> String {
        let mut letters = self.label.chars();
        match (letters.next(), letters.next()) {
            (Some(first), Some(second)) if !second.is_uppercase() => {
                let rest: String = self.label.chars().skip(1).collect();
                format!("{}{rest}", first.to_lowercase())
            }
            _ => self.label.clone(),
        }
    }

    /// A comma and the unit; empty where there is none.
    #[must_use]
    pub fn comma_unit(&self) -> String {
        if self.unit.is_empty() { String::new() } else { format!(", {}", self.unit) }
    }

    /// A space and the unit; empty where there is none.
    #[must_use]
    pub fn space_unit(&self) -> String {
        if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) }
    }

    /// Title and unit.
    pub(in crate::charts) fn name(&self) -> String {
        named(&self.label, &self.unit)
    }

    /// A number in the unit shown.
    pub(in crate::charts) fn shown(&self, value: f64) -> f64 {
        value / self.one
    }

    /// A number as text, without the unit.
    pub(in crate::charts) fn text(&self, value: f64) -> String {
        let shown = self.shown(value);
        grouped(shown, decimals_of_size(shown.abs()))
    }
}

/// An estimate with the interval that holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Estimate {
    /// A mean and two standard errors either way; no interval where there is no error.
    #[must_use]
    pub fn of_mean(mean: f64, error: Option<f64>) -> Self {
        let two = 2.0 * error.unwrap_or(0.0);
        Self { value: mean, low: mean - two, high: mean + two }
    }
}

/// A title with its unit.
pub(super) fn named(label: &str, unit: &str) -> String {
    if unit.is_empty() { label.to_owned() } else { format!("{label}, {unit}") }
}

/// A number in few letters, with three digits or so where it has more.
pub(super) fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 1e6 || (size > 0.0 && size < 1e-3) => compact(value),
        size if size >= 100.0 => grouped(value, usize::from(size < 1e3 && value.fract() != 0.0)),
        size if size < 0.1 => number_in_words((value * 1e5).round() / 1e5),
        _ => number_in_words((value * 1e3).round() / 1e3),
    }
}

/// The value of a parameter in few letters.
pub(super) fn level(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Text(text) => text.clone(),
        Value::Whole(_) | Value::Number(_) => short(value.number().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let texts = [0.0, 1.0 / 3.0, -250_000.0, 152.5, 0.05, 4.2e9, 1.2e-7].map(short);
        assert_eq!(texts, ["0", "0.333", "−250,000", "152.5", "0.05", "4.2B", "1.2e−7"]);
        assert_eq!(level(&Value::Text("in-state".into())), "in-state");
        let within = |label: &str| Measure::million_usd(label).within_words();
        assert_eq!(["Mean NPV", "NPV", "CVaR 5 %", ""].map(within), ["mean NPV", "NPV", "CVaR 5 %", ""]);
        assert_eq!(Measure::million_usd("NPV").text(-1.2345e7), "−12.3");
    }
}

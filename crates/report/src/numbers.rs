//! Numbers as text: exact for tables, short for people.
//!
//! Tables carry the shortest decimal that reads back to the same `f64`, so that equal runs give equal bytes. People get
//! million USD with thousands separators and a true minus sign.

/// The shortest text that reads back to the same number; empty for what is no number.
///
/// ```
/// assert_eq!(report::numbers::exact(0.1), "0.1");
/// assert_eq!(report::numbers::exact(-0.0), "0");
/// assert_eq!(report::numbers::exact(f64::NAN), "");
/// ```
#[must_use]
pub fn exact(value: f64) -> String {
    // Adding zero turns negative zero into zero.
    if value.is_finite() { format!("{}", value + 0.0) } else { String::new() }
}

/// Standard error of a share counted on `n` paths; 0 of fewer than two.
pub(crate) fn error_of_share(share: f64, n: u64) -> f64 {
    if n < 2 { 0.0 } else { (share * (1.0 - share) / (n - 1) as f64).sqrt() }
}

/// As [`exact`]; empty for `None`.
#[must_use]
pub fn exact_or_empty(value: Option<f64>) -> String {
    value.map_or_else(String::new, exact)
}

/// The value of a parameter in a table; text as it is.
pub(crate) fn value(value: &sweep::Value) -> String {
    match value {
        sweep::Value::Flag(flag) => flag.to_string(),
        sweep::Value::Whole(whole) => whole.to_string(),
        sweep::Value::Number(number) => exact(*number),
        sweep::Value::Text(text) => text.clone(),
    }
}

/// A number with the given decimals, commas between thousands, and a minus sign as wide as a plus.
///
/// ```
/// assert_eq!(report::numbers::grouped(-1234567.891, 1), "−1,234,567.9");
/// assert_eq!(report::numbers::grouped(-0.001, 1), "0.0");
/// ```
#[must_use]
pub fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::with_capacity(digits.len() + 6);
    if value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        text.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// USD as million USD, with three digits or so: `1,235`, `123`, `12.3`, `1.23`; no unit.
///
/// ```
/// assert_eq!(report::numbers::million_usd(1.2346e9), "1,235");
/// assert_eq!(report::numbers::million_usd(-1.2345e7), "−12.3");
/// ```
#[must_use]
pub fn million_usd(usd: f64) -> String {
    grouped(usd / 1e6, decimals_of_size(usd.abs() / 1e6))
}

/// USD with a standard error, both as million USD, with two digits of the error: `1,234 ± 12`; no unit.
///
/// ```
/// assert_eq!(report::numbers::million_usd_with_error(1.2346e9, 1.2e7), "1,235 ± 12");
/// assert_eq!(report::numbers::million_usd_with_error(1.2345e7, 1.2e5), "12.35 ± 0.12");
/// ```
#[must_use]
pub fn million_usd_with_error(usd: f64, error_usd: f64) -> String {
    let decimals = decimals_of_error(error_usd / 1e6).unwrap_or_else(|| decimals_of_size(usd.abs() / 1e6));
    format!("{} ± {}", grouped(usd / 1e6, decimals), grouped(error_usd / 1e6, decimals))
}

/// A parameter as people write it: as many decimals as it has up to three, commas between thousands.
///
/// ```
/// assert_eq!(report::numbers::number_in_words(152.5), "152.5");
/// assert_eq!(report::numbers::number_in_words(-250000.0), "−250,000");
/// ```
#[must_use]
pub fn number_in_words(value: f64) -> String {
    let places = (0..3).find(|places| {
        let unit = 10f64.powi(*places);
        (value * unit - (value * unit).round()).abs() < 1e-6 * unit.max(value.abs())
    });
    grouped(value, places.unwrap_or(3) as usize)
}

/// A number in few letters, for places where digits have no room: `152.5`, `67.5k`, `13.2M`, `1.3B`, `150T`; what is tiny as `1.2e−7`.
pub(crate) fn compact(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        size if size >= 1e15 || (size > 0.0 && size < 1e-3) => {
            return format!("{value:.1e}").replace('-', "−");
        }
        size if size >= 1e12 => (value / 1e12, "T"),
        size if size >= 1e9 => (value / 1e9, "B"),
        size if size >= 1e6 => (value / 1e6, "M"),
        size if size >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let text = grouped(scaled, 3);
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A factor's unit for people; a bare T may be tonnes.
pub(crate) fn unit(unit: &str) -> &str {
    if unit == "T" { "T (1e12)" } else { unit }
}

/// `1 path`, `1,000 paths`.
pub(crate) fn counted_paths(n: usize) -> String {
    format!("{} path{}", grouped(n as f64, 0), if n == 1 { "" } else { "s" })
}

/// Decimals that show about three digits of a number.
pub(crate) fn decimals_of_size(size: f64) -> usize {
    match size {
        s if s >= 99.95 || s == 0.0 => 0,
        s if s >= 9.995 => 1,
        _ => 2,
    }
}

/// Decimals that show two digits of an error; `None` of no error.
pub(crate) fn decimals_of_error(error: f64) -> Option<usize> {
    match error {
        e if !e.is_finite() || e <= 0.0 => None,
        e if e >= 9.5 => Some(0),
        e if e >= 0.95 => Some(1),
        _ => Some(2),
    }
}

/// Decimals for a column of means with errors, in the unit shown: two digits of the smallest error, but no more than the
/// largest number bears.
pub(crate) fn common_decimals(means_and_errors: impl Iterator<Item = (f64, f64)> + Clone) -> usize {
    let largest = means_and_errors.clone().map(|(mean, _)| mean.abs()).fold(0.0, f64::max);
    let smallest =
        means_and_errors.map(|(_, error)| error).filter(|e| *e > 0.0).fold(f64::INFINITY, f64::min);
    let wanted = decimals_of_error(smallest).unwrap_or_else(|| decimals_of_size(largest));
    wanted.min(if largest >= 100.0 { 1 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_text_reads_back() {
        for value in [0.1 + 0.2, 1e21, -5e-324, f64::MAX, 1.0 / 3.0] {
            assert_eq!(exact(value).parse::<f64>().unwrap(), value);
        }
        assert_eq!(exact(f64::INFINITY), "");
        assert_eq!(exact_or_empty(None), "");
    }

    #[test]
    fn compact_numbers_keep_their_size() {
        let texts = [152.5, 67_500.0, -1.25e6, 1.0e7, 4.2e9, 1.5e14, 0.45, 0.0, -1.2e-7].map(compact);
        assert_eq!(texts, ["152.5", "67.5k", "−1.25M", "10M", "4.2B", "150T", "0.45", "0", "−1.2e−7"]);
    }

    #[test]
    fn grouping_holds_at_each_length() {
        let check = |value, decimals, text: &str| assert_eq!(grouped(value, decimals), text);
        check(0.0, 0, "0");
        check(999.0, 0, "999");
        check(999.6, 0, "1,000");
        check(-1000.0, 0, "−1,000");
        check(123_456.0, 2, "123,456.00");
        check(f64::NAN, 0, "–");
    }

    #[test]
    fn money_without_error_keeps_its_digits() {
        assert_eq!(million_usd_with_error(5.0e6, 0.0), "5.00 ± 0.00");
        assert_eq!(million_usd(0.0), "0");
        assert_eq!(million_usd(-1.5e11), "−150,000");
    }
}

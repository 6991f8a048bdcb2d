//! Writes the calibration file of a rate.

use std::fmt::Write;

use super::{Basis, RateCalibration};

/// The text of a calibration file, numbers with five digits.
pub(super) fn to_toml(calibration: &RateCalibration) -> String {
    // Writing to a string cannot fail, so the results of `write!` in this function are dropped.
    let mut text = String::from(
        "# A rate that reverts, in logs, to a curve: what few public marks tell, and what is assumed. Written by `wattshift calibrate`.\n",
    );
    let c = calibration;
    for (name, value) in
        [("subject", &c.subject), ("unit", &c.unit), ("source", &c.source), ("fit_date", &c.fit_date)]
    {
        let _ = writeln!(text, "{name} = {}", quoted(value));
    }
    let _ = writeln!(text, "period = [{}, {}]", quoted(&c.period[0]), quoted(&c.period[1]));
    let _ = writeln!(text, "n = {}\nlevel_month = {}\nwarnings = [", c.n, quoted(&c.level_month));
    for warning in &c.warnings {
        let _ = writeln!(text, "  {},", quoted(warning));
    }
    text.push_str("]\n");
    for (name, parameter) in c.parameters() {
        let basis = match parameter.basis {
            Basis::Estimate => "estimate",
            Basis::Assumption => "assumption",
        };
        let [low, high] = parameter.range.map(number);
        let _ = writeln!(
            text,
            "\n[{name}]\nvalue = {}\nstandard_error = {}\nrange = [{low}, {high}]\nbasis = \"{basis}\"\nprior_share = {}",
            number(parameter.value),
            number(parameter.standard_error),
            number(parameter.prior_share),
        );
        if let Some([value, error]) = parameter.marks_alone.map(|pair| pair.map(number)) {
            let _ = writeln!(text, "marks_alone = [{value}, {error}]");
        }
        let _ = writeln!(text, "note = {}", quoted(&parameter.note));
    }
    text
}

/// Five digits, always with a decimal point or an exponent.
fn number(value: f64) -> String {
    // Text of five digits always reads back as a number; the value itself stands in where it does not.
    format!("{:?}", format!("{value:.4e}").parse().unwrap_or(value))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

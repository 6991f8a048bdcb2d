//! Names and units of a sweep's outputs and parameters, for people.

use crate::charts::sweep::Measure;
use crate::numbers::{grouped, number_in_words};
use sweep::spec::ParameterSpec;
use sweep::{Spec, Value};

/// What an output measures, and in what it is shown.
pub(crate) fn measure_of(output: &str) -> Measure {
    match output {
        "mean_npv_usd" => Measure::million_usd("Mean NPV"),
        "cvar5_npv_usd" => Measure::million_usd("CVaR 5 % of the NPV"),
        "value_per_share_usd" => Measure::plain("Value per share", "USD/share"),
        "equity_value_usd" => Measure::million_usd("Equity value"),
        "difference_to_all_mining_usd" => Measure::million_usd("NPV over all-mining"),
        "mean_ai_share" => Measure::plain("Mean AI share of gross MW", ""),
        other if other.ends_with("_usd") && !other.contains("per_share") => Measure::million_usd(other),
        other => Measure::plain(other, ""),
    }
}

/// A number of an output with as many decimals as help, without its unit.
pub(crate) fn shown(measure: &Measure, value: f64) -> String {
    let value = value / measure.one;
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        _ => 3,
    };
    grouped(value, decimals)
}

/// `Market rent 134.5 USD/kW-month`.
pub(crate) fn parameter_value(parameter: &ParameterSpec, value: &Value) -> String {
    let text = value_in_words(value);
    let unit = if parameter.unit.is_empty() { String::new() } else { format!(" {}", parameter.unit) };
    format!("{} {text}{unit}", parameter.label)
}

/// A value as people write it.
pub(crate) fn value_in_words(value: &Value) -> String {
    value.number().map_or_else(|| crate::numbers::value(value), number_in_words)
}

/// What a reader must know where money is not under the lens of outcomes.
pub(crate) fn lens_words(spec: &Spec) -> String {
    match spec.setting("run.lens") {
        Some(Value::Text(lens)) if lens != "outcomes" => format!(" under the {lens} lens"),
        _ => String::new(),
    }
}

/// `165 points on a grid, 2 parameters, 200 paths each, the same random numbers at each`.
pub(crate) fn points_and_paths(spec: &Spec) -> String {
    let numbers = if spec.common_random_numbers {
        "the same random numbers at each"
    } else {
        "random numbers of its own at each"
    };
    let paths = match spec.setting("run.paths") {
        Some(Value::Whole(paths)) => format!(", {} paths each", grouped(paths as f64, 0)),
        _ => String::new(),
    };
    format!("{}{paths}, {numbers}{}", crate::sweep_console::points_of(spec), lens_words(spec))
}

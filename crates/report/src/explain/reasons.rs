//! Why a policy decided so: alternatives with their parts, comparisons with their thresholds, formulas with their values.

use crate::console::wrap_into;
use crate::numbers::grouped;
use crate::text_table::text_table;
use crate::trigger_words::counted_halls;
use simulate::{Alternative, Comparison, Explanation, Outcome, Quantity, Reading, Reasons, Relation};

/// Writes what is known of the reasons; a policy that weighs nothing gets a sentence.
pub(super) fn write_reasons(text: &mut String, found: &Explanation) {
    let Reasons { alternatives, comparisons, formulas, quantities } = &found.reasons;
    if alternatives.is_empty() && comparisons.is_empty() && formulas.is_empty() {
        wrap_into(
            text,
            "It looks at no price: what it starts follows from its terms and from the room for starts.",
        );
        return;
    }
    if let [wait, starts @ ..] = alternatives.as_slice() {
        write_alternatives(text, wait, starts, found.decision.hosting_halls);
    }
    for reading in formulas {
        wrap_into(text, &in_words(reading));
    }
    if !comparisons.is_empty() {
        text.push_str(&compared(comparisons));
        wrap_into(text, &outcome(found, comparisons));
    }
    if !quantities.is_empty() {
        text.push_str(&listed(quantities));
    }
}

fn write_alternatives(text: &mut String, wait: &Alternative, starts: &[Alternative], chosen: u32) {
    if starts.is_empty() {
        wrap_into(
            text,
            &format!(
                "No hall can be started, so there is nothing to weigh. What is left to gain from the halls that mine is worth {} million \
                 USD over mining for ever, in money of this opening.",
                million(wait.left_to_gain_usd)
            ),
        );
        return;
    }
    text.push_str(&alternatives_table(wait, starts));
    wrap_into(
        text,
        "Million USD over mining for ever, in money of this opening. Leases signed: to their expiry, less hosting cost and conversion \
         capex. Leaving mining: machines sold less mining given up. Left to gain: from the halls that then still mine.",
    );
    let best = starts.iter().max_by(|a, b| a.value_usd.total_cmp(&b.value_usd)).unwrap_or(wait);
    let shown = starts.iter().find(|start| start.halls == chosen).unwrap_or(best);
    wrap_into(text, &weighed(wait, shown, chosen > 0));
    if chosen == 0 {
        wrap_into(text, &own_gain(&starts[0]));
    }
}

fn alternatives_table(wait: &Alternative, starts: &[Alternative]) -> String {
    let row = |alternative: &Alternative| {
        let name = match alternative.halls {
            0 => "wait".into(),
            halls => format!("start {}", counted_halls(halls)),
        };
        let over = if alternative.halls == 0 {
            "–".into()
        } else {
            million(alternative.value_usd - wait.value_usd)
        };
        let parts = [
            alternative.lease_usd,
            alternative.relet_usd,
            alternative.leaving_mining_usd,
            alternative.left_to_gain_usd,
        ];
        let mut cells = vec![name, million(alternative.value_usd), over];
        cells.extend(parts.map(million));
        cells
    };
    let header =
        ["", "value", "over waiting", "leases signed", "later leases", "leaving mining", "left to gain"];
    let rows: Vec<Vec<String>> = std::iter::once(wait).chain(starts).map(row).collect();
    text_table(&header, &rows)
}

/// Waiting against a number of starts, part by part.
fn weighed(wait: &Alternative, start: &Alternative, started: bool) -> String {
    let name = counted_halls(start.halls);
    let lead = start.value_usd - wait.value_usd;
    let used_up = wait.left_to_gain_usd - start.left_to_gain_usd;
    let would = if started { "" } else { " would" };
    let verb = |plain: &str| {
        if started { format!("{plain}s") } else { format!("{would} {plain}").trim().to_owned() }
    };
    let opening = if started {
        format!("Starting {name} is worth {} million more than waiting", million(lead))
    } else {
        format!("Waiting is worth {} million more than starting {name}, the best start", million(-lead))
    };
    let leaving = match start.leaving_mining_usd {
        usd if usd < 0.0 => format!("leaving mining {} {}", verb("cost"), million(-usd)),
        usd => format!("leaving mining {} {}", verb("bring"), million(usd)),
    };
    format!(
        "{opening}: the signed lease {} {}, later leases {}, {leaving}, and what is left to gain {} by {}.",
        verb("add"),
        million(start.lease_usd),
        million(start.relet_usd),
        verb("fall"),
        million(used_up),
    )
}

fn own_gain(one: &Alternative) -> String {
    let gain = one.own_gain_usd();
    let name = counted_halls(one.halls);
    if gain > 0.0 {
        format!(
            "By itself starting {name} would gain {} million over mining on; the hope of a better month is worth more.",
            million(gain)
        )
    } else {
        format!("By itself starting {name} would lose {} million against mining on.", million(-gain))
    }
}

fn in_words(reading: &Reading) -> String {
    let formula = reading.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let result = match reading.result {
        Outcome::Truth(true) => "is true".into(),
        Outcome::Truth(false) => "is false".into(),
        Outcome::Number(value) => format!("is {}", figure(value)),
        Outcome::Unknown => "has no value, so the rule waits".into(),
    };
    format!("{} = `{formula}` {result}.", reading.field)
}

fn compared(comparisons: &[Comparison]) -> String {
    let row = |comparison: &Comparison| {
        let wanted = match comparison.relation {
            Relation::AtLeast => "at least",
            Relation::MoreThan => "more than",
            Relation::AtMost => "at most",
        };
        let [value, threshold] = apart(comparison.value, comparison.threshold);
        vec![
            comparison.name.clone(),
            value,
            format!("{wanted} {threshold}"),
            comparison.unit.to_owned(),
            if comparison.holds { "holds" } else { "fails" }.into(),
        ]
    };
    let rows: Vec<Vec<String>> = comparisons.iter().map(row).collect();
    text_table(&["compared", "value", "wanted", "unit", ""], &rows)
}

/// What follows from the comparisons.
fn outcome(found: &Explanation, comparisons: &[Comparison]) -> String {
    let failed: Vec<&str> =
        comparisons.iter().filter(|comparison| !comparison.holds).map(|c| c.name.as_str()).collect();
    let starts = found.decision.hosting_halls + found.decision.gpu_halls;
    match (failed.as_slice(), starts) {
        (_, 0) if found.limits.hosting_halls == 0 && found.limits.gpu_halls == 0 => {
            "It waits, for no hall could be started.".into()
        }
        (_, 0) if found.offer.is_none() && comparisons.iter().any(|c| c.value.is_none()) => {
            "It waits: without an offer there is nothing to compare.".into()
        }
        ([], 0) if found.limits.hosting_halls == 0 => {
            "No comparison stands in the way, but no hall could be started for a tenant.".into()
        }
        ([], 0) => "No comparison stands in the way; what else it asks for is not met.".into(),
        ([], _) => "All hold, so it starts what it may.".into(),
        (failed, 0) => format!("It waits because of: {}.", failed.join("; ")),
        (failed, _) => format!("It starts all the same, up to: {}.", failed.join("; ")),
    }
}

fn listed(quantities: &[Quantity]) -> String {
    let row = |quantity: &Quantity| {
        let value = quantity.value.map_or_else(|| "no value".into(), figure);
        vec![quantity.name.clone(), value, quantity.unit.to_owned()]
    };
    let rows: Vec<Vec<String>> = quantities.iter().map(row).collect();
    text_table(&["looked at", "value", "unit"], &rows)
}

fn million(usd: f64) -> String {
    grouped(usd / 1e6, 2)
}

/// A value and its threshold, with decimals enough to tell them apart.
fn apart(value: Option<f64>, threshold: f64) -> [String; 2] {
    let Some(value) = value else { return ["–".into(), figure(threshold)] };
    let fewest = decimals(value).max(decimals(threshold));
    let shown = |places: usize| [value, threshold].map(|number| grouped(number, places));
    let differs = |places: &usize| value == threshold || shown(*places)[0] != shown(*places)[1];
    shown((fewest..=9).find(differs).unwrap_or(9))
}

fn figure(value: f64) -> String {
    grouped(value, decimals(value))
}

/// Decimals for four digits or so; none for whole numbers.
fn decimals(value: f64) -> usize {
    match value.abs() {
        size if size >= 1_000.0 || size.fract() == 0.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 1.0 => 2,
        _ => 4,
    }
}

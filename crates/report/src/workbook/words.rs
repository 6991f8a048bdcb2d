//! Names of columns and fields in people's words: `hosting_rent_usd` is "Hosting rent" in USD.
//!
//! House rule: the unit is the tail of a name, so the longest tail that is made of words of units is taken for it.

use super::look::Kind;

/// Words of units and how they are written.
const UNITS: [(&str, &str); 29] = [
    ("usd", "USD"),
    ("btc", "BTC"),
    ("mw", "MW"),
    ("mwh", "MWh"),
    ("kw", "kW"),
    ("gross", "gross"),
    ("it", "IT"),
    ("j", "J"),
    ("th", "TH"),
    ("ph", "PH"),
    ("gpu", "GPU"),
    ("gpus", "GPUs"),
    ("hour", "hour"),
    ("hours", "hours"),
    ("day", "day"),
    ("days", "days"),
    ("month", "month"),
    ("months", "months"),
    ("year", "year"),
    ("years", "years"),
    ("sqrt", "√"),
    ("block", "block"),
    ("blocks", "blocks"),
    ("epoch", "epoch"),
    ("epochs", "epochs"),
    ("paths", "paths"),
    ("percent", "%"),
    ("per", "per"),
    ("points", "points"),
];

/// Words that are not written as they are.
const WORDS: [(&str, &str); 20] = [
    ("npv", "NPV"),
    ("cvar5", "CVaR 5 %"),
    ("p5", "P5"),
    ("p25", "P25"),
    ("p50", "P50"),
    ("p75", "P75"),
    ("p95", "P95"),
    ("se", "s.e. of"),
    ("irr", "IRR"),
    ("moic", "MOIC"),
    ("asics", "ASICs"),
    ("asic", "ASIC"),
    ("gpus", "GPUs"),
    ("gpu", "GPU"),
    ("ai", "AI"),
    ("sla", "SLA"),
    ("dscr", "DSCR"),
    ("n", ""),
    ("to", "over"),
    ("horizon", "horizon"),
];

/// A name in words, its unit (empty without one), and how its values look.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spoken {
    pub(super) label: String,
    pub(super) unit: String,
    pub(super) kind: Kind,
}

impl Spoken {
    /// Head of a column: label and unit.
    pub(super) fn head(&self) -> String {
        match (self.kind, self.unit.as_str()) {
            (Kind::Millions, _) => format!("{}, million USD", self.label),
            (_, unit) if unit.is_empty() || unit.eq_ignore_ascii_case(&self.label) => self.label.clone(),
            (_, unit) => format!("{}, {unit}", self.label),
        }
    }
}

/// A column's name in words.
pub(super) fn spoken(name: &str) -> Spoken {
    let words: Vec<&str> = name.split('_').collect();
    // Of a name that is all unit, such as gpu_mwh, the first word is the name.
    let mut tail = unit_length(&words).min((words.len() - 1).max(1));
    // Of carried_gpus_usd the GPUs are what is carried and no part of the unit.
    if matches!(words[words.len() - tail..], ["gpu" | "gpus", next, ..] if next != "per") {
        tail -= 1;
    }
    let unit = unit(&words[words.len() - tail..]);
    let named = label(&words[..words.len() - tail]);
    let label = if named.is_empty() { label(&words) } else { named };
    let kind = kind(name, &unit);
    Spoken { label, unit, kind }
}

/// The unit that a field's name ends in; empty without one.
pub(super) fn unit_of(name: &str) -> String {
    let words: Vec<&str> = name.split('_').collect();
    if is_share(name) {
        return "share".into();
    }
    unit(&words[words.len() - unit_length(&words)..])
}

fn is_share(name: &str) -> bool {
    ["share", "probability"].iter().any(|word| name.ends_with(word))
}

fn kind(name: &str, unit: &str) -> Kind {
    match unit {
        "USD" if name.contains("per_share") || name.contains("price") => Kind::Number,
        "USD" => Kind::Millions,
        "MW" | "gross MW" => Kind::Mw,
        "MWh" => Kind::Mwh,
        "paths" => Kind::Count,
        "per year" => Kind::Percent,
        "" if is_share(name) || name.starts_with("share_") => Kind::Percent,
        "" if name.ends_with("count") => Kind::Count,
        _ => Kind::Number,
    }
}

/// How many words at the end make a unit.
fn unit_length(words: &[&str]) -> usize {
    words.iter().rev().take_while(|word| UNITS.iter().any(|(known, _)| known == *word)).count()
}

/// `usd per kw month` as USD/kW-month.
fn unit(words: &[&str]) -> String {
    let mut text = String::new();
    let mut below = false;
    for word in words {
        let written = UNITS.iter().find(|(known, _)| known == word).map_or("", |(_, written)| written);
        let joint = match (text.is_empty(), *word) {
            (true, _) => "",
            (_, "per") => {
                below = true;
                text.push('/');
                continue;
            }
            _ if text.ends_with('/') || text.ends_with('√') => "",
            _ if text.ends_with("gross") || text.ends_with("IT") || text.ends_with("per") || !below => " ",
            _ => "-",
        };
        text.push_str(joint);
        text.push_str(written);
    }
    text
}

fn label(words: &[&str]) -> String {
    let written = |word: &&str| {
        let special = WORDS.iter().find(|(known, _)| known == word);
        special.map_or_else(|| (*word).to_owned(), |(_, written)| (*written).to_owned())
    };
    let text: Vec<String> = words.iter().map(written).filter(|word| !word.is_empty()).collect();
    let text = text.join(" ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spoken_with_their_units() {
        let check = |name: &str, label: &str, unit: &str, kind: Kind| {
            assert_eq!(spoken(name), Spoken { label: label.into(), unit: unit.into(), kind });
        };
        check("hosting_rent_usd", "Hosting rent", "USD", Kind::Millions);
        check("mining_mwh", "Mining", "MWh", Kind::Mwh);
        check("cvar5_npv_usd", "CVaR 5 % NPV", "USD", Kind::Millions);
        check("incremental_irr_per_year", "Incremental IRR", "per year", Kind::Percent);
        check("gpu_mwh", "GPU", "MWh", Kind::Mwh);
        check("carried_gpus_usd", "Carried GPUs", "USD", Kind::Millions);
        check("month", "Month", "month", Kind::Number);
        check("n_paths", "Paths", "paths", Kind::Count);
        check("shortfall_probability", "Shortfall probability", "", Kind::Percent);
        check("break_even_hashprice_usd_per_ph_day", "Break even hashprice", "USD/PH-day", Kind::Number);
        assert_eq!(spoken("hosting_rent_usd").head(), "Hosting rent, million USD");
    }

    #[test]
    fn units_of_fields_are_the_tails_of_their_names() {
        let check = |name: &str, unit: &str| assert_eq!(unit_of(name), unit, "{name}");
        check("capex_usd_per_it_mw", "USD/IT MW");
        check("start_usd_per_kw_month", "USD/kW-month");
        check("spread_usd_per_gross_mw_month", "USD/gross MW-month");
        check("volatility_per_sqrt_year", "per √year");
        check("lead_months", "months");
        check("sold_share", "share");
        check("model", "");
        check("seed", "");
    }
}

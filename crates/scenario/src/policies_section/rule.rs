//! A team's own rule: formulas, read and checked with the names that they may use.

use super::{Grounds, read_form, read_max_gross_mw};
use crate::reader::{Section, nearest};
use optimizer::{Formula, FormulaError, RuleTerms, Yields, known_names};

const WHEN: &str = "a condition in quotes such as \"offer_rent_usd_per_kw_month > 150 && cash_musd > 50\"";
const ALL: &str = "startable_halls";

/// Reads `when` and `halls`.
pub(super) fn read(section: &Section<'_>, grounds: &Grounds<'_>) -> RuleTerms {
    let when = section.text("when", WHEN);
    let halls = section.text_or("halls", ALL);
    let calendar = &grounds.market.calendar;
    RuleTerms {
        when: formula(section, "when", &when, Yields::Truth),
        halls: formula(section, "halls", &halls, Yields::Number),
        form: read_form(section, grounds),
        max_gross_mw: read_max_gross_mw(section),
        first_month: calendar.month(0),
        n_months: calendar.n_months() as u32,
    }
}

/// The formula of a field; one that never starts anything stands in after a fault.
fn formula(section: &Section<'_>, key: &'static str, text: &str, yields: Yields) -> Formula {
    let names = known_names();
    let stand_in = || {
        let text = if yields == Yields::Truth { "1 > 2" } else { "0" };
        Formula::parse(text, &names, yields).unwrap_or_else(|_| unreachable!("a stand-in is a formula"))
    };
    if text.is_empty() {
        // The reader has noted why.
        return stand_in();
    }
    Formula::parse(text, &names, yields).unwrap_or_else(|error| {
        let more = match &error {
            FormulaError::UnknownName(name) => {
                let near = nearest(name, &names).map_or(String::new(), |n| format!("; did you mean `{n}`?"));
                format!("{near}; known here are {}", names.join(", "))
            }
            FormulaError::Syntax(_) => {
                "; allowed are numbers, names, + - * / < <= > >= == != && || ! ( ), abs() and floor()".into()
            }
            _ => String::new(),
        };
        section.fault(key, format!("{error}{more}"));
        stand_in()
    })
}

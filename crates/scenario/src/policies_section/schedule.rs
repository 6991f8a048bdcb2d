//! The list of starts of a fixed schedule: month and halls, or month and gross MW.

use super::Grounds;
use crate::reader::{Rule, Section};
use optimizer::{FixedSchedule, Starts};
use site::{AiForm, Campus, YearMonth};

const WANTED: &str = "a list such as [{ month = \"2027-01\", halls = 2 }], with halls or gross_mw";

/// Reads `starts`; the months must not lie before the first opening, and rise.
pub(super) fn read(section: &Section<'_>, form: AiForm, grounds: &Grounds<'_>) -> FixedSchedule {
    let faults_before = section.log().n_faults();
    let items = section.list("starts");
    if !section.has("starts") {
        section.fault("starts", format!("is missing; wanted is {WANTED}"));
    } else if items.is_empty() && section.log().n_faults() == faults_before {
        section.fault("starts", format!("holds no start; wanted is {WANTED}"));
    }
    let in_mw = items.first().is_some_and(|item| item.has("gross_mw"));
    let (mut halls, mut megawatts) = (Vec::new(), Vec::new());
    let mut last = None;
    for item in &items {
        item.begin_item("policies.starts");
        let month = read_month(item, grounds, last);
        last = month.or(last);
        let month = month.unwrap_or(0);
        if item.has("halls") && item.has("gross_mw") {
            item.fault("gross_mw", "stands beside halls; allowed is one of the two");
        } else if item.has(if in_mw { "halls" } else { "gross_mw" }) {
            let key = if in_mw { "halls" } else { "gross_mw" };
            item.fault(key, "is another unit than that of the first start; allowed is one for the schedule");
        } else if in_mw {
            megawatts.push((month, item.number("gross_mw", Rule::above(0.0, 20_000.0, "MW"))));
        } else {
            halls.push((month, item.whole("halls", 1, 10_000, None) as u32));
        }
        item.finish();
    }
    let starts = if in_mw { Starts::GrossMw(megawatts) } else { Starts::Halls(halls) };
    FixedSchedule { form, starts }
}

/// Months from the first opening to the month of a start.
fn read_month(item: &Section<'_>, grounds: &Grounds<'_>, last: Option<u32>) -> Option<u32> {
    let calendar = &grounds.market.calendar;
    let first = calendar.month(0);
    let text = item.text("month", "a month such as \"2027-01\"");
    if text.is_empty() {
        return None;
    }
    let number = YearMonth::parse(&text).map(|month| month.months_since(first));
    let inside = number.and_then(|n| u32::try_from(n).ok());
    match inside {
        None => item.fault("month", format!("is `{text}`; allowed is a month from \"{first}\" on")),
        Some(n) if last.is_some_and(|last| n <= last) => {
            item.fault("month", format!("is `{text}`; allowed are months in rising order, each once"));
        }
        Some(_) => {}
    }
    inside
}

/// What a schedule asks for that cannot happen: allowed, since a horizon or a campus may be cut for a trial.
pub(crate) fn warnings(name: &str, schedule: &FixedSchedule, campus: &Campus, n_months: u32) -> Vec<String> {
    let mining: Vec<f64> = campus
        .halls
        .iter()
        .filter(|hall| !hall.opening.is_committed())
        .map(|hall| hall.gross.get())
        .collect();
    let (wanted, most, unit, late) = match &schedule.starts {
        Starts::Halls(starts) => {
            let wanted: f64 = starts.iter().map(|(_, halls)| f64::from(*halls)).sum();
            let late = starts.iter().filter(|(month, _)| *month >= n_months).count();
            (wanted, mining.len() as f64, "halls", late)
        }
        Starts::GrossMw(starts) => {
            let wanted: f64 = starts.iter().map(|(_, mw)| mw).sum();
            let late = starts.iter().filter(|(month, _)| *month >= n_months).count();
            (wanted, mining.iter().sum(), "gross MW", late)
        }
    };
    let mut warnings = Vec::new();
    if late > 0 {
        warnings
            .push(format!("policy {name}: {late} of its starts lie beyond the last month and never come"));
    }
    if wanted > most * (1.0 + 1e-9) {
        warnings.push(format!(
            "policy {name}: its starts sum to {wanted} {unit}, and {most} mine at the opening"
        ));
    }
    warnings
}

//! The list of starts of a fixed schedule: month and halls, or month and gross MW.

use super::Grounds;
use crate::reader::{Rule, Section};
use optimizer::{FixedSchedule, Starts};
use site::{AiForm, HallUse, YearMonth};

const WANTED: &str = "a list such as [{ month = \"2027-01\", halls = 2 }], with halls or gross_mw";

/// Reads `starts`; the months must lie in the horizon and rise, and the halls must be there.
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
    check_size(section, &halls, &megawatts, grounds);
    let starts = if in_mw { Starts::GrossMw(megawatts) } else { Starts::Halls(halls) };
    FixedSchedule { form, starts }
}

/// Months from the first opening to the month of a start.
fn read_month(item: &Section<'_>, grounds: &Grounds<'_>, last: Option<u32>) -> Option<u32> {
    let calendar = &grounds.market.calendar;
    let (first, end) = (calendar.month(0), calendar.month(calendar.n_months() - 1));
    let text = item.text("month", "a month such as \"2027-01\"");
    if text.is_empty() {
        return None;
    }
    let number = YearMonth::parse(&text).map(|month| month.months_since(first));
    let inside = number.filter(|n| (0..calendar.n_months() as i32).contains(n)).map(|n| n as u32);
    match inside {
        None => {
            item.fault("month", format!("is `{text}`; allowed is a month from \"{first}\" to \"{end}\""));
        }
        Some(n) if last.is_some_and(|last| n <= last) => {
            item.fault("month", format!("is `{text}`; allowed are months in rising order, each once"));
        }
        Some(_) => {}
    }
    inside
}

/// A schedule for more than the campus has is a slip.
fn check_size(section: &Section<'_>, halls: &[(u32, u32)], megawatts: &[(u32, f64)], grounds: &Grounds<'_>) {
    if !section.log().is_clean() {
        return;
    }
    let mining: Vec<f64> = grounds
        .campus
        .halls
        .iter()
        .filter(|hall| !HallUse::is_committed(&hall.opening))
        .map(|hall| hall.gross.get())
        .collect();
    let wanted: u64 = halls.iter().map(|(_, halls)| u64::from(*halls)).sum();
    if wanted > mining.len() as u64 {
        section.fault(
            "starts",
            format!("sum to {wanted} halls; allowed are up to {}, those that mine", mining.len()),
        );
    }
    let wanted: f64 = megawatts.iter().map(|(_, mw)| mw).sum();
    let most: f64 = mining.iter().sum();
    if wanted > most * (1.0 + 1e-9) {
        section.fault(
            "starts",
            format!("sum to {wanted} gross MW; allowed are up to {most}, those of halls that mine"),
        );
    }
}

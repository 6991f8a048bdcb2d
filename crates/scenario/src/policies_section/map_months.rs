//! Months of the trigger maps of a computed policy.

use super::Grounds;
use crate::reader::Section;
use site::YearMonth;

const KEY: &str = "map_months";
/// Years after the first opening at which a map is drawn unless the scenario says otherwise.
const DEFAULT_YEARS: [u32; 4] = [0, 2, 4, 6];

/// Reads `map_months`; none for an empty list. Months lie within the horizon and rise.
pub(super) fn read(section: &Section<'_>, grounds: &Grounds<'_>) -> Vec<u32> {
    let calendar = &grounds.market.calendar;
    let n_months = calendar.n_months() as u32;
    let default = DEFAULT_YEARS.map(|years| 12 * years).into_iter().filter(|month| *month < n_months);
    let written: Vec<String> = default.map(|month| calendar.month(month as usize).to_string()).collect();
    let texts = section.text_list_or(KEY, &written);
    let (first, last) = (calendar.month(0), calendar.month(n_months as usize - 1));
    let mut months: Vec<u32> = Vec::new();
    for text in &texts {
        let number = YearMonth::parse(text).and_then(|month| u32::try_from(month.months_since(first)).ok());
        match number.filter(|month| *month < n_months) {
            None => section.fault(
                KEY,
                format!("holds `{text}`; allowed are months of the study, \"{first}\" to \"{last}\""),
            ),
            Some(month) if months.last().is_some_and(|before| month <= *before) => {
                section.fault(KEY, format!("holds `{text}`; allowed are months in rising order, each once"));
            }
            Some(month) => months.push(month),
        }
    }
    months
}

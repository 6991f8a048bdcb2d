//! Months of the money: written as `YYYY-MM`, counted from the first opening.

use crate::reader::Section;
use site::{Calendar, YearMonth};

/// Which months a field may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of the study: what happens in the month must happen.
    Study,
    /// From the first opening on, also beyond the last month: debt may outlive the study.
    Beyond,
}

/// The months of a study.
pub(super) struct Months {
    first: YearMonth,
    n_months: u32,
}

impl Months {
    pub(super) fn new(calendar: &Calendar) -> Self {
        Self { first: calendar.start, n_months: calendar.n_months() as u32 }
    }

    pub(super) fn n_months(&self) -> u32 {
        self.n_months
    }

    /// A month as people write it.
    pub(super) fn name(&self, month: u32) -> YearMonth {
        self.first.plus(month)
    }

    /// A month that must be there; the first one stands in after a fault.
    pub(super) fn read(&self, section: &Section<'_>, key: &'static str, reach: Reach) -> u32 {
        let text = section.text(key, "a month such as \"2030-12\"");
        self.count(section, key, &text, reach)
    }

    /// A month with a default, which is written to the resolved scenario.
    pub(super) fn read_or(
        &self,
        section: &Section<'_>,
        key: &'static str,
        reach: Reach,
        default: u32,
    ) -> u32 {
        let text = section.text_or(key, &self.name(default).to_string());
        self.count(section, key, &text, reach)
    }

    fn count(&self, section: &Section<'_>, key: &'static str, text: &str, reach: Reach) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let (first, last) = (self.first, self.name(self.n_months - 1));
        let allowed = match reach {
            Reach::Study => format!("{first} to {last}"),
            Reach::Beyond => format!("{first} or later"),
        };
        let Some(month) = YearMonth::parse(text) else {
            section.fault(key, format!("is `{text}`; wanted is a month such as \"2030-12\", {allowed}"));
            return 0;
        };
        let Ok(count) = u32::try_from(month.months_since(first)) else {
            section.fault(key, format!("is {month}, before the first opening; allowed is {allowed}"));
            return 0;
        };
        if reach == Reach::Study && count >= self.n_months {
            section
                .fault(key, format!("is {month}, after the last month of the study; allowed is {allowed}"));
            return 0;
        }
        count
    }
}

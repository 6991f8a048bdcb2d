//! How principal is repaid: of a loan, and of what refinances it.
//!
//! Both have the same four ways, under keys of their own, so that every key names what it belongs to.

use crate::reader::{Rule, Section};
use finance::terms::Amortisation;

/// Coverages; 10 is beyond what any lender asks for.
pub(super) const COVERAGE: Rule = Rule::above(0.0, 10.0, "times the debt service");
/// Coverage of sculpted service where none is stated: that of the sizing example, oracle O13.
const SCULPTING_DSCR: f64 = 1.30;

const WAYS: [&str; 4] = ["bullet", "level", "sculpted", "schedule"];

/// The keys of one way of repayment.
pub(super) struct Keys {
    way: &'static str,
    months: &'static str,
    dscr: &'static str,
    usd_by_year: &'static str,
}

/// Of the loan itself.
pub(super) const OF_LOAN: Keys = Keys {
    way: "amortisation",
    months: "level_months",
    dscr: "sculpting_dscr",
    usd_by_year: "schedule_usd_by_year",
};

/// Of what refinances it.
pub(super) const OF_REFINANCING: Keys = Keys {
    way: "refinancing_amortisation",
    months: "refinancing_level_months",
    dscr: "refinancing_sculpting_dscr",
    usd_by_year: "refinancing_schedule_usd_by_year",
};

/// What is chosen before the rest of the terms can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Bullet,
    Level,
    Sculpted,
    Schedule,
}

impl Keys {
    /// All of them.
    pub(super) fn all(&self) -> [&'static str; 4] {
        [self.way, self.months, self.dscr, self.usd_by_year]
    }

    /// Reads which way it is.
    pub(super) fn read_way(&self, section: &Section<'_>, default: Option<usize>) -> Way {
        [Way::Bullet, Way::Level, Way::Sculpted, Way::Schedule][section.choice(self.way, &WAYS, default)]
    }

    /// Reads what belongs to a way; `full_months` repay a level loan in full by maturity.
    pub(super) fn read(&self, section: &Section<'_>, way: Way, full_months: u32) -> Amortisation {
        let amortisation = match way {
            Way::Bullet => Amortisation::Bullet,
            Way::Level => {
                let full = u64::from(full_months.clamp(1, 1_200));
                Amortisation::Level { months: section.whole(self.months, 1, 1_200, Some(full)) as u32 }
            }
            Way::Sculpted => {
                Amortisation::Sculpted { dscr: section.number_or(self.dscr, COVERAGE, SCULPTING_DSCR) }
            }
            Way::Schedule => Amortisation::Schedule { usd_by_year: self.read_schedule(section) },
        };
        for (key, owner) in
            [(self.months, Way::Level), (self.dscr, Way::Sculpted), (self.usd_by_year, Way::Schedule)]
        {
            let needed = WAYS[owner as usize];
            section.belongs_elsewhere(&[key], &format!("belongs to {} = \"{needed}\"", self.way));
        }
        amortisation
    }

    fn read_schedule(&self, section: &Section<'_>) -> Vec<f64> {
        if !section.has(self.usd_by_year) {
            section.fault(
                self.usd_by_year,
                "is missing; wanted is a list of USD by year from the first month with principal",
            );
            return Vec::new();
        }
        section.numbers_or(self.usd_by_year, super::USD, &[])
    }
}

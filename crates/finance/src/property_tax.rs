//! Property tax on what the study builds, with an abatement.
//!
//! `tax = rate × assessed share × value on 1 January`, where value is cost written down straight: 20 years for halls, 5 for GPUs and
//! other machines, on average half a year old on their first 1 January. This follows neither tax depreciation nor the balance sheet.
//! Sources: Texas values property as of 1 January (Tax Code 23.01) and taxes 1.5 to 2.5 % of it (fact F4.3); the lives are assumptions.
//! Property that stood before the study is not in here: its tax belongs to the operating cost of the site.

use crate::depreciation::grow_older;
use crate::tax::TaxTerms;

/// Years over which halls lose their value; an assumption.
pub const HALL_YEARS: usize = 20;

/// Years over which GPUs and other machines lose their value; an assumption.
pub const MACHINE_YEARS: usize = 5;

/// What has been placed, by full calendar years since, and how far an abatement has run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PropertyBooks {
    halls_usd: [f64; HALL_YEARS],
    machines_usd: [f64; MACHINE_YEARS],
    placed_halls_usd: f64,
    placed_machines_usd: f64,
    months: u32,
    abated_months: u32,
    abated_before: u32,
}

impl PropertyBooks {
    /// Books a month: plant placed in it counts from the next 1 January.
    ///
    /// The months of an abatement begin with the first January on which there is something to tax.
    pub fn book(&mut self, terms: &TaxTerms, halls_usd: f64, machines_usd: f64) {
        self.placed_halls_usd += halls_usd;
        self.placed_machines_usd += machines_usd;
        self.months += 1;
        let abated = self.abated_before + self.abated_months;
        if abated < terms.abatement_months && self.value_usd() > 0.0 {
            self.abated_months += 1;
        }
    }

    /// Value on 1 January of the current year, USD.
    #[must_use]
    pub fn value_usd(&self) -> f64 {
        written_down(&self.halls_usd) + written_down(&self.machines_usd)
    }

    /// Tax for the months booked, USD; the books move on to the next year.
    pub fn close_year(&mut self, terms: &TaxTerms) -> f64 {
        let taxed_months = f64::from(self.months) - terms.abatement_share * f64::from(self.abated_months);
        let base_usd = terms.property_assessed_share * self.value_usd();
        let tax_usd = terms.property_rate * base_usd * taxed_months / 12.0;
        grow_older(&mut self.halls_usd);
        grow_older(&mut self.machines_usd);
        self.halls_usd[0] = self.placed_halls_usd;
        self.machines_usd[0] = self.placed_machines_usd;
        self.abated_before += self.abated_months;
        (self.placed_halls_usd, self.placed_machines_usd) = (0.0, 0.0);
        (self.months, self.abated_months) = (0, 0);
        tax_usd
    }
}

/// Costs by age, each less half a year and its full years of life.
fn written_down<const N: usize>(by_age_usd: &[f64; N]) -> f64 {
    let value = |(age, cost): (usize, &f64)| cost * (1.0 - (age as f64 + 0.5) / N as f64);
    by_age_usd.iter().enumerate().map(value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn years(terms: &TaxTerms, n: usize) -> Vec<f64> {
        let mut books = PropertyBooks::default();
        (0..n)
            .map(|year| {
                for month in 0..12 {
                    let placed = if (year, month) == (0, 3) { (100e6, 10e6) } else { (0.0, 0.0) };
                    books.book(terms, placed.0, placed.1);
                }
                books.close_year(terms)
            })
            .collect()
    }

    #[test]
    fn tax_starts_on_the_next_january_and_ends_with_the_life() {
        let terms = TaxTerms { property_rate: 0.02, property_assessed_share: 0.9, ..TaxTerms::default() };
        let tax = years(&terms, 23);
        assert_eq!(tax[0], 0.0);
        assert!((tax[1] - 0.02 * 0.9 * (97.5e6 + 9e6)).abs() < 1e-6, "{}", tax[1]);
        assert!((tax[6] - 0.02 * 0.9 * 72.5e6).abs() < 1e-6, "the machines are gone");
        assert!(tax[20] > 0.0 && tax[21] == 0.0);
    }

    #[test]
    fn an_abatement_takes_its_share_for_its_months() {
        let free = TaxTerms { property_rate: 0.02, ..TaxTerms::default() };
        let abated = TaxTerms { abatement_share: 0.75, abatement_months: 30, ..free.clone() };
        let (full, less) = (years(&free, 5), years(&abated, 5));
        let ratio: Vec<f64> = (1..5).map(|year| less[year] / full[year]).collect();
        // Two and a half years from the first January on which there is something to tax.
        for (actual, expected) in ratio.iter().zip([0.25, 0.25, 0.625, 1.0]) {
            assert!((actual - expected).abs() < 1e-12, "{actual} is not {expected}");
        }
    }
}

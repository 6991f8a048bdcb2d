//! Tax depreciation of plant (MACRS), by calendar year.
//!
//! Classes of 5 and 15 years: declining balance (200 % and 150 %) with half a year in the first and the last year, changed to straight
//! line when that is faster; what qualifies for bonus depreciation is expensed in its first year. Buildings: straight line over 39 years
//! from the middle of the month in which they are placed in service, without bonus. Source: IRS Publication 946, appendix A. The
//! rates here follow its rule; the printed tables are rounded, those of buildings before they are multiplied by months.

/// Rates of 5-year property by year: GPUs, mining machines, servers.
pub const FIVE_YEAR: [f64; 6] = half_year_rates(2.0);

/// Rates of 15-year property by year: land improvements and some electrical plant.
pub const FIFTEEN_YEAR: [f64; 16] = half_year_rates(1.5);

/// Years over which a building is written off.
pub const BUILDING_YEARS: f64 = 39.0;

/// Rate of a building in the calendar year in which it is placed in service, in the month 1 to 12.
#[must_use]
pub fn building_first_year_rate(month_of_year: u32) -> f64 {
    (12.5 - f64::from(month_of_year)) / 12.0 / BUILDING_YEARS
}

/// Shares of a cost by class; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassSplit {
    /// 5-year property.
    pub five_year: f64,
    /// 15-year property.
    pub fifteen_year: f64,
    /// Building, 39 years.
    pub building: f64,
}

/// What has been placed in service, by age; holds no allocation.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DepreciationBooks {
    five_year_usd: [f64; 6],
    fifteen_year_usd: [f64; 16],
    expensed_usd: f64,
    /// Cost of buildings, without those of this year.
    earlier_buildings_usd: f64,
    this_years_buildings_usd: f64,
    this_years_building_depreciation_usd: f64,
    undepreciated_usd: f64,
}

impl DepreciationBooks {
    /// Books plant that is placed in service in a month, 1 to 12, of the current year.
    pub fn place(&mut self, cost_usd: f64, split: &ClassSplit, bonus_share: f64, month_of_year: u32) {
        let kept = 1.0 - bonus_share;
        self.expensed_usd += cost_usd * (split.five_year + split.fifteen_year) * bonus_share;
        self.five_year_usd[0] += cost_usd * split.five_year * kept;
        self.fifteen_year_usd[0] += cost_usd * split.fifteen_year * kept;
        let building_usd = cost_usd * split.building;
        self.this_years_buildings_usd += building_usd;
        self.this_years_building_depreciation_usd += building_usd * building_first_year_rate(month_of_year);
        self.undepreciated_usd += cost_usd;
    }

    /// Depreciation of the current year, USD; the books move on to the next.
    ///
    /// Buildings are exact for 39 years, longer than any study.
    pub fn close_year(&mut self) -> f64 {
        let by_age = |costs: &[f64], rates: &[f64]| costs.iter().zip(rates).map(|(c, r)| c * r).sum::<f64>();
        let buildings =
            self.this_years_building_depreciation_usd + self.earlier_buildings_usd / BUILDING_YEARS;
        let total = self.expensed_usd
            + by_age(&self.five_year_usd, &FIVE_YEAR)
            + by_age(&self.fifteen_year_usd, &FIFTEEN_YEAR)
            + buildings;
        // Past its 39 years a building has nothing left to write off.
        let depreciation = total.min(self.undepreciated_usd.max(0.0));
        self.undepreciated_usd -= depreciation;
        self.expensed_usd = 0.0;
        self.earlier_buildings_usd += self.this_years_buildings_usd;
        self.this_years_buildings_usd = 0.0;
        self.this_years_building_depreciation_usd = 0.0;
        grow_older(&mut self.five_year_usd);
        grow_older(&mut self.fifteen_year_usd);
        depreciation
    }

    /// Cost that has not been written off, USD.
    #[must_use]
    pub fn undepreciated_usd(&self) -> f64 {
        self.undepreciated_usd
    }
}

/// Moves every cost to the next age; the oldest leaves.
pub(crate) fn grow_older<const N: usize>(by_age_usd: &mut [f64; N]) {
    by_age_usd.copy_within(0..N - 1, 1);
    by_age_usd[0] = 0.0;
}

/// Rates of a class of `N − 1` years: `factor / life` of the balance, half of it in the first year, until straight line over what is
/// left is faster.
const fn half_year_rates<const N: usize>(factor: f64) -> [f64; N] {
    let life = (N - 1) as f64;
    let mut rates = [0.0; N];
    let mut left = 1.0;
    let mut year = 0;
    while year < N {
        let declining = left * factor / life;
        let rate = if year == 0 {
            0.5 * declining
        } else if year == N - 1 {
            left
        } else {
            let straight = left / (life - year as f64 + 0.5);
            if straight > declining { straight } else { declining }
        };
        rates[year] = rate;
        left -= rate;
        year += 1;
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL_FIVE: ClassSplit = ClassSplit { five_year: 1.0, fifteen_year: 0.0, building: 0.0 };

    #[test]
    fn five_year_rates_are_the_printed_ones() {
        let printed = [20.00, 32.00, 19.20, 11.52, 11.52, 5.76];
        for (rate, percent) in FIVE_YEAR.iter().zip(printed) {
            assert!((100.0 * rate - percent).abs() < 1e-12, "{rate}");
        }
    }

    #[test]
    fn fifteen_year_rates_round_to_the_printed_ones() {
        let printed =
            [5.00, 9.50, 8.55, 7.70, 6.93, 6.23, 5.90, 5.90, 5.91, 5.90, 5.91, 5.90, 5.91, 5.90, 5.91, 2.95];
        for (rate, percent) in FIFTEEN_YEAR.iter().zip(printed) {
            // The publication alternates 5.90 and 5.91 for 5.9049, so that its column sums to 100.
            assert!((100.0 * rate - percent).abs() < 0.0053, "{rate}");
        }
    }

    #[test]
    fn first_year_rates_of_buildings_are_the_printed_ones_before_rounding() {
        let printed = [2.461, 2.247, 2.033, 1.819, 1.605, 1.391, 1.177, 0.963, 0.749, 0.535, 0.321, 0.107];
        for (month, percent) in (1..=12).zip(printed) {
            // The publication rounds the rate of one month, 1/468, to 0.214 % and multiplies that.
            let months = 12.5 - f64::from(month);
            assert!((months * 0.214 - percent).abs() < 1e-9);
            assert!((100.0 * building_first_year_rate(month) - months * 100.0 / 468.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_building_is_written_off_in_its_fortieth_year() {
        let mut books = DepreciationBooks::default();
        books.place(390.0, &ClassSplit { five_year: 0.0, fifteen_year: 0.0, building: 1.0 }, 1.0, 7);
        let years: Vec<f64> = (0..41).map(|_| books.close_year()).collect();
        assert!((years[0] - 10.0 * 5.5 / 12.0).abs() < 1e-12 && (years[20] - 10.0).abs() < 1e-12);
        assert!((years[39] - 10.0 * 6.5 / 12.0).abs() < 1e-9 && years[40].abs() < 1e-9);
    }

    #[test]
    fn bonus_depreciation_expenses_short_classes_at_once() {
        let mut books = DepreciationBooks::default();
        books.place(100.0, &ALL_FIVE, 1.0, 3);
        assert_eq!((books.close_year(), books.undepreciated_usd(), books.close_year()), (100.0, 0.0, 0.0));
    }

    #[test]
    fn oracle_o15_present_value_of_the_tax_shield() {
        let value = |bonus: f64| {
            let mut books = DepreciationBooks::default();
            books.place(1.0, &ALL_FIVE, bonus, 6);
            (1..=6).map(|year| 0.21 * books.close_year() / 1.1_f64.powi(year)).sum::<f64>()
        };
        assert!((value(0.0) - 0.162_384_687_9).abs() < 5e-11, "{}", value(0.0));
        assert!((value(1.0) - 0.190_909_090_9).abs() < 5e-11);
    }

    proptest! {
        #[test]
        fn depreciation_sums_to_cost(
            costs in prop::collection::vec((0.0..1e9_f64, 1..=12_u32), 1..20),
            five in 0.0..1.0_f64,
            rest in 0.0..1.0_f64,
            bonus in 0.0..=1.0_f64,
        ) {
            let fifteen = rest * (1.0 - five);
            let split = ClassSplit { five_year: five, fifteen_year: fifteen, building: 1.0 - five - fifteen };
            let mut books = DepreciationBooks::default();
            let mut written_off = 0.0;
            for (cost, month) in &costs {
                books.place(*cost, &split, bonus, *month);
                written_off += books.close_year();
            }
            for _ in 0..40 {
                let year = books.close_year();
                prop_assert!(year >= 0.0);
                written_off += year;
            }
            let total: f64 = costs.iter().map(|c| c.0).sum();
            prop_assert!((written_off - total).abs() <= 1e-9 * (1.0 + total), "{written_off} of {total}");
            prop_assert!(books.undepreciated_usd().abs() <= 1e-9 * (1.0 + total));
        }
    }
}

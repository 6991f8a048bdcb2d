//! Known years, and properties over random ones.

use super::*;
use proptest::prelude::*;

/// No state taxes: what is left is the federal tax.
fn federal_only() -> TaxTerms {
    TaxTerms { texas_margin_rate: 0.0, property_rate: 0.0, ..TaxTerms::default() }
}

fn quiet_month(month_of_year: u32) -> TaxableMonth {
    TaxableMonth {
        month_of_year,
        revenue_usd: 0.0,
        cost_of_goods_usd: 0.0,
        overhead_usd: 0.0,
        interest_usd: 0.0,
        conversion_placed_usd: 0.0,
        gpus_placed_usd: 0.0,
        gains_usd: 0.0,
    }
}

/// A year whose flows all fall into one month.
fn year(books: &mut TaxBooks, terms: &TaxTerms, flows: TaxableMonth) -> TaxBill {
    for month in 1..=12 {
        books.book(terms, &if month == flows.month_of_year { flows } else { quiet_month(month) });
    }
    books.settle_year(terms)
}

fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * (1.0 + expected.abs()), "{actual} is not {expected}");
}

#[test]
fn a_plain_year_pays_21_per_cent_of_its_income() {
    let terms = federal_only();
    let mut books = TaxBooks::new(&terms);
    let flows = TaxableMonth {
        revenue_usd: 100e6,
        cost_of_goods_usd: 40e6,
        overhead_usd: 10e6,
        interest_usd: 5e6,
        gains_usd: 1e6,
        ..quiet_month(4)
    };
    let bill = year(&mut books, &terms, flows);
    close(bill.federal_usd, 0.21 * 46e6);
    close(bill.total_usd(), 0.21 * 46e6);
}

#[test]
fn oracle_o15_shield_as_the_difference_of_two_tax_bills() {
    let shield = |bonus_share: f64| {
        let terms = TaxTerms { bonus_share, ..federal_only() };
        let tax = |cost: f64| {
            let mut books = TaxBooks::new(&terms);
            let mut value = 0.0;
            for n in 1..=6 {
                let placed = if n == 1 { cost } else { 0.0 };
                let flows = TaxableMonth { revenue_usd: 10.0, gpus_placed_usd: placed, ..quiet_month(7) };
                value += year(&mut books, &terms, flows).federal_usd / 1.1_f64.powi(n);
            }
            value
        };
        tax(0.0) - tax(1.0)
    };
    assert!((shield(0.0) - 0.162_384_687_9).abs() < 5e-11, "{}", shield(0.0));
    assert!((shield(1.0) - 0.190_909_090_9).abs() < 5e-11, "{}", shield(1.0));
}

#[test]
fn losses_relieve_80_per_cent_of_later_income() {
    let terms = TaxTerms { opening_nol_usd: 20e6, ..federal_only() };
    let mut books = TaxBooks::new(&terms);
    let loss = TaxableMonth { revenue_usd: 10e6, overhead_usd: 60e6, ..quiet_month(1) };
    assert_eq!(year(&mut books, &terms, loss).federal_usd, 0.0);
    close(books.nol_usd(), 70e6);
    let good = TaxableMonth { revenue_usd: 50e6, ..quiet_month(1) };
    let first = year(&mut books, &terms, good);
    close(first.nol_used_usd, 40e6);
    close(first.federal_usd, 0.21 * 10e6);
    let second = year(&mut books, &terms, good);
    close(second.nol_used_usd, 30e6);
    close(second.federal_usd, 0.21 * 20e6);
    assert!(books.nol_usd().abs() < 1e-6);
}

#[test]
fn interest_above_30_per_cent_of_ebitda_waits() {
    let terms = federal_only();
    let mut books = TaxBooks::new(&terms);
    // Depreciation does not lower the limit.
    let heavy =
        TaxableMonth { revenue_usd: 100e6, interest_usd: 50e6, gpus_placed_usd: 20e6, ..quiet_month(1) };
    let bill = year(&mut books, &terms, heavy);
    close(bill.interest_allowed_usd, 30e6);
    close(bill.federal_usd, 0.21 * 50e6);
    close(books.carried_interest_usd(), 20e6);
    let light = TaxableMonth { revenue_usd: 100e6, interest_usd: 4e6, ..quiet_month(1) };
    close(year(&mut books, &terms, light).interest_allowed_usd, 24e6);
    close(books.carried_interest_usd(), 0.0);
}

#[test]
fn texas_takes_the_least_of_three_margins() {
    let terms = TaxTerms { property_rate: 0.0, ..TaxTerms::default() };
    let texas = |revenue_usd: f64, cost_of_goods_usd: f64| {
        let flows = TaxableMonth { revenue_usd, cost_of_goods_usd, ..quiet_month(5) };
        year(&mut TaxBooks::new(&terms), &terms, flows).texas_usd
    };
    close(texas(100e6, 10e6), 0.0075 * 70e6);
    close(texas(100e6, 60e6), 0.0075 * 40e6);
    close(texas(3e6, 0.0), 0.0075 * 2e6);
    assert_eq!(texas(2.47e6, 0.0), 0.0);
    assert_eq!(texas(100e6, 120e6), 0.0);
}

#[test]
fn a_part_year_counts_its_months() {
    let terms = TaxTerms::default();
    let mut books = TaxBooks::new(&terms);
    for month in 10..=12 {
        books.book(&terms, &TaxableMonth { revenue_usd: 0.3e6, ..quiet_month(month) });
    }
    // 0.9 million in three months is 3.6 a year: above the threshold; a quarter of the million is taken off.
    close(books.settle_year(&terms).texas_usd, 0.0075 * 0.63e6);
    assert_eq!(books.settle_year(&terms), TaxBill::default());
}

#[test]
fn state_taxes_are_costs_of_the_federal_tax() {
    let terms = TaxTerms::default();
    let mut books = TaxBooks::new(&terms);
    let build = TaxableMonth { conversion_placed_usd: 100e6, ..quiet_month(12) };
    let first = year(&mut books, &terms, build);
    // 70 million at once, and half a month of 30 million over 39 years.
    close(first.depreciation_usd, 70e6 + 30e6 / 39.0 * 0.5 / 12.0);
    let let_year = TaxableMonth { revenue_usd: 500e6, cost_of_goods_usd: 100e6, ..quiet_month(1) };
    let second = year(&mut books, &terms, let_year);
    close(second.property_usd, 0.02 * 97.5e6);
    close(second.texas_usd, 0.0075 * 350e6);
    let income = 400e6 - second.property_usd - second.texas_usd - 30e6 / 39.0;
    close(second.federal_usd, 0.21 * (income - first.depreciation_usd));
    close(books.undepreciated_usd(), 100e6 - first.depreciation_usd - second.depreciation_usd);
}

#[test]
fn faulty_terms_are_named() {
    let field = |terms: TaxTerms| terms.check().unwrap_err().field;
    assert_eq!(TaxTerms::default().check(), Ok(()));
    assert_eq!(field(TaxTerms { federal_rate: -0.1, ..TaxTerms::default() }), "federal_rate");
    assert_eq!(field(TaxTerms { bonus_share: f64::NAN, ..TaxTerms::default() }), "bonus_share");
    let conversion_split = ClassSplit { five_year: 0.5, fifteen_year: 0.5, building: 0.5 };
    let message = TaxTerms { conversion_split, ..TaxTerms::default() }.check().unwrap_err().to_string();
    assert_eq!(message, "conversion_split, summed, is 1.5; it must be 1");
    assert_eq!(field(TaxTerms { opening_nol_usd: -1.0, ..TaxTerms::default() }), "opening_nol_usd");
}

fn flows() -> impl Strategy<Value = TaxableMonth> {
    (0.0..1e9_f64, 0.0..1e9_f64, 0.0..1e8_f64, 0.0..2e8_f64, 0.0..1e9_f64, 0.0..5e8_f64, -1e8..1e8_f64)
        .prop_map(|(revenue, cost, overhead, interest, conversion, gpus, gains)| TaxableMonth {
            month_of_year: 6,
            revenue_usd: revenue,
            cost_of_goods_usd: cost,
            overhead_usd: overhead,
            interest_usd: interest,
            conversion_placed_usd: conversion,
            gpus_placed_usd: gpus,
            gains_usd: gains,
        })
}

proptest! {
    #[test]
    fn no_tax_is_below_zero_and_no_relief_above_its_limit(years in prop::collection::vec(flows(), 1..12)) {
        let terms = TaxTerms { opening_nol_usd: 5e7, ..TaxTerms::default() };
        let mut books = TaxBooks::new(&terms);
        for flows in years {
            let bill = year(&mut books, &terms, flows);
            prop_assert!(bill.federal_usd >= 0.0 && bill.texas_usd >= 0.0 && bill.property_usd >= 0.0);
            prop_assert!(bill.nol_used_usd >= 0.0 && books.nol_usd() >= 0.0);
            prop_assert!(books.carried_interest_usd() >= 0.0);
        }
    }

    #[test]
    fn tax_of_a_year_does_not_fall_with_its_revenue(
        history in prop::collection::vec(flows(), 0..5),
        last in flows(),
        more in 0.0..1e8_f64,
    ) {
        let terms = TaxTerms::default();
        let mut books = TaxBooks::new(&terms);
        for flows in history {
            year(&mut books, &terms, flows);
        }
        let mut richer = books;
        let tax = year(&mut books, &terms, last).total_usd();
        let flows = TaxableMonth { revenue_usd: last.revenue_usd + more, ..last };
        let tax_of_more = year(&mut richer, &terms, flows).total_usd();
        prop_assert!(tax_of_more >= tax - 1e-6, "{tax_of_more} after {tax}");
        prop_assert!(tax_of_more - tax <= more + 1e-6 + 0.0075 * 2.47e6, "no more than what was earned");
    }
}

use super::places::*;
use super::{WorkbookError, bytes};
use crate::tables;
use crate::test_support::{build, financed, outcomes, smallest, zeros};
use crate::{InputFile, Manifest};
use calamine::{Data, Reader, Xlsx};
use simulate::{Outcomes, PolicyOutcome};
use site::Ledger;
use std::io::Cursor;

const SCENARIO: &str = "[scenario]\nname = \"made-up\"\n\n[site]\nmining_pue = 1.04\n\n[conversion]\nlead_months = 12\n\
    capex_usd_per_it_mw = 9.5e6\n\n[[policies]]\nkind = \"all-mining\"\n\n[[policies]]\nkind = \"fixed-schedule\"\nname = \"two\"\n\
    starts = [{ month = \"2026-07\", halls = 2 }]\n\n[hosting.offers]\nsizes_gross_mw = [20.0, 40.0]\n";
/// Longer than a sheet's name may be, with every sign that such a name may not hold.
const LONG: &str = "[a]: policy/whose*name?is\\longer than the name of any sheet";

fn manifest() -> Manifest {
    let inputs = vec![InputFile { path: "made-up.toml".into(), is_base: false, sha256: "ab".into() }];
    Manifest { seed: 7, inputs, resolved_scenario: SCENARIO.into(), ..Manifest::default() }
}

/// A workbook read back.
struct Book(Xlsx<Cursor<Vec<u8>>>);

impl Book {
    fn of(outcomes: &Outcomes) -> Self {
        Self::with(outcomes, &manifest())
    }

    fn with(outcomes: &Outcomes, manifest: &Manifest) -> Self {
        Self(Xlsx::new(Cursor::new(bytes(outcomes, manifest).unwrap())).unwrap())
    }

    fn cell(&mut self, sheet: &str, row: u32, column: u16) -> Data {
        let range = self.0.worksheet_range(sheet).unwrap();
        range.get_value((row, u32::from(column))).cloned().unwrap_or(Data::Empty)
    }

    fn number(&mut self, sheet: &str, row: u32, column: u16) -> f64 {
        match self.cell(sheet, row, column) {
            Data::Float(value) => value,
            Data::Int(value) => value as f64,
            other => panic!("{sheet} {row} {column} holds {other:?}"),
        }
    }

    fn text(&mut self, sheet: &str, row: u32, column: u16) -> String {
        self.cell(sheet, row, column).to_string()
    }

    fn formula(&mut self, sheet: &str, row: u32, column: u16) -> String {
        let range = self.0.worksheet_formula(sheet).unwrap();
        range.get_value((row, u32::from(column))).cloned().unwrap_or_default()
    }
}

fn near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{actual} is not {expected}");
}

/// NPV by its definition, without the code under test.
fn npv(outcomes: &Outcomes, policy: &PolicyOutcome) -> f64 {
    let rate = outcomes.discount_rate_per_year;
    let flows = policy.ledger.iter().map(Ledger::net_cash_flow_usd).enumerate();
    let horizon: f64 = flows.map(|(m, flow)| flow / (1.0 + rate).powf((m + 1) as f64 / 12.0)).sum();
    let [leases, construction, asics, gpus, site] = policy.carried_usd;
    horizon + leases - construction + asics + gpus + site
}

#[test]
fn sheets_stand_in_order_and_hold_no_errors_whatever_the_run() {
    let all = [SUMMARY, ASSUMPTIONS, CASH_FLOW, USES, VALUATION, LEDGER, POLICIES, MARKETS];
    for outcomes in [outcomes(), smallest(), zeros(), financed(), build(&["all-mining", "dp"], 30, 1)] {
        let mut book = Book::of(&outcomes);
        let mut expected = all.to_vec();
        if outcomes.capital.is_some() {
            expected.insert(6, DEBT);
        }
        assert_eq!(book.0.sheet_names(), expected);
        for sheet in expected {
            let range = book.0.worksheet_range(sheet).unwrap();
            let bad = range.used_cells().find(|(_, _, cell)| match cell {
                Data::Error(_) => true,
                Data::String(text) => text.contains("NaN") || text.starts_with('#'),
                _ => false,
            });
            assert_eq!(bad, None, "{sheet}");
        }
    }
}

#[test]
fn the_ledger_holds_every_number_of_the_run_as_it_is() {
    let outcomes = outcomes();
    let places = Places::of(&outcomes);
    let mut book = Book::of(&outcomes);
    let range = book.0.worksheet_range(LEDGER).unwrap();
    for (p, policy) in outcomes.policies.iter().enumerate() {
        for (m, ledger) in policy.ledger.iter().enumerate() {
            let row = places.ledger_row(p, m);
            assert_eq!(range.get_value((row, 0)), Some(&Data::String(policy.name.clone())));
            for (c, value) in ledger.columns().into_iter().enumerate() {
                assert_eq!(range.get_value((row, u32::from(ledger_place(c)))), Some(&Data::Float(value)));
            }
        }
    }
    assert_eq!(book.formula(LEDGER, places.ledger_row(1, 3), ledger_place(9)), "");
    assert_eq!(book.text(LEDGER, LEDGER_FIRST - 1, ledger_place(10)), "Hosting rent, million USD");
}

#[test]
fn formulas_carry_the_value_that_they_come_to() {
    let outcomes = outcomes();
    let places = Places::of(&outcomes);
    let mut book = Book::of(&outcomes);
    let base = npv(&outcomes, &outcomes.policies[0]);
    for (p, policy) in outcomes.policies.iter().enumerate() {
        let expected = npv(&outcomes, policy);
        near(book.number(VALUATION, NPV_ROW, places.own(p)), expected);
        near(book.number(VALUATION, NPV_ROW, places.over(p)), expected - base);
        match policy.incremental_irrs.first() {
            Some(irr) => near(book.number(VALUATION, IRR_ROW, places.over(p)), *irr),
            None => assert_eq!(book.text(VALUATION, IRR_ROW, places.over(p)), "no sign change"),
        }
        assert!(book.formula(VALUATION, IRR_ROW, places.over(p)).contains("^12-1"));
    }
    let best = outcomes.best();
    assert_eq!(book.text(CASH_FLOW, 2, 2), best.name);
    near(book.number(CASH_FLOW, 2, 8), npv(&outcomes, best));
    near(book.number(CASH_FLOW, 3, 2), outcomes.discount_rate_per_year);
    assert_eq!(book.formula(CASH_FLOW, 3, 2), DISCOUNT_RATE);
    assert_eq!(book.text(SUMMARY, SUMMARY_FIRST, 0), best.name);
    assert_eq!(book.number(SUMMARY, SUMMARY_FIRST, 1), best.npv_usd.mean());
    let mining = Ledger::names().position(|name| name == "mining_mw").unwrap() as u16;
    assert_eq!(book.number(USES, 4, 2 + mining), best.ledger[0].mining_mw);
}

/// Compares the cells of a sheet with those of a table; `at` says where a cell of the table stands.
fn same_as_table(
    book: &mut Book,
    sheet: &str,
    rows: &[Vec<String>],
    columns: impl Iterator<Item = usize> + Clone,
    at: impl Fn(usize, usize) -> (u32, u32),
) {
    let range = book.0.worksheet_range(sheet).unwrap();
    for (r, row) in rows.iter().enumerate() {
        for (c, column) in columns.clone().enumerate() {
            let cell = range.get_value(at(r, c)).cloned().unwrap_or(Data::Empty);
            let same = match &cell {
                Data::Empty => row[column].is_empty(),
                Data::String(text) => *text == row[column],
                Data::Float(value) => row[column].parse() == Ok(*value),
                Data::DateTime(_) => row[column].len() == "2026-01".len(),
                _ => false,
            };
            assert!(same, "{sheet}: {cell:?} is not `{}`", row[column]);
        }
    }
}

#[test]
fn policies_markets_and_debt_say_what_the_tables_say() {
    let outcomes = financed();
    let mut book = Book::of(&outcomes);
    let summary = tables::summary(&outcomes).into_rows();
    let width = summary[0].len();
    same_as_table(&mut book, POLICIES, &summary[1..], 1..width - 1, |r, c| (4 + c as u32, 1 + r as u32));
    let markets = tables::markets(&outcomes).into_rows();
    same_as_table(&mut book, MARKETS, &markets[1..], 0..markets[0].len() - 1, |r, c| {
        (4 + r as u32, c as u32)
    });
    let value = |policy: &&PolicyOutcome| policy.finance.as_ref().unwrap().value_per_share_usd.mean();
    let best = outcomes.policies.iter().max_by(|a, b| value(a).total_cmp(&value(b))).unwrap();
    let debt: Vec<_> =
        tables::debt(&outcomes).into_rows().into_iter().filter(|row| row[0] == best.name).collect();
    assert_eq!(debt.len(), outcomes.months.len());
    same_as_table(&mut book, DEBT, &debt, 1..debt[0].len() - 1, |r, c| (4 + r as u32, c as u32));
    let [mean, error] = outcomes.differences.between(3, 1);
    let first = 4 + (width - 2) as u32 + 3;
    assert_eq!(book.number(POLICIES, first + 3, 2), mean);
    assert_eq!(book.number(POLICIES, first + outcomes.policies.len() as u32 + 3 + 3, 2), error);
}

#[test]
fn assumptions_stand_in_the_order_of_the_scenario_with_their_units() {
    let mut book = Book::of(&smallest());
    let range = book.0.worksheet_range(ASSUMPTIONS).unwrap();
    let rows: Vec<String> = range
        .rows()
        .skip_while(|row| row[0] != Data::String("Section".into()))
        .skip(1)
        .map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"))
        .collect();
    assert_eq!(
        rows,
        [
            "scenario|name|made-up|",
            "site|mining_pue|1.04|",
            "conversion|lead_months|12|months",
            "conversion|capex_usd_per_it_mw|9500000|USD/IT MW",
            "policies[all-mining]|kind|all-mining|",
            "policies[two]|kind|fixed-schedule|",
            "policies[two]|name|two|",
            "policies[two].starts[1]|month|2026-07|",
            "policies[two].starts[1]|halls|2|",
            "hosting.offers|sizes_gross_mw|20, 40|gross MW",
        ]
    );
    near(book.number(ASSUMPTIONS, RATE_CELL.0, RATE_CELL.1), 0.1);
}

#[test]
fn names_are_text_whatever_they_look_like() {
    let names = ["all-mining", "=1+1", LONG, "12", "a*"];
    let mut outcomes = build(&names, 24, 40);
    outcomes.scenario = "=SUM(A1) & <co> \"x\"".into();
    outcomes.warnings = vec!["=HYPERLINK(\"x\")".into()];
    let long_text = format!("[scenario]\nname = \"={}\"\n", "€".repeat(40_000));
    let manifest = Manifest { resolved_scenario: long_text, ..manifest() };
    let mut book = Book::with(&outcomes, &manifest);
    let places = Places::of(&outcomes);
    for (p, name) in names.iter().enumerate() {
        for (sheet, row, column) in [
            (LEDGER, places.ledger_row(p, 0), 0),
            (VALUATION, NAMES_ROW, places.own(p)),
            (POLICIES, 3, 1 + p as u16),
        ] {
            assert_eq!(book.cell(sheet, row, column), Data::String((*name).into()));
            assert_eq!(book.formula(sheet, row, column), "");
        }
    }
    assert_eq!(book.text(SUMMARY, 3, 1), outcomes.scenario);
    assert_eq!(book.text(ASSUMPTIONS, 7, 2).chars().count(), 32_767);
}

#[test]
fn equal_runs_give_equal_bytes_however_long_they_took() {
    let outcomes = outcomes();
    let slow = Manifest {
        threads: 8,
        timings_seconds: vec![("all".into(), 12.5)],
        peak_memory_mb: Some(100.0),
        ..manifest()
    };
    assert!(bytes(&outcomes, &manifest()).unwrap() == bytes(&outcomes, &slow).unwrap());
}

#[test]
fn a_scenario_that_is_no_toml_is_refused() {
    let manifest = Manifest { resolved_scenario: "[scenario".into(), ..manifest() };
    let error = bytes(&smallest(), &manifest).unwrap_err();
    assert!(matches!(error, WorkbookError::Scenario(_)), "{error}");
    assert!(error.to_string().contains("resolved scenario"), "{error}");
}

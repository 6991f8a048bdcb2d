//! The money of the scenario file: what it reads into, and with which defaults.

use finance::Terms;
use finance::convertible::{CallTerms, ConvertibleTerms, Holders, OptionRule, Settlement};
use finance::depreciation::ClassSplit;
use finance::tax::TaxTerms;
use finance::terms::{
    Amortisation, Collateral, CompanyTerms, Drawdown, Level, LoanTerms, ProjectTerms, RaiseTerms,
    RaiseTiming, Refinancing, RevolverTerms, SharePrice, ShareTerms, Terminal, TreasuryTerms, WarrantTerms,
};
use market::BitcoinSource;
use scenario::{Faults, Scenario};
use std::path::Path;

const VALID: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const SHARES: &str = "[finance.shares]\nshares = 400e6\nprice_usd = 14.50\n";

/// The shipped scenario, its committed funding taken away, with money beside it.
fn with(money: &str) -> Result<Scenario, Faults> {
    let nothing = ["company.committed_funding_usd=0".to_string()];
    Scenario::parse("test.toml", &format!("{VALID}\n{money}\n"), Path::new("."), &nothing)
}

/// The scenario with money; read again from its resolved form it must hold the same terms.
fn accepted(money: &str) -> Scenario {
    let scenario = with(money).unwrap_or_else(|faults| panic!("{money}\n{faults}"));
    let again = Scenario::parse("again.toml", &scenario.resolved, Path::new("."), &[])
        .unwrap_or_else(|faults| panic!("{faults}\n{}", scenario.resolved));
    assert_eq!(scenario.campus, again.campus);
    assert_eq!(scenario.resolved, again.resolved);
    assert_eq!(scenario.warnings, again.warnings, "defaults that are written out warn of nothing new");
    scenario
}

fn terms(money: &str) -> Terms {
    accepted(money).campus.finance.expect("the money is on")
}

const LEVEL: &str = "amount_usd = 1e9\nrate_per_year = 0.08\namortisation = \"level\"\nfirst_principal = \"2028-01\"\nmaturity = \"2037-12\"\n";
const BULLET: &str =
    "amount_usd = 1e9\nrate_per_year = 0.0775\namortisation = \"bullet\"\nmaturity = \"2030-12\"\n";

/// A structure with every instrument.
const FULL: &str = include_str!("finance_full.toml");

fn full_loans() -> Vec<LoanTerms> {
    let notes = LoanTerms {
        name: "notes".into(),
        level: Level::Project,
        amount_usd: 1275e6,
        drawdown: Drawdown::AtClosing,
        closing_month: 1,
        with_first_start: false,
        rate_per_year: 0.08,
        payment_months: 1,
        fee_share: 0.02,
        commitment_fee_per_year: 0.0,
        capitalise_until_month: 9,
        amortisation: Amortisation::Schedule { usd_by_year: vec![19e6, 55e6, 85e6] },
        first_principal_month: 11,
        maturity_month: 59,
        refinancing: Some(Refinancing {
            spread_per_year: 0.01,
            months: 120,
            amortisation: Amortisation::Sculpted { dscr: 1.4 },
            fee_share: 0.015,
        }),
        sweep_share: 0.5,
        reserve_months: 3,
        funded_reserve_usd: 0.0,
        recovery_share: 0.55,
        lock_up_dscr: Some(1.2),
        default_dscr: None,
        first_test_month: 29,
        collateral: Some(Collateral { usd: 75e6, release_month: 17, prepays: false }),
    };
    let facility = LoanTerms {
        name: "facility".into(),
        amount_usd: 400e6,
        drawdown: Drawdown::AsBuilt { advance_share: 0.80, sizing_dscr: Some(1.25), capitalises: true },
        closing_month: 0,
        with_first_start: false,
        rate_per_year: 0.09,
        payment_months: 1,
        fee_share: 0.0,
        commitment_fee_per_year: 0.005,
        capitalise_until_month: 0,
        // January 2029 to December 2040: repaid in full by maturity, beyond the horizon.
        amortisation: Amortisation::Level { months: 144 },
        first_principal_month: 36,
        maturity_month: 179,
        refinancing: None,
        sweep_share: 0.0,
        reserve_months: 6,
        funded_reserve_usd: 0.0,
        recovery_share: 0.55,
        lock_up_dscr: Some(1.15),
        default_dscr: Some(1.05),
        first_test_month: 48,
        collateral: None,
        ..notes.clone()
    };
    let miner = LoanTerms {
        name: "miner".into(),
        level: Level::Company,
        amount_usd: 30e6,
        drawdown: Drawdown::AtClosing,
        rate_per_year: 0.12,
        commitment_fee_per_year: 0.0,
        amortisation: Amortisation::Bullet,
        first_principal_month: 35,
        maturity_month: 35,
        reserve_months: 0,
        funded_reserve_usd: 0.0,
        recovery_share: 0.55,
        lock_up_dscr: None,
        default_dscr: None,
        // Never within the study.
        first_test_month: 120,
        ..facility.clone()
    };
    vec![notes, facility, miner]
}

fn full_convertible() -> ConvertibleTerms {
    ConvertibleTerms {
        name: "notes-2032".into(),
        principal_usd: 900e6,
        option_usd: 125e6,
        option: OptionRule::Exercised,
        issue_month: 0,
        cost_share: 0.02468,
        coupon_per_year: 0.0,
        shares_per_note: 50.1567,
        condition_share: 1.30,
        free_from_month: 73,
        maturity_month: 76,
        call: Some(CallTerms { from_month: 40, price_share: 1.30 }),
        settlement: Settlement::NetShare,
        holders: Holders::WhenAllowed,
        put_at_change_of_control: true,
        change_of_control_per_year: 0.0,
    }
}

fn full_raises() -> Vec<RaiseTerms> {
    vec![
        RaiseTerms {
            name: "autumn".into(),
            timing: RaiseTiming::Month(9),
            primary_shares: 9.03e6,
            secondary_shares: 3.75e6,
            price_usd: Some(36.0),
            discount: 0.0,
            fee_share: 0.03,
            with_first_start: false,
        },
        RaiseTerms {
            name: "at-the-market".into(),
            timing: RaiseTiming::WhenNeeded(12),
            primary_shares: 50e6,
            secondary_shares: 0.0,
            price_usd: None,
            discount: 0.05,
            fee_share: 0.0,
            with_first_start: false,
        },
    ]
}

#[test]
fn a_full_structure_reads_into_its_terms() {
    let scenario = accepted(FULL);
    assert!(scenario.campus.company.hold_to_cash, "with the money on, starts are held to it");
    // The model keeps logs of prices, so that the stated price comes back with its last digits rounded.
    let BitcoinSource::Model(bitcoin) = &scenario.market.bitcoin else {
        panic!("the shipped campus has a model")
    };
    let opening_btc_price_usd = bitcoin.price.start();
    assert!((opening_btc_price_usd - 90_000.0).abs() < 1e-9);
    let expected = Terms {
        first_month_of_year: 1,
        n_months: 120,
        opening_btc_price_usd,
        project: ProjectTerms {
            company_share: 0.51,
            sponsor_support: false,
            distribution_months: 1,
            book_life_months: 180,
            partner_tenant: None,
        },
        company: CompanyTerms {
            minimum_cash_usd: 20e6,
            cash_rate_per_year: 0.04,
            pays_out: true,
            cost_of_equity_per_year: 0.14,
            opening_plant_usd: 150e6,
        },
        loans: full_loans(),
        revolver: Some(RevolverTerms {
            commitment_usd: 100e6,
            rate_per_year: 0.095,
            commitment_fee_per_year: 0.004,
            maturity_month: 60,
            bitcoin_advance_share: Some(0.6),
        }),
        convertible_with_first_start: false,
        convertible: Some(full_convertible()),
        raises: full_raises(),
        warrants: vec![WarrantTerms {
            name: "guarantor".into(),
            shares: 41e6,
            strike_usd: 0.01,
            vesting_month: 12,
            expiry_month: 120,
            with_first_start: false,
        }],
        shares: ShareTerms {
            shares: 400e6,
            price_usd: 14.50,
            price: SharePrice::Process { beta: 1.2, volatility_per_sqrt_year: 0.6, growth_per_year: 0.0 },
            announcement_effect: 0.15,
        },
        tax: Some(TaxTerms {
            bonus_share: 0.4,
            abatement_share: 0.5,
            abatement_months: 120,
            ..TaxTerms::default()
        }),
        treasury: TreasuryTerms { opening_btc: 500.0, hold_share: 0.3, most_btc: 2000.0 },
        terminal: Terminal::EbitdaMultiple { ai: 12.0, mining: 4.0 },
    };
    assert_eq!(scenario.campus.finance.unwrap(), expected);
}

#[test]
fn little_is_needed_and_the_rest_has_defaults() {
    let bare = terms(SHARES);
    assert_eq!((bare.loans.len(), bare.raises.len(), bare.warrants.len()), (0, 0, 0));
    assert_eq!((bare.revolver, bare.convertible, bare.tax), (None, None, None));
    assert_eq!(bare.terminal, Terminal::None);
    assert_eq!(bare.company.cost_of_equity_per_year, 0.1163, "the discount rate of the run");
    assert_eq!((bare.company.minimum_cash_usd, bare.company.pays_out), (0.0, false));
    assert_eq!((bare.project.company_share, bare.project.sponsor_support), (1.0, true));
    assert_eq!(bare.project.book_life_months, 240);
    assert_eq!(bare.treasury, TreasuryTerms { opening_btc: 0.0, hold_share: 0.0, most_btc: 21e6 });
    let by_value =
        SharePrice::EquityValue { mining_multiple: 5.0, cap_rate_per_year: 0.09, pipeline_weight: 0.5 };
    assert_eq!(bare.shares.price, by_value);
    let taxed = terms(&format!("{SHARES}[finance.tax]\n")).tax.unwrap();
    assert_eq!(taxed, TaxTerms::default());
    let split = ClassSplit { five_year: 0.30, fifteen_year: 0.40, building: 0.30 };
    assert_eq!(taxed.conversion_split, split);
}

#[test]
fn a_loan_in_few_words_gets_the_defaults_of_the_field() {
    let loan =
        |lines: &str| terms(&format!("{SHARES}[[finance.loans]]\nname = \"notes\"\n{lines}")).loans.remove(0);
    let level = loan(LEVEL);
    // January 2028 to December 2037.
    assert_eq!(level.amortisation, Amortisation::Level { months: 120 });
    assert_eq!((level.first_principal_month, level.first_test_month, level.maturity_month), (24, 36, 143));
    assert_eq!((level.lock_up_dscr, level.default_dscr), (Some(1.15), Some(1.05)));
    assert_eq!((level.reserve_months, level.sweep_share), (6, 0.0));
    assert_eq!((level.refinancing, level.collateral), (None, None));
    let bullet = loan(BULLET);
    assert_eq!(bullet.amortisation, Amortisation::Bullet);
    assert_eq!((bullet.closing_month, bullet.first_test_month, bullet.maturity_month), (0, 12, 59));
    let sculpted = loan(&LEVEL.replace("\"level\"", "\"sculpted\""));
    assert_eq!(sculpted.amortisation, Amortisation::Sculpted { dscr: 1.30 });
    let refinanced = loan(&format!("{BULLET}refinancing_spread_per_year = -0.01\nrefinancing_months = 60\n"));
    let expected = Refinancing {
        spread_per_year: -0.01,
        months: 60,
        amortisation: Amortisation::Level { months: 60 },
        fee_share: 0.0,
    };
    assert_eq!(refinanced.refinancing, Some(expected));
}

#[test]
fn convertible_notes_by_their_premium_are_those_of_the_oracle() {
    let notes = |lines: &str| {
        let text =
            format!("{SHARES}[finance.convertible]\nprincipal_usd = 900e6\nmaturity = \"2032-05\"\n{lines}");
        terms(&text).convertible.unwrap()
    };
    // Oracle O14: 50.1567 shares a note are a premium of 37.50010914 % over 14.50 USD.
    let premium = notes("conversion_premium = 0.3750010914\n");
    assert!((premium.shares_per_note - 50.1567).abs() < 1e-7, "{}", premium.shares_per_note);
    assert_eq!((premium.option_usd, premium.option), (0.0, OptionRule::Lapsed));
    assert_eq!((premium.free_from_month, premium.condition_share), (73, 1.30));
    assert_eq!((premium.call, premium.holders), (None, Holders::Rational));
    let open = notes("shares_per_note = 50.1567\noption_usd = 125e6\nsettlement = \"shares\"\n");
    assert_eq!((open.option, open.settlement), (OptionRule::ByPrice, Settlement::Physical));
}

#[test]
fn without_the_table_nothing_changes() {
    let plain = Scenario::parse("test.toml", VALID, Path::new("."), &[]).unwrap();
    assert_eq!(plain.campus.finance, None);
    assert!(!plain.campus.company.hold_to_cash);
    assert!(!plain.resolved.contains("finance"));
}

const DOCS: &str = include_str!("../../../docs/finance/scenario.md");

#[test]
fn the_example_of_the_docs_reads() {
    let example = DOCS.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let read = terms(example);
    assert_eq!((read.loans.len(), read.company.pays_out), (1, true));
    assert_eq!(read.tax, Some(TaxTerms::default()));
}

/// Header and key of every line of the money in a resolved scenario.
fn keys(resolved: &str) -> Vec<(String, String)> {
    let mut header = String::new();
    let mut found = Vec::new();
    for line in resolved.lines() {
        if line.starts_with('[') {
            header = line.trim_matches(['[', ']']).to_string();
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| header.starts_with("finance")) {
            found.push((header.clone(), key.to_string()));
        }
    }
    found
}

#[test]
fn every_key_stands_in_the_docs_under_its_table() {
    let resolved = accepted(FULL).resolved;
    let found = keys(&resolved);
    assert!(found.len() > 100, "{}", found.len());
    for (header, key) in found {
        let section = DOCS.split("\n## ").find(|part| {
            part.starts_with(&format!("`[{header}]`")) || part.starts_with(&format!("`[[{header}]]`"))
        });
        let section = section.unwrap_or_else(|| panic!("no section of [{header}]"));
        assert!(section.contains(&format!("| `{key}` |")), "`{key}` is not under [{header}]");
    }
}

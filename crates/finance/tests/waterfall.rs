//! Random capital structures through random months: the balance sheet holds to a cent, nothing is owed below zero, every flow of
//! cash is in the statement, and nobody is paid before those who stand ahead.

use finance::convertible::{CallTerms, ConvertibleTerms, Holders, OptionRule, Settlement};
use finance::tax::TaxTerms;
use finance::terms::{
    Amortisation, Collateral, CompanyTerms, Drawdown, Level, LoanTerms, ProjectTerms, RaiseTerms,
    RaiseTiming, Refinancing, RevolverTerms, SharePrice, ShareTerms, Terminal, TreasuryTerms, WarrantTerms,
};
use finance::{Books, Carried, LoanBooks, Operations, Statement, Terms};
use proptest::prelude::*;

const N_MONTHS: u32 = 96;

fn amortisation() -> impl Strategy<Value = Amortisation> {
    prop_oneof![
        Just(Amortisation::Bullet),
        (12u32..120).prop_map(|months| Amortisation::Level { months }),
        (1.0..2.0).prop_map(|dscr| Amortisation::Sculpted { dscr }),
        prop::collection::vec(0.0..60e6, 1..6).prop_map(|usd_by_year| Amortisation::Schedule { usd_by_year }),
    ]
}

fn loan(level: Level, drawdown: Drawdown) -> impl Strategy<Value = LoanTerms> {
    let sizes = (0.0..800e6, 0u32..30, 0.0..0.15, 0.0..0.04, 0.0..0.01);
    let times = (0u32..18, 0u32..30, 6u32..120);
    let tests = (0.0..1.0, 0u32..8, prop::option::of(1.0..1.6), prop::option::of(0.9..1.2));
    let refinancing = prop::option::of((0.0..0.05, 12u32..60, amortisation(), 0.0..0.03));
    let collateral = prop::option::of((0.0..80e6, 0u32..60, any::<bool>()));
    (sizes, times, tests, amortisation(), refinancing, collateral).prop_map(
        move |(
            (amount, closing, rate, fee, commitment),
            (idc, first, life),
            test,
            amortisation,
            refi,
            collateral,
        )| LoanTerms {
            name: "loan".into(),
            level,
            amount_usd: amount,
            drawdown,
            closing_month: closing,
            with_first_start: test.1 == 5 && drawdown == Drawdown::AtClosing,
            rate_per_year: rate,
            payment_months: [1, 3, 6, 12][(test.1 % 4) as usize],
            fee_share: fee,
            commitment_fee_per_year: commitment,
            capitalise_until_month: closing + idc,
            amortisation,
            first_principal_month: closing + first,
            maturity_month: closing + first + life,
            refinancing: refi.map(|(spread_per_year, months, amortisation, fee_share)| Refinancing {
                spread_per_year,
                months,
                amortisation,
                fee_share,
            }),
            sweep_share: if test.0 < 0.3 { 0.0 } else { test.0 },
            reserve_months: test.1,
            funded_reserve_usd: if drawdown == Drawdown::AtClosing { 4e6 * f64::from(test.1) } else { 0.0 },
            lock_up_dscr: test.2,
            default_dscr: test.3,
            first_test_month: closing + first + 12,
            recovery_share: 0.55,
            collateral: collateral
                .filter(|_| level == Level::Project && drawdown == Drawdown::AtClosing)
                .map(|(usd, release_month, prepays)| Collateral { usd, release_month, prepays }),
        },
    )
}

fn loans() -> impl Strategy<Value = Vec<LoanTerms>> {
    let as_built = (0.2..1.0, prop::option::of(1.0..1.8), any::<bool>()).prop_flat_map(
        |(advance_share, sizing_dscr, capitalises)| {
            loan(Level::Project, Drawdown::AsBuilt { advance_share, sizing_dscr, capitalises })
        },
    );
    (
        prop::option::of(as_built),
        prop::collection::vec(loan(Level::Project, Drawdown::AtClosing), 0..3),
        prop::collection::vec(loan(Level::Company, Drawdown::AtClosing), 0..3),
    )
        .prop_map(|(first, project, company)| first.into_iter().chain(project).chain(company).collect())
}

fn convertible() -> impl Strategy<Value = ConvertibleTerms> {
    let settlement =
        prop_oneof![Just(Settlement::NetShare), Just(Settlement::Cash), Just(Settlement::Physical)];
    let option =
        prop_oneof![Just(OptionRule::Exercised), Just(OptionRule::Lapsed), Just(OptionRule::ByPrice)];
    let holders = prop_oneof![Just(Holders::Rational), Just(Holders::WhenAllowed)];
    (1e6..900e6, 0u32..12, 12u32..90, settlement, option, holders, 0.0..0.05, 0.0..0.3).prop_map(
        |(principal, issue, life, settlement, option, holders, coupon, change)| ConvertibleTerms {
            name: "notes".into(),
            principal_usd: principal,
            option_usd: 0.15 * principal,
            option,
            issue_month: issue,
            cost_share: 0.025,
            coupon_per_year: coupon,
            shares_per_note: 50.1567,
            condition_share: 1.3,
            free_from_month: issue + life.saturating_sub(3),
            maturity_month: issue + life,
            call: (life > 40).then_some(CallTerms { from_month: issue + 30, price_share: 1.3 }),
            settlement,
            holders,
            put_at_change_of_control: true,
            change_of_control_per_year: change,
        },
    )
}

fn shares() -> impl Strategy<Value = ShareTerms> {
    let price = prop_oneof![
        (2.0..8.0, 0.05..0.15, 0.0..1.0).prop_map(|(mining_multiple, cap_rate_per_year, pipeline_weight)| {
            SharePrice::EquityValue { mining_multiple, cap_rate_per_year, pipeline_weight }
        }),
        (0.0..2.0, 0.0..1.0, -0.2..0.2).prop_map(|(beta, volatility_per_sqrt_year, growth_per_year)| {
            SharePrice::Process { beta, volatility_per_sqrt_year, growth_per_year }
        }),
    ];
    (10e6..500e6, 1.0..40.0, price, -0.3..0.5).prop_map(|(shares, price_usd, price, announcement_effect)| {
        ShareTerms { shares, price_usd, price, announcement_effect }
    })
}

fn raises() -> impl Strategy<Value = Vec<RaiseTerms>> {
    let timing =
        prop_oneof![(0u32..60).prop_map(RaiseTiming::Month), (0u32..60).prop_map(RaiseTiming::WhenNeeded)];
    let raise = (timing, 1e5..30e6, prop::option::of(1.0..40.0), 0.0..0.2).prop_map(
        |(timing, shares, price, fee)| RaiseTerms {
            name: "raise".into(),
            timing,
            primary_shares: shares,
            secondary_shares: 0.3 * shares,
            price_usd: price,
            discount: 0.05,
            fee_share: fee,
            with_first_start: fee > 0.1,
        },
    );
    prop::collection::vec(raise, 0..3)
}

fn terms() -> impl Strategy<Value = Terms> {
    let project =
        (0.3..=1.0, any::<bool>(), 60u32..300).prop_map(|(company_share, sponsor_support, life)| {
            ProjectTerms {
                company_share,
                sponsor_support,
                distribution_months: [1, 3, 6, 12][(life % 4) as usize],
                book_life_months: life,
                partner_tenant: Some(0),
            }
        });
    let company =
        (0.0..50e6, 0.0..0.05, any::<bool>(), 0.0..100e6).prop_map(|(minimum, rate, pays_out, plant)| {
            CompanyTerms {
                minimum_cash_usd: minimum,
                cash_rate_per_year: rate,
                pays_out,
                cost_of_equity_per_year: 0.14,
                opening_plant_usd: plant,
            }
        });
    let revolver =
        prop::option::of((0.0..200e6, 0.0..0.12, 12u32..120, prop::option::of(0.0..0.8)).prop_map(
            |(commitment_usd, rate_per_year, maturity_month, bitcoin_advance_share)| RevolverTerms {
                commitment_usd,
                rate_per_year,
                commitment_fee_per_year: 0.005,
                maturity_month,
                bitcoin_advance_share,
            },
        ));
    let treasury = (0.0..1_000.0, 0.0..1.0).prop_map(|(opening_btc, hold_share)| TreasuryTerms {
        opening_btc,
        hold_share,
        most_btc: 2_000.0,
    });
    let warrants = prop::collection::vec(
        (1e5..40e6, 0.0..30.0, 0u32..50).prop_map(|(shares, strike_usd, vesting)| WarrantTerms {
            name: "warrants".into(),
            shares,
            strike_usd,
            vesting_month: vesting,
            expiry_month: vesting + 40,
            with_first_start: strike_usd > 10.0,
        }),
        0..3,
    );
    let tax = prop::option::of(Just(TaxTerms::default()));
    (
        project,
        company,
        loans(),
        revolver,
        prop::option::of(convertible()),
        (raises(), warrants, shares()),
        tax,
        treasury,
    )
        .prop_map(
            |(project, company, loans, revolver, convertible, (raises, warrants, shares), tax, treasury)| {
                Terms {
                    first_month_of_year: 3,
                    n_months: N_MONTHS,
                    opening_btc_price_usd: 90_000.0,
                    project,
                    company,
                    loans,
                    revolver,
                    convertible_with_first_start: raises.len() > 1,
                    convertible,
                    raises,
                    warrants,
                    shares,
                    tax,
                    treasury,
                    terminal: Terminal::None,
                }
            },
        )
}

/// Rent, mining, construction, move of bitcoin, move of the share, a uniform draw and a rare event.
type Draws = (f64, f64, Option<f64>, f64, f64, f64, u32);

/// One number a month for each of rent, mining, construction, bitcoin and the share.
/// Bitcoin stays between these, USD, and with it most share prices.
const BTC_PRICES_USD: (f64, f64) = (1e3, 1e6);

/// What all shares may be worth, USD: beyond it the sums of a few months no longer hold cents in a double.
const LARGEST_COMPANY_USD: f64 = 1e12;

fn months() -> impl Strategy<Value = Vec<Operations>> {
    let month = (
        0.0..40e6,
        -8e6..20e6,
        prop::option::weighted(0.3, 0.0..60e6),
        0.7..1.4,
        -2.0..2.0,
        0.0..1.0,
        0u32..60,
    );
    prop::collection::vec(month, N_MONTHS as usize).prop_map(|months: Vec<Draws>| {
        let mut btc = 90_000.0;
        months
            .into_iter()
            .enumerate()
            .map(|(m, (rent, mining, capex, move_, shock, uniform, rare))| {
                btc = (btc * move_).clamp(BTC_PRICES_USD.0, BTC_PRICES_USD.1);
                Operations {
                    month: m as u32,
                    ai_revenue_usd: if m < 14 { 0.0 } else { rent },
                    ai_cost_usd: 0.15 * rent,
                    termination_fees_usd: if rare == 0 { 100e6 } else { 0.0 },
                    conversion_capex_usd: capex.unwrap_or(0.0),
                    gpu_capex_usd: if rare == 1 { 30e6 } else { 0.0 },
                    mining_revenue_usd: mining.max(0.0) + 5e6,
                    mining_cost_usd: 5e6 + (-mining).max(0.0),
                    other_income_usd: 0.1 * mining,
                    overhead_usd: 1e6,
                    btc_price_usd: btc,
                    share_shock: shock,
                    change_of_control: uniform,
                    contracted_noi_usd_per_year: 10.0 * rent,
                    pipeline_noi_usd_per_year: 5.0 * rent,
                    capex_left_usd: capex.map_or(0.0, |usd| 5.0 * usd),
                    conversions_placed_usd: if rare < 20 { 8e6 } else { 0.0 },
                    failing_tenants: u32::from(rare == 2),
                }
            })
            .collect()
    })
}

/// Cash that came in less cash that went out, from the statement and operations alone.
fn cash_flow(s: &Statement, o: &Operations) -> f64 {
    let operations = o.net_usd();
    let loans = s.loans_drawn_usd
        - s.financing_fees_usd
        - s.loan_interest_usd
        - s.loan_principal_usd
        - s.loan_prepaid_usd;
    let lines = s.revolver_drawn_usd - s.revolver_repaid_usd - s.revolver_interest_usd + s.rescue_drawn_usd
        - s.rescue_repaid_usd;
    let notes = s.convertible_issued_usd
        - s.convertible_paid_usd
        - s.convertible_premium_usd
        - s.convertible_coupon_usd;
    let owners =
        s.partner_contribution_usd - s.partner_distribution_usd + s.equity_raised_usd - s.dividends_usd;
    let rest =
        s.cash_interest_usd - s.federal_tax_usd - s.texas_tax_usd - s.property_tax_usd - s.bitcoin_kept_usd
            + s.bitcoin_sold_usd;
    operations + loans + lines + notes + owners + rest
}

fn cash(s: &Statement) -> f64 {
    s.company_cash_usd + s.project_cash_usd + s.construction_usd + s.reserve_usd + s.collateral_usd
}

fn arrears(books: &Books, terms: &Terms, level: Level) -> f64 {
    terms
        .loans
        .iter()
        .zip(&books.loans)
        .filter(|(loan, _)| loan.level == level)
        .map(|(_, loan)| loan.arrears_usd)
        .sum()
}

/// A loan whose principal was paid, out of more than its own accounts, while an earlier one is in arrears.
fn paid_before(before: &[LoanBooks], books: &Books, terms: &Terms, level: Level) -> Option<String> {
    let mut unpaid = None;
    for (i, (old, new)) in before.iter().zip(&books.loans).enumerate() {
        if terms.loans[i].level != level {
            continue;
        }
        let own = old.reserve_usd - new.reserve_usd + old.collateral_usd - new.collateral_usd;
        let paid = old.balance_usd - new.balance_usd - own.max(0.0);
        if let (Some(first), true) = (unpaid, paid > 0.01) {
            return Some(format!("loan {i} got {paid} while loan {first} is in arrears"));
        }
        if new.arrears_usd > 0.01 && unpaid.is_none() {
            unpaid = Some(i);
        }
    }
    None
}

/// Who was paid although someone ahead was not.
fn out_of_order(books: &Books, terms: &Terms, month: u32) -> Option<String> {
    let s = &books.statement;
    let nobody = 0.01;
    if s.dividends_usd > nobody && (books.in_default() || s.revolver_usd > nobody) {
        return Some("dividends before creditors".into());
    }
    if s.company_distribution_usd + s.partner_distribution_usd > nobody {
        if arrears(books, terms, Level::Project) > nobody || s.locked_up > 0.0 || s.breached > 0.0 {
            return Some("distribution before lenders of the project".into());
        }
        if books.project_rescue_usd > nobody {
            return Some("distribution before rescue money".into());
        }
    }
    // The company lets nothing be unpaid while it can still reach money.
    let unpaid =
        arrears(books, terms, Level::Company) + books.convertible_unpaid_usd + books.company_rescue_usd;
    if unpaid > nobody && s.company_cash_usd > nobody {
        return Some(format!("{unpaid} owed by the company with {} in cash", s.company_cash_usd));
    }
    let unpaid = arrears(books, terms, Level::Project) + books.project_rescue_usd;
    if unpaid > nobody && s.project_cash_usd > nobody {
        return Some(format!("{unpaid} owed by the project with {} in cash", s.project_cash_usd));
    }
    if s.revolver_usd > nobody && s.company_cash_usd > terms.company.minimum_cash_usd + nobody && month > 0 {
        return Some("cash above the minimum with the revolver drawn".into());
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn every_month_balances_and_pays_in_order(terms in terms(), months in months(), opening in -20e6..200e6) {
        let mut books = Books::opening(&terms, opening, opening > 100e6);
        let mut cash_before = opening.max(0.0);
        let mut debt_before = 0.0;
        for operations in &months {
            if operations.conversion_capex_usd > 0.0 {
                let lending = books.lending(&terms, operations.month, Some(operations.month + 12));
                let advance = lending.advance_usd(operations.conversion_capex_usd, 30e6);
                prop_assert!(advance <= lending.room_usd && advance <= operations.conversion_capex_usd);
                books.commit(&terms, advance);
            }
            let before = books.loans.clone();
            books.settle(&terms, operations);
            for (level, name) in [(Level::Project, "project"), (Level::Company, "company")] {
                if let Some(what) = paid_before(&before, &books, &terms, level) {
                    prop_assert!(false, "{name}, month {}: {what}", operations.month);
                }
            }
            let s = books.statement;
            let month = operations.month;
            if s.share_price_usd * s.diluted_shares > LARGEST_COMPANY_USD {
                return Ok(());
            }
            prop_assert!(s.imbalance_usd().abs() < 0.01, "month {month}: {} USD out of balance", s.imbalance_usd());
            prop_assert!(books.lowest_balance_usd() > -1e-4, "month {month}: {} below zero", books.lowest_balance_usd());
            let flow = cash_flow(&s, operations);
            prop_assert!((cash(&s) - cash_before - flow).abs() < 0.01, "month {month}: cash {} -> {}, flows {flow}", cash_before, cash(&s));
            cash_before = cash(&s);
            let debt = s.project_debt_usd + s.company_debt_usd;
            let moved = s.loans_drawn_usd + s.interest_capitalised_usd - s.loan_principal_usd - s.loan_prepaid_usd;
            prop_assert!((debt - debt_before - moved).abs() < 0.01, "month {month}: debt {debt_before} -> {debt}, flows {moved}");
            debt_before = debt;
            if let Some(what) = out_of_order(&books, &terms, month) {
                prop_assert!(false, "month {month}: {what}; {s:?}");
            }
            prop_assert!(s.shares >= terms.shares.shares && s.diluted_shares >= s.shares && s.share_price_usd > 0.0);
        }
        let closing = books.close(&terms, &Carried { project_usd: 300e6, company_usd: 50e6, contracted_noi_usd_per_year: 80e6 });
        prop_assert!(closing.horizon_equity_usd >= 0.0 && closing.value_per_share_usd >= 0.0);
        for lender in &closing.lenders {
            prop_assert!(lender.lost_usd >= 0.0);
        }
    }
}

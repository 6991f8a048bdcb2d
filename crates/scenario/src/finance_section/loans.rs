//! Term loans and notes, `[[finance.loans]]`, first to be served first.

use super::amortisation::{COVERAGE, OF_LOAN, OF_REFINANCING, Way};
use super::loan_checks;
use super::months::{Months, Reach};
use super::{RATE, USD, read_interval, read_name};
use crate::inputs::Inputs;
use crate::reader::{NumberOrWord, Rule, Section};
use finance::terms::{Amortisation, Collateral, Drawdown, Level, LoanTerms, Refinancing};

const SHARE: Rule = Rule::between(0.0, 1.0, "");
/// Part of the cost that is lent where none is stated: the loan to cost of Helios, fact F0.
const ADVANCE_SHARE: f64 = 0.80;
/// Covenants and reserve of a project loan where none are stated, fact F4.2 (assumptions).
const LOCK_UP_DSCR: f64 = 1.15;
const DEFAULT_DSCR: f64 = 1.05;
const RESERVE_MONTHS: u64 = 6;
/// Recovery of secured lenders who enforce, where none is stated: a loss of 45 % in oracle O19 (assumption).
const RECOVERY_SHARE: f64 = 0.55;
/// Months from the first principal to the first test, so that the twelve months looked at have debt service in them.
const MONTHS_TO_TEST: u32 = 12;

/// Keys that only loans to the project have.
const PROJECT_KEYS: [&str; 8] = [
    "sweep_share",
    "reserve_months",
    "lock_up_dscr",
    "default_dscr",
    "first_test",
    "collateral_usd",
    "collateral_release",
    "collateral_use",
];

/// Reads all loans.
pub(super) fn read(finance: &Section<'_>, months: &Months, inputs: &mut Inputs) -> Vec<LoanTerms> {
    let mut loans: Vec<LoanTerms> = Vec::new();
    for section in finance.list("loans") {
        section.begin_item("finance.loans");
        let name = read_name(&section, loans.iter().map(|loan| loan.name.as_str()), "loan");
        let faults_before = section.log().n_faults();
        let loan = read_one(&section, months, name);
        section.finish();
        if section.log().n_faults() == faults_before {
            loan_checks::check(&section, months, &loan);
            loan_checks::warn(&section, months, &loan, inputs);
        }
        if is_as_built(&loan) && loans.iter().any(is_as_built) {
            section.fault("drawdown", "is as-built, as that of an earlier loan; allowed is one such loan");
        }
        loans.push(loan);
    }
    loans
}

fn is_as_built(loan: &LoanTerms) -> bool {
    matches!(loan.drawdown, Drawdown::AsBuilt { .. })
}

fn read_one(section: &Section<'_>, months: &Months, name: String) -> LoanTerms {
    let level = [Level::Project, Level::Company][section.choice("level", &["project", "company"], Some(0))];
    let amount_usd = section.number("amount_usd", USD);
    let drawdown = read_drawdown(section, level);
    let commitment_fee_per_year = read_commitment_fee(section, drawdown);
    let closing_month = months.read_or(section, "closing", Reach::Study, 0);
    let capitalise_until_month = months.read_or(section, "capitalise_until", Reach::Beyond, closing_month);
    let way = OF_LOAN.read_way(section, None);
    let maturity_month = months.read(section, "maturity", Reach::Beyond);
    let first_principal_month = read_first_principal(section, months, way, maturity_month);
    let full_months = (maturity_month + 1).saturating_sub(first_principal_month);
    let tests = Tests::read(
        section,
        months,
        level,
        &Times { way, closing_month, first_principal_month, maturity_month },
    );
    LoanTerms {
        name,
        level,
        amount_usd,
        drawdown,
        closing_month,
        with_first_start: read_waits(section, drawdown),
        rate_per_year: section.number("rate_per_year", RATE),
        payment_months: read_interval(section, "payment_months"),
        fee_share: section.number_or("fee_share", SHARE, 0.0),
        commitment_fee_per_year,
        capitalise_until_month,
        amortisation: OF_LOAN.read(section, way, full_months),
        first_principal_month,
        maturity_month,
        refinancing: read_refinancing(section),
        sweep_share: tests.sweep_share,
        reserve_months: tests.reserve_months,
        funded_reserve_usd: read_funded_reserve(section, level, drawdown),
        lock_up_dscr: tests.lock_up_dscr,
        default_dscr: tests.default_dscr,
        first_test_month: tests.first_test_month,
        collateral: read_collateral(section, months, level, drawdown),
        recovery_share: section.number_or(
            "recovery_share",
            Rule::between(0.0, 1.0, "of the balance"),
            RECOVERY_SHARE,
        ),
    }
}

fn read_drawdown(section: &Section<'_>, level: Level) -> Drawdown {
    let as_built = section.choice("drawdown", &["at-closing", "as-built"], Some(0)) == 1;
    if !as_built {
        section.belongs_elsewhere(
            &["advance_share", "sizing_dscr", "capitalise_construction"],
            "belongs to drawdown = \"as-built\"; this loan is paid out in full at closing",
        );
        return Drawdown::AtClosing;
    }
    if level == Level::Company {
        section.fault(
            "drawdown",
            "is as-built; allowed for level = \"company\" is at-closing: construction is the project's",
        );
    }
    Drawdown::AsBuilt {
        advance_share: section.number_or(
            "advance_share",
            Rule::between(0.0, 1.0, "of the cost of construction"),
            ADVANCE_SHARE,
        ),
        sizing_dscr: section.optional_number("sizing_dscr", COVERAGE),
        capitalises: section.flag_or("capitalise_construction", true),
    }
}

/// A loan that is drawn as built is drawn with conversions anyway.
fn read_waits(section: &Section<'_>, drawdown: Drawdown) -> bool {
    const KEY: &str = "with_first_start";
    if drawdown == Drawdown::AtClosing {
        return section.flag_or(KEY, false);
    }
    section.belongs_elsewhere(
        &[KEY],
        "belongs to drawdown = \"at-closing\"; what is drawn as built waits for conversions anyway",
    );
    false
}

/// What is paid out at closing leaves nothing undrawn that a fee could be taken on.
fn read_commitment_fee(section: &Section<'_>, drawdown: Drawdown) -> f64 {
    const KEY: &str = "commitment_fee_per_year";
    if drawdown == Drawdown::AtClosing {
        section.belongs_elsewhere(
            &[KEY],
            "belongs to drawdown = \"as-built\"; a loan that is paid out at closing has nothing undrawn",
        );
        return 0.0;
    }
    section.number_or(KEY, RATE, 0.0)
}

/// Only what is paid out at closing to the project can leave a reserve behind.
fn read_funded_reserve(section: &Section<'_>, level: Level, drawdown: Drawdown) -> f64 {
    const KEY: &str = "reserve_at_closing_usd";
    if level == Level::Project && drawdown == Drawdown::AtClosing {
        return section.number_or(KEY, USD, 0.0);
    }
    section.belongs_elsewhere(
        &[KEY],
        "belongs to a project's loan with drawdown = \"at-closing\", whose proceeds fund it",
    );
    0.0
}

/// A bullet has no principal before its maturity.
fn read_first_principal(section: &Section<'_>, months: &Months, way: Way, maturity_month: u32) -> u32 {
    const KEY: &str = "first_principal";
    if way == Way::Bullet {
        section.belongs_elsewhere(&[KEY], "belongs to another amortisation than bullet");
        return maturity_month;
    }
    months.read(section, KEY, Reach::Beyond)
}

/// What the default of the first test rests on.
struct Times {
    way: Way,
    closing_month: u32,
    first_principal_month: u32,
    maturity_month: u32,
}

/// Where the project's excess cash and its tests stand.
struct Tests {
    sweep_share: f64,
    reserve_months: u32,
    lock_up_dscr: Option<f64>,
    default_dscr: Option<f64>,
    first_test_month: u32,
}

impl Tests {
    fn read(section: &Section<'_>, months: &Months, level: Level, times: &Times) -> Self {
        if level == Level::Company {
            section.belongs_elsewhere(
                &PROJECT_KEYS,
                "belongs to level = \"project\"; a loan to the company has no reserve, sweep, test or collateral",
            );
            // The study ends before a month in which it could be tested.
            let first_test_month = months.n_months();
            return Self {
                sweep_share: 0.0,
                reserve_months: 0,
                lock_up_dscr: None,
                default_dscr: None,
                first_test_month,
            };
        }
        let begin = if times.way == Way::Bullet { times.closing_month } else { times.first_principal_month };
        let first_test = (begin + MONTHS_TO_TEST).min(times.maturity_month);
        Self {
            sweep_share: section.number_or("sweep_share", Rule::between(0.0, 1.0, "of excess cash"), 0.0),
            reserve_months: section.whole("reserve_months", 0, 60, Some(RESERVE_MONTHS)) as u32,
            lock_up_dscr: read_covenant(section, "lock_up_dscr", LOCK_UP_DSCR),
            default_dscr: read_covenant(section, "default_dscr", DEFAULT_DSCR),
            first_test_month: months.read_or(section, "first_test", Reach::Beyond, first_test),
        }
    }
}

/// A coverage, or the word that there is no such covenant.
fn read_covenant(section: &Section<'_>, key: &'static str, default: f64) -> Option<f64> {
    if !section.has(key) {
        return Some(section.number_or(key, COVERAGE, default));
    }
    match section.number_or_word(key, COVERAGE, &["none"], 0) {
        NumberOrWord::Number(dscr) => Some(dscr),
        NumberOrWord::Word(_) => None,
    }
}

fn read_refinancing(section: &Section<'_>) -> Option<Refinancing> {
    const SPREAD: &str = "refinancing_spread_per_year";
    const OTHERS: [&str; 2] = ["refinancing_months", "refinancing_fee_share"];
    if !section.has(SPREAD) {
        let problem = "belongs to a refinancing; it needs refinancing_spread_per_year beside it";
        section.belongs_elsewhere(&OTHERS, problem);
        section.belongs_elsewhere(&OF_REFINANCING.all(), problem);
        return None;
    }
    let spread_per_year = section.number(SPREAD, Rule::between(-1.0, 1.0, "a year"));
    let months = section.whole(OTHERS[0], 1, 1_200, None) as u32;
    let fee_share = section.number_or(OTHERS[1], SHARE, 0.0);
    let way = OF_REFINANCING.read_way(section, Some(Way::Level as usize));
    let amortisation: Amortisation = OF_REFINANCING.read(section, way, months);
    Some(Refinancing { spread_per_year, months, amortisation, fee_share })
}

/// Cash beside the notes; only what is paid out at closing can leave some behind.
fn read_collateral(
    section: &Section<'_>,
    months: &Months,
    level: Level,
    drawdown: Drawdown,
) -> Option<Collateral> {
    const KEYS: [&str; 3] = ["collateral_usd", "collateral_release", "collateral_use"];
    if level == Level::Company {
        return None;
    }
    if drawdown != Drawdown::AtClosing {
        section.belongs_elsewhere(
            &KEYS,
            "belongs to drawdown = \"at-closing\", since collateral is taken from the proceeds",
        );
        return None;
    }
    if !section.has(KEYS[0]) {
        section.belongs_elsewhere(&KEYS, "belongs to collateral; it needs collateral_usd beside it");
        return None;
    }
    Some(Collateral {
        usd: section.number(KEYS[0], USD),
        release_month: months.read(section, KEYS[1], Reach::Beyond),
        prepays: section.choice(KEYS[2], &["prepay", "cash"], Some(0)) == 0,
    })
}

//! The money part of a scenario: `[finance]` and the tables below it, read into [`finance::Terms`].
//!
//! The table's presence turns the money on. Defaults are those of the field (facts F0 and F4): covenants at 1.15 and 1.05, a reserve of
//! six months, notes that convert at 130 %, a guarantor's penny warrants; every one is written to the resolved scenario. A field that
//! the chosen terms would not look at is a fault, so that nothing stated is ignored in silence.

mod amortisation;
mod convertible;
mod loan_checks;
mod loans;
mod months;
mod raises;
mod revolver;
mod shares;
mod tax;
mod terminal;
mod treasury;
mod warrants;

use crate::inputs::Inputs;
use crate::reader::{Rule, Section};
use finance::Terms;
use finance::terms::{CompanyTerms, ProjectTerms};
use market::{BitcoinSource, Market};
use months::Months;
use site::{Campus, TenantTerms};

/// Amounts of money.
const USD: Rule = Rule::between(0.0, 1e13, "USD");
/// Yearly rates of interest and fees.
const RATE: Rule = Rule::between(0.0, 1.0, "a year");

/// Reads `[finance]`, if it is there; the campus with its tenants and the market are read before it.
pub(crate) fn read(
    root: &Section<'_>,
    campus: &Campus,
    market: &Market,
    inputs: &mut Inputs,
) -> Option<Terms> {
    if !root.has("finance") {
        return None;
    }
    let section = root.section_or_empty("finance");
    let months = Months::new(&market.calendar);
    let company = read_company(&section, campus);
    let mut project = read_project(&section);
    project.partner_tenant = read_partner(&section, project.company_share, &campus.hosting.risks.tenants);
    let loans = loans::read(&section, &months, inputs);
    let revolver = revolver::read(&section, &months);
    let shares = shares::read(&section);
    let convertible = convertible::read(&section, &months, shares.price_usd, inputs);
    let raises = raises::read(&section, &months);
    let warrants = warrants::read(&section, &months);
    let tax = tax::read(&section);
    let treasury = treasury::read(&section);
    let terminal = terminal::read(&section);
    section.finish();
    refuse_committed_funding(root, campus);
    Some(Terms {
        first_month_of_year: u32::from(market.calendar.start.month.unsigned_abs()),
        n_months: months.n_months(),
        opening_btc_price_usd: opening_btc_price_usd(market),
        project,
        company,
        loans,
        revolver,
        convertible,
        raises,
        warrants,
        shares,
        tax,
        treasury,
        terminal,
    })
}

fn read_company(section: &Section<'_>, campus: &Campus) -> CompanyTerms {
    CompanyTerms {
        cost_of_equity_per_year: section.number_or(
            "cost_of_equity_per_year",
            Rule::between(0.0, 1.0, "effective per year"),
            campus.company.discount_rate_per_year,
        ),
        minimum_cash_usd: section.number_or("minimum_cash_usd", USD, 0.0),
        cash_rate_per_year: section.number_or("cash_rate_per_year", RATE, 0.0),
        pays_out: section.choice("pay_out", &["none", "excess"], Some(0)) == 1,
        opening_plant_usd: section.number_or("opening_plant_usd", USD, 0.0),
    }
}

fn read_project(section: &Section<'_>) -> ProjectTerms {
    let share = Rule::above(0.0, 1.0, "of contributions and distributions");
    ProjectTerms {
        company_share: section.number_or("company_share_of_project", share, 1.0),
        sponsor_support: section.flag_or("sponsor_support", true),
        distribution_months: read_interval(section, "distribution_months"),
        book_life_months: section.whole("book_life_months", 1, 1_200, Some(240)) as u32,
        partner_tenant: None,
    }
}

/// The tenant that is the partner, by index.
fn read_partner(section: &Section<'_>, company_share: f64, tenants: &[TenantTerms]) -> Option<u8> {
    const KEY: &str = "partner_tenant";
    let name = section.optional_text(KEY)?;
    if company_share >= 1.0 {
        section.fault(
            KEY,
            "has no effect while company_share_of_project is 1: a partner holds a share; state one below 1",
        );
        return None;
    }
    let index = tenants.iter().position(|tenant| tenant.name == name);
    if index.is_none() {
        let known = if tenants.is_empty() {
            "and this scenario names no tenants".to_string()
        } else {
            let names: Vec<&str> = tenants.iter().map(|tenant| tenant.name.as_str()).collect();
            format!("which are {}", names.join(", "))
        };
        section.fault(KEY, format!("is `{name}`; allowed is the name of one of [[tenants]], {known}"));
    }
    index.and_then(|index| u8::try_from(index).ok())
}

/// Money that is only promised has no terms: with `[finance]` it must be stated as what it is.
fn refuse_committed_funding(root: &Section<'_>, campus: &Campus) {
    let usd = campus.company.committed_funding_usd;
    if usd > 0.0 {
        root.section_or_empty("company").fault(
            "committed_funding_usd",
            format!(
                "is {usd}; allowed beside [finance] is 0: state it as [finance.revolver], as one of [[finance.loans]] or of [[finance.raises]]"
            ),
        );
    }
}

/// Price of a bitcoin at the first opening; a stand-in where faults have left no history.
fn opening_btc_price_usd(market: &Market) -> f64 {
    match &market.bitcoin {
        BitcoinSource::Model(settings) => settings.price.start(),
        BitcoinSource::Replay(history) if history.days.is_empty() => 1.0,
        BitcoinSource::Replay(history) => history.opening(0).price_usd,
    }
}

/// A name that must be there and be used once in its list.
fn read_name<'n>(section: &Section<'_>, mut taken: impl Iterator<Item = &'n str>, what: &str) -> String {
    let name = section.text("name", "a name in quotes");
    if !name.is_empty() && taken.any(|other| other.eq_ignore_ascii_case(&name)) {
        section.fault(
            "name",
            format!("`{name}` is taken by another {what}, capitals apart; allowed is a name used once"),
        );
    }
    name
}

/// Months between payments: 1 where none are stated, and a divisor of 12, so that they fall on the same months of each year.
fn read_interval(section: &Section<'_>, key: &'static str) -> u32 {
    let months = section.whole(key, 1, 12, Some(1)) as u32;
    if !12u32.is_multiple_of(months) {
        section.fault(key, format!("is {months}; allowed is 1, 2, 3, 4, 6 or 12 months"));
    }
    months
}

//! The terms on which halls are let: `[hosting]`, its backstop and service, and `[[tenants]]`.
//!
//! What the campus needs of them (terms) and what the paths need (hazards, outages, who makes offers) come out of one reading, so that
//! the two cannot differ.

use crate::campus_section::{GROWTH, fraction};
use crate::reader::{Rule, Section};
use market::{EventLaw, Market, OutageLaw};
use site::sla::{ChronicFailure, CreditStep, SlaTerms};
use site::units::Pue;
use site::{
    Backstop, HostingCost, HostingTerms, LeaseRisks, Letting, MAX_TENANTS, ServiceTerms, TenantTerms,
};

const SHARE: Rule = Rule::between(0.0, 1.0, "");
const HAZARD: Rule = Rule::between(0.0, 10.0, "a year");
const RENT_SHARE: Rule = Rule::between(0.0, 2.0, "of the rent");

/// What the paths of a market need to know of hosting.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chances {
    events: EventLaw,
    tenant_weights: Vec<f64>,
}

impl Chances {
    /// Puts them into a market.
    pub(crate) fn apply(self, market: &mut Market) {
        market.events = self.events;
        market.offers.tenant_weights = self.tenant_weights;
    }
}

/// Reads the terms of hosting and the chances behind them.
pub(crate) fn read(root: &Section<'_>, energy_pue: Pue) -> (HostingTerms, Chances) {
    let hosting = root.section("hosting");
    let cost = read_cost(&hosting);
    let load_factor = fraction(&hosting, "load_factor", Some(0.80));
    let term_months = hosting.whole("term_months", 1, 600, None) as u32;
    let escalator_per_year = hosting.number_or("escalator_per_year", GROWTH, 0.0);
    let relet = read_letting(&hosting, ["relet_months", "relet_rent_share"]);
    let renewal = read_letting(&hosting, ["renewal_gap_months", "renewal_rent_share"]);
    let break_months = read_breaks(&hosting);
    let default_correlation = hosting.number_or("default_correlation", SHARE, 0.0);
    let backstop = hosting.has("backstop").then(|| read_backstop(&hosting.section("backstop")));
    let service = hosting.has("service").then(|| read_service(&hosting.section("service")));
    hosting.read_elsewhere("offers");
    hosting.read_elsewhere("rate");
    hosting.finish();
    let (tenants, tenant_weights) = read_tenants(root, backstop.is_some());
    let (service, outages) = service.unzip();
    let events = EventLaw {
        tenant_hazards_per_year: tenants.iter().map(|tenant| tenant.default_per_year).collect(),
        guarantor_hazard_per_year: backstop.map_or(0.0, |backstop| backstop.guarantor_default_per_year),
        default_correlation,
        outages,
    };
    let risks =
        LeaseRisks { tenants, relet, renewal, break_months, backstop, service, ..LeaseRisks::default() };
    let terms = HostingTerms { energy_pue, load_factor, cost, term_months, escalator_per_year, risks };
    (terms, Chances { events, tenant_weights })
}

fn read_cost(hosting: &Section<'_>) -> HostingCost {
    match (hosting.has("noi_margin_share"), hosting.has("opex_usd_per_it_mw_year")) {
        (true, true) => {
            hosting.fault(
                "noi_margin_share",
                "stands beside opex_usd_per_it_mw_year; allowed is one of the two, never both",
            );
            HostingCost::PerItMwYear(0.0)
        }
        (true, false) => HostingCost::NoiMargin(fraction(hosting, "noi_margin_share", None)),
        (false, true) => HostingCost::PerItMwYear(
            hosting.number("opex_usd_per_it_mw_year", Rule::between(0.0, 1e8, "USD per IT MW and year")),
        ),
        (false, false) => {
            hosting.fault(
                "noi_margin_share",
                "is missing; wanted is noi_margin_share (0 to 1) or opex_usd_per_it_mw_year",
            );
            HostingCost::PerItMwYear(0.0)
        }
    }
}

fn read_letting(hosting: &Section<'_>, [months, rent_share]: [&'static str; 2]) -> Letting {
    Letting {
        months: hosting.whole(months, 0, 120, Some(0)) as u32,
        rent_share: hosting.number_or(rent_share, RENT_SHARE, 1.0),
    }
}

/// Ages at which a tenant may end its lease, in whole months.
fn read_breaks(hosting: &Section<'_>) -> Vec<u32> {
    if !hosting.has("break_months") {
        return Vec::new();
    }
    let ages = hosting.numbers_or("break_months", Rule::between(1.0, 600.0, "months"), &[]);
    if let Some(age) = ages.iter().find(|age| age.fract() != 0.0) {
        hosting.fault("break_months", format!("holds {age}; allowed are whole months, 1 to 600"));
    }
    ages.into_iter().map(|age| age as u32).collect()
}

fn read_backstop(section: &Section<'_>) -> Backstop {
    let backstop = Backstop {
        fee_usd_per_it_mw: section.number("fee_usd_per_it_mw", Rule::between(0.0, 1e9, "USD per IT MW")),
        amortisation_months: section.whole("amortisation_months", 1, 600, Some(120)) as u32,
        shape_power: section.number_or("shape_power", Rule::between(0.1, 10.0, ""), 1.0),
        assumed_rent_share: section.number("assumed_rent_share", RENT_SHARE),
        guarantor_default_per_year: section.number_or("guarantor_default_per_year", HAZARD, 0.0),
    };
    section.finish();
    backstop
}

/// Service owed to tenants and the outages that break it.
fn read_service(section: &Section<'_>) -> (ServiceTerms, OutageLaw) {
    let per_year = section.number("outages_per_year", Rule::between(0.0, 1_000.0, "a year"));
    let mean_hours = section.number("outage_mean_hours", Rule::between(0.0, 8_784.0, "hours"));
    let usual = SlaTerms::default();
    let below: Vec<f64> = usual.ladder.iter().map(|step| step.below).collect();
    let credits: Vec<f64> = usual.ladder.iter().map(|step| step.credit_share).collect();
    let below = section.numbers_or("credit_below_availability", SHARE, &below);
    let credits = section.numbers_or("credit_share_of_rent", SHARE, &credits);
    if below.len() != credits.len() {
        section.fault(
            "credit_share_of_rent",
            format!("has {} steps; credit_below_availability has {}", credits.len(), below.len()),
        );
    }
    let steps = below.into_iter().zip(credits);
    let sla = SlaTerms {
        ladder: steps.map(|(below, credit_share)| CreditStep { below, credit_share }).collect(),
        cap_share: section.number_or("credit_cap_share", SHARE, usual.cap_share),
        chronic: section.flag_or("chronic_termination", true).then(|| read_chronic(section)),
    };
    let refused = sla.check().map_err(|error| section.fault_here(error.to_string())).is_err();
    section.finish();
    let outages = OutageLaw { per_year, mean_hours, chronic: sla.chronic };
    let service = ServiceTerms {
        expected_credit_share: outages.expected_credit_share(&sla),
        chronic_onsets_per_month: if refused { 0.0 } else { outages.chronic_onsets_per_month() },
        sla,
    };
    (service, outages)
}

fn read_chronic(section: &Section<'_>) -> ChronicFailure {
    ChronicFailure {
        months: section.whole("chronic_months", 1, 120, Some(3)) as usize,
        window: section.whole("chronic_window_months", 1, 120, Some(12)) as usize,
        below: section.number_or("chronic_below_availability", SHARE, 0.999),
    }
}

/// Tenants, and the weights with which they make offers.
fn read_tenants(root: &Section<'_>, backstop: bool) -> (Vec<TenantTerms>, Vec<f64>) {
    let sections = root.list("tenants");
    if sections.len() > MAX_TENANTS {
        root.fault(
            "tenants",
            format!("are {} tables [[tenants]]; allowed are at most {MAX_TENANTS}", sections.len()),
        );
    }
    let mut tenants: Vec<TenantTerms> = Vec::new();
    let mut weights = Vec::new();
    for section in sections {
        section.begin_item("tenants");
        let name = section.text("name", "a name in quotes");
        if tenants.iter().any(|tenant| tenant.name == name) {
            section
                .fault("name", format!("`{name}` is taken by another tenant; allowed is a name used once"));
        }
        let default_per_year = section.number("default_per_year", HAZARD);
        weights.push(section.number_or("offer_weight", Rule::between(0.0, 1e6, ""), 1.0));
        let backed = section.flag_or("backed", backstop);
        if backed && !backstop {
            section.fault("backed", "is true without a guarantor; wanted beside it is [hosting.backstop]");
        }
        tenants.push(TenantTerms { name, default_per_year, backed });
        section.finish();
    }
    if !weights.is_empty() && weights.iter().sum::<f64>() <= 0.0 {
        root.fault("tenants", "have offer weights that sum to 0; allowed is a sum above 0");
    }
    weights.truncate(MAX_TENANTS);
    tenants.truncate(MAX_TENANTS);
    (tenants, weights)
}

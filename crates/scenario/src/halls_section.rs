//! Halls: what they are and what they do at the first opening.
//!
//! A hall mines with its fleet, or it is let, or it is under construction for a signed lease. Only a hall that mines needs machines; one
//! under construction with machines mines until its last months.

use crate::campus_section::{GROWTH, gross_mw_of, rent};
use crate::catalogue::{CatalogueLease, leases};
use crate::reader::{Rule, Section};
use site::units::UsdPerKwMonth;
use site::{AiForm, Conversion, Fleet, Hall, HallUse, HostingTerms, Lease, Tenant};

/// Terms beside which a hall is read.
pub(crate) struct Terms<'a> {
    pub(crate) fleets: &'a [Fleet],
    pub(crate) conversion: &'a Conversion,
    pub(crate) hosting: &'a HostingTerms,
}

/// Reads all halls, in conversion order.
pub(crate) fn read(root: &Section<'_>, terms: &Terms<'_>) -> Vec<Hall> {
    let sections = root.list("halls");
    if sections.is_empty() {
        root.fault("halls", "is missing; wanted is at least one table [[halls]]");
    }
    let mut halls: Vec<Hall> = Vec::new();
    for section in sections {
        section.begin_item("halls");
        let name = section.text("name", "a name in quotes");
        let count = section.whole("count", 1, 1_000, Some(1)) as usize;
        let gross = gross_mw_of(&section);
        let lease = read_lease(&section, terms.hosting);
        let fleet = read_fleet(&section, terms.fleets, lease.is_some());
        let it_mw = gross.to_it(terms.conversion.peak_ratio).get();
        let opening = lease.map_or(HallUse::Mining, |lease| opening(&section, lease, it_mw));
        for i in 1..=count {
            let full = if count == 1 { name.clone() } else { format!("{name}-{i:03}") };
            if halls.iter().any(|hall| hall.name == full) {
                section
                    .fault("name", format!("`{full}` is taken by another hall; allowed is a name used once"));
            }
            halls.push(Hall { name: full, gross, fleet, opening });
        }
        section.finish();
    }
    Hall::sort(&mut halls, terms.fleets);
    halls
}

/// A hall's machines; only a let hall can do without.
fn read_fleet(section: &Section<'_>, fleets: &[Fleet], is_let: bool) -> Option<usize> {
    let names: Vec<&str> = fleets.iter().map(|fleet| fleet.name.as_str()).collect();
    if !section.has("fleet") && is_let {
        return None;
    }
    if names.is_empty() {
        section.read_elsewhere("fleet");
        return None;
    }
    Some(section.named("fleet", &names, None))
}

/// The lease with which a hall opens, if any: by its rent, or by its name in the catalogue.
fn read_lease(section: &Section<'_>, hosting: &HostingTerms) -> Option<Lease> {
    let catalogue = leases();
    let names: Vec<&str> = catalogue.iter().map(|lease| lease.deal.as_str()).collect();
    let named: Option<&CatalogueLease> =
        section.has("lease").then(|| &catalogue[section.choice("lease", &names, None)]);
    if named.is_none() && !section.has("lease_rent_usd_per_kw_month") {
        for key in [
            "lease_months_left",
            "lease_term_months",
            "lease_escalator_per_year",
            "months_to_delivery",
            "tenant",
        ] {
            if section.has(key) {
                section.read_elsewhere(key);
                section.fault(key, "has no lease; wanted beside it is lease_rent_usd_per_kw_month or lease");
            }
        }
        return None;
    }
    let of_catalogue = named.and_then(|lease| UsdPerKwMonth::try_new(lease.first_year_usd_per_kw_month).ok());
    let first_year = rent(section, "lease_rent_usd_per_kw_month", of_catalogue.map(UsdPerKwMonth::get));
    let term = named.map_or(hosting.term_months, |lease| lease.term_months);
    // A lease in force has months left, one that is to start has a term; to the campus both are months from the first rent.
    let key = if section.has("months_to_delivery") { "lease_term_months" } else { "lease_months_left" };
    let term_months = section.whole(key, 1, 600, Some(u64::from(term))) as u32;
    let escalator = named.map_or(hosting.escalator_per_year, |lease| lease.escalator_per_year);
    let escalator = section.number_or("lease_escalator_per_year", GROWTH, escalator);
    let tenant = read_tenant(section, hosting);
    let backed = hosting.risks.backs(tenant);
    Some(Lease { tenant, backed, ..Lease::steady(first_year, escalator, term_months) })
}

/// Who pays: a tenant by its name, the first of the list where none is named, and nobody who fails where there is no list.
fn read_tenant(section: &Section<'_>, hosting: &HostingTerms) -> Tenant {
    let names: Vec<&str> = hosting.risks.tenants.iter().map(|tenant| tenant.name.as_str()).collect();
    if names.is_empty() {
        if section.optional_text("tenant").is_some() {
            section.fault("tenant", "names nobody; wanted is a table [[tenants]] of that name");
        }
        return Tenant::Steady;
    }
    // At most 32 tenants are kept.
    Tenant::Named(section.named("tenant", &names, Some(0)) as u8)
}

/// What a hall with a lease does at the first opening.
fn opening(section: &Section<'_>, lease: Lease, it_mw: f64) -> HallUse {
    if !section.has("months_to_delivery") {
        return HallUse::Hosting { lease, age_months: 0 };
    }
    let months_left = section.whole("months_to_delivery", 1, 120, None) as u32;
    let capex = section.number("capex_left_usd_per_it_mw", Rule::between(0.0, 1e9, "USD per IT MW"));
    HallUse::Building {
        form: AiForm::Hosting,
        months_left,
        capex_usd_per_month: capex * it_mw / f64::from(months_left),
        lease: Some(lease),
    }
}

//! Tenants, guarantor, service and halls under construction: what is read, and what is refused.

use scenario::{Faults, Scenario};
use site::{AiForm, HallUse, Tenant};
use std::path::Path;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const TENANTS: &str = "\n[[tenants]]\nname = \"neocloud\"\ndefault_per_year = 0.05\n\n[[tenants]]\nname = \"hyperscaler\"\ndefault_per_year = 0.002\nbacked = false\n";
const BACKSTOP: &str = "[hosting.backstop]\nfee_usd_per_it_mw = 7.7e6\nassumed_rent_share = 0.8\n\n";
const SERVICE: &str = "[hosting.service]\noutages_per_year = 2.0\noutage_mean_hours = 3.0\n\n";
const HALL: &str = "\n[[halls]]\nname = \"helios\"\ngross_mw = 29.0\nlease = \"Galaxy - CoreWeave, Helios\"\nmonths_to_delivery = 8\ncapex_left_usd_per_it_mw = 4e6\ntenant = \"hyperscaler\"\n";

fn load(text: &str) -> Result<Scenario, Faults> {
    Scenario::parse("test.toml", text, Path::new("."), &["site.interconnect_firm_mw=300".into()])
}

fn text(sections: &str, tables: &str) -> String {
    let with = TEXAS.replacen("[hosting.offers]", &format!("{sections}[hosting.offers]"), 1);
    format!("{with}{tables}")
}

fn message(sections: &str, tables: &str) -> String {
    load(&text(sections, tables)).expect_err("a fault").to_string()
}

#[test]
fn everything_that_can_end_a_lease_is_read_and_written_back() {
    let terms = TEXAS.replacen("[hosting]\n", "[hosting]\nbreak_months = [60, 120]\nrelet_months = 9\n", 1);
    let sections = format!("{BACKSTOP}{SERVICE}[hosting.offers]");
    let text = format!("{}{TENANTS}{HALL}", terms.replacen("[hosting.offers]", &sections, 1));
    let scenario = load(&text).unwrap();
    let risks = &scenario.campus.hosting.risks;
    assert_eq!((risks.break_months.as_slice(), risks.relet.months), ([60, 120].as_slice(), 9));
    assert_eq!(risks.backstop.unwrap().amortisation_months, 120);
    assert_eq!(risks.tenants.iter().map(|tenant| tenant.backed).collect::<Vec<_>>(), [true, false]);
    assert_eq!(scenario.market.events.tenant_hazards_per_year, [0.05, 0.002]);
    assert_eq!(scenario.market.offers.tenant_weights, [1.0, 1.0]);
    let service = risks.service.as_ref().unwrap();
    assert!(service.expected_credit_share > 0.0 && service.expected_credit_share < 0.05);
    let hall = scenario.campus.halls.iter().find(|hall| hall.name == "helios").unwrap();
    let HallUse::Building { form: AiForm::Hosting, months_left: 8, capex_usd_per_month, lease: Some(lease) } =
        hall.opening
    else {
        panic!("{hall:?}")
    };
    assert_eq!(hall.fleet, None);
    // 29 gross MW at 1.45 are 20 MW of IT: 80 million USD over eight months.
    assert!((capex_usd_per_month - 10e6).abs() < 1e-3, "{capex_usd_per_month}");
    assert_eq!((lease.term_months, lease.tenant, lease.backed), (180, Tenant::Named(1), false));
    let again = load(&scenario.resolved).unwrap_or_else(|faults| panic!("{faults}\n{}", scenario.resolved));
    assert_eq!(scenario.campus, again.campus);
    assert_eq!(scenario.market.events, again.market.events);
    assert_eq!(scenario.resolved, again.resolved);
}

#[test]
fn without_new_sections_no_lease_can_end_early() {
    let scenario = load(TEXAS).unwrap();
    assert!(scenario.campus.hosting.risks.are_none());
    assert_eq!(scenario.market.events, market::EventLaw::default());
    assert!(scenario.market.offers.tenant_weights.is_empty());
}

#[test]
fn faults_of_tenants_and_guarantor_are_named() {
    let twice = format!("{TENANTS}{}", TENANTS.replace("hyperscaler", "third"));
    for (sections, tables, wanted) in [
        ("", twice.as_str(), "tenants[2].name: `neocloud` is taken by another tenant"),
        ("", "\n[[tenants]]\nname = \"a\"\n", "tenants[0].default_per_year: is missing"),
        ("", "\n[[tenants]]\nname = \"a\"\ndefault_per_year = -1.0\n", "tenants[0].default_per_year: is -1"),
        ("", "\n[[tenants]]\nname = \"a\"\ndefault_per_year = 0.1\noffer_weight = 0\n", "sum to 0"),
        ("", "\n[[tenants]]\nname = \"a\"\ndefault_per_year = 0.1\nbacked = true\n", "without a guarantor"),
        (
            "[hosting.backstop]\nfee_usd_per_it_mw = 1e6\n\n",
            "",
            "hosting.backstop.assumed_rent_share: is missing",
        ),
        (
            "[hosting.backstop]\nfee_usd_per_it_mw = 1e6\nassumed_rent_share = 3.0\n\n",
            "",
            "assumed_rent_share: is 3",
        ),
        (
            "[hosting.service]\noutages_per_year = 1.0\n\n",
            "",
            "hosting.service.outage_mean_hours: is missing",
        ),
        (
            "[hosting.service]\noutages_per_year = 1.0\noutage_mean_hours = 1.0\nchronic_months = 13\n\n",
            "",
            "bad months is 13",
        ),
    ] {
        let found = message(sections, tables);
        assert!(found.contains(wanted), "`{wanted}` is not in:\n{found}");
    }
    let many: String =
        (0..33).map(|i| format!("\n[[tenants]]\nname = \"t{i}\"\ndefault_per_year = 0.1\n")).collect();
    assert!(message("", &many).contains("allowed are at most 32"));
}

#[test]
fn faults_of_halls_are_named() {
    for (from, to, wanted) in [
        (
            "Galaxy - CoreWeave, Helios",
            "Galaxy - CoreWeave, Helos",
            "did you mean `Galaxy - CoreWeave, Helios`",
        ),
        ("tenant = \"hyperscaler\"", "tenant = \"hyperscalr\"", "did you mean `hyperscaler`"),
        ("capex_left_usd_per_it_mw = 4e6\n", "", "capex_left_usd_per_it_mw: is missing"),
        ("lease = \"Galaxy - CoreWeave, Helios\"\n", "", "months_to_delivery: has no lease"),
        ("months_to_delivery = 8", "months_to_delivery = 0", "is 0; allowed is a whole number 1 to 120"),
        ("months_to_delivery = 8\n", "", "capex_left_usd_per_it_mw"),
    ] {
        let found = message("", &format!("{TENANTS}{}", HALL.replacen(from, to, 1)));
        assert!(found.contains(wanted), "`{wanted}` is not in:\n{found}");
    }
    assert!(message("", HALL).contains("names nobody"), "a tenant without a list");
}

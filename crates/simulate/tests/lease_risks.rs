//! Runs in which leases end early: balance, foresight, the same bits, and what each risk costs.

mod common;

use common::{TEXAS, outcomes, risky, scenario_of};
use proptest::prelude::*;
use simulate::Outcomes;

const SHORT: [&str; 3] = ["scenario.end_month=2031-06", "run.paths=130", "conversion.lead_months=8"];

fn run(text: &str, threads: usize) -> Outcomes {
    outcomes(&scenario_of(text, &SHORT), threads)
}

fn total(outcomes: &Outcomes, policy: &str, of: impl Fn(&site::Ledger) -> f64) -> f64 {
    let policy = outcomes.policies.iter().find(|found| found.name == policy).expect("a policy");
    policy.ledger.iter().map(of).sum()
}

#[test]
fn tenants_that_fail_give_the_same_bits_on_any_number_of_threads() {
    let text = risky(TEXAS);
    let one = run(&text, 1);
    assert!(format!("{one:?}") == format!("{:?}", run(&text, 3)));
    let asap = |of: &dyn Fn(&site::Ledger) -> f64| total(&one, "all-ai-asap", of);
    assert!(asap(&|ledger| ledger.termination_fees_usd) > 0.0);
    assert!(asap(&|ledger| ledger.sla_credits_usd) > 0.0);
}

#[test]
fn a_tenant_that_makes_no_offers_changes_nothing() {
    let text = risky(TEXAS);
    let idle = "\n[[tenants]]\nname = \"idle\"\ndefault_per_year = 0.7\noffer_weight = 0.0\n";
    assert!(format!("{:?}", run(&text, 2)) == format!("{:?}", run(&format!("{text}{idle}"), 2)));
}

#[test]
fn tenants_that_never_fail_leave_every_result_as_it_was() {
    let named = "\n[[tenants]]\nname = \"steady\"\ndefault_per_year = 0.0\n";
    let (plain, named) = (run(TEXAS, 2), run(&format!("{TEXAS}{named}"), 2));
    assert!(format!("{plain:?}") == format!("{named:?}"));
}

#[test]
fn each_risk_costs_and_a_guarantor_helps() {
    let npv = |set: &[&str]| {
        let all: Vec<&str> = SHORT.iter().copied().chain(set.iter().copied()).collect();
        let outcomes = outcomes(&scenario_of(&risky(TEXAS), &all), 2);
        outcomes.policies.iter().find(|policy| policy.name == "all-ai-asap").expect("asap").npv_usd.mean()
    };
    let stated = npv(&[]);
    assert!(npv(&["tenants[neocloud].default_per_year=0.2"]) < stated, "more failures");
    assert!(npv(&["hosting.relet_months=24"]) < stated, "longer vacancies");
    assert!(npv(&["hosting.service.outages_per_year=12"]) < stated, "more outages");
    assert!(npv(&["hosting.backstop.guarantor_default_per_year=0.5"]) < stated, "a weaker guarantor");
    assert!(npv(&["hosting.backstop.fee_usd_per_it_mw=0"]) < stated, "no guarantor");
}

/// A hall under construction for a lease of the catalogue needs no machines.
#[test]
fn a_campus_without_mining_runs_with_leases_of_the_catalogue() {
    let (before, halls) = TEXAS.split_once("[[fleets]]").expect("fleets");
    let (_, after) = halls.split_once("[conversion]").expect("conversion");
    let hall = "[[halls]]\nname = \"abernathy\"\ngross_mw = 150.0\nlease = \"TeraWulf - Fluidstack, Abernathy joint venture\"\nmonths_to_delivery = 9\ncapex_left_usd_per_it_mw = 6e6\n";
    let (after, _) = after.split_once("[[policies]]").expect("policies");
    let policies = "[[policies]]\nkind = \"all-mining\"\n\n[[policies]]\nkind = \"all-ai-asap\"\n";
    let text = format!("{before}{hall}\n[conversion]{after}{policies}");
    let outcomes = run(&text, 2);
    let base = &outcomes.policies[0];
    assert_eq!(base.ledger[0].building_mw, 150.0);
    assert_eq!(base.ledger[0].mining_revenue_usd, 0.0);
    let it_kw = 150_000.0 / 1.45;
    let rent = base.ledger[9].hosting_rent_usd / it_kw;
    // Fact F2.1: 129.3 USD/kW-month in the first year at 3 % a year.
    assert!((rent - 129.3).abs() < 0.1, "{rent}");
    let capex: f64 = base.ledger.iter().map(|ledger| ledger.conversion_capex_usd).sum();
    assert!((capex / (6.0 * 150e6 / 1.45) - 1.0).abs() < 1e-9, "{capex}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// The run itself refuses a month in which uses do not sum to the campus and a policy above foresight or above the bound.
    #[test]
    fn policies_stay_below_foresight_under_random_terms(
        seed in 0_u64..1_000_000,
        (hazard, guarantor, correlation) in (0.0..1.0_f64, 0.0..0.3_f64, 0.0..1.0_f64),
        (relet, gap, term) in (0_u32..20, 0_u32..6, 6_u32..60),
        (relet_share, renewal_share, assumed) in (0.3..1.2_f64, 0.5..1.1_f64, 0.0..1.3_f64),
        (fee, amortisation) in (0.0..2e7_f64, 1_u32..200),
        (outages, hours) in (0.0..20.0_f64, 0.0..30.0_f64),
        first_break in 1_u32..60,
        opex in any::<bool>(),
    ) {
        let mut text = risky(TEXAS);
        if opex {
            text = text.replace("noi_margin_share = 0.85 ", "opex_usd_per_it_mw_year = 254000 ");
        }
        let set = [
            "run.paths=8".to_string(),
            "scenario.end_month=2031-06".into(),
            format!("run.seed={seed}"),
            format!("tenants[neocloud].default_per_year={hazard}"),
            format!("hosting.backstop.guarantor_default_per_year={guarantor}"),
            format!("hosting.default_correlation={correlation}"),
            format!("hosting.relet_months={relet}"),
            format!("hosting.renewal_gap_months={gap}"),
            format!("hosting.term_months={term}"),
            format!("hosting.relet_rent_share={relet_share}"),
            format!("hosting.renewal_rent_share={renewal_share}"),
            format!("hosting.backstop.assumed_rent_share={assumed}"),
            format!("hosting.backstop.fee_usd_per_it_mw={fee}"),
            format!("hosting.backstop.amortisation_months={amortisation}"),
            format!("hosting.service.outages_per_year={outages}"),
            format!("hosting.service.outage_mean_hours={hours}"),
            format!("hosting.break_months=[{first_break}]"),
        ];
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        let outcomes = outcomes(&scenario_of(&text, &set), 2);
        for policy in &outcomes.policies {
            for (value, foresight) in policy.kept_npv_usd.iter().zip(&outcomes.foresight.kept_npv_usd) {
                prop_assert!(*value <= foresight + 1e-9 * foresight.abs().max(1e6), "{}", policy.name);
            }
        }
    }
}

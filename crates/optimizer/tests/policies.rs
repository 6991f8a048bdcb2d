//! The policies people propose, each on views made by hand.

use market::Opening;
use optimizer::{
    AllAiAsap, ConstantShare, ContractBacked, ContractTerms, ContractValues, FixedSchedule, Formula, Hurdle,
    KNOWN, OwnRule, PastMonth, Policy, RuleTerms, Starts, View, Yields, known_names,
};
use site::units::{Fraction, GrossMw, JoulesPerTh, PeakRatio, Pue, UsdPerKwMonth};
use site::{
    AiForm, Campus, Company, Conversion, Decision, Fleet, GpuFigures, Hall, HallUse, HostingCost,
    HostingTerms, Lease, LeaseOffer, LeaseRisks, MiningFigures, MonthEconomics, PowerContract, State, Tenant,
    YearMonth, free_funds_usd, limits, start_conversions, step,
};

const MONTHS: usize = 48;

fn mw(value: f64) -> GrossMw {
    GrossMw::try_new(value).unwrap()
}

fn rent(value: f64) -> UsdPerKwMonth {
    UsdPerKwMonth::try_new(value).unwrap()
}

/// Five halls of 20 MW; the first serves a tenant from the first opening.
fn campus() -> Campus {
    let lease = Lease::steady(rent(120.0), 0.0, 240);
    let hall = |n: usize| Hall {
        name: format!("hall-{n}"),
        gross: mw(20.0),
        fleet: Some(0),
        opening: if n == 0 { HallUse::Hosting { lease, age_months: 0 } } else { HallUse::Mining },
    };
    Campus {
        firm: mw(100.0),
        interruptible: mw(0.0),
        mining_pue: Pue::try_new(1.04).unwrap(),
        halls: (0..5).map(hall).collect(),
        fleets: vec![Fleet {
            name: "fleet".into(),
            efficiency: JoulesPerTh::try_new(20.0).unwrap(),
            uptime: Fraction::try_new(1.0).unwrap(),
            pool_fee: Fraction::ZERO,
            variable_opex_usd_per_mwh: 5.0,
            repairs_usd_per_th_year: 0.3,
            resale_usd_per_th_at_50: 8.0,
        }],
        conversion: Conversion {
            peak_ratio: PeakRatio::try_new(1.25).unwrap(),
            lead_months: 6,
            mining_lost_months: 3,
            capex_usd_per_it_mw: 10e6,
            contingency: 0.0,
            capex_growth_per_year: 0.0,
            max_under_construction: mw(60.0),
        },
        hosting: HostingTerms {
            energy_pue: Pue::try_new(1.25).unwrap(),
            load_factor: Fraction::try_new(0.8).unwrap(),
            cost: HostingCost::NoiMargin(Fraction::try_new(0.8).unwrap()),
            term_months: 120,
            escalator_per_year: 0.0,
            risks: LeaseRisks::default(),
        },
        gpus: None,
        power: PowerContract { adder_usd_per_mwh: 0.0, block: None },
        company: Company {
            overhead_usd_per_month: 0.0,
            inflation_per_year: 0.0,
            opening_cash_usd: 70e6,
            committed_funding_usd: 30e6,
            hold_to_cash: false,
            site_resale_usd_per_gross_mw: 0.0,
            discount_rate_per_year: 0.10,
        },
        finance: None,
    }
}

fn opening() -> Opening {
    Opening {
        btc_price_usd: 90e3,
        difficulty: 146e12,
        hashprice_usd_per_ph_day: 40.0,
        lease_rate_usd_per_kw_month: 130.0,
        gpu_hour_price_usd: 2.5,
        gpu_price_multiple: 1.0,
    }
}

fn offer(gross_mw: f64, rent_usd_per_kw_month: f64) -> LeaseOffer {
    LeaseOffer { gross: mw(gross_mw), rent: rent(rent_usd_per_kw_month), tenant: Tenant::Steady }
}

/// What a policy starts in a month with an offer or without.
fn decide(
    policy: &dyn Policy,
    campus: &Campus,
    state: &State,
    offer: Option<LeaseOffer>,
    past: &[PastMonth],
) -> Decision {
    let opening = opening();
    policy.decide(&View {
        campus,
        state,
        opening: &opening,
        offer: offer.as_ref(),
        limits: limits(campus, state, offer.as_ref()),
        past,
    })
}

/// Halls that a policy starts for a tenant at the first opening.
fn hosted(policy: &dyn Policy, offer: LeaseOffer) -> u32 {
    let campus = campus();
    let decision = decide(policy, &campus, &State::opening(&campus), Some(offer), &[]);
    assert_eq!(decision.gpu_halls, 0);
    decision.hosting_halls
}

/// Decides in a month, starts what was decided, and says how many halls that were.
fn carry_out(
    policy: &dyn Policy,
    campus: &Campus,
    state: &mut State,
    month: u32,
    offer: Option<LeaseOffer>,
) -> u32 {
    state.month = month;
    let decision = decide(policy, campus, state, offer, &[]);
    start_conversions(campus, state, decision, offer.as_ref()).unwrap();
    decision.hosting_halls
}

#[test]
fn a_schedule_starts_what_is_due_and_catches_up_when_offers_come() {
    let campus = campus();
    for starts in [Starts::Halls(vec![(2, 1), (5, 2)]), Starts::GrossMw(vec![(2, 30.0), (5, 30.0)])] {
        let policy = FixedSchedule { form: AiForm::Hosting, starts };
        let mut state = State::opening(&campus);
        let big = Some(offer(80.0, 130.0));
        assert_eq!(carry_out(&policy, &campus, &mut state, 1, big), 0, "nothing is due yet");
        assert_eq!(carry_out(&policy, &campus, &mut state, 2, big), 1);
        assert_eq!(carry_out(&policy, &campus, &mut state, 3, big), 0, "it is started already");
        assert_eq!(carry_out(&policy, &campus, &mut state, 5, None), 0, "no tenant");
        assert_eq!(carry_out(&policy, &campus, &mut state, 6, Some(offer(20.0, 130.0))), 1, "a small tenant");
        assert_eq!(carry_out(&policy, &campus, &mut state, 7, big), 1, "the rest");
        assert_eq!(carry_out(&policy, &campus, &mut state, 8, big), 0, "all is started");
    }
}

#[test]
fn a_share_is_reached_and_not_passed() {
    let share = |share: f64| ConstantShare { share: Fraction::try_new(share).unwrap() };
    // One hall of five serves AI at the first opening; builders take three more at once.
    for (wanted, halls) in [(0.2, 0), (0.39, 0), (0.4, 1), (0.6, 2), (0.79, 2), (0.8, 3), (1.0, 3)] {
        assert_eq!(hosted(&share(wanted), offer(80.0, 1.0)), halls, "{wanted}");
    }
    assert_eq!(hosted(&share(1.0), offer(40.0, 1.0)), 2, "the offer's size");
}

fn contract_terms() -> ContractTerms {
    ContractTerms {
        min_contract_npv_usd_per_gross_mw: 0.0,
        min_rent_over_market: 0.0,
        min_offer_gross_mw: 0.0,
        max_gross_mw: f64::INFINITY,
    }
}

fn contract_backed(terms: ContractTerms) -> ContractBacked {
    let campus = campus();
    let contracts = vec![ContractValues::new(&campus, &campus.halls[1], &[730.0; MONTHS])];
    ContractBacked::new(&campus, contracts, terms)
}

/// Rent at which 120 months of rent after cost repay six months of capex, from the sums by hand.
fn repaying_rent() -> f64 {
    let discount = |m: i32| 1.1_f64.powf(-f64::from(m + 1) / 12.0);
    let capex_usd_per_it_mw: f64 = (0..6).map(|m| 10e6 / 6.0 * discount(m)).sum();
    let margin_of_a_dollar: f64 = (6..126).map(|m| 1_000.0 * 0.8 * discount(m)).sum();
    capex_usd_per_it_mw / margin_of_a_dollar
}

#[test]
fn a_contract_must_repay_its_hall_by_itself() {
    let policy = contract_backed(contract_terms());
    let rent = repaying_rent();
    assert_eq!(hosted(&policy, offer(80.0, rent * 1.0001)), 3);
    assert_eq!(hosted(&policy, offer(80.0, rent * 0.9999)), 0);
    // Capex does not grow and neither do costs, so the same rent repays later too, in the money of that opening.
    let campus = campus();
    let mut state = State::opening(&campus);
    state.month = 30;
    for (rent, halls) in [(rent * 1.0001, 3), (rent * 0.9999, 0)] {
        let decision = decide(&policy, &campus, &state, Some(offer(80.0, rent)), &[]);
        assert_eq!(decision.hosting_halls, halls);
    }
    // A million USD per gross MW on top: 1.25 million per IT MW, by the capex over the value of the rent.
    let margin = ContractTerms { min_contract_npv_usd_per_gross_mw: 1e6, ..contract_terms() };
    let discount = |m: i32| 1.1_f64.powf(-f64::from(m + 1) / 12.0);
    let capex_value: f64 = (0..6).map(|m| 10e6 / 6.0 * discount(m)).sum();
    let more = repaying_rent() * (1.0 + 1.25e6 / capex_value);
    assert_eq!(hosted(&contract_backed(margin), offer(80.0, more * 1.0001)), 3);
    assert_eq!(hosted(&contract_backed(margin), offer(80.0, more * 0.9999)), 0);
}

#[test]
fn a_contract_must_meet_spread_and_size_where_they_are_asked() {
    let anything = ContractTerms { min_contract_npv_usd_per_gross_mw: -1e9, ..contract_terms() };
    let spread = contract_backed(ContractTerms { min_rent_over_market: 1.1, ..anything });
    assert_eq!(hosted(&spread, offer(80.0, 143.1)), 3);
    assert_eq!(hosted(&spread, offer(80.0, 142.9)), 0);
    let size = contract_backed(ContractTerms { min_offer_gross_mw: 40.0, ..anything });
    assert_eq!(hosted(&size, offer(40.0, 10.0)), 2);
    assert_eq!(hosted(&size, offer(39.0, 10.0)), 0);
    let capped = contract_backed(ContractTerms { max_gross_mw: 45.0, ..anything });
    assert_eq!(hosted(&capped, offer(80.0, 10.0)), 1);
}

fn rule_terms(when: &str, halls: &str) -> RuleTerms {
    let formula = |text: &str, yields| {
        Formula::parse(text, &known_names(), yields).unwrap_or_else(|e| panic!("{text}: {e}"))
    };
    RuleTerms {
        when: formula(when, Yields::Truth),
        halls: formula(halls, Yields::Number),
        form: AiForm::Hosting,
        max_gross_mw: f64::INFINITY,
        first_month: YearMonth { year: 2026, month: 11 },
        n_months: MONTHS as u32,
    }
}

fn rule(when: &str, halls: &str) -> OwnRule {
    OwnRule::new(rule_terms(when, halls))
}

#[test]
fn a_rule_sees_what_its_names_say() {
    let campus = campus();
    let mut state = State::opening(&campus);
    state.month = 3;
    state.halls[1] =
        HallUse::Building { form: AiForm::Hosting, months_left: 6, capex_usd_per_month: 0.5e6, lease: None };
    state.cash_usd = 55e6;
    let past: Vec<PastMonth> = (0..12)
        .map(|m| PastMonth {
            opening: Opening { hashprice_usd_per_ph_day: 30.0 + f64::from(m), ..opening() },
            mining_margin_usd_per_gross_mw: 20e3 + 1e3 * f64::from(m),
            power_price_usd_per_mwh: 40.0 + f64::from(m),
        })
        .collect();
    for (name, value) in [
        ("year", 2027.0),
        ("month", 2.0),
        ("months_passed", 3.0),
        ("months_left", 45.0),
        ("btc_price_usd", 90e3),
        ("difficulty_t", 146.0),
        ("hashprice_usd_per_ph_day", 40.0),
        ("lease_rate_usd_per_kw_month", 130.0),
        ("gpu_hour_price_usd", 2.5),
        ("offer_rent_usd_per_kw_month", 150.0),
        ("offer_gross_mw", 60.0),
        // 0.8 IT MW per gross MW, 80 % of the rent is kept.
        ("offer_margin_usd_per_gross_mw_month", 96e3),
        ("hosting_margin_usd_per_gross_mw_month", 83.2e3),
        ("last_mining_margin_usd_per_gross_mw_month", 31e3),
        ("mean12_mining_margin_usd_per_gross_mw_month", 25.5e3),
        ("last_power_price_usd_per_mwh", 51.0),
        ("mean12_power_price_usd_per_mwh", 45.5),
        ("mean12_hashprice_usd_per_ph_day", 35.5),
        ("campus_gross_mw", 100.0),
        ("mining_gross_mw", 60.0),
        ("building_gross_mw", 20.0),
        ("ai_gross_mw", 20.0),
        // Builders have room for 40 MW.
        ("startable_halls", 2.0),
        ("next_hall_gross_mw", 20.0),
        ("conversion_capex_usd_per_gross_mw", 8e6),
        ("cash_musd", 55.0),
        ("liquidity_musd", 85.0),
        // Six months of half a million are still to be paid.
        ("free_funds_musd", 82.0),
    ] {
        let slack = 1e-9 * f64::abs(value);
        let exact = rule(&format!("abs({name} - {value:?}) <= {slack:?}"), "1");
        let decision = decide(&exact, &campus, &state, Some(offer(60.0, 150.0)), &past);
        assert_eq!(decision.hosting_halls, 1, "{name} is not {value}");
    }
    assert_eq!(KNOWN.len(), 28, "each name is looked at above");
}

#[test]
fn a_rule_starts_so_many_halls_as_it_says_and_no_more_than_it_can() {
    for (halls, started) in
        [("2", 2), ("1.99", 1), ("99", 3), ("-3", 0), ("startable_halls / 2", 1), ("0.5", 0)]
    {
        assert_eq!(hosted(&rule("cash_musd > 50", halls), offer(80.0, 130.0)), started, "{halls}");
    }
    assert_eq!(hosted(&rule("cash_musd > 90", "2"), offer(80.0, 130.0)), 0);
    let capped = OwnRule::new(RuleTerms { max_gross_mw: 60.0, ..rule_terms("1 > 0", "3") });
    assert_eq!(hosted(&capped, offer(80.0, 130.0)), 2);
}

#[test]
fn a_rule_without_a_value_waits_and_is_counted_after_the_first_year() {
    let campus = campus();
    let state = State::opening(&campus);
    let year = [PastMonth::default(); 12];
    let early = rule("mean12_power_price_usd_per_mwh >= 0", "1");
    assert_eq!(decide(&early, &campus, &state, Some(offer(20.0, 1.0)), &year[..11]), Decision::WAIT);
    assert_eq!(early.remark(), None, "no year has passed");
    assert_eq!(decide(&early, &campus, &state, Some(offer(20.0, 1.0)), &year).hosting_halls, 1);
    assert_eq!(early.remark(), None);
    for divided in [
        rule("cash_musd / last_power_price_usd_per_mwh > 1", "1"),
        rule("!(cash_musd / last_power_price_usd_per_mwh > 1)", "1"),
        rule("cash_musd > 1", "1 / last_power_price_usd_per_mwh"),
    ] {
        for _ in 0..3 {
            assert_eq!(decide(&divided, &campus, &state, Some(offer(20.0, 1.0)), &year), Decision::WAIT);
        }
        assert_eq!(decide(&divided, &campus, &state, None, &year), Decision::WAIT);
        let remark = divided.remark().unwrap();
        assert!(remark.contains("in 3 months"), "no tenant, no question: {remark}");
    }
}

#[test]
fn a_rule_that_restates_another_policy_decides_the_same() {
    let hurdle = Hurdle { required_rent: rent(130.0), max_gross_mw: 60.0 };
    let as_rule = OwnRule::new(RuleTerms {
        max_gross_mw: 60.0,
        ..rule_terms("offer_rent_usd_per_kw_month >= 130", "startable_halls")
    });
    let asap = AllAiAsap { form: AiForm::Hosting, max_gross_mw: f64::INFINITY };
    let always = rule("offer_gross_mw > 0", "startable_halls");
    for gross_mw in [10.0, 20.0, 40.0, 80.0] {
        for rent in [129.9, 130.0, 130.1] {
            let offer = offer(gross_mw, rent);
            assert_eq!(hosted(&hurdle, offer), hosted(&as_rule, offer));
            assert_eq!(hosted(&asap, offer), hosted(&always, offer));
        }
    }
}

#[test]
fn every_name_is_in_the_documentation_with_its_meaning() {
    let docs = include_str!("../../../docs/policies.md");
    for known in KNOWN {
        let row = format!("| `{}` | {} |", known.name, known.meaning);
        assert!(docs.contains(&row), "docs/policies.md has no row {row}");
    }
    assert_eq!(
        docs.matches("\n| `").count(),
        KNOWN.len() + 12 + 6,
        "eleven kinds and five that are tuned below their headers, and no name too many"
    );
}

/// A hall costs 160 million here: 16 IT MW at 10 million each.
#[test]
fn starts_held_to_cash_are_those_that_free_funds_pay_for() {
    let mut campus = campus();
    campus.company.hold_to_cash = true;
    campus.company.committed_funding_usd = 100e6;
    for (cash_musd, most) in [(59.9, 0), (60.0, 1), (219.0, 1), (220.0, 2), (380.0, 3), (900.0, 3)] {
        campus.company.opening_cash_usd = cash_musd * 1e6;
        let mut state = State::opening(&campus);
        let open = offer(60.0, 150.0);
        // Builders have room for three halls.
        assert_eq!(limits(&campus, &state, Some(&open)).hosting_halls, most, "{cash_musd}");
        let too_many = Decision { hosting_halls: most + 1, gpu_halls: 0 };
        assert!(start_conversions(&campus, &mut state, too_many, Some(&open)).is_err());
        assert_eq!(state, State::opening(&campus), "a refused decision changes nothing");
        let before = free_funds_usd(&campus, &state);
        start_conversions(&campus, &mut state, Decision { hosting_halls: most, gpu_halls: 0 }, Some(&open))
            .unwrap();
        let after = free_funds_usd(&campus, &state);
        assert!((before - after - 160e6 * f64::from(most)).abs() < 1.0, "a start ties up its whole price");
        assert!(after >= -1.0);
    }
}

#[test]
fn paying_for_construction_leaves_free_funds_as_they_are() {
    let mut campus = campus();
    campus.company.opening_cash_usd = 500e6;
    let mut state = State::opening(&campus);
    start_conversions(
        &campus,
        &mut state,
        Decision { hosting_halls: 2, gpu_halls: 0 },
        Some(&offer(60.0, 150.0)),
    )
    .unwrap();
    let idle = [MiningFigures::default()];
    for m in 0..8 {
        let month = MonthEconomics {
            month: m,
            hours: 730.0,
            cost_index: 1.0,
            hashprice_usd_per_ph_day: 40.0,
            btc_price_usd: 0.0,
            lease_rate_usd_per_kw_month: 130.0,
            gpu_hour_price_usd: 0.0,
            gpu_price_multiple: 1.0,
            power_price_usd_per_mwh: 0.0,
            mining: &idle,
            gpu: GpuFigures::default(),
            events: site::MonthEvents::default(),
        };
        let before = free_funds_usd(&campus, &state);
        let ledger = step(&campus, &mut state, Decision::WAIT, None, &month).unwrap();
        let change = free_funds_usd(&campus, &state) - before;
        assert!(
            (change - ledger.net_cash_flow_usd() - ledger.capex_usd()).abs() < 1e-3,
            "month {m}: {change}"
        );
    }
}

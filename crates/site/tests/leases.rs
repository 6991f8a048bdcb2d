//! Leases that end early, by hand-computed numbers and by properties over random terms.

use proptest::prelude::*;
use site::sla::{ChronicFailure, SlaTerms};
use site::units::{Fraction, GrossMw, JoulesPerTh, PeakRatio, Pue, UsdPerKwMonth};
use site::{
    AiForm, Backstop, Campus, Company, Conversion, Decision, Fleet, GpuFigures, GuarantorChoice, Hall,
    HallUse, HostingCost, HostingTerms, Lease, LeaseOffer, LeaseRisks, Ledger, Letting, MiningFigures,
    MonthEconomics, MonthEvents, PowerContract, ServiceTerms, State, Tenant, TenantTerms, hall_tail, limits,
    step, step_hall,
};

const MINING: [MiningFigures; 1] =
    [MiningFigures { run_hours: 600.0, revenue_usd: 50e3, power_cost_usd: 20e3 }];

fn rent(usd_per_kw_month: f64) -> UsdPerKwMonth {
    UsdPerKwMonth::try_new(usd_per_kw_month).unwrap()
}

/// One hall of 29 gross MW, which is 20 MW of IT, and one that mines; money does not grow or shrink.
fn campus() -> Campus {
    let hall = |name: &str, opening| Hall {
        name: name.into(),
        gross: GrossMw::try_new(29.0).unwrap(),
        fleet: Some(0),
        opening,
    };
    let lease = Lease { tenant: Tenant::Named(0), backed: true, ..Lease::steady(rent(100.0), 0.0, 120) };
    let tenant = TenantTerms { name: "neocloud".into(), default_per_year: 0.1, backed: true };
    Campus {
        firm: GrossMw::try_new(58.0).unwrap(),
        interruptible: GrossMw::try_new(0.0).unwrap(),
        mining_pue: Pue::try_new(1.04).unwrap(),
        halls: vec![hall("let", HallUse::Hosting { lease, age_months: 0 }), hall("mining", HallUse::Mining)],
        fleets: vec![Fleet {
            name: "fleet".into(),
            efficiency: JoulesPerTh::try_new(20.0).unwrap(),
            uptime: Fraction::try_new(0.95).unwrap(),
            pool_fee: Fraction::ZERO,
            variable_opex_usd_per_mwh: 5.0,
            repairs_usd_per_th_year: 0.3,
            resale_usd_per_th_at_50: 8.0,
        }],
        conversion: Conversion {
            peak_ratio: PeakRatio::try_new(1.45).unwrap(),
            lead_months: 6,
            mining_lost_months: 3,
            capex_usd_per_it_mw: 10e6,
            contingency: 0.0,
            capex_growth_per_year: 0.0,
            max_under_construction: GrossMw::try_new(58.0).unwrap(),
        },
        hosting: HostingTerms {
            energy_pue: Pue::try_new(1.25).unwrap(),
            load_factor: Fraction::try_new(0.8).unwrap(),
            cost: HostingCost::NoiMargin(Fraction::try_new(0.8).unwrap()),
            term_months: 120,
            escalator_per_year: 0.0,
            risks: LeaseRisks {
                tenants: vec![tenant],
                relet: Letting { months: 2, rent_share: 0.9 },
                ..LeaseRisks::default()
            },
        },
        gpus: None,
        power: PowerContract { adder_usd_per_mwh: 0.0, block: None },
        company: Company {
            overhead_usd_per_month: 0.0,
            inflation_per_year: 0.0,
            opening_cash_usd: 0.0,
            committed_funding_usd: 0.0,
            hold_to_cash: false,
            site_resale_usd_per_gross_mw: 0.0,
            discount_rate_per_year: 0.0,
        },
        finance: None,
    }
}

/// Month `m` at a market rent of 50 USD/kW-month.
fn month(m: u32, events: MonthEvents) -> MonthEconomics<'static> {
    MonthEconomics {
        month: m,
        hours: 730.0,
        cost_index: 1.0,
        hashprice_usd_per_ph_day: 40.0,
        btc_price_usd: 0.0,
        lease_rate_usd_per_kw_month: 50.0,
        gpu_hour_price_usd: 0.0,
        gpu_price_multiple: 1.0,
        power_price_usd_per_mwh: 30.0,
        mining: &MINING,
        gpu: GpuFigures::default(),
        events,
    }
}

const FAILS: MonthEvents = MonthEvents {
    failing_tenants: 1,
    guarantor_failed: false,
    availability: 1.0,
    chronic: false,
    share_shock: 0.0,
    change_of_control: 1.0,
};

/// A month of the first hall.
fn pass(campus: &Campus, hall_use: &mut HallUse, events: MonthEvents) -> Ledger {
    let mut ledger = Ledger::default();
    step_hall(campus, &campus.halls[0], hall_use, &month(0, events), &mut ledger);
    ledger
}

#[test]
fn a_failure_leaves_the_hall_empty_and_then_let_at_its_share_of_the_market() {
    let campus = campus();
    let mut hall = campus.halls[0].opening;
    let ledger = pass(&campus, &mut hall, FAILS);
    // 100 USD/kW-month on 20 MW of IT; a fifth of it is the cost of serving.
    assert_eq!((ledger.hosting_rent_usd, ledger.hosting_opex_usd.round()), (2e6, 0.4e6));
    assert_eq!(ledger.termination_fees_usd, 0.0, "nobody stands behind the lease");
    for _ in 0..2 {
        let HallUse::Vacant(vacancy) = hall else { panic!("{hall:?}") };
        assert_eq!(vacancy.lost_months, 119);
        assert!(hall.is_committed());
        let ledger = pass(&campus, &mut hall, FAILS);
        assert_eq!((ledger.hosting_rent_usd, ledger.idle_mw, ledger.hosting_mw), (0.0, 29.0, 0.0));
        assert_eq!(ledger.hosting_opex_usd.round(), 0.4e6, "an empty hall costs what the last tenant cost");
    }
    let HallUse::Hosting { lease, age_months: 0 } = hall else { panic!("{hall:?}") };
    assert_eq!((lease.rent.get(), lease.term_months, lease.tenant), (45.0, 120, Tenant::Named(0)));
    assert!(!lease.backed, "the guarantor stood behind the first lease alone");
}

#[test]
fn a_tenant_that_fails_during_construction_leaves_a_hall_without_a_lease() {
    let campus = campus();
    let HallUse::Hosting { lease, .. } = campus.halls[0].opening else { panic!("let") };
    let mut hall = HallUse::Building {
        form: AiForm::Hosting,
        months_left: 2,
        capex_usd_per_month: 1e6,
        lease: Some(lease),
    };
    assert_eq!(pass(&campus, &mut hall, FAILS).conversion_capex_usd, 1e6);
    assert!(matches!(hall, HallUse::Building { lease: None, months_left: 1, .. }), "{hall:?}");
    assert_eq!(pass(&campus, &mut hall, MonthEvents::default()).conversion_capex_usd, 1e6);
    assert!(matches!(hall, HallUse::Vacant(vacancy) if vacancy.months_left == 2), "{hall:?}");
}

#[test]
fn a_hall_without_machines_does_not_mine_before_its_delivery() {
    let mut campus = campus();
    campus.halls[0].fleet = None;
    let HallUse::Hosting { lease, .. } = campus.halls[0].opening else { panic!("let") };
    let mut hall = HallUse::Building {
        form: AiForm::Hosting,
        months_left: 6,
        capex_usd_per_month: 1e6,
        lease: Some(lease),
    };
    for _ in 0..6 {
        let ledger = pass(&campus, &mut hall, MonthEvents::default());
        assert_eq!((ledger.building_mw, ledger.total_mw(), ledger.asic_sales_usd), (29.0, 29.0, 0.0));
    }
    assert!(matches!(hall, HallUse::Hosting { age_months: 0, .. }), "{hall:?}");
}

fn backstop(fee_usd_per_it_mw: f64) -> Backstop {
    Backstop {
        fee_usd_per_it_mw,
        amortisation_months: 60,
        shape_power: 1.0,
        assumed_rent_share: 0.8,
        guarantor_default_per_year: 0.0,
    }
}

/// With 100 months left the discounted rent of 80 costs 8,000 USD/kW and a lease elsewhere at 0.9 × 50 would cost 4,500: taking over costs
/// 3,500 USD/kW, 3.5 million USD per MW. After 20 of 60 months two thirds of the fee are left.
#[test]
fn the_guarantor_takes_the_cheaper_of_fee_and_lease() {
    for (fee, taken_over) in [(5.2e6, false), (5.3e6, true)] {
        let mut campus = campus();
        campus.hosting.risks.backstop = Some(backstop(fee));
        let HallUse::Hosting { lease, .. } = campus.halls[0].opening else { panic!("let") };
        let choice = backstop(fee).choice(&campus, &lease, 20, 50.0);
        let mut hall = HallUse::Hosting { lease, age_months: 19 };
        let ledger = pass(&campus, &mut hall, FAILS);
        if taken_over {
            assert!(matches!(choice, GuarantorChoice::Assume(_)), "{choice:?}");
            assert_eq!(ledger.termination_fees_usd, 0.0);
            let HallUse::Hosting { lease, age_months: 20 } = hall else { panic!("{hall:?}") };
            assert_eq!((lease.rent.get(), lease.tenant), (80.0, Tenant::Guarantor(0)));
            pass(&campus, &mut hall, FAILS);
            assert!(matches!(hall, HallUse::Hosting { .. }), "the tenant cannot fail twice");
            pass(&campus, &mut hall, MonthEvents { guarantor_failed: true, ..MonthEvents::default() });
            assert!(matches!(hall, HallUse::Vacant(v) if v.tenant == Tenant::Named(0)), "{hall:?}");
        } else {
            assert!(matches!(choice, GuarantorChoice::Fee(_)), "{choice:?}");
            let paid = fee * 2.0 / 3.0 * 20.0;
            assert!((ledger.termination_fees_usd - paid).abs() < 1e-6 * paid, "{ledger:?}");
            assert!(matches!(hall, HallUse::Vacant(_)), "{hall:?}");
        }
    }
}

#[test]
fn a_guarantor_that_has_failed_or_paid_off_its_duty_gives_nothing() {
    let mut campus = campus();
    campus.hosting.risks.backstop = Some(backstop(5.2e6));
    let HallUse::Hosting { lease, .. } = campus.halls[0].opening else { panic!("let") };
    for (age_months, guarantor_failed) in [(19, true), (59, false), (80, false)] {
        let mut hall = HallUse::Hosting { lease, age_months };
        let ledger = pass(&campus, &mut hall, MonthEvents { guarantor_failed, ..FAILS });
        assert_eq!(ledger.termination_fees_usd, 0.0);
        assert!(matches!(hall, HallUse::Vacant(_)), "{hall:?}");
    }
}

#[test]
fn a_tenant_uses_its_right_to_shorten_only_below_its_own_rent() {
    let mut campus = campus();
    campus.hosting.risks.break_months = vec![60];
    for (own, leaves) in [(51.0, true), (50.0, false)] {
        let lease = Lease::steady(rent(own), 0.0, 120);
        let mut hall = HallUse::Hosting { lease, age_months: 58 };
        pass(&campus, &mut hall, MonthEvents::default());
        assert!(matches!(hall, HallUse::Hosting { age_months: 59, .. }), "no right a month before");
        pass(&campus, &mut hall, MonthEvents::default());
        assert_eq!(matches!(hall, HallUse::Vacant(_)), leaves, "{hall:?}");
    }
}

#[test]
fn credits_follow_the_ladder_and_chronic_failure_lets_the_tenant_go() {
    let mut campus = campus();
    let sla = SlaTerms {
        chronic: Some(ChronicFailure { months: 2, window: 12, below: 0.999 }),
        ..SlaTerms::default()
    };
    campus.hosting.risks.service =
        Some(ServiceTerms { sla, expected_credit_share: 0.0, chronic_onsets_per_month: 0.0 });
    let mut hall = campus.halls[0].opening;
    let bad = MonthEvents { availability: 0.995, ..MonthEvents::default() };
    // 10 % of 2 million USD below 99.9 %.
    let ledger = pass(&campus, &mut hall, bad);
    assert_eq!((ledger.sla_credits_usd, ledger.hosting_rent_usd), (0.2e6, 2e6));
    assert!((ledger.net_cash_flow_usd() - 1.4e6).abs() < 1e-6);
    assert!(matches!(hall, HallUse::Hosting { age_months: 1, .. }));
    pass(&campus, &mut hall, MonthEvents { chronic: true, ..bad });
    assert!(matches!(hall, HallUse::Vacant(_)), "{hall:?}");
}

#[test]
fn a_gap_before_the_renewal_is_a_vacancy_without_a_lost_lease() {
    let mut campus = campus();
    campus.hosting.risks.renewal = Letting { months: 3, rent_share: 0.95 };
    let HallUse::Hosting { lease, .. } = campus.halls[0].opening else { panic!("let") };
    let mut hall = HallUse::Hosting { lease, age_months: 119 };
    for _ in 0..4 {
        pass(&campus, &mut hall, MonthEvents::default());
    }
    let HallUse::Hosting { lease, age_months: 0 } = hall else { panic!("{hall:?}") };
    assert_eq!(lease.rent.get(), 47.5);
}

/// Uniform numbers for tests, by the multiplicative congruence of Lehmer with the modulus 2³¹ − 1.
struct Lehmer(u64);
impl Lehmer {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 as f64 / 2_147_483_647.0
    }
}

/// Mean of what a lease and its successors earn to its expiry when tenants fail at random, discounted to the opening of month 1.
fn simulated(campus: &Campus, n: u32) -> (f64, f64) {
    let mut random = Lehmer(12_345);
    let fails = 1.0 - (-0.1_f64 / 12.0).exp();
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..n {
        let mut hall = campus.halls[0].opening;
        let mut value = 0.0;
        for m in 0..120 {
            let failing_tenants = u32::from(random.uniform() < fails);
            let mut ledger = Ledger::default();
            let now = month(m, MonthEvents { failing_tenants, ..MonthEvents::default() });
            step_hall(campus, &campus.halls[0], &mut hall, &now, &mut ledger);
            value += campus.company.discount_factor(m) * ledger.net_cash_flow_usd();
        }
        sum += value;
        squares += value * value;
    }
    let mean = sum / f64::from(n);
    (mean, ((squares / f64::from(n) - mean * mean) / f64::from(n)).sqrt())
}

/// At a market rent that stays, nothing in the expectation is approximate but the year in which the guarantor's choice is looked at.
#[test]
fn beyond_the_horizon_a_lease_counts_as_the_mean_of_what_can_become_of_it() {
    let mut plain = campus();
    plain.company.discount_rate_per_year = 0.1;
    let mut fee = plain.clone();
    fee.hosting.risks.backstop = Some(Backstop { assumed_rent_share: 2.0, ..backstop(8e6) });
    let mut assumed = plain.clone();
    assumed.hosting.risks.backstop = Some(Backstop { assumed_rent_share: 0.7, ..backstop(50e6) });
    let mut costs = plain.clone();
    costs.hosting.cost = HostingCost::PerItMwYear(250e3);
    for (name, campus) in [("plain", plain), ("fee", fee), ("assumed", assumed), ("costs", costs)] {
        let last = month(0, MonthEvents::default());
        let expected = hall_tail(&campus, &campus.halls[0], &campus.halls[0].opening, &last).leases_usd
            / campus.company.discount_factor(0);
        let (mean, error) = simulated(&campus, 20_000);
        assert!((expected - mean).abs() < 4.0 * error, "{name}: {expected}, simulated {mean} ± {error}");
        assert!(error < 0.005 * mean, "{name}: the error is too large to tell");
    }
}

/// A guarantor that never fails and carries every lease on at its full rent leaves nothing of the tenant's own risk.
#[test]
fn under_full_cover_by_a_guarantor_that_never_fails_the_tenants_risk_does_not_matter() {
    let mut campus = campus();
    let cover = Backstop { assumed_rent_share: 1.0, amortisation_months: 600, ..backstop(1e9) };
    campus.hosting.risks.backstop = Some(cover);
    let value = |hazard: f64| {
        let mut campus = campus.clone();
        campus.hosting.risks.tenants[0].default_per_year = hazard;
        let last = month(0, MonthEvents::default());
        hall_tail(&campus, &campus.halls[0], &campus.halls[0].opening, &last).leases_usd
    };
    let safe = value(1e-12);
    for hazard in [0.01, 0.1, 1.0] {
        assert!((value(hazard) / safe - 1.0).abs() < 1e-9, "{hazard}: {} and {safe}", value(hazard));
    }
    campus.hosting.risks.backstop = Some(Backstop { guarantor_default_per_year: 0.1, ..cover });
    let mut risky = campus.clone();
    risky.hosting.risks.tenants[0].default_per_year = 0.1;
    let last = month(0, MonthEvents::default());
    assert!(hall_tail(&risky, &risky.halls[0], &risky.halls[0].opening, &last).leases_usd < safe);
}

fn events() -> impl Strategy<Value = MonthEvents> {
    (0_u32..8, any::<bool>(), 0.9..=1.0_f64, any::<bool>()).prop_map(
        |(failing_tenants, guarantor_failed, availability, chronic)| MonthEvents {
            failing_tenants,
            guarantor_failed,
            availability,
            chronic,
            ..MonthEvents::default()
        },
    )
}

proptest! {
    #[test]
    fn megawatts_sum_to_the_campus_and_cash_to_the_books_whatever_ends_a_lease(
        months in prop::collection::vec(events(), 40),
        (relet, gap, first_break) in (0_u32..5, 0_u32..4, 1_u32..20),
        (fee, assumed_rent_share) in (0.0..20e6_f64, 0.0..1.2_f64),
        start in 0_usize..20,
    ) {
        let mut campus = campus();
        let risks = &mut campus.hosting.risks;
        risks.relet.months = relet;
        risks.renewal = Letting { months: gap, rent_share: 0.9 };
        risks.break_months = vec![first_break];
        risks.backstop = Some(Backstop { assumed_rent_share, ..backstop(fee) });
        risks.service = Some(ServiceTerms {
            sla: SlaTerms::default(),
            expected_credit_share: 0.01,
            chronic_onsets_per_month: 0.0,
        });
        campus.hosting.term_months = 11;
        let mut state = State::opening(&campus);
        let offer = LeaseOffer {
            gross: GrossMw::try_new(29.0).unwrap(),
            rent: rent(60.0),
            tenant: Tenant::Named(0),
        };
        for (m, events) in months.into_iter().enumerate() {
            let halls = u32::from(m >= start).min(limits(&campus, &state, Some(&offer)).hosting_halls);
            let decision = Decision { hosting_halls: halls, gpu_halls: 0 };
            let before = state.cash_usd;
            let now = month(m as u32, events);
            let ledger = step(&campus, &mut state, decision, Some(&offer), &now).unwrap();
            prop_assert!((ledger.total_mw() - 58.0).abs() < 1e-9, "{:?}", ledger);
            prop_assert!((state.cash_usd - before - ledger.net_cash_flow_usd()).abs() < 1e-3);
            prop_assert!(ledger.sla_credits_usd <= ledger.hosting_rent_usd);
            for hall in &state.halls {
                let tail = hall_tail(&campus, &campus.halls[0], hall, &now);
                prop_assert!(tail.total_usd().is_finite());
            }
        }
    }
}

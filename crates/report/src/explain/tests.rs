use super::*;
use market::Opening;
use simulate::{Alternative, Comparison, HallsByUse, Reasons, Relation, Room};
use site::units::{GrossMw, UsdPerKwMonth};
use site::{Decision, LeaseOffer, Limits, Tenant, YearMonth};

fn alternative(halls: u32, parts: [f64; 4]) -> Alternative {
    let [lease_usd, relet_usd, leaving_mining_usd, left_to_gain_usd] = parts.map(|million| 1e6 * million);
    let value_usd = lease_usd + relet_usd + leaving_mining_usd + left_to_gain_usd;
    Alternative { halls, value_usd, lease_usd, relet_usd, leaving_mining_usd, left_to_gain_usd }
}

/// An offer above the market, room for two halls, and one start chosen.
fn example() -> Explanation {
    let alternatives = vec![
        alternative(0, [0.0, 0.0, 0.0, 100.0]),
        alternative(1, [40.0, 2.0, -12.5, 74.0]),
        alternative(2, [80.0, 4.0, -25.0, 43.0]),
    ];
    Explanation {
        scenario: "made-up".into(),
        policy: "dp".into(),
        description: "computed: dynamic programming on hashprice and lease rate".into(),
        path: 1_234,
        month: YearMonth { year: 2028, month: 3 },
        month_index: 26,
        n_months: 120,
        opening: Opening {
            btc_price_usd: 91_234.0,
            hashprice_usd_per_ph_day: 33.333,
            lease_rate_usd_per_kw_month: 150.0,
            ..Opening::default()
        },
        offer: Some(LeaseOffer {
            gross: GrossMw::try_new(60.0).unwrap(),
            rent: UsdPerKwMonth::try_new(162.0).unwrap(),
            tenant: Tenant::Steady,
        }),
        last_month: None,
        halls: HallsByUse {
            mining: HallCount { halls: 9, gross_mw: 180.0 },
            hosting: HallCount { halls: 1, gross_mw: 20.0 },
            ..HallsByUse::default()
        },
        cash_usd: -3.2e6,
        committed_funding_usd: 5e8,
        room: Room { builders_mw: 40.0, firm_mw: 180.0, next_hall_mw: Some(20.0), funds_and_price_usd: None },
        limits: Limits { hosting_halls: 2, gpu_halls: 0 },
        decision: Decision { hosting_halls: 1, gpu_halls: 0 },
        started_gross_mw: 20.0,
        reasons: Reasons { alternatives, ..Reasons::default() },
    }
}

/// The text without line breaks, so that sentences can be looked for.
fn flat(found: &Explanation, notes: &[String]) -> String {
    let text = explanation(found, notes);
    assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
    text.replace('\n', " ")
}

#[test]
fn a_start_is_explained_by_its_parts() {
    let text = flat(&example(), &["a note".into()]);
    for wanted in [
        "note: a note",
        "dp on path 1,234 of made-up, 2028-03 (month 27 of 120)",
        "An offer is open for 60 gross MW at 162.0 USD/kW-month, 8.0 % above the market.",
        "Of the campus 9 halls mine (180 gross MW), 1 hall is let (20 gross MW).",
        "Cash: −3.20 million USD",
        "builders 40, offer 60, firm connection 180, halls that mine 180. The next hall has 20 MW, so up to 2 halls could start.",
        "It starts 1 hall for the tenant (20 gross MW).",
        "Starting 1 hall is worth 3.50 million more than waiting: the signed lease adds 40.00, later leases 2.00, leaving mining \
         costs 12.50, and what is left to gain falls by 26.00.",
    ] {
        assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
    }
}

#[test]
fn waiting_is_explained_by_the_best_start_and_its_own_gain() {
    let mut waits = example();
    waits.decision = Decision::WAIT;
    waits.reasons.alternatives[0].left_to_gain_usd = 110e6;
    waits.reasons.alternatives[0].value_usd = 110e6;
    let text = flat(&waits, &[]);
    assert!(
        text.contains("Waiting is worth 6.50 million more than starting 1 hall, the best start"),
        "{text}"
    );
    assert!(text.contains("would gain 29.50 million over mining on"), "{text}");
    waits.offer = None;
    waits.reasons.alternatives.truncate(1);
    let text = flat(&waits, &[]);
    assert!(text.contains("No hall can be started, so there is nothing to weigh."), "{text}");
}

#[test]
fn comparisons_show_enough_digits_to_be_told_apart() {
    let mut rule = example();
    rule.decision = Decision::WAIT;
    let compared = Comparison::new("offered rent", Some(159.9996), "USD/kW-month", Relation::AtLeast, 160.0);
    rule.reasons = Reasons { comparisons: vec![compared], ..Reasons::default() };
    let text = flat(&rule, &[]);
    assert!(text.contains("159.9996") && text.contains("at least 160.0000"), "{text}");
    assert!(text.contains("It waits because of: offered rent."), "{text}");
}

#[test]
fn json_holds_the_same_numbers() {
    let json: serde_json::Value = serde_json::from_str(&explanation_json(&example(), &[])).unwrap();
    assert_eq!(json["decision"]["gross_mw"], 20.0);
    assert_eq!(json["alternatives"][1]["over_waiting_usd"], 3.5e6);
    assert_eq!(json["known"]["offer"]["rent_usd_per_kw_month"], 162.0);
    assert_eq!(json["known"]["last_month"], serde_json::Value::Null);
}

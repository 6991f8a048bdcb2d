//! The two lenses: what the value lens does to prices is what its premia say, and without premia it does nothing.

use scenario::{Lens, Scenario};
use simulate::{Outcomes, Silent, run};
use std::path::Path;

const TEXAS: &str = include_str!("../../../data/scenarios/texas-campus.toml");
const SMALL: [&str; 6] = [
    "scenario.end_month=2028-12",
    "run.paths=70",
    // Neither binds, so that power moves in proportion.
    "power.floor_usd_per_mwh=-1000",
    "power.cap_usd_per_mwh=20000",
    "run.tuning_paths=8",
    "policies[dp].bound_paths=64",
];
const PREMIA: [(&str, f64); 4] = [
    ("bitcoin_premium_per_year", 0.06),
    ("lease_rate_premium_per_year", 0.03),
    ("gpu_hour_premium_per_year", -0.02),
    ("power_premium_per_year", -0.04),
];

fn scenario(more: &[String]) -> Scenario {
    let set: Vec<String> = SMALL.iter().map(|s| (*s).to_string()).chain(more.iter().cloned()).collect();
    Scenario::parse("texas", TEXAS, Path::new("."), &set).unwrap_or_else(|faults| panic!("{faults}"))
}

fn under(lens: &str, premia: &[(&str, f64)]) -> Scenario {
    let premia = premia.iter().map(|(key, value)| format!("value.{key}={value}"));
    scenario(&premia.chain([format!("run.lens={lens}")]).collect::<Vec<_>>())
}

fn outcomes(scenario: &Scenario) -> Outcomes {
    run(scenario, 2, &Silent).unwrap_or_else(|error| panic!("{error}")).outcomes
}

#[test]
fn premia_move_each_factor_on_every_path_by_their_closed_form() {
    let (plain, tilted) = (under("outcomes", &PREMIA), under("value", &PREMIA));
    let (before, after) = (outcomes(&plain), outcomes(&tilted));
    assert_eq!((before.lens, after.lens), (Lens::Outcomes, Lens::Value));
    let n_months = before.months.len();
    let days: Vec<f64> = (0..n_months)
        .map(|m| plain.market.calendar.days[..m].iter().map(Vec::len).sum::<usize>() as f64)
        .collect();
    for (factor, (_, premium)) in
        ["btc_price_usd", "lease_rate_usd_per_kw_month", "gpu_hour_price_usd", "power_price_usd_per_mwh"]
            .into_iter()
            .zip(PREMIA)
    {
        let kept = |outcomes: &Outcomes| {
            outcomes
                .markets
                .iter()
                .find(|of| of.name == factor)
                .map(|of| of.fan.kept().to_vec())
                .expect("a factor")
        };
        for (n, (a, b)) in kept(&after).iter().zip(kept(&before)).enumerate() {
            let m = n % n_months;
            let years = if factor == "btc_price_usd" { days[m] / 365.25 } else { m as f64 / 12.0 };
            let expected = (-premium * years).exp();
            assert!((a / b / expected - 1.0).abs() < 1e-9, "{factor}, month {m}: {} for {expected}", a / b);
        }
    }
    // What `check` prints is the same arithmetic, whichever lens is asked.
    let (of_plain, of_tilted) =
        (plain.lens.curve_multiples(&plain.market, true), tilted.lens.curve_multiples(&tilted.market, true));
    let last = n_months - 1;
    for (n, (a, b)) in of_plain.iter().zip(&of_tilted).enumerate() {
        let years = if n == 0 { days[last] / 365.25 } else { last as f64 / 12.0 };
        let expected = (-PREMIA[n].1 * years).exp();
        assert!((a.value / a.outcomes / expected - 1.0).abs() < 1e-12, "{}", a.factor);
        assert!((a.value / b.value - 1.0).abs() < 1e-12 && (a.outcomes / b.outcomes - 1.0).abs() < 1e-12);
    }
}

#[test]
fn hashprice_follows_the_price_of_bitcoin_as_far_as_the_network_does_not_answer() {
    let bitcoin = [PREMIA[0]];
    let (before, after) = (outcomes(&under("outcomes", &bitcoin)), outcomes(&under("value", &bitcoin)));
    let last = |outcomes: &Outcomes| {
        let hashprice = outcomes.markets.iter().find(|of| of.name.starts_with("hashprice"));
        hashprice.map_or(f64::NAN, |of| of.mean[of.mean.len() - 1])
    };
    let ratio = last(&after) / last(&before);
    let of_price = (-0.06_f64 * 35.0 / 12.0).exp();
    assert!(ratio > of_price + 0.01 && ratio < 0.99, "{ratio} between {of_price} and 1");
}

#[test]
fn a_value_lens_without_premia_shows_what_outcomes_shows_bit_for_bit() {
    let (before, mut after) = (outcomes(&under("outcomes", &[])), outcomes(&under("value", &[])));
    let warning = after.warnings.iter().position(|text| text.contains("run.lens is \"value\""));
    after.warnings.remove(warning.expect("the reader is told"));
    after.lens = Lens::Outcomes;
    assert!(format!("{before:?}") == format!("{after:?}"));
}

#[test]
fn the_value_lens_discounts_at_its_own_rate() {
    let rate = "value.discount_rate_per_year=0.05".to_string();
    let before = outcomes(&scenario(&["run.lens=outcomes".into(), rate.clone()]));
    let after = outcomes(&scenario(&["run.lens=value".into(), rate]));
    let npv = |outcomes: &Outcomes, rate: f64| -> f64 {
        let ledger = outcomes.policies[0].ledger.iter().enumerate();
        ledger.map(|(m, month)| month.net_cash_flow_usd() * (1.0 + rate).powf(-((m + 1) as f64) / 12.0)).sum()
    };
    for (outcomes, rate) in [(&before, 0.1163), (&after, 0.05)] {
        let found = outcomes.policies[0].npv_horizon_usd.mean();
        assert!((found - npv(outcomes, rate)).abs() < 1e-6 * found.abs(), "{found} at {rate}");
    }
    assert_eq!(before.policies[0].ledger, after.policies[0].ledger, "all-mining decides nothing");
}

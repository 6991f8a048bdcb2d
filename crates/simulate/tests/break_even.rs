//! The break-even rent against a run at that rent.

mod common;

use common::{TEXAS, outcomes, scenario_of};
use simulate::Outcomes;

/// Two policies that decide by megawatts alone, beside all-mining, with leases that outlive the horizon.
fn run(cost: &str, rent: f64) -> Outcomes {
    let campus = &TEXAS[..TEXAS.find("[[policies]]").expect("policies in the shipped scenario")];
    let text = campus.replace("noi_margin_share = 0.85", cost)
        + "[[policies]]\nkind = \"all-mining\"\n[[policies]]\nkind = \"constant-share\"\nshare_of_gross_mw = 0.4\n\
           [[policies]]\nkind = \"fixed-schedule\"\nstarts = [{ month = \"2026-07\", halls = 2 }]\n";
    let rent = format!("hosting.rate.start_usd_per_kw_month={rent}");
    outcomes(&scenario_of(&text, &["run.paths=24", "scenario.end_month=2029-06", &rent]), 1)
}

/// Starts do not look at rents and rents follow their first value, so at the break-even rent the difference is nothing.
#[test]
fn at_the_break_even_rent_a_policy_is_worth_as_much_as_mining() {
    for cost in ["noi_margin_share = 0.85", "opex_usd_per_it_mw_year = 300000"] {
        for n in [1, 2] {
            let before = &run(cost, 134.5).policies[n];
            let share = before.break_even.rent_share.expect("rents decide");
            let after = &run(cost, 134.5 * share).policies[n];
            let (was, is) = (before.difference_usd.mean(), after.difference_usd.mean());
            assert!(was.abs() > 1e6, "{} is worth as much already: {was}", before.name);
            assert!(is.abs() < 1e-6 * was.abs().max(1e8), "{} at {share}: {is} of {was}", before.name);
            let again = after.break_even.rent_share.expect("rents decide");
            assert!((again - 1.0).abs() < 1e-6, "{again}");
        }
    }
}

#[test]
fn all_mining_has_no_break_even_and_less_mining_breaks_even_at_a_hashprice() {
    let outcomes = run("noi_margin_share = 0.85", 134.5);
    assert_eq!(outcomes.policies[0].break_even, simulate::BreakEven::default());
    let policy = &outcomes.policies[1];
    // Worth more than mining, it would be worth as much at a higher hashprice, and the other way round.
    let share = policy.break_even.hashprice_share.expect("it mines less");
    assert_eq!(share > 1.0, policy.difference_usd.mean() > 0.0, "{share}");
}

//! The break-even rent against a run at that rent.

mod common;

use common::{TEXAS, outcomes, scenario_of};
use simulate::{Assumption, Flip, Outcomes};

const CAPEX_USD_PER_IT_MW: f64 = 9.5e6;
const DISCOUNT_RATE: f64 = 0.1163;
/// Long enough and at rents high enough that a higher discount rate alone turns the ranking.
const LONGER: [&str; 2] = ["scenario.end_month=2032-12", "hosting.rate.start_usd_per_kw_month=480"];

/// Two policies that decide by megawatts alone, beside all-mining, with leases that outlive the horizon.
fn run(cost: &str, rent: f64) -> Outcomes {
    run_with(cost, &[&format!("hosting.rate.start_usd_per_kw_month={rent}")])
}

fn run_with(cost: &str, set: &[&str]) -> Outcomes {
    let campus = &TEXAS[..TEXAS.find("[[policies]]").expect("policies in the shipped scenario")];
    let text = campus.replace("noi_margin_share = 0.85", cost)
        + "[[policies]]\nkind = \"all-mining\"\n[[policies]]\nkind = \"constant-share\"\nshare_of_gross_mw = 0.4\n\
           [[policies]]\nkind = \"fixed-schedule\"\nstarts = [{ month = \"2026-07\", halls = 2 }]\n";
    let set: Vec<&str> = ["run.paths=24", "scenario.end_month=2029-06"].iter().chain(set).copied().collect();
    outcomes(&scenario_of(&text, &set), 1)
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

/// The policies decide by megawatts alone, so a run with the assumption at its flip finds both worth the same.
#[test]
fn at_a_flip_the_other_policy_is_level_with_the_best() {
    let before = run_with("noi_margin_share = 0.85", &LONGER);
    let best = before.best_place();
    let mut turned = [0, 0];
    for flip in before.flips() {
        let Some(share) = flip.share else { continue };
        let other = before.policies.iter().position(|p| p.name == flip.policy.name).expect("of the race");
        let was = before.differences.between(best, other)[0];
        let (n, is) = match flip.assumption {
            Assumption::ConversionCapex => {
                let capex = format!("conversion.capex_usd_per_it_mw={}", share * CAPEX_USD_PER_IT_MW);
                (0, again(&capex).differences.between(best, other)[0])
            }
            // What is carried is held at its worth at the horizon, so only the flows are those of the other run.
            Assumption::DiscountRate => {
                let after = again(&format!("run.discount_rate_per_year={}", share * DISCOUNT_RATE));
                let ratio =
                    after.discount[after.discount.len() - 1] / before.discount[before.discount.len() - 1];
                let worth = |n: usize| {
                    let [leases, construction, asics, gpus, site] = before.policies[n].carried_usd;
                    let carried = leases - construction + asics + gpus + site;
                    after.policies[n].npv_horizon_usd.mean() + ratio * carried
                };
                (1, worth(best) - worth(other))
            }
            _ => continue,
        };
        assert!(was > 1e6 && is.abs() < 1e-6 * was.max(1e8), "{flip:?}: {is} of {was}");
        turned[n] += 1;
    }
    assert!(turned[0] > 0 && turned[1] > 0, "{turned:?}");
    let of_mining = |f: &Flip<'_>| f.assumption == Assumption::Rents && f.policy.name == "all-mining";
    let rents = before.flips().into_iter().find(of_mining).and_then(|flip| flip.share);
    assert_eq!(rents, before.best().break_even.rent_share);
}

fn again(setting: &str) -> Outcomes {
    run_with("noi_margin_share = 0.85", &[&LONGER, [setting].as_slice()].concat())
}

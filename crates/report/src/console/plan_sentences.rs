//! What is proven within the planning model, in words.

use crate::numbers::{counted_paths, grouped, million_usd_with_error};
use simulate::{Estimate, MarketBounds, Moments, Outcomes, PlanRace};

/// How far the computed policy can be from the best possible, what is at stake, and what waiting and knowing are worth.
pub(super) fn plan_sentences(outcomes: &Outcomes) -> Vec<String> {
    let mut sentences: Vec<String> =
        outcomes.market_bounds.iter().map(|bounds| on_the_race(bounds, outcomes)).collect();
    let Some(race) = &outcomes.plan_race else { return sentences };
    sentences.extend([gap(race, outcomes), worth(race)]);
    if let Some(unlimited) = &race.upper_without_cash_limit_usd {
        sentences.push(format!(
            "Starts are held to the cash there is, also in this bound but not in perfect foresight; without that limit no policy could earn more \
             than {} million there.",
            with_error(unlimited),
        ));
    }
    if !race.left_out.is_empty() {
        let verb = if race.left_out.len() == 1 { "starts own GPUs and is" } else { "start own GPUs and are" };
        sentences.push(format!("{} {verb} outside both bounds.", race.left_out.join(" and ")));
    }
    sentences
}

/// What no policy can exceed on the paths of the race themselves.
fn on_the_race(bounds: &MarketBounds, outcomes: &Outcomes) -> String {
    let stated = |moments: &Moments| million_usd_with_error(moments.mean(), moments.standard_error());
    let best = outcomes.best();
    let place = outcomes.policies.iter().position(|policy| std::ptr::eq(policy, best)).unwrap_or(0);
    let below = bounds.below_bound_usd.get(place).copied().flatten().map_or(String::new(), |below| {
        format!("; {} is at most {} below the best possible", best.name, stated(&below))
    });
    let held = outcomes.plan_race.as_ref().is_some_and(|race| race.upper_without_cash_limit_usd.is_some());
    let funded = if held { ", funded or not," } else { "" };
    format!(
        "On {} of the race, with the whole market in them, no policy that lets halls to tenants{funded} can be worth more than {} \
         million USD over all-mining{below}. This bound lets power prices and the luck of blocks be known in advance, so it is loose by what \
         that would be worth.",
        match bounds.n_paths as usize {
            n if n == outcomes.n_paths => "all paths".into(),
            n => format!("the first {}", counted_paths(n)),
        },
        stated(&bounds.upper_usd),
    )
}

fn with_error(estimate: &Estimate) -> String {
    let [mean, error] = [estimate.mean, estimate.standard_error].map(|usd| usd / 1e6);
    let places = if error < 0.1 { 2 } else { 1 };
    format!("{} ± {}", grouped(mean, places), grouped(error, places))
}

fn gap(race: &PlanRace, outcomes: &Outcomes) -> String {
    let limit = race.gap_limit_usd();
    let of_bound = outcomes.gap_limit_of_bound().map_or_else(
        || String::from("no share of the bound, which is not positive"),
        |share| format!("{} % of the bound with all-mining's value", grouped(100.0 * share, 3)),
    );
    let of_stake = match (&race.at_stake, race.gap_limit_of_stake()) {
        (Some((simple, stake)), Some(share)) if share > 1.0 => format!(
            ", more than what is at stake (the bound less {simple}, the best rule there: {} million)",
            with_error(stake)
        ),
        (Some((simple, stake)), Some(share)) => format!(
            " and {} % of what is at stake (the bound less {simple}, the best rule there: {} million)",
            grouped(100.0 * share, 2),
            with_error(stake)
        ),
        _ => String::new(),
    };
    format!(
        "Within the two factors that {} plans on (hashprice and rents; power by its expectation) the plan earns {} million USD over \
         all-mining, and no policy that lets halls to tenants can earn more than {}: with 95 % confidence the gap is at most {} million, {of_bound}{of_stake}.",
        race.policy,
        with_error(&race.lower_usd),
        with_error(&race.upper_usd),
        grouped(limit / 1e6, 3),
    )
}

fn worth(race: &PlanRace) -> String {
    let knowing = match race.upper_without_cash_limit_usd {
        None => "knowing the future would be worth",
        Some(_) => "knowing the future, with money for whatever it shows, would be worth",
    };
    format!(
        "There, waiting is worth {} million (against starting whatever gains at once), planning against chance {} (against the plan for \
         median prices), and {knowing} {} more.",
        with_error(&race.value_of_waiting_usd),
        with_error(&race.value_of_stochastic_solution_usd),
        with_error(&race.value_of_foresight_usd),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::outcomes;
    use simulate::Standing;

    fn estimate(millions: f64, error: f64) -> Estimate {
        Estimate { mean: millions * 1e6, standard_error: error * 1e6 }
    }

    fn race() -> PlanRace {
        let standing = |name: &str, gain: f64| Standing {
            name: name.into(),
            gain_usd: estimate(gain, 0.1),
            below_bound_usd: estimate(100.0 - gain, 0.1),
            below_best_usd: estimate(99.0 - gain, 0.1),
        };
        PlanRace {
            policy: "dp".into(),
            n_paths: 512,
            lower_usd: estimate(99.0, 0.05),
            upper_usd: estimate(100.0, 0.05),
            upper_without_cash_limit_usd: None,
            foresight_usd: estimate(130.0, 2.0),
            gap_usd: estimate(1.0, 0.1),
            standings: vec![standing("all-mining", 0.0), standing("trigger", 80.0), standing("dp", 99.0)],
            left_out: vec!["gpu-pilot".into()],
            at_stake: Some(("trigger".into(), estimate(20.0, 0.5))),
            value_of_waiting_usd: estimate(30.0, 1.0),
            value_of_stochastic_solution_usd: estimate(40.0, 1.0),
            value_of_foresight_usd: estimate(31.0, 2.0),
        }
    }

    fn said(change: impl FnOnce(&mut Outcomes)) -> String {
        let mut outcomes = outcomes();
        outcomes.plan_race = Some(race());
        change(&mut outcomes);
        plan_sentences(&outcomes).join(" ")
    }

    #[test]
    fn the_gap_is_stated_with_its_limit_and_as_a_share_of_what_is_at_stake() {
        let text = said(|_| {});
        // 1 + 1.645 · 0.1 of 20 at stake.
        for wanted in [
            "earns 99.00 ± 0.05 million USD",
            "can earn more than 100.00 ± 0.05",
            "the gap is at most 1.164 million",
            "5.82 % of what is at stake (the bound less trigger, the best rule there: 20.0 ± 0.5 million)",
            "waiting is worth 30.0 ± 1.0 million",
            "knowing the future would be worth 31.0 ± 2.0 more",
            "gpu-pilot starts own GPUs and is outside both bounds.",
        ] {
            assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
        }
        assert!(!text.contains("of the race, with the whole market") && !text.contains("held to the cash"));
    }

    #[test]
    fn a_gap_beyond_the_stake_is_said_to_be() {
        let text = said(|outcomes| {
            let race = outcomes.plan_race.as_mut().unwrap();
            race.at_stake = Some(("trigger".into(), estimate(1.0, 0.5)));
        });
        assert!(text.contains("more than what is at stake (the bound less trigger"), "{text}");
    }

    #[test]
    fn cash_and_the_market_are_told_where_they_are_bounded() {
        let text = said(|outcomes| {
            outcomes.plan_race.as_mut().unwrap().upper_without_cash_limit_usd = Some(estimate(120.0, 0.05));
            let mut moments = Moments::default();
            moments.add(90e6);
            moments.add(110e6);
            let below = outcomes.policies.iter().map(|_| Some(moments)).collect();
            outcomes.market_bounds =
                Some(MarketBounds { n_paths: 2, upper_usd: moments, below_bound_usd: below });
        });
        for wanted in [
            "On the first 2 paths of the race, with the whole market in them, no policy that lets halls to tenants, funded or not, can be",
            "more than 100 ± 10 million USD over all-mining",
            "without that limit no policy could earn more than 120.00 ± 0.05 million there",
            "with money for whatever it shows",
        ] {
            assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
        }
    }
}

//! What would turn the ranking, in words: the single assumption that takes the lead from the best policy first, and at what value.
//!
//! All of it holds every decision as it was made ([`simulate::flips`]); that policies would adapt is what a sweep shows.

use crate::console::listed;
use crate::numbers::{decimals_of_error, decimals_of_size, grouped};
use simulate::flips::nearest;
use simulate::{Assumption, Flip, Outcomes, PolicyOutcome};

/// Changes beyond this are not worth a sentence: ten times as much.
const FARTHEST: f64 = 9.0;

/// The name of an assumption in tables.
pub(crate) fn assumption_name(assumption: Assumption) -> &'static str {
    match assumption {
        Assumption::Rents => "rents",
        Assumption::Hashprice => "hashprice",
        Assumption::GpuHourPrice => "gpu_hour_price",
        Assumption::PowerCost => "power_cost",
        Assumption::ConversionCapex => "conversion_capex",
        Assumption::GpuCapex => "gpu_capex",
        Assumption::HostingCost => "hosting_cost",
        Assumption::MiningCost => "mining_cost",
        Assumption::AsicResale => "asic_resale",
        Assumption::CarriedValue => "carried_value",
        Assumption::DiscountRate => "discount_rate",
    }
}

/// The name of an assumption for people.
pub(crate) fn assumption_title(assumption: Assumption) -> &'static str {
    match assumption {
        Assumption::Rents => "Rents",
        Assumption::Hashprice => "Hashprice",
        Assumption::GpuHourPrice => "The price of GPU-hours",
        Assumption::PowerCost => "The cost of power",
        Assumption::ConversionCapex => "Conversion capex",
        Assumption::GpuCapex => "The price of GPUs",
        Assumption::HostingCost => "The cost of serving tenants",
        Assumption::MiningCost => "The cost of mining other than power",
        Assumption::AsicResale => "What mining machines sell for",
        Assumption::CarriedValue => "What is counted past the horizon",
        Assumption::DiscountRate => "The discount rate",
    }
}

/// Unit of an assumption's level; none of those that have no level of their own.
fn unit(assumption: Assumption) -> Option<&'static str> {
    match assumption {
        Assumption::Rents => Some("USD/kW-month"),
        Assumption::Hashprice => Some("USD/PH/day"),
        Assumption::GpuHourPrice => Some("USD/GPU-hour"),
        _ => None,
    }
}

/// The nearest flip of each assumption that has one within reach, nearest first; of policies that the run can tell from the best.
pub(crate) fn by_assumption(outcomes: &Outcomes) -> Vec<Flip<'_>> {
    let close = too_close(outcomes);
    let flips = outcomes.flips();
    let looked_at = |flip: &&Flip<'_>| is_within_reach(flip) && !close.contains(&flip.policy.name.as_str());
    let of = |assumption| {
        nearest(flips.iter().filter(looked_at).filter(|flip| flip.assumption == assumption).copied())
    };
    let mut found: Vec<Flip<'_>> =
        Assumption::LINEAR.into_iter().chain([Assumption::DiscountRate]).filter_map(of).collect();
    let far = |flip: &Flip<'_>| flip.distance().unwrap_or(f64::INFINITY);
    found.sort_by(|a, b| far(a).total_cmp(&far(b)));
    found
}

fn is_within_reach(flip: &Flip<'_>) -> bool {
    flip.distance().is_some_and(|distance| distance <= FARTHEST)
}

/// Policies within two standard errors of the best, which more paths may put before it with no assumption moved.
fn too_close(outcomes: &Outcomes) -> Vec<&str> {
    let best = outcomes.best_place();
    let is_close = |(place, _): &(usize, &PolicyOutcome)| {
        let [ahead, error] = outcomes.differences.between(best, *place);
        *place != best && ahead < 2.0 * error
    };
    outcomes.policies.iter().enumerate().filter(is_close).map(|(_, policy)| policy.name.as_str()).collect()
}

/// What would turn the ranking, the first caveat first: the assumption that takes the lead from the best policy, then what would make
/// mining on worth as much, where that is another matter.
pub(crate) fn caveats(outcomes: &Outcomes) -> Vec<String> {
    if outcomes.policies.len() < 2 {
        return vec!["With one policy there is no ranking that could turn.".into()];
    }
    let (best, found) = (outcomes.best(), by_assumption(outcomes));
    let first = match found.first() {
        Some(flip) => sentence(flip, &best.name),
        None => format!(
            "No single assumption moved alone, within ten times its value and with decisions held, takes the lead from {}.",
            best.name
        ),
    };
    let close = too_close(outcomes);
    let undecided = (!close.is_empty()).then(|| {
        format!(
            "{} {} within two standard errors of {}: their order is not settled by this run, whatever is assumed.",
            listed(&close),
            if close.len() == 1 { "is" } else { "are" },
            best.name
        )
    });
    let of_mining = found.first().is_none_or(|flip| flip.policy.name != outcomes.policies[0].name);
    let mining = of_mining.then(|| mining_caveat(outcomes)).flatten();
    std::iter::once(first).chain(mining).chain(undecided).collect()
}

/// What would make mining on worth as much as the best policy, where the run can tell them apart.
fn mining_caveat(outcomes: &Outcomes) -> Option<String> {
    let (best, mining) = (outcomes.best(), outcomes.policies.first()?);
    if std::ptr::eq(best, mining) || too_close(outcomes).contains(&mining.name.as_str()) {
        return None;
    }
    let flips = outcomes.flips().into_iter().filter(|flip| std::ptr::eq(flip.policy, mining));
    Some(match nearest(flips).filter(is_within_reach) {
        Some(flip) => sentence(&flip, &best.name),
        None => format!(
            "No single assumption moved alone, with decisions held, makes {} worth as much as {}.",
            mining.name, best.name
        ),
    })
}

fn sentence(flip: &Flip<'_>, best: &str) -> String {
    format!(
        "{} {}, all else and every decision held, would put {} level with {best}.",
        assumption_title(flip.assumption),
        change(flip),
        flip.policy.name
    )
}

/// How the assumption would have to change.
pub(crate) fn change(flip: &Flip<'_>) -> String {
    let Some(share) = flip.share else { return "–".into() };
    if flip.assumption == Assumption::DiscountRate {
        let percent = |rate: Option<f64>| grouped(100.0 * rate.unwrap_or(f64::NAN), 1);
        return format!("at {} % a year in place of {} %", percent(flip.at()), percent(flip.base));
    }
    let error = flip.se_share.map(|error| 100.0 * error).filter(|error| *error > 0.0);
    let decimals = error.and_then(decimals_of_error).unwrap_or(1).min(2);
    let error = error.map_or_else(String::new, |error| format!(" ± {}", grouped(error, decimals)));
    let moved = match 100.0 * (share - 1.0) {
        apart if apart >= 100.0 => format!("{} times as high throughout", grouped(share, 2)),
        apart if apart >= 0.0 => format!("{}{error} % higher throughout", grouped(apart, decimals)),
        apart => format!("{}{error} % lower throughout", grouped(-apart, decimals)),
    };
    match (unit(flip.assumption), flip.at(), flip.base) {
        (Some(unit), Some(at), Some(base)) => {
            let digits = decimals_of_size(base.abs()).max(1);
            format!(
                "{moved} ({} in place of {} {unit} at the first opening)",
                grouped(at, digits),
                grouped(base, digits)
            )
        }
        _ => moved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{build, outcomes, smallest};

    #[test]
    fn the_first_caveat_names_the_nearest_assumption_and_its_value() {
        let outcomes = outcomes();
        let said = caveats(&outcomes);
        let found = by_assumption(&outcomes);
        let nearest = found.first().expect("something turns the made-up ranking");
        assert!(said[0].starts_with(assumption_title(nearest.assumption)), "{said:?}");
        assert!(said[0].ends_with(&format!("level with {}.", outcomes.best().name)), "{said:?}");
        assert!(found.windows(2).all(|pair| pair[0].distance() <= pair[1].distance()));
        // At the factor both are worth the same.
        let flip = found.iter().find(|flip| flip.assumption == Assumption::Rents).unwrap();
        let worth = |policy: &PolicyOutcome| {
            policy.npv_usd.mean() + (flip.share.unwrap() - 1.0) * policy.exposures.of(Assumption::Rents)
        };
        assert!((worth(outcomes.best()) - worth(flip.policy)).abs() < 1e-3);
    }

    #[test]
    fn policies_that_the_run_cannot_tell_apart_are_said_to_be_so_and_turn_nothing() {
        let outcomes = outcomes();
        let close = too_close(&outcomes);
        assert!(!close.is_empty() && !close.contains(&outcomes.best().name.as_str()));
        assert!(by_assumption(&outcomes).iter().all(|flip| !close.contains(&flip.policy.name.as_str())));
        let said = caveats(&outcomes);
        assert!(said.last().unwrap().contains("within two standard errors of"), "{said:?}");
    }

    #[test]
    fn one_policy_has_no_ranking_that_could_turn() {
        assert!(caveats(&build(&["all-mining"], 12, 3))[0].contains("no ranking"));
        assert!(!caveats(&smallest()).is_empty());
    }
}

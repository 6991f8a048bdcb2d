//! The first caveat: which single price, moved alone, would turn the answer against all-mining, and at what value.
//!
//! A run knows for each policy the factor on all rents, and that on all mining revenue, at which it is worth as much as all-mining with
//! its decisions held ([`simulate::break_even`]). The nearest to 1 is stated; that policies would adapt is what a sweep shows.

use crate::numbers::grouped;
use crate::tables::opening_mean;
use serde::Serialize;
use simulate::{Outcomes, PolicyOutcome};

/// What would turn the answer, and what that leaves out.
#[derive(Debug, Serialize)]
pub(super) struct Caveat {
    /// What would turn the answer.
    sentence: String,
    /// What else would, further off.
    others: Vec<String>,
}

/// One price at which a policy and all-mining change places.
struct Flip<'a> {
    policy: &'a PolicyOutcome,
    price: &'static str,
    unit: &'static str,
    /// Factor on it in every month.
    share: f64,
    /// Its mean at the first opening.
    opening: Option<f64>,
}

impl Caveat {
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        let mut flips = flips(outcomes);
        flips.sort_by(|a, b| (a.share - 1.0).abs().total_cmp(&(b.share - 1.0).abs()));
        let mut words = flips.iter().map(|flip| sentence(flip, outcomes));
        let sentence = words.next().unwrap_or_else(|| none(outcomes));
        // Of many policies behind all-mining the nearest is enough.
        let others = words.take(if is_mining_best(outcomes) { 0 } else { 1 }).collect();
        Self { sentence, others }
    }

    /// What would turn the answer.
    pub(super) fn into_words(self) -> String {
        self.sentence
    }
}

fn is_mining_best(outcomes: &Outcomes) -> bool {
    std::ptr::eq(outcomes.best(), &outcomes.policies[0])
}

/// Where the best policy and all-mining change places; if all-mining leads, where each other policy draws level.
fn flips(outcomes: &Outcomes) -> Vec<Flip<'_>> {
    let best = outcomes.best();
    let looked_at: Vec<&PolicyOutcome> =
        if is_mining_best(outcomes) { outcomes.policies.iter().skip(1).collect() } else { vec![best] };
    let mut flips = Vec::new();
    for policy in looked_at {
        for (share, factor, price, unit) in [
            (policy.break_even.rent_share, "lease_rate_usd_per_kw_month", "Rents", "USD/kW-month"),
            (policy.break_even.hashprice_share, "hashprice_usd_per_ph_day", "A hashprice", "USD/PH/day"),
        ] {
            let opening = opening_mean(outcomes, factor);
            let flip = |share: f64| Flip { policy, price, unit, share, opening };
            flips.extend(share.map(flip));
        }
    }
    flips
}

fn sentence(flip: &Flip<'_>, outcomes: &Outcomes) -> String {
    let all_mining = &outcomes.policies[0].name;
    let change = match 100.0 * (flip.share - 1.0) {
        apart if apart >= 100.0 => format!("{} times as high", grouped(flip.share, 2)),
        apart if apart >= 0.0 => format!("{} % higher", grouped(apart, 1)),
        apart => format!("{} % lower", grouped(-apart, 1)),
    };
    let level = flip.opening.map_or_else(String::new, |opening| {
        let value = grouped(flip.share * opening, 1);
        format!(" ({value} in place of {} {} at the first opening)", grouped(opening, 1), flip.unit)
    });
    let turned = if is_mining_best(outcomes) {
        format!("make {} worth as much as {all_mining}", flip.policy.name)
    } else {
        format!("leave {} worth no more than {all_mining}", flip.policy.name)
    };
    format!("{} {change} throughout{level}, all else held, would {turned}.", flip.price)
}

fn none(outcomes: &Outcomes) -> String {
    if outcomes.policies.len() < 2 {
        return "With one policy there is no ranking that could turn.".into();
    }
    "No level of rents alone or of hashprice alone turns the ranking against all-mining, with decisions held."
        .into()
}

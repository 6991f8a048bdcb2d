//! The question, and the answer in two sentences made of the numbers.

use crate::console::{best_and_second, percent, stated};
use crate::numbers::grouped;
use crate::trigger_words::todays_call;
use serde::Serialize;
use simulate::{Moments, Outcomes, PolicyOutcome};

/// MW below this are none.
const NOTHING_MW: f64 = 1e-6;

/// What a reader with a minute takes away.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    question: String,
    /// What the best policy is, in words.
    best: String,
    /// What the best policy is worth, and what it does first.
    sentences: [String; 2],
    /// How sure that is, and what the plan says today.
    pub(super) support: Vec<String>,
}

impl Answer {
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        let best = outcomes.best();
        let mut support = vec![best_and_second(outcomes, best)];
        let today = outcomes.trigger_maps.iter().find(|found| found.map.month == 0);
        support.extend(today.map(todays_call));
        Self {
            question: question(outcomes),
            best: format!("{}: {}.", best.name, best.description),
            sentences: [worth(outcomes, best), first_year(outcomes, best)],
            support,
        }
    }
}

impl Answer {
    /// All of it in its order, a paragraph each.
    pub(super) fn into_words(self) -> Vec<String> {
        let Self { question, best, sentences, support } = self;
        [question, best].into_iter().chain(sentences).chain(support).collect()
    }
}

fn question(outcomes: &Outcomes) -> String {
    let months = outcomes.months.len();
    let span = match (months / 12, months % 12) {
        (1, 0) => "one year".into(),
        (years, 0) => format!("{years} years"),
        _ => format!("{months} month{}", if months == 1 { "" } else { "s" }),
    };
    format!(
        "When should the {} gross MW of {} move from mining Bitcoin to AI, month by month over {span}?",
        grouped(outcomes.campus_gross_mw, 0),
        outcomes.scenario,
    )
}

fn worth(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
    let npv = stated(&best.npv_usd);
    let place = if outcomes.n_paths == 1 { "on the one path" } else { "in the mean" };
    let all_mining = &outcomes.policies[0];
    if std::ptr::eq(all_mining, best) {
        return match outcomes.policies.len() - 1 {
            0 => format!("{}, the only policy of this run, is worth {npv} million USD {place}.", best.name),
            others => format!(
                "Mining on ({}) is worth most: {npv} million USD {place}, and none of the {others} other polic{} compared is worth more{}.",
                best.name,
                if others == 1 { "y" } else { "ies" },
                gap(outcomes, best),
            ),
        };
    }
    format!(
        "{} is worth most: {npv} million USD {place}, {} million more than {}{}.",
        best.name,
        stated(&best.difference_usd),
        all_mining.name,
        gap(outcomes, best),
    )
}

/// How far the best policy may be from the best possible: by the tightest bound on the paths of the race, else by foresight.
fn gap(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
    let place = outcomes.policies.iter().position(|policy| std::ptr::eq(policy, best)).unwrap_or(0);
    let bounds = outcomes.market_bounds.as_ref();
    if let Some(below) = bounds.and_then(|bounds| bounds.below_bound_usd.get(place).copied().flatten()) {
        return format!(
            ", and at most {} million below what any policy that lets halls to tenants could reach",
            stated(&below)
        );
    }
    if let Some(race) = outcomes.plan_race.as_ref().filter(|race| race.policy == best.name) {
        return format!(
            ", and within the two factors that it plans on at most {} million below the best possible",
            grouped(race.gap_limit_usd() / 1e6, 3)
        );
    }
    let foresight: &Moments = &best.foresight_less_policy_usd;
    format!(", and {} million below perfect foresight, which no policy can exceed", stated(foresight))
}

/// What the campus does by the end of the first year under the best policy.
fn first_year(outcomes: &Outcomes, best: &PolicyOutcome) -> String {
    let months = outcomes.months.len().min(12);
    let Some(at) = months.checked_sub(1) else { return "The study has no months.".into() };
    let span = match months {
        12 => "In its first year".into(),
        1 => "In its first month".into(),
        fewer => format!("In its first {fewer} months"),
    };
    let (Some(committed), Some(ledger)) = (best.ai_gross_mw.get(at), best.ledger.get(at)) else {
        return format!("{span} no month was simulated.");
    };
    let campus = grouped(outcomes.campus_gross_mw, 0);
    let earning = ledger.hosting_mw + ledger.inference_mw + ledger.training_mw;
    let uses = format!(
        "in the last month of it {}, {}, {} and {}",
        mw(ledger.mining_mw, "mine"),
        mw(ledger.idle_mw, "stand idle"),
        mw(ledger.building_mw, "are being rebuilt"),
        mw(earning, "work for AI"),
    );
    if *committed < NOTHING_MW {
        return format!("{span} it commits none of the {campus} gross MW to AI; {uses}.");
    }
    let some = best.ai_mw.spreads().get(at).copied().flatten().map_or(0, |month| month.n_positive);
    let paths = if outcomes.n_paths == 1 {
        String::new()
    } else {
        let share = some as f64 / outcomes.n_kept.max(1) as f64;
        format!(" in the mean (some of it on {} of paths)", percent(share))
    };
    format!("{span} it commits {} of {campus} gross MW to AI{paths}; {uses}.", short_mw(*committed))
}

fn mw(mw: f64, verb: &str) -> String {
    if mw < NOTHING_MW { format!("none {verb}") } else { format!("{} {verb}", short_mw(mw)) }
}

/// Megawatts with a decimal where they are few.
fn short_mw(mw: f64) -> String {
    grouped(mw, usize::from(mw < 9.95 && mw > 0.0))
}

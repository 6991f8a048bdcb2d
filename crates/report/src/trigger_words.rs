//! The trigger map in a sentence.

use crate::numbers::{grouped, million_usd};
use simulate::{Call, PolicyMap, TriggerMap};

/// What a plan says at today's point, and from which rent on it would start the first hall.
pub(crate) fn todays_call(found: &PolicyMap) -> String {
    let map = &found.map;
    let [hashprice, rent] = map.marked;
    let (policy, size) = (&found.policy, grouped(map.offer_gross_mw, 0));
    format!(
        "Today, at {} USD/PH/day and with an offer of {size} gross MW at the market's {} USD/kW-month, {policy} {}; {}.",
        grouped(hashprice, 1),
        grouped(rent, 1),
        at_mark(map),
        first_start(map),
    )
}

fn at_mark(map: &TriggerMap) -> String {
    let cell = &map.at_mark;
    let waiting = cell.waiting_less_starting_usd().unwrap_or_default();
    match cell.call {
        Call::Stay => "would stay with mining, which is worth more than a lease at that rent".into(),
        Call::Wait => format!(
            "would wait: one start now gains {} million over mining on, and waiting is worth {} million more than the best start",
            million_usd(cell.gain_of_one_start_usd.unwrap_or_default()),
            million_usd(waiting),
        ),
        Call::Convert(halls) => format!(
            "would start {} ({} gross MW), worth {} million more than waiting",
            counted_halls(halls),
            grouped(cell.gross_mw, 0),
            million_usd(-waiting),
        ),
        Call::Beyond => "has no plan, for it was solved on a narrower grid".into(),
    }
}

/// From which rent on the first hall would be started at the marked hashprice.
fn first_start(map: &TriggerMap) -> String {
    let shown = |rent: f64| grouped(rent, 1);
    let (lowest, highest) = (map.rents[0], map.rents[map.rents.len() - 1]);
    match map.first_start_rent {
        None => format!(
            "at this hashprice no rent from {} to {} would start a hall",
            shown(lowest),
            shown(highest)
        ),
        Some(rent) if rent <= lowest => {
            format!("at this hashprice every rent looked at, from {} on, starts a hall", shown(lowest))
        }
        Some(rent) => {
            format!("at this hashprice the first hall starts from {} USD/kW-month on", shown(rent))
        }
    }
}

/// `1 hall`, `2 halls`.
pub(crate) fn counted_halls(halls: u32) -> String {
    format!("{} hall{}", grouped(f64::from(halls), 0), if halls == 1 { "" } else { "s" })
}

//! `trigger_map.csv`: what the computed policy would do over hashprice and offered rent.

use super::Sheet;
use crate::numbers::{exact, exact_or_empty};
use simulate::{Call, Outcomes};

/// A row per policy, month, hashprice and rent.
///
/// Columns: `policy`, `month`, `month_index` from the first opening; `hashprice_usd_per_ph_day` and
/// `offered_rent_usd_per_kw_month`, which is the market's rent too; `decision` (`stay`, `wait`, `convert`, or `beyond` the grid on which the
/// plan was solved), `halls` and `gross_mw` started; money of that opening: `gain_of_one_start_now_usd` over mining on, `best_value_usd`
/// over mining for ever, `value_of_waiting_usd` (what waiting is worth over the best start, 0 where a start is worth more) and
/// `lead_over_waiting_usd` (the reverse). Empty beyond the grid.
#[must_use]
pub fn trigger_map(outcomes: &Outcomes) -> Sheet {
    let columns = [
        "policy",
        "month",
        "month_index",
        "hashprice_usd_per_ph_day",
        "offered_rent_usd_per_kw_month",
        "decision",
        "halls",
        "gross_mw",
        "gain_of_one_start_now_usd",
        "best_value_usd",
        "value_of_waiting_usd",
        "lead_over_waiting_usd",
    ];
    let mut sheet = Sheet::under(outcomes.lens, &columns);
    for found in &outcomes.trigger_maps {
        let map = &found.map;
        let points = map.hashprices.iter().flat_map(|h| map.rents.iter().map(move |r| (h, r)));
        for ((hashprice, rent), cell) in points.zip(&map.cells) {
            let waiting = cell.waiting_less_starting_usd();
            let (word, halls) = call_word(cell.call);
            sheet.row([
                found.policy.clone(),
                found.month.to_string(),
                map.month.to_string(),
                exact(*hashprice),
                exact(*rent),
                word.into(),
                halls.map_or_else(String::new, |halls| halls.to_string()),
                halls.map_or_else(String::new, |_| exact(cell.gross_mw)),
                exact_or_empty(cell.gain_of_one_start_usd),
                exact_or_empty(cell.best_usd()),
                exact_or_empty(waiting.map(|usd| usd.max(0.0))),
                exact_or_empty(waiting.map(|usd| (-usd).max(0.0))),
            ]);
        }
    }
    sheet
}

/// The word of a call, and the halls that it starts; none beyond the grid.
fn call_word(call: Call) -> (&'static str, Option<u32>) {
    match call {
        Call::Stay => ("stay", Some(0)),
        Call::Wait => ("wait", Some(0)),
        Call::Convert(halls) => ("convert", Some(halls)),
        Call::Beyond => ("beyond", None),
    }
}

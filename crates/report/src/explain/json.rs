//! The same for programs: every number to its last digit, units in the names.

use serde_json::{Value, json};
use simulate::{Explanation, HallCount, Outcome, Reasons, Relation};

/// A decision as indented JSON with a final line break; what has no value is null.
#[must_use]
pub fn explanation_json(found: &Explanation, notes: &[String]) -> String {
    let [alternatives, comparisons, formulas, quantities] = reasons(&found.reasons);
    let value = json!({
        "notes": notes,
        "scenario": found.scenario,
        "policy": found.policy,
        "description": found.description,
        "path": found.path,
        "month": found.month.to_string(),
        "month_index": found.month_index,
        "known": known(found),
        "decision": {
            "hosting_halls": found.decision.hosting_halls,
            "gpu_halls": found.decision.gpu_halls,
            "gross_mw": found.started_gross_mw,
        },
        "alternatives": alternatives,
        "comparisons": comparisons,
        "formulas": formulas,
        "quantities": quantities,
    });
    // Keys of a map are text, so it can always be written.
    format!("{value:#}\n")
}

fn known(found: &Explanation) -> Value {
    let count = |count: HallCount| json!({ "halls": count.halls, "gross_mw": count.gross_mw });
    let opening = &found.opening;
    json!({
        "hashprice_usd_per_ph_day": opening.hashprice_usd_per_ph_day,
        "market_rent_usd_per_kw_month": opening.lease_rate_usd_per_kw_month,
        "btc_price_usd": opening.btc_price_usd,
        "difficulty": opening.difficulty,
        "gpu_hour_price_usd": opening.gpu_hour_price_usd,
        "offer": found.offer.map(|offer| json!({
            "gross_mw": offer.gross.get(),
            "rent_usd_per_kw_month": offer.rent.get(),
        })),
        "last_month": found.last_month.map(|month| json!({
            "power_price_usd_per_mwh": month.power_price_usd_per_mwh,
            "mining_margin_usd_per_gross_mw": month.mining_margin_usd_per_gross_mw,
        })),
        "halls": {
            "mining": count(found.halls.mining),
            "building": count(found.halls.building),
            "hosting": count(found.halls.hosting),
            "vacant": count(found.halls.vacant),
            "own_gpus": count(found.halls.own_gpus),
        },
        "cash_usd": found.cash_usd,
        "committed_funding_usd": found.committed_funding_usd,
        "builders_room_gross_mw": found.room.builders_mw,
        "firm_room_gross_mw": found.room.firm_mw,
        "next_hall_gross_mw": found.room.next_hall_mw,
        "free_funds_usd": found.room.funds_and_price_usd.map(|[free, _]| free),
        "next_hall_price_usd": found.room.funds_and_price_usd.map(|[_, price]| price),
        "startable_hosting_halls": found.limits.hosting_halls,
        "startable_gpu_halls": found.limits.gpu_halls,
    })
}

/// Alternatives, comparisons, formulas and quantities.
fn reasons(reasons: &Reasons) -> [Vec<Value>; 4] {
    let wait = reasons.alternatives.first().map_or(0.0, |wait| wait.value_usd);
    let alternatives = reasons.alternatives.iter().map(|alternative| {
        json!({
            "halls": alternative.halls,
            "value_usd": alternative.value_usd,
            "over_waiting_usd": alternative.value_usd - wait,
            "lease_usd": alternative.lease_usd,
            "relet_usd": alternative.relet_usd,
            "leaving_mining_usd": alternative.leaving_mining_usd,
            "left_to_gain_usd": alternative.left_to_gain_usd,
        })
    });
    let comparisons = reasons.comparisons.iter().map(|comparison| {
        let relation = match comparison.relation {
            Relation::AtLeast => ">=",
            Relation::MoreThan => ">",
            Relation::AtMost => "<=",
        };
        json!({
            "name": comparison.name,
            "value": comparison.value,
            "relation": relation,
            "threshold": comparison.threshold,
            "unit": comparison.unit,
            "holds": comparison.holds,
        })
    });
    let formulas = reasons.formulas.iter().map(|reading| {
        let result = match reading.result {
            Outcome::Truth(truth) => json!(truth),
            Outcome::Number(number) => json!(number),
            Outcome::Unknown => Value::Null,
        };
        json!({ "field": reading.field, "text": reading.text, "result": result })
    });
    let quantities = reasons
        .quantities
        .iter()
        .map(|quantity| json!({ "name": quantity.name, "value": quantity.value, "unit": quantity.unit }));
    [alternatives.collect(), comparisons.collect(), formulas.collect(), quantities.collect()]
}

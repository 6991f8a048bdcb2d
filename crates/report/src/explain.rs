//! One decision in words: what was known, what the policy did, and why.

mod json;
mod reasons;
#[cfg(test)]
mod tests;

pub use json::explanation_json;

use crate::console::wrap_into;
use crate::numbers::{grouped, million_usd};
use crate::trigger_words::counted_halls;
use reasons::write_reasons;
use simulate::{Explanation, HallCount};

/// A decision for people, in paragraphs of at most 100 columns and tables; `notes` come first, a paragraph each.
#[must_use]
pub fn explanation(found: &Explanation, notes: &[String]) -> String {
    let mut text = String::new();
    for note in notes {
        wrap_into(&mut text, &format!("note: {note}"));
    }
    wrap_into(
        &mut text,
        &format!(
            "{} on path {} of {}, {} (month {} of {})",
            found.policy,
            grouped(found.path as f64, 0),
            found.scenario,
            found.month,
            found.month_index + 1,
            found.n_months,
        ),
    );
    if !found.description.is_empty() {
        wrap_into(&mut text, &format!("It {}.", what_it_does(&found.description)));
    }
    for (heading, sentences) in [("Known at the opening", known(found)), ("Decision", vec![decision(found)])]
    {
        text.push_str(&format!("\n{heading}\n"));
        sentences.iter().for_each(|sentence| wrap_into(&mut text, sentence));
    }
    text.push_str("\nWhy\n");
    write_reasons(&mut text, found);
    text
}

/// Descriptions of computed policies and of rules are no verbs.
fn what_it_does(description: &str) -> String {
    match description.split_once(": ") {
        Some(("computed", rest)) => format!("is computed by {rest}"),
        Some(("own rule", rest)) => format!("is a rule of your own: {rest}"),
        _ => description.to_owned(),
    }
}

fn known(found: &Explanation) -> Vec<String> {
    let mut sentences = vec![prices(found), offer(found)];
    sentences.push(match &found.last_month {
        Some(month) => format!(
            "Last month power averaged {} USD/MWh, and mining earned {} USD per gross MW after power and variable cost.",
            grouped(month.power_price_usd_per_mwh, 1),
            grouped(month.mining_margin_usd_per_gross_mw, 0),
        ),
        None => "No month has passed yet, so nothing is known of last month's power and mining.".into(),
    });
    sentences.push(halls(found));
    sentences.push(format!(
        "Cash: {} million USD, and {} million of funding committed at the first opening{}.",
        million_usd(found.cash_usd),
        million_usd(found.committed_funding_usd),
        if found.cash_usd < 0.0 { ", of which what cash lacks has been drawn" } else { "" },
    ));
    sentences.push(limits(found));
    sentences
}

fn prices(found: &Explanation) -> String {
    let opening = &found.opening;
    let gpus = if found.limits.gpu_halls > 0 || found.halls.own_gpus.halls > 0 {
        format!(", a GPU-hour at {} USD", grouped(opening.gpu_hour_price_usd, 2))
    } else {
        String::new()
    };
    format!(
        "Hashprice {} USD/PH/day (Bitcoin {} USD), market rent of a new lease {} USD/kW-month{gpus}.",
        grouped(opening.hashprice_usd_per_ph_day, 2),
        grouped(opening.btc_price_usd, 0),
        grouped(opening.lease_rate_usd_per_kw_month, 1),
    )
}

fn offer(found: &Explanation) -> String {
    let Some(offer) = &found.offer else { return "No offer of a lease is open.".into() };
    let market = found.opening.lease_rate_usd_per_kw_month;
    let over = 100.0 * (offer.rent.get() / market - 1.0);
    let stands = match over {
        over if over.abs() < 0.05 => "the market's".into(),
        over if over > 0.0 => format!("{} % above the market", grouped(over, 1)),
        over => format!("{} % below the market", grouped(-over, 1)),
    };
    format!(
        "An offer is open for {} gross MW at {} USD/kW-month, {stands}.",
        grouped(offer.gross.get(), 0),
        grouped(offer.rent.get(), 1),
    )
}

fn halls(found: &Explanation) -> String {
    let halls = &found.halls;
    let uses: [(HallCount, [&str; 2]); 5] = [
        (halls.mining, ["mines", "mine"]),
        (halls.building, ["is being rebuilt", "are being rebuilt"]),
        (halls.hosting, ["is let", "are let"]),
        (halls.vacant, ["stands empty", "stand empty"]),
        (halls.own_gpus, ["holds own GPUs", "hold own GPUs"]),
    ];
    let parts: Vec<String> = uses
        .iter()
        .filter(|(count, _)| count.halls > 0)
        .map(|(count, [one, many])| {
            let verb = if count.halls == 1 { one } else { many };
            format!("{} {verb} ({} gross MW)", counted_halls(count.halls), grouped(count.gross_mw, 0))
        })
        .collect();
    format!("Of the campus {}.", parts.join(", "))
}

/// What bounds the number of starts, the tightest bound first.
fn limits(found: &Explanation) -> String {
    let Some(next) = found.room.next_hall_mw else {
        return "Nothing more can be started: every hall is committed.".into();
    };
    let mut rooms =
        vec![("builders", found.room.builders_mw.max(0.0)), ("firm connection", found.room.firm_mw.max(0.0))];
    let own_gpus = match found.limits.gpu_halls {
        0 => String::new(),
        halls => format!(" For own GPUs up to {} could start.", counted_halls(halls)),
    };
    let Some(offer) = &found.offer else {
        return format!("Without an offer no hall can be started for a tenant.{own_gpus}");
    };
    rooms.push(("offer", offer.gross.get()));
    rooms.push(("halls that mine", found.halls.mining.gross_mw));
    rooms.sort_by(|a, b| a.1.total_cmp(&b.1));
    let parts: Vec<String> =
        rooms.iter().map(|(name, mw)| format!("{name} {} MW", grouped(*mw, 0))).collect();
    let funds = found.room.funds_and_price_usd.map_or_else(String::new, |[free, price]| {
        format!(
            " Starts must be funded: {} million USD are free, and a hall costs {}.",
            million_usd(free),
            million_usd(price)
        )
    });
    format!(
        "Room for starts, in gross MW: {}. The next hall has {} MW, so {} could start.{funds}{own_gpus}",
        parts.join(", ").replace(" MW", ""),
        grouped(next, 0),
        match found.limits.hosting_halls {
            0 => "none".into(),
            halls => format!("up to {}", counted_halls(halls)),
        },
    )
}

fn decision(found: &Explanation) -> String {
    let mw = grouped(found.started_gross_mw, 0);
    match (found.decision.hosting_halls, found.decision.gpu_halls) {
        (0, 0) => "It starts nothing.".into(),
        (halls, 0) => format!("It starts {} for the tenant ({mw} gross MW).", counted_halls(halls)),
        (0, halls) => format!("It starts {} for own GPUs ({mw} gross MW).", counted_halls(halls)),
        (hosting, gpus) => format!(
            "It starts {} for the tenant and {} for own GPUs ({mw} gross MW).",
            counted_halls(hosting),
            counted_halls(gpus)
        ),
    }
}

//! Gains of starts on a path on which leases can end early.
//!
//! What becomes of a hall then depends on the month in which its lease was signed and by whom, so each start is followed month by
//! month through [`site::step_hall`] to the horizon and closed with [`site::hall_tail`]: `O(n²)` steps for `n` months. Foresight built on
//! these gains knows every failure, so no policy can do better.

use crate::gains::{PathGains, mining_from};
use site::{Campus, Hall, LeaseOffer, Ledger, MonthEconomics, hall_tail, start_hall, step_hall};

/// Gains of one kind of hall on a realised path with its events; `offers` by month.
pub(crate) fn eventful_gains(
    campus: &Campus,
    hall: &Hall,
    months: &[MonthEconomics<'_>],
    offers: &[Option<LeaseOffer>],
) -> PathGains {
    let mining_from = mining_from(campus, hall, months);
    let gain = |t: usize, offer: Option<&LeaseOffer>| follow(campus, hall, months, t, offer) - mining_from[t];
    let starts = 0..months.len();
    PathGains {
        hosting: starts.clone().map(|t| offers[t].as_ref().map(|offer| gain(t, Some(offer)))).collect(),
        gpus: if campus.gpus.is_some() { starts.map(|t| gain(t, None)).collect() } else { Vec::new() },
        mining_from,
    }
}

/// Value of a hall from its start in month `t` on: for the tenant of an offer, or for own GPUs.
fn follow(
    campus: &Campus,
    hall: &Hall,
    months: &[MonthEconomics<'_>],
    t: usize,
    offer: Option<&LeaseOffer>,
) -> f64 {
    let mut hall_use = start_hall(campus, hall, offer, t as u32);
    let mut value = 0.0;
    for month in &months[t..] {
        let mut ledger = Ledger::default();
        step_hall(campus, hall, &mut hall_use, month, &mut ledger);
        value += campus.company.discount_factor(month.month) * ledger.net_cash_flow_usd();
    }
    // The site is sold whatever stands on it.
    let tail = hall_tail(campus, hall, &hall_use, &months[months.len() - 1]);
    value + tail.total_usd() - tail.site_usd
}

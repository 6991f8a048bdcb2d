//! A week of the first path, hour by hour, for people to look at.
//!
//! Under the best policy, the week round the dearest interval of all months in which mining and AI stand side by side: the
//! hours in which the split shows most. Without such a month, the dearest interval of all.

use crate::outcomes::DispatchWeek;
use crate::study::{Kept, Study, mining_margin};
use dispatch::{HourRow, MonthFigures, hour_rows, month_figures};
use market::{LANES, MarketLanes, MonthLanes};
use optimizer::{PastMonth, View};
use site::{HallUse, State, limits, start_conversions, step};

/// A month of the first path as it was dispatched.
struct Dispatched {
    /// The state after the month's starts.
    started: State,
    dearest_usd_per_mwh: f64,
}

/// Walks the first path again under one policy and keeps its week.
pub(crate) fn dispatch_week(study: &Study<'_>, policy: usize, fleets: &[String]) -> DispatchWeek {
    let months = follow(study, policy);
    let dearest = |candidates: &mut dyn Iterator<Item = (usize, &Dispatched)>| {
        candidates
            .max_by(|(_, a), (_, b)| a.dearest_usd_per_mwh.total_cmp(&b.dearest_usd_per_mwh))
            .map(|(m, _)| m)
    };
    let mixed = dearest(&mut months.iter().enumerate().filter(|(_, month)| is_mixed(&month.started)));
    let target = mixed.or_else(|| dearest(&mut months.iter().enumerate())).unwrap_or(0);
    DispatchWeek {
        policy: study.entrants[policy].name.clone(),
        path: 0,
        month: study.market.calendar.month(target),
        step_hours: study.market.power.step_hours(),
        interconnect_mw: study.campus.interconnect_mw(),
        fleets: fleets.to_vec(),
        rows: months.get(target).map_or_else(Vec::new, |month| rows_of(study, target, &month.started)),
    }
}

/// Whether mining and AI both stand in a state.
fn is_mixed(state: &State) -> bool {
    let any = |test: fn(&HallUse) -> bool| state.halls.iter().any(test);
    any(|hall| matches!(hall, HallUse::Mining))
        && any(|hall| matches!(hall, HallUse::Hosting { .. } | HallUse::OwnGpus { .. }))
}

/// The first path under a policy, month by month.
fn follow(study: &Study<'_>, policy: usize) -> Vec<Dispatched> {
    let mut lanes = MarketLanes::new(study.market, 0, 1);
    let mut figures = MonthFigures::default();
    let mut state = State::opening(study.campus);
    let mut past: Vec<PastMonth> = Vec::new();
    let mut months = Vec::new();
    while let Some(month) = lanes.next_month() {
        month_figures(&study.worth, study.campus, month, &mut figures);
        let kept = Kept::of(month, 0, &figures);
        let m = month.month as usize;
        let economics = study.economics(m, figures.hours, &kept, figures.mining_of(0));
        let offer = kept.offer.as_ref();
        let view = View {
            campus: study.campus,
            state: &state,
            opening: &kept.opening,
            offer,
            limits: limits(study.campus, &state, offer),
            past: &past,
        };
        let decision = study.entrants[policy].policy.decide(&view);
        let mut started = state.clone();
        // The decision was feasible when the paths were walked, so it is here; if not, the week ends where it failed.
        if start_conversions(study.campus, &mut started, decision, offer).is_err()
            || step(study.campus, &mut state, decision, offer, &economics).is_err()
        {
            break;
        }
        months.push(Dispatched { started, dearest_usd_per_mwh: dearest_price(month) });
        past.push(PastMonth {
            opening: kept.opening,
            mining_margin_usd_per_gross_mw: mining_margin(study.campus, &economics),
            power_price_usd_per_mwh: economics.power_price_usd_per_mwh,
        });
    }
    months
}

fn dearest_price(month: &MonthLanes) -> f64 {
    month.price_usd_per_mwh.iter().step_by(LANES).copied().fold(f64::NEG_INFINITY, f64::max)
}

/// The seven days round the dearest interval of a month, within the month.
fn rows_of(study: &Study<'_>, target: usize, started: &State) -> Vec<HourRow> {
    let mut lanes = MarketLanes::new(study.market, 0, 1);
    while let Some(month) = lanes.next_month() {
        if month.month as usize != target {
            continue;
        }
        let rows = hour_rows(&study.worth, study.campus, started, month, 0);
        let dearest = rows
            .iter()
            .max_by(|a, b| a.price_usd_per_mwh.total_cmp(&b.price_usd_per_mwh))
            .map_or(0, |row| row.day);
        let last = rows.last().map_or(0, |row| row.day);
        let first = dearest.saturating_sub(3).min(last.saturating_sub(6));
        return rows.into_iter().filter(|row| (first..first + 7).contains(&row.day)).collect();
    }
    Vec::new()
}

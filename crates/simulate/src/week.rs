//! A week of the first path, hour by hour, for people to look at.
//!
//! The week is the one with the path's dearest interval in the second half of the horizon, under the best policy: the hours
//! in which the split matters most, once conversions have had time to be built.

use crate::chunk::Study;
use crate::outcomes::DispatchWeek;
use dispatch::{MonthFigures, hour_rows, month_figures};
use market::{LANES, MarketLanes};
use optimizer::{PastMonth, View};
use site::{MonthEconomics, State, limits, start_conversions, step};

/// Walks the first path again under one policy and keeps its week.
pub(crate) fn dispatch_week(study: &Study<'_>, policy: usize, fleets: &[String]) -> DispatchWeek {
    let calendar = &study.market.calendar;
    let target = dearest_month(study);
    let mut week = DispatchWeek {
        policy: study.entrants[policy].name.clone(),
        path: 0,
        month: calendar.month(target),
        step_hours: study.market.power.step_hours(),
        interconnect_mw: study.campus.interconnect_mw(),
        fleets: fleets.to_vec(),
        rows: Vec::new(),
    };
    let mut lanes = MarketLanes::new(study.market, 0, 1);
    let mut figures = MonthFigures::default();
    let mut state = State::opening(study.campus);
    let mut past: Vec<PastMonth> = Vec::new();
    while let Some(month) = lanes.next_month() {
        let m = month.month as usize;
        month_figures(&study.worth, study.campus, month, &mut figures);
        let opening = &month.openings[0];
        let offer = month.offers[0].as_ref();
        let economics = MonthEconomics {
            month: month.month,
            hours: figures.hours,
            cost_index: study.campus.company.cost_index(month.month),
            hashprice_usd_per_ph_day: opening.hashprice_usd_per_ph_day,
            lease_rate_usd_per_kw_month: opening.lease_rate_usd_per_kw_month,
            gpu_hour_price_usd: opening.gpu_hour_price_usd,
            gpu_price_multiple: opening.gpu_price_multiple,
            power_price_usd_per_mwh: figures.mean_price_usd_per_mwh[0],
            mining: figures.mining_of(0),
            gpu: figures.gpu[0],
        };
        let view = View {
            campus: study.campus,
            state: &state,
            opening,
            offer,
            limits: limits(study.campus, &state, offer),
            past: &past,
        };
        let decision = study.entrants[policy].policy.decide(&view);
        if m == target {
            let mut started = state.clone();
            // The decision was feasible when the paths were walked, so it is here.
            let _ = start_conversions(study.campus, &mut started, decision, offer);
            let rows = hour_rows(&study.worth, study.campus, &started, month, 0);
            week.rows = seven_days(rows, |row| row.price_usd_per_mwh);
            break;
        }
        if step(study.campus, &mut state, decision, offer, &economics).is_err() {
            break;
        }
        past.push(PastMonth {
            opening: *opening,
            mining_margin_usd_per_gross_mw: study.mining_margin(&economics),
            power_price_usd_per_mwh: economics.power_price_usd_per_mwh,
        });
    }
    week
}

/// The month of the second half that holds the first path's dearest interval.
fn dearest_month(study: &Study<'_>) -> usize {
    let mut lanes = MarketLanes::new(study.market, 0, 1);
    let half = study.market.calendar.n_months() / 2;
    let mut best = (half, f64::NEG_INFINITY);
    while let Some(month) = lanes.next_month() {
        let dearest =
            month.price_usd_per_mwh.iter().step_by(LANES).copied().fold(f64::NEG_INFINITY, f64::max);
        if month.month as usize >= half && dearest > best.1 {
            best = (month.month as usize, dearest);
        }
    }
    best.0
}

/// The seven days round the dearest interval, within the month.
fn seven_days<R: HasDay>(rows: Vec<R>, price: impl Fn(&R) -> f64) -> Vec<R> {
    let dearest = rows.iter().max_by(|a, b| price(a).total_cmp(&price(b))).map_or(0, HasDay::day);
    let last = rows.last().map_or(0, HasDay::day);
    let first = dearest.saturating_sub(3).min(last.saturating_sub(6));
    rows.into_iter().filter(|row| (first..first + 7).contains(&row.day())).collect()
}

trait HasDay {
    fn day(&self) -> usize;
}

impl HasDay for dispatch::HourRow {
    fn day(&self) -> usize {
        self.day
    }
}

//! `[real_time]`: prices of a forecast, of the same months or of those of another year.

use super::clock::StepClock;
use super::price_source;
use crate::inputs::Inputs;
use crate::power_section::read_optional_month;
use crate::reader::Section;

use dispatch::Case;
use site::Calendar;
use site::calendar::Day;

/// Reads the forecast that the real-time rule bids from, USD/MWh by step; `None` when it is not asked for or after a fault.
pub(super) fn read(
    root: &Section<'_>,
    clock: &StepClock,
    case: &Case,
    inputs: &mut Inputs,
) -> Option<Vec<f64>> {
    if !root.has("real_time") {
        return None;
    }
    let section = root.section("real_time");
    let own = &clock.calendar;
    let start = read_optional_month(&section, "start_month");
    let calendar = Calendar::new(start.unwrap_or(own.start), own.n_months() as u32, own.zone);
    if calendar.start.month != own.start.month {
        let problem =
            format!("is {}; allowed is the calendar month of {} in any year", calendar.start, own.start);
        section.fault("start_month", problem);
    }
    let forecast = StepClock { calendar, step_minutes: clock.step_minutes };
    let prices = price_source::read(&section, &forecast, inputs);
    if let Some(load) = case.loads.iter().find(|load| load.restart.is_some()) {
        section.fault_here(format!(
            "cannot bid for load `{}`, which has restart_cost_usd or minimum_share; leave out one of the two",
            load.name
        ));
    }
    section.finish();
    prices.map(|prices| aligned(&prices, &forecast, clock))
}

/// The prices of one clock on the steps of another: each step takes that of the same month, day and local hour.
///
/// A 29 February takes the prices of the 28th, and an hour that the clock skips or repeats its neighbour's.
fn aligned(prices: &[f64], from: &StepClock, to: &StepClock) -> Vec<f64> {
    let per_hour = to.steps_per_hour();
    let mut aligned = Vec::with_capacity(to.steps());
    for (month, days) in to.calendar.days.iter().enumerate() {
        let source = &from.calendar.days[month];
        for (d, day) in days.iter().enumerate() {
            let like = &source[d.min(source.len() - 1)];
            let first = (like.start_unix_s - from.calendar.start_unix_s()) / 3_600;
            let first = usize::try_from(first).unwrap_or(0);
            for hour in 0..day.hours.len() {
                let step = (first + same_hour(day, hour, like)) * per_hour;
                aligned.extend_from_slice(&prices[step..step + per_hour]);
            }
        }
    }
    aligned
}

/// The place in a day's hours of the local hour that stands at `hour` in another day.
fn same_hour(day: &Day, hour: usize, like: &Day) -> usize {
    let repeated = hour > 0 && day.hours[hour] == day.hours[hour - 1];
    let place = like.hours.iter().position(|local| *local == day.hours[hour]);
    let place = place.unwrap_or(hour).min(like.hours.len() - 1);
    // The second of two hours of one name, where there is one.
    let next = place + 1;
    if repeated && like.hours.get(next) == Some(&day.hours[hour]) { next } else { place }
}

#[cfg(test)]
mod tests {
    use super::*;
    use site::{YearMonth, Zone};

    fn clock(start: &str, months: u32, step_minutes: u32) -> StepClock {
        let start = YearMonth::parse(start).expect("a month");
        StepClock { calendar: Calendar::new(start, months, Zone::Central), step_minutes }
    }

    #[test]
    fn every_step_takes_the_price_of_its_month_day_and_local_hour() {
        let (from, to) = (clock("2023-01", 12, 60), clock("2024-01", 12, 60));
        // A price that names its month, day and hour.
        let named = |clock: &StepClock| -> Vec<f64> {
            let days = clock.calendar.days.iter().enumerate();
            let of_day = |m: usize, d: usize, day: &Day| -> Vec<f64> {
                day.hours.iter().map(|hour| (10_000 * m + 100 * d) as f64 + f64::from(*hour)).collect()
            };
            days.flat_map(|(m, days)| days.iter().enumerate().map(move |(d, day)| (m, d, day)))
                .flat_map(|(m, d, day)| of_day(m, d, day))
                .collect()
        };
        let (found, wanted) = (aligned(&named(&from), &from, &to), named(&to));
        assert_eq!(found.len(), 8_784);
        let differ: Vec<(f64, f64)> =
            found.iter().zip(&wanted).filter(|(a, b)| a != b).map(|(a, b)| (*a, *b)).collect();
        // The 24 hours of 29 February, and 02:00 of 12 March 2023, which does not exist: it takes the hour at its place.
        assert_eq!(differ.len(), 25, "{differ:?}");
        assert!(
            differ[..24].iter().all(|(a, b)| b - a == 100.0 && (12_800.0..12_824.0).contains(b)),
            "{differ:?}"
        );
        assert_eq!(differ[24], (21_103.0, 21_102.0));
    }

    #[test]
    fn quarters_stay_in_order_and_an_equal_calendar_changes_nothing() {
        let clock = clock("2024-11", 1, 15);
        let prices: Vec<f64> = (0..clock.steps()).map(|t| t as f64).collect();
        assert_eq!(aligned(&prices, &clock, &clock), prices);
    }
}

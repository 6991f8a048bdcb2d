//! The power prices of a chunk of paths, month by month, whatever they follow.

use super::{PowerLaw, PowerModel, PowerSource};
use crate::bootstrap::{BootstrapLanes, slot_of};
use crate::power::{LANES, PowerDay, PowerLanes};
use crate::replay::PowerHistory;
use crate::storm::StormLanes;
use site::Calendar;

/// Prices of up to [`LANES`] neighbouring paths.
pub(crate) struct PowerWalk<'a> {
    lanes: Walker<'a>,
    storms: Option<StormLanes>,
}

enum Walker<'a> {
    Fitted(&'a PowerModel, Box<PowerLanes<'a>>),
    Bootstrap(&'a PowerModel, Box<BootstrapLanes<'a>>),
    /// History and the intervals of it used so far.
    Replay(&'a PowerHistory, usize),
}

impl<'a> PowerWalk<'a> {
    pub(crate) fn new(source: &'a PowerSource, seed: u64, first_path: u64, n_lanes: usize) -> Self {
        let model = match source {
            PowerSource::Replay(history) => return Self { lanes: Walker::Replay(history, 0), storms: None },
            PowerSource::Model(model) => model,
        };
        let lanes = match &model.law {
            PowerLaw::Fitted(calibration) => {
                let lanes = PowerLanes::new(calibration, seed, first_path, n_lanes);
                let lanes = match model.initial_level {
                    Some(level) => lanes.with_initial_level(level),
                    None => lanes,
                };
                Walker::Fitted(model, Box::new(lanes))
            }
            PowerLaw::Bootstrap(bootstrap) => {
                Walker::Bootstrap(model, Box::new(BootstrapLanes::new(bootstrap, seed, first_path, n_lanes)))
            }
        };
        let storms =
            (model.storms.per_year() > 0.0).then(|| StormLanes::new(model.storms, seed, first_path, n_lanes));
        Self { lanes, storms }
    }

    /// Whether daily innovations of a slow level move the prices.
    pub(crate) fn has_level(&self) -> bool {
        matches!(self.lanes, Walker::Fitted(..))
    }

    /// Prices of month `m` in USD/MWh, `[n_steps, LANES]`; `level` holds the slow level's innovations, `[n_days, LANES]`.
    pub(crate) fn fill_month(&mut self, calendar: &Calendar, m: u32, level: &[f64], out: &mut [f64]) {
        let days = &calendar.days[m as usize];
        let month0 = calendar.month(m as usize).month0();
        let model = match &mut self.lanes {
            Walker::Replay(history, used) => {
                let n_steps = out.len() / LANES;
                let prices = &history.prices_usd_per_mwh[*used..][..n_steps];
                for (row, price) in out.chunks_exact_mut(LANES).zip(prices) {
                    row.fill(*price);
                }
                *used += n_steps;
                return;
            }
            Walker::Fitted(model, lanes) => {
                lanes.start_month(m);
                *model
            }
            Walker::Bootstrap(model, lanes) => {
                lanes.start_month(m);
                *model
            }
        };
        let scale = model.scale(m);
        let mut rest = &mut *out;
        for (d, day) in days.iter().enumerate() {
            let (prices, tail) = rest.split_at_mut(day.hours.len() * LANES);
            rest = tail;
            let slow_innovation = if level.is_empty() { level } else { &level[d * LANES..][..LANES] };
            let today = PowerDay {
                calendar_month0: month0,
                weekday_monday0: day.weekday_monday0,
                local_hours: day.hours,
                slow_innovation,
                scale,
                floor: model.floor_usd_per_mwh,
                cap: model.cap_usd_per_mwh,
            };
            match &mut self.lanes {
                Walker::Fitted(_, lanes) => lanes.fill_day(&today, prices),
                Walker::Bootstrap(_, lanes) => lanes.fill_day(slot_of(month0, d), &today, prices),
                Walker::Replay(..) => {}
            }
        }
        if let Some(storms) = &mut self.storms {
            storms.raise_month(m, month0, days, model.cap_usd_per_mwh, out);
        }
    }
}

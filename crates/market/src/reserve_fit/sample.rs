//! The hours in which power and every product have a price.

use super::ReserveFitError;
use crate::import::{PriceSeries, ReserveProduct, ReserveSeries};
use crate::power::LocalHour;
use crate::power_fit::local_days;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Hours below which no season and hour has enough prices.
const FEWEST_HOURS: usize = 5_000;

/// Aligned prices.
pub(super) struct Sample {
    pub(super) products: Vec<ReserveProduct>,
    pub(super) clock: Vec<LocalHour>,
    /// USD/MWh.
    pub(super) power: Vec<f64>,
    /// `[product][hour]`, USD/MW-h.
    pub(super) reserves: Vec<Vec<f64>>,
}

/// Blocks of three calendar months.
pub(super) struct Blocks {
    pub(super) n: usize,
    pub(super) of_hour: Vec<usize>,
}

impl Sample {
    pub(super) fn align(series: &[ReserveSeries], power: &PriceSeries) -> Result<Self, ReserveFitError> {
        let mut products: Vec<ReserveProduct> = series.iter().map(|s| s.product).collect();
        products.sort_unstable();
        products.dedup();
        if products.is_empty() || products.len() != series.len() {
            return Err(ReserveFitError::Series(series.len()));
        }
        let calendar = |error: &dyn std::fmt::Display| ReserveFitError::Calendar(error.to_string());
        let end = power.start_unix_s + power.step_s * power.prices_usd_per_mwh.len() as i64;
        let zone = TimeZone::get("America/Chicago").map_err(|error| calendar(&error))?;
        let date = |unix_s: i64| -> Result<_, ReserveFitError> {
            let instant = Timestamp::from_second(unix_s).map_err(|error| calendar(&error))?;
            Ok(instant.to_zoned(zone.clone()).date())
        };
        let days = local_days(date(power.start_unix_s)?, date(end - 1)?).map_err(|error| calendar(&error))?;
        let mut sample = Self {
            products: products.clone(),
            clock: Vec::new(),
            power: Vec::new(),
            reserves: vec![Vec::new(); products.len()],
        };
        let mut row = Vec::new();
        for at in days.iter().flat_map(|day| day.hours().collect::<Vec<_>>()) {
            let Some(price) = hourly_mean(power, at.utc_hour) else { continue };
            row.clear();
            row.extend(products.iter().filter_map(|product| {
                let series = series.iter().find(|s| s.product == *product)?;
                let place = usize::try_from(at.utc_hour - series.start_unix_s.div_euclid(3_600)).ok()?;
                series.prices_usd_per_mw_h.get(place).copied().filter(|price| price.is_finite())
            }));
            if row.len() == products.len() {
                sample.clock.push(at);
                sample.power.push(price);
                sample.reserves.iter_mut().zip(&row).for_each(|(all, price)| all.push(*price));
            }
        }
        if sample.n_hours() < FEWEST_HOURS {
            return Err(ReserveFitError::TooFewHours { found: sample.n_hours(), needed: FEWEST_HOURS });
        }
        Ok(sample)
    }

    pub(super) fn n_hours(&self) -> usize {
        self.clock.len()
    }

    pub(super) fn n_products(&self) -> usize {
        self.products.len()
    }

    pub(super) fn blocks(&self) -> Blocks {
        let number = |at: &LocalHour| at.month_number.div_euclid(3);
        let first = self.clock.first().map_or(0, number);
        let of_hour: Vec<usize> = self.clock.iter().map(|at| (number(at) - first) as usize).collect();
        Blocks { n: of_hour.last().map_or(0, |last| last + 1), of_hour }
    }

    /// First and last month.
    pub(super) fn period(&self) -> [String; 2] {
        let text = |at: Option<&LocalHour>| {
            let number = at.map_or(0, |at| at.month_number);
            format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)
        };
        [text(self.clock.first()), text(self.clock.last())]
    }
}

/// Mean price of the intervals of an hour; `None` when one is missing.
fn hourly_mean(series: &PriceSeries, utc_hour: i64) -> Option<f64> {
    let per_hour = (3_600 / series.step_s).max(1) as usize;
    let first = usize::try_from((utc_hour * 3_600 - series.start_unix_s).div_euclid(series.step_s)).ok()?;
    let intervals = series.prices_usd_per_mwh.get(first..first + per_hour)?;
    Some(intervals.iter().sum::<f64>() / per_hour as f64).filter(|price| price.is_finite())
}

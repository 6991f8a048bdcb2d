//! Where power prices come from: a law moved to a level, with storms laid over it, or history.
//!
//! A law gives prices at a level of its own; the factor `scale(m)` moves them to that of the study: one factor that grows, or
//! month by month the value of a forward curve over the law's mean of that calendar month. Floor and cap come after it, storms last.

mod path;
mod walk;

use crate::bootstrap::PowerBootstrap;
use crate::curve::Curve;
use crate::power::PowerCalibration;
use crate::replay::PowerHistory;
use crate::spikes::SpikeLaw;
use crate::storm::{STORM_HOURS, StormLaw, storm_share};
use site::calendar::YearMonth;

pub(crate) use walk::PowerWalk;

const MONTHS: usize = 12;

/// Where power prices come from.
#[derive(Debug, Clone)]
pub enum PowerSource {
    /// A law moved to a level.
    Model(Box<PowerModel>),
    /// History, one path.
    Replay(PowerHistory),
}

impl PowerSource {
    /// Length of an interval, hours.
    #[must_use]
    pub fn step_hours(&self) -> f64 {
        match self {
            Self::Model(_) => 1.0,
            Self::Replay(history) => history.step_s as f64 / 3_600.0,
        }
    }
}

/// The law of hourly prices before any level.
#[derive(Debug, Clone)]
pub enum PowerLaw {
    /// The factor model fitted to a history.
    Fitted(Box<PowerCalibration>),
    /// Whole days of a history, in blocks.
    Bootstrap(PowerBootstrap),
}

impl PowerLaw {
    /// Probability that an hour's price is below `threshold` (USD/MWh), and the expected `P·1{P < threshold}`, for calendar month
    /// `month0` (0 to 11) in the long run.
    ///
    /// # Panics
    /// If the month is out of range.
    #[must_use]
    pub fn expected_below(&self, month0: usize, threshold: f64) -> (f64, f64) {
        match self {
            Self::Fitted(calibration) => calibration.expected_below(month0, threshold),
            Self::Bootstrap(bootstrap) => bootstrap.law().expected_below(month0, threshold),
        }
    }

    /// Expected price of calendar month `month0` (0 to 11), USD/MWh.
    ///
    /// # Panics
    /// If the month is out of range.
    #[must_use]
    pub fn mean(&self, month0: usize) -> f64 {
        self.expected_below(month0, f64::INFINITY).1
    }

    /// The law with its prices above a threshold multiplied; its mean moves, which a level takes back.
    #[must_use]
    pub fn with_spikes(self, spikes: &SpikeLaw) -> Self {
        match self {
            Self::Fitted(calibration) => (*calibration).with_spikes(spikes).into(),
            Self::Bootstrap(bootstrap) => bootstrap.with_spikes(spikes).into(),
        }
    }

    /// Mean price over a calendar year, USD/MWh: a sample may count some months twice.
    #[must_use]
    pub fn yearly_mean_usd_per_mwh(&self) -> f64 {
        crate::power::yearly_mean(|month0| self.mean(month0))
    }
}

impl From<PowerCalibration> for PowerLaw {
    fn from(calibration: PowerCalibration) -> Self {
        Self::Fitted(Box::new(calibration))
    }
}

impl From<PowerBootstrap> for PowerLaw {
    fn from(bootstrap: PowerBootstrap) -> Self {
        Self::Bootstrap(bootstrap)
    }
}

/// A law of hourly power prices at a level of its own.
#[derive(Debug, Clone)]
pub struct PowerModel {
    /// The law.
    pub law: PowerLaw,
    /// Mean price of the first year before floor, cap and storms, USD/MWh.
    pub level_usd_per_mwh: f64,
    /// Lowest price, USD/MWh.
    pub floor_usd_per_mwh: f64,
    /// Highest price, USD/MWh.
    pub cap_usd_per_mwh: f64,
    /// Mean and spread of the slow level at the first opening, in standard deviations; `None` draws it from its long-run law.
    /// Only the fitted model has one.
    pub initial_level: Option<(f64, f64)>,
    /// Storms laid over the prices.
    pub storms: StormLaw,
    scale: Scale,
}

/// What moves a law to a level.
#[derive(Debug, Clone)]
enum Scale {
    /// One factor that grows.
    Growing(Curve),
    /// The mean of each month, USD/MWh, by the law's mean of that calendar month.
    Monthly { curve: Curve, first_month0: usize, law_means: [f64; MONTHS] },
}

impl PowerModel {
    /// A model at a level, which is the mean of the first twelve months with their growth in it.
    #[must_use]
    pub fn new(
        law: impl Into<PowerLaw>,
        level_usd_per_mwh: f64,
        growth_per_year: f64,
        floor_usd_per_mwh: f64,
        cap_usd_per_mwh: f64,
    ) -> Self {
        let law = law.into();
        let growth = |m: u32| (1.0 + growth_per_year).powf(f64::from(m) / 12.0);
        let mean_growth = (0..12).map(growth).sum::<f64>() / 12.0;
        let first_scale = level_usd_per_mwh / (law.yearly_mean_usd_per_mwh() * mean_growth);
        Self {
            law,
            level_usd_per_mwh,
            floor_usd_per_mwh,
            cap_usd_per_mwh,
            initial_level: None,
            storms: StormLaw::default(),
            scale: Scale::Growing(Curve::growing(first_scale, growth_per_year)),
        }
    }

    /// A model whose mean in every month is that of a forward curve; `first_month` is the month of the first opening.
    ///
    /// `None` when the law's mean of some calendar month is not above zero, so that no factor moves it to the curve.
    #[must_use]
    pub fn with_curve(
        law: impl Into<PowerLaw>,
        curve: Curve,
        first_month: YearMonth,
        floor_usd_per_mwh: f64,
        cap_usd_per_mwh: f64,
    ) -> Option<Self> {
        let law = law.into();
        let law_means: [f64; MONTHS] = std::array::from_fn(|month0| law.mean(month0));
        if law_means.iter().any(|mean| *mean <= 0.0) {
            return None;
        }
        let days = |m: u32| first_month.plus(m).days() as f64;
        let level = (0..12).map(|m| days(m) * curve.at(m)).sum::<f64>() / (0..12).map(days).sum::<f64>();
        let scale = Scale::Monthly { curve, first_month0: first_month.month0(), law_means };
        Some(Self {
            law,
            level_usd_per_mwh: level,
            floor_usd_per_mwh,
            cap_usd_per_mwh,
            initial_level: None,
            storms: StormLaw::default(),
            scale,
        })
    }

    /// Takes a log drift a year off the level from the first opening on; floor, cap and the price in a storm stay.
    pub fn take_drift(&mut self, log_per_year: f64) {
        let (Scale::Growing(curve) | Scale::Monthly { curve, .. }) = &mut self.scale;
        let first_year = |curve: &Curve| (0..MONTHS as u32).map(|m| curve.at(m)).sum::<f64>();
        let tilted = curve.less_drift(log_per_year);
        self.level_usd_per_mwh *= first_year(&tilted) / first_year(curve);
        *curve = tilted;
    }

    /// Factor on the law's price in month `m`.
    #[must_use]
    pub fn scale(&self, m: u32) -> f64 {
        match &self.scale {
            Scale::Growing(curve) => curve.at(m),
            Scale::Monthly { curve, first_month0, law_means } => {
                curve.at(m) / law_means[(first_month0 + m as usize) % MONTHS]
            }
        }
    }

    /// Mean price of the first year from the month `first` on, with its storms and with where its slow level starts, before
    /// floor and cap, USD/MWh.
    #[must_use]
    pub fn first_year_mean_usd_per_mwh(&self, first: YearMonth) -> f64 {
        let level = self.level_usd_per_mwh * self.share_of_start(first);
        level + self.storms.added_to_mean(level, self.cap_usd_per_mwh)
    }

    /// Mean of the first year from where the slow level starts, over that from its long-run law.
    fn share_of_start(&self, first: YearMonth) -> f64 {
        let (PowerLaw::Fitted(law), Some(start)) = (&self.law, self.initial_level) else { return 1.0 };
        let (mut known, mut unknown, mut day) = (0.0, 0.0, 0);
        for m in 0..MONTHS as u32 {
            let month = first.plus(m);
            let (days, month0) = (month.days() as u32, month.month0());
            // Begin, middle and end of the month, for the level's memory is of months.
            let means = [1, days / 2, days].map(|n| law.mean_after_level(month0, day + n, start));
            let weight = f64::from(days) * self.scale(m);
            known += weight * (means[0] + 4.0 * means[1] + means[2]) / 6.0;
            unknown += weight * law.mean(month0);
            day += days;
        }
        known / unknown
    }

    /// Probability that an hour of month `m`, which is calendar month `month0`, is below a threshold, and the expected price of
    /// the hours below it; storms count, floor and cap do not.
    ///
    /// Threshold and price are the law's own, that is, before [`Self::scale`].
    ///
    /// # Panics
    /// If the month is out of range.
    #[must_use]
    pub fn expected_below(&self, m: u32, month0: usize, threshold: f64) -> (f64, f64) {
        let quiet = self.law.expected_below(month0, threshold);
        if self.storms.per_year() == 0.0 {
            return quiet;
        }
        let presence = self.storms.presence(month0);
        let clear = 1.0 - presence.iter().sum::<f64>();
        let mut total = (clear * quiet.0, clear * quiet.1);
        let cap = self.cap_usd_per_mwh / self.scale(m);
        for hour in 0..STORM_HOURS {
            let (weight, share) = (presence[hour / 24] / 24.0, storm_share(hour));
            let held = share * cap;
            if weight == 0.0 || (share > 0.0 && held >= threshold) {
                continue;
            }
            total.0 += weight * quiet.0;
            total.1 += weight * quiet.1;
            if share > 0.0 {
                let below = self.law.expected_below(month0, held);
                total.1 += weight * (held * below.0 - below.1);
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law() -> PowerCalibration {
        PowerCalibration::builtin("lz-west").expect("it is shipped")
    }

    #[test]
    fn the_level_is_the_mean_of_the_first_year_whatever_the_growth() {
        for growth in [0.0, 0.02, 0.2] {
            let model = PowerModel::new(law(), 50.0, growth, -251.0, 5_000.0);
            let yearly = model.law.yearly_mean_usd_per_mwh();
            let mean: f64 = (0..12).map(|m| model.scale(m) * yearly).sum::<f64>() / 12.0;
            assert!((mean - 50.0).abs() < 1e-9, "{growth}: {mean}");
            assert!((model.scale(12) / model.scale(0) - (1.0 + growth)).abs() < 1e-12);
        }
    }

    #[test]
    fn the_mean_of_every_month_meets_the_curve() {
        let first = YearMonth::parse("2026-04").expect("a month");
        let curve = Curve::growing(40.0, 0.1);
        let model =
            PowerModel::with_curve(law(), curve.clone(), first, -251.0, 5_000.0).expect("means above 0");
        for m in 0..30 {
            let month0 = first.plus(m).month0();
            assert!((model.scale(m) * model.law.mean(month0) - curve.at(m)).abs() < 1e-9);
        }
        assert!(model.level_usd_per_mwh > 40.0 && model.level_usd_per_mwh < 44.0);
    }

    #[test]
    fn a_drift_taken_off_moves_every_month_and_the_level_by_what_it_says() {
        let first = YearMonth::parse("2026-04").expect("a month");
        let on_curve = PowerModel::with_curve(law(), Curve::growing(40.0, 0.1), first, -251.0, 5_000.0);
        let growing = PowerModel::new(law(), 40.0, 0.1, -251.0, 5_000.0);
        for model in [growing, on_curve.expect("means above 0")] {
            let mut tilted = model.clone();
            tilted.take_drift(-0.03);
            for m in 0..40 {
                let expected = model.scale(m) * (0.03 * f64::from(m) / 12.0).exp();
                assert!((tilted.scale(m) / expected - 1.0).abs() < 1e-12, "month {m}");
            }
            let first_year = |drift: f64| -> f64 {
                (0..12).map(|m| (f64::from(m) / 12.0 * (1.1_f64.ln() + drift)).exp()).sum()
            };
            let moved = tilted.level_usd_per_mwh / model.level_usd_per_mwh;
            assert!((moved - first_year(0.03) / first_year(0.0)).abs() < 1e-12, "{moved}");
        }
    }

    #[test]
    fn storms_raise_what_is_expected_and_no_storms_change_nothing() {
        let mut model = PowerModel::new(law(), 40.0, 0.0, -251.0, 5_000.0);
        let quiet: Vec<_> = (0..12).map(|m| model.expected_below(m, m as usize, 100.0)).collect();
        assert_eq!(quiet[1], model.law.expected_below(1, 100.0));
        model.storms = StormLaw::new(0.2);
        let mut added = 0.0;
        for (m, quiet) in quiet.iter().enumerate() {
            let stormy = model.expected_below(m as u32, m, 100.0);
            let in_season = matches!(m, 0 | 1 | 2 | 11);
            assert_eq!(stormy.0 < quiet.0, in_season);
            let all = model.expected_below(m as u32, m, f64::INFINITY);
            assert!((all.0 - 1.0).abs() < 1e-9, "{}", all.0);
            let days = first_day_count(m);
            added += days * (all.1 - model.law.mean(m)) * model.scale(m as u32) / 365.25;
        }
        // Jensen: the model's own spikes are worth less under a storm, its low hours more.
        let expected = model.storms.added_to_mean(40.0, 5_000.0);
        assert!((added / expected - 1.0).abs() < 0.02, "{added} {expected}");
    }

    fn first_day_count(month0: usize) -> f64 {
        [31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0][month0]
    }
}

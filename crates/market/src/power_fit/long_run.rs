//! A calibration for a point whose history is a calm spell, completed by a longer history of another point.
//!
//! The reference point's rank variable says how calm the observed months were: there it has mean `m` and standard deviation
//! `s` instead of 0 and 1. A long-run `z` then stands at `(z - m) / s` among the observed months. Up to [`SPLICE_RANK`]
//! the table of the observed months is read there; above, where they hold too few prices, the reference's own table at
//! `z`. Weight and time constant of the slow level are the reference's, since they cannot be seen in so short a history.
//! This is an assumption made visible, not an estimate.

use super::{HourlyHistory, PowerFit, PowerFitError, PowerFitSettings, complete, knot_position, ranks};
use crate::power::{FactorLaw, FactorsTable, KNOTS, PowerCalibration, PowerFile, QuantileTable, mean_of};

/// Rank among the observed months above which the reference's table is read: one hour in 25 lies above.
const SPLICE_RANK: f64 = 1.75;

/// A fitted calibration with the history behind it.
#[derive(Clone, Copy, Debug)]
pub struct FittedHistory<'a> {
    /// The calibration, as observed.
    pub calibration: &'a PowerCalibration,
    /// The history it was fitted to.
    pub history: &'a HourlyHistory,
}

/// The long-run calibration of the point `observed`, with what is rare or slow taken from the point `reference`.
///
/// Its history is that of the observed months, and simulated histories are as long as these. It has no standard errors.
///
/// # Errors
/// When the reference has no prices in the observed months, or the numbers make no valid calibration.
pub fn long_run_power(
    observed: FittedHistory<'_>,
    reference: FittedHistory<'_>,
    settings: &PowerFitSettings,
) -> Result<PowerFit, PowerFitError> {
    let calm = Calm::of(observed.history, reference.history, settings)?;
    let (own, other) = (observed.calibration, reference.calibration);
    let file = PowerFile {
        point: settings.point.clone(),
        source: settings.source.clone(),
        period: own.period.clone(),
        fit_date: settings.fit_date.clone(),
        level_at_period_end: other.level_at_period_end,
        assumption: Some(assumption(own, other, calm)),
        factors: factors(own, other),
        standard_errors: None,
        history: own.history.clone(),
        simulated: own.history.clone(),
        simulated_low: own.history.clone(),
        simulated_high: own.history.clone(),
        table: spliced(own, other, calm),
    };
    complete(file, observed.history, settings, Vec::new())
}

/// Mean and standard deviation of the reference's rank variable in the observed months.
#[derive(Clone, Copy, Debug)]
struct Calm {
    mean: f64,
    sd: f64,
}

impl Calm {
    fn of(
        observed: &HourlyHistory,
        reference: &HourlyHistory,
        settings: &PowerFitSettings,
    ) -> Result<Self, PowerFitError> {
        let (_, all) = ranks(reference, settings)?;
        let (first, last) = (&observed.days[0], &observed.days[observed.days.len() - 1]);
        let months = first.month_number()..=last.month_number();
        let within: Vec<f64> = reference
            .clock
            .iter()
            .zip(&all)
            .filter(|(at, _)| months.contains(&at.month_number))
            .map(|(_, rank)| *rank)
            .collect();
        if within.is_empty() {
            return Err(PowerFitError::NoPrices { first: first.date, last: last.date });
        }
        let mean = mean_of(&within);
        let squares: Vec<f64> = within.iter().map(|rank| (rank - mean).powi(2)).collect();
        Ok(Self { mean, sd: mean_of(&squares).sqrt() })
    }

    /// Where a long-run `z` stands among the observed months.
    fn rank_of(self, z: f64) -> f64 {
        (z - self.mean) / self.sd
    }
}

/// The reference's slow level; the point's other factors share what it leaves in their own proportions.
fn factors(own: &PowerCalibration, other: &PowerCalibration) -> FactorsTable {
    let (mine, slow) = (own.factors(), other.factors().slow);
    let left = 1.0 - mine.shift_variance() - slow.weight;
    let fast = mine.daily.weight + mine.hourly.weight + mine.shape.weight;
    let scaled = |law: FactorLaw| FactorLaw { weight: law.weight * left / fast, ..law };
    FactorsTable {
        slow,
        daily: scaled(mine.daily),
        hourly: scaled(mine.hourly),
        shape: scaled(mine.shape),
        weekday_shift: mine.weekday_shift.to_vec(),
    }
}

/// The observed table read at the calm rank up to the splice, the reference's above it, and never falling.
fn spliced(own: &PowerCalibration, other: &PowerCalibration, calm: Calm) -> QuantileTable {
    let row = |month0: usize, hour: usize| -> Vec<f64> {
        let mut highest = f64::NEG_INFINITY;
        (0..KNOTS)
            .map(|knot| {
                let z = knot_position(knot);
                let rank = calm.rank_of(z);
                let price = if rank <= SPLICE_RANK {
                    own.price(month0, hour, rank)
                } else {
                    other.price(month0, hour, z)
                };
                highest = highest.max(price);
                highest
            })
            .collect()
    };
    QuantileTable {
        first_knot: knot_position(0),
        knot_step: knot_position(1) - knot_position(0),
        quantiles_usd_per_mwh: (0..12).map(|month| (0..24).map(|hour| row(month, hour)).collect()).collect(),
    }
}

/// The assumption in words.
fn assumption(own: &PowerCalibration, other: &PowerCalibration, calm: Calm) -> String {
    let [first, last] = &own.period;
    let [reference_first, reference_last] = &other.period;
    let (point, reference) = (&own.point, &other.point);
    let sign = if calm.mean < 0.0 { '+' } else { '-' };
    format!(
        "An assumption, not an estimate: in {first} to {last} the rank variable of {reference} (fitted to {reference_first} to \
         {reference_last}) had mean {:.2} and standard deviation {:.2} instead of 0 and 1, and {point} is taken to have \
         been as calm. The table of {point} is read at z18 = (z {sign} {:.2}) / {:.2} where that is at most {SPLICE_RANK}, \
         the table of {reference} at z above it; weight and time constant of the slow level are those of {reference}. What moves \
         it: these two numbers, the rank at which the tables are joined, and how often months like the dearest of \
         {reference} come back.",
        calm.mean,
        calm.sd,
        calm.mean.abs(),
        calm.sd
    )
}

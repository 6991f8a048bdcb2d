//! Quantile tables by calendar month and local hour, and the rank of each price in its own table.

use super::{PowerFitError, knot_position};
use crate::normal_table::normal_cdf;
use crate::power::{FIRST_KNOT, KNOT_STEP, KNOTS, LocalHour, QuantileTable};

/// Weight of a price by its distance in calendar months.
const MONTH_WEIGHTS: [f64; 3] = [1.0, 0.6, 0.2];

/// Weight of a price by its distance in local hours.
const HOUR_WEIGHTS: [f64; 2] = [1.0, 0.25];

/// Fewer prices than this within the window cannot carry a table.
const FEWEST_PRICES: usize = 100;

/// Tables of a history, and where each of its prices stands in its own.
pub(super) struct Margins {
    pub(super) table: QuantileTable,
    /// Probability of each price in the table of its month and hour, strictly between 0 and 1.
    pub(super) probabilities: Vec<f64>,
}

/// Fits the tables to `prices` (USD/MWh) at the hours `clock`.
pub(super) fn fit(clock: &[LocalHour], prices: &[f64]) -> Result<Margins, PowerFitError> {
    let mut probabilities = vec![f64::NAN; prices.len()];
    let mut months = Vec::with_capacity(12);
    for month in 0..12 {
        let mut hours = Vec::with_capacity(24);
        for hour in 0..24 {
            let cell = Cell::new(clock, prices, month, hour)?;
            hours.push((0..KNOTS).map(|knot| cell.quantile(normal_cdf(knot_position(knot)))).collect());
            for (index, middle) in cell.indices.iter().zip(&cell.middles) {
                if clock[*index].month0() == month && usize::from(clock[*index].hour) == hour {
                    probabilities[*index] = *middle;
                }
            }
        }
        months.push(hours);
    }
    let table = QuantileTable { first_knot: FIRST_KNOT, knot_step: KNOT_STEP, quantiles_usd_per_mwh: months };
    Ok(Margins { table, probabilities })
}

/// The prices that bear on one month and hour, ascending, equal prices in order of time.
struct Cell {
    indices: Vec<usize>,
    prices: Vec<f64>,
    /// Cumulated weight up to the middle of each price, as a share of the whole.
    middles: Vec<f64>,
}

impl Cell {
    fn new(clock: &[LocalHour], prices: &[f64], month: usize, hour: usize) -> Result<Self, PowerFitError> {
        let weight = |at: &LocalHour| {
            let months = circular_distance(at.month0(), month, 12);
            let hours = circular_distance(usize::from(at.hour), hour, 24);
            Some(MONTH_WEIGHTS.get(months)? * HOUR_WEIGHTS.get(hours)?)
        };
        let mut members: Vec<(usize, f64)> =
            clock.iter().enumerate().filter_map(|(index, at)| Some((index, weight(at)?))).collect();
        if members.len() < FEWEST_PRICES {
            return Err(PowerFitError::TooFewPrices {
                month: month + 1,
                hour,
                found: members.len(),
                expected: FEWEST_PRICES,
            });
        }
        members.sort_by(|a, b| prices[a.0].total_cmp(&prices[b.0]).then(a.0.cmp(&b.0)));
        let total: f64 = members.iter().map(|(_, weight)| weight).sum();
        let mut below = 0.0;
        let middles = members
            .iter()
            .map(|(_, weight)| {
                let middle = (below + 0.5 * weight) / total;
                below += weight;
                middle
            })
            .collect();
        Ok(Self {
            prices: members.iter().map(|(index, _)| prices[*index]).collect(),
            indices: members.into_iter().map(|(index, _)| index).collect(),
            middles,
        })
    }

    /// Price at `probability`, linear between the middles of neighbouring prices, flat beyond the ends.
    fn quantile(&self, probability: f64) -> f64 {
        let above = self.middles.partition_point(|middle| *middle < probability);
        if above == 0 {
            return self.prices[0];
        }
        let below = above - 1;
        if above == self.prices.len() {
            return self.prices[below];
        }
        let share = (probability - self.middles[below]) / (self.middles[above] - self.middles[below]);
        self.prices[below] + share * (self.prices[above] - self.prices[below])
    }
}

/// Distance between two positions on a circle of `n`.
fn circular_distance(a: usize, b: usize, n: usize) -> usize {
    let distance = a.abs_diff(b);
    distance.min(n - distance)
}

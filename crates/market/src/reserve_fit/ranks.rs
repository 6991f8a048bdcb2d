//! Quantile tables of reserves, and ranks as standard normals.

use super::sample::Sample;
use super::{ReserveFitError, ReserveTable};
use crate::normal_table::{normal_cdf, normal_pdf, normal_quantile};
use crate::reserves::{FIRST_RESERVE_KNOT, HOURS, RESERVE_KNOT_STEP, RESERVE_KNOTS, SEASONS, season_of};

/// Fewest prices behind a row of quantiles.
const FEWEST_PRICES: usize = 30;

/// Quantiles of a product by season and local hour.
pub(super) fn tables(sample: &Sample, p: usize) -> Result<ReserveTable, ReserveFitError> {
    let mut cells = vec![vec![Vec::new(); HOURS]; SEASONS];
    for (at, price) in sample.clock.iter().zip(&sample.reserves[p]) {
        cells[season_of(at.month0())][usize::from(at.hour)].push(*price);
    }
    for (season, hours) in cells.iter_mut().enumerate() {
        for (hour, prices) in hours.iter_mut().enumerate() {
            let found = prices.len();
            if found < FEWEST_PRICES {
                return Err(ReserveFitError::TooFewPrices { season, hour, found, needed: FEWEST_PRICES });
            }
            prices.sort_unstable_by(f64::total_cmp);
            *prices = (0..RESERVE_KNOTS)
                .map(|knot| {
                    let z = FIRST_RESERVE_KNOT + RESERVE_KNOT_STEP * knot as f64;
                    let place = (normal_cdf(z) * found as f64 - 0.5).clamp(0.0, (found - 1) as f64);
                    let (below, above) = (prices[place.floor() as usize], prices[place.ceil() as usize]);
                    below + place.fract() * (above - below)
                })
                .collect();
        }
    }
    Ok(cells)
}

/// Ranks of a product's prices among those of its season and hour.
pub(super) fn reserves(sample: &Sample, p: usize) -> Vec<f64> {
    let cell = |n: usize| season_of(sample.clock[n].month0()) * HOURS + usize::from(sample.clock[n].hour);
    let mut cells = vec![Vec::new(); SEASONS * HOURS];
    for (n, price) in sample.reserves[p].iter().enumerate() {
        cells[cell(n)].push(*price);
    }
    cells.iter_mut().for_each(|prices| prices.sort_unstable_by(f64::total_cmp));
    sample.reserves[p].iter().enumerate().map(|(n, price)| rank_in(&cells[cell(n)], *price)).collect()
}

/// Ranks of the power price among those of the same hour in its calendar month and the two beside it.
pub(super) fn power(sample: &Sample) -> Vec<f64> {
    let mut cells = vec![Vec::new(); 12 * HOURS];
    for (at, price) in sample.clock.iter().zip(&sample.power) {
        for month in [11, 12, 13] {
            cells[(at.month0() + month) % 12 * HOURS + usize::from(at.hour)].push(*price);
        }
    }
    cells.iter_mut().for_each(|prices| prices.sort_unstable_by(f64::total_cmp));
    let clock = sample.clock.iter();
    clock
        .zip(&sample.power)
        .map(|(at, price)| rank_in(&cells[at.month0() * HOURS + usize::from(at.hour)], *price))
        .collect()
}

/// The middle of the ranks below and up to a price, as a standard normal.
fn rank_in(sorted: &[f64], price: f64) -> f64 {
    let below = sorted.partition_point(|other| *other < price);
    let up_to = sorted.partition_point(|other| *other <= price);
    normal_quantile(0.5 * (below + up_to) as f64 / sorted.len() as f64)
}

/// Expected price of a row of quantiles when `z_r` is normal with a mean and a standard deviation.
///
/// The midpoint rule over twelve standard deviations: far below the error of any sample.
pub(super) fn expected_price(row: &[f64], mean: f64, sd: f64) -> f64 {
    const POINTS: usize = 48;
    let (mut sum, mut total) = (0.0, 0.0);
    for point in 0..POINTS {
        let x = -6.0 + 12.0 * (point as f64 + 0.5) / POINTS as f64;
        let last = (RESERVE_KNOTS - 1) as f64;
        let position = ((mean + sd * x - FIRST_RESERVE_KNOT) / RESERVE_KNOT_STEP).clamp(0.0, last);
        let knot = (position as usize).min(RESERVE_KNOTS - 2);
        let weight = normal_pdf(x);
        sum += weight * (row[knot] + (position - knot as f64) * (row[knot + 1] - row[knot]));
        total += weight;
    }
    sum / total
}

//! The innermost loops: one load takes its share of what is left of the interconnect, over the steps of a piece.
//!
//! `take = min(capacity, left)` in steps whose price is below the load's worth. Eight running sums stand side by side so
//! that the loop vectorises; the order of the additions is fixed, so the energy is the same on every run.

use crate::case::Series;
use std::ops::Range;

const LANES: usize = 8;

/// Serves one load: takes from `left_mw` and returns the energy taken, MW steps.
pub(super) fn serve(
    price: &[f64],
    capacity: &Series,
    steps: Range<usize>,
    worth: f64,
    left_mw: &mut [f64],
) -> f64 {
    let price = &price[steps.clone()];
    match capacity {
        Series::Constant(mw) => constant(price, *mw, worth, left_mw),
        Series::Steps(mw) => varying(price, &mw[steps], worth, left_mw),
    }
}

/// Serves one load as [`serve`] does and adds `scale` times what it takes to `out`.
pub(super) fn serve_into(
    price: &[f64],
    capacity: &Series,
    steps: Range<usize>,
    worth: f64,
    left_mw: &mut [f64],
    (scale, out): (f64, &mut [f64]),
) {
    let price = &price[steps.clone()];
    for (i, ((price, left), out)) in price.iter().zip(left_mw).zip(out).enumerate() {
        let taken = take(*price, capacity.at(steps.start + i), worth, *left);
        *left -= taken;
        *out += scale * taken;
    }
}

#[inline(always)]
fn take(price: f64, capacity: f64, worth: f64, left: f64) -> f64 {
    let wanted = if price < worth { capacity } else { 0.0 };
    if wanted < left { wanted } else { left }
}

fn constant(price: &[f64], mw: f64, worth: f64, left_mw: &mut [f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (prices, price_rest) = price.as_chunks::<LANES>();
    let (lefts, left_rest) = left_mw.as_chunks_mut::<LANES>();
    for (price, left) in prices.iter().zip(lefts) {
        for i in 0..LANES {
            let taken = take(price[i], mw, worth, left[i]);
            left[i] -= taken;
            sums[i] += taken;
        }
    }
    for (i, (price, left)) in price_rest.iter().zip(left_rest).enumerate() {
        let taken = take(*price, mw, worth, *left);
        *left -= taken;
        sums[i] += taken;
    }
    fold(sums)
}

fn varying(price: &[f64], mw: &[f64], worth: f64, left_mw: &mut [f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (prices, price_rest) = price.as_chunks::<LANES>();
    let (mws, mw_rest) = mw.as_chunks::<LANES>();
    let (lefts, left_rest) = left_mw.as_chunks_mut::<LANES>();
    for ((price, mw), left) in prices.iter().zip(mws).zip(lefts) {
        for i in 0..LANES {
            let taken = take(price[i], mw[i], worth, left[i]);
            left[i] -= taken;
            sums[i] += taken;
        }
    }
    for (i, ((price, mw), left)) in price_rest.iter().zip(mw_rest).zip(left_rest).enumerate() {
        let taken = take(*price, *mw, worth, *left);
        *left -= taken;
        sums[i] += taken;
    }
    fold(sums)
}

/// Cost of what was taken: `Σ price · (offered − left)`, USD per hour of step.
pub(super) fn cost(price: &[f64], offered: &Series, steps: Range<usize>, left_mw: &[f64]) -> f64 {
    let price = &price[steps.clone()];
    let mut sums = [0.0; LANES];
    match offered {
        Series::Constant(mw) => {
            let (prices, price_rest) = price.as_chunks::<LANES>();
            let (lefts, left_rest) = left_mw.as_chunks::<LANES>();
            for (price, left) in prices.iter().zip(lefts) {
                for i in 0..LANES {
                    sums[i] += price[i] * (mw - left[i]);
                }
            }
            for (i, (price, left)) in price_rest.iter().zip(left_rest).enumerate() {
                sums[i] += price * (mw - left);
            }
        }
        Series::Steps(mw) => {
            for (i, ((price, mw), left)) in price.iter().zip(&mw[steps]).zip(left_mw).enumerate() {
                sums[i % LANES] += price * (mw - left);
            }
        }
    }
    fold(sums)
}

/// Energy of a load whose draw is known, MW steps.
pub(super) fn energy(mw: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (chunks, rest) = mw.as_chunks::<LANES>();
    for chunk in chunks {
        for i in 0..LANES {
            sums[i] += chunk[i];
        }
    }
    rest.iter().enumerate().for_each(|(i, mw)| sums[i] += mw);
    fold(sums)
}

fn fold(sums: [f64; LANES]) -> f64 {
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))
}

//! Sums over neighbours with symmetric weights, along the rows and across them.

/// Offsets whose neighbours are added in one go over the row, so that sums stay in registers.
const TAPS: usize = 4;

/// Transition weights of one step on offsets `0..=reach`, to either side alike; all together they sum to one.
pub(super) fn weights(step_deviations: f64, h: f64, reach: usize) -> Vec<f64> {
    let mut weights: Vec<f64> =
        (0..=reach).map(|r| (-0.5 * (r as f64 * h / step_deviations).powi(2)).exp()).collect();
    let total = 2.0 * weights.iter().sum::<f64>() - 1.0;
    weights.iter_mut().for_each(|w| *w /= total);
    weights
}

/// `out[x] = Σ_r weights[|r|] · values[at + x + r·stride]`.
#[inline(always)]
pub(super) fn convolve(values: &[f64], at: usize, stride: usize, weights: &[f64], out: &mut [f64]) {
    let (first, mut rest) = weights[1..].split_at((weights.len() - 1).min(TAPS));
    let centre = &values[at..][..out.len()];
    if let Some(first) = first.first_chunk::<TAPS>() {
        let (before, after) = neighbours::<TAPS>(values, at, stride, 1, out.len());
        for (x, out) in out.iter_mut().enumerate() {
            *out = weights[0] * centre[x] + pairs(first, &before, &after, x);
        }
    } else {
        for (out, v) in out.iter_mut().zip(centre) {
            *out = weights[0] * v;
        }
        rest = &weights[1..];
    }
    while let Some(n) = (!rest.is_empty()).then(|| rest.len().min(TAPS)) {
        let offset = weights.len() - rest.len();
        match n {
            1 => add_pairs::<1>(values, at, stride, offset, rest, out),
            2 => add_pairs::<2>(values, at, stride, offset, rest, out),
            3 => add_pairs::<3>(values, at, stride, offset, rest, out),
            _ => add_pairs::<TAPS>(values, at, stride, offset, rest, out),
        }
        rest = &rest[n..];
    }
}

/// Adds the neighbours at offsets `offset..offset + N` on both sides.
#[inline(always)]
fn add_pairs<const N: usize>(
    values: &[f64],
    at: usize,
    stride: usize,
    offset: usize,
    weights: &[f64],
    out: &mut [f64],
) {
    let Some(weights) = weights.first_chunk::<N>() else { return };
    let (before, after) = neighbours::<N>(values, at, stride, offset, out.len());
    for (x, out) in out.iter_mut().enumerate() {
        *out += pairs(weights, &before, &after, x);
    }
}

/// Rows of `len` values at offsets `offset..offset + N` before and after.
#[inline(always)]
fn neighbours<const N: usize>(
    values: &[f64],
    at: usize,
    stride: usize,
    offset: usize,
    len: usize,
) -> ([&[f64]; N], [&[f64]; N]) {
    let row = |start: usize| &values[start..][..len];
    (
        std::array::from_fn(|n| row(at - (offset + n) * stride)),
        std::array::from_fn(|n| row(at + (offset + n) * stride)),
    )
}

#[inline(always)]
fn pairs<const N: usize>(weights: &[f64; N], before: &[&[f64]; N], after: &[&[f64]; N], x: usize) -> f64 {
    let mut sum = 0.0;
    for n in 0..N {
        sum += weights[n] * (before[n][x] + after[n][x]);
    }
    sum
}

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
    let row = &values[at..][..out.len()];
    for (out, v) in out.iter_mut().zip(row) {
        *out = weights[0] * v;
    }
    let (fours, rest) = weights[1..].as_chunks::<TAPS>();
    for (n, weights) in fours.iter().enumerate() {
        add_taps(values, at, stride, 1 + n * TAPS, weights, out);
    }
    let (pairs, last) = rest.as_chunks::<2>();
    for weights in pairs {
        add_taps(values, at, stride, 1 + fours.len() * TAPS, weights, out);
    }
    for weight in last {
        add_taps(values, at, stride, weights.len() - 1, &[*weight], out);
    }
}

/// Adds the neighbours at offsets `first..first + N` on both sides.
#[inline(always)]
fn add_taps<const N: usize>(
    values: &[f64],
    at: usize,
    stride: usize,
    first: usize,
    weights: &[f64; N],
    out: &mut [f64],
) {
    let len = out.len();
    let before: [&[f64]; N] = std::array::from_fn(|n| &values[at - (first + n) * stride..][..len]);
    let after: [&[f64]; N] = std::array::from_fn(|n| &values[at + (first + n) * stride..][..len]);
    for x in 0..len {
        let mut sum = out[x];
        for n in 0..N {
            sum += weights[n] * (before[n][x] + after[n][x]);
        }
        out[x] = sum;
    }
}

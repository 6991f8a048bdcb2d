//! Sums over neighbours with symmetric weights, along the rows and across them.

/// Lanes that are added up side by side.
pub(super) const LANES: usize = 8;

/// Transition weights of one step on offsets `0..=reach`, to either side alike; all together they sum to one.
pub(super) fn weights(step_deviations: f64, h: f64, reach: usize) -> Vec<f64> {
    let mut weights: Vec<f64> =
        (0..=reach).map(|r| (-0.5 * (r as f64 * h / step_deviations).powi(2)).exp()).collect();
    let total = 2.0 * weights.iter().sum::<f64>() - 1.0;
    weights.iter_mut().for_each(|w| *w /= total);
    weights
}

/// `out[x] = Σ_r weights[|r|] · values[at + x + r·stride]`; `out.len()` is a multiple of [`LANES`].
#[inline(always)]
pub(super) fn convolve(values: &[f64], at: usize, stride: usize, weights: &[f64], out: &mut [f64]) {
    let n_wide = out.len() / (2 * LANES);
    let (wide, narrow) = out.split_at_mut(n_wide * 2 * LANES);
    for (n, target) in wide.as_chunks_mut::<{ 2 * LANES }>().0.iter_mut().enumerate() {
        *target = sum(values, at + n * 2 * LANES, stride, weights);
    }
    for (n, target) in narrow.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        *target = sum(values, at + (n_wide * 2 + n) * LANES, stride, weights);
    }
}

#[inline(always)]
fn sum<const N: usize>(values: &[f64], at: usize, stride: usize, weights: &[f64]) -> [f64; N] {
    let lanes = |start: usize| -> &[f64; N] { values[start..].first_chunk().expect("inside the margin") };
    let mut total = lanes(at).map(|v| weights[0] * v);
    for (r, &weight) in weights.iter().enumerate().skip(1) {
        let (before, after) = (lanes(at - r * stride), lanes(at + r * stride));
        for lane in 0..N {
            total[lane] += weight * (before[lane] + after[lane]);
        }
    }
    total
}

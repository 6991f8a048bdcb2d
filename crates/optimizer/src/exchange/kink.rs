//! The positive part of a difference, averaged over grid cells where it changes sign.
//!
//! A trapezoid sum over a kink is off by an amount of order `h²` that depends on where between two points the kink falls. The
//! average of the kinked function over boxes, `4/3·box_h − 1/3·box_2h` in each direction, leaves smooth functions alone
//! up to `h⁴` and makes the sum over the kink regular.

/// Points treated side by side.
const BATCH: usize = 8;

/// Points near the kink, waiting for their averages.
#[derive(Debug, Clone, Default)]
pub(super) struct NearKink {
    at: Vec<u32>,
    /// How far the kink lies within the box of a row's points; at most zero where it does not cross.
    margin: Vec<f64>,
}

impl NearKink {
    /// Notes the points of a row from `start` on whose box of two cells the kink crosses, given the differences there and at the
    /// neighbours across the row and along it.
    #[inline(always)]
    pub(super) fn note(&mut self, start: usize, here: &[f64], across: [&[f64]; 2], along: [&[f64]; 2]) {
        let len = here.len();
        self.margin.resize(len.next_multiple_of(BATCH), 0.0);
        let (margin, rest) = self.margin.split_at_mut(len);
        let ([down, up], [left, right]) = (across.map(|s| &s[..len]), along.map(|s| &s[..len]));
        for i in 0..len {
            margin[i] = (up[i] - down[i]).abs() + (right[i] - left[i]).abs() - 2.0 * here[i].abs();
        }
        rest.fill(0.0);
        for (chunk, margins) in self.margin.as_chunks::<BATCH>().0.iter().enumerate() {
            if margins.iter().fold(false, |any, m| any | (*m > 0.0)) {
                let first = start + chunk * BATCH;
                self.at.extend((0..BATCH).filter(|&i| margins[i] > 0.0).map(|i| (first + i) as u32));
            }
        }
    }

    /// Writes the averages of the noted points to `out` and forgets them. `strides` lead from a point of `difference` to its
    /// neighbours along either coordinate.
    #[inline(always)]
    pub(super) fn average(&mut self, difference: &[f64], strides: [usize; 2], out: &mut [f64]) {
        for batch in self.at.chunks(BATCH) {
            let mut d = [0.0; BATCH];
            let mut steps = [[1.0; BATCH]; 2];
            for (lane, &at) in batch.iter().enumerate() {
                let at = at as usize;
                d[lane] = difference[at];
                for (steps, stride) in steps.iter_mut().zip(strides) {
                    steps[lane] = 0.25 * (difference[at + stride] - difference[at - stride]).abs();
                }
            }
            let [mut p, mut q] = steps;
            for lane in 0..BATCH {
                let (one, other) = (p[lane], q[lane]);
                p[lane] = if one > other { one } else { other };
                let least = if one > other { other } else { one };
                // A ten-thousandth of the larger step is as good as none, and keeps the quotient sound.
                q[lane] = if least > 1e-4 * p[lane] { least } else { 1e-4 * p[lane] };
            }
            for (&at, average) in batch.iter().zip(averages(&d, &p, &q)) {
                out[at as usize] = average;
            }
        }
        self.at.clear();
    }
}

/// `4/3·box_h − 1/3·box_2h` in both directions of `(d + 2p·s + 2q·t)^+`, `s` and `t` in cells, `p ≥ q > 0`.
#[inline(always)]
fn averages(d: &[f64; BATCH], p: &[f64; BATCH], q: &[f64; BATCH]) -> [f64; BATCH] {
    let mut total = [0.0; BATCH];
    for (wide1, weight1) in [(1.0, 4.0 / 3.0), (2.0, -1.0 / 6.0)] {
        for (wide2, weight2) in [(1.0, 4.0 / 3.0), (2.0, -1.0 / 6.0)] {
            for lane in 0..BATCH {
                let (p, q) = (wide1 * p[lane], wide2 * q[lane]);
                let (above, below) = (d[lane] + p, d[lane] - p);
                total[lane] += weight1
                    * weight2
                    * ((cube(above + q) - cube(above - q)) - (cube(below + q) - cube(below - q)));
            }
        }
    }
    for lane in 0..BATCH {
        total[lane] /= 24.0 * p[lane] * q[lane];
    }
    total
}

/// Six times the second antiderivative of the positive part.
#[inline(always)]
fn cube(x: f64) -> f64 {
    let x = if x > 0.0 { x } else { 0.0 };
    x * x * x
}

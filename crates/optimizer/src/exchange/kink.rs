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
    difference: Vec<f64>,
    /// Half the larger and half the smaller change of the difference from cell to cell.
    half_steps: [Vec<f64>; 2],
    /// How far the kink lies within the box of a row's points; at most zero where it does not cross.
    margin: Vec<f64>,
}

impl NearKink {
    /// Notes the points of a row from `start` on whose box of two cells the kink crosses, given the differences there and at the
    /// neighbours across the row and along it.
    #[inline(always)]
    pub(super) fn note(&mut self, start: usize, here: &[f64], across: [&[f64]; 2], along: [&[f64]; 2]) {
        let len = here.len();
        self.margin.resize(len.next_multiple_of(BATCH), -1.0);
        let margin = &mut self.margin[..len];
        let ([down, up], [left, right]) = (across.map(|s| &s[..len]), along.map(|s| &s[..len]));
        for i in 0..len {
            margin[i] = (up[i] - down[i]).abs() + (right[i] - left[i]).abs() - 2.0 * here[i].abs();
        }
        self.margin[len..].fill(-1.0);
        for (chunk, margins) in self.margin.as_chunks::<BATCH>().0.iter().enumerate() {
            if margins.iter().fold(false, |any, m| any | (*m > 0.0)) {
                for i in (0..BATCH).filter(|&i| margins[i] > 0.0).map(|i| chunk * BATCH + i) {
                    let (p, q) = (0.25 * (up[i] - down[i]).abs(), 0.25 * (right[i] - left[i]).abs());
                    self.at.push((start + i) as u32);
                    self.difference.push(here[i]);
                    self.half_steps[0].push(p.max(q));
                    // A ten-thousandth of the larger step is as good as none, and keeps the quotient sound.
                    self.half_steps[1].push(p.min(q).max(1e-4 * p.max(q)));
                }
            }
        }
    }

    /// Writes the averages of the noted points to `out` and forgets them.
    #[inline(always)]
    pub(super) fn average(&mut self, out: &mut [f64]) {
        let n = self.at.len().next_multiple_of(BATCH);
        self.difference.resize(n, 0.0);
        self.half_steps.iter_mut().for_each(|steps| steps.resize(n, 1.0));
        let d = self.difference.as_chunks::<BATCH>().0;
        let p = self.half_steps[0].as_chunks::<BATCH>().0;
        let q = self.half_steps[1].as_chunks::<BATCH>().0;
        for (((d, p), q), at) in d.iter().zip(p).zip(q).zip(self.at.chunks(BATCH)) {
            let averages = averages(d, p, q);
            for (&at, average) in at.iter().zip(averages) {
                out[at as usize] = average;
            }
        }
        self.at.clear();
        self.difference.clear();
        self.half_steps.iter_mut().for_each(Vec::clear);
    }
}

/// `4/3·box_h − 1/3·box_2h` in both directions of `(d + 2p·s + 2q·t)^+`, `s` and `t` in cells.
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
    let x = x.max(0.0);
    x * x * x
}

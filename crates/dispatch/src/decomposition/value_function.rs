//! Concave value of a ramped load's draw, carried from hour to hour.
//!
//! The function is kept by its kinks: those left of its peak, where it still rises, and those right of it. A kink is a
//! position and the drop of the slope there. A ramp moves the left ones down and the right ones up by one offset; adding an
//! hour inserts that hour's kinks and moves slope across the peak; kinks that leave `[0, top]` fall away. The ends of the
//! domain are kinks with a drop without end and are not stored.

/// Drops below this are rounding noise, USD/MWh.
const LEAST_DROP: f64 = 1e-10;

/// A kink: position as stored (without the offset), and drop of the slope, USD/MWh.
type Kink = (f64, f64);

/// The value of a draw up to some hour, without the height of its peak.
#[derive(Debug, Default)]
pub(super) struct ValueFunction {
    /// Kinks left of the peak, upwards; true position is stored − `offset`.
    left: Vec<Kink>,
    /// Kinks right of the peak, downwards; true position is stored + `offset`.
    right: Vec<Kink>,
    /// First kink of `left` and of `right` that still lies in the domain.
    left_from: usize,
    right_from: usize,
    offset: f64,
}

impl ValueFunction {
    /// Any draw is worth the same.
    pub(super) fn free(&mut self) {
        self.left.clear();
        self.right.clear();
        (self.left_from, self.right_from, self.offset) = (0, 0, 0.0);
    }

    /// Only the draw `at` is possible (it must be the top of the domain).
    pub(super) fn pinned(&mut self, at: f64) {
        self.free();
        self.left.push((at, f64::INFINITY));
    }

    /// Lets the draw change by up to `ramp`.
    pub(super) fn ramp(&mut self, ramp: f64) {
        self.offset += ramp;
        while self.left_from < self.left.len() && self.left[self.left_from].0 < self.offset {
            self.left_from += 1;
        }
        if self.left_from > 64 {
            self.left.drain(..self.left_from);
            self.left_from = 0;
        }
        if self.offset > 256.0 * (ramp + 1.0) {
            self.settle();
        }
    }

    /// Puts the offset into the positions, so that it does not grow with the horizon.
    fn settle(&mut self) {
        let offset = std::mem::take(&mut self.offset);
        self.left.iter_mut().for_each(|kink| kink.0 -= offset);
        self.right.iter_mut().for_each(|kink| kink.0 += offset);
    }

    /// Limits the draw to `top`.
    pub(super) fn limit(&mut self, top: f64) {
        while self.right_from < self.right.len() && self.right[self.right_from].0 + self.offset >= top {
            self.right_from += 1;
        }
        if self.right_from > 64 {
            self.right.drain(..self.right_from);
            self.right_from = 0;
        }
        let mut drop = 0.0;
        while let Some(&(position, weight)) = self.last_left()
            && position - self.offset > top
        {
            drop += weight;
            self.left.pop();
        }
        if drop > 0.0 {
            self.left.push((top + self.offset, drop));
        }
    }

    /// Adds a line of slope `slope` to the function on `[0, top]`.
    pub(super) fn add_slope(&mut self, slope: f64, top: f64) {
        if slope > 0.0 {
            self.raise(slope, top);
        } else {
            self.lower(-slope);
        }
    }

    /// Adds a kink within the domain: the slope falls by `drop` above `position`.
    pub(super) fn add_kink(&mut self, position: f64, drop: f64) {
        if drop < LEAST_DROP {
            return;
        }
        let peak = self.last_left().map_or(0.0, |kink| kink.0 - self.offset);
        if position >= peak {
            let stored = position - self.offset;
            let mut at = self.right.len();
            while at > self.right_from && self.right[at - 1].0 < stored {
                at -= 1;
            }
            self.right.insert(at, (stored, drop));
        } else {
            let stored = position + self.offset;
            let mut at = self.left.len();
            while at > self.left_from && self.left[at - 1].0 > stored {
                at -= 1;
            }
            self.left.insert(at, (stored, drop));
            self.lower(drop);
        }
    }

    /// The largest draw at which the function peaks.
    pub(super) fn peak(&self, top: f64) -> f64 {
        self.last_right().map_or(top, |kink| kink.0 + self.offset).min(top)
    }

    fn last_left(&self) -> Option<&Kink> {
        self.left[self.left_from..].last()
    }

    fn last_right(&self) -> Option<&Kink> {
        self.right[self.right_from..].last()
    }

    /// Slope rises by `slope` everywhere: the peak moves right across kinks worth as much.
    fn raise(&mut self, mut slope: f64, top: f64) {
        while slope > LEAST_DROP {
            let Some(&(position, drop)) = self.last_right() else {
                self.left.push((top + self.offset, slope));
                return;
            };
            let moved = drop.min(slope);
            self.left.push((position + 2.0 * self.offset, moved));
            slope -= moved;
            self.right.pop();
            if drop - moved > LEAST_DROP {
                self.right.push((position, drop - moved));
            }
        }
    }

    /// Slope falls by `slope` everywhere: the peak moves left.
    fn lower(&mut self, mut slope: f64) {
        while slope > LEAST_DROP {
            let Some(&(position, drop)) = self.last_left() else {
                self.right.push((-self.offset, slope));
                return;
            };
            let moved = drop.min(slope);
            self.right.push((position - 2.0 * self.offset, moved));
            slope -= moved;
            self.left.pop();
            if drop - moved > LEAST_DROP {
                self.left.push((position, drop - moved));
            }
        }
    }
}

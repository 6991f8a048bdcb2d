//! Axes: where a value stands, and which values are written beside it.

use crate::numbers::grouped;

/// How values map to an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Linear,
    /// Equal ratios apart equally.
    Log,
    /// Linear from minus to plus this value, logarithmic beyond; a factor of ten is as long as from zero to it.
    Symlog(f64),
}

/// An axis from its lowest to its highest value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    form: Form,
}

impl Scale {
    /// A linear axis exactly from `low` to `high`; from 0 to 1 above `low` if they leave nothing between.
    pub(super) fn linear(low: f64, high: f64) -> Self {
        let low = if low.is_finite() { low } else { 0.0 };
        let apart = high.is_finite() && high - low > f64::EPSILON * low.abs().max(high.abs());
        Self { low, high: if apart { high } else { low + low.abs().max(1.0) }, form: Form::Linear }
    }

    /// A linear axis out to the next round values, with a tick at either end.
    pub(super) fn rounded(low: f64, high: f64, ticks: usize) -> Self {
        let exact = Self::linear(low, high);
        let mut rounded = exact;
        // Rounding outwards may lengthen the axis so far that its ticks move apart.
        for _ in 0..4 {
            let step = round_step(rounded.high - rounded.low, ticks);
            // A value within a hair of a round one does not need the next.
            let outwards = |value: f64| (value / step - 1e-9).ceil() * step;
            rounded = Self { low: -outwards(-exact.low), high: outwards(exact.high), form: Form::Linear };
        }
        rounded
    }

    /// A logarithmic axis; both ends above zero.
    pub(super) fn log(low: f64, high: f64) -> Self {
        debug_assert!(low > 0.0 && high > low);
        Self { low, high, form: Form::Log }
    }

    /// An axis linear within `linear_to` of zero and logarithmic beyond.
    pub(super) fn symlog(low: f64, high: f64, linear_to: f64) -> Self {
        Self { form: Form::Symlog(linear_to), ..Self::linear(low, high) }
    }

    pub(super) fn is_log(&self) -> bool {
        self.form == Form::Log
    }

    pub(super) fn low(&self) -> f64 {
        self.low
    }

    pub(super) fn high(&self) -> f64 {
        self.high
    }

    /// Where a value stands, 0 at the lowest and 1 at the highest; what lies outside stands at the end.
    pub(super) fn share(&self, value: f64) -> f64 {
        let bend = |v: f64| match self.form {
            Form::Linear => v,
            Form::Log => v.max(self.low).ln(),
            Form::Symlog(to) if v.abs() > to => v.signum() * (1.0 + (v.abs() / to).log10()),
            Form::Symlog(to) => v / to,
        };
        ((bend(value) - bend(self.low)) / (bend(self.high) - bend(self.low))).clamp(0.0, 1.0)
    }

    /// Values to write, ascending, with their text; about `wanted` of them.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        let values = match self.form {
            Form::Linear => self.linear_ticks(wanted),
            Form::Log => self.log_ticks(),
            Form::Symlog(to) => {
                let beyond: Vec<f64> =
                    (0..9).flat_map(|k| [1.0, 5.0].map(|m| m * 10f64.powi(k) * to)).collect();
                let mut values: Vec<f64> = beyond.iter().map(|v| -v).rev().collect();
                values.extend([-to / 2.0, 0.0, to / 2.0]);
                values.extend(beyond);
                values
            }
        };
        let within = values.into_iter().filter(|v| *v >= self.low * (1.0 - 1e-9 * self.low.signum()) - 1e-12);
        let within: Vec<f64> = within.filter(|v| *v <= self.high + 1e-9 * self.high.abs()).collect();
        let step = within.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
        within
            .iter()
            .map(|v| {
                // Linear ticks share their decimals; on the others each has its own.
                let finest = if self.form == Form::Linear && step.is_finite() { step } else { v.abs() };
                (*v, grouped(*v, decimals(finest)))
            })
            .collect()
    }

    fn linear_ticks(&self, wanted: usize) -> Vec<f64> {
        let step = round_step(self.high - self.low, wanted);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }

    fn log_ticks(&self) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        let multiples: &[f64] = match self.high / self.low {
            ratio if ratio < 400.0 => &[1.0, 2.0, 5.0],
            ratio if ratio < 1e5 => &[1.0, 3.0],
            _ => &[1.0],
        };
        (first..=last).flat_map(|k| multiples.iter().map(move |m| m * 10f64.powi(k))).collect()
    }
}

/// 1, 2 or 5 times a power of ten, so that about `wanted` steps fill the range.
fn round_step(range: f64, wanted: usize) -> f64 {
    let raw = range / wanted.max(1) as f64;
    let power = 10f64.powf(raw.log10().floor());
    let multiple = [1.0, 2.0, 5.0].into_iter().find(|m| raw <= m * power * (1.0 + 1e-9)).unwrap_or(10.0);
    multiple * power
}

/// Decimals that show a number of this size.
fn decimals(size: f64) -> usize {
    if size <= 0.0 || size >= 0.999_999 { 0 } else { (-(size * 1.000_001).log10().floor()).min(9.0) as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(scale: Scale, wanted: usize) -> String {
        scale.ticks(wanted).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(texts(Scale::rounded(0.0, 300.0, 6), 6), "0 50 100 150 200 250 300");
        assert_eq!(texts(Scale::rounded(-0.13, 0.31, 5), 5), "−0.2 0.0 0.2 0.4");
        assert_eq!(texts(Scale::rounded(-25.0, 70.0, 5), 5), "−50 0 50 100");
        assert_eq!(texts(Scale::rounded(0.0, 12_000.0, 4), 4), "0 5,000 10,000 15,000");
        assert_eq!(texts(Scale::log(0.3, 70.0), 5), "0.5 1 2 5 10 20 50");
        assert_eq!(texts(Scale::symlog(-60.0, 5_000.0, 100.0), 5), "−50 0 50 100 500 1,000 5,000");
    }

    #[test]
    fn empty_ranges_still_make_an_axis() {
        for (low, high) in
            [(0.0, 0.0), (5.0, 5.0), (-3.0, -3.0), (f64::INFINITY, f64::NEG_INFINITY), (1e9, 1e9)]
        {
            let scale = Scale::rounded(low, high, 5);
            assert!(scale.high() > scale.low() && scale.ticks(5).len() > 1, "{low} {high}");
            assert!(scale.share(low).is_finite());
        }
    }

    #[test]
    fn shares_run_from_low_to_high() {
        for scale in [Scale::linear(-2.0, 8.0), Scale::log(0.1, 100.0), Scale::symlog(-200.0, 5e3, 100.0)] {
            assert_eq!((scale.share(scale.low()), scale.share(scale.high())), (0.0, 1.0));
            assert_eq!((scale.share(-1e9), scale.share(1e9)), (0.0, 1.0));
            let shares: Vec<f64> = scale.ticks(5).iter().map(|(v, _)| scale.share(*v)).collect();
            assert!(shares.windows(2).all(|w| w[0] < w[1]));
        }
        assert!((Scale::log(0.1, 1000.0).share(10.0) - 0.5).abs() < 1e-12);
    }
}

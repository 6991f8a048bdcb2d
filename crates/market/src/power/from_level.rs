//! Expected prices when the slow level is known at the first opening: between the law of that day and the long-run law.
//!
//! After `d` days the level is normal with mean `ρ^d m` and variance `1 - ρ^2d (1 - e²)`, where `m` and `e` are its value and error
//! at the opening; the other factors are at their long-run law. So the rank variable is normal too, with mean and variance shifted
//! by the level's share.

use super::{HOURS, PowerCalibration};
use crate::normal_table::normal_pdf;

/// Half width and step of the sum over a standard normal variable.
const WIDTH: f64 = 8.0;
const STEP: f64 = 0.05;

impl PowerCalibration {
    /// Expected price of a day in calendar month `month0` (0 to 11), the `day`-th from 1 after the opening at which the slow level
    /// was `level` with a standard error; mean over local hours, USD/MWh, before floor and cap.
    ///
    /// # Panics
    /// If the month is out of range.
    #[must_use]
    pub fn mean_after_level(&self, month0: usize, day: u32, (level, error): (f64, f64)) -> f64 {
        let retained = (-24.0 * f64::from(day) / self.factors().slow.hours).exp();
        let [amplitude, ..] = self.factors().amplitudes();
        let known = amplitude * retained;
        let sd = (1.0 - known * known * (1.0 - error * error)).sqrt();
        let n = (2.0 * WIDTH / STEP) as usize;
        (0..=n)
            .map(|point| {
                let x = STEP * point as f64 - WIDTH;
                let z = known * level + sd * x;
                let price = (0..HOURS).map(|hour| self.price(month0, hour, z)).sum::<f64>() / HOURS as f64;
                STEP * normal_pdf(x) * price
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_not_known_or_long_ago_gives_the_long_run_mean() {
        let law = PowerCalibration::builtin("lz-west").expect("it is shipped");
        for month0 in [0, 7] {
            let mean = law.mean(month0);
            assert!((law.mean_after_level(month0, 1, (0.0, 1.0)) / mean - 1.0).abs() < 1e-3);
            assert!((law.mean_after_level(month0, 3_000, (2.0, 0.0)) / mean - 1.0).abs() < 1e-3);
            let high = law.mean_after_level(month0, 1, (2.0, 0.0));
            let later = law.mean_after_level(month0, 90, (2.0, 0.0));
            assert!(high > later && later > mean, "{high} {later} {mean}");
        }
    }
}

//! A calibration with its spikes multiplied: each knot of its tables is moved.

use super::{KNOTS, PowerCalibration, cumulated_expectation, pieces};
use crate::spikes::SpikeLaw;

impl PowerCalibration {
    /// The same factors with tables whose prices above a threshold are multiplied; the statistics stay those of the fit.
    ///
    /// Between the two knots about the threshold prices stay on a line.
    #[must_use]
    pub fn with_spikes(mut self, spikes: &SpikeLaw) -> Self {
        if spikes.is_as_observed() {
            return self;
        }
        for (row, below) in self.rows.iter_mut().zip(&mut self.below_knot) {
            let quantiles: [f64; KNOTS] = std::array::from_fn(|knot| spikes.price(row[knot].value));
            *row = pieces(&quantiles);
            *below = cumulated_expectation(row);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law() -> PowerCalibration {
        PowerCalibration::builtin("lz-west").expect("it is shipped")
    }

    #[test]
    fn a_multiple_of_one_changes_no_bit() {
        let (law, same) = (law(), law().with_spikes(&SpikeLaw::default()));
        for month0 in 0..12 {
            assert_eq!(law.mean(month0).to_bits(), same.mean(month0).to_bits());
            assert_eq!(law.price(month0, 18, 2.3).to_bits(), same.price(month0, 18, 2.3).to_bits());
        }
    }

    #[test]
    fn what_stands_above_the_threshold_is_multiplied_and_the_rest_stays() {
        let (law, spikes) = (law(), SpikeLaw { multiple: 3.0, above_usd_per_mwh: 100.0 });
        let spiked = law.clone().with_spikes(&spikes);
        let mut n_above = 0;
        for (month0, hour) in (0..12).flat_map(|month0| (0..24).map(move |hour| (month0, hour))) {
            for knot in 0..KNOTS {
                let z = -4.0 + 0.125 * knot as f64;
                let price = law.price(month0, hour, z);
                let expected = if price > 100.0 { 100.0 + 3.0 * (price - 100.0) } else { price };
                assert!((spiked.price(month0, hour, z) - expected).abs() < 1e-9 * expected.abs().max(1.0));
                n_above += usize::from(price > 100.0);
            }
        }
        assert!(n_above > 1_000, "{n_above}");
        // What is added to the mean is (k - 1) E[(P - T)+] of each month, up to the line about the threshold.
        for month0 in 0..12 {
            let (below, expectation) = law.expected_below(month0, 100.0);
            let excess = law.mean(month0) - expectation - 100.0 * (1.0 - below);
            let added = spiked.mean(month0) - law.mean(month0);
            assert!((added / (2.0 * excess) - 1.0).abs() < 0.02, "{month0}: {added} {excess}");
        }
    }

    #[test]
    fn a_multiple_of_zero_cuts_prices_off_at_the_threshold() {
        let cut = law().with_spikes(&SpikeLaw { multiple: 0.0, above_usd_per_mwh: 60.0 });
        assert_eq!(cut.price(7, 17, 3.5), 60.0);
        let (probability, mean) = cut.expected_below(7, 60.01);
        assert!((probability - 1.0).abs() < 1e-12 && (mean - cut.mean(7)).abs() < 1e-12);
    }
}

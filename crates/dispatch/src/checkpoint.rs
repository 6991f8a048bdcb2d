//! Checkpoints of a training run: how often to write them, and what an interruption costs.
//!
//! Failures come as a Poisson process with mean time `M` between them; writing a checkpoint takes `C`, restarting from one
//! takes `R`. With work `τ` between checkpoints an hour of work needs `T(τ) = M e^{R/M} (e^{(τ+C)/M} − 1) / τ` hours of wall
//! time. `T` is least at `τ = M (1 + W(−e^{−C/M−1}))`, `W` the principal branch of Lambert's function.
//! Source: Young 1974; Daly 2006, Future Generation Computer Systems 22(3); the exact optimum follows from
//! `T' = 0`.

use site::units::UnitError;

/// Newton steps that suffice from the start used here; each about doubles the correct digits.
const NEWTON_STEPS: usize = 20;

/// How often a training run fails and what writing and reading its checkpoints takes.
///
/// All methods are homogeneous in time: hours in, hours out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CheckpointLaw {
    mtbf_hours: f64,
    checkpoint_hours: f64,
    restart_hours: f64,
}

impl CheckpointLaw {
    /// A law from the mean time between failures, the time to write a checkpoint and the time to restart, hours.
    ///
    /// # Errors
    /// If the first two are not above 0, the last is below 0, or one is not finite.
    pub fn try_new(mtbf_hours: f64, checkpoint_hours: f64, restart_hours: f64) -> Result<Self, UnitError> {
        above_zero("mean time between failures", mtbf_hours)?;
        above_zero("checkpoint time", checkpoint_hours)?;
        if !(restart_hours >= 0.0 && restart_hours.is_finite()) {
            return Err(UnitError {
                quantity: "restart time",
                value: restart_hours,
                range: "at least 0",
                unit: "h",
            });
        }
        Ok(Self { mtbf_hours, checkpoint_hours, restart_hours })
    }

    /// Mean time between failures `M`, hours.
    #[must_use]
    pub fn mtbf_hours(&self) -> f64 {
        self.mtbf_hours
    }

    /// Time to write a checkpoint `C`, hours.
    #[must_use]
    pub fn checkpoint_hours(&self) -> f64 {
        self.checkpoint_hours
    }

    /// Time to restart `R`, hours.
    #[must_use]
    pub fn restart_hours(&self) -> f64 {
        self.restart_hours
    }

    /// Young's interval `sqrt(2 C M)`, hours of work between checkpoints.
    #[must_use]
    pub fn young_hours(&self) -> f64 {
        (2.0 * self.checkpoint_hours * self.mtbf_hours).sqrt()
    }

    /// Daly's interval, hours of work: Young's with two more terms, less `C`; `M` where `C` is at least `2 M`.
    #[must_use]
    pub fn daly_hours(&self) -> f64 {
        if self.checkpoint_hours >= 2.0 * self.mtbf_hours {
            return self.mtbf_hours;
        }
        let half = self.checkpoint_hours / (2.0 * self.mtbf_hours);
        self.young_hours() * (1.0 + half.sqrt() / 3.0 + half / 9.0) - self.checkpoint_hours
    }

    /// The interval with the least wall time, hours of work; below `M`.
    ///
    /// With `W = −e^{−v}` its equation reads `v + e^{−v} − 1 = C / M`, which has no cancellation to fear at either end
    /// and is convex, so that Newton's iteration closes in from above.
    #[must_use]
    pub fn optimal_hours(&self) -> f64 {
        let ratio = self.checkpoint_hours / self.mtbf_hours;
        let mut v = (2.0 * ratio).sqrt() + ratio;
        for _ in 0..NEWTON_STEPS {
            v += (ratio - excess(v)) / -(-v).exp_m1();
        }
        self.mtbf_hours * -(-v).exp_m1()
    }

    /// Wall time per hour of work `T(τ)`, at least 1, when checkpoints come every `interval_hours` (above 0) of work.
    #[must_use]
    pub fn wall_time_factor(&self, interval_hours: f64) -> f64 {
        let cycle = ((interval_hours + self.checkpoint_hours) / self.mtbf_hours).exp_m1();
        self.mtbf_hours / interval_hours * (self.restart_hours / self.mtbf_hours).exp() * cycle
    }

    /// Share of wall time that is not work, `1 − 1/T(τ)`.
    #[must_use]
    pub fn waste(&self, interval_hours: f64) -> f64 {
        1.0 - 1.0 / self.wall_time_factor(interval_hours)
    }

    /// The usual estimate `C/τ + τ/(2M) + R/M`: wasted time per hour of work to first order, `T(τ) − 1` for rare failures.
    #[must_use]
    pub fn waste_first_order(&self, interval_hours: f64) -> f64 {
        self.checkpoint_hours / interval_hours + (0.5 * interval_hours + self.restart_hours) / self.mtbf_hours
    }

    /// What one interruption costs a run that writes checkpoints every `interval_hours` of work.
    ///
    /// It strikes at a random instant of the work: without notice half an interval is lost in the mean. With notice of at
    /// least `C` a checkpoint is written first and nothing is lost but `C`; where half an interval is worth less than
    /// `C`, it is not worth writing. Shorter notice, or none (0), does not help.
    #[must_use]
    pub fn interruption(&self, interval_hours: f64, notice_hours: f64) -> Interruption {
        let lost = 0.5 * interval_hours;
        let writes = notice_hours >= self.checkpoint_hours && self.checkpoint_hours < lost;
        Interruption {
            lost_work_hours: if writes { 0.0 } else { lost },
            checkpoint_hours: if writes { self.checkpoint_hours } else { 0.0 },
            restart_hours: self.restart_hours,
        }
    }
}

/// Expected cost of one interruption, hours of the GPUs that it hits, without the hours they stand still meanwhile.
///
/// The standstill is curtailed energy and is counted there.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interruption {
    /// Work done since the last checkpoint, to be done again.
    pub lost_work_hours: f64,
    /// Time to write a checkpoint on notice.
    pub checkpoint_hours: f64,
    /// Time to restart.
    pub restart_hours: f64,
}

impl Interruption {
    /// All of it, hours of GPU work.
    #[must_use]
    pub fn hours(&self) -> f64 {
        self.lost_work_hours + self.checkpoint_hours + self.restart_hours
    }

    /// Cost for training of `mw` whose work is worth `value_usd_per_mwh`, USD; both on the same side of the PUE.
    #[must_use]
    pub fn cost_usd(&self, mw: f64, value_usd_per_mwh: f64) -> f64 {
        self.hours() * mw * value_usd_per_mwh
    }
}

/// `v + e^{−v} − 1` for `v ≥ 0`, by its series where the terms would cancel.
fn excess(v: f64) -> f64 {
    if v > 0.5 {
        return v + (-v).exp_m1();
    }
    // v²/2! − v³/3! + … nested from the fourteenth power, which is below rounding at v = 1/2.
    let nested = (3..=14).rev().fold(1.0, |sum, k| 1.0 - v / f64::from(k) * sum);
    0.5 * v * v * nested
}

fn above_zero(quantity: &'static str, value: f64) -> Result<(), UnitError> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(UnitError { quantity, value, range: "above 0", unit: "h" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Half a unit of the last printed digit of the oracles.
    const TEN_DIGITS: f64 = 0.5e-10;

    fn law(mtbf: f64, checkpoint: f64, restart: f64) -> CheckpointLaw {
        CheckpointLaw::try_new(mtbf, checkpoint, restart).unwrap()
    }

    /// Oracle O18: 419 unplanned interruptions in 54 days, in minutes, which the formulas do not mind.
    #[test]
    fn frontier_run_matches_the_oracle_to_all_digits() {
        let law = law(54.0 * 1_440.0 / 419.0, 5.0, 10.0);
        assert!((law.mtbf_hours() - 185.584_725_537_0).abs() < TEN_DIGITS, "{}", law.mtbf_hours());
        assert!((law.young_hours() - 43.079_545_672_7).abs() < TEN_DIGITS);
        assert!((law.daly_hours() - 39.810_692_540_7).abs() < TEN_DIGITS);
        assert!((law.optimal_hours() - 39.812_715_301_8).abs() < TEN_DIGITS);
        let factor = law.wall_time_factor(law.optimal_hours());
        assert!((factor - 1.343_598_465_4).abs() < TEN_DIGITS);
        assert!((law.waste(law.optimal_hours()) - (1.0 - 1.0 / 1.343_598_465_4)).abs() < TEN_DIGITS);
    }

    #[test]
    fn quick_checkpoints_approach_the_square_root_law() {
        for ratio in [1e-14, 1e-10, 1e-6, 1e-4] {
            let law = law(1.0, ratio, 0.0);
            let two_terms = (2.0 * ratio).sqrt() - 2.0 / 3.0 * ratio;
            let error = law.optimal_hours() / two_terms - 1.0;
            assert!(error.abs() < ratio / 10.0 + 4.0 * f64::EPSILON, "C/M {ratio}: {error}");
            // Wasted per hour of work: the first order is right but for terms of order C/M.
            let interval = law.optimal_hours();
            let missing = law.wall_time_factor(interval) - 1.0 - law.waste_first_order(interval);
            assert!(missing.abs() < 2.0 * ratio + 1e-13, "C/M {ratio}: {missing}");
        }
    }

    #[test]
    fn slow_checkpoints_approach_the_mean_time_between_failures() {
        let gap = 1.0 - law(1.0, 10.0, 0.0).optimal_hours();
        // W(z) = z − z² + … near 0, with z = −e^{−11}.
        let z = (-11.0_f64).exp();
        assert!((gap - (z + z * z)).abs() < 1e-12, "{gap}");
        assert_eq!(law(3.0, 3_000.0, 0.0).optimal_hours(), 3.0);
        assert_eq!(law(3.0, 6.0, 0.0).daly_hours(), 3.0);
    }

    #[test]
    fn notice_saves_work_once_it_covers_a_checkpoint() {
        let law = law(10.0, 0.25, 0.5);
        let cost = |notice| law.interruption(2.0, notice);
        let unannounced = Interruption { lost_work_hours: 1.0, checkpoint_hours: 0.0, restart_hours: 0.5 };
        let written = Interruption { lost_work_hours: 0.0, checkpoint_hours: 0.25, restart_hours: 0.5 };
        assert_eq!(cost(0.0), unannounced);
        assert_eq!(cost(0.2499), unannounced);
        assert_eq!(cost(0.25), written);
        assert_eq!(cost(24.0), written);
        assert_eq!(unannounced.cost_usd(40.0, 2_000.0), 120_000.0);
        assert_eq!(written.cost_usd(40.0, 2_000.0), 60_000.0);
        // A checkpoint that takes longer than the work it saves is not written.
        assert_eq!(law.interruption(0.4, 24.0).hours(), 0.7);
    }

    #[test]
    fn times_out_of_range_name_field_value_and_range() {
        let text = |m, c, r| CheckpointLaw::try_new(m, c, r).unwrap_err().to_string();
        assert_eq!(text(0.0, 1.0, 1.0), "mean time between failures is 0, allowed is above 0 h");
        assert_eq!(text(1.0, -1.0, 1.0), "checkpoint time is -1, allowed is above 0 h");
        assert_eq!(text(1.0, 1.0, f64::NAN), "restart time is NaN, allowed is at least 0 h");
        assert!(CheckpointLaw::try_new(f64::INFINITY, 1.0, 1.0).is_err());
    }

    proptest! {
        #[test]
        fn exact_optimum_beats_both_neighbours_and_the_closed_forms(
            mtbf in 0.1..1_000.0_f64, log_ratio in -6.0..1.0_f64, restart in 0.0..2.0_f64,
        ) {
            let law = law(mtbf, mtbf * 10.0_f64.powf(log_ratio), restart);
            let best = law.optimal_hours();
            let factor = law.wall_time_factor(best);
            prop_assert!(best > 0.0 && best < mtbf);
            prop_assert!(factor < law.wall_time_factor(best * 0.99));
            prop_assert!(factor < law.wall_time_factor(best * 1.01));
            let rounding = factor * 1e-12;
            prop_assert!(factor <= law.wall_time_factor(law.young_hours()) + rounding);
            prop_assert!(factor <= law.wall_time_factor(law.daly_hours()) + rounding);
        }

        #[test]
        fn notice_never_costs_and_depth_is_linear(
            mtbf in 1.0..100.0_f64, checkpoint in 0.01..5.0_f64, notice in 0.0..6.0_f64, mw in 0.0..500.0_f64,
        ) {
            let law = law(mtbf, checkpoint, 0.3);
            let interval = law.optimal_hours();
            let (with, without) = (law.interruption(interval, notice), law.interruption(interval, 0.0));
            prop_assert!(with.hours() <= without.hours());
            prop_assert!((with.cost_usd(2.0 * mw, 9.0) - 2.0 * with.cost_usd(mw, 9.0)).abs() < 1e-6);
        }
    }
}

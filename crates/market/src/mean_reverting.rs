//! A mean-reverting level: the Ornstein–Uhlenbeck process, advanced exactly.
//!
//! `dx = κ (θ − x) dt + σ dW`. Over any span the level is normal with known mean and variance, so a
//! step of a month carries no discretisation error. Used for logs of the lease rate and of the GPU-hour price.
//! Source: Uhlenbeck and Ornstein (1930); Glasserman, "Monte Carlo Methods in Financial Engineering", section 3.3.

/// Speed and noise of a mean-reverting level; the target `θ` is given step by step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanReverting {
    /// Speed of reversion `κ`, per year; zero makes a random walk.
    pub kappa_per_year: f64,
    /// Noise `σ`, in units of the level per square root of a year.
    pub sigma_per_sqrt_year: f64,
}

impl MeanReverting {
    /// Share of a gap to the target that is left after `years`, from 0 to 1.
    pub fn retained(&self, years: f64) -> f64 {
        (-self.kappa_per_year * years).exp()
    }

    /// Expected level after `years` from `level`, with the target held at `target`.
    pub fn mean(&self, level: f64, target: f64, years: f64) -> f64 {
        target + (level - target) * self.retained(years)
    }

    /// Variance of the level after `years`, from a known start.
    pub fn variance(&self, years: f64) -> f64 {
        let noise = self.sigma_per_sqrt_year * self.sigma_per_sqrt_year;
        let exponent = 2.0 * self.kappa_per_year * years;
        // The limit of no reversion is the variance of a random walk, where the quotient is 0/0.
        if exponent == 0.0 { noise * years } else { noise * years * -(-exponent).exp_m1() / exponent }
    }

    /// Variance in the long run; infinite without reversion.
    pub fn stationary_variance(&self) -> f64 {
        self.sigma_per_sqrt_year * self.sigma_per_sqrt_year / (2.0 * self.kappa_per_year)
    }

    /// Years in which half of a gap to the target closes.
    pub fn half_life_years(&self) -> f64 {
        std::f64::consts::LN_2 / self.kappa_per_year
    }

    /// Expected exponential of the level after `years`: the mean price when the level is its log.
    pub fn mean_exponential(&self, level: f64, target: f64, years: f64) -> f64 {
        (self.mean(level, target, years) + 0.5 * self.variance(years)).exp()
    }

    /// The level after `years`, exactly, given one standard normal `innovation`.
    pub fn step(&self, level: f64, target: f64, years: f64, innovation: f64) -> f64 {
        self.mean(level, target, years) + self.variance(years).sqrt() * innovation
    }
}

#[cfg(test)]
mod tests {
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::stream::{Factor, Stream};

    const PROCESS: MeanReverting = MeanReverting { kappa_per_year: 0.25, sigma_per_sqrt_year: 0.2 };

    #[test]
    fn five_years_from_twice_the_target_match_the_closed_form() {
        // Oracle O10: log price from ln 60 towards ln 30.
        let (level, target) = (60f64.ln(), 30f64.ln());
        let check = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-10, "{value}");
        check(PROCESS.mean(level, target, 5.0), 3.599_787_373_8);
        check(PROCESS.variance(5.0), 0.073_433_200_1);
        check(PROCESS.mean_exponential(level, target, 5.0), 37.958_899_181_1);
        check(PROCESS.stationary_variance(), 0.08);
        check(PROCESS.half_life_years(), 2.772_588_722_2);
    }

    #[test]
    fn sixty_monthly_steps_compose_to_one_step_of_five_years() {
        let (mut mean, mut variance) = (4.0, 0.0);
        for _ in 0..60 {
            mean = PROCESS.mean(mean, 3.0, 1.0 / 12.0);
            let retained = PROCESS.retained(1.0 / 12.0);
            variance = variance * retained * retained + PROCESS.variance(1.0 / 12.0);
        }
        assert!((mean - PROCESS.mean(4.0, 3.0, 5.0)).abs() < 1e-12);
        assert!((variance - PROCESS.variance(5.0)).abs() < 1e-12);
    }

    #[test]
    fn no_reversion_is_a_random_walk() {
        let walk = MeanReverting { kappa_per_year: 0.0, ..PROCESS };
        assert_eq!(walk.mean(1.0, 9.0, 3.0), 1.0);
        assert!((walk.variance(3.0) - 0.12).abs() < 1e-15);
        let slow = MeanReverting { kappa_per_year: 1e-9, ..PROCESS };
        assert!((slow.variance(3.0) - 0.12).abs() < 1e-8);
    }

    #[test]
    fn sampled_steps_have_the_stated_moments() {
        let n = 1_000_000;
        let mut stream = Stream::new(3, 0, Factor::Lease, 0);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let mut level = 60f64.ln();
            for _ in 0..5 {
                level = PROCESS.step(level, 30f64.ln(), 1.0, StandardNormal.sample(&mut stream));
            }
            sum += level;
            squares += level * level;
        }
        let (mean, variance) = (sum / n as f64, 0.073_433_200_1f64);
        let sampled_variance = squares / n as f64 - mean * mean;
        assert!((mean - 3.599_787_373_8).abs() < 4.0 * (variance / n as f64).sqrt());
        assert!((sampled_variance / variance - 1.0).abs() < 4.0 * (2.0 / n as f64).sqrt());
    }
}

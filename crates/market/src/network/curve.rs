//! A level over time, known month by month or growing at a constant rate.

/// An expected level: its log is linear between knots, and grows evenly after the last; before the first of several it is
/// flat, and round a single one it grows evenly both ways.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelCurve {
    /// Days since the first opening, ascending, and the log of the level there.
    knots: Vec<(f64, f64)>,
    /// Log growth per day after the last knot.
    growth_per_day: f64,
}

impl LevelCurve {
    /// A level above zero that grows by an effective rate per year of 365.25 days.
    #[must_use]
    pub fn growing(level: f64, growth_per_year: f64) -> Self {
        Self {
            knots: vec![(0.0, level.ln())],
            growth_per_day: growth_per_year.ln_1p() / super::DAYS_PER_YEAR,
        }
    }

    /// A level at each of several days, which ascend, and the growth per year after the last.
    ///
    /// # Panics
    /// If there is no knot.
    #[must_use]
    pub fn through(levels: &[(f64, f64)], growth_per_year: f64) -> Self {
        assert!(!levels.is_empty(), "a curve has a knot");
        Self {
            knots: levels.iter().map(|&(day, level)| (day, level.ln())).collect(),
            growth_per_day: growth_per_year.ln_1p() / super::DAYS_PER_YEAR,
        }
    }

    /// The curve with a log drift a year of 365.25 days taken off it from the first opening on.
    #[must_use]
    pub fn less_drift(&self, log_per_year: f64) -> Self {
        let per_day = log_per_year / super::DAYS_PER_YEAR;
        let mut knots = self.knots.clone();
        if knots.len() > 1 && knots[0].0 > 0.0 {
            // Flat up to its first knot until now; the drift begins at the opening.
            knots.insert(0, (0.0, knots[0].1));
        }
        knots.iter_mut().for_each(|(day, ln)| *ln -= per_day * *day);
        Self { knots, growth_per_day: self.growth_per_day - per_day }
    }

    /// The level at the first opening.
    #[must_use]
    pub fn start(&self) -> f64 {
        self.ln_at(0.0).exp()
    }

    /// Log of the level at `day`.
    #[must_use]
    pub fn ln_at(&self, day: f64) -> f64 {
        let after = self.knots.partition_point(|(at, _)| *at <= day);
        match (after.checked_sub(1).map(|last| self.knots[last]), self.knots.get(after)) {
            (Some((at, ln)), None) => ln + self.growth_per_day * (day - at),
            (Some((at, ln)), Some((next, ln_next))) => ln + (ln_next - ln) * (day - at) / (next - at),
            (None, Some((at, ln))) if self.knots.len() == 1 => ln + self.growth_per_day * (day - at),
            (None, Some((_, ln))) => *ln,
            (None, None) => f64::NAN,
        }
    }

    /// Log change of the level from one day to another.
    #[must_use]
    pub fn log_change(&self, from_day: f64, to_day: f64) -> f64 {
        self.ln_at(to_day) - self.ln_at(from_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knots_are_met_growth_carries_on_and_a_drift_comes_off() {
        let curve = LevelCurve::through(&[(10.0, 100.0), (40.0, 50.0)], 0.1);
        assert!((curve.ln_at(0.0) - 100.0_f64.ln()).abs() < 1e-12);
        assert!((curve.ln_at(25.0).exp() - 5_000.0_f64.sqrt()).abs() < 1e-9);
        assert!((curve.ln_at(40.0 + 365.25).exp() - 55.0).abs() < 1e-9);
        let tilted = curve.less_drift(0.05);
        for day in [0.0, 5.0, 10.0, 25.0, 40.0, 4_000.0] {
            let expected = curve.ln_at(day) - 0.05 * day / 365.25;
            assert!((tilted.ln_at(day) - expected).abs() < 1e-12, "day {day}");
        }
        let even = LevelCurve::growing(30.0, -0.2);
        assert!((even.log_change(0.0, 365.25) - 0.8_f64.ln()).abs() < 1e-12);
    }
}

//! What a number may be: a range with its unit.

/// Allowed numbers and their unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    low: f64,
    high: f64,
    low_open: bool,
    unit: &'static str,
}

impl Rule {
    /// Numbers from `low` to `high`, both allowed.
    #[must_use]
    pub const fn between(low: f64, high: f64, unit: &'static str) -> Self {
        Self { low, high, low_open: false, unit }
    }

    /// Numbers at or above `low`.
    #[must_use]
    pub const fn at_least(low: f64, unit: &'static str) -> Self {
        Self { low, high: f64::INFINITY, low_open: false, unit }
    }

    /// Numbers above `low` up to `high`.
    #[must_use]
    pub const fn above(low: f64, high: f64, unit: &'static str) -> Self {
        Self { low, high, low_open: true, unit }
    }

    /// The lowest number and the highest, which may be infinite.
    #[must_use]
    pub fn limits(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// Whether the lowest number itself is not allowed.
    #[must_use]
    pub fn is_above_low(&self) -> bool {
        self.low_open
    }

    /// The rule that allows what either allows, and all between; the unit is the first's.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let low_open = match self.low.total_cmp(&other.low) {
            std::cmp::Ordering::Less => self.low_open,
            std::cmp::Ordering::Equal => self.low_open && other.low_open,
            std::cmp::Ordering::Greater => other.low_open,
        };
        Self { low: self.low.min(other.low), high: self.high.max(other.high), low_open, unit: self.unit }
    }

    /// Whether a number is allowed.
    #[must_use]
    pub fn allows(&self, value: f64) -> bool {
        value.is_finite()
            && value <= self.high
            && if self.low_open { value > self.low } else { value >= self.low }
    }

    /// What is allowed, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        match (self.low_open, self.high.is_finite()) {
            (false, true) => format!("{} to {}{unit}", self.low, self.high),
            (true, true) => format!("above {} up to {}{unit}", self.low, self.high),
            (false, false) => format!("at least {}{unit}", self.low),
            (true, false) => format!("above {}{unit}", self.low),
        }
    }

    /// A number that the rule allows, to go on with after a fault.
    #[must_use]
    pub fn stand_in(&self) -> f64 {
        if !self.low_open {
            self.low.max(-1e9)
        } else if self.high.is_finite() {
            0.5 * (self.low + self.high)
        } else {
            self.low + 1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;

    #[test]
    fn a_union_is_as_wide_as_both() {
        let union = Rule::above(0.0, 1.0, "MW").or(Rule::between(0.0, 0.5, ""));
        assert_eq!(union, Rule::between(0.0, 1.0, "MW"));
        let union = Rule::above(0.0, 1.0, "MW").or(Rule::at_least(2.0, ""));
        assert!(union.is_above_low() && union.limits()[1].is_infinite());
    }
}

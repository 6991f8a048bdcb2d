//! A parameter: one knob with a name and a range, which sets one or several fields of the scenario.

use crate::value::Value;
use serde::{Deserialize, Serialize};

/// A knob of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its column; the dotted path where nothing else is said.
    pub name: String,
    /// Title for people.
    pub label: String,
    /// Unit for people; empty where it has none.
    pub unit: String,
    /// The fields it sets.
    pub targets: Vec<Target>,
    /// What it takes.
    pub levels: Levels,
    /// Its value in the base scenario, where that is known.
    pub base: Option<Value>,
    /// What equal steps are equal in, where that is stated.
    pub scale: Option<Scale>,
}

/// A field that a parameter sets, to its value times a factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Dotted path, as `--set` takes it.
    pub path: String,
    /// The factor; 1 sets the value as it is.
    pub times: f64,
}

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Levels {
    /// These values.
    List(Vec<Value>),
    /// Anything in a range.
    Range(Range),
    /// What the columns of a table of points say.
    Table,
}

/// A range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lowest value.
    pub low: f64,
    /// Highest value.
    pub high: f64,
    /// What equal steps are equal in.
    pub scale: Scale,
    /// Whether only whole numbers are taken.
    pub whole: bool,
}

/// What equal steps are equal in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// The number.
    Linear,
    /// Its logarithm.
    Log,
}

impl Scale {
    /// The number at a share of the way from one to another, 0 to 1; both above zero where the scale is a logarithm.
    #[must_use]
    pub fn between(self, from: f64, to: f64, share: f64) -> f64 {
        // The ends are the stated ones, whatever the arithmetic says.
        if share <= 0.0 {
            return from;
        }
        if share >= 1.0 {
            return to;
        }
        match self {
            Self::Linear => from + share * (to - from),
            Self::Log => from * (to / from).powf(share),
        }
    }
}

impl Range {
    /// The value at a share of the way, 0 to 1.
    #[must_use]
    pub fn at(&self, share: f64) -> Value {
        let number = self.scale.between(self.low, self.high, share);
        if self.whole { Value::Whole(number.round() as i64) } else { Value::Number(number) }
    }

    /// The value at a share below 1, such that each whole number is as likely as the next.
    #[must_use]
    pub fn draw(&self, share: f64) -> Value {
        match (self.whole, self.scale) {
            (true, Scale::Linear) => {
                let n_wholes = self.high - self.low + 1.0;
                Value::Whole((self.low + (share * n_wholes).floor()).min(self.high) as i64)
            }
            _ => self.at(share),
        }
    }

    /// `n` values at equal steps, both ends among them.
    #[must_use]
    pub fn steps(&self, n: usize) -> Vec<Value> {
        (0..n).map(|i| self.at(i as f64 / (n - 1).max(1) as f64)).collect()
    }
}

impl Parameter {
    /// Makes whole numbers of a field that has them in the base scenario, where the values are whole but for how they are written.
    pub(crate) fn take_kind_of_base(&mut self) {
        let is_single = matches!(self.targets.as_slice(), [target] if target.times == 1.0);
        if !is_single || !matches!(self.base, Some(Value::Whole(_))) {
            return;
        }
        match &mut self.levels {
            Levels::List(values)
                if values.iter().all(|value| value.number().is_some_and(|n| n.fract() == 0.0)) =>
            {
                for value in values.iter_mut() {
                    *value = Value::Whole(value.number().unwrap_or_default() as i64);
                }
            }
            Levels::Range(range) => range.whole = range.low.fract() == 0.0 && range.high.fract() == 0.0,
            Levels::List(_) | Levels::Table => {}
        }
    }

    /// What `--set` takes so that the parameter has a value.
    pub fn settings<'a>(&'a self, value: &'a Value) -> impl Iterator<Item = String> + 'a {
        self.targets
            .iter()
            .map(move |target| format!("{}={}", target.path, value.times(target.times).literal()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_hold_both_ends() {
        let range = Range { low: 10.0, high: 1_000.0, scale: Scale::Log, whole: false };
        let steps: Vec<f64> = range.steps(3).iter().filter_map(Value::number).collect();
        assert!((steps[1] - 100.0).abs() < 1e-9 && steps[0] == 10.0 && steps[2] == 1_000.0, "{steps:?}");
        let months = Range { low: 6.0, high: 24.0, scale: Scale::Linear, whole: true };
        assert_eq!(months.steps(4), [6, 12, 18, 24].map(Value::Whole));
    }

    #[test]
    fn values_of_a_whole_field_are_whole() {
        let range = Range { low: 8.0, high: 22.0, scale: Scale::Linear, whole: false };
        let mut parameter = Parameter {
            name: "lead_months".into(),
            label: String::new(),
            unit: String::new(),
            targets: vec![Target { path: "conversion.lead_months".into(), times: 1.0 }],
            levels: Levels::List(range.steps(3)),
            base: Some(Value::Whole(12)),
            scale: None,
        };
        parameter.take_kind_of_base();
        assert_eq!(parameter.levels, Levels::List([8, 15, 22].map(Value::Whole).to_vec()));
        parameter.levels = Levels::Range(range);
        parameter.take_kind_of_base();
        assert_eq!(parameter.levels, Levels::Range(Range { whole: true, ..range }));
        parameter.levels = Levels::List(range.steps(4));
        parameter.take_kind_of_base();
        assert_eq!(
            parameter.levels,
            Levels::List(range.steps(4)),
            "what is not whole stays, and fails with a reason"
        );
    }

    #[test]
    fn whole_numbers_are_drawn_equally_often() {
        let die = Range { low: 1.0, high: 6.0, scale: Scale::Linear, whole: true };
        let mut counts = [0; 6];
        for i in 0..600 {
            let Value::Whole(face) = die.draw((f64::from(i) + 0.5) / 600.0) else {
                panic!("no whole number")
            };
            counts[face as usize - 1] += 1;
        }
        assert_eq!(counts, [100; 6]);
    }
}

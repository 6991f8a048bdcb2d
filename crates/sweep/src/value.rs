//! The value of a parameter at a point.

use serde::{Deserialize, Serialize};

/// A value as TOML has it; numbers with a point stay apart from whole ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Flag(bool),
    /// Whole number.
    Whole(i64),
    /// Floating-point number, finite.
    Number(f64),
    /// Text.
    Text(String),
}

impl Value {
    /// The number it is, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            Self::Flag(_) | Self::Text(_) => None,
        }
    }

    /// The value as `--set` reads it.
    #[must_use]
    pub fn literal(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Whole(whole) => whole.to_string(),
            Self::Number(number) => format!("{number:?}"),
            // Quoted, so that text that looks like a number stays text.
            Self::Text(text) => format!("{text:?}"),
        }
    }

    /// The value times a factor; what is no number stays as it is, and so does a value that is taken once.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        match self.number() {
            Some(number) if factor != 1.0 => Self::Number(number * factor),
            _ => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_json_with_their_type() {
        let values = [
            Value::Flag(true),
            Value::Whole(-3),
            Value::Number(5.0),
            Value::Number(0.1 + 0.2),
            Value::Text("a\"b".into()),
        ];
        let text = serde_json::to_string(&values).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap(), values);
    }

    #[test]
    fn literals_are_toml() {
        assert_eq!(Value::Number(5.0).literal(), "5.0");
        assert_eq!(Value::Text("in-state".into()).literal(), "\"in-state\"");
        assert_eq!(Value::Whole(2).times(1.5), Value::Number(3.0));
        assert_eq!(Value::Whole(2).times(1.0), Value::Whole(2));
    }
}

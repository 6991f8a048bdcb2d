//! Formulas over named numbers: read and checked once, evaluated per path and month.
//!
//! Numbers, names, `+ - * /`, comparisons, `&& || !`, `abs()`, `floor()` and parentheses; no loops, no assignment, no access to
//! anything but the names, so the work is bounded by the length of the text. What cannot be computed (a division by zero, a
//! name that has no value yet) is *unknown*: so is whatever is computed from it, and a comparison with it is neither true nor
//! false. `unknown && false` is false and `unknown || true` is true, whatever the unknown would be (Kleene's logic).
//! The parser is the crate `exmex`, with operators of our own so that truths and numbers cannot mix.

use exmex::{BinOp, Express, FlatEx, MakeOperators, MatchLiteral, Operator};
use std::str::FromStr;
use thiserror::Error;

/// Longest formula, characters.
pub const MAX_FORMULA: usize = 2_000;

/// What a formula must yield.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yields {
    /// True or false.
    Truth,
    /// A number.
    Number,
}

/// Why a text is no formula.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormulaError {
    /// A name that stands for nothing.
    #[error("uses `{0}`, which is unknown")]
    UnknownName(String),
    /// A character that formulas do not have.
    #[error(
        "holds `{character}` at character {at}; allowed are numbers, names, + - * / < <= > >= == != && || ! ( ), abs() and floor()"
    )]
    Character {
        /// The character.
        character: char,
        /// Where it stands, from 1.
        at: usize,
    },
    /// Longer than [`MAX_FORMULA`].
    #[error("has {0} characters; allowed are up to {MAX_FORMULA}")]
    TooLong(usize),
    /// Operators, names and parentheses do not fit together.
    #[error("cannot be read: {0}")]
    Syntax(String),
    /// Truths and numbers are mixed, or the other one of the two was wanted.
    #[error("mixes truths and numbers: {0}")]
    Type(&'static str),
}

/// A formula, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Formula {
    text: String,
    /// Index of each used name in the list it was read with, in the order in which the parsed form takes them.
    used: Vec<usize>,
    /// Boxed, because the parser keeps up to 20 kB in place.
    parsed: Box<FlatEx<Value, Operators, Literals>>,
}

impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.used == other.used
    }
}

impl Formula {
    /// Reads a formula over `names` that must yield a number or a truth.
    ///
    /// # Errors
    /// [`FormulaError`], which says what is wrong and, for a character, where.
    pub fn parse(text: &str, names: &[&str], yields: Yields) -> Result<Self, FormulaError> {
        let prepared = prepare(text, names)?;
        let parsed = FlatEx::<Value, Operators, Literals>::parse(&prepared)
            .map_err(|error| FormulaError::Syntax(syntax_words(error.msg())))?;
        let used: Vec<usize> = parsed
            .var_names()
            .iter()
            .map(|name| {
                let index = names.iter().position(|known| known == name);
                index.ok_or_else(|| FormulaError::UnknownName(name.clone()))
            })
            .collect::<Result<_, _>>()?;
        let formula = Self { text: text.trim().into(), used, parsed: Box::new(parsed) };
        // The types of an operator's result do not depend on values, so one evaluation shows whether they fit.
        match (formula.value(|_| 1.0), yields) {
            (Value::Mistyped(problem), _) => Err(FormulaError::Type(problem)),
            (Value::Number(_), Yields::Truth) => {
                Err(FormulaError::Type("it yields a number; wanted is a condition such as `a > b`"))
            }
            (Value::Truth(_), Yields::Number) => {
                Err(FormulaError::Type("it yields true or false; wanted is a number"))
            }
            _ => Ok(formula),
        }
    }

    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Indices of the names that it uses, in the list it was read with.
    #[must_use]
    pub fn used(&self) -> &[usize] {
        &self.used
    }

    /// The truth where the `i`-th name has the value `value_of(i)`, NaN for unknown; `None` when it is unknown.
    #[must_use]
    pub fn truth(&self, value_of: impl Fn(usize) -> f64) -> Option<bool> {
        match self.value(value_of) {
            Value::Truth(truth) => truth,
            _ => None,
        }
    }

    /// The number where the `i`-th name has the value `value_of(i)`, NaN for unknown; `None` when it is unknown.
    #[must_use]
    pub fn number(&self, value_of: impl Fn(usize) -> f64) -> Option<f64> {
        match self.value(value_of) {
            Value::Number(number) if number.is_finite() => Some(number),
            _ => None,
        }
    }

    fn value(&self, value_of: impl Fn(usize) -> f64) -> Value {
        const FEW: usize = 16;
        let mut few = [Value::default(); FEW];
        let found = if self.used.len() <= FEW {
            let values = &mut few[..self.used.len()];
            values.iter_mut().zip(&self.used).for_each(|(value, &i)| *value = known(value_of(i)));
            self.parsed.eval(values)
        } else {
            let values: Vec<Value> = self.used.iter().map(|&i| known(value_of(i))).collect();
            self.parsed.eval(&values)
        };
        found.unwrap_or_default()
    }
}

/// A number or a truth; NaN and `None` are unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Value {
    Number(f64),
    Truth(Option<bool>),
    /// Made where an operator met the wrong kind; every operator hands it on.
    Mistyped(&'static str),
}

impl Default for Value {
    fn default() -> Self {
        Self::Number(f64::NAN)
    }
}

impl FromStr for Value {
    type Err = std::num::ParseFloatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.replace('_', "").parse().map(known)
    }
}

/// A number, unknown unless finite.
fn known(number: f64) -> Value {
    Value::Number(if number.is_finite() { number } else { f64::NAN })
}

fn arithmetic(a: Value, b: Value, of: fn(f64, f64) -> f64) -> Value {
    match (a, b) {
        (Value::Mistyped(_), _) => a,
        (_, Value::Mistyped(_)) => b,
        (Value::Number(a), Value::Number(b)) => known(of(a, b)),
        _ => Value::Mistyped("+ - * / take numbers, and stand before comparisons"),
    }
}

fn comparison(a: Value, b: Value, of: fn(&f64, &f64) -> bool) -> Value {
    match (a, b) {
        (Value::Mistyped(_), _) => a,
        (_, Value::Mistyped(_)) => b,
        (Value::Number(a), Value::Number(b)) if a.is_nan() || b.is_nan() => Value::Truth(None),
        (Value::Number(a), Value::Number(b)) => Value::Truth(Some(of(&a, &b))),
        _ => Value::Mistyped("a comparison takes numbers on both sides; join comparisons with && or ||"),
    }
}

/// `&&` where `deciding` is false and `||` where it is true: one side of that truth decides, else both must be known.
fn logic(a: Value, b: Value, deciding: bool) -> Value {
    match (a, b) {
        (Value::Mistyped(_), _) => a,
        (_, Value::Mistyped(_)) => b,
        (Value::Truth(a), Value::Truth(b)) => {
            if a == Some(deciding) || b == Some(deciding) {
                Value::Truth(Some(deciding))
            } else {
                Value::Truth(a.and(b))
            }
        }
        _ => Value::Mistyped("&& and || take conditions such as `a > b` on both sides"),
    }
}

fn of_number(a: Value, of: fn(f64) -> f64) -> Value {
    match a {
        Value::Number(a) => known(of(a)),
        Value::Truth(_) => Value::Mistyped("a sign, abs() and floor() take a number"),
        Value::Mistyped(_) => a,
    }
}

fn not(a: Value) -> Value {
    match a {
        Value::Truth(a) => Value::Truth(a.map(|a| !a)),
        Value::Number(_) => Value::Mistyped("! takes a condition in parentheses, such as `!(a > b)`"),
        Value::Mistyped(_) => a,
    }
}

/// The operators of formulas, with the ranks they have in most languages.
#[derive(Debug, Clone)]
struct Operators;

impl MakeOperators<Value> for Operators {
    fn make<'a>() -> Vec<Operator<'a, Value>> {
        // "Commutative" would let the parser fold constants out of turn; from left to right is what people read.
        let rank = |apply: fn(Value, Value) -> Value, prio: i64| BinOp { apply, prio, is_commutative: false };
        vec![
            Operator::make_bin("||", rank(|a, b| logic(a, b, true), 0)),
            Operator::make_bin("&&", rank(|a, b| logic(a, b, false), 1)),
            Operator::make_bin("==", rank(|a, b| comparison(a, b, |a, b| a == b), 2)),
            Operator::make_bin("!=", rank(|a, b| comparison(a, b, |a, b| a != b), 2)),
            Operator::make_bin("<", rank(|a, b| comparison(a, b, |a, b| a < b), 2)),
            Operator::make_bin("<=", rank(|a, b| comparison(a, b, |a, b| a <= b), 2)),
            Operator::make_bin(">", rank(|a, b| comparison(a, b, |a, b| a > b), 2)),
            Operator::make_bin(">=", rank(|a, b| comparison(a, b, |a, b| a >= b), 2)),
            Operator::make_bin_unary("+", rank(|a, b| arithmetic(a, b, |a, b| a + b), 3), |a| {
                of_number(a, |a| a)
            }),
            Operator::make_bin_unary("-", rank(|a, b| arithmetic(a, b, |a, b| a - b), 3), |a| {
                of_number(a, |a| -a)
            }),
            Operator::make_bin("*", rank(|a, b| arithmetic(a, b, |a, b| a * b), 4)),
            Operator::make_bin("/", rank(|a, b| arithmetic(a, b, |a, b| a / b), 4)),
            Operator::make_unary("!", not),
            Operator::make_unary("abs", |a| of_number(a, f64::abs)),
            Operator::make_unary("floor", |a| of_number(a, f64::floor)),
        ]
    }
}

const FUNCTIONS: [&str; 2] = ["abs", "floor"];

/// Numbers as TOML writes them: digits with underscores, a point, an exponent.
#[derive(Debug, Clone)]
struct Literals;

impl MatchLiteral for Literals {
    fn is_literal(text: &str) -> Option<&str> {
        let bytes = text.as_bytes();
        let digits = |from: usize| {
            from + bytes[from..].iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count()
        };
        let mut end = digits(0);
        if end == 0 || bytes[0] == b'_' {
            return None;
        }
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        Some(&text[..end])
    }
}

/// The text as the parser takes it: only characters of formulas, and every name in braces, so that no operator's name is
/// looked for inside it.
fn prepare(text: &str, names: &[&str]) -> Result<String, FormulaError> {
    let length = text.chars().count();
    if length > MAX_FORMULA {
        return Err(FormulaError::TooLong(length));
    }
    let characters: Vec<char> = text.chars().collect();
    let mut prepared = String::new();
    let mut i = 0;
    while i < characters.len() {
        let c = characters[i];
        if c.is_ascii_digit() {
            let rest: String = characters[i..].iter().take_while(|c| c.is_ascii()).collect();
            let literal = Literals::is_literal(&rest).unwrap_or_default();
            prepared += literal;
            i += literal.len();
        } else if c.is_ascii_alphabetic() || c == '_' {
            let word: String =
                characters[i..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
            i += word.len();
            if FUNCTIONS.contains(&word.as_str()) {
                prepared += &word;
            } else if names.contains(&word.as_str()) {
                prepared += &format!("{{{word}}}");
            } else {
                return Err(FormulaError::UnknownName(word));
            }
        } else if c.is_whitespace() {
            prepared.push(' ');
            i += 1;
        } else if "+-*/<>=!&|()".contains(c) {
            prepared.push(c);
            i += 1;
        } else {
            return Err(FormulaError::Character { character: c, at: i + 1 });
        }
    }
    Ok(prepared)
}

/// The parser's complaint without its inner life.
fn syntax_words(message: &str) -> String {
    if message.starts_with("we have") {
        return "an operator is missing between two numbers, names or parentheses".into();
    }
    if message.contains("parse empty") {
        return "it is empty".into();
    }
    if let Some(rest) = message.strip_prefix("don't know how to parse ") {
        return format!("`{}` cannot stand where it stands", rest.replace(['{', '}'], ""));
    }
    let message = message.split(", Operator").next().unwrap_or(message);
    let message = message.split(", left:").next().unwrap_or(message);
    message.strip_prefix("wlog ").unwrap_or(message).into()
}

#[cfg(test)]
mod tests;

//! Fields that may hold one of several types: a number or a word, one text or a list of them.

use super::asked::{Absence, Wanted, owned};
use super::{Rule, Section, nearest, shown};
use crate::tree::Node;

/// What stands in a field that takes a number or a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberOrWord {
    /// A number that the rule allows.
    Number(f64),
    /// One of the words, by index.
    Word(usize),
}

impl Section<'_> {
    /// True or false, with a default.
    pub fn flag_or(&self, key: &'static str, default: bool) -> bool {
        self.ask(key, || Wanted::Flag, Absence::Default(Node::Flag(default)));
        self.note(key);
        let flag = match self.entry(key).map(|entry| &entry.node) {
            Some(Node::Flag(flag)) => *flag,
            Some(other) => {
                self.fault(key, format!("is {}; wanted is true or false", other.type_name()));
                default
            }
            None => default,
        };
        self.log.used(self.slot.get(), key, &flag.to_string());
        flag
    }

    /// A number under a rule or one of a few words; the default is the word of an index.
    pub fn number_or_word(
        &self,
        key: &'static str,
        rule: Rule,
        words: &[&str],
        default: usize,
    ) -> NumberOrWord {
        let absence = Absence::Default(Node::Text(words[default].into()));
        self.ask(key, || Wanted::NumberOrWord(rule, owned(words)), absence);
        self.note(key);
        let allowed = || format!("{} or one of {}", rule.words(), words.join(", "));
        let node = self.entry(key).map(|entry| &entry.node);
        let number = match node {
            Some(Node::Number(value)) => Some(*value),
            Some(Node::Whole(value)) => Some(*value as f64),
            _ => None,
        };
        let chosen = match (number, node) {
            (Some(value), _) if rule.allows(value) => NumberOrWord::Number(value),
            (Some(value), _) => {
                self.fault(key, format!("is {}; allowed is {}", shown(value), allowed()));
                NumberOrWord::Word(default)
            }
            (None, Some(Node::Text(text))) => {
                NumberOrWord::Word(words.iter().position(|word| word == text).unwrap_or_else(|| {
                    let hint =
                        nearest(text, words).map_or(String::new(), |w| format!("; did you mean `{w}`?"));
                    self.fault(key, format!("is `{text}`; allowed is {}{hint}", allowed()));
                    default
                }))
            }
            (None, Some(other)) => {
                self.fault(key, format!("is {}; allowed is {}", other.type_name(), allowed()));
                NumberOrWord::Word(default)
            }
            (None, None) => NumberOrWord::Word(default),
        };
        let written = match chosen {
            NumberOrWord::Number(value) => format!("{value:?}"),
            NumberOrWord::Word(index) => format!("\"{}\"", words[index]),
        };
        self.log.used(self.slot.get(), key, &written);
        chosen
    }

    /// Text with a default, which is written to the resolved scenario too.
    pub fn text_or(&self, key: &'static str, default: &str) -> String {
        self.ask(key, || Wanted::Text, Absence::Default(Node::Text(default.into())));
        if self.has(key) {
            return self.optional_text(key).unwrap_or_default();
        }
        self.log.used(self.slot.get(), key, &toml::Value::String(default.into()).to_string());
        default.into()
    }

    /// A list of texts, empty or not, with a default that is written to the resolved scenario too; none after a fault.
    pub fn text_list_or(&self, key: &'static str, default: &[String]) -> Vec<String> {
        self.ask(key, || Wanted::TextList, Absence::Allowed);
        self.note(key);
        let given: Option<Vec<String>> = match self.entry(key).map(|entry| &entry.node) {
            None => Some(default.to_vec()),
            Some(Node::List(items)) => items
                .iter()
                .map(|item| if let Node::Text(text) = &item.node { Some(text.clone()) } else { None })
                .collect(),
            Some(_) => None,
        };
        let Some(texts) = given else {
            self.fault(key, "is no list of texts; wanted is a list such as [\"2026-01\", \"2028-01\"]");
            return Vec::new();
        };
        let written = texts.iter().map(|text| toml::Value::String(text.clone()).to_string());
        self.log.used(self.slot.get(), key, &format!("[{}]", written.collect::<Vec<_>>().join(", ")));
        texts
    }

    /// One text or a list of texts, at least one and none empty; no texts after a fault.
    pub fn texts(&self, key: &'static str, wanted: &str) -> Vec<String> {
        self.ask_in_words(key, || Wanted::Texts, Absence::Fault, wanted);
        self.note(key);
        let texts: Option<Vec<String>> = match self.entry(key).map(|entry| &entry.node) {
            Some(Node::List(items)) if !items.is_empty() => items
                .iter()
                .map(|item| match &item.node {
                    Node::Text(text) if !text.trim().is_empty() => Some(text.clone()),
                    _ => None,
                })
                .collect(),
            Some(Node::Text(_)) => return self.optional_text(key).into_iter().collect(),
            Some(_) => None,
            None => {
                self.missing(key, wanted);
                return Vec::new();
            }
        };
        let Some(texts) = texts else {
            self.fault(
                key,
                format!("is no text and no list of texts; wanted is {wanted}, or a list of them"),
            );
            return Vec::new();
        };
        let written = texts.iter().map(|text| toml::Value::String(text.clone()).to_string());
        self.log.used(self.slot.get(), key, &format!("[{}]", written.collect::<Vec<_>>().join(", ")));
        texts
    }
}

//! What a reading asks of a file: every field with its type, its rule and its default, whether the file has it or not.
//!
//! A log that listens keeps these, so that what the reader knows can be told to others, such as an editor; see [`crate::shape`].

use super::{Rule, Section};
use crate::tree::Node;

/// What is asked of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Whether it is there; what it may be is asked elsewhere.
    Presence,
    /// A table.
    Section,
    /// A list of tables.
    List,
    /// A number under a rule.
    Number(Rule),
    /// A list of numbers, each under a rule.
    Numbers(Rule),
    /// A whole number within two limits.
    Whole([u64; 2]),
    /// True or false.
    Flag,
    /// Text.
    Text,
    /// One text or a list of texts.
    Texts,
    /// A list of texts, perhaps empty.
    TextList,
    /// One of a few words.
    Choice(Vec<String>),
    /// A number under a rule, or one of a few words.
    NumberOrWord(Rule, Vec<String>),
    /// A value of any kind.
    Any,
}

/// What happens when a field is left out.
#[derive(Debug, Clone, PartialEq)]
pub enum Absence {
    /// That is a fault.
    Fault,
    /// This value is used.
    Default(Node),
    /// Something else is done, or a value is used that depends on others.
    Allowed,
}

/// One field that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Path of its table in the file, with the numbers of list items.
    pub table: String,
    /// Its key.
    pub key: &'static str,
    /// What was asked.
    pub wanted: Wanted,
    /// What happens without it.
    pub absence: Absence,
    /// What it is, where the reader has words for it.
    pub words: String,
}

impl Section<'_> {
    /// Tells a listening log what is asked of a field.
    pub(super) fn ask(&self, key: &'static str, wanted: impl FnOnce() -> Wanted, absence: Absence) {
        self.ask_in_words(key, wanted, absence, "");
    }

    /// As [`Section::ask`], with words for what is wanted.
    pub(super) fn ask_in_words(
        &self,
        key: &'static str,
        wanted: impl FnOnce() -> Wanted,
        absence: Absence,
        words: &str,
    ) {
        let Some(asked) = &self.log.asked else { return };
        let ask = Ask { table: self.path.clone(), key, wanted: wanted(), absence, words: words.into() };
        asked.borrow_mut().push(ask);
    }
}

/// Words as a listening log keeps them.
pub(super) fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

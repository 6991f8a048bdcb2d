//! Takes values out of a tree: each by name, rule and default, noting every fault and every value used.
//!
//! A fault never stops the reading: a stand-in value takes the place of the bad one, so that one pass finds all faults. The
//! scenario is discarded afterwards if there was any. What was used, defaults included, becomes the resolved scenario.

pub mod asked;
mod choices;
mod rule;

use crate::fault::{Fault, Origin};
use crate::tree::{Entry, Node, Table};
use std::cell::{Cell, RefCell};

pub use choices::NumberOrWord;
pub use rule::Rule;

use asked::{Absence, Ask, Wanted, owned};

/// Faults and used values, in order.
///
/// One that listens also keeps what was asked for, in [`Log::asked`].
#[derive(Debug, Default)]
pub struct Log {
    faults: RefCell<Vec<Fault>>,
    /// Header and lines of each table, in the order of first use.
    resolved: RefCell<Vec<(String, Vec<String>)>>,
    /// What was asked for; `None` where nobody wants to know.
    asked: Option<RefCell<Vec<Ask>>>,
}

impl Log {
    /// A log that keeps what is asked for.
    #[must_use]
    pub fn listening() -> Self {
        Self { asked: Some(RefCell::default()), ..Self::default() }
    }

    /// Ends a log that listened: everything that was asked for, in order.
    #[must_use]
    pub fn asked(self) -> Vec<Ask> {
        self.asked.map(RefCell::into_inner).unwrap_or_default()
    }

    /// Notes a fault.
    pub fn fault(&self, field: impl Into<String>, problem: impl Into<String>, origin: Option<Origin>) {
        self.faults.borrow_mut().push(Fault { field: field.into(), problem: problem.into(), origin });
    }

    /// Whether nothing was wrong so far.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// Takes back that a field is missing.
    fn withdraw_missing(&self, field: &str) {
        self.faults.borrow_mut().retain(|f| f.field != field || !f.problem.starts_with("is missing"));
    }

    /// Number of faults so far.
    #[must_use]
    pub fn n_faults(&self) -> usize {
        self.faults.borrow().len()
    }

    /// Ends the log: the faults, and the resolved scenario as TOML.
    #[must_use]
    pub fn finish(self) -> (Vec<Fault>, String) {
        let tables = self.resolved.into_inner();
        let written = tables.iter().filter(|(_, lines)| !lines.is_empty());
        let text: Vec<String> =
            written.map(|(header, lines)| format!("{header}\n{}\n", lines.join("\n"))).collect();
        (self.faults.into_inner(), text.join("\n"))
    }

    /// The slot of a table: tables are met again by their header, list items never.
    fn slot(&self, header: String) -> usize {
        let mut resolved = self.resolved.borrow_mut();
        let known =
            if header.starts_with("[[") { None } else { resolved.iter().position(|(h, _)| *h == header) };
        known.unwrap_or_else(|| {
            resolved.push((header, Vec::new()));
            resolved.len() - 1
        })
    }

    fn used(&self, slot: Option<usize>, key: &str, value: &str) {
        if let Some(slot) = slot {
            self.resolved.borrow_mut()[slot].1.push(format!("{key} = {value}"));
        }
    }
}

/// A table that is being read.
pub struct Section<'a> {
    log: &'a Log,
    table: Option<&'a Table>,
    path: String,
    origin: Option<Origin>,
    known: RefCell<Vec<&'static str>>,
    /// Where used values are written.
    slot: Cell<Option<usize>>,
    /// Whether the whole table is missing, so that its fields need not be named one by one.
    absent: bool,
}

static EMPTY: Table = Table { entries: Vec::new() };

impl<'a> Section<'a> {
    /// The whole file.
    #[must_use]
    pub fn root(table: &'a Table, log: &'a Log) -> Self {
        let slot = None;
        Self {
            log,
            table: Some(table),
            path: String::new(),
            origin: None,
            known: RefCell::default(),
            slot: Cell::new(slot),
            absent: false,
        }
    }

    /// The log of this reading.
    #[must_use]
    pub fn log(&self) -> &'a Log {
        self.log
    }

    /// Dotted path of a field of this section.
    #[must_use]
    pub fn field(&self, key: &str) -> String {
        if self.path.is_empty() { key.into() } else { format!("{}.{key}", self.path) }
    }

    /// Notes a fault of a field.
    pub fn fault(&self, key: &str, problem: impl Into<String>) {
        let origin = self.entry(key).map(|e| e.origin.clone()).or_else(|| self.origin.clone());
        self.log.fault(self.field(key), problem, origin);
    }

    /// Notes a fault of the section itself.
    pub fn fault_here(&self, problem: impl Into<String>) {
        self.log.fault(self.path.clone(), problem, self.origin.clone());
    }

    /// Whether the file gives a field.
    #[must_use]
    pub fn has(&self, key: &'static str) -> bool {
        self.ask(key, || Wanted::Presence, Absence::Allowed);
        self.note(key);
        self.entry(key).is_some()
    }

    /// Marks a field as known that is read elsewhere.
    pub fn read_elsewhere(&self, key: &'static str) {
        self.ask(key, || Wanted::Presence, Absence::Allowed);
        self.note(key);
    }

    /// Faults fields that are given here but belong to another choice, so that they are not called unknown.
    pub fn belongs_elsewhere(&self, keys: &[&'static str], problem: &str) {
        for key in keys.iter().filter(|key| self.has_unread(key)) {
            self.fault(key, problem);
        }
    }

    /// Whether a field is given that nobody asked for; if so it counts as asked for from now on.
    fn has_unread(&self, key: &'static str) -> bool {
        let unread = self.entry(key).is_some() && !self.known.borrow().contains(&key);
        if unread {
            self.note(key);
        }
        unread
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.table.and_then(|table| table.get(key))
    }

    fn note(&self, key: &'static str) {
        let mut known = self.known.borrow_mut();
        if !known.contains(&key) {
            known.push(key);
        }
    }

    fn missing(&self, key: &str, wanted: &str) {
        if self.absent {
            return;
        }
        self.log.fault(self.field(key), format!("is missing; wanted is {wanted}"), self.origin.clone());
    }

    /// A section that must be there.
    pub fn section(&self, key: &'static str) -> Section<'a> {
        self.ask(key, || Wanted::Section, Absence::Fault);
        if self.entry(key).is_none() {
            self.missing(key, &format!("a table [{}]", self.field(key)));
            return Section { absent: true, ..self.section_or_empty(key) };
        }
        self.section_or_empty(key)
    }

    /// A section that may be absent when every field of it has a default.
    pub fn section_or_empty(&self, key: &'static str) -> Section<'a> {
        self.ask(key, || Wanted::Section, Absence::Allowed);
        self.note(key);
        let path = self.field(key);
        let slot = Some(self.log.slot(format!("[{path}]")));
        let (table, origin) = match self.entry(key) {
            Some(Entry { node: Node::Table(table), origin }) => (table, Some(origin.clone())),
            Some(entry) => {
                self.fault(key, format!("is {}; wanted is a table [{path}]", entry.node.type_name()));
                (&EMPTY, None)
            }
            None => (&EMPTY, self.origin.clone()),
        };
        self.child(table, path, origin, slot)
    }

    fn child(
        &self,
        table: &'a Table,
        path: String,
        origin: Option<Origin>,
        slot: Option<usize>,
    ) -> Section<'a> {
        Section {
            log: self.log,
            table: Some(table),
            path,
            origin,
            known: RefCell::default(),
            slot: Cell::new(slot),
            absent: false,
        }
    }

    /// The tables of a list `[[key]]`; none when absent. The caller reads each before asking for the next.
    pub fn list(&self, key: &'static str) -> Vec<Section<'a>> {
        self.ask(key, || Wanted::List, Absence::Allowed);
        self.note(key);
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let Node::List(items) = &entry.node else {
            self.fault(key, format!("is {}; wanted is a list of tables [[{key}]]", entry.node.type_name()));
            return Vec::new();
        };
        items
            .iter()
            .enumerate()
            .filter_map(|(i, item)| {
                let path = format!("{}[{i}]", self.field(key));
                let Node::Table(table) = &item.node else {
                    let problem = format!("is {}; wanted is a table", item.node.type_name());
                    self.log.fault(path, problem, Some(item.origin.clone()));
                    return None;
                };
                // Its slot in the resolved scenario is taken when the item is begun.
                Some(self.child(table, path, Some(item.origin.clone()), None))
            })
            .collect()
    }

    /// Writes the header of a list item to the resolved scenario; called before the item is read.
    pub fn begin_item(&self, key: &str) {
        self.slot.set(Some(self.log.slot(format!("[[{key}]]"))));
    }

    /// A number that must be there.
    pub fn number(&self, key: &'static str, rule: Rule) -> f64 {
        self.number_of(key, rule, None)
    }

    /// A number with a default.
    pub fn number_or(&self, key: &'static str, rule: Rule, default: f64) -> f64 {
        self.number_of(key, rule, Some(default))
    }

    /// A number that may be absent.
    pub fn optional_number(&self, key: &'static str, rule: Rule) -> Option<f64> {
        self.has(key).then(|| self.number_of(key, rule, None))
    }

    fn number_of(&self, key: &'static str, rule: Rule, default: Option<f64>) -> f64 {
        let absence = default.map_or(Absence::Fault, |number| Absence::Default(Node::Number(number)));
        self.ask(key, || Wanted::Number(rule), absence);
        self.note(key);
        let value = match self.entry(key) {
            Some(entry) => match self.as_number(key, entry) {
                Some(value) if rule.allows(value) => value,
                Some(value) => {
                    self.fault(key, format!("is {}; allowed is {}", shown(value), rule.words()));
                    rule.stand_in()
                }
                None => rule.stand_in(),
            },
            None => default.unwrap_or_else(|| {
                self.missing(key, &format!("a number, {}", rule.words()));
                rule.stand_in()
            }),
        };
        self.log.used(self.slot.get(), key, &format!("{value:?}"));
        value
    }

    fn as_number(&self, key: &str, entry: &Entry) -> Option<f64> {
        match &entry.node {
            Node::Number(value) => Some(*value),
            Node::Whole(value) => Some(*value as f64),
            other => {
                self.fault(key, format!("is {}; wanted is a number", other.type_name()));
                None
            }
        }
    }

    /// A whole number from `low` to `high`, with a default or required.
    pub fn whole(&self, key: &'static str, low: u64, high: u64, default: Option<u64>) -> u64 {
        let absence = default
            .and_then(|whole| i64::try_from(whole).ok())
            .map_or(Absence::Fault, |whole| Absence::Default(Node::Whole(whole)));
        self.ask(key, || Wanted::Whole([low, high]), absence);
        self.note(key);
        let value = match self.entry(key).map(|entry| &entry.node) {
            Some(Node::Whole(value)) if u64::try_from(*value).is_ok_and(|v| (low..=high).contains(&v)) => {
                *value as u64
            }
            Some(node) => {
                let found = match node {
                    Node::Whole(value) => value.to_string(),
                    Node::Number(value) => shown(*value),
                    other => other.type_name().to_string(),
                };
                self.fault(key, format!("is {found}; allowed is a whole number {low} to {high}"));
                low
            }
            None => default.unwrap_or_else(|| {
                self.missing(key, &format!("a whole number {low} to {high}"));
                low
            }),
        };
        self.log.used(self.slot.get(), key, &value.to_string());
        value
    }

    /// Text that must be there and not be empty.
    pub fn text(&self, key: &'static str, wanted: &str) -> String {
        self.ask_in_words(key, || Wanted::Text, Absence::Fault, wanted);
        self.optional_text(key).unwrap_or_else(|| {
            if self.entry(key).is_none() {
                self.missing(key, wanted);
            }
            String::new()
        })
    }

    /// Text that may be absent.
    pub fn optional_text(&self, key: &'static str) -> Option<String> {
        self.ask(key, || Wanted::Text, Absence::Allowed);
        self.note(key);
        match &self.entry(key)?.node {
            Node::Text(text) if !text.trim().is_empty() => {
                self.log.used(self.slot.get(), key, &toml::Value::String(text.clone()).to_string());
                Some(text.clone())
            }
            Node::Text(_) => {
                self.fault(key, "is empty text");
                None
            }
            other => {
                self.fault(key, format!("is {}; wanted is text in quotes", other.type_name()));
                None
            }
        }
    }

    /// One of a few words, by index; the default is an index too.
    pub fn choice(&self, key: &'static str, words: &[&str], default: Option<usize>) -> usize {
        let absence =
            default.map_or(Absence::Fault, |index| Absence::Default(Node::Text(words[index].into())));
        self.ask(key, || Wanted::Choice(owned(words)), absence);
        self.choose(key, words, default)
    }

    /// One of the names that the file itself gives, by index.
    pub fn named(&self, key: &'static str, names: &[&str], default: Option<usize>) -> usize {
        let absence = default.map_or(Absence::Fault, |_| Absence::Allowed);
        self.ask(key, || Wanted::Text, absence);
        self.choose(key, names, default)
    }

    fn choose(&self, key: &'static str, words: &[&str], default: Option<usize>) -> usize {
        self.note(key);
        let chosen = match self.entry(key).map(|entry| &entry.node) {
            Some(Node::Text(text)) => match words.iter().position(|word| word == text) {
                Some(index) => index,
                None => {
                    let hint =
                        nearest(text, words).map_or(String::new(), |w| format!("; did you mean `{w}`?"));
                    self.fault(key, format!("is `{text}`; allowed is one of {}{hint}", words.join(", ")));
                    0
                }
            },
            Some(other) => {
                self.fault(key, format!("is {}; allowed is one of {}", other.type_name(), words.join(", ")));
                0
            }
            None => default.unwrap_or_else(|| {
                self.missing(key, &format!("one of {}", words.join(", ")));
                0
            }),
        };
        self.log.used(self.slot.get(), key, &format!("\"{}\"", words[chosen]));
        chosen
    }

    /// A list of numbers, each under a rule, with a default.
    pub fn numbers_or(&self, key: &'static str, rule: Rule, default: &[f64]) -> Vec<f64> {
        self.ask(key, || Wanted::Numbers(rule), Absence::Allowed);
        self.note(key);
        let values = match self.entry(key).map(|entry| &entry.node) {
            Some(Node::List(items)) if !items.is_empty() => items
                .iter()
                .map(|item| match self.as_number(key, item) {
                    Some(value) if rule.allows(value) => value,
                    Some(value) => {
                        self.fault(key, format!("holds {}; allowed is {}", shown(value), rule.words()));
                        rule.stand_in()
                    }
                    None => rule.stand_in(),
                })
                .collect(),
            Some(other) => {
                let found = if matches!(other, Node::List(_)) { "an empty list" } else { other.type_name() };
                self.fault(key, format!("is {found}; wanted is a list of numbers, {}", rule.words()));
                default.to_vec()
            }
            None => default.to_vec(),
        };
        self.log.used(self.slot.get(), key, &format!("{values:?}"));
        values
    }

    /// A value of any kind that may be absent, noted as it stands in the file.
    pub fn value(&self, key: &'static str) -> Option<&'a Node> {
        self.ask(key, || Wanted::Any, Absence::Allowed);
        self.note(key);
        let entry = self.entry(key)?;
        self.log.used(self.slot.get(), key, &entry.node.literal());
        Some(&entry.node)
    }

    /// Ends the section: what was not read is unknown.
    pub fn finish(&self) {
        let Some(table) = self.table else { return };
        let known = self.known.borrow();
        for (key, origin, _) in &table.entries {
            if !known.contains(&key.as_str()) {
                let near = nearest(key, &known);
                let hint = near.map_or_else(
                    || format!("; known here are {}", known.join(", ")),
                    |name| format!("; did you mean `{name}`?"),
                );
                if let Some(name) = near {
                    // The field that was meant is not missing: it is misspelt.
                    self.log.withdraw_missing(&self.field(name));
                }
                self.log.fault(self.field(key), format!("is unknown{hint}"), Some(origin.clone()));
            }
        }
    }
}

/// A number as people write it: very large and very small ones with an exponent.
fn shown(value: f64) -> String {
    let size = value.abs();
    if value.is_finite() && size != 0.0 && !(1e-6..1e15).contains(&size) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// The nearest known name, if it is near enough to be a slip.
pub(crate) fn nearest<'n>(word: &str, names: &[&'n str]) -> Option<&'n str> {
    names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), *name))
        .min()
        .filter(|(distance, name)| *distance <= 2 + name.len() / 4)
        .map(|(_, name)| name)
}

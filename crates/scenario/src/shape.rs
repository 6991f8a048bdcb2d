//! What a file may hold, field by field: the types, ranges, words and defaults that the reader itself asks for.
//!
//! Nothing here is kept by hand. The reader is made to read many small files while a listening log keeps what it asks for; what was
//! asked for is then tried, so that every choice, table and list leads to the fields behind it. So a shape is the union of what any
//! choice allows: it knows of no field that the reader does not, and it allows files that the reader refuses because two fields exclude
//! each other. Words for the fields come from the documentation and from the comments of a shipped file.

mod explore;
mod gather;
mod notes;

use crate::inputs::Inputs;
use crate::reader::Section;
use crate::reader::asked::{Ask, Wanted};
use crate::tree::Node;
use std::collections::BTreeMap;

pub use crate::reader::asked;

/// The fields of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shape {
    /// In the order in which the reader asks for them.
    pub fields: Vec<Field>,
}

/// A field of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its key.
    pub key: String,
    /// What it may hold; ranges and words of different choices are united. Empty of what is only known to be allowed.
    pub wanted: Vec<Wanted>,
    /// Whether its table cannot do without it, whatever else is chosen.
    pub is_required: bool,
    /// What is used without it, where that depends on nothing else.
    pub default: Option<Node>,
    /// What it is, if there are words for it.
    pub words: String,
    /// The fields of a table, or of each table of a list; empty of anything else.
    pub inner: Shape,
}

impl Shape {
    /// The shape of a kind of file. `example` is a sound file of it, read with the settings `brief` so that it takes little time, and
    /// `ahead` is taken out of a file before `read` sees it.
    pub fn of<T>(
        example: &str,
        brief: &[&str],
        ahead: &[Ask],
        read: impl Fn(&Section<'_>, &mut Inputs) -> T,
    ) -> Self {
        let read = |root: &Section<'_>, inputs: &mut Inputs| {
            read(root, inputs);
        };
        explore::explore(&[("", &[]), (example, brief)], ahead, &read).shape(&notes::all(example))
    }

    /// The field behind a dotted path, such as `finance.loans.rate_per_year`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Field> {
        let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
        let field = self.fields.iter().find(|field| field.key == key)?;
        rest.map_or(Some(field), |rest| field.inner.get(rest))
    }
}

/// Words for fields, by path without the numbers of list items.
type Notes = BTreeMap<String, String>;

/// A path without the numbers of list items.
fn general(path: &str) -> String {
    let mut text = String::new();
    for (n, part) in path.split('[').enumerate() {
        text += if n == 0 { part } else { part.split_once(']').map_or("", |(_, rest)| rest) };
    }
    text
}

/// A field's path within its table's.
fn join(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

#[cfg(test)]
mod tests;

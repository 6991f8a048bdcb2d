//! Many readings put together: of each field everything that was ever asked of it.

use super::{Field, Notes, Shape, general, join};
use crate::reader::asked::{Absence, Ask, Wanted};
use crate::tree::Node;
use std::collections::{BTreeMap, BTreeSet};

/// What readings asked for.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    tables: BTreeMap<String, Asked>,
}

/// What was asked of a table.
#[derive(Debug, Default)]
struct Asked {
    /// How often such a table was read.
    n_read: usize,
    fields: Vec<AskedField>,
}

#[derive(Debug)]
struct AskedField {
    key: &'static str,
    wanted: Vec<Wanted>,
    /// In how many of the tables its absence was a fault.
    n_required: usize,
    default: Default,
    words: String,
}

/// The value that is used without a field.
#[derive(Debug)]
enum Default {
    Unseen,
    Always(Node),
    Depends,
}

impl Gathered {
    /// Adds all that one reading asked for.
    pub(super) fn add(&mut self, reading: &[Ask]) {
        let tables: BTreeSet<&str> = reading.iter().map(|ask| ask.table.as_str()).collect();
        for table in tables {
            self.tables.entry(general(table)).or_default().n_read += 1;
        }
        let mut required = BTreeSet::new();
        for ask in reading {
            let field = self.tables.entry(general(&ask.table)).or_default().field(ask.key);
            field.add(ask);
            if ask.absence == Absence::Fault && required.insert((&ask.table, ask.key)) {
                field.n_required += 1;
            }
        }
    }

    /// Adds fields that are taken out of a table before it is read.
    pub(super) fn add_ahead(&mut self, asks: &[Ask]) {
        for ask in asks {
            self.tables.entry(ask.table.clone()).or_default().field(ask.key).add(ask);
        }
    }

    /// Whether what a field may be is known, and not only that it may be there.
    pub(super) fn is_known(&self, table: &str, key: &str) -> bool {
        let asked = self.tables.get(&general(table));
        asked.is_some_and(|asked| {
            asked.fields.iter().any(|field| field.key == key && !field.wanted.is_empty())
        })
    }

    /// The shape of the whole file.
    pub(super) fn shape(&self, notes: &Notes) -> Shape {
        self.shape_of("", notes)
    }

    fn shape_of(&self, table: &str, notes: &Notes) -> Shape {
        let Some(asked) = self.tables.get(table) else { return Shape::default() };
        let field = |field: &AskedField| {
            let path = join(table, field.key);
            let holds_tables =
                field.wanted.iter().any(|wanted| matches!(wanted, Wanted::Section | Wanted::List));
            Field {
                key: field.key.into(),
                wanted: field.wanted.clone(),
                is_required: field.n_required == asked.n_read && asked.n_read > 0,
                default: match &field.default {
                    Default::Always(node) => Some(node.clone()),
                    Default::Unseen | Default::Depends => None,
                },
                words: notes.get(&path).cloned().unwrap_or_else(|| field.words.clone()),
                inner: if holds_tables { self.shape_of(&path, notes) } else { Shape::default() },
            }
        };
        Shape { fields: asked.fields.iter().map(field).collect() }
    }
}

impl Asked {
    fn field(&mut self, key: &'static str) -> &mut AskedField {
        let at = self.fields.iter().position(|field| field.key == key).unwrap_or_else(|| {
            let (wanted, default, words) = (Vec::new(), Default::Unseen, String::new());
            self.fields.push(AskedField { key, wanted, n_required: 0, default, words });
            self.fields.len() - 1
        });
        &mut self.fields[at]
    }
}

impl AskedField {
    fn add(&mut self, ask: &Ask) {
        unite(&mut self.wanted, &ask.wanted);
        if self.words.is_empty() {
            self.words.clone_from(&ask.words);
        }
        match (&self.default, &ask.absence) {
            (Default::Unseen, Absence::Default(node)) => self.default = Default::Always(node.clone()),
            (Default::Always(seen), Absence::Default(node)) if seen != node => {
                self.default = Default::Depends
            }
            // What must be stated under other choices has no value of its own.
            (_, Absence::Fault) => self.default = Default::Depends,
            _ => {}
        }
    }
}

/// Adds what is wanted to what was: of one kind the wider range and all words.
fn unite(all: &mut Vec<Wanted>, wanted: &Wanted) {
    for known in all.iter_mut() {
        match (known, wanted) {
            (Wanted::Number(rule), Wanted::Number(other))
            | (Wanted::Numbers(rule), Wanted::Numbers(other)) => {
                *rule = rule.or(*other);
                return;
            }
            (Wanted::Whole(limits), Wanted::Whole(other)) => {
                *limits = [limits[0].min(other[0]), limits[1].max(other[1])];
                return;
            }
            (Wanted::Choice(words), Wanted::Choice(other)) => {
                let new = other.iter().filter(|word| !words.contains(word)).cloned().collect::<Vec<_>>();
                words.extend(new);
                return;
            }
            // One text or a list of texts takes one text too.
            (Wanted::Texts, Wanted::Text) => return,
            (known @ Wanted::Text, Wanted::Texts) => {
                *known = Wanted::Texts;
                return;
            }
            (known, wanted) if known == wanted => return,
            _ => {}
        }
    }
    if *wanted != Wanted::Presence {
        all.push(wanted.clone());
    }
}

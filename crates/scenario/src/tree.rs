//! A TOML file as a tree whose values know where they stand, and `--set` on top of it.

use crate::fault::{Fault, Origin};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Floating-point number.
    Number(f64),
    /// Whole number.
    Whole(i64),
    /// Text.
    Text(String),
    /// True or false.
    Flag(bool),
    /// List.
    List(Vec<Entry>),
    /// Table.
    Table(Table),
    /// Anything else TOML knows, such as a date; described by its type.
    Other(&'static str),
}

impl Node {
    /// The type in words.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Number(_) => "a number",
            Self::Whole(_) => "a whole number",
            Self::Text(_) => "text",
            Self::Flag(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(name) => name,
        }
    }
}

impl Node {
    /// The value as TOML, on one line.
    #[must_use]
    pub fn literal(&self) -> String {
        match self {
            Self::Number(number) => format!("{number:?}"),
            Self::Whole(whole) => whole.to_string(),
            Self::Text(text) => toml::Value::String(text.clone()).to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| item.node.literal()).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Table(table) => {
                let entry = |(key, _, entry): &(String, Origin, Entry)| {
                    format!("{} = {}", toml::Value::String(key.clone()), entry.node.literal())
                };
                let entries: Vec<String> = table.entries.iter().map(entry).collect();
                format!("{{ {} }}", entries.join(", "))
            }
            Self::Other(name) => format!("\"{name}\""),
        }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The value.
    pub node: Node,
    /// Where it stands.
    pub origin: Origin,
}

/// Keys and values in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Key, where the key stands, value.
    pub entries: Vec<(String, Origin, Entry)>,
}

impl Table {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|(k, ..)| k == key).map(|(.., entry)| entry)
    }
}

/// Reads TOML; faults of syntax go to `faults`, and what could be read is returned.
pub fn parse(text: &str, faults: &mut Vec<Fault>) -> Table {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let origin = error.span().map(Origin::File);
        faults.push(Fault { field: "syntax".into(), problem: error.message().to_string(), origin });
    }
    table(root.into_inner())
}

fn table(source: DeTable<'_>) -> Table {
    let mut entries: Vec<(String, Origin, Entry)> = source
        .into_iter()
        .map(|(key, value)| (key.get_ref().to_string(), Origin::File(key.span()), entry(value)))
        .collect();
    let start = |origin: &Origin| match origin {
        Origin::File(span) => span.start,
        Origin::Base(..) | Origin::Override(_) => usize::MAX,
    };
    entries.sort_by_key(|(_, origin, _)| start(origin));
    Table { entries }
}

fn entry(value: Spanned<DeValue<'_>>) -> Entry {
    let origin = Origin::File(value.span());
    let node = match value.into_inner() {
        DeValue::String(text) => Node::Text(text.into_owned()),
        DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
            Ok(whole) => Node::Whole(whole),
            Err(_) => n.as_str().parse().map_or(Node::Other("a number too large to read"), Node::Number),
        },
        DeValue::Float(x) => x.as_str().parse().map_or(Node::Other("an unreadable number"), Node::Number),
        DeValue::Boolean(flag) => Node::Flag(flag),
        DeValue::Datetime(_) => Node::Other("a date; put it in quotes"),
        DeValue::Array(list) => Node::List(list.into_iter().map(entry).collect()),
        DeValue::Table(inner) => Node::Table(table(inner)),
    };
    Entry { node, origin }
}

/// Carries out one `--set path.to.field=value`; list items are named by number (from 0) or by their `name`.
///
/// # Errors
/// A sentence that says what is wrong with the argument.
pub fn set(root: &mut Table, argument: &str, number: usize) -> Result<(), Fault> {
    let origin = Origin::Override(number);
    let fault = |field: &str, problem: String| Fault {
        field: field.into(),
        problem,
        origin: Some(Origin::Override(number)),
    };
    let Some((path, value)) = argument.split_once('=') else {
        return Err(fault("--set", format!("`{argument}` is not of the form path.to.field=value")));
    };
    let (path, value) = (path.trim(), value.trim());
    // `halls.0.gross_mw` means the same as `halls[0].gross_mw`.
    let joined = join_indices(path);
    let steps: Vec<&str> = joined.split('.').collect();
    let Some((last, ways)) = steps.split_last().filter(|_| steps.iter().all(|s| !s.is_empty())) else {
        return Err(fault(path, "a path is names joined by dots, such as site.mining_pue".into()));
    };
    let mut here = root;
    for (depth, step) in ways.iter().enumerate() {
        let at = steps[..=depth].join(".");
        here = match descend(here, step, &origin) {
            Some(table) => table,
            None => return Err(fault(&at, "there is no such table or list item to set a field in; items are named as in halls[0] or policies[hurdle]".into())),
        };
    }
    let parsed = parse_value(value, &origin);
    match here.entries.iter_mut().find(|(key, ..)| key == last) {
        Some((.., entry)) => *entry = parsed,
        None => here.entries.push(((*last).to_string(), origin, parsed)),
    }
    Ok(())
}

/// The value behind a dotted path as [`set`] takes it, if there is one.
#[must_use]
pub fn get<'a>(root: &'a Table, path: &str) -> Option<&'a Node> {
    let joined = join_indices(path.trim());
    let steps: Vec<&str> = joined.split('.').collect();
    let (last, ways) = steps.split_last()?;
    let mut here = root;
    for step in ways {
        let (name, index) = split_index(step);
        here = match (&here.get(name)?.node, index) {
            (Node::Table(inner), None) => inner,
            (Node::List(items), Some(index)) => match &items.get(item_index(items, index)?)?.node {
                Node::Table(inner) => inner,
                _ => return None,
            },
            _ => return None,
        };
    }
    here.get(last).map(|entry| &entry.node)
}

/// A step's name and, in brackets, the item of its list.
fn split_index(step: &str) -> (&str, Option<&str>) {
    match step.strip_suffix(']').and_then(|s| s.split_once('[')) {
        Some((name, index)) => (name, Some(index)),
        None => (step, None),
    }
}

/// Which item of a list is meant by a number, or by its `name` or `kind`.
fn item_index(items: &[Entry], index: &str) -> Option<usize> {
    index.parse::<usize>().ok().or_else(|| {
        items.iter().position(|item| match &item.node {
            Node::Table(t) => ["name", "kind"]
                .iter()
                .any(|key| matches!(t.get(key).map(|e| &e.node), Some(Node::Text(text)) if text == index)),
            _ => false,
        })
    })
}

/// Turns steps that are numbers into indices of the step before.
fn join_indices(path: &str) -> String {
    let mut joined = String::new();
    for (n, step) in path.split('.').enumerate() {
        if n > 0 && !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()) {
            joined += &format!("[{step}]");
        } else {
            joined += if n > 0 { "." } else { "" };
            joined += step;
        }
    }
    joined
}

/// The table behind a step; a missing one is made, so that optional sections can be set.
fn descend<'a>(table: &'a mut Table, step: &str, origin: &Origin) -> Option<&'a mut Table> {
    let (name, index) = split_index(step);
    if !table.entries.iter().any(|(key, ..)| key == name) {
        let made = Entry { node: Node::Table(Table::default()), origin: origin.clone() };
        table.entries.push((name.to_string(), origin.clone(), made));
    }
    let (.., entry) = table.entries.iter_mut().find(|(key, ..)| key == name)?;
    match (&mut entry.node, index) {
        (Node::Table(inner), None) => Some(inner),
        (Node::List(items), Some(index)) => {
            let at = item_index(items, index)?;
            match &mut items.get_mut(at)?.node {
                Node::Table(inner) => Some(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Reads a value as TOML would, and as text when it is no TOML value.
fn parse_value(value: &str, origin: &Origin) -> Entry {
    let node = DeTable::parse(&format!("x = {value}"))
        .ok()
        .map(|root| table(root.into_inner()).entries)
        // A line break would smuggle in a second field.
        .filter(|entries| entries.len() == 1)
        .and_then(|entries| entries.into_iter().next())
        .map_or_else(|| Node::Text(value.into()), |(.., entry)| entry.node);
    Entry { node: stamp(node, origin), origin: origin.clone() }
}

fn stamp(node: Node, origin: &Origin) -> Node {
    let again = |entry: Entry| Entry { node: stamp(entry.node, origin), origin: origin.clone() };
    match node {
        Node::List(items) => Node::List(items.into_iter().map(again).collect()),
        Node::Table(inner) => Node::Table(Table {
            entries: inner.entries.into_iter().map(|(k, _, e)| (k, origin.clone(), again(e))).collect(),
        }),
        other => other,
    }
}

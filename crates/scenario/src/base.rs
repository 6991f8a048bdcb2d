//! A scenario that states only what differs from another: `[scenario] base = "other.toml"`.
//!
//! The tables of the file are laid over those of its base key by key; lists and lists of tables replace those of the base as a whole;
//! `without` takes keys of the base away first, for fields that exclude each other. Name and description are never taken from a base.
//! Every value keeps the place where it stands, so that a fault points at the file that holds it. The resolved scenario has no base.

use crate::document;
use crate::fault::{BaseText, Fault, Origin};
use crate::inputs::InputFile;
use crate::reader::asked::{Absence, Ask, Wanted};
use crate::tree::{self, Entry, Node, Table};
use std::path::{Path, PathBuf};

/// Most bases behind a scenario, one behind the other.
const MAX_BASES: usize = 4;
const SECTION: &str = "scenario";
const BASE: &str = "base";
const WITHOUT: &str = "without";

/// What is taken out of a scenario's first table before the reader sees it.
pub(crate) fn asks() -> [Ask; 2] {
    let ask = |key, wanted, words: &str| Ask {
        table: SECTION.into(),
        key,
        wanted,
        absence: Absence::Allowed,
        words: words.into(),
    };
    [
        ask(
            BASE,
            Wanted::Text,
            "the scenario file from which this one differs, counted from this file's folder",
        ),
        ask(WITHOUT, Wanted::TextList, "tables and keys of the base to take away first, such as \"gpus\""),
    ]
}

/// The bases that lie under a scenario.
#[derive(Default)]
pub(crate) struct Bases {
    /// Their texts; [`Origin::Base`] counts in these.
    pub(crate) texts: Vec<BaseText>,
    /// Where they are.
    pub(crate) files: Vec<InputFile>,
    /// Files that were opened, for cycles.
    seen: Vec<PathBuf>,
    pub(crate) faults: Vec<Fault>,
}

impl Bases {
    /// The bases of a file as it was named.
    pub(crate) fn of(named: &str) -> Self {
        Self { seen: Path::new(named).canonicalize().into_iter().collect(), ..Self::default() }
    }

    /// Lays a file's table over its base, if it names one; `folder` is where the file lies, and `shown` is that place as seen from
    /// the scenario's.
    pub(crate) fn lay_under(&mut self, mut top: Table, folder: &Path, shown: &Path) -> Table {
        let without = take(&mut top, WITHOUT);
        let Some((origin, entry)) = take(&mut top, BASE) else {
            if let Some((origin, _)) = without {
                self.fault(WITHOUT, "takes keys away from a base; it needs base beside it", &origin);
            }
            return top;
        };
        let Node::Text(name) = &entry.node else {
            let problem = format!("is {}; wanted is the path of a file in quotes", entry.node.type_name());
            self.fault(BASE, problem, &origin);
            return top;
        };
        let Some(mut base) = self.open(name, folder, shown, &entry.origin) else { return top };
        let below = Path::new(name).parent().unwrap_or(Path::new(""));
        base = self.lay_under(base, &folder.join(below), &shown.join(below));
        for key in ["name", "description"] {
            take(&mut base, key);
        }
        if let Some((_, entry)) = without {
            self.remove(&mut base, &entry);
        }
        move_files(&mut base, below);
        lay_over(&mut base, top);
        base
    }

    /// Reads a base; its values remember that they stand in it.
    fn open(&mut self, name: &str, folder: &Path, shown: &Path, origin: &Origin) -> Option<Table> {
        let path = folder.join(name);
        if self.texts.len() == MAX_BASES {
            self.fault(
                BASE,
                format!("is one base too many; allowed are {MAX_BASES}, one behind the other"),
                origin,
            );
            return None;
        }
        let text = match document::read_text(&path, "scenario file") {
            Ok(text) => text,
            Err(problem) => {
                self.fault(BASE, format!("names {}, which {problem}", path.display()), origin);
                return None;
            }
        };
        let place = path.canonicalize().unwrap_or_else(|_| path.clone());
        if self.seen.contains(&place) {
            let problem = format!(
                "names {}, which rests on this file; allowed is a file that does not",
                path.display()
            );
            self.fault(BASE, problem, origin);
            return None;
        }
        self.seen.push(place);
        let number = self.texts.len();
        let first_fault = self.faults.len();
        let mut table = tree::parse(&text, &mut self.faults);
        let mark = |origin: &mut Origin| {
            if let Origin::File(span) = origin {
                *origin = Origin::Base(number, span.clone());
            }
        };
        mark_table(&mut table, &mark);
        self.faults[first_fault..].iter_mut().filter_map(|fault| fault.origin.as_mut()).for_each(mark);
        self.texts.push(BaseText { file: path.display().to_string(), text });
        let named = shown.join(name).display().to_string();
        self.files.push(InputFile { named, path, is_base: true });
        Some(table)
    }

    /// Takes the keys of `without` out of a base.
    fn remove(&mut self, base: &mut Table, without: &Entry) {
        let Node::List(items) = &without.node else {
            let problem = format!(
                "is {}; wanted is a list such as [\"gpus\", \"site.ai_pue\"]",
                without.node.type_name()
            );
            return self.fault(WITHOUT, problem, &without.origin);
        };
        for item in items {
            let Node::Text(path) = &item.node else {
                let problem = format!(
                    "holds {}; wanted is a list such as [\"gpus\", \"site.ai_pue\"]",
                    item.node.type_name()
                );
                self.fault(WITHOUT, problem, &item.origin);
                continue;
            };
            if !remove_key(base, path) {
                let problem =
                    format!("holds `{path}`, which the base does not have; allowed are its tables and keys");
                self.fault(WITHOUT, problem, &item.origin);
            }
        }
    }

    fn fault(&mut self, key: &str, problem: impl Into<String>, origin: &Origin) {
        let field = format!("{SECTION}.{key}");
        self.faults.push(Fault { field, problem: problem.into(), origin: Some(origin.clone()) });
    }

    /// Faults a base that is named on the command line: what is set there is set on top of everything.
    pub(crate) fn refuse_late(&mut self, table: &mut Table) {
        for key in [BASE, WITHOUT] {
            if let Some((origin, _)) = take(table, key) {
                self.fault(key, "cannot be set on the command line; state it in the file", &origin);
            }
        }
    }
}

/// Takes a key out of the section that says what a scenario is.
fn take(root: &mut Table, key: &str) -> Option<(Origin, Entry)> {
    let (.., section) = root.entries.iter_mut().find(|(name, ..)| name == SECTION)?;
    let Node::Table(table) = &mut section.node else { return None };
    let at = table.entries.iter().position(|(name, ..)| name == key)?;
    let (_, origin, entry) = table.entries.remove(at);
    Some((origin, entry))
}

/// Removes the value behind a dotted path; whether there was one.
fn remove_key(table: &mut Table, path: &str) -> bool {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let Some(at) = table.entries.iter().position(|(name, ..)| name == key) else { return false };
    match (rest, &mut table.entries[at].2.node) {
        (None, _) => {
            table.entries.remove(at);
            true
        }
        (Some(rest), Node::Table(inner)) => remove_key(inner, rest),
        (Some(_), _) => false,
    }
}

/// Lays `top` over `base`: tables key by key, everything else as a whole.
fn lay_over(base: &mut Table, top: Table) {
    for (key, origin, entry) in top.entries {
        let Some((_, base_origin, under)) = base.entries.iter_mut().find(|(name, ..)| *name == key) else {
            base.entries.push((key, origin, entry));
            continue;
        };
        *base_origin = origin;
        match (&mut under.node, entry) {
            (Node::Table(inner), Entry { node: Node::Table(over), origin }) => {
                under.origin = origin;
                lay_over(inner, over);
            }
            (_, entry) => *under = entry,
        }
    }
}

fn mark_table(table: &mut Table, mark: &impl Fn(&mut Origin)) {
    for (_, origin, entry) in &mut table.entries {
        mark(origin);
        mark_entry(entry, mark);
    }
}

fn mark_entry(entry: &mut Entry, mark: &impl Fn(&mut Origin)) {
    mark(&mut entry.origin);
    match &mut entry.node {
        Node::Table(table) => mark_table(table, mark),
        Node::List(items) => items.iter_mut().for_each(|item| mark_entry(item, mark)),
        _ => {}
    }
}

/// Files that a base names count from its own folder, `below` as seen from the file that is laid over it.
fn move_files(table: &mut Table, below: &Path) {
    for (key, _, entry) in &mut table.entries {
        match &mut entry.node {
            Node::Table(inner) => move_files(inner, below),
            Node::Text(name) if names_file(key, name) => *name = below.join(&*name).display().to_string(),
            Node::List(items) => {
                for item in items {
                    match &mut item.node {
                        Node::Table(inner) => move_files(inner, below),
                        Node::Text(name) if names_file(key, name) => {
                            *name = below.join(&*name).display().to_string();
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a field holds the path of a file; shipped calibrations are named without a dot.
fn names_file(key: &str, value: &str) -> bool {
    key.ends_with("_file") || (key == "calibration" && value.contains('.'))
}

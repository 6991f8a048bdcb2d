//! Reads small files until nothing new is asked for.
//!
//! Each is one of the given texts with a few settings on top, as `--set` makes them. What a reading asks for is tried next, once with each
//! word of a choice and at both ends of a range, on top of the settings under which it came up. Breadth first, so that settings are few.

use super::gather::Gathered;
use super::{general, join};
use crate::inputs::Inputs;
use crate::reader::asked::{Ask, Wanted};
use crate::reader::{Log, Section};
use crate::tree::{self, Table};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::Path;

/// A text that is no file's name and no number, and that every text field takes in without looking further.
const TEXT: &str = "\"\\u0000\"";
/// Words of a longer list all lead to the same; a catalogue of machines is one.
const MOST_WORDS: usize = 16;

/// A way of reading, whatever it makes of a file.
type Read<'a> = &'a dyn Fn(&Section<'_>, &mut Inputs);

/// What all readings ask for that start from a text with settings on top.
pub(super) fn explore(starts: &[(&str, &[&str])], ahead: &[Ask], read: Read<'_>) -> Gathered {
    let mut gathered = Gathered::default();
    for (text, settings) in starts {
        let start = tree::parse(text, &mut Vec::new());
        // As it stands once, for the defaults that come out of its own files.
        gathered.add(&asked(&start, &[], read).unwrap_or_default());
        let first: Trial = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut search = Search { start, read, tried: HashSet::new(), done: Vec::new() };
        search.run(first, &mut gathered);
        // What is still unknown may need another choice beside it, which may need another: twice is enough for all that is shipped.
        for _ in 0..2 {
            search.run_beside(&mut gathered);
        }
    }
    gathered.add_ahead(ahead);
    gathered
}

/// Settings on top of a text.
type Trial = Vec<String>;

/// A search that starts from one text.
struct Search<'a> {
    start: Table,
    read: Read<'a>,
    /// Paths and values that were tried.
    tried: HashSet<(String, String)>,
    done: Vec<Trial>,
}

impl Search<'_> {
    /// Reads a trial and all that follow from it.
    fn run(&mut self, first: Trial, gathered: &mut Gathered) {
        let mut queue = VecDeque::from([first]);
        while let Some(trial) = queue.pop_front() {
            let Some(reading) = asked(&self.start, &trial, self.read) else { continue };
            for ask in &reading {
                let path = join(&ask.table, ask.key);
                for value in values(&ask.wanted) {
                    if self.tried.insert((general(&path), value.clone())) {
                        queue.push_back(with(&trial, &path, &value));
                    }
                }
            }
            queue.extend(self.with_numbers(&trial, &reading));
            gathered.add(&reading);
            self.done.push(trial);
        }
    }

    /// The numbers of each table together, all at their low ends and all at their high ends: they open no other fields one by one.
    fn with_numbers(&mut self, trial: &Trial, reading: &[Ask]) -> Vec<Trial> {
        let mut trials: BTreeMap<(&str, usize), Trial> = BTreeMap::new();
        for ask in reading {
            let path = join(&ask.table, ask.key);
            for (end, value) in ends(&ask.wanted).into_iter().flatten().enumerate() {
                if self.tried.insert((general(&path), value.clone())) {
                    let settings = trials.entry((&ask.table, end)).or_insert_with(|| trial.clone());
                    settings.push(format!("{path}={value}"));
                }
            }
        }
        trials.into_values().collect()
    }

    /// Tries fields of which nothing is known beside each setting of the same table.
    fn run_beside(&mut self, gathered: &mut Gathered) {
        for trial in self.done.clone() {
            let Some(reading) = asked(&self.start, &trial, self.read) else { continue };
            let last = trial.last().map(|setting| general(setting)).unwrap_or_default();
            for ask in reading.iter().filter(|ask| ask.wanted == Wanted::Presence) {
                let table = general(&ask.table);
                if last.starts_with(&join(&table, "")) && !gathered.is_known(&table, ask.key) {
                    self.run(with(&trial, &join(&ask.table, ask.key), "{}"), gathered);
                }
            }
        }
    }
}

fn with(trial: &Trial, path: &str, value: &str) -> Trial {
    trial.iter().cloned().chain([format!("{path}={value}")]).collect()
}

/// What is asked of a file with settings on top; `None` where they cannot be set on it.
fn asked(start: &Table, settings: &[String], read: Read<'_>) -> Option<Vec<Ask>> {
    let mut table = start.clone();
    for (n, setting) in settings.iter().enumerate() {
        tree::set(&mut table, setting, n).ok()?;
    }
    let log = Log::listening();
    read(&Section::root(&table, &log), &mut Inputs::new(Path::new("")));
    Some(log.asked())
}

/// The two ends of a number's range, as TOML.
fn ends(wanted: &Wanted) -> Option<[String; 2]> {
    match wanted {
        Wanted::Number(rule) => {
            let high = rule.limits()[1];
            let high = if high.is_finite() { high } else { rule.stand_in() + 1.0 };
            Some([rule.stand_in(), high].map(|end| format!("{end:?}")))
        }
        Wanted::Whole(limits) => Some(limits.map(|end| end.to_string())),
        _ => None,
    }
}

/// What is tried of a field by itself, as TOML.
fn values(wanted: &Wanted) -> Vec<String> {
    let quoted = |word: &String| toml::Value::String(word.clone()).to_string();
    match wanted {
        // Whatever stands there makes the reader ask what should.
        Wanted::Presence => vec!["{}".into()],
        Wanted::Section | Wanted::Number(_) | Wanted::Whole(_) => Vec::new(),
        Wanted::List => vec!["[{}]".into()],
        Wanted::Numbers(rule) => vec![format!("[{:?}]", rule.stand_in())],
        Wanted::Flag => vec!["true".into(), "false".into()],
        Wanted::Text | Wanted::Texts => vec![TEXT.into()],
        Wanted::TextList => vec!["[]".into()],
        Wanted::Choice(words) => words.iter().take(MOST_WORDS).map(quoted).collect(),
        Wanted::NumberOrWord(rule, words) => {
            words.iter().map(quoted).chain([format!("{:?}", rule.stand_in())]).collect()
        }
        Wanted::Any => vec!["0".into(), "[0]".into()],
    }
}

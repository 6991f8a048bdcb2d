//! Faults of a scenario, gathered and shown with the line of the file.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Bytes of the scenario file.
    File(Range<usize>),
    /// Bytes of the `n`-th base under it.
    Base(usize, Range<usize>),
    /// The `n`-th `--set`.
    Override(usize),
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Dotted path of the field.
    pub field: String,
    /// What is wrong, with the value and what is allowed.
    pub problem: String,
    /// Where it stands.
    pub origin: Option<Origin>,
}

/// A base of a scenario: the file as it was named, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseText {
    /// The file.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// All that is wrong with a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    /// The scenario file as it was named.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The bases under it.
    pub bases: Vec<BaseText>,
    /// The `--set` arguments.
    pub overrides: Vec<String>,
    /// The faults in the order in which they were found.
    pub faults: Vec<Fault>,
}

impl Faults {
    /// Line of a byte offset, from 1.
    fn line(&self, offset: usize) -> usize {
        let end = offset.min(self.text.len());
        self.text.as_bytes()[..end].iter().filter(|b| **b == b'\n').count() + 1
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.faults.len();
        writeln!(f, "{}: {n} {} found, nothing was run", self.file, if n == 1 { "fault" } else { "faults" })?;
        let renderer = Renderer::plain();
        for fault in &self.faults {
            writeln!(f)?;
            match &fault.origin {
                Some(Origin::File(span)) => {
                    writeln!(f, "{}", shown(&renderer, fault, (&self.file, &self.text), span))?;
                }
                Some(Origin::Base(n, span)) => {
                    let (file, text) =
                        self.bases.get(*n).map_or(("", ""), |base| (base.file.as_str(), base.text.as_str()));
                    writeln!(f, "{}", shown(&renderer, fault, (file, text), span))?;
                }
                Some(Origin::Override(n)) => {
                    let text = self.overrides.get(*n).map_or("", String::as_str);
                    writeln!(f, "error: {}: {}\n  --> --set {text}", fault.field, fault.problem)?;
                }
                None => writeln!(f, "error: {}: {}\n  --> {}", fault.field, fault.problem, self.file)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// A fault with the line of the file that it stands on.
fn shown(renderer: &Renderer, fault: &Fault, (file, text): (&str, &str), span: &Range<usize>) -> String {
    let end = span.end.min(text.len());
    let span = span.start.min(end)..end;
    let title = format!("{}: {}", fault.field, fault.problem);
    let snippet =
        Snippet::source(text).path(file).annotation(AnnotationKind::Primary.span(first_line(text, &span)));
    let group = Level::ERROR.primary_title(title.as_str()).element(snippet);
    renderer.render(&[group])
}

/// The part of a span on its first line: a fault about a long table should not print the table.
fn first_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let end = text.get(span.clone()).and_then(|part| part.find('\n')).map_or(span.end, |n| span.start + n);
    span.start..end
}

impl Faults {
    /// All faults on one line, without where they stand.
    #[must_use]
    pub fn in_short(&self) -> String {
        let faults = self.faults.iter().map(|fault| format!("{}: {}", fault.field, fault.problem));
        faults.collect::<Vec<_>>().join("; ")
    }

    /// The line of each fault that stands in the file, from 1.
    #[must_use]
    pub fn lines(&self) -> Vec<Option<usize>> {
        self.faults
            .iter()
            .map(|fault| match &fault.origin {
                Some(Origin::File(span)) => Some(self.line(span.start)),
                _ => None,
            })
            .collect()
    }
}

//! What a scenario file says beside its values: the comment at the end of a line, a source or a word that it is an assumption.

/// A value and the comment beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Path of the field, lists of tables without their place.
    pub field: String,
    /// The value as written.
    pub value: String,
    /// The comment.
    pub text: String,
}

/// The values of a TOML text that have a comment on their line, in order; a value over several lines has none.
#[must_use]
pub fn remarks(text: &str) -> Vec<Remark> {
    let mut table = String::new();
    let mut found = Vec::new();
    for line in text.lines() {
        let (code, comment) = split_comment(line);
        if let Some(header) = code.strip_prefix('[') {
            table = header.trim_matches(['[', ']']).to_owned();
        } else if let (Some((key, value)), Some(comment)) = (code.split_once(" = "), comment) {
            let dot = if table.is_empty() { "" } else { "." };
            found.push(Remark {
                field: format!("{table}{dot}{}", key.trim()),
                value: value.trim().to_owned(),
                text: comment.to_owned(),
            });
        }
    }
    found
}

/// A line of TOML without its comment, and the comment; a `#` within quotes begins none.
fn split_comment(line: &str) -> (&str, Option<&str>) {
    let begins = |(at, c): &(usize, char)| *c == '#' && line[..*at].matches('"').count().is_multiple_of(2);
    match line.char_indices().find(begins) {
        Some((at, _)) => (line[..at].trim(), Some(line[at + 1..].trim())),
        None => (line.trim(), None),
    }
}

//! Words for the fields of a file: from the tables of the documentation, and from the comments of a shipped file.

use super::{Notes, join};
use crate::remarks::remarks;

/// Pages whose tables have a row for each key of a section.
const PAGES: [&str; 2] =
    [include_str!("../../../../docs/finance/scenario.md"), include_str!("../../../../docs/hosting.md")];

/// Of every field that a page or a comment of the example says something of; what a page says goes first.
pub(super) fn all(example: &str) -> Notes {
    let mut notes = comments(example);
    PAGES.iter().for_each(|page| notes.extend(rows(page)));
    notes
}

/// The comments behind values, with the values that they explain; the first of several items of a list speaks for all.
fn comments(text: &str) -> Notes {
    let mut notes = Notes::new();
    for remark in remarks(text) {
        notes.entry(remark.field).or_insert_with(|| format!("Such as {}: {}", remark.value, remark.text));
    }
    notes
}

/// Keys and their last cells, from tables under a heading or a header that names their section in brackets.
pub(super) fn rows(page: &str) -> Notes {
    let mut notes = Notes::new();
    let mut table: Option<String> = None;
    for line in page.lines() {
        if line.starts_with('#') || line.starts_with("| key of ") {
            table = line
                .split_once("`[")
                .and_then(|(_, rest)| rest.split_once("]`"))
                .map(|(name, _)| name.trim_matches(['[', ']']).to_owned());
        }
        let (Some(table), Some(cells)) = (&table, line.strip_prefix("| `")) else { continue };
        let cells: Vec<&str> = cells.trim_end_matches(" |").split(" | ").collect();
        let [keys, .., words] = cells[..] else { continue };
        for key in keys.split(['`', ',', ' ']).filter(|key| !key.is_empty()) {
            let words = words.replace('`', "");
            if !words.trim().is_empty() {
                notes.insert(join(table, key), words.trim().to_owned());
            }
        }
    }
    notes
}

/// The pages, for tests.
#[cfg(test)]
pub(super) fn documented() -> Notes {
    PAGES.iter().flat_map(|page| rows(page)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_rows_find_their_fields() {
        let notes = comments(
            "[a.b]\nkey = \"#1\"   # one of a few\nplain = 2\n[[c]]\nd = 3 # first\n[[c]]\nd = 4 # second\n",
        );
        assert_eq!(notes.len(), 2);
        assert_eq!(notes["a.b.key"], "Such as \"#1\": one of a few");
        assert_eq!(notes["c.d"], "Such as 3: first");
        let page = "## `[x.y]`, a table\n\n| key | unit | what |\n| --- | --- | --- |\n| `a`, `b` | USD | both `of` them |\n\n## Prose\n\n| `c` | USD | no key |\n";
        let notes = rows(page);
        assert_eq!(notes.len(), 2);
        assert_eq!(notes["x.y.b"], "both of them");
    }
}

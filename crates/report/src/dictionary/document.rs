//! The dictionary as a Markdown document.

use super::{ColumnEntry, FileEntry, files};
use std::fmt::Write as _;

const HEAD: &str = "\
# Data dictionary

Every file that a command writes, and every column in it. This page is written from `report::dictionary` by

    WATTSHIFT_WRITE_DICTIONARY=1 cargo test -p report --lib dictionary

and the tests hold it against the headers that are really written, both ways; do not edit it by hand.

Conventions: CSV in UTF-8 with a header and line feeds; numbers carry the shortest decimal that reads back to the same number; an empty cell
means that a figure is not defined. Money is nominal USD. MW are gross, at the meter, unless the unit says IT (at the machines). Months
are calendar months, YYYY-MM. Shares are of 1. *Paths* says what stands behind a number: **all** paths simulated (means and their standard errors,
`se_`), the paths **kept** (quantiles and tails; the first `run.keep_paths`), or what else is named. Parts in angle brackets stand
for names of the scenario: `mining_<fleet>_mw`.

";

/// Commands in the order of the document, with the key under which their files are found.
const COMMANDS: [(&str, &str); 7] = [
    ("run", "`wattshift run` and `wattshift report`"),
    ("compare", "`wattshift compare`, with `-o`"),
    ("dispatch", "`wattshift dispatch`"),
    ("sweep", "`wattshift sweep run` and `wattshift sweep merge`"),
    ("backtest markets", "`wattshift backtest markets`"),
    ("calibrate", "`wattshift calibrate`"),
    ("", "Commands that only print"),
];

/// `docs/data-dictionary.md`.
#[must_use]
pub fn document() -> String {
    let files = files();
    let mut text = String::from(HEAD);
    contents(&files, &mut text);
    for (command, title) in COMMANDS {
        let _ = writeln!(text, "## {title}\n");
        if command.is_empty() {
            text.push_str(
                "`check`, `explain`, `backtest production` and `sweep status` write no file; `sweep points` prints CSV, and `init` writes a \
                 commented scenario.\n",
            );
        }
        for file in
            files.iter().filter(|file| file.commands.first() == Some(&command) && file.file != MANIFEST)
        {
            entry(file, &mut text);
        }
        if command == "calibrate" {
            text.push_str("## Every folder of results\n\n");
            files.iter().filter(|file| file.file == MANIFEST).for_each(|file| entry(file, &mut text));
        }
    }
    text
}

const MANIFEST: &str = crate::manifest::MANIFEST_FILE;

/// Files by command.
fn contents(files: &[FileEntry], text: &mut String) {
    text.push_str("| written by | files |\n| --- | --- |\n");
    for (command, title) in COMMANDS.into_iter().filter(|(command, _)| !command.is_empty()) {
        let names = files.iter().filter(|file| file.commands.contains(&command));
        let names: Vec<String> = names.map(|file| format!("`{}`", file.file)).collect();
        let _ = writeln!(text, "| {title} | {} |", names.join(", "));
    }
    text.push('\n');
}

fn entry(file: &FileEntry, text: &mut String) {
    let _ = writeln!(text, "### `{}`\n", file.file);
    let mut holds = file.holds.chars();
    let first = holds.next().map_or_else(String::new, |c| c.to_uppercase().to_string());
    let when = if file.when == "always" { String::new() } else { format!(" Written {}.", file.when) };
    let _ = writeln!(text, "{first}{}.{when}\n", holds.as_str());
    let kind = if file.file.ends_with(".json") { "key" } else { "column" };
    table(kind, &file.columns, text);
    table("`metric`", &file.metrics, text);
}

/// A table of what there is to say, without columns in which nothing would stand.
fn table(kind: &str, entries: &[ColumnEntry], text: &mut String) {
    if entries.is_empty() {
        return;
    }
    let has_paths = entries.iter().any(|entry| !entry.over.is_empty());
    let has_empty = entries.iter().any(|entry| !entry.empty.is_empty());
    let row = |cells: [&str; 5]| {
        let shown = [true, true, true, has_paths, has_empty];
        let cells = cells.iter().zip(shown).filter_map(|(cell, shown)| shown.then_some(*cell));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    text.push_str(&row([kind, "unit", "meaning", "paths", "empty"]));
    text.push_str(&row(["---"; 5]));
    for entry in entries {
        let name = format!("`{}`", entry.name);
        let meaning = entry.meaning.trim_end_matches('.');
        text.push_str(&row([&name, entry.unit, meaning, entry.over, entry.empty]));
    }
    text.push('\n');
}

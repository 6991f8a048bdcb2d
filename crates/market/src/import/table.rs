//! Rows of a table, whether a text file, a compressed one or a workbook.
//!
//! A text row is a line: no layout read here has line breaks inside quotes, so a quote left open is an error of its own row
//! and does not swallow the rest of the file. What a file is, its first bytes say, not its name.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::error::{ImportError, Place, shown};
#[cfg(feature = "xlsx")]
use super::workbook;

/// Longest line, bytes: far above any row of prices, and a bound on memory for a file without line breaks.
const LONGEST_LINE: u64 = 65_536;

/// Most columns of a table; the widest known layout has about twenty.
pub(crate) const MOST_COLUMNS: usize = 256;

/// One row of a table: its fields, trimmed, and where it stands.
pub(crate) struct Row<'a> {
    /// The fields, as many as the header has.
    pub(crate) fields: &'a [&'a str],
    /// The row, from 1 with the header as row 1.
    pub(crate) number: u32,
}

/// What a reader of rows does with the header and the rows of each sheet.
pub(crate) trait Visitor {
    /// What ends the reading; faults of the table itself turn into it.
    type Error: From<ImportError>;
    /// A sheet begins, or the one table of a text file; `sheet` counts from 0.
    fn header(&mut self, at: &At<'_>, header: &[&str]) -> Result<(), Self::Error>;
    /// A row.
    fn row(&mut self, at: &At<'_>, row: &Row<'_>) -> Result<(), Self::Error>;
}

/// The file and sheet being read, for errors.
pub(crate) struct At<'a> {
    pub(crate) path: &'a Path,
    pub(crate) sheet: Option<&'a str>,
}

impl At<'_> {
    /// The place of a row.
    pub(crate) fn place(&self, row: u32) -> Place {
        Place { sheet: self.sheet.map(Box::from), row }
    }

    /// An error about a row.
    pub(crate) fn row_error(&self, row: u32, problem: impl Into<Box<str>>) -> ImportError {
        ImportError::Row { path: self.path.into(), place: self.place(row), problem: problem.into() }
    }

    /// An error about a field.
    pub(crate) fn field_error(
        &self,
        row: u32,
        column: &str,
        value: &str,
        allowed: impl Into<Box<str>>,
    ) -> ImportError {
        ImportError::Field {
            path: self.path.into(),
            place: self.place(row),
            column: column.into(),
            value: shown(value).into(),
            allowed: allowed.into(),
        }
    }

    /// An error about the header.
    pub(crate) fn header_error(&self, header: &[&str], problem: impl Into<Box<str>>) -> ImportError {
        let listed: Vec<String> = header.iter().take(40).map(|name| shown(name)).collect();
        ImportError::Header {
            path: self.path.into(),
            place: self.place(1),
            problem: problem.into(),
            found: listed.join(", ").into(),
        }
    }
}

/// What was noticed about a file apart from its rows.
#[derive(Debug, Default)]
pub(crate) struct TableNotes {
    /// The last line has no line break.
    pub(crate) open_end: bool,
    /// Names of the sheets read; empty for a text file.
    pub(crate) sheets: Vec<String>,
    /// Names of the sheets with no cell in them.
    pub(crate) empty_sheets: Vec<String>,
}

/// Reads every row of a file.
pub(crate) fn read<V: Visitor>(path: &Path, visitor: &mut V) -> Result<TableNotes, V::Error> {
    let unreadable = |source| ImportError::Unreadable { path: path.into(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut magic = [0; 4];
    let n = read_up_to(&mut file, &mut magic).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    match &magic[..n] {
        [] => Err(empty(path).into()),
        #[cfg(feature = "xlsx")]
        [b'P', b'K', ..] => workbook::read(path, file, visitor),
        #[cfg(not(feature = "xlsx"))]
        [b'P', b'K', ..] => Err(unfit(
            path,
            "a workbook, which this build cannot read; build with the feature `xlsx` of the crate `market`, or save it as CSV",
        )
        .into()),
        [0x1f, 0x8b, ..] => {
            let lines = BufReader::with_capacity(1 << 16, flate2::read::MultiGzDecoder::new(file));
            read_text(path, lines, visitor)
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Err(unfit(path, "the text is UTF-16, allowed is UTF-8").into())
        }
        [0xd0, 0xcf, 0x11, 0xe0] => {
            Err(unfit(path, "an old Excel file (.xls), allowed are .xlsx and CSV").into())
        }
        _ => read_text(path, BufReader::with_capacity(1 << 16, file), visitor),
    }
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match file.read(&mut buffer[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}

pub(crate) fn empty(path: &Path) -> ImportError {
    unfit(path, "the file is empty, allowed is a header and rows")
}

pub(crate) fn unfit(path: &Path, problem: impl Into<Box<str>>) -> ImportError {
    ImportError::Unfit { path: PathBuf::from(path), problem: problem.into() }
}

/// Reads every row of a text; `path` is its name in errors.
pub(crate) fn read_text<V: Visitor>(
    path: &Path,
    mut source: impl BufRead,
    visitor: &mut V,
) -> Result<TableNotes, V::Error> {
    let at = At { path, sheet: None };
    let mut notes = TableNotes::default();
    let mut line = Vec::new();
    let mut n_columns = 0;
    let mut number = 0;
    loop {
        line.clear();
        let read = (&mut source)
            .take(LONGEST_LINE + 1)
            .read_until(b'\n', &mut line)
            .map_err(|source| ImportError::Unreadable { path: path.into(), source })?;
        if read == 0 {
            break;
        }
        number += 1;
        if read as u64 > LONGEST_LINE {
            return Err(at
                .row_error(
                    number,
                    format!("the row is longer than {LONGEST_LINE} bytes, the most that is allowed"),
                )
                .into());
        }
        notes.open_end = line.last() != Some(&b'\n');
        let text = text_of(&at, number, &line)?;
        if text.is_empty() {
            continue;
        }
        let fields = split(&at, number, text)?;
        if n_columns == 0 {
            n_columns = fields.len();
            visitor.header(&At { path, sheet: None }, &fields)?;
        } else if fields.len() == n_columns {
            visitor.row(&at, &Row { fields: &fields, number })?;
        } else {
            return Err(at.row_error(
                number,
                format!(
                    "{} fields where the header has {n_columns}: the file may be cut short, or a number written with thousands separators",
                    fields.len()
                ),
            ).into());
        }
    }
    if n_columns == 0 {
        return Err(empty(path).into());
    }
    Ok(notes)
}

/// The text of a line without its end, and without the byte-order mark of the first one.
fn text_of<'a>(at: &At<'_>, number: u32, line: &'a [u8]) -> Result<&'a str, ImportError> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
    if line.contains(&0) {
        let place = line.iter().position(|byte| *byte == 0).unwrap_or(0);
        return Err(at.row_error(
            number,
            format!(
                "a NUL byte at byte {}: allowed is text, the file is damaged or of another kind",
                place + 1
            ),
        ));
    }
    std::str::from_utf8(line).map_err(|error| {
        at.row_error(
            number,
            format!("the text is not UTF-8 at byte {}, allowed is UTF-8", error.valid_up_to() + 1),
        )
    })
}

/// Splits a line at its commas.
fn split<'a>(at: &At<'_>, number: u32, text: &'a str) -> Result<Vec<&'a str>, ImportError> {
    let mut fields = Vec::with_capacity(8);
    if !text.contains('"') {
        fields.extend(text.split(',').map(str::trim));
    } else {
        split_quoted(at, number, text, &mut fields)?;
    }
    if fields.len() > MOST_COLUMNS {
        return Err(
            at.row_error(number, format!("{} fields, allowed are at most {MOST_COLUMNS}", fields.len()))
        );
    }
    Ok(fields)
}

/// Splits a line that has quotes; a field is quoted as a whole or not at all.
fn split_quoted<'a>(
    at: &At<'_>,
    number: u32,
    text: &'a str,
    fields: &mut Vec<&'a str>,
) -> Result<(), ImportError> {
    let wrong = |what: &str, n_before: usize| {
        at.row_error(
            number,
            format!("{what} in field {}; allowed is a whole field in a pair of quotes", n_before + 1),
        )
    };
    let mut rest = text;
    loop {
        let (field, after) = if let Some(inner) = rest.trim_start().strip_prefix('"') {
            let close = inner.find('"').ok_or_else(|| wrong("a quote is not closed", fields.len()))?;
            let after = inner[close + 1..].trim_start();
            if !after.is_empty() && !after.starts_with(',') {
                return Err(wrong("text after a closing quote", fields.len()));
            }
            (&inner[..close], after)
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            if rest[..end].contains('"') {
                return Err(wrong("a quote inside a field", fields.len()));
            }
            (&rest[..end], &rest[end..])
        };
        fields.push(field.trim());
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(()),
        }
    }
}

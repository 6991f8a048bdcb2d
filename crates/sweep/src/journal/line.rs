//! A line of a journal: JSON, a tab, the first 16 hexadecimal digits of its SHA-256, and a line break.
//!
//! JSON writes tabs and line breaks within text as escapes, so that a line ends where it seems to. A line that a kill or a full disk cut
//! short, or that a disk damaged, does not match its digest: one in 2^64 would by chance.

use crate::digest::sha256_hex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, BufRead, Read as _};

/// Longest line that is taken for one, bytes; a record of 100 policies with 100 outputs each has a tenth of it.
pub(crate) const MOST_BYTES: usize = 4 << 20;

/// Digits of the digest that are kept.
const N_DIGITS: usize = 16;

/// The line that keeps a content, with its line break.
pub(crate) fn encode(content: &impl Serialize) -> serde_json::Result<String> {
    let mut line = serde_json::to_string(content)?;
    let digest = sha256_hex(line.as_bytes());
    line.push('\t');
    line.push_str(&digest[..N_DIGITS]);
    line.push('\n');
    Ok(line)
}

/// What a line without its line break keeps; `None` if it is damaged.
pub(crate) fn decode<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let (json, rest) = line.split_at_checked(line.len().checked_sub(N_DIGITS + 1)?)?;
    let digest = rest.strip_prefix(b"\t")?;
    if sha256_hex(json).as_bytes()[..N_DIGITS] != *digest {
        return None;
    }
    serde_json::from_slice(json).ok()
}

/// A line as it was found.
#[derive(Debug, PartialEq)]
pub(crate) enum Found<'a> {
    /// Ended by a line break, which is not part of it.
    Whole(&'a [u8]),
    /// Longer than any line of ours.
    TooLong,
    /// The file ends before the line does; its first bytes.
    Unfinished(&'a [u8]),
}

/// Lines of a file, in memory that does not grow with them.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: R,
    offset: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, offset: 0, buffer: Vec::new() }
    }

    /// Where the next line begins, bytes from the start.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next line; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> io::Result<Option<Found<'_>>> {
        self.buffer.clear();
        let is_ended = self.fill()?;
        if self.buffer.is_empty() {
            return Ok(None);
        }
        if is_ended {
            return Ok(Some(Found::Whole(&self.buffer[..self.buffer.len() - 1])));
        }
        if self.buffer.len() < MOST_BYTES {
            return Ok(Some(Found::Unfinished(&self.buffer)));
        }
        // The rest is passed over, whether a line break ends it or the file.
        loop {
            self.buffer.clear();
            if self.fill()? || self.buffer.is_empty() {
                return Ok(Some(Found::TooLong));
            }
        }
    }

    /// Reads to the end of the line, or as much of it as is allowed; whether the line has ended.
    fn fill(&mut self) -> io::Result<bool> {
        let read = self.reader.by_ref().take(MOST_BYTES as u64).read_until(b'\n', &mut self.buffer)?;
        self.offset += read as u64;
        Ok(self.buffer.last() == Some(&b'\n'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn any_changed_byte_is_noticed() {
        let content = vec![Value::Number(0.1 + 0.2), Value::Text("tab\tand\nline".into())];
        let line = encode(&content).unwrap();
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        let line = line.trim_end_matches('\n').as_bytes();
        assert_eq!(decode::<Vec<Value>>(line), Some(content));
        for at in 0..line.len() {
            let mut damaged = line.to_vec();
            damaged[at] ^= 1;
            assert_eq!(decode::<Vec<Value>>(&damaged), None, "byte {at}");
            assert_eq!(decode::<Vec<Value>>(&line[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn lines_of_any_length_are_told_apart() {
        let long = "x".repeat(3 * MOST_BYTES + 5);
        let text = format!("a\n\n{long}\nbc\n{}\nde", "y".repeat(MOST_BYTES - 1));
        let mut lines = Lines::new(text.as_bytes());
        assert_eq!(lines.next().unwrap(), Some(Found::Whole(b"a")));
        assert_eq!(lines.next().unwrap(), Some(Found::Whole(b"")));
        assert_eq!(lines.next().unwrap(), Some(Found::TooLong));
        assert_eq!(lines.offset(), 3 + long.len() as u64 + 1);
        assert_eq!(lines.next().unwrap(), Some(Found::Whole(b"bc")));
        assert!(matches!(lines.next().unwrap(), Some(Found::Whole(line)) if line.len() == MOST_BYTES - 1));
        assert_eq!(lines.next().unwrap(), Some(Found::Unfinished(b"de")));
        assert_eq!(lines.next().unwrap(), None);
        for n_bytes in [MOST_BYTES, 2 * MOST_BYTES, 2 * MOST_BYTES + 1] {
            let text = "z".repeat(n_bytes);
            let mut lines = Lines::new(text.as_bytes());
            assert_eq!(lines.next().unwrap(), Some(Found::TooLong), "{n_bytes} bytes without an end");
            assert_eq!(lines.next().unwrap(), None);
        }
    }
}

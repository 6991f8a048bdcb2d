//! One reading of a journal, from its first line to its last.

use super::line::{self, Found, Lines};
use super::{FORMAT, Header};
use crate::error::FolderError;
use crate::record::PointRecord;
use std::io::BufRead;
use std::path::Path;

/// Where a line lies in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its first byte.
    pub(crate) offset: u64,
    /// Its bytes without the line break.
    pub(crate) length: usize,
}

/// What a journal was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Scan {
    /// Whether its first line is there.
    pub(crate) has_header: bool,
    /// Where its last good line ends; what follows is of no use.
    pub(crate) good_end: u64,
    /// Where the file ends.
    pub(crate) end: u64,
    /// Whole lines that do not match their digest: points lost to a damaged disk or to an editor.
    pub(crate) n_damaged: usize,
}

/// Reads a journal that should have this header and points below `n_points`, and tells each record as it comes.
pub(crate) fn scan(
    path: &Path,
    reader: impl BufRead,
    header: &Header,
    n_points: usize,
    mut tell: impl FnMut(Span, PointRecord) -> Result<(), FolderError>,
) -> Result<Scan, FolderError> {
    let mut lines = Lines::new(reader);
    let mut scan = Scan { has_header: check_header(path, &mut lines, header)?, ..Scan::default() };
    if !scan.has_header {
        scan.end = lines.offset();
        return Ok(scan);
    }
    scan.good_end = lines.offset();
    loop {
        let offset = lines.offset();
        let (length, record) = match lines.next().map_err(FolderError::at("read", path))? {
            None => break,
            Some(Found::Unfinished(_)) => continue,
            Some(Found::TooLong) => (0, None),
            Some(Found::Whole(line)) => (line.len(), line::decode::<PointRecord>(line)),
        };
        match record.filter(|record| record.point < n_points) {
            Some(record) => {
                tell(Span { offset, length }, record)?;
                scan.good_end = lines.offset();
            }
            None => scan.n_damaged += 1,
        }
    }
    scan.end = lines.offset();
    Ok(scan)
}

/// Whether the first line is there; one that is begun but not ended was being written when its process ended, or is so now.
fn check_header<R: BufRead>(path: &Path, lines: &mut Lines<R>, header: &Header) -> Result<bool, FolderError> {
    let refuse = |fault: String| Err(FolderError::OtherJournal { path: path.to_path_buf(), fault });
    match lines.next().map_err(FolderError::at("read", path))? {
        None => Ok(false),
        // Blocks that were never written read as zeros after a power cut.
        Some(Found::Unfinished(start))
            if header.line().as_bytes().starts_with(start) || start.iter().all(|byte| *byte == 0) =>
        {
            Ok(false)
        }
        Some(Found::Unfinished(_) | Found::TooLong) => refuse("it does not begin like one".into()),
        Some(Found::Whole(first)) => match line::decode::<Header>(first) {
            None => refuse("its first line is damaged, or not one of a journal".into()),
            Some(found) if found.format != FORMAT => refuse(format!(
                "it is written in format {}, and this version of the program reads format {FORMAT}",
                found.format
            )),
            Some(found) if found.sweep != header.sweep => refuse("it holds points of another sweep".into()),
            Some(found) if found.shard != header.shard => refuse(format!(
                "it holds points of shard {}, and its name says {}",
                found.shard, header.shard
            )),
            Some(_) => Ok(true),
        },
    }
}
